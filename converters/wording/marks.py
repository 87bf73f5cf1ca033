"""A first look at texts: which of them hold characters that a closer look is worth for."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from converters.wording.code_points import CODE_POINTS, pieces, spread, united

Marks = npt.NDArray[np.uint8]

#: What a text may hold, one bit each.
ANGLE, AMPERSAND, BRACKET, UNSEEN, GARBLED, REPLACED = 1, 2, 4, 8, 16, 32

#: Only while looking: what the first byte of a character in UTF-8 looks like in a legacy code page, and what the rest.
_LEAD, _REST = 64, 128


def marks(texts: pa.StringArray) -> Marks:
    """For each text what it holds: see the bits above."""
    found = []
    for piece in pieces(texts):
        points, places = spread(piece)
        flags = _flags()[points]
        own = united(flags, places)
        if (own & _LEAD).any() and (own & _REST).any():
            pairs = (flags[:-1] & _LEAD != 0) & (flags[1:] & _REST != 0)
            # A pair across two texts marks the first of them: a closer look finds nothing there.
            own[np.searchsorted(places, np.flatnonzero(pairs), side="right") - 1] |= GARBLED
        found.append(own & np.uint8(0xFF ^ _LEAD ^ _REST))
    return np.concatenate(found) if found else np.empty(0, np.uint8)


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
        bytes_of = page.table
        table[: len(bytes_of)][(bytes_of >= page.leads[0]) & (bytes_of <= 0xF4)] |= _LEAD
        table[: len(bytes_of)][(bytes_of >= 0x80) & (bytes_of <= 0xBF)] |= _REST
    return table
