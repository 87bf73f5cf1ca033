"""What every reader of one file returns, and how the files of a split become one table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.broken import BrokenLine
from converters.sources.compression import BROKEN
from converters.sources.plain import is_list, merge_fields
from converters.sources.source import Split
from converters.sources.spread import cut, slices
from converters.sources.texts_and_lists import LoneLists, Tally

#: Rows of a batch, where a reader can choose.
BATCH_ROWS = 8192


@dataclass(frozen=True)
class Reading:
    """One file, ready to be read.

    Attributes:
        where: how messages call the file.
        schema: names and types of the columns.
        read: reads all rows as batches of the schema it is given: some or all of the columns, in any order, with
            their types or wider ones, such as text for numbers; where `optional`, columns that the file lacks, too.
            Values are converted from what stands in the file, not from what `schema` would make of them.
        rows: number of rows, where that is known.
        has_names: False where the file names no columns.
        class_names: names of the class ids in a column, where the file has them.
        optional: whether a row may lack a column.
        rows_exact: whether `rows` is no estimate.
        sample: reads at most that many rows from all over the file, as batches of the schema, under the same terms as
            `read`; None where only reading all of it would do.
        encoding: the codec that was guessed for the text; None where there was nothing to guess.
        repeated_headers: rows that were left out because they repeat the header.
        tally: in how many rows a column holds one text, and in how many a list; of the rows that were looked at.
        broken: lines that could not be read and were set aside.
    """

    where: str
    schema: pa.Schema
    read: Callable[[pa.Schema], Iterator[pa.RecordBatch]]
    rows: int | None = None
    has_names: bool = True
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False
    rows_exact: bool = True
    sample: Callable[[int, pa.Schema], Iterator[pa.RecordBatch]] | None = None
    encoding: str | None = None
    repeated_headers: int = 0
    tally: Tally = field(default_factory=Tally)
    broken: tuple[BrokenLine, ...] = ()


def join(readings: Sequence[Reading]) -> Split:
    """One split of the rows of all files, in order; types are widened until they hold the values of all.

    Raises:
        InputError: the files do not have the same columns.
    """
    first = readings[0]
    fields: dict[str, pa.DataType] = {}
    for each in readings:
        if each.schema.names != first.schema.names and not (each.optional and first.optional):
            raise InputError(
                f"the files of one split have different columns: {first.where} has {_listed(first.schema.names)}, "
                f"{each.where} has {_listed(each.schema.names)}: name one file"
            )
        if each.has_names != first.has_names:
            raise InputError(
                f"{(first if first.has_names else each).where} seems to have a header, "
                f"{(each if first.has_names else first).where} does not: say which (--header or --no-header)"
            )
        if each.class_names != first.class_names:
            raise InputError(f"{first.where} and {each.where} name their classes differently: name one file")
        lone = all(every.optional for every in readings)  # all are JSON
        merge_fields(fields, dict(zip(each.schema.names, each.schema.types, strict=True)), lone)
    tally = Tally()
    for each in readings:
        tally.add(each.tally)
    slips = [name for name, kind in fields.items() if tally.makes_texts(name, kind)]
    fields.update(dict.fromkeys(slips, pa.string()))
    whole = all(each.tally.rows == each.rows for each in readings)
    schema = pa.schema(list(fields.items()))
    counts = [each.rows for each in readings if each.rows is not None]
    return Split(
        schema=schema,
        open=partial(_read_all, tuple(readings), schema),
        rows=sum(counts) if len(counts) == len(readings) else None,
        has_names=first.has_names,
        class_names=dict(first.class_names),
        rows_exact=all(each.rows_exact for each in readings),
        sample=partial(_sample, tuple(readings), schema) if any(each.sample for each in readings) else None,
        encoding=next((each.encoding for each in readings if each.encoding), None),
        repeated_headers=sum(each.repeated_headers for each in readings),
        broken=tuple(line for each in readings for line in each.broken),
        lone_texts={
            name: number for name, kind in fields.items() if is_list(kind) and (number := tally.texts.get(name, 0))
        },
        lone_lists={
            name: LoneLists(tally.lists[name], tally.several[name], tally.first[name] + 1 if whole else None)
            for name in slips
        },
    )


def _read_all(readings: Sequence[Reading], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for each in readings:
        yield from guarded(each.where, each.read(schema))


def _sample(readings: Sequence[Reading], schema: pa.Schema, size: int) -> pa.Table:
    """Rows of every file, as many as is its share of all rows."""
    total = max(1, sum(each.rows or 0 for each in readings))
    batches: list[pa.RecordBatch] = []
    before = 0
    for each in readings:
        after = before + (each.rows or 0)
        share = size if len(readings) == 1 else after * size // total - before * size // total
        if share:
            drawn = each.sample(share, schema) if each.sample else _thinned(each, share, schema)
            batches += guarded(each.where, drawn)
        before = after
    return pa.Table.from_batches(batches, schema=schema)


def _thinned(reading: Reading, size: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Slices of a file that is read through; its number of rows is known."""
    return cut(reading.read(schema), slices(reading.rows or 0, size))


def guarded(where: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, with every failure to read them turned into an `InputError`."""
    try:
        yield from batches
    except InputError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError, *BROKEN) as error:
        raise unreadable(where, error) from error


def unreadable(where: str, error: BaseException) -> InputError:
    """The error that says a file is damaged, or not what its name says."""
    return InputError(f"{where} cannot be read, it may be damaged: {quote(error, 160)}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quote(name, 40) for name in names[:8]) + (", ..." if len(names) > 8 else "")
