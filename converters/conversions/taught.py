"""Conversions that a teacher makes possible: scores and embeddings for texts that have none.

Each different pair, or text, is given to the teacher once, however often it stands in the data.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.conversions.judged import Rows, tuple_rows, with_margins, with_scores
from converters.conversions.registry import Made, Material, conversion
from converters.conversions.said import given_embeddings, given_scores
from converters.conversions.scored import from_zero
from converters.conversions.settings import Options
from converters.conversions.teachers import Pairs, is_given, resolve_teacher
from converters.conversions.texts import Ids, number, number_lists_at
from converters.errors import InputError
from converters.labels import unit_scores


def _as_many(material: Material, target: str, options: Options) -> int:
    return int(material.table.num_rows)


@conversion(
    "pair",
    "pair-score",
    summary="scores each pair with a teacher, from 0 to 1",
    needs="teacher",
    counts=_as_many,
)
@conversion(
    "labeled-pair",
    "pair-score",
    summary="scores each pair with a teacher, from 0 to 1",
    loses="the labels",
    needs="teacher",
    counts=_as_many,
)
@conversion(
    "pair-score",
    "pair-score",
    summary="scores each pair anew with a teacher, from 0 to 1",
    loses="the scores that stood there",
    needs="teacher",
    counts=_as_many,
)
def _scored_pairs(material: Material, target: str, options: Options) -> Made:
    first, second = (material.table[name] for name in material.table.column_names[:2])
    queries, (query,) = number(first)
    documents, (document,) = number(second)
    if is_given(options.teacher):
        said = given_scores(options.teacher, np.ones(len(query), dtype=np.int64))
        scores, scale = unit_scores(pa.chunked_array([pa.array(said)]), "teacher")
        options.tell_scale(scale)
    else:
        alike = material.table.column_names[0] == "sentence_a"
        scores = pa.array(_asked(Pairs(queries, documents, query, document, alike), options, unit=True))
    return Made(pa.table({"sentence_a": first, "sentence_b": second, "score": scores}))


@conversion(
    "triplet",
    *("triplet-scores", "triplet-margin"),
    summary="scores the positive and the negative of each row with a teacher",
    needs="teacher",
    counts=_as_many,
)
@conversion(
    "n-tuple",
    *("n-tuple-scores", "n-tuple-margins"),
    summary="scores the positive and the negatives of each row with a teacher",
    needs="teacher",
    counts=_as_many,
)
def _scored_rows(material: Material, target: str, options: Options) -> Made:
    rows = tuple_rows(material.table, once=True)
    scores = _of_rows(rows, options)
    texts = [name for name in material.table.column_names if name not in ("score", "scores")]
    table = material.table.select(texts).rename_columns(["query", *texts[1:]])
    return Made(with_scores(table, scores) if target.endswith("-scores") else with_margins(table, scores))


def _of_rows(rows: Rows, options: Options) -> NDArray[np.float64]:
    shape = rows.documents.shape
    if is_given(options.teacher):
        return given_scores(options.teacher, np.full(shape[0], shape[1], dtype=np.int64)).reshape(shape)
    pairs = Pairs(rows.anchors, rows.pool, np.repeat(rows.query, shape[1]), rows.documents.ravel())
    return _asked(pairs, options).reshape(shape)


@conversion(
    "labeled-list",
    "labeled-list",
    summary="puts a teacher's scores in the place of the labels; if one is below 0, the lowest becomes 0",
    loses="the labels that stood there",
    needs="teacher",
    counts=_as_many,
)
def _scored_lists(material: Material, target: str, options: Options) -> Made:
    table = material.table
    lists = table["documents"]
    counts = np.asarray(pc.fill_null(pc.list_value_length(lists), 0)).astype(np.int64)
    if is_given(options.teacher):
        scores = given_scores(options.teacher, counts)
    else:
        queries, (query,) = number(table["query"])
        documents, (document,) = number(pc.list_flatten(lists))
        scores = _asked(Pairs(queries, documents, np.repeat(query, counts), document), options)
    labels = number_lists_at(from_zero(scores), counts)
    return Made(pa.table({"query": table["query"], "documents": lists, "labels": labels}))


@conversion(
    "single",
    "text-embedding",
    summary="puts a teacher's embedding beside each text",
    needs="teacher",
    counts=_as_many,
)
def _embedded(material: Material, target: str, options: Options) -> Made:
    texts = material.table["text"]
    if is_given(options.teacher):
        return Made(pa.table({"text": texts, "label": _vectors(given_embeddings(options.teacher, len(texts)))}))
    pool, (ids,) = number(texts)
    shards = [_vectors(shard) for shard in resolve_teacher(options).embeddings(pool, options)]
    found = pa.chunked_array(shards)
    if len(pool) < len(ids) or not np.array_equal(ids, np.arange(len(ids))):
        found = found.take(pa.array(ids))
    return Made(pa.table({"text": texts, "label": found}))


def _vectors(matrix: NDArray[np.float32]) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel(), pa.float32()), matrix.shape[1])


def _asked(pairs: Pairs, options: Options, *, unit: bool = False) -> NDArray[np.float64]:
    """What the teacher says of each pair, each different one asked once."""
    if not len(pairs.query):
        return np.zeros(0)
    keys = pairs.query * len(pairs.documents) + pairs.document
    different, places = np.unique(keys, return_inverse=True)
    query: Ids = different // len(pairs.documents)
    once = Pairs(pairs.queries, pairs.documents, query, different % len(pairs.documents), pairs.alike)
    scores: NDArray[np.float64] = resolve_teacher(options).scores(once, options, unit=unit)[places]
    if not np.isfinite(scores).all():
        raise InputError("the teacher gives scores that are not finite (NaN or infinity)")
    return scores
