"""One column for each part of a format, where the data spreads it over several or hides it in records.

A title and its text become one text; a score for each document in a column of its own become a list of scores; labels
that stand in the records of the documents become a list beside the texts.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.changes import Changes
from converters.errors import InputError, quote
from converters.formats import Format
from converters.layouts import lists_of_texts, texts_of

#: Roles whose texts are joined where several columns have them: titles stand before texts.
_JOINED = ("text", "document", "positive", "sentence_a", "sentence_b", "query", "anchor")

#: Fields of records that hold a label, the most telling first.
_LABEL_FIELDS = (
    *("label", "labels", "relevance", "grade", "is_selected", "selected", "is_relevant", "relevant", "accepted"),
    *("is_accepted", "correct", "is_correct", "score", "rel", "rating"),
)

#: Those of them that say which records are right, wherever they stand.
JUDGING = frozenset(("is_selected", "selected", "is_relevant", "relevant", "accepted", "is_accepted", "is_correct"))

#: The column of empty lists for groups that have positives only.
_NO_NEGATIVES = "(no negatives)"


def gathered(
    table: pa.Table, spec: Format, roles: Mapping[str, str], changes: Changes
) -> tuple[pa.Table, dict[str, str]]:
    """The table with one column for each part of the format, and the roles of its columns.

    Args:
        table: the rows.
        spec: the format.
        roles: the role of each column that is used.
        changes: told what was put together.

    Raises:
        InputError: records hold no label, or no text.
    """
    said = {name: role for name, role in roles.items() if name in table.column_names}
    absent = {name: role for name, role in roles.items() if name not in said}
    spread = sum(role in _JOINED or role == "negative" for role in said.values()) > len(spec.roles)
    if spread and not spec.repeats and spec.label_kind != "embedding":
        for role in _JOINED:
            names = [name for name, own in said.items() if own == role]
            if len(names) > 1 and spec.roles.count(role) < 2 and all(map(_is_text, (table[each] for each in names))):
                table, said = _joined(table, names, said, changes)
    if spec.name == "grouped" and "negative" not in roles.values():
        table = table.append_column(_NO_NEGATIVES, _empty_lists(table.num_rows))
        said[_NO_NEGATIVES] = "negative"
    negatives = [name for name, role in said.items() if role == "negative"]
    if spec.name == "grouped" and len(negatives) > 1:
        changes.joined[negatives[0]] = negatives
        table, said = _with(table, negatives, negatives[0], lists_of_texts(table, negatives), said)
    labels = [name for name, role in said.items() if role == "label"]
    if len(labels) > 1 and spec.label_kind == "scores":
        table, said = _listed(table, labels, said, changes)
    if spec.label_kind == "labels" and not labels:
        documents = [name for name, role in said.items() if role == "documents"]
        if len(documents) == 1 and _holds_records(table[documents[0]].type):
            table, said = _taken_apart(table, documents[0], said, changes)
    return table, {**absent, **said}


def _empty_lists(rows: int) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.zeros(rows + 1, dtype=np.int32)), pa.array([], pa.string()))


def _is_text(values: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(values.type))


def _joined(
    table: pa.Table, names: list[str], roles: dict[str, str], changes: Changes
) -> tuple[pa.Table, dict[str, str]]:
    """The texts of several columns in one, one after the other; what is empty is left out."""
    parts = [pc.utf8_trim_whitespace(pc.fill_null(table[name], "")) for name in names]
    text = parts[0]
    for part in parts[1:]:
        both = pc.and_(pc.not_equal(text, ""), pc.not_equal(part, ""))
        text = pc.binary_join_element_wise(text, part, pc.if_else(both, "\n", ""))
    changes.joined[names[-1]] = names
    return _with(table, names, names[-1], text, roles)


def _listed(
    table: pa.Table, names: list[str], roles: dict[str, str], changes: Changes
) -> tuple[pa.Table, dict[str, str]]:
    """A list of the numbers of several columns: those of positives before those of negatives."""
    ordered = sorted(names, key=lambda name: "neg" in name.lower())
    columns = [pc.cast(table[name].combine_chunks(), pa.float64(), safe=False) for name in ordered]
    rows, count = table.num_rows, len(columns)
    whole = pa.concat_arrays(columns)
    order = pa.array(np.arange(rows * count).reshape(count, rows).T.ravel())
    offsets = pa.array(np.arange(0, rows * count + 1, count, dtype=np.int32))
    changes.joined[ordered[0]] = ordered
    return _with(table, ordered, ordered[0], pa.ListArray.from_arrays(offsets, whole.take(order)), roles)


def _holds_records(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _taken_apart(
    table: pa.Table, name: str, roles: dict[str, str], changes: Changes
) -> tuple[pa.Table, dict[str, str]]:
    """Records with a text and a label as a list of texts and a list of labels."""
    lists = table[name].combine_chunks()
    kind = lists.type.value_type
    numbers = [field.name for field in kind if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)]
    flags = [field.name for field in kind if pa.types.is_boolean(field.type)]
    known = [field for field in _LABEL_FIELDS if field in (*numbers, *flags)]
    field = known[0] if known else (numbers + flags)[0] if len(numbers + flags) == 1 else None
    if field is None:
        raise InputError(
            f"column {quote(name)} holds records, and none of their fields is named like a label: "
            "rename the one that is to label"
        )
    records = pc.list_flatten(lists)
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    offsets = pc.cast(
        pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(pc.cast(lengths, pa.int64()))]), pa.int32()
    )
    texts = pa.ListArray.from_arrays(offsets, texts_of(records, name))
    labels = pa.ListArray.from_arrays(offsets, pc.cast(pc.struct_field(records, [field]), pa.float64(), safe=False))
    label = f"{name}.{field}"
    changes.joined[label] = [name]
    apart = table.set_column(table.column_names.index(name), name, texts).append_column(label, labels)
    return apart, {**roles, label: "label"}


def _with(
    table: pa.Table, names: list[str], kept: str, values: pa.Array | pa.ChunkedArray, roles: dict[str, str]
) -> tuple[pa.Table, dict[str, str]]:
    """The table with one column in the place of several."""
    place = table.column_names.index(kept)
    table = table.set_column(place, kept, values)
    gone = [name for name in names if name != kept]
    return table.drop_columns(gone), {name: role for name, role in roles.items() if name not in gone}
