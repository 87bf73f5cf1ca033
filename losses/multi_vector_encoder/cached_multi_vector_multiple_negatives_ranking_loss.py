"""CachedMultiVectorMultipleNegativesRankingLoss: InfoNCE token by token, from large batches in little memory."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor

from losses import citations
from losses.gradient_cache import check_mini_batches
from losses.models import Features, MultiVectorModel
from losses.multi_vector_encoder.multi_vector_multiple_negatives_ranking_loss import (
    MultiVectorMultipleNegativesRankingLoss,
)
from losses.tokens import TokenScores, run_cached_tokens


class CachedMultiVectorMultipleNegativesRankingLoss(MultiVectorMultipleNegativesRankingLoss):
    """MultiVectorMultipleNegativesRankingLoss for batches of hundreds of rows: texts go through the model in pieces.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: a large ``per_device_train_batch_size`` and a ``mini_batch_size`` as large as memory allows, which
    changes the speed and nothing else; ``BatchSamplers.NO_DUPLICATES``. Gradient checkpointing saves nothing on top.

    Neighbours: MultiVectorMultipleNegativesRankingLoss is faster where the batch fits into memory, as each text goes
    through the model once.

    The maths is in :func:`losses.functional.colbert_scores` and, on these scores times the scale,
    :func:`losses.functional.cross_entropy_loss`; how gradients are cached in :mod:`losses.gradient_cache`; Gao et al.
    2021, https://arxiv.org/abs/2101.06983.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from token embeddings of queries (n, s, d) and documents (m, k, t, d), and ``queries_mask`` and
            ``documents_mask``, to scores (n, m * k), query by query; None for
            :func:`losses.functional.colbert_scores`.
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead: faster where lengths differ.
        score_mini_batch_size: how many queries are scored at once with a ``similarity_fct`` of your own; None for as
            many as go through the model at once.
        gather_across_devices: use the documents of all processes as negatives.
        show_progress_bar: whether to show progress over the mini-batches.

    Example:
        ::

            from losses.multi_vector_encoder import CachedMultiVectorMultipleNegativesRankingLoss

            loss = CachedMultiVectorMultipleNegativesRankingLoss(model, mini_batch_size=16)
            trainer = MultiVectorEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    #: What sentence-transformers' own wrappers ask for.
    uses_gradient_cache = True

    mini_batch_size: int

    def __init__(
        self,
        model: MultiVectorModel,
        *,
        scale: float = 1.0,
        similarity_fct: TokenScores | None = None,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        score_mini_batch_size: int | None = None,
        gather_across_devices: bool = False,
        show_progress_bar: bool = False,
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            similarity_fct=similarity_fct,
            mini_batch_size=mini_batch_size,
            score_mini_batch_size=mini_batch_size if score_mini_batch_size is None else score_mini_batch_size,
            gather_across_devices=gather_across_devices,
        )
        check_mini_batches(mini_batch_size, mini_batch_num_tokens)
        self.mini_batch_num_tokens = mini_batch_num_tokens
        self.show_progress_bar = show_progress_bar

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> Tensor:
        """Compute the loss of a batch, in mini-batches; ``backward`` sends them through the model once more.

        Args:
            sentence_features: the tokenized columns of the batch, in order: queries, then documents.
            labels: unused.
        """
        return run_cached_tokens(
            self.model,
            sentence_features,
            lambda tokens: self.compute_loss_from_tokens(tokens, labels),
            mini_batch_size=self.mini_batch_size,
            mini_batch_num_tokens=self.mini_batch_num_tokens,
            show_progress_bar=self.show_progress_bar,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {**super().get_config_dict(), "mini_batch_num_tokens": self.mini_batch_num_tokens}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.GRADIENT_CACHE
