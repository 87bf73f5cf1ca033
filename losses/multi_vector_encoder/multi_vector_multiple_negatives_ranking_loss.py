"""MultiVectorMultipleNegativesRankingLoss: InfoNCE with in-batch negatives, token by token."""

import functools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.configuration import function_name
from losses.distributed import all_gather_padded, rank
from losses.functional import colbert_scores, cross_entropy_loss, mean_colbert_scores
from losses.functional.blocks import reduce_by_rows
from losses.gradient_cache import check_mini_batches
from losses.models import MultiVectorModel
from losses.tokens import MultiVectorLoss, Tokens, TokenScores, stack_columns


class MultiVectorMultipleNegativesRankingLoss(MultiVectorLoss):
    """For each query, pick its positive among all documents of the batch, comparing texts token by token.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels. The positives and negatives of the other queries are negatives too.

    Recommended: batches as large as memory allows and ``BatchSamplers.NO_DUPLICATES``. The score is a sum over the
    query's tokens, so that a scale of 1 is enough; with :func:`losses.functional.mean_colbert_scores`, take one of
    about the number of a query's tokens.

    Neighbours: CachedMultiVectorMultipleNegativesRankingLoss computes the same in little memory, for large batches.
    With a teacher's scores use MultiVectorDistillKLDivLoss or MultiVectorMarginMSELoss.

    The maths is in :func:`losses.functional.colbert_scores` and, on these scores times the scale,
    :func:`losses.functional.cross_entropy_loss`; Khattab and Zaharia 2020, https://arxiv.org/abs/2004.12832.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from token embeddings of queries (n, s, d) and documents (m, k, t, d), and ``queries_mask`` and
            ``documents_mask``, to scores (n, m * k), query by query; None for
            :func:`losses.functional.colbert_scores`.
        mini_batch_size: how many documents go through the model at once, each mini-batch padded for itself: less
            padding where lengths differ. None for all.
        score_mini_batch_size: how many queries are scored at once, to save memory with a ``similarity_fct`` of your
            own; the default needs no such care. None for all.
        gather_across_devices: use the documents of all processes as negatives, for training on several GPUs. Every
            process must have the same number of rows. Without a process group it changes nothing.

    Example:
        ::

            from losses.multi_vector_encoder import MultiVectorMultipleNegativesRankingLoss

            loss = MultiVectorMultipleNegativesRankingLoss(model)
            trainer = MultiVectorEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: MultiVectorModel,
        *,
        scale: float = 1.0,
        similarity_fct: TokenScores | None = None,
        mini_batch_size: int | None = None,
        score_mini_batch_size: int | None = None,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(model, mini_batch_size)
        if not scale > 0:
            raise ValueError(f"scale must be positive, not {scale!r}.")
        if score_mini_batch_size is not None:
            check_mini_batches(score_mini_batch_size, name="score_mini_batch_size")
        self.scale = scale
        self.similarity_fct = similarity_fct if similarity_fct is not None else colbert_scores
        self.score_mini_batch_size = score_mini_batch_size
        self.gather_across_devices = gather_across_devices
        self._unused_labels = UnusedLabels()

    def compute_loss_from_tokens(self, tokens: Sequence[Tokens], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the tokens of the queries, the positives and any negatives; labels are unused."""
        check_columns(self, [each.mask for each in tokens], ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "triplet")
        queries, documents = tokens[0], stack_columns(tokens[1:])
        rows, columns = documents.mask.shape[:2]
        own = torch.arange(rows, device=queries.embeddings.device)
        if self.gather_across_devices:
            own = own + rank() * rows
            documents = Tokens(*all_gather_padded(*documents))

        def scores(block: slice, query_tokens: Tensor, document_tokens: Tensor) -> Tensor:
            each = self.similarity_fct(
                query_tokens[block],
                document_tokens,
                queries_mask=queries.mask[block],
                documents_mask=documents.mask,
            )
            return each * self.scale

        def terms(block: slice, *both: Tensor) -> Tensor:
            return cross_entropy_loss(scores(block, *both), own[block] * columns, reduction="none")

        everything = slice(0, rows)
        both = [queries.embeddings, documents.embeddings]
        size = self.score_mini_batch_size
        if size is None or _works_in_blocks(self.similarity_fct):
            return cross_entropy_loss(scores(everything, *both), own * columns)
        if isinstance(self.similarity_fct, nn.Module):  # whose parameters want gradients as well
            blocks = [slice(start, start + size) for start in range(0, rows, size)]
            return cross_entropy_loss(torch.cat([scores(block, *both) for block in blocks]), own * columns)
        return reduce_by_rows(terms, both, everything, documents.mask[..., 0].numel(), size=size)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "scale": self.scale,
            "similarity_fct": function_name(self.similarity_fct),
            "mini_batch_size": self.mini_batch_size,
            "score_mini_batch_size": self.score_mini_batch_size,
            "gather_across_devices": self.gather_across_devices,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SMART_REPLY


def _works_in_blocks(similarity: Any) -> bool:
    """Whether these scores take little memory however many queries there are."""
    own = similarity.func if isinstance(similarity, functools.partial) else similarity
    return own in (colbert_scores, mean_colbert_scores)
