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


def usual_length(lists: pa.ChunkedArray) -> int:
    """The length that most lists have; 0 where there are none."""
    lengths = np.asarray(pc.list_value_length(lists).drop_null(), dtype=np.int64)
    return int(np.bincount(lengths).argmax()) if len(lengths) else 0


def unfit(lists: pa.ChunkedArray, *, zeros: bool, length: int | None = None) -> Unfit:
    """Looks for lists that cannot be learned from.

    Args:
        lists: lists of numbers.
        zeros: whether a list of zeros says nothing, as an embedding of zeros.
        length: the length that lists should have; by default that of most.
    """
    there = np.asarray(pc.is_valid(lists))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    usual = usual_length(lists) if length is None else length
    values = np.asarray(pc.fill_null(pc.cast(pc.list_flatten(lists), pa.float64(), safe=False), np.nan))
    finite, filled = np.ones(len(lists), dtype=bool), np.zeros(len(lists), dtype=bool)
    if len(values):
        starts = (np.cumsum(lengths) - lengths)[lengths > 0]
        finite[lengths > 0] = np.logical_and.reduceat(np.isfinite(values), starts)
        filled[lengths > 0] = np.logical_or.reduceat(values != 0, starts)
    odd = there & (lengths != usual)
    broken = there & ~odd & ~finite
    zero = there & ~odd & ~broken & ~filled & zeros & (lengths > 0)
    return Unfit(usual, odd, broken, zero)
