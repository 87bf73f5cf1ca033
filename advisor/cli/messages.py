"""What commands say: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from rich.console import Console

from advisor.cli.options import Color
from advisor.screen.page import Page, width_of
from converters.progress import hushed


def show(color: Color, page: Callable[..., Page]) -> None:
    """Prints a page, as wide as the console and in colour where there is any."""
    if color is Color.always:
        console = Console(force_terminal=True, color_system="standard", no_color=False)
    elif color is Color.never:
        console = Console(color_system=None, no_color=True)
    else:
        console = Console()
    if not (sys.stdout.encoding or "utf-8").lower().startswith("utf"):  # what cannot be written is shown by its code
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    page(width=width_of(console)).show(console)


def print_json(value: Any) -> None:
    """Prints a value as JSON; with escapes where the output cannot hold its texts."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)  # noqa: T201


def tell(line: str) -> None:
    """Says something on standard error."""
    print(line, file=sys.stderr)  # noqa: T201


def tell_nothing(line: str) -> None:
    """Says nothing."""


def silent(quiet: bool) -> AbstractContextManager[None]:
    """Keeps progress off standard error where silence is asked for."""
    return hushed() if quiet else nullcontext()


class StoppedError(Exception):
    """An interruption that leaves something behind: says what, and how to go on."""


@contextmanager
def telling_what_is_kept() -> Iterator[None]:
    """Says what is kept of the work when it is interrupted."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for note in getattr(stop, "__notes__", ()):
            tell(f"note: {note}")
        raise
