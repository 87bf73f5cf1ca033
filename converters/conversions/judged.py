"""Judgements: the common ground of formats that say which texts belong to an anchor and which do not.

A source is read into judgements by one small function (`judgements`), and each target is made of them by another, so
that every such source converts to every such target. A text that is positive for an anchor anywhere in the data never
comes out as its negative.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.conversions.registry import Made, Material, Settle, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import (
    Ids,
    comes_twice,
    float_lists_at,
    number,
    number_lists_at,
    number_within,
    text_lists_at,
    texts_at,
)
from converters.errors import InputError

#: The most negatives that an n-tuple gets, unless the caller says otherwise.
MOST_NEGATIVES = 15

#: The most that the caller can say: each is a column.
MOST_COLUMNS = 1000

_OVERRULED = "judgements that another one overrules"
_REPEATED = "judgements of a pair that is judged already"
_APART = "pairs that do not belong together"
_BETWEEN = "pairs between the thresholds"
LACKING = "anchors without a positive"
_ALIKE = "anchors whose documents all have the same label"


@dataclass(frozen=True)
class Judged:
    """Pairs of an anchor and a document, each once, in the order of their first appearance.

    Attributes:
        queries: the different anchors.
        documents: the documents; the same document of an anchor is there once.
        query: of each pair the number of its anchor.
        document: of each pair the number of its document, which no other document of its anchor has.
        grade: of each pair how well it belongs together.
        positive: of each pair whether it belongs together.
        negative: of each pair whether it does not; a pair that is neither lies between the thresholds.
        score: of each pair what a teacher says; None where no teacher was asked.
        left_out: what could not be used.
        place: of each pair the place of the judgement that counts, among all.
        unused: the places of the others, by why they do not.
    """

    queries: pa.Array
    documents: pa.Array
    query: Ids
    document: Ids
    grade: NDArray[np.float64]
    positive: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    score: NDArray[np.float64] | None
    left_out: Mapping[str, int]
    place: Ids
    unused: Mapping[str, Ids]

    @property
    def undecided(self) -> NDArray[np.bool_]:
        """Of each pair whether it lies between the thresholds."""
        return ~self.positive & ~self.negative

    def without(self, options: Options, masks: Mapping[str, NDArray[np.bool_]]) -> dict[str, Ids]:
        """The places of judgements that are of no use, if somebody wants them: `masks` says of which pairs, and why."""
        if options.reject is None:
            return {}
        return {**self.unused, **{why: np.sort(self.place[mask]) for why, mask in masks.items() if mask.any()}}

    def with_undecided(self) -> dict[str, int]:
        """What is left out where a pair has to be a positive or a negative."""
        undecided = int(self.undecided.sum())
        return {**self.left_out, **({_BETWEEN: undecided} if undecided else {})}


def judge(
    queries: pa.ChunkedArray,
    documents: pa.ChunkedArray,
    grades: NDArray[np.float64],
    *,
    owners: Ids | None = None,
    threshold: float | None = None,
    negative_threshold: float | None = None,
    left_out: Mapping[str, int] | None = None,
) -> Judged:
    """Puts judgements together: of several on the same pair, the best counts.

    Args:
        queries: anchors.
        documents: the document of each judgement.
        grades: how well they belong together.
        owners: the place of each judgement's anchor in `queries`; by default they stand side by side.
        threshold: from which grade on they belong together; by default above 0.
        negative_threshold: up to which grade they do not; by default all that do not belong together.
        left_out: what could not be used so far.
    """
    anchors, (query,) = number(queries)
    query = query if owners is None else query[owners]
    texts, (document,) = number_within(query, documents)
    judged = settle(anchors, texts, query, document, grades, threshold, negative_threshold, left_out=left_out)
    overruled = judged.left_out.get(_OVERRULED, 0) - (left_out or {}).get(_OVERRULED, 0)
    if repeated := len(grades) - len(judged.grade) - overruled:
        again = np.ones(len(grades), dtype=bool)
        again[judged.place] = False
        again[judged.unused.get(_OVERRULED, [])] = False
        unused = {**judged.unused, _REPEATED: np.flatnonzero(again)}
        return replace(judged, left_out={**judged.left_out, _REPEATED: repeated}, unused=unused)
    return judged


def judge_rows(table: pa.Table) -> Judged:
    """Judgements out of rows of an anchor, its positive and its negatives."""
    rows = tuple_rows(table)
    width = rows.documents.shape[1]
    grades = np.zeros(rows.documents.shape)
    grades[:, 0] = 1
    query = np.repeat(rows.query, width)
    return settle(rows.anchors, rows.pool, query, rows.documents.ravel(), grades.ravel())


def settle(
    anchors: pa.Array,
    texts: pa.Array,
    query: Ids,
    document: Ids,
    grades: NDArray[np.float64],
    threshold: float | None = None,
    negative_threshold: float | None = None,
    scores: NDArray[np.float64] | None = None,
    left_out: Mapping[str, int] | None = None,
) -> Judged:
    """Puts judgements by number together: of several on the same pair, the best counts."""
    keys = query * max(1, len(texts)) + document
    positive, overruled = _positive(grades, threshold), np.zeros(0, dtype=np.int64)
    chosen = np.arange(len(keys))
    if comes_twice(keys):
        order = np.lexsort((-grades, keys))  # of each pair, the best judgement first, and the first of equal ones
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        appeared = np.minimum.reduceat(order, starts)
        chosen = order[starts][np.argsort(appeared, kind="stable")]
        best = np.repeat(positive[order[starts]], np.diff(np.append(starts, len(order))))
        overruled = np.sort(order[best & ~positive[order]])
    told = {**(left_out or {}), **({_OVERRULED: len(overruled)} if len(overruled) else {})}
    unused = {_OVERRULED: overruled} if len(overruled) else {}
    own = scores[chosen] if scores is not None else None
    grades, positive = grades[chosen], positive[chosen]
    negative = ~positive if negative_threshold is None else ~positive & (grades <= negative_threshold)
    return Judged(
        anchors, texts, query[chosen], document[chosen], grades, positive, negative, own, told, chosen, unused
    )


def _positive(grades: NDArray[np.float64], threshold: float | None) -> NDArray[np.bool_]:
    positive: NDArray[np.bool_] = grades > 0 if threshold is None else grades >= threshold
    return positive


# -- rows of a fixed width -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """Rows of an anchor, its positive and its negatives, by number.

    Attributes:
        anchors: the different anchors.
        pool: the positives and negatives; the same text of an anchor is there once.
        query: of each row its anchor.
        documents: of each row its positive, then its negatives.
    """

    anchors: pa.Array
    pool: pa.Array
    query: Ids
    documents: Ids

    @cached_property
    def keys(self) -> Ids:
        """A number for each anchor and text of it: (rows, texts)."""
        return self.query[:, None] * max(1, len(self.pool)) + self.documents

    @cached_property
    def repeat(self) -> bool:
        """Whether an anchor has a text twice, in one row or in several."""
        return comes_twice(self.keys.ravel())

    def contradicted(self) -> NDArray[np.bool_]:
        """For each negative whether it is a positive of the same anchor in this or another row: (rows, negatives)."""
        found = np.zeros((len(self.keys), self.keys.shape[1] - 1), dtype=bool)
        if self.repeat:
            found = np.isin(self.keys[:, 1:], self.keys[:, 0])
        return found

    def table(self, anchor: str = "anchor") -> pa.Table:
        """The rows with their texts."""
        columns = {anchor: texts_at(self.anchors, self.query), "positive": texts_at(self.pool, self.documents[:, 0])}
        negatives = self.documents.shape[1] - 1
        names = ["negative"] if negatives == 1 else [f"negative_{i + 1}" for i in range(negatives)]
        for place, name in enumerate(names, start=1):
            columns[name] = texts_at(self.pool, self.documents[:, place])
        return pa.table(columns)


def tuple_rows(table: pa.Table, once: bool = False) -> Rows:
    """Reads rows whose first columns are an anchor, a positive and negatives, and whose last may be a label.

    Args:
        table: the rows.
        once: whether a text of several anchors is to be in the pool but once.
    """
    names = [name for name in table.column_names if name not in ("score", "scores")]
    anchors, (query,) = number(table[names[0]])
    others = [table[name] for name in names[1:]]
    pool, documents = number(*others) if once else number_within(np.tile(query, len(others)), *others)
    return Rows(anchors, pool, query, np.stack(documents, axis=1))


@dataclass(frozen=True)
class Picked:
    """Rows that were put together: the numbers of judgements.

    Attributes:
        positive: of each row the judgement of its positive: (rows,).
        negatives: of each row those of its negatives: (rows, n).
        left_out: what could not be used.
        lacking: of each anchor whether it makes no row, by why.
    """

    positive: Ids
    negatives: Ids
    left_out: Mapping[str, int]
    lacking: Mapping[str, NDArray[np.bool_]]


def pick(judged: Judged, negatives: int) -> Picked:
    """Puts positives and negatives of an anchor together, so that each of them is used and the rows stay few.

    An anchor gets as many rows as it takes for every positive and every negative to stand in one; both go around.
    """
    count = len(judged.queries)
    good, bad = (_by_query(judged, mask) for mask in (judged.positive, judged.negative))
    p, n = np.bincount(judged.query[good], minlength=count), np.bincount(judged.query[bad], minlength=count)
    rows = np.where((p > 0) & (n >= negatives), np.maximum(p, -(-n // negatives)), 0)
    query = np.repeat(np.arange(count), rows)
    turn = np.arange(len(query)) - np.repeat(np.cumsum(rows) - rows, rows)
    positive = good[(np.cumsum(p) - p)[query] + turn % np.maximum(p, 1)[query]]
    places = (turn[:, None] * negatives + np.arange(negatives)) % np.maximum(n, 1)[query][:, None]
    left_out = judged.with_undecided()
    short = "anchors without a negative" if negatives == 1 else f"anchors with fewer than {negatives} negatives"
    lacking = {LACKING: p == 0, short: (p > 0) & (n < negatives)}
    for what, mask in lacking.items():
        if mask.any():
            left_out[what] = int(mask.sum())
    return Picked(positive, bad[(np.cumsum(n) - n)[query][:, None] + places], left_out, lacking)


def _unpicked(judged: Judged, picked: Picked, options: Options) -> dict[str, Ids]:
    """The places of judgements that stand in no row."""
    if options.reject is None:
        return {}
    decided = ~judged.undecided
    masks = {why: mask[judged.query] & decided for why, mask in picked.lacking.items()}
    return judged.without(options, {_BETWEEN: ~decided, **masks})


def _by_query(judged: Judged, mask: NDArray[np.bool_]) -> Ids:
    """The judgements of a kind, those of an anchor next to one another."""
    chosen = np.flatnonzero(mask)
    return chosen[np.argsort(judged.query[chosen], kind="stable")]


def best_width(judged: Judged) -> int:
    """How many negatives a tuple has to have, two at least, so that most of them are used."""
    count = len(judged.queries)
    with_positive = np.bincount(judged.query[judged.positive], minlength=count) > 0
    return widest(np.bincount(judged.query[judged.negative], minlength=count)[with_positive])


def widest(negatives: NDArray[np.int64]) -> int:
    """How many negatives a tuple has to have, two at least, so that most are used; given how many each group has."""
    widths = np.arange(2, MOST_NEGATIVES + 1)
    used = [width * int((negatives >= width).sum()) for width in widths]
    return int(widths[len(used) - 1 - int(np.argmax(used[::-1]))]) if max(used) else 2


# -- targets ---------------------------------------------------------------------------------------------------------


def _pairs(judged: Judged, options: Options) -> Made:
    chosen = np.flatnonzero(judged.positive)
    anchors, positives = judged.query[chosen], judged.document[chosen]
    table = pa.table({"anchor": texts_at(judged.queries, anchors), "positive": texts_at(judged.documents, positives)})
    lost = len(judged.query) - len(chosen)
    told = {**judged.left_out, **({_APART: lost} if lost else {})}
    return Made(table, told, unused=judged.without(options, {_APART: ~judged.positive}))


def _labeled_pairs(judged: Judged, options: Options) -> Made:
    chosen = np.flatnonzero(judged.positive | judged.negative)
    table = pa.table(
        {
            "anchor": texts_at(judged.queries, judged.query[chosen]),
            "document": texts_at(judged.documents, judged.document[chosen]),
            "label": pa.array(judged.positive[chosen].astype(np.int64)),
        }
    )
    return Made(table, judged.with_undecided(), unused=judged.without(options, {_BETWEEN: judged.undecided}))


def _lists(judged: Judged, options: Options) -> Made:
    """One list for each anchor that has something to rank: documents whose labels differ."""
    order = np.argsort(judged.query, kind="stable")
    query, grade = judged.query[order], judged.grade[order]
    starts = np.flatnonzero(np.diff(query, prepend=-1))
    if not len(starts):
        return Made(_list_table(judged, order, np.zeros(0, np.int64), np.zeros(0, np.int64)), judged.left_out)
    ranks = np.maximum.reduceat(grade, starts) > np.minimum.reduceat(grade, starts)
    counts = np.diff(np.append(starts, len(query)))
    chosen = order[np.repeat(ranks, counts)]
    alike = int((~ranks).sum())
    left_out = {**judged.left_out, **({_ALIKE: alike} if alike else {})}
    flat = np.zeros(len(judged.queries), dtype=bool)
    flat[query[starts[~ranks]]] = True
    unused = judged.without(options, {_ALIKE: flat[judged.query]})
    return Made(_list_table(judged, chosen, query[starts[ranks]], counts[ranks]), left_out, unused=unused)


def _list_table(judged: Judged, chosen: Ids, queries: Ids, counts: Ids) -> pa.Table:
    return pa.table(
        {
            "query": texts_at(judged.queries, queries),
            "documents": text_lists_at(judged.documents, judged.document[chosen], counts),
            "labels": number_lists_at(judged.grade[chosen], counts),
        }
    )


def _triplets(judged: Judged, options: Options) -> Made:
    return _tuple_table(judged, 1, options)


def _tuples(judged: Judged, options: Options) -> Made:
    return _tuple_table(judged, width_of(judged, options), options)


def width_of(judged: Judged, options: Options) -> int:
    """How many negatives a tuple gets.

    Raises:
        InputError: the caller wants fewer than two, which makes no tuple.
    """
    return best_width(judged) if options.num_negatives is None else checked_width(options.num_negatives)


def checked_width(negatives: int) -> int:
    """How many negatives a tuple was asked to have.

    Raises:
        InputError: fewer than two, which make no tuple, or more than anybody has columns for.
    """
    if negatives < 2:
        raise InputError("an n-tuple has two negatives or more: choose triplet for one, or a greater num_negatives")
    if negatives > MOST_COLUMNS:
        raise InputError(
            f"an n-tuple has a column for each negative, and {negatives:,} are too many: choose labeled-list, or a "
            f"num_negatives of {MOST_COLUMNS:,} at most"
        )
    return negatives


def picked_rows(judged: Judged, picked: Picked) -> Rows:
    """The rows that were put together, by the numbers of their texts."""
    documents = np.column_stack((judged.document[picked.positive], judged.document[picked.negatives]))
    return Rows(judged.queries, judged.documents, judged.query[picked.positive], documents)


def _tuple_table(judged: Judged, negatives: int, options: Options) -> Made:
    picked = pick(judged, negatives)
    return Made(picked_rows(judged, picked).table(), picked.left_out, unused=_unpicked(judged, picked, options))


def _scored(judged: Judged, options: Options, target: str) -> Made:
    """Rows with the scores that the data has: a teacher's, or grades that are more than yes and no."""
    scores = judged.grade if judged.score is None else judged.score
    if judged.score is None and not options.part:
        _check_scores(scores)
    picked = pick(judged, 1 if target.startswith("triplet") else width_of(judged, options))
    table = picked_rows(judged, picked).table("query")
    of_rows = np.column_stack((scores[picked.positive], scores[picked.negatives]))
    made = with_scores(table, of_rows) if target.endswith("scores") else with_margins(table, of_rows)
    return Made(made, picked.left_out, unused=_unpicked(judged, picked, options))


def _check_scores(grades: NDArray[np.float64]) -> None:
    """Makes sure that grades are more than yes and no.

    Raises:
        InputError: they are not.
    """
    if len(np.unique(grades)) <= 2:
        raise InputError(
            "the data says yes or no of its texts and has no scores, which have to come from a teacher; name a "
            "cross-encoder, a bi-encoder or a file of scores with --teacher"
        )


def with_scores(table: pa.Table, scores: NDArray[np.float64]) -> pa.Table:
    """Rows with a list of their scores, (rows, texts)."""
    counts = np.full(len(scores), scores.shape[1], dtype=np.int64)
    return table.append_column("scores", float_lists_at(scores.ravel(), counts))


def with_margins(table: pa.Table, scores: NDArray[np.float64]) -> pa.Table:
    """Rows with the margin of each negative: the positive's score, which is the first, minus the negative's."""
    margins = scores[:, :1] - scores[:, 1:]
    if margins.shape[1] == 1:
        return table.append_column("score", pa.array(margins[:, 0]))
    return with_scores(table, margins)


_SCORED = "puts each positive of an anchor beside negatives of it, with the scores that the data has for them"

_MAKERS: dict[str, tuple[str, Callable[[Judged, Options], Made]]] = {
    "pair": ("pairs each anchor with its positives", _pairs),
    "labeled-pair": ("makes each document a pair with its anchor: 1 for positives, 0 for negatives", _labeled_pairs),
    "labeled-list": ("gathers all documents of an anchor in one list", _lists),
    "triplet": ("puts each positive of an anchor beside a negative of it, until each is used", _triplets),
    "n-tuple": ("puts each positive of an anchor beside several negatives of it, until each is used", _tuples),
    **{
        target: (_SCORED, partial(_scored, target=target))
        for target in ("triplet-scores", "n-tuple-scores", "triplet-margin", "n-tuple-margins")
    },
}

#: Formats of which each row is one judgement.
_ONE_A_ROW = ("labeled-pair", "graded-pair", "pair-score", "pair-class")

Reader = Callable[[pa.Table, Options], Judged]

#: Makes sure that rows are enough for a conversion, given part by part; raises an `InputError` where they are not.
Enough = Callable[[Iterable[pa.Table]], None]

#: The places of rows that are of no use, by why.
Useless = Callable[[pa.Table], Mapping[str, Ids]]


def _judged(material: Material, read: Reader, options: Options) -> Judged:
    key = (read, options.threshold, options.negative_threshold)
    return material.once(key, lambda: read(material.table, options))


def _settled_by(read: Reader, enough: Enough | None) -> Settle:
    """What the rows of all anchors decide: how many negatives most tuples have, and whether there are scores."""

    def settle(parts: Iterator[Material], target: str, options: Options) -> Options:
        if enough is not None and not options.part:
            enough(part.table for part in parts)
            return options
        wide = target.startswith("n-tuple") and options.num_negatives is None
        scored = target.endswith(("-scores", "-margin", "-margins"))
        if not wide and not scored:
            return options
        negatives, grades, taught = [np.zeros(0, dtype=np.int64)], np.zeros(0), False
        for judged in in_turn(lambda part: _judged(part, read, options), parts):
            count = len(judged.queries)
            with_positive = np.bincount(judged.query[judged.positive], minlength=count) > 0
            negatives.append(np.bincount(judged.query[judged.negative], minlength=count)[with_positive])
            grades = np.unique(np.concatenate((grades, judged.grade)))[:3]
            taught |= judged.score is not None
        if scored and not taught:
            _check_scores(grades)
        return replace(options, num_negatives=widest(np.concatenate(negatives))) if wide else options

    return settle


def judgements(
    source: str,
    targets: Mapping[str, str | None],
    *,
    told: str | None = None,
    gathers: bool = False,
    final: bool = False,
    first: bool = False,
    drops: bool = False,
    enough: Enough | None = None,
    useless: Useless | None = None,
) -> Callable[[Reader], Reader]:
    """Registers a function that reads a format's rows into judgements, as the conversion to each of the targets.

    Args:
        source: the format.
        targets: what is lost on the way to each; None where nothing is.
        told: what makes a text a positive, where that is not plain.
        gathers: whether positives and negatives of an anchor stand in different rows.
        final: whether the rows must not be converted on.
        first: whether this is for rows as the data has them only.
        drops: whether some of the texts are left behind on the way to every target; to pairs, negatives always are.
        enough: makes sure that the rows are enough, for targets that all rows decide nothing else of.
        useless: tells which rows are of no use, where a row is more than one judgement.
    """

    def register(read: Reader) -> Reader:
        for target, loses in targets.items():
            summary, make = _MAKERS[target]
            summary = f"{summary}; {told}" if told else summary

            def apply(
                material: Material,
                target: str,
                options: Options,
                make: Callable[[Judged, Options], Made] = make,
            ) -> Made:
                if enough is not None and not options.part:
                    enough([material.table])
                made = make(_judged(material, read, options), options)
                if source in _ONE_A_ROW:
                    return made
                wanted = useless if options.reject is not None else None
                return replace(made, unused=wanted(material.table) if wanted is not None else {})

            together = gathers and target not in ("pair", "labeled-pair")
            conversion(
                source,
                target,
                summary=summary,
                loses=loses,
                gathers=together,
                final=final,
                drops=drops or target == "pair",
                first=first,
                scope="anchor",
                settle=_settled_by(read, enough),
            )(apply)
        return read

    return register
