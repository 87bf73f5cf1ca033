"""Parquet and Arrow files."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.features import class_names_of
from converters.sources.plain import cast_batch, plain_schema
from converters.sources.reading import BATCH_ROWS, Reading, unreadable
from converters.sources.spread import PIECES, cut, slices, spread

_MAGIC = b"ARROW1"
_OLD_FEATHER = b"FEA1"

# Bounds of what a sample reads of a Parquet file: row groups, rows for each one wanted, bytes once unpacked, and those
# of a batch.
_GROUPS = 32
_REACH = 64
_UNPACKED = 384 << 20
_BATCH_BYTES = 8 << 20
_PAGE_BUFFER = 1 << 20


def open_parquet(path: Path) -> Reading:
    """Opens a Parquet file; batches come from a row group at a time.

    Raises:
        InputError: the file is empty or no Parquet.
    """
    import pyarrow.parquet as pq

    where = _checked(path)
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(where, error) from error
    return _reading(where, schema, partial(_parquet_batches, path), partial(_parquet_sample, path), rows)


def _parquet_sample(path: Path, size: int) -> Iterator[pa.RecordBatch]:
    """Slices of row groups from all over the file.

    Rows inside a group can only be reached through the ones before them, so that of large groups just the beginning is
    read.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False, buffer_size=_PAGE_BUFFER) as file:
        enough = -(-size * file.num_row_groups // max(1, file.metadata.num_rows))
        groups = spread(file.num_row_groups, max(_GROUPS, enough))
        missing = size
        for position, group in enumerate(groups):
            about = file.metadata.row_group(group)
            # What the groups before fell short of is made up for by those behind.
            wanted = min(about.num_rows, -(-missing // (len(groups) - position)))
            width = max(1, about.total_byte_size // max(1, about.num_rows))
            within_reach = min(about.num_rows, wanted * _REACH, max(1, _UNPACKED // len(groups) // width))
            found = slices(within_reach, wanted, max(1, PIECES // len(groups)))
            missing -= sum(length for _, length in found)
            # A column may be wide in one row and narrow in others, so that the mean must not fill the memory.
            batches = file.iter_batches(batch_size=max(1, min(BATCH_ROWS, _BATCH_BYTES // width)), row_groups=[group])
            yield from map(_alone, sound(cut(batches, found)))


def _alone(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A copy of a slice, without which the whole batch it is from would stay in memory."""
    return pa.RecordBatch.from_arrays(
        [pa.concat_arrays([each, each[:0]]) for each in batch.columns], schema=batch.schema
    )


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False, buffer_size=_PAGE_BUFFER) as file:
        yield from sound(file.iter_batches(batch_size=BATCH_ROWS))


def open_arrow(path: Path) -> Reading:
    """Opens an Arrow IPC file, of the file format (Feather too) or the stream format, mapped into memory.

    Raises:
        InputError: the file is empty or no Arrow.
    """
    where = _checked(path)
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    if head.startswith(_OLD_FEATHER):
        raise InputError(f"{where} is Feather of version 1, which nobody writes any more: save it as Parquet")
    is_file = head == _MAGIC
    try:
        with pa.memory_map(str(path)) as source:
            schema = (pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)).schema
        # Only the first column is unpacked to count rows, should they be compressed.
        options = pa.ipc.IpcReadOptions(included_fields=[0] if len(schema) else [])
        rows = sum(batch.num_rows for batch in _arrow_batches(path, is_file, options))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(where, error) from error
    return _reading(
        where,
        schema,
        lambda: sound(_arrow_batches(path, is_file)),
        lambda size: sound(cut(_arrow_batches(path, is_file), slices(rows, size))),
        rows,
    )


def _arrow_batches(
    path: Path, is_file: bool, options: "pa.ipc.IpcReadOptions | None" = None
) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source:
        if is_file:
            reader = pa.ipc.open_file(source, options=options)
            yield from map(reader.get_batch, range(reader.num_record_batches))
        else:
            yield from pa.ipc.open_stream(source, options=options)


def sound(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, each looked through first: a damaged one could make Arrow read beyond its memory."""
    for batch in batches:
        batch.validate(full=True)
        yield batch


def _checked(path: Path) -> str:
    where = quote(path, 200)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"{where} cannot be opened: {quote(error, 120)}") from error
    if not size:
        raise InputError(f"{where} is empty")
    return where


def _reading(
    where: str,
    schema: pa.Schema,
    batches: Callable[[], Iterator[pa.RecordBatch]],
    sample: Callable[[int], Iterator[pa.RecordBatch]],
    rows: int,
) -> Reading:
    plain = plain_schema(schema)
    if not len(plain):
        raise InputError(f"{where} has no columns")
    return Reading(
        where=where,
        schema=plain,
        read=partial(read_batches, where, batches, plain.names),
        rows=rows,
        class_names=class_names_of(schema),
        sample=lambda size, wanted: read_batches(where, partial(sample, size), plain.names, wanted),
    )


def read_batches(
    where: str, batches: Callable[[], Iterator[pa.RecordBatch]], names: list[str], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Cuts batches to size and casts their columns, which are called `names`, to the types of `schema`."""
    for batch in batches():
        for start in range(0, batch.num_rows, BATCH_ROWS):
            yield cast_batch(batch.slice(start, BATCH_ROWS).rename_columns(names), schema, where)
