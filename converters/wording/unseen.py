"""Characters that nobody sees and every tokenizer does: control characters, and marks without a width."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from converters.wording.code_points import CODE_POINTS, Mask, Places, Points, gathered, kept, spread, united

#: Control characters other than tabs and line breaks. The second block (C1) is a matter of wrong encodings.
CONTROLS = tuple(code for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A, 0x0D))

#: Those that part words: vertical tab, form feed, separators of files, groups, records and units.
_PARTING = (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F)

_ZERO_WIDTH = (0x200B, 0x2060, 0xFEFF, 0x180E, 0x00AD, 0x034F, 0x2061, 0x2062, 0x2063, 0x2064, 0xFFF9, 0xFFFA, 0xFFFB)
_JOINERS = (0x200C, 0x200D)
_DIRECTIONS = (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TAGS = tuple(range(0xE0000, 0xE0080))
INVISIBLE = (*_ZERO_WIDTH, *_JOINERS, *_DIRECTIONS, *_TAGS)

#: What a character is, one bit each.
_PART, _DROP, _JOIN, _TURN, _TAG, _BREAK, _RIGHT_TO_LEFT, _FRIEND = 1, 2, 4, 8, 16, 32, 64, 128

#: Scripts whose letters joiners bind and part, and pictures that they put together.
_JOINED = (
    *((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0xA8E0, 0xA8FF), (0xAA60, 0xAA7F)),
    *((0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x2190, 0x2BFF), (0xFE0F, 0xFE0F), (0x1F000, 0x1FAFF)),
)
_RIGHT_TO_LEFT_SCRIPTS = ((0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))

#: Scripts without spaces, in which a space without a width says where a line may break.
_UNSPACED = ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF))


def without_unseen(texts: pa.StringArray) -> pa.StringArray:
    """The texts without such characters, except where the script or an emoji needs them."""
    points, places = spread(texts)
    drop, part = _unwanted(points, places)
    return gathered(*kept(np.where(part, np.uint32(0x20), points), places, ~drop))


def has_unseen(texts: pa.StringArray) -> Mask:
    """True for each text that `without_unseen` would change."""
    points, places = spread(texts)
    drop, part = _unwanted(points, places)
    return np.asarray(united((drop | part).view(np.uint8), places) != 0)


def _unwanted(points: Points, places: Places) -> tuple[Mask, Mask]:
    """The characters to drop, and those to put a space for."""
    kinds = _kinds()[points]
    odd = np.flatnonzero(kinds & (_JOIN | _TURN | _TAG | _BREAK))
    drop = kinds & _DROP != 0
    if len(odd):
        rows = np.searchsorted(places, odd, side="right") - 1
        first, last = odd == places[rows], odd + 1 == places[rows + 1]
        left, right = np.maximum(odd - 1, 0), np.minimum(odd + 1, len(points) - 1)
        unspaced = (~first & _unspaced(points[left])) | (~last & _unspaced(points[right]))
        turned = united(kinds & np.uint8(_RIGHT_TO_LEFT), places)[rows] != 0
        own = kinds[odd]
        wanted = (
            ((own & _JOIN != 0) & ~first & (kinds[left] & _FRIEND != 0))
            | ((own & _TURN != 0) & turned)
            | ((own & _BREAK != 0) & unspaced)
            | ((own & _TAG != 0) & _in_flags(points, places, odd, rows))
        )
        drop[odd[~wanted]] = True
    return drop, kinds & _PART != 0


def _in_flags(points: Points, places: Places, odd: Places, rows: Places) -> Mask:
    """Which tags spell the flag of a region: those after the black flag, with nothing but tags between."""
    tags = (points[odd] >= 0xE0000) & (points[odd] < 0xE0080)
    found = np.zeros(len(odd), dtype=bool)
    spots = np.flatnonzero(tags)
    if len(spots):
        own = odd[spots]
        begins = np.concatenate([[True], (own[1:] != own[:-1] + 1) | (rows[spots][1:] != rows[spots][:-1])])
        heads = own[begins] - 1
        flagged = (heads >= places[rows[spots][begins]]) & (points[np.maximum(heads, 0)] == 0x1F3F4)
        found[spots] = flagged[np.cumsum(begins) - 1]
    return found


def _unspaced(points: Points) -> Mask:
    found = np.zeros(len(points), dtype=bool)
    for low, high in _UNSPACED:
        found |= (points >= low) & (points <= high)
    return found


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    table = np.zeros(CODE_POINTS, np.uint8)
    for low, high in _JOINED:
        table[low : high + 1] |= _FRIEND
    for low, high in _RIGHT_TO_LEFT_SCRIPTS:
        table[low : high + 1] |= _RIGHT_TO_LEFT
    for codes, kind in ((CONTROLS, _DROP), (_ZERO_WIDTH, _DROP), (_JOINERS, _JOIN), (_DIRECTIONS, _TURN)):
        table[list(codes)] = kind
    table[list(_TAGS)] = _TAG
    table[list(_PARTING)] = _PART
    table[0x200B] = _BREAK
    return table
