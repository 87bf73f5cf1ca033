"""What can be wrong with columns: names, order, and columns that do not belong."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from advisor.commands import inspect_command
from advisor.findings.registry import Case, Found, check
from advisor.findings.values import understood
from advisor.profiles import ColumnProfile, profile_column
from advisor.vocabulary import hint_of
from converters.errors import quote
from converters.formats import FORMATS, LABEL_NAMES

#: How many columns a message names.
NAMED = 6

#: What a label can look like.
_LABELS = ("boolean", "integer", "number", "category", "numbers")


@check(
    "COL001",
    "info",
    "The columns have no names",
    why="The trainers find the label by the name of its column; without a header the first row would be taken for "
    "names, or the label for a text.",
    mend="Convert the data: the columns get the names of their format.",
)
def _unnamed(case: Case) -> Iterator[Found]:
    if not case.has_names:
        yield Found("the data has no header: its columns are called column_1, column_2, ...", None, case.convert)


@check(
    "COL002",
    "error",
    "The columns stand in another order than the trainers want",
    why="The trainers go by position, not by name: whatever column comes first is the anchor, the second the "
    "positive. In another order a model learns the wrong thing without a word.",
    mend="Convert the data, or reorder it with `dataset.select_columns([...])`.",
)
def _order(case: Case) -> Iterator[Found]:
    wanted = case.texts if case.trainable else []
    own = [name for name in case.table.column_names if name in wanted]
    if wanted and own != wanted and not case.reading.format.endswith("class"):
        shown = ", ".join(quote(name) for name in wanted)
        yield Found(f"the text columns have to be reordered: {shown}", None, case.convert)


@check(
    "COL003",
    "warning",
    "The label column has a name that the trainers do not know",
    why="The trainers take a column for the label only if it is named label, labels, score or scores; any other "
    "column is tokenized and trained on as text, or fails.",
    mend="Convert the data, or rename the column with `dataset.rename_column(name, 'label')`.",
)
def _label_name(case: Case) -> Iterator[Found]:
    label = case.reading.label
    spec = FORMATS[case.reading.format]
    if label is not None and label not in LABEL_NAMES and case.has_names and spec.trainable:
        wanted = spec.label_name or "label"
        yield Found(f"the label column {quote(label)} has to be renamed to {quote(wanted)}", None, case.convert)


@check(
    "COL004",
    "warning",
    "There are columns that no loss wants",
    why="The trainers feed every column that is not the label to the model as a text: an identifier becomes a "
    "further document of its row.",
    mend="Convert the data, or drop them with `dataset.remove_columns([...])`.",
)
def _extra(case: Case) -> Iterator[Found]:
    extra = case.reading.columns("id", "ignored")
    if extra and case.reading.format != "collection":
        yield Found(f"would be trained on as text unless dropped: {_named(extra)}", None, case.convert)


@check(
    "COL009",
    "warning",
    "A column of bytes holds texts",
    why="Some programs write texts as bytes, of which nobody says that they are text. They are not read as texts: the "
    "column is left out, and without it the data may be taken for something else.",
    mend="Write the column as texts: in pyarrow `column.cast('string')`, in pandas `column.str.decode('utf-8')`.",
)
def _bytes(case: Case) -> Iterator[Found]:
    binary = [each for each in case.reading.columns("ignored") if pa.types.is_binary(case.table[each].type)]
    if names := [each for each in binary if _are_texts(case.table[each])]:
        what = "is a column" if len(names) == 1 else "are columns"
        yield Found(f"{_named(names)} {what} of bytes that are texts in UTF-8, and left out: write texts")


def _are_texts(values: pa.ChunkedArray) -> bool:
    try:
        texts = pc.cast(values, pa.string())
    except pa.ArrowInvalid:  # no UTF-8
        return False
    return profile_column("", texts).nature in ("text", "category")


@check(
    "COL005",
    "info",
    "Several columns could be the label",
    why="A trainer takes one label column; what the others say is left out. For data with several labels the choice "
    "decides what the model learns.",
    mend="Choose another one with `--column NAME=label`.",
)
def _several_labels(case: Case) -> Iterator[Found]:
    if case.reading.label is None or not case.trainable:
        return
    others = [name for name in case.reading.columns("ignored") if _could_be_label(case.profile.columns[name])]
    ways = {name: said for name in others if (said := understood(case, {name: "label"}))}
    if ways:
        message = f"{quote(case.reading.label)} is taken for the label; so could be {_named(list(ways))}"
        yield Found(message, None, inspect_command(case.dataset, next(iter(ways.values()))))


def _could_be_label(column: ColumnProfile) -> bool:
    hint = hint_of(column.name).role
    return hint == "label" and column.nature in _LABELS and column.distinct > 1


@check(
    "COL007",
    "error",
    "The rows do not get into the shape of their format",
    why="What was recognised cannot be brought into columns that a trainer takes, so that neither converting nor a "
    "script gets further.",
    mend="Do what the message says, or overrule how the data is read with `--format` and `--column`.",
)
def _shapeless(case: Case) -> Iterator[Found]:
    yield from ()  # found where the sample is brought into shape, in `advisor.inspection`


@check(
    "COL006",
    "info",
    "A column says nothing",
    why="A column that is empty, or holds the same value in every row, teaches nothing. As a text it makes all rows "
    "alike; among the other columns it is only in the way.",
    mend="Convert the data, or drop it with `dataset.remove_columns([...])`. Where it should have held something, look "
    "at where the data comes from.",
)
def _constant(case: Case) -> Iterator[Found]:
    if case.table.num_rows < 2:
        return
    every = [each for each in case.profile.columns.values() if each.name != case.reading.label]
    empty = [each.name for each in every if each.nature == "empty"]
    constant = [each.name for each in every if each.nature not in ("empty", "nested") and _never_changes(each)]
    if empty:
        yield Found(f"holds no value at all: {_named(empty)}", None, _without(case, empty))
    if constant:
        yield Found(f"holds the same value in every row: {_named(constant)}", None, _without(case, constant))


def _never_changes(column: ColumnProfile) -> bool:
    if column.lengths is not None:
        return column.distinct == 1 and column.lengths[0] == column.lengths[1]
    return column.distinct == 1 and not column.missing


def _without(case: Case, names: list[str]) -> str | None:
    """The command that drops columns, where none of them is needed."""
    return case.convert if all(case.reading.roles[name] in ("id", "ignored") for name in names) else None


def _named(names: list[str]) -> str:
    return ", ".join(quote(name) for name in names[:NAMED]) + (" and more" if len(names) > NAMED else "")


@check(
    "COL008",
    "info",
    "A text stands alone where other rows have a list, or a list among texts",
    why="Some rows hold one text where the others hold a list of texts, as where a program wrote lists of one element "
    "without their brackets. Each is read as a list of one. Where a few lists stand among many texts, a list of one "
    "text is read as that text, and any other as nothing, for nobody knows which of its texts was meant. What reads "
    "the file with one type for the column, as `datasets` does, refuses it either way.",
    mend="Nothing has to be done for a text among lists, nor for a list of one: converting writes all rows alike. A "
    "list of several texts among single ones is left out, unless you give each of its texts a row.",
)
def _lone_texts(case: Case) -> Iterator[Found]:
    for name, number in case.lone_texts.items():
        message = (
            f"{quote(name)} holds one text in {{rows}} of the rows, and lists in others: it is read as a list of one"
        )
        yield Found(message, number)
    for name, lists in case.lone_lists.items():
        first = "" if lists.first is None else f" (the first is row {lists.first:,})"
        read = "a list of one is read as that text" if not lists.several else "one of several texts is read as nothing"
        yield Found(f"{quote(name)} holds a list in {{rows}} rows{first}, and texts in all others: {read}", lists.rows)
