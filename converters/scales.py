"""Scales that people score on, and how numbers on them come to lie between 0 and 1."""

import math
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

#: Usual scales, narrow ones first: (lowest, highest).
SCALES: tuple[tuple[float, float], ...] = (
    (0.0, 1.0),
    (-1.0, 1.0),
    (0.0, 2.0),
    (0.0, 3.0),
    (0.0, 4.0),
    (1.0, 5.0),
    (0.0, 5.0),
    (0.0, 10.0),
    (0.0, 100.0),
)


def scale_of(minimum: float, maximum: float) -> tuple[float, float]:
    """The scale that scores between `minimum` and `maximum` were most likely given on.

    The narrowest usual scale that holds them all; where none does, their own extremes.
    """
    for low, high in SCALES:
        if low <= minimum and maximum <= high:
            return low, high
    return minimum, maximum


@dataclass(frozen=True)
class Span:
    """From the lowest to the highest of some numbers; of none, from above to below."""

    low: float = math.inf
    high: float = -math.inf

    @classmethod
    def of(cls, numbers: pa.ChunkedArray | pa.Array) -> "Span":
        """That of the numbers of an array."""
        limits = pc.min_max(numbers).as_py()
        return cls() if limits["min"] is None else cls(limits["min"], limits["max"])

    def __or__(self, other: "Span") -> "Span":
        return Span(min(self.low, other.low), max(self.high, other.high))

    @classmethod
    def of_labels(cls, labels: pa.ChunkedArray) -> "Span":
        """That of the finite numbers of a column of numbers, or of lists of numbers."""
        flat = pc.list_flatten(labels) if pa.types.is_list(labels.type) else labels
        flat = pc.cast(flat, pa.float64())
        return cls.of(flat.filter(pc.fill_null(pc.is_finite(flat), False)))

    @property
    def scale(self) -> tuple[float, float]:
        """The scale that such numbers were most likely given on; 0 to 1 where there are none."""
        return scale_of(self.low, self.high) if self.low <= self.high else (0.0, 1.0)

    @property
    def within_unit(self) -> bool:
        """Whether all numbers lie between 0 and 1."""
        return self.low >= 0 and self.high <= 1
