"""Outputs that do not take the place of one another, nor of what is read."""

import os
from collections.abc import Iterable
from pathlib import Path

from converters.errors import InputError, quote
from converters.writing.shape import Shape
from converters.writing.target import FOLDER, Target, held_out_path, manifest_of, target_of


def check_different(
    rows: str | os.PathLike[str] | None, other: str | os.PathLike[str], shape: Shape, read: Iterable[Path] = ()
) -> None:
    """Makes sure that a second output takes the place neither of the first nor of a file that is read.

    Args:
        rows: the file or folder for the rows; None where they are not written.
        other: another file or folder.
        shape: how the rows are laid out.
        read: the files that are read.

    Raises:
        InputError: it does.
    """
    second = target_of(other)
    where = quote(second.path, 200)
    if any(_meet(place, Path(os.path.realpath(file))) for place in _places(second) for file in read):
        raise InputError(f"{where} is read, and would be replaced by what is left out: choose another name for that")
    if rows is None:
        return
    first = target_of(rows)
    taken = _places(first)
    if shape.split_off is not None and first.kind != FOLDER:
        taken += _places(Target(held_out_path(first.path), first.kind))
    if any(_meet(one, two) for one in taken for two in _places(second)):
        raise InputError(f"{where} is to be written twice: choose another name for one of the two")


def _places(target: Target) -> list[Path]:
    """Where a target goes with its manifest, without links."""
    paths = [target.path] if target.kind == FOLDER else [target.path, manifest_of(target)]
    return [Path(os.path.realpath(path)) for path in paths]


def _meet(one: Path, two: Path) -> bool:
    """Whether the two are the same, or one is inside the other."""
    return one == two or one in two.parents or two in one.parents
