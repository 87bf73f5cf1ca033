"""SparseMarginMSELoss: margins between positive and negative as a teacher sees them, for sparse encoders."""

from collections.abc import Callable

from torch import Tensor

from losses.functional import pairwise_dot_score
from losses.models import EmbeddingModel
from losses.sentence_transformer import MarginMSELoss
from losses.sparse_encoder.inner import InnerLoss


class SparseMarginMSELoss(InnerLoss, MarginMSELoss):
    """Margins between positive and negative as a teacher sees them, for sparse encoders.

    Data: ``triplet-margin`` or ``n-tuple-margins`` (query, positive, negative, ..., margins), or ``triplet-scores`` or
    ``n-tuple-scores`` with the teacher's score of the positive and of each negative.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseDistillKLDivLoss copies the teacher's softmax instead.

    The maths is in :func:`losses.functional.margin_mse_loss`; Hofstätter et al. 2020,
    https://arxiv.org/abs/2010.02666.

    Args:
        model: the sparse encoder to train.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).

    Example:
        ::

            from losses.sparse_encoder import SparseMarginMSELoss, SpladeLoss

            inner = SparseMarginMSELoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_dot_score,
    ) -> None:
        super().__init__(model, similarity_fct=similarity_fct)
