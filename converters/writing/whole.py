"""Files and folders that appear whole or not at all, several of them together."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class _Piece:
    """Something that is to take a place; `made` is None where the place is to be empty."""

    place: Path
    made: Path | None
    former: Path | None = None
    done: bool = False

    def put(self) -> None:
        """Takes the place; what stood there is kept under another name."""
        if os.path.lexists(self.place):
            self.former = _beside(self.place)
            if not _linked(self.place, self.former):
                self.place.rename(self.former)
        self.done = True
        if self.made is not None:
            self.made.replace(self.place)
        else:
            self.place.unlink(missing_ok=True)

    def undo(self) -> None:
        """Puts what stood there back."""
        former, self.former = self.former, None  # should this fail, it is better left under its name than removed
        if former is not None and os.path.lexists(former):
            if self.place.is_dir():
                shutil.rmtree(self.place, ignore_errors=True)
            former.replace(self.place)
            former.unlink(missing_ok=True)  # a file under two names keeps both when one is renamed to the other
        elif former is None and self.done and self.made is not None and not os.path.lexists(self.made):
            _removed(self.place)


class Together:
    """What is written under names beside the real ones, and takes its places at once when all of it is there.

    A name is taken by renaming, so that a reader sees what was there before or what is there now. Should one of the
    renames fail, those before it are undone.
    """

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        self._aside: list[Path] = []

    def file(self, place: Path) -> Path:
        """A name to write to: what stands there in the end takes `place`, or that which a link there leads to."""
        place = behind(place)
        made = _beside(place)
        self._pieces.append(_Piece(place, made))
        return made

    def folder(self, place: Path) -> Path:
        """An empty folder to write to, which takes `place` in the end."""
        made = self.file(place)
        made.mkdir()
        return made

    def without(self, place: Path) -> None:
        """Removes a file, if there is one, when the rest takes its places; of a link that to which it leads."""
        self._pieces.append(_Piece(behind(place), None))

    def aside(self, place: Path) -> Path:
        """An empty folder beside `place` for what is needed on the way; it is removed in the end."""
        made = _beside(place)
        made.mkdir()
        self._aside.append(made)
        return made

    def take_places(self) -> None:
        """Renames everything; all of it or nothing.

        Raises:
            OSError: something is missing or cannot be renamed; what was there before is there again.
        """
        for piece in self._pieces:
            if piece.made is not None and not piece.made.is_dir():
                with piece.made.open("rb+") as file:
                    os.fsync(file.fileno())
        put: list[_Piece] = []
        try:
            for piece in self._pieces:
                put.append(piece)
                piece.put()
        except BaseException:
            for piece in reversed(put):
                piece.undo()
            raise

    def clear(self) -> None:
        """Removes what is left of the way."""
        for path in [*self._aside, *(each for piece in self._pieces for each in (piece.made, piece.former) if each)]:
            _removed(path)


@contextmanager
def together() -> Iterator[Together]:
    """What is written within takes its places at the end; after an exception everything is as it was."""
    pieces = Together()
    try:
        yield pieces
        pieces.take_places()
    finally:
        pieces.clear()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to: on success it takes the place of `path`, and else it is removed."""
    with together() as pieces:
        yield pieces.file(path)


def behind(place: Path) -> Path:
    """The place that a link leads to, so that the link stays; else the place itself."""
    return Path(os.path.realpath(place)) if place.is_symlink() else place


def _linked(path: Path, former: Path) -> bool:
    """Keeps a file under a second name, so that its own is never empty; not every file system can, and no folder."""
    if path.is_dir() or path.is_symlink():
        return False
    try:
        os.link(path, former)
    except OSError:
        return False
    return True


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    # Hidden, so that a reader of the folder does not take it for data.
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.tmp")
