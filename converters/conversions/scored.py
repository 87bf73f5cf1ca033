"""Conversions of a teacher's scores: into margins, into lists, into pairs, into rows without them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.conversions.judged import Rows, checked_width, tuple_rows, widest, with_margins, with_scores
from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import Ids, firsts, number_lists_at, side_by_side, text_lists_at, texts_at
from converters.labels import unit_scores

_UNMATCHED = "rows whose scores do not match their texts"
_CONTRADICTED = "negatives that are a positive of the same anchor elsewhere"
_HEIGHT = "the scores themselves: only their differences stay"


@conversion(
    "triplet-scores",
    "triplet-margin",
    summary="subtracts the negative's score from the positive's",
    loses=_HEIGHT,
    scope="row",
)
@conversion(
    "n-tuple-scores",
    "n-tuple-margins",
    summary="subtracts each negative's score from the positive's",
    loses=_HEIGHT,
    scope="row",
)
def _margins(material: Material, target: str, options: Options) -> Made:
    table, scores, left_out = _scored(material.table)
    return Made(with_margins(table.drop_columns(["scores"]), scores), left_out)


@conversion(
    "triplet-scores",
    "labeled-list",
    summary="makes each row a list with the teacher's scores as labels",
    loses="where zero is, if a score is below it: the lowest becomes 0",
    final=True,  # a label above 0 is no longer a positive
    scope="row",
    scales="scores",
)
@conversion(
    "n-tuple-scores",
    "labeled-list",
    summary="makes each row a list with the teacher's scores as labels",
    loses="where zero is, if a score is below it: the lowest becomes 0",
    final=True,
    scope="row",
    scales="scores",
)
def _scored_lists(material: Material, target: str, options: Options) -> Made:
    table, scores, left_out = _scored(material.table)
    query, *documents = _texts(table)
    pool, places = side_by_side(*documents)
    counts = np.full(len(places), len(documents), dtype=np.int64)
    lowest = options.span_of(material.table["scores"]).low
    columns = {
        "query": query,
        "documents": text_lists_at(pool, places.ravel(), counts),
        "labels": number_lists_at(from_zero(scores.ravel(), lowest), counts),
    }
    return Made(pa.table(columns), left_out)


@conversion(
    "triplet-scores",
    "pair-score",
    summary="makes each document a pair with its query, with its score scaled to 0..1",
    loses="which negatives stood beside which positive",
    final=True,  # how high a score is says nothing of which text was the positive
    scope="anchor",
    scales="scores",
)
@conversion(
    "n-tuple-scores",
    "pair-score",
    summary="makes each document a pair with its query, with its score scaled to 0..1",
    loses="which negatives stood beside which positive",
    final=True,
    scope="anchor",
    scales="scores",
)
def _scored_pairs(material: Material, target: str, options: Options) -> Made:
    table, scores, left_out = _scored(material.table)
    rows = tuple_rows(table)
    documents, width = rows.documents.ravel(), rows.documents.shape[1]
    first = firsts(rows.keys.ravel())
    scale = options.span_of(material.table["scores"]).scale
    unit, _ = unit_scores(pa.chunked_array([pa.array(scores.ravel()[first])]), "scores", scale)
    columns = {
        "sentence_a": texts_at(rows.anchors, rows.query[first // width]),
        "sentence_b": texts_at(rows.pool, documents[first]),
        "score": unit,
    }
    return Made(pa.table(columns), left_out)


@conversion(
    "n-tuple-scores",
    "triplet-scores",
    summary="makes each negative a row of its own, with its score",
    final=True,
    scope="row",
)
@conversion(
    "n-tuple-margins",
    "triplet-margin",
    summary="makes each negative a row of its own, with its margin",
    final=True,
    scope="row",
)
def _split_scored(material: Material, target: str, options: Options) -> Made:
    table, values, left_out = _scored(material.table, margins=target == "triplet-margin")
    rows = tuple_rows(table)
    count, negatives = len(rows.query), rows.documents.shape[1] - 1
    documents = np.column_stack((np.repeat(rows.documents[:, 0], negatives), rows.documents[:, 1:].ravel()))
    apart = Rows(rows.anchors, rows.pool, np.repeat(rows.query, negatives), documents).table("query")
    if target == "triplet-margin":
        return Made(apart.append_column("score", pa.array(values.ravel())), left_out)
    pairs = np.column_stack((np.repeat(values[:, 0], negatives), values[:, 1:].reshape(count * negatives)))
    return Made(with_scores(apart, pairs), left_out)


def _settled_width(parts: Iterator[Material], target: str, options: Options) -> Options:
    """How many negatives use most of those that the rows of all queries have."""
    if options.num_negatives is not None:
        return options
    sizes = [found.sizes for found in in_turn(_by_positive, parts)]
    return replace(options, num_negatives=widest(np.concatenate([np.zeros(0, np.int64), *sizes])))


@conversion(
    "triplet-scores",
    "n-tuple-scores",
    summary="gathers the negatives of a query and its positive in rows of several, with their scores",
    gathers=True,
    final=True,  # without positives that have too few negatives nobody sees whose negatives they must not be
    scope="anchor",
    settle=_settled_width,
)
@conversion(
    "triplet-margin",
    "n-tuple-margins",
    summary="gathers the negatives of a query and its positive in rows of several, with their margins",
    gathers=True,
    final=True,
    scope="anchor",
    settle=_settled_width,
)
def _gathered(material: Material, target: str, options: Options) -> Made:
    found = _by_positive(material)
    rows, values, first, once, sizes = found.rows, found.values, found.first, found.once, found.sizes
    width = _width(sizes, options)
    many = np.where(sizes >= width, -(-sizes // width), 0)
    of_row = np.repeat(np.arange(len(sizes)), many)
    turn = np.arange(len(of_row)) - np.repeat(np.cumsum(many) - many, many)
    places = (turn[:, None] * width + np.arange(width)) % np.maximum(sizes, 1)[of_row][:, None]
    chosen = once[(np.cumsum(sizes) - sizes)[of_row][:, None] + places].reshape(-1, width)
    lead = first[of_row]
    documents = np.column_stack((rows.documents[lead, 0], rows.documents[chosen, 1]))
    gathered = Rows(rows.anchors, rows.pool, rows.query[lead], documents).table("query")
    numbers = values[chosen, -1]
    if target == "n-tuple-scores":
        numbers = np.column_stack((values[lead, 0], numbers))
    short = int((sizes < width).sum())
    told = {f"positives with fewer than {width} negatives": short} if short else {}
    return Made(with_scores(gathered, numbers), {**found.left_out, **told})


@dataclass(frozen=True)
class _ByPositive:
    """The negatives of each query and positive, pairs for short.

    Attributes:
        rows: the triplets by number.
        values: of each triplet its scores, or its margin: (triplets, numbers).
        first: the triplet in which each pair first stands, in order: (pairs,).
        once: the triplets in which each negative of a pair first stands, those of a pair next to one another.
        sizes: how many negatives each pair has: (pairs,).
        left_out: what could not be used.
    """

    rows: Rows
    values: NDArray[np.float64]
    first: Ids
    once: Ids
    sizes: Ids
    left_out: Mapping[str, int]


def _by_positive(material: Material) -> _ByPositive:
    return material.once("by positive", lambda: _negatives_by_positive(material.table))


def _negatives_by_positive(table: pa.Table) -> _ByPositive:
    left_out: dict[str, int] = {}
    if "scores" in table.column_names:
        table, values, left_out = _scored(table)
    else:
        values = table["score"].to_numpy().reshape(-1, 1)
    rows = tuple_rows(table)
    pairs = rows.query * max(1, len(rows.pool)) + rows.documents[:, 0]
    _, first, pair = np.unique(pairs, return_index=True, return_inverse=True)
    pair = np.argsort(np.argsort(first, kind="stable"), kind="stable")[pair]  # in the order of their first appearance
    keys = pair * max(1, len(rows.pool)) + rows.documents[:, 1]
    _, once = np.unique(keys, return_index=True)
    once = once[np.lexsort((once, pair[once]))]
    return _ByPositive(rows, values, np.sort(first), once, np.bincount(pair[once], minlength=len(first)), left_out)


def _width(sizes: NDArray[np.int64], options: Options) -> int:
    """How many negatives a row gets: what was asked for, or what uses most of them."""
    if options.num_negatives is not None:
        return checked_width(options.num_negatives)
    return widest(sizes)


@conversion("triplet-scores", "triplet", summary="drops the scores", loses="the scores", scope="anchor")
@conversion("n-tuple-scores", "n-tuple", summary="drops the scores", loses="the scores", scope="anchor")
@conversion("triplet-margin", "triplet", summary="drops the margins", loses="the margins", scope="anchor")
@conversion("n-tuple-margins", "n-tuple", summary="drops the margins", loses="the margins", scope="anchor")
def _unscored(material: Material, target: str, options: Options) -> Made:
    rows = tuple_rows(material.table)
    good = ~rows.contradicted().any(axis=1)
    kept = Rows(rows.anchors, rows.pool, rows.query[good], rows.documents[good])
    lost = int((~good).sum())
    return Made(
        kept.table(), {"rows with a negative that is a positive of the same anchor elsewhere": lost} if lost else {}
    )


@conversion("n-tuple", "triplet", summary="makes each negative a row of its own", scope="anchor")
def _split(material: Material, target: str, options: Options) -> Made:
    rows = tuple_rows(material.table)
    good, negatives = ~rows.contradicted(), rows.documents[:, 1:]
    again = np.zeros_like(good)  # as where a row lacked one, and another was put in its place
    for place in range(1, negatives.shape[1] if rows.repeat else 0):
        again[:, place] = (negatives[:, :place] == negatives[:, [place]]).any(axis=1)
    twice = int((good & again).sum())
    row, places = np.nonzero(good & ~again)
    documents = np.column_stack((rows.documents[row, 0], negatives[row, places]))
    lost = int((~good).sum())
    left_out = {_CONTRADICTED: lost, "negatives that stand in a row twice": twice}
    made = Rows(rows.anchors, rows.pool, rows.query[row], documents).table()
    return Made(made, {what: number for what, number in left_out.items() if number})


def _scored(table: pa.Table, margins: bool = False) -> tuple[pa.Table, NDArray[np.float64], dict[str, int]]:
    """The rows that have a number for every text, their numbers (rows, texts), and what was left out.

    A score there is for every text but the anchor, and a margin for every negative.
    """
    width = table.num_columns - 2 - margins
    lists = table["scores"]
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    values = pc.cast(pc.list_flatten(lists), pa.float64()).to_numpy()
    strange = np.bincount(np.repeat(np.arange(len(sizes)), sizes), ~np.isfinite(values), minlength=len(sizes)) > 0
    good = (sizes == width) & ~strange
    scores = values[np.repeat(good, sizes)].reshape(-1, width)
    if good.all():
        return table, scores, {}
    return table.filter(pa.array(good)), scores, {_UNMATCHED: int((~good).sum())}


def _texts(table: pa.Table) -> list[pa.ChunkedArray]:
    """The columns of texts."""
    return [table[name] for name in table.column_names if name != "scores"]


def from_zero(scores: NDArray[np.float64], lowest: float | None = None) -> NDArray[np.float64]:
    """Scores as labels of documents, none of which may be below 0: if one is, the lowest becomes 0.

    Args:
        scores: the scores.
        lowest: the lowest of all scores; by default that of these.
    """
    shifted: NDArray[np.float64] = scores - min(scores.min(initial=0.0) if lowest is None else lowest, 0.0)
    return shifted
