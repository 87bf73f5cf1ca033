"""Writes a training script: our loss with the recommended settings, an evaluator that fits, what the hardware allows.

A script is put together from small pieces of code, one module of this package for each part of it. It is
deterministic, and formatted as `ruff format` would format it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

from advisor.report import Report
from advisor.script.choices import STYLES, Choices, Style, decide, evaluated_on, report_for
from converters.errors import InputError, quote
from converters.sources import ReadingOptions

__all__ = [
    "STYLES",
    "Choices",
    "Style",
    "decide",
    "evaluated_on",
    "report_for",
    "save_script",
    "source_of",
    "write_script",
]


def write_script(
    report: Report,
    *,
    family: str,
    model: str,
    loss: str | None = None,
    style: str = "trainer",
    output_dir: str | None = None,
    seed: int = 12,
    epochs: float | None = None,
    max_length: int | None = None,
    matryoshka: bool = False,
    teacher: str | None = None,
    lora: bool = False,
    evaluation: str | None = None,
    split: str | None = None,
    name: str = "train.py",
    note: Callable[[str], None] = lambda line: None,
    **reading: Unpack[ReadingOptions],
) -> str:
    """A training script for the first recommendation of a family, or for the loss that is asked for, as source code.

    Args:
        report: the inspection of a dataset on disk.
        family: which kind of model to train.
        model: the model to start from, a name on the hub or a local path. What its small files tell is used.
        loss: the loss to train with, by default the one that is recommended first.
        style: `trainer` for the trainers of sentence-transformers, `plain` for a loop in plain PyTorch.
        output_dir: where the script will put checkpoints and the model; by default a name made from the dataset's.
        seed: of the held-out split and of training.
        epochs: how often to go through the data; by default what is recommended.
        max_length: tokens after which a text, or a pair of texts for a reranker, is cut off; by default what the model
            reads. Shorter is faster and takes less memory.
        matryoshka: whether embeddings are to be cut short after training.
        teacher: a model to learn from: a guide for pairs, scores for triplets, embeddings for single texts.
        lora: whether to train an adapter, with peft, and not the whole model.
        evaluation: a file to evaluate on, that looks like the data; by default a part of the data is held out.
        split: the split that was inspected, if not all of them.
        name: the name of the file that the script is for, by which it says how it is run.
        note: told what a user should know.
        reading: how the files were read, where detection was overruled.

    Raises:
        InputError: the data is no file or folder, no such family or loss, or they do not go together; the message says
            which conversion would help.
    """
    from advisor.script.plain import has_plain_form

    choices = decide(
        report,
        family=family,
        model=model,
        loss=loss,
        style=style,
        output_dir=output_dir,
        seed=seed,
        epochs=epochs,
        max_length=max_length,
        matryoshka=matryoshka,
        teacher=teacher,
        lora=lora,
        evaluation=evaluation,
        split=split,
        writable=(lambda name, format: has_plain_form(family, name, format))
        if style == "plain"
        else (lambda name, format: True),
        note=note,
        **reading,
    )
    return source_of(choices, style, name)


def source_of(choices: Choices, style: str = "trainer", name: str = "train.py") -> str:
    """The source code for what was decided, for a file of this name."""
    if style == "plain":
        from advisor.script.plain import plain_script

        return plain_script(choices, name)
    from advisor.script.trainer import trainer_script

    return trainer_script(choices, name)


def save_script(code: str, out: str, *, overwrite: bool = False) -> None:
    """Writes a script to a file, whole or not at all.

    Raises:
        InputError: the file exists and is not to be replaced, or cannot be written.
    """
    from converters.writing.whole import whole_file

    path = Path(out)
    if path.exists() and not (overwrite and path.is_file()):
        raise InputError(f"{quote(out, 200)} is there already: choose another name or add --overwrite")
    if not path.parent.is_dir():
        raise InputError(f"{quote(str(path.parent), 200)} is no folder: make it first")
    try:
        with whole_file(path) as temporary:
            temporary.write_text(code, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{quote(out, 200)} cannot be written: {quote(error.strerror or error, 160)}") from error
