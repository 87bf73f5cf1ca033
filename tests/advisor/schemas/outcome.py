"""What inspecting the cases comes to: what is wrong, and whether the confidence can be trusted."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import advisor
from converters.errors import InputError
from tests.advisor.schemas.expected import Case

#: Bins of confidence; the last is the one that users act on without a second look.
EDGES = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0)


@dataclass(frozen=True)
class Outcome:
    """One case, inspected.

    Attributes:
        case: what was inspected.
        wrong: all that is wrong; empty where all is well.
        confidence: what the report gave; 0 where there is no report.
        read: whether there is a report.
        right: whether its reading is right, however sure it was.
    """

    case: Case
    wrong: tuple[str, ...]
    confidence: float
    read: bool
    right: bool


def inspect_case(case: Case, folder: Path) -> Outcome:
    """Writes a case and inspects it."""
    path = case.write(folder)
    try:
        report = advisor.inspect(str(path))
    except InputError as error:
        fine = case.expected.refuse != "never"
        return Outcome(case, () if fine else (f"refused: {error}",), 0.0, read=False, right=fine)
    except Exception as error:
        return Outcome(case, (f"crashed: {type(error).__name__}: {error}",), 0.0, read=False, right=False)
    right = not case.expected.misread(report)
    return Outcome(case, tuple(case.expected.wrong(report)), report.confidence, read=True, right=right)


def inspect_all(cases: Iterable[Case], folder: Path) -> list[Outcome]:
    """Every case, inspected."""
    return [inspect_case(case, folder) for case in cases]


def calibration(outcomes: Sequence[Outcome]) -> Iterator[tuple[float, float, int, float, float]]:
    """For each bin that has readings: its edges, how many, the share that is right, the mean confidence."""
    for low, high in itertools.pairwise(EDGES):
        inside = [each for each in outcomes if each.read and low <= each.confidence and _below(each, high)]
        if inside:
            right = sum(each.right for each in inside) / len(inside)
            yield low, high, len(inside), right, sum(each.confidence for each in inside) / len(inside)


def _below(outcome: Outcome, high: float) -> bool:
    return outcome.confidence < high or high == EDGES[-1]


def expected_calibration_error(outcomes: Sequence[Outcome]) -> float:
    """How far the share that is right lies from the confidence, averaged over the readings."""
    bins = list(calibration(outcomes))
    return sum(count * abs(share - mean) for _, _, count, share, mean in bins) / max(sum(each[2] for each in bins), 1)


def summary(outcomes: Sequence[Outcome]) -> str:
    """A line for every case that is read wrong, then how far the confidence can be trusted."""
    lines = [
        f"{each.case.name}: {'; '.join(each.wrong)}  (confidence {each.confidence:.2f})"
        for each in outcomes
        if each.wrong
    ]
    lines += ["", f"{len(outcomes) - len(lines)} of {len(outcomes)} right", "", "confidence   readings   right   mean"]
    for low, high, readings, right, mean in calibration(outcomes):
        lines.append(f"{low:.2f}-{high:.2f}    {readings:8d}   {right:5.0%}   {mean:.2f}")
    lines += [f"expected calibration error {expected_calibration_error(outcomes):.3f}", ""]
    return "\n".join(lines)
