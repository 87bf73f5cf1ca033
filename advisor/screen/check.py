"""The screen of a check: yes, or no with all that stands between."""

from advisor.checking import Verdict
from advisor.screen.page import WIDTH, Page
from advisor.screen.report import split


def verdict_page(verdict: Verdict, width: int = WIDTH) -> Page:
    """The screen of a verdict."""
    page = Page(width)
    answer = ("yes", "bold green") if verdict.fits else ("no", "bold red")
    page.say(answer, ": ", (verdict.loss, "bold"), f" ({verdict.family})")
    for reason in verdict.reasons:
        words, command = split(reason)
        page.say(words, indent=2)
        if command:
            page.whole((command, "cyan"), indent=4)
    for way in verdict.ways:
        page.say("try:", indent=2)
        page.whole((way, "cyan"), indent=4)
    for note in verdict.notes:
        page.say(("mind ", "yellow"), note, indent=2)
    return page
