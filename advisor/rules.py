"""The rule engine: which losses fit a dataset, in what order, with what settings, and why.

Every loss of the catalogue that takes the dataset's format is a candidate, with the catalogue's preference as its
starting weight. Rules then look at the facts of the data and give advice: a change of weight with its reason, an
argument, a training argument, a warning. A rule is one small function; what it says reaches the user word for word.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from advisor.arguments import Argument, FromLosses, Plain, TensorOf
from advisor.catalogue import FAMILIES, Family, Loss, losses_for
from advisor.commands import convert_command
from advisor.profiles import ColumnProfile
from advisor.report import ConversionOffer, Recommendation
from converters.conversions import CONVERSIONS


@dataclass(frozen=True)
class Facts:
    """What the rules know about a dataset.

    Attributes:
        dataset: its path or name; None for an object in memory.
        format: the format or layout it was read as.
        rows: rows of the training split.
        label: the profile of the label column, if there is one.
        classes: number of classes, for a label of kind class or binary.
        smallest_class: examples of the rarest class in the sample.
        positives: share of positives among binary labels, in the sample.
        words: mean number of words of the longest text column.
        repeated_anchors: share of rows whose anchor stands in an earlier row.
        graded: whether the labels of lists have more than two levels.
        list_length: mean number of documents of a list.
    """

    dataset: str | None
    format: str
    rows: int
    label: ColumnProfile | None = None
    classes: int = 0
    smallest_class: int = 0
    positives: float = 0.5
    words: float = 0.0
    repeated_anchors: float = 0.0
    graded: bool = False
    list_length: float = 0.0


@dataclass(frozen=True)
class Advice:
    """What a rule has to say about a loss on a dataset."""

    weight: float = 0.0
    reason: str | None = None
    warning: str | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    trainer: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)


#: The training argument that several rules have a say in.
BATCH_SIZE = "per_device_train_batch_size"

#: From how many words on a text is long: a hundred words are some 150 tokens.
LONG_TEXT = 120

#: How many documents a step of a listwise loss may hold, so that it fits into a few GB for a small model.
LONG_DOCUMENTS_A_STEP, SHORT_DOCUMENTS_A_STEP = 16, 64

#: Below how many rows a training run has too few steps for the usual learning rate.
FEW_ROWS = 1000

#: How many documents of lists go through the model at a time.
DOCUMENTS_A_BATCH = 16

Rule = Callable[[Facts, Loss], Iterator[Advice]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Registers a rule."""
    RULES.append(function)
    return function


def recommend(facts: Facts) -> dict[Family, tuple[Recommendation, ...]]:
    """The losses that fit, for every family, the best first."""
    return {family: tuple(_ranked(facts, family)) for family in FAMILIES}


def _ranked(facts: Facts, family: Family) -> Iterator[Recommendation]:
    weighed = []
    for loss in losses_for(facts.format, family):
        advice = [each for every in RULES for each in every(facts, loss)]
        weighed.append((loss.formats[facts.format].preference + sum(each.weight for each in advice), loss, advice))
    weighed.sort(key=lambda each: -each[0])
    for rank, (_, loss, advice) in enumerate(weighed, start=1):
        trainer = loss.trainer
        arguments, model = dict(loss.arguments), {"num_labels": 1} if loss.outputs == "one" else {}
        for each in advice:
            size = min(trainer[BATCH_SIZE], each.trainer.get(BATCH_SIZE, trainer[BATCH_SIZE]))  # the smallest asked for
            trainer |= {**each.trainer, BATCH_SIZE: size}
            arguments |= each.arguments
            model |= each.model
        trainer["num_train_epochs"] = epochs(facts, int(trainer[BATCH_SIZE]))
        yield Recommendation(
            rank=rank,
            entry=loss,
            reasons=(loss.formats[facts.format].reason, *(each.reason for each in advice if each.reason)),
            arguments=arguments,
            trainer=trainer,
            model=model,
            warnings=tuple(each.warning for each in advice if each.warning),
        )


def epochs(facts: Facts, batch_size: int) -> int:
    """How often to go through the data: often enough for some 200 batches through the model, at most five times.

    A list goes through the model as so many documents, `DOCUMENTS_A_BATCH` of them at a time.
    """
    batches = facts.rows * facts.list_length / DOCUMENTS_A_BATCH if facts.list_length else facts.rows / batch_size
    return min(5, max(1, ceil(200 / max(1, batches))))


def offers(facts: Facts) -> tuple[ConversionOffer, ...]:
    """What converting would unlock: losses that do not take the data as it stands, those that unlock most first."""
    found = []
    for conversion in CONVERSIONS.values():
        if conversion.source != facts.format:
            continue
        unlocks: dict[Family, tuple[str, ...]] = {}
        for family in FAMILIES:
            own = {loss.name for loss in losses_for(facts.format, family)}
            new = [loss.name for loss in losses_for(conversion.target, family) if loss.name not in own]
            if new:
                unlocks[family] = tuple(new)
        command = convert_command(facts.dataset, conversion.target)
        found.append(ConversionOffer(conversion.target, unlocks, conversion.mines, command))
    return tuple(sorted(found, key=lambda each: -len(each.unlocks)))


# -- the rules -------------------------------------------------------------------------------------------------------


@rule
def in_batch_negatives_want_big_batches(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """In-batch negatives: the batch is the pool of negatives, and a small dataset bounds it."""
    if loss.batch_sampler == "no_duplicates":
        if facts.rows < 4 * loss.batch_size:
            size = max(4, 1 << max(2, (facts.rows // 8).bit_length() - 1))
            yield Advice(
                warning=f"{facts.rows} rows fill few batches; batches of {size} leave more than a handful of steps",
                trainer={"per_device_train_batch_size": min(size, loss.batch_size)},
            )
        else:
            yield Advice(reason="larger batches hold more negatives and train better, as memory allows")
    if loss.batch_sampler == "no_duplicates" and facts.repeated_anchors > 0.05:
        yield Advice(
            reason=f"{facts.repeated_anchors:.0%} of the rows repeat an anchor: "
            "the no_duplicates sampler keeps its other positives from serving as negatives"
        )


@rule
def long_texts_want_a_gradient_cache(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Long texts leave room for small batches only, unless the gradients are cached."""
    if loss.arguments.get("mini_batch_size") is None or loss.batch_sampler != "no_duplicates":
        return
    if facts.words > LONG_TEXT and facts.rows >= 4 * loss.batch_size:
        yield Advice(
            weight=0.06,
            reason=f"texts of {facts.words:.0f} words leave room for few negatives a batch, unless it is split",
        )


@rule
def guides_decide(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A guide that knows no more than the model can only keep what the model believes already."""
    if "guide" in loss.arguments:
        yield Advice(warning="the guide is a copy of the model unless you give it a stronger one, and it should be")


@rule
def pairs_without_negatives(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker learns little from random negatives: say what mining would unlock."""
    if facts.format == "pair" and loss.family == "cross-encoder":
        yield Advice(
            warning="random negatives are easy for a reranker: mined hard negatives in a labeled-list, for LambdaLoss, "
            f"go further: {convert_command(facts.dataset, 'labeled-list')}"
        )


@rule
def classes_need_outputs(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A classifier has as many outputs as there are classes."""
    if facts.classes and loss.outputs == "classes":
        yield Advice(model={"num_labels": facts.classes}, reason=f"the model needs {facts.classes} outputs")
    if facts.classes and loss.name == "SoftmaxLoss":
        yield Advice(
            arguments={"num_labels": Plain(facts.classes)},
            warning="its classifier is thrown away after training; where one class means similar, "
            "a ranking loss on those pairs gives better embeddings",
        )


@rule
def triplets_need_two_of_a_class(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Triplets from classes: normalised embeddings want a cosine margin, rare classes cannot serve as anchors."""
    if loss.batch_sampler == "group_by_label":
        if "Triplet" in loss.name:
            cosine = FromLosses(loss.module, "BatchHardTripletLossDistanceFunction.cosine_distance")
            margin = {} if loss.name == "BatchHardSoftMarginTripletLoss" else {"margin": Plain(0.2)}
            yield Advice(
                reason="cosine distance suits models that normalise their embeddings",
                arguments={"distance_metric": cosine, **margin},
            )
        if facts.classes < 2:
            yield Advice(weight=-0.5, warning="one class allows no triplet at all")
        elif facts.smallest_class == 1:
            yield Advice(warning="classes with one example never are an anchor")


@rule
def unbalanced_pairs(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Few positives among many negatives: weigh them up, so that saying no to everything does not pay."""
    if facts.format == "labeled-pair" and 0 < facts.positives < 0.4 and loss.name == "BinaryCrossEntropyLoss":
        weight = round((1 - facts.positives) / facts.positives, 1)
        yield Advice(
            arguments={"pos_weight": TensorOf(weight)},
            reason=f"{facts.positives:.0%} of the labels are 1: each counts {weight:g} times, or 0 would win",
        )
    if facts.format == "labeled-pair" and not 0.02 < facts.positives < 0.98:
        yield Advice(warning=f"{facts.positives:.0%} of the labels are 1: there is hardly anything to tell apart")


@rule
def graded_lists(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Grades are what a ranking metric is made for."""
    if facts.format == "labeled-list" and facts.graded and loss.name == "LambdaLoss":
        yield Advice(reason="the labels are grades: NDCG rewards the better document first, not just any relevant one")


@rule
def lists_fill_memory(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A step on lists keeps the activations of every document: what fits is counted in documents, not in rows."""
    if facts.format == "labeled-list" and facts.list_length:
        fits = LONG_DOCUMENTS_A_STEP if facts.words > LONG_TEXT else SHORT_DOCUMENTS_A_STEP
        size = int(max(1, min(loss.batch_size, fits // facts.list_length)))
        if size < loss.batch_size:
            yield Advice(
                reason=f"lists of {facts.list_length:.0f} documents: few of them fit into memory at a time",
                trainer={"per_device_train_batch_size": size},
            )


@rule
def a_fresh_head_learns_fast(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A reranker made from an encoder starts from a random output: on little data small steps do not get far."""
    if loss.family == "cross-encoder" and facts.rows < FEW_ROWS:
        yield Advice(
            reason=f"with fewer than {FEW_ROWS:,} rows a new output layer needs larger steps to get anywhere",
            trainer={"learning_rate": 5e-5},
        )


@rule
def sparse_models_need_a_regularizer(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """A SPLADE model without a price on its dimensions fills them all."""
    if loss.wrapper == "SpladeLoss":
        yield Advice(
            reason="wrapped in SpladeLoss, which keeps the vectors sparse",
            warning="the two regularizer weights decide how sparse the vectors become: tune them",
        )


@rule
def long_texts_cost_memory(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Memory of a batch grows with the length of its texts."""
    if facts.words > LONG_TEXT and loss.batch_size >= 32:
        yield Advice(trainer={"per_device_train_batch_size": loss.batch_size // 2})
