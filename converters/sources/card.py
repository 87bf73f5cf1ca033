"""Folders laid out as on the Hugging Face hub: a README.md whose head says which files are which split."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from converters.errors import InputError, quote
from converters.sources.splits import split_called

_CARD = "README.md"


def files_on_card(folder: Path, configuration: str | None) -> list[tuple[str, Path]] | None:
    """The files of one configuration, each with its split; None where the card names no files.

    Args:
        folder: the folder, with a card or without.
        configuration: which one; None for the only one, or the one that is the default.

    Raises:
        InputError: there is no such configuration, none says which is meant, or its files are not there.
    """
    where = quote(folder, 200)
    known = {
        str(each.get("config_name", "default")): each
        for each in _configurations(folder)
        if isinstance(each, Mapping) and each.get("data_files")
    }
    if not known and configuration is None:
        return None
    if configuration is None:
        default = [name for name, each in known.items() if each.get("default") is True or name == "default"]
        configuration = next(iter(known)) if len(known) == 1 else default[0] if default else None
    if configuration not in known:
        listed = ", ".join(quote(name, 40)[1:-1] for name in known) or "none"
        asked = "several configurations" if configuration is None else f"no configuration {quote(configuration)}"
        example = f": name one, such as {quote(f'{folder}:{next(iter(known))}', 200)}" if known else ""
        raise InputError(f"{where} has {asked} ({listed}){example}")
    found: list[tuple[str, Path]] = []
    for split, pattern in _patterns(known[configuration]["data_files"]):
        files = _matching(folder, pattern)
        if not files:
            raise InputError(f"{quote(folder / _CARD, 200)} names {quote(pattern)}, and there is no such file")
        found += [(split_called(split), file) for file in files]
    return found


def _configurations(folder: Path) -> list[Any]:
    try:
        text = (folder / _CARD).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    _, opening, rest = text.partition("---")
    head, closing, _ = rest.partition("\n---")
    if text.lstrip("\ufeff").startswith("---") and opening and closing and "configs:" in head:
        import yaml  # type: ignore[import-untyped]

        try:
            value = yaml.safe_load(head)
        except (yaml.YAMLError, RecursionError, ValueError):
            return []
        configurations = value.get("configs") if isinstance(value, Mapping) else None
        return configurations if isinstance(configurations, list) else []
    return []


def _patterns(files: Any) -> list[tuple[str, str]]:
    """Splits and patterns, from any of the ways in which a card may put them."""
    if isinstance(files, Mapping):
        files = [{"split": split, "path": path} for split, path in files.items()]
    found: list[tuple[str, str]] = []
    for each in files if isinstance(files, list) else [files]:
        split, paths = ("train", each) if not isinstance(each, Mapping) else (each.get("split"), each.get("path"))
        found += [
            (str(split or "train"), str(path)) for path in (paths if isinstance(paths, list) else [paths]) if path
        ]
    return found


def _matching(folder: Path, pattern: str) -> list[Path]:
    path = PurePosixPath(pattern)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"{quote(folder / _CARD, 200)} names {quote(pattern)}, which is not below the folder")
    files = [folder] if not path.parts else sorted(folder.glob(str(path)))
    below = [inner for each in files for inner in (sorted(each.rglob("*")) if each.is_dir() else [each])]
    return [each for each in below if each.is_file()]
