"""MatryoshkaLoss: another loss, on the first dimensions of the embeddings too."""

import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import reject
from losses.embedding import Compute, LossValue, run_wrapped
from losses.functional import truncate
from losses.models import EmbeddingModel, Features
from losses.wrapping import WrapperLoss, caches_gradients, has_two_halves, replaced, weighted_sum

logger = logging.getLogger(__name__)


class MatryoshkaLoss(WrapperLoss):
    """Train embeddings whose first dimensions are good embeddings too, so that they can be cut short.

    Data: whatever the wrapped loss takes.

    Recommended: dimensions that halve, from the model's own, which should be among them, to about a twelfth of it. The
    model is then used with ``SentenceTransformer(..., truncate_dim=...)``. It costs little, since texts go through the
    model once.

    Neighbours: AdaptiveLayerLoss trains models that can do with fewer layers, Matryoshka2dLoss does both. Cached losses
    and other wrappers can be wrapped too.

    The embeddings are cut by :func:`losses.functional.truncate`. MultipleNegativesRankingLoss and its kin compare them
    at all lengths in one pass, by :func:`losses.functional.nested_cos_sim`. Kusupati et al. 2022,
    https://arxiv.org/abs/2205.13147.

    Args:
        model: the model to train.
        loss: the loss to compute for each number of dimensions.
        matryoshka_dims: these numbers, in any order.
        matryoshka_weights: the weight of each, 1 by default.
        n_dims_per_step: how many of them to draw in each step; -1 takes all.

    Example:
        ::

            from losses.sentence_transformer import MatryoshkaLoss, MultipleNegativesRankingLoss

            loss = MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), [768, 512, 256, 128, 64])
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        loss: nn.Module,
        matryoshka_dims: Sequence[int],
        matryoshka_weights: Sequence[float] | Sequence[int] | None = None,
        n_dims_per_step: int = -1,
    ) -> None:
        super().__init__(model, loss)
        weights = [1] * len(matryoshka_dims) if matryoshka_weights is None else matryoshka_weights
        if not matryoshka_dims:
            raise ValueError("matryoshka_dims must hold at least one number of dimensions.")
        if min(matryoshka_dims) < 1:
            raise ValueError(f"matryoshka_dims must be positive, not {list(matryoshka_dims)}.")
        if len(weights) != len(matryoshka_dims):
            raise ValueError(
                f"matryoshka_weights must hold a weight for each of the {len(matryoshka_dims)} matryoshka_dims, not "
                f"{len(weights)}."
            )
        own = _width_of(model)
        if own is not None and max(matryoshka_dims) > own:
            raise ValueError(
                f"matryoshka_dims must not exceed the model's {own} dimensions, but are {list(matryoshka_dims)}."
            )
        if own is not None and own not in matryoshka_dims:
            logger.warning("The model's %d dimensions as a whole are not trained: add %d to matryoshka_dims.", own, own)
        pairs = sorted(zip(matryoshka_dims, weights, strict=True), key=lambda pair: pair[0], reverse=True)
        self.matryoshka_dims = tuple(dim for dim, _ in pairs)
        self.matryoshka_weights = tuple(weight for _, weight in pairs)
        self.n_dims_per_step = n_dims_per_step

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns the way the wrapped loss does: see :meth:`losses.embedding.EmbeddingLoss.run`."""
        if compute is None and model is None and not has_two_halves(self.loss):
            return self._call_as_a_whole(list(sentence_features), labels)
        return run_wrapped(
            self.loss,
            model or self.model,
            sentence_features,
            labels,
            compute or self.compute_loss_from_embeddings,
            separate_first=separate_first,
        )

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | None = None, **given: Any
    ) -> LossValue:
        """Compute the weighted sum of the wrapped loss's values; what else that loss needs is handed on to it.

        Args:
            embeddings: those of the columns, (rows, d), or with further dimensions in between for other wrappers.
            labels: the labels. Those that are embeddings of a teacher, as wide as the model's own, are cut as well.
            given: for the wrapped loss.
        """
        compute = self.inner()
        width = min((each.shape[-1] for each in embeddings), default=0)
        if width < self.matryoshka_dims[0]:
            reject(self, f"embeddings of {width} dimensions", f"{self.matryoshka_dims[0]} at least, the longest asked")
        drawn = self._draw()
        nested = _nested_compute(self.loss)
        if nested is not None and not given and all(each.ndim == 2 for each in embeddings):
            dims, weights = zip(*drawn, strict=True)
            return nested(embeddings, labels, dims, weights)
        return weighted_sum(
            (
                weight,
                compute([truncate(each, dim) for each in embeddings], _cut_labels(labels, dim, width), **given),
            )
            for dim, weight in drawn
        )

    def _draw(self) -> list[tuple[int, float]]:
        """The dimensions of this step, the most first, and their weights."""
        places: Sequence[int] = range(len(self.matryoshka_dims))
        if 0 < self.n_dims_per_step < len(places):
            places = sorted(random.sample(places, self.n_dims_per_step))
        return [(self.matryoshka_dims[place], self.matryoshka_weights[place]) for place in places]

    def _call_as_a_whole(self, columns: list[Features], labels: Tensor | None) -> LossValue:
        """The value with a loss of another library."""
        if caches_gradients(self.loss):
            cut = _CutBatches(self.loss.calculate_loss, self._draw())  # type: ignore[arg-type]
            with replaced(self.loss, calculate_loss=cut):
                value: LossValue = self.loss(columns, labels)
            return value
        model: Any = self.model
        width = _width_of(model)
        once = _EmbedOnce(model.forward)
        values = []
        with replaced(model, forward=once):
            for dim, weight in self._draw():
                once.start(dim)
                values.append(
                    (weight, self.loss(columns, labels if width is None else _cut_labels(labels, dim, width)))
                )
        return weighted_sum(values)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "loss": type(self.loss).__name__,
            "matryoshka_dims": self.matryoshka_dims,
            "matryoshka_weights": self.matryoshka_weights,
            "n_dims_per_step": self.n_dims_per_step,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MATRYOSHKA


def _width_of(model: Any) -> int | None:
    ask = getattr(model, "get_embedding_dimension", None)
    width: int | None = ask() if ask is not None else None
    return width


def _cut_labels(labels: Tensor | None, dim: int, width: int) -> Tensor | None:
    """Labels that look like embeddings, as wide as the model's, cut to these dimensions; any others as they are."""
    if (
        isinstance(labels, Tensor)
        and labels.ndim in (2, 3)
        and labels.shape[-1] == width
        and labels.is_floating_point()
    ):
        return labels[..., :dim]
    return labels


def _nested_compute(loss: nn.Module) -> Compute | None:
    """A loss's way to compute all lengths at once, if it has one that goes with its way to compute one."""
    for cls in type(loss).__mro__:
        if "compute_loss_from_embeddings" in vars(cls):
            return getattr(loss, "compute_nested_loss_from_embeddings", None) if _NESTED in vars(cls) else None
    return None


_NESTED = "compute_nested_loss_from_embeddings"


class _EmbedOnce:
    """A model's forward that gives the embeddings it made first again and again, cut to what is asked."""

    def __init__(self, forward: Callable[..., Mapping[str, Any]]) -> None:
        self.forward = forward
        self.made: list[Mapping[str, Any]] = []
        self.start(0)

    def start(self, dim: int) -> None:
        """From now on give that many dimensions, and what was made first once more."""
        self.dim, self.calls = dim, 0

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if self.calls == len(self.made):
            self.made.append(dict(self.forward(*args, **kwargs)))
        output = self.made[self.calls]
        self.calls += 1
        return {**output, "sentence_embedding": truncate(output["sentence_embedding"], self.dim)}


class _CutBatches:
    """The ``calculate_loss`` of a cached loss of sentence-transformers, for embeddings cut to each length."""

    def __init__(self, calculate: Callable[..., Tensor], drawn: Sequence[tuple[int, float]]) -> None:
        self.calculate = calculate
        self.drawn = drawn

    def __call__(
        self, reps: Sequence[Sequence[Tensor]], *args: Any, with_backward: bool = False, **kwargs: Any
    ) -> LossValue:
        values = []
        for dim, weight in self.drawn:
            cut = [[truncate(each, dim) for each in column] for column in reps]
            leaves = [[each.detach().requires_grad_(with_backward) for each in column] for column in cut]
            value = self.calculate(leaves if with_backward else cut, *args, with_backward=with_backward, **kwargs)
            values.append((weight, value))
            if with_backward:
                flat = [
                    (each, leaf.grad * weight)
                    for a, b in zip(cut, leaves, strict=True)
                    for each, leaf in zip(a, b, strict=True)
                    if leaf.grad is not None
                ]
                torch.autograd.backward([each for each, _ in flat], [gradient for _, gradient in flat])
        return weighted_sum(values)
