"""What can be wrong with rows beside one another."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count
from advisor.sampling import duplicates
from converters.errors import quote


@check(
    "ROW001",
    "warning",
    "Rows repeat",
    why="A repeated row counts twice in training, and one copy can land in the held-out part: the evaluation then "
    "measures memory.",
    mend="Drop the copies, for example with pandas' `drop_duplicates()`.",
    scope="anchor",
)
def _repeated_rows(case: Case) -> Iterator[Found]:
    names = [*case.plain_texts, *filter(None, [case.reading.label])]
    flat = [name for name in names if case.profile.columns[name].lengths is None]
    complete = len(flat) == len(case.texts) + (case.reading.label is not None)
    if case.texts and complete and (rows := duplicates(case.table, flat)):
        yield Found("{rows} rows repeat an earlier one", rows)


@check(
    "ROW002",
    "warning",
    "The same texts have different labels",
    why="The model is asked for two answers to one question; it learns neither, and no model can reach a perfect "
    "score on such data.",
    mend="Decide which label is right; for scores, take their mean.",
    scope="anchor",
)
def _contradictions(case: Case) -> Iterator[Found]:
    label = case.reading.label
    if (
        label is not None
        and case.texts
        and case.plain_texts == case.texts
        and case.profile.columns[label].lengths is None
    ):
        plain = case.table.select([*case.texts, label]).rename_columns([*map(str, range(len(case.texts))), "label"])
        groups = plain.group_by(plain.column_names[:-1]).aggregate([("label", "count_distinct")])
        if rows := count(pc.greater(groups["label_count_distinct"], 1)):
            yield Found("{rows} texts stand in several rows with different labels", rows)


@check(
    "ROW003",
    "warning",
    "Anchor and positive are the same text",
    why="A text is always nearest to itself: such a pair is learned before training begins, and as a duplicate in a "
    "batch it is a false negative of others.",
    mend="Drop these rows.",
    scope="row",
)
def _same_pair(case: Case) -> Iterator[Found]:
    if case.reading.format in ("pair", "triplet", "n-tuple") and len(case.texts) > 1:
        rows = count(pc.equal(case.text(case.texts[0]), case.text(case.texts[1])))
        if rows:
            yield Found(f"in {{rows}} rows {quote(case.texts[0])} and {quote(case.texts[1])} are the same", rows)


@check(
    "ROW004",
    "error",
    "A negative is the positive of its own row",
    why="The loss pulls and pushes the same text at once.",
    mend="Convert the data: these rows are dropped and counted. Or mine negatives anew: the miner never takes a known "
    "positive.",
    scope="row",
)
def _same_negative(case: Case) -> Iterator[Found]:
    if case.reading.format in ("triplet", "n-tuple"):
        positive, negatives = case.reading.columns("positive")[0], case.reading.columns("negative")
        for name in negatives:
            if rows := count(pc.equal(case.text(positive), case.text(name))):
                yield Found(f"in {{rows}} rows {quote(name)} is the same text as {quote(positive)}", rows, case.convert)


@check(
    "ROW006",
    "warning",
    "A negative is a positive of the same anchor in another row",
    why="One row pulls together what another pushes apart: the model is told both, and learns neither.",
    mend="Drop the rows where it is the negative, or mine negatives anew: the miner never takes a known positive.",
    scope="anchor",
)
def _positive_elsewhere(case: Case) -> Iterator[Found]:
    if not (case.reading.columns("negative") and case.reading.columns("positive")):
        return
    anchors = case.reading.columns("anchor", "query")
    positive, negatives = case.reading.columns("positive")[0], case.reading.columns("negative")
    if not anchors or any(case.profile.columns[name].lengths is not None for name in (positive, *negatives)):
        return
    known = pa.table({"anchor": case.text(anchors[0]), "text": case.text(positive)}).group_by(["anchor", "text"])
    positives = known.aggregate([])
    for name in negatives:
        own = pa.table({"anchor": case.text(anchors[0]), "text": case.text(name), "own": case.text(positive)})
        own = own.filter(pc.not_equal(own["text"], own["own"]))  # the row's own positive is another finding
        if rows := own.join(positives, ["anchor", "text"], join_type="left semi").num_rows:
            yield Found(f"in {{rows}} rows {quote(name)} is a positive of the same anchor in another row", rows)


@check(
    "ROW005",
    "info",
    "Anchors have several positives",
    why="With negatives from the batch, one positive of an anchor serves as a negative for the same anchor in another "
    "row, unless the batch sampler keeps repeated texts apart.",
    mend="Use the recommended batch sampler, `no_duplicates`.",
    scope="anchor",
)
def _several_positives(case: Case) -> Iterator[Found]:
    if case.reading.format == "pair":
        anchor = case.texts[0]
        if rows := duplicates(case.table, [anchor]):
            yield Found("{rows} rows repeat an anchor of an earlier row", rows)
