"""Brings rows into the canonical shape of their format: columns renamed and ordered, labels as losses want them."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.blank import blank
from converters.changes import ROW, kept
from converters.changes import Changes as Changes
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, Format
from converters.gathering import gathered
from converters.labels import matched
from converters.layouts import LAYOUTS
from converters.surveys import SURVEYED, Settled, Survey

#: What becomes of rows with a label that cannot be read: they stop everything, or are set aside.
OnError = Literal["stop", "skip"]

UNREADABLE = "a label that cannot be read"
INFINITE = "a label that is infinite, or larger than a number can be"


def canonicalise(
    table: pa.Table,
    format: str,
    roles: Mapping[str, str],
    *,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    score_range: tuple[float, float] | None = None,
    settled: Settled | None = None,
    on_error: OnError = "stop",
    first_row: int | None = 0,
    numbered: bool = False,
) -> tuple[pa.Table, Changes]:
    """The same rows in the canonical columns of their format or layout.

    Rows with an empty text or without a label are left out, and so are lists without a label for each document: they
    lack something. An n-tuple that lacks some of its negatives repeats those that it has. A label that is there and
    cannot be read is another matter, for perhaps it is the column that was misunderstood: `on_error` says what becomes
    of it. Binary labels become 0 and 1, classes become ids from 0 with their names in the schema's metadata (as
    `datasets.ClassLabel`), scores are scaled to 0..1.

    Args:
        table: the rows.
        format: the format they are in.
        roles: the role of each column that is used.
        class_names: names of class ids, by column, where the data carries them.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.
        settled: how labels are read, where the rows are a part of the data only; by default these rows decide.
        on_error: `stop` at a label that cannot be read, or `skip` such rows: they are left out and counted.
        first_row: how many rows of the data come before these, for the message; None where nobody knows.
        numbered: whether rows that are left out are to carry their numbers, from 1, in the column `ROW`.

    Raises:
        InputError: the roles do not make up the format, or a label is not of its kind.
    """
    spec = FORMATS[format]
    if format in LAYOUTS:
        put = Changes()
        table, roles = gathered(table, spec, roles, put)
        if numbered:
            table = _numbered(table, first_row or 0)
        shaped, changes = LAYOUTS[format](table, roles)
        changes.joined = put.joined
        return _without_numbers(shaped), changes
    table, label, changes = _usable(table, spec, roles, first_row, on_error, numbered)
    if label and spec.label_name:
        if settled is None:
            survey = Survey(spec.label_kind, label, (class_names or {}).get(label, ()), score_range)
            survey.add(table[spec.label_name])
            settled = survey.settle()
        table = _with_label(table, settled, spec, changes, on_error)
    return _without_numbers(table), changes


def _numbered(table: pa.Table, first_row: int) -> pa.Table:
    return table.append_column(ROW, pa.array(np.arange(first_row, first_row + table.num_rows) + 1))


def _without_numbers(table: pa.Table) -> pa.Table:
    return table.drop_columns([ROW]) if ROW in table.column_names else table


def surveyed(
    table: pa.Table,
    format: str,
    roles: Mapping[str, str],
    survey: Survey | None = None,
    *,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    score_range: tuple[float, float] | None = None,
) -> Survey | None:
    """Takes the labels of some rows into account, of those that will be used.

    Args:
        table, format, roles, class_names, score_range: as for `canonicalise`.
        survey: what other rows have shown.

    Returns:
        The survey; None where a label of the format does not depend on the others.

    Raises:
        InputError: the roles do not make up the format.
    """
    spec = FORMATS[format]
    if format in LAYOUTS or spec.label_kind not in SURVEYED or not spec.label_name:
        return None
    table, label, _ = _usable(table, spec, roles, None, "skip")
    if label is None:
        return None
    if survey is None:
        survey = Survey(spec.label_kind, label, (class_names or {}).get(label, ()), score_range)
    survey.add(table[spec.label_name])
    return survey


def _usable(
    table: pa.Table,
    spec: Format,
    roles: Mapping[str, str],
    first_row: int | None,
    on_error: OnError,
    numbered: bool = False,
) -> tuple[pa.Table, str | None, Changes]:
    """Rows that lack nothing, in the columns of their format, and the name that the label had."""
    changes = Changes()
    table, roles = gathered(table, spec, roles, changes)
    texts, label = arranged(spec, roles)
    used = [*texts, label] if label else texts
    _checked(table, used, spec, texts)
    names = spec.column_names(len(texts))
    changes.renamed = {old: new for old, new in zip(used, names, strict=True) if old != new}
    changes.dropped_columns = [name for name in table.column_names if name not in used]
    table = table.select(used)
    if numbered or (label and first_row is not None):
        table = _numbered(table, first_row or 0)
        names = [*names, ROW]
    if "negative" in spec.roles and spec.repeats and label is None:
        table = _refilled(table, texts[2:], changes)
    table = _without_empty(table, texts, label, changes, on_error).rename_columns(names)
    for name in names[: len(texts)]:
        if not pa.types.is_nested(table.schema.field(name).type):
            table = _replaced(table, name, pc.cast(table[name], pa.string()))
    if "negative" in spec.roles:
        table = _without_contradictions(table, names[: len(texts)], changes)
    return table, label, changes


def arranged(spec: Format, roles: Mapping[str, str]) -> tuple[list[str], str | None]:
    """The text columns in the format's order, and the label column.

    Roles may be given in the words of a neighbouring format: a query for an anchor, a document for a positive.

    Raises:
        InputError: a role that the format needs is missing or given too often.
    """
    texts: list[str] = []
    for slot, wanted in enumerate(dict.fromkeys(spec.roles)):
        found = [name for name, role in roles.items() if _same(role, wanted)]
        needed = spec.roles.count(wanted)
        many = (spec.repeats or spec.label_kind == "embedding") and slot == len(spec.roles) - 1
        if len(found) != needed and not (many and len(found) > needed):
            raise InputError(
                f"format {spec.name} wants {needed}{' or more' if many else ''} column(s) with the role {wanted}, "
                f"but the columns give {len(found)}: say what the columns are with NAME=ROLE"
            )
        texts += found
    labels = [name for name, role in roles.items() if role == "label"]
    if spec.label_name and len(labels) != 1:
        raise InputError(f"format {spec.name} wants one label column, but the columns give {len(labels)}")
    return texts, labels[0] if labels and spec.label_name else None


_SAME = ({"anchor", "query", "sentence_a"}, {"positive", "document", "sentence_b"})


def _same(role: str, wanted: str) -> bool:
    return role == wanted or any(role in words and wanted in words for words in _SAME)


def _checked(table: pa.Table, used: list[str], spec: Format, texts: list[str]) -> None:
    """Makes sure that the columns are there and that texts can be texts."""
    for name in used:
        if name not in table.column_names:
            raise InputError(f"there is no column {quote(name)}: {nearest(name, table.column_names)}")
        if table.column_names.count(name) > 1:
            raise InputError(f"there are several columns called {quote(name)}: rename them")
    for name, role in zip(texts, [*spec.roles, *spec.roles[-1:] * len(texts)], strict=False):
        kind = table.schema.field(name).type
        if role == "documents":
            if not (pa.types.is_list(kind) and pa.types.is_string(kind.value_type)):
                raise InputError(f"column {quote(name)} holds {kind}, not lists of texts")
        elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_temporal(kind):
            raise InputError(f"column {quote(name)} holds {kind}, not texts: it cannot be {quote(role)}")


def _without_contradictions(table: pa.Table, texts: list[str], changes: Changes) -> pa.Table:
    """Rows whose negatives are all other texts than the positive."""
    positive, *negatives = (pc.utf8_trim_whitespace(table[name]) for name in texts[1:])
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for negative in negatives:
        keep = pc.and_(keep, pc.not_equal(negative, positive))
    return kept(table, keep, "a negative is the positive", changes)


def _refilled(table: pa.Table, negatives: list[str], changes: Changes) -> pa.Table:
    """Rows with the next negative that there is in the place of one that is empty."""
    there = [pc.cast(table[name], pa.string()) for name in negatives]
    empty = [blank(text) for text in there]
    if not any(pc.any(each, min_count=0).as_py() for each in empty):
        return table
    there = [pc.if_else(each, None, text) for each, text in zip(empty, there, strict=True)]
    some = there[0]
    lacking = pc.is_null(some)
    for each in there[1:]:
        some, lacking = pc.coalesce(some, each), pc.or_(lacking, pc.is_null(each))
    refilled = int(pc.sum(pc.and_(lacking, pc.is_valid(some))).as_py() or 0)
    if not refilled:
        return table
    changes.refilled += refilled
    for place, name in enumerate(negatives):
        table = _replaced(table, name, pc.coalesce(*there[place:], *there[:place]))
    return table


def _without_empty(
    table: pa.Table, texts: list[str], label: str | None, changes: Changes, on_error: OnError
) -> pa.Table:
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for name in texts:
        if not pa.types.is_nested(table.schema.field(name).type):
            keep = pc.and_(keep, pc.invert(blank(pc.cast(table[name], pa.string()))))
    table = kept(table, keep, "empty text", changes)
    lists = [name for name in texts if pa.types.is_nested(table.schema.field(name).type)]
    if label is None:
        return table
    values = table[label]
    labeled = pc.is_valid(values)
    if pa.types.is_floating(values.type):
        labeled = pc.invert(pc.is_null(values, nan_is_null=True))
    elif pa.types.is_string(values.type):
        labeled = pc.invert(blank(values))
    table = kept(table, labeled, "no label", changes)
    if pa.types.is_floating(values.type):
        table = kept(table, pc.is_finite(table[label]), INFINITE, changes)
    if lists:
        table = _read(table, label, Settled("labels", label), changes, on_error)
    for name in lists:
        table = kept(
            table, matched(table[name], table[label]), "documents and labels do not match, or some are missing", changes
        )
    return table


def _with_label(table: pa.Table, settled: Settled, spec: Format, changes: Changes, on_error: OnError) -> pa.Table:
    """The same rows with their label as losses want it."""
    name = str(spec.label_name)
    table = _read(table, name, settled, changes, on_error)
    if spec.label_kind in SURVEYED:
        table = kept(table, pc.is_valid(table[name]), "no label", changes)
    if spec.label_kind == "score":
        changes.scaled_from = settled.scale if settled.scale != (0.0, 1.0) else None
    if spec.label_kind == "class":
        changes.class_names = settled.class_names
        return _named_classes(table, name, changes.class_names)
    return table


def _read(table: pa.Table, name: str, settled: Settled, changes: Changes, on_error: OnError) -> pa.Table:
    """The rows with their label read; those of which it cannot be read stop everything, or are set aside.

    Raises:
        InputError: a label cannot be read; the message says which, and in which row.
    """
    read = settled.read(table[name])
    replaced = _replaced(table, name, read.values)
    if read.bad is None or not pc.any(read.bad).as_py():
        return replaced
    if on_error == "stop":
        place = pc.index(read.bad, True).as_py()
        row = f" in row {table[ROW][place].as_py():,}" if ROW in table.column_names else ""
        raise InputError(
            f"column {quote(settled.label)} holds {quote(table[name][place].as_py(), 40)}{row}, {read.why}; "
            "--on-error skip sets such rows aside"
        )
    good = pc.invert(read.bad)
    kept(table, good, UNREADABLE, changes)  # aside go the labels that could not be read, and not what became of them
    return replaced.filter(good)


def _replaced(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _named_classes(table: pa.Table, label: str, names: tuple[str, ...]) -> pa.Table:
    """Writes the names of the classes where `datasets` looks for them: in the schema's metadata."""
    features: dict[str, Any] = {
        name: {"dtype": "string", "_type": "Value"} for name in table.column_names if name != label
    }
    features[label] = {"names": list(names), "_type": "ClassLabel"}
    ordered = {name: features[name] for name in table.column_names}
    return table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": ordered}})})
