"""BatchHardSoftMarginTripletLoss: the hardest triplet of each anchor, without a margin to set."""

from torch import Tensor

from losses.functional import batch_hard_soft_margin_triplet_loss
from losses.sentence_transformer.batch_triplet_loss import BatchTripletLoss


class BatchHardSoftMarginTripletLoss(BatchTripletLoss):
    """Triplet loss with the hardest triplet of each text of the batch, which goes on pulling past any margin.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each.

    Neighbours: BatchHardTripletLoss stops at a margin, BatchAllTripletLoss and BatchSemiHardTripletLoss look at more
    than the hardest triplet.

    The maths is in :func:`losses.functional.batch_hard_soft_margin_triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.

    Example:
        ::

            from losses.sentence_transformer import BatchHardSoftMarginTripletLoss

            loss = BatchHardSoftMarginTripletLoss(model)
            args = SentenceTransformerTrainingArguments(..., batch_sampler=BatchSamplers.GROUP_BY_LABEL)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=classes, loss=loss)
    """

    def compute_loss_from_distances(self, distances: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss from the distance of every two rows, (n, n), and the class of each, (n,)."""
        return batch_hard_soft_margin_triplet_loss(distances, labels)
