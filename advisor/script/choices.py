"""What a script is to do: the loss, the format, the extras, decided and checked before a line is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Unpack

import pyarrow as pa

from advisor.catalogue import FAMILIES, LOSSES, Family, losses_for
from advisor.checking import check, mended_by_converting, taught_way
from advisor.models import ModelFacts, describe, refuse_too_long
from advisor.profiles import ColumnProfile, profile_table
from advisor.report import Recommendation, Report
from advisor.rules import Facts, recommend
from advisor.rules.memory import tokens_a_row
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS
from converters.sources import ReadingOptions

Style = Literal["trainer", "plain"]
STYLES: tuple[Style, ...] = ("trainer", "plain")

#: What a teacher gives: its vectors as a guide for negatives, scores of documents, or embeddings to copy.
Lesson = Literal["guide", "scores", "embeddings"]

#: Losses whose embeddings cannot be cut short: they compare with something as long as the whole, or keep a head for it.
UNCUT = frozenset(
    {
        *("MSELoss", "EmbedDistillLoss", "SoftmaxLoss", "DenoisingAutoEncoderLoss", "ContrastiveTensionLoss"),
        "ContrastiveTensionLossInBatchNegatives",
    }
)

#: What becomes of a format by a teacher's scores.
_SCORED: Mapping[str, str] = {"triplet": "triplet-scores", "n-tuple": "n-tuple-scores"}

#: A learning rate for adapters, which start from nothing.
ADAPTER_LEARNING_RATE = 1e-4


@dataclass(frozen=True)
class Teacher:
    """A model to learn from.

    Attributes:
        name: its name or path.
        lesson: what it gives.
        scores_pairs: whether it is a reranker.
        dimension: length of its embeddings, where that is known.
    """

    name: str
    lesson: Lesson
    scores_pairs: bool = False
    dimension: int | None = None


@dataclass(frozen=True)
class Choices:
    """What is decided.

    Attributes:
        report: the inspection of the data.
        best: the loss with its settings.
        format: the format that the loss trains on.
        model: the model to start from.
        facts: what is known about the model; None where it cannot be looked at.
        output: the folder of the run.
        seed: of everything that is drawn.
        epochs: how often to go through the data.
        max_length: tokens after which a text is cut off.
        reading: how the files are read, as arguments of `convert`.
        matryoshka: whether the embeddings are to be cut short.
        teacher: the model to learn from.
        lora: whether to train an adapter only.
        evaluation: the inspection of the data to evaluate on, if it is a file of its own.
    """

    report: Report
    best: Recommendation
    format: str
    model: str
    facts: ModelFacts | None
    output: str
    seed: int
    epochs: float
    max_length: int | None
    reading: Mapping[str, Any]
    matryoshka: bool = False
    teacher: Teacher | None = None
    lora: bool = False
    evaluation: Report | None = None

    @property
    def family(self) -> Family:
        """The family of models that is trained."""
        return self.best.family

    @property
    def tokens(self) -> int:
        """About how many tokens a row has, of all its texts."""
        facts: Facts | None = self.report.facts
        if facts is None:
            return 128
        plain = replace(self.best.entry, name=self.best.loss.replace("Cached", "").replace("MegaBatch", ""))
        tokens = tokens_a_row(facts, plain)
        texts = max(1, len(facts.text_tokens))
        pairs = max(1.0, facts.list_length) if self.family == "cross-encoder" else texts
        return min(tokens, round(pairs * self.max_length)) if self.max_length else tokens

    @property
    def wrapped(self) -> str:
        """The loss and what it stands in."""
        around = ["MatryoshkaLoss"] if self.matryoshka else []
        around += [self.best.entry.wrapper] if self.best.entry.wrapper else []
        return " in ".join([self.best.loss, *around])


def decide(
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
    writable: Callable[[str, str], bool] = lambda loss, format: True,
    note: Callable[[str], None] = lambda line: None,
    **reading: Unpack[ReadingOptions],
) -> Choices:
    """Decides what a script does; the arguments are those of `write_script`.

    Args:
        writable: which losses, on which format, a script of this style can be written for.

    Raises:
        InputError: something does not go together, or with the data.
    """
    _checked(report, family, model, style, seed, epochs, max_length)
    if style == "plain":
        _refuse_what_only_trainers_do({"matryoshka": matryoshka, "teacher": teacher is not None, "lora": lora})
    facts = _looked_at("model", model, note)
    if facts is not None:
        _refuse_another_kind(facts, family)
        refuse_too_long(facts, max_length)
        report = _knowing(report, facts)
    lesson = _taught(report, family, teacher, loss, note) if teacher is not None else None
    learned = _scored(report, lesson) if lesson is not None else report
    best = _chosen(learned, family, loss, lesson, style, writable)
    if learned is report:
        _refuse_what_stands_between(report, best)
    if facts is not None:
        _refuse_other_outputs(facts, best, report)
        _refuse_other_embeddings(facts, best, learned)
    if matryoshka:
        _refuse_to_cut(best, learned)
    if lora:
        best = replace(best, trainer={**best.trainer, "learning_rate": ADAPTER_LEARNING_RATE})
    return Choices(
        report=report,
        best=best,
        format=learned.format,
        model=model,
        facts=facts,
        output=output_dir or _default_output(report, best),
        seed=seed,
        epochs=epochs or best.trainer["num_train_epochs"],
        max_length=max_length,
        reading={name: value for name, value in {"split": split, **reading}.items() if value is not None},
        matryoshka=matryoshka,
        teacher=lesson,
        lora=lora,
        evaluation=evaluated_on(evaluation, report, reading) if evaluation is not None else None,
    )


def report_for(dataset: Any, *, model: str, **said: Any) -> Report:
    """The inspection of a dataset for a model to train: what the model tells counts, where it can be looked at.

    Args:
        dataset: anything that `advisor.inspect` takes.
        model: the model to start from.
        said: what else `advisor.inspect` takes.

    Raises:
        InputError: the dataset cannot be read.
    """
    from advisor.inspection import inspect

    known = _looked_at("model", model, lambda line: None) is not None
    return inspect(dataset, model=model if known else None, **said)


def _checked(
    report: Report,
    family: str,
    model: str,
    style: str,
    seed: int,
    epochs: float | None,
    max_length: int | None,
) -> None:
    """Refuses what can never be."""
    if family not in FAMILIES:
        raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
    if style not in STYLES:
        raise InputError(f"unknown style {quote(style)}: {nearest(style, list(STYLES))}")
    if not report.reopens:
        raise InputError(f"a script cannot open {report.dataset}, which is in memory: save the data to a file first")
    if not FORMATS[report.format].trainable:
        ways = [each for each in report.conversions if any(own == family for own in each.unlocks)]
        way = f": {ways[0].command}, then write a script for what comes out" if ways else ""
        raise InputError(f"{report.format} data has to be converted before a loss can train on it{way}")
    if not model.strip():
        raise InputError("the model has no name: give one of the hub, or a path")
    if not 0 <= seed < 2**32:
        raise InputError(f"a seed is a number from 0 to {2**32 - 1}, not {seed}")
    if epochs is not None and not 0 < epochs <= 10_000:
        raise InputError(f"epochs have to be more than 0, and 10,000 at most, not {epochs:g}")
    if max_length is not None and max_length < 8:
        raise InputError(f"the greatest length has to be at least 8 tokens, not {max_length}")


def _refuse_what_only_trainers_do(asked: Mapping[str, bool]) -> None:
    for option, given in asked.items():
        if given:
            raise InputError(f"--{option} is for scripts with the trainers: leave --style plain out")


def _looked_at(what: str, name: str, note: Callable[[str], None]) -> ModelFacts | None:
    """What is known about a model; where nothing is, the script may still run elsewhere, unless it names a path."""
    try:
        return describe(name)
    except InputError:
        if name.startswith(("/", ".", "~")) or Path(name).exists():
            raise
        note(f"the {what} {quote(name, 200)} cannot be looked at from here, so that nothing is assumed about it")
        return None


def _refuse_another_kind(model: ModelFacts, family: str) -> None:
    """Refuses a model of another family, but one that embeds: any other can be made of its transformer."""
    if model.family not in (None, family, "sentence-transformer"):
        raise InputError(
            f"the model {quote(model.name, 200)} is a {model.family}, and a {family} is to be trained: choose a model "
            "of that kind, or an encoder it can be made from"
        )


def _refuse_other_outputs(model: ModelFacts, best: Recommendation, report: Report) -> None:
    if model.num_labels is None or best.entry.outputs is None:
        return
    wanted = 1 if best.entry.outputs == "one" else report.facts.classes if report.facts else 0
    if wanted and model.num_labels != wanted:
        raise InputError(
            f"the model {quote(model.name, 200)} has {_outputs(model.num_labels)}, and {best.loss} needs {wanted}: "
            f"choose a model with {wanted}, or an encoder without a head"
        )


def _refuse_other_embeddings(model: ModelFacts, best: Recommendation, learned: Report) -> None:
    """Refuses a teacher's embeddings that a loss without a projection cannot copy."""
    label = learned.facts.label if learned.facts is not None else None
    if best.loss not in ("MSELoss", "SparseMSELoss") or learned.format != "text-embedding" or label is None:
        return
    own, theirs = model.dimension_as(best.family), round(label.mean_length)
    if own and theirs and own != theirs:
        way = "--loss EmbedDistillLoss projects between them, or " if best.family == "sentence-transformer" else ""
        raise InputError(
            f"the teacher's embeddings have {theirs:,} numbers, those of the model {quote(model.name, 200)} {own:,}, "
            f"and {best.loss} needs as many: {way}choose a model or a teacher with embeddings of the other's length"
        )


def _outputs(number: int) -> str:
    return "1 output" if number == 1 else f"{number} outputs"


def _refuse_to_cut(best: Recommendation, learned: Report) -> None:
    if best.family != "sentence-transformer":
        raise InputError(
            f"only the embeddings of a sentence-transformer can be cut short, not those of a {best.family}"
        )
    if best.loss in UNCUT:
        others = [each.loss for each in learned.recommendations[best.family] if each.loss not in UNCUT]
        way = f", or choose one of which they can, with --loss {others[0]}" if others else ""
        raise InputError(f"the embeddings of {best.loss} cannot be cut short: leave --matryoshka out{way}")


def _knowing(report: Report, model: ModelFacts) -> Report:
    """The report with recommendations for this model, if it was made for another or for none."""
    if report.facts is None or (report.facts.model is not None and report.facts.model.name == model.name):
        return report
    facts = replace(report.facts, model=model)
    return replace(report, facts=facts, recommendations=recommend(facts))


def _taught(report: Report, family: str, teacher: str, loss: str | None, note: Callable[[str], None]) -> Teacher:
    """What the teacher gives for such data, by the loss that is wanted."""
    if not teacher.strip():
        raise InputError("the teacher has no name: give one of the hub, or a path")
    known = _looked_at("teacher", teacher, note)
    scores_pairs = known is not None and known.family == "cross-encoder"
    entry = LOSSES.get((family, loss)) if loss else None  # type: ignore[arg-type]
    guided = [each for each in losses_for(report.format, family) if "guide" in each.arguments]  # type: ignore[arg-type]
    if (entry is not None and "guide" in entry.arguments) or (loss is None and report.format == "pair" and guided):
        if scores_pairs:
            raise InputError(f"the guide {quote(teacher, 200)} is a cross-encoder: a guide embeds, so name an encoder")
        return Teacher(teacher, "guide")
    if report.format in _SCORED and (entry is None or _SCORED[report.format] in entry.formats):
        if known is not None and known.num_labels not in (None, 1):
            raise InputError(
                f"the teacher {quote(teacher, 200)} has {_outputs(known.num_labels)}, and a document's score is one "
                "number: choose a reranker with 1 output, or an encoder"
            )
        return Teacher(teacher, "scores", scores_pairs or known is None)  # most that score are rerankers
    if report.format == "single" and family == "sentence-transformer":
        if scores_pairs:
            raise InputError(f"the teacher {quote(teacher, 200)} is a cross-encoder, which embeds no single texts")
        return Teacher(teacher, "embeddings", dimension=known.dimension if known is not None else None)
    if entry is not None and (way := taught_way(report, entry, teacher)) is not None:
        raise InputError(
            f"{loss} trains on {way.target} data, which the teacher makes of {report.format} data before: first run: "
            f"{way.command}, then write a script for what comes out, without --teacher"
        )
    learns = f"{loss} learns nothing from a teacher" if loss else f"nothing can be taught on {report.format} data"
    raise InputError(
        f"{learns} for a {family}: a teacher guides on pairs, scores triplets and n-tuples, and embeds single texts"
    )


def _scored(report: Report, teacher: Teacher) -> Report:
    """The report as it is for the data with what the teacher adds."""
    if teacher.lesson == "guide" or report.facts is None:
        return report
    format = "text-embedding" if teacher.lesson == "embeddings" else _SCORED[report.format]
    label = _embeddings(teacher.dimension) if teacher.lesson == "embeddings" else None
    facts = replace(report.facts, format=format, label=label)
    return replace(report, format=format, facts=facts, recommendations=recommend(facts))


def _embeddings(dimension: int | None) -> ColumnProfile | None:
    """What the rules know about a column with a teacher's embeddings, before it is there."""
    if dimension is None:
        return None
    return profile_table(pa.table({"label": [[0.0] * dimension, [1.0] * dimension]})).columns["label"]


def _chosen(
    report: Report,
    family: str,
    loss: str | None,
    teacher: Teacher | None,
    style: str,
    writable: Callable[[str, str], bool],
) -> Recommendation:
    """The recommendation of the loss that was asked for, or the first that a script can be written for."""
    fitting = report.recommendations[family] or (report.best(family),)  # type: ignore[index]
    if loss is not None:
        verdict = check(report, loss, family)
        found = next((each for each in fitting if each.loss == loss), None)
        if found is None:
            way = f"; first run: {verdict.ways[0]}" if verdict.ways else ""
            raise InputError(f"{loss} cannot train on this data: {verdict.reasons[0]}{way}")
        if not writable(loss, report.format):
            from advisor.script.plain_losses import why_without

            why = why_without(loss, report.format)
            raise InputError(f"{loss} has no form in plain PyTorch{why}: leave --style out, or choose another loss")
        return found
    if teacher is not None and teacher.lesson == "guide":
        fitting = tuple(each for each in fitting if "guide" in each.entry.arguments)
    ready = [each for each in fitting if writable(each.loss, report.format)]
    if not ready:
        raise InputError(f"no {family} loss for {report.format} data has a form in plain PyTorch: leave --style out")
    return ready[0]


def _refuse_what_stands_between(report: Report, best: Recommendation) -> None:
    """Refuses data that the loss cannot train on; what converting into shape mends is mended by the script itself."""
    for each in check(report, best.loss, best.family).obstacles:
        if not mended_by_converting(each, report):
            way = f"; first run: {each.mend}" if each.mend else ""
            raise InputError(f"{best.loss} cannot train on this data: {each.reason}{way}")


def evaluated_on(path: str, report: Report, reading: Mapping[str, Any]) -> Report:
    """The inspection of the data to evaluate on, read as the training data is.

    Raises:
        InputError: it cannot be read, or does not look like the training data.
    """
    from advisor.inspection import inspect

    names = {name: role for name, role in report.roles.items() if role not in ("id", "ignored")}
    try:
        found = inspect(path, format=report.format, columns=names, **reading)
    except InputError as error:
        if not Path(path).exists():
            raise
        raise InputError(
            f"{quote(path, 200)} cannot be evaluated on: it has to look like the training data, with the columns "
            f"{', '.join(quote(name) for name in names)} ({error})"
        ) from error
    return found


def _default_output(report: Report, best: Recommendation) -> str:
    stem = Path(report.dataset).name.split(".")[0] or "data"
    return f"output/{stem}-{best.loss}"
