"""Triplet losses: the positive nearer to the anchor than the negative, by a margin."""

from typing import Any

import torch
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape

# How many triplets batch_all_triplet_loss looks at in one go: 16 MiB of float32.
_BLOCK = 2**22


def triplet_loss(
    positive_distances: Tensor, negative_distances: Tensor, *, margin: float = 5.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""Triplet loss.

    .. math::

        \ell_i = \max\bigl(0,\; d(a_i, p_i) - d(a_i, n_i) + m\bigr)

    Alexander Hermans, Lucas Beyer, Bastian Leibe, "In Defense of the Triplet Loss for Person Re-Identification",
    2017, arXiv:1703.07737.

    Args:
        positive_distances: distance of each anchor to its positive, (n,).
        negative_distances: distance of each anchor to its negative, (n,).
        margin: m, how much further away than the positive the negative ought to be.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the shapes are not (n,) both.

    Example:
        The first negative is 2 further away than its positive, short of the margin by 3; the second 6, which will do:

        >>> triplet_loss(torch.tensor([1.0, 1.0]), torch.tensor([3.0, 7.0]), margin=5.0).item()
        1.5
    """
    check_dimensions(1, positive_distances=positive_distances, negative_distances=negative_distances)
    check_same_shape(positive_distances=positive_distances, negative_distances=negative_distances)
    return reduce((positive_distances - negative_distances + margin).relu(), reduction)


def batch_all_triplet_loss(distances: Tensor, labels: Tensor, *, margin: float = 5.0) -> Tensor:
    r"""Mean over all triplets of the batch that still have a loss.

    .. math::

        \frac{1}{|T|} \sum_{(a, p, n) \in T} \bigl( d_{ap} - d_{an} + m \bigr), \qquad
        T = \{ (a, p, n) : y_a = y_p,\, a \ne p,\, y_a \ne y_n,\, d_{ap} - d_{an} + m > 0 \}

    "Batch all", with the mean over the triplets that are not zero, of Alexander Hermans, Lucas Beyer, Bastian Leibe,
    "In Defense of the Triplet Loss for Person Re-Identification", 2017, arXiv:1703.07737.

    The gradient with respect to a distance is a count of triplets, so that the triplets are visited in blocks and
    nothing but an n x n matrix is kept for the backward pass, whatever the sizes of the classes.

    Args:
        distances: distance between every two rows of the batch, (n, n).
        labels: class of each row, (n,).
        margin: m, how much further away than a positive a negative ought to be.

    Returns:
        A scalar; zero if the batch has no triplet with a loss. It can be differentiated once.

    Raises:
        ValueError: if the shapes are not (n, n) and (n,).

    Example:
        Of rows at 0, 1 and 3 on a line the first two are of one class. From the first, the negative is 2 further away
        than the positive, from the second 1: with a margin of 5 their terms are 3 and 4.

        >>> x = torch.tensor([0.0, 1.0, 3.0])
        >>> batch_all_triplet_loss((x[:, None] - x).abs(), torch.tensor([0, 0, 1]), margin=5.0).item()
        3.5
    """
    check_dimensions(2, distances=distances)
    check_dimensions(1, labels=labels)
    if distances.shape != (len(labels), len(labels)):
        raise ValueError(f"distances must be square, a row a label: {tuple(distances.shape)} for {len(labels)} labels.")
    total: Tensor
    count: Tensor
    total, count = _ActiveTriplets.apply(at_least_float32(distances), labels, margin)  # type: ignore[no-untyped-call]
    return total / count.clamp(min=1)


class _ActiveTriplets(torch.autograd.Function):
    """Sum and number of the triplets with a positive loss."""

    @staticmethod
    def forward(ctx: Any, distances: Tensor, labels: Tensor, margin: float) -> tuple[Tensor, Tensor]:
        same = labels[:, None] == labels[None, :]
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        pairs = (same & ~itself).nonzero()
        total = distances.new_zeros(())
        count = distances.new_zeros((), dtype=torch.long)
        gradient = torch.zeros_like(distances)
        step = max(1, _BLOCK // max(1, len(labels)))
        for start in range(0, len(pairs), step):
            anchor, positive = pairs[start : start + step].unbind(1)
            terms = distances[anchor, positive][:, None] - distances[anchor] + margin
            active = (terms > 0) & ~same[anchor]
            total += torch.where(active, terms, 0).sum()
            count += active.sum()
            gradient.index_put_((anchor, positive), active.sum(dim=1).to(gradient), accumulate=True)
            gradient.index_add_(0, anchor, -active.to(gradient))
        ctx.save_for_backward(gradient)
        ctx.mark_non_differentiable(count)
        return total, count

    @staticmethod
    def backward(ctx: Any, total_gradient: Tensor, _: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return total_gradient * gradient, None, None
