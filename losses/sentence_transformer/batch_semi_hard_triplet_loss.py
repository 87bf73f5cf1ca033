"""BatchSemiHardTripletLoss: negatives that are further away than the positive, but not far enough."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from losses.functional import batch_semi_hard_triplet_loss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction
from losses.sentence_transformer.batch_triplet_loss import BatchTripletLoss


class BatchSemiHardTripletLoss(BatchTripletLoss):
    """Triplet loss with the nearest negative that is further away than the positive, for each pair of one class.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each.

    Neighbours: BatchHardTripletLoss takes the nearest negative of all, which may be a mislabeled one;
    BatchAllTripletLoss takes all.

    The maths is in :func:`losses.functional.batch_semi_hard_triplet_loss`; Schroff, Kalenichenko and Philbin 2015,
    https://arxiv.org/abs/1503.03832.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.
        margin: how much further away than a positive a negative ought to be.

    Example:
        ::

            from losses.sentence_transformer import BatchSemiHardTripletLoss

            loss = BatchSemiHardTripletLoss(model)
            args = SentenceTransformerTrainingArguments(..., batch_sampler=BatchSamplers.GROUP_BY_LABEL)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=classes, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: Callable[[Tensor], Tensor] = BatchHardTripletLossDistanceFunction.euclidean_distance,
        margin: float = 5,
    ) -> None:
        super().__init__(model, distance_metric)
        self.margin = margin

    def compute_loss_from_distances(self, distances: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss from the distance of every two rows, (n, n), and the class of each, (n,)."""
        return batch_semi_hard_triplet_loss(distances, labels, margin=self.margin)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), "margin": self.margin}
