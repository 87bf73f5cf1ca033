"""How two columns of texts relate: the words that they share, the texts that stand in both.

Relations are what tells a positive from a negative, a damaged text from its original and a score from a class where
no name does. They are computed on some hundred rows, with arrays of word codes, and say nothing about roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: How many rows are compared word by word.
COMPARED_ROWS = 400

#: How many characters of a text are compared.
COMPARED_CHARACTERS = 600

#: How many columns of texts are compared with one another.
COMPARED_COLUMNS = 12

_UNSPACED = r"([\x{0E00}-\x{0EFF}\x{3040}-\x{30FF}\x{3400}-\x{9FFF}\x{AC00}-\x{D7AF}])"

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Relation:
    """How the texts of a first column relate to those of a second one.

    Attributes:
        same: share of rows in which both hold the same text.
        shared: for each compared row, the words in common, as a share of the shorter text's words.
        own: the mean of `shared`.
        other: the same mean where each text is compared with the second text of another row.
        first_within: mean share of the first text's words that stand in the second one.
        second_within: mean share of the second text's words that stand in the first one.
        drawn: share of the second column's texts that stand in the first column, in another row.
    """

    same: float
    shared: Rows
    own: float
    other: float
    first_within: float
    second_within: float
    drawn: float

    @property
    def related(self) -> float:
        """How much more words the texts share within a row than across rows, -1 to 1."""
        return self.own - self.other


def compared_rows(rows: int) -> npt.NDArray[np.int64]:
    """The rows that are compared, spread evenly."""
    number = min(rows, COMPARED_ROWS)
    return np.unique(np.linspace(0, max(0, rows - 1), number).astype(np.int64)) if number else np.zeros(0, np.int64)


def relations_of(table: pa.Table, names: list[str]) -> dict[tuple[str, str], Relation]:
    """The relations of each ordered pair of text columns.

    Args:
        table: the sample.
        names: columns of strings.
    """
    names = names[:COMPARED_COLUMNS]
    if len(names) < 2 or not table.num_rows:
        return {}
    places = compared_rows(table.num_rows)
    words = _words({name: table[name].take(pa.array(places)) for name in names})
    trimmed = {name: pc.utf8_trim_whitespace(table[name].combine_chunks()) for name in names}
    found: dict[tuple[str, str], Relation] = {}
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            equal = pc.fill_null(pc.equal(trimmed[first], trimmed[second]), False)
            same = float(pc.mean(pc.cast(equal, pa.int8())).as_py() or 0.0)
            found[first, second] = _relation(words[first], words[second], same, trimmed[first], trimmed[second], equal)
            found[second, first] = _relation(words[second], words[first], same, trimmed[second], trimmed[first], equal)
    return found


@dataclass(frozen=True)
class _Words:
    """The different words of each row's text, as sorted keys `row * codes + code`, and their number a row."""

    keys: npt.NDArray[np.int64]
    codes: int
    sizes: Rows

    def shifted(self) -> "_Words":
        """The same texts, each in the place of the next row."""
        rows = len(self.sizes)
        row, code = np.divmod(self.keys, self.codes)
        return _Words(np.sort((row + 1) % rows * self.codes + code), self.codes, np.roll(self.sizes, 1))

    def common(self, other: "_Words") -> Rows:
        """For each row, how many words two texts have in common."""
        both = np.intersect1d(self.keys, other.keys, assume_unique=True)
        return np.bincount(both // self.codes, minlength=len(self.sizes)).astype(float)


def _words(columns: Mapping[str, pa.ChunkedArray]) -> dict[str, _Words]:
    cut = {name: _cut(values) for name, values in columns.items()}
    everything = pa.concat_arrays([pc.list_flatten(lists) for lists in cut.values()]).dictionary_encode()
    codes, number = everything.indices.to_numpy(zero_copy_only=False), max(1, len(everything.dictionary))
    found, start = {}, 0
    for name, lists in cut.items():
        rows = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
        keys = np.unique(rows * number + codes[start : start + len(rows)])
        start += len(rows)
        sizes = np.bincount(keys // number, minlength=len(lists)).astype(float)
        found[name] = _Words(keys, number, sizes)
    return found


def _cut(values: pa.ChunkedArray) -> pa.ListArray:
    """The words of each text, in lower case; characters of scripts without spaces count as words."""
    lower = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(values.combine_chunks(), ""), 0, COMPARED_CHARACTERS))
    spaced = pc.replace_substring_regex(pc.replace_substring_regex(lower, _UNSPACED, r" \1 "), r"[\pP\pS\pZ\s]+", " ")
    return pc.split_pattern(pc.utf8_trim_whitespace(spaced), " ")


def _relation(
    first: _Words, second: _Words, same: float, texts: pa.Array, others: pa.Array, equal: pa.Array
) -> Relation:
    common, across = first.common(second), first.common(second.shifted())
    shorter = np.maximum(1, np.minimum(first.sizes, second.sizes))
    shorter_across = np.maximum(1, np.minimum(first.sizes, np.roll(second.sizes, 1)))
    known = pc.and_(pc.is_in(others, value_set=texts, skip_nulls=True), pc.invert(equal))
    return Relation(
        same=same,
        shared=common / shorter,
        own=float(np.mean(common / shorter)),
        other=float(np.mean(across / shorter_across)),
        first_within=float(np.mean(common / np.maximum(1, first.sizes))),
        second_within=float(np.mean(common / np.maximum(1, second.sizes))),
        drawn=float(pc.mean(pc.cast(pc.fill_null(known, False), pa.int8())).as_py() or 0.0),
    )
