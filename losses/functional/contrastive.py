"""Contrastive losses: positives near, negatives at least a margin away."""

import torch
from torch import Tensor

from losses.functional.precision import like
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape


def contrastive_loss(
    distances: Tensor, labels: Tensor, *, margin: float = 0.5, reduction: Reduction = "mean"
) -> Tensor:
    r"""Contrastive loss.

    .. math::

        \ell_i = \tfrac{1}{2} \bigl( y_i\, d_i^2 + (1 - y_i) \max(0, m - d_i)^2 \bigr)

    Raia Hadsell, Sumit Chopra, Yann LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR 2006,
    doi:10.1109/CVPR.2006.100.

    Args:
        distances: distance of each pair, (n,), not negative.
        labels: 1 for a positive, 0 for a negative, (n,); a value between weights both terms.
        margin: m, how far away negatives ought to be.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the shapes are not (n,) both.

    Example:
        A positive at 0.4 and a negative at 0.2, short of the margin by 0.3: half of 0.16 and of 0.09, averaged.

        >>> round(contrastive_loss(torch.tensor([0.4, 0.2]), torch.tensor([1, 0])).item(), 4)
        0.0625
    """
    check_dimensions(1, distances=distances, labels=labels)
    check_same_shape(distances=distances, labels=labels)
    positive = like(labels, distances)
    terms = 0.5 * (positive * distances.square() + (1 - positive) * (margin - distances).relu().square())
    return reduce(terms, reduction)


def online_contrastive_loss(
    distances: Tensor, labels: Tensor, *, margin: float = 0.5, reduction: Reduction = "sum"
) -> Tensor:
    r"""Contrastive loss over the hard pairs of the batch only.

    .. math::

        \sum_{i \in P} d_i^2 + \sum_{i \in N} \max(0, m - d_i)^2

    P are the positives that are further apart than the nearest negative, N the negatives that are nearer than the
    furthest positive. If one kind is missing in the batch, the mean of the other kind takes the place of its bound.
    The terms are not halved, unlike those of :func:`contrastive_loss` (Hadsell, Chopra, LeCun 2006,
    doi:10.1109/CVPR.2006.100).

    Args:
        distances: distance of each pair, (n,).
        labels: 1 for a positive, 0 for a negative, (n,); pairs with any other label are left out.
        margin: m, how far away negatives ought to be.
        reduction: sum over the hard pairs, their mean, or none for one term a pair (0 where it is not hard).

    Returns:
        A scalar, or (n,) without a reduction; zero if no pair is hard.

    Raises:
        ValueError: if the shapes are not (n,) both.

    Example:
        The positive at 0.4 is further apart than the negative at 0.2 and so both are hard; the other two are not.

        >>> distances, labels = torch.tensor([0.4, 0.2, 0.1, 0.9]), torch.tensor([1, 0, 1, 0])
        >>> round(online_contrastive_loss(distances, labels).item(), 4)
        0.25
    """
    check_dimensions(1, distances=distances, labels=labels)
    check_same_shape(distances=distances, labels=labels)
    if not distances.numel():
        return reduce(distances, reduction)
    positive, negative = labels == 1, labels == 0
    bounds = distances.detach()
    nearest_negative = torch.where(negative, bounds, torch.inf).min()
    furthest_positive = torch.where(positive, bounds, -torch.inf).max()
    nearest_negative = torch.where(negative.any(), nearest_negative, _mean(bounds, positive))
    furthest_positive = torch.where(positive.any(), furthest_positive, _mean(bounds, negative))
    hard_positive = positive & (bounds > nearest_negative)
    hard_negative = negative & (bounds < furthest_positive)
    terms = torch.where(hard_positive, distances.square(), 0.0)
    terms = terms + torch.where(hard_negative, (margin - distances).relu().square(), 0.0)
    if reduction == "mean":
        return terms.sum() / (hard_positive | hard_negative).sum().clamp(min=1)
    return reduce(terms, reduction)


def _mean(values: Tensor, where: Tensor) -> Tensor:
    return torch.where(where, values, 0.0).sum() / where.sum().clamp(min=1)
