"""BatchHardTripletLoss: the hardest triplet of each anchor in a batch."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from losses.functional import batch_hard_triplet_loss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction
from losses.sentence_transformer.batch_triplet_loss import BatchTripletLoss


class BatchHardTripletLoss(BatchTripletLoss):
    """Triplet loss with the farthest text of the same class and the nearest of another, for each text of the batch.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each. Mislabeled texts are the hardest of all, so the labels had better be right.

    Neighbours: BatchHardSoftMarginTripletLoss needs no margin, BatchSemiHardTripletLoss and BatchAllTripletLoss are
    less sensitive to wrong labels.

    The maths is in :func:`losses.functional.batch_hard_triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.
        margin: how much further away than a positive a negative ought to be.

    Example:
        ::

            from losses.sentence_transformer import BatchHardTripletLoss

            loss = BatchHardTripletLoss(model)
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
        self.triplet_margin = margin

    def compute_loss_from_distances(self, distances: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss from the distance of every two rows, (n, n), and the class of each, (n,)."""
        return batch_hard_triplet_loss(distances, labels, margin=self.triplet_margin)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), "margin": self.triplet_margin}
