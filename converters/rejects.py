"""Rows and lines that a conversion leaves out: which they are, why, and what they hold.

Every stage leaves out rows of another shape: columns as the data has them, canonical ones, half a line of a file. What
is kept of them has columns of its own, the same for all, and holds the values as JSON.
"""

import json
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pyarrow as pa

from converters.changes import ROW, Rejected
from converters.piles import Pile, Room
from converters.sources.broken import BrokenLine
from converters.sources.source import Split

#: Takes rows that are left out.
Reject = Callable[[Rejected], None]

#: The columns of rejects: the split; the number of the row among those of the split that can be read, from 1, where it
#: is a row of the data; the number of the line in its file, where it cannot be read; the code of the finding that was
#: mended; why it was left out; and its values as JSON: an object of columns, or the text of a line.
SCHEMA = pa.schema(
    [
        ("split", pa.string()),
        ("row", pa.int64()),
        ("line", pa.int64()),
        ("code", pa.string()),
        ("reason", pa.string()),
        ("values", pa.string()),
    ]
)

#: Rows that are written as JSON at a time.
_PORTION = 4096


class Waiting:
    """Rows that steps have left out, until it is sure that their plan is the one that is carried out."""

    def __init__(self, room: Room) -> None:
        """Nothing left out yet; `room` is what the rows may take up."""
        self._room = room
        self._piles: dict[tuple[str, str | None, tuple[str, ...]], Pile] = {}

    def __call__(self, rejected: Rejected) -> None:
        """Takes some rows."""
        key = rejected.reason, rejected.code, tuple(rejected.rows.column_names)
        if key not in self._piles:
            self._piles[key] = Pile(self._room)
        self._piles[key].add(rejected.rows)

    def hand_over(self, reject: Reject) -> None:
        """Gives all of them on."""
        for (reason, code, _), pile in self._piles.items():
            for batch in pile.batches():
                reject(Rejected(pa.Table.from_batches([batch]), reason, code))

    def clear(self) -> None:
        """Forgets them."""
        for pile in self._piles.values():
            pile.clear()


class Rejects:
    """Rows that were left out, in the order in which they were."""

    def __init__(self, room: Room) -> None:
        """Nothing left out yet; `room` is what the rows may take up."""
        self._pile = Pile(room, SCHEMA)

    @property
    def num_rows(self) -> int:
        """How many rows were left out."""
        return self._pile.num_rows

    def of(self, split: str) -> Reject:
        """What takes the rows that are left out of a split."""
        return partial(self.add, split=split)

    def add(self, rejected: Rejected, split: str | None = None) -> None:
        """Takes some rows that were left out."""
        for start in range(0, rejected.rows.num_rows, _PORTION):
            table = rejected.rows.slice(start, _PORTION)
            numbers = table[ROW] if ROW in table.column_names else pa.nulls(table.num_rows, pa.int64())
            bare = table.drop_columns([ROW]) if ROW in table.column_names else table
            self._put(
                split=[split] * table.num_rows,
                row=numbers,
                line=pa.nulls(table.num_rows, pa.int64()),
                code=[rejected.code] * table.num_rows,
                reason=[rejected.reason] * table.num_rows,
                values=[_as_json(values) for values in bare.to_pylist()],
            )

    def add_lines(self, lines: Iterable[BrokenLine], split: str | None = None) -> None:
        """Takes lines that could not be read."""
        every = list(lines)
        self._put(
            split=[split] * len(every),
            row=pa.nulls(len(every), pa.int64()),
            line=[line.number for line in every],
            code=pa.nulls(len(every), pa.string()),
            reason=[line.why for line in every],
            values=[_as_json(line.text) for line in every],
        )

    def rows(self) -> Split:
        """All of them, to be written."""
        return Split(SCHEMA, self._pile.batches, self.num_rows)

    def _put(self, **columns: Any) -> None:
        self._pile.add(pa.table(columns, schema=SCHEMA))


def _as_json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    """The value with texts in the place of numbers that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
