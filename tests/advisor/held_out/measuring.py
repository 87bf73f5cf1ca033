"""Holds what an inspection says against what is expected of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import advisor
from advisor.report import Report
from converters.errors import InputError
from tests.advisor.held_out.cases import Case
from tests.advisor.held_out.writing import write

#: Readings of what no format fits have to stay below this.
UNSURE = 0.7

BANDS = ((0.95, 1.01), (0.85, 0.95), (0.7, 0.85), (0.5, 0.7), (0.0, 0.5))


@dataclass(frozen=True)
class Outcome:
    """How one case went: what it was read as, how surely (None: refused), and what is wrong with that."""

    case: Case
    got: str
    confidence: float | None
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        sure = "" if self.confidence is None else f" {self.confidence:.2f}"
        note = f" ({self.case.note})" if self.case.note else ""
        return f"{self.case.name}: {self.got}{sure}: {'; '.join(self.wrong)}{note}"


def measure(case: Case, folder: Path) -> Outcome:
    """Writes a case, has it inspected and says what is wrong."""
    path = write(case, folder)
    try:
        report = advisor.inspect(str(path))
    except InputError as error:
        return Outcome(case, "refused", None, () if case.refuse else (str(error),))
    return Outcome(case, report.format, report.confidence, tuple(differences(case, report)))


def differences(case: Case, report: Report) -> Iterable[str]:
    """What is wrong with a reading."""
    if not case.formats:
        if report.confidence >= UNSURE:
            yield "no format fits"
        return
    if report.format not in case.formats:
        yield f"not {'/'.join(case.formats)}"
    for column, roles in case.roles.items():
        # A column of records becomes a column for each of its fields.
        said = [role for name, role in report.roles.items() if name == column or name.startswith(f"{column}.")]
        if roles and not set(said) & set(roles):
            yield f"{column} is {'/'.join(said) or 'missing'}, not {'/'.join(roles)}"
    if case.label is not None:
        column, kinds = case.label
        if report.label.kind not in kinds:
            yield f"label is a {report.label.kind}, not {'/'.join(kinds)}"
        elif column is None and report.label.column is not None:
            yield f"label is {report.label.column}, not nothing"
        elif column and report.label.column != column:
            yield f"label is {report.label.column}, not {column}"


def calibration(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each band of confidence: how many readings, how many of them right."""
    read = [each for each in outcomes if each.confidence is not None]
    shown = []
    for low, high in BANDS:
        inside = [each for each in read if each.confidence is not None and low <= each.confidence < high]
        right = sum(not each.wrong for each in inside)
        share = f"{right / len(inside):6.0%}" if inside else "     -"
        shown.append(f"{low:.2f} to {min(high, 1.0):.2f}  {len(inside):8}  {right:5}  {share}")
    return shown
