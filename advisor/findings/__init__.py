"""What can be wrong with training data: the checks, by what they look at."""

from advisor.findings import columns, labels, references, rows, sets, texts
from advisor.findings.registry import CHECKS, Case, Check, Found, examine

__all__ = [
    "CHECKS",
    "Case",
    "Check",
    "Found",
    "columns",
    "examine",
    "labels",
    "references",
    "rows",
    "sets",
    "texts",
]
