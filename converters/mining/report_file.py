"""The report of a mining run as a file: Markdown to read, JSON to compute with."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from converters.errors import InputError, quote

if TYPE_CHECKING:
    from converters.mining.summary import MiningSummary

#: What a report can be, by the suffix of its file.
SUFFIXES = (".md", ".json")


def check_report(path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
    """Makes sure, before any work is done, that a report can be written under this name.

    Raises:
        InputError: the suffix says neither Markdown nor JSON, the folder is missing or not writable, or something is
            there that is not to be replaced.
    """
    place = Path(path).expanduser()
    where = f"the report {quote(place, 200)}"
    if place.suffix.lower() not in SUFFIXES:
        raise InputError(f"{where} has to end in .md or .json, for Markdown or JSON")
    if not place.parent.is_dir():
        raise InputError(f"{where} cannot be written: there is no folder {quote(place.parent, 200)}: make it first")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise InputError(f"{where} cannot be written: the folder {quote(place.parent, 200)} is not writable")
    if os.path.lexists(place) and not place.is_file():
        raise InputError(f"{where} is no regular file and will not be replaced: choose another name")
    if place.exists() and not overwrite:
        raise InputError(f"{where} exists already: choose another name, or say that it is to be replaced (--overwrite)")
    return place


def write_report(summary: "MiningSummary", path: str | os.PathLike[str]) -> Path:
    """Writes what mining found and left out, whole or not at all; an older report is replaced.

    Args:
        summary: of the run.
        path: `.md` for Markdown, `.json` for JSON.

    Raises:
        InputError: as `check_report`, or the disk refuses.
    """
    from converters.writing.whole import whole_file

    place = check_report(path)
    if place.suffix.lower() == ".md":
        text = summary.to_markdown()
    else:
        text = json.dumps(summary.to_dict(), ensure_ascii=False, indent=2) + "\n"
    try:
        with whole_file(place) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the report {quote(place, 200)} cannot be written: {quote(error, 160)}") from error
    return place
