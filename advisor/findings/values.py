"""The labels of a case as numbers, for checks to compute with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.commands import Said
from advisor.findings.registry import Case
from advisor.readings import read
from converters.alike import Numbers, is_list
from converters.errors import InputError
from converters.formats import FORMATS
from converters.labels import as_numbers, binary, class_ids, number_lists, numbers
from converters.vectors import Unfit, unfit
from converters.yes_no import yes_and_no


@dataclass(frozen=True)
class Lists:
    """The labels of lists of documents.

    Attributes:
        highest: the highest label of each list; NaN where a list is empty or holds something that is no number.
        lowest: the lowest.
        graded: whether labels say that a document is relevant (above 0) or is not, and are no scores of a teacher.
        has_positives: whether any label says that a document is relevant.
    """

    highest: np.ndarray
    lowest: np.ndarray
    graded: bool
    has_positives: bool


def whole_sample(case: Case) -> bool:
    """Whether the sample holds every row."""
    return bool(case.rows == case.table.num_rows)


def counted(case: Case) -> Mapping[str, int] | None:
    """How many rows of the whole data have each label, as text; None where only the sample is known, or too many."""
    label = case.label
    if label is None or not label.rows == case.rows > case.table.num_rows or len(label.values) != label.distinct:
        return None
    numbers: dict[str, int] = {}
    for value, number in label.values:
        word = str(value).strip().lower()
        numbers[word] = numbers.get(word, 0) + number
    return numbers


def counted_sides(case: Case) -> tuple[int, int] | None:
    """How many rows of the whole data say no and yes; None where that is not known."""
    numbers = counted(case)
    if numbers is None or case.label is None or case.label.class_names:
        return None
    sides = yes_and_no(numbers)
    return None if sides is None else (sum(numbers[word] for word in sides[1]), sum(numbers[word] for word in sides[0]))


def label_numbers(case: Case, kind: str | None = None) -> np.ndarray | None:
    """The label as floating point numbers, NaN where there is none; None where it is no number, or of another kind."""
    name = case.reading.label
    if name is None or kind not in (None, case.reading.label_kind) or pa.types.is_nested(case.table[name].type):
        return None
    try:
        return _array(numbers(case.table[name], name))
    except (InputError, pa.ArrowException):
        return None


def yes_no(case: Case) -> Numbers | None:
    """1 for a pair that belongs together, 0 for one that does not, -1 for no answer; None where it cannot be told."""
    label = case.label
    if label is None or pa.types.is_nested(case.table[label.name].type):
        return None
    values = as_numbers(case.table[label.name])
    known = pc.is_valid(values)
    if pa.types.is_floating(values.type):
        known = pc.is_finite(values)
    elif pa.types.is_string(values.type):
        known = pc.not_equal(pc.utf8_trim_whitespace(values), "")
    known = pc.fill_null(known, False)
    found = np.full(len(values), -1)
    try:
        judged = binary(values.filter(known), label.name, label.class_names)
    except (InputError, pa.ArrowException):
        return None
    found[np.asarray(known)] = np.asarray(pc.fill_null(judged, -1))
    return found


def classes(case: Case) -> tuple[Numbers, tuple[str, ...]] | None:
    """The class of each row, -1 where it has none, and the names of the classes; None where labels are no classes."""
    label = case.label
    if label is None:
        return None
    try:
        ids, names = class_ids(case.table[label.name], label.name, label.class_names)
    except (InputError, pa.ArrowException):
        return None
    return np.asarray(pc.fill_null(ids, -1), dtype=np.int64), names


def label_lists(case: Case) -> Lists | None:
    """What the labels of lists of documents are; None where there are no such lists."""
    name = case.reading.label
    if case.reading.format != "labeled-list" or name is None or not is_list(case.table[name].type):
        return None
    try:
        lists = number_lists(case.table[name], name)
    except (InputError, pa.ArrowException):
        return None
    flat = _array(pc.cast(pc.list_flatten(lists), pa.float64(), safe=False))
    lengths = _array(pc.fill_null(pc.list_value_length(lists), 0)).astype(np.int64)
    highest, lowest = np.full(len(lengths), np.nan), np.full(len(lengths), np.nan)
    if len(flat):
        starts = (np.cumsum(lengths) - lengths)[lengths > 0]
        highest[lengths > 0] = np.maximum.reduceat(flat, starts)  # NaN wherever there is one
        lowest[lengths > 0] = np.minimum.reduceat(flat, starts)
    finite = flat[np.isfinite(flat)]
    whole = bool((finite == np.floor(finite)).all())
    graded = whole or bool((finite >= 0).all())
    return Lists(highest, lowest, graded, bool((finite > 0).any()))


def unfit_vectors(case: Case) -> Unfit | None:
    """Which rows have a list of numbers that cannot be learned from; None where the label is no such list."""
    name, kind = case.reading.label, FORMATS[case.reading.format].label_kind
    if name is None or kind not in ("embedding", "scores", "margins") or case.reading.format == "grouped":
        return None
    try:
        return unfit(number_lists(case.table[name], name), zeros=kind == "embedding")
    except (InputError, pa.ArrowException):
        return None


def understood(case: Case, columns: Mapping[str, str], format: str | None = None) -> Said | None:
    """How to say that the data is to be read in another way; None where it cannot be read so.

    Args:
        case: the data.
        columns: other roles for some columns.
        format: another format; by default whatever is detected then.
    """
    said = replace(case.said, format=format, columns={**case.said.columns, **columns})
    try:
        read(case.profile, format=said.format, columns=said.columns)
    except InputError:
        return None
    return said


def _array(values: pa.ChunkedArray) -> np.ndarray:
    """Numbers, NaN for nulls."""
    return np.asarray(pc.fill_null(pc.cast(values, pa.float64(), safe=False), np.nan))
