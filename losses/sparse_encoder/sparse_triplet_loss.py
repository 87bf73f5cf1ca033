"""SparseTripletLoss: the negative further from the anchor than the positive, for sparse encoders."""

from collections.abc import Callable

from torch import Tensor

from losses.models import EmbeddingModel
from losses.sentence_transformer import TripletDistanceMetric, TripletLoss
from losses.sparse_encoder.inner import InnerLoss


class SparseTripletLoss(InnerLoss, TripletLoss):
    """The negative further from the anchor than the positive, for sparse encoders.

    Data: ``triplet`` (anchor, positive, negative), without labels.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseMultipleNegativesRankingLoss takes the same triplets and compares with the whole batch.

    The maths is in :func:`losses.functional.triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the sparse encoder to train.
        distance_metric: one of :class:`~losses.sentence_transformer.TripletDistanceMetric`, or a function of your own.
        triplet_margin: how much further away than the positive the negative ought to be.

    Example:
        ::

            from losses.sparse_encoder import SparseTripletLoss, SpladeLoss

            inner = SparseTripletLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: Callable[[Tensor, Tensor], Tensor] = TripletDistanceMetric.EUCLIDEAN,
        triplet_margin: float = 5,
    ) -> None:
        super().__init__(model, distance_metric=distance_metric, triplet_margin=triplet_margin)
