"""A first look at texts: which of them hold characters that a closer look is worth for."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from converters.wording.code_points import CODE_POINTS, pieces, spread, united

Marks = npt.NDArray[np.uint8]

#: What a text may hold, one bit each.
ANGLE, AMPERSAND, BRACKET, UNSEEN, GARBLED, REPLACED = 1, 2, 4, 8, 16, 32

#: Only while looking: what the first of two bytes of a character in UTF-8 looks like in a legacy code page, what the
#: other bytes look like, and what the first of three or four.
_LEAD, _REST, _LONG_LEAD = 64, 128, 192


def marks(texts: pa.StringArray) -> Marks:
    """For each text what it holds: see the bits above."""
    found = []
    for piece in pieces(texts):
        points, places = spread(piece)
        flags = _flags()[points]
        own = united(flags, places)
        if (own & _REST).any():
            heads = _heads(flags & np.uint8(_LONG_LEAD))
            # A group across two texts marks the first of them: a closer look finds nothing there.
            own[np.searchsorted(places, heads, side="right") - 1] |= GARBLED
        found.append(own & np.uint8(0xFF ^ _LONG_LEAD))
    return np.concatenate(found) if found else np.empty(0, np.uint8)


def _heads(kinds: Marks) -> npt.NDArray[np.int64]:
    """Where something begins that looks like the bytes of one character."""
    rest = np.append(kinds == _REST, [False, False])
    pairs = np.flatnonzero(rest[1:-1] & (kinds != 0) & (kinds != _REST))
    return np.asarray(pairs[(kinds[pairs] == _LEAD) | rest[pairs + 2]])


@lru_cache(maxsize=1)
def _flags() -> npt.NDArray[np.uint8]:
    from converters.wording.garbled import CODE_PAGES, FIRST_CONTROLS
    from converters.wording.unseen import CONTROLS, INVISIBLE

    table = np.zeros(CODE_POINTS, np.uint8)
    table[ord("<")] = ANGLE
    table[ord("&")] = AMPERSAND
    for bracket in "[{#|":
        table[ord(bracket)] |= BRACKET
    table[[*CONTROLS, *INVISIBLE]] |= UNSEEN
    table[0xFFFD] |= REPLACED
    table[list(FIRST_CONTROLS)] |= GARBLED
    for page in CODE_PAGES:
        bytes_of, own = page.table, table[: len(page.table)]
        own[(bytes_of >= 0x80) & (bytes_of <= 0xBF)] |= _REST
        own[(bytes_of >= 0xC2) & (bytes_of <= 0xDF)] |= _LEAD
        own[(bytes_of >= 0xE0) & (bytes_of <= 0xF4)] |= _LONG_LEAD
    return table
