"""A dataset as it would be without the few labels that cannot be read, so that they do not hide what the rest are.

One word in a column of scores makes it a column of words. Who asks for such rows to be skipped, or says outright that
it holds scores, means the column that it is without them. Only the inspection sees the data so.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.inspection import SAMPLE_ROWS
from advisor.sampling import sample
from converters.alike import Mask
from converters.sources.source import Source, Split
from converters.written_numbers import NOTHING, are_numbers
from converters.yes_no import NO, YES

#: From which share of readable values on the others are taken for mistakes.
MOST = 0.9

#: How many rows a first look takes, and from which share of readable values among them on it is worth to look at more.
FEW, SOME = 1000, 0.5

#: Says which texts can be read, or are none.
Readable = Callable[[pa.Array], Mask]


def might_hide(rows: Split, columns: Collection[str]) -> bool:
    """Whether the first rows let one of these columns look like a label that a few words have hidden."""
    first = next(iter(rows.open()), None)
    if first is None:
        return False
    table = pa.Table.from_batches([first]).slice(0, FEW)
    return any(_mostly(table[name], SOME, clean=True) is not None for name in columns if name in table.column_names)


def forgiving(source: Source, split: str) -> Source:
    """The source with nothing in the place of labels that cannot be read.

    Args:
        source: the source.
        split: the split that will be inspected.
    """
    rows = source.splits[split]
    table, _, _ = sample(rows, SAMPLE_ROWS)
    columns = {name: found for name in table.column_names if (found := _mostly(table[name])) is not None}
    if not columns:
        return source
    return replace(source, splits={**source.splits, split: _without(rows, columns)})


def _mostly(values: pa.ChunkedArray, least: float = MOST, clean: bool = False) -> Readable | None:
    """What most texts of a column are, if a few are something else: numbers, or words for yes and no.

    Args:
        values: the column.
        least: the share that makes most of them.
        clean: whether a column counts too in which nothing is something else.
    """
    if not pa.types.is_string(values.type):
        return None
    texts = pc.drop_null(values).combine_chunks()
    for readable in (_number_or_nothing, _answer_or_nothing):
        if len(texts) and least <= (share := readable(texts).mean()) and (clean or share < 1):
            return readable
    return None


def _number_or_nothing(texts: pa.Array) -> Mask:
    return np.asarray(pc.or_(are_numbers(texts), _said(texts, NOTHING)))


def _answer_or_nothing(texts: pa.Array) -> Mask:
    return np.asarray(_said(texts, (*YES, *NO, *NOTHING)))


def _said(texts: pa.Array, words: tuple[str, ...]) -> pa.Array:
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=pa.array(words))


def _without(rows: Split, columns: Mapping[str, Readable]) -> Split:
    def cleaned(batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = [
            pc.if_else(pa.array(columns[name](pc.fill_null(array, ""))), array, None) if name in columns else array
            for name, array in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)

    def drawn(size: int) -> pa.Table:
        assert rows.sample is not None
        table = rows.sample(size)
        return pa.Table.from_batches([cleaned(batch) for batch in table.to_batches()], table.schema)

    return replace(
        rows,
        open=lambda: (cleaned(batch) for batch in rows.open()),
        sample=None if rows.sample is None else drawn,
    )
