"""Names of classes that text files cannot keep: the manifest beside what was written here tells them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from converters.fingerprints import fingerprint_of_file
from converters.formats import FORMATS
from converters.sources.source import Split

#: What the name of a manifest ends with; in a folder of files it is called `manifest.json`.
SUFFIX = ".manifest.json"

#: So many manifests beside a file are looked into, for that of the file which it was split off from.
_MOST = 50

#: A larger file is no manifest.
_LARGEST = 1 << 24


def with_told_names(split: Split, paths: Sequence[Path]) -> Split:
    """The split with the names of its class ids, where the manifests of all its files tell the same ones.

    Args:
        split: the rows of some files.
        paths: the files.
    """
    if split.class_names or not any(pa.types.is_integer(each.type) for each in split.schema):
        return split
    told = [_names_for(path) for path in paths]
    column, names = told[0] or ("", ())
    if any(each != told[0] for each in told) or column not in split.schema.names:
        return split
    if not pa.types.is_integer(split.schema.field(column).type):
        return split
    return replace(split, class_names={column: names})


def _names_for(path: Path) -> tuple[str, tuple[str, ...]] | None:
    """The column of class ids in a file and the names of the classes; None where no manifest tells them."""
    for place in _manifests(path):
        manifest = _read(place)
        named = manifest.get("files")
        told = named.get(path.name) if isinstance(named, dict) else None
        if told is not None:
            return _names_in(manifest) if _is_of(path, told) else None
    return None


def _manifests(path: Path) -> Iterator[Path]:
    """Where the manifest of a file may be; what was held out of a file stands in that of the rest."""
    yield path.with_name(path.name + SUFFIX)
    yield path.with_name("manifest.json")
    if "test" in path.name.lower():
        yield from sorted(path.parent.glob(f"*{SUFFIX}"))[:_MOST]


def _read(place: Path) -> dict[str, Any]:
    """A manifest; an empty one where there is none, or something else."""
    try:
        if not place.is_file() or place.stat().st_size > _LARGEST:
            return {}
        manifest = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) and "loss_advisor" in manifest else {}


def _is_of(path: Path, told: Any) -> bool:
    """Whether a file is still what a manifest tells of."""
    try:
        return isinstance(told, dict) and told.get("bytes") == path.stat().st_size and fingerprint_of_file(path) == told
    except OSError:
        return False


def _names_in(manifest: dict[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    spec = FORMATS.get(str(manifest.get("output_format")))
    changes = manifest.get("changes")
    names = changes.get("class_names") if isinstance(changes, dict) else None
    if spec is None or spec.label_kind != "class" or spec.label_name is None or not isinstance(names, list):
        return None
    if not names or not all(map(_is_text, names)) or len(set(names)) != len(names):
        return None
    return spec.label_name, tuple(names)


def _is_text(value: Any) -> bool:
    """Whether this is a text that can be written; half a character, which JSON can hold, cannot."""
    return isinstance(value, str) and value.encode("utf-8", "ignore").decode() == value
