"""Lists of numbers that a batch of them cannot hold: embeddings and scores of a teacher."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Mask


@dataclass(frozen=True)
class Unfit:
    """Rows whose list of numbers cannot be learned from; a row without a list is none of them.

    Attributes:
        length: the length that most lists have.
        odd: of another length.
        broken: of the right length, with NaN, infinity or nothing in some place.
        zero: nothing but zeros.
    """

    length: int
    odd: Mask
    broken: Mask
    zero: Mask

    @property
    def any(self) -> Mask:
        """What is wrong in any of these ways."""
        return self.odd | self.broken | self.zero


def unfit(lists: pa.ChunkedArray, *, zeros: bool) -> Unfit:
    """Looks for lists that cannot be learned from.

    Args:
        lists: lists of numbers.
        zeros: whether a list of zeros says nothing, as an embedding of zeros.
    """
    there = np.asarray(pc.is_valid(lists))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    usual = int(np.bincount(lengths[there]).argmax()) if there.any() else 0
    flat = pc.cast(pc.list_flatten(lists), pa.float64(), safe=False)
    values = np.asarray(pc.fill_null(flat, np.nan))
    rows = np.repeat(np.arange(len(lists)), lengths)
    finite = np.bincount(rows, ~np.isfinite(values), minlength=len(lists)) == 0
    filled = np.bincount(rows, values != 0, minlength=len(lists)) > 0
    odd = there & (lengths != usual)
    broken = there & ~odd & ~finite
    zero = there & ~odd & ~broken & ~filled & zeros & (lengths > 0)
    return Unfit(usual, odd, broken, zero)
