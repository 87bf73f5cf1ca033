"""A bounded sample of the rows of a split, spread evenly over all of it."""

import pyarrow as pa
import pyarrow.compute as pc

from converters.progress import track
from converters.sources.source import Split


def sample(split: Split, size: int) -> tuple[pa.Table, int]:
    """Reads a split once and keeps every n-th row, with n a power of two chosen so that at most `size` rows stay.

    Memory is bounded by two samples and a batch.

    Args:
        split: what to read.
        size: how many rows to keep at most.

    Returns:
        The sample and the exact number of rows of the split.
    """
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
    table = pa.Table.from_batches(kept, schema=split.schema)
    return table, seen


def count(split: Split) -> int:
    """The exact number of rows of a split, read through where the file does not tell."""
    return split.rows if split.rows is not None else sum(batch.num_rows for batch in track(split.open(), "Counting"))


def duplicates(table: pa.Table, columns: list[str]) -> int:
    """How many rows repeat an earlier one in these columns; columns of structures are not compared."""
    columns = [name for name in columns if not pa.types.is_nested(table.schema.field(name).type)]
    return table.num_rows - table.group_by(columns).aggregate([]).num_rows if columns else 0


def blank(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a text is null or has no visible character."""
    return pc.fill_null(pc.equal(pc.utf8_trim_whitespace(values), ""), True)
