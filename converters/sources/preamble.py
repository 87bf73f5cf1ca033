"""What stands in delimited text before its first row: blank lines, comments, a line for spreadsheets, a title."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from converters.sources.dialect import DELIMITERS, Dialect, find_dialect, sample_rows
from converters.sources.header import has_header

# Excel writes and reads such a line to say what the delimiter is.
_SEPARATOR = re.compile(r'"?sep=(?P<delimiter>[^\r\n"])"?\s*')
_BLANK = re.compile(r"[\s,;|\ufeff]*")

# A report begins with so many lines at most before its table, which has so many rows at least.
_MOST_LINES, _FEWEST_ROWS = 12, 3


@dataclass(frozen=True)
class Preamble:
    """What to skip.

    Attributes:
        text: all of it.
        delimiter: the one that it says the rows have; None where it says nothing.
    """

    text: str = ""
    delimiter: str | None = None

    @property
    def size(self) -> int:
        """Its length in bytes of UTF-8."""
        return len(self.text.encode())

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    @property
    def rows(self) -> int:
        """How many lines of it are not empty, and so would count as rows."""
        return sum(1 for line in self.text.splitlines() if line)

    def without(self, text: str) -> str:
        """The text behind it."""
        return text[len(self.text) :]


def find_preamble(sample: str, complete: bool, delimiter: str | None) -> Preamble:
    """Finds what stands before the first row.

    Lines that begin with `#` are comments where the rows behind them have another number of cells; what begins like
    one may as well be the header, such as `#id`. Lines of a single cell, as the title of a report and its date, stand
    before a header of several cells.

    Args:
        sample: the beginning of the file.
        complete: whether that is the whole file.
        delimiter: what the caller says it is.
    """
    skipped = comments = 0
    found: str | None = None
    for line in sample.splitlines(keepends=True):
        separator = _SEPARATOR.fullmatch(line)
        if separator and found is None and not comments:
            found = separator["delimiter"]
        elif line.startswith("#"):
            comments += len(line)
            continue
        elif not _BLANK.fullmatch(line):
            break
        skipped, comments = skipped + comments + len(line), 0
    if skipped + comments >= len(sample):
        return Preamble()
    if comments:
        skipped += _comments(sample[skipped:], comments, complete, delimiter or found)
    skipped += _report(sample[skipped:], complete, delimiter or found)
    return Preamble(sample[:skipped], found)


def _comments(sample: str, size: int, complete: bool, delimiter: str | None) -> int:
    """How much of what begins with `#` at the beginning of a sample is comments."""
    behind = sample[size:]
    dialect = Dialect(delimiter) if delimiter else find_dialect(behind, complete, ",")
    rows = sample_rows(behind, dialect, complete)
    lines = sample[:size].splitlines(keepends=True)
    above = [len(row) for row in sample_rows(sample[:size], Dialect(dialect.delimiter, quoting=False), complete=True)]
    if not rows or all(count == len(rows[0]) for count in above):
        return 0
    is_header = above[-1] == len(rows[0]) and not lines[-1].startswith(("# ", "##"))
    return size - (len(lines[-1]) if is_header else 0)


def _report(sample: str, complete: bool, delimiter: str | None) -> int:
    """How much of the beginning of a sample is the title of a report, its date and the like, above the header."""
    lines = sample.splitlines(keepends=True)[: _MOST_LINES + 1]
    dialects = [Dialect(each) for each in ((delimiter,) if delimiter else DELIMITERS) if len(each) == 1]
    read = {each: sample_rows(sample, each, complete) for each in dialects}
    if any(
        rows and len(rows[0]) > 1 and _filled(rows[0]) > 1 and len(set(map(len, rows))) == 1 for rows in read.values()
    ):
        return 0  # all rows are alike as it is
    for dialect, every in read.items():
        above = [next(iter(sample_rows(line, dialect, complete=True)), []) for line in lines]
        if not above or _filled(above[0]) != 1:
            continue
        width = Counter(map(len, every)).most_common(1)[0][0]
        first = next((i for i, row in enumerate(above) if len(row) == width and _filled(row) > 1), 0)
        if width < 2 or not first or any(_filled(row) > 1 and len(row) >= width for row in above[:first]):
            continue
        # A header of one cell above texts with a comma each looks like a title above a table.
        if width == 2 and first == 1:
            continue
        size = sum(map(len, lines[:first]))
        rows = sample_rows(sample[size:], dialect, complete)
        if len(rows) >= _FEWEST_ROWS and all(len(row) == width for row in rows) and has_header(rows):
            return size
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())
