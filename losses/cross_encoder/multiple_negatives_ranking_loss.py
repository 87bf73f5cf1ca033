"""MultipleNegativesRankingLoss for cross-encoders: the positive against sampled negatives."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import UnusedLabels
from losses.configuration import full_name
from losses.functional import softmax_ranking_loss
from losses.models import CrossEncoderModel
from losses.scoring import Column, check_cross_encoder, check_text_columns, score_pairs


class MultipleNegativesRankingLoss(nn.Module):
    """For each anchor, pick its positive among its hard negatives and some documents of other anchors.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels. The model has one output label.

    Every negative costs a pass of the anchors through the model, ``num_negatives`` and hard ones alike; the sampled
    ones are drawn anew from the other rows of each batch, with torch's random numbers.

    Recommended: ``BatchSamplers.NO_DUPLICATES``, since a text that occurs twice in a batch would be its own negative,
    and hard negatives, ``advisor convert DATA --output-format triplet -o OUT``: random ones are easy for a
    cross-encoder.

    Neighbours: CachedMultipleNegativesRankingLoss computes the same in little memory. BinaryCrossEntropyLoss and
    LambdaLoss take negatives with labels.

    The maths is in :func:`losses.functional.softmax_ranking_loss`; Henderson et al. 2017,
    https://arxiv.org/abs/1705.00652, section 4.4.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        num_negatives: how many documents of other anchors to draw for each anchor, or None for all of them; 0 leaves
            only the hard negatives.
        scale: what the activated logits are multiplied by, an inverse temperature.
        activation_fn: applied to the logits first; None is the identity.

    Example:
        ::

            from losses.cross_encoder import MultipleNegativesRankingLoss

            loss = MultipleNegativesRankingLoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    model: CrossEncoderModel

    def __init__(
        self,
        model: CrossEncoderModel,
        num_negatives: int | None = 4,
        scale: float = 10.0,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Sigmoid(),  # noqa: B008 - has no state
    ) -> None:
        super().__init__()
        check_cross_encoder(self, model, num_labels=1)
        if num_negatives is not None and num_negatives < 0:
            raise ValueError(f"num_negatives must be None, 0 or more, not {num_negatives!r}.")
        self.model = model
        self.num_negatives = num_negatives
        self.scale = scale
        self.activation_fn = activation_fn
        self._unused_labels = UnusedLabels()

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
        # The positives go first: the draw of negatives takes its random numbers after the dropout of this pass.
        scores = [score_pairs(self, self.model, anchors, documents[0], prompt, task)]
        columns = [*self._draw_negatives(documents), *documents[1:]]
        scores += [score_pairs(self, self.model, anchors, column, prompt, task) for column in columns]
        return self.compute_loss_from_scores(torch.cat(scores, dim=1))

    def compute_loss_from_scores(self, logits: Tensor) -> Tensor:
        """Compute the loss from the scores of each anchor's documents, (rows, documents), the positive's first."""
        if self.activation_fn is not None:
            logits = self.activation_fn(logits)
        if self.scale:
            logits = logits * self.scale
        return softmax_ranking_loss(logits)

    def _draw_negatives(self, documents: Sequence[Column]) -> list[list[str]]:
        """Columns of documents of other anchors, ``num_negatives`` for each anchor."""
        rows = len(documents[0])
        candidates = [document for column in documents for document in column]
        others = ~torch.eye(rows, dtype=torch.bool).repeat(1, len(documents))
        available = (rows - 1) * len(documents)
        if self.num_negatives == 0:
            return []
        if self.num_negatives is not None and self.num_negatives < available:
            drawn = torch.multinomial(others.float(), self.num_negatives)
        else:
            drawn = others.nonzero()[:, 1].view(rows, available)
        return [[candidates[index] for index in column] for column in drawn.T.tolist()]

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "scale": self.scale,
            "num_negatives": self.num_negatives,
            "activation_fn": full_name(self.activation_fn),
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SMART_REPLY
