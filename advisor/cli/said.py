"""What was said on the command line, as keywords of the Python API."""

from typing import Any

import typer

from advisor.catalogue import FAMILIES
from advisor.cli.options import Family
from advisor.settings import Settings, find, load
from converters.errors import InputError, quote
from converters.sources import ReadingOptions


def settings_of(config: str | None, no_config: bool) -> Settings:
    """What the file of settings says; nothing where there is none."""
    if config is not None and no_config:
        raise InputError("--config and --no-config exclude one another: leave one out")
    file = config if config is not None else None if no_config else find()
    return Settings() if file is None else load(file)


def family_and_model(family: Family | None, model: str | None, settings: Settings) -> tuple[str, str]:
    """The kind of model to train and the model to start from, on the command line or else in the settings."""
    kind = family.value if family else settings.family
    if kind is None:
        raise InputError(f"nothing says what kind of model to train: add --family, one of {', '.join(FAMILIES)}")
    start = model or settings.model
    if start is None:
        raise InputError("nothing says which model to start from: add --model, a name on the hub or a path")
    return kind, start


def dataset_keywords(
    config: str | None,
    no_config: bool,
    dataset: str,
    split: str | None,
    format: str | None,
    columns: list[str] | None,
    reading: ReadingOptions,
) -> dict[str, Any]:
    """What was said about the dataset and how to read it, on the command line or else in the settings."""
    settings = settings_of(config, no_config)
    return settings.completed(dataset, split=split, format=format, columns=roles_of(columns), **reading)


def reading_of(
    encoding: str | None, header: bool | None, delimiter: str | None, revision: str | None
) -> ReadingOptions:
    """What was said about reading the files; nothing that was not said."""
    said = {"encoding": encoding, "has_header": header, "delimiter": delimiter, "revision": revision}
    return {name: value for name, value in said.items() if value is not None}  # type: ignore[return-value]


def roles_of(columns: list[str] | None) -> dict[str, str]:
    """The roles of columns, from NAME=ROLE."""
    roles: dict[str, str] = {}
    for each in columns or []:
        name, equals, role = each.rpartition("=")
        if not equals or not name:
            raise InputError(f"--column wants NAME=ROLE, such as --column question=anchor, not {quote(each)}")
        if roles.get(name, role) != role:
            raise InputError(f"--column gives {quote(name)} two roles, {quote(roles[name])} and {quote(role)}")
        roles[name] = role
    return roles


def said_by(context: typer.Context) -> list[str]:
    """The parameters that stand on the command line."""
    return [name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"]
