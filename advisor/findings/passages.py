"""The texts of a table, by what they are for: what every check of texts looks at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from converters.alike import Mask
from converters.errors import quote
from converters.wording.marks import Marks, marks
from converters.wording.places import texts_of

#: How many examples are shown, and how many characters around what is odd about each.
_SHOWN = 3
_AROUND = 24


@dataclass(frozen=True)
class Passages:
    """All texts of the columns with one role.

    Attributes:
        name: how a message calls them: the column, quoted, or the first and the last one.
        columns: the columns.
        role: their role.
        texts: the texts, without nulls; of lists, all their elements.
        rows: the row that each text stands in.
    """

    name: str
    columns: tuple[str, ...]
    role: str
    texts: pa.StringArray
    rows: npt.NDArray[np.int64]

    @cached_property
    def marks(self) -> Marks:
        """For each text what characters it holds that are worth a closer look."""
        return marks(self.texts)

    def marked(self, bits: int) -> Mask:
        """True for each text with such characters."""
        return np.asarray((self.marks & np.uint8(bits)) != 0)

    def count(self, mask: Mask) -> int:
        """The number of rows with a text where the mask is true."""
        return len(np.unique(self.rows[mask]))

    def examples(self, mask: Mask, pattern: str | None = None) -> tuple[str, ...]:
        """Some of the texts where the mask is true, without control characters.

        Args:
            mask: one value a text.
            pattern: shows each text where this is in it, and not from its beginning.
        """
        chosen = self.texts.take(pa.array(np.flatnonzero(mask)[:_SHOWN])).to_pylist()
        if pattern is None:
            return tuple(quote(text) for text in chosen)
        expression = re.compile(pattern)
        return tuple(_cut(text, expression.search(text)) for text in chosen)


def passages_of(table: pa.Table, roles: Mapping[str, str]) -> tuple[Passages, ...]:
    """The texts of a table.

    Args:
        table: the rows.
        roles: the role of each text column, in the order of the format.
    """
    found = []
    for role in dict.fromkeys(roles.values()):
        columns = tuple(name for name, own in roles.items() if own == role)
        each = [texts_of(table[name]) for name in columns]
        texts = pa.concat_arrays([own for own, _ in each])
        if len(texts):
            name = quote(columns[0]) + (f" to {quote(columns[-1])}" if len(columns) > 1 else "")
            found.append(Passages(name, columns, role, texts, np.concatenate([rows for _, rows in each])))
    return tuple(found)


def _cut(text: str, match: "re.Match[str] | None") -> str:
    begin, end = match.span() if match else (0, 0)
    begin, end = max(0, begin - _AROUND), min(len(text), end + _AROUND)
    return quote(f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}", 3 * _AROUND)
