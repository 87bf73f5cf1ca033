"""What is kept in a work folder: how much it is, when it was last used, and how to be rid of it."""

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from converters.errors import InputError, quote
from converters.mining.workspace import ABOUT, FINISHED, LOCK, MARKER, BusyError, locked, storing

_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SPANS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


@dataclass(frozen=True)
class Kept:
    """The folder of a stage.

    Attributes:
        name: of the folder.
        stage: of which stage: `texts`, `embeddings`, `index`, `rankings`, `scores` or `rows`.
        size: bytes on the disk.
        made: when it was begun, in seconds since 1970.
        used: when it was last used.
        finished: whether the stage came to its end; scores of a cross-encoder never do, more may join them.
        folder: where it is.
    """

    name: str
    stage: str
    size: int
    made: float
    used: float
    finished: bool
    folder: Path

    def to_dict(self) -> dict[str, Any]:
        """The same in plain values, fit for JSON."""
        return asdict(self) | {"folder": str(self.folder)}


def kept_in(folder: str | os.PathLike[str]) -> list[Kept]:
    """The stages that are kept in a work folder, the last used first; none where there is no folder.

    Raises:
        InputError: it is no work folder.
    """
    place = Path(folder).expanduser()
    if not place.exists():
        return []
    if not (place / MARKER).is_file():
        raise InputError(f"{quote(place, 200)} is no work folder of the miner: it has no {MARKER}")
    with storing(place):
        found = [kept for each in place.iterdir() if (kept := _kept(each)) is not None]
    return sorted(found, key=lambda kept: (-kept.used, kept.name))


def _kept(folder: Path) -> Kept | None:
    try:
        used = (folder / LOCK).stat().st_mtime
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        made = (folder / ABOUT).stat().st_mtime
        stage = str(about["stage"])
    except NotADirectoryError:
        return None
    except (OSError, ValueError, KeyError, TypeError):  # killed before it was begun, or damaged: it can go
        if not (folder / LOCK).is_file():
            return None
        stage, made = "unknown", folder.stat().st_mtime
        used = made
    return Kept(folder.name, stage, _size(folder), made, used, (folder / FINISHED).is_file(), folder)


def _size(folder: Path) -> int:
    """Bytes that the files take on the disk, which for a file that is still being filled are those reserved."""
    total = 0
    for path in folder.rglob("*"):
        try:
            stat = path.stat()
        except FileNotFoundError:  # renamed meanwhile
            continue
        if path.is_file():
            total += getattr(stat, "st_blocks", 0) * 512 or stat.st_size
    return total


def prune(
    folder: str | os.PathLike[str],
    *,
    older_than: float | None = None,
    max_size: int | None = None,
    everything: bool = False,
) -> tuple[list[Kept], list[Kept]]:
    """Removes stages from a work folder; those that a run is using stay.

    Args:
        folder: the work folder.
        older_than: remove what has not been used for this many seconds.
        max_size: then remove what was used longest ago, until no more than this many bytes are left.
        everything: remove all.

    Returns:
        What was removed, and what would have been but is in use.

    Raises:
        InputError: it is no work folder, or nothing says what to remove, or two things do that contradict.
    """
    if older_than is None and max_size is None and not everything:
        raise InputError("nothing says what to remove: add --older-than 30d, --max-size 10GB or --all")
    if everything and (older_than is not None or max_size is not None):
        raise InputError("--all removes everything: leave it out, or --older-than and --max-size")
    kept = kept_in(folder)
    removed: list[Kept] = []
    busy: list[Kept] = []
    left = sum(each.size for each in kept)
    for each in reversed(kept):  # what was used longest ago goes first
        due = everything or (older_than is not None and each.used < time.time() - older_than)
        if not due and (max_size is None or left <= max_size):
            continue
        if _remove(each.folder):
            removed.append(each)
            left -= each.size
        else:
            busy.append(each)
    return removed, busy


def _remove(folder: Path) -> bool:
    """Removes the folder of a stage; False where it is in use."""
    with storing(folder):
        try:
            lock = locked(folder, shared=False)
        except BusyError:
            return False
        with lock:
            # What is left of a folder, should this be interrupted, must not pass for finished.
            (folder / FINISHED).unlink(missing_ok=True)
            shutil.rmtree(folder)
    return True


def bytes_of(text: str) -> int:
    """The number of bytes that `10GB`, `500M` or `1.5 g` stands for, in powers of 1024.

    Raises:
        InputError: it is no size.
    """
    plain = text.strip().lower().replace("ib", "b")
    plain = plain.removesuffix("b") if plain[-2:-1].isalpha() else plain
    number, unit = (plain[:-1], plain[-1]) if plain[-1:].isalpha() else (plain, "b")
    value = _number(number)
    if value is None or unit not in _UNITS:
        raise InputError(f"{quote(text)} is no size: give one such as 500MB or 10GB")
    return int(value * _UNITS[unit])


def seconds_of(text: str) -> float:
    """The seconds that `30d`, `12h`, `2w` or `90m` stands for; a number alone means days.

    Raises:
        InputError: it is no span of time.
    """
    plain = text.strip().lower()
    number, unit = (plain[:-1], plain[-1]) if plain[-1:].isalpha() else (plain, "d")
    value = _number(number)
    if value is None or unit not in _SPANS:
        raise InputError(f"{quote(text)} is no span of time: give one such as 12h, 30d or 2w")
    return value * _SPANS[unit]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
