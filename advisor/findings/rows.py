"""What can be wrong with rows: texts that repeat, alone or beside one another."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from advisor.findings.registry import Case, Found, check, examples
from converters.alike import Mask, Numbers, combined, repeated
from converters.contradictions import (
    Answers,
    Judged,
    contradicted,
    doubled,
    in_both,
    judged_elsewhere,
    same_rows,
    same_text_is_unlike,
    twice_in_a_row,
)
from converters.errors import quote
from converters.formats import FORMATS

#: Rows of the batch that expectations are given for.
BATCH = 64

#: From how many false negatives in such a batch repeated positives are worth a word.
WORTH_A_WORD = 0.1


@check(
    "ROW001",
    "warning",
    "Rows repeat",
    why="A repeated row counts twice in training, with negatives from the batch it is a false negative of its copy, "
    "and one copy can land in the held-out part: the evaluation then measures memory.",
    mend="Leave the copies out: `--fix ROW001` keeps the first row of each.",
    scope="anchor",
)
def _repeated_rows(case: Case) -> Iterator[Found]:
    kind = FORMATS[case.reading.format].label_kind
    rows = same_rows(case.table, case.alike, case.reading.label, kind) if case.texts else None
    if rows is not None:
        yield from _found(case, repeated(rows), "{rows} rows repeat an earlier one", case.mend("ROW001"))


@check(
    "ROW002",
    "warning",
    "The same texts have different labels",
    why="The model is asked for two answers to one question; it learns neither, and no model can reach a perfect "
    "score on such data.",
    mend="Decide which label is right, or let `--fix ROW002` do it: scores become their mean, rows with other labels "
    "are left out.",
    scope="anchor",
)
def _contradictions(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or label.lengths is not None or case.plain_texts != case.texts or not case.texts:
        return
    if FORMATS[case.reading.format].label_kind in ("none", "embedding"):
        return
    rows = contradicted(case.alike, case.table[label.name])
    message = "{rows} rows have the same texts as another row, and another label"
    yield from _found(case, rows, message, case.mend("ROW002"))


@check(
    "ROW003",
    "warning",
    "Anchor and positive are the same text",
    why="A text is always nearest to itself: such a pair is learned before training begins, and as a duplicate in a "
    "batch it is a false negative of others.",
    mend="Leave these rows out: `--fix ROW003`.",
    scope="row",
)
def _same_pair(case: Case) -> Iterator[Found]:
    anchors, positives = case.reading.columns("anchor", "query"), case.reading.columns("positive")
    if case.reading.format in ("identical-pair", "grouped") or not anchors or not positives:
        return
    rows = _equal(case, anchors[0], positives[0])
    message = f"in {{rows}} rows {quote(anchors[0])} and {quote(positives[0])} are the same"
    yield from _found(case, rows, message, case.mend("ROW003"))


@check(
    "ROW004",
    "error",
    "A negative is the positive of its own row",
    why="The loss pulls and pushes the same text at once: with MultipleNegativesRankingLoss, TripletLoss or a list "
    "loss the best that a model can do is to give up on the row.",
    mend="Convert triplets: these rows are dropped and counted. In lists, `--fix ROW004` takes the text out of the "
    "negatives. Or mine negatives anew: the miner never takes a known positive.",
    scope="row",
)
def _same_negative(case: Case) -> Iterator[Found]:
    if case.reading.format in ("labeled-list", "grouped"):
        judged = _judged(case)
        if judged is not None:
            message = "in {rows} rows a document is both a positive and a negative"
            yield from _found(case, in_both(judged), message, case.mend("ROW004"))
        return
    positives = case.reading.columns("positive")
    for name in case.reading.columns("negative") if positives else ():
        message = f"in {{rows}} rows {quote(name)} is the same text as {quote(positives[0])}"
        yield from _found(case, _equal(case, positives[0], name), message, case.convert)


@check(
    "ROW005",
    "info",
    "Anchors have several positives",
    why="With negatives from the batch (MultipleNegativesRankingLoss and its kin), one positive of an anchor serves as "
    "a negative for the same anchor in another row, unless the batch sampler keeps repeated texts apart.",
    mend="Use the recommended batch sampler, `no_duplicates`.",
    scope="anchor",
)
def _several_positives(case: Case) -> Iterator[Found]:
    if case.reading.format in ("pair", "triplet", "n-tuple"):
        anchor = case.texts[0]
        ids = case.alike.texts.get(anchor)
        if ids is not None:
            yield from _found(case, repeated(ids), "{rows} rows repeat an anchor of an earlier row", _NO_DUPLICATES)


@check(
    "ROW006",
    "warning",
    "A negative is a positive of the same anchor in another row",
    why="One row pulls together what another pushes apart: the model is told both, and learns neither.",
    mend="Leave out the rows, or the documents of lists, where it is the negative: `--fix ROW006`. Or mine negatives "
    "anew: the miner never takes a known positive.",
    scope="anchor",
)
def _positive_elsewhere(case: Case) -> Iterator[Found]:
    judged = _judged(case)
    if judged is not None:
        message = "in {rows} rows a negative is a positive of the same anchor in another row"
        yield from _found(case, judged_elsewhere(judged), message, case.mend("ROW006"))


@check(
    "ROW007",
    "warning",
    "A negative is its own anchor",
    why="Nothing is nearer to a text than itself: as a negative it can never be pushed away, and the triplet pulls at "
    "the model for ever. TripletLoss stays at its margin or above on such a row.",
    mend="Leave these rows out: `--fix ROW007`.",
    scope="row",
)
def _anchor_as_negative(case: Case) -> Iterator[Found]:
    anchors = case.reading.columns("anchor", "query")
    for name in case.reading.columns("negative") if anchors else ():
        message = f"in {{rows}} rows {quote(name)} is the same text as {quote(anchors[0])}"
        yield from _found(case, _equal(case, anchors[0], name), message, case.mend("ROW007"))


@check(
    "ROW008",
    "warning",
    "Repeated positives become false negatives",
    why="With negatives from the batch (MultipleNegativesRankingLoss and its kin) the positive of one row is a "
    "negative for all others. Where two anchors of a batch share a positive, each pushes away the text that "
    "it should pull.",
    mend="Use the batch sampler `no_duplicates`, which never puts a text into a batch twice.",
)
def _repeated_positives(case: Case) -> Iterator[Found]:
    if case.reading.format not in ("pair", "triplet", "n-tuple"):
        return
    anchors, positives = (case.alike.texts.get(name) for name in case.texts[:2])
    if anchors is None or positives is None or case.table.num_rows < 2:
        return
    shared = _pairs_alike(positives) - _pairs_alike(combined(anchors, positives))
    rows = case.table.num_rows
    expected = BATCH * (BATCH - 1) * shared / (rows * (rows - 1))
    if expected >= WORTH_A_WORD and case.rows > BATCH:
        message = (
            f"{{rows}} rows repeat the positive of another anchor: a random batch of {BATCH} has about {expected:.1f} "
            "false negatives"
        )
        yield from _found(case, _of_several_anchors(anchors, positives), message, _NO_DUPLICATES, case.texts[1])


def _pairs_alike(keys: Numbers) -> int:
    """How many ordered pairs of different rows have the same number."""
    numbers = np.bincount(keys[keys >= 0]) if len(keys) else np.zeros(0, dtype=np.int64)
    return int((numbers * (numbers - 1)).sum())


def _of_several_anchors(anchors: Numbers, positives: Numbers) -> Mask:
    """True for each row whose positive stands in an earlier row, with another anchor."""
    both = combined(anchors, positives)
    return repeated(positives) & ~repeated(both)


_NO_DUPLICATES = 'batch_sampler="no_duplicates" in the training arguments'


@check(
    "ROW009",
    "warning",
    "A document stands in its list several times",
    why="The copies count as several documents: listwise losses share out the probability among them, and with "
    "different labels no order is right.",
    mend="In lists, `--fix ROW009` keeps one of them, that with the highest label. Rows of several negatives with a "
    "repeated one are left out.",
    scope="row",
)
def _repeated_documents(case: Case) -> Iterator[Found]:
    if case.reading.format in ("labeled-list", "grouped"):
        rows = np.zeros(case.table.num_rows, dtype=bool)
        for elements in case.alike.lists.values():
            rows |= doubled(elements)
        yield from _found(case, rows, "in {rows} rows a document stands in its list twice", case.mend("ROW009"))
        return
    negatives = [case.alike.texts[name] for name in case.reading.columns("negative") if name in case.alike.texts]
    if len(negatives) > 1:
        yield from _found(
            case, twice_in_a_row(negatives), "in {rows} rows a negative stands twice", case.mend("ROW009")
        )


@check(
    "ROW010",
    "error",
    "Lists are empty",
    why="A row without a document teaches nothing, and stops the losses that look for the highest label in it.",
    mend="Convert the data: these rows are dropped and counted.",
    scope="row",
)
def _empty_lists(case: Case) -> Iterator[Found]:
    lists = list(case.alike.lists.values())
    if lists:
        empty = np.logical_and.reduce([each.lengths == 0 for each in lists])
        yield from _found(case, empty, "{rows} rows have no document at all", case.convert)


@check(
    "ROW011",
    "warning",
    "The same text twice is called different",
    why="Two copies of a text have one embedding: their cosine is 1 whatever the model does, so that a low score, a 0 "
    "or a contradiction for them is an error that no training can make smaller.",
    mend="Leave these rows out (`--fix ROW011`), or correct their label.",
    scope="row",
)
def _same_but_different(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or len(case.plain_texts) != 2 or label.lengths is not None:
        return
    answers = Answers(case.table[label.name], FORMATS[case.reading.format].label_kind, label.class_names)
    first, second = case.plain_texts
    rows = _equal(case, first, second) & same_text_is_unlike(answers, label.name)
    message = f"in {{rows}} rows {quote(first)} and {quote(second)} are the same, and their label says that they differ"
    yield from _found(case, rows, message, case.mend("ROW011"))


def _found(case: Case, rows: Mask, message: str, fix: str | None, column: str | None = None) -> Iterator[Found]:
    """A finding about the rows where the mask is true, with some of their texts; none where there are no rows."""
    number = int(rows.sum())
    if number:
        names = [column] if column else case.plain_texts
        shown = examples(case.text(names[0]), pa.array(rows)) if names else ()
        yield Found(message, number, fix, shown)


def _equal(case: Case, first: str, second: str) -> Mask:
    """True where two columns hold the same text; never where one of them holds lists."""
    texts = case.alike.texts
    if first not in texts or second not in texts:
        return np.zeros(case.table.num_rows, dtype=bool)
    return np.asarray((texts[first] == texts[second]) & (texts[first] >= 0))


def _judged(case: Case) -> Judged | None:
    """What stands beside each anchor as a positive and as a negative; None where the format has no negatives."""
    reading, label = case.reading, case.reading.label
    roles = {role: reading.columns(role) for role in ("positive", "negative")}
    labels = case.table[label] if reading.format == "labeled-list" and label is not None else None
    anchors = reading.columns("anchor", "query", "text")
    if not anchors or anchors[0] not in case.alike.texts:
        return None
    return Judged.of(case.alike, anchors[0], roles["positive"], roles["negative"], labels)
