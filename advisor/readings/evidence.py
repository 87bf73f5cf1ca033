"""What a reading of a dataset is, and the evidence that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from converters.formats import LabelKind, Role


@dataclass(frozen=True)
class Evidence:
    """One reason for a reading (a positive weight) or against it.

    Attributes:
        weight: in logits.
        message: the reason, for people.
        column: the column it speaks of; None where it speaks of the whole.
    """

    weight: float
    message: str
    column: str | None = None


@dataclass(frozen=True)
class Reading:
    """One way to read a dataset.

    Attributes:
        format: the format or layout, a key of `converters.formats.FORMATS`.
        roles: the role of every column, in the order of the data.
        label: the name of the label column; None where there is none. Where several columns make up the label, the
            first of them.
        label_kind: what the label means.
        evidence: what speaks for and against it.
        confidence: 0 to 1, among all candidates and the possibility that none is right.
    """

    format: str
    roles: Mapping[str, Role]
    label: str | None
    label_kind: LabelKind
    evidence: tuple[Evidence, ...]
    confidence: float = 0.0

    @property
    def weight(self) -> float:
        """The sum of the evidence, in logits."""
        return sum(each.weight for each in self.evidence)

    def columns(self, *roles: str) -> list[str]:
        """The columns of these roles: role by role, in the order of the data within a role."""
        return [name for role in roles for name, own in self.roles.items() if own == role]
