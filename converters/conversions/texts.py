"""Texts by number: equal ones get the same, and columns are put together from numbers, a bounded block at a time."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Glances = NDArray[np.uint64]

#: Bytes of text that one block of rows may hold: far below what 32-bit offsets can address.
BLOCK_BYTES = 2**27

#: Bytes that are looked at together.
_WORD = 8

#: An odd number whose multiples spread over all of 64 bits, which wrap around.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def number(*columns: pa.ChunkedArray) -> tuple[pa.Array, list[Ids]]:
    """Gives equal texts the same number, in order of first appearance. White space around a text makes no difference.

    Args:
        columns: texts, none null.

    Returns:
        The different texts, each as it was first written, and for each column the numbers of its texts.
    """
    if len(columns) == 1 and (into := pointed(columns[0])) is not None:
        return _renumbered(*into)
    texts = _joined(columns)
    ids = bare(texts).dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(ids), prepend=-1))  # numbers are given in order
    bounds = np.cumsum([len(column) for column in columns])[:-1]
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
    texts = _joined(columns)
    plain = bare(texts)
    ids = np.arange(len(texts))
    alike = _alike(glances(plain) ^ (groups.astype(np.uint64) * _SPREAD))
    if len(alike):
        found = plain.take(pa.array(alike)).dictionary_encode().indices.to_numpy().astype(np.int64)
        _, first, own = np.unique(groups[alike] * len(alike) + found, return_index=True, return_inverse=True)
        ids[alike] = alike[first][own]
    bounds = np.cumsum([len(column) for column in columns])[:-1]
    return texts, np.split(ids, bounds)


def _joined(columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    chunks = [pc.cast(chunk, pa.large_string()) for column in columns for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.large_string()).combine_chunks()


def bare(texts: pa.Array) -> pa.Array:
    """Large strings without white space around them."""
    return texts if _all_bare(texts) else pc.utf8_trim_whitespace(texts)


def _alike(keys: Glances) -> Ids:
    """The places of keys that come more than once, in order."""
    order = np.argsort(keys)
    ordered = keys[order]
    same = np.zeros(len(keys) + 1, dtype=bool)
    same[1:-1] = ordered[1:] == ordered[:-1]
    return np.sort(order[same[1:] | same[:-1]])


def glances(texts: pa.Array) -> Glances:
    """A number for each text, made of its length and of eight bytes at its beginning, in its middle and at its end.

    Texts with different numbers differ; those with the same may be equal or not.
    """
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    start, length = ends[:-1], np.diff(ends)
    made = length.astype(np.uint64) * _SPREAD
    letters = np.frombuffer(data or b"", dtype=np.uint8)
    letters = np.pad(letters, (0, max(0, _WORD - len(letters))))
    words: Glances = np.ndarray((len(letters) - _WORD + 1,), np.uint64, letters, strides=(1,))  # one at each byte
    seen = np.minimum(length, _WORD)
    for place in (start, start + (length - seen) // 2, ends[1:] - seen):
        there = np.minimum(place, len(words) - 1)  # at the very end a word begins before its text does
        word = words[there] >> (8 * (place - there)).astype(np.uint64) << (8 * (_WORD - seen)).astype(np.uint64)
        made = (made ^ np.where(seen > 0, word, 0)) * _SPREAD
        made ^= made >> np.uint64(29)
    return made


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
    start, end = ends[:-1], ends[1:]
    some = end > start
    letters = np.frombuffer(data, dtype=np.uint8)
    edges = letters[np.concatenate((start[some], end[some] - 1))]
    return bool(((edges > ord(" ")) & (edges < 0x80)).all())  # beyond ASCII are more kinds of space


def texts_at(pool: pa.Array, ids: Ids) -> pa.ChunkedArray:
    """A column with the text of each number."""
    sizes = _lengths(pool)[ids]
    return pa.chunked_array([_take(pool, ids[start:end]) for start, end in _blocks(sizes)], pa.string())


def text_lists_at(pool: pa.Array, ids: Ids, counts: Ids) -> pa.ChunkedArray:
    """A column of lists: the first list has the texts of the first `counts[0]` numbers, and so on."""
    offsets = np.concatenate(([0], np.cumsum(counts)))
    total = np.concatenate(([0], np.cumsum(_lengths(pool)[ids])))
    lists = [
        pa.ListArray.from_arrays(
            pa.array(offsets[start : end + 1] - offsets[start], pa.int32()),
            _take(pool, ids[offsets[start] : offsets[end]]),
        )
        for start, end in _blocks(total[offsets[1:]] - total[offsets[:-1]])
    ]
    return pa.chunked_array(lists, pa.list_(pa.string()))


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
