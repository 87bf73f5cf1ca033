"""Regression of scores."""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import like
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_same_shape


def score_mse_loss(
    scores: Tensor, labels: Tensor, *, where: Tensor | None = None, reduction: Reduction = "mean"
) -> Tensor:
    r"""Squared error of scores.

    .. math::

        \ell_i = (s_i - y_i)^2

    With the scores of a stronger model for labels it is the plainest distillation of scores, which Sebastian
    Hofstätter, Sophia Althammer, Michael Schröder, Mete Sertkan, Allan Hanbury, "Improving Efficient Neural Ranking
    Models with Cross-Architecture Knowledge Distillation", 2020, arXiv:2010.02666, compare theirs with.

    Args:
        scores: the model's scores s, of any shape.
        labels: the scores y that they should be, of that shape.
        where: which of them are there, of that shape; None means all. What stands elsewhere is never looked at.
        reduction: mean, sum or none.

    Returns:
        A scalar, or the terms without a reduction; zero if there are none, with the graph kept.

    Raises:
        ValueError: if shapes differ.

    Example:
        >>> score_mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])).item()
        2.0
    """
    check_same_shape(scores=scores, labels=labels)
    targets = like(labels.detach(), scores)
    scores = scores.to(targets.dtype)
    if where is None:
        if reduction == "mean" and scores.numel():
            return F.mse_loss(scores, targets)
        return reduce(F.mse_loss(scores, targets, reduction="none"), reduction)
    check_same_shape(scores=scores, where=where)
    squares = torch.where(where, scores - targets, 0).square()
    return squares.sum() / where.sum().clamp(min=1) if reduction == "mean" else reduce(squares, reduction)
