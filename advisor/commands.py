"""The commands that the advisor tells people to run."""

import re
import shlex


def convert_command(dataset: str | None, output_format: str, *options: str, suffix: str | None = None) -> str:
    """How to convert a dataset: the command line, with an output name made from its own.

    Args:
        dataset: its path or name; None for an object in memory, which no command can reach.
        output_format: the format to convert to; `same` only mends.
        options: further options, such as `--fix`, `TXT001`.
        suffix: what the output's name ends with; by default the output format.
    """
    if dataset is None:
        said = "".join(f", {_keyword(name)}={value!r}" for name, value in _paired(options))
        return f'advisor.convert(dataset, output_format="{output_format}"{said})'
    name = dataset.rstrip("/").rsplit("/", 1)[-1].split(".")[0].split(":")[0]
    stem = re.sub(r"[*?\[\]]+", "", name).strip("-") or "data"  # of a glob, what is not a wildcard
    out = shlex.quote(f"{stem}-{suffix or output_format}.parquet")
    said = "".join(f" {shlex.quote(each)}" for each in options)
    return f"advisor convert {shlex.quote(dataset)} --output-format {output_format}{said} -o {out}"


def mend_command(dataset: str | None, code: str, trainable: bool) -> str | None:
    """How to mend what a finding is about; None for a layout, which is mended while it is converted.

    Args:
        dataset: as for `convert_command`.
        code: the finding's code.
        trainable: whether the data is in a format, and not only in a layout.
    """
    return convert_command(dataset, "same", "--fix", code, suffix="mended") if trainable else None


def _paired(options: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(options[::2], options[1::2], strict=True))


def _keyword(option: str) -> str:
    return option.lstrip("-").replace("-", "_")
