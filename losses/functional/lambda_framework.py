"""LambdaLoss: pairs of documents, weighted by what swapping them would do to NDCG."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.gains import discounts, gains
from losses.functional.groups import Group, fits, group_lists
from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape

PairWeights = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From gains (lists, n), discounts (1, n) and labels (lists, n), all in the order in which the model ranks the
documents, to a weight for each ordered pair of ranks, broadcastable to (lists, n, n)."""

_LARGEST_DIFFERENCE = 1e8


def no_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    r"""Every pair weighs 1, as in RankNet.

    .. math::

        w_{ij} = 1

    Args:
        gain: of the documents as ranked by the model, (lists, n).
        discount: of the ranks, (1, n).
        labels: relevance of the documents as ranked, (lists, n).

    Returns:
        A scalar, which stands for the weights of all pairs.

    Example:
        >>> no_weights(torch.ones(2, 3), torch.ones(1, 3), torch.ones(2, 3)).item()
        1.0
    """
    return gain.new_ones(())


def ndcg_loss1_weights(gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
    r"""The weights of NDCG-Loss1, for use with ``every_pair=True``.

    .. math::

        w_{ij} = G_i / D_i

    Args:
        gain: G, of the documents as ranked by the model, (lists, n).
        discount: D, of the ranks, (1, n).
        labels: relevance of the documents as ranked, (lists, n); not looked at.

    Returns:
        The weights, (lists, n, 1): the same for every second document of a pair.

    Example:
        >>> ndcg_loss1_weights(torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2))
        tensor([[[3.0000],
                 [0.5000]]])
    """
    return (gain / discount)[:, :, None]


@dataclass(frozen=True)
class NDCGWeights:
    r"""Weights that differ with the gains of the two documents and with their ranks.

    .. math::

        w_{ij} = \bigl( g \cdot |1 / D_{|i - j|} - 1 / D_{|i - j| + 1}| + s \cdot |1 / D_i - 1 / D_j| \bigr)
            \cdot |G_i - G_j|

    Attributes:
        gap: g, how much it counts by how many ranks the two are apart, as in NDCG-Loss2.
        swap: s, how much it counts what a swap would change, as in LambdaRank.

    Example:
        Two documents of gain 3 and 1 on ranks of discount 1 and 2; a swap would change :math:`|1 - 1/2| \cdot |3 - 1|`:

        >>> NDCGWeights(swap=1.0)(torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2))
        tensor([[[0., 1.],
                 [1., 0.]]])
    """

    gap: float = 0.0
    swap: float = 0.0

    def __call__(self, gain: Tensor, discount: Tensor, labels: Tensor) -> Tensor:
        """All weights, (lists, n, n); :func:`lambda_loss` computes only those that it needs."""
        inverse = 1.0 / discount
        ranks = torch.arange(gain.shape[1], device=gain.device)
        drops = torch.cat((inverse.new_zeros(1), inverse[0, :-1] - inverse[0, 1:]))
        by_rank = self.gap * drops[(ranks[:, None] - ranks[None, :]).abs()]
        by_rank = by_rank + self.swap * (inverse[:, :, None] - inverse[:, None, :]).abs()
        return by_rank * (gain[:, :, None] - gain[:, None, :]).abs()


#: NDCG-Loss2: :math:`w_{ij} = |1 / D_{|i - j|} - 1 / D_{|i - j| + 1}| \cdot |G_i - G_j|`.
ndcg_loss2_weights = NDCGWeights(gap=1.0)

#: LambdaRank: :math:`w_{ij} = |1 / D_i - 1 / D_j| \cdot |G_i - G_j|`, the change of NDCG on a swap.
lambda_rank_weights = NDCGWeights(swap=1.0)

#: NDCG-Loss2++: ten times NDCG-Loss2 plus LambdaRank.
ndcg_loss2pp_weights = NDCGWeights(gap=10.0, swap=1.0)


def check_options(k: int | None, reduction_log: str) -> None:
    """Raise a ValueError if these options of :func:`lambda_loss` are no loss."""
    if reduction_log not in ("natural", "binary"):
        raise ValueError(f"reduction_log must be 'natural' or 'binary', not {reduction_log!r}.")
    if k is not None and k < 1:
        raise ValueError(f"k must be None or at least 1, not {k!r}.")


def rank_net_loss(
    scores: Tensor,
    labels: Tensor,
    *,
    where: Tensor | None = None,
    k: int | None = None,
    sigma: float = 1.0,
    reduction_log: Literal["natural", "binary"] = "binary",
    reduction: Reduction = "mean",
) -> Tensor:
    r"""RankNet, a logistic loss on each pair of documents.

    .. math::

        \ell = -\sum_{i, j:\, y_i > y_j} \log_2 \sigma\bigl(\sigma_0 (s_i - s_j)\bigr)

    Chris Burges, Tal Shaked, Erin Renshaw, Ari Lazier, Matt Deeds, Nicole Hamilton, Greg Hullender, "Learning to Rank
    using Gradient Descent", ICML 2005, doi:10.1145/1102351.1102363.

    Args:
        scores: the model's scores, (lists, n).
        labels: relevance, (lists, n); only their order counts.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        k: count only pairs of which at least one is among the k highest scores.
        sigma: steepness of the sigmoid.
        reduction_log: natural or binary logarithm.
        reduction: the mean over all pairs that count, their sum, or none for the sum of each list.

    Returns:
        A scalar, or (lists,) without a reduction; zero where no pair counts, with the graph kept. It can be
        differentiated once.

    Raises:
        ValueError: if shapes differ, or an option is unknown.

    Example:
        The model is undecided about the only pair, one bit:

        >>> rank_net_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item()
        1.0
    """
    options = {"k": k, "sigma": sigma, "reduction_log": reduction_log, "reduction": reduction}
    return lambda_loss(scores, labels, where=where, weights=no_weights, **options)  # type: ignore[arg-type]


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

    With the weights of this module, pairs that do not count take neither memory nor time, and no matrix of pairs is
    there as a whole: documents are sorted by label, so that the pairs to count for each are those with the documents
    behind it (with ``k``: by score, so that they are those of the first k). Weights of your own get and give matrices
    of all pairs.

    Xuanhui Wang, Cheng Li, Nadav Golbandi, Michael Bendersky, Marc Najork, "The LambdaLoss Framework for Ranking
    Metric Optimization", CIKM 2018, doi:10.1145/3269206.3271784.

    Args:
        scores: the model's scores, (lists, n). Equal scores rank in no particular order.
        labels: relevance, (lists, n); the higher, the more relevant.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        weights: what a pair weighs: one of the functions of this module, :class:`NDCGWeights` or your own.
        every_pair: sum over all i, j, also those with equal labels, the wrong order or i = j, as NDCG-Loss1 does.
        k: count only pairs of which at least one is among the k highest scores, and cut maxDCG at k (equation 18).
        sigma: steepness of the sigmoid.
        eps: what maxDCG is at least, for lists without a relevant document.
        reduction_log: natural or binary logarithm.
        reduction: the mean over all pairs that count, their sum, or none for the sum of each list.

    Returns:
        A scalar, or (lists,) without a reduction; zero where no pair counts, with the graph kept. With the weights of
        this module it can be differentiated once.

    Raises:
        ValueError: if shapes differ, or an option is unknown.

    Example:
        The only relevant one of two documents ranks first, with the same score as the other. By the ranks, the pair
        weighs :math:`11 (1 - 1 / \log_2 3)`, and the model is undecided about it, one bit:

        >>> round(lambda_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item(), 4)
        4.0598
    """
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, labels=labels, **({} if where is None else {"where": where}))
    check_options(k, reduction_log)

    scores = at_least_float32(scores)
    labels = labels.to(scores.dtype)
    if where is not None:
        scores = scores.masked_fill(~where, torch.finfo(scores.dtype).min)
        labels = labels.masked_fill(~where, -torch.inf)
    # not a stable sort: documents of equal score would profit from standing first in the data, as positives often do
    ranked_scores, order = scores.sort(dim=1, descending=True)
    ranked_labels = labels.gather(1, order)
    lengths = None if where is None else where.sum(dim=1, keepdim=True)
    if not scores.shape[1]:
        by_list, counts = scores.sum(dim=1), labels.sum()
    elif _are_known(weights, every_pair):
        by_list, counts = _known_weights(ranked_scores, ranked_labels, lengths, weights, k, sigma, eps)
    else:
        by_list, counts = _any_weights(
            ranked_scores, ranked_labels, lengths, weights, every_pair, k, sigma, eps, reduction == "none"
        )
    if reduction_log == "binary":
        by_list = by_list / math.log(2)
    if reduction == "mean":
        return by_list.sum() / counts.sum().clamp(min=1)
    return reduce(by_list, reduction)


def _any_weights(
    scores: Tensor,
    labels: Tensor,
    lengths: Tensor | None,
    weights: PairWeights,
    every_pair: bool,
    k: int | None,
    sigma: float,
    eps: float,
    by_list: bool,
) -> tuple[Tensor, Tensor]:
    """Sum of the terms, of each list if wanted, and how many there are, with weights from a matrix.

    All is in the model's order.
    """
    ranks = torch.arange(scores.shape[1], device=scores.device)
    if every_pair:
        counts = torch.ones(*labels.shape, labels.shape[1], dtype=torch.bool, device=labels.device)
    else:
        counts = labels[:, :, None] > labels[:, None, :]
    if lengths is not None:
        where = ranks < lengths
        counts &= where[:, :, None] & where[:, None, :]
    if k is not None:
        counts &= (ranks < k)[:, None] | (ranks < k)[None, :]
    relevance = labels.clamp(min=0)
    ideal, order = relevance.sort(dim=1, descending=True)
    discount = discounts(scores.shape[1], scores)
    gain = torch.empty_like(ideal).scatter_(1, order, gains(ideal, discount, k, eps))
    chosen = counts.flatten().nonzero().squeeze(1)
    pair_weights = weights(gain, discount[None, :], relevance)
    if pair_weights.ndim:
        pair_weights = pair_weights.expand(counts.shape).flatten()[chosen]
    differences = (scores[:, :, None] - scores[:, None, :]).flatten()[chosen]
    differences = differences.clamp(min=-_LARGEST_DIFFERENCE, max=_LARGEST_DIFFERENCE)
    terms = pair_weights * F.softplus(-sigma * differences)
    numbers = counts.sum(dim=(1, 2))
    if not by_list:
        return terms.sum()[None], numbers
    owner = chosen // (scores.shape[1] ** 2)
    # added one by one, they need a longer number than as a sum of many
    return scores.new_zeros(len(scores), dtype=torch.float64).index_add(0, owner, terms.double()).to(terms), numbers


def _are_known(weights: PairWeights, every_pair: bool) -> bool:
    if every_pair:
        return weights is ndcg_loss1_weights
    return weights is no_weights or type(weights) is NDCGWeights


class _Pairs(NamedTuple):
    """The pairs that count, each a row and a column of a matrix: both documents of the list, in any one order."""

    weights: PairWeights
    sigma: float
    k: int | None
    higher: Tensor
    """Of each row: its gain or, for RankNet, its label; with every pair, its weight."""
    lower: Tensor
    """The same of each column. In the order of the labels, infinity where nothing is."""
    where: Tensor | None
    """Where there are documents; None means everywhere."""
    ranks: Tensor
    """Ranks by the model, from 0."""
    inverse: Tensor
    """One over the discount of each rank, (n,)."""
    first: Tensor | None
    """The first column with which each row makes a pair; None means any."""

    def of(self, group: Group) -> "_Pairs":
        """Those of a group of lists."""

        def cut(matrix: Tensor) -> Tensor:
            return matrix[group.lists][:, : group.columns]

        return self._replace(
            higher=cut(self.higher),
            lower=cut(self.lower),
            where=None if self.where is None else cut(self.where),
            ranks=cut(self.ranks),
            first=None if self.first is None else cut(self.first),
        )


def _known_weights(
    scores: Tensor,
    labels: Tensor,
    lengths: Tensor | None,
    weights: PairWeights,
    k: int | None,
    sigma: float,
    eps: float,
) -> tuple[Tensor, Tensor]:
    """Sum of the terms of each list, and how many there are, with the weights of this module; in the model's order."""
    n = scores.shape[1]
    places = torch.arange(n, device=scores.device)
    where = None if lengths is None else places < lengths
    ends = scores.new_full((len(scores), 1), n, dtype=torch.long) if lengths is None else lengths
    discount = discounts(n, scores)
    inverse = discount.reciprocal()
    ordered, ranks = labels.sort(dim=1, descending=True)
    higher = ordered if weights is no_weights else gains(ordered.clamp(min=0), discount, k, eps)
    first, most = None, n
    if weights is ndcg_loss1_weights:
        counts = ends.square() if k is None else ends.square() - (ends - k).clamp(min=0).square()
        scores, lower = scores.gather(1, ranks), higher
        higher = higher * inverse[ranks]
    else:
        first = _first_lower(ordered)
        counts = (ends - first).clamp(min=0).sum(dim=1)
        if k is None:
            scores = scores.gather(1, ranks)
            lower = higher if where is None else higher.masked_fill(~where, torch.inf)
        else:
            # each of the first k makes pairs with all that rank behind it
            rest = labels[:, k:].sort(dim=1, descending=True).values
            counts = counts - ((ends - k) - _first_lower(rest)).clamp(min=0).sum(dim=1)
            higher = labels if weights is no_weights else torch.empty_like(higher).scatter_(1, ranks, higher)
            higher = lower = higher if where is None else higher.masked_fill(~where, 0)
            ranks, first, most = places.expand_as(ranks), (places + 1).expand_as(ranks), min(k, n)
    pairs = _Pairs(weights, sigma, k, higher, lower, where, ranks, inverse, first)
    if fits(len(scores), most, n, scores.device):
        groups = [Group(slice(None), most, n, most)]
    else:
        groups = group_lists(_makes_pairs(pairs, ends).sum(dim=1).clamp(max=most), ends.squeeze(1))
    total: Tensor = _SumOfPairs.apply(scores, pairs, groups)  # type: ignore[no-untyped-call]
    return total, counts


def _makes_pairs(pairs: _Pairs, ends: Tensor) -> Tensor:
    """Which rows have pairs at all, (lists, n): the first ones of each list."""
    return pairs.higher > 0 if pairs.first is None else pairs.first < ends


def _first_lower(descending: Tensor) -> Tensor:
    """For each label, where in its list the first lower one stands, or would."""
    ascending = -descending
    return torch.searchsorted(ascending, ascending, right=True)


class _SumOfPairs(torch.autograd.Function):
    """The sum of the terms of each list's pairs, (lists,); gradients are made along with it."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, pairs: _Pairs, groups: list[Group]) -> Tensor:
        totals = scores.new_zeros(len(scores))
        gradient = torch.zeros_like(scores) if ctx.needs_input_grad[0] else None
        for group in groups:
            chosen = scores[group.lists][:, : group.columns]
            total, slopes = _sum_of_group(chosen, pairs.of(group), group, gradient is not None)
            totals[group.lists] = total
            if gradient is not None:
                gradient[group.lists, : group.columns] = slopes
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return totals

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * upstream[:, None], None, None


def _sum_of_group(scores: Tensor, pairs: _Pairs, group: Group, slopes: bool) -> tuple[Tensor, Tensor]:
    totals = scores.new_zeros(len(scores))
    gradient = torch.zeros_like(scores)
    starts = range(0, group.rows, group.step)
    columns = [0] * len(starts)
    if pairs.first is not None and len(starts) > 1:
        columns = pairs.first.amin(dim=0)[: group.rows : group.step].tolist()
    by_gap = _by_gap(pairs)
    for start, column in zip(starts, columns, strict=True):
        rows, behind = slice(start, min(start + group.step, group.rows)), slice(column, None)
        weights, signs = _weights(pairs, by_gap, rows, behind)
        # how much the worse document outscores the better one
        excess = scores[:, None, behind] - scores[:, rows, None]
        excess.clamp_(min=-_LARGEST_DIFFERENCE, max=_LARGEST_DIFFERENCE)
        if signs is not None:
            excess.mul_(signs)
        if pairs.sigma != 1:
            excess.mul_(pairs.sigma)
        totals.add_(F.softplus(excess).mul_(weights).sum(dim=(1, 2)))
        if slopes:
            shares = excess.sigmoid_().mul_(weights)
            if signs is not None:
                shares.mul_(signs)
            gradient[:, rows].sub_(shares.sum(dim=2))
            gradient[:, behind].add_(shares.sum(dim=1))
    return totals, gradient if pairs.sigma == 1 else gradient.mul_(pairs.sigma)


def _weights(pairs: _Pairs, by_gap: Tensor | None, rows: slice, columns: slice) -> tuple[Tensor, Tensor | None]:
    """What pairs weigh, 0 if they do not count; and 1 if the row is the better document, -1 if not (None: always)."""
    there = None if pairs.where is None else pairs.where[:, None, columns]
    if pairs.weights is ndcg_loss1_weights:
        weights = pairs.higher[:, rows, None].expand(-1, -1, pairs.lower[:, columns].shape[1])
        if there is not None:
            weights = weights * there
        if pairs.k is not None:
            weights = weights * ((pairs.ranks[:, rows, None] < pairs.k) | (pairs.ranks[:, None, columns] < pairs.k))
        return weights, None
    higher, lower = pairs.higher[:, rows, None], pairs.lower[:, None, columns]
    signs = None
    if pairs.k is not None:
        weights = higher - lower if there is None else (higher - lower).mul_(there)
        # in the model's order every pair would be there twice
        weights.triu_(1 - columns.start + rows.start)
        signs = weights.sign()
        weights = signs.abs() if pairs.weights is no_weights else weights.abs_()
    elif pairs.weights is no_weights:
        weights = (higher > lower).to(lower.dtype)
    else:
        # in the order of the labels, the pairs of the wrong order differ the wrong way round
        weights = (higher - lower).relu_()
    if isinstance(pairs.weights, NDCGWeights):
        weights.mul_(_weights_by_rank(pairs, pairs.weights, by_gap, rows, columns))
    return weights, signs


def _weights_by_rank(
    pairs: _Pairs, weights: NDCGWeights, by_gap: Tensor | None, rows: slice, columns: slice
) -> Tensor | float:
    above, below = pairs.ranks[:, rows, None], pairs.ranks[:, None, columns]
    by_rank: Tensor | float = 0.0
    if weights.swap:
        by_rank = (pairs.inverse[above] - pairs.inverse[below]).abs_()
        if weights.swap != 1:
            by_rank.mul_(weights.swap)
    if by_gap is not None:
        gapped = by_gap[(above - below).abs_()]
        by_rank = gapped.add_(by_rank)
    return by_rank


def _by_gap(pairs: _Pairs) -> Tensor | None:
    """The weight of each gap between two ranks: the difference of two discounts in a row. No gap weighs nothing."""
    if not isinstance(pairs.weights, NDCGWeights) or not pairs.weights.gap:
        return None
    drops = (pairs.inverse[:-1] - pairs.inverse[1:]) * pairs.weights.gap
    return torch.cat((drops.new_zeros(1), drops))
