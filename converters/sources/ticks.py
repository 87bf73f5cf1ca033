"""Columns of ticks read as true and false: a mark where something holds, and an empty cell where it does not.

A column counts as ticked if every cell that is looked at first is empty or holds the same mark, and there are both.
Later cells that hold something else are null.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from converters.sources.source import Split

#: In fewer rows a letter and an empty cell may be anything.
FEWEST_ROWS = 5

#: What people tick with. Words for yes are none of it: beside them an empty cell says that nobody answered.
MARKS = ("x", "X", "×", "✓", "✔", "✅", "☑", "☒", "●", "•", "*")


def ticked(split: Split, peeked: pa.Table) -> Split:
    """The split with columns of ticks read as true and false, the rows peeked at decide.

    Streams, of which nobody knows how many rows they have, stay as they are.
    """
    if split.rows is None:
        return split
    names = {
        field.name for field in split.schema if pa.types.is_string(field.type) and _is_ticked(peeked.column(field.name))
    }
    if not names or len(names) == len(split.schema):
        return split
    schema = pa.schema([(each.name, pa.bool_() if each.name in names else each.type) for each in split.schema])
    return replace(
        split,
        schema=schema,
        open=partial(_open, split.open, schema, names),
        sample=partial(_sample, split.sample, names) if split.sample is not None else None,
    )


def _is_ticked(cells: pa.Array | pa.ChunkedArray) -> bool:
    if len(cells) < FEWEST_ROWS:
        return False
    levels = {(each or "").strip() for each in pc.unique(cells).to_pylist()}
    return len(levels) == 2 and "" in levels and bool(levels & set(MARKS))


def _open(
    batches: Callable[[], Iterator[pa.RecordBatch]], schema: pa.Schema, names: set[str]
) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        columns = [_truths(batch.column(each)) if each in names else batch.column(each) for each in schema.names]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _sample(sample: Callable[[int], pa.Table], names: set[str], size: int) -> pa.Table:
    table = sample(size)
    return pa.table({name: _truths(table[name]) if name in names else table[name] for name in table.column_names})


def _truths(cells: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    marks = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
    known = pc.is_in(marks, value_set=pa.array(["", *MARKS]))
    return pc.if_else(known, pc.not_equal(marks, ""), pa.scalar(None, pa.bool_()))
