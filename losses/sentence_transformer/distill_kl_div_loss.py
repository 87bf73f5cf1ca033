"""DistillKLDivLoss: the softmax over a query's documents as a teacher has it."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from losses import citations
from losses.checks import TeacherScores, check_columns
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import distill_kl_div_loss, pairwise_dot_score
from losses.models import EmbeddingModel


class DistillKLDivLoss(EmbeddingLoss):
    """Make the softmax over a query's documents what a teacher's is.

    Data: ``triplet-scores`` or ``n-tuple-scores`` (query, positive, negative, ..., scores) with the teacher's score of
    every document.

    Recommended: a temperature at which the teacher's softmax is not all on one document; cross-encoder logits often
    want 2 and more. A score of minus infinity leaves a document out.

    Neighbours: MarginMSELoss copies differences instead of shares.

    The maths is in :func:`losses.functional.distill_kl_div_loss`; Lin, Yang and Lin 2020,
    https://arxiv.org/abs/2010.11386.

    Args:
        model: the model to train.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).
        temperature: what both models' scores are divided by.
        student_temperature: what the model's scores are divided by instead.
        teacher_temperature: what the teacher's scores are divided by instead.

    Example:
        ::

            from losses.sentence_transformer import DistillKLDivLoss

            loss = DistillKLDivLoss(model, temperature=2.0)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=scores, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_dot_score,
        temperature: float = 1.0,
        student_temperature: float | None = None,
        teacher_temperature: float | None = None,
    ) -> None:
        super().__init__(model)
        self.similarity_fct = similarity_fct
        self.temperature = temperature
        self.student_temperature = temperature if student_temperature is None else student_temperature
        self.teacher_temperature = temperature if teacher_temperature is None else teacher_temperature
        for name in ("temperature", "student_temperature", "teacher_temperature"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be a positive, finite number, not {getattr(self, name)!r}.")
        self._teacher_scores = TeacherScores()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of query and documents, and the teacher's scores, (rows, documents)."""
        check_columns(self, embeddings, ("query", "positive", "negative"), "n-tuple-scores", more=True)
        queries, *documents = embeddings
        teacher = self._teacher_scores.check(self, labels, (len(queries), len(documents)), self.teacher_temperature)
        scores = torch.stack([self.similarity_fct(queries, each) for each in documents], dim=1)
        return distill_kl_div_loss(
            scores,
            teacher,
            temperature=self.student_temperature,
            teacher_temperature=self.teacher_temperature,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        config = {"similarity_fct": function_name(self.similarity_fct), "temperature": self.temperature}
        for name in ("student_temperature", "teacher_temperature"):
            if getattr(self, name) != self.temperature:
                config[name] = getattr(self, name)
        return config

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TIGHTLY_COUPLED_TEACHERS
