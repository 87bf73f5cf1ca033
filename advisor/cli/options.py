"""The options that several commands have."""

from enum import Enum, StrEnum
from typing import Annotated

import typer

from advisor.catalogue import FAMILIES
from advisor.report import SEVERITIES

Family = Enum("Family", {name: name for name in FAMILIES}, type=str)  # type: ignore[misc]
Severity = Enum("Severity", {name: name for name in SEVERITIES}, type=str)  # type: ignore[misc]


class Color(StrEnum):
    """When there is colour."""

    auto = "auto"
    always = "always"
    never = "never"


Dataset = Annotated[str, typer.Argument(help="A file, a folder, a glob or - for standard input.", show_default=False)]
Split = Annotated[str | None, typer.Option("--split", help="Use this split only.", show_default=False)]
Format = Annotated[
    str | None, typer.Option("--format", help="Overrule the format that would be detected.", show_default=False)
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME=ROLE", help="Overrule the role of a column.", show_default=False),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of text files, such as cp1252.", show_default=False)
]
Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="Whether the first row of a csv names the columns.", show_default=False),
]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="Between the cells of a csv.", show_default=False)]
Revision = Annotated[str | None, typer.Option("--revision", help="Of a dataset on the hub.", show_default=False)]
Config = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Settings, instead of the nearest advisor.toml.", show_default=False),
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Look for no file of settings.")]
Loss = Annotated[
    str | None, typer.Option("--loss", help="Train with this loss, not the one recommended first.", show_default=False)
]
Task = Annotated[
    str | None,
    typer.Option("--task", help="What the model is for, such as retrieval or similarity.", show_default=False),
]
Epochs = Annotated[float | None, typer.Option("--epochs", help="How often to go through the data.", show_default=False)]
Matryoshka = Annotated[bool, typer.Option("--matryoshka", help="Train embeddings that can be cut short.")]
Teacher = Annotated[
    str | None,
    typer.Option(
        "--teacher",
        metavar="MODEL",
        help="Learn from this model: its guidance, scores or embeddings.",
        show_default=False,
    ),
]
Lora = Annotated[bool, typer.Option("--lora", help="Train an adapter with peft, not the whole model.")]
Evaluation = Annotated[
    str | None,
    typer.Option(
        "--eval", metavar="FILE", help="Evaluate on this file, not on a part that is held out.", show_default=False
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="CODES", help="Show these findings only: codes or their beginnings.", show_default=False
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="CODES", help="Leave these findings out: codes or their beginnings.", show_default=False
    ),
]
InColor = Annotated[Color, typer.Option("--color", help="Whether there is colour; auto: on a terminal.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No notes on standard error, errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what stands at OUT.")]
TrainedFamily = Annotated[
    Family | None, typer.Option("--family", help="The kind of model to train.", show_default=False)
]
TrainedModel = Annotated[
    str | None, typer.Option("--model", help="The model to start from: a hub name or a path.", show_default=False)
]
MaxLength = Annotated[
    int | None, typer.Option("--max-length", help="Cut texts off after this many tokens.", show_default=False)
]
