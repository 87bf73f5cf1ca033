"""Comma, tab and otherwise separated files.

The file is gone through once when it is opened: that finds ragged rows and bad bytes before any work is done, counts
the rows and settles the types of the columns from all values. Memory is bounded by a block of the file. Of a large file
a glance has to do, if that is what the caller wants.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from converters.errors import InputError, quote
from converters.sources.broken import MOST_LINES, BrokenLines
from converters.sources.compression import COMPRESSIONS
from converters.sources.dialect import SAMPLE_BYTES, Dialect, find_dialect, sample_rows, whole_rows
from converters.sources.encoding import UnknownEncodingError, WrongEncodingError, open_utf8, read_head
from converters.sources.excerpt import take_excerpt
from converters.sources.header import has_header, without_header
from converters.sources.json_cells import decode_lists, list_type
from converters.sources.lent import Lent
from converters.sources.options import TextOptions
from converters.sources.plain import is_list, numbered_names, plain_type, unify, unique_names
from converters.sources.preamble import Preamble, find_preamble
from converters.sources.reading import BATCH_ROWS, Reading
from converters.sources.spread import cut, slices

_BLOCK = 4 << 20
_LARGEST_BLOCK = 256 << 20

# The delimiter of text that has none: a character that was made to be one and that nobody writes.
_NONE = "\x1f"

_INTEGER = r"^\s*-?(?:0|[1-9][0-9]{0,18})\s*$"
_FLOAT = r"^\s*-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_FLOAT_OR_NOT_FINITE = rf"{_FLOAT}|^\s*-?(?:nan|NaN|inf|Infinity)\s*$"
_LONG_INTEGER = r"^\s*-?[0-9]{17,}\s*$"  # a double would change it
_BOOLEAN = r"^\s*(?:true|True|TRUE|false|False|FALSE)\s*$"
_LIST = r"(?s)^\s*\[.*\]\s*$"
_QUOTED = r'(?s)^"(?:[^"]|"")*"$'


@dataclass(frozen=True)
class _Layout:
    """All that is needed to cut the file into cells.

    Attributes:
        path: the file.
        where: how messages call it.
        encoding: its codec.
        dialect: how its rows are written.
        names: of the columns.
        header: the cells of the first row, where these are the names; else None.
        preamble: what stands before the first row, which belongs to none.
        block: how many bytes are parsed at a time.
        excerpt: rows from all over the file to read in its place.
        skips: whether rows that do not have as many cells as there are columns are left out.
    """

    path: Path
    where: str
    encoding: str | None
    dialect: Dialect
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    preamble: Preamble
    block: int = _BLOCK
    excerpt: bytes | None = None
    skips: bool = False

    def stream(self) -> BinaryIO:
        """The text as UTF-8, from the first row on."""
        stream = io.BytesIO(self.excerpt) if self.excerpt is not None else open_utf8(self.path, self.encoding)
        stream.read(self.preamble.size)
        return stream

    def rows(self) -> Iterator[pa.RecordBatch]:
        """The cells of `batches` without rows that repeat the header."""
        for batch in self.batches():
            yield without_header(batch, self.header)

    def batches(self, broken: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """All cells as text; null where there is nothing between the delimiters.

        Args:
            broken: takes the rows that are skipped, as they stand in the file.
        """
        quoting = self.dialect.quoting

        def skip(row: pa.csv.InvalidRow) -> str:
            if broken is not None:
                if len(broken) > MOST_LINES:  # told when they are numbered
                    return "error"
                broken.append(row.text)
            return "skip"

        convert = pa.csv.ConvertOptions(
            column_types={name: pa.string() for name in self.names},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        )
        reader = batch = None
        with self.stream() as stream:
            lent = Lent(stream)
            try:
                reader = pa.csv.open_csv(
                    pa.PythonFile(lent, mode="r"),
                    read_options=pa.csv.ReadOptions(
                        column_names=self.names,
                        skip_rows_after_names=int(self.header is not None),
                        block_size=self.block,
                    ),
                    parse_options=pa.csv.ParseOptions(
                        delimiter=self.dialect.delimiter,
                        quote_char='"' if quoting else False,
                        newlines_in_values=quoting,
                        invalid_row_handler=skip if self.skips else None,
                    ),
                    convert_options=convert,
                )
                for batch in reader:
                    for start in range(0, batch.num_rows, BATCH_ROWS):
                        yield batch.slice(start, BATCH_ROWS)
            finally:
                del reader, batch
                lent.wait()


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
    preamble = find_preamble(sample, complete, options.delimiter)
    sample = preamble.without(sample)
    delimiter = options.delimiter or preamble.delimiter
    dialect = Dialect(delimiter, delimiter != _NONE) if delimiter else find_dialect(sample, complete, usual)
    rows = sample_rows(sample, dialect, complete)
    if not rows:
        raise InputError(f"{where} holds nothing but empty lines")
    named = has_header(rows) if options.has_header is None else options.has_header
    layout = _Layout(
        path=path,
        where=where,
        encoding=options.encoding,
        dialect=dialect,
        names=(),
        header=tuple(rows[0]) if named else None,
        preamble=preamble,
    )
    layout = replace(layout, names=_names(rows[0], named))
    if options.glance is not None and not options.skip_broken:
        reading = _glance(layout, sample, options)
        if reading is not None:
            return reading
    try:
        layout, scan = _settle(layout, sample)
    except (UnknownEncodingError, WrongEncodingError):
        raise
    except InputError:
        if not options.skip_broken:
            raise
        layout, scan = _settle_skipping(replace(layout, skips=True), sample)
    broken = _numbered(layout, scan)
    broken.check(scan.rows)
    return Reading(
        where=where,
        broken=tuple(broken),
        schema=_schema(layout, scan),
        read=partial(_read, layout),
        rows=scan.rows,
        has_names=named,
        repeated_headers=scan.repeated_headers,
    )


def open_plain_text(path: Path, options: TextOptions) -> Reading:
    """Opens text of which its name says nothing: a table, if tabs or a header show that it is one, or a text a line."""
    sample, complete = read_head(path, options.encoding, SAMPLE_BYTES)
    preamble = find_preamble(sample, complete, options.delimiter)
    if options.delimiter or preamble.delimiter:
        return open_delimited(path, options)
    sample = preamble.without(sample)
    dialect = find_dialect(sample, complete, "\t")
    rows = sample_rows(sample, dialect, complete)
    prose = (
        path.name.removesuffix(path.suffix if path.suffix in COMPRESSIONS else "").lower().endswith((".txt", ".text"))
    )
    if rows and len(rows[0]) > 1 and (dialect.delimiter == "\t" or not prose or (len(rows) > 1 and has_header(rows))):
        return open_delimited(path, options, dialect.delimiter)
    return open_delimited(path, replace(options, delimiter=_NONE, has_header=bool(options.has_header)))


def _names(first: Sequence[str], named: bool) -> tuple[str, ...]:
    # A mark that stands within the quotes of the first name is no part of it.
    return tuple(unique_names(cell.strip("\ufeff \t") for cell in first) if named else numbered_names(len(first)))


def _schema(layout: _Layout, scan: "_Scan") -> pa.Schema:
    fields = list(zip(layout.names, scan.types(), strict=True))
    while layout.header and len(fields) > 1 and not layout.header[len(fields) - 1].strip():
        if not scan.columns[len(fields) - 1].empty:
            break
        fields.pop()
    if not scan.rows:
        raise InputError(f"{layout.where} has a header but no rows")
    return pa.schema(fields)


def _glance(layout: _Layout, sample: str, options: TextOptions) -> Reading | None:
    """Opens a large file by an excerpt of it; None where only going through it will do."""
    assert options.glance is not None
    try:
        while True:
            dialect = layout.dialect
            find_rows = partial(whole_rows, dialect=dialect, width=len(layout.names))
            excerpt = take_excerpt(layout.path, layout.encoding, options.glance, find_rows, dialect.quoting)
            if excerpt is None:
                return None
            layout, scan = _settle(replace(layout, excerpt=excerpt.text), sample)
            # Where quotes turn out to mean nothing after all, rows have been looked for in the wrong way.
            if layout.dialect == dialect or not dialect.quoting:
                break
        schema = _schema(layout, scan)
    except (UnknownEncodingError, WrongEncodingError):
        raise
    except InputError:
        return None  # going through the file either finds nothing wrong, or says where it is
    header = layout.preamble.rows + int(layout.header is not None)
    rows, exact = excerpt.rows(scan.rows + scan.repeated_headers, header)
    repeated = round(scan.repeated_headers / excerpt.share)

    def sample_of(size: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        return cut(_read(layout, schema), slices(scan.rows, size))

    return Reading(
        where=layout.where,
        schema=schema,
        read=partial(_read, replace(layout, excerpt=None)),
        rows=rows - repeated,
        has_names=layout.header is not None,
        rows_exact=exact and not repeated,
        sample=sample_of,
        repeated_headers=repeated,
    )


def _read(layout: _Layout, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in layout.rows():
        columns = [_fitting(batch.column(name), schema.field(name).type, layout.where) for name in schema.names]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _fitting(cells: pa.Array, kind: pa.DataType, where: str) -> pa.Array:
    """The cells as that type; where it was settled by a part of the file, what does not fit it is null."""
    try:
        return _convert(cells, kind, where)
    except (pa.ArrowException, InputError):
        half = len(cells) // 2
        if not half:
            return pa.nulls(1, kind)
        return pa.concat_arrays([_fitting(cells[:half], kind, where), _fitting(cells[half:], kind, where)])


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
        rows: their number, without those that repeat the header.
        repeated_headers: the number of those.
        columns: a `_Column` for each name.
        loose_quotes: whether some cell begins with a quote which does not enclose it; only if quotes mean nothing.
        quotes: whether some cell begins with a quote; only if quotes mean nothing.
        broken: rows that were skipped, as they stand in the file.
    """

    def __init__(self, layout: _Layout) -> None:
        self.rows = self.repeated_headers = 0
        self.columns = [_Column() for _ in layout.names]
        self.loose_quotes = self.quotes = False
        self.broken: list[str] = []
        last: pa.RecordBatch | None = None
        for last in layout.batches(self.broken):
            batch = without_header(last, layout.header)
            self.rows += batch.num_rows
            self.repeated_headers += last.num_rows - batch.num_rows
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
    quoted = _with_quoting(layout, sample, True)
    literal = _with_quoting(layout, sample, False)
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


def _settle_skipping(layout: _Layout, sample: str) -> tuple[_Layout, _Scan]:
    """As `_settle`, where rows are skipped that are of another width: in the way that skips the fewest."""
    if layout.dialect.delimiter != "\t" or len(layout.names) == 1:
        return _scan(layout)
    found, refused = [], None
    for quoting in (False, True):
        try:
            found.append(_scan(_with_quoting(layout, sample, quoting)))
        except InputError as error:
            refused = refused or error
    if not found:
        assert refused is not None
        raise refused
    return min(found, key=lambda each: len(each[1].broken))


def _with_quoting(layout: _Layout, sample: str, quoting: bool) -> _Layout:
    """The layout, with the names as they are when quotes mean something or nothing."""
    dialect = Dialect(layout.dialect.delimiter, quoting)
    first = sample_rows(sample, dialect, complete=True)[0]
    named = layout.header is not None
    return replace(layout, dialect=dialect, names=_names(first, named), header=tuple(first) if named else None)


def _scan(layout: _Layout) -> tuple[_Layout, _Scan]:
    while True:
        try:
            return layout, _Scan(layout)
        except InputError:
            raise
        except pa.ArrowInvalid as error:
            if "straddl" in str(error) and layout.block < _LARGEST_BLOCK:
                layout = replace(layout, block=min(layout.block * 16, _LARGEST_BLOCK))
                continue
            raise _misread(layout, error) from error


# -- what is wrong with a file -----------------------------------------------------------------------------------------

_OPEN = "a quote is opened and never closed"


def _misread(layout: _Layout, error: pa.ArrowInvalid) -> InputError:
    """Finds the first row that does not have as many cells as there are columns."""
    wanted = len(layout.names)
    read: list[str] = []

    def kept(lines: Iterator[str]) -> Iterator[str]:
        for each in lines:
            read.append(each)
            yield each

    with layout.stream() as stream:
        reader = layout.dialect.reader(kept(_lines(io.TextIOWrapper(stream, "utf-8", newline=""), layout.where)))
        line = layout.preamble.lines + 1
        try:
            for row in reader:
                if row and len(row) != wanted:
                    if _is_open(layout.dialect, read):
                        return InputError(f"{layout.where}, line {line}: {_OPEN}")
                    return InputError(
                        f"{layout.where}, line {line}: {len(row)} cells where the first row has {wanted} "
                        f"(delimiter {_spoken(layout.dialect.delimiter)}): mend that line, "
                        "or say what stands between cells (--delimiter)"
                    )
                line = layout.preamble.lines + reader.line_num + 1
                read.clear()
        except csv.Error:
            pass
    return InputError(f"{layout.where} cannot be cut into rows of {wanted} cells: {quote(error, 120)}")


def _numbered(layout: _Layout, scan: _Scan) -> BrokenLines:
    """The rows that were skipped, each with the number of the line on which it begins."""
    broken = BrokenLines(layout.where)
    if not scan.broken:
        return broken
    wanted = len(layout.names)
    rows = iter(scan.broken)
    row = next(rows, None)
    with layout.stream() as stream:
        lines = _lines(io.TextIOWrapper(stream, "utf-8", newline=""), layout.where)
        for number, line in enumerate(lines, layout.preamble.lines + 1):
            if row is None:
                break
            if line.rstrip("\r\n") != re.split("[\r\n]", row, maxsplit=1)[0]:
                continue
            if layout.dialect.quoting and row.count('"') % 2 and re.search("[\r\n]", row):
                raise InputError(f"{layout.where}, line {number}: {_OPEN}")
            cells = next(layout.dialect.reader(iter([row])), [])
            last = number + len(re.findall("\r\n|\r|\n", row))
            place = f"line {number}" if last == number else f"lines {number} to {last}"
            counted = f"{len(cells)} cells where the first row has {wanted}"
            why = _OPEN if _is_open(layout.dialect, [row]) else counted
            broken.add(number, f"{layout.where}, {place}: {why}", row)
            row = next(rows, None)
    return broken


def _lines(text: io.TextIOWrapper, where: str) -> Iterator[str]:
    """The lines of a text; one that no memory should hold is refused."""
    number = 0
    while line := text.readline(_LARGEST_BLOCK):
        number += 1
        if len(line) == _LARGEST_BLOCK:
            raise InputError(
                f"{where}, line {number} is longer than {_LARGEST_BLOCK >> 20:,} MB: that is no row of training data"
            )
        yield line


def _check_last_quote(layout: _Layout, cell: str | None) -> None:
    """Refuses a file whose last cell begins with a quote that is never closed and so has swallowed lines.

    Where quotes are all in pairs their number is even.
    """
    if cell is None or "\n" not in cell:
        return
    quotes, lines = 0, layout.preamble.lines
    tail = b""
    with layout.stream() as stream:
        while chunk := stream.read(1 << 20):
            quotes += chunk.count(b'"')
            lines += chunk.count(b"\n")
            tail = chunk
    if quotes % 2:
        line = lines + int(not tail.endswith(b"\n")) - cell.count("\n") + int(cell.endswith("\n"))
        raise InputError(f"{layout.where}, line {line}: {_OPEN}")


def _is_open(dialect: Dialect, row: Sequence[str]) -> bool:
    """Whether a row goes on after its last line, for a quote in it is not closed.

    A quote in the middle of a cell is a character like any other.
    """
    if not dialect.quoting or sum(each.count('"') for each in row) % 2 == 0:
        return False
    *lines, last = row
    return sum(1 for _ in dialect.reader(iter([*lines, last.rstrip("\r\n") + "\n", "more\n"]))) == 1


def _spoken(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else quote(delimiter)
