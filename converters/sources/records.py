"""Records that are already in memory as lists and dicts, whether from a JSON document or from the caller."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.json_values import batch_of, fields_of
from converters.sources.plain import numbered_names, plain_type
from converters.sources.reading import BATCH_ROWS, Reading
from converters.sources.texts_and_lists import Tally

# How many objects deep a list of records is looked for.
_DEPTH = 3


def records_reading(value: Any, where: str) -> Reading:
    """Reads a list of records (dicts, lists or bare values), a dict with one such list in it, or a dict of columns.

    Args:
        value: made of dicts, lists, texts, numbers, truth values and None.
        where: how messages call it.

    Raises:
        InputError: these are no records, there are none, or they do not go together.
    """
    if isinstance(value, Mapping):
        value = _records_in(value, where)
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InputError(f"{where} holds one single value: what is wanted is a list of records")
    if not value:
        raise InputError(f"{where} has no rows")
    rows, has_names = _named(value, where)
    schema = pa.schema([(name, plain_type(kind)) for name, kind in fields_of(rows, where).items()])
    return Reading(
        where=where,
        schema=schema,
        read=partial(_read, rows, where),
        rows=len(rows),
        has_names=has_names,
        optional=has_names,
        tally=Tally.of_rows(rows),
    )


def _read(rows: Sequence[Mapping[str, Any]], where: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield batch_of(rows[start : start + BATCH_ROWS], schema, where)


def _records_in(value: Mapping[str, Any], where: str) -> list[Any]:
    """The list of records that the object holds, or its columns turned into records."""
    if (split := _split_frame(value)) is not None:
        return split
    if len(value) > 1 and _are_rows(value):
        return list(value.values())
    records = _lists_of_records(value)
    if len(records) == 1:
        return next(iter(records.values()))
    if len(records) > 1:
        listed = ", ".join(quote(name, 40) for name in records)
        raise InputError(f"{where} holds several lists of records ({listed}): put each into a file of its own")
    lists = {name: each for name, each in value.items() if isinstance(each, list | tuple) and each}
    frames = [list(each) for each in value.values() if isinstance(each, Mapping)]
    if frames and len(frames) == len(value) and all(index == frames[0] for index in frames):
        # As pandas writes a frame: for each column an object from the index to the value.
        value = {name: list(each.values()) for name, each in value.items()}
        lists = value
    lengths = {len(each) for each in lists.values()}
    if lists and len(lists) == len(value):
        if len(lengths) > 1:
            raise InputError(f"{where} holds columns of different lengths ({', '.join(map(str, sorted(lengths)))})")
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    raise InputError(
        f"{where} holds one object without a list of records in it: what is wanted is a list of records, "
        "or one record a line"
    )


def _split_frame(value: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a frame that pandas wrote as its columns, its index and its data."""
    names, data = value.get("columns"), value.get("data")
    if not isinstance(names, list) or not isinstance(data, list) or not set(value) <= {"columns", "index", "data"}:
        return None
    if not data or not all(isinstance(row, list) and len(row) == len(names) for row in data):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in data]


def _are_rows(value: Mapping[str, Any]) -> bool:
    """Whether an object leads from an index to rows, as pandas may write a frame: all with the same fields.

    An object of columns looks alike, but what leads to its values is an index of numbers, or one that is longer.
    """
    rows = list(value.values())
    if not all(isinstance(row, Mapping) and row for row in rows):
        return False
    if any(isinstance(each, list | tuple) and each and isinstance(each[0], Mapping) for each in rows[0].values()):
        return False  # parts of a dataset, each with its records
    fields = list(rows[0])
    if not all(list(row) == fields for row in rows) or _are_numbers(fields):
        return False
    return _are_numbers(value) or len(rows) > len(fields)


def _are_numbers(names: Collection[str]) -> bool:
    return all(str(name).isdigit() for name in names)


def _lists_of_records(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists of records in the object, or else in the objects in it, by the names that lead there."""
    level = {str(name): each for name, each in value.items()}
    for _ in range(_DEPTH):
        found = {
            name: list(each)
            for name, each in level.items()
            if isinstance(each, list | tuple) and each and all(isinstance(row, Mapping) for row in each)
        }
        if found:
            return found
        level = {
            f"{name}.{inner}": each
            for name, outer in level.items()
            if isinstance(outer, Mapping)
            for inner, each in outer.items()
        }
    return {}


def _named(values: Sequence[Any], where: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The rows by name, and whether the names are their own."""
    if isinstance(values[0], Mapping):
        for position, row in enumerate(values):
            if not isinstance(row, Mapping):
                raise InputError(f"{where}: record {position + 1} is no object as the ones before")
        return [_with_text_names(row) for row in values], True
    bare = not isinstance(values[0], list | tuple)
    rows: list[Sequence[Any]] = [[row] for row in values] if bare else list(values)
    names = numbered_names(len(rows[0]))
    for position, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != len(names) or (bare and isinstance(row[0], list | dict)):
            count = len(row) if isinstance(row, list | tuple) else 1
            raise InputError(f"{where}: record {position + 1} has {count} values where the first one has {len(names)}")
    return [dict(zip(names, row, strict=True)) for row in rows], False


def _with_text_names(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    return row if all(isinstance(name, str) for name in row) else {str(name): value for name, value in row.items()}
