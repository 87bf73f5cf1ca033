"""What bringing rows into their canonical shape has changed, for the summary and the manifest."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: A column with the number of each row in the data, which is there while rows are read and leaves no trace.
#: No zero byte is in it, at which names end where Arrow hands batches over.
ROW = "\1row"


@dataclass(frozen=True)
class Rejected:
    """Rows that were left out.

    Attributes:
        rows: the rows, as they were when they were left out; with their numbers in the column `ROW` where they are
            known.
        reason: why.
        code: of the finding that was mended; None where nothing was.
    """

    rows: pa.Table
    reason: str
    code: str | None = None


@dataclass
class Changes:
    """What was done to the rows on the way.

    Attributes:
        renamed: new names by old ones, where they differ.
        dropped_columns: columns that no loss wants.
        dropped_rows: number of rows left out, by reason.
        scaled_from: the scale that scores were on, if they were scaled to 0..1.
        class_names: names of the classes, in the order of their ids.
        rejects: the rows left out.
        apart: into how many rows the rows were taken apart that hold several; None where each holds one.
        refilled: number of rows in which a negative is repeated in the place of one that was empty.
        joined: for a column that was put together, or taken out of records, the columns that it comes from.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    dropped_columns: list[str] = field(default_factory=list)
    dropped_rows: dict[str, int] = field(default_factory=dict)
    scaled_from: tuple[float, float] | None = None
    class_names: tuple[str, ...] = ()
    joined: dict[str, list[str]] = field(default_factory=dict)
    refilled: int = 0
    apart: int | None = None
    rejects: list[Rejected] = field(default_factory=list, compare=False)

    def add(self, other: "Changes") -> None:
        """Takes in what was done to more of the rows; what holds for all of them is that of the later ones."""
        self.count(other)
        self.renamed, self.dropped_columns, self.joined = other.renamed, other.dropped_columns, other.joined
        self.scaled_from, self.class_names = other.scaled_from, other.class_names

    def count(self, other: "Changes") -> None:
        """Takes in which of more rows were left out or changed."""
        for reason, number in other.dropped_rows.items():
            self.dropped_rows[reason] = self.dropped_rows.get(reason, 0) + number
        self.rejects.extend(other.rejects)
        self.refilled += other.refilled
        if other.apart is not None:
            self.apart = (self.apart or 0) + other.apart

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what did not happen."""
        every = {
            "renamed": self.renamed,
            "dropped_columns": self.dropped_columns,
            "dropped_rows": self.dropped_rows,
            "scaled_from": list(self.scaled_from) if self.scaled_from else None,
            "class_names": list(self.class_names),
            "joined": self.joined,
            "refilled": self.refilled,
        }
        return {name: value for name, value in every.items() if value}


def kept(table: pa.Table, keep: pa.ChunkedArray | pa.Array, reason: str, changes: Changes) -> pa.Table:
    """The rows to keep; the others are counted."""
    if lost := table.num_rows - int(pc.sum(keep).as_py() or 0):
        changes.dropped_rows[reason] = changes.dropped_rows.get(reason, 0) + lost
        changes.rejects.append(Rejected(table.filter(pc.invert(pc.fill_null(keep, False))), reason))
        return table.filter(keep)
    return table
