"""Contrastive tension: two models agree on the same text and disagree on different ones."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32, like
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape


def contrastive_tension_loss(
    scores: Tensor, labels: Tensor, *, where: Tensor | None = None, reduction: Reduction = "sum"
) -> Tensor:
    r"""A logistic loss on dot products.

    .. math::

        \ell_i = -y_i \log \sigma(s_i) - (1 - y_i) \log(1 - \sigma(s_i))

    where :math:`s_i` is the dot product of one model's embedding of a text with the other model's embedding of the
    same (:math:`y_i = 1`) or of another text (:math:`y_i = 0`).

    Fredrik Carlsson, Amaru Cuba Gyllensten, Evangelia Gogoulou, Erik Ylipää Hellqvist, Magnus Sahlgren, "Semantic
    Re-tuning with Contrastive Tension", ICLR 2021, https://openreview.net/forum?id=Ov_sMNau-PF.

    Args:
        scores: dot products, of any shape.
        labels: 1 for the same text, 0 for another, of that shape.
        where: which are there, of that shape; None means all.
        reduction: sum, mean or none.

    Returns:
        A scalar, or the terms without a reduction.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> round(contrastive_tension_loss(torch.zeros(2), torch.tensor([1.0, 0.0])).item(), 4)
        1.3863
    """
    check_same_shape(scores=scores, labels=labels)
    terms = F.binary_cross_entropy_with_logits(at_least_float32(scores), like(labels, scores), reduction="none")
    if where is None:
        return reduce(terms, reduction)
    terms = torch.where(where, terms, 0.0)
    return terms.sum() / where.sum().clamp(min=1) if reduction == "mean" else reduce(terms, reduction)


def symmetric_cross_entropy_loss(logits: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Each row picks its column and each column its row.

    .. math::

        \ell_i = -\frac{1}{2} \Bigl( \log \frac{e^{z_{ii}}}{\sum_j e^{z_{ij}}}
            + \log \frac{e^{z_{ii}}}{\sum_j e^{z_{ji}}} \Bigr)

    Alec Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021,
    arXiv:2103.00020, figure 3.

    Args:
        logits: (n, n), the pairs that belong together on the diagonal.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the logits are not square.

    Example:
        >>> round(symmetric_cross_entropy_loss(torch.zeros(2, 2)).item(), 4)
        0.6931
    """
    check_dimensions(2, logits=logits)
    if logits.shape[0] != logits.shape[1]:
        raise ValueError(f"logits must be square, not {tuple(logits.shape)}.")
    terms: Tensor = _RowsAndColumns.apply(at_least_float32(logits))  # type: ignore[no-untyped-call]
    return reduce(terms, reduction)


class _RowsAndColumns(torch.autograd.Function):
    """The terms of :func:`symmetric_cross_entropy_loss`, with a backward pass that makes two matrices."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor) -> Tensor:
        ctx.save_for_backward(logits)
        in_row, in_column = (logits.log_softmax(dim=dim).diagonal().clone() for dim in (1, 0))
        return -(in_row + in_column) / 2

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Tensor:
        (logits,) = ctx.saved_tensors
        gradient: Tensor = logits.softmax(dim=1).mul_(upstream[:, None] / 2)
        gradient.addcmul_(logits.softmax(dim=0), upstream / 2)
        gradient.diagonal().sub_(upstream)
        return gradient
