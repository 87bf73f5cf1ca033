"""The last stage: mined negatives become the rows of a format."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, LABEL_NAMES
from converters.mining.mined import Mined
from converters.mining.texts import Ids

#: Formats that mining can make.
OUTPUT_FORMATS = ("triplet", "n-tuple", "labeled-pair", "labeled-list")

#: Bytes of text that one batch of rows may hold: far below what 32-bit offsets can address.
BATCH_BYTES = 2**27
#: Queries whose rows are made at a time.
BLOCK_QUERIES = 2**15


@dataclass(frozen=True)
class _Texts:
    """A column with one text a row: row i has `pool[ids[i]]`."""

    pool: pa.Array
    ids: Ids

    def sizes(self) -> Ids:
        return _lengths(self.pool)[self.ids]

    def take(self, start: int, end: int) -> pa.Array:
        return self.pool.take(pa.array(self.ids[start:end])).cast(pa.string())

    kind = pa.string()


@dataclass(frozen=True)
class _TextLists:
    """A column with a list of texts a row: row i has `pool[ids[offsets[i] : offsets[i + 1]]]`."""

    pool: pa.Array
    ids: Ids
    offsets: Ids

    def sizes(self) -> Ids:
        total = np.concatenate(([0], np.cumsum(_lengths(self.pool)[self.ids])))
        sizes: Ids = total[self.offsets[1:]] - total[self.offsets[:-1]]
        return sizes

    def take(self, start: int, end: int) -> pa.Array:
        offsets = self.offsets[start : end + 1]
        texts = self.pool.take(pa.array(self.ids[offsets[0] : offsets[-1]])).cast(pa.string())
        return pa.ListArray.from_arrays(pa.array(offsets - offsets[0], pa.int32()), texts)

    kind = pa.list_(pa.string())


@dataclass(frozen=True)
class _Numbers:
    """A column with one number a row."""

    values: NDArray[Any]

    def sizes(self) -> Ids:
        return np.full(len(self.values), self.values.itemsize)

    def take(self, start: int, end: int) -> pa.Array:
        return pa.array(self.values[start:end])

    @property
    def kind(self) -> pa.DataType:
        return pa.from_numpy_dtype(self.values.dtype)


@dataclass(frozen=True)
class _NumberLists:
    """A column with a list of numbers a row: row i has `values[offsets[i] : offsets[i + 1]]`."""

    values: NDArray[Any]
    offsets: Ids

    def sizes(self) -> Ids:
        return np.diff(self.offsets) * self.values.itemsize

    def take(self, start: int, end: int) -> pa.Array:
        offsets = self.offsets[start : end + 1]
        numbers = pa.array(self.values[offsets[0] : offsets[-1]])
        return pa.ListArray.from_arrays(pa.array(offsets - offsets[0], pa.int32()), numbers)

    @property
    def kind(self) -> pa.DataType:
        return pa.list_(pa.from_numpy_dtype(self.values.dtype))


_Column = _Texts | _TextLists | _Numbers | _NumberLists


class RowOptions(TypedDict, total=False):
    """What the rows are to look like: see `assemble`."""

    anchor_name: str | None
    positive_name: str | None
    output_scores: bool
    grouped: bool


def assemble(mined: Mined, output_format: str, **options: Unpack[RowOptions]) -> pa.Table:
    """Makes the rows of a format out of mined negatives.

    | format | a row for | columns |
    |---|---|---|
    | `triplet` | each pair and each of its negatives | anchor, positive, negative |
    | `n-tuple` | each pair that has all n negatives | anchor, positive, negative_1 .. negative_n |
    | `labeled-pair` | each pair (1), then each negative of the query (0) | anchor, document, label |
    | `labeled-list` | each pair that has a negative: the positive, then the negatives | query, documents, labels |

    With `grouped`, `labeled-list` has one row for each query that has a negative: all its positives with their grades
    as labels, then its negatives with 0. Rows are in the order of the queries.

    With `output_scores`, a triplet gets `scores` [positive, negative], an n-tuple `scores` [positive, negatives ..],
    and in the other two `score` and `scores` take the place of `label` and `labels`.

    Args:
        mined: what `mine` gave.
        output_format: one of `OUTPUT_FORMATS`.
        anchor_name: name of the first column; by default the format's own.
        positive_name: name of the second column; by default the format's own. Where one of the two names is taken by
            another column of the format or would make it a label, the format's own names are used for both.
        output_scores: whether to add the scores.
        grouped: one list for each query instead of one for each pair.

    Raises:
        InputError: there is no such format.
    """
    return rows_of(mined, output_format, **options).read_all()


def rows_of(
    mined: Mined,
    output_format: str,
    *,
    anchor_name: str | None = None,
    positive_name: str | None = None,
    output_scores: bool = False,
    grouped: bool = False,
) -> pa.RecordBatchReader:
    """Makes the same rows as `assemble`, a batch of bounded size at a time.

    Args:
        mined, output_format, anchor_name, positive_name, output_scores, grouped: as for `assemble`.

    Raises:
        InputError: there is no such format.
    """
    if output_format not in OUTPUT_FORMATS:
        raise InputError(f"mining cannot make {quote(output_format)}; {nearest(str(output_format), OUTPUT_FORMATS)}")
    make = {
        "triplet": _triplets,
        "n-tuple": _tuples,
        "labeled-pair": _labeled_pairs,
        "labeled-list": _grouped_lists if grouped else _lists,
    }[output_format]
    shape = make(mined.part(0, 0), output_scores)
    names = column_names(output_format, list(shape), anchor_name, positive_name)
    schema = pa.schema([(name, column.kind) for name, column in zip(names, shape.values(), strict=True)])

    def batches() -> Iterator[pa.RecordBatch]:
        for first in range(0, len(mined.queries), BLOCK_QUERIES):
            part = mined.part(first, min(first + BLOCK_QUERIES, len(mined.queries)))
            yield from _batches(list(make(part, output_scores).values()), schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def column_names(
    output_format: str, columns: list[str], anchor_name: str | None, positive_name: str | None
) -> list[str]:
    """Names the columns: the caller's names for the first two, unless that makes two columns of one name or a label.

    Args:
        output_format: one of `OUTPUT_FORMATS`.
        columns: the columns that the format has, the first two of them for the anchor and the positive.
        anchor_name: the caller's name for the first; None for the format's own.
        positive_name: the caller's name for the second; None for the format's own.
    """
    own = FORMATS[output_format].columns[:2]
    given = (anchor_name or own[0], positive_name or own[1])
    clash = len({*given, *columns[2:], *LABEL_NAMES}) < len({*columns[2:], *LABEL_NAMES}) + 2
    return [*(own if clash else given), *columns[2:]]


def _triplets(mined: Mined, output_scores: bool) -> dict[str, _Column]:
    of_pair = mined.negatives[mined.pairs.query_ids]
    pair, place = np.nonzero(of_pair >= 0)
    query = mined.pairs.query_ids[pair]
    columns: dict[str, _Column] = {
        "anchor": _Texts(mined.queries, query),
        "positive": _Texts(mined.documents, mined.pairs.document_ids[pair]),
        "negative": _Texts(mined.documents, of_pair[pair, place]),
    }
    if output_scores:
        both = np.stack((mined.pair_scores[pair], mined.negative_scores[query, place]), axis=1)
        columns["scores"] = _number_rows(both)
    return columns


def _tuples(mined: Mined, output_scores: bool) -> dict[str, _Column]:
    full = np.asarray(mined.found.all(axis=1))
    pair = np.flatnonzero(full[mined.pairs.query_ids])
    query = mined.pairs.query_ids[pair]
    negatives = mined.negatives[query]
    columns: dict[str, _Column] = {
        "anchor": _Texts(mined.queries, query),
        "positive": _Texts(mined.documents, mined.pairs.document_ids[pair]),
    }
    for place in range(negatives.shape[1]):
        columns[f"negative_{place + 1}"] = _Texts(mined.documents, negatives[:, place])
    if output_scores:
        columns["scores"] = _number_rows(np.column_stack((mined.pair_scores[pair], mined.negative_scores[query])))
    return columns


def _labeled_pairs(mined: Mined, output_scores: bool) -> dict[str, _Column]:
    query, place = np.nonzero(mined.found)
    pairs = np.arange(len(mined.pairs.query_ids))
    owner, ids, labels, scores = _join(mined, mined.pairs.query_ids, pairs, query, query, place)
    columns: dict[str, _Column] = {"anchor": _Texts(mined.queries, owner), "document": _Texts(mined.documents, ids)}
    if output_scores:
        return columns | {"score": _Numbers(scores)}
    return columns | {"label": _Numbers((labels > 0).astype(np.int64))}


def _lists(mined: Mined, output_scores: bool) -> dict[str, _Column]:
    found = mined.found[mined.pairs.query_ids]
    pair, place = np.nonzero(found)
    pairs = np.flatnonzero(found.any(axis=1))
    query = mined.pairs.query_ids
    return _list_columns(mined, query[pairs], pairs, pairs, pair, query[pair], place, output_scores)


def _grouped_lists(mined: Mined, output_scores: bool) -> dict[str, _Column]:
    query, place = np.nonzero(mined.found)
    usable = np.asarray(mined.found.any(axis=1))
    pairs = np.flatnonzero(usable[mined.pairs.query_ids])
    owners = mined.pairs.query_ids[pairs]
    return _list_columns(mined, np.flatnonzero(usable), owners, pairs, query, query, place, output_scores)


def _list_columns(
    mined: Mined, queries: Ids, owners: Ids, pairs: Ids, of: Ids, query: Ids, place: Ids, output_scores: bool
) -> dict[str, _Column]:
    """Lists for the owners of pairs and negatives; `queries` has the query of each owner, in ascending order."""
    owner, ids, labels, scores = _join(mined, owners, pairs, of, query, place)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    offsets = np.append(starts, len(owner)).astype(np.int64)
    columns: dict[str, _Column] = {
        "query": _Texts(mined.queries, queries),
        "documents": _TextLists(mined.documents, ids, offsets),
    }
    if output_scores:
        return columns | {"scores": _NumberLists(scores, offsets)}
    return columns | {"labels": _NumberLists(labels, offsets)}


def _join(
    mined: Mined, owners: Ids, pairs: Ids, of: Ids, query: Ids, place: Ids
) -> tuple[Ids, Ids, NDArray[Any], NDArray[np.float64]]:
    """Puts the negatives of each owner behind its pairs.

    Args:
        mined: where the numbers point.
        owners: for each of `pairs` what it belongs to.
        pairs: numbers of pairs.
        of: for each negative what it belongs to.
        query: for each negative its query.
        place: for each negative its column.

    Returns:
        Owners, documents, labels (the grade, or 0) and scores.
    """
    owner = np.concatenate((owners, of))
    order = np.argsort(owner, kind="stable")
    ids = np.concatenate((mined.pairs.document_ids[pairs], mined.negatives[query, place]))
    grades = mined.pairs.grades[pairs]
    labels = np.concatenate((grades, np.zeros(len(of), dtype=grades.dtype)))
    scores = np.concatenate((mined.pair_scores[pairs], mined.negative_scores[query, place])).astype(np.float64)
    return owner[order], ids[order], labels[order], scores[order]


def _number_rows(rows: NDArray[np.floating[Any]]) -> _NumberLists:
    offsets = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
    return _NumberLists(rows.astype(np.float64).ravel(), offsets)


def _lengths(pool: pa.Array) -> Ids:
    lengths: Ids = pc.binary_length(pool).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _batches(columns: list[_Column], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Cuts the rows into batches of bounded size, and fetches the texts of one at a time."""
    total = np.cumsum(np.sum([column.sizes() for column in columns], axis=0))
    if not total.size:
        return
    marks = np.searchsorted(total, np.arange(BATCH_BYTES, total[-1], BATCH_BYTES), side="right")
    bounds = np.unique(np.concatenate(([0], marks, [total.size]))).tolist()
    for start, end in itertools.pairwise(bounds):
        yield pa.record_batch([column.take(start, end) for column in columns], schema=schema)
