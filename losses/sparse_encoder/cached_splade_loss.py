"""CachedSpladeLoss: SpladeLoss for large batches in little memory."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.embedding import Compute, LossValue
from losses.gradient_cache import check_mini_batches, run_cached
from losses.models import EmbeddingModel, Features
from losses.sparse_encoder.splade_loss import SpladeLoss


class CachedSpladeLoss(SpladeLoss):
    """SpladeLoss around any loss of embeddings, whose texts go through the model in mini-batches, twice.

    Data: whatever the main loss takes; the first column holds the queries, the others documents.

    Recommended: a large ``per_device_train_batch_size`` and a ``mini_batch_size`` as large as memory allows. The
    weights are scheduled as those of :class:`~losses.sparse_encoder.SpladeLoss` are.

    Neighbours: SpladeLoss is faster where the batch fits into memory. With a main loss that caches gradients itself,
    SpladeLoss does the same as this.

    The regularisers' maths is in :func:`losses.functional.flops_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Gao et al. 2021, https://arxiv.org/abs/2101.06983, and Formal et al. 2022,
    https://arxiv.org/abs/2205.04733.

    Args:
        model: the sparse encoder to train.
        loss: the main loss, a module with ``compute_loss_from_embeddings(embeddings, labels)``.
        document_regularizer_weight: weight of the documents' regulariser.
        query_regularizer_weight: weight of the queries' regulariser, or None to leave queries alone.
        document_regularizer: another regulariser than FlopsLoss, with ``compute_loss_from_embeddings(embeddings)``.
        query_regularizer: the same for queries.
        document_regularizer_threshold: the threshold of the documents' FlopsLoss.
        query_regularizer_threshold: the threshold of the queries' FlopsLoss.
        use_document_regularizer_only: treat every column as documents, for symmetric data.
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead.
        show_progress_bar: whether to show progress over the mini-batches.

    Example:
        ::

            from losses.sparse_encoder import CachedSpladeLoss, SparseMultipleNegativesRankingLoss

            inner = SparseMultipleNegativesRankingLoss(model)
            loss = CachedSpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    recognised_as = ("sentence_transformers.sparse_encoder.losses", "CachedSpladeLoss")

    #: What sentence-transformers' own wrappers ask for.
    uses_gradient_cache = True

    def __init__(
        self,
        model: EmbeddingModel,
        loss: nn.Module,
        document_regularizer_weight: float,
        query_regularizer_weight: float | None = None,
        document_regularizer: nn.Module | None = None,
        query_regularizer: nn.Module | None = None,
        document_regularizer_threshold: int | None = None,
        query_regularizer_threshold: int | None = None,
        use_document_regularizer_only: bool = False,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        show_progress_bar: bool = False,
    ) -> None:
        check_mini_batches(mini_batch_size, mini_batch_num_tokens)
        super().__init__(
            model,
            loss,
            document_regularizer_weight=document_regularizer_weight,
            query_regularizer_weight=query_regularizer_weight,
            document_regularizer=document_regularizer,
            query_regularizer=query_regularizer,
            document_regularizer_threshold=document_regularizer_threshold,
            query_regularizer_threshold=query_regularizer_threshold,
            use_document_regularizer_only=use_document_regularizer_only,
        )
        self.mini_batch_size = mini_batch_size
        self.mini_batch_num_tokens = mini_batch_num_tokens
        self.show_progress_bar = show_progress_bar

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns in mini-batches: see :meth:`losses.embedding.EmbeddingLoss.run`."""
        wanted = compute or self.compute_loss_from_embeddings
        return run_cached(
            model or self.model,
            list(sentence_features),
            lambda embeddings: wanted(embeddings, labels),
            mini_batch_size=self.mini_batch_size,
            mini_batch_num_tokens=self.mini_batch_num_tokens,
            show_progress_bar=self.show_progress_bar,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            **super().get_config_dict(),
            "mini_batch_size": self.mini_batch_size,
            "mini_batch_num_tokens": self.mini_batch_num_tokens,
        }

    @property
    def citation(self) -> str:
        """The papers, in BibTeX."""
        return citations.GRADIENT_CACHE + citations.SPLADE_DISTILLATION
