"""Rows on their way to a file: a schema and batches, whatever they came as."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.features import class_names_of
from converters.sources.plain import cast_batch, is_list, plain_schema
from converters.sources.source import Split

#: Rows of a table, an opened split, or batches; batches that are no reader need a schema beside them.
Rows = pa.Table | pa.RecordBatchReader | Split | Iterable[pa.RecordBatch]

_GROUP_ROWS = 1 << 16

#: The most bytes that are written to a file at once.
GROUP_BYTES = 64 << 20


@dataclass
class Stream:
    """Batches that can be gone through once, counted on the way.

    Attributes:
        schema: of every batch.
        batches: the rows.
        class_names: names of the class ids in a column.
        rows: how many have gone by.
        left_out: how many could not be written, by what they are.
        group_bytes: how many bytes a larger group has at most.
    """

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    class_names: Mapping[str, tuple[str, ...]]
    rows: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    group_bytes: int = GROUP_BYTES

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self.batches:
            if batch.schema != self.schema:
                raise InputError(
                    f"a batch has the columns {quote(', '.join(batch.schema.names))} "
                    f"where the schema has {quote(', '.join(self.schema.names))}, or other types"
                )
            self.rows += batch.num_rows
            yield batch

    def plain(self) -> "Stream":
        """The same rows with plain types, for formats that know no others."""
        schema = plain_schema(self.schema)
        rows = iter(self)
        names = schema.names
        batches = (cast_batch(batch.rename_columns(names), schema, "the table") for batch in rows)
        named = {**class_names_of(self.schema), **self.class_names}  # the plain schema says nothing of them
        return Stream(schema, batches, named, left_out=self.left_out, group_bytes=self.group_bytes)

    def groups(self) -> Iterator[pa.Table]:
        """The rows in larger groups, bounded by rows and by bytes."""
        waiting: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in self:
            for start in range(0, batch.num_rows, _GROUP_ROWS):
                part = batch.slice(start, _GROUP_ROWS)
                waiting.append(part)
                rows += part.num_rows
                size += part.get_total_buffer_size() if part.num_rows == batch.num_rows else part.nbytes
                if rows >= _GROUP_ROWS or size >= self.group_bytes:
                    yield pa.Table.from_batches(waiting, schema=self.schema)
                    waiting, rows, size = [], 0, 0
        if waiting:
            yield pa.Table.from_batches(waiting, schema=self.schema)

    def with_features(self) -> "Stream":
        """The same rows, with the names of classes in the schema as `datasets` keeps them."""
        named = {
            name: list(names)
            for name, names in self.class_names.items()
            if name in self.schema.names and pa.types.is_integer(self.schema.field(name).type)
        }
        if not named:
            return self
        import datasets

        features = datasets.Features.from_arrow_schema(self.schema.remove_metadata())
        for name, names in named.items():
            features[name] = datasets.ClassLabel(names=names)
        schema = features.arrow_schema
        rows = iter(self)
        batches = (cast_batch(batch, schema, "the table") for batch in rows)
        return Stream(schema, batches, self.class_names, left_out=self.left_out, group_bytes=self.group_bytes)


def stream_of(rows: Any, schema: pa.Schema | None, class_names: Mapping[str, tuple[str, ...]] | None) -> Stream:
    """Takes the rows as a stream.

    Raises:
        InputError: they are nothing that can be written, or are batches without a schema.
    """
    if isinstance(rows, pa.RecordBatch):
        rows = pa.table(rows)
    if isinstance(rows, pa.Table):
        stream = Stream(rows.schema, iter(rows.to_batches()), class_names or {})
    elif isinstance(rows, pa.RecordBatchReader):
        stream = Stream(rows.schema, iter(rows), class_names or {})
    elif isinstance(rows, Split):
        stream = Stream(rows.schema, rows.open(), rows.class_names if class_names is None else class_names)
    elif isinstance(rows, Iterable) and not isinstance(rows, str | bytes | os.PathLike | Mapping):
        if schema is None:
            raise InputError("batches need a schema beside them: give `schema`")
        stream = Stream(schema, iter(rows), class_names or {})
    else:
        raise InputError(f"a {type(rows).__name__} cannot be written: give a pyarrow Table or record batches")
    if not len(stream.schema):
        raise InputError("a table without columns cannot be written")
    return stream


def check_text_schema(schema: pa.Schema, suffix: str) -> None:
    """Refuses columns of bytes, which have no place in a text file."""
    for column in schema:
        if _holds_bytes(column.type):
            raise InputError(f"column {quote(column.name)} holds bytes, which {suffix} cannot: write .parquet instead")


def _holds_bytes(kind: pa.DataType) -> bool:
    if is_list(kind):
        return _holds_bytes(kind.value_type)
    if pa.types.is_struct(kind):
        return any(_holds_bytes(each.type) for each in kind)
    return bool(pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind))
