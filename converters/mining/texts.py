"""The first stage: texts become Arrow arrays, equal ones get one number, pairs are sorted by their query."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.errors import InputError, quote

Ids = NDArray[np.int64]


def as_texts(values: Any, what: str) -> pa.Array:
    """Makes one Arrow array of large strings out of a list, an Arrow array, a numpy array or a pandas Series.

    Args:
        values: the texts; None and null are allowed.
        what: what they are, for the message.

    Raises:
        InputError: they are no texts.
    """
    return as_chunks(values, what).combine_chunks()


def as_chunks(values: Any, what: str) -> pa.ChunkedArray:
    """As `as_texts`, but chunks stay as they are, so that texts which are mapped into memory are not copied."""
    if isinstance(values, str | bytes):
        raise InputError(f"{what} has to be a list of texts, not a single text")
    try:
        given = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
        chunks = given.chunks if isinstance(given, pa.ChunkedArray) else [given]
        if holds_text(given.type):
            return pa.chunked_array([chunk.cast(_TEXT) for chunk in chunks], _TEXT)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InputError(f"{what} has to hold texts ({quote(error, 120)})") from error
    raise InputError(f"{what} has to hold texts, not values of type {given.type}")


_TEXT = pa.large_string()


def holds_text(kind: pa.DataType) -> bool:
    """Whether values of this type are texts."""
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def is_blank(texts: pa.Array) -> NDArray[np.bool_]:
    """Tells which of n texts are null, empty, or nothing but white space: (n,)."""
    blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0)
    return np.asarray(pc.fill_null(blank, True).to_numpy(zero_copy_only=False), dtype=np.bool_)


def number(texts: pa.Array) -> tuple[pa.Array, Ids]:
    """Gives equal texts the same number, in order of first appearance.

    Args:
        texts: n texts, none null.

    Returns:
        The u different texts, exactly as they were given, and for each of the n texts its number: (n,).
    """
    encoded = texts.dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype(np.int64)


def normalised(texts: pa.Array) -> pa.Array:
    """Brings texts to the form by which two of them count as the same: NFC, lower case, white space collapsed."""
    form = pc.utf8_normalize(pc.utf8_lower(pc.utf8_normalize(texts, form="NFC")), form="NFC")
    if pc.any(pc.match_substring_regex(form, _UNEVEN)).as_py():  # looking is several times cheaper than replacing
        form = pc.replace_substring_regex(form, r"[\s\p{Z}]+", " ")
    return pc.utf8_trim_whitespace(form)


#: White space that is more than a single space.
_UNEVEN = r"[\s\p{Z}][\s\p{Z}]|[^\S ]|[^\P{Z} ]"


@dataclass(frozen=True)
class Pairs:
    """What is known to belong together: p pairs of a query and a document, each once, sorted by query.

    Attributes:
        query_ids: number of the query, (p,).
        document_ids: number of the document, (p,).
        grades: how relevant the document is, (p,), integers or floats.
        offsets: query q has the pairs offsets[q] to offsets[q + 1] - 1, (queries + 1,).
    """

    query_ids: Ids
    document_ids: Ids
    grades: NDArray[Any]
    offsets: Ids


def pairs_of(query_ids: Ids, document_ids: Ids, grades: NDArray[Any], queries: int, documents: int) -> Pairs:
    """Sorts pairs by query and otherwise keeps their order; of equal pairs, one is left with the highest grade.

    Args:
        query_ids: numbers below `queries`, (n,); each of them occurs.
        document_ids: numbers below `documents`, (n,).
        grades: numbers, (n,).
        queries: how many queries there are.
        documents: how many documents there are.
    """
    code = query_ids * documents + document_ids
    by_code = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[by_code], prepend=-1))
    first = by_code[starts]
    highest = np.maximum.reduceat(grades[by_code], starts)
    order = np.lexsort((first, query_ids[first]))
    first, highest = first[order], highest[order]
    counts = np.bincount(query_ids[first], minlength=queries)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Pairs(query_ids[first], document_ids[first], highest, offsets)
