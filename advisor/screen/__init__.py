"""What people read in a terminal: reports, verdicts, losses and rules, calm and in 80 columns.

Each screen is a `Page` of lines, made without knowing where they go, and printed on a console that knows whether there
is colour.
"""

from advisor.screen.check import verdict_page
from advisor.screen.losses import loss_page, losses_page, losses_table
from advisor.screen.page import Page, width_of
from advisor.screen.report import report_page
from advisor.screen.rule import rule_page, rules_page

__all__ = [
    "Page",
    "loss_page",
    "losses_page",
    "losses_table",
    "report_page",
    "rule_page",
    "rules_page",
    "verdict_page",
    "width_of",
]
