"""Folders and globs of data files, whose names say which split they belong to."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath

from converters.errors import InputError, quote
from converters.sources.card import files_on_card
from converters.sources.file import SUFFIXES, data_suffix, open_file
from converters.sources.manifests import SUFFIX, with_told_names
from converters.sources.options import TextOptions
from converters.sources.reading import join
from converters.sources.source import Split
from converters.sources.splits import in_usual_order, split_in_name

_NOT_DATA = frozenset({"manifest.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"})
_SMALLEST_GLANCE = 1 << 16


def is_data_file(path: PurePath) -> bool:
    """Whether the name is that of a data file: of a known kind, not hidden, and no description of other files."""
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    described = path.name in _NOT_DATA or path.name.endswith(SUFFIX)
    return data_suffix(path.name) is not None and not hidden and not described


def open_folder(folder: Path, options: TextOptions, configuration: str | None = None) -> dict[str, Split]:
    """Opens all data files below a folder, or those that a card in it, as on the hub, names.

    A file belongs to the split that stands in its name, else in that of a folder it is in; the files of a split are
    joined in natural order. Where some files name a split, those that name none are left out; where none does, all
    are `train`.

    Raises:
        InputError: there is no data file, or what there is does not make one dataset.
    """
    where = quote(folder, 200)
    named_on_card = files_on_card(folder, configuration)
    if named_on_card is not None:
        return _open_splits([each for each in named_on_card if data_suffix(each[1].name)], options, where)
    paths = [each.relative_to(folder) for each in folder.rglob("*")]
    files = sorted((each for each in paths if is_data_file(each) and (folder / each).is_file()), key=_natural)
    if not files:
        raise InputError(f"the folder {where} holds no data files ({', '.join(SUFFIXES)})")
    named = {each: split_in_name(each) for each in files}
    if any(split for split, _ in named.values()):
        named = {each: found for each, found in named.items() if found[0]}
    parts = {others[1:] if others[:1] == ("data",) else others for _, others in named.values()}
    if len(parts) > 1:
        names = sorted("/".join(part) or "." for part in parts)
        raise InputError(
            f"the folder {where} holds several datasets ({', '.join(quote(name, 40) for name in names[:8])}): name one"
        )
    return _open_splits([(split or "train", folder / each) for each, (split, _) in named.items()], options, where)


def open_files(paths: Iterable[Path], options: TextOptions, where: str) -> dict[str, Split]:
    """Opens the files that a glob matches; split by name, and where no name says it, as `train`.

    Raises:
        InputError: they cannot be read, or do not go together.
    """
    files = sorted(paths, key=_natural)
    named = [(split_in_name(PurePath(each.name))[0] or _parent_split(each), each) for each in files]
    return _open_splits([(split or "train", each) for split, each in named], options, where)


def _parent_split(path: Path) -> str | None:
    """The split that the folder right above a file names, and nothing but that."""
    return split_in_name(PurePath(path.parent.name, "x"))[0] if path.parent.name else None


def _open_splits(files: list[tuple[str, Path]], options: TextOptions, where: str) -> dict[str, Split]:
    splits: dict[str, list[Path]] = {}
    for split, path in files:
        splits.setdefault(split, []).append(path)
    for split, paths in splits.items():
        kinds = sorted({str(data_suffix(path.name)) for path in paths})
        if len(kinds) > 1:
            raise InputError(
                f"{where} holds the split {quote(split)} as {' and as '.join(kinds)}: name one of the files"
            )
    if options.glance is not None:  # what is read of a dataset is shared by its files
        options = replace(options, glance=max(_SMALLEST_GLANCE, options.glance // max(1, len(files))))
    return in_usual_order(
        {
            split: with_told_names(join([open_file(path, options) for path in paths]), paths)
            for split, paths in splits.items()
        }
    )


def _natural(path: PurePath) -> list[tuple[int, int | str]]:
    """A key that sorts `part-10` behind `part-9`."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", str(path))]
