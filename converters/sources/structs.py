"""Records inside a row, opened up: a column of records becomes a column for each of their fields.

`translation: {en, de}` becomes `translation.en` and `translation.de`. Records that hold the answers to a question stay
whole: they are read together with their context.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import pyarrow as pa

from converters.sources.plain import is_list
from converters.sources.source import Split
from converters.sources.written_values import decoded

#: How deep records are opened up.
DEPTH = 3

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
    """Every split with its written values read and its columns of records opened up."""
    return {name: opened_up(decoded(split)) for name, split in splits.items()}
