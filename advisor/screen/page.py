"""A page of lines that fit a width: prose is wrapped by the cells it takes, commands stay whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from converters.errors import printable

#: A piece of a line: plain, or with a style of rich.
Piece = str | tuple[str, str]

#: How wide a page is where nobody looks, and at most where somebody does: longer lines are hard to read.
WIDTH, WIDEST = 80, 100

#: Nothing sensible can be set in less.
NARROWEST = 40

#: Wrapping asks for a console, and nothing of it.
_NOWHERE = Console(width=WIDTH, color_system=None)


def width_of(console: Console) -> int:
    """The columns to fill: those of a terminal, within reason; 80 where the text goes elsewhere."""
    if not console.file.isatty():
        return WIDTH
    return max(NARROWEST, min(console.width, WIDEST))


@dataclass
class Page:
    """Lines for a screen.

    Whatever is written on it is made fit for a terminal: control characters are shown by their codes, and markup has no
    meaning.

    Attributes:
        width: the columns that prose fills.
        lines: the lines so far.
    """

    width: int = WIDTH
    lines: list[Text] = field(default_factory=list)

    def say(self, *pieces: Piece, indent: int = 0, start: Piece = "", hang: int = 0) -> None:
        """Adds prose, wrapped.

        Args:
            pieces: what to say.
            indent: columns to leave free on the left.
            start: what stands before the first line only, such as the name in a list.
            hang: the columns that are kept for it; a longer start gets a line of its own.
        """
        lead = Text(" " * indent).append_text(_text(start))
        if indent < lead.cell_len and indent + hang <= lead.cell_len:
            self.lines.append(lead)
            lead = Text()
        for line in _text(*pieces).wrap(_NOWHERE, max(20, self.width - indent - hang), overflow="fold"):
            line.rstrip()
            lead.append(" " * (indent + hang - lead.cell_len))
            self.lines.append(lead.append_text(line))
            lead = Text()

    def whole(self, *pieces: Piece, indent: int = 0) -> None:
        """Adds a line that is never broken: a command or a path, which has to be copied as it is."""
        self.lines.append(Text(" " * indent).append_text(_text(*pieces)))

    def gap(self) -> None:
        """Adds an empty line."""
        self.lines.append(Text())

    def heading(self, words: str, *more: Piece) -> None:
        """Adds a heading after an empty line."""
        self.gap()
        self.say((words, "bold"), *more)

    def table(self, rows: list[tuple[Piece, ...]], *, indent: int = 0, most: tuple[int, ...]) -> None:
        """Adds rows in columns, each as wide as it has to be, its texts shortened to `most` cells."""
        short = [
            tuple(_styled(piece, shorten(_plain(piece), wide)) for piece, wide in zip(row, most, strict=True))
            for row in rows
        ]
        widths = [max((cell_len(_plain(row[i])) for row in short), default=0) for i in range(len(most))]
        for row in short:
            padded = [
                _styled(piece, set_cell_size(_plain(piece), wide)) for piece, wide in zip(row, widths, strict=True)
            ]
            line = Text(" " * indent).append_text(Text("  ").join(_text(each) for each in padded))
            line.rstrip()
            self.lines.append(line)

    def show(self, console: Console) -> None:
        """Prints the page; a terminal breaks what is too long, nothing else does."""
        for line in self.lines:
            console.print(line, soft_wrap=True, highlight=False)

    def __str__(self) -> str:
        return "\n".join(line.plain for line in self.lines)


def shorten(text: str, cells: int) -> str:
    """Foreign text on one line, cut to the cells that it may take."""
    shown = printable(text)
    return shown if cell_len(shown) <= cells else set_cell_size(shown, cells - 1).rstrip() + "…"


def some(names: Sequence[str], most: int) -> str:
    """A list for a sentence: the first ones, and how many more."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def _text(*pieces: Piece) -> Text:
    return Text.assemble(
        *((printable(piece) if isinstance(piece, str) else (printable(piece[0]), piece[1])) for piece in pieces)
    )


def _plain(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece[0]


def _styled(piece: Piece, text: str) -> Piece:
    return text if isinstance(piece, str) else (text, piece[1])
