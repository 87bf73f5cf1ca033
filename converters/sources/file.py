"""One file, opened by what its first bytes or else its name say."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from converters.errors import InputError, quote
from converters.sources.columnar import open_arrow, open_parquet
from converters.sources.compression import COMPRESSIONS
from converters.sources.delimited import open_delimited, open_plain_text
from converters.sources.encoding import UnknownEncodingError, WrongEncodingError
from converters.sources.guess import guess_encodings
from converters.sources.json_records import open_json
from converters.sources.options import TextOptions
from converters.sources.reading import Reading
from converters.sources.spool import kind_of_content

_TEXT: dict[str, Callable[[Path, TextOptions], Reading]] = {
    ".csv": lambda path, options: open_delimited(path, options, ","),
    ".tsv": lambda path, options: open_delimited(path, options, "\t"),
    ".json": lambda path, options: open_json(path, options, lines=False),
    ".jsonl": lambda path, options: open_json(path, options, lines=True),
    ".ndjson": lambda path, options: open_json(path, options, lines=True),
}
_BINARY: dict[str, Callable[[Path], Reading]] = {
    ".parquet": open_parquet,
    ".arrow": open_arrow,
    ".feather": open_arrow,
}

_MAGIC = {b"PAR1": ".parquet", b"ARROW1": ".arrow", b"FEA1": ".arrow", b"\xff\xff\xff\xff": ".arrow"}

# Names that say nothing of what is in a file, which is looked at then; in a folder of data such files are left out.
_LOOSE = ("", ".txt", ".text", ".dat", ".data")

#: Suffixes of files that hold data.
SUFFIXES = (*_TEXT, *_BINARY)


def data_suffix(name: str) -> str | None:
    """The suffix that says what a file holds, without that of a compression; None if it is none of `SUFFIXES`."""
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix in COMPRESSIONS:
        suffix = Path(path.stem).suffix.lower()
        return suffix if suffix in _TEXT else None
    return suffix if suffix in SUFFIXES else None


def open_file(path: Path, options: TextOptions, suffix: str | None = None) -> Reading:
    """Opens one file of data.

    Args:
        path: the file; it exists.
        options: how to read text.
        suffix: what the file holds as a text, where its name does not say it.

    Raises:
        InputError: it is nothing that can be read, or is damaged.
    """
    kind = _kind_in(path) or suffix or data_suffix(path.name) or _kind_of_text(path)
    if kind in _BINARY:
        return _BINARY[kind](path)
    if kind is not None:
        return _open_text(path, options, _TEXT.get(kind, open_plain_text))
    inner = Path(path.stem).suffix.lower()
    if path.suffix.lower() in COMPRESSIONS and inner in _BINARY:
        raise InputError(f"{quote(path, 200)}: a {inner[1:]} file is compressed in itself: unpack it first")
    raise InputError(
        f"{quote(path, 200)}: the suffix {quote(path.suffix)} is not known: rename the file to what it is, "
        f"one of {', '.join(SUFFIXES)}, or these with {', '.join(COMPRESSIONS)}"
    )


def _kind_in(path: Path) -> str | None:
    """The kind that the first bytes of a file show, whatever its name says; None for text.

    Raises:
        InputError: it is of a kind that people take for a table, and that is read by other programs only.
    """
    with path.open("rb") as file:
        head = file.read(8)
    where = quote(path, 200)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if path.suffix.lower() in (".xlsx", ".xlsm", ".ods", ".numbers") or _is_workbook(path):
            raise InputError(f"{where} is a spreadsheet: save the sheet as csv (UTF-8) and name that file")
        raise InputError(f"{where} is a zip archive: unpack it, and name what is in it")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{where} is a spreadsheet or document of old Office: save the sheet as csv (UTF-8)")
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/") or name == "content.xml" for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _kind_of_text(path: Path) -> str | None:
    """What text whose name says nothing holds, as a suffix; None where the name says that it is something else."""
    suffix = path.suffix.lower()
    if suffix in COMPRESSIONS:
        suffix = Path(path.stem).suffix.lower()
    return kind_of_content(path) if suffix in _LOOSE else None


def _open_text(path: Path, options: TextOptions, open_as: Callable[[Path, TextOptions], Reading]) -> Reading:
    """Opens text, in the encoding that is guessed where it turns out not to be UTF-8 and nobody says what it is."""
    try:
        return open_as(path, options)
    except RecursionError as error:
        raise InputError(f"{quote(path, 200)} is nested too deeply to be a table") from error
    except UnknownEncodingError as error:
        for guess in guess_encodings(path):
            try:
                return replace(open_as(path, replace(options, encoding=guess)), encoding=guess)
            except WrongEncodingError:
                continue  # further down than where it was guessed from
        raise InputError(str(error)) from error


def open_json_columns(path: Path, options: TextOptions, columns: Collection[str]) -> Reading:
    """Opens JSON lines and reads only the given columns, where present; other files are read whole."""
    if data_suffix(path.name) in (".jsonl", ".ndjson", ".json"):
        return _open_text(path, options, partial(open_json, lines=True, columns=columns))
    return open_file(path, options)
