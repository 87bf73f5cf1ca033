"""The work folder of the miner: what its stages have made, under the fingerprint of what it was made of.

A stage has a folder of its own, named after it and its fingerprint: the hash of everything that its result depends on.
The same question thus finds its answer again, another one never meets it, and a run that was stopped goes on where it
was. Every file in it is there whole or not at all.

    <work folder>/
        miner.json                            says whose folder this is, and of which version
        embeddings-documents-3f2a.../         a stage
            lock                              held by the run that uses the folder; its time is that of the last use
            about.json                        what the stage depends on
            vectors.npy                       what it made
            finished.json                     there once all is made

A run locks the stages it uses: alone while it makes one, together with others once it is made.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import pyarrow as pa

from converters.errors import InputError, quote
from converters.progress import working

#: Of the layout of work folders, and of what is computed: a newer number leaves what older code has made alone.
VERSION = 1

#: Files of a work folder, and of the folder of each stage.
MARKER = "miner.json"
LOCK, ABOUT, FINISHED = "lock", "about.json", "finished.json"
#: How files are called while they are written.
_UNFINISHED = ".unfinished"

#: Seconds between two looks whether another run is done.
PATIENCE = 0.5


class BusyError(InputError):
    """Another run works there."""


def default_folder() -> Path:
    """Where work is kept when nobody names a folder: `loss-advisor/mining` in the cache folder of the platform."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        base = Path(given)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "loss-advisor" / "mining"


def fingerprint(value: Any) -> str:
    """The sha256 of a value of plain dicts, lists, texts, numbers, bools and None; the order of keys is nothing."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of_texts(texts: pa.Array) -> str:
    """The sha256 of n large strings, none null, in their order."""
    lengths = np.diff(np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1])
    digest = hashlib.sha256(lengths.astype("<i8").tobytes())
    if len(texts) and (data := texts.buffers()[2]) is not None:
        bounds = np.frombuffer(texts.buffers()[1], np.int64)[[texts.offset, texts.offset + len(texts)]]
        digest.update(memoryview(data)[int(bounds[0]) : int(bounds[1])])
    return digest.hexdigest()


def hash_of_numbers(numbers: Any) -> str:
    """The sha256 of an array of numbers, of its type and its shape."""
    array: Any = np.ascontiguousarray(numbers)
    digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    digest.update(memoryview(array).cast("B") if array.size else b"")
    return digest.hexdigest()


class Workspace:
    """A work folder that is in use: `with Workspace(folder) as workspace: ...`.

    Args:
        folder: made where it is missing.
        waits: whether to wait for a run that is making the same stage, and to take what it has made.

    Raises:
        InputError: there is something else than a work folder of this version, or it cannot be written to.
    """

    def __init__(self, folder: str | os.PathLike[str], *, waits: bool = False) -> None:
        self.folder = _claimed(Path(folder).expanduser())
        self._waits = waits
        self._stages: dict[str, Stage] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        made = any(stage.has_made_something() for stage in self._stages.values())
        self.close()
        if isinstance(error, KeyboardInterrupt) and made:
            error.add_note(f"the work so far is kept in {quote(self.folder, 200)}: the same call goes on from there")

    def close(self) -> None:
        """Lets go of all stages."""
        for stage in self._stages.values():
            stage.close()
        self._stages.clear()

    def stage(self, name: str, depends_on: Mapping[str, Any]) -> "Stage":
        """Opens the folder of a stage, new or as it was left, and locks it until the workspace is closed.

        Args:
            name: of the stage: lower case letters and hyphens.
            depends_on: everything that the result depends on, in plain values; put hashes in place of data.

        Raises:
            BusyError: another run is making the same, and this workspace does not wait.
        """
        key = fingerprint({"version": VERSION, "stage": name, **depends_on})
        place = f"{name}-{key[:24]}"
        if place not in self._stages:
            self._stages[place] = self._opened(self.folder / place, name, key, depends_on)
        return self._stages[place]

    def _opened(self, folder: Path, name: str, key: str, depends_on: Mapping[str, Any]) -> "Stage":
        try:
            return Stage(folder, name, key, depends_on)
        except BusyError:
            if not self._waits:
                raise
        with working("waiting for another run, which is making the same"):
            while True:
                time.sleep(PATIENCE)
                with suppress(BusyError):
                    return Stage(folder, name, key, depends_on)

    def finished(self, name: str) -> "Iterator[tuple[Path, dict[str, Any]]]":
        """The folders of all finished stages of a name, and what they depend on; none of them is locked."""
        for folder in sorted(self.folder.glob(f"{name}-*")):
            if (folder / FINISHED).is_file():
                try:
                    depends_on = json.loads((folder / ABOUT).read_text(encoding="utf-8"))["depends_on"]
                except (OSError, ValueError, KeyError, TypeError):  # removed just now, or damaged: not to be used
                    continue
                yield folder, depends_on


class Stage:
    """The folder of one stage.

    Attributes:
        folder: where its files are.
        key: its fingerprint.
        finished: what `finish` was told, once the stage is finished; None before.
    """

    def __init__(self, folder: Path, name: str, key: str, depends_on: Mapping[str, Any]) -> None:
        self.folder = folder
        self.key = key
        self.finished: dict[str, Any] | None = None
        self._lock: IO[bytes] | None = None
        with storing(folder.parent):
            self._lock = locked(folder, shared=(folder / FINISHED).is_file())
            self.finished = self._told()
            if self.finished is not None:
                return
            for left in folder.glob(f"*{_UNFINISHED}"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            about = {"stage": name, "version": VERSION, "made": now(), "depends_on": dict(depends_on)}
            if not (folder / ABOUT).is_file():
                self.write_json(ABOUT, about)

    def _told(self) -> dict[str, Any] | None:
        try:
            told = json.loads((self.folder / FINISHED).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    def close(self) -> None:
        """Lets go of the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def path(self, name: str) -> Path:
        """Where a file of the stage is, or would be."""
        return self.folder / name

    def has(self, name: str) -> bool:
        """Whether a file of the stage has been made."""
        return self.path(name).is_file()

    @contextmanager
    def whole(self, name: str) -> Iterator[Path]:
        """A name to write to: on success the file takes its place under `name`, and else nothing is left of it.

        Raises:
            InputError: the disk is full, or refuses.
        """
        temporary = self.path(name + _UNFINISHED)
        with storing(self.folder):
            try:
                yield temporary
                with temporary.open("rb+") as file:
                    os.fsync(file.fileno())
                temporary.replace(self.path(name))
            finally:
                temporary.unlink(missing_ok=True)

    def has_made_something(self) -> bool:
        """Whether there is anything in the folder that another run would not have to make again."""
        files = (each for each in self.folder.rglob("*") if each.is_file())
        return any(
            each.name not in (LOCK, ABOUT) and not each.name.endswith(_UNFINISHED) and each.stat().st_size > 0
            for each in files
        )

    def write_json(self, name: str, value: Any) -> None:
        """Writes a small file of JSON."""
        with self.whole(name) as temporary:
            temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")

    def read_json(self, name: str) -> Any:
        """Reads a small file of JSON."""
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    def write_array(self, name: str, array: Any) -> None:
        """Writes an array as `.npy`."""
        with self.whole(name) as temporary, temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)

    def read_array(self, name: str) -> Any:
        """Maps an array of `.npy` into memory, read only.

        Raises:
            InputError: the file is damaged.
        """
        try:
            return np.load(self.path(name), mmap_mode="r", allow_pickle=False)
        except ValueError as error:
            if self.path(name).stat().st_size and "mmap" in str(error):  # an empty array cannot be mapped
                return np.load(self.path(name), allow_pickle=False)
            raise self.damaged(name) from error

    def damaged(self, name: str) -> InputError:
        """What to raise where a file is not what was written."""
        return InputError(f"{quote(name)} in the work folder {quote(self.folder, 160)} is damaged: remove that folder")

    def finish(self, **facts: Any) -> None:
        """Says that everything is made; `facts` are kept in `finished`."""
        self.write_json(FINISHED, facts)
        self.finished = facts
        if self._lock is not None:
            _flock(self._lock, shared=True)

    def start_over(self) -> None:
        """Removes everything that the stage has made."""
        with storing(self.folder):
            for path in self.folder.iterdir():
                if path.name not in (LOCK, ABOUT):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.finished = None


def now() -> str:
    """The time, as it stands in the files of a work folder."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def locked(folder: Path, *, shared: bool) -> IO[bytes]:
    """Makes a folder where it is missing, and locks it as long as the file that is returned stays open.

    The system lets go of the lock when the process ends, however it ends.

    Args:
        folder: what to lock.
        shared: whether others may hold it too who also share it.

    Raises:
        BusyError: somebody else holds it.
    """
    while True:
        folder.mkdir(exist_ok=True)
        try:
            lock = (folder / LOCK).open("a+b")
        except FileNotFoundError:  # the folder was removed just now
            continue
        try:
            _flock(lock, shared=shared)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read(20).decode("ascii", "replace").strip()
            lock.close()
            raise BusyError(
                f"another run{f' (process {holder})' if holder.isdigit() else ''} is at work in "
                f"{quote(folder, 200)}: wait until it ends, or name another folder with --work-dir"
            ) from None
        with suppress(FileNotFoundError):
            if os.path.samestat((folder / LOCK).stat(), os.fstat(lock.fileno())):
                if not shared:
                    lock.truncate(0)
                    lock.write(str(os.getpid()).encode())
                    lock.flush()
                os.utime(folder / LOCK)
                return lock
        lock.close()  # what was locked has been removed meanwhile


def _flock(lock: IO[bytes], *, shared: bool) -> None:
    try:
        import fcntl
    except ImportError:  # this system has no such locks
        return
    fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Turns what a disk refuses into one clear line.

    Raises:
        InputError: the disk is full, or refuses.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
            raise InputError(
                f"the disk of {quote(folder, 200)} is full: make room, or name a folder on another disk with "
                "--work-dir, and run the same again; what is done so far is kept"
            ) from error
        raise InputError(f"the work folder {quote(folder, 200)} cannot be used: {quote(error, 120)}") from error


def _claimed(folder: Path) -> Path:
    """The folder, made where it is missing, once it is certain that it belongs to the miner."""
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / MARKER
        if not marker.exists():
            if any(each.name != MARKER and not each.name.endswith(_UNFINISHED) for each in folder.iterdir()):
                raise InputError(
                    f"{quote(folder, 200)} is no work folder of the miner, and not empty: "
                    "name a new or an empty folder with --work-dir"
                )
            temporary = folder / f"{MARKER}.{os.getpid()}{_UNFINISHED}"
            temporary.write_text(json.dumps({"made_by": "loss-advisor", "version": VERSION}), encoding="utf-8")
            with suppress(FileNotFoundError):  # another run has just made it, and tidied up
                temporary.replace(marker)
        for left in folder.glob(f"{MARKER}.*{_UNFINISHED}"):
            left.unlink(missing_ok=True)
        try:
            version = json.loads(marker.read_text(encoding="utf-8"))["version"]
        except (ValueError, KeyError, TypeError):
            version = None
    if version != VERSION:
        raise InputError(
            f"the work folder {quote(folder, 200)} was made by another version of the miner "
            f"({quote(version)}, and this one makes {VERSION}): name another folder with --work-dir, or remove it"
        )
    return folder
