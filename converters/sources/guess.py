"""What encoding a text has that says nothing of it and is not UTF-8.

Texts in Latin letters are told apart here, by the letters that languages have: `ð` and `þ` in words with `ç` and `ü`
are no Icelandic, but Turkish read with the wrong code page. For other scripts charset-normalizer knows how often
letters follow each other.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from converters.sources.compression import open_binary

_READ = 64 << 20
_SAMPLE = 1 << 16
_CHUNK = 1 << 18

#: The letters beyond ASCII in the languages of each code page; what comes first wins a tie.
_ALPHABETS = {
    "cp1252": (
        *("áâãàçéêíóôõúü", "äöüß", "àâçéèêëîïôùûüœæ", "áéíñóúüªº", "àèéìíòóùú", "åäöé", "æøåé", "áðéíóúýþæö", "éëïóöü"),
        *("àçèéíïòóúü·",),
    ),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"),
    "cp1254": ("çğıöşüâî",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "iso8859-2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž"),
    "mac_roman": ("áâãàçéêíóôõúü", "äöüß", "àâçéèêëîïôùûüœæ", "áéíñóúü", "àèéìíòóùú", "åäöé", "æøåé"),
    "cp850": ("áâãàçéêíóôõúü", "äöüß", "àâçéèêëîïôùûüæ", "áéíñóúü", "àèéìíòóùú", "åäöé", "æøåé"),
}
_TYPOGRAPHY = frozenset("‘’‚“”„–—…•«»‹›€£¥©®™°§¿¡±×½¼¾²³´¨")
_OTHERS = ("cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "cp950", "cp932", "cp949")
_JAPANESE = ("cp932", "euc_jp")

#: The least share of the characters beyond ASCII that have to make sense.
_PLAUSIBLE = 0.7
_KANA = 0.25

# Fewer bytes than two characters of Chinese are more likely damage than another script.
_FEWEST = 4
_READABLE = r"[^\W\d_]|[\u3000-\u303f\uff00-\uff60]"

_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile(r"[^\x00-\x7f\xa0]")


def guess_encodings(path: Path) -> list[str]:
    """The codecs that a text file, compressed or not, may be in, the likeliest first; empty if none is plausible."""
    sample = _telling_lines(path)
    wide = _utf16(path)
    if wide is not None:
        return [wide]
    if not sample or _is_damaged_utf8(sample):
        return []
    latin = _latin(sample)
    if latin:
        return latin
    japanese = [name for name in _JAPANESE if _share(sample, name, r"[\u3040-\u30ff]") >= _KANA]
    if japanese:
        return sorted(japanese, key=lambda name: -_share(sample, name, r"[\u3040-\u30ff\u4e00-\u9fff]"))
    if sum(byte > 127 for byte in sample) < _FEWEST:
        return []
    return [name for name in _known_scripts(sample) if _share(sample, name, _READABLE) >= _PLAUSIBLE]


def _telling_lines(path: Path) -> bytes:
    """Lines with bytes beyond ASCII, from as far into the file as one has to look for enough of them."""
    kept: list[bytes] = []
    size = read = 0
    rest = b""
    with open_binary(path) as stream:
        while size < _SAMPLE and read < _READ and (data := stream.read(_CHUNK)):
            read += len(data)
            if data.isascii():
                rest = data[data.rfind(b"\n") + 1 :]
                continue
            *lines, rest = (rest + data).split(b"\n")
            for line in (each for each in lines if not each.isascii()):
                kept.append(line)
                size += len(line)
    if not rest.isascii() and read < _READ and size < _SAMPLE:
        kept.append(rest)
    return b"\n".join(kept)


def _utf16(path: Path) -> str | None:
    """UTF-16 without a mark, which shows by zeros: half of every character of ASCII, such as a line break."""
    with open_binary(path) as stream:
        head = stream.read(_SAMPLE)
    zeros = (head[::2].count(0), head[1::2].count(0))
    if sum(zeros) * 100 < len(head):
        return None
    name = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    text = head[: len(head) // 2 * 2].decode(name, "ignore" if len(head) == _SAMPLE else "replace")
    odd = sum(1 for char in text if not (char.isprintable() or char in "\r\n\t\ufeff"))
    return name if text and odd * 100 <= len(text) and "\n" in text else None


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8: in other encodings such sequences of bytes hardly occur."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(_FOREIGN.findall(text)) - broken > 3 * broken


def _latin(sample: bytes) -> list[str]:
    """The code pages by which the text is words of Latin letters with some that ASCII lacks, the best first."""
    scores = {name: _latin_score(text, name) for name, text in _decoded(sample, tuple(_ALPHABETS))}
    return sorted((name for name in scores if scores[name] >= _PLAUSIBLE), key=lambda name: -scores[name])


def _latin_score(text: str, name: str) -> float:
    """The share of characters beyond ASCII that are where and what they are in one of the languages."""
    total = len(_FOREIGN.findall(text))
    letters: list[str] = []
    signs = 0
    for word in _WORD.findall(text):
        foreign = [char for char in word if char > "\x7f"]
        if len(word) == 1 and word.isalpha() and foreign:
            total -= 1  # it says nothing where it stands alone
        elif 0 < len(foreign) <= len(word) / 2 and _has_usual_case(word):
            letters += foreign
        elif foreign and len(foreign) < len(word):
            letters += foreign[: len(foreign) // 2]
    for match in _FOREIGN.finditer(text):
        char = match[0]
        within = text[match.start() - 1 : match.start()].isalpha() and text[match.end() : match.end() + 1].isalpha()
        signs += char in _TYPOGRAPHY and (not within or char in "’–—")
    if total <= 0 or (not letters and not name.startswith("cp125")):
        return 0.0  # signs alone stand for the code pages that word processors use
    known = max(sum(char.lower() in alphabet or char in alphabet for char in letters) for alphabet in _ALPHABETS[name])
    return (known + signs) / total


def _has_usual_case(word: str) -> bool:
    return word[1:].islower() or word.isupper() or len(word) == 1


def _decoded(sample: bytes, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, sample.decode(name)
        except UnicodeDecodeError:
            continue


def _share(sample: bytes, name: str, pattern: str) -> float:
    """The share of characters beyond ASCII that match; 0 where the sample is not in that encoding."""
    text = dict(_decoded(sample, (name,))).get(name, "")
    foreign = "".join(_FOREIGN.findall(text))
    return len(re.findall(pattern, foreign)) / max(1, len(foreign))


def _known_scripts(sample: bytes) -> list[str]:
    """What charset-normalizer takes the text for."""
    import logging

    from charset_normalizer import from_bytes

    logging.getLogger("charset_normalizer").setLevel(logging.ERROR)
    return [each.encoding for each in from_bytes(sample, cp_isolation=list(_OTHERS))]
