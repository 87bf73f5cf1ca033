"""Inspects training data, says which losses fit and why, and converts it; owns the command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.checking import Verdict as Verdict
    from advisor.checking import check as check
    from advisor.conversion import convert as convert
    from advisor.inspection import inspect as inspect
    from advisor.report import Finding as Finding
    from advisor.report import Recommendation as Recommendation
    from advisor.report import Report as Report
    from advisor.script import write_script as write_script

__version__ = "0.1.0"

_HOMES = {
    "Verdict": "advisor.checking",
    "check": "advisor.checking",
    "convert": "advisor.conversion",
    "inspect": "advisor.inspection",
    "Finding": "advisor.report",
    "Recommendation": "advisor.report",
    "Report": "advisor.report",
    "write_script": "advisor.script",
}

__all__ = [
    "Finding",
    "Recommendation",
    "Report",
    "Verdict",
    "__version__",
    "check",
    "convert",
    "inspect",
    "write_script",
]


def __getattr__(name: str) -> Any:
    """Loads the public names when they are first asked for, so that the command line starts fast."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'advisor' has no attribute {name!r}")
