"""The engine: gathers the advice of all rules about each loss, and ranks the losses by it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from advisor.arguments import Argument
from advisor.catalogue import FAMILIES, Family, Loss, losses_for
from advisor.catalogue.evaluators import evaluator_for
from advisor.report import Recommendation
from advisor.rules.facts import Facts


@dataclass(frozen=True)
class Advice:
    """What a rule has to say about a loss on a dataset.

    Attributes:
        weight: added to the loss's preference for the format.
        reason: why the loss stands where it stands, or is set as it is.
        warning: what to mind.
        suggestion: what to try beside it.
        arguments: arguments of the loss.
        trainer: training arguments.
        model: what the model has to be made with.
        prompts: what to put before the texts of a column, by the column's canonical name.
        wrapper: the loss to wrap it in, where it is another one than the catalogue has.
        wrapper_arguments: arguments of the wrapper.
    """

    weight: float = 0.0
    reason: str | None = None
    warning: str | None = None
    suggestion: str | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    trainer: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    wrapper: str | None = None
    wrapper_arguments: Mapping[str, Argument] | None = None


#: The training argument that several rules have a say in.
BATCH_SIZE = "per_device_train_batch_size"

#: How many documents of lists go through the model at a time.
DOCUMENTS_A_BATCH = 16

Rule = Callable[[Facts, Loss], Iterator[Advice]]
RULES: list[Rule] = []

#: A rule that is asked last: it sees the settings that the others have agreed on.
Sizing = Callable[[Facts, Loss, Mapping[str, Any], Mapping[str, Argument]], Iterator[Advice]]
SIZINGS: list[Sizing] = []


def rule(function: Rule) -> Rule:
    """Registers a rule."""
    RULES.append(function)
    return function


def sizing(function: Sizing) -> Sizing:
    """Registers a rule that is asked last."""
    SIZINGS.append(function)
    return function


def recommend(facts: Facts) -> dict[Family, tuple[Recommendation, ...]]:
    """The losses that fit, for every family that is asked for, the best first."""
    asked = (facts.family,) if facts.family else FAMILIES
    return {family: tuple(_ranked(facts, family)) if family in asked else () for family in FAMILIES}


def _ranked(facts: Facts, family: Family) -> Iterator[Recommendation]:
    weighed = [_weigh(facts, loss) for loss in losses_for(facts.format, family) if impossible(facts, loss) is None]
    weighed.sort(key=lambda each: -each[0])
    for rank, (_, recommendation) in enumerate(weighed, start=1):
        yield replace(recommendation, rank=rank)


def impossible(facts: Facts, loss: Loss) -> str | None:
    """Why a loss cannot learn from data of a format that it takes; None where nothing speaks against it."""
    lowest = facts.label.minimum if facts.label is not None else None
    if loss.family == "sparse-encoder" and facts.format == "text-embedding" and lowest is not None and lowest < 0:
        return (
            f"the embeddings are those of a dense teacher (they go down to {lowest:.2g}); a sparse encoder "
            "learns from those of a sparse one, which are never negative and as long as its vocabulary"
        )
    return None


def _weigh(facts: Facts, loss: Loss) -> tuple[float, Recommendation]:
    """What all rules together make of a loss: its weight, and the recommendation without its rank."""
    advice = [each for every in RULES for each in every(facts, loss)]
    trainer, arguments = _settings(loss, advice)
    advice += [each for every in SIZINGS for each in every(facts, loss, trainer, arguments)]
    trainer, arguments = _settings(loss, advice)
    trainer["num_train_epochs"] = epochs(facts, int(trainer[BATCH_SIZE]))
    trainer["warmup_steps"] = 0.1
    model: dict[str, Any] = {"num_labels": 1} if loss.outputs == "one" else {}
    prompts: dict[str, str] = {}
    entry = loss
    for each in advice:
        model |= each.model
        prompts |= each.prompts
        if each.wrapper is not None:
            entry = replace(entry, wrapper=each.wrapper)
        if each.wrapper_arguments is not None:
            entry = replace(entry, wrapper_arguments=each.wrapper_arguments)
    evaluator = evaluator_for(loss.family, facts.format, facts.task, facts.model.similarity if facts.model else None)
    return loss.formats[facts.format].preference + sum(each.weight for each in advice), Recommendation(
        rank=0,
        entry=entry,
        reasons=_each_once(loss.formats[facts.format].reason, *(each.reason for each in advice)),
        arguments=arguments,
        trainer=trainer,
        model=model,
        warnings=_each_once(*(each.warning for each in advice)),
        evaluator=evaluator.name if evaluator else None,
        metric=evaluator.metric if evaluator else None,
        prompts=prompts,
        suggestions=_each_once(*(each.suggestion for each in advice)),
    )


def _settings(loss: Loss, advice: list[Advice]) -> tuple[dict[str, Any], dict[str, Argument]]:
    """Training arguments and arguments of the loss; where several sizes are asked for, the smallest one."""
    trainer, arguments = dict(loss.trainer), dict(loss.arguments)
    for each in advice:
        size = min(trainer[BATCH_SIZE], each.trainer.get(BATCH_SIZE, trainer[BATCH_SIZE]))
        trainer |= {**each.trainer, BATCH_SIZE: size}
        arguments |= each.arguments
    return trainer, arguments


def _each_once(*said: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in said if each))


def epochs(facts: Facts, batch_size: int) -> int:
    """How often to go through the data: often enough for some 200 batches through the model, at most five times.

    A list goes through the model as so many documents, `DOCUMENTS_A_BATCH` of them at a time.
    """
    batches = facts.rows * facts.list_length / DOCUMENTS_A_BATCH if facts.list_length else facts.rows / batch_size
    return min(5, max(1, ceil(200 / max(1, batches))))
