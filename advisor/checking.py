"""Whether one loss can train on a dataset as it stands, and what stands in the way."""

from dataclasses import dataclass
from typing import Any

from advisor.catalogue import FAMILIES, LOSSES, Family
from advisor.report import Finding, Report
from converters.errors import InputError, nearest, quote


@dataclass(frozen=True)
class Verdict:
    """What came of checking a loss against a dataset.

    Attributes:
        loss: the class's name.
        family: the family it was checked for.
        fits: whether it can train on the data as it stands.
        reasons: why, or why not.
        ways: commands that lead to data that it can train on.
    """

    loss: str
    family: Family
    fits: bool
    reasons: tuple[str, ...]
    ways: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "loss": self.loss,
            "family": self.family,
            "fits": self.fits,
            "reasons": list(self.reasons),
            "ways": list(self.ways),
        }


#: Findings that stop the trainers, or make them train on something else than what is meant.
BLOCKING = frozenset(
    {
        *("COL001", "COL002", "COL003", "COL004"),
        *("LBL002", "LBL004", "LBL005", "LBL006", "LBL007", "LBL008"),
        "ROW004",
    }
)

#: Losses that compute with scores as they are; the others only compare them.
_NEED_UNIT_SCORES = frozenset({"CosineSimilarityLoss", "SparseCosineSimilarityLoss", "BinaryCrossEntropyLoss"})


def check(report: Report, loss: str, family: str | None = None) -> Verdict:
    """Checks a loss against an inspected dataset.

    Args:
        report: the inspection.
        loss: the loss's name.
        family: its family; may be left out where only one has a loss of that name.

    Raises:
        InputError: no such loss or family, or several families have one of that name.
    """
    if family is not None and family not in FAMILIES:
        raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
    found = [each for each in LOSSES.values() if each.name == loss and family in (None, each.family)]
    elsewhere = [each.family for each in LOSSES.values() if each.name == loss]
    if not found and elsewhere:
        raise InputError(f"{loss} is no {family} loss: it belongs to {', '.join(elsewhere)}")
    if not found:
        known = sorted({each.name for each in LOSSES.values() if family in (None, each.family)})
        raise InputError(f"there is no loss {quote(loss)}: {nearest(loss, known)}")
    if len(found) > 1:
        own = ", ".join(each.family for each in found)
        raise InputError(f"{loss} is in several families: choose one with --family ({own})")
    entry = found[0]
    if report.format not in entry.formats:
        wanted = ", ".join(entry.formats)
        ways = [offer.command for offer in report.conversions if offer.output_format in entry.formats]
        reason = f"the data is {report.format}; {loss} takes {wanted}"
        return Verdict(loss, entry.family, False, (reason,), tuple(ways))
    blocking = [each for each in report.findings if _blocks(each, loss)]
    if blocking:
        ways = list(dict.fromkeys(each.fix for each in blocking if each.fix))
        reasons = tuple(f"{each.code}: {each.message}" for each in blocking)
        return Verdict(loss, entry.family, False, reasons, tuple(ways))
    reason = f"the data is {report.format}: {entry.formats[report.format].reason}"
    return Verdict(loss, entry.family, True, (reason, f"import it with: {entry.imports}"))


def _blocks(finding: Finding, loss: str) -> bool:
    return finding.code in BLOCKING or (finding.code == "LBL001" and loss in _NEED_UNIT_SCORES)
