"""What can be wrong with labels."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count
from converters.errors import quote
from converters.formats import FORMATS
from converters.labels import NO, YES, as_numbers, class_ids, matched
from converters.scales import scale_of


@check(
    "LBL001",
    "warning",
    "Scores are not between 0 and 1",
    why="Losses that compare a score with a cosine or a probability need it between 0 and 1. A score of 5 cannot be "
    "reached by a cosine, and binary cross-entropy with it goes to minus infinity.",
    mend="Convert the data: the scores are scaled from their range to 0..1.",
)
def _score_range(case: Case) -> Iterator[Found]:
    if case.reading.label_kind == "score" and case.reading.label is not None:
        profile = case.profile.columns[case.reading.label]
        low, high = profile.minimum or 0.0, profile.maximum or 0.0
        if low < 0 or high > 1:
            scale = scale_of(low, high)
            numbers = numbers_of(case.table[case.reading.label])
            outside = pc.or_(pc.less(numbers, 0), pc.greater(numbers, 1))
            message = (
                f"scores run from {low:g} to {high:g} and have to be between 0 and 1; "
                f"converting scales them from {scale[0]:g}..{scale[1]:g}"
            )
            yield Found(message, count(outside), case.convert)


@check(
    "LBL002",
    "warning",
    "Classes are not ids that count from 0",
    why="A loss wants class ids 0, 1, 2, ... as integers. Words cannot become a tensor, and an id beyond the number of "
    "classes has no output to stand for it: training stops at the first step.",
    mend="Convert the data: classes are mapped to ids, in order, and their names are kept.",
)
def _class_ids(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or FORMATS[case.reading.format].label_kind != "class" or label.class_names:
        return
    if label.nature in ("category", "text", "boolean"):
        some = ", ".join(quote(value, 20) for value, _ in label.values[:3]) + (", ..." if label.distinct > 3 else "")
        message = f"the label {quote(label.name)} holds words ({some}), which have to be mapped to integers"
        yield Found(message, label.filled, case.convert)
    elif not label.type.startswith(("int", "uint")):
        message = f"the label {quote(label.name)} holds numbers of type {label.type}, which have to be integers"
        yield Found(message, label.filled, case.convert)
    elif (label.minimum, label.maximum) != (0, label.distinct - 1):
        message = (
            f"the label {quote(label.name)} holds {label.distinct} classes numbered {label.minimum:g} to "
            f"{label.maximum:g}, which have to be mapped to 0 to {label.distinct - 1}"
        )
        yield Found(message, label.filled, case.convert)


@check(
    "LBL003",
    "warning",
    "Some classes have a single example",
    why="Losses that build triplets inside a batch need two examples of a class; a class with one is only ever "
    "somebody's negative, and a held-out split cannot be stratified.",
    mend="Merge or drop the rare classes, or collect more examples.",
)
def _rare_classes(case: Case) -> Iterator[Found]:
    label = case.reading.label
    if label is not None and case.reading.label_kind == "class" and case.rows == case.table.num_rows:
        values = case.profile.columns[label].values
        lonely = [value for value, count in values if count == 1]
        if lonely and len(lonely) < len(values):
            some = ", ".join(quote(value, 20) for value in lonely[:3])
            yield Found(f"{len(lonely)} of {len(values)} classes have one example only: {some}", len(lonely))


@check(
    "LBL004",
    "error",
    "Labels are missing",
    why="A missing label becomes NaN or fails when the batch is put together; with NaN every weight of the model is "
    "lost in one step.",
    mend="Convert the data: rows without a label are dropped and counted. Or fill the labels in.",
)
def _missing_labels(case: Case) -> Iterator[Found]:
    label = case.reading.label
    if label is None:
        return
    missing = case.profile.columns[label].missing
    if case.reading.label_kind == "class" and case.profile.columns[label].lengths is None:
        missing = class_ids(case.table[label], label, case.profile.columns[label].class_names)[0].null_count
    if missing:
        yield Found(f"{{rows}} rows have no label in {quote(label)}", missing, case.convert)


@check(
    "LBL005",
    "error",
    "All labels are the same",
    why="There is nothing to tell apart: the loss is minimal when the model gives every row the same answer.",
    mend="Add rows with other labels; for pairs that all belong together, drop the label and train on pairs.",
)
def _one_level(case: Case) -> Iterator[Found]:
    label = case.reading.label
    if label is not None and case.texts and case.reading.label_kind in ("class", "binary", "score", "grade"):
        profile = case.profile.columns[label]
        if profile.distinct == 1:
            yield Found(f"every row has the same label, {quote(profile.values[0][0], 20)}", profile.filled)


@check(
    "LBL006",
    "warning",
    "Yes and no are not written as 1 and 0",
    why="Losses on labeled pairs compute with the label: 1 for a positive, 0 for a negative. Words fail, and -1 "
    "turns the loss of a negative upside down.",
    mend="Convert the data: they become 1 and 0.",
)
def _yes_no(case: Case) -> Iterator[Found]:
    label = case.reading.label
    if label is not None and case.reading.label_kind == "binary" and case.reading.format == "labeled-pair":
        profile = case.profile.columns[label]
        words = [name.strip().lower() for name in profile.class_names]
        turned = len(words) == 2 and words[0] in YES and words[1] in NO
        if profile.nature in ("boolean", "category", "text") or (profile.minimum or 0) < 0:
            some = " and ".join(quote(value, 20) for value, _ in profile.values[:2])
            yield Found(f"labels are {some}; losses want 1 and 0", profile.filled, case.convert)
        elif turned:
            message = f"0 stands for {quote(words[0])} and 1 for {quote(words[1])}; losses want it the other way round"
            yield Found(message, profile.filled, case.convert)


@check(
    "LBL007",
    "warning",
    "Numbers are written as texts",
    why="A loss computes with the label; a text that looks like a number cannot become a tensor.",
    mend="Convert the data: they become numbers.",
)
def _numbers_as_texts(case: Case) -> Iterator[Found]:
    label = case.label
    if label is None or not case.texts or FORMATS[case.reading.format].label_kind == "class":
        return
    if "string" in label.type and label.minimum is not None:
        yield Found(f"the label {quote(label.name)} holds numbers as {label.type}", label.filled, case.convert)


@check(
    "LBL008",
    "error",
    "Documents and labels do not match",
    why="A list loss pairs each document with its label by position; where the lists differ in length, or hold "
    "nothing in some place, training stops when it gets to that row.",
    mend="Convert the data: these rows are dropped and counted.",
    scope="row",
)
def _unmatched_lists(case: Case) -> Iterator[Found]:
    if case.reading.format == "labeled-list" and case.reading.label is not None:
        documents, labels = case.table[case.texts[1]], case.table[case.reading.label]
        if rows := case.table.num_rows - count(matched(documents, labels)):
            yield Found(
                "in {rows} rows the documents and the labels do not match, or some are missing", rows, case.convert
            )


def numbers_of(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as floating point numbers."""
    return pc.cast(as_numbers(values), pa.float64(), safe=False)
