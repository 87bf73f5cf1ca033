"""What can be wrong with training data: the checks, by what they look at."""

from advisor.findings import (
    boilerplate,
    columns,
    encodings,
    labels,
    languages,
    lengths,
    near_duplicates,
    references,
    residue,
    rows,
    sets,
    texts,
)
from advisor.findings.registry import CHECKS, Case, Check, Found, examine

__all__ = [
    "CHECKS",
    "Case",
    "Check",
    "Found",
    "boilerplate",
    "columns",
    "encodings",
    "examine",
    "labels",
    "languages",
    "lengths",
    "near_duplicates",
    "references",
    "residue",
    "rows",
    "sets",
    "texts",
]
