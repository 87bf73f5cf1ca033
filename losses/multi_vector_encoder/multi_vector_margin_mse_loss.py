"""MultiVectorMarginMSELoss: margins between positive and negative, token by token, as a teacher sees them."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from losses import citations
from losses.checks import LabelValues, check_columns, check_margins
from losses.configuration import function_name
from losses.functional import colbert_scores_pairwise, margin_mse_loss
from losses.models import MultiVectorModel
from losses.tokens import MultiVectorLoss, Tokens, TokenScores


class MultiVectorMarginMSELoss(MultiVectorLoss):
    """Make the margin between a query's positive and negatives what a teacher says it is.

    Data: ``triplet-margin`` or ``n-tuple-margins`` (query, positive, negative, ..., margins), one margin a negative, or
    ``triplet-scores`` or ``n-tuple-scores`` with the teacher's score of the positive and of each negative.

    Recommended: a cross-encoder as the teacher. The scores to follow are sums over the query's tokens, which range from
    0 to about their number; bring the teacher's to a similar range. The positive need not be the better document: the
    teacher decides.

    Neighbours: MultiVectorDistillKLDivLoss copies the teacher's softmax over all documents, whatever their range.

    The maths is in :func:`losses.functional.margin_mse_loss`, on scores of
    :func:`losses.functional.colbert_scores_pairwise`; Hofstätter et al. 2020, https://arxiv.org/abs/2010.02666.

    Args:
        model: the model to train.
        similarity_fct: from token embeddings of queries (n, s, d) and documents (n, t, d), and ``queries_mask`` and
            ``documents_mask``, to the score of each pair (n,); None for
            :func:`losses.functional.colbert_scores_pairwise`.
        mini_batch_size: how many documents go through the model at once, each mini-batch padded for itself: less
            padding where lengths differ. None for all.

    Example:
        ::

            from losses.multi_vector_encoder import MultiVectorMarginMSELoss

            loss = MultiVectorMarginMSELoss(model)
            trainer = MultiVectorEncoderTrainer(model=model, train_dataset=margins, loss=loss)
    """

    def __init__(
        self,
        model: MultiVectorModel,
        *,
        similarity_fct: TokenScores | None = None,
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, mini_batch_size)
        self.similarity_fct = similarity_fct if similarity_fct is not None else colbert_scores_pairwise
        self._label_values = LabelValues()

    def compute_loss_from_tokens(self, tokens: Sequence[Tokens], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the tokens of query, positive and negatives, and the margins or scores."""
        names = ("query", "positive", "negative")
        check_columns(self, [each.mask for each in tokens], names, "n-tuple-margins", more=True)
        queries, *documents = tokens
        margins = check_margins(self, labels, len(queries.mask), len(documents) - 1, self._label_values)
        scores = [
            self.similarity_fct(
                queries.embeddings, each.embeddings, queries_mask=queries.mask, documents_mask=each.mask
            )
            for each in documents
        ]
        return margin_mse_loss(scores[0], torch.stack(scores[1:], dim=1), margins)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"similarity_fct": function_name(self.similarity_fct), "mini_batch_size": self.mini_batch_size}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MARGIN_MSE
