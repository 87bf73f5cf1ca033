"""SparseCachedMultipleNegativesRankingLoss: in-batch negatives from large batches in little memory."""

from losses.functional import dot_score
from losses.functional.multiple_negatives_ranking import Direction, HardnessMode, PartitionMode, Similarity
from losses.models import EmbeddingModel
from losses.sentence_transformer import CachedMultipleNegativesRankingLoss


class SparseCachedMultipleNegativesRankingLoss(CachedMultipleNegativesRankingLoss):
    """In-batch negatives from large batches in little memory, for sparse encoders.

    Data: ``pair``, ``triplet`` or ``n-tuple``, without labels.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, whose
    regularizers then see the whole batch too; alone it trains, but lets embeddings become dense. A large
    ``per_device_train_batch_size``, a ``mini_batch_size`` as large as memory allows, ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: SparseMultipleNegativesRankingLoss where the batch fits into memory;
    :class:`~losses.sparse_encoder.CachedSpladeLoss` caches around any loss. sentence-transformers has none of this
    name: it is the dense one with the dot product and a scale of 1.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Gao et al. 2021, https://arxiv.org/abs/2101.06983.

    Args:
        model: the sparse encoder to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead.
        gather_across_devices: use the documents of all processes as negatives.
        directions: what is compared with what.
        partition_mode: one softmax over everything, or one for each direction.
        show_progress_bar: whether to show progress over the mini-batches.
        hardness_mode: which negatives weigh more the nearer they are.
        hardness_strength: how much more.

    Example:
        ::

            from losses.sparse_encoder import SparseCachedMultipleNegativesRankingLoss, SpladeLoss

            inner = SparseCachedMultipleNegativesRankingLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 1.0,
        similarity_fct: Similarity = dot_score,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        gather_across_devices: bool = False,
        directions: tuple[Direction, ...] = ("query_to_doc",),
        partition_mode: PartitionMode = "joint",
        show_progress_bar: bool = False,
        hardness_mode: HardnessMode | None = None,
        hardness_strength: float = 0.0,
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            similarity_fct=similarity_fct,
            mini_batch_size=mini_batch_size,
            mini_batch_num_tokens=mini_batch_num_tokens,
            gather_across_devices=gather_across_devices,
            directions=directions,
            partition_mode=partition_mode,
            show_progress_bar=show_progress_bar,
            hardness_mode=hardness_mode,
            hardness_strength=hardness_strength,
        )
