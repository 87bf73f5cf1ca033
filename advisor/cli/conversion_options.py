"""The options of `convert` that say what becomes of the rows and where they go; see also `mining_options`."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer


class OnErrorChoice(StrEnum):
    """What becomes of rows with a label that cannot be read."""

    stop = "stop"
    skip = "skip"


Dataset = Annotated[
    str | None, typer.Argument(help="A file, a folder, a glob or - for standard input.", show_default=False)
]
OutputFormat = Annotated[
    str | None,
    typer.Option(
        "--output-format", metavar="FORMAT", help="The format to convert to; same only mends.", show_default=False
    ),
]
Out = Annotated[
    str | None,
    typer.Option("-o", "--out", help="OUT.parquet, .jsonl or .csv; without a suffix, a folder.", show_default=False),
]
NumNegatives = Annotated[
    int, typer.Option("--num-negatives", help="Negatives to mine for each anchor, or of an n-tuple.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of what is drawn at random.")]
Threshold = Annotated[
    float | None,
    typer.Option("--threshold", help="From which score (0 to 1) or grade on a pair belongs together."),
]
NegativeThreshold = Annotated[
    float | None,
    typer.Option("--negative-threshold", help="Up to which it does not; what lies between is left out."),
]
Teacher = Annotated[
    str | None,
    typer.Option(
        "--teacher",
        metavar="MODEL",
        help="Scores pairs or embeds texts: a cross-encoder, a bi-encoder, or a .npy or .parquet file.",
        show_default=False,
    ),
]
ClassScore = Annotated[
    list[str] | None,
    typer.Option(
        "--class-score", metavar="NAME=SCORE", help="A class of pairs as a score, 0 to 1.", show_default=False
    ),
]
PairsPerText = Annotated[
    int, typer.Option("--pairs-per-text", help="Partners of its class for each text that has a class.")
]
MaxPerClass = Annotated[
    int | None,
    typer.Option("--max-per-class", help="Use so many texts of a class at most, at random.", show_default=False),
]
Mine = Annotated[
    bool, typer.Option("--mine", help="Mine negatives even where the data has some of its own, in their place.")
]
Fix = Annotated[
    list[str] | None,
    typer.Option(
        "--fix", metavar="CODES", help="Mend these findings; without codes, all that are safe.", show_default=False
    ),
]
OnError = Annotated[
    OnErrorChoice, typer.Option("--on-error", help="At a label or line that cannot be read, stop or skip it.")
]
Rejects = Annotated[
    str | None,
    typer.Option(
        "--rejects", metavar="FILE", help="Keep what is left out, with its number and the reason.", show_default=False
    ),
]
Layout = Annotated[
    str | None,
    typer.Option("--layout", help="Write for beir, flagembedding or tevatron.", show_default=False),
]
Files = Annotated[
    str | None,
    typer.Option(
        "--files", metavar="SUFFIX", help="OUT is a folder of parquet, jsonl.gz, ... files.", show_default=False
    ),
]
ShardSize = Annotated[
    str | None,
    typer.Option("--shard-size", metavar="SIZE", help="Cut files of a folder at 500MB, 2GB.", show_default=False),
]
Compression = Annotated[
    str | None,
    typer.Option("--compression", help="Inside parquet (default zstd) and arrow (none).", show_default=False),
]
SplitOff = Annotated[
    float | None,
    typer.Option(
        "--split-off", metavar="SHARE", help="Hold out 0.05 that shares no text with the rest.", show_default=False
    ),
]
PushToHub = Annotated[
    str | None,
    typer.Option("--push-to-hub", metavar="NAME", help="To the Hugging Face hub, in private.", show_default=False),
]
Public = Annotated[bool, typer.Option("--public", help="Let others see what is pushed.")]
FromManifest = Annotated[
    str | None,
    typer.Option("--from-manifest", metavar="FILE", help="Do what this manifest tells of again.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and write nothing.")]


#: What may be codes of findings: no option, and no file with a suffix or a folder.
_CODES = re.compile(r"[A-Za-z0-9, ]*")


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--fix all` for a `--fix` without codes: an option of typer's always takes what follows it."""
    words: list[str] = []
    for word, following in zip(arguments, [*arguments[1:], "-"], strict=False):
        words.append(word)
        if word == "--fix" and not _CODES.fullmatch(following):
            words.append("all")
    return words
