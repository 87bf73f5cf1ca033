"""Conversions of a teacher's scores: into margins, into lists, into rows without them; and groups with scores."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.conversions.judged import Rows, pick, picked_rows, tuple_rows, width_of
from converters.conversions.judgements import groups
from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import number_lists_at, text_lists_at
from converters.errors import InputError

_UNMATCHED = "rows whose scores do not match their texts"
_CONTRADICTED = "negatives that are a positive of the same anchor elsewhere"
_HEIGHT = "the scores themselves: only their differences stay"


@conversion(
    "triplet-scores", "triplet-margin", summary="subtracts the negative's score from the positive's", loses=_HEIGHT
)
@conversion(
    "n-tuple-scores", "n-tuple-margins", summary="subtracts each negative's score from the positive's", loses=_HEIGHT
)
def _margins(material: Material, target: str, options: Options) -> Made:
    table, scores, left_out = _scored(material.table)
    return Made(_with_margins(table.drop_columns(["scores"]), scores), left_out)


@conversion(
    "triplet-scores",
    "labeled-list",
    summary="makes each row a list with the teacher's scores as labels",
    loses="where zero is, if a score is below it: the lowest becomes 0",
    final=True,  # a label above 0 is no longer a positive
)
@conversion(
    "n-tuple-scores",
    "labeled-list",
    summary="makes each row a list with the teacher's scores as labels",
    loses="where zero is, if a score is below it: the lowest becomes 0",
    final=True,
)
def _scored_lists(material: Material, target: str, options: Options) -> Made:
    table, scores, left_out = _scored(material.table)
    rows = tuple_rows(table)
    counts = np.full(len(rows.query), rows.documents.shape[1], dtype=np.int64)
    labels = scores.ravel()
    columns = {
        "query": table[table.column_names[0]],
        "documents": text_lists_at(rows.pool, rows.documents.ravel(), counts),
        "labels": number_lists_at(labels - min(labels.min(initial=0.0), 0.0), counts),
    }
    return Made(pa.table(columns), left_out)


@conversion("triplet-scores", "triplet", summary="drops the scores", loses="the scores")
@conversion("n-tuple-scores", "n-tuple", summary="drops the scores", loses="the scores")
@conversion("triplet-margin", "triplet", summary="drops the margins", loses="the margins")
@conversion("n-tuple-margins", "n-tuple", summary="drops the margins", loses="the margins")
def _unscored(material: Material, target: str, options: Options) -> Made:
    rows = tuple_rows(material.table)
    good = ~rows.contradicted().any(axis=1)
    kept = Rows(rows.anchors, rows.pool, rows.query[good], rows.documents[good])
    lost = int((~good).sum())
    return Made(
        kept.table(), {"rows with a negative that is a positive of the same anchor elsewhere": lost} if lost else {}
    )


@conversion("n-tuple", "triplet", summary="makes each negative a row of its own")
def _split(material: Material, target: str, options: Options) -> Made:
    rows = tuple_rows(material.table)
    good = ~rows.contradicted()
    row, place = np.nonzero(good)
    documents = np.column_stack((rows.documents[row, 0], rows.documents[row, place + 1]))
    lost = int((~good).sum())
    return Made(
        Rows(rows.anchors, rows.pool, rows.query[row], documents).table(), {_CONTRADICTED: lost} if lost else {}
    )


@conversion(
    "grouped",
    *("triplet-scores", "n-tuple-scores", "triplet-margin", "n-tuple-margins"),
    summary="puts each positive of a query beside negatives of it, with the scores that the groups carry",
)
def _scored_groups(material: Material, target: str, options: Options) -> Made:
    judged = material.once("groups", lambda: groups(material.table))
    if judged.score is None:
        raise InputError("the groups carry no scores, which have to come from a teacher, such as a cross-encoder")
    picked = pick(judged, 1 if target.startswith("triplet") else width_of(judged, options))
    table = picked_rows(judged, picked).table("query")
    scores = np.column_stack((judged.score[picked.positive], judged.score[picked.negatives]))
    if target.endswith("scores"):
        counts = np.full(len(scores), scores.shape[1], dtype=np.int64)
        return Made(table.append_column("scores", _float_lists(scores.ravel(), counts)), picked.left_out)
    return Made(_with_margins(table, scores), picked.left_out)


def _scored(table: pa.Table) -> tuple[pa.Table, NDArray[np.float64], dict[str, int]]:
    """The rows that have a score for every text but the anchor, their scores (rows, texts), and what was left out."""
    width = table.num_columns - 2
    lists = table["scores"]
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    values = pc.cast(pc.list_flatten(lists), pa.float64()).to_numpy()
    strange = np.bincount(np.repeat(np.arange(len(sizes)), sizes), ~np.isfinite(values), minlength=len(sizes)) > 0
    good = (sizes == width) & ~strange
    scores = values[np.repeat(good, sizes)].reshape(-1, width)
    lost = int((~good).sum())
    return table.filter(pa.array(good)), scores, {_UNMATCHED: lost} if lost else {}


def _with_margins(table: pa.Table, scores: NDArray[np.float64]) -> pa.Table:
    margins = scores[:, :1] - scores[:, 1:]
    if margins.shape[1] == 1:
        return table.append_column("score", pa.array(margins[:, 0]))
    counts = np.full(len(margins), margins.shape[1], dtype=np.int64)
    return table.append_column("scores", _float_lists(margins.ravel(), counts))


def _float_lists(values: NDArray[np.float64], counts: NDArray[np.int64]) -> pa.ChunkedArray:
    offsets = np.concatenate(([0], np.cumsum(counts)))
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values))
    return pa.chunked_array([lists.cast(pa.list_(pa.float64()))])
