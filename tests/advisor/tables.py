"""Tables of files whose reading is known: how they are read, and how far the confidence can be trusted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest

import advisor
from advisor.report import Report
from converters.errors import InputError

#: Whoever is told this much acts on it, so that nine in ten such readings have to be right.
SURE = 0.85

#: Between the bands of confidence; a reading of the upper edge belongs to the last.
EDGES = (0.0, 0.5, 0.7, SURE, 0.95, 1.0)


class Case(Protocol):
    """One file and what should come out."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def may_be_refused(self) -> bool:
        """Whether a refusal is as good as a reading, or the only right thing."""

    @property
    def counts(self) -> bool:
        """Whether a reading of it can be wrong, so that it says something of the confidence."""

    def write(self, folder: Path) -> Path:
        """Writes the file below a folder and returns what to inspect."""

    def judge(self, report: Report) -> tuple[Iterable[str], bool]:
        """All that is wrong with a report, and whether its reading is right, however sure it is."""


@dataclass(frozen=True)
class Outcome:
    """How one case went.

    Attributes:
        case: the case.
        got: the format; or `refusal`, or `crash`.
        confidence: of the reading; None where there is none.
        wrong: all that is wrong.
        right: whether the reading is right, however sure it is.
    """

    case: Case
    got: str
    confidence: float | None
    wrong: tuple[str, ...]
    right: bool

    def __str__(self) -> str:
        sure = "" if self.confidence is None else f" {self.confidence:.2f}"
        note = getattr(self.case, "note", "")
        return f"{self.case.name}: {self.got}{sure}: {'; '.join(self.wrong)}" + (f" ({note})" if note else "")


def measure(case: Case, folder: Path) -> Outcome:
    """Writes a case, has it inspected and says what is wrong."""
    path = case.write(folder)
    try:
        report = advisor.inspect(str(path))
    except InputError as error:
        mistakes = [] if case.may_be_refused else [str(error)]
        if "\n" in str(error).strip():
            mistakes.append("more than one line of refusal")
        return Outcome(case, "refusal", None, tuple(mistakes), not mistakes)
    except Exception as error:  # one case that breaks the inspector should not hide the others
        return Outcome(case, "crash", None, (f"{type(error).__name__}: {error}",), False)
    wrong, right = case.judge(report)
    return Outcome(case, report.format, report.confidence, tuple(wrong), right)


def measured(cases: Iterable[Case], folder: Path) -> dict[str, Outcome]:
    """How every case went, by its name."""
    return {each.name: measure(each, folder) for each in cases}


def hold(outcome: Outcome, known: Mapping[str, str]) -> None:
    """Fails where a case is not read right.

    Args:
        outcome: how the case went.
        known: the cases that are not read right yet, and why: those are expected to fail, and have to leave once they
            do not.
    """
    name = outcome.case.name
    assert outcome.got != "crash", str(outcome)
    if name in known:
        assert outcome.wrong, f"{name} is read right now: take it out of KNOWN"
        pytest.xfail(f"{known[name]}: {'; '.join(outcome.wrong)}")
    assert not outcome.wrong, str(outcome)


def hold_sure(outcomes: Iterable[Outcome], limit: float = SURE) -> None:
    """Fails where of the readings that are sure fewer than nine in ten are right, or hardly any is sure."""
    everything = list(outcomes)
    sure = [each for each in _counted(everything) if each.confidence is not None and each.confidence >= limit]
    wrong = [str(each) for each in sure if not each.right]
    assert len(sure) > len(everything) / 3, "hardly anything is read with confidence"
    assert len(wrong) <= len(sure) / 10, f"{len(wrong)} of {len(sure)} are wrong: {', '.join(wrong)}"


@dataclass(frozen=True)
class Band:
    """Readings whose confidence lies between two bounds."""

    low: float
    high: float
    readings: int
    right: int
    confidence: float

    def __str__(self) -> str:
        share, mean = (f"{self.right / self.readings:6.0%}", f"{self.confidence:.2f}") if self.readings else ("-", "-")
        return f"{self.low:.2f} to {self.high:.2f}  {self.readings:8}  {self.right:5}  {share:>6}  {mean:>4}"


def calibration(outcomes: Iterable[Outcome]) -> Iterator[Band]:
    """How many readings of each confidence are right; those that nobody can get wrong do not count."""
    read = [(each.confidence, each.right) for each in _counted(outcomes) if each.confidence is not None]
    for low, high in pairwise(EDGES):
        inside = [(sure, right) for sure, right in read if low <= sure < high or low < sure == high == EDGES[-1]]
        mean = sum(sure for sure, _ in inside) / max(len(inside), 1)
        yield Band(low, high, len(inside), sum(right for _, right in inside), mean)


def _counted(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.confidence is not None and each.case.counts]


def calibration_error(bands: Iterable[Band]) -> float:
    """How far the share that is right lies from the confidence, averaged over the readings."""
    bands = list(bands)
    apart = sum(abs(each.right - each.readings * each.confidence) for each in bands)
    return apart / max(sum(each.readings for each in bands), 1)


def listed(cases: Iterable[Case], words: list[str]) -> str:
    """The cases that are not read right, one a line, and then how far the confidence can be trusted.

    Args:
        cases: the table.
        words: take the cases whose name contains one of them; without any, take all.
    """
    chosen = [each for each in cases if not words or any(word in each.name for word in words)]
    with TemporaryDirectory() as folder:
        outcomes = list(measured(chosen, Path(folder)).values())
    failing = [str(each) for each in outcomes if each.wrong]
    bands = list(calibration(outcomes))
    return "\n".join(
        [
            *failing,
            "",
            f"{len(outcomes) - len(failing)} of {len(outcomes)} are read right",
            "",
            "confidence    readings  right   share  mean",
            *map(str, bands),
            f"expected calibration error {calibration_error(bands):.3f}",
            "",
        ]
    )
