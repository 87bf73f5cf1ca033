"""What a manifest has to say so that a conversion can be done again, and doing it again.

Everything that a conversion is told goes into the manifest, but for what `NOT_RECORDED` names: a new argument is
recorded without anybody thinking of it.
"""

import dataclasses
import inspect
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from converters.conversions import Mining, Options
from converters.errors import InputError, quote
from converters.fingerprints import difference, fingerprint_of_file, fingerprint_of_files, fingerprint_of_source
from converters.mining import Selection
from converters.sources import ReadingOptions
from converters.writing import Shape, manifest_path

#: Arguments that change nothing in the rows, or that say where they go.
NOT_RECORDED = frozenset({"dataset", "out", "rejects", "overwrite", "dry_run", "note", "push_to_hub", "public"})

#: The same, of how negatives are mined.
_NOT_RECORDED_WITHIN = frozenset({"work_dir", "cache", "report"})

#: Arguments that may name a file or a model whose content counts.
_INPUTS = frozenset({"model", "teacher", "cross_encoder", "query_embeddings", "corpus_embeddings", "corpus"})

#: Distributions whose version may change what comes out.
_DISTRIBUTIONS = (
    *("loss-advisor", "numpy", "pyarrow", "pandas", "datasets", "faiss-cpu", "scikit-learn", "scipy"),
    *("sentence-transformers", "transformers", "torch"),
)

#: How files are read.
_READING = ReadingOptions.__optional_keys__ | ReadingOptions.__required_keys__

_OBJECT = "object of Python"


def recorded(dataset: Any, arguments: Mapping[str, Any], out: str | None) -> dict[str, Any]:
    """What a manifest says of the source, the arguments and the versions.

    Args:
        dataset: what is converted.
        arguments: what the conversion is told, by name.
        out: where the rows go, beside which the manifest will be.
    """
    revision = (arguments.get("reading") or {}).get("revision")
    source = {"name": dataset if isinstance(dataset, str) else type(dataset).__name__}
    source |= fingerprint_of_source(dataset, revision)
    if source["kind"] in ("file", "folder", "files") and out is not None:
        source["path"] = os.path.relpath(os.fspath(dataset), manifest_path(out).parent)
    told = {name: _plain(value) for name, value in arguments.items() if name not in NOT_RECORDED}
    return {
        "source": source,
        "arguments": told,
        "inputs": dict(_inputs(told)),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """The versions of Python and of what takes part in a conversion."""
    found = {"python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _plain(value: Any) -> Any:
    """The value as JSON has it; what JSON cannot say is named, and cannot be repeated."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in dataclasses.fields(value) if not each.name.startswith("_")]
        return {name: _plain(getattr(value, name)) for name in names if name not in _NOT_RECORDED_WITHIN}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return {_OBJECT: type(value).__name__}


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
    if _OBJECT in value:
        raise InputError(
            f"the manifest says that {quote(name)} was a {quote(value[_OBJECT])} in Python, which no file holds: "
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


def _inputs(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The files and models that arguments name, with a fingerprint of what they hold."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _inputs(each, key)
    elif isinstance(value, str) and name in _INPUTS and (found := _fingerprint_of_input(value)) is not None:
        yield value, found


def _fingerprint_of_input(name: str) -> dict[str, Any] | None:
    path = Path(name)
    if path.is_file():
        return fingerprint_of_file(path)
    if path.is_dir():
        return {"files": fingerprint_of_files([each for each in path.rglob("*") if each.is_file()], path)}
    if any(word in ("lsa", "bm25") for word in name.removeprefix("blend:").split("+")):
        return None
    from huggingface_hub import try_to_load_from_cache

    for known in (name, f"sentence-transformers/{name}"):
        try:
            found = try_to_load_from_cache(known, "config.json")
        except ValueError:  # no name of a model on the hub
            continue
        if isinstance(found, str):
            return {"commit": Path(found).parent.name}
    return None


# -- again -------------------------------------------------------------------------------------------------------------


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
        if _fingerprint_of_input(name) != before:
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
    except (OSError, ValueError, RecursionError) as error:
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
    changes = []
    for each in places:
        changed = difference(before, fingerprint_of_source(each, revision))
        if changed is None:
            return each
        changes.append(changed)
    changed = changes[0]
    raise InputError(
        f"{quote(places[0], 200)} is not what it was when {quote(place, 200)} was written ({changed}): convert it "
        "anew, without --from-manifest"
    )
