"""The rules on the screen: every kind of finding, or one explained."""

from collections.abc import Iterable

from advisor.explanations import Explanation
from advisor.screen.page import WIDTH, Page
from advisor.screen.report import STYLES

#: What a check has to see at once, in words.
SCOPES = {
    "set": "the dataset as a whole",
    "row": "each row by itself",
    "anchor": "all rows of an anchor",
    "positive": "all rows of a positive",
}


def rules_page(explanations: Iterable[Explanation], width: int = WIDTH) -> Page:
    """A line for each kind of finding."""
    page = Page(width)
    for check in (each.check for each in explanations):
        page.say(check.title, start=(f"{check.code}  {check.severity}", STYLES[check.severity]), hang=17)
    page.gap()
    page.say(("advisor rule CODE explains one", "dim"))
    return page


def rule_page(explanation: Explanation, width: int = WIDTH) -> Page:
    """One kind of finding explained."""
    page, check = Page(width), explanation.check
    page.say((check.code, STYLES[check.severity]), ": ", (check.title, "bold"))
    page.say(f"{check.severity}; looks at {SCOPES[check.scope]}", indent=2)
    page.heading("Why it hurts")
    page.say(check.why, indent=2)
    page.heading("How to mend it")
    page.say(check.mend, indent=2)
    if explanation.command:
        page.whole((explanation.command, "cyan"), indent=4)
    page.heading("More")
    page.whole((explanation.page, "dim"), indent=2)
    return page
