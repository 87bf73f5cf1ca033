"""CachedMultipleNegativesRankingLoss for cross-encoders: large batches in little memory."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss
from losses.gradient_cache import cached, check_mini_batches, progress_bar
from losses.models import CrossEncoderModel
from losses.scoring import Column, check_text_columns, score_pairs


class CachedMultipleNegativesRankingLoss(MultipleNegativesRankingLoss):
    """MultipleNegativesRankingLoss whose pairs go through the model in mini-batches, twice.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels. The model has one output label.

    Recommended: many negatives, which cost time and no memory; ``BatchSamplers.NO_DUPLICATES``, and mined hard
    negatives, ``advisor convert DATA --output-format triplet -o OUT``.

    Neighbours: MultipleNegativesRankingLoss is faster where all pairs fit into memory.

    The maths is in :func:`losses.functional.softmax_ranking_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Gao et al. 2021, https://arxiv.org/abs/2101.06983.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        num_negatives: how many documents of other anchors to draw for each anchor, or None for all of them; 0 leaves
            only the hard negatives.
        scale: what the activated logits are multiplied by, an inverse temperature.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs go through the model at once.
        show_progress_bar: whether to show progress over the mini-batches.

    Example:
        ::

            from losses.cross_encoder import CachedMultipleNegativesRankingLoss

            loss = CachedMultipleNegativesRankingLoss(model, num_negatives=16, mini_batch_size=32)
            trainer = CrossEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    #: What sentence-transformers' own wrappers ask for.
    uses_gradient_cache = True

    def __init__(
        self,
        model: CrossEncoderModel,
        num_negatives: int | None = 4,
        scale: float = 10.0,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Sigmoid(),  # noqa: B008 - has no state
        mini_batch_size: int = 32,
        show_progress_bar: bool = False,
    ) -> None:
        super().__init__(model, num_negatives=num_negatives, scale=scale, activation_fn=activation_fn)
        check_mini_batches(mini_batch_size)
        self.mini_batch_size = mini_batch_size
        self.show_progress_bar = show_progress_bar

    def forward(
        self,
        inputs: Sequence[Column],
        labels: Tensor | None = None,
        prompt: str | None = None,
        task: str | None = None,
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the columns of anchors, positives and any hard negatives.
            labels: unused.
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        check_text_columns(self, inputs, ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "labeled-pair")
        anchors, *documents = inputs
        columns = [documents[0], *self._draw_negatives(documents), *documents[1:]]
        first = [anchor for _ in columns for anchor in anchors]
        second = [document for column in columns for document in column]
        size, rows = self.mini_batch_size, len(anchors)
        starts = range(0, len(first), size)
        shown = progress_bar(2 * len(starts)) if self.show_progress_bar else None

        def piece(start: int) -> Tensor:
            end = start + size
            scores = score_pairs(self, self.model, first[start:end], second[start:end], prompt, task)
            if shown is not None:
                shown.update()
            return scores.view(-1)

        def compute(scores: list[Tensor]) -> Tensor:
            return self.compute_loss_from_scores(scores[0].view(-1, rows).T)

        value = cached([[partial(piece, start) for start in starts]], compute, self.model)
        assert isinstance(value, Tensor)
        return value

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), "mini_batch_size": self.mini_batch_size}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.GRADIENT_CACHE
