"""CachedMultipleNegativesRankingLoss: InfoNCE from large batches in little memory."""

from typing import Any

from losses import citations
from losses.functional import cos_sim
from losses.functional.multiple_negatives_ranking import Direction, HardnessMode, PartitionMode, Similarity
from losses.gradient_cache import CachedEmbeddingLoss
from losses.models import EmbeddingModel
from losses.sentence_transformer.multiple_negatives_ranking_loss import MultipleNegativesRankingLoss


class CachedMultipleNegativesRankingLoss(CachedEmbeddingLoss, MultipleNegativesRankingLoss):
    """MultipleNegativesRankingLoss for batches of thousands of rows: texts go through the model in mini-batches.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: a large ``per_device_train_batch_size`` and a ``mini_batch_size`` as large as memory allows, which
    changes the speed and nothing else; ``BatchSamplers.NO_DUPLICATES``. Gradient checkpointing saves nothing on top.

    Neighbours: MultipleNegativesRankingLoss is faster where the batch fits into memory, as each text goes through the
    model once. CachedGISTEmbedLoss takes likely false negatives out.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Gao et al. 2021, https://arxiv.org/abs/2101.06983.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead: faster where lengths differ.
        gather_across_devices: use the documents of all processes as negatives.
        directions: what is compared with what.
        partition_mode: one softmax over everything, or one for each direction.
        show_progress_bar: whether to show progress over the mini-batches.
        hardness_mode: which negatives weigh more the nearer they are.
        hardness_strength: how much more.

    Example:
        ::

            from losses.sentence_transformer import CachedMultipleNegativesRankingLoss

            loss = CachedMultipleNegativesRankingLoss(model, mini_batch_size=64)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Similarity = cos_sim,
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
            gather_across_devices=gather_across_devices,
            directions=directions,
            partition_mode=partition_mode,
            hardness_mode=hardness_mode,
            hardness_strength=hardness_strength,
        )
        self.set_mini_batches(mini_batch_size, mini_batch_num_tokens, show_progress_bar)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            **super().get_config_dict(),
            "mini_batch_size": self.mini_batch_size,
            "mini_batch_num_tokens": self.mini_batch_num_tokens,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.GRADIENT_CACHE
