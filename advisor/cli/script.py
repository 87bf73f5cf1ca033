"""`advisor script`: a training script."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli import options
from advisor.cli.messages import silent, tell, tell_nothing
from advisor.cli.said import dataset_keywords, family_and_model, reading_of, settings_of


def script(
    dataset: options.Dataset,
    family: options.TrainedFamily = None,
    model: options.TrainedModel = None,
    out: Annotated[str, typer.Option("-o", "--out", help="The script to write; - for standard output.")] = "train.py",
    output_dir: Annotated[
        str | None, typer.Option("--output-dir", help="Where the script puts the model.", show_default=False)
    ] = None,
    style: Annotated[
        str, typer.Option("--style", help="trainer: with sentence-transformers' trainers; plain: a loop in PyTorch.")
    ] = "trainer",
    loss: options.Loss = None,
    task: options.Task = None,
    epochs: options.Epochs = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the held-out split and of training.")] = 12,
    max_length: options.MaxLength = None,
    matryoshka: options.Matryoshka = False,
    teacher: options.Teacher = None,
    lora: options.Lora = False,
    evaluation: options.Evaluation = None,
    split: options.Split = None,
    format: options.Format = None,
    column: options.Columns = None,
    encoding: options.Encoding = None,
    header: options.Header = None,
    delimiter: options.Delimiter = None,
    revision: options.Revision = None,
    overwrite: options.Overwrite = False,
    config: options.Config = None,
    no_config: options.NoConfig = False,
    quiet: options.Quiet = False,
) -> None:
    """Write a training script with the recommended loss, its settings and a fitting evaluator."""
    from advisor.script import report_for, save_script, write_script

    settings = settings_of(config, no_config)
    kind, start = family_and_model(family, model, settings)
    told = dataset_keywords(
        config, no_config, dataset, split, format, column, reading_of(encoding, header, delimiter, revision)
    )
    say = tell_nothing if quiet else lambda line: tell(f"note: {line}")
    with silent(quiet):
        report = report_for(dataset, model=start, task=task or settings.task, **told)
    code = write_script(
        report,
        family=kind,
        model=start,
        style=style,
        loss=loss,
        output_dir=output_dir,
        seed=seed,
        epochs=epochs,
        max_length=max_length,
        matryoshka=matryoshka,
        teacher=teacher,
        lora=lora,
        evaluation=evaluation,
        note=say,
        name="train.py" if out == "-" else Path(out).name,
        split=told.get("split"),
        **{name: value for name, value in told.items() if name not in ("split", "format", "columns")},
    )
    if out == "-":
        print(code, end="")  # noqa: T201
        return
    save_script(code, out, overwrite=overwrite)
    if not quiet:
        first = code.splitlines()[0].removeprefix('"""Trains ').rstrip(".")
        tell(f"{out}: trains {first}; run it with: python {out}")
