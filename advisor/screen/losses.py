"""The catalogue on the screen: all losses by family, or one explained."""

from collections.abc import Iterable, Sequence

from advisor.catalogue import FAMILIES, Loss, Part
from advisor.catalogue.docstrings import told_of
from advisor.screen.page import WIDTH, Page
from converters.formats import FORMATS


def losses_page(losses: Sequence[Loss | Part], width: int = WIDTH) -> Page:
    """The losses by family: what each takes, and what the parts are for."""
    page = Page(width)
    for family in FAMILIES:
        own = [each for each in losses if each.family == family]
        if not own:
            continue
        if page.lines:
            page.gap()
        page.say((family, "bold"))
        for each in own:
            takes = ", ".join(each.formats) if isinstance(each, Loss) else "used with another loss"
            page.say((takes, "dim"), indent=2, start=each.name, hang=42)
    page.gap()
    page.say(("advisor losses NAME explains one", "dim"))
    return page


def losses_table(losses: Iterable[Loss | Part]) -> str:
    """The losses for the next command in a pipe: a line each, tabs between, nothing cut off."""
    rows = ((each.family, each.name, ",".join(each.formats) if isinstance(each, Loss) else "") for each in losses)
    return "\n".join("\t".join(row) for row in rows)


def loss_page(loss: Loss | Part, width: int = WIDTH) -> Page:
    """One loss explained: what it does, the data it takes, its settings, its mathematics, where it comes from."""
    page = Page(width)
    page.say((loss.name, "bold green"), f" ({loss.family})")
    page.say(loss.summary, indent=2)
    page.whole((loss.imports, "cyan"), indent=2)
    about = told_of(loss)
    if isinstance(loss, Loss):
        page.heading("Data")
        for name, fit in loss.formats.items():
            columns = ", ".join(FORMATS[name].column_names()) if name in FORMATS else ""
            page.say((name, "bold"), f" ({columns})", indent=2)
            page.say(fit.reason, indent=4)
    if about:
        page.heading("What it does, and when to use it")
        for paragraph in about.paragraphs:
            page.say(paragraph, indent=2)
        page.heading("Mathematics")
        for formula in about.formulas:
            page.whole(formula, indent=2)
    page.heading("Settings to start from" if isinstance(loss, Loss) else "Use")
    if isinstance(loss, Loss):
        _settings(page, loss)
    else:
        page.whole((loss.use, "cyan"), indent=2)
    if about and about.arguments:
        page.heading("Arguments")
        for name, meaning in about.arguments.items():
            page.say((name, "bold"), f": {meaning}", indent=2)
    page.heading("From")
    page.say(loss.reference[0], indent=2)
    page.whole((loss.reference[1], "dim"), indent=2)
    return page


def _settings(page: Page, loss: Loss) -> None:
    if loss.outputs is not None:
        page.say("a model with " + ("one output" if loss.outputs == "one" else "an output for each class"), indent=2)
    for name, value in loss.settings.items():
        page.say(f"{name}={value}", indent=2)
    if loss.wrapping is not None:
        page.say(f"wrapped in {loss.wrapping}", indent=2)
