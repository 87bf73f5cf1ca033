"""What a manifest has to say so that a conversion can be done again.

Everything that a conversion is told goes into the manifest, but for what `NOT_RECORDED` names: a new argument is
recorded without anybody thinking of it.
"""

import dataclasses
import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from converters.fingerprints import fingerprint_of_file, fingerprint_of_files, fingerprint_of_source
from converters.writing import manifest_path

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

#: How an object of Python is written down, which no file holds.
OBJECT = "object of Python"


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
    return {OBJECT: type(value).__name__}


def _inputs(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The files and models that arguments name, with a fingerprint of what they hold."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _inputs(each, key)
    elif isinstance(value, str) and name in _INPUTS and (found := fingerprint_of_input(value)) is not None:
        yield value, found


def fingerprint_of_input(name: str) -> dict[str, Any] | None:
    """What a file, or a model in a folder or from the hub, holds; None where the name says all there is to say."""
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
