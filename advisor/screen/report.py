"""The screen of an inspection: what the data is, what is wrong with it, what to do next."""

from collections.abc import Iterator

from advisor.catalogue import FAMILIES
from advisor.report import SEVERITIES, ConversionOffer, Finding, Recommendation, Report
from advisor.screen.page import WIDTH, Page, Piece, shorten, some
from advisor.screen.steps import Step, merged, steps
from converters.formats import FORMATS

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}

#: What the headline says for a confidence of at least so much.
_SURE = ((0.95, "sure"), (0.8, "quite sure"), (0.6, "probable"), (0.4, "uncertain"), (0.0, "a guess"))

#: Another reading is near when it is at least this probable.
_NEAR = 0.1

#: How much of each part a calm screen shows.
_COLUMNS, _CONVERSIONS, _ALTERNATIVES = 10, 3, 2
_FINDINGS = {"error": 6, "warning": 5, "info": 3}

#: The training arguments that make or break a loss; the others are shown with everything else.
_DECISIVE = ("batch_sampler", "per_device_train_batch_size")


def report_page(report: Report, *, every: bool = False, width: int = WIDTH) -> Page:
    """The screen of a report.

    Args:
        report: what to show.
        every: whether to show all that the report holds, not the most important only.
        width: columns to fill.
    """
    page = Page(width)
    _headline(page, report)
    _columns(page, report, every)
    _findings(page, report, every)
    _losses(page, report, every)
    if report.conversions:
        _conversions(page, report, every)
    _next(page, report)
    return page


def sureness(confidence: float) -> str:
    """A confidence in words."""
    return next(words for least, words in _SURE if confidence >= least)


def _headline(page: Page, report: Report) -> None:
    page.whole((report.dataset, "bold"))
    splits = [f"{number:,} in {name}" for name, number in report.splits.items()]
    if len(splits) > 1:
        rows = f"{report.rows:,} rows: {some(splits, 4)}"
    else:
        rows = f"{report.rows:,} rows in {next(iter(report.splits), 'train')}"
    if not report.rows_exact:
        rows = f"about {rows}"
    if report.rows_sampled < report.rows:
        rows += f"; judged from {report.rows_sampled:,}"
    page.say(rows, indent=2)
    summary = FORMATS[report.format].summary if report.format in FORMATS else "nothing that trains a text model"
    sure: Piece = (
        f"{sureness(report.confidence)}, {report.confidence:.0%}",
        "" if report.confidence >= 0.6 else "yellow",
    )
    page.say((report.format, "bold green"), f": {summary} (", sure, ")", indent=2)
    label = report.label
    if label.column is not None:
        span = "" if label.minimum is None or label.maximum is None else f" from {label.minimum:g} to {label.maximum:g}"
        levels = f", {label.levels:,} different value{'s' if label.levels != 1 else ''}" if label.levels else ""
        page.say("label ", (_name(label.column), "bold"), f": {label.kind}{levels}{span}", indent=2)
    near = [each for each in report.alternatives if each.confidence >= _NEAR]
    for other in near[:_ALTERNATIVES]:
        page.say(f"or {other.format} ({other.confidence:.0%}): overrule with --format {other.format}", indent=2)


def _columns(page: Page, report: Report, every: bool) -> None:
    if not report.columns:
        return
    page.heading("Columns")
    used = [each for each in report.columns if each.role != "ignored"]
    shown = list(report.columns) if every else used if len(used) <= _COLUMNS + 1 else used[:_COLUMNS]
    styles = {"label": "magenta", "id": "dim", "ignored": "dim"}
    page.table(
        [(each.name, (each.role, styles.get(each.role, "bold")), (each.type, "dim")) for each in shown],
        indent=2,
        most=(32, 10, 30),
    )
    if every:
        for each in report.columns:
            page.say(("; ".join(each.evidence), "dim"), indent=2, start=_name(each.name) + ":", hang=14)
        return
    if len(shown) < len(used):
        page.say((f"and {len(used) - len(shown)} more (--all)", "dim"), indent=2)
    if idle := [_name(each.name) for each in report.columns if each.role == "ignored"]:
        page.say(("ignored: " + some(idle, 6), "dim"), indent=2)


def _name(name: str) -> str:
    return shorten(name, 32)


def _findings(page: Page, report: Report, every: bool) -> None:
    if not report.findings:
        page.heading("Findings", ": none")
        return
    counts = {
        severity: [each for each in report.findings if each.severity == severity] for severity in SEVERITIES[::-1]
    }
    said = [_number(severity, len(own)) for severity, own in counts.items() if own]
    page.heading("Findings", ": " + ", ".join(said), ("  (advisor rule CODE explains one)", "dim"))
    hidden = 0
    for severity, own in counts.items():
        shown = own if every or len(own) <= _FINDINGS[severity] + 1 else own[: _FINDINGS[severity]]
        hidden += len(own) - len(shown)
        for finding in shown:
            _finding(page, finding, every)
    if hidden:
        page.say((f"and {hidden} more (--all)", "dim"), indent=2)
    ahead = {step.command for step in steps(report)}
    for fix, codes in merged(report.findings):
        page.say("mends " + ", ".join(codes) + (": the next step below" if fix in ahead else ":"), indent=2)
        if fix not in ahead:
            _command(page, fix)


def _number(severity: str, number: int) -> str:
    return f"{number} {severity}" + ("s" if number != 1 and severity != "info" else "")


def _finding(page: Page, finding: Finding, every: bool) -> None:
    message = finding.message
    if finding.rows is not None and f"{finding.rows:,}" not in message:
        message += f" ({finding.rows:,} row{'s' if finding.rows != 1 else ''})"
    start = (f"{finding.severity:<8}{finding.code}", STYLES[finding.severity])
    page.say(message, indent=2, start=start, hang=16)
    if finding.examples and (every or finding.severity != "info"):
        shown = "such as " + "; ".join(finding.examples if every else finding.examples[:1])
        page.say((shown if every else shorten(shown, page.width - 18), "dim"), indent=18)
    if every and finding.why:
        page.say((finding.why, "dim"), indent=18)


def split(text: str) -> tuple[str, str | None]:
    """Advice that ends with a command, in two: the words, and the command, which must not be broken."""
    words, colon, command = text.partition(": advisor ")
    return (words, "advisor " + command) if colon else (text, None)


def _command(page: Page, command: str) -> None:
    if command.startswith("advisor"):
        page.whole((command, "cyan"), indent=4)
    else:  # a step that no command takes
        page.say(command, indent=4)


def _losses(page: Page, report: Report, every: bool) -> None:
    page.heading("Losses that fit")
    for family in FAMILIES:
        if own := report.recommendations.get(family):
            _family(page, family, own, every)
    if not any(report.recommendations.values()):
        way = "convert the data first" if report.conversions else "and no conversion of such data is known"
        page.say(f"none as it stands: {way}", indent=2)


def _family(page: Page, family: str, own: tuple[Recommendation, ...], every: bool) -> None:
    best = own[0]
    page.say((family, "bold"), ": ", (title(best), "bold green"), indent=2)
    _recommendation(page, best, every)
    for each in own[1:] if every else ():
        page.say(f"{each.rank}. ", (title(each), "bold"), indent=4)
        _recommendation(page, each, every)
    if not every and len(own) > 1:
        page.say(("then " + some([each.loss for each in own[1:]], 1), "dim"), indent=6)


def title(each: Recommendation) -> str:
    """The loss, with what it has to be wrapped in."""
    return f"{each.loss} in {each.entry.wrapper}" if each.entry.wrapper else each.loss


def _recommendation(page: Page, each: Recommendation, every: bool) -> None:
    if every:
        page.whole((each.entry.imports, "cyan"), indent=6)
    for reason in each.reasons if every else [shorten(reason, page.width - 6) for reason in each.reasons[:1]]:
        page.say(reason, indent=6)
    chosen = {name: argument.as_code() for name, argument in each.arguments.items()}
    chosen |= {
        name: str(value)
        for name, value in {**each.model, **each.trainer}.items()
        if every or name in each.model or (name in _DECISIVE and value != "batch_sampler")
    }
    if chosen:
        page.say((", ".join(f"{name}={value}" for name, value in chosen.items()), "dim"), indent=6)
    for warning in each.warnings if every else each.warnings[:1]:
        words, command = split(warning)
        page.say(("mind: ", "yellow"), words if every else shorten(words, page.width - 12), indent=6)
        if command and every:
            page.whole((command, "cyan"), indent=8)
    if every:
        for suggestion in each.suggestions:
            page.say(("try: ", "cyan"), suggestion, indent=6)
        if each.evaluator:
            page.say((f"evaluate with {each.evaluator}, by {each.metric}", "dim"), indent=6)
    for column, prompt in each.prompts.items():
        page.say((f"prompt before {column}: {prompt!r}", "dim"), indent=6)


def _conversions(page: Page, report: Report, every: bool) -> None:
    page.heading("Converting would unlock")
    offers = report.conversions
    shown = offers if every else offers[:_CONVERSIONS]
    for offer in shown:
        cost = ", ".join(_cost(offer))
        if every:
            page.say((offer.output_format, "bold"), f": {cost}", indent=2)
            for family, losses in offer.unlocks.items():
                page.say(f"{family}: {', '.join(losses)}", indent=4)
        else:
            names = [name for own in offer.unlocks.values() for name in own]
            unlocked = some(names, 1) if names else "the same losses, with hard negatives"
            page.say((offer.output_format, "bold"), f": {unlocked} ({cost})", indent=2)
        _command(page, offer.command)
    if left := [each.output_format for each in offers[len(shown) :]]:
        page.say((f"and {', '.join(left)} (--all)", "dim"), indent=2)


def _cost(offer: ConversionOffer) -> Iterator[str]:
    yield "mined" if offer.needs_mining else "no mining"
    if offer.rows_in is not None and offer.rows_out is not None:
        yield f"{offer.rows_in:,} -> ~{offer.rows_out:,} rows"


def _next(page: Page, report: Report) -> None:
    ways: list[Step] = steps(report)
    if not ways:
        return
    page.heading("Next")
    for step in ways:
        page.say(step.why, indent=2)
        page.whole((step.command, "cyan"), indent=4)
