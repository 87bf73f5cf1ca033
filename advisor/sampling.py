"""A bounded sample of the rows of a split, spread evenly over all of it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from converters.progress import track
from converters.sources.source import Split
from converters.sources.spread import cut, slices

#: Splits of up to so many rows are looked at whole, unless the caller says otherwise.
SAMPLE_ROWS = 20_000

#: Rows beside one another that are drawn together: they often are about one thing.
PIECE = 64


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

    Where the source draws rows without being gone through, it does that. Else the split is read once: where its number
    of rows is known, evenly spread pieces of it are kept; where it is not, pieces that a hash of their place chooses,
    fewer and fewer as rows come in. Never every n-th row: data often has a rhythm, such as a positive and three
    negatives, over and over. Memory is bounded by two samples and a batch.
    """
    if split.sample is not None:
        table = split.sample(size)
        return Sample(table, table.num_rows if split.rows is None else split.rows, _is_exact(split, table, size))
    if split.rows is not None and split.rows > size:
        kept = list(cut(track(split.open(), "Reading"), slices(split.rows, size)))
        return Sample(pa.Table.from_batches(kept, schema=split.schema), split.rows, split.rows_exact)
    return _drawn(split, size)


def _drawn(split: Split, size: int) -> Sample:
    """A sample of rows whose number is not known beforehand."""
    kept: list[pa.RecordBatch] = []
    places: list[npt.NDArray[np.uint64]] = []
    bits, seen, held = 0, 0, 0
    piece = max(1, min(PIECE, size // PIECE))
    for batch in track(split.open(), "Reading"):
        drawn = _lots(seen, batch.num_rows, piece)
        chosen = np.flatnonzero(_wins(drawn, bits))
        seen += batch.num_rows
        kept.append(batch if len(chosen) == batch.num_rows else batch.take(pa.array(chosen)))
        places.append(drawn[chosen])
        held += len(chosen)
        while held > size:
            bits += 1
            lots = np.concatenate(places)
            left = np.flatnonzero(_wins(lots, bits))
            table = pa.Table.from_batches(kept, schema=split.schema).take(pa.array(left)).combine_chunks()
            kept, places, held = table.to_batches(), [lots[left]], table.num_rows
    return Sample(pa.Table.from_batches(kept, schema=split.schema), seen, True)


def _lots(start: int, count: int, piece: int) -> npt.NDArray[np.uint64]:
    """A random number for the piece that each row is in, the same on every run."""
    pieces = np.arange(start, start + count, dtype=np.uint64) // np.uint64(piece)
    mixed = (pieces + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)  # wraps around
    return np.asarray((mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(32))


def _wins(lots: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.bool_]:
    """Which numbers end in so many zeros: one in two to the power of `bits`."""
    return np.asarray((lots & np.uint64((1 << bits) - 1)) == 0)


def thinned(table: pa.Table, size: int) -> pa.Table:
    """At most so many rows of a table, in evenly spread pieces."""
    if table.num_rows <= size:
        return table
    return pa.concat_tables([table.slice(start, length) for start, length in slices(table.num_rows, size)])


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
