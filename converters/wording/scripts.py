"""The writing systems of texts, told by their letters."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from converters.wording.code_points import CODE_POINTS, pieces, spread

#: Writing systems with the ranges of their letters. Chinese and Japanese share one: a short title does not tell.
SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "Latin": (
        *((0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F)),
        *((0x1E00, 0x1EFF), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
    ),
    "Cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
    "Greek": ((0x370, 0x3E1), (0x3F0, 0x3FF), (0x1F00, 0x1FFF)),
    "Armenian": ((0x531, 0x58F),),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "Hebrew": ((0x591, 0x5F4), (0xFB1D, 0xFB4F)),
    "Arabic": ((0x620, 0x65F), (0x66E, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "Syriac": ((0x700, 0x74F),),
    "Thaana": ((0x780, 0x7BF),),
    "Devanagari": ((0x900, 0x963), (0x970, 0x97F), (0xA8E0, 0xA8FF)),
    "Bengali": ((0x980, 0x9FF),),
    "Gurmukhi": ((0xA00, 0xA7F),),
    "Gujarati": ((0xA80, 0xAFF),),
    "Odia": ((0xB00, 0xB7F),),
    "Tamil": ((0xB80, 0xBFF),),
    "Telugu": ((0xC00, 0xC7F),),
    "Kannada": ((0xC80, 0xCFF),),
    "Malayalam": ((0xD00, 0xD7F),),
    "Sinhala": ((0xD80, 0xDFF),),
    "Thai": ((0xE01, 0xE3A), (0xE40, 0xE4F)),
    "Lao": ((0xE80, 0xEFF),),
    "Tibetan": ((0xF00, 0xFFF),),
    "Burmese": ((0x1000, 0x109F), (0xAA60, 0xAA7F), (0xA9E0, 0xA9FF)),
    "Ethiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF)),
    "Khmer": ((0x1780, 0x17FF),),
    "Mongolian": ((0x1800, 0x18AF),),
    "Chinese or Japanese": (
        *((0x3005, 0x3007), (0x3041, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF)),
        *((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x20000, 0x3FFFF)),
    ),
    "Korean": ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97F), (0xAC00, 0xD7FF)),
}
NAMES = tuple(SCRIPTS)

#: Characters of a text that are looked at: its beginning tells.
_BEGINNING = 200

#: Letters of one script that a text needs to have one.
_LETTERS = 4

#: Characters for each token of a multilingual or an English tokenizer, roughly: the rest is as Latin is.
_CHARACTERS_PER_TOKEN = {
    **dict.fromkeys(("Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic"), 3.0),
    **dict.fromkeys(NAMES[NAMES.index("Syriac") : NAMES.index("Mongolian") + 1], 2.0),
    **{"Chinese or Japanese": 1.3, "Korean": 1.5},
}
LATIN_CHARACTERS_PER_TOKEN = 4.0


def scripts(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """For each text the place of its script in `NAMES`, by most of its letters; -1 where it has too few letters."""
    table, found = _letters(), []
    for piece in pieces(pc.utf8_slice_codeunits(texts, 0, _BEGINNING)):
        points, places = spread(piece)
        rows = np.repeat(np.arange(len(piece)), np.diff(places))
        width = len(NAMES) + 1
        counts = np.bincount(rows * width + table[points], minlength=len(piece) * width).reshape(-1, width)[:, 1:]
        found.append(np.where(counts.max(axis=1) >= _LETTERS, counts.argmax(axis=1), -1))
    return np.concatenate(found) if found else np.empty(0, np.int64)


@lru_cache(maxsize=1)
def tokens_per_character() -> npt.NDArray[np.float32]:
    """For each code point about how many tokens it is."""
    values = np.array([LATIN_CHARACTERS_PER_TOKEN] * (len(NAMES) + 1))
    for name, number in _CHARACTERS_PER_TOKEN.items():
        values[NAMES.index(name) + 1] = number
    table: npt.NDArray[np.float32] = (1 / values).astype(np.float32)[_letters()]
    return table


@lru_cache(maxsize=1)
def _letters() -> npt.NDArray[np.uint8]:
    """For each code point the place of its script in `NAMES`, from 1; 0 for what is no letter."""
    table = np.zeros(CODE_POINTS, np.uint8)
    for number, ranges in enumerate(SCRIPTS.values(), start=1):
        for low, high in ranges:
            table[low : high + 1] = number
    return table
