"""What stands in delimited text before its first row: blank lines, comments, a line for spreadsheets."""

import re
from dataclasses import dataclass

from converters.sources.dialect import Dialect, find_dialect, sample_rows

# Excel writes and reads such a line to say what the delimiter is.
_SEPARATOR = re.compile(r'"?sep=(?P<delimiter>[^\r\n"])"?\s*')
_BLANK = re.compile(r"[\s,;|\ufeff]*")


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
    one may as well be the header, such as `#id`.

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
