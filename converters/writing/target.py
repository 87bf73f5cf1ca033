"""Where to write: what a name means, and whether it may be written to."""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from converters.errors import InputError, quote
from converters.sources.compression import COMPRESSIONS
from converters.writing.ours import MANIFEST, files_named, first_foreign, is_dataset
from converters.writing.shape import Shape
from converters.writing.whole import behind

_TEXT = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_BINARY = (".parquet", ".arrow", ".feather")
FOLDER = "folder"

#: The split that is held out.
HELD_OUT = "test"


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


def kind_of_files(files: str) -> tuple[str, str | None]:
    """What `--files` asks for, with or without a dot in front: the kind, and the suffix of the compression.

    Raises:
        InputError: no format goes by that suffix.
    """
    suffix = "." + files.removeprefix(".")
    try:
        target = target_of(f"x{suffix}")
    except InputError:
        kinds = ", ".join(each.removeprefix(".") for each in _BINARY + _TEXT)
        raise InputError(f"--files {quote(files, 40)}: no format goes by that suffix: choose one of {kinds}") from None
    return target.kind, target.compression


def keeps_types(path: str | os.PathLike[str], shape: Shape) -> bool:
    """Whether what is written there keeps the types of columns, and with them the names of classes."""
    kind = target_of(path).kind
    if kind == FOLDER and shape.files is not None:
        kind, _ = kind_of_files(shape.files)
    return kind not in _TEXT


def check_target(path: str | os.PathLike[str], overwrite: bool = False, shape: Shape | None = None) -> None:
    """Makes sure, before any work is done, that a table can be written under this name.

    Args:
        path: the file or folder to write.
        overwrite: whether an existing one may be replaced: a regular file, or a folder in which there is nothing but
            what `save_to_disk` writes and what the manifest in it names. A link stays: what it leads to is replaced.
        shape: how the rows are to be laid out.

    Raises:
        InputError: the format is not known, the folder around it is missing or not writable, or something is there
            that is not to be replaced.
    """
    checked_target(path, overwrite, shape or Shape())


def checked_target(path: str | os.PathLike[str], overwrite: bool, shape: Shape) -> Target:
    """The target, checked as `check_target` does."""
    shape.check()
    target = target_of(path)
    where = quote(target.path, 200)
    _check_shape(target, shape, where)
    for parent in dict.fromkeys((target.path.parent, behind(target.path).parent)):
        if not parent.is_dir():
            raise InputError(f"{where} cannot be written: there is no folder {quote(parent, 200)}: make it first")
        if not os.access(parent, os.W_OK | os.X_OK):
            raise InputError(f"{where} cannot be written: the folder {quote(parent, 200)} is not writable")
    _check_free(target, overwrite)
    if shape.split_off is not None and target.kind != FOLDER:
        _check_free(replace(target, path=held_out_path(target.path)), overwrite)
    return target


def _check_shape(target: Target, shape: Shape, where: str) -> None:
    if target.kind != FOLDER:
        if shape.layout == "beir":
            raise InputError(f"the layout beir is a folder, and {where} is a file: leave the suffix out")
        if shape.files is not None or shape.shard_size is not None:
            said = "--shard-size" if shape.files is None else "--files"
            raise InputError(f"{said} is for the files of a folder, and {where} is a file: leave the suffix out")
        kind = target.kind
    else:
        files = shape.files_of_a_folder
        kind = kind_of_files(files)[0] if files is not None else ".arrow"
        if files is None and shape.compression is not None:
            raise InputError("what save_to_disk writes is not compressed: add --files parquet, or no --compression")
    shape.inside(kind)
    if shape.layout is not None and kind in (".csv", ".tsv"):
        raise InputError(f"the layout {shape.layout} has lists, which {kind} cannot hold: choose .jsonl")


def held_out_path(path: Path) -> Path:
    """Where what is held out goes when the rest goes to a file: `pairs-test.csv` beside `pairs.csv`.

    A name that speaks of training, such as `train.csv`, speaks of test instead; so a reader of both knows them apart.
    """
    stem, dot, suffixes = path.name.partition(".")
    parts = re.split(r"([^a-zA-Z]+)", stem)
    places = [place for place, part in enumerate(parts) if part.lower() in ("train", "training")]
    if places:
        parts[places[-1]] = HELD_OUT
        stem = "".join(parts)
    else:
        stem = f"{stem}-{HELD_OUT}"
    return path.with_name(stem + dot + suffixes)


def manifest_of(target: Target) -> Path:
    """Where the manifest of a target is."""
    if target.kind == FOLDER:
        return target.path / MANIFEST
    return target.path.with_name(f"{target.path.name}.{MANIFEST}")


def _check_free(target: Target, overwrite: bool) -> None:
    manifest = manifest_of(target)
    taken = [place for place in (target.path, manifest) if os.path.lexists(place)]
    if taken == [manifest] and files_named(manifest) is not None:
        return  # what it tells of is gone
    if taken and not overwrite:
        where = quote(taken[0], 200)
        raise InputError(f"{where} exists already: choose another name, or say that it is to be replaced (--overwrite)")
    if target.kind != FOLDER and not _is_file_or_nothing(manifest):
        raise InputError(f"{quote(manifest, 200)} is no regular file and will not be replaced: choose another name")
    if not os.path.lexists(behind(target.path)):
        return
    where = quote(target.path, 200)
    if target.kind == FOLDER:
        if not is_dataset(target.path):
            raise InputError(f"{where} is no saved dataset and will not be replaced: choose another name")
        if (foreign := first_foreign(target.path)) is not None:
            raise InputError(
                f"{where} holds {quote(foreign, 200)}, which is no part of the dataset there, and will not be "
                "replaced: move that away, or choose another name"
            )
    if target.kind != FOLDER and not _is_file_or_nothing(target.path):
        raise InputError(f"{where} is no regular file and will not be replaced: choose another name")


def _is_file_or_nothing(path: Path) -> bool:
    """Whether a regular file stands at a place, or nothing, or a link that leads to either."""
    place = behind(path)
    return place.is_file() or not os.path.lexists(place)
