"""CoSENTLoss: rank pairs as their scores rank them."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, check_columns, check_one_label_a_row, reject
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import cosent_loss, pairwise_cos_sim
from losses.models import EmbeddingModel


class CoSENTLoss(EmbeddingLoss):
    """Order all pairs of the batch by similarity as their gold scores order them.

    Data: ``pair-score`` (sentence_a, sentence_b, score). Only the order of the scores counts, so any scale will do:
    0 to 1, 0 to 5, or a teacher's scores.

    Recommended: batches large enough to hold many different scores; pairs with equal scores say nothing about each
    other, and a batch whose scores are all equal has a loss of zero.

    Neighbours: AnglELoss is this loss with another similarity. CosineSimilarityLoss fits the values of the scores
    instead of their order, and usually trains a weaker model. With labels 0 and 1 ContrastiveLoss is at home too.

    The maths is in :func:`losses.functional.cosent_loss`; Huang et al. 2024, doi:10.1109/TASLP.2024.3402087.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).

    Example:
        ::

            from losses.sentence_transformer import CoSENTLoss

            loss = CoSENTLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=scored_pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_cos_sim,
    ) -> None:
        super().__init__(model)
        self.similarity_fct = similarity_fct
        self.scale = scale
        self._label_values = LabelValues()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of both columns and the scores, (rows,)."""
        check_columns(self, embeddings, ("sentence_a", "sentence_b"), "pair-score")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one similarity score", "pair-score")
        self._label_values.check_between(self, labels, "a finite similarity score for each row")
        similarities = self.similarity_fct(embeddings[0], embeddings[1])
        if similarities.shape != labels.shape:
            reject(self, f"similarities of shape {tuple(similarities.shape)}", "one a pair: a pairwise similarity_fct")
        return cosent_loss(similarities, labels, scale=self.scale)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"scale": self.scale, "similarity_fct": function_name(self.similarity_fct)}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.COSENT
