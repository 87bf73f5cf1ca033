"""`advisor inspect`: what a dataset is, what is wrong with it, which losses fit."""

from functools import partial
from typing import Annotated

import typer

from advisor.cli import options
from advisor.cli.messages import print_json, show, silent, tell
from advisor.cli.said import reading_of, roles_of, settings_of
from advisor.report import SEVERITIES, Report
from advisor.settings import left_out


def inspect(
    dataset: options.Dataset,
    split: options.Split = None,
    format: options.Format = None,
    column: options.Columns = None,
    encoding: options.Encoding = None,
    header: options.Header = None,
    delimiter: options.Delimiter = None,
    revision: options.Revision = None,
    task: options.Task = None,
    family: Annotated[
        options.Family | None, typer.Option("--family", help="Recommend losses of this family only.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="The model to start from: a folder or a name on the hub.", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Go through every row, for exact numbers.")] = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    fail_on: Annotated[
        options.Severity | None, typer.Option("--fail-on", help="Exit with 1 if there is a finding this grave.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show everything, not the most important only.")] = False,
    config: options.Config = None,
    no_config: options.NoConfig = False,
    color: options.InColor = options.Color.auto,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Say what a dataset is, what is wrong with it, which losses fit, and what converting would unlock."""
    import advisor
    from advisor.screen import report_page

    settings = settings_of(config, no_config)
    with silent(quiet):
        report = advisor.inspect(
            dataset,
            split=split,
            format=format,
            columns=roles_of(column),
            task=task,
            family=family.value if family else None,
            model=model,
            full=full or None,
            select=select,
            ignore=ignore,
            config=settings,
            **reading_of(encoding, header, delimiter, revision),
        )
    if as_json:
        print_json(report.to_dict())
    else:
        show(color, partial(report_page, report, every=every))
    if not quiet and (note := left_out(report)):
        tell(f"note: {note}")
    limit = fail_on.value if fail_on is not None else settings.fail_on
    if limit is not None and _gravest(report) >= SEVERITIES.index(limit):
        raise typer.Exit(1)


def _gravest(report: Report) -> int:
    return max((SEVERITIES.index(each.severity) for each in report.findings), default=-1)
