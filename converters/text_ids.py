"""Ids for texts that have none: made of the text alone, so that the same text gets the same id in every run."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: Two keys of a keyed hash of 64 bits; both together tell texts apart.
_KEYS = ("the first of two", "second of the 2.")
_HEX = np.frombuffer("".join(f"{i:02x}" for i in range(256)).encode(), dtype="S2")

Hashes = NDArray[np.uint64]


def hashes(texts: pa.Array, keys: int = 1) -> Hashes:
    """Hashes of n texts, none null: (n, keys). They depend on nothing but the texts.

    One key of 64 bits takes two of ten million different texts for the same once in 400,000 times.
    """
    from pandas.util import hash_array

    values = texts.cast(pa.large_string()).to_numpy(zero_copy_only=False)
    made = [hash_array(values, hash_key=key, categorize=False) for key in _KEYS[:keys]]
    return np.stack(made, axis=1)


def as_ids(hashed: Hashes) -> pa.Array:
    """The ids of hashes with two keys: 32 hexadecimal digits each."""
    raw = np.ascontiguousarray(hashed.astype(">u8")).view(np.uint8)
    digits = np.ascontiguousarray(_HEX[raw]).view("S32").ravel()
    return pa.array(digits.tolist(), pa.binary()).cast(pa.string())


class Seen:
    """Which texts came by before, by two numbers for each, a checksum first; texts themselves are not kept."""

    def __init__(self) -> None:
        self._levels: list[Hashes] = []

    def new(self, hashed: Hashes) -> NDArray[np.intp]:
        """The places of the hashes that come by for the first time, in order; they count as seen from now on."""
        numbers = pa.array(np.ascontiguousarray(hashed[:, 0])).dictionary_encode().indices.to_numpy()
        first = np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1))  # numbers are given in order
        order = np.argsort(hashed[first, 0])
        fresh = hashed[first[order]]
        known = np.zeros(len(fresh), dtype=bool)
        for level in self._levels:
            place = np.minimum(np.searchsorted(level[:, 0], fresh[:, 0]), len(level) - 1)
            known |= (level[place] == fresh).all(axis=1)
        self._add(fresh[~known])
        found: NDArray[np.intp] = np.sort(first[order[~known]])
        return found

    def _add(self, fresh: Hashes) -> None:
        """Keeps sorted hashes; levels of a like size are merged, so that there are few of them."""
        if not len(fresh):
            return
        while self._levels and len(self._levels[-1]) <= 2 * len(fresh):
            both = np.concatenate([self._levels.pop(), fresh])
            fresh = both[np.argsort(both[:, 0], kind="stable")]
        self._levels.append(fresh)
