"""What stands in a folder that is to be replaced: whether all of it was written by us, or by `save_to_disk`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converters.sources.saved import is_saved_folder

#: The name of the manifest in a folder.
MANIFEST = "manifest.json"

_SPLITS = "dataset_dict.json"

#: What `datasets` calls the files in the folder of a split: rows, what it says of them, and what it keeps of work done.
_SAVED = re.compile(r"state\.json|dataset_info\.json|(dataset|data-\d{5}-of-\d{5}|indices|cache-[-\w]+)\.arrow")


def is_dataset(folder: Path) -> bool:
    """Whether `save_to_disk` wrote the folder, or it has a manifest that names its files."""
    return folder.is_dir() and (is_saved_folder(folder) or files_named(folder / MANIFEST) is not None)


def first_foreign(folder: Path) -> str | None:
    """The first thing in the folder of a dataset that is no part of it; None where nobody's work is lost with it."""
    known: set[str] = set()
    if (named := files_named(folder / MANIFEST)) is not None:
        known |= {*named, MANIFEST}
    if is_saved_folder(folder):
        known |= set(_saved(folder))
    there = (each for each in folder.rglob("*") if each.is_symlink() or not each.is_dir())
    return min({each.relative_to(folder).as_posix() for each in there} - known, default=None)


def files_named(manifest: Path) -> dict[str, Any] | None:
    """The files that a manifest names; None where it is none of ours."""
    named = _read(manifest).get("files")
    return named if isinstance(named, dict) else None


def _saved(folder: Path) -> Iterator[str]:
    """The files of the kinds that `save_to_disk` writes."""
    folders = [folder]
    if (folder / _SPLITS).is_file():
        yield _SPLITS
        splits = _read(folder / _SPLITS).get("splits")
        folders = [folder / Path(str(name)).name for name in splits] if isinstance(splits, list) else []
    for each in folders:
        for file in each.iterdir() if each.is_dir() else ():
            if _SAVED.fullmatch(file.name):
                yield file.relative_to(folder).as_posix()


def _read(path: Path) -> dict[str, Any]:
    """A file of JSON; nothing where it is none."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
