"""The one door: opens whatever holds training data."""

import difflib
import glob
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from converters.errors import InputError, quote
from converters.progress import working
from converters.sources.beir import is_beir_folder, open_beir
from converters.sources.file import data_suffix, open_file
from converters.sources.folder import open_files, open_folder
from converters.sources.hub import is_hub_id, open_hub
from converters.sources.manifests import SUFFIX, with_told_names
from converters.sources.memory import open_object
from converters.sources.options import GLANCE_BYTES, TextOptions
from converters.sources.reading import join
from converters.sources.saved import is_saved_folder, open_saved
from converters.sources.source import Source
from converters.sources.splits import pick
from converters.sources.spool import spool
from converters.sources.structs import all_opened_up

#: What a dataset from standard input is called.
STANDARD_INPUT = "standard input"

#: More columns hold no training data, and comparing them all would take hours.
MOST_COLUMNS = 1000

_MAGIC = frozenset("*?[")


def open_source(
    dataset: Any,
    *,
    split: str | None = None,
    revision: str | None = None,
    encoding: str | None = None,
    has_header: bool | None = None,
    delimiter: str | None = None,
    scan: bool = True,
    skip_broken: bool = False,
) -> Source:
    """Opens a dataset, wherever it is and whatever it is.

    Args:
        dataset: a path: to a file (`.csv`, `.tsv`, `.json`, `.jsonl`, `.ndjson`, `.parquet`, `.arrow`, `.feather`; the
            texts also with `.gz`, `.bz2`, `.xz`, `.zst`), to a folder of such files with splits in their names, to a
            folder that `datasets.save_to_disk` wrote, or to one in the layout of BEIR; a glob; `-` for standard input;
            `name`, `owner/name` or `name:config` on the Hugging Face hub. Or an object: a `datasets.Dataset`,
            `datasets.DatasetDict`, pandas DataFrame, pyarrow Table or RecordBatchReader, whatever exports an Arrow
            stream, a list of dicts, a dict of columns; or a dict of these by split.
        split: the only split to open; None for all. `dev`, `val` and `valid` are `validation`.
        revision: branch, tag or commit of a dataset on the hub.
        encoding: that of text, a codec of Python; None: UTF-8, or what a byte order mark says.
        has_header: whether the first row of delimited text names the columns; None: it is detected.
        delimiter: of delimited text; None: it is detected.
        scan: whether text files are gone through when they are opened. If not, large ones are looked at in places all
            over them: the types of their columns come from there, as do the rows that `Split.sample` gives; the number
            of rows may be an estimate; and of what is read later, a value that does not fit its column is null.
        skip_broken: whether lines of text files that cannot be read, such as half a line of JSON or a row of too many
            cells, are left out and told in `Split.broken`; by default they refuse the file.

    Raises:
        InputError: it is not there, is nothing of these, is damaged or empty, or has no such split. Text files that
            are gone through show all that is wrong in them here; damage inside others may only show when batches
            are read.
    """
    glance = None if scan else GLANCE_BYTES
    options = TextOptions(
        encoding=encoding, has_header=has_header, delimiter=delimiter, glance=glance, skip_broken=skip_broken
    )
    on_hub = False
    if isinstance(dataset, str | os.PathLike):
        name = os.fspath(dataset)
        if not isinstance(name, str):
            raise InputError("a path cannot be bytes: give a text")
        try:
            on_hub = isinstance(dataset, str) and _is_on_hub(name)
            with working(f"opening {name}"):
                source = open_hub(name, split, revision) if on_hub else _open_path(name, options)
        except PermissionError as error:
            raise _forbidden(Path(name if error.filename is None else os.fsdecode(error.filename))) from error
    else:
        source = replace(open_object(dataset), reopens=False)
    if revision is not None and not on_hub:
        raise InputError("a revision goes with a dataset on the hub only: leave it out")
    where = quote(source.name, 200)
    picked = pick(source.splits, None if on_hub else split, where)
    source = replace(source, splits=picked if source.is_collection else all_opened_up(picked))
    widest = max((len(each.schema) for each in source.splits.values()), default=0)
    if widest > MOST_COLUMNS:
        raise InputError(f"{where} has {widest:,} columns: keep those with texts and labels, {MOST_COLUMNS:,} at most")
    if not source.splits or all(each.rows == 0 for each in source.splits.values()):
        raise InputError(f"{where} has no rows")
    return source


def _open_path(name: str, options: TextOptions) -> Source:
    if name == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise InputError("there is no standard input: pipe the data in, or name a file")
        if sys.stdin.isatty():
            raise InputError("standard input is a terminal: pipe the data in, or name a file")
        path, suffix = spool(sys.stdin.buffer, "standard input")
        return Source(STANDARD_INPUT, {"train": join([open_file(path, options, suffix)])}, reopens=False)
    path = Path(name)
    try:
        mode = path.stat().st_mode if name else None
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    except PermissionError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{quote(name, 200)} cannot be opened: {quote(error, 120)}") from error
    if mode is None:
        folder, colon, configuration = name.rpartition(":")
        if colon and configuration and Path(folder).is_dir():
            return Source(name, open_folder(Path(folder), options, configuration))
        return _open_glob(name, options)
    if stat.S_ISDIR(mode):
        return _open_folder(path, name, options)
    if not stat.S_ISREG(mode):
        with path.open("rb") as stream:
            path, suffix = spool(stream, "input")
        return Source(name, {"train": join([open_file(path, options, suffix)])})
    return Source(name, {"train": with_told_names(join([open_file(path, options)]), [path])})


def _forbidden(path: Path) -> InputError:
    """What to say of a path that may not be read: it may be a folder above that is locked."""
    locked = path
    for each in reversed(path.parents):
        try:
            os.stat(os.path.join(each, "."))  # noqa: PTH116, PTH118 - whether one may go in, which a bare name does not ask
        except OSError:
            locked = each
            break
    return InputError(f"{quote(locked, 200)} may not be read: change its permissions")


def _open_folder(path: Path, name: str, options: TextOptions) -> Source:
    if is_saved_folder(path):
        return Source(name, open_saved(path))
    if is_beir_folder(path):
        return replace(open_beir(path, options), name=name)
    return Source(name, open_folder(path, options))


def _open_glob(name: str, options: TextOptions) -> Source:
    if not _MAGIC.intersection(name):
        raise InputError(_missing(name))
    paths = [Path(each) for each in glob.glob(name, recursive=True)]  # noqa: PTH207 - absolute patterns too
    files = [each for each in paths if each.is_file() and not each.name.endswith(SUFFIX)]
    if not files:
        os.scandir(_unvarying(name)).close()  # a glob passes over a folder that may not be read
        raise InputError(f"no file matches {quote(name, 200)}")
    return Source(name, open_files(files, options, quote(name, 200)))


def _unvarying(pattern: str) -> Path:
    """The folder that a glob looks into, as far down as its name is plain and there is one."""
    path = Path(pattern)
    plain = (each for each in path.parents if not _MAGIC.intersection(str(each)) and each.is_dir())
    return next(plain, Path())


def _is_on_hub(name: str) -> bool:
    """Whether a text that is no existing path means the hub and not a file that is missing."""
    if not is_hub_id(name) or Path(name.partition(":")[0]).exists() or data_suffix(name) is not None:
        return False
    owner, slash, _ = name.partition("/")
    return not (Path(owner).is_dir() if slash else _near(name))


def _near(name: str) -> list[str]:
    """Names of existing files that are much like a missing one."""
    path = Path(name)
    try:
        beside = [each.name for each in path.parent.iterdir()]
    except OSError:
        return []
    return [str(path.parent / each) for each in difflib.get_close_matches(path.name, beside, n=1, cutoff=0.7)]


def _missing(name: str) -> str:
    message = f"{quote(name, 200)} does not exist"
    if "://" in name:
        return f"{message} as a file: nothing is downloaded, fetch it first"
    folder = Path(name).parent
    if Path(name).is_symlink():
        return f"{message}: it is a link to something that is not there"
    if not folder.is_dir():
        return f"{message}, nor does the folder {quote(folder, 200)}"
    near = _near(name)
    return f"{message}: did you mean {quote(near[0], 200)}?" if near else f"{message}: check the path"
