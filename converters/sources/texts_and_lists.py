"""Columns in which some rows hold a text and others a list of texts: which of the two the column is taken for.

A text among lists is a list of one. But a few lists among texts are slips, which must not turn all others into lists:
such a column is one of texts, a list of one text is that text, and a list of several is nothing, for nobody knows which
of them was meant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.sources.plain import is_list

#: So many texts for each list make slips of lists that hold one text.
_TEXTS_TO_ONE = 9

#: So many make slips of lists of several texts, too: with fewer they may be meant, as where most have one answer.
_TEXTS_TO_SEVERAL = 99


@dataclass
class Tally:
    """In how many rows a column holds what, of columns of texts and of lists.

    Attributes:
        rows: the rows that were looked at.
        texts: in how many of them there is one text.
        lists: in how many there is a list.
        several: in how many there is a list of more than one.
        first: the place of the first list, from 0.
    """

    rows: int = 0
    texts: dict[str, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    several: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "Tally":
        """What records hold."""
        found = cls()
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str | int | float):
                    found.texts[name] = found.texts.get(name, 0) + 1
                elif isinstance(value, list | tuple):
                    found.lists[name] = found.lists.get(name, 0) + 1
                    found.several[name] = found.several.get(name, 0) + (len(value) > 1)
                    found.first.setdefault(name, found.rows)
            found.rows += 1
        return found

    @classmethod
    def of_table(cls, table: pa.Table, fields: Mapping[str, pa.DataType]) -> "Tally":
        """What the columns of a table hold; each holds values of one type.

        Args:
            table: the table.
            fields: the types that its columns are taken for.
        """
        found = cls(rows=table.num_rows)
        for name, kind in fields.items():
            column = table[name]
            if pa.types.is_string(kind):
                found.texts[name] = len(column) - column.null_count
            elif is_list(kind) and column.null_count < len(column):
                found.lists[name] = len(column) - column.null_count
                # No scalar is compared with, for which Arrow imports pandas.
                lengths = pc.value_counts(pc.list_value_length(column)).to_pylist()
                found.several[name] = sum(each["counts"] for each in lengths if (each["values"] or 0) > 1)
                found.first[name] = pc.indices_nonzero(pc.is_valid(column))[0].as_py()
        return found

    def add(self, other: "Tally") -> None:
        """Takes the rows that follow into account."""
        for name, place in other.first.items():
            self.first.setdefault(name, self.rows + place)
        for own, more in ((self.texts, other.texts), (self.lists, other.lists), (self.several, other.several)):
            for name, number in more.items():
                own[name] = own.get(name, 0) + number
        self.rows += other.rows

    def makes_texts(self, name: str, kind: pa.DataType) -> bool:
        """Whether a column of that type is one of texts, for few of its rows hold a list."""
        if not is_list(kind) or not pa.types.is_string(kind.value_type) or not (lists := self.lists.get(name, 0)):
            return False
        wanted = _TEXTS_TO_SEVERAL if self.several.get(name, 0) else _TEXTS_TO_ONE
        return self.texts.get(name, 0) >= wanted * lists


@dataclass(frozen=True)
class LoneLists:
    """Lists among texts.

    Attributes:
        rows: in how many rows there is one.
        several: in how many there is one of several texts, which is read as nothing.
        first: the number of the first such row, from 1; None where only a part of the data was looked at.
    """

    rows: int
    several: int
    first: int | None
