"""Where in a row of things to look, so that what is seen stands for all of it."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

#: Pieces that a sample of rows is made of: neighbours stay together, since rows about one thing often are neighbours.
PIECES = 64


def spread(count: int, wanted: int) -> list[int]:
    """At most `wanted` of `count` positions, evenly apart, the first and the last among them."""
    if wanted >= count:
        return list(range(count))
    if wanted == 1:
        return [0]
    return [index * (count - 1) // (wanted - 1) for index in range(wanted)]


def slices(count: int, wanted: int, pieces: int = PIECES) -> list[tuple[int, int]]:
    """Start and length of evenly spread pieces of `count` rows that hold `wanted` rows together, or all of them."""
    if wanted >= count:
        return [(0, count)] if count else []
    pieces = max(1, min(pieces, wanted))
    unseen = count - wanted
    bounds = [index * wanted // pieces for index in range(pieces + 1)]
    return [
        (bounds[index] + unseen * index // max(1, pieces - 1), bounds[index + 1] - bounds[index])
        for index in range(pieces)
    ]


def cut(batches: Iterable[pa.RecordBatch], wanted: Sequence[tuple[int, int]]) -> Iterator[pa.RecordBatch]:
    """The wanted slices of rows that come in batches; reads no further than the last of them."""
    position, first = 0, 0
    for batch in batches:
        end = position + batch.num_rows
        while first < len(wanted):
            start, length = wanted[first]
            if start >= end:
                break
            begin = max(start, position)
            stop = min(start + length, end)
            if stop > begin:
                yield batch.slice(begin - position, stop - begin)
            if start + length > end:
                break
            first += 1
        position = end
        if first == len(wanted):
            return
