"""Tables as text: delimited, or JSON."""

import bz2
import gzip
import json
import lzma
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from converters.sources.plain import is_list
from converters.writing.stream import Stream, check_text_schema

_SLICE = 1024
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


@contextmanager
def _opened(path: Path, compression: str | None) -> Iterator[BinaryIO]:
    """A file for bytes, which compresses them on the way; the same bytes give the same file."""
    with path.open("wb") as file:
        if compression is None:
            yield file
        elif compression == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        elif compression == ".bz2":
            with bz2.BZ2File(file, "wb") as packed:
                yield cast(BinaryIO, packed)
        elif compression == ".xz":
            with lzma.LZMAFile(file, "wb") as packed:
                yield cast(BinaryIO, packed)
        else:
            with pa.CompressedOutputStream(pa.PythonFile(file, mode="w"), "zstd") as packed:
                yield cast(BinaryIO, packed)


def write_text(stream: Stream, path: Path, kind: str, compression: str | None) -> None:
    """Writes delimited text (`.csv`, `.tsv`) or JSON (`.json`: one list; else an object a line).

    In delimited text nothing stands for null and `""` for the empty text; only where there is one column, both are
    `""`, because an empty line is no row. Lists and objects are written as JSON. Numbers that are not finite are
    `NaN` and `Infinity` in JSON, which Python and Arrow read.

    Raises:
        InputError: a column holds bytes.
    """
    stream = stream.plain()
    check_text_schema(stream.schema, kind)
    with _opened(path, compression) as file:
        if kind in _DELIMITERS:
            chunks = _delimited(stream, _DELIMITERS[kind])
        elif kind == ".json":
            chunks = _document(stream)
        else:
            chunks = (line + "\n" for line in _objects(stream))
        for chunk in chunks:
            file.write(chunk.encode())


# -- JSON --------------------------------------------------------------------------------------------------------------


def json_lines(batch: pa.RecordBatch) -> Iterator[bytes]:
    """The rows of a batch as JSON lines, some at a time."""
    for start in range(0, batch.num_rows, _SLICE):
        rows = batch.slice(start, _SLICE).to_pylist()
        yield "".join(f"{_json(row)}\n" for row in rows).encode()


def _objects(stream: Stream) -> Iterator[str]:
    for batch in stream:
        for start in range(0, batch.num_rows, _SLICE):
            yield from map(_json, batch.slice(start, _SLICE).to_pylist())


def _document(stream: Stream) -> Iterator[str]:
    separator = "[\n"
    for each in _objects(stream):
        yield separator + each
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


# -- delimited ---------------------------------------------------------------------------------------------------------


def _delimited(stream: Stream, delimiter: str) -> Iterator[str]:
    # In tab-separated text quotes are often meant literally: a header in quotes tells that these are not.
    names = ('"' + name.replace('"', '""') + '"' for name in stream.schema.names)
    if delimiter == "\t":
        yield delimiter.join(names) + "\n"
    else:
        plain = pa.array(stream.schema.names, type=pa.string())
        yield delimiter.join(_enclosed(plain, delimiter).to_pylist()) + "\n"
    for batch in stream:
        for start in range(0, batch.num_rows, _SLICE):
            part = batch.slice(start, _SLICE)
            cells = [_cells(column, delimiter) for column in part.columns]
            if len(cells) == 1:
                cells = [pc.fill_null(cells[0], '""')]
            lines = pc.binary_join_element_wise(*(pc.fill_null(each, "") for each in cells), delimiter)
            yield "".join(_ended(lines.to_pylist()))


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        yield "\n"


def _cells(column: pa.Array, delimiter: str) -> pa.Array:
    """The cells as they stand in the file; null stays null."""
    kind = column.type
    if is_list(kind) or pa.types.is_struct(kind) or pa.types.is_map(kind):
        texts = [None if value is None else _json(value) for value in column.to_pylist()]
        return _enclosed(pa.array(texts, type=pa.string()), delimiter)
    if pa.types.is_string(kind):
        return _enclosed(column, delimiter)
    cells = column.cast(pa.string())
    if pa.types.is_floating(kind):
        # 1.0 has to stay a fraction, or the column would come back as one of integers.
        cells = pc.replace_substring_regex(cells, r"^(-?[0-9]+)$", r"\1.0")
    return cells


def _enclosed(texts: pa.Array, delimiter: str) -> pa.Array:
    needed = pc.match_substring_regex(texts, rf'[{delimiter}"\r\n]|^$|^\s|\s$')
    enclosed = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(needed, enclosed, texts)
