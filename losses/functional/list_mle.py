"""ListMLE: the likelihood of the right order of a list."""

from collections.abc import Callable

import torch
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape

PositionWeights = Callable[[Tensor], Tensor]
"""From a mask of the documents that are there, (lists, n), to a weight for each place in the order, (lists, n)."""

# The weights 2^127 - 1, 2^126 - 1, ..., 0 add up to less than the largest float32.
_LARGEST_EXPONENT = 127


def list_mle_loss(
    scores: Tensor, labels: Tensor | None = None, *, where: Tensor | None = None, reduction: Reduction = "mean"
) -> Tensor:
    r"""ListMLE, the negative log-likelihood of the right order.

    .. math::

        \ell = -\sum_{i=1}^{n} \log \frac{e^{s_i}}{\sum_{j=i}^{n} e^{s_j}}

    where the documents are numbered in the right order: the first is picked among all, the second among those that
    are left, and so on (Plackett-Luce). Running sums of the exponentials make it linear in n.

    Fen Xia, Tie-Yan Liu, Jue Wang, Wensheng Zhang, Hang Li, "Listwise Approach to Learning to Rank - Theory and
    Algorithm", ICML 2008, doi:10.1145/1390156.1390306.

    Args:
        scores: the model's scores, (lists, n).
        labels: relevance, (lists, n): the order is from the highest to the lowest, with no particular order among
            equals. None means that the documents stand in the right order already.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        reduction: mean over the lists, sum or none.

    Returns:
        A scalar, or (lists,) without a reduction; zero for a list of one document, with the graph kept.

    Raises:
        ValueError: if shapes differ.

    Example:
        The first of two documents has odds of 3 to 1, that is :math:`-\log \frac34`:

        >>> round(list_mle_loss(torch.tensor([[3.0, 1.0]]).log()).item(), 4)
        0.2877
    """
    terms, where = _plackett_luce(scores, labels, where)
    return reduce(_where(terms, where).sum(dim=1), reduction)


def plist_mle_loss(
    scores: Tensor,
    labels: Tensor | None = None,
    *,
    where: Tensor | None = None,
    weights: PositionWeights | None = None,
    eps: float = 1e-10,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Position-aware ListMLE: the top of the order counts most.

    .. math::

        \ell = -\sum_{i=1}^{n} \frac{w_i}{\sum_k w_k} \log \frac{e^{s_i}}{\sum_{j=i}^{n} e^{s_j}}, \qquad
        w_i = 2^{n - i} - 1

    where the documents are numbered in the right order, as in :func:`list_mle_loss`.

    Yanyan Lan, Yadong Zhu, Jiafeng Guo, Shuzi Niu, Xueqi Cheng, "Position-Aware ListMLE: A Sequential Learning Process
    for Ranking", UAI 2014, https://auai.org/uai2014/proceedings/individuals/164.pdf.

    Args:
        scores: the model's scores, (lists, n).
        labels: relevance, (lists, n), or None for documents in the right order, as in :func:`list_mle_loss`.
        where: which documents are there, (lists, n); None means all.
        weights: other weights than the paper's, from the mask, (lists, n), to (lists, n), 0 where nothing is.
        eps: added to the sum of the weights of a list.
        reduction: mean over the lists, sum or none.

    Returns:
        A scalar, or (lists,) without a reduction; zero for a list of one document, with the graph kept.

    Raises:
        ValueError: if shapes differ.

    Example:
        The first of two documents has all the weight:

        >>> round(plist_mle_loss(torch.tensor([[3.0, 1.0]]).log()).item(), 4)
        0.2877
    """
    terms, where = _plackett_luce(scores, labels, where)
    there = torch.ones_like(terms, dtype=torch.bool) if where is None else where.flip(1)
    given = (weights or position_weights)(there)
    check_same_shape(scores=scores, weights=given)
    given = given.to(terms).flip(1)
    shares = given / (given.sum(dim=1, keepdim=True) + eps)
    return reduce(_where(terms * shares, where).sum(dim=1), reduction)


def position_weights(where: Tensor) -> Tensor:
    r"""The weights of position-aware ListMLE.

    .. math::

        w_i = 2^{n - i} - 1

    for place i of a list of n. Those of lists longer than 127 documents are halved as often as it takes for their sum
    to be a float32.

    Args:
        where: which documents are there, (lists, n).

    Returns:
        The weights, (lists, n), in float32; 0 where nothing is.

    Example:
        >>> position_weights(torch.tensor([[True, True, True, False]]))
        tensor([[3., 1., 0., 0.]])
    """
    places = where.cumsum(dim=1)
    counts = places[:, -1:]
    halvings = (counts - _LARGEST_EXPONENT).clamp(min=0)
    powers = torch.exp2((counts - halvings - places).float()) - torch.exp2(-halvings.float())
    return powers.masked_fill(~where, 0)


def _plackett_luce(scores: Tensor, labels: Tensor | None, where: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Minus the log-likelihood of each document among those that are left, and where there are documents.

    Both from the last place to the first, the direction in which the sums run.
    """
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, **({} if where is None else {"where": where}))
    scores = at_least_float32(scores)
    if labels is None:
        scores, where = scores.flip(1), None if where is None else where.flip(1)
    else:
        check_same_shape(scores=scores, labels=labels)
        order = _where(labels.to(scores.dtype), where, -torch.inf).argsort(dim=1, descending=True).flip(1)
        scores, where = scores.gather(1, order), None if where is None else where.gather(1, order)
    scores = _where(scores, where, torch.finfo(scores.dtype).min)
    return (scores.logcumsumexp(dim=1) if scores.shape[1] else scores) - scores, where


def _where(values: Tensor, where: Tensor | None, other: float = 0.0) -> Tensor:
    return values if where is None else values.masked_fill(~where, other)
