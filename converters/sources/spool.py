"""Input that can be read once only, such as standard input, kept in a temporary file."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from converters.errors import InputError
from converters.sources.compression import BROKEN, open_binary

# A bracket alone may as well begin a text.
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]\d-]')

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
    kind = kind_of_content(path)
    return path, ".csv" if kind == ".txt" else kind


def kind_of_content(path: Path) -> str:
    """What a file without a telling name holds, as a suffix: `.txt` for text that is no JSON."""
    try:
        with open_binary(path) as stream:
            head = stream.read(1 << 16)
    except (OSError, *BROKEN):
        return ".txt"  # whose reader says what is wrong with it
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore").lstrip().encode()
    return ".json" if _JSON.match(text) else ".txt"
