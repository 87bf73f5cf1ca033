"""The card of a dataset on the hub: what it is, and how it was made."""

from pathlib import Path
from typing import TYPE_CHECKING

from converters.errors import printable

if TYPE_CHECKING:
    from advisor.conversion import Outcome


def card_of(outcome: "Outcome", name: str, splits: dict[str | None, int]) -> str:
    """A card in Markdown. A path of this machine is reduced to its last part.

    Args:
        outcome: the conversion.
        name: what the dataset is called on the hub.
        splits: how many rows each split has; None is `train`.
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
        *(f"| {_plain(split or 'train')} | {rows:,} |" for split, rows in splits.items()),
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
