"""MarginMSE: margins between positive and negative as a teacher sees them."""

from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction
from losses.functional.score_mse import score_mse_loss
from losses.functional.shapes import check_dimensions


def margin_mse_loss(
    positive_scores: Tensor,
    negative_scores: Tensor,
    margins: Tensor,
    *,
    where: Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Squared error between a model's margins and a teacher's.

    .. math::

        \ell_{ij} = \bigl( (s_i^+ - s_{ij}^-) - m_{ij} \bigr)^2

    Sebastian Hofstätter, Sophia Althammer, Michael Schröder, Mete Sertkan, Allan Hanbury, "Improving Efficient Neural
    Ranking Models with Cross-Architecture Knowledge Distillation", 2020, arXiv:2010.02666.

    Args:
        positive_scores: the model's score of each query with its positive, (n,).
        negative_scores: the model's scores with its negatives, (n, k).
        margins: the teacher's score of the positive less that of each negative, (n, k).
        where: which negatives are there, (n, k); None means all.
        reduction: mean over all negatives, sum or none.

    Returns:
        A scalar, or (n, k) without a reduction.

    Raises:
        ValueError: if the shapes do not match.

    Example:
        The model's margin is 1, the teacher's 3:

        >>> margin_mse_loss(torch.tensor([2.0]), torch.tensor([[1.0]]), torch.tensor([[3.0]])).item()
        4.0
    """
    check_dimensions(1, positive_scores=positive_scores)
    check_dimensions(2, negative_scores=negative_scores, margins=margins)
    if margins.shape != negative_scores.shape or len(margins) != len(positive_scores):
        raise ValueError(
            f"There must be a margin for each negative: {tuple(negative_scores.shape)} negatives of "
            f"{len(positive_scores)} queries, {tuple(margins.shape)} margins."
        )
    found = at_least_float32(positive_scores)[:, None] - at_least_float32(negative_scores)
    return score_mse_loss(found, margins, where=where, reduction=reduction)
