"""The dialect of delimited text: its delimiter and whether quotes mean anything, by how well the rows line up."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", "\t", ";", "|")

#: How much of a file is looked at; below the limit that `csv` has for one field.
SAMPLE_BYTES = 1 << 17
SAMPLE_ROWS = 200

_ALIGNED_ROWS = 20


@dataclass(frozen=True)
class Dialect:
    """How rows are written.

    Attributes:
        delimiter: the character between two cells.
        quoting: whether a cell that begins with a double quote ends with one; else quotes are characters like others.
    """

    delimiter: str
    quoting: bool = True

    def reader(self, lines: Iterable[str]) -> "_csv.Reader":
        """A reader of rows in this dialect, which tells line numbers but is slow."""
        return csv.reader(
            lines, delimiter=self.delimiter, quoting=csv.QUOTE_MINIMAL if self.quoting else csv.QUOTE_NONE
        )


def sample_rows(sample: str, dialect: Dialect, complete: bool) -> list[list[str]]:
    """The first rows of a sample, without empty lines.

    Args:
        sample: the beginning of the file.
        dialect: how to read it.
        complete: whether the sample is the whole file; else its last row may be cut off and is left out.
    """
    rows: list[list[str]] = []
    for row in dialect.reader(io.StringIO(sample, newline="")):
        if row:
            rows.append(row)
        if len(rows) > SAMPLE_ROWS:
            return rows[:SAMPLE_ROWS]
    return rows if complete or len(rows) == 1 else rows[:-1]


def find_dialect(sample: str, complete: bool, usual: str) -> Dialect:
    """Chooses the delimiter by which most rows have the same number of cells, two or more.

    Args:
        sample: the beginning of the file.
        complete: whether that is the whole file.
        usual: the delimiter that the name of the file suggests; it wins unless another fits better, and stands for a
            file with one column.
    """
    best, best_score = Dialect(usual), 0.0
    for delimiter in (usual, *(each for each in DELIMITERS if each != usual)):
        for quoting in (True, False) if delimiter == "\t" else (True,):
            dialect = Dialect(delimiter, quoting)
            score = _consistency([len(row) for row in sample_rows(sample, dialect, complete)])
            # Another delimiter has to convince; the usual one may have a broken row here and there.
            if score > best_score and (delimiter == usual or score >= 0.9):
                best, best_score = dialect, score
    return best


def whole_rows(text: bytes, likely_inside: bool | None, dialect: Dialect, width: int) -> tuple[int, int, bool]:
    """Finds the rows in a piece of text that begins anywhere.

    Args:
        text: the piece.
        likely_inside: whether it should begin within quotes, where one knows.
        dialect: how rows are written.
        width: how many cells they have.

    Returns:
        Where the first whole row begins and the last one ends, and whether the piece begins within quotes: that by
        which most rows have their width.
    """
    if not dialect.quoting or b'"' not in text:
        return text.find(b"\n") + 1, text.rfind(b"\n") + 1, False
    letters = np.frombuffer(text, np.uint8)
    quotes, breaks = np.flatnonzero(letters == ord('"')), np.flatnonzero(letters == ord("\n"))
    best, best_score = (0, 0, bool(likely_inside)), 0
    for inside in (bool(likely_inside), not likely_inside):
        ends = breaks[(np.searchsorted(quotes, breaks) + inside) & 1 == 0]
        if len(ends) < 2:
            continue
        begin, end = int(ends[0]) + 1, int(ends[-1]) + 1
        looked_at = ends[: _ALIGNED_ROWS + 1]
        # All that counts is where cells end: bytes will do for letters.
        rows = sample_rows(text[begin : looked_at[-1] + 1].decode("latin-1"), dialect, complete=True)
        # A parser that is set down in the wrong place finds its way back, but by other rows than the quotes say.
        lost = abs(len(looked_at) - 1 - len(rows))
        score = sum(1 if len(row) == width else -1 for row in rows) - lost
        if inside is likely_inside and score == len(rows) > 0:
            return begin, end, inside
        if score > best_score:
            best, best_score = (begin, end, inside), score
    return best


def _consistency(counts: list[int]) -> float:
    """The share of rows with the most frequent number of cells; 0 where that is 1."""
    if not counts:
        return 0.0
    (cells, rows), *_ = Counter(counts).most_common(1)
    return rows / len(counts) if cells > 1 else 0.0
