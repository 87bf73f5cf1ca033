"""A bounded sample of the rows of a split, spread evenly over all of it."""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from converters.progress import track
from converters.sources.source import Split


class Sample(NamedTuple):
    """Some rows of a split.

    Attributes:
        table: the rows.
        rows: how many the split has; those in the table where nobody knows.
        exact: whether `rows` is known, and neither an estimate nor what has been seen of a stream.
    """

    table: pa.Table
    rows: int
    exact: bool


def sample(split: Split, size: int) -> Sample:
    """At most `size` rows from all over a split.

    Where the source draws rows without being gone through, it does that. Else the split is read once and every n-th row
    is kept, with n a power of two chosen so that at most `size` rows stay. Memory is bounded by two samples and a
    batch.
    """
    if split.sample is not None:
        table = split.sample(size)
        return Sample(table, table.num_rows if split.rows is None else split.rows, _is_exact(split, table, size))
    kept: list[pa.RecordBatch] = []
    stride, seen, held = 1, 0, 0
    for batch in track(split.open(), "Reading"):
        kept_rows = range((-seen) % stride, batch.num_rows, stride)
        piece = batch if stride == 1 else batch.take(pa.array(kept_rows, pa.int64()))
        seen += batch.num_rows
        kept.append(piece)
        held += piece.num_rows
        while held > size:
            table = pa.Table.from_batches(kept, schema=split.schema)
            thinned = table.take(pa.array(range(0, held, 2), pa.int64())).combine_chunks()
            kept, stride, held = thinned.to_batches(), stride * 2, thinned.num_rows
    return Sample(pa.Table.from_batches(kept, schema=split.schema), seen, True)


def _is_exact(split: Split, table: pa.Table, size: int) -> bool:
    # A stream that ends before the sample is full has been seen whole.
    return split.rows_exact if split.rows is not None else table.num_rows < size


def count(split: Split) -> int | None:
    """The number of rows of a split, exact if `split.rows_exact`; None for a stream, which has to be gone through."""
    return split.rows


def duplicates(table: pa.Table, columns: list[str]) -> int:
    """How many rows repeat an earlier one in these columns; columns of structures are not compared."""
    columns = [name for name in columns if not pa.types.is_nested(table.schema.field(name).type)]
    return table.num_rows - table.group_by(columns).aggregate([]).num_rows if columns else 0


def blank(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a text is null or has no visible character."""
    return pc.fill_null(pc.equal(pc.utf8_trim_whitespace(values), ""), True)
