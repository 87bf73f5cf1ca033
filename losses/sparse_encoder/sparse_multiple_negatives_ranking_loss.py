"""SparseMultipleNegativesRankingLoss: InfoNCE for sparse encoders."""

from losses.functional import dot_score
from losses.functional.multiple_negatives_ranking import Direction, HardnessMode, PartitionMode, Similarity
from losses.models import EmbeddingModel
from losses.sentence_transformer import MultipleNegativesRankingLoss
from losses.sparse_encoder.inner import InnerLoss


class SparseMultipleNegativesRankingLoss(InnerLoss, MultipleNegativesRankingLoss):
    """For each anchor, pick its positive among all documents of the batch, by the dot product of sparse embeddings.

    Data: ``pair``, ``triplet`` or ``n-tuple``, without labels, as for
    :class:`losses.sentence_transformer.MultipleNegativesRankingLoss`; only the defaults for similarity and scale
    differ. Recommended, as there: large batches and ``BatchSamplers.NO_DUPLICATES``.

    On its own this loss would train dense embeddings, so it is to be used inside a loss that keeps them sparse:
    :class:`~losses.sparse_encoder.SpladeLoss` or CSRLoss.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`; van den Oord et al. 2018,
    https://arxiv.org/abs/1807.03748.

    Args:
        model: the sparse encoder to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        gather_across_devices: use the documents of all processes as negatives.
        directions: what is compared with what.
        partition_mode: one softmax over everything, or one for each direction.
        hardness_mode: which negatives weigh more the nearer they are.
        hardness_strength: how much more.

    Example:
        ::

            from losses.sparse_encoder import SparseMultipleNegativesRankingLoss, SpladeLoss

            inner = SparseMultipleNegativesRankingLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 1.0,
        similarity_fct: Similarity = dot_score,
        gather_across_devices: bool = False,
        directions: tuple[Direction, ...] = ("query_to_doc",),
        partition_mode: PartitionMode = "joint",
        hardness_mode: HardnessMode | None = None,
        hardness_strength: float = 0.0,
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            similarity_fct=similarity_fct,
            gather_across_devices=gather_across_devices,
            directions=directions,
            partition_mode=partition_mode,
            hardness_mode=hardness_mode,
            hardness_strength=hardness_strength,
        )
