"""SparseAnglELoss: rank pairs as their scores rank them, by the angle between embeddings."""

from losses.models import EmbeddingModel
from losses.sentence_transformer import AnglELoss
from losses.sparse_encoder.inner import InnerLoss


class SparseAnglELoss(InnerLoss, AnglELoss):
    """Rank pairs as their scores rank them, by the angle between complex embeddings, for sparse encoders.

    Data: ``pair-score`` (sentence_a, sentence_b, score), or ``triplet`` and ``n-tuple`` without labels, as for
    :class:`losses.sentence_transformer.AnglELoss`.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseCoSENTLoss, the same with the cosine.

    The maths is in :func:`losses.functional.cosent_loss`; Li and Li 2023, https://arxiv.org/abs/2309.12871.

    Args:
        model: the sparse encoder to train.
        scale: the inverse temperature.

    Example:
        ::

            from losses.sparse_encoder import SparseAnglELoss, SpladeLoss

            inner = SparseAnglELoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
    ) -> None:
        super().__init__(model, scale=scale)
