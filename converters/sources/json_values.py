"""Values of JSON as Arrow columns, also where they are not all of one type.

Arrow's own parser is fast and refuses a column that holds a number here and a text there. What it refuses is done
here, in Python: the values get the narrowest type that they have in common, which for a number and a text is text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote
from converters.sources.plain import is_list, merge_fields, plain_type, unify

_REFUSALS = (pa.ArrowException, TypeError, OverflowError, ValueError)
_EXACT = 2**53

#: More fields than this, all in all, are values that someone made keys of; every row would be as wide as all of them.
_MOST_FIELDS = 2000


def fields_of(rows: Sequence[Mapping[str, Any]], where: str) -> dict[str, pa.DataType]:
    """Names and types of the columns that the rows have together; a type may be or hold null so far.

    Raises:
        InputError: a value is nothing that a column can hold, or a text is not Unicode.
    """
    fields: dict[str, pa.DataType] = {}
    names = dict.fromkeys(name for row in rows for name in row)
    _check_number(len(names), where)
    for name in names:
        values = [row.get(name) for row in rows]
        try:
            fields[name] = _column_type(values)
        except UnicodeEncodeError as error:
            raise _no_character(where, name) from error
        except TypeError as error:
            raise InputError(f"{where}: column {quote(name)} holds {error}") from error
    return fields


def check_width(kinds: Iterable[pa.DataType], where: str) -> None:
    """Refuses columns with too many fields, however deep.

    Raises:
        InputError: there are more of them than any training data has.
    """
    _check_number(sum(map(_count_fields, kinds)), where)


def _check_number(fields: int, where: str) -> None:
    if fields > _MOST_FIELDS:
        raise InputError(
            f"{where} has records of {fields:,} different keys, which seem to be values: "
            "give all records the same few keys"
        )


def _count_fields(kind: pa.DataType) -> int:
    if is_list(kind):
        return _count_fields(kind.value_type)
    return sum(_count_fields(field.type) for field in kind) if pa.types.is_struct(kind) else 1


def batch_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema, where: str) -> pa.RecordBatch:
    """The rows as columns of the given types; a value that a row lacks is null.

    Raises:
        InputError: a text is not Unicode.
    """
    columns = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        try:
            columns.append(_array(values, field.type))
        except UnicodeEncodeError as error:
            raise _no_character(where, field.name) from error
    if not columns:
        raise InputError(f"{where} has rows but no columns")
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _no_character(where: str, column: str) -> InputError:
    return InputError(
        f"{where}: column {quote(column)} holds half of a surrogate pair, which is no character: mend the text"
    )


def _column_type(values: list[Any]) -> pa.DataType:
    """The common type; Arrow's guess where that loses nothing."""
    kinds = {type(value) for value in values}
    if bool in kinds and len(kinds - {type(None)}) > 1:
        return _common_type(values)
    try:
        array = pa.array(values)
    except UnicodeEncodeError:
        raise
    except _REFUSALS:
        return _common_type(values)
    if _holds_uint64(array.type) or (int in kinds and float in kinds and not _is_exact(values)):
        return _common_type(values)
    return array.type if _has_null(array.type) else plain_type(array.type)


def _is_exact(values: Iterable[Any]) -> bool:
    return all(abs(value) <= _EXACT for value in values if isinstance(value, int))


def _has_null(kind: pa.DataType) -> bool:
    if is_list(kind):
        return _has_null(kind.value_type)
    return any(_has_null(field.type) for field in kind) if pa.types.is_struct(kind) else bool(pa.types.is_null(kind))


def _holds_uint64(kind: pa.DataType) -> bool:
    if is_list(kind):
        return _holds_uint64(kind.value_type)
    if pa.types.is_struct(kind):
        return any(_holds_uint64(field.type) for field in kind)
    return bool(pa.types.is_uint64(kind))


def _common_type(values: Iterable[Any]) -> pa.DataType:
    """The narrowest type of all, whatever their order: lists come last, when numbers beside texts are texts already."""
    kind = pa.null()
    exact, floats = True, False
    for value in sorted(values, key=_is_sequence):
        if isinstance(value, int) and not isinstance(value, bool):
            exact = exact and abs(value) <= _EXACT
        floats = floats or isinstance(value, float)
        kind = unify(kind, _type_of(value), lone=True)
    return pa.string() if floats and not exact else kind


def _is_sequence(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _type_of(value: Any) -> pa.DataType:
    if isinstance(value, dict):
        fields: dict[str, pa.DataType] = {}
        merge_fields(fields, {str(name): _type_of(each) for name, each in value.items()}, lone=True)
        return pa.struct(list(fields.items()))
    if isinstance(value, list | tuple):
        return pa.list_(_common_type(value))
    if isinstance(value, str):
        return pa.string()
    if isinstance(value, int) and not isinstance(value, bool):
        return pa.int64() if -(2**63) <= value < 2**63 else pa.string()
    try:
        return plain_type(pa.scalar(value).type) if value is not None else pa.null()
    except pa.ArrowException as error:
        raise TypeError(f"a value of the type {type(value).__name__}, which no column can hold") from error


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if _lists_texts(kind):  # Arrow would take a lone text for a list of its characters
        values = [_coerce(value, kind) for value in values]
    # Arrow would take False for 0 without a word where the column is of numbers, and 1 for a text it refuses.
    try:
        array = pa.array(values, type=kind)
    except UnicodeEncodeError:
        raise
    except _REFUSALS:
        return pa.array([_coerce(value, kind) for value in values], type=kind)
    return array


def _lists_texts(kind: pa.DataType) -> bool:
    """Whether the values are lists of texts, or hold such."""
    if is_list(kind):
        return bool(pa.types.is_string(kind.value_type)) or _lists_texts(kind.value_type)
    return pa.types.is_struct(kind) and any(_lists_texts(field.type) for field in kind)


def _coerce(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_string(kind):
        if _is_sequence(value) and all(isinstance(each, str) for each in value):
            return value[0] if len(value) == 1 else None  # a slip among texts
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if pa.types.is_floating(kind):
        return float(value)
    if is_list(kind):
        return [_coerce(each, kind.value_type) for each in (value if _is_sequence(value) else [value])]
    if pa.types.is_struct(kind):
        return {field.name: _coerce(value.get(field.name), field.type) for field in kind}
    return value


def has_inexact_numbers(table: pa.Table) -> bool:
    """Whether a column of doubles may hold what was an integer too long for a double."""
    for column in table.columns:
        if pa.types.is_floating(column.type) and pc.any(pc.greater(pc.abs(column), float(_EXACT))).as_py():
            return True
    return False
