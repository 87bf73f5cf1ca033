"""Compressed files, read as if they were not."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

#: The compressions that are read and written, by the suffix that they add to a name.
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")

#: What reading broken data may raise, besides `OSError` and the exceptions of Arrow.
BROKEN = (EOFError, zlib.error, lzma.LZMAError)

_MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}


def compression_of(path: Path) -> str | None:
    """The compression that the content shows or else the name says, as a suffix; None for a plain file."""
    with path.open("rb") as file:
        head = file.read(6)
    for magic, suffix in _MAGIC.items():
        if head.startswith(magic):
            return suffix
    return path.suffix.lower() if path.suffix.lower() in COMPRESSIONS else None


def _open_zstandard(file: Path | BinaryIO) -> BinaryIO:
    import pyarrow as pa

    raw = pa.OSFile(str(file)) if isinstance(file, Path) else pa.PythonFile(file, mode="r")
    return cast(BinaryIO, pa.CompressedInputStream(raw, "zstd"))


def _open_gzip(file: Path | BinaryIO) -> BinaryIO:
    return cast(BinaryIO, gzip.open(file, "rb"))


_OPENERS: dict[str | None, Callable[[Path | BinaryIO], BinaryIO]] = {
    None: lambda file: file.open("rb") if isinstance(file, Path) else file,
    ".gz": _open_gzip,
    ".bz2": lambda file: cast(BinaryIO, bz2.BZ2File(file, "rb")),
    ".xz": lambda file: cast(BinaryIO, lzma.LZMAFile(file, "rb")),  # noqa: SIM115
    ".zst": _open_zstandard,
}


def open_binary(path: Path, raw: BinaryIO | None = None) -> BinaryIO:
    """Opens a file for reading its bytes, decompressed.

    Args:
        path: the file.
        raw: the same file, open already, for callers that want to know how far it has been read.
    """
    return _OPENERS[compression_of(path)](path if raw is None else raw)
