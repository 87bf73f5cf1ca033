"""The texts of other splits, to compare with: hashes of them, so that any number of rows takes a few bytes each."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.alike import Mask
from converters.text_ids import hashes

_PRIME = np.uint64(0x9E3779B97F4A7C15)


class Others:
    """Which texts stand together in a row of another split."""

    def __init__(self) -> None:
        self._parts: list[tuple[list[NDArray[np.uint64]], Mask]] = []
        self._known: dict[int, NDArray[np.uint64]] = {}

    def add(self, columns: Sequence[pa.ChunkedArray]) -> None:
        """Takes in rows of another split.

        Args:
            columns: their text columns, in the order of the format.
        """
        hashed = [_hashed(column) for column in columns]
        self._parts.append(([keys for keys, _ in hashed], np.logical_and.reduce([full for _, full in hashed])))
        self._known = {}

    def hold(self, columns: Sequence[pa.ChunkedArray]) -> Mask:
        """True for each row whose texts all stand together in a row of another split."""
        width = len(columns)
        if not self._parts:
            return np.zeros(len(columns[0]), dtype=bool)
        if width not in self._known:
            keys = [_together(parts[:width])[full] for parts, full in self._parts if len(parts) >= width]
            self._known[width] = np.unique(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.uint64)
        hashed = [_hashed(column) for column in columns]
        full = np.logical_and.reduce([filled for _, filled in hashed])
        return np.asarray(full & np.isin(_together([keys for keys, _ in hashed]), self._known[width]))


def _hashed(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], Mask]:
    """A hash of each text of a column, and whether there is one."""
    chunks = pc.fill_null(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), "").chunks
    found = [hashes(chunk)[:, 0] for chunk in chunks] or [np.zeros(0, dtype=np.uint64)]
    full = [np.asarray(pc.not_equal(chunk, "")) for chunk in chunks] or [np.zeros(0, dtype=bool)]
    return np.concatenate(found), np.concatenate(full)


def _together(keys: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """One hash of several, which their order matters to."""
    whole = keys[0]
    for each in keys[1:]:
        whole = (whole * _PRIME) ^ (each + (whole >> np.uint64(31)))
    return whole
