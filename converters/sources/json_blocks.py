"""A block of JSON lines as a table: by Arrow's parser, and by Python's where Arrow's gives up."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from converters.errors import InputError, quote
from converters.sources.broken import BrokenLines
from converters.sources.json_values import batch_of, fields_of, has_inexact_numbers
from converters.sources.plain import is_list, numbered_names
from converters.sources.texts_and_lists import Tally

# How deep values may be nested for Arrow's parser, which overruns its stack at some depth instead of refusing it.
_DEEPEST = 500

# A row that is null, before any other: Arrow's parser does not survive it.
_NULL_FIRST = re.compile(rb"\s*null")

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def block_fields(
    block: bytes, first_line: int, where: str, width: int | None = None, broken: BrokenLines | None = None
) -> tuple[dict[str, pa.DataType], Tally]:
    """Names and types of the columns of a block, and in how many of its rows a column holds a text or a list.

    Args:
        block: whole lines.
        first_line: number of the first of them, for messages.
        where: the file, for messages.
        width: number of cells of a row where rows are bare lists; None where they are objects.
        broken: takes the lines that are no JSON, or no row; None to stop at them.

    Raises:
        InputError: a line is no JSON, or no row; the message has its number.
    """
    if width is None and not _beyond_arrow(block):
        try:
            table = _parse(block, None)
        except pa.ArrowInvalid:
            pass
        else:
            if not has_inexact_numbers(table):
                fields = dict(zip(table.column_names, map(_as_in_json, table.schema.types), strict=True))
                return fields, Tally.of_table(table, fields)
    rows = list(_rows(block, first_line, where, width, broken))
    return fields_of(rows, where), Tally.of_rows(rows)


def block_batches(
    block: bytes,
    schema: pa.Schema,
    first_line: int,
    where: str,
    width: int | None = None,
    broken: BrokenLines | None = None,
) -> list[pa.RecordBatch]:
    """The rows of a block as columns of the given types; other columns are left out, lacking values are null.

    Args:
        block: whole lines.
        schema: what to read.
        first_line, where, width, broken: as for `block_fields`.

    Raises:
        InputError: a line is no JSON, or no row; the message has its number.
    """
    if width is None and not _beyond_arrow(block):
        try:
            return list(_parse(block, schema).select(schema.names).to_batches())
        except pa.ArrowInvalid:
            pass
    rows = list(_rows(block, first_line, where, width, broken))
    return [batch_of(rows, schema, where)] if rows else []


def load(text: str) -> Any:
    """Parses JSON.

    Raises:
        ValueError: it is none, or an object names a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {quote(twice)} stands twice in one object")
    return result


def _parse(block: bytes, schema: pa.Schema | None) -> pa.Table:
    return pa.json.read_json(
        pa.BufferReader(block),
        read_options=pa.json.ReadOptions(block_size=len(block) + 1, use_threads=False),
        parse_options=pa.json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="infer" if schema is None else "ignore"
        ),
    )


def _beyond_arrow(block: bytes) -> bool:
    """Whether a block may hold what Arrow's parser does not refuse but fails at."""
    # Later nulls Arrow takes for rows of nothing.
    return _may_be_deep(block) or _NULL_FIRST.match(block) is not None or block.find(b"\nnull") >= 0


def _may_be_deep(block: bytes) -> bool:
    """Whether values may be nested deeply, going by all brackets, those in texts among them."""
    brackets = np.frombuffer(block.translate(None, _NO_BRACKETS), np.uint8)
    if len(brackets) <= _DEEPEST:
        return False
    depths = np.cumsum(np.where((brackets == ord("[")) | (brackets == ord("{")), 1, -1))
    return bool(depths.max() - min(0, depths.min()) > _DEEPEST)


def _as_in_json(kind: pa.DataType) -> pa.DataType:
    """Undoes Arrow's guess that a text is a time, which would rewrite it."""
    if pa.types.is_temporal(kind):
        return pa.string()
    if is_list(kind):
        return pa.list_(_as_in_json(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _as_in_json(field.type)) for field in kind])
    return kind


def _rows(
    block: bytes, first_line: int, where: str, width: int | None, broken: BrokenLines | None
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(block.split(b"\n"), first_line):
        if not line.strip():
            continue
        try:
            yield _row(line.decode(), number, where, width, whole=broken is not None)
        except InputError as error:
            if broken is None:
                raise
            broken.add(number, str(error), line.decode().strip())


def _row(line: str, number: int, where: str, width: int | None, whole: bool) -> dict[str, Any]:
    """One row.

    Raises:
        InputError: the line is no JSON, or no row; or, if it is to be `whole`, half of a character stands in it.
    """
    try:
        value = load(line)
    except ValueError as error:
        raise InputError(f"{where}, line {number} is not JSON: {quote(error, 120)}") from error
    if whole and "\\ud" in line.lower():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{where}, line {number} holds half of a surrogate pair, which is no character") from error
    if width is None:
        if not isinstance(value, dict):
            raise InputError(f"{where}, line {number}: a {_kind(value)} where an object is expected")
        return value
    cells = value if isinstance(value, list) else [value]
    if isinstance(value, dict) or len(cells) != width:
        raise InputError(
            f"{where}, line {number}: "
            + ("an object" if isinstance(value, dict) else f"{len(cells)} cells")
            + f" where the first row is a list of {width}"
        )
    return dict(zip(numbered_names(width), cells, strict=True))


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds: dict[type, str] = {list: "list", str: "text", bool: "truth value"}
    return kinds.get(type(value), "number")
