"""Doing a conversion again that a manifest tells of."""

import dataclasses
import inspect
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from advisor.recording import NOT_RECORDED, OBJECT, fingerprint_of_input
from converters.conversions import Mining, Options
from converters.errors import InputError, quote
from converters.fingerprints import difference, files_of, fingerprint_of_source
from converters.mining import Selection
from converters.sources import ReadingOptions
from converters.writing import Shape, manifest_path

#: How files are read.
_READING = ReadingOptions.__optional_keys__ | ReadingOptions.__required_keys__

#: How arguments that are more than plain values are made again.
_MADE_AGAIN: dict[str, Callable[..., Any]] = {
    "mining": Mining,
    "selection": Selection,
    "shape": Shape,
    "options": Options,
}


def _again(name: str, value: Any) -> Any:
    """The argument that was recorded.

    Raises:
        InputError: it was an object, or this version does not know it.
    """
    if not isinstance(value, dict):
        return value
    if OBJECT in value:
        raise InputError(
            f"the manifest says that {quote(name)} was a {quote(value[OBJECT])} in Python, which no file holds: "
            "convert in Python again"
        )
    inner = {key: _again(key, each) for key, each in value.items()}
    if name not in _MADE_AGAIN:
        return inner
    try:
        return _MADE_AGAIN[name](**inner)
    except TypeError as error:
        raise InputError(
            f"the manifest says of {quote(name)} what this version does not know: {quote(error)}"
        ) from error


@dataclasses.dataclass(frozen=True)
class Recorded:
    """A conversion that a manifest tells of.

    Attributes:
        path: where the manifest is.
        dataset: what to convert, where it is now.
        arguments: what the conversion was told.
        out: where the rows went.
        versions: of what took part.
        files: the fingerprints of what was written.
    """

    path: Path
    dataset: str
    arguments: dict[str, Any]
    out: str
    versions: Mapping[str, str]
    files: Mapping[str, Any]

    def verdict(self, manifest: Path) -> str:
        """Whether a second run has written the same bytes, in words.

        Args:
            manifest: that of the second run.
        """
        before = [each.get("sha256") for each in self.files.values()]
        now = _read(manifest)
        if [each.get("sha256") for each in now.get("files", {}).values()] == before:
            return "the same bytes as before"
        if _suffixes(self.files) != _suffixes(now.get("files", {})):
            return "another kind of file than before, so not the same bytes"
        changed = [
            f"{name} was {old} and is {now['versions'].get(name, 'not there')}"
            for name, old in self.versions.items()
            if now.get("versions", {}).get(name) != old
        ]
        because = f": {', '.join(changed)}" if changed else ""
        return f"not the same bytes as before{because}"


def read_manifest(path: str, dataset: str | None = None) -> Recorded:
    """Reads a manifest and makes sure that its conversion can be done again.

    Args:
        path: the manifest, or what was written with it.
        dataset: where the source is now; None for where it was.

    Raises:
        InputError: it is no manifest of a conversion, or the source or a file that took part is another by now.
    """
    place = Path(path)
    if place.is_dir() or (place.is_file() and place.suffix != ".json"):
        place = manifest_path(place)
    told = _read(place)
    source, arguments = told.get("source"), told.get("arguments")
    if not isinstance(source, dict) or not isinstance(arguments, dict) or "output_format" not in arguments:
        raise InputError(f"{quote(place, 200)} does not tell of a conversion that can be repeated: name a manifest")
    _check_names(place, arguments)
    found = _source(place, source, dataset, arguments)
    for name, before in (told.get("inputs") or {}).items():
        now = fingerprint_of_input(name)
        if now is None and before is not None and "commit" not in before:
            raise InputError(f"{quote(name, 200)}, which {quote(place, 200)} tells of, is not there: bring it back")
        if now != before:
            raise InputError(
                f"{quote(name, 200)} is not what it was when {quote(place, 200)} was written: convert anew"
            )
    again = {name: _again(name, value) for name, value in arguments.items() if name != "reading"}
    reading = arguments.get("reading") or {}
    if source.get("kind") == "hub" and source.get("revision"):
        reading = {**reading, "revision": source["revision"]}
    out = place.parent if place.name == "manifest.json" else place.with_name(place.name.removesuffix(".manifest.json"))
    return Recorded(place, found, {**again, **reading}, str(out), told.get("versions") or {}, told.get("files") or {})


def _check_names(place: Path, arguments: Mapping[str, Any]) -> None:
    """Makes sure that a conversion knows every argument.

    Raises:
        InputError: it does not: another version has written the manifest, or somebody has edited it.
    """
    from advisor.conversion import convert_to_file

    known = set(inspect.signature(convert_to_file).parameters) - NOT_RECORDED
    reading = arguments.get("reading")
    unknown = sorted({*arguments} - known | {*(reading if isinstance(reading, dict) else ())} - {*_READING})
    if unknown:
        raise InputError(f"{quote(place, 200)} tells of {quote(unknown[0])}, which this version does not know")


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"there is no manifest {quote(path, 200)}: name OUT.manifest.json, or OUT") from None
    except OSError as error:
        raise InputError(f"the manifest {quote(path, 200)} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the manifest {quote(path, 200)} cannot be read: {quote(error, 120)}") from error
    if not isinstance(value, dict):
        raise InputError(f"{quote(path, 200)} is no manifest: name OUT.manifest.json, or OUT")
    return value


def _source(place: Path, source: Mapping[str, Any], dataset: str | None, arguments: Mapping[str, Any]) -> str:
    """Where the source is.

    Raises:
        InputError: it cannot be opened again, or is another by now.
    """
    if source.get("kind") == "stream":
        raise InputError(
            f"{quote(place, 200)} tells of data that cannot be read again ({quote(source.get('name'))}): convert anew"
        )
    name = str(source.get("name"))
    beside = [os.path.normpath(place.parent / str(source["path"]))] if "path" in source else []
    places = [dataset] if dataset is not None else [name, *beside]
    before = {key: value for key, value in source.items() if key not in ("name", "path")}
    if source.get("kind") == "hub" and dataset is None:
        return name
    revision = (arguments.get("reading") or {}).get("revision")
    changes = {}
    for each in places:
        if source.get("kind") != "hub" and not Path(each).exists() and not files_of(each):
            continue
        changed = difference(before, fingerprint_of_source(each, revision))
        if changed is None:
            return each
        changes[each] = changed
    if not changes:
        raise InputError(
            f"{quote(places[0], 200)}, which {quote(place, 200)} was made of, is not there: say where it is now "
            "(advisor convert DATASET --from-manifest ...)"
        )
    name, changed = next(iter(changes.items()))
    raise InputError(
        f"{quote(name, 200)} is not what it was when {quote(place, 200)} was written ({changed}): convert it "
        "anew, without --from-manifest"
    )


def _suffixes(files: Mapping[str, Any]) -> set[str]:
    """What kinds of files there are, by the ends of their names."""
    return {Path(name).suffix for name in files}
