"""Progress on standard error, silent when that is no terminal."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def track(steps: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Yields the steps one by one while a bar with rate and time left stands on standard error.

    Args:
        steps: what to go through.
        description: what is being done, for people.
        total: number of steps, when `len(steps)` does not tell.
    """
    if not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(steps, total=total, description=description)


@contextmanager
def working(description: str) -> Iterator[None]:
    """Shows a sign of life on standard error while something takes a time that nobody can tell."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(description)):
        yield
