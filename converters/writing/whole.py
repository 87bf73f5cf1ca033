"""Files and folders that appear whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to: on success it takes the place of `path`, and else it is removed."""
    temporary = _beside(path)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` for anything that is needed on the way; its `result` takes the place of `path`.

    Whatever happens, the folder is removed, and `path` is what it was or what it was to become.
    """
    temporary = _beside(path)
    temporary.mkdir()
    former = temporary / "former"
    try:
        yield temporary
        if path.exists():
            path.rename(former)
        try:
            (temporary / "result").rename(path)
        except BaseException:
            if former.exists() and not path.exists():
                former.rename(path)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _beside(path: Path) -> Path:
    # Hidden, so that a reader of the folder does not take it for data.
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.tmp")
