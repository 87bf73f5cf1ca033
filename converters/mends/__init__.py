"""Mends of what findings are about, by the finding's code."""

from converters.mends.registry import MENDS, Mend, Mended, Shape, drops, mend, mend_for, rewrites, shape_of

__all__ = ["MENDS", "Mend", "Mended", "Shape", "drops", "mend", "mend_for", "rewrites", "shape_of"]
