"""Carrying a plan out on rows that do not fit into memory.

What a step says of itself (`Conversion.scope`) decides how. Where each row stands for itself, rows are converted batch
by batch. Where rows of an anchor decide, rows are spread over parts by a hash of the anchor, so that all rows of one
meet, and converted part by part; then what came out is put in order: anchors as they first appear in the data, the rows
of an anchor next to one another in the order in which the step makes them. Only a step that needs all rows gets them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.changes import ROW, Rejected
from converters.conversions.parts import apply_by_parts, cut, stands_together
from converters.conversions.planning import Plan
from converters.conversions.registry import Conversion, Made, Material
from converters.conversions.settings import Options
from converters.piles import PLACE, Ordered, Pile, Room, Rows, pieces, placed, spread
from converters.progress import track
from converters.scales import Span

#: Gives the numbers in the data of the rows at some places.
Numbers = Callable[[NDArray[np.int64]], pa.Array]


def unused_rows(table: pa.Table, made: Made, numbers: Numbers | None) -> list[Rejected]:
    """The rows of a table that a step could not use, with their numbers in the data where they have some."""
    found = []
    for why, places in made.unused.items():
        rows = table.take(pa.array(places))
        found.append(Rejected(rows if numbers is None else rows.append_column(ROW, numbers(places)), why))
    return found


def steps_by_parts(
    way: Plan,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    numbers: Numbers | None = None,
) -> tuple[Rows, Made]:
    """Takes the steps of a plan.

    Args:
        way: the plan.
        pile: rows in canonical shape; it stays as it is.
        corpus: documents beside those of the rows.
        options: what the steps choose by.
        room: what the rows may take up.
        numbers: gives the numbers in the data of rows at some places; None where they have none.

    Returns:
        What came out, and what is told of it: what was left out, and of mining. The table of the latter is empty.

    Raises:
        InputError: a step cannot be taken with this data.
    """
    left_out: dict[str, int] = {}
    mining = None
    current: Rows = pile
    following: Rows
    for step in way.steps:
        if current is not pile:
            numbers, options = None, replace(options, span=None)
        if step.scales is not None and options.span is None:
            options = replace(options, span=_span(current, step.scales))
        taking = _Taking(step, corpus, options, room, left_out, numbers)
        if current.in_memory or step.scope == "set":
            table = current.table()
            made = apply_by_parts(step, table, corpus, options)
            taking.tell(made, unused_rows(table, made, numbers))
            del table
            mining = made.mining or mining
            following = whole = Pile(room)
            for table in made.tables():
                whole.add(table)
        elif step.scope == "row":
            following = _by_rows(taking, current)
        else:
            following = _by_anchors(taking, current)
        if current is not pile:
            current.clear()
        current = following
    return current, Made(current.schema.empty_table(), left_out, mining)


@dataclass(frozen=True)
class _Taking:
    """A step that is being taken.

    Attributes:
        step: the step.
        corpus: documents beside those of the rows.
        options: what it chooses by.
        room: what the rows may take up.
        left_out: counts what it cannot use.
        numbers: gives the numbers in the data of rows at some places; None where they have none.
    """

    step: Conversion
    corpus: pa.ChunkedArray | None
    options: Options
    room: Room
    left_out: dict[str, int]
    numbers: Numbers | None

    @property
    def words(self) -> str:
        """What is shown while it lasts."""
        return f"{self.step.source} to {self.step.target}"

    def settled(self, parts: Iterator[pa.Table]) -> "_Taking":
        """The same, with what all rows decide settled."""
        if self.step.settle is None:
            return self
        options = self.step.settle((self.material(part) for part in parts), self.step.target, self.options)
        return replace(self, options=replace(options, part=True))

    def material(self, table: pa.Table) -> Material:
        """Rows to take it with."""
        return Material(table, self.corpus)

    def made_of(self, material: Material) -> Made:
        """What it makes of some rows."""
        return self.step.apply(material, self.step.target, self.options)

    def unused(self, table: pa.Table, made: Made, places: NDArray[np.int64]) -> list[Rejected]:
        """The rows of a part that it could not use; `places` are those of the part's rows among all."""
        numbers = self.numbers
        of_part = None if numbers is None else lambda within: numbers(places[within])
        return unused_rows(table, made, of_part)

    def tell(self, made: Made, unused: list[Rejected]) -> None:
        """Counts what it could not use, and gives the rows to whoever wants them."""
        for what, number in made.left_out.items():
            self.left_out[what] = self.left_out.get(what, 0) + number
        for each in unused:
            if self.options.reject is not None:
                self.options.reject(each)


def _span(pile: Rows, name: str) -> Span:
    """From where to where the labels of all rows go."""
    span = Span()
    for table in track(pieces(pile.batches(), pile.schema), "Surveying the labels"):
        span |= Span.of_labels(table[name])
    return span


def _by_rows(taking: _Taking, pile: Rows) -> Pile:
    following, start = Pile(taking.room), 0
    once = taking.material(pile.schema.empty_table())
    for table in track(pieces(pile.batches(), pile.schema), taking.words):
        made = taking.made_of(replace(once, table=table))
        taking.tell(made, taking.unused(table, made, start + np.arange(table.num_rows)))
        start += table.num_rows
        following.add(made.table)
    return following


def _by_anchors(taking: _Taking, pile: Rows) -> Rows:
    if stands_together(pieces(pile.batches(), pile.schema)):
        return _cut_between_anchors(taking, pile)
    anchor, room = pile.schema.names[0], taking.room
    parts = spread(placed(pile), anchor, pile.nbytes, room)
    taking = taking.settled(part.table().drop_columns([PLACE]) for part in parts)

    def converted(part: Pile) -> tuple[Made, pa.Table, list[Rejected]]:
        table = part.table()
        places, table = table[PLACE].to_numpy(), table.drop_columns([PLACE])
        made = taking.made_of(taking.material(table))
        unused = taking.unused(table, made, places)
        part.clear()
        return replace(made, rows=made.table.slice(0, 0)), _with_places(made.table, table[anchor], places), unused

    came = []
    for made, rows, unused in in_turn(converted, track(parts, taking.words)):
        taking.tell(made, unused)
        if rows.num_rows:
            came.append(Pile(room, small=room.small // len(parts)))
            came[-1].add(rows)
        del rows
    if came:
        return Ordered(came, room)
    following = Pile(room)  # nothing came of any part: the step says what its rows would look like
    following.add(taking.made_of(taking.material(pile.schema.empty_table())).table)
    return following


def _cut_between_anchors(taking: _Taking, pile: Rows) -> Pile:
    """As `_by_anchors`, where the rows of an anchor stand together: nothing has to be spread, or put in order again."""

    def parts() -> Iterator[pa.Table]:
        return cut(pieces(pile.batches(), pile.schema))

    taking = taking.settled(parts())
    following, start = Pile(taking.room), 0
    following.add(taking.made_of(taking.material(pile.schema.empty_table())).table)

    def converted(table: pa.Table) -> tuple[pa.Table, Made]:
        made = taking.made_of(taking.material(table))
        return table, replace(made, rows=made.table)

    for table, made in in_turn(converted, track(parts(), taking.words)):
        taking.tell(made, taking.unused(table, made, start + np.arange(table.num_rows)))
        start += table.num_rows
        following.add(made.table)
    return following


def _with_places(made: pa.Table, anchors: pa.ChunkedArray, places: NDArray[np.int64]) -> pa.Table:
    """Rows that came of a part, in the order of their anchors, each with the place where its anchor first appears."""
    known = pc.utf8_trim_whitespace(anchors).combine_chunks().dictionary_encode()
    _, first = np.unique(known.indices.to_numpy(), return_index=True)
    found = pc.index_in(pc.utf8_trim_whitespace(made.column(0)), value_set=known.dictionary)
    own = places[first][found.to_numpy()]
    order = pa.array(np.argsort(own, kind="stable"))
    return made.append_column(PLACE, pa.array(own)).take(order)
