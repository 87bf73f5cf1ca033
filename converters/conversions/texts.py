"""Texts by number: equal ones get the same, and columns are put together from numbers, a bounded block at a time."""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.checksums import Checksums, checksums, glances, scrambled

Ids = NDArray[np.int64]

#: Bytes of text that one block of rows may hold: far below what 32-bit offsets can address.
BLOCK_BYTES = 2**25

#: Texts whose ends are looked at together: what is made of them on the way fits into a processor's cache.
_BLOCK = 1 << 14


def number(*columns: pa.ChunkedArray) -> tuple[pa.Array, list[Ids]]:
    """Gives equal texts the same number, in order of first appearance. White space around a text makes no difference.

    Args:
        columns: texts, none null.

    Returns:
        The different texts, each as it was first written, and for each column the numbers of its texts.
    """
    if len(columns) == 1 and (into := pointed(columns[0])) is not None:
        return _renumbered(*into)
    texts = whole(*columns)
    plain = bare(texts)
    bounds = np.cumsum([len(column) for column in columns])[:-1]
    if not comes_twice(glances(plain)):
        return texts, np.split(np.arange(len(texts)), bounds)
    ids = plain.dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(ids), prepend=-1))  # numbers are given in order
    return texts.take(pa.array(first)), np.split(ids, bounds)


def number_within(groups: Ids, *columns: pa.ChunkedArray) -> tuple[pa.Array, list[Ids]]:
    """As `number`, where it matters within groups only: equal texts of two groups may have different numbers.

    Few groups hold a text twice, and most texts differ in a few of their bytes already: hardly any are compared.

    Args:
        groups: of each text of each column, column by column, the group that it belongs to.
        columns: texts, none null.

    Returns:
        Texts, some of them several times, and for each column the numbers of its texts.
    """
    if len(columns) == 1 and pointed(columns[0]) is not None:
        return number(*columns)
    texts = whole(*columns)
    plain = bare(texts)
    ids = np.arange(len(texts))
    alike = _alike(glances(plain) ^ scrambled(groups))
    if len(alike):
        found = plain.take(pa.array(alike)).dictionary_encode().indices.to_numpy().astype(np.int64)
        _, first, own = np.unique(groups[alike] * len(alike) + found, return_index=True, return_inverse=True)
        ids[alike] = alike[first][own]
    bounds = np.cumsum([len(column) for column in columns])[:-1]
    return texts, np.split(ids, bounds)


def whole(*columns: pa.ChunkedArray) -> pa.Array:
    """The texts of columns, one after the other, as an array of large strings."""
    # numpy allocates it, for it asks for large pages of memory, and Arrow for small ones, which takes twice as long.
    chunks = [pc.cast(chunk, pa.large_string()) for column in columns for chunk in column.chunks if len(chunk)]
    if len(chunks) < 2:
        return chunks[0] if chunks else pa.array([], pa.large_string())
    ends, letters = np.zeros(1 + sum(map(len, chunks)), dtype=np.int64), []
    first = 0
    for chunk in chunks:
        _, offsets, data = chunk.buffers()
        bounds = np.frombuffer(offsets, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        letters.append(np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]])
        ends[first : first + len(bounds)] = bounds + (ends[first] - bounds[0])
        first += len(chunk)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.concatenate(letters))]
    return pa.Array.from_buffers(pa.large_string(), first, buffers)


def looks(column: pa.ChunkedArray) -> Checksums:
    """Two numbers for each text, a checksum first, which tell texts apart that are not kept.

    White space around a text makes no difference; of one that is nothing else, both are 0.

    Args:
        column: n texts, none null.

    Returns:
        (n, 2)
    """

    def look(chunks: list[pa.Array]) -> Checksums:
        plain = bare(whole(pa.chunked_array(chunks)))
        return np.column_stack((checksums(plain), glances(plain)))

    return np.concatenate([np.zeros((0, 2), np.uint64), *in_turn(look, _in_few(column.chunks))])


def _in_few(chunks: Iterable[pa.Array]) -> Iterator[list[pa.Array]]:
    """Chunks to work on together: `datasets` writes them of a thousand rows, which are too few for numpy."""
    held: list[pa.Array] = []
    rows = size = 0
    for chunk in chunks:
        held.append(chunk)
        rows, size = rows + len(chunk), size + chunk.nbytes
        if rows >= _BLOCK or size >= BLOCK_BYTES:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held


def bare(texts: pa.Array) -> pa.Array:
    """Large strings without white space around them."""
    return texts if _all_bare(texts) else pc.utf8_trim_whitespace(texts)


def comes_twice(keys: NDArray[np.int64] | Checksums) -> bool:
    """Whether a key comes more than once, told in a fifth of the time that it takes to say which."""
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def _alike(keys: Checksums) -> Ids:
    """The places of keys that come more than once, in order."""
    if not comes_twice(keys):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(keys)
    ordered = keys[order]
    same = np.zeros(len(keys) + 1, dtype=bool)
    same[1:-1] = ordered[1:] == ordered[:-1]
    return np.sort(order[same[1:] | same[:-1]])


def side_by_side(*columns: pa.ChunkedArray) -> tuple[pa.Array, Ids]:
    """The texts of columns, and the number of each by row and column: (rows, columns)."""
    rows = len(columns[0])
    return whole(*columns), np.arange(rows)[:, None] + np.arange(len(columns)) * rows


def firsts(keys: NDArray[np.int64] | Checksums) -> Ids:
    """The places of keys that come for the first time, in order."""
    if not comes_twice(keys):
        return np.arange(len(keys))
    numbers = pa.array(keys).dictionary_encode().indices.to_numpy()
    return np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1))  # they are given in order


def pointing(texts: pa.Array, places: pa.Array) -> pa.ChunkedArray:
    """A column with the text at each place, which holds no text itself: many rows may point to one long text."""
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, texts)])


def pointed(column: pa.ChunkedArray) -> tuple[pa.Array, Ids] | None:
    """The texts that a column points into, and the place of each row's; None where it holds its texts itself."""
    if not pa.types.is_dictionary(column.type) or not column.num_chunks:
        return None
    texts = column.chunk(0).dictionary
    if len({(chunk.dictionary.buffers()[-1].address, len(chunk.dictionary)) for chunk in column.chunks}) > 1:
        return None
    places = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    return texts, places.astype(np.int64)


def held(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same column with the texts themselves."""
    into = pointed(column)
    return pc.cast(column, pa.string()) if into is None else texts_at(*into)


def rows_of(lists: pa.ChunkedArray) -> Ids:
    """The row of each element of a column of lists."""
    rows: Ids = np.repeat(np.arange(len(lists)), pc.fill_null(pc.list_value_length(lists), 0).to_numpy())
    return rows


def _renumbered(texts: pa.Array, places: Ids) -> tuple[pa.Array, list[Ids]]:
    """As `number`, of the texts at these places: each text that is used is looked at once."""
    used, first, own = np.unique(places, return_index=True, return_inverse=True)
    order = np.argsort(first)
    pool, (numbers,) = number(pa.chunked_array([texts.take(pa.array(used[order]))]))
    of_used = np.empty(len(used), dtype=np.int64)
    of_used[order] = numbers
    return pool, [of_used[own]]


def _all_bare(texts: pa.Array) -> bool:
    """Whether no text begins or ends with what could be white space, told from two bytes of each."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return True
    ends = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, dtype=np.uint8)
    for first in range(0, len(texts), _BLOCK):
        bounds = ends[first : first + _BLOCK + 1]
        start, end = bounds[:-1], bounds[1:]
        some = end > start
        edges = letters[np.concatenate((start[some], end[some] - 1))]
        if not ((edges > ord(" ")) & (edges < 0x80)).all():  # beyond ASCII are more kinds of space
            return False
    return True


def texts_at(pool: pa.Array, ids: Ids) -> pa.ChunkedArray:
    """A column with the text of each number."""
    sizes = _lengths(pool)[ids]
    blocks = (ids[start:end] for start, end in _blocks(sizes))
    return pa.chunked_array(list(in_turn(lambda block: _take(pool, block), blocks)), pa.string())


def text_lists_at(pool: pa.Array, ids: Ids, counts: Ids) -> pa.ChunkedArray:
    """A column of lists: the first list has the texts of the first `counts[0]` numbers, and so on."""
    offsets = np.concatenate(([0], np.cumsum(counts)))
    total = np.concatenate(([0], np.cumsum(_lengths(pool)[ids])))

    def lists(block: tuple[int, int]) -> pa.Array:
        start, end = block
        ends = pa.array(offsets[start : end + 1] - offsets[start], pa.int32())
        return pa.ListArray.from_arrays(ends, _take(pool, ids[offsets[start] : offsets[end]]))

    blocks = _blocks(total[offsets[1:]] - total[offsets[:-1]])
    return pa.chunked_array(list(in_turn(lists, blocks)), pa.list_(pa.string()))


def number_lists_at(values: NDArray[np.float64], counts: Ids) -> pa.ChunkedArray:
    """A column of lists of numbers; of integers, where all of them are whole."""
    whole = bool(np.all(values == np.floor(values))) and bool(np.all(np.abs(values) < 2**53))
    return _lists_at(values, counts, pa.int64() if whole else pa.float64())


def float_lists_at(values: NDArray[np.float64], counts: Ids) -> pa.ChunkedArray:
    """A column of lists of floating point numbers."""
    return _lists_at(values, counts, pa.float64())


def _lists_at(values: NDArray[np.float64], counts: Ids, kind: pa.DataType) -> pa.ChunkedArray:
    offsets = np.concatenate(([0], np.cumsum(counts)))
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values).cast(kind))
    return pa.chunked_array([lists.cast(pa.list_(kind))])


def _take(pool: pa.Array, ids: Ids) -> pa.Array:
    return pool.take(pa.array(ids)).cast(pa.string())


def _lengths(pool: pa.Array) -> Ids:
    lengths: Ids = pc.binary_length(pool).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _blocks(sizes: Ids) -> Iterator[tuple[int, int]]:
    """Cuts rows of these sizes into blocks that hold no more than `BLOCK_BYTES`, or one row."""
    total = np.cumsum(sizes)
    if not total.size:
        return
    marks = np.searchsorted(total, np.arange(BLOCK_BYTES, total[-1], BLOCK_BYTES), side="right")
    bounds = np.unique(np.concatenate(([0], marks, [total.size]))).tolist()
    yield from itertools.pairwise(bounds)
