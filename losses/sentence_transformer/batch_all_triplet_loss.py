"""BatchAllTripletLoss: every triplet that a batch of classes holds."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from losses.functional import batch_all_triplet_loss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction
from losses.sentence_transformer.batch_triplet_loss import BatchTripletLoss


class BatchAllTripletLoss(BatchTripletLoss):
    """Triplet loss over all triplets of the batch: two texts of one class and a third of another.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each; without a triplet the loss is zero.

    Neighbours: BatchHardTripletLoss takes the hardest positive and negative of each anchor only,
    BatchSemiHardTripletLoss those negatives that are further away than the positive, BatchHardSoftMarginTripletLoss
    needs no margin.

    The maths is in :func:`losses.functional.batch_all_triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.
        margin: how much further away than a positive a negative ought to be.

    Example:
        ::

            from losses.sentence_transformer import BatchAllTripletLoss

            loss = BatchAllTripletLoss(model)
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
        return batch_all_triplet_loss(distances, labels, margin=self.triplet_margin)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), "margin": self.triplet_margin}
