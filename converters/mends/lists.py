"""Lists of documents with a label for each, taken apart and put together again."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Alike, Mask
from converters.mends.registry import Shape


def alike(table: pa.Table, shape: Shape) -> Alike:
    """Which texts of a table are the same."""
    return Alike(table, shape.plain_texts, [name for name in shape.texts if name not in shape.plain_texts])


def is_lists(shape: Shape) -> bool:
    """Whether each row is a list of documents with a label for each."""
    return shape.format.name == "labeled-list" and shape.label is not None


def flat_labels(table: pa.Table, shape: Shape) -> np.ndarray:
    """The labels of all documents, one list after the other."""
    return np.asarray(pc.cast(pc.list_flatten(table[str(shape.label)]), pa.float64(), safe=False))


def with_documents(table: pa.Table, shape: Shape, keep: Mask) -> pa.Table:
    """The same rows with some documents, and their labels, taken out of their lists.

    Args:
        table: rows of lists.
        shape: what its columns are.
        keep: for each document of all lists, one list after the other, whether it stays.
    """
    pieces = list(_pieces(table, shape, keep))
    return pa.Table.from_batches(pieces, table.schema) if pieces else table


def _pieces(table: pa.Table, shape: Shape, keep: Mask) -> Iterator[pa.RecordBatch]:
    start = 0
    for batch in table.to_batches():  # the texts of one batch are never more than Arrow's lists can address
        size = len(pc.list_flatten(batch.column("documents")))
        chosen = keep[start : start + size]
        start += size
        columns = [
            _shortened(batch.column(name), chosen).cast(batch.schema.field(name).type)
            if name in ("documents", shape.label)
            else batch.column(name)
            for name in batch.schema.names
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _shortened(lists: pa.Array, keep: Mask) -> pa.Array:
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    rows = np.repeat(np.arange(len(lists)), lengths)
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows[keep], minlength=len(lists)))])
    values = pc.list_flatten(lists).filter(pa.array(keep, pa.bool_()))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)
