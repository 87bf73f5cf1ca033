"""`advisor losses`, `rule` and `schema`: what the advisor knows, without a dataset."""

import sys
from functools import partial
from typing import Annotated, Any

import typer

from advisor.cli import options
from advisor.cli.messages import print_json, show
from converters.errors import InputError, nearest, quote


def losses(
    name: Annotated[str | None, typer.Argument(help="A loss to explain.", show_default=False)] = None,
    family: Annotated[options.Family | None, typer.Option("--family", help="Of this family only.")] = None,
    color: options.InColor = options.Color.auto,
    as_json: options.AsJson = False,
) -> None:
    """List the losses of the catalogue, or explain one."""
    from advisor.screen import loss_page, losses_page, losses_table

    found = _entries(name, family.value if family else None)
    if as_json:
        from advisor.catalogue.docstrings import told_of

        about = [told_of(each) if name is not None else None for each in found]
        shown = zip(found, about, strict=True)
        print_json({"losses": [each.to_dict() | (said.to_dict() if said else {}) for each, said in shown]})
    elif name is not None:
        for each in found:
            show(color, partial(loss_page, each))
    elif sys.stdout.isatty():
        show(color, partial(losses_page, found))
    else:  # for the next command in a pipe
        print(losses_table(found))  # noqa: T201


def rule(
    code: Annotated[str | None, typer.Argument(help="The code of a finding to explain.", show_default=False)] = None,
    color: options.InColor = options.Color.auto,
    as_json: options.AsJson = False,
) -> None:
    """List what inspect can find, or explain one finding."""
    from advisor.explanations import explain, explained
    from advisor.screen import rule_page, rules_page

    if code is None:
        everything = explained()
        if as_json:
            print_json({"rules": [each.to_dict() for each in everything]})
        else:
            show(color, partial(rules_page, everything))
        return
    one = explain(code)
    if as_json:
        print_json(one.to_dict())
    else:
        show(color, partial(rule_page, one))


def schema() -> None:
    """Print the JSON Schema of what inspect prints with --json."""
    from advisor.report_schema import published

    print(published(), end="")  # noqa: T201


def _entries(name: str | None, family: str | None) -> list[Any]:
    from advisor.catalogue import LOSSES, PARTS, Loss, Part

    entries: list[Loss | Part] = [*LOSSES.values(), *PARTS.values()]
    found = [each for each in entries if name in (None, each.name) and family in (None, each.family)]
    if not found:
        known = sorted({each.name for each in entries if family in (None, each.family)})
        raise InputError(f"there is no loss {quote(name)}: {nearest(str(name), known)}")
    return found
