"""The commands that the advisor tells people to run."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a user said about how a dataset is to be read, which commands about it have to say again.

    Attributes:
        split: the split that is meant.
        format: the format, where it overrules the one that would be detected.
        columns: the roles of columns, by name.
        reading: how to read the files: see `converters.sources.ReadingOptions`.
        several: whether commands are about several splits, which one file cannot hold.
    """

    split: str | None = None
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    several: bool = False

    @property
    def options(self) -> list[str]:
        """As options of the command line."""
        said = ["--split", self.split] if self.split is not None else []
        said += ["--format", self.format] if self.format is not None else []
        for name, role in self.columns.items():
            said += ["--column", f"{name}={role}"]
        for name, value in self.reading.items():
            if name == "has_header":
                said.append("--header" if value else "--no-header")
            elif value is not None:
                said += [f"--{name}", str(value)]
        return said

    @property
    def keywords(self) -> dict[str, Any]:
        """As keywords of a call."""
        every = {"split": self.split, "format": self.format, "columns": dict(self.columns) or None, **self.reading}
        return {name: value for name, value in every.items() if value is not None}


#: Nothing was said.
NOTHING = Said()


def convert_command(
    dataset: str | None, output_format: str, *options: str, suffix: str | None = None, said: Said = NOTHING
) -> str:
    """How to convert a dataset: the command line, with an output name made from its own.

    Several splits go to a folder: a file holds one, and the others would be lost.

    Args:
        dataset: its path or name; None for an object in memory, which no command can reach.
        output_format: the format to convert to; `same` only mends.
        options: further options, such as `--fix`, `TXT001`.
        suffix: what the output's name ends with; by default the output format.
        said: how the dataset is to be read, where somebody said so.
    """
    if dataset is None:
        keywords = {_keyword(name): value for name, value in _paired(options)} | said.keywords
        more = "".join(f", {name}={value!r}" for name, value in keywords.items())
        return f'advisor.convert(dataset, output_format="{output_format}"{more})'
    name = dataset.rstrip("/").rsplit("/", 1)[-1].split(".")[0].split(":")[0]
    stem = re.sub(r"[*?\[\]]+", "", name).strip("-") or "data"  # of a glob, what is not a wildcard
    out = shlex.quote(f"{stem}-{suffix or output_format}{'' if said.several else '.parquet'}")
    more = "".join(f" {shlex.quote(each)}" for each in (*options, *said.options))
    return f"advisor convert {shlex.quote(dataset)} --output-format {output_format}{more} -o {out}"


def inspect_command(dataset: str | None, said: Said) -> str:
    """How to inspect a dataset, read as somebody says."""
    if dataset is None:
        return f"advisor.inspect(dataset{''.join(f', {name}={value!r}' for name, value in said.keywords.items())})"
    return f"advisor inspect {shlex.quote(dataset)}{''.join(f' {shlex.quote(each)}' for each in said.options)}"


def mend_command(dataset: str | None, code: str, trainable: bool, said: Said = NOTHING) -> str | None:
    """How to mend what a finding is about; None for a layout, which is mended while it is converted.

    Args:
        dataset: as for `convert_command`.
        code: the finding's code.
        trainable: whether the data is in a format, and not only in a layout.
        said: as for `convert_command`.
    """
    return convert_command(dataset, "same", "--fix", code, suffix="mended", said=said) if trainable else None


def _paired(options: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(options[::2], options[1::2], strict=True))


def _keyword(option: str) -> str:
    return option.lstrip("-").replace("-", "_")
