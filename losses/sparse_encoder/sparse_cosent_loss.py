"""SparseCoSENTLoss: rank pairs as their scores rank them, for sparse encoders."""

from collections.abc import Callable

from torch import Tensor

from losses.functional import pairwise_cos_sim
from losses.models import EmbeddingModel
from losses.sentence_transformer import CoSENTLoss
from losses.sparse_encoder.inner import InnerLoss


class SparseCoSENTLoss(InnerLoss, CoSENTLoss):
    """Rank pairs as their scores rank them, for sparse encoders.

    Data: ``pair-score`` (sentence_a, sentence_b, score); only the order of the scores counts.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseAnglELoss is this loss with another similarity, SparseCosineSimilarityLoss fits values.

    The maths is in :func:`losses.functional.cosent_loss`; Huang et al. 2024, doi:10.1109/TASLP.2024.3402087.

    Args:
        model: the sparse encoder to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).

    Example:
        ::

            from losses.sparse_encoder import SparseCoSENTLoss, SpladeLoss

            inner = SparseCoSENTLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_cos_sim,
    ) -> None:
        super().__init__(model, scale=scale, similarity_fct=similarity_fct)
