"""What to do next: one or two commands, made from what an inspection found."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.catalogue import FAMILIES, Family
from advisor.commands import convert_command
from advisor.report import Finding, Report
from converters.sources.open import STANDARD_INPUT

#: A model to start from, where none is named: small, well known, and of the right kind.
STARTING_MODELS: dict[Family, str] = {
    "sentence-transformer": "sentence-transformers/all-MiniLM-L6-v2",
    "cross-encoder": "microsoft/MiniLM-L12-H384-uncased",
    "sparse-encoder": "distilbert/distilbert-base-uncased",
    "multi-vector-encoder": "lightonai/GTE-ModernColBERT-v1",
}


@dataclass(frozen=True)
class Step:
    """A command and what it is for."""

    why: str
    command: str


def steps(report: Report) -> list[Step]:
    """The one or two commands to run now; none where nothing can be done with the data.

    For an object in memory they are Python.
    """
    families = [family for family in FAMILIES if report.recommendations.get(family)]
    first = _first(report, trains=bool(families))
    if first is None and not families:
        return []
    if first is None and not report.reopens:
        return [Step("make the loss:", f'report.best("{families[0]}").build(model)')]
    if first is None:
        return [_script(report.dataset, families[0], *report.said.options)]
    if not families:
        families = [family for offer in report.conversions[:1] for family in offer.unlocks]
    if not families:
        return [first]
    out = _output(first.command)
    if out is None:
        return [first, Step("make the loss:", f'advisor.inspect(converted).best("{families[0]}").build(model)')]
    return [first, _script(out, families[0])]


def merged(findings: Iterable[Finding]) -> list[tuple[str, list[str]]]:
    """The commands that mend findings, each once, with the codes that it mends; those that mend most come first.

    Commands that differ in what they fix only become one.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    fixes: dict[tuple[str, ...], list[str]] = {}
    for finding in findings:
        if finding.fix:
            rest, fixed = _without_fixes(finding.fix)
            groups.setdefault(rest, []).append(finding)
            fixes.setdefault(rest, []).extend(fixed)
    _gathered(groups)
    found = []
    for rest, own in groups.items():
        command = own[0].fix or ""
        if fixes[rest]:
            options = [part for code in dict.fromkeys(fixes[rest]) for part in ("--fix", code)]
            command = shlex.join([*rest[:-2], *options, *rest[-2:]])
        found.append((command, list(dict.fromkeys(each.code for each in own))))
    return sorted(found, key=lambda each: -len(each[1]))


def _gathered(groups: dict[tuple[str, ...], list[Finding]]) -> None:
    """Moves what putting into shape mends to a command that mends in the same format, which puts into shape as well."""
    same = {_but_for_output(rest): rest for rest in groups if _format(rest) == "same"}
    for rest in [each for each in groups if _format(each) not in ("same", None)]:
        mending = same.get(_but_for_output(rest))
        if mending is not None:
            groups[mending] += groups.pop(rest)


def _format(words: tuple[str, ...]) -> str | None:
    return words[words.index("--output-format") + 1] if "--output-format" in words[:-1] else None


def _but_for_output(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command that converts, without the format and the place that it writes."""
    at = words.index("--output-format") if "--output-format" in words[:-1] else len(words)
    kept = [*words[:at], *words[at + 2 :]]
    return tuple(kept[: kept.index("-o")] if "-o" in kept else kept)


def _without_fixes(command: str) -> tuple[tuple[str, ...], list[str]]:
    """The words of a command that converts, and what it fixes; of any other, the command alone."""
    if not command.startswith("advisor convert "):
        return (command,), []
    words, fixed = shlex.split(command), []
    while "--fix" in words[:-1]:
        at = words.index("--fix")
        fixed.append(words[at + 1])
        del words[at : at + 2]
    return tuple(words), fixed


def _first(report: Report, *, trains: bool) -> Step | None:
    """What has to be done before training; None where nothing has to."""
    if not trains:
        offer = report.conversions[0] if report.conversions else None
        return Step(f"make it {offer.output_format}, which losses take:", offer.command) if offer else None
    grave = [each for each in report.findings if each.severity != "info" and each.fix and _is_command(each.fix)]
    if grave:
        command, codes = merged(grave)[0]
        return Step(f"mend {', '.join(codes)}:", command)
    if report.dataset == STANDARD_INPUT:  # a script could not open it
        return Step(
            "keep it in a file, as the trainers want it:", convert_command("-", report.format, said=report.said)
        )
    return None


def _is_command(fix: str) -> bool:
    return fix.startswith(("advisor convert ", "advisor.convert("))


def _output(command: str) -> str | None:
    """Where a command that converts writes to; None for Python, which keeps it in memory."""
    if not command.startswith("advisor convert "):
        return None
    words = shlex.split(command)
    return words[words.index("-o") + 1] if "-o" in words[:-1] else None


def _script(dataset: str, family: Family, *options: str) -> Step:
    chosen = ["--family", family, "--model", STARTING_MODELS[family]]
    command = ["advisor", "script", dataset, *options, *chosen, "-o", "train.py"]
    return Step(f"write a script that trains a {family} (advisor train runs it, too):", shlex.join(command))
