"""Cross-entropy: of a binary label, of a class, of a positive among candidates."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32, like
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape


def binary_cross_entropy_loss(
    logits: Tensor,
    labels: Tensor,
    *,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Binary cross-entropy of logits.

    .. math::

        \ell_i = -w_i \bigl( c\, y_i \log \sigma(x_i) + (1 - y_i) \log (1 - \sigma(x_i)) \bigr)

    Args:
        logits: x, one logit a row, (n,).
        labels: y, between 0 and 1, (n,).
        weight: w, a weight for each row; None weights all alike.
        pos_weight: c, a weight for the positive term; None is 1.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if logits and labels differ in shape.

    Example:
        Undecided about one row, and 3 to 1 for the truth about the other: :math:`(\log 2 + \log \frac43) / 2`.

        >>> logits = torch.tensor([1.0, 3.0]).log()
        >>> round(binary_cross_entropy_loss(logits, torch.tensor([0, 1])).item(), 4)
        0.4904
    """
    check_same_shape(logits=logits, labels=labels)
    targets = like(labels, logits)
    if reduction == "mean" and logits.numel():
        return F.binary_cross_entropy_with_logits(logits, targets, weight=weight, pos_weight=pos_weight)
    terms = F.binary_cross_entropy_with_logits(logits, targets, weight=weight, pos_weight=pos_weight, reduction="none")
    return reduce(terms, reduction)


def cross_entropy_loss(
    logits: Tensor,
    labels: Tensor,
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross-entropy between logits and a class, or a distribution over the classes.

    .. math::

        \ell_i = -\log \frac{e^{x_{i, y_i}}}{\sum_c e^{x_{i, c}}}

    Args:
        logits: x, (n, classes).
        labels: y, class ids (n,) of an integer type, or probabilities (n, classes).
        weight: a weight for each class, (classes,). With class ids the mean is divided by the weights of the labels.
        ignore_index: a class id that is left out of the mean.
        label_smoothing: how much of the label's probability is spread over all classes.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction; zero if every label is left out.

    Raises:
        ValueError: if the shape of the labels is neither (n,) nor that of the logits.

    Example:
        Three of four parts for the right class: :math:`\log \frac43`. The other row is left out.

        >>> logits = torch.tensor([[3.0, 1.0], [5.0, 1.0]]).log()
        >>> round(cross_entropy_loss(logits, torch.tensor([0, -100])).item(), 4)
        0.2877
    """
    check_dimensions(2, logits=logits)
    logits = at_least_float32(logits)
    weight = None if weight is None else weight.to(logits)
    if labels.is_floating_point():
        check_same_shape(logits=logits, labels=labels)
        labels = like(labels, logits)
    else:
        check_same_shape(**{"logits of one class": logits[:, 0], "labels": labels})
        labels = labels.long()
    if reduction == "mean" and not labels.is_floating_point():
        counted = labels != ignore_index
        options: dict[str, Any] = {"ignore_index": ignore_index, "label_smoothing": label_smoothing}
        if weight is None and labels.device.type == "cpu" and bool(counted.any()):
            return F.cross_entropy(logits, labels, **options)
        # F.cross_entropy divides by zero if no row counts, so it sums and the division is done here.
        total = F.cross_entropy(logits, labels, weight, reduction="sum", **options)
        if weight is None:
            return total / counted.sum().clamp(min=1)
        mass = torch.where(counted, weight[labels.where(counted, 0)], 0).sum()
        return total / mass.masked_fill(mass == 0, 1)
    terms = F.cross_entropy(
        logits, labels, weight, ignore_index=ignore_index, label_smoothing=label_smoothing, reduction="none"
    )
    return reduce(terms, reduction)


def softmax_ranking_loss(scores: Tensor, *, where: Tensor | None = None, reduction: Reduction = "mean") -> Tensor:
    r"""Cross-entropy of picking the first of the candidates.

    .. math::

        \ell_i = -\log \frac{e^{x_{i, 0}}}{\sum_{j} e^{x_{i, j}}}

    The softmax over a positive and sampled negatives of Matthew Henderson et al., "Efficient Natural Language
    Response Suggestion for Smart Reply", 2017, arXiv:1705.00652, section 4.4.

    Args:
        scores: x, (n, candidates), the positive in the first column.
        where: which candidates are there, (n, candidates); None means all. The first must always be.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the scores are not a matrix with at least one column, or the mask has another shape.

    Example:
        Of three candidates, the first has half of the probability:

        >>> round(softmax_ranking_loss(torch.tensor([[2.0, 1.0, 1.0]]).log()).item(), 4)
        0.6931
    """
    check_dimensions(2, scores=scores)
    if not scores.shape[1]:
        raise ValueError("scores must have at least one column, that of the positives.")
    scores = at_least_float32(scores)
    if where is not None:
        check_same_shape(scores=scores, where=where)
        scores = scores.masked_fill(~where, -torch.inf)
    return reduce(scores.logsumexp(dim=1) - scores[:, 0], reduction)
