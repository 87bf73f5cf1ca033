"""Vectors are looked at once before they are searched: of one length, all numbers finite, not all documents zero."""

import numpy as np

from converters.embedding.vectors import Vectors
from converters.errors import InputError

_NUMBERS = 2**24  # that are looked at together


def check_vectors(queries: Vectors, documents: Vectors) -> None:
    """Looks at all vectors, block by block.

    Raises:
        InputError: they cannot be searched.
    """
    for name, vectors in (("query", queries), ("document", documents)):
        if vectors.ndim != 2 or 0 in vectors.shape or vectors.dtype.kind != "f":
            raise InputError(
                f"the {name} vectors have to be a matrix of floating-point numbers, one row for each text, "
                f"not an array of shape {vectors.shape} and type {vectors.dtype}"
            )
    if queries.shape[1] != documents.shape[1]:
        raise InputError(
            f"query vectors have {queries.shape[1]} numbers and document vectors {documents.shape[1]}: "
            "embed both with the same model"
        )
    for name, vectors in (("query", queries), ("document", documents)):
        _check_numbers(name, vectors)


def _check_numbers(name: str, vectors: Vectors) -> None:
    zero = bad = 0
    first: int | None = None
    step = max(1, _NUMBERS // vectors.shape[1])
    for start in range(0, len(vectors), step):
        rows = vectors[start : start + step].astype(np.float32, copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.vecdot(rows, rows)  # finite where all numbers are, and no length is beyond float32
        wrong = ~np.isfinite(squares)
        if first is None and wrong.any():
            first = start + int(wrong.argmax())
        bad += int(wrong.sum())
        zero += int((squares == 0).sum())
    if bad:
        raise InputError(
            f"{bad} of {len(vectors)} {name} vectors hold NaN, infinite or huge numbers, the first in row {first}: "
            "embed these texts anew, in float32, or leave them out"
        )
    if zero == len(vectors) and name == "document":  # a query may well be like nothing
        raise InputError(f"all {zero} {name} vectors are zero: no query is near to any; embed the texts anew")
