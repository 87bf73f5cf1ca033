"""MultiVectorDistillKLDivLoss: the softmax over a query's documents, token by token, as a teacher has it."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import TeacherScores, check_columns
from losses.configuration import function_name
from losses.functional import colbert_kd_scores, distill_kl_div_loss
from losses.models import MultiVectorModel
from losses.tokens import MultiVectorLoss, Tokens, TokenScores, stack_columns


class MultiVectorDistillKLDivLoss(MultiVectorLoss):
    """Make the softmax over a query's documents what a teacher's is.

    Data: ``triplet-scores`` or ``n-tuple-scores`` (query, positive, negative, ..., scores) with the teacher's score of
    every document.

    Recommended: many documents a query, and temperatures at which neither softmax is all on one document. A score of
    minus infinity leaves a document out.

    Neighbours: MultiVectorMarginMSELoss copies differences instead of shares.

    The maths is in :func:`losses.functional.distill_kl_div_loss`, on scores of
    :func:`losses.functional.colbert_kd_scores`; Santhanam et al. 2022, https://arxiv.org/abs/2112.01488.

    Args:
        model: the model to train.
        similarity_fct: from token embeddings of queries (n, s, d) and documents (n, k, t, d), and ``queries_mask`` and
            ``documents_mask``, to the scores of each query with its own documents (n, k); None for
            :func:`losses.functional.colbert_kd_scores`.
        temperature: what both models' scores are divided by.
        student_temperature: what the model's scores are divided by instead.
        teacher_temperature: what the teacher's scores are divided by instead.
        mini_batch_size: how many documents go through the model at once, each mini-batch padded for itself: less
            padding where lengths differ. None for all.

    Example:
        ::

            from losses.multi_vector_encoder import MultiVectorDistillKLDivLoss

            loss = MultiVectorDistillKLDivLoss(model, teacher_temperature=2.0)
            trainer = MultiVectorEncoderTrainer(model=model, train_dataset=scores, loss=loss)
    """

    def __init__(
        self,
        model: MultiVectorModel,
        *,
        similarity_fct: TokenScores | None = None,
        temperature: float = 1.0,
        student_temperature: float | None = None,
        teacher_temperature: float | None = None,
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, mini_batch_size)
        self.similarity_fct = similarity_fct if similarity_fct is not None else colbert_kd_scores
        self.temperature = temperature
        self.student_temperature = temperature if student_temperature is None else student_temperature
        self.teacher_temperature = temperature if teacher_temperature is None else teacher_temperature
        for name in ("temperature", "student_temperature", "teacher_temperature"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be a positive, finite number, not {getattr(self, name)!r}.")
        self._teacher_scores = TeacherScores()

    def compute_loss_from_tokens(self, tokens: Sequence[Tokens], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the tokens of query and documents, and the teacher's scores, (rows, documents)."""
        names = ("query", "positive", "negative")
        check_columns(self, [each.mask for each in tokens], names, "n-tuple-scores", more=True)
        queries, documents = tokens[0], stack_columns(tokens[1:])
        shape = (documents.mask.shape[0], documents.mask.shape[1])
        teacher = self._teacher_scores.check(self, labels, shape, self.teacher_temperature)
        scores = self.similarity_fct(
            queries.embeddings, documents.embeddings, queries_mask=queries.mask, documents_mask=documents.mask
        )
        return distill_kl_div_loss(
            scores, teacher, temperature=self.student_temperature, teacher_temperature=self.teacher_temperature
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        config: dict[str, Any] = {
            "similarity_fct": function_name(self.similarity_fct),
            "temperature": self.temperature,
        }
        for name in ("student_temperature", "teacher_temperature"):
            if getattr(self, name) != self.temperature:
                config[name] = getattr(self, name)
        return {**config, "mini_batch_size": self.mini_batch_size}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.COLBERT_2
