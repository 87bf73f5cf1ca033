"""MarginMSELoss: margins between positive and negative as a teacher sees them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from losses import citations
from losses.checks import LabelValues, check_columns, check_margins
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import margin_mse_loss, pairwise_dot_score
from losses.models import EmbeddingModel


class MarginMSELoss(EmbeddingLoss):
    """Make the margin between a query's positive and negatives what a teacher says it is.

    Data: ``triplet-margin`` or ``n-tuple-margins`` (query, positive, negative, ..., margins), one margin a negative, or
    ``triplet-scores`` or ``n-tuple-scores`` with the teacher's score of the positive and of each negative.

    Recommended: a cross-encoder as the teacher, whose raw scores the dot product can follow. The positive need not be
    the better document: the teacher decides.

    Neighbours: DistillKLDivLoss copies the teacher's softmax over all documents. Both suit dot products better than
    cosines, which are bounded.

    The maths is in :func:`losses.functional.margin_mse_loss`; Hofstätter et al. 2020,
    https://arxiv.org/abs/2010.02666.

    Args:
        model: the model to train.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).

    Example:
        ::

            from losses.sentence_transformer import MarginMSELoss

            loss = MarginMSELoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=margins, loss=loss)
    """

    def __init__(
        self, model: EmbeddingModel, similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_dot_score
    ) -> None:
        super().__init__(model)
        self.similarity_fct = similarity_fct
        self._label_values = LabelValues()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of query, positive and negatives, and the margins or scores."""
        check_columns(self, embeddings, ("query", "positive", "negative"), "n-tuple-margins", more=True)
        margins = check_margins(self, labels, len(embeddings[0]), len(embeddings) - 2, self._label_values)
        queries, positives, *negatives = embeddings
        scores = [self.similarity_fct(queries, each) for each in negatives]
        negative_scores = torch.stack(scores, dim=1) if len(scores) > 1 else scores[0][:, None]
        return margin_mse_loss(self.similarity_fct(queries, positives), negative_scores, margins)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"similarity_fct": function_name(self.similarity_fct)}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MARGIN_MSE
