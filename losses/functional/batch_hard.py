"""Triplet losses that choose hard triplets within a batch of classes."""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions


def batch_hard_triplet_loss(
    distances: Tensor, labels: Tensor, *, margin: float = 5.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""The farthest positive and the nearest negative of each anchor.

    .. math::

        \ell_i = \max\Bigl(0,\; \max_{p:\, y_p = y_i,\, p \ne i} d_{ip} - \min_{n:\, y_n \ne y_i} d_{in} + m \Bigr)

    An anchor without a positive counts with a positive at distance 0, one without a negative with a negative at its
    greatest distance to any row.

    "Batch hard" of Alexander Hermans, Lucas Beyer, Bastian Leibe, "In Defense of the Triplet Loss for Person
    Re-Identification", 2017, arXiv:1703.07737.

    Args:
        distances: distance between every two rows of the batch, (n, n).
        labels: class of each row, (n,).
        margin: m, how much further away than the positive the negative ought to be.
        reduction: mean over the anchors, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the shapes are not (n, n) and (n,).

    Example:
        The first two rows are of one class and 3 apart, the third is 1 from the first and 4 from the second; the
        third has no positive: :math:`(3 - 1) + \max(0, 3 - 4) + \max(0, 0 - 1)`, over 3 anchors.

        >>> d = torch.tensor([[0.0, 3.0, 1.0], [3.0, 0.0, 4.0], [1.0, 4.0, 0.0]])
        >>> round(batch_hard_triplet_loss(d, torch.tensor([0, 0, 1]), margin=0.0).item(), 4)
        0.6667
    """
    positive, negative = _hardest(distances, labels)
    return reduce((positive - negative + margin).relu(), reduction)


def batch_hard_soft_margin_triplet_loss(distances: Tensor, labels: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""The farthest positive and the nearest negative of each anchor, with a margin that never ends.

    .. math::

        \ell_i = \log\Bigl(1 + \exp\Bigl(
            \max_{p:\, y_p = y_i,\, p \ne i} d_{ip} - \min_{n:\, y_n \ne y_i} d_{in} \Bigr)\Bigr)

    Anchors without a positive or a negative count as in :func:`batch_hard_triplet_loss`.

    "Batch hard" with the soft margin of Alexander Hermans, Lucas Beyer, Bastian Leibe, "In Defense of the Triplet Loss
    for Person Re-Identification", 2017, arXiv:1703.07737.

    Args:
        distances: distance between every two rows of the batch, (n, n).
        labels: class of each row, (n,).
        reduction: mean over the anchors, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the shapes are not (n, n) and (n,).

    Example:
        All distances are equal, so each of the anchors gives :math:`\log 2`:

        >>> d = 1 - torch.eye(4)
        >>> round(batch_hard_soft_margin_triplet_loss(d, torch.tensor([0, 0, 1, 1])).item(), 4)
        0.6931
    """
    positive, negative = _hardest(distances, labels)
    return reduce(F.softplus(positive - negative), reduction)


def batch_semi_hard_triplet_loss(distances: Tensor, labels: Tensor, *, margin: float = 5.0) -> Tensor:
    r"""For each anchor and positive the nearest negative that is further away than the positive.

    .. math::

        \frac{1}{|P|} \sum_{(a, p) \in P} \max\bigl(0,\; d_{ap} - n(a, p) + m \bigr), \qquad
        n(a, p) = \min_{n:\, y_n \ne y_a,\, d_{an} > d_{ap}} d_{an}

    over the pairs :math:`P` of two different rows of one class. Where no negative is further away, the farthest one
    takes its place, and where there is no negative at all, the smallest distance of the anchor to any row.

    Florian Schroff, Dmitry Kalenichenko, James Philbin, "FaceNet: A Unified Embedding for Face Recognition and
    Clustering", 2015, arXiv:1503.03832.

    Args:
        distances: distance between every two rows of the batch, (n, n).
        labels: class of each row, (n,).
        margin: m, how much further away than the positive the negative ought to be.

    Returns:
        A scalar; zero if no two rows are of one class.

    Raises:
        ValueError: if the shapes are not (n, n) and (n,).

    Example:
        For the first row as anchor the negative at 1 is nearer than the positive at 3, so nothing is semi-hard and the
        farthest negative counts, 3 - 1; for the second row it is 3 - 4: with a margin of 2, (4 + 1) / 2.

        >>> d = torch.tensor([[0.0, 3.0, 1.0], [3.0, 0.0, 4.0], [1.0, 4.0, 0.0]])
        >>> batch_semi_hard_triplet_loss(d, torch.tensor([0, 0, 1]), margin=2.0).item()
        2.5
    """
    distances, same, itself = _checked(distances, labels)
    negatives = distances.masked_fill(same, torch.inf).sort(dim=1).values
    with torch.no_grad():
        places = torch.searchsorted(negatives, distances, right=True, out_int32=True)
        places = places.clamp_(max=len(labels) - 1).long()
    further = negatives.gather(1, places)
    farthest = torch.where(same, distances.amin(dim=1, keepdim=True), distances).max(dim=1, keepdim=True).values
    negative = torch.where(further.isinf(), farthest, further)
    pairs = same & ~itself
    terms = (distances - negative + margin).relu()
    return torch.where(pairs, terms, 0.0).sum() / pairs.sum().clamp(min=1)


def _hardest(distances: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    distances, same, itself = _checked(distances, labels)
    positive = torch.where(same & ~itself, distances, 0.0).max(dim=1).values if len(labels) else distances.sum(dim=1)
    if not len(labels):
        return positive, positive
    greatest = distances.max(dim=1, keepdim=True).values
    negative = torch.where(same, distances + greatest, distances).min(dim=1).values
    return positive, negative


def _checked(distances: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The distances in float32, which rows are of one class, and which are one."""
    check_dimensions(2, distances=distances)
    check_dimensions(1, labels=labels)
    if distances.shape != (len(labels), len(labels)):
        raise ValueError(f"distances must be square, a row a label: {tuple(distances.shape)} for {len(labels)} labels.")
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return at_least_float32(distances), labels[:, None] == labels[None, :], itself
