"""Mends of what findings are about, by the finding's code."""

from converters.mends import labels, rows, sets, texts
from converters.mends.large import mend_pile
from converters.mends.others import Others
from converters.mends.registry import MENDS, Mend, Mended, Shape, codes_of, drops, mend, mends_for, rewrites, shape_of

__all__ = [
    "MENDS",
    "Mend",
    "Mended",
    "Others",
    "Shape",
    "codes_of",
    "drops",
    "labels",
    "mend",
    "mend_pile",
    "mends_for",
    "rewrites",
    "rows",
    "sets",
    "shape_of",
    "texts",
]
