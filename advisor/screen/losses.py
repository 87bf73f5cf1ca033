"""The catalogue on the screen: all losses by family, or one explained."""

import importlib
import inspect
import re
from collections.abc import Iterable, Sequence

from advisor.catalogue import FAMILIES, Loss, Part
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
    about = docstring(loss)
    if isinstance(loss, Loss):
        page.heading("Data")
        for name, fit in loss.formats.items():
            columns = ", ".join(FORMATS[name].column_names()) if name in FORMATS else ""
            page.say((name, "bold"), f" ({columns})", indent=2)
            page.say(fit.reason, indent=4)
    if about:
        page.heading("What it does, and when to use it")
        for paragraph in about:
            page.say(paragraph, indent=2)
    page.heading("Settings to start from" if isinstance(loss, Loss) else "Use")
    if isinstance(loss, Loss):
        _settings(page, loss)
    else:
        page.whole((loss.use, "cyan"), indent=2)
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


#: How the docstrings mark what is no prose, and what it looks like without.
_MARKS = (
    (re.compile(r":\w+:`~?([^`<]+?)(?:\s*<[^`>]*>)?`"), r"\1"),
    (re.compile(r"``([^`]+)``"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<([^`>]+)>`_+"), r"\1 (\2)"),
)

_HEADING = re.compile(r"^(Args|Returns|Raises|Example|Examples|Attributes|References):$", re.MULTILINE)


def docstring(loss: Loss | Part) -> list[str]:
    """The paragraphs of a loss's docstring behind its summary, up to its arguments; none where it cannot be read."""
    module = importlib.import_module(f"losses.{loss.family.replace('-', '_')}")
    text = _HEADING.split(inspect.getdoc(getattr(module, loss.name, None)) or "")[0]
    for mark, plain in _MARKS:
        text = mark.sub(plain, text)
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")[1:] if paragraph.strip()]
