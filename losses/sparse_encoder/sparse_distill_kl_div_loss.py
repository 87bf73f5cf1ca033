"""SparseDistillKLDivLoss: the softmax over a query's documents as a teacher has it, for sparse encoders."""

from collections.abc import Callable

from torch import Tensor

from losses.functional import pairwise_dot_score
from losses.models import EmbeddingModel
from losses.sentence_transformer import DistillKLDivLoss
from losses.sparse_encoder.inner import InnerLoss


class SparseDistillKLDivLoss(InnerLoss, DistillKLDivLoss):
    """The softmax over a query's documents as a teacher has it, for sparse encoders.

    Data: ``triplet-scores`` or ``n-tuple-scores`` (query, positive, negative, ..., scores) with the teacher's score of
    every document.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`, which
    keep the embeddings sparse; alone it refuses.

    Neighbours: SparseMarginMSELoss copies differences instead of shares.

    The maths is in :func:`losses.functional.distill_kl_div_loss`; Lin, Yang and Lin 2020,
    https://arxiv.org/abs/2010.11386.

    Args:
        model: the sparse encoder to train.
        similarity_fct: from embeddings (n, d) and (n, d) to the similarity of each pair, (n,).
        temperature: what both models' scores are divided by.
        student_temperature: what the model's scores are divided by instead.
        teacher_temperature: what the teacher's scores are divided by instead.

    Example:
        ::

            from losses.sparse_encoder import SparseDistillKLDivLoss, SpladeLoss

            inner = SparseDistillKLDivLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=dataset, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = pairwise_dot_score,
        temperature: float = 2.0,
        student_temperature: float | None = None,
        teacher_temperature: float | None = None,
    ) -> None:
        super().__init__(
            model,
            similarity_fct=similarity_fct,
            temperature=temperature,
            student_temperature=student_temperature,
            teacher_temperature=teacher_temperature,
        )
