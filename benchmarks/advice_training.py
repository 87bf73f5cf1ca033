"""One task of the advice benchmark planned, and one of its trainings done: by the very script that a user would get.

The script is written by `advisor.script`, imported, and its `main` is called. Three things are exchanged in it: the
evaluator is the measure of the task, no checkpoint is written and none is chosen, so that the last step counts, and the
steps are as many as the budget allows. What stands for no advice is trained with the class of sentence-transformers.
"""

import importlib
import importlib.util
import math
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from advisor.catalogue import losses_for
from advisor.report import Recommendation, Report
from advisor.rules.engine import BATCH_SIZE
from advisor.script import Choices, decide, report_for, source_of
from advisor.script.trainer import CACHED, CLASSES
from benchmarks.advice_tables import ADVISED, UNADVISED
from benchmarks.advice_tasks import TASKS, Measure, Task
from converters.errors import InputError
from converters.formats import FORMATS

#: Texts (for rerankers pairs) that a step of the budget stands for.
TEXTS_A_STEP = 32

#: A conversion that leaves less than this share of the rows is no other way to train on the same data.
_ENOUGH = 0.5

#: Documents that a reranker's in-batch losses draw for each query.
_DRAWN = 4

#: The similarities that a metric can be named for.
_SIMILARITIES = ("cosine", "dot", "euclidean", "manhattan")

#: What the trainers do where nobody says anything.
_DEFAULTS = {"batch_sampler": "batch_sampler", BATCH_SIZE: 8, "learning_rate": 5e-5, "warmup_steps": 0}


@dataclass(frozen=True)
class Budget:
    """What all trainings have in common.

    Attributes:
        data: the folder with the public data.
        work: the folder for what is made of it.
        model: the model that all start from.
        steps: steps of `TEXTS_A_STEP` texts that each training has.
        batch_size: the greatest batch.
        test_rows: about how many test rows are looked at.
        points: how often a training is measured on its way.
        threads: threads of each process.
    """

    data: Path
    work: Path
    model: str
    steps: int
    batch_size: int
    test_rows: int
    points: int
    threads: int

    def folder(self, task: Task) -> Path:
        """Where the data of a task is kept; what is mined by a model is kept apart from that of others."""
        return self.work / f"{task.name}-{Path(self.model).name}"


@dataclass(frozen=True)
class Training:
    """One training but for its seed.

    Attributes:
        task: the task's name.
        loss: the loss.
        format: the format that it is trained on.
        dataset: where the data is.
        setting: with the advice or without.
        settings: batch, learning rate and so on, as JSON has them; other settings are another training.
    """

    task: str
    loss: str
    format: str
    dataset: str
    setting: str
    settings: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """The trainings of a task.

    Attributes:
        task: the task's name.
        ours: the loss that is recommended first.
        trainings: what is to be trained, for each seed.
        twins: losses that compute what another one does, and that one.
        left_out: what is not trained, and why, in lines.
    """

    task: str
    ours: str
    trainings: tuple[Training, ...]
    twins: Mapping[str, str]
    left_out: tuple[str, ...]


def planned(name: str, budget: Budget) -> Plan:
    """Finds out every loss that the data of a task fits, as it stands or after a conversion that needs no mining."""
    task = TASKS[name]
    folder = budget.folder(task)
    folder.mkdir(parents=True, exist_ok=True)
    source = str(task.data(budget.data, folder, budget.model))
    report = report_for(source, model=budget.model, task=task.purpose)
    reports, left_out = _ways(report, task, folder, budget)
    trainings: dict[str, Training] = {}
    for dataset, own in reports.items():
        for each in own.recommendations[task.family]:
            if each.loss in trainings:
                continue
            try:
                choices = _choices(own, task, each.loss, ADVISED, budget)
            except InputError as error:
                left_out.append(f"{each.loss} on {own.format}: {error}")
                continue
            trainings[each.loss] = Training(
                name, each.loss, own.format, dataset, ADVISED, _settings_of(choices, task, budget)
            )
    first = next(iter(reports.values()))
    ours = first.best(task.family).loss
    twins = {
        cached: plain
        for plain, cached in CACHED.items()
        if {plain, cached} <= trainings.keys()
        and trainings[plain].format == trainings[cached].format
        and trainings[plain].settings[BATCH_SIZE] == trainings[cached].settings[BATCH_SIZE]
    }
    of_table = losses_for(first.format, task.family)[0].name
    naive = _choices(first, task, of_table, UNADVISED, budget)
    settings = _settings_of(naive, task, budget)
    unadvised = Training(name, of_table, first.format, next(iter(reports)), UNADVISED, settings)
    kept = [each for loss, each in trainings.items() if loss not in twins]
    return Plan(name, ours, (*kept, unadvised), twins, tuple(left_out))


def _ways(report: Report, task: Task, folder: Path, budget: Budget) -> tuple[dict[str, Report], list[str]]:
    """The inspections of the data as it stands and converted, by where each is; the first is what the advice is for."""
    from advisor.conversion import convert_to_file
    from converters.conversions import Mining

    reports, left_out, known = {}, [], set()
    if FORMATS[report.format].trainable and report.recommendations[task.family]:
        reports[report.dataset] = report
        known |= {each.loss for each in report.recommendations[task.family]}
    offers = [each for each in report.conversions if task.family in each.unlocks and not each.needs_mining]
    # Of several ways to a loss that which leaves most rows; what is asked first among equals.
    for offer in offers if not reports else sorted(offers, key=lambda each: -(each.rows_out or 0)):
        new = set(offer.unlocks[task.family]) - known
        if not new:
            continue
        if offer.rows_out is not None and offer.rows_out < _ENOUGH * report.rows:
            left_out.append(f"{offer.output_format}: {offer.rows_out:,} of {report.rows:,} rows are left")
            continue
        out = folder / f"{offer.output_format}.parquet"
        if not out.is_file():
            convert_to_file(report.dataset, str(out), output_format=offer.output_format, mining=Mining())
        reports[str(out)] = report_for(str(out), model=budget.model, task=task.purpose, format=offer.output_format)
        known |= new
    return reports, left_out


def _choices(report: Report, task: Task, loss: str, setting: str, budget: Budget, output: str | None = None) -> Choices:
    """What the script is to do; its batch is no greater than the greatest."""
    choices = decide(
        report,
        family=task.family,
        model=budget.model,
        loss=loss,
        output_dir=output,
        max_length=task.max_length,
    )
    best = choices.best
    if setting == UNADVISED:
        best = replace(best, arguments={}, prompts={}, trainer={**best.trainer, **_DEFAULTS})
    size = min(int(best.trainer[BATCH_SIZE]), budget.batch_size)
    return replace(choices, best=replace(best, trainer={**best.trainer, BATCH_SIZE: size}))


def _settings_of(choices: Choices, task: Task, budget: Budget) -> dict[str, Any]:
    """What tells one training of a loss from another."""
    best = choices.best
    return {
        **{name: value for name, value in best.trainer.items() if name != "num_train_epochs"},
        "arguments": {name: str(each.as_json()) for name, each in best.arguments.items()},
        "wrapper": best.entry.wrapper,
        "prompts": dict(best.prompts),
        "steps": steps_of(best, choices.report, task.share * budget.steps),
        "max_length": task.max_length,
        "test_rows": budget.test_rows,
        "model": Path(budget.model).name,
    }


def steps_of(best: Recommendation, report: Report, steps: float) -> int:
    """Steps that send as many texts through the model as the budget has: for rerankers pairs of texts."""
    texts = [name for name in FORMATS[report.format].columns if name not in ("label", "labels", "score", "scores")]
    facts = report.facts
    a_row = float(max(len(texts), len(facts.text_tokens)))
    if best.family == "cross-encoder":
        a_row = facts.list_length or a_row - 1
        a_row += _DRAWN if "MultipleNegatives" in best.loss else 0
    return max(2, math.ceil(steps * TEXTS_A_STEP / (a_row * int(best.trainer[BATCH_SIZE]))))


def trained(training: Training, seed: int, budget: Budget) -> dict[str, Any]:
    """Trains, and returns the record: the metric before and after, and the curve. What is printed goes to a file."""
    import tempfile

    task, started = TASKS[training.task], time.monotonic()
    log = budget.work / "logs" / f"{training.task}-{training.setting}-{training.loss}-{seed}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    import torch

    torch.set_num_threads(budget.threads)
    # A file that was converted is read as what it was converted to.
    known = {"format": training.format} if Path(training.dataset).parent == budget.folder(task) else {}
    report = report_for(training.dataset, model=budget.model, task=task.purpose, **known)
    with tempfile.TemporaryDirectory() as folder:
        choices = _choices(report, task, training.loss, training.setting, budget, folder)
        script = Path(folder) / "train.py"
        script.write_text(source_of(choices), encoding="utf-8")
        curve, losses = _called(script, choices, training, seed, budget)
    return {
        **training.to_dict(),
        "seed": seed,
        "before": curve[0][1],
        "after": curve[-1][1],
        "curve": curve,
        "losses": losses,
        "seconds": round(time.monotonic() - started, 1),
    }


def _called(
    script: Path, choices: Choices, training: Training, seed: int, budget: Budget
) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """Calls the `main` of a script; returns the measured values and the losses, each with its step."""
    task, kind, steps = TASKS[training.task], CLASSES[choices.family], training.settings["steps"]
    module = _imported(script)
    measure = _measured(task.measure(budget.data, budget.folder(task), budget.test_rows), str(choices.best.metric))
    module.make_evaluator = lambda train, held_out: measure
    real, held = getattr(module, f"{kind}TrainingArguments"), getattr(module, f"{kind}Trainer")
    instead = {
        "eval_steps": max(1, steps // budget.points),
        "save_strategy": "no",
        "load_best_model_at_end": False,
        "logging_steps": max(1, steps // 20),
        "disable_tqdm": True,
    }
    setattr(module, f"{kind}TrainingArguments", lambda **given: real(**{**given, **instead}))
    trainers: list[Any] = []

    def kept(**given: Any) -> Any:
        trainers.append(held(**given))
        return trainers[0]

    setattr(module, f"{kind}Trainer", kept)
    if training.setting == UNADVISED:
        if not choices.best.entry.own:  # ours would refuse some of the data that nobody has mended
            theirs = f"sentence_transformers.{choices.family.replace('-', '_')}.losses"
            setattr(module, training.loss, getattr(importlib.import_module(theirs), training.loss))
        if task.scale != 1:
            module.load_data = partial(_unscaled, module.load_data, task.scale)
    sys.argv = [str(script), "--seed", str(seed), "--max_steps", str(steps)]
    module.main()
    history = trainers[0].state.log_history
    return measure.curve, [(each["step"], each["loss"]) for each in history if "loss" in each]


def _imported(script: Path) -> Any:
    spec = importlib.util.spec_from_file_location("advised_script", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where the parser of the settings looks their types up
    spec.loader.exec_module(module)
    return module


def _unscaled(load: Callable[[Any], tuple[Any, ...]], scale: float, settings: Any) -> tuple[Any, ...]:
    """The data with its scores as they are in the file."""
    return tuple(
        part.map(lambda row: {"score": row["score"] * scale}) if "score" in part.column_names else part
        for part in load(settings)
    )


def _measured(measure: Measure, metric: str) -> Any:
    """The measure of a task as an evaluator; a model that has not changed is not measured again.

    Its `curve` is what was measured, with the step.
    """
    from sentence_transformers.base.evaluation import BaseEvaluator

    similarity = next((each for each in _SIMILARITIES if each in metric), metric)

    class Measured(BaseEvaluator):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.primary_metric = metric
            self.curve: list[tuple[int, float]] = []
            self._weights: float | None = None

        def __call__(
            self, model: Any, output_path: str | None = None, epoch: float = -1, steps: int = -1
        ) -> dict[str, float]:
            weights = float(sum(each.detach().double().abs().sum() for each in model.parameters()))
            if weights != self._weights:
                self._weights = weights
                self.curve.append((max(0, steps), float(measure(model))))
            # The script asks for the metric by the similarity that the model turns out to have.
            return {metric.replace(similarity, each): self.curve[-1][1] for each in (similarity, *_SIMILARITIES)}

    return Measured()
