"""`advisor train`: prepares the data, trains, and measures before and after."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from advisor.cli import options
from advisor.cli.messages import StoppedError, print_json, silent, tell, tell_nothing
from advisor.cli.said import dataset_keywords, family_and_model, reading_of, settings_of
from converters.errors import InputError, printable


def train(
    dataset: options.Dataset,
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="DIR", help="The folder of the run: data, script, checkpoints, model.")
    ],
    family: options.TrainedFamily = None,
    model: options.TrainedModel = None,
    loss: options.Loss = None,
    task: options.Task = None,
    epochs: options.Epochs = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="Rows of a step, of all devices.", show_default=False)
    ] = None,
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", help="Stop after so many steps.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the held-out part and of training.")] = 12,
    max_length: options.MaxLength = None,
    matryoshka: options.Matryoshka = False,
    teacher: options.Teacher = None,
    lora: options.Lora = False,
    evaluation: options.Evaluation = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what the data needs first without asking.")] = False,
    split: options.Split = None,
    format: options.Format = None,
    column: options.Columns = None,
    encoding: options.Encoding = None,
    header: options.Header = None,
    delimiter: options.Delimiter = None,
    revision: options.Revision = None,
    config: options.Config = None,
    no_config: options.NoConfig = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Train a model: prepare the data where it needs it, run the script that would be written, measure both ends."""
    from advisor.training import train as trained_on

    settings = settings_of(config, no_config)
    kind, start = family_and_model(family, model, settings)
    with _telling_what_is_trained(), silent(quiet):
        done = trained_on(
            dataset,
            family=kind,
            model=start,
            output_dir=out,
            loss=loss,
            task=task or settings.task,
            agreed=lambda plan: _agreed(plan, yes=yes, quiet=quiet),
            note=tell_nothing if quiet else lambda line: tell(printable(line)),
            batch_size=batch_size,
            max_steps=max_steps,
            progress=not quiet,
            epochs=epochs,
            seed=seed,
            max_length=max_length,
            matryoshka=matryoshka,
            teacher=teacher,
            lora=lora,
            evaluation=evaluation,
            said=dataset_keywords(
                config, no_config, dataset, split, format, column, reading_of(encoding, header, delimiter, revision)
            ),
        )
    if as_json:
        print_json(done.to_dict())
    else:
        print(printable(done.line))  # noqa: T201


@contextmanager
def _telling_what_is_trained() -> Iterator[None]:
    """Says how a run goes on that is interrupted: unlike other commands, it has written something by then."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise StoppedError("; ".join(getattr(stop, "__notes__", ())) or "nothing was trained") from None


def _agreed(plan: list[str], *, yes: bool, quiet: bool) -> bool:
    """Shows what the data needs first and asks for a yes; where nobody can be asked, it is a no with the way out."""
    if not (yes and quiet):
        tell("Plan:")
        for number, step in enumerate(plan, start=1):
            tell(f"  {number}. {printable(step)}")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError("the data has to be prepared first, as the plan says: add --yes to have that done")
    return typer.confirm("Go on?", err=True)
