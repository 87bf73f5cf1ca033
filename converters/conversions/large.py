"""Carrying a plan out on rows that do not fit into memory.

What a step says of itself (`Conversion.scope`) decides how. Where each row stands for itself, rows are converted batch
by batch. Where rows of an anchor decide, rows are spread over parts by a hash of the anchor, so that all rows of one
meet, and converted part by part; then what came out is put in order: anchors as they first appear in the data, the rows
of an anchor next to one another in the order in which the step makes them. Only a step that needs all rows gets them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
        if current.in_memory or step.scope == "set":
            table = current.table()
            made = apply_by_parts(step, table, corpus, options)
            _hand_over(options, unused_rows(table, made, numbers))
            del table
            mining = made.mining or mining
            following = whole = Pile(room)
            for table in made.tables():
                whole.add(table)
            _count(left_out, made)
        elif step.scope == "row":
            following = _by_rows(step, current, corpus, options, room, left_out, numbers)
        else:
            following = _by_anchors(step, current, corpus, options, room, left_out, numbers)
        if current is not pile:
            current.clear()
        current = following
    return current, Made(current.schema.empty_table(), left_out, mining)


def _span(pile: Rows, name: str) -> Span:
    """From where to where the labels of all rows go."""
    span = Span()
    for table in track(pieces(pile.batches(), pile.schema), "Surveying the labels"):
        span |= Span.of_labels(table[name])
    return span


def _by_rows(
    step: Conversion,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    left_out: dict[str, int],
    numbers: Numbers | None,
) -> Pile:
    following, start = Pile(room), 0
    once = Material(pile.schema.empty_table(), corpus)
    for table in track(pieces(pile.batches(), pile.schema), f"{step.source} to {step.target}"):
        made = step.apply(replace(once, table=table), step.target, options)
        _count(left_out, made)
        _hand_over(options, unused_rows(table, made, _at(numbers, start + np.arange(table.num_rows))))
        start += table.num_rows
        following.add(made.table)
    return following


def _by_anchors(
    step: Conversion,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    left_out: dict[str, int],
    numbers: Numbers | None,
) -> Rows:
    if stands_together(pieces(pile.batches(), pile.schema)):
        return _cut_between_anchors(step, pile, corpus, options, room, left_out, numbers)
    anchor = pile.schema.names[0]
    parts = spread(placed(pile), anchor, pile.nbytes, room)
    if step.settle is not None:
        materials = (Material(part.table().drop_columns([PLACE]), corpus) for part in parts)
        options = replace(step.settle(materials, step.target, options), part=True)

    def converted(part: Pile) -> tuple[Made, pa.Table, list[Rejected]]:
        table = part.table()
        places, table = table[PLACE].to_numpy(), table.drop_columns([PLACE])
        made = step.apply(Material(table, corpus), step.target, options)
        unused = unused_rows(table, made, _at(numbers, places))
        part.clear()
        return replace(made, rows=made.table.slice(0, 0)), _with_places(made.table, table[anchor], places), unused

    came = []
    for made, rows, unused in in_turn(converted, track(parts, f"{step.source} to {step.target}")):
        _count(left_out, made)
        _hand_over(options, unused)
        if rows.num_rows:
            came.append(Pile(room, small=room.small // len(parts)))
            came[-1].add(rows)
        del rows
    if came:
        return Ordered(came, room)
    following = Pile(room)  # nothing came of any part: the step says what its rows would look like
    following.add(step.apply(Material(pile.schema.empty_table(), corpus), step.target, options).table)
    return following


def _cut_between_anchors(
    step: Conversion,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    left_out: dict[str, int],
    numbers: Numbers | None,
) -> Pile:
    """As `_by_anchors`, where the rows of an anchor stand together: nothing has to be spread, or put in order again."""

    def materials() -> Iterator[Material]:
        for part in cut(pieces(pile.batches(), pile.schema)):
            yield Material(part, corpus)

    if step.settle is not None:
        options = replace(step.settle(materials(), step.target, options), part=True)
    following, start = Pile(room), 0
    following.add(step.apply(Material(pile.schema.empty_table(), corpus), step.target, options).table)

    def converted(material: Material) -> tuple[pa.Table, Made]:
        made = step.apply(material, step.target, options)
        return material.table, replace(made, rows=made.table)

    for table, made in in_turn(converted, track(materials(), f"{step.source} to {step.target}")):
        _count(left_out, made)
        _hand_over(options, unused_rows(table, made, _at(numbers, start + np.arange(table.num_rows))))
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


def _at(numbers: Numbers | None, places: NDArray[np.int64]) -> Numbers | None:
    """What gives the numbers of rows at places in a part, which stand at these places in the whole."""
    return None if numbers is None else lambda of_part: numbers(places[of_part])


def _hand_over(options: Options, rejected: list[Rejected]) -> None:
    """Gives rows that a step could not use to whoever wants them."""
    for each in rejected:
        if options.reject is not None:
            options.reject(each)


def _count(left_out: dict[str, int], made: Made) -> None:
    for what, number in made.left_out.items():
        left_out[what] = left_out.get(what, 0) + number
