"""CachedMultipleNegativesSymmetricRankingLoss: InfoNCE both ways, from large batches in little memory."""

from losses.functional import cos_sim
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel
from losses.sentence_transformer.cached_multiple_negatives_ranking_loss import CachedMultipleNegativesRankingLoss


class CachedMultipleNegativesSymmetricRankingLoss(CachedMultipleNegativesRankingLoss):
    """MultipleNegativesSymmetricRankingLoss for batches of thousands of rows.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: a large ``per_device_train_batch_size``, a ``mini_batch_size`` as large as memory allows, and
    ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: this is CachedMultipleNegativesRankingLoss with ``directions=("query_to_doc", "doc_to_query")`` and
    ``partition_mode="per_direction"``; sentence-transformers calls the name deprecated.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Gao et al. 2021, https://arxiv.org/abs/2101.06983.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead.
        gather_across_devices: use the documents of all processes as negatives.
        show_progress_bar: whether to show progress over the mini-batches.

    Example:
        ::

            from losses.sentence_transformer import CachedMultipleNegativesSymmetricRankingLoss

            loss = CachedMultipleNegativesSymmetricRankingLoss(model, mini_batch_size=64)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=paraphrases, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Similarity = cos_sim,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        gather_across_devices: bool = False,
        show_progress_bar: bool = False,
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            similarity_fct=similarity_fct,
            mini_batch_size=mini_batch_size,
            mini_batch_num_tokens=mini_batch_num_tokens,
            gather_across_devices=gather_across_devices,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
            show_progress_bar=show_progress_bar,
        )
