"""Fingerprints of files and rows: whether the data of a run are still what they were."""

import hashlib
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from converters.errors import quote

if TYPE_CHECKING:
    import datasets

#: Files up to this size are hashed whole; of larger ones the size and pieces that are spread over all of it.
WHOLE = 1 << 30
_PIECES = 64
_PIECE = 1 << 20

#: Rows that are hashed at a time.
_ROWS = 1 << 16


def fingerprint_of_file(path: Path, whole: int = WHOLE) -> dict[str, Any]:
    """The size and the SHA-256 of a file; of one larger than `whole` bytes, of pieces of it, which `pieces` tells."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= whole:
            return {"bytes": size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
        return {"bytes": size, "sha256": _pieces(file, size), "pieces": _PIECES}


def _pieces(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256(str(size).encode())
    for number in range(_PIECES):
        file.seek(number * (size - _PIECE) // (_PIECES - 1))
        digest.update(file.read(_PIECE))
    return digest.hexdigest()


class _Hashing(io.RawIOBase):
    """A file that keeps nothing of what is written to it but a hash, of the kind that `datasets` takes."""

    def __init__(self) -> None:
        import xxhash

        self.digest = xxhash.xxh3_64()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return len(data)


def as_dataset(table: pa.Table) -> "datasets.Dataset":
    """Rows as a `datasets.Dataset`, whose fingerprint tells of the rows.

    Left to itself, `datasets` pickles a whole table for its fingerprint, which takes longer than many a conversion, and
    as much memory as the table once more.
    """
    import datasets

    hashing = _Hashing()
    with pa.ipc.new_stream(hashing, table.schema) as writer:
        writer.write_table(table, max_chunksize=_ROWS)
    return datasets.Dataset(table, fingerprint=hashing.digest.hexdigest())


def fingerprint_of_files(paths: Iterable[Path], root: Path) -> dict[str, Any]:
    """The fingerprint of each file, by its path below `root`."""
    return {path.relative_to(root).as_posix(): fingerprint_of_file(path) for path in sorted(paths)}


def fingerprint_of_source(dataset: Any, revision: str | None = None) -> dict[str, Any]:
    """What tells whether a dataset is still the same: hashes of its files, or the commit on the hub.

    Args:
        dataset: what `open_source` opens.
        revision: of a dataset on the hub.

    Returns:
        Plain values. `kind` is `file`, `folder`, `files`, `hub`, or, for what cannot be opened again, `stream`.
    """
    if not isinstance(dataset, str | os.PathLike) or os.fspath(dataset) == "-":
        return {"kind": "stream"}
    name = str(os.fspath(dataset))
    path = Path(name)
    if path.is_file():
        return {"kind": "file", **fingerprint_of_file(path)}
    if (folder := _folder_of(name)) is not None:
        return {"kind": "folder", "files": fingerprint_of_files(_data_of(folder), folder)}
    if path.exists():  # a pipe
        return {"kind": "stream"}
    if files := _matching(name):
        root = Path(os.path.commonpath([each.parent for each in files]))
        return {"kind": "files", "files": fingerprint_of_files(files, root)}
    return {"kind": "hub", "revision": _commit_on_hub(name.partition(":")[0], revision)}


def files_of(dataset: Any) -> list[Path]:
    """The files of this machine that a dataset is read from; none of an object, of a stream or on the hub.

    Nor any of what may not be read: opening it says so.
    """
    if not isinstance(dataset, str | os.PathLike) or os.fspath(dataset) == "-":
        return []
    name = str(os.fspath(dataset))
    path = Path(name)
    try:
        if path.is_file():
            return [path]
        if (folder := _folder_of(name)) is not None:
            return _data_of(folder)
        return [] if path.exists() else _matching(name)
    except PermissionError:
        return []


def _folder_of(name: str) -> Path | None:
    """The folder that a name means, with or without a configuration behind it."""
    path = Path(name)
    folder = path if path.is_dir() else Path(name.rpartition(":")[0] or "\0")
    return folder if "\0" not in str(folder) and folder.is_dir() else None


def _matching(pattern: str) -> list[Path]:
    """The files that a pattern matches, without manifests."""
    import glob

    found = [Path(each) for each in glob.glob(pattern, recursive=True)]  # noqa: PTH207 - absolute patterns too
    return [each for each in found if each.is_file() and not each.name.endswith(".manifest.json")]


def _data_of(folder: Path) -> list[Path]:
    """The files below a folder that can be part of its data: no hidden ones, and no manifests of ours."""
    below = ((path, path.relative_to(folder)) for path in folder.rglob("*"))
    return [
        path
        for path, name in below
        if path.is_file() and not any(part.startswith(".") for part in name.parts) and name.name != "manifest.json"
    ]


def _commit_on_hub(name: str, revision: str | None) -> str | None:
    """The commit that a name on the hub stands for now; as it was given where the hub does not say."""
    from huggingface_hub import HfApi

    try:
        return str(HfApi().dataset_info(name, revision=revision).sha or revision or "") or None
    except Exception:  # whatever the network raises: the data has been read, and its commit is a help only
        return revision


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """What has changed between two fingerprints of a source, in words; None where nothing has."""
    if before == now:
        return None
    if before.get("kind") != now.get("kind"):
        return f"it was a {quote(before.get('kind'))} and is a {quote(now.get('kind'))}"
    if before.get("kind") == "hub":
        return f"its commit was {quote(before.get('revision'))} and is {quote(now.get('revision'))}"
    if before.get("kind") == "file":
        if before.get("bytes") != now.get("bytes"):
            return f"it had {before.get('bytes'):,} bytes and has {now.get('bytes'):,}"
        return "its content is another"
    old, new = before.get("files") or {}, now.get("files") or {}
    changes = {
        "is gone": [name for name in old if name not in new],
        "is new": [name for name in new if name not in old],
        "has changed": [name for name in old if name in new and old[name] != new[name]],
    }
    what, names = next((item for item in changes.items() if item[1]), ("is another", ["it"]))
    more = sum(map(len, changes.values())) - 1
    return f"{quote(names[0], 100)} {what}" + (f", and {more} more" if more > 0 else "")
