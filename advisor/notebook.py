"""Reports in notebooks: HTML that looks right on light and dark, and in which nothing from the data is markup."""

from collections.abc import Iterable, Sequence
from html import escape

from advisor.catalogue import FAMILIES
from advisor.report import Report
from advisor.screen.page import some
from advisor.screen.report import sureness, title
from advisor.screen.steps import merged
from converters.errors import printable
from converters.formats import FORMATS

_TABLE = "border-collapse:collapse;margin:.2em 0 .8em"
_CELL = "text-align:left;vertical-align:top;padding:.1em 1em .1em 0"
_FAINT = "opacity:.65"

#: How much of each part is shown before one has to ask.
_ROWS = 12


def html(report: Report) -> str:
    """A report as a fragment of HTML."""
    summary = FORMATS[report.format].summary if report.format in FORMATS else "nothing that trains a text model"
    splits = some([f"{number:,} in {name}" for name, number in report.splits.items()], 4)
    parts = [
        f"<p><b>{_safe(report.dataset)}</b><br>{report.rows:,} rows: {_safe(splits)}<br>"
        f"<b>{_safe(report.format)}</b>: {_safe(summary)} ({sureness(report.confidence)}, {report.confidence:.0%})</p>",
        _part("Columns", _table(("name", "role", "type"), ((c.name, c.role, c.type) for c in report.columns))),
        _part("Findings", _findings(report)) if report.findings else "<p>No findings.</p>",
        _part("Losses that fit", _losses(report)),
    ]
    if report.conversions:
        parts.append(_part("Converting would unlock", _conversions(report), folded=True))
    return f'<div class="loss-advisor" style="font-size:90%">{"".join(parts)}</div>'


def _findings(report: Report) -> str:
    rows = ((each.severity, each.code, each.message) for each in report.findings)
    fixes = "".join(
        f"<p>mends {_safe(', '.join(codes))}:<br><code>{_safe(fix)}</code></p>"
        for fix, codes in merged(report.findings)
    )
    return _table(("", "code", "what"), rows) + fixes


def _losses(report: Report) -> str:
    rows = []
    for family in FAMILIES:
        for each in report.recommendations.get(family, ())[:2]:
            rows.append((family if each.rank == 1 else "", title(each), each.reasons[0] if each.reasons else ""))
    return _table(("family", "loss", "why"), rows) if rows else "<p>None as it stands.</p>"


def _conversions(report: Report) -> str:
    rows = []
    for each in report.conversions:
        names = "; ".join(f"{family}: {some(list(losses), 2)}" for family, losses in each.unlocks.items())
        rows.append(
            (each.output_format, "mines hard negatives" if each.needs_mining else "no mining", names, each.command)
        )
    return _table(("format", "", "unlocks", "command"), rows)


def _part(heading: str, content: str, *, folded: bool = False) -> str:
    return f"<details{'' if folded else ' open'}><summary><b>{heading}</b></summary>{content}</details>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    listed = list(rows)
    head = "".join(f'<th style="{_CELL};{_FAINT}">{_safe(each)}</th>' for each in headings)
    lines = ["<tr>" + "".join(f'<td style="{_CELL}">{_safe(each)}</td>' for each in row) + "</tr>" for row in listed]
    rest = f'<p style="{_FAINT}">and {len(listed) - _ROWS} more</p>' if len(listed) > _ROWS else ""
    return (
        f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{"".join(lines[:_ROWS])}</tbody></table>{rest}'
    )


def _safe(text: object) -> str:
    """Foreign text for HTML: no markup, no control characters, not too long."""
    shown = printable(text)
    return escape(shown if len(shown) <= 300 else shown[:299] + "…")
