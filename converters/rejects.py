"""Rows that a conversion leaves out, each with the reason: as they were at the stage that left them out."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from converters.piles import Pile, Room
from converters.sources.source import Split


class Rejects:
    """Rows that were left out, in the order in which they were.

    Stages know different columns: what is collected has all of them, empty where a stage had none.
    """

    def __init__(self, room: Room) -> None:
        """Nothing left out yet; `room` is what the rows may take up."""
        self._room = room
        self._piles: dict[tuple[tuple[str, pa.DataType], ...], Pile] = {}

    @property
    def num_rows(self) -> int:
        """How many rows were left out."""
        return sum(pile.num_rows for pile in self._piles.values())

    def add(self, table: pa.Table) -> None:
        """Takes some rows that were left out, each with its `reason`."""
        table = table.replace_schema_metadata()
        key = tuple((field.name, field.type) for field in table.schema)
        if key not in self._piles:
            self._piles[key] = Pile(self._room, table.schema)
        self._piles[key].add(table)

    def rows(self) -> Split:
        """All of them, to be written; the reason is the last column."""
        schema = self._schema()
        return Split(schema, lambda: self._batches(schema), self.num_rows)

    def _schema(self) -> pa.Schema:
        """The columns of all stages; those that changed their type on the way are texts."""
        kinds: dict[str, list[pa.DataType]] = {}
        for key in self._piles:
            for name, kind in key:
                kinds.setdefault(name, []).append(kind)
        found = {name: _common(each) for name, each in kinds.items() if name != "reason"}
        return pa.schema([*found.items(), ("reason", pa.string())])

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for pile in self._piles.values():
            for batch in pile.batches():
                columns = [
                    _cast(batch.column(field.name), field.type)
                    if field.name in batch.schema.names
                    else pa.nulls(batch.num_rows, field.type)
                    for field in schema
                ]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _common(kinds: list[pa.DataType]) -> pa.DataType:
    """A type that holds the values of all of them."""
    schemas = [pa.schema([("x", kind)]) for kind in kinds]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if values.type == kind:
        return values
    if pa.types.is_nested(values.type) and pa.types.is_string(kind):
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], kind)
    return pc.cast(values, kind, safe=False)
