"""Lists and records that stand as text in the cells of a column, read as what they are.

People save tables with nested columns to formats that have none. What comes back is a text: JSON, or what Python or
numpy print: `{"text": "..."}`, `['a', 'b']`, `[0.1 0.2 0.3]`. A column counts as written values if every cell that is
looked at first is one; later cells that are none are null. Nothing is ever evaluated: Python's text is parsed as
literals.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError
from converters.sources.json_blocks import load
from converters.sources.json_values import batch_of, fields_of
from converters.sources.plain import plain_type
from converters.sources.source import Split

#: Longer cells are taken for texts.
LONGEST_CELL = 1 << 20

_STRUCTURE = r"(?s)^\s*(\[.*\]|\{.*\})\s*$"

Parse = Callable[[str], Any]


def decoded(split: Split, peeked: pa.Table) -> Split:
    """The split with written lists and records read as what they are; the rows peeked at decide."""
    parsers: dict[str, tuple[Parse, pa.DataType]] = {}
    for field in split.schema:
        if pa.types.is_string(field.type):
            found = _parser(peeked.column(field.name))
            if found is not None:
                parsers[field.name] = found
    if not parsers:
        return split
    schema = pa.schema(
        [(each.name, parsers[each.name][1] if each.name in parsers else each.type) for each in split.schema]
    )
    return replace(
        split,
        schema=schema,
        open=partial(_open, split.open, schema, parsers),
        sample=partial(_sample, split.sample, schema, parsers) if split.sample is not None else None,
    )


def _parser(cells: pa.Array) -> tuple[Parse, pa.DataType] | None:
    """What reads the cells, and the type of what they hold; None where they are texts."""
    filled = cells.filter(pc.cast(pc.binary_length(cells), pa.bool_()))  # no scalar, for which Arrow imports pandas
    if not len(filled) or not pc.all(pc.match_substring_regex(filled, _STRUCTURE)).as_py():
        return None
    for parse in (load, _printed_numbers, _literal):
        try:
            values = [parse(each) for each in filled.to_pylist()]
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if not all(isinstance(value, list | dict) for value in values):
            continue
        try:
            kind = plain_type(fields_of([{"v": value} for value in values], "cell")["v"])
        except InputError:
            continue
        if pa.types.is_nested(kind):
            return parse, kind
    return None


def _literal(text: str) -> Any:
    if len(text) > LONGEST_CELL:
        raise ValueError("too long")
    value = ast.literal_eval(text.strip())
    return list(value) if isinstance(value, tuple | set) else value


def _printed_numbers(text: str) -> list[float]:
    """What numpy prints: numbers with spaces between them."""
    if "..." in text or "," in text or "'" in text or '"' in text:
        raise ValueError("no printed numbers")
    return [float(each) for each in text.strip().strip("[]").split()]


def _open(
    batches: Callable[[], Iterator[pa.RecordBatch]], schema: pa.Schema, parsers: dict[str, tuple[Parse, pa.DataType]]
) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        columns = [
            _values(batch.column(field.name), *parsers[field.name])
            if field.name in parsers
            else batch.column(field.name)
            for field in schema
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _sample(
    sample: Callable[[int], pa.Table], schema: pa.Schema, parsers: dict[str, tuple[Parse, pa.DataType]], size: int
) -> pa.Table:
    table = sample(size)
    columns = {
        field.name: _values(table[field.name].combine_chunks(), *parsers[field.name])
        if field.name in parsers
        else table[field.name]
        for field in schema
    }
    return pa.table(columns)


def _values(cells: pa.Array, parse: Parse, kind: pa.DataType) -> pa.Array:
    values = [_value(each, parse) for each in cells.to_pylist()]
    try:
        return batch_of([{"v": value} for value in values], pa.schema([("v", kind)]), "cell").column(0)
    except (InputError, pa.ArrowException, TypeError, ValueError, AttributeError):
        return pa.array([_fitting(value, kind) for value in values], kind)


def _value(cell: str | None, parse: Parse) -> Any:
    if not cell:
        return None
    try:
        value = parse(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list | dict) else None


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """The value if the type holds it, else nothing."""
    try:
        return pa.array([value], kind)[0].as_py()
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None
