"""What can be wrong with columns: names, order, and columns that do not belong."""

from collections.abc import Iterator

from advisor.findings.registry import Case, Found, check
from converters.errors import quote
from converters.formats import FORMATS, LABEL_NAMES


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
    wanted = case.texts
    own = [name for name in case.table.column_names if name in wanted]
    if own != wanted and not case.reading.format.endswith("class"):
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
    if label is not None and label not in LABEL_NAMES and case.has_names:
        wanted = FORMATS[case.reading.format].label_name or "label"
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
        shown = ", ".join(quote(name) for name in extra[:6]) + (" and more" if len(extra) > 6 else "")
        yield Found(f"would be trained on as text unless dropped: {shown}", None, case.convert)
