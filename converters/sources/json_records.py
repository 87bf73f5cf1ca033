"""JSON: one record a line, read by blocks of lines, or one document, read whole.

A file of lines is gone through once when it is opened, which settles the types from all values and counts the rows; of
a large one a glance has to do, if that is what the caller wants.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.broken import BrokenLines
from converters.sources.encoding import open_utf8
from converters.sources.excerpt import Excerpt, take_excerpt
from converters.sources.json_blocks import block_batches, block_fields, load
from converters.sources.json_values import check_width
from converters.sources.options import TextOptions
from converters.sources.plain import fitting, merge_fields, plain_type
from converters.sources.reading import BATCH_ROWS, Reading
from converters.sources.records import records_reading
from converters.sources.spread import cut, slices
from converters.sources.texts_and_lists import Tally

_BLOCK = 4 << 20

# The first block is small, so that what is no table is refused before it fills the memory.
_FIRST_BLOCK = 1 << 17

# Bounds of what has to be in memory as a whole: a row, a document.
_LONGEST_LINE = 256 << 20
_LARGEST_DOCUMENT = 512 << 20


def open_json(path: Path, options: TextOptions, lines: bool, columns: Collection[str] | None = None) -> Reading:
    """Opens a file of JSON: objects or bare lists line by line, or one document that holds records.

    A document is a list of records, an object with one list of records in it, or an object of columns. Where a column
    holds values of several types they become text, as JSON. Rows that are bare lists have no names.

    Args:
        path: the file, compressed or not.
        options: the encoding counts.
        lines: whether the name says that it is JSON lines; what the content says weighs more.
        columns: the only ones to read, where present; None for all.

    Raises:
        InputError: the file is empty or malformed (with the number of the line), or holds no records.
    """
    where = quote(path, 200)
    with open_utf8(path, options.encoding) as stream:
        first, more = _first_line(stream)
    if not first:
        raise InputError(f"{where} is empty")
    value: Any = None
    try:
        value = load(first.decode()) if len(first) <= _LONGEST_LINE else None
    except ValueError:
        lines = lines and first.strip() not in (b"[", b"{", b"[{")
    else:
        document = isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)
        lines = more or (lines and not document)
    if not lines:
        return _open_document(path, options, where)
    width = None if isinstance(value, dict) or value is None else len(value) if isinstance(value, list) else 1
    return _open_lines(path, options, where, width, columns)


def _first_line(stream: BinaryIO) -> tuple[bytes, bool]:
    """The first line that is not blank, and whether another one follows."""
    parts: list[bytes] = []
    size = 0
    while size <= _LONGEST_LINE and (data := stream.read(_BLOCK)):
        piece = data if parts else data.lstrip()
        line, newline, rest = piece.partition(b"\n")
        parts += [line] if piece else []
        size += len(line)
        if newline:
            while not rest.strip() and (data := stream.read(_BLOCK)):
                rest = data
            return b"".join(parts), bool(rest.strip())
    return b"".join(parts), False


def _open_document(path: Path, options: TextOptions, where: str) -> Reading:
    parts: list[bytes] = []
    size = 0
    with open_utf8(path, options.encoding) as stream:
        while data := stream.read(_BLOCK):
            parts.append(data)
            size += len(data)
            if size > _LARGEST_DOCUMENT:
                raise InputError(
                    f"{where} is one JSON document of more than {_LARGEST_DOCUMENT >> 20:,} MB, which has to be read "
                    "whole: write its records one a line (.jsonl)"
                )
    text = b"".join(parts).decode()
    del parts
    try:
        value = load(text)
    except ValueError as error:
        raise InputError(f"{where} is not JSON: {quote(error, 120)}") from error
    return records_reading(value, where)


def _open_lines(
    path: Path, options: TextOptions, where: str, width: int | None, columns: Collection[str] | None
) -> Reading:
    if options.glance is not None and not options.skip_broken:
        excerpt = take_excerpt(path, options.encoding, options.glance, _whole_lines, quoting=False)
        if excerpt is not None:
            try:
                return _open_excerpt(excerpt, path, options, where, width, columns)
            except InputError:
                pass  # going through the file either finds nothing wrong, or says in which line
    broken = BrokenLines(where) if options.skip_broken else None
    fields, tally = _fields(_blocks(path, options.encoding), where, width, columns, broken)
    if broken is not None:
        broken.check(tally.rows)
    return Reading(
        where=where,
        schema=_schema(fields, where, columns),
        read=partial(_read_lines, path, options.encoding, where, width, bool(broken)),
        rows=tally.rows,
        has_names=width is None,
        optional=width is None,
        tally=tally,
        broken=tuple(broken or ()),
    )


def _open_excerpt(
    excerpt: Excerpt,
    path: Path,
    options: TextOptions,
    where: str,
    width: int | None,
    columns: Collection[str] | None,
) -> Reading:
    """Opens a large file by what an excerpt of it holds."""
    fields, tally = _fields(((block, 1) for block in excerpt.blocks), where, width, columns)
    seen = tally.rows
    rows, exact = excerpt.rows(seen)

    def sample(size: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        wanted = slices(seen, size)
        return cut((each for block in excerpt.blocks for each in block_batches(block, schema, 1, where, width)), wanted)

    return Reading(
        where=where,
        schema=_schema(fields, where, columns),
        read=partial(_read_lines, path, options.encoding, where, width, False),
        rows=rows,
        has_names=width is None,
        optional=width is None,
        rows_exact=exact,
        sample=sample,
        tally=tally,
    )


def _whole_lines(text: bytes, _inside: bool | None) -> tuple[int, int, bool]:
    begin = text.find(b"\n") + 1
    return begin, text.rfind(b"\n") + 1, False


def _fields(
    blocks: Iterable[tuple[bytes, int]],
    where: str,
    width: int | None,
    columns: Collection[str] | None,
    broken: BrokenLines | None = None,
) -> tuple[dict[str, pa.DataType], Tally]:
    """Names and types of the columns of all blocks together, and in how many rows there is a text or a list."""
    fields: dict[str, pa.DataType] = {}
    tally = Tally()
    for block, first_line in blocks:
        found, own = block_fields(block, first_line, where, width, broken)
        if columns is not None:
            found = {name: found[name] for name in found if name in columns}
        merge_fields(fields, found, lone=True)
        tally.add(own)
        check_width(fields.values(), where)
    return fields, tally


def _schema(fields: Mapping[str, pa.DataType], where: str, columns: Collection[str] | None) -> pa.Schema:
    if not fields:
        raise InputError(f"{where} holds records without {'any fields' if columns is None else ', '.join(columns)}")
    return pa.schema([(name, plain_type(kind)) for name, kind in fields.items()])


def _read_lines(
    path: Path, encoding: str | None, where: str, width: int | None, skips: bool, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for block, first_line in _blocks(path, encoding):
        broken = BrokenLines(where) if skips else None  # they have been told when the file was opened
        for batch in _fitting(block, schema, first_line, where, width, broken):
            for start in range(0, batch.num_rows, BATCH_ROWS):
                yield batch.slice(start, BATCH_ROWS)


def _fitting(
    block: bytes, schema: pa.Schema, first_line: int, where: str, width: int | None, broken: BrokenLines | None
) -> Iterator[pa.RecordBatch]:
    """The rows of a block; where the types were settled by a part of the file, what does not fit them is null."""
    try:
        yield from block_batches(block, schema, first_line, where, width, broken)
    except InputError:
        raise
    except (pa.ArrowException, TypeError, ValueError, AttributeError, OverflowError):
        fields, _ = block_fields(block, first_line, where, width, broken)
        own = pa.schema([(name, plain_type(kind)) for name, kind in fields.items() if name in schema.names])
        for batch in block_batches(block, own, first_line, where, width, broken):
            columns = [
                fitting(batch.column(field.name), field.type)
                if field.name in own.names
                else pa.nulls(batch.num_rows, field.type)
                for field in schema
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _blocks(path: Path, encoding: str | None) -> Iterator[tuple[bytes, int]]:
    """Blocks of whole lines, each with the number of its first line."""
    line = 1
    parts: list[bytes] = []
    held, wanted = 0, _FIRST_BLOCK
    with open_utf8(path, encoding) as stream:
        while data := stream.read(wanted):
            wanted = _BLOCK
            head, newline, rest = data.rpartition(b"\n")
            if not newline:
                parts.append(data)
                held += len(data)
                if held > _LONGEST_LINE:
                    raise InputError(
                        f"{quote(path, 200)}, line {line} is longer than {_LONGEST_LINE >> 20:,} MB: "
                        "that is no row of training data"
                    )
                continue
            block = b"".join((*parts, head, newline))
            yield block, line
            line += block.count(b"\n")
            parts, held = [rest], len(rest)
    if last := b"".join(parts).strip():
        yield last + b"\n", line
