"""ApproxNDCG: NDCG itself, of smooth ranks."""

import torch
from torch import Tensor

from losses.functional.gains import discounts, gains
from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.smooth_ranks import smooth_ranks


def approx_ndcg_loss(
    scores: Tensor,
    labels: Tensor,
    *,
    where: Tensor | None = None,
    temperature: float = 0.1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""ApproxNDCG, one minus the NDCG of approximate ranks.

    .. math::

        \ell = 1 - \frac{1}{\mathrm{maxDCG}} \sum_i \frac{2^{y_i} - 1}{\log_2(1 + r_i)}, \qquad
        r_i = 1 + \sum_{j \ne i} \sigma\bigl( (s_j - s_i) / T \bigr)

    Tao Qin, Tie-Yan Liu, Hang Li, "A general approximation framework for direct optimization of information retrieval
    measures", Information Retrieval 13, 2010, doi:10.1007/s10791-009-9124-x; with the sigmoid's temperature as in
    Sebastian Bruch, Masrour Zoghi, Michael Bendersky, Marc Najork, "Revisiting Approximate Metric Optimization in the
    Age of Deep Neural Networks", SIGIR 2019, doi:10.1145/3331184.3331347.

    Only documents that gain anything need a rank, so memory and time grow with their number times n.

    Args:
        scores: the model's scores s, (lists, n).
        labels: relevance y, (lists, n); those below zero gain as much as zero.
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        temperature: T. The lower, the nearer to NDCG, but the fewer pairs have a gradient.
        reduction: mean over the lists whose documents differ in gain, the sum, or none.

    Returns:
        A scalar, or (lists,) without a reduction; zero for a list whose documents all gain the same, with the graph
        kept. It can be differentiated once.

    Raises:
        ValueError: if shapes differ or the temperature is not positive.

    Example:
        Two equal scores have rank 1.5 each: :math:`1 - 1 / \log_2 2.5`.

        >>> round(approx_ndcg_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item(), 4)
        0.2435
    """
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, labels=labels, **({} if where is None else {"where": where}))
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r}.")
    scores = at_least_float32(scores)
    labels = labels.to(scores.dtype)
    if not scores.shape[1]:
        return reduce(scores.sum(dim=1), reduction)
    if where is not None:
        labels = labels.masked_fill(~where, -torch.inf)
    ideal, order = labels.sort(dim=1, descending=True)
    discount = discounts(scores.shape[1], scores)
    gain = gains(ideal.clamp(min=0), discount)
    lowest = gain[:, -1]
    if where is not None:
        where = where.gather(1, order)
        lowest = gain.masked_fill(~where, torch.inf).amin(dim=1)
    counts = lowest < gain[:, 0]
    relevant = (gain > 0) & counts[:, None]
    ranks = smooth_ranks(scores.gather(1, order), where, 1 / temperature, relevant.sum(dim=1))
    ndcg = (gain / torch.log2(1 + ranks)).masked_fill(~relevant, 0).sum(dim=1)
    terms = (1 - ndcg).masked_fill(~counts, 0)
    return terms.sum() / counts.sum().clamp(min=1) if reduction == "mean" else reduce(terms, reduction)
