"""Where to write: what a name means, and whether it may be written to."""

import os
from dataclasses import dataclass
from pathlib import Path

from converters.errors import InputError, quote
from converters.sources.compression import COMPRESSIONS
from converters.sources.saved import is_saved_folder

_TEXT = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_BINARY = (".parquet", ".arrow", ".feather")
FOLDER = "folder"


@dataclass(frozen=True)
class Target:
    """A place to write to.

    Attributes:
        path: the file or folder.
        kind: the suffix that says the format, without that of a compression; `FOLDER` for a folder.
        compression: the suffix of the compression, or None.
    """

    path: Path
    kind: str
    compression: str | None = None


def target_of(path: str | os.PathLike[str]) -> Target:
    """What a name means: a name without a suffix, or with a slash at its end, is a folder.

    Raises:
        InputError: no format goes by that suffix.
    """
    name = os.fspath(path)
    place = Path(name)
    try:
        is_folder = name.endswith(("/", os.sep)) or place.is_dir()
    except (OSError, ValueError) as error:
        raise InputError(f"{quote(name, 200)} cannot be written: {quote(error, 120)}") from error
    if not place.name or "\0" in name:
        raise InputError(f"{quote(name, 200)} is no name to write to: give a file or a folder")
    suffix = place.suffix.lower()
    if not suffix or is_folder:
        return Target(place, FOLDER)
    if suffix in COMPRESSIONS:
        inner = Path(place.stem).suffix.lower()
        if inner in _TEXT:
            return Target(place, inner, suffix)
        raise InputError(f"{quote(name, 200)}: only {', '.join(_TEXT)} can be compressed with {suffix}: choose one")
    if suffix in _TEXT + _BINARY:
        return Target(place, suffix)
    raise InputError(
        f"{quote(name, 200)}: the suffix {quote(place.suffix)} is not known: "
        f"choose one of {', '.join(_BINARY + _TEXT)}, or end the name with / for a folder"
    )


def check_target(path: str | os.PathLike[str], overwrite: bool = False) -> None:
    """Makes sure, before any work is done, that a table can be written under this name.

    Args:
        path: the file or folder to write.
        overwrite: whether an existing one may be replaced: a regular file, or a folder that `save_to_disk` wrote.

    Raises:
        InputError: the format is not known, the folder around it is missing or not writable, or something is there
            that is not to be replaced.
    """
    checked_target(path, overwrite)


def checked_target(path: str | os.PathLike[str], overwrite: bool) -> Target:
    """The target, checked as `check_target` does."""
    target = target_of(path)
    where = quote(target.path, 200)
    parent = target.path.parent
    if not parent.is_dir():
        raise InputError(f"{where} cannot be written: there is no folder {quote(parent, 200)}: make it first")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"{where} cannot be written: the folder {quote(parent, 200)} is not writable")
    if not os.path.lexists(target.path):
        return target
    if not overwrite:
        raise InputError(f"{where} exists already: choose another name, or say that it is to be replaced (--overwrite)")
    if target.kind == FOLDER and not (target.path.is_dir() and is_saved_folder(target.path)):
        raise InputError(f"{where} is no saved dataset and will not be replaced: choose another name")
    if target.kind != FOLDER and not target.path.is_file():
        raise InputError(f"{where} is no regular file and will not be replaced: choose another name")
    return target
