"""Conversions of texts with a class: texts of one class belong together, texts of two classes do not.

Only a sample of all possible pairs is drawn: every text is an anchor once. So the result must not be converted on: a
text of the same class that is not in an anchor's row would be taken for a stranger.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import Ids, number, texts_at
from converters.errors import InputError

_LOST = "all pairs of a class but one for each text, and the classes"


@dataclass(frozen=True)
class Partners:
    """Texts and a partner of each.

    Attributes:
        pool: the different texts.
        anchor: every text whose class has another, in the order of the data.
        same: for each anchor a text of its class.
        other: for each anchor a text of another class; empty where there is one class only.
        left_out: what could not be used.
    """

    pool: pa.Array
    anchor: Ids
    same: Ids
    other: Ids
    left_out: dict[str, int]

    def at(self, ids: Ids) -> pa.ChunkedArray:
        """The texts of these numbers."""
        return texts_at(self.pool, ids)


@conversion(
    "single-class",
    "pair",
    summary="pairs each text with another of its class",
    samples=True,
    loses=_LOST,
    final=True,
)
def _pairs(material: Material, target: str, options: Options) -> Made:
    found = partners(material.table, options.seed)
    return Made(pa.table({"anchor": found.at(found.anchor), "positive": found.at(found.same)}), found.left_out)


@conversion(
    "single-class",
    "triplet",
    summary="puts each text beside another of its class and one of another class",
    samples=True,
    loses=_LOST,
    final=True,
)
def _triplets(material: Material, target: str, options: Options) -> Made:
    found = _in_two_classes(material, options)
    columns = {"anchor": found.anchor, "positive": found.same, "negative": found.other}
    return Made(pa.table({name: found.at(ids) for name, ids in columns.items()}), found.left_out)


@conversion(
    "single-class",
    "labeled-pair",
    summary="pairs each text with another of its class (1) and with one of another class (0)",
    samples=True,
    loses=_LOST,
    final=True,
)
def _labeled_pairs(material: Material, target: str, options: Options) -> Made:
    found = _in_two_classes(material, options)
    anchors, documents = np.repeat(found.anchor, 2), np.stack((found.same, found.other), axis=1).ravel()
    labels = np.tile(np.array([1, 0], dtype=np.int64), len(found.anchor))
    columns = {"anchor": found.at(anchors), "document": found.at(documents), "label": pa.array(labels)}
    return Made(pa.table(columns), found.left_out)


def _in_two_classes(material: Material, options: Options) -> Partners:
    found = partners(material.table, options.seed)
    if len(found.other) < len(found.anchor):
        raise InputError("all texts are of one class, so that nothing says what does not belong together")
    return found


def partners(table: pa.Table, seed: int) -> Partners:
    """Draws for every text another one of its class and one of another class.

    Within a class the texts are shuffled into a ring, and each is paired with the next: so every text is a partner once
    as well. A text that stands in several classes is left out, for it would be its own negative.
    """
    pool, (ids,) = number(table["text"])
    labels = table["label"].to_numpy()
    lowest, highest = (_of_each(pool, ids, labels, best) for best in (np.minimum, np.maximum))
    texts = np.flatnonzero(lowest == highest)
    classes = lowest[texts]
    left_out = {}
    if len(texts) < len(pool):
        left_out["texts that stand in several classes"] = len(pool) - len(texts)
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(texts)), classes))
    _, starts, sizes = np.unique(classes[order], return_index=True, return_counts=True)
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    following = start + (np.arange(len(texts)) - start + 1) % size
    strangers = len(texts) - size
    drawn = np.floor(rng.random(len(texts)) * strangers).astype(np.int64)
    drawn += np.where(drawn >= start, size, 0)  # those of another class stand before the own class, or behind it
    several = size > 1
    if not several.all():
        left_out["texts that are alone in their class, as anchors"] = int((~several).sum())
    anchors = np.flatnonzero(several)[np.argsort(order[several], kind="stable")]  # back in the order of the data
    own = texts[order]
    other = own[drawn[anchors]] if len(sizes) > 1 else np.zeros(0, dtype=np.int64)
    return Partners(pool, own[anchors], own[following[anchors]], other, left_out)


def _of_each(pool: pa.Array, ids: Ids, labels: NDArray[np.int64], best: np.ufunc) -> NDArray[np.int64]:
    """The lowest or the highest class that each text stands in."""
    found = np.full(len(pool), np.iinfo(np.int64).max if best is np.minimum else -1, dtype=np.int64)
    best.at(found, ids, labels)
    return found
