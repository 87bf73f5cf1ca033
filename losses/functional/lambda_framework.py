"""LambdaLoss: pairs of documents, weighted by what swapping them would do to NDCG."""

import math
from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape

PairWeights = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From gains (lists, n), discounts (1, n) and labels (lists, n), all in the order in which the model ranks the
documents, to a weight for each ordered pair of ranks, broadcastable to (lists, n, n)."""

_LARGEST_DIFFERENCE = 1e8
# Labels above this are gains beyond it: 2^label of float32 ends at 128.
_LARGEST_EXPONENT = 64.0


def no_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    """Every pair weighs 1: RankNet."""
    return gain.new_ones(())


def ndcg_loss1_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    r"""NDCG-Loss1: :math:`w_{ij} = G_i / D_i`, for use with ``every_pair=True``."""
    return (gain / discount)[:, :, None]


def ndcg_loss2_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    r"""NDCG-Loss2: :math:`w_{ij} = |1 / D_{|i - j|} - 1 / D_{|i - j| + 1}| \cdot |G_i - G_j|`."""
    inverse = 1.0 / discount[0]
    by_gap = torch.cat((inverse.new_zeros(1), (inverse[:-1] - inverse[1:]).abs()))  # no gap weighs nothing
    ranks = torch.arange(gain.shape[1], device=gain.device)
    gaps = (ranks[:, None] - ranks[None, :]).abs()
    return by_gap[gaps] * (gain[:, :, None] - gain[:, None, :]).abs()


def lambda_rank_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    r"""LambdaRank: :math:`w_{ij} = |1 / D_i - 1 / D_j| \cdot |G_i - G_j|`, the change of NDCG on a swap."""
    inverse = 1.0 / discount
    return (inverse[:, :, None] - inverse[:, None, :]).abs() * (gain[:, :, None] - gain[:, None, :]).abs()


def ndcg_loss2pp_weights(gain: Tensor, discount: Tensor, labels: Tensor, mu: float = 10.0) -> Tensor:
    r"""NDCG-Loss2++: :math:`\mu` times NDCG-Loss2 plus LambdaRank."""
    return mu * ndcg_loss2_weights(gain, discount, labels) + lambda_rank_weights(gain, discount, labels)


def check_options(k: int | None, reduction_log: str) -> None:
    """Raise a ValueError if these options of :func:`lambda_loss` are no loss."""
    if reduction_log not in ("natural", "binary"):
        raise ValueError(f"reduction_log must be 'natural' or 'binary', not {reduction_log!r}.")
    if k is not None and k < 1:
        raise ValueError(f"k must be None or at least 1, not {k!r}.")


def lambda_loss(
    scores: Tensor,
    labels: Tensor,
    *,
    where: Tensor | None = None,
    weights: PairWeights = ndcg_loss2pp_weights,
    every_pair: bool = False,
    k: int | None = None,
    sigma: float = 1.0,
    eps: float = 1e-10,
    reduction_log: Literal["natural", "binary"] = "binary",
    reduction: Reduction = "mean",
) -> Tensor:
    r"""LambdaLoss: a pairwise logistic loss whose weights bound a ranking metric.

    .. math::

        \ell = -\sum_{i, j:\, y_i > y_j} w_{ij} \log_2 \sigma\bigl(\sigma_0 (s_i - s_j)\bigr)

    where i and j are ranks in the order of the scores, :math:`y` labels, :math:`\sigma_0` is ``sigma`` and the
    weights come from gains :math:`G_i = (2^{y_i} - 1) / \mathrm{maxDCG}` and discounts
    :math:`D_i = \log_2(1 + i)`. Negative labels gain nothing, but still rank below zero.

    Xuanhui Wang, Cheng Li, Nadav Golbandi, Michael Bendersky, Marc Najork, "The LambdaLoss Framework for Ranking
    Metric Optimization", CIKM 2018, doi:10.1145/3269206.3271784.

    Args:
        scores: the model's scores, (lists, n). Equal scores rank in no particular order.
        labels: relevance, (lists, n); the higher, the more relevant.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        weights: what a pair weighs: one of the functions of this module or your own.
        every_pair: sum over all i, j, also those with equal labels, the wrong order or i = j, as NDCG-Loss1 does.
        k: count only pairs of which at least one is among the k highest scores, and cut maxDCG at k (equation 18).
        sigma: steepness of the sigmoid.
        eps: what maxDCG is at least, for lists without a relevant document.
        reduction_log: natural or binary logarithm.
        reduction: the mean over all pairs that count, their sum, or none for the sum of each list.

    Returns:
        A scalar, or (lists,) without a reduction; zero where no pair counts, with the graph kept.

    Raises:
        ValueError: if shapes differ, or an option is unknown.
    """
    check_dimensions(2, scores=scores)
    if where is None:
        where = torch.ones_like(scores, dtype=torch.bool)
    check_same_shape(scores=scores, labels=labels, where=where)
    check_options(k, reduction_log)

    scores = at_least_float32(scores)
    scores = scores.masked_fill(~where, torch.finfo(scores.dtype).min)
    labels = labels.to(scores.dtype).masked_fill(~where, -torch.inf)
    # not a stable sort: documents of equal score would profit from standing first in the data, as positives often do
    ranked_scores, order = scores.sort(dim=1, descending=True)
    ranked_labels = labels.gather(1, order)
    ranked_where = where.gather(1, order)

    counts = ranked_where[:, :, None] & ranked_where[:, None, :]
    if not every_pair:
        counts = counts & (ranked_labels[:, :, None] > ranked_labels[:, None, :])
    if k is not None:
        top = torch.arange(scores.shape[1], device=scores.device) < k
        counts = counts & (top[:, None] | top[None, :])

    discount = torch.arange(2, scores.shape[1] + 2, device=scores.device).to(scores.dtype).log2()[None, :]
    relevance = ranked_labels.clamp(min=0)
    gain = _gains(relevance, discount, k, eps)
    differences = (ranked_scores[:, :, None] - ranked_scores[:, None, :]).masked_fill(~counts, 0)
    differences = differences.clamp(min=-_LARGEST_DIFFERENCE, max=_LARGEST_DIFFERENCE)
    terms = -weights(gain, discount, relevance) * F.logsigmoid(sigma * differences)
    if reduction_log == "binary":
        terms = terms / math.log(2)
    by_list = torch.where(counts, terms, 0).sum(dim=(1, 2))
    if reduction == "mean":
        return by_list.sum() / counts.sum().clamp(min=1)
    return reduce(by_list, reduction)


def _gains(relevance: Tensor, discount: Tensor, k: int | None, eps: float) -> Tensor:
    """Gain of each document over that of the ideal order, in a power of two that holds the largest label."""
    ideal = relevance.sort(dim=1, descending=True).values
    shift = (ideal[:, :1] - _LARGEST_EXPONENT).clamp(min=0)
    gain = torch.exp2(relevance - shift) - torch.exp2(-shift)
    ideal_gain = torch.exp2(ideal - shift) - torch.exp2(-shift)
    ideal_dcg = (ideal_gain / discount)[:, :k].sum(dim=1, keepdim=True).clamp(min=eps)
    return gain / ideal_dcg
