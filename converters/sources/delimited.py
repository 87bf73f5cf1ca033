"""Comma, tab and otherwise separated files.

The file is gone through once when it is opened: that finds ragged rows and bad bytes before any work is done, counts
the rows and settles the types of the columns from all values. Memory is bounded by a block of the file.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from converters.errors import InputError, quote
from converters.sources.dialect import SAMPLE_BYTES, Dialect, find_dialect, sample_rows
from converters.sources.encoding import open_utf8, read_head
from converters.sources.header import has_header
from converters.sources.json_cells import decode_lists, list_type
from converters.sources.options import TextOptions
from converters.sources.plain import is_list, numbered_names, plain_type, unify, unique_names
from converters.sources.reading import BATCH_ROWS, Reading

_BLOCK = 4 << 20
_LARGEST_BLOCK = 1 << 30

_INTEGER = r"^\s*-?(?:0|[1-9][0-9]{0,18})\s*$"
_FLOAT = r"^\s*-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_FLOAT_OR_NOT_FINITE = rf"{_FLOAT}|^\s*-?(?:nan|NaN|inf|Infinity)\s*$"
_LONG_INTEGER = r"^\s*-?[0-9]{17,}\s*$"  # a double would change it
_BOOLEAN = r"^\s*(?:true|True|TRUE|false|False|FALSE)\s*$"
_LIST = r"(?s)^\s*\[.*\]\s*$"
_QUOTED = r'(?s)^"(?:[^"]|"")*"$'


@dataclass(frozen=True)
class _Layout:
    """All that is needed to cut the file into cells."""

    path: Path
    where: str
    encoding: str | None
    dialect: Dialect
    names: tuple[str, ...]
    skip: int
    block: int = _BLOCK

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All cells as text; null where there is nothing between the delimiters."""
        quoting = self.dialect.quoting
        convert = pa.csv.ConvertOptions(
            column_types={name: pa.string() for name in self.names},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        )
        with open_utf8(self.path, self.encoding) as stream:
            reader = pa.csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=pa.csv.ReadOptions(
                    column_names=self.names, skip_rows_after_names=self.skip, block_size=self.block
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.dialect.delimiter,
                    quote_char='"' if quoting else False,
                    newlines_in_values=quoting,
                ),
                convert_options=convert,
            )
            for batch in reader:
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield batch.slice(start, BATCH_ROWS)


def open_delimited(path: Path, options: TextOptions, usual: str = ",") -> Reading:
    """Opens delimited text.

    An empty cell is null; `""` is the empty text. A column is int64, double or bool where all its cells are, a list
    where all its cells are JSON lists, and else string. Numbers with leading zeros are texts. Trailing columns
    without a name and without a value are left out.

    Args:
        path: the file, compressed or not.
        options: what the caller knows about it.
        usual: the delimiter that the name suggests.

    Raises:
        InputError: the file is empty, ragged, or not in its encoding.
    """
    where = quote(path, 200)
    sample, complete = read_head(path, options.encoding, SAMPLE_BYTES)
    if complete and not sample.strip():
        raise InputError(f"{where} is empty")
    dialect = Dialect(options.delimiter) if options.delimiter else find_dialect(sample, complete, usual)
    rows = sample_rows(sample, dialect, complete)
    if not rows:
        raise InputError(f"{where} holds nothing but empty lines")
    named = has_header(rows) if options.has_header is None else options.has_header
    blank = len(sample) - len(sample.lstrip("\r\n"))
    blank = len(sample[:blank].splitlines())
    first = [cell.strip() for cell in rows[0]]
    layout = _Layout(
        path=path,
        where=where,
        encoding=options.encoding,
        dialect=dialect,
        names=tuple(unique_names(first) if named else numbered_names(len(first))),
        skip=blank + int(named),
    )
    layout, scan = _settle(layout, sample)
    schema = pa.schema(list(zip(layout.names, scan.types(), strict=True)))
    keep = len(schema)
    while named and keep > 1 and not first[keep - 1] and scan.columns[keep - 1].empty:
        keep -= 1
    if not scan.rows:
        raise InputError(f"{where} has a header but no rows")
    return Reading(
        where=where,
        schema=pa.schema(list(schema)[:keep]),
        read=partial(_read, layout),
        rows=scan.rows,
        has_names=named,
    )


def _read(layout: _Layout, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in layout.batches():
        columns = [_convert(batch.column(name), schema.field(name).type, layout.where) for name in schema.names]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _convert(cells: pa.Array, kind: pa.DataType, where: str) -> pa.Array:
    if pa.types.is_string(kind):
        return cells
    if is_list(kind):
        return decode_lists(_without_empty(cells), kind, where)
    return pc.cast(pc.utf8_trim_whitespace(_without_empty(cells)), kind)


def _without_empty(cells: pa.Array) -> pa.Array:
    return pc.if_else(_is_filled(cells), cells, pa.nulls(len(cells), pa.string()))


def _is_filled(cells: pa.Array) -> pa.Array:
    # Comparing with "" would do, but Arrow imports pandas to make a scalar of it.
    return pc.cast(pc.binary_length(cells), pa.bool_())


# -- types, from all values --------------------------------------------------------------------------------------------


class _Column:
    """What the cells of a column may still be, after those seen so far."""

    def __init__(self) -> None:
        self.empty = True
        self._finite = False
        self._list: pa.DataType = pa.null()
        self._open = {"integer", "float", "boolean", "list"}

    def see(self, cells: pa.Array, where: str) -> None:
        if not self._open and not self.empty:
            return
        cells = cells.filter(_is_filled(cells))
        if not len(cells):
            return
        self.empty = False
        if "integer" in self._open and not (_all(cells, _INTEGER) and _fits_int64(cells)):
            self._open.discard("integer")
        if "float" in self._open:
            if _all(cells, _FLOAT_OR_NOT_FINITE) and not _any(cells, _LONG_INTEGER):
                self._finite = self._finite or _any(cells, _FLOAT)
            else:
                self._open.discard("float")
        if "boolean" in self._open and not _all(cells, _BOOLEAN):
            self._open.discard("boolean")
        if "list" in self._open:
            found = list_type(cells, where) if _all(cells, _LIST) else None
            if found is None:
                self._open.discard("list")
            else:
                self._list = unify(self._list, found)

    def type(self) -> pa.DataType:
        if self.empty:
            return pa.string()
        if "integer" in self._open:
            return pa.int64()
        if "float" in self._open and self._finite:
            return pa.float64()
        if "boolean" in self._open:
            return pa.bool_()
        return plain_type(self._list) if "list" in self._open else pa.string()


def _all(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _any(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, pattern)).as_py())


def _fits_int64(cells: pa.Array) -> bool:
    try:
        pc.cast(pc.utf8_trim_whitespace(cells), pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


class _Scan:
    """What a pass over all rows found.

    Attributes:
        rows: their number.
        columns: a `_Column` for each name.
        loose_quotes: whether some cell begins with a quote which does not enclose it; only if quotes mean nothing.
        quotes: whether some cell begins with a quote; only if quotes mean nothing.
    """

    def __init__(self, layout: _Layout) -> None:
        self.rows = 0
        self.columns = [_Column() for _ in layout.names]
        self.loose_quotes = self.quotes = False
        last: pa.RecordBatch | None = None
        for batch in layout.batches():
            self.rows += batch.num_rows
            last = batch
            for column, cells in zip(self.columns, batch.columns, strict=True):
                column.see(cells, layout.where)
                if not layout.dialect.quoting and not self.loose_quotes:
                    quoted = cells.filter(pc.starts_with(cells, '"'))
                    self.quotes = self.quotes or len(quoted) > 0
                    self.loose_quotes = len(quoted) > 0 and not _all(quoted, _QUOTED)
        if layout.dialect.quoting and last is not None:
            _check_last_quote(layout, last.column(last.num_columns - 1)[-1].as_py())

    def types(self) -> list[pa.DataType]:
        return [column.type() for column in self.columns]


def _settle(layout: _Layout, sample: str) -> tuple[_Layout, _Scan]:
    """Goes over the file, in tab-separated text first as if quotes meant nothing.

    Such files often hold quotes as they stand in the texts, and reading those as CSV would swallow rows up to the next
    quote. Quotes mean something if all cells that begin with one are enclosed by it, if all cells of the first line
    are, or if lines only add up to rows when cells may go on over several of them.
    """
    if layout.dialect.delimiter != "\t" or len(layout.names) == 1:
        return _scan(layout)
    quoted = replace(layout, dialect=Dialect("\t", quoting=True), names=_names_with(layout, sample, quoting=True))
    literal = replace(layout, dialect=Dialect("\t", quoting=False), names=_names_with(layout, sample, quoting=False))
    try:
        layout, scan = _scan(literal)
    except InputError as error:
        try:
            return _scan(quoted)
        except InputError as other:
            raise (other if layout.dialect.quoting else error) from None
    line = re.split("[\r\n]", sample.lstrip("\r\n"), maxsplit=1)[0]
    all_quoted = all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in line.split("\t"))
    if all_quoted or (scan.quotes and not scan.loose_quotes):
        try:
            return _scan(quoted)
        except InputError:
            return layout, scan
    return layout, scan


def _names_with(layout: _Layout, sample: str, quoting: bool) -> tuple[str, ...]:
    """The names as they are when quotes mean something or nothing."""
    first = sample_rows(sample, Dialect(layout.dialect.delimiter, quoting), complete=True)[0]
    named = layout.names != tuple(numbered_names(len(layout.names)))
    return tuple(unique_names(cell.strip() for cell in first) if named else numbered_names(len(first)))


def _scan(layout: _Layout) -> tuple[_Layout, _Scan]:
    while True:
        try:
            return layout, _Scan(layout)
        except InputError:
            raise
        except pa.ArrowInvalid as error:
            if "straddl" in str(error) and layout.block < _LARGEST_BLOCK:
                layout = replace(layout, block=layout.block * 16)
                continue
            raise _misread(layout, error) from error


# -- what is wrong with a file -----------------------------------------------------------------------------------------


def _misread(layout: _Layout, error: pa.ArrowInvalid) -> InputError:
    """Finds the first row that does not have as many cells as there are columns."""
    wanted = len(layout.names)
    with open_utf8(layout.path, layout.encoding) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        reader = layout.dialect.reader(text)
        line = 1
        try:
            for row in reader:
                if row and len(row) != wanted:
                    return InputError(
                        f"{layout.where}, line {line}: {len(row)} cells where the first row has {wanted} "
                        f"(delimiter {_spoken(layout.dialect.delimiter)}): mend that line, "
                        "or say what stands between cells (--delimiter)"
                    )
                line = reader.line_num + 1
        except csv.Error:
            pass
    return InputError(f"{layout.where} cannot be cut into rows of {wanted} cells: {quote(error, 120)}")


def _check_last_quote(layout: _Layout, cell: str | None) -> None:
    """Refuses a file whose last cell begins with a quote that is never closed and so has swallowed lines.

    Where quotes are all in pairs their number is even.
    """
    if cell is None or "\n" not in cell:
        return
    quotes = lines = 0
    tail = b""
    with open_utf8(layout.path, layout.encoding) as stream:
        while chunk := stream.read(1 << 20):
            quotes += chunk.count(b'"')
            lines += chunk.count(b"\n")
            tail = chunk
    if quotes % 2:
        line = lines + int(not tail.endswith(b"\n")) - cell.count("\n") + int(cell.endswith("\n"))
        raise InputError(f"{layout.where}, line {line}: a quote is opened and never closed")


def _spoken(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else quote(delimiter)
