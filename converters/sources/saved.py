"""Folders that `datasets.save_to_disk` has written, read without importing `datasets`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from converters.errors import InputError, quote
from converters.sources.columnar import open_arrow
from converters.sources.features import class_names_in
from converters.sources.reading import join
from converters.sources.source import Split

_STATE = "state.json"
_SPLITS = "dataset_dict.json"


def is_saved_folder(folder: Path) -> bool:
    """Whether the folder holds a `datasets.Dataset` or `datasets.DatasetDict`."""
    return (folder / _SPLITS).is_file() or (folder / _STATE).is_file()


def open_saved(folder: Path) -> dict[str, Split]:
    """Opens the splits of a saved folder; that of a single dataset is `train`.

    Raises:
        InputError: part of it is missing or damaged.
    """
    if not (folder / _SPLITS).is_file():
        return {"train": _open_dataset(folder)}
    names = _load(folder / _SPLITS).get("splits")
    if not isinstance(names, list) or not names:
        raise InputError(f"{quote(folder / _SPLITS, 200)} names no splits")
    return {str(name): _open_dataset(folder / Path(str(name)).name) for name in names}


def _open_dataset(folder: Path) -> Split:
    files = _load(folder / _STATE).get("_data_files")
    if not isinstance(files, list) or not files:
        raise InputError(f"{quote(folder / _STATE, 200)} names no data files")
    paths = [folder / Path(str(each.get("filename") if isinstance(each, Mapping) else each)).name for each in files]
    for path in paths:
        if not path.is_file():
            raise InputError(f"{quote(path, 200)} is missing: save the dataset again")
    split = join([open_arrow(path) for path in paths])
    info = folder / "dataset_info.json"
    named = class_names_in(_load(info).get("features")) if info.is_file() else {}
    return replace(split, class_names={**split.class_names, **named})


def _load(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{quote(path, 200)} cannot be read: {quote(error, 120)}") from error
    return value if isinstance(value, dict) else {}
