"""Holds what an inspection says against what an expert would say."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import advisor
from advisor.report import Report
from converters.errors import InputError
from tests.advisor.user_files.expectation import Case

#: A reading at least this sure should be right nine times in ten.
SURE = 0.85


@dataclass(frozen=True)
class Outcome:
    """How one case went.

    Attributes:
        case: the case.
        got: the format, or the reason for refusing.
        confidence: of the reading; None where there is none.
        wrong: what is wrong with the reading.
        too_sure: whether only the confidence is wrong.
    """

    case: Case
    got: str
    confidence: float | None
    wrong: tuple[str, ...]
    too_sure: bool = False

    @property
    def expected(self) -> str:
        """The acceptable formats in a word."""
        formats = "/".join(self.case.formats) or "anything"
        return {"must": "refusal", "may": f"{formats} or refusal", None: formats}[self.case.refuse]

    def __str__(self) -> str:
        sure = "" if self.confidence is None else f" {self.confidence:.2f}"
        return f"{self.case.name}: expected {self.expected}, got {self.got}{sure}: {'; '.join(self.wrong)}"


def measure(case: Case, folder: Path) -> Outcome:
    """Writes a case, has it inspected and says what is wrong."""
    path = case.write(folder)
    try:
        report = advisor.inspect(str(path))
    except InputError as error:
        mistakes = [] if case.refuse else [f"refused: {error}"]
        if "\n" in str(error).strip():
            mistakes.append("more than one line of refusal")
        return Outcome(case, "refusal", None, tuple(mistakes))
    except Exception as error:  # one case that breaks the inspector should not hide the others
        return Outcome(case, "crash", None, (f"{type(error).__name__}: {error}",))
    if case.refuse == "must":
        return Outcome(case, report.format, report.confidence, ("nothing there trains a model",))
    wrong = tuple(differences(case, report))
    too_sure = not wrong and case.max_confidence is not None and report.confidence > case.max_confidence
    if too_sure:
        wrong = (f"confidence above {case.max_confidence}",)
    return Outcome(case, report.format, report.confidence, wrong, too_sure)


def differences(case: Case, report: Report) -> Iterable[str]:
    """What is wrong with a reading, its confidence aside."""
    if case.formats and report.format not in case.formats:
        yield f"format {report.format}"
    for column, roles in case.roles.items():
        role = report.roles.get(column)
        if role not in roles:
            yield f"{column} is {role}, not {'/'.join(roles)}"
    if case.labels and report.label.column not in case.labels:
        yield f"label is {report.label.column}, not {case.labels[0]}"
    if case.kinds and report.label.kind not in case.kinds:
        yield f"label is a {report.label.kind}, not {'/'.join(case.kinds)}"


@dataclass(frozen=True)
class Band:
    """Readings whose confidence lies between two bounds."""

    low: float
    high: float
    readings: int
    right: int

    def __str__(self) -> str:
        share = f"{self.right / self.readings:6.0%}" if self.readings else "     -"
        return f"{self.low:.2f} to {self.high:.2f}  {self.readings:8}  {self.right:5}  {share}"


def calibration(outcomes: Iterable[Outcome]) -> list[Band]:
    """How many readings of each confidence are right; those that nobody can get wrong do not count."""
    counted = [
        each
        for each in outcomes
        if each.confidence is not None and (each.case.formats or each.case.roles or each.case.refuse == "must")
    ]
    bounds = (0.0, 0.3, 0.5, 0.7, SURE, 0.95, 1.01)
    bands = []
    for low, high in pairwise(bounds):
        inside = [each for each in counted if each.confidence is not None and low <= each.confidence < high]
        right = sum(not each.wrong or each.too_sure for each in inside)
        bands.append(Band(low, min(high, 1.0), len(inside), right))
    return bands
