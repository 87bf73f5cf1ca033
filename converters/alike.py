"""Which texts, lists and rows are the same: equal things get equal numbers, and comparing them means comparing numbers.

Texts are compared without the white space around them, which no tokenizer keeps. A text without a visible character
gets -1 and is the same as nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_TEXT = pa.large_string()


@dataclass(frozen=True)
class Elements:
    """The elements of a column of lists, one after the other.

    Attributes:
        ids: a number for each element.
        rows: the row that each element stands in.
        lengths: how many elements each row has; 0 for a row without a list.
    """

    ids: Numbers
    rows: Numbers
    lengths: Numbers

    @cached_property
    def lists(self) -> Numbers:
        """A number for each list, the same for lists with the same elements in the same order.

        It is a hash of 64 bits: among a million lists, two that differ get one number once in 30 million times.
        """
        places = np.arange(len(self.ids)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        mixed = _mixed(_mixed(self.ids.astype(np.uint64)) + _mixed(places.astype(np.uint64) + np.uint64(1)))
        ends = np.cumsum(self.lengths)
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
        totals = running[ends] - running[ends - self.lengths] + _mixed(self.lengths.astype(np.uint64))
        return _ranks(totals.view(np.int64))


class Alike:
    """Numbers for the texts of a table, the same number for the same text in whatever column it stands."""

    def __init__(self, table: pa.Table, texts: Sequence[str], lists: Sequence[str] = ()) -> None:
        """Looks at some columns of a table.

        Args:
            table: the rows.
            texts: columns with one text a row.
            lists: columns with a list of texts a row, or of records that hold texts.
        """
        flat = {name: _flat(table[name]) for name in lists}
        found = _numbered([*(table[name] for name in texts), *(each for each, _ in flat.values())])
        self.texts: Mapping[str, Numbers] = dict(zip(texts, found, strict=False))
        self.lists: Mapping[str, Elements] = {
            name: Elements(ids, np.repeat(np.arange(table.num_rows), lengths), lengths)
            for ids, (name, (_, lengths)) in zip(found[len(texts) :], flat.items(), strict=True)
        }


def texts_alike(values: pa.ChunkedArray) -> Numbers:
    """A number for each text of a column, -1 for an empty one."""
    return _numbered([values])[0]


def values_alike(values: pa.ChunkedArray) -> Numbers:
    """A number for each value of any column; of lists of numbers, the same for the same numbers in the same order."""
    kind = values.type
    if is_list(kind):
        flat, lengths = _flat(values)
        rows = np.repeat(np.arange(len(values)), lengths)
        ids = _bits(flat) if pa.types.is_floating(flat.type) else values_alike(flat)
        return Elements(ids, rows, lengths).lists
    if pa.types.is_nested(kind):
        parts = [values_alike(pc.struct_field(values, [i])) for i in range(kind.num_fields)] if is_record(kind) else []
        return combined(*parts) if parts else np.arange(len(values))
    if pa.types.is_floating(kind):
        return _ranks(_bits(values))
    return _codes(values)


def combined(*numbers: Numbers) -> Numbers:
    """A number for each row, the same for rows that are the same in all of these; -1 where one of them is -1."""
    key = numbers[0]
    void = key < 0
    for other in numbers[1:]:
        void = void | (other < 0)
        width = int(other.max(initial=0)) + 2
        key = _ranks(key * width + other + 1)
    return np.where(void, -1, key)


def found_in(rows: Sequence[pa.ChunkedArray], others: Sequence[Sequence[pa.ChunkedArray]]) -> Mask:
    """True for each row whose texts all stand together in a row of other tables.

    Args:
        rows: columns of texts.
        others: of each other table the same columns.
    """
    size, width = len(rows[0]), len(rows)
    numbered = _numbered([*rows, *(column for other in others for column in other)])
    keys = combined(*(np.concatenate(numbered[place::width]) for place in range(width)))
    return np.isin(keys[:size], keys[size:]) & (keys[:size] >= 0)


def repeated(keys: Numbers) -> Mask:
    """True for each row that repeats an earlier one; never where the number is -1."""
    first = np.zeros(len(keys), dtype=bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return ~first & (keys >= 0)


def is_list(kind: pa.DataType) -> bool:
    """Whether a type is one of lists."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def is_record(kind: pa.DataType) -> bool:
    """Whether a type is one of records with named fields."""
    return bool(pa.types.is_struct(kind))


def _flat(lists: pa.ChunkedArray) -> tuple[pa.ChunkedArray, Numbers]:
    lengths = pc.fill_null(pc.cast(pc.list_value_length(lists), pa.int64()), 0).to_numpy()
    return pc.list_flatten(lists), lengths


def _numbered(columns: Sequence[pa.ChunkedArray]) -> list[Numbers]:
    """The numbers of columns, in one numbering for all of them."""
    if not columns:
        return []
    trimmed = [pc.utf8_trim_whitespace(_plain(each)) for each in columns]
    every = pa.chunked_array([chunk for each in trimmed for chunk in each.chunks], type=_TEXT)
    empty = pc.fill_null(pc.equal(every, ""), True).to_numpy()
    codes = np.where(empty, -1, _codes(every))
    return np.split(codes, np.cumsum([len(each) for each in trimmed])[:-1])


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as texts; the texts of a record one after the other."""
    if is_record(column.type):
        places = [i for i in range(column.type.num_fields) if _is_text(column.type.field(i).type)]
        texts = [pc.cast(pc.struct_field(column, [place]), _TEXT) for place in places]
        if texts:
            # Arrow leaves out rows in which there is nothing to join: the empty text is always there.
            nothing, space = pa.scalar("", _TEXT), pa.scalar(" ", _TEXT)
            return pc.binary_join_element_wise(*texts, nothing, space, null_handling="skip")
    if pa.types.is_nested(column.type):
        return pa.chunked_array([pa.nulls(len(column), _TEXT)])
    return pc.cast(column, _TEXT)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _bits(values: pa.ChunkedArray) -> Numbers:
    """The bits of floating point numbers; those of 0.0 for -0.0, which is the same number, and of NaN for nulls."""
    return np.asarray((pc.fill_null(pc.cast(values, pa.float64()), np.nan).to_numpy() + 0.0).view(np.int64))


def _codes(values: pa.ChunkedArray) -> Numbers:
    """The places of values in the list of all different ones, nulls among them."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    whole = values.dictionary_encode(null_encoding="encode").combine_chunks()
    return np.asarray(whole.indices, dtype=np.int64)


def _ranks(keys: Numbers) -> Numbers:
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers spread over 64 bits, each to another one (the finalizer of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
