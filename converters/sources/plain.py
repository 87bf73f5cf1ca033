"""Plain types: the few Arrow types that are left once encodings of the same values are undone."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type that the values have without dictionaries, views, large offsets, fixed sizes or extensions.

    A column of nothing but nulls counts as text, and a union as what its types have in common. Half floats and small
    decimals, which much of Arrow cannot compute with, become wider.
    """
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if types.is_float16(kind):
        return pa.float32()
    if types.is_decimal32(kind) or types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if types.is_null(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return pa.string()
    if types.is_large_binary(kind) or types.is_binary_view(kind):
        return pa.binary()
    if is_list(kind):
        return pa.list_(plain_type(kind.value_type))
    if types.is_struct(kind):
        return pa.struct([(field.name, plain_type(field.type)) for field in kind])
    if types.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    if types.is_union(kind):
        inner = {plain_type(kind.field(i).type) for i in range(kind.num_fields)}
        return inner.pop() if len(inner) == 1 else pa.string()
    return kind


def is_list(kind: pa.DataType) -> bool:
    """Whether the values are lists, however they are laid out."""
    types = pa.types
    return bool(
        types.is_list(kind)
        or types.is_large_list(kind)
        or types.is_fixed_size_list(kind)
        or types.is_list_view(kind)
        or types.is_large_list_view(kind)
    )


def unique_names(names: Iterable[str]) -> list[str]:
    """Names for columns: an empty one becomes `column_N` (from 1), the second `x` becomes `x_2`."""
    result: list[str] = []
    taken: set[str] = set()
    for position, given in enumerate(names, 1):
        base = name = given or f"column_{position}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        result.append(name)
    return result


def numbered_names(count: int) -> list[str]:
    """The names of columns that have none: `column_1`, `column_2`, ..."""
    return [f"column_{number}" for number in range(1, count + 1)]


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema with unique names and plain types, without metadata.

    Raises:
        InputError: a name is no text.
    """
    try:
        return pa.schema(list(zip(unique_names(schema.names), map(plain_type, schema.types), strict=True)))
    except UnicodeDecodeError as error:
        raise InputError("the name of a column is not UTF-8: the data may be damaged, write it again") from error


def cast_batch(batch: pa.RecordBatch, schema: pa.Schema, where: str) -> pa.RecordBatch:
    """The columns that `schema` names, cast to its types.

    Raises:
        InputError: a value does not fit its type.
    """
    columns = []
    for field in schema:
        try:
            values = _plain(batch.column(field.name), field.type)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise InputError(
                f"{where}: column {quote(field.name)} cannot be read as {quote(field.type)}: {quote(error, 120)}"
            ) from error
        columns.append(values)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _plain(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """The values as that plain type."""
    found = _cast(values, kind)
    # A missing list may hide elements, as it does where lists had a fixed size: taking the rows drops those.
    return found.take(pa.array(range(len(found)), pa.int64())) if is_list(kind) and found.null_count else found


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    while _is_wrapped(values.type):
        if isinstance(values, pa.ExtensionArray):
            values = values.storage
        elif pa.types.is_dictionary(values.type):
            # Arrow decodes no dictionary of views, so that its values are made plain first.
            dictionary = _plain(values.dictionary, plain_type(values.type.value_type))
            values = pa.DictionaryArray.from_arrays(values.indices, dictionary).dictionary_decode()
        else:
            values = pc.run_end_decode(values)
    if values.type == kind:
        return values
    if not _is_miscast(values.type):
        try:
            return values.cast(kind)
        except pa.ArrowNotImplementedError:
            pass  # an encoding inside of lists or records
    found = values.to_pylist()
    if pa.types.is_string(kind):  # of a union, whose values may be of any type
        found = [None if each is None else str(each) for each in found]
    return pa.array(found, kind)


def _is_wrapped(kind: pa.DataType) -> bool:
    types = pa.types
    return isinstance(kind, pa.BaseExtensionType) or types.is_dictionary(kind) or types.is_run_end_encoded(kind)


def _is_miscast(kind: pa.DataType) -> bool:
    """Whether Arrow makes damaged values of these when it casts them: views of lists, and whatever holds them."""
    types = pa.types
    if types.is_union(kind) or types.is_list_view(kind) or types.is_large_list_view(kind):
        return True
    inner = [kind.value_type] if is_list(kind) else [kind.field(i).type for i in range(kind.num_fields)]
    return any(map(_is_miscast, inner))


def fitting(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """The values as that type; null where one is no such value."""
    if values.type == kind:
        return values
    try:
        return values.cast(kind)
    except pa.ArrowException:
        pass
    found = []
    for value in values:
        try:
            found.append(value.cast(kind).as_py())
        except pa.ArrowException:
            found.append(None)
    return pa.array(found, type=kind)


def unify(first: pa.DataType, second: pa.DataType, lone: bool = False) -> pa.DataType:
    """The narrowest plain type that holds the values of both; text where they have nothing else in common.

    Args:
        first, second: plain types.
        lone: whether a lone text beside lists of texts is a list of one.
    """
    types = pa.types
    if first == second or types.is_null(second):
        return first
    if types.is_null(first):
        return second
    if _is_number(first) and _is_number(second):
        return pa.float64() if types.is_floating(first) or types.is_floating(second) else pa.int64()
    if is_list(first) and is_list(second):
        return pa.list_(unify(first.value_type, second.value_type, lone))
    if types.is_struct(first) and types.is_struct(second):
        fields = {field.name: field.type for field in first}
        merge_fields(fields, {field.name: field.type for field in second}, lone)
        return pa.struct(list(fields.items()))
    if lone and (_lists_texts(first, second) or _lists_texts(second, first)):
        return pa.list_(pa.string())
    return pa.string()


def _lists_texts(first: pa.DataType, second: pa.DataType) -> bool:
    """Whether the first one is of lists of texts, perhaps all of them empty, and the second of texts."""
    if not is_list(first) or not pa.types.is_string(second):
        return False
    return bool(pa.types.is_string(first.value_type) or pa.types.is_null(first.value_type))


def merge_fields(fields: dict[str, pa.DataType], others: Mapping[str, pa.DataType], lone: bool = False) -> None:
    """Extends `fields`, in place, so that they hold the values of the others too; `lone` as for `unify`."""
    for name, kind in others.items():
        fields[name] = unify(fields[name], kind, lone) if name in fields else kind


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
