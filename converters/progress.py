"""Progress on standard error, silent when that is no terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def hushed() -> Iterator[None]:
    """Shows no progress, not even on a terminal."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def _seen() -> bool:
    """Whether somebody looks at standard error who has not asked for silence."""
    return sys.stderr.isatty() and not _quiet.get()


def track(steps: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Yields the steps one by one while a bar with rate and time left stands on standard error.

    Args:
        steps: what to go through.
        description: what is being done, for people.
        total: number of steps, when `len(steps)` does not tell.
    """
    if not _seen():
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
def counting(description: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Counts things that are done several at a time, with how many there are a second and the time that is left.

    Args:
        description: what is being done, for people.
        total: how many there are.
        done: how many of them an earlier run has done.

    Yields:
        What to call with the number of things that have just been done.
    """
    if not _seen():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total, completed=done, rate="")

        def advance(count: int) -> None:
            progress.advance(task, count)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield advance


@contextmanager
def working(description: str) -> Iterator[None]:
    """Shows a sign of life on standard error while something takes a time that nobody can tell."""
    if not _seen():
        yield
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(description)):
        yield
