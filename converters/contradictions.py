"""Rows that say the same thing twice, or two things at once: what checks look for and mends take away."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Alike, Elements, Mask, Numbers, combined, repeated, values_alike
from converters.errors import InputError
from converters.formats import LabelKind
from converters.labels import binary, number_lists, numbers, unit_scores

#: How classes are called that two copies of a text cannot have, in lower case.
UNLIKE = (
    *("contradiction", "contradictory", "contradicts", "not_entailment", "not entailment", "different"),
    *("not_duplicate", "not duplicate", "not_paraphrase", "not_equivalent", "not equivalent", "unrelated"),
)


def same_rows(table: pa.Table, alike: Alike, label: str | None, kind: LabelKind) -> Numbers | None:
    """A number for each row, the same for rows with the same texts and label; -1 where a text is empty.

    Embeddings are not compared: a text has one.

    Args:
        table: the rows.
        alike: their texts.
        label: the label column; None where there is none.
        kind: what the label means.

    Returns:
        None where there is nothing to compare.
    """
    keys = [*alike.texts.values(), *(each.lists for each in alike.lists.values())]
    if not keys:
        return None
    if label is not None and kind != "embedding":
        keys.append(values_alike(table[label]))
    return combined(*keys)


def contradicted(alike: Alike, label: pa.ChunkedArray) -> Mask:
    """True for each row whose texts stand in another row with another label; rows without a label do not count."""
    texts, labels = combined(*alike.texts.values()), values_alike(label)
    known = (texts >= 0) & np.asarray(pc.is_valid(label))
    if pa.types.is_floating(label.type):
        known &= np.asarray(pc.fill_null(pc.is_finite(label), False))
    once = known & ~repeated(combined(texts, labels))  # one row of each label that texts have
    several = np.bincount(texts[once], minlength=len(texts) + 1) > 1
    return np.asarray(known & several[texts])  # the last number, which -1 means here, is that of no text


@dataclass(frozen=True)
class Judged:
    """Which text stands beside which anchor, as a positive or as a negative: one entry for each.

    Attributes:
        pairs: a number for each anchor and text, the same for the same two; -1 where one is empty.
        rows: the row that each entry stands in.
        positive: whether it is a positive there.
        size: number of rows.
    """

    pairs: Numbers
    rows: Numbers
    positive: Mask
    size: int

    @classmethod
    def of(
        cls,
        alike: Alike,
        anchor: str,
        positives: list[str],
        negatives: list[str],
        labels: pa.ChunkedArray | None = None,
    ) -> "Judged | None":
        """What is judged in a table; None where it has no negatives, or they cannot be told.

        Args:
            alike: the texts of the table.
            anchor: the column of anchors.
            positives: columns of positives, or of lists of them.
            negatives: columns of negatives, or of lists of them.
            labels: of lists of documents their labels: above 0 for a positive.
        """
        anchors = alike.texts[anchor]
        own = np.arange(len(anchors))
        found: list[tuple[Numbers, Numbers, Mask]] = []
        if labels is not None:
            for elements in alike.lists.values():
                good = _positives(labels, elements)
                if good is None:
                    return None
                found.append((elements.ids, elements.rows, good))
        elif not positives or not negatives:
            return None
        else:
            for name in (*positives, *negatives):
                if name in alike.lists:
                    ids, rows = alike.lists[name].ids, alike.lists[name].rows
                elif name in alike.texts:
                    ids, rows = alike.texts[name], own
                else:
                    continue
                found.append((ids, rows, np.full(len(ids), name in positives)))
        if not found:
            return None
        ids, rows, good = (np.concatenate(each) for each in zip(*found, strict=True))
        return cls(combined(anchors[rows], ids) if len(ids) else ids, rows, good, len(anchors))


def _positives(labels: pa.ChunkedArray, elements: Elements) -> Mask | None:
    """Which documents are positives; None where labels and documents do not go together in every row."""
    try:
        lists = number_lists(labels, "")
    except InputError:
        return None
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    flat = pc.fill_null(pc.cast(pc.list_flatten(lists), pa.float64(), safe=False), 0)
    if np.array_equal(lengths, elements.lengths):
        return np.asarray(flat) > 0
    matching = lengths == elements.lengths  # documents without labels of their own count as no positives
    good = np.zeros(len(elements.ids), dtype=bool)
    good[matching[elements.rows]] = np.asarray(flat)[np.repeat(matching, lengths)] > 0
    return good


def in_both(judged: Judged) -> Mask:
    """True for each row where a text is both a positive and a negative."""
    keys = combined(judged.pairs, judged.rows) if len(judged.pairs) else judged.pairs
    wrong = ~judged.positive & np.isin(keys, keys[judged.positive & (keys >= 0)])
    return _marked(judged, wrong)


def judged_elsewhere(judged: Judged) -> Mask:
    """True for each row with a negative that is a positive of the same anchor in another row, and not in this one."""
    return _marked(judged, negatives_elsewhere(judged))


def negatives_elsewhere(judged: Judged) -> Mask:
    """True for each negative that is a positive of the same anchor in another row, and not in its own."""
    pairs = judged.pairs
    if not len(pairs):
        return np.zeros(0, dtype=bool)
    keys = combined(pairs, judged.rows)
    here = np.isin(keys, keys[judged.positive & (keys >= 0)])
    return ~judged.positive & ~here & np.isin(pairs, pairs[judged.positive & (pairs >= 0)])


def _marked(judged: Judged, entries: Mask) -> Mask:
    rows = np.zeros(judged.size, dtype=bool)
    rows[judged.rows[entries]] = True
    return rows


def doubled(elements: Elements) -> Mask:
    """True for each row whose list holds a text twice."""
    rows = np.zeros(len(elements.lengths), dtype=bool)
    if len(elements.ids):
        rows[elements.rows[repeated(combined(elements.rows, elements.ids))]] = True
    return rows


def twice_in_a_row(texts: list[Numbers]) -> Mask:
    """True for each row that holds a text in two of these columns."""
    ordered = np.sort(np.column_stack(texts), axis=1)
    return np.asarray(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1))


@dataclass(frozen=True)
class Answers:
    """The labels of pairs.

    Attributes:
        values: the label column.
        kind: what it means.
        class_names: names of the classes, where it holds ids.
    """

    values: pa.ChunkedArray
    kind: LabelKind
    class_names: tuple[str, ...] = ()


def same_text_is_unlike(answers: Answers, name: str) -> Mask:
    """True where a label cannot be that of a text and its copy: a score in the lower half, no, or a contradiction.

    Args:
        answers: the labels.
        name: of their column.
    """
    values = answers.values
    none = np.zeros(len(values), dtype=bool)
    try:
        if answers.kind == "score":
            scores, _ = unit_scores(numbers(values, name), name)
            return np.asarray(pc.fill_null(pc.less(scores, 0.5), False))
        if answers.kind == "binary":
            known = pc.is_valid(values)
            no = pc.equal(binary(values.filter(known), name, answers.class_names), 0)
            none[np.asarray(known)] = np.asarray(pc.fill_null(no, False))
            return none
        if answers.kind == "class":
            words = values
            if answers.class_names:
                ids = np.asarray(pc.fill_null(pc.cast(values, pa.int64()), -1))
                wrong = [i for i, each in enumerate(answers.class_names) if each.strip().lower() in UNLIKE]
                return np.isin(ids, wrong)
            if pa.types.is_string(words.type):
                words = pc.utf8_lower(pc.utf8_trim_whitespace(words))
                return np.asarray(pc.fill_null(pc.is_in(words, value_set=pa.array(UNLIKE)), False))
    except (InputError, pa.ArrowException):
        return none
    return none
