"""Mends of rows that repeat, or contradict themselves or one another."""

import numpy as np
import pyarrow as pa

from converters.alike import Mask, combined, repeated
from converters.contradictions import (
    Answers,
    Judged,
    contradicted,
    in_both,
    judged_elsewhere,
    negatives_elsewhere,
    same_rows,
    same_text_is_unlike,
    twice_in_a_row,
)
from converters.mends.lists import alike, flat_labels, is_lists, with_documents
from converters.mends.registry import Shape, drops, rewrites
from converters.sources.features import class_names_of


@drops("ROW001", "rows that repeat an earlier one", scope="anchor")
def _repeated_rows(table: pa.Table, shape: Shape) -> Mask:
    rows = same_rows(table, alike(table, shape), shape.label, shape.format.label_kind)
    return _all(table) if rows is None else ~repeated(rows)


@rewrites("ROW002", "rows of the same texts with the mean of their scores", scope="anchor")
def _mean_scores(table: pa.Table, shape: Shape) -> pa.Table:
    if shape.format.label_kind not in ("score", "margin") or shape.label is None:
        return table
    texts = combined(*alike(table, shape).texts.values())
    scores = np.asarray(table[shape.label], dtype=np.float64)
    groups = np.where(texts < 0, len(texts), texts)
    numbers = np.bincount(groups, minlength=1)[groups]
    means = np.bincount(groups, scores, minlength=1)[groups] / numbers
    wrong = contradicted(alike(table, shape), table[shape.label])
    place = table.column_names.index(shape.label)
    return table.set_column(place, table.schema.field(place), [pa.array(np.where(wrong, means, scores))])


@drops("ROW002", "rows of the same texts with another label", scope="anchor")
def _contradictions(table: pa.Table, shape: Shape) -> Mask:
    if shape.format.label_kind not in ("class", "binary") or shape.label is None:
        return _all(table)
    return ~contradicted(alike(table, shape), table[shape.label])


@drops("ROW003", "rows whose anchor is their positive", scope="row")
def _same_pair(table: pa.Table, shape: Shape) -> Mask:
    if shape.format.roles[1:2] != ("positive",):
        return _all(table)
    return ~_equal(table, shape, 0, 1)


@rewrites("ROW004", "lists in which a positive was a negative as well", scope="row")
def _positives_among_negatives(table: pa.Table, shape: Shape) -> pa.Table:
    if not is_lists(shape):
        return table
    elements = alike(table, shape).lists["documents"]
    positive = flat_labels(table, shape) > 0
    keys = combined(elements.rows, elements.ids)
    return with_documents(table, shape, positive | (keys < 0) | ~np.isin(keys, keys[positive]))


@drops("ROW004", "rows with a negative that is their positive", scope="row")
def _negative_is_positive(table: pa.Table, shape: Shape) -> Mask:
    judged = _judged(table, shape)
    return _all(table) if judged is None else ~in_both(judged)


@rewrites("ROW006", "lists with a negative that is a positive of the same query elsewhere", scope="anchor")
def _positives_of_other_lists(table: pa.Table, shape: Shape) -> pa.Table:
    judged = _judged(table, shape) if is_lists(shape) else None
    return table if judged is None else with_documents(table, shape, ~negatives_elsewhere(judged))


@drops("ROW006", "rows with a negative that is a positive of the same anchor elsewhere", scope="anchor")
def _positive_elsewhere(table: pa.Table, shape: Shape) -> Mask:
    if is_lists(shape):
        return alike(table, shape).lists["documents"].lengths > 0
    judged = _judged(table, shape)
    return _all(table) if judged is None else ~judged_elsewhere(judged)


@drops("ROW007", "rows with a negative that is their anchor", scope="row")
def _anchor_as_negative(table: pa.Table, shape: Shape) -> Mask:
    keep = _all(table)
    if "negative" in shape.format.roles:
        for place in range(2, len(shape.texts)):
            keep &= ~_equal(table, shape, 0, place)
    return keep


@rewrites("ROW009", "lists in which a document stood several times", scope="row")
def _repeated_documents(table: pa.Table, shape: Shape) -> pa.Table:
    if not is_lists(shape):
        return table
    elements = alike(table, shape).lists["documents"]
    keys = combined(elements.rows, elements.ids)
    best_first = np.lexsort((np.arange(len(keys)), -flat_labels(table, shape)))
    keep = np.zeros(len(keys), dtype=bool)
    keep[best_first] = ~repeated(keys[best_first])
    return with_documents(table, shape, keep)


@drops("ROW009", "rows in which a negative stands twice", safe=False, scope="row")
def _repeated_negatives(table: pa.Table, shape: Shape) -> Mask:
    if "negative" not in shape.format.roles or len(shape.texts) < 4:
        return _all(table)
    texts = alike(table, shape).texts
    return ~twice_in_a_row([texts[name] for name in shape.texts[2:]])


@drops("ROW011", "rows of the same text twice whose label says that they differ", scope="row")
def _same_but_different(table: pa.Table, shape: Shape) -> Mask:
    if len(shape.plain_texts) != 2 or shape.label is None:
        return _all(table)
    names = class_names_of(table.schema).get(shape.label, ())
    answers = Answers(table[shape.label], shape.format.label_kind, names)
    return ~(_equal(table, shape, 0, 1) & same_text_is_unlike(answers, shape.label))


def _all(table: pa.Table) -> Mask:
    return np.ones(table.num_rows, dtype=bool)


def _equal(table: pa.Table, shape: Shape, first: int, second: int) -> Mask:
    """True where two text columns hold the same text."""
    texts = alike(table, shape).texts
    one, other = texts[shape.texts[first]], texts[shape.texts[second]]
    return np.asarray((one == other) & (one >= 0))


def _judged(table: pa.Table, shape: Shape) -> Judged | None:
    """What stands beside each anchor as a positive and as a negative; None in formats without negatives."""
    if is_lists(shape):
        return Judged.of(alike(table, shape), shape.texts[0], [], [], table[str(shape.label)])
    if "negative" not in shape.format.roles:
        return None
    return Judged.of(alike(table, shape), shape.texts[0], [shape.texts[1]], list(shape.texts[2:]))
