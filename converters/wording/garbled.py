"""Text in UTF-8 that was read as a legacy code page (`Ã©` for `é`), perhaps twice, and how to read it right.

In UTF-8 a character beyond ASCII is a first byte and one to three more, and each kind of byte is another set of
characters in a code page. Text that was read wrongly consists of such groups; text that was read right holds one only
by accident, such as an accented capital before a quotation mark. A group is therefore undone only where the text holds
one that is no accident.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from converters.wording.code_points import CODE_POINTS, Mask, Places, Points, gathered, kept, spread

#: Control characters of the second block (C1): nobody types them, but a code page read as Latin-1 is full of them.
FIRST_CONTROLS = range(0x80, 0xA0)

#: Text that went through the wrong reading more often than this stays as it is.
_ROUNDS = 3

#: Characters that good texts have beside accented letters: quotation marks, dashes, no-break spaces.
_COMPANIONS = "‘’“”„‚‹›«»–—…•™€\xa0"

#: And after symbols for units, such as the ångström.
_RAISED = "¹²³¼½¾°ºª·´¨®©§"

#: What may come out: characters of living scripts, punctuation, symbols and pictures.
_PLAUSIBLE = (
    *((0xA0, 0x17F), (0x192, 0x192), (0x18F, 0x18F), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1CD, 0x1DC), (0x218, 0x21B)),
    *((0x259, 0x259), (0x2BB, 0x2DD), (0x300, 0x304), (0x370, 0x3FF), (0x400, 0x491), (0x492, 0x4BB), (0x4D8, 0x4E9)),
    *((0x531, 0x58A), (0x591, 0x5F4), (0x60C, 0x6FF), (0x900, 0xDFF), (0xE00, 0xEFF), (0x1000, 0x109F)),
    *((0x10D0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F), (0x1780, 0x17FF), (0x1E00, 0x1FFF), (0x2002, 0x203C)),
    *((0x2044, 0x2044), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x2BFF), (0x3000, 0x30FF), (0x3400, 0x9FFF)),
    *((0xAC00, 0xD7A3), (0xFB00, 0xFB06), (0xFE0F, 0xFE0F), (0xFEFF, 0xFEFF), (0xFF00, 0xFFEF), (0xFFFD, 0xFFFD)),
    *((0x1F000, 0x1FAFF), (0x20000, 0x2FFFF)),
)


@dataclass(frozen=True)
class CodePage:
    """A legacy code page that UTF-8 is read as.

    Attributes:
        name: Python's name of it.
        leads: the first bytes of groups that are no accident.
        chain: how many groups in a row are no accident, whatever they are.
    """

    name: str
    leads: tuple[int, ...]
    chain: int

    @cached_property
    def table(self) -> npt.NDArray[np.int16]:
        """For each code point its byte; -1 where it has none."""
        table = np.full(0x2200, -1, np.int16)
        table[:0x80] = np.arange(0x80)
        table[list(FIRST_CONTROLS)] = list(FIRST_CONTROLS)  # read as Latin-1, or bytes that the page leaves out
        for byte in range(0x80, 0x100):
            try:
                table[ord(bytes([byte]).decode(self.name))] = byte
            except UnicodeDecodeError:
                continue
        return table

    def bytes_of(self, points: Points) -> npt.NDArray[np.int16]:
        """The byte of each character; -1 where it has none."""
        return np.asarray(np.take(self.table, points, mode="clip"))  # the last place of the table has none


CODE_PAGES = (
    CodePage("cp1252", (0xC2, 0xC3), 2),
    # In Cyrillic the first bytes are letters that many words hold: only a longer run is no accident.
    CodePage("cp1251", (0xC2,), 3),
)


def repaired(texts: pa.StringArray) -> pa.StringArray:
    """The texts as they were meant; those that were read right keep every byte."""
    given, places = spread(texts)
    points = given
    for _ in range(_ROUNDS):
        before = points
        for page in CODE_PAGES:
            points, places = _read_again(points, places, page)
        if points is before:
            break
    points, places = _without_controls(points, places)
    return texts if points is given else gathered(points, places)


def _read_again(points: Points, places: Places, page: CodePage) -> tuple[Points, Places]:
    """The texts with their groups of bytes read as UTF-8, where they are some."""
    heads, sizes, codes = _groups(page.bytes_of(points))
    if not len(heads):
        return points, places
    rows = np.searchsorted(places, heads, side="right") - 1
    inside = heads + sizes <= places[rows + 1]
    heads, sizes, codes, rows = heads[inside], sizes[inside], codes[inside], rows[inside]
    certain = _certain(points, places, heads, sizes, rows, page)
    count = len(places) - 1
    garbled = np.bincount(rows[certain], minlength=count) > 0
    covered = np.bincount(rows, weights=sizes, minlength=count)
    foreign = np.flatnonzero(points >= 0x80)
    others = np.bincount(np.searchsorted(places, foreign, side="right") - 1, minlength=count)
    # Where every foreign character belongs to a group, all groups are undone; else those that are no accident.
    chosen = garbled[rows] & (certain | (covered == others)[rows])
    heads, sizes, codes = heads[chosen], sizes[chosen], codes[chosen]
    if not len(heads):
        return points, places
    points, keep = points.copy(), np.ones(len(points), dtype=bool)
    points[heads] = codes
    for place in (1, 2, 3):
        keep[heads[sizes > place] + place] = False
    keep[heads[codes == 0xFEFF]] = False  # a byte order mark says nothing inside a text
    return kept(points, places, keep)


def _groups(own: npt.NDArray[np.int16]) -> tuple[Places, Places, Points]:
    """Where groups of bytes begin that UTF-8 has, how long they are, and the character that each one is."""
    padded = np.concatenate([own, np.full(3, -1, np.int16)])
    rest = (padded >= 0x80) & (padded <= 0xBF)
    heads = np.flatnonzero(rest[1 : len(own) + 1] & (own >= 0xC2) & (own <= 0xF4))
    first, second, third, fourth = (padded[heads + place].astype(np.int64) for place in range(4))
    sizes = np.where(first < 0xE0, 2, np.where(first < 0xF0, 3, 4))
    bits = [second & 0x3F, third & 0x3F, fourth & 0x3F]
    two = (first & 0x1F) << 6 | bits[0]
    three = (first & 0x0F) << 12 | bits[0] << 6 | bits[1]
    four = (first & 0x07) << 18 | bits[0] << 12 | bits[1] << 6 | bits[2]
    codes = np.where(sizes == 2, two, np.where(sizes == 3, three, four))
    whole = (sizes < 3) | (rest[heads + 2] & ((sizes < 4) | rest[heads + 3]))
    smallest = np.where(sizes == 2, 0x80, np.where(sizes == 3, 0x800, 0x10000))
    good = whole & (codes >= smallest) & (codes < CODE_POINTS)
    good[good] = _plausible()[codes[good]]
    return heads[good], sizes[good], codes[good].astype(np.uint32)


def _certain(points: Points, places: Places, heads: Places, sizes: Places, rows: Places, page: CodePage) -> Mask:
    """Which groups are no accident."""
    companions = np.array([ord(char) for char in _COMPANIONS], np.uint32)
    raised = np.concatenate([companions, np.array([ord(char) for char in _RAISED], np.uint32)])
    last = len(points) - 1
    second, third = points[np.minimum(heads + 1, last)], points[np.minimum(heads + 2, last)]
    first = page.bytes_of(points[heads])
    follows = np.zeros(len(heads), dtype=bool)
    follows[1:] = (heads[1:] == heads[:-1] + sizes[:-1]) & (rows[1:] == rows[:-1])
    links = np.cumsum(~follows)
    certain = np.bincount(links)[links] >= page.chain
    inner = page.bytes_of(second)
    certain |= (first == 0xE2) & (inner >= 0x80) & (inner <= 0x86)  # punctuation, currencies, trade mark: â€™
    certain |= (first == 0xEF) & (inner >= 0xBB)  # a byte order mark, a replacement character
    certain |= (sizes == 4) & (inner >= 0x9F)  # an emoji
    if page.name == "cp1251":  # a Cyrillic letter and a sign within a Latin word
        letters = ((points | 0x20) >= ord("a")) & ((points | 0x20) <= ord("z"))
        certain |= letters[np.maximum(heads - 1, 0)] & (heads > places[rows])
        certain |= letters[np.minimum(heads + sizes, last)] & (heads + sizes < places[rows + 1])
    if page.name == "cp1252":
        certain |= (first == 0xC2) & (second == 0xA0)
        certain |= np.isin(first, page.leads) & ~np.isin(second, companions)
        certain |= (sizes == 2) & ~np.isin(second, raised)
        certain |= (sizes == 3) & ~np.isin(second, raised) & ~np.isin(third, raised)
    return np.asarray(certain)


def _without_controls(points: Points, places: Places) -> tuple[Points, Places]:
    """Control characters of the second block read as the page that has letters and marks in their place."""
    controls = (points >= FIRST_CONTROLS.start) & (points < FIRST_CONTROLS.stop)
    if not controls.any():
        return points, places
    meant = np.zeros(len(FIRST_CONTROLS), np.uint32)
    for byte in FIRST_CONTROLS:
        meant[byte - FIRST_CONTROLS.start] = ord(bytes([byte]).decode("cp1252", "ignore") or "\0")
    points = points.copy()
    points[controls] = meant[points[controls] - FIRST_CONTROLS.start]
    return kept(points, places, ~(controls & (points == 0)))


@lru_cache(maxsize=1)
def _plausible() -> Mask:
    table = np.zeros(CODE_POINTS, dtype=bool)
    for low, high in _PLAUSIBLE:
        table[low : high + 1] = True
    return table
