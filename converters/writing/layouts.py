"""Layouts of neighbouring projects: which formats they hold, and the rows as their records.

| layout | what it is |
|---|---|
| `beir` | a folder with a corpus, queries and judgements: `converters.writing.beir` |
| `flagembedding` | records with `query`, `pos` and `neg`, and `pos_scores` and `neg_scores` where there are scores |
| `tevatron` | records with `query_id`, `query`, `positive_passages` and `negative_passages` |

Records are made row for row, batch by batch.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.blank import blank
from converters.errors import InputError
from converters.text_ids import as_ids, hashes
from converters.writing.stream import Stream

_TUPLES = ("pair", "triplet", "n-tuple")
_SCORED = ("triplet-scores", "n-tuple-scores")

#: The formats that each layout holds without losing what makes them.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "beir": (*_TUPLES, "labeled-pair", "labeled-list"),
    "flagembedding": (*_TUPLES, "labeled-list", *_SCORED),
    "tevatron": (*_TUPLES, "labeled-list"),
}


def check_layout(layout: str, format: str) -> None:
    """Makes sure that a layout holds a format.

    Raises:
        InputError: it does not; the message says which do.
    """
    if format in LAYOUTS[layout]:
        return
    others = [name for name, formats in LAYOUTS.items() if format in formats]
    instead = f"; {format} can be written as {' or '.join(others)}" if others else ""
    held = ", ".join(LAYOUTS[layout])
    raise InputError(f"the layout {layout} cannot hold {format}: convert to {held}{instead}, or leave --layout out")


def in_layout(stream: Stream, layout: str, format: str) -> Stream:
    """The rows as records of a layout of records; what cannot be one is left out and counted in `stream.left_out`.

    Args:
        stream: rows of `format` in its canonical columns.
        layout: one of `RECORDS`.
        format: the format.

    Raises:
        InputError: the layout does not hold the format.
    """
    check_layout(layout, format)
    made = RECORDS[layout]
    schema = made(_sides(_no_rows(stream.schema), format, {})).schema
    left_out = stream.left_out

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in stream.plain():
            yield made(_sides(batch, format, left_out)).cast(schema)

    return Stream(schema, batches(), {}, left_out=left_out)


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    from converters.sources.plain import plain_schema

    plain = plain_schema(schema)
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in plain], schema=plain)


# -- rows with two sides -----------------------------------------------------------------------------------------------


def _sides(batch: pa.RecordBatch, format: str, left_out: dict[str, int]) -> pa.RecordBatch:
    """The rows as a query, a list of positives and one of negatives, and the scores of both where there are scores."""
    if format == "labeled-list":
        return _list_sides(batch, left_out)
    scores = [] if format not in _SCORED else [batch.schema.names[-1]]
    texts = [name for name in batch.schema.names if name not in scores]
    columns = {
        "query": batch.column(texts[0]),
        "positives": _lists(batch, texts[1:2]),
        "negatives": _lists(batch, texts[2:]),
    }
    if scores:
        listed = batch.column(scores[0])
        columns["positive_scores"] = pc.list_slice(listed, 0, 1)
        columns["negative_scores"] = pc.list_slice(listed, 1)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _lists(batch: pa.RecordBatch, names: list[str]) -> pa.Array:
    """A list of each row's values in some columns."""
    rows, width = batch.num_rows, len(names)
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * width)
    if not names:
        return pa.ListArray.from_arrays(offsets, pa.array([], pa.string()))
    one_after_the_other = pa.concat_arrays([batch.column(name) for name in names])
    turned = np.arange(rows * width).reshape(width, rows).T.ravel()
    return pa.ListArray.from_arrays(offsets, one_after_the_other.take(pa.array(turned)))


def _list_sides(batch: pa.RecordBatch, left_out: dict[str, int]) -> pa.RecordBatch:
    documents, labels = batch.column("documents"), batch.column("labels")
    texts, numbers = pc.list_flatten(documents), pc.cast(pc.list_flatten(labels), pa.float64())
    owners = pc.list_parent_indices(documents).to_numpy()
    filled = filled_texts(texts).to_numpy(zero_copy_only=False)
    counted(left_out, "empty texts", len(filled) - int(filled.sum()))
    good = pc.fill_null(pc.greater(numbers, 0), False).to_numpy(zero_copy_only=False)
    graded = int(pc.sum(pc.and_(pc.not_equal(numbers, 0), pc.not_equal(numbers, 1))).as_py() or 0)
    counted(left_out, "grades (there is only positive or negative)", graded)
    listed = []
    for side in (good & filled, ~good & filled):
        offsets = np.concatenate(([0], np.cumsum(np.bincount(owners[side], minlength=batch.num_rows))))
        listed.append(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), texts.filter(pa.array(side))))
    made = pa.RecordBatch.from_arrays([batch.column("query"), *listed], names=["query", "positives", "negatives"])
    usable = pc.greater(pc.list_value_length(listed[0]), 0)
    counted(left_out, "rows without a positive", batch.num_rows - (pc.sum(usable).as_py() or 0))
    return made.filter(usable)


def filled_texts(texts: pa.Array) -> pa.Array:
    """Where there is a text with a visible character."""
    return pc.invert(blank(texts))


def counted(left_out: dict[str, int], what: str, number: int) -> None:
    """Adds to what is left out, if there is any."""
    if number:
        left_out[what] = left_out.get(what, 0) + number


# -- records -----------------------------------------------------------------------------------------------------------


def _flagembedding(sides: pa.RecordBatch) -> pa.RecordBatch:
    names = {"positives": "pos", "negatives": "neg", "positive_scores": "pos_scores", "negative_scores": "neg_scores"}
    return sides.rename_columns([names.get(name, name) for name in sides.schema.names])


def _tevatron(sides: pa.RecordBatch) -> pa.RecordBatch:
    columns = {"query_id": as_ids(hashes(sides.column("query"), 2)), "query": sides.column("query")}
    for name in ("positives", "negatives"):
        lists = sides.column(name)
        texts = pc.list_flatten(lists)
        titles = pa.repeat(pa.scalar("", pa.string()), len(texts))
        passages = pa.StructArray.from_arrays(
            [as_ids(hashes(texts, 2)), titles, texts], names=["docid", "title", "text"]
        )
        sizes = np.concatenate(([0], np.cumsum(pc.list_value_length(lists).to_numpy())))
        columns[f"{name[:-1]}_passages"] = pa.ListArray.from_arrays(pa.array(sizes, pa.int32()), passages)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


#: How the layouts of records make them.
RECORDS: Mapping[str, Callable[[pa.RecordBatch], pa.RecordBatch]] = {
    "flagembedding": _flagembedding,
    "tevatron": _tevatron,
}
