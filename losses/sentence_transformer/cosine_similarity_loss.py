"""CosineSimilarityLoss: cosine similarities as gold scores."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.checks import LabelValues, check_columns, check_one_label_a_row
from losses.configuration import full_name
from losses.embedding import EmbeddingLoss
from losses.functional import cosine_similarity_loss
from losses.models import EmbeddingModel


class CosineSimilarityLoss(EmbeddingLoss):
    """Bring the cosine similarity of each pair to its gold score, by mean squared error.

    Data: ``pair-score`` (sentence_a, sentence_b, score) with scores that a cosine can reach: 0 to 1 as a rule, -1 to 1
    at most. Scores of 0 to 5 are to be divided by 5 first, or met by a ``cos_score_transformation``.

    Neighbours: CoSENTLoss (and AnglELoss) on the same data compare scores with each other instead, do not care about
    their scale, and usually train a better model.

    The maths is in :func:`losses.functional.cosine_similarity_loss`; the regression objective of Reimers and Gurevych
    2019, https://arxiv.org/abs/1908.10084.

    Args:
        model: the model to train.
        loss_fct: compares the similarities (n,) with the scores (n,).
        cos_score_transformation: applied to the cosine similarities first.

    Example:
        ::

            from losses.sentence_transformer import CosineSimilarityLoss

            loss = CosineSimilarityLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=scored_pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        loss_fct: Callable[[Tensor, Tensor], Tensor] = nn.MSELoss(),  # noqa: B008 - has no state
        cos_score_transformation: Callable[[Tensor], Tensor] = nn.Identity(),  # noqa: B008 - has no state
    ) -> None:
        super().__init__(model)
        self.loss_fct = loss_fct
        self.cos_score_transformation = cos_score_transformation
        self._label_values = LabelValues()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of both columns and the scores, (rows,)."""
        check_columns(self, embeddings, ("sentence_a", "sentence_b"), "pair-score")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one similarity score", "pair-score")
        if isinstance(self.loss_fct, nn.MSELoss) and isinstance(self.cos_score_transformation, nn.Identity):
            self._label_values.check_between(
                self,
                labels,
                "scores that a cosine can reach, -1 to 1: divide them by their maximum, use a "
                "cos_score_transformation, or use CoSENTLoss, to which their scale does not matter",
                low=-1.001,
                high=1.001,
            )
        else:
            self._label_values.check_between(self, labels, "a finite similarity score for each row")
        return cosine_similarity_loss(
            embeddings[0],
            embeddings[1],
            labels,
            transformation=self.cos_score_transformation,
            criterion=self.loss_fct,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "loss_fct": full_name(self.loss_fct),
            "cos_score_transformation": full_name(self.cos_score_transformation),
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SENTENCE_BERT
