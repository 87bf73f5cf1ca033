"""Records inside a row, opened up: a column of records becomes a column for each of their fields.

`translation: {en, de}` becomes `translation.en` and `translation.de`. Records that hold the answers to a question stay
whole: they are read together with their context.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from converters.sources.plain import is_list
from converters.sources.source import Split
from converters.sources.ticks import ticked
from converters.sources.written_values import decoded

#: How many rows decide what a column of texts holds.
PEEKED_ROWS = 200

#: How deep records are opened up: deeper than anybody nests them, so that what has been opened up stays as it is.
DEPTH = 16

#: Columns of records that are read as a whole where they hold lists.
WHOLE = frozenset({"answer", "answers", "detected_answers", "qas"})


def opened_up(split: Split) -> Split:
    """The split with its columns of records opened up."""
    if not any(_opens(field) for field in split.schema):
        return split
    schema = _opened_schema(split.schema)
    return replace(
        split,
        schema=schema,
        open=partial(_open, split.open, schema),
        sample=partial(_sample, split.sample) if split.sample is not None else None,
        class_names={name: names for name, names in split.class_names.items() if name in schema.names},
    )


def _opens(field: pa.Field) -> bool:
    if not pa.types.is_struct(field.type) or not len(list(field.type)):
        return False
    return field.name.lower() not in WHOLE or not any(is_list(each.type) for each in field.type)


def _opened_schema(schema: pa.Schema) -> pa.Schema:
    table = schema.empty_table()
    return _opened(table).schema


def _opened(table: pa.Table) -> pa.Table:
    taken = set(table.column_names)
    for _ in range(DEPTH):
        if not any(_opens(field) for field in table.schema):
            break
        columns: dict[str, pa.ChunkedArray] = {}
        for field, values in zip(table.schema, table.columns, strict=True):
            if not _opens(field):
                columns[field.name] = values
                continue
            for each, parts in zip(field.type, _fields(values, field.type), strict=True):
                columns[_free(f"{field.name}.{each.name}", taken)] = parts
        table = pa.table(columns)
    return table


def _fields(values: pa.ChunkedArray, kind: pa.StructType) -> list[pa.ChunkedArray]:
    """The fields of records; those of a missing record are missing."""
    pieces = [chunk.flatten() for chunk in values.chunks]
    return [pa.chunked_array([piece[place] for piece in pieces], type=field.type) for place, field in enumerate(kind)]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _open(batches: Callable[[], Iterator[pa.RecordBatch]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        opened = _opened(pa.Table.from_batches([batch]))
        yield pa.RecordBatch.from_arrays([each.combine_chunks() for each in opened.columns], schema=schema)


def _sample(sample: Callable[[int], pa.Table], size: int) -> pa.Table:
    return _opened(sample(size))


def all_opened_up(splits: Mapping[str, Split]) -> dict[str, Split]:
    """Every split with its written values read, its paragraphs unrolled and its columns of records opened up."""
    return {name: opened_up(unrolled(_as_meant(split))) for name, split in splits.items()}


def _as_meant(split: Split) -> Split:
    """The split with written values and ticks read as what they are, told from a few rows."""
    if not any(pa.types.is_string(field.type) for field in split.schema):
        return split
    peeked = _peeked(split)
    return ticked(decoded(split, peeked), peeked) if peeked.num_rows else split


def _peeked(split: Split) -> pa.Table:
    """A few rows: of a sample, for a whole batch may cost much more; of the first batch where there is none."""
    if split.sample is not None:
        return split.sample(PEEKED_ROWS)
    first = next(iter(split.open()), None)
    return split.schema.empty_table() if first is None else pa.Table.from_batches([first.slice(0, PEEKED_ROWS)])


def unrolled(split: Split) -> Split:
    """The split with a row for each paragraph, where a row is an article with its paragraphs, as in SQuAD's files."""
    name = next((field.name for field in split.schema if _holds_paragraphs(field)), None)
    if name is None:
        return split
    schema = _unrolled(split.schema.empty_table(), name).schema
    return replace(
        split,
        schema=schema,
        open=partial(_open_unrolled, split.open, schema, name),
        sample=None,
        rows=None,
    )


def _holds_paragraphs(field: pa.Field) -> bool:
    kind = field.type
    if field.name != "paragraphs" or not is_list(kind) or not pa.types.is_struct(kind.value_type):
        return False
    return {"context", "qas"} <= {each.name for each in kind.value_type}


def _unrolled(table: pa.Table, name: str) -> pa.Table:
    lists = table[name].combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.array([], lists.type)
    rows = pc.list_parent_indices(lists)
    columns = {each: table[each].take(rows) for each in table.column_names if each != name}
    records = pc.list_flatten(lists)
    for field, values in zip(records.type, records.flatten(), strict=True):
        columns[_free(field.name, set(columns))] = pa.chunked_array([values])
    return pa.table(columns)


def _open_unrolled(
    batches: Callable[[], Iterator[pa.RecordBatch]], schema: pa.Schema, name: str
) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        opened = _unrolled(pa.Table.from_batches([batch]), name)
        yield pa.RecordBatch.from_arrays([each.combine_chunks() for each in opened.columns], schema=schema)
