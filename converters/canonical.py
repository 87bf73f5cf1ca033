"""Brings rows into the canonical shape of their format: columns renamed and ordered, labels as losses want them."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.changes import Changes as Changes
from converters.changes import kept
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, Format
from converters.gathering import gathered
from converters.labels import binary, class_ids, grades, matched, number_lists, numbers, unit_scores
from converters.layouts import LAYOUTS


def canonicalise(
    table: pa.Table,
    format: str,
    roles: Mapping[str, str],
    *,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    score_range: tuple[float, float] | None = None,
) -> tuple[pa.Table, Changes]:
    """The same rows in the canonical columns of their format or layout.

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
    put = Changes()
    table, roles = gathered(table, spec, roles, put)
    if format in LAYOUTS:
        shaped, changes = LAYOUTS[format](table, roles)
        changes.joined = put.joined
        return shaped, changes
    texts, label = arranged(spec, roles)
    changes = put
    used = [*texts, label] if label else texts
    _checked(table, used, spec, texts)
    names = spec.column_names(len(texts))
    changes.renamed = {old: new for old, new in zip(used, names, strict=True) if old != new}
    changes.dropped_columns = [name for name in table.column_names if name not in used]
    table = _without_empty(table.select(used), texts, label, changes).rename_columns(names)
    for name in names[: len(texts)]:
        if not pa.types.is_nested(table.schema.field(name).type):
            table = _replaced(table, name, pc.cast(table[name], pa.string()))
    if "negative" in spec.roles:
        table = _without_contradictions(table, names[: len(texts)], changes)
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
    positive = pc.utf8_trim_whitespace(table[texts[1]])
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for name in texts[2:]:
        keep = pc.and_(keep, pc.not_equal(pc.utf8_trim_whitespace(table[name]), positive))
    return kept(table, keep, "a negative is the positive", changes)


def _without_empty(table: pa.Table, texts: list[str], label: str | None, changes: Changes) -> pa.Table:
    keep = pa.chunked_array([pa.repeat(pa.scalar(True), table.num_rows)])
    for name in texts:
        if not pa.types.is_nested(table.schema.field(name).type):
            text = pc.utf8_trim_whitespace(pc.cast(table[name], pa.string()))
            keep = pc.and_(keep, pc.fill_null(pc.not_equal(text, ""), False))
    table = kept(table, keep, "empty text", changes)
    lists = [name for name in texts if pa.types.is_nested(table.schema.field(name).type)]
    if label is None:
        return table
    values = table[label]
    labeled = pc.is_valid(values)
    if pa.types.is_floating(values.type):
        labeled = pc.fill_null(pc.is_finite(values), False)
    elif pa.types.is_string(values.type):
        labeled = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False)
    table = kept(table, labeled, "no label", changes)
    for name in lists:
        table = kept(
            table, matched(table[name], number_lists(table[label], label)), "documents and labels do not match", changes
        )
    return table


def _with_label(
    table: pa.Table,
    spec: Format,
    label: str,
    own_names: tuple[str, ...],
    score_range: tuple[float, float] | None,
    changes: Changes,
) -> pa.Table:
    """The same rows with their label as losses want it."""
    name = str(spec.label_name)
    values = table[name]
    if spec.label_kind == "class":
        ids, changes.class_names = class_ids(values, label, own_names)
        table = kept(_replaced(table, name, ids), pc.is_valid(ids), "no label", changes)
        return _named_classes(table, name, changes.class_names)
    if spec.label_kind == "binary":
        judged = binary(values, label, own_names)
        return kept(_replaced(table, name, judged), pc.is_valid(judged), "no label", changes)
    if spec.label_kind == "score":
        scores, scale = unit_scores(values, label, score_range)
        changes.scaled_from = scale if scale != (0.0, 1.0) else None
        return kept(_replaced(table, name, scores), pc.is_valid(scores), "no label", changes)
    if spec.label_kind in ("margin", "grade"):
        found = (grades if spec.label_kind == "grade" else numbers)(values, label)
        return kept(_replaced(table, name, found), pc.is_valid(found), "no label", changes)
    return _replaced(table, name, number_lists(values, label))


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
