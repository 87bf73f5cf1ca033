"""Mending rows that do not fit into memory.

Mends follow one another as they do in memory, and the rows that are left are the same, in the same order. Those that
judge each row alone are made batch by batch; those that compare the rows of an anchor on parts that hold all of them,
whose rows carry their places and are put back in order; those that need the set get all of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np
import pyarrow as pa

from converters.changes import ROW
from converters.mends.others import Others
from converters.mends.registry import SEED, Mend, Mended, Scope, Shape, apply, shape_of, wanted
from converters.piles import PLACE, Pile, Room, Rows, in_order, pieces, placed, spread
from converters.progress import track
from converters.rejects import Reject

#: So many rows, twice as many at most, show what texts from all over are like.
SOME_ROWS = 50_000


def mend_pile(
    pile: Rows,
    format: str,
    codes: Collection[str] | None,
    others: Others,
    room: Room,
    reject: Reject | None = None,
    numbers: Callable[[int, int], pa.Array] | None = None,
    seed: int = SEED,
) -> tuple[Rows, Mended]:
    """Mends rows in canonical shape.

    Args:
        pile: the rows; they stay as they are.
        format: their format.
        codes: the codes of the findings to mend; None for all that are safe.
        others: the texts of other splits.
        room: what the rows may take up.
        reject: takes the rows that are left out.
        numbers: the numbers that rows have in the data, from a place in the pile on to another one; by default nobody
            knows, and those that are left out carry none.
        seed: of what is drawn at random.

    Returns:
        The rows that are left, and what was changed. Rows that were left out have gone to `reject`.

    Raises:
        InputError: there is no mend for a code.
    """
    done = Mended()
    shape = shape_of(pile.schema, format, others, seed)
    current: Rows = pile if numbers is None or reject is None else _numbered(pile, numbers, room)
    for scope, group in groupby(wanted(codes), key=lambda each: _scope(each, pile)):
        mends = list(group)
        following = Pile(room, current.schema)
        for table in _RUNS[scope](mends, current, shape, done, room, reject):
            following.add(table)
        if current is not pile:
            current.clear()
        current = following
    return (current if ROW not in current.schema.names else _bare(current, room)), done


def _numbered(pile: Rows, numbers: Callable[[int, int], pa.Array], room: Room) -> Pile:
    """The rows with their numbers in the column `ROW`."""
    found = Pile(room, pile.schema.append(pa.field(ROW, pa.int64())))
    start = 0
    for batch in pile.batches():
        found.add(pa.Table.from_batches([batch]).append_column(ROW, numbers(start, start + batch.num_rows)))
        start += batch.num_rows
    return found


def _bare(pile: Rows, room: Room) -> Pile:
    """The rows without their numbers."""
    found = Pile(room, pa.schema([each for each in pile.schema if each.name != ROW], pile.schema.metadata))
    for batch in pile.batches():
        found.add(pa.Table.from_batches([batch]).drop_columns([ROW]))
    pile.clear()
    return found


def _scope(each: Mend, pile: Rows) -> Scope:
    """How a mend is made: rows that are in memory are all at hand."""
    return "set" if pile.in_memory else each.scope


Run = Callable[[list[Mend], Rows, Shape, Mended, Room, Reject | None], Iterator[pa.Table]]


def _as_a_set(
    mends: list[Mend], pile: Rows, shape: Shape, done: Mended, room: Room, reject: Reject | None
) -> Iterator[pa.Table]:
    table = pile.table()
    for each in mends:
        table, _ = apply(each, table, shape, done)
        _hand_over(done, reject)
    yield table


def _by_rows(
    mends: list[Mend], pile: Rows, shape: Shape, done: Mended, room: Room, reject: Reject | None
) -> Iterator[pa.Table]:
    rest = list(mends)
    while rest:
        # What all rows decide is settled when they have been through the mends before.
        first, *others = rest
        here = [first, *_until_settled(others)]
        rest = rest[len(here) :]
        settled = {} if first.settle is None else {first.settle: first.settle(_to_settle(first, pile, shape), shape)}
        tables = _each(here, pile, replace(shape, settled=settled), done, reject)
        if not rest:
            yield from tables
            return
        following = Pile(room, pile.schema)
        for table in tables:
            following.add(table)
        pile = following


def _to_settle(each: Mend, pile: Rows, shape: Shape) -> pa.Table:
    """What all rows decide by: every label, or texts from all over."""
    if each.is_of_labels:
        names = [shape.label] if shape.label is not None else []
        schema = pa.schema([pile.schema.field(name) for name in names])
        return pa.Table.from_batches([batch.select(names) for batch in pile.batches()], schema)
    step = max(1, pile.num_rows // SOME_ROWS)
    start, taken = 0, [pile.schema.empty_table()]
    for batch in pile.batches():
        places = np.arange(-start % step, batch.num_rows, step)
        taken.append(pa.Table.from_batches([batch.take(pa.array(places))]))
        start += batch.num_rows
    return pa.concat_tables(taken)


def _until_settled(mends: Iterable[Mend]) -> Iterator[Mend]:
    for each in mends:
        if each.settle is not None:
            return
        yield each


def _each(mends: list[Mend], pile: Rows, shape: Shape, done: Mended, reject: Reject | None) -> Iterator[pa.Table]:
    for table in track(pieces(pile.batches(), pile.schema), "Mending"):
        for each in mends:
            table, _ = apply(each, table, shape, done)
        _hand_over(done, reject)
        yield table


def _by_anchors(
    mends: list[Mend], pile: Rows, shape: Shape, done: Mended, room: Room, reject: Reject | None
) -> Iterator[pa.Table]:
    parts = spread(placed(pile), shape.texts[0], pile.nbytes, room)
    left = []
    for part in track(parts, "Comparing rows"):
        table = part.table()
        places, table = table[PLACE].to_numpy(), table.drop_columns([PLACE])
        for each in mends:
            table, keep = apply(each, table, shape, done)
            places = places if keep is None else places[keep]
        _hand_over(done, reject)
        if table.num_rows:
            left.append(Pile(room, small=room.small // len(parts)))
            left[-1].add(table.append_column(PLACE, pa.array(np.asarray(places))))
        part.clear()
    for table in in_order(left):
        yield table.drop_columns([PLACE])
    for each_pile in left:
        each_pile.clear()


_RUNS: dict[Scope, Run] = {"set": _as_a_set, "row": _by_rows, "anchor": _by_anchors}


def _hand_over(done: Mended, reject: Reject | None) -> None:
    """Gives away the rows that were left out, so that they take no memory here."""
    if reject is not None:
        for table in done.rejects:
            reject(table)
    done.rejects.clear()
