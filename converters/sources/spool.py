"""Input that can be read once only, such as standard input, kept in a temporary file."""

import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from converters.errors import InputError
from converters.sources.compression import BROKEN, compression_of, open_binary

# They are removed when the process ends.
_FOLDERS: list["tempfile.TemporaryDirectory[str]"] = []


def spool(stream: BinaryIO, where: str) -> tuple[Path, str]:
    """Copies a stream into a temporary file, and finds out from its content what it holds, as a suffix.

    Raises:
        InputError: there is nothing in it.
    """
    folder = tempfile.TemporaryDirectory(prefix="loss-advisor-")
    _FOLDERS.append(folder)
    path = Path(folder.name) / where.replace(" ", "-")
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    if not path.stat().st_size:
        raise InputError(f"{where} is empty: pipe the data in")
    return path, _kind_of(path)


def _kind_of(path: Path) -> str:
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PAR1"):
        return ".parquet"
    if magic.startswith((b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return ".arrow"
    try:
        compression_of(path)
        with open_binary(path) as stream:
            head = stream.read(1 << 16)
    except (OSError, *BROKEN):
        return ".csv"  # whose reader says what is wrong with it
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore").lstrip().encode()
    return ".json" if text.startswith((b"{", b"[")) else ".csv"
