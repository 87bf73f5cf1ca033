"""ADR-MSE: smooth ranks should be those of the labels."""

import torch
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.smooth_ranks import smooth_ranks


def adr_mse_loss(
    scores: Tensor,
    labels: Tensor,
    *,
    where: Tensor | None = None,
    alpha: float = 1.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""ADR-MSE, the discounted squared error of approximate ranks.

    .. math::

        \ell_i = \frac{(\pi_i - r_i)^2}{\log_2(1 + \pi_i)}, \qquad
        r_i = 1 + \sum_{j \ne i} \sigma\bigl( \alpha (s_j - s_i) \bigr)

    where :math:`\pi_i` is the rank of document i by its label. Documents with equal labels share the mean of the
    ranks they take up, which equal scores attain.

    Ferdinand Schlatt, Maik Fröbe, Harrisen Scells, Shengyao Zhuang, Bevan Koopman, Guido Zuccon, Benno Stein, Martin
    Potthast, Matthias Hagen, "Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage
    Re-Ranking", ECIR 2025, arXiv:2405.07920.

    Args:
        scores: the model's scores s, (lists, n).
        labels: relevance, (lists, n); only their order counts.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        alpha: steepness of the sigmoid.
        reduction: mean over all documents, their sum, or none for a term for each.

    Returns:
        A scalar, or (lists, n) without a reduction; zero for a list of one document, with the graph kept. It can be
        differentiated once.

    Raises:
        ValueError: if shapes differ or alpha is not positive.

    Example:
        Equal scores have rank 1.5 each, half a rank off: :math:`(1/4 + 1/4 / \log_2 3) / 2`.

        >>> round(adr_mse_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item(), 4)
        0.2039
    """
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, labels=labels, **({} if where is None else {"where": where}))
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, not {alpha!r}.")
    scores = at_least_float32(scores)
    wanted = mean_ranks(labels, where).to(scores.dtype)
    found = smooth_ranks(scores, where, alpha)
    terms = (wanted - found).square() / torch.log2(1 + wanted)
    if where is None:
        return reduce(terms, reduction)
    terms = terms.masked_fill(~where, 0)
    return terms.sum() / where.sum().clamp(min=1) if reduction == "mean" else reduce(terms, reduction)


def mean_ranks(labels: Tensor, where: Tensor | None = None) -> Tensor:
    """The ranks that labels give, 1 for the highest; equal ones share the mean of theirs.

    Args:
        labels: (lists, n).
        where: which are there, (lists, n); None means all.

    Returns:
        The ranks, (lists, n); anything from 1 where nothing is.

    Example:
        >>> mean_ranks(torch.tensor([[5, 9, 5, 1]]))
        tensor([[2.5000, 1.0000, 2.5000, 4.0000]])
    """
    labels = at_least_float32(labels)
    if where is not None:
        labels = labels.masked_fill(~where, -torch.inf)
    ascending = labels.sort(dim=1).values
    not_higher = torch.searchsorted(ascending, labels, right=True)
    lower = torch.searchsorted(ascending, labels)
    higher, equal = labels.shape[1] - not_higher, not_higher - lower
    return higher + (equal + 1) / 2
