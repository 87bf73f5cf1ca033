"""Rows of an anchor next to one another: data that can be cut between two anchors, and converted part by part.

Most data is like that, or has one row for each anchor. Where what comes of a row depends on the rows of its anchor
only, a part then takes little memory, and several are made at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.checksums import Checksums, checksums, glances
from converters.conversions.registry import Conversion, Made, Material
from converters.conversions.settings import Options
from converters.conversions.texts import bare, comes_twice, whole
from converters.piles import common_schema, pieces

K = TypeVar("K")

#: The most anchors that are told apart, which takes eight bytes for each.
MOST = 1 << 24


def stands_together(tables: Iterable[pa.Table]) -> bool:
    """Whether the rows of each anchor stand next to one another; false where there are too many anchors to tell.

    Args:
        tables: the rows, in order; the first column has the anchors.
    """
    heads: list[Checksums] = []
    last: np.uint64 | None = None
    for table in tables:
        own = checksums(_anchors(table))
        starts = _starts(own, last)
        heads.append(own[starts])
        last = own[-1] if len(own) else last
        if sum(map(len, heads)) > MOST:
            return False
    return not heads or not comes_twice(np.concatenate(heads))


def cut(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Parts that hold all rows of their anchors, of data in which these stand together.

    Args:
        tables: the rows, in order; the first column has the anchors.
    """
    held: list[pa.Table] = []
    last: np.uint64 | None = None
    for table in tables:
        own = glances(_anchors(table))  # where two anchors in a row look alike, nothing is cut, which does no harm
        starts = _starts(own, last)
        last = own[-1] if len(own) else last
        if len(starts):
            end = int(starts[-1])
            held.append(table.slice(0, end))
            if any(each.num_rows for each in held):
                yield pa.concat_tables(held)
            held = []
            table = table.slice(end)
        held.append(table)
    if any(each.num_rows for each in held):
        yield pa.concat_tables(held)


def apply_by_parts(step: Conversion, table: pa.Table, corpus: pa.ChunkedArray | None, options: Options) -> Made:
    """Takes a step with rows in memory: part by part, several at once, where that leads to the same.

    Raises:
        InputError: the step cannot be taken with this data.
    """
    tables = list(pieces(table.to_batches(), table.schema)) if step.scope == "anchor" else []
    if len(tables) < 2 or not stands_together(tables):
        return step.apply(Material(table, corpus), step.target, options)
    if step.scales is not None:
        options = replace(options, span=options.span_of(table[step.scales]))
    parts = list(cut(tables))
    made_of: Iterable[Material] = (Material(part, corpus) for part in parts)
    if step.settle is not None:
        made_of = list(made_of)  # so that what settling makes of them is there still
        options = replace(step.settle(iter(made_of), step.target, options), part=True)
    every = list(in_turn(lambda part: step.apply(part, step.target, options), made_of))
    starts = np.cumsum([0, *(part.num_rows for part in parts)]).tolist()
    unused: dict[str, list[NDArray[np.int64]]] = {}
    for start, made in zip(starts, every, strict=False):
        for why, places in made.unused.items():
            unused.setdefault(why, []).append(places + start)
    schema = common_schema([made.table.schema for made in every])
    return Made(
        pa.concat_tables([made.table.cast(schema) for made in every]),
        added([made.left_out for made in every]),
        unused={why: np.concatenate(places) for why, places in unused.items()},
    )


def added(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    """What was counted in several parts, together."""
    total: dict[K, int] = {}
    for each in counts:
        for what, number in each.items():
            total[what] = total.get(what, 0) + number
    return total


def _anchors(table: pa.Table) -> pa.Array:
    return bare(whole(table.column(0)))


def _starts(anchors: Checksums, last: np.uint64 | None) -> NDArray[np.int64]:
    """The places at which another anchor begins than the one before; `last` is the one before all of them."""
    differ = np.ones(len(anchors), dtype=bool)
    differ[1:] = anchors[1:] != anchors[:-1]
    if last is not None:
        differ[:1] = anchors[:1] != last
    return np.flatnonzero(differ)
