"""Carrying a plan out on rows that do not fit into memory.

What a step says of itself (`Conversion.scope`) decides how. Where each row stands for itself, rows are converted batch
by batch. Where rows of an anchor decide, rows are spread over parts by a hash of the anchor, so that all rows of one
meet, and converted part by part; then what came out is put in order: anchors as they first appear in the data, the rows
of an anchor next to one another in the order in which the step makes them. Only a step that needs all rows gets them.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.conversions.planning import Plan
from converters.conversions.registry import Conversion, Made, Material
from converters.conversions.settings import Options
from converters.piles import PLACE, Ordered, Pile, Room, Rows, pieces, placed, spread
from converters.progress import track


def steps_by_parts(
    way: Plan, pile: Rows, corpus: pa.ChunkedArray | None, options: Options, room: Room
) -> tuple[Rows, Made]:
    """Takes the steps of a plan.

    Args:
        way: the plan.
        pile: rows in canonical shape; it stays as it is.
        corpus: documents beside those of the rows.
        options: what the steps choose by.
        room: what the rows may take up.

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
        if current.in_memory or step.scope == "set":
            made = step.apply(Material(current.table(), corpus), step.target, options)
            mining = made.mining or mining
            following = whole = Pile(room)
            for table in made.tables():
                whole.add(table)
            _count(left_out, made)
        elif step.scope == "row":
            following = _by_rows(step, current, corpus, options, room, left_out)
        else:
            following = _by_anchors(step, current, corpus, options, room, left_out)
        if current is not pile:
            current.clear()
        current = following
    return current, Made(current.schema.empty_table(), left_out, mining)


def _by_rows(
    step: Conversion,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    left_out: dict[str, int],
) -> Pile:
    following = Pile(room)
    once = Material(pile.schema.empty_table(), corpus)
    for table in track(pieces(pile.batches(), pile.schema), f"{step.source} to {step.target}"):
        made = step.apply(replace(once, table=table), step.target, options)
        _count(left_out, made)
        following.add(made.table)
    return following


def _by_anchors(
    step: Conversion,
    pile: Rows,
    corpus: pa.ChunkedArray | None,
    options: Options,
    room: Room,
    left_out: dict[str, int],
) -> Rows:
    anchor = pile.schema.names[0]
    parts = spread(placed(pile), anchor, pile.nbytes, room)
    if step.settle is not None:
        materials = (Material(part.table().drop_columns([PLACE]), corpus) for part in parts)
        options = replace(step.settle(materials, step.target, options), part=True)

    def converted(part: Pile) -> tuple[Made, pa.Table]:
        table = part.table()
        places, table = table[PLACE].to_numpy(), table.drop_columns([PLACE])
        made = step.apply(Material(table, corpus), step.target, options)
        part.clear()
        return replace(made, rows=made.table.slice(0, 0)), _with_places(made.table, table[anchor], places)

    came = []
    for made, rows in in_turn(converted, track(parts, f"{step.source} to {step.target}")):
        _count(left_out, made)
        if rows.num_rows:
            came.append(Pile(room, small=room.small // len(parts)))
            came[-1].add(rows)
        del rows
    if came:
        return Ordered(came, room)
    following = Pile(room)  # nothing came of any part: the step says what its rows would look like
    following.add(step.apply(Material(pile.schema.empty_table(), corpus), step.target, options).table)
    return following


def _with_places(made: pa.Table, anchors: pa.ChunkedArray, places: NDArray[np.int64]) -> pa.Table:
    """Rows that came of a part, in the order of their anchors, each with the place where its anchor first appears."""
    known = pc.utf8_trim_whitespace(anchors).combine_chunks().dictionary_encode()
    _, first = np.unique(known.indices.to_numpy(), return_index=True)
    found = pc.index_in(pc.utf8_trim_whitespace(made.column(0)), value_set=known.dictionary)
    own = places[first][found.to_numpy()]
    order = pa.array(np.argsort(own, kind="stable"))
    return made.append_column(PLACE, pa.array(own)).take(order)


def _count(left_out: dict[str, int], made: Made) -> None:
    for what, number in made.left_out.items():
        left_out[what] = left_out.get(what, 0) + number
