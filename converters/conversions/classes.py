"""Conversions of texts with a class: texts of one class belong together, texts of two classes do not.

Only a sample of all possible pairs is drawn: every text is an anchor, with as many partners as are asked for. So the
result must not be converted on: a text of the same class that is not in an anchor's row would be taken for a stranger.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.conversions.judged import checked_width
from converters.conversions.registry import Made, Material, by_parts, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import Ids, firsts, number, number_lists_at, text_lists_at, texts_at
from converters.errors import InputError

#: How many texts of other classes stand beside an anchor and its partners, unless the caller says otherwise.
STRANGERS = 3

_SEVERAL = "texts that stand in several classes"
_REPEATED = "texts that stand there already"

_LOST = "all pairs of a class but a few for each text, and the classes"


@dataclass(frozen=True)
class Partners:
    """Texts, and for each of them some of its class and some of other classes.

    Attributes:
        pool: the different texts.
        anchor: every text whose class has another, in the order of the data: (n,).
        same: for each anchor texts of its class, all different: (n, k); -1 where the class has no more.
        other: for each anchor texts of other classes, all different: (n, m); -1 where there are no more.
        left_out: what could not be used.
        unused: the places of rows with a text that could not be used, by why; empty unless somebody wants them.
    """

    pool: pa.Array
    anchor: Ids
    same: Ids
    other: Ids
    left_out: dict[str, int]
    unused: dict[str, Ids]

    def made(
        self, columns: Mapping[str, Ids], labels: Ids | None = None, left_out: Mapping[str, int] | None = None
    ) -> Made:
        """Rows with the texts of these numbers, and perhaps a label."""

        def rows(part: slice) -> pa.Table:
            texts = {name: texts_at(self.pool, ids[part]) for name, ids in columns.items()}
            return pa.table(texts if labels is None else {**texts, "label": pa.array(labels[part])})

        told = {**self.left_out, **(left_out or {})}
        return Made(by_parts(len(next(iter(columns.values()))), rows), told, unused=self.unused)


@conversion(
    "single-class",
    "pair",
    summary="pairs each text with others of its class, --pairs-per-text of them",
    drops=True,
    samples=True,
    loses=_LOST,
    final=True,
)
def _pairs(material: Material, target: str, options: Options) -> Made:
    found = partners(material.table, options)
    row, place = np.nonzero(found.same >= 0)
    return found.made({"anchor": found.anchor[row], "positive": found.same[row, place]})


@conversion(
    "single-class",
    "triplet",
    summary="puts each text beside another of its class and one of another class, --pairs-per-text times",
    samples=True,
    loses=_LOST,
    final=True,
)
def _triplets(material: Material, target: str, options: Options) -> Made:
    found = _in_two_classes(material, options, _per_text(material.table, options))
    row, place = np.nonzero(found.same >= 0)
    strangers = _taking_turns(found.other, row, place)
    return found.made({"anchor": found.anchor[row], "positive": found.same[row, place], "negative": strangers})


@conversion(
    "single-class",
    "n-tuple",
    summary="puts each text beside another of its class and several of other classes, --pairs-per-text times",
    samples=True,
    loses=_LOST,
    final=True,
)
def _tuples(material: Material, target: str, options: Options) -> Made:
    negatives = checked_width(_strangers(options, 2))
    found = _in_two_classes(material, options, negatives)
    rich = np.asarray((found.other >= 0).all(axis=1))
    row, place = np.nonzero((found.same >= 0) & rich[:, None])
    columns = {"anchor": found.anchor[row], "positive": found.same[row, place]}
    for each in range(negatives):
        columns[f"negative_{each + 1}"] = found.other[row, each]
    short = int((~rich).sum())
    told = {f"anchors with fewer than {negatives} texts of other classes": short} if short else {}
    return found.made(columns, left_out=told)


@conversion(
    "single-class",
    "labeled-pair",
    summary="pairs each text with others of its class (1) and with as many of other classes (0), --pairs-per-text each",
    samples=True,
    loses=_LOST,
    final=True,
)
def _labeled_pairs(material: Material, target: str, options: Options) -> Made:
    found = _in_two_classes(material, options, _per_text(material.table, options))
    even = (found.same >= 0) & (found.other >= 0)  # as many of one label as of the other
    row, place = np.nonzero(even)
    documents = np.stack((found.same[row, place], found.other[row, place]), axis=1).ravel()
    labels = np.tile(np.array([1, 0], dtype=np.int64), len(row))
    return found.made({"anchor": found.anchor[np.repeat(row, 2)], "document": documents}, labels)


@conversion(
    "single-class",
    "labeled-list",
    summary="lists for each text others of its class (1), --pairs-per-text of them, and several of other classes (0)",
    samples=True,
    loses=_LOST,
    final=True,
)
def _lists(material: Material, target: str, options: Options) -> Made:
    found = _in_two_classes(material, options, min(_strangers(options, 1), material.table.num_rows))
    documents = np.concatenate((found.same, found.other), axis=1)
    labels = np.repeat([1.0, 0.0], [found.same.shape[1], found.other.shape[1]])

    def lists(part: slice) -> pa.Table:
        there = documents[part] >= 0
        counts = there.sum(axis=1).astype(np.int64)
        columns = {
            "query": texts_at(found.pool, found.anchor[part]),
            "documents": text_lists_at(found.pool, documents[part][there], counts),
            "labels": number_lists_at(np.broadcast_to(labels, there.shape)[there], counts),
        }
        return pa.table(columns)

    return Made(by_parts(len(documents), lists), found.left_out, unused=found.unused)


def _per_text(table: pa.Table, options: Options) -> int:
    """How many partners a text gets: no more than there are texts, so that nothing is held for those that are not."""
    return min(options.pairs_per_text, int(table.num_rows))


def _strangers(options: Options, least: int) -> int:
    """How many texts of other classes an anchor gets.

    Raises:
        InputError: the caller wants too few of them.
    """
    wanted = STRANGERS if options.num_negatives is None else options.num_negatives
    if wanted < least:
        raise InputError(f"num_negatives has to be at least {least} here, not {wanted}")
    return wanted


def _taking_turns(other: Ids, row: Ids, place: Ids) -> Ids:
    """The strangers of anchors in turn, over again where there are too few of them; the first is always there."""
    counts = (other >= 0).sum(axis=1)
    found: Ids = other[row, place % np.maximum(counts, 1)[row]]
    return found


def _in_two_classes(material: Material, options: Options, strangers: int) -> Partners:
    found = partners(material.table, options, strangers)
    if len(found.anchor) and (found.other < 0).all():
        raise InputError("all texts are of one class, so that nothing says what does not belong together")
    return found


def partners(table: pa.Table, options: Options, strangers: int = 0) -> Partners:
    """Draws for every text others of its class, and some of other classes.

    Within a class the texts are shuffled into a ring, and each is paired with those that follow: so every text is a
    partner as often as any other. Those of other classes are drawn evenly spread over all of them. A text that stands
    in several classes is left out, for it would be its own negative; one that stands there several times counts once.

    Args:
        table: texts with a class.
        options: the seed, how many partners each text gets, and how many texts of each class are used.
        strangers: how many texts of other classes each text gets.
    """
    pool, (ids,) = number(table["text"])
    labels = table["label"].to_numpy()
    lowest, highest = (_of_each(pool, ids, labels, best) for best in (np.minimum, np.maximum))
    texts = np.flatnonzero(lowest == highest)
    left_out: dict[str, int] = {}
    unused: dict[str, Ids] = {}
    if len(texts) < len(pool):
        left_out[_SEVERAL] = len(pool) - len(texts)
        unused[_SEVERAL] = np.flatnonzero((lowest != highest)[ids])
    first = firsts(ids)
    if len(first) < len(ids):
        again = (lowest == highest)[ids]
        again[first] = False
        if again.any():  # else those that stand there several times are in several classes, and told already
            left_out[_REPEATED] = int(again.sum())
            unused[_REPEATED] = np.flatnonzero(again)
    rng = np.random.default_rng(options.seed)
    order = np.lexsort((rng.random(len(texts)), lowest[texts]))
    if options.max_per_class is not None:
        kept = _places(lowest[texts][order]) < options.max_per_class
        if not kept.all():
            beyond = f"texts beyond {options.max_per_class:,} of their class"
            left_out[beyond] = int((~kept).sum())
            unused[beyond] = np.sort(first[texts[order[~kept]]])
        order = order[kept]
    own = texts[order]
    _, starts, sizes = np.unique(lowest[own], return_index=True, return_counts=True)
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    step = np.arange(1, _per_text(table, options) + 1)
    following = start[:, None] + (np.arange(len(own)) - start)[:, None] + step
    following = start[:, None] + (following - start[:, None]) % np.maximum(size, 1)[:, None]
    same = np.where(step < size[:, None], own[following], -1)
    count = (len(own) - size)[:, None]
    turn = np.arange(strangers)
    drawn = np.floor(rng.random(len(own))[:, None] * count).astype(np.int64)
    drawn = (drawn + turn * count // np.maximum(np.minimum(strangers, count), 1)) % np.maximum(count, 1)
    drawn += np.where(drawn >= start[:, None], size[:, None], 0)  # others stand before the own class, or behind it
    other = np.where(turn < count, own[np.minimum(drawn, len(own) - 1)], -1) if len(own) else drawn
    several = size > 1
    if not several.all():
        left_out["texts that are alone in their class, as anchors"] = int((~several).sum())
    anchors = np.flatnonzero(several)[np.argsort(own[several], kind="stable")]  # back in the order of the data
    unused = {} if options.reject is None else unused
    return Partners(pool, own[anchors], same[anchors], other[anchors], left_out, unused)


def _places(classes: NDArray[np.int64]) -> Ids:
    """The place of each text among those of its class, which stand next to one another."""
    _, starts, sizes = np.unique(classes, return_index=True, return_counts=True)
    places: Ids = np.arange(len(classes)) - np.repeat(starts, sizes)
    return places


def _of_each(pool: pa.Array, ids: Ids, labels: NDArray[np.int64], best: np.ufunc) -> NDArray[np.int64]:
    """The lowest or the highest class that each text stands in."""
    found = np.full(len(pool), np.iinfo(np.int64).max if best is np.minimum else -1, dtype=np.int64)
    best.at(found, ids, labels)
    return found
