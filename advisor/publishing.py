"""Converting to the hub, with a card that says what the dataset is and how it was made."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from converters.errors import InputError, printable, quote
from converters.writing.shape import Shape

if TYPE_CHECKING:
    from advisor.outcome import Outcome


def published(
    convert: "Callable[..., Outcome]", arguments: Mapping[str, Any], name: str, *, private: bool
) -> "Outcome":
    """Converts to a file or folder, and pushes what stands there; to a temporary folder where none is named.

    Args:
        convert: `convert_to_file`.
        arguments: its arguments.
        name: what the dataset is to be called on the hub.
        private: whether others may not see it.

    Raises:
        InputError: as for `convert_to_file`; or the hub refuses, and what has been written stays.
    """
    from converters.writing.hub import check_push, push

    out, shape = arguments["out"], arguments["shape"] or Shape()
    name = check_push(name, out, shape, arguments["overwrite"])
    with ExitStack() as stack:
        place = out if out is not None else f"{stack.enter_context(TemporaryDirectory())}/rows"
        outcome = convert(**{**arguments, "out": place})
        try:
            url = push(name, Path(place), shape, lambda rows: card_of(outcome, name, rows), private=private)
        except InputError as error:
            raise error if out is None else InputError(f"{error}; {quote(out, 100)} is written") from error
        arguments["note"](f"pushed to {url}")
    return replace(outcome, out=out if out is not None else url)


def card_of(outcome: "Outcome", name: str, splits: Mapping[str, int]) -> str:
    """A card in Markdown. A path of this machine is reduced to its last part.

    Args:
        outcome: the conversion.
        name: what the dataset is called on the hub.
        splits: how many rows each split has.
    """
    told = outcome.to_dict()
    dataset = str(told["dataset"])
    public = Path(dataset).name if Path(dataset).exists() else dataset
    steps = [_plain(str(step).replace(dataset, public)) for step in told["steps"]]
    facts = {"seed": told.get("seed"), "threshold": told.get("threshold"), **(told.get("mining") or {})}
    lines = [
        f"# {_plain(name.split('/')[-1])}",
        "",
        f"Training data of the format `{outcome.output_format}` for "
        f"[sentence-transformers](https://sbert.net), made of `{_plain(public)}` with Loss Advisor "
        f"{told['loss_advisor']}.",
        "",
        "| split | rows |",
        "|---|---|",
        *(f"| {_plain(split)} | {rows:,} |" for split, rows in splits.items()),
        "",
        "## How it was made",
        "",
        *(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
        "",
        f"{outcome.rows_in:,} rows went in.",
    ]
    lines += [f"It loses {_plain(each)}." for each in told["loses"]]
    known = {fact: value for fact, value in facts.items() if value is not None}
    if known:
        lines += ["", "| setting | value |", "|---|---|", *(f"| {fact} | {_plain(v)} |" for fact, v in known.items())]
    return "\n".join(lines) + "\n"


def _plain(text: object) -> str:
    """Foreign text on one line, in which nothing is a mark of Markdown that would open a link or a cell."""
    shown = printable(text)
    for mark in "|<>[]":
        shown = shown.replace(mark, f"\\{mark}")
    return shown
