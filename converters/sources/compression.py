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


def _open_zstandard(path: Path) -> BinaryIO:
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))


_OPENERS: dict[str | None, Callable[[Path], BinaryIO]] = {
    None: lambda path: path.open("rb"),
    ".gz": lambda path: cast(BinaryIO, gzip.GzipFile(path, "rb")),
    ".bz2": lambda path: cast(BinaryIO, bz2.BZ2File(path, "rb")),
    ".xz": lambda path: cast(BinaryIO, lzma.LZMAFile(path, "rb")),  # noqa: SIM115
    ".zst": _open_zstandard,
}


def open_binary(path: Path) -> BinaryIO:
    """Opens a file for reading its bytes, decompressed."""
    return _OPENERS[compression_of(path)](path)
