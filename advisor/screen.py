"""Reports for people: the same content as the JSON, arranged to be read in a terminal."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.catalogue import FAMILIES, Loss, Part
from advisor.report import Finding, Recommendation, Report
from converters.errors import printable
from converters.formats import FORMATS

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def show(report: Report, console: Console, *, every: bool = False) -> None:
    """Prints a report.

    Args:
        report: what to print.
        console: where to.
        every: whether to show all evidence and all recommendations, not the best only.
    """
    console.print(Group(*_parts(report, every)))


def clean(text: object) -> str:
    """Foreign text made fit for the screen: no control characters, no markup."""
    return escape(printable(text))


def _parts(report: Report, every: bool) -> Iterable[RenderableType]:
    yield _verdict(report)
    yield _heading("Columns")
    yield _columns(report)
    if report.alternatives:
        yield Text.from_markup(
            "  [dim]Could also be: "
            + ", ".join(f"{each.format} ({each.confidence:.0%})" for each in report.alternatives)
            + f"; overrule with --format {report.alternatives[0].format}[/]"
        )
    if report.findings:
        yield _heading("Findings")
        yield from (_finding(each) for each in report.findings)
    yield _heading("Losses that fit")
    yield from _recommendations(report, every)
    if report.conversions:
        yield _heading("Converting would unlock")
        yield from _conversions(report)


def _heading(words: str) -> RenderableType:
    return Padding(Text(words, style="bold"), (1, 0, 0, 0))


def _verdict(report: Report) -> RenderableType:
    rows = " + ".join(f"{number:,} {clean(name)}" for name, number in report.splits.items())
    sampled = "" if report.rows_sampled >= report.rows else f", judged from {report.rows_sampled:,}"
    lines = [
        f"[bold]{clean(report.dataset)}[/]  {rows} rows{sampled}",
        f"[bold green]{report.format}[/] ({FORMATS[report.format].summary}), confidence {report.confidence:.0%}",
    ]
    if report.label.column is not None:
        label = report.label
        span = "" if label.minimum is None else f" from {label.minimum:g} to {label.maximum:g}"
        lines.append(f"label [bold]{clean(label.column)}[/]: {label.kind}, {label.levels:,} levels{span}")
    return Text.from_markup("\n".join(lines))


def _columns(report: Report) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for column in report.columns:
        table.add_row(
            clean(column.name),
            f"[bold]{column.role}[/]",
            f"[dim]{clean(column.type)}[/]",
            f"[dim]{clean(column.evidence[0])}[/]",
        )
    return table


def _finding(finding: Finding) -> RenderableType:
    style = _STYLES[finding.severity]
    text = f"  [{style}]{finding.code} {finding.severity}[/]  {clean(finding.message)}"
    return Text.from_markup(text + (f"\n      [dim]{clean(finding.fix)}[/]" if finding.fix else ""))


def _recommendations(report: Report, every: bool) -> Iterable[RenderableType]:
    some = False
    for family in FAMILIES:
        for each in report.recommendations[family]:
            if each.rank == 1:
                some = True
                yield Text.from_markup(f"  [bold]{family}[/]")
            if each.rank == 1 or every:
                yield _recommendation(each)
            else:
                yield Text.from_markup(f"    {each.rank}. {each.loss} [dim]{clean(each.reasons[0])}[/]")
    if not some:
        way = "convert the data first" if report.conversions else "and no conversion of such data is known yet"
        yield Text.from_markup(f"  none as it stands: {way}")


def _recommendation(each: Recommendation) -> RenderableType:
    name = f"{each.loss} in {each.entry.wrapper}" if each.entry.wrapper else each.loss
    lines = [f"    {each.rank}. [bold green]{name}[/]", f"       [cyan]{each.entry.imports}[/]"]
    lines += [f"       {clean(reason)}" for reason in each.reasons]
    settings = {name: argument.as_code() for name, argument in each.arguments.items()}
    settings |= {name: repr(value) for name, value in {**each.model, **each.trainer}.items()}
    lines.append("       [dim]" + clean(", ".join(f"{name}={value}" for name, value in settings.items())) + "[/]")
    lines += [f"       [yellow]mind[/] {clean(warning)}" for warning in each.warnings]
    return Text.from_markup("\n".join(lines))


def _conversions(report: Report) -> Iterable[RenderableType]:
    for offer in report.conversions:
        unlocked = "; ".join(f"{family}: {', '.join(losses)}" for family, losses in offer.unlocks.items())
        how = "mines hard negatives" if offer.needs_mining else "no mining"
        line = f"  [bold]{offer.output_format}[/] ({how}) {unlocked or 'the same losses, with hard negatives'}"
        yield Text.from_markup(f"{line}\n      [dim]{clean(offer.command)}[/]")


def show_losses(losses: Iterable[Loss | Part], console: Console) -> None:
    """Prints the catalogue as a table."""
    if not console.is_terminal:  # for the next command in a pipe: nothing is cut off
        for each in losses:
            takes = ",".join(each.formats) if isinstance(each, Loss) else ""
            console.print(f"{each.family}\t{each.name}\t{takes}", markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("family", "loss", "formats"):
        table.add_column(heading, header_style="bold")
    for each in losses:
        takes = ", ".join(each.formats) if isinstance(each, Loss) else "[dim]used with another loss[/]"
        table.add_row(each.family, f"[bold]{each.name}[/]", takes)
    console.print(table)


def explain(loss: Loss | Part, console: Console) -> None:
    """Prints all that the catalogue knows about a loss."""
    about = _about_loss(loss) if isinstance(loss, Loss) else [f"  use: {clean(loss.use)}"]
    lines = [
        f"[bold green]{loss.name}[/] ({loss.family})",
        f"  {loss.summary}",
        f"  [cyan]{loss.imports}[/]",
        *about,
        f"  {loss.reference[0]}, {loss.reference[1]}",
    ]
    console.print(Text.from_markup("\n".join(lines)))


def _about_loss(loss: Loss) -> Iterable[str]:
    for name, fit in loss.formats.items():
        yield f"  takes [bold]{name}[/]: {fit.reason}"
    if loss.outputs is not None:
        yield "  model: " + ("one output" if loss.outputs == "one" else "an output for each class")
    if loss.wrapper is not None:
        yield f"  wrapped in {clean(loss.wrapping)}"
    yield "  settings: " + clean(", ".join(f"{name}={value}" for name, value in loss.settings.items()))
