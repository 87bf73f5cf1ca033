"""SparseCosineSimilarityLoss: the cosine similarity of a pair as its score says, for sparse encoders."""

from torch import nn

from losses.models import EmbeddingModel
from losses.sentence_transformer import CosineSimilarityLoss
from losses.sparse_encoder.inner import InnerLoss


class SparseCosineSimilarityLoss(InnerLoss, CosineSimilarityLoss):
    """The cosine similarity of a pair as its score says, for sparse encoders.

    Data: ``pair-score`` (sentence_a, sentence_b, score).

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseCoSENTLoss fits the order of the scores instead of their values.

    The maths is in :func:`losses.functional.cosine_similarity_loss`; Reimers and Gurevych 2019,
    https://arxiv.org/abs/1908.10084.

    Args:
        model: the sparse encoder to train.
        loss_fct: from the similarities and the scores, both (n,), to the loss.
        cos_score_transformation: applied to the similarities first.

    Example:
        ::

            from losses.sparse_encoder import SparseCosineSimilarityLoss, SpladeLoss

            inner = SparseCosineSimilarityLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        loss_fct: nn.Module = nn.MSELoss(),  # noqa: B008 - has no state
        cos_score_transformation: nn.Module = nn.Identity(),  # noqa: B008 - has no state
    ) -> None:
        super().__init__(model, loss_fct=loss_fct, cos_score_transformation=cos_score_transformation)
