"""ListNet: the softmax over a list should be that of its labels."""

import torch
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape


def list_net_loss(
    scores: Tensor, labels: Tensor, *, where: Tensor | None = None, reduction: Reduction = "mean"
) -> Tensor:
    r"""ListNet, the cross-entropy between two softmaxes over a list.

    .. math::

        \ell = -\sum_{i} \mathrm{softmax}(y)_i \log \mathrm{softmax}(s)_i

    which is the chance that a document is the best one, by its label and by the model. The values of the labels count,
    not only their order: labels 0 and 10 ask for far more than 0 and 1. Labels that are all equal ask for equal scores.

    Zhe Cao, Tao Qin, Tie-Yan Liu, Ming-Feng Tsai, Hang Li, "Learning to Rank: From Pairwise Approach to Listwise
    Approach", ICML 2007, doi:10.1145/1273496.1273513.

    Args:
        scores: the model's scores s, (lists, n).
        labels: relevance y, (lists, n).
        where: which documents are there, (lists, n); None means all. What stands elsewhere is never looked at.
        reduction: mean over the lists, sum or none.

    Returns:
        A scalar, or (lists,) without a reduction; zero for a list of one document or none, with the graph kept.

    Raises:
        ValueError: if shapes differ.

    Example:
        The model is undecided between two documents, so that the loss is :math:`\log 2` whatever the labels:

        >>> round(list_net_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item(), 4)
        0.6931
    """
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, labels=labels)
    scores = at_least_float32(scores)
    labels = labels.to(scores.dtype)
    if where is None:
        return reduce(-(labels.softmax(dim=1) * scores.log_softmax(dim=1)).sum(dim=1), reduction)
    check_same_shape(scores=scores, where=where)
    # low enough for a share of zero, and far enough from the lowest for a finite logarithm of it
    lowest = torch.finfo(scores.dtype).min / 4
    missing = ~where
    labels = labels.masked_fill(missing, lowest)
    terms = -(labels.softmax(dim=1) * scores.masked_fill(missing, lowest).log_softmax(dim=1)).sum(dim=1)
    if not scores.shape[1]:
        return reduce(terms, reduction)
    return reduce(terms.masked_fill(labels.amax(dim=1) == lowest, 0), reduction)
