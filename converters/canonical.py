"""Brings rows into the canonical shape of their format: columns renamed and ordered, labels as losses want them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote
from converters.formats import FORMATS, Format
from converters.scales import scale_of

#: How people write that a pair belongs together, in lower case.
YES = ("1", "1.0", "true", "yes", "y", "t", "positive", "relevant")


@dataclass
class Changes:
    """What was done to the rows on the way, for the summary and the manifest.

    Attributes:
        renamed: new names by old ones, where they differ.
        dropped_columns: columns that no loss wants.
        dropped_rows: number of rows left out, by reason.
        scaled_from: the scale that scores were on, if they were scaled to 0..1.
        class_names: names of the classes, in the order of their ids.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    dropped_columns: list[str] = field(default_factory=list)
    dropped_rows: dict[str, int] = field(default_factory=dict)
    scaled_from: tuple[float, float] | None = None
    class_names: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what did not happen."""
        every = {
            "renamed": self.renamed,
            "dropped_columns": self.dropped_columns,
            "dropped_rows": self.dropped_rows,
            "scaled_from": list(self.scaled_from) if self.scaled_from else None,
            "class_names": list(self.class_names),
        }
        return {name: value for name, value in every.items() if value}


def canonicalise(
    table: pa.Table,
    format: str,
    roles: Mapping[str, str],
    *,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    score_range: tuple[float, float] | None = None,
) -> tuple[pa.Table, Changes]:
    """The same rows in the canonical columns of their format.

    Rows with an empty text or without a label are left out. Binary labels become 0 and 1, classes become ids from 0
    with their names in the schema's metadata (as `datasets.ClassLabel`), scores are scaled to 0..1.

    Args:
        table: the rows.
        format: the format they are in.
        roles: the role of each column that is used.
        class_names: names of class ids, by column, where the data carries them.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.

    Raises:
        InputError: the roles do not make up the format, or a label is not of its kind.
    """
    spec = FORMATS[format]
    texts, label = arranged(spec, roles)
    changes = Changes()
    used = [*texts, label] if label else texts
    names = spec.column_names(len(texts))
    changes.renamed = {old: new for old, new in zip(used, names, strict=True) if old != new}
    changes.dropped_columns = [name for name in table.column_names if name not in used]
    table = _without_empty(table.select(used), texts, label, changes).rename_columns(names)
    for name in names[: len(texts)]:
        if not pa.types.is_nested(table.schema.field(name).type):
            table = _replaced(table, name, pc.cast(table[name], pa.string()))
    if label and spec.label_name:
        own_names = (class_names or {}).get(label, ())
        table = _with_label(table, spec, label, own_names, score_range, changes)
    return table, changes


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
        many = spec.repeats and slot == len(spec.roles) - 1
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


def _without_empty(table: pa.Table, texts: list[str], label: str | None, changes: Changes) -> pa.Table:
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for name in texts:
        if pa.types.is_nested(table.schema.field(name).type):
            keep = pc.and_(keep, pc.fill_null(pc.greater(pc.list_value_length(table[name]), 0), False))
        else:
            text = pc.utf8_trim_whitespace(pc.cast(table[name], pa.string()))
            keep = pc.and_(keep, pc.fill_null(pc.not_equal(text, ""), False))
    empty = table.num_rows - _sum(keep)
    if label is not None:
        values = table[label]
        labeled = pc.is_valid(values)
        if pa.types.is_floating(values.type):
            labeled = pc.and_(labeled, pc.fill_null(pc.is_finite(values), False))
        elif pa.types.is_string(values.type):
            labeled = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False)
        keep = pc.and_(keep, labeled)
    unlabeled = table.num_rows - _sum(keep) - empty
    changes.dropped_rows = {
        reason: number for reason, number in (("empty text", empty), ("no label", unlabeled)) if number
    }
    return table.filter(keep) if changes.dropped_rows else table


def _with_label(
    table: pa.Table,
    spec: Format,
    label: str,
    own_names: tuple[str, ...],
    score_range: tuple[float, float] | None,
    changes: Changes,
) -> pa.Table:
    assert spec.label_name is not None
    values = _as_numbers(table[spec.label_name])
    if spec.label_kind == "class":
        ids, names, keep = _class_ids(values, own_names)
        if _sum(keep) != len(keep):
            changes.dropped_rows["no label"] = changes.dropped_rows.get("no label", 0) + len(keep) - _sum(keep)
            table, ids = table.filter(keep), ids.filter(keep)
        changes.class_names = names
        return _named_classes(_replaced(table, spec.label_name, ids), spec.label_name, names)
    if spec.label_kind == "binary":
        return _replaced(table, spec.label_name, _binary(values, label, own_names))
    if spec.label_kind == "score":
        if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
            raise InputError(f"column {quote(label)} holds something that is no number: it cannot be a score")
        scores = pc.cast(values, pa.float64())
        limits = pc.min_max(scores).as_py()
        if limits["min"] is None:
            return _replaced(table, spec.label_name, scores)
        low, high = score_range or scale_of(limits["min"], limits["max"])
        if not low < high:
            raise InputError(
                f"column {quote(label)}: a score range has to run from low to high, not {low:g} to {high:g}"
            )
        if limits["min"] < low or limits["max"] > high:
            raise InputError(
                f"column {quote(label)} holds scores from {limits['min']:g} to {limits['max']:g}, "
                f"outside the range {low:g} to {high:g}"
            )
        if (low, high) != (0.0, 1.0):
            changes.scaled_from = (low, high)
            scores = pc.divide(pc.subtract(scores, low), high - low)
        return _replaced(table, spec.label_name, scores)
    return table


def _class_ids(
    values: pa.ChunkedArray, own_names: tuple[str, ...]
) -> tuple[pa.ChunkedArray, tuple[str, ...], pa.ChunkedArray]:
    """Class ids from 0, their names, and which rows have a class at all (an id of -1 means none)."""
    if own_names:
        ids = pc.cast(values, pa.int64())
        return ids, own_names, pc.and_(pc.greater_equal(ids, 0), pc.less(ids, len(own_names)))
    if pa.types.is_floating(values.type) and _sum(pc.equal(values, pc.floor(values))) == len(values):
        values = pc.cast(values, pa.int64())
    if pa.types.is_string(values.type):
        values = pc.utf8_trim_whitespace(values)
    levels = pc.unique(values.combine_chunks())
    levels = levels.take(pc.array_sort_indices(levels))
    names = tuple(str(each) for each in levels.to_pylist())
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), len(values))])
    return pc.cast(pc.index_in(values, value_set=levels), pa.int64()), names, keep


def _binary(values: pa.ChunkedArray, label: str, own_names: tuple[str, ...]) -> pa.ChunkedArray:
    if pc.count_distinct(values).as_py() > 2:
        raise InputError(f"column {quote(label)} holds more than two values: it is no binary label")
    if own_names or not (pa.types.is_string(values.type)):
        numbers = pc.cast(values, pa.float64())
        return pc.cast(pc.greater(numbers, 0), pa.int64())
    return pc.cast(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), value_set=pa.array(YES)), pa.int64())


def _as_numbers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers that are written as strings, made into numbers; anything else as it is."""
    if pa.types.is_string(values.type):
        trimmed = pc.utf8_trim_whitespace(values)
        for kind in (pa.int64(), pa.float64()):
            try:
                return pc.cast(trimmed, kind)
            except pa.ArrowInvalid:
                continue
    return values


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


def _sum(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
