"""`advisor check`: whether a loss can train on a dataset."""

from functools import partial
from typing import Annotated

import typer

from advisor.cli import options
from advisor.cli.messages import print_json, show, silent
from advisor.cli.said import dataset_keywords, reading_of


def check(
    dataset: options.Dataset,
    loss: Annotated[str, typer.Option("--loss", help="The loss to check.", show_default=False)],
    family: Annotated[
        options.Family | None, typer.Option("--family", help="Where several families have a loss of that name.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="The model to train: a folder or a name on the hub.", show_default=False),
    ] = None,
    split: options.Split = None,
    format: options.Format = None,
    column: options.Columns = None,
    encoding: options.Encoding = None,
    header: options.Header = None,
    delimiter: options.Delimiter = None,
    revision: options.Revision = None,
    config: options.Config = None,
    no_config: options.NoConfig = False,
    color: options.InColor = options.Color.auto,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Say whether a loss can train on a dataset as it stands; exit with 1 if it cannot."""
    import advisor
    from advisor.screen import verdict_page

    told = dataset_keywords(
        config, no_config, dataset, split, format, column, reading_of(encoding, header, delimiter, revision)
    )
    with silent(quiet):
        report = advisor.inspect(dataset, **told)
    verdict = advisor.check(report, loss, family.value if family else None, model=model)
    if as_json:
        print_json(verdict.to_dict())
    else:
        show(color, partial(verdict_page, verdict))
    if not verdict.fits:
        raise typer.Exit(1)
