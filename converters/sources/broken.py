"""Lines of a text file that cannot be read, set aside so that the others can."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from converters.errors import InputError

#: Characters of a line that are kept.
KEPT_CHARACTERS = 1000

#: With more lines than these set aside, they would fill the memory; and the file is of another kind than it seems.
MOST_LINES = 100_000


@dataclass(frozen=True)
class BrokenLine:
    """A line that cannot be read.

    Attributes:
        number: its number in the file, from 1.
        why: what is wrong with it, and in which file.
        text: the line, its beginning where it is long.
    """

    number: int
    why: str
    text: str


@dataclass
class BrokenLines:
    """The lines of one file that cannot be read, in the order of the file."""

    where: str
    _lines: list[BrokenLine] = field(default_factory=list)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._lines)

    def __iter__(self) -> Iterator[BrokenLine]:
        """All of them."""
        return iter(self._lines)

    def add(self, number: int, why: str, text: str) -> None:
        """Takes one.

        Raises:
            InputError: there are so many that this is no file with a few broken lines.
        """
        if len(self._lines) == MOST_LINES:
            raise self._refusal(f"more than {MOST_LINES:,} lines")
        self._lines.append(BrokenLine(number, why, text[:KEPT_CHARACTERS]))

    def check(self, rows: int) -> None:
        """Makes sure that most lines can be read.

        Args:
            rows: how many can.

        Raises:
            InputError: more lines cannot; then the file is of another kind than it seems.
        """
        if len(self._lines) > rows:
            raise self._refusal(f"{len(self._lines):,} of {len(self._lines) + rows:,} lines")

    def _refusal(self, how_many: str) -> InputError:
        return InputError(
            f"{self.where}: {how_many} cannot be read, which is no file with a few broken lines; "
            f"the first: {self._lines[0].why}"
        )
