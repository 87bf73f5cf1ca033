"""Numbers for texts, made of their bytes, many texts at a time: which texts may be equal, told without comparing them.

They depend on nothing but the texts, and are good for one run of one version: what is written to files is named by
`converters.text_ids`.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.ahead import in_turn

Checksums = NDArray[np.uint64]
_Places = NDArray[np.int64]
_Letters = NDArray[np.uint8]

#: Texts that are looked at together: what is made of them on the way fits into a processor's cache.
_BLOCK = 1 << 14

#: Bytes that are looked at together.
_WORD = 8

#: Bytes from which on a text is looked at by itself.
_LONG = 1 << 16

#: Odd numbers whose multiples spread over all of 64 bits, which wrap around.
_SPREAD, _STIR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)

#: By how many bits a product is shifted onto itself, so that its upper half reaches the lower one.
_HALF, _LAST = np.uint64(32), np.uint64(29)


def glances(texts: pa.Array) -> Checksums:
    """A number for each text, made of its length and of eight bytes at its beginning, in its middle and at its end.

    Texts with different numbers differ; those with the same may be equal or not.

    Args:
        texts: n large strings, none null.

    Returns:
        (n,)
    """
    return _in_blocks(texts, _glances)


def checksums(texts: pa.Array) -> Checksums:
    """A number for each text, made of all of its bytes: words of eight are multiplied up, one after the other.

    Two of ten million different texts have the same once in 400,000 times, as long as nobody makes them for that.

    Args:
        texts: n large strings, none null.

    Returns:
        (n,)
    """
    return _in_blocks(texts, _checksums)


def scrambled(numbers: NDArray[np.integer]) -> Checksums:
    """Numbers whose order and likeness are gone, so that they can be put to a checksum; equal ones stay equal."""
    made: Checksums = numbers.astype(np.uint64) * _SPREAD
    return made


def _in_blocks(texts: pa.Array, make: Callable[[_Letters, _Places], Checksums]) -> Checksums:
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets or bytes(_WORD), np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data or b"", dtype=np.uint8)
    if len(letters) < _WORD:
        letters = np.pad(letters, (0, _WORD - len(letters)))
    if len(texts) <= _BLOCK:
        return make(letters, ends)
    blocks = (ends[start : start + _BLOCK + 1] for start in range(0, len(texts), _BLOCK))
    return np.concatenate(list(in_turn(lambda bounds: make(letters, bounds), blocks)))


def _glances(letters: _Letters, bounds: _Places) -> Checksums:
    words = _words(letters)
    start, end = bounds[:-1], bounds[1:]
    length = end - start
    seen = np.minimum(length, _WORD)
    made = scrambled(length)
    for place in (start, start + (length - seen) // 2, end - seen):
        made = (made ^ _some(words, place, seen)) * _SPREAD
        made ^= made >> _LAST
    return made


def _checksums(letters: _Letters, bounds: _Places) -> Checksums:
    import xxhash

    words = _words(letters)
    start, end = bounds[:-1], bounds[1:]
    length = end - start
    full = np.where(length < _LONG, length // _WORD, 0)
    order = np.argsort(-full, kind="stable")  # those with words left stand first
    made, place = scrambled(length[order]), start[order]
    counts = np.searchsorted(-full[order], -np.arange(1, full.max(initial=0) + 1), side="right")
    for count in counts.tolist():
        some, there = made[:count], place[:count]
        some ^= words[there]
        some *= _STIR
        some ^= some >> _HALF
        there += _WORD
    found = np.empty_like(made)
    found[order] = made
    seen = np.minimum(length, _WORD)
    found = (found ^ _some(words, end - seen, seen)) * _STIR
    found ^= found >> _HALF
    found *= _SPREAD
    for each in np.flatnonzero(length >= _LONG).tolist():
        found[each] ^= np.uint64(xxhash.xxh3_64_intdigest(letters[start[each] : end[each]].data))
    return found ^ (found >> _LAST)


def _words(letters: _Letters) -> Checksums:
    """The eight bytes from each byte on."""
    return np.ndarray((len(letters) - _WORD + 1,), np.uint64, letters, strides=(1,))


def _some(words: Checksums, place: _Places, seen: _Places) -> Checksums:
    """The bytes at these places, so many of each, at the upper end of a word."""
    there = np.minimum(place, len(words) - 1)  # at the very end a word begins before its text does
    word = words[there] >> (8 * (place - there)).astype(np.uint64) << (8 * (_WORD - seen)).astype(np.uint64)
    found: Checksums = np.where(seen > 0, word, 0)
    return found
