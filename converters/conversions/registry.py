"""The registry of conversions: each is a small function, declared in one place.

A conversion takes rows in the canonical shape of their format and gives rows in the canonical shape of another. To add
one, write a function and register it with `conversion`; the planner, the advisor's offers and the command line find it.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.conversions.settings import Options

if TYPE_CHECKING:
    from converters.mining import MiningSummary


T = TypeVar("T")

#: Rows that are made at a time, where not all are made at once.
PART_ROWS = 1 << 16


@dataclass(frozen=True)
class Material:
    """What a conversion starts from.

    Attributes:
        table: rows in the canonical shape of their format. Of a collection, the judgements with their texts: `query`,
            `document` and `grade`, of whatever grade; the texts may be pointed to (`texts.pointing`).
        corpus: documents beside those of the rows; None where there are none.
        rows: of how many rows of the data `table` is what is left; by default, of as many as it has.
        apart: into how many rows of their own these were taken apart, as contexts into their questions; None where a
            row is a row.
    """

    table: pa.Table
    corpus: pa.ChunkedArray | None = None
    rows: int | None = None
    apart: int | None = None
    _made: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def counted(self, rows: int) -> int:
        """How many rows so many rows of the data are, once they are taken apart: scaled from those at hand."""
        return rows if self.apart is None or not self.rows else round(self.apart * rows / self.rows)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of the material for several conversions: the first one makes it, the others take it."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made


@dataclass(frozen=True)
class Made:
    """What comes out of a conversion.

    Attributes:
        rows: rows in the canonical shape of the new format: a table, or what makes them table by table, one at least,
            where all at once would take much more memory than what they are made of.
        left_out: how many of what could not be used, by what it is: `anchors without a negative`.
        mining: what the miner did; None where nothing was mined.
        unused: the places of those rows among the step's own that it could not use, by what they are; only where
            somebody wants them (`Options.reject`), and where a row that goes in is one that could come out.
    """

    rows: pa.Table | Callable[[], Iterator[pa.Table]]
    left_out: Mapping[str, int] = field(default_factory=dict)
    mining: "MiningSummary | None" = None
    unused: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def tables(self) -> Iterator[pa.Table]:
        """The rows, table by table."""
        if callable(self.rows):
            yield from self.rows()
        else:
            yield self.rows

    @cached_property
    def table(self) -> pa.Table:
        """The rows as one table."""
        return pa.concat_tables(self.tables()) if callable(self.rows) else self.rows


def by_parts(count: int, rows: Callable[[slice], pa.Table]) -> Callable[[], Iterator[pa.Table]]:
    """What makes so many rows a part at a time: a text is held once, however many rows it stands in."""

    def tables() -> Iterator[pa.Table]:
        for start in range(0, max(1, count), PART_ROWS):
            yield rows(slice(start, start + PART_ROWS))

    return tables


Apply = Callable[[Material, str, Options], Made]
Count = Callable[[Material, str, Options], int | None]
Need = Literal["teacher"]

#: What decides on what comes of a row: the row alone, the rows of its anchor (its first text), or all rows.
Scope = Literal["row", "anchor", "set"]

#: Settles what all rows decide before parts of them are converted: parts, target and options in, options out.
Settle = Callable[[Iterator[Material], str, Options], Options]


@dataclass(frozen=True)
class Conversion:
    """A way from one format to another.

    Attributes:
        source: the format it takes.
        target: the format it gives.
        summary: what it does, in a sentence.
        apply: does it: material, target and options in, rows out.
        mines: whether it mines hard negatives, and so embeds all texts.
        samples: whether it draws at random, by the seed.
        loses: what of the meaning does not survive; None where all of it does.
        final: whether its rows must not be converted on, because a later step would misunderstand them.
        gathers: whether it puts rows of an anchor together, which a sample tears apart.
        needs: what has to be given for it: a `teacher`; None where the data is enough. A teacher is asked last, so such
            a conversion is final; and it follows final ones, for it takes rows as they are and misunderstands nothing.
        drops: whether it leaves texts behind.
        first: whether it takes rows only as the data has them: labels that another step made say less than they seem.
        offered: whether it is worth a thought where nobody has asked for it; not where it throws away what sets the
            data apart.
        counts: tells how many rows come out, where that takes less than doing it; of mining, at most. None where that
            cannot be told from a sample.
        scope: what decides on what comes of a row. Large data is converted batch by batch where that is the `row`, and
            what `Material.once` keeps stays from batch to batch; in parts that hold all rows of their anchors where it
            is the `anchor`, which then is the first column of what comes out; and as a whole where it is the `set`.
        settle: settles what all rows decide, where the scope is the `anchor` and something is left to them.
        scales: the column of labels, numbers or lists of them, that it puts on a scale, which those of all rows decide;
            None where it does not.
    """

    source: str
    target: str
    summary: str
    apply: Apply
    mines: bool = False
    samples: bool = False
    loses: str | None = None
    final: bool = False
    gathers: bool = False
    counts: Count | None = None
    needs: Need | None = None
    drops: bool = False
    first: bool = False
    offered: bool = True
    scope: Scope = "set"
    settle: Settle | None = None
    scales: str | None = None


#: Every conversion, by source and target.
CONVERSIONS: dict[tuple[str, str], Conversion] = {}


def conversion(
    source: str,
    *targets: str,
    summary: str,
    mines: bool = False,
    samples: bool = False,
    loses: str | None = None,
    final: bool = False,
    gathers: bool = False,
    counts: Count | None = None,
    needs: Need | None = None,
    drops: bool = False,
    first: bool = False,
    offered: bool = True,
    scope: Scope = "set",
    settle: Settle | None = None,
    scales: str | None = None,
) -> Callable[[Apply], Apply]:
    """Registers a function as the conversion from a format to one or more others; see `Conversion` for the rest."""

    def register(function: Apply) -> Apply:
        for target in targets:
            CONVERSIONS[source, target] = Conversion(
                source,
                target,
                summary,
                function,
                mines,
                samples,
                loses,
                final or mines or needs is not None,
                gathers,
                counts,
                needs,
                drops,
                first,
                offered,
                scope,
                settle,
                scales,
            )
        return function

    return register
