"""A dataset as it would be without the few labels that cannot be read, so that they do not hide what the rest are.

One word in a column of scores makes it a column of words, which would be passed over as no label at all. Only the
inspection sees the data without such words; converting stops at them, unless it is asked to skip their rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.sampling import SAMPLE_ROWS, sample
from converters.alike import Mask
from converters.sources.source import Source, Split
from converters.written_numbers import NOTHING, are_numbers
from converters.yes_no import NO, YES

#: From which share of readable values on the others are taken for mistakes.
MOST = 0.9

#: Says which texts can be read, or are none.
Readable = Callable[[pa.Array], Mask]


def forgiving(source: Source, split: str) -> Source:
    """The source with nothing in the place of labels that cannot be read.

    Args:
        source: the source.
        split: the split that will be inspected.
    """
    rows = source.splits[split]
    table, _, _ = sample(rows, SAMPLE_ROWS)
    columns = mostly_readable(table)
    return replace(source, splits={**source.splits, split: without(rows, columns)}) if columns else source


def mostly_readable(table: pa.Table) -> dict[str, Readable]:
    """The columns with a few words among numbers, or a few others among yes and no; and what tells those from these."""
    return {name: found for name in table.column_names if (found := _mostly(table[name])) is not None}


def blanked(table: pa.Table, columns: Mapping[str, Readable]) -> pa.Table:
    """The rows with nothing in the place of values of these columns that cannot be read."""
    return pa.Table.from_batches([_blanked(batch, columns) for batch in table.to_batches()], table.schema)


def _mostly(values: pa.ChunkedArray) -> Readable | None:
    """What most texts of a column are, if a few are something else: numbers, or words for yes and no."""
    if not pa.types.is_string(values.type):
        return None
    texts = pc.drop_null(values).combine_chunks()
    for readable in (_number_or_nothing, _answer_or_nothing):
        if len(texts) and MOST <= readable(texts).mean() < 1:
            return readable
    return None


def _number_or_nothing(texts: pa.Array) -> Mask:
    return np.asarray(pc.or_(are_numbers(texts), _said(texts, NOTHING)))


def _answer_or_nothing(texts: pa.Array) -> Mask:
    return np.asarray(_said(texts, (*YES, *NO, *NOTHING)))


def _said(texts: pa.Array, words: tuple[str, ...]) -> pa.Array:
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=pa.array(words))


def without(rows: Split, columns: Mapping[str, Readable]) -> Split:
    """A split with nothing in the place of values of these columns that cannot be read."""

    def drawn(size: int) -> pa.Table:
        assert rows.sample is not None
        return blanked(rows.sample(size), columns)

    return replace(
        rows,
        open=lambda: (_blanked(batch, columns) for batch in rows.open()),
        sample=None if rows.sample is None else drawn,
    )


def _blanked(batch: pa.RecordBatch, columns: Mapping[str, Readable]) -> pa.RecordBatch:
    arrays = [
        pc.if_else(pa.array(columns[name](pc.fill_null(array, ""))), array, None) if name in columns else array
        for name, array in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)
