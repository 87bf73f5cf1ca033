"""A manifest: how a table came about, as JSON beside it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from converters.writing.target import manifest_of, target_of
from converters.writing.whole import whole_file


def manifest_path(path: str | os.PathLike[str]) -> Path:
    """Where the manifest of a table is: `OUT.manifest.json` beside a file, `OUT/manifest.json` in a folder.

    Neither is taken for data when the folder is read.
    """
    return manifest_of(target_of(path))


def manifest_text(metadata: Mapping[str, Any], rows: int, columns: Mapping[str, str], **more: Any) -> str:
    """The manifest as JSON; what JSON does not know is written as text."""
    content = {**metadata, "rows": rows, "columns": dict(columns), **more}
    return json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"


def write_manifest(
    path: str | os.PathLike[str], metadata: Mapping[str, Any], *, rows: int, columns: Mapping[str, str]
) -> Path:
    """Writes the manifest of a table that has been written, whole or not at all; an older one is replaced.

    Args:
        path: the table, not the manifest.
        metadata: what to say about it.
        rows: number of its rows.
        columns: its columns, name -> type.

    Returns:
        Where the manifest is.
    """
    place = manifest_path(path)
    with whole_file(place) as temporary:
        temporary.write_text(manifest_text(metadata, rows, columns), encoding="utf-8")
    return place
