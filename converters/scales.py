"""Scales that people score on, and how numbers on them come to lie between 0 and 1."""

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
