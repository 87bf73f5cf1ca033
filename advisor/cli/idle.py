"""What was said to `advisor convert` and changes nothing, which a note says."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from advisor.cli.mining_options import NAMES
from converters.mends.registry import codes_of, wanted

if TYPE_CHECKING:
    from advisor.outcome import Outcome
    from converters.conversions import Conversion, Mining


def without_effect(said: list[str], given: Mapping[str, Any], mining: "Mining", outcome: "Outcome") -> Iterator[str]:
    """What was said without an effect, a line for each kind of it.

    Args:
        said: the names of the options that stand on the command line.
        given: the values of all options.
        mining: how negatives were to be mined.
        outcome: what the conversion did.
    """
    of_mining = [name for name in NAMES if name in said]
    if outcome.way.mines:
        yield from _of_mining(of_mining, mining)
    elif idle := [name for name in of_mining if name not in _used(given, outcome)]:
        options = ", ".join("--" + name.replace("_", "-") for name in idle)
        verb = "changes" if len(idle) == 1 else "change"
        yield f"nothing is mined on the way to {given['output_format']}, so {options} {verb} nothing"
    if not any(map(_cuts, outcome.way.steps)):
        for name in ("threshold", "negative_threshold"):
            if given[name] is not None:
                option = "--" + name.replace("_", "-")
                yield f"no label is cut on the way to {given['output_format']}, so {option} changes nothing"
    if given["class_score"] and outcome.report.format != "pair-class":
        yield "the data has no classes of pairs, so --class-score changes nothing"
    sampled = given["pairs_per_text"] != 1 or given["max_per_class"] is not None
    if sampled and outcome.report.format != "single-class":
        yield "the texts have no class, so --pairs-per-text and --max-per-class change nothing"


def _cuts(step: "Conversion") -> bool:
    """Whether a step has an eye on the thresholds."""
    of_classes = step.source == "pair-class" and step.target in ("pair", "labeled-pair", "triplet")
    return "--threshold" in step.summary or step.source == "collection" or of_classes


def _reorders(fix: list[str] | None) -> bool:
    """Whether a mend puts the rows in a random order."""
    return any(each.reorders for each in wanted(codes_of(fix or ())))


def _used(given: Mapping[str, Any], outcome: "Outcome") -> set[str]:
    """The options of mining that mean something where nothing is mined."""
    drawn = outcome.way.samples or given["split_off"] is not None or _reorders(given["fix"])
    used = {"seed"} if drawn else set()
    of_classes = outcome.report.format == "single-class"
    if given["output_format"].startswith("n-tuple") or (of_classes and given["output_format"] == "labeled-list"):
        used.add("num_negatives")
    if outcome.way.needs is not None:
        used |= {"batch_size", "work_dir", "device"}
    return used


def _of_mining(said: list[str], mining: "Mining") -> Iterator[str]:
    """What was said about mining that other options leave without a meaning."""
    selection = mining.selection
    if "veto_threshold" in said and selection.veto is None:
        yield "there is no veto, so --veto-threshold changes nothing"
    if "margin_from" in said and selection.absolute_margin is None and selection.relative_margin is None:
        yield "there is no margin, so --margin-from changes nothing: add --relative-margin or --absolute-margin"
    if "model" in said and mining.query_embeddings is not None and mining.corpus_embeddings is not None:
        yield "all embeddings are given, so --model changes nothing"
