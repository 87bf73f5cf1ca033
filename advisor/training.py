"""From a dataset to a trained model: what the data needs first, then the script that would be written, run.

Everything of a run stands in one folder: the converted data, the script, checkpoints, the model. Started again with the
same words, a run goes on where it stopped.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from advisor import script_runner
from advisor.catalogue import LOSSES
from advisor.checking import check, mended_by_converting, taught_way
from advisor.checkpoints import ELSEWHERE, last_checkpoint
from advisor.curves import draw_curve
from advisor.forewarning import splits_left_aside, uncertain_reading, what_spoils
from advisor.inspection import inspect
from advisor.models import describe, refuse_too_long
from advisor.report import ConversionOffer, Report
from advisor.rules.engine import BATCH_SIZE
from advisor.script import Choices, decide, evaluated_on, report_for, source_of
from converters.errors import InputError, quote
from converters.formats import FORMATS
from converters.writing.whole import whole_file

#: What is in the folder of a run.
SCRIPT, DATA, EVALUATION, PREPARED, MODEL = "train.py", "data.parquet", "eval.parquet", "prepared.json", "final"

#: What to do about a folder that another run holds, by the option of the command.
_ELSEWHERE = "choose another folder with --out, or remove it"

#: How much of the data is held out, as the scripts do it.
_HELD_OUT = 0.1


@dataclass(frozen=True)
class Step:
    """Something that is done before training.

    Attributes:
        summary: what it is, in words.
        output_format: the format that comes out.
        fixes: codes of findings that are mended.
        mines: whether hard negatives are mined.
        teacher: the model that gives the scores or embeddings of what comes out.
    """

    summary: str
    output_format: str
    fixes: tuple[str, ...] = ()
    mines: bool = False
    teacher: str | None = None


@dataclass(frozen=True)
class Trained:
    """What came of training.

    Attributes:
        metric: what the model is measured by.
        before: how good it was on the held-out part.
        after: how good it is now.
        folder: where the model is.
    """

    metric: str
    before: float
    after: float
    folder: str

    @property
    def line(self) -> str:
        """The summary for people."""
        return f"{self.metric}: {self.before:.4f} before, {self.after:.4f} after; the model is in {self.folder}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"metric": self.metric, "before": self.before, "after": self.after, "folder": self.folder}


def train(
    dataset: str,
    *,
    family: str,
    model: str,
    output_dir: str,
    loss: str | None = None,
    task: str | None = None,
    agreed: Callable[[list[str]], bool] = lambda plan: True,
    note: Callable[[str], None] = lambda line: None,
    batch_size: int | None = None,
    max_steps: int | None = None,
    progress: bool = True,
    said: Mapping[str, Any] | None = None,
    **options: Any,
) -> Trained:
    """Trains a model on a dataset, as the script that `write_script` writes does.

    Args:
        dataset: a file or folder, or the name of a dataset.
        family: which kind of model to train.
        model: the model to start from.
        output_dir: the folder of the run: new, empty, or that of the same run, which goes on.
        loss: the loss to train with, by default the one that is recommended first.
        task: what the model is for.
        agreed: asked whether to do what the data needs first, and told that in lines.
        note: told what a user should know.
        batch_size: rows of a step, by default what is recommended.
        max_steps: stop after so many steps.
        progress: whether progress is shown on standard error.
        said: how the dataset is to be read: the keywords of `advisor.inspect`.
        options: the other arguments of `write_script`.

    Raises:
        InputError: something does not fit, or is in the way: before training starts. Or training failed.
    """
    folder, said = Path(output_dir), dict(said or {})
    if max_steps is not None and max_steps < 1:
        raise InputError(f"a training has 1 step at least, not {max_steps}")
    if options.get("lora") and find_spec("peft") is None:
        raise InputError("an adapter is trained by peft, which is not installed: pip install peft, or leave --lora out")
    _refuse_folder_of_others(folder)
    known = describe(model)  # a script may run where the model is to be had, a training wants it here
    refuse_too_long(known, options.get("max_length"))
    report = report_for(dataset, model=model, task=task, **said)
    if (unsure := uncertain_reading(report)) is not None:
        note(unsure)
    step = _needed(report, family, loss, options.get("teacher"))
    if step is not None:
        if (aside := splits_left_aside(report, step.output_format, step.fixes, step.teacher)) is not None:
            note(aside)
        if step.teacher is not None:  # all that it has to say is in the data then
            options["teacher"] = None
        path = folder / DATA
        evaluation = _evaluation(options.get("evaluation"), report, step, said)
        told = _said_of(dataset, step, said, evaluation)
        fresh = _prepared(path) != told
        plan = [step.summary, *(evaluation.plan if evaluation is not None else ())]
        if fresh and not agreed([*plan, f"train a {family} on {path}, with the model {model}"]):
            raise InputError("nothing was done, as was wished")
        if fresh:
            _prepare(dataset, step, path, said, evaluation, told, note)
        if evaluation is not None:
            options["evaluation"] = str(folder / EVALUATION)
        report = report_for(str(path), model=model, task=task)
        said = {}
    if options.get("teacher") is not None:
        describe(options["teacher"])  # it is wanted here as well
    reading = {name: value for name, value in said.items() if name not in ("format", "columns")}
    choices = decide(
        report, family=family, model=model, loss=loss, output_dir=output_dir, note=note, **options, **reading
    )
    if batch_size is not None:
        if batch_size < 2:
            raise InputError(f"a batch has 2 rows at least, not {batch_size}")
        trainer = {**choices.best.trainer, BATCH_SIZE: batch_size}
        choices = replace(choices, best=replace(choices.best, trainer=trainer))
    _refuse_too_little(choices)
    for line in what_spoils(choices.report, choices.evaluation, choices.reading):
        note(line)
    script = _script(folder, source_of(choices))
    note(f"training a {family} with {choices.wrapped}: {script}")
    with _ended_as_interrupted():
        return _run(script, max_steps, choices, note, progress=progress)


def _refuse_folder_of_others(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{quote(str(folder), 200)} is a file: name a folder for the run")
    own = {SCRIPT, DATA, EVALUATION, PREPARED}
    if folder.is_dir() and any(folder.iterdir()) and not any((folder / name).is_file() for name in own):
        raise InputError(f"{quote(str(folder), 200)} holds something else: name a new folder for the run")


def _needed(report: Report, family: str, loss: str | None, teacher: str | None) -> Step | None:
    """What has to be done to the data before a loss can train on it; None where nothing has."""
    if FORMATS[report.format].trainable and report.recommendations.get(family):  # type: ignore[call-overload]
        verdict = check(report, loss or report.best(family).loss, family)
        if loss is None or report.format in _formats_of(family, loss):
            return _mending(report, [each for each in verdict.obstacles if not mended_by_converting(each, report)])
    offers = [each for each in report.conversions if family in each.unlocks]
    if loss is not None:
        check(report, loss, family)  # which knows whether there is such a loss
        offers = [each for each in offers if loss in each.unlocks[family]]  # type: ignore[index]
        if not offers and (way := taught_way(report, LOSSES[family, loss], teacher or "MODEL")) is not None:  # type: ignore[index]
            if teacher is None:
                raise InputError(f"{loss} trains on {way.target} data, which a teacher makes: name it with --teacher")
            mined = ", with hard negatives that are mined" if way.mines else ""
            summary = f"convert {report.dataset} from {report.format} to {way.target} with the teacher {teacher}{mined}"
            return Step(summary, way.target, mines=way.mines, teacher=teacher)
    if not offers:
        report.best(family)  # which says what there are losses for
        fitting = f", such as {known[0].loss}" if (known := report.recommendations.get(family)) else ""  # type: ignore[call-overload]
        raise InputError(
            f"no conversion of {report.format} data leads to what {loss} trains on: choose another --loss{fitting}, or "
            "leave it out"
        )
    # The first one that needs no mining, and does not throw most of the data away if another one keeps it.
    offer = min(offers, key=lambda each: (each.needs_mining, 2 * (each.rows_out or report.rows) < report.rows))
    return Step(_summary(report, offer), offer.output_format, mines=offer.needs_mining)


def _formats_of(family: str, loss: str) -> tuple[str, ...]:
    entry = LOSSES.get((family, loss))  # type: ignore[arg-type]
    return tuple(entry.formats) if entry is not None else ()


def _summary(report: Report, offer: ConversionOffer) -> str:
    rows = f", about {offer.rows_out:,} rows" if offer.rows_out is not None else ""
    mined = ", with hard negatives that are mined" if offer.needs_mining else ""
    return f"convert {report.dataset} from {report.format} to {offer.output_format}{mined}{rows}"


def _mending(report: Report, obstacles: list[Any]) -> Step | None:
    """The mends of what stands in the way; what no command mends is left for the check to refuse."""
    fixes = [each.code for each in obstacles if each.mend and each.code and f"--fix {each.code}" in each.mend]
    if not obstacles or len(fixes) < len(obstacles):
        return None
    messages = "; ".join(each.reason for each in obstacles)
    return Step(f"mend {report.dataset}: {messages}", report.format, tuple(fixes))


@dataclass(frozen=True)
class _Evaluation:
    """A file to evaluate on that needs what the data needs.

    Attributes:
        dataset: the file.
        said: how it is read: as the data is.
    """

    dataset: str
    said: Mapping[str, Any]

    @property
    def plan(self) -> tuple[str]:
        """What is done to it, for people."""
        return (f"do the same to {self.dataset}, which is evaluated on",)


def _evaluation(evaluation: str | None, report: Report, step: Step, said: Mapping[str, Any]) -> _Evaluation | None:
    """The file to evaluate on where it has to be prepared; None where there is none, or it looks like what comes out.

    Raises:
        InputError: it looks like neither the data nor what comes out.
    """
    if evaluation is None:
        return None
    reading = {name: value for name, value in said.items() if name not in ("split", "format", "columns")}
    try:
        found = evaluated_on(evaluation, report, reading)
    except InputError:
        try:
            inspect(evaluation, format=step.output_format, **reading)
        except InputError:
            pass
        else:
            return None
        raise
    columns = {name: role for name, role in report.roles.items() if role not in ("id", "ignored")}
    split = next((name for name in ("validation", "test", "train") if name in found.splits), None)
    return _Evaluation(
        evaluation,
        {
            **reading,
            "format": report.format,
            "columns": columns,
            **({"split": split} if len(found.splits) > 1 and split is not None else {}),
        },
    )


def _said_of(
    dataset: str, step: Step, said: Mapping[str, Any], evaluation: _Evaluation | None = None
) -> dict[str, Any]:
    """What tells one preparation from another."""
    told = {name: value for name, value in said.items() if value is not None}
    return {
        "dataset": str(dataset),
        "changed": _changed(dataset),
        "format": step.output_format,
        "fixes": list(step.fixes),
        **({"teacher": step.teacher} if step.teacher is not None else {}),
        **(
            {"evaluation": {"dataset": evaluation.dataset, "changed": _changed(evaluation.dataset)}}
            if evaluation is not None
            else {}
        ),
        "said": json.loads(json.dumps(told, default=str)),
    }


def _changed(dataset: str) -> int | None:
    """When a file was changed last."""
    place = Path(dataset)
    return place.stat().st_mtime_ns if place.is_file() else None


def _prepared(path: Path) -> dict[str, Any] | None:
    """What the prepared data was made from; None where there is none."""
    try:
        found = json.loads((path.parent / PREPARED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if path.is_file() and isinstance(found, dict) else None


def _prepare(
    dataset: str,
    step: Step,
    path: Path,
    said: Mapping[str, Any],
    evaluation: _Evaluation | None,
    told: Mapping[str, Any],
    note: Callable[[str], None],
) -> None:
    """Converts or mends the data into the folder of the run, and the file to evaluate on beside it."""
    is_new = not path.parent.exists()
    _make(path.parent)
    (path.parent / PREPARED).unlink(missing_ok=True)  # what it tells of is made anew
    try:
        _convert(dataset, step, path, said, note)
        if evaluation is not None:
            _convert(evaluation.dataset, step, path.parent / EVALUATION, evaluation.said, note)
    except BaseException:
        if is_new:  # nothing came of it: whatever has been written stays
            with suppress(OSError):
                path.parent.rmdir()
        raise
    with whole_file(path.parent / PREPARED) as temporary:
        temporary.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _convert(dataset: str, step: Step, path: Path, said: Mapping[str, Any], note: Callable[[str], None]) -> None:
    from advisor.conversion import convert_to_file
    from converters.conversions import Mining

    outcome = convert_to_file(
        dataset,
        str(path),
        output_format=step.output_format,
        mining=Mining(),
        fix=step.fixes,
        teacher=step.teacher,
        overwrite=True,
        note=note,
        **said,
    )
    for line in outcome.lines():
        note(line)


def _refuse_too_little(choices: Choices) -> None:
    """Refuses data that makes no batch, or of which nothing can be held out."""
    report = choices.report
    rows = report.splits.get("train", next(iter(report.splits.values())))
    apart = choices.evaluation is not None or "validation" in report.splits
    kept = rows if apart else rows - max(1, round(rows * _HELD_OUT))
    if not apart and rows < 2:
        raise InputError(f"{report.dataset} has one row, and no room for a held-out part: add rows, or --eval FILE")
    batch = int(choices.best.trainer[BATCH_SIZE])
    if kept < batch:
        raise InputError(
            f"{report.dataset} leaves {_rows(kept)} to train on, fewer than a batch of {batch}: add rows, or a smaller "
            "--batch-size"
        )


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _script(folder: Path, source: str) -> Path:
    """The script in the folder of the run; another one that has trained there is another run."""
    script = folder / SCRIPT
    trained = last_checkpoint(folder) is not None or (folder / MODEL).is_dir()
    if trained and script.is_file() and script.read_text(encoding="utf-8") != source:
        raise InputError(f"{quote(str(folder), 200)} holds another run, with another loss, model or data: {_ELSEWHERE}")
    _make(folder)
    try:
        with whole_file(script) as temporary:
            temporary.write_text(source, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{quote(str(script), 200)} cannot be written: {error.strerror or error}") from error
    return script


def _make(folder: Path) -> None:
    """The folder of the run."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{quote(str(folder), 200)} cannot be written: {error.strerror or error}") from error


def _run(
    script: Path, max_steps: int | None, choices: Choices, note: Callable[[str], None], *, progress: bool = True
) -> Trained:
    """Runs the script in a process of its own: what it prints is told, what it measures is kept."""
    given = [str(script), *(["--max_steps", str(max_steps)] if max_steps is not None else [])]
    measured: list[tuple[str, float]] = []
    refused = None
    process = None
    try:
        with _deaf():
            process = subprocess.Popen(
                # Modules that lie about in this folder are not meant.
                [sys.executable, "-P", script_runner.__file__, *given],
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=_environment(choices.model, progress),
            )
        assert process.stdout is not None
        with process.stdout as printed:
            for line in printed:
                if line.startswith(("before training:", "after training:")):
                    metric, value = line.split(":", 1)[1].split(" = ")
                    measured.append((metric.strip(), float(value.split()[0])))
                if line.startswith(script_runner.REFUSED):
                    refused = line.removeprefix(script_runner.REFUSED).strip()
                elif not line.startswith(("the model is in", "{")):
                    note(line.rstrip())
        process.wait()
    except BaseException as stop:
        if process is not None:
            process.kill()  # it hears no interruption of its own; a checkpoint that is half written does not count
            process.wait()
        if not isinstance(stop, KeyboardInterrupt):
            raise
        note("")  # the bar has not ended its line
        stop.add_note(_kept(script.parent))
        raise
    if refused is not None:
        raise InputError(refused.replace(ELSEWHERE, _ELSEWHERE))
    if process.returncode or len(measured) != 2:
        way = shlex.join([sys.executable, *given])
        raise InputError(f"training failed, as said above: mend it and start again, or run {way}")
    (metric, before), (_, after) = measured
    title = f"{choices.wrapped} on {Path(choices.report.dataset).name}"
    if (curve := draw_curve(script.parent, metric, before, title=title)) is not None:
        note(f"loss and {metric} over the steps: {curve}")
    return Trained(metric, before, after, f"{choices.output}/{MODEL}")


@contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Has the signal that `kill` sends interrupt: else the script would train on alone."""
    if threading.current_thread() is not threading.main_thread():  # others may set no handler
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deaf() -> Iterator[None]:
    """Has an interruption wait until a process is started and known, so that it is not left alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment(model: str, progress: bool) -> dict[str, str]:
    """The environment of the script: bars that tell of milliseconds are left out. What it says already counts."""
    # Verbosity stays otherwise: without warnings, the trainers show no bar either.
    quiet = {} if progress else {"TQDM_DISABLE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    if Path(model).exists() or not progress:  # of a model on the hub, the download is shown
        quiet["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    return {**quiet, **os.environ}


def _kept(folder: Path) -> str:
    """What there is of a run that was interrupted."""
    place = quote(str(folder), 200)
    if (checkpoint := last_checkpoint(folder)) is None:
        return f"there is no checkpoint in {place} yet: the same command starts again"
    step = Path(checkpoint).name.removeprefix("checkpoint-")
    return f"{place} keeps the checkpoint of step {step}: the same command goes on from there"
