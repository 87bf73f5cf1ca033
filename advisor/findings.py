"""What can be wrong with training data: small checks with stable codes, each documented where it is defined.

A check looks at a `Case` and yields what it found. The registry is the documentation: title, why it hurts and how to
mend it stand beside the check, and the pages of the documentation are made from them.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings import Reading
from advisor.report import SEVERITIES, Finding, Severity
from advisor.sampling import blank, duplicates
from converters.errors import quote
from converters.formats import FORMATS, LABEL_NAMES
from converters.labels import NO, YES, as_numbers, class_ids, matched
from converters.scales import scale_of

#: Characters beyond which most encoder models cut a text off: about 512 tokens.
LONG = 2000


@dataclass(frozen=True)
class Case:
    """A dataset under examination.

    Attributes:
        dataset: its path or name; None for an object in memory.
        reading: how it was read.
        profile: the profile of the sample.
        table: the sample.
        rows: rows of the whole split.
        has_names: whether the data names its columns.
        known_ids: in a collection, for each column of ids the ids that exist.
    """

    dataset: str | None
    reading: Reading
    profile: TableProfile
    table: pa.Table
    rows: int
    has_names: bool = True
    known_ids: Mapping[str, pa.Array] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The text columns, in the order of the format."""
        return self.reading.columns(*dict.fromkeys(FORMATS[self.reading.format].roles))

    @property
    def plain_texts(self) -> list[str]:
        """The text columns that hold one text a row."""
        return [name for name in self.texts if self.profile.columns[name].lengths is None]

    @property
    def convert(self) -> str | None:
        """The command that brings the data into its format's canonical shape; None for a layout, which has none."""
        trainable = FORMATS[self.reading.format].trainable
        return convert_command(self.dataset, self.reading.format) if trainable else None

    @property
    def label(self) -> ColumnProfile | None:
        """The profile of the label column, where there is one."""
        return self.profile.columns[self.reading.label] if self.reading.label is not None else None


@dataclass(frozen=True)
class Check:
    """One kind of finding: its code, its documentation and the function that looks for it."""

    code: str
    severity: Severity
    title: str
    why: str
    mend: str
    look: Callable[[Case], Iterator[Finding]]


CHECKS: dict[str, Check] = {}

Look = Callable[[Case], Iterator[tuple[str, int | None, str | None]]]


def check(code: str, severity: Severity, title: str, *, why: str, mend: str) -> Callable[[Look], Look]:
    """Registers a check. The function yields (message, rows concerned, the fix) for each thing it finds."""

    def register(look: Look) -> Look:
        def findings(case: Case) -> Iterator[Finding]:
            for message, rows, fix in look(case):
                yield Finding(code, severity, message, rows, fix)

        CHECKS[code] = Check(code, severity, title, why, mend, findings)
        return look

    return register


def examine(case: Case) -> list[Finding]:
    """All findings, the gravest first."""
    found = [finding for each in CHECKS.values() for finding in each.look(case)]
    return sorted(found, key=lambda each: (-SEVERITIES.index(each.severity), each.code))


def convert_command(dataset: str | None, output_format: str) -> str:
    """How to convert a dataset: the command line, with an output name made from its own.

    Args:
        dataset: its path or name; None for an object in memory, which no command can reach.
        output_format: the format to convert to.
    """
    if dataset is None:
        return f'advisor.convert(dataset, output_format="{output_format}")'
    stem = dataset.rstrip("/").rsplit("/", 1)[-1].split(".")[0].split(":")[0] or "data"
    name = shlex.quote(dataset)
    return f"advisor convert {name} --output-format {output_format} -o {shlex.quote(f'{stem}-{output_format}.parquet')}"


# -- columns ---------------------------------------------------------------------------------------------------------


@check(
    "COL001",
    "info",
    "The columns have no names",
    why="The trainers find the label by the name of its column; without a header the first row would be taken for "
    "names, or the label for a text.",
    mend="Convert the data: the columns get the names of their format.",
)
def _unnamed(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if not case.has_names:
        yield "the data has no header: its columns are called column_1, column_2, ...", None, case.convert


@check(
    "COL002",
    "error",
    "The columns stand in another order than the trainers want",
    why="The trainers go by position, not by name: whatever column comes first is the anchor, the second the "
    "positive. In another order a model learns the wrong thing without a word.",
    mend="Convert the data, or reorder it with `dataset.select_columns([...])`.",
)
def _order(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    wanted = case.texts
    own = [name for name in case.table.column_names if name in wanted]
    if own != wanted and not case.reading.format.endswith("class"):
        shown = ", ".join(quote(name) for name in wanted)
        yield f"the text columns have to be reordered: {shown}", None, case.convert


@check(
    "COL003",
    "warning",
    "The label column has a name that the trainers do not know",
    why="The trainers take a column for the label only if it is named label, labels, score or scores; any other "
    "column is tokenized and trained on as text, or fails.",
    mend="Convert the data, or rename the column with `dataset.rename_column(name, 'label')`.",
)
def _label_name(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if label is not None and label not in LABEL_NAMES and case.has_names:
        wanted = FORMATS[case.reading.format].label_name or "label"
        yield f"the label column {quote(label)} has to be renamed to {quote(wanted)}", None, case.convert


@check(
    "COL004",
    "warning",
    "There are columns that no loss wants",
    why="The trainers feed every column that is not the label to the model as a text: an identifier becomes a "
    "further document of its row.",
    mend="Convert the data, or drop them with `dataset.remove_columns([...])`.",
)
def _extra(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    extra = case.reading.columns("id", "ignored")
    if extra and case.reading.format != "collection":
        shown = ", ".join(quote(name) for name in extra[:6]) + (" and more" if len(extra) > 6 else "")
        yield f"would be trained on as text unless dropped: {shown}", None, case.convert


# -- labels ----------------------------------------------------------------------------------------------------------


@check(
    "LBL001",
    "warning",
    "Scores are not between 0 and 1",
    why="Losses that compare a score with a cosine or a probability need it between 0 and 1. A score of 5 cannot be "
    "reached by a cosine, and binary cross-entropy with it goes to minus infinity.",
    mend="Convert the data: the scores are scaled from their range to 0..1.",
)
def _score_range(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.reading.label_kind == "score" and case.reading.label is not None:
        profile = case.profile.columns[case.reading.label]
        low, high = profile.minimum or 0.0, profile.maximum or 0.0
        if low < 0 or high > 1:
            scale = scale_of(low, high)
            numbers = _numbers(case.table[case.reading.label])
            outside = pc.or_(pc.less(numbers, 0), pc.greater(numbers, 1))
            message = (
                f"scores run from {low:g} to {high:g} and have to be between 0 and 1; "
                f"converting scales them from {scale[0]:g}..{scale[1]:g}"
            )
            yield message, _count(outside), case.convert


@check(
    "LBL002",
    "warning",
    "Classes are not ids that count from 0",
    why="A loss wants class ids 0, 1, 2, ... as integers. Words cannot become a tensor, and an id beyond the number of "
    "classes has no output to stand for it: training stops at the first step.",
    mend="Convert the data: classes are mapped to ids, in order, and their names are kept.",
)
def _class_ids(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.label
    if label is None or FORMATS[case.reading.format].label_kind != "class" or label.class_names:
        return
    if label.nature in ("category", "text", "boolean"):
        some = ", ".join(quote(value, 20) for value, _ in label.values[:3]) + (", ..." if label.distinct > 3 else "")
        message = f"the label {quote(label.name)} holds words ({some}), which have to be mapped to integers"
        yield message, label.filled, case.convert
    elif not label.type.startswith(("int", "uint")):
        message = f"the label {quote(label.name)} holds numbers of type {label.type}, which have to be integers"
        yield message, label.filled, case.convert
    elif (label.minimum, label.maximum) != (0, label.distinct - 1):
        message = (
            f"the label {quote(label.name)} holds {label.distinct} classes numbered {label.minimum:g} to "
            f"{label.maximum:g}, which have to be mapped to 0 to {label.distinct - 1}"
        )
        yield message, label.filled, case.convert


@check(
    "LBL003",
    "warning",
    "Some classes have a single example",
    why="Losses that build triplets inside a batch need two examples of a class; a class with one is only ever "
    "somebody's negative, and a held-out split cannot be stratified.",
    mend="Merge or drop the rare classes, or collect more examples.",
)
def _rare_classes(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if label is not None and case.reading.label_kind == "class" and case.rows == case.table.num_rows:
        values = case.profile.columns[label].values
        lonely = [value for value, count in values if count == 1]
        if lonely and len(lonely) < len(values):
            some = ", ".join(quote(value, 20) for value in lonely[:3])
            yield f"{len(lonely)} of {len(values)} classes have one example only: {some}", len(lonely), None


@check(
    "LBL004",
    "error",
    "Labels are missing",
    why="A missing label becomes NaN or fails when the batch is put together; with NaN every weight of the model is "
    "lost in one step.",
    mend="Convert the data: rows without a label are dropped and counted. Or fill the labels in.",
)
def _missing_labels(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if label is None:
        return
    missing = case.profile.columns[label].missing
    if case.reading.label_kind == "class" and case.profile.columns[label].lengths is None:
        missing = class_ids(case.table[label], label, case.profile.columns[label].class_names)[0].null_count
    if missing:
        yield f"{missing} rows have no label in {quote(label)}", missing, case.convert


@check(
    "LBL005",
    "error",
    "All labels are the same",
    why="There is nothing to tell apart: the loss is minimal when the model gives every row the same answer.",
    mend="Add rows with other labels; for pairs that all belong together, drop the label and train on pairs.",
)
def _one_level(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if label is not None and case.texts and case.reading.label_kind in ("class", "binary", "score", "grade"):
        profile = case.profile.columns[label]
        if profile.distinct == 1:
            yield f"every row has the same label, {quote(profile.values[0][0], 20)}", profile.filled, None


@check(
    "LBL006",
    "warning",
    "Yes and no are not written as 1 and 0",
    why="Losses on labeled pairs compute with the label: 1 for a positive, 0 for a negative. Words fail, and -1 "
    "turns the loss of a negative upside down.",
    mend="Convert the data: they become 1 and 0.",
)
def _yes_no(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if label is not None and case.reading.label_kind == "binary" and case.reading.format == "labeled-pair":
        profile = case.profile.columns[label]
        words = [name.strip().lower() for name in profile.class_names]
        turned = len(words) == 2 and words[0] in YES and words[1] in NO
        if profile.nature in ("boolean", "category", "text") or (profile.minimum or 0) < 0:
            some = " and ".join(quote(value, 20) for value, _ in profile.values[:2])
            yield f"labels are {some}; losses want 1 and 0", profile.filled, case.convert
        elif turned:
            message = f"0 stands for {quote(words[0])} and 1 for {quote(words[1])}; losses want it the other way round"
            yield message, profile.filled, case.convert


@check(
    "LBL007",
    "warning",
    "Numbers are written as texts",
    why="A loss computes with the label; a text that looks like a number cannot become a tensor.",
    mend="Convert the data: they become numbers.",
)
def _numbers_as_texts(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.label
    if label is None or not case.texts or FORMATS[case.reading.format].label_kind == "class":
        return
    if "string" in label.type and label.minimum is not None:
        yield f"the label {quote(label.name)} holds numbers as {label.type}", label.filled, case.convert


@check(
    "LBL008",
    "error",
    "Documents and labels do not match",
    why="A list loss pairs each document with its label by position; where the lists differ in length, or hold "
    "nothing in some place, training stops when it gets to that row.",
    mend="Convert the data: these rows are dropped and counted.",
)
def _unmatched_lists(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.reading.format == "labeled-list" and case.reading.label is not None:
        documents, labels = case.table[case.texts[1]], case.table[case.reading.label]
        if rows := case.table.num_rows - _count(matched(documents, labels)):
            yield f"in {rows} rows the documents and the labels do not match, or some are missing", rows, case.convert


# -- texts -----------------------------------------------------------------------------------------------------------


@check(
    "TXT001",
    "warning",
    "Texts are missing or empty",
    why="An empty text has an embedding too, the same for all of them: as a positive it teaches nothing, as a "
    "negative it is too easy.",
    mend="Convert the data: rows with an empty text are dropped and counted.",
)
def _empty_texts(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.plain_texts:
        empty = blank(_text(case, case.plain_texts[0]))
        for name in case.plain_texts[1:]:
            empty = pc.or_(empty, blank(_text(case, name)))
        if rows := _count(empty):
            yield f"{rows} rows have an empty text", rows, case.convert


@check(
    "TXT002",
    "info",
    "Some texts are longer than most models read",
    why="Most encoders read 256 or 512 tokens and cut the rest off without a word; what makes the document relevant "
    "may stand in the part that is never read.",
    mend="Split long documents into passages, or choose a model that reads longer texts.",
)
def _long_texts(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    for name in case.plain_texts:
        if case.profile.columns[name].longest > LONG:
            rows = _count(pc.greater(pc.utf8_length(_text(case, name)), LONG))
            yield f"{rows} texts in {quote(name)} have more than {LONG:,} characters (about 512 tokens)", rows, None


# -- rows ------------------------------------------------------------------------------------------------------------


@check(
    "ROW001",
    "warning",
    "Rows repeat",
    why="A repeated row counts twice in training, and one copy can land in the held-out part: the evaluation then "
    "measures memory.",
    mend="Drop the copies, for example with pandas' `drop_duplicates()`.",
)
def _repeated_rows(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    names = [*case.plain_texts, *filter(None, [case.reading.label])]
    flat = [name for name in names if case.profile.columns[name].lengths is None]
    complete = len(flat) == len(case.texts) + (case.reading.label is not None)
    if case.texts and complete and (rows := duplicates(case.table, flat)):
        yield f"{rows} rows repeat an earlier one", rows, None


@check(
    "ROW002",
    "warning",
    "The same texts have different labels",
    why="The model is asked for two answers to one question; it learns neither, and no model can reach a perfect "
    "score on such data.",
    mend="Decide which label is right; for scores, take their mean.",
)
def _contradictions(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    label = case.reading.label
    if (
        label is not None
        and case.texts
        and case.plain_texts == case.texts
        and case.profile.columns[label].lengths is None
    ):
        plain = case.table.select([*case.texts, label]).rename_columns([*map(str, range(len(case.texts))), "label"])
        groups = plain.group_by(plain.column_names[:-1]).aggregate([("label", "count_distinct")])
        if rows := _count(pc.greater(groups["label_count_distinct"], 1)):
            yield f"{rows} texts stand in several rows with different labels", rows, None


@check(
    "ROW003",
    "warning",
    "Anchor and positive are the same text",
    why="A text is always nearest to itself: such a pair is learned before training begins, and as a duplicate in a "
    "batch it is a false negative of others.",
    mend="Drop these rows.",
)
def _same_pair(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.reading.format in ("pair", "triplet", "n-tuple") and len(case.texts) > 1:
        rows = _count(pc.equal(_text(case, case.texts[0]), _text(case, case.texts[1])))
        if rows:
            yield f"in {rows} rows {quote(case.texts[0])} and {quote(case.texts[1])} are the same", rows, None


@check(
    "ROW004",
    "error",
    "A negative is the positive of its own row",
    why="The loss pulls and pushes the same text at once.",
    mend="Convert the data: these rows are dropped and counted. Or mine negatives anew: the miner never takes a known "
    "positive.",
)
def _same_negative(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.reading.format in ("triplet", "n-tuple"):
        positive, negatives = case.reading.columns("positive")[0], case.reading.columns("negative")
        for name in negatives:
            if rows := _count(pc.equal(_text(case, positive), _text(case, name))):
                yield f"in {rows} rows {quote(name)} is the same text as {quote(positive)}", rows, case.convert


@check(
    "ROW006",
    "warning",
    "A negative is a positive of the same anchor in another row",
    why="One row pulls together what another pushes apart: the model is told both, and learns neither.",
    mend="Drop the rows where it is the negative, or mine negatives anew: the miner never takes a known positive.",
)
def _positive_elsewhere(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if not (case.reading.columns("negative") and case.reading.columns("positive")):
        return
    anchors = case.reading.columns("anchor", "query")
    positive, negatives = case.reading.columns("positive")[0], case.reading.columns("negative")
    if not anchors or any(case.profile.columns[name].lengths is not None for name in (positive, *negatives)):
        return
    known = pa.table({"anchor": _text(case, anchors[0]), "text": _text(case, positive)}).group_by(["anchor", "text"])
    positives = known.aggregate([])
    for name in negatives:
        own = pa.table({"anchor": _text(case, anchors[0]), "text": _text(case, name), "own": _text(case, positive)})
        own = own.filter(pc.not_equal(own["text"], own["own"]))  # the row's own positive is another finding
        if rows := own.join(positives, ["anchor", "text"], join_type="left semi").num_rows:
            yield f"in {rows} rows {quote(name)} is a positive of the same anchor in another row", rows, None


@check(
    "ROW005",
    "info",
    "Anchors have several positives",
    why="With negatives from the batch, one positive of an anchor serves as a negative for the same anchor in another "
    "row, unless the batch sampler keeps repeated texts apart.",
    mend="Use the recommended batch sampler, `no_duplicates`.",
)
def _several_positives(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.reading.format == "pair":
        anchor = case.texts[0]
        if rows := duplicates(case.table, [anchor]):
            yield f"{rows} rows repeat an anchor of an earlier row", rows, None


@check(
    "SET001",
    "warning",
    "There are few rows",
    why="A held-out part of so few rows measures chance, and a handful of batches an epoch moves a model little.",
    mend="Collect more, or mine: several negatives a row make several rows.",
)
def _few_rows(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    if case.rows < 100:
        yield f"only {case.rows} rows: what is held out for evaluation will say little", case.rows, None


@check(
    "REF001",
    "warning",
    "Judgements name documents or queries that are not there",
    why="Such a judgement says nothing: there is no text to train on. Many of them mean that the corpus and the "
    "judgements belong to different versions of a collection.",
    mend="Converting leaves them out; check that corpus, queries and judgements belong together.",
)
def _dangling(case: Case) -> Iterator[tuple[str, int | None, str | None]]:
    for column, known in case.known_ids.items():
        if rows := _count(pc.invert(pc.is_in(case.table[column], value_set=known))):
            yield f"{rows} judgements have a {quote(column)} that is not there", rows, None


# -- small helpers of the checks ---------------------------------------------------------------------------------------


def _text(case: Case, name: str) -> pa.ChunkedArray:
    return pc.cast(case.table[name], pa.string())


def _numbers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(as_numbers(values), pa.float64(), safe=False)


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.fill_null(mask, False)).as_py() or 0)
