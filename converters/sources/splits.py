"""Names of splits, and how they stand in the names of files."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import TypeVar

from converters.errors import InputError, nearest, quote

T = TypeVar("T")

_NAMES = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "eval": "eval",
    "evaluation": "eval",
}
_SHARD = re.compile(r"(?P<name>.*?)[-_.]?\d+-of-\d+")
_NO_NAMES = frozenset({"", "data", "part", "shard", "chunk", "file"})
_ORDER = ("train", "validation", "test")


def split_called(name: str) -> str:
    """The usual name of a split: `dev`, `val` and `valid` are `validation`; others stay what they are."""
    return _NAMES.get(name.lower(), name)


def split_in_name(path: PurePath) -> tuple[str | None, tuple[str, ...]]:
    """The split that a relative path names, in the file's name or else in a folder's, and the folders besides.

    A shard such as `hard-00000-of-00002` names its own split, `hard`.
    """
    folders = path.parts[:-1]
    stem = path.name.split(".")[0] if not _SHARD.match(path.name) else path.name
    found = _word(stem) or _word(path.name)
    if found:
        return found, tuple(folder for folder in folders if _NAMES.get(folder.lower()) != found)
    for folder in reversed(folders):
        found = _word(folder)
        if found:
            return found, tuple(each for each in folders if each != folder)
    shard = _SHARD.match(path.name)
    if shard and shard["name"].lower() not in _NO_NAMES:
        return shard["name"], folders
    return None, folders


def _word(name: str) -> str | None:
    words = [_NAMES.get(word) for word in re.split(r"[^a-z]+", name.lower())]
    return next((word for word in words if word), None)


def in_usual_order(splits: Mapping[str, T]) -> dict[str, T]:
    """The splits with train, validation and test first."""
    first = {name: splits[name] for name in _ORDER if name in splits}
    return {**first, **{name: splits[name] for name in splits if name not in first}}


def pick(splits: Mapping[str, T], wanted: str | None, where: str) -> dict[str, T]:
    """The one split that is wanted, under any of its usual names; all of them for None.

    Raises:
        InputError: there is none of that name.
    """
    if wanted is None:
        return dict(splits)
    for name in (wanted, split_called(wanted)):
        if name in splits:
            return {name: splits[name]}
    known = [quote(name, 40)[1:-1] for name in splits]
    raise InputError(f"{where} has no split {quote(wanted)}: {nearest(wanted, known)}")
