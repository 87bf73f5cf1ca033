"""Mends of a set of rows as a whole."""

import numpy as np
import pyarrow as pa

from converters.alike import Mask
from converters.mends.registry import Shape, drops, rewrites

#: Formats of two texts that mean the same together or not at all: a shared first text is no leak.
BOTH_TEXTS = ("pair-class", "pair-score")


def leaking(format: str, texts: int) -> int:
    """How many of the first texts a row shares with another split where it leaks into it.

    Args:
        format: the format of the rows.
        texts: how many text columns they have.
    """
    return min(texts, 2 if format in BOTH_TEXTS else 1)


@drops("SET002", "rows that stand in another split as well", scope="row")
def _overlap(table: pa.Table, shape: Shape) -> Mask:
    names = shape.plain_texts[: leaking(shape.format.name, len(shape.plain_texts))]
    if shape.others is None:
        return np.ones(table.num_rows, dtype=bool)
    return ~shape.others.hold([table[name] for name in names])


@rewrites("SET006", "rows in a random order", safe=False, reorders=True)
def _shuffled(table: pa.Table, shape: Shape) -> pa.Table:
    return table.take(np.random.default_rng(shape.seed).permutation(table.num_rows))
