"""Findings explained: all that is known about a code, for the command line and for Python."""

from dataclasses import dataclass
from typing import Any

from advisor.commands import mend_command
from advisor.findings import CHECKS, Check
from converters.errors import InputError, nearest, quote
from converters.mends import MENDS


@dataclass(frozen=True)
class Explanation:
    """One kind of finding.

    Attributes:
        check: the check that finds it, with its documentation.
        command: the form of the command that mends it; None where only a person can.
    """

    check: Check
    command: str | None

    @property
    def page(self) -> str:
        """Where it is documented, in the project's folder."""
        return f"docs/findings/{self.check.code}.md"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.check.code,
            "severity": self.check.severity,
            "title": self.check.title,
            "why": self.check.why,
            "mend": self.check.mend,
            "scope": self.check.scope,
            "command": self.command,
            "page": self.page,
        }


def explain(code: str) -> Explanation:
    """All that is known about a finding.

    Raises:
        InputError: there is no such code.
    """
    check = CHECKS.get(code.strip().upper())
    if check is None:
        near = nearest(code.strip().upper(), list(CHECKS))
        raise InputError(
            f"there is no finding {quote(code)}: {near if near.startswith('did') else 'advisor rule lists them'}"
        )
    command = mend_command("DATASET", check.code, True) if check.code in MENDS else None
    if command is None and check.mend.startswith("Convert"):  # bringing it into shape is the mend
        return Explanation(check, "advisor convert DATASET --output-format FORMAT -o OUT")
    return Explanation(check, command.replace("DATASET-mended.parquet", "OUT") if command else None)


def explained() -> list[Explanation]:
    """All findings, by code."""
    return [explain(code) for code in sorted(CHECKS)]
