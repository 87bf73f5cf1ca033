"""What losses that wrap another one have in common."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from losses.checks import reject
from losses.embedding import Compute, EmbeddingLoss, LossValue


class WrapperLoss(EmbeddingLoss):
    """A loss around another one, of this library or of any other.

    A loss of this library is asked for its two halves, embedding and computing, and the wrapper works in between. Of
    another one nothing is known but that it calls the model and returns a value; the wrapper then takes the model's
    place for the time of the call.

    Attributes:
        loss: the other one.
    """

    loss: nn.Module

    def __init__(self, model: Any, loss: nn.Module) -> None:
        super().__init__(model)
        self.loss = loss

    @property
    def has_two_halves(self) -> bool:
        """Whether embedding and computing can be called one by one."""
        return has_two_halves(self.loss)

    @property
    def uses_gradient_cache(self) -> bool:
        """Whether the wrapped loss embeds in mini-batches, twice; sentence-transformers' wrappers ask for this."""
        return caches_gradients(self.loss)

    def inner(self) -> Compute:
        """The wrapped loss's ``compute_loss_from_embeddings``.

        Raises:
            ValueError: it has none.
        """
        compute: Compute | None = getattr(self.loss, "compute_loss_from_embeddings", None)
        if compute is None:
            wanted = "one with a method compute_loss_from_embeddings(embeddings, labels), as it is itself wrapped"
            reject(self, f"{type(self.loss).__name__} as the loss to wrap", wanted)
        return compute


def caches_gradients(loss: nn.Module) -> bool:
    """Whether a loss embeds in mini-batches, twice, of this library or of sentence-transformers."""
    return bool(getattr(loss, "uses_gradient_cache", False))


def has_two_halves(loss: nn.Module) -> bool:
    """Whether a loss, and whatever it wraps, leaves embedding and computing to be called one by one."""
    return isinstance(loss, EmbeddingLoss) and bool(getattr(loss, "has_two_halves", True))


def weighted_sum(values: Iterable[tuple[float, LossValue]]) -> LossValue:
    """The sum of values, each times its weight; of losses that come in parts, part by part."""
    total: Any = None
    for weight, value in values:
        if isinstance(value, dict):
            parts = {} if total is None else total
            total = {**parts, **{name: parts.get(name, 0.0) + part * weight for name, part in value.items()}}
        else:
            total = value * weight if total is None else total + value * weight
    if total is None:
        raise ValueError("There are no values to add up.")
    summed: LossValue = total
    return summed


@contextmanager
def replaced(owner: object, **attributes: Any) -> Iterator[None]:
    """Within this block, some attributes of an object have other values; afterwards nothing is left of them."""
    own = vars(owner)
    before = {name: own[name] for name in attributes if name in own}
    try:
        for name, value in attributes.items():
            setattr(owner, name, value)
        yield
    finally:
        for name in attributes:
            if name in before:
                setattr(owner, name, before[name])
            elif name in vars(owner):
                delattr(owner, name)
