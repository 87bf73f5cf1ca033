"""CoSENT: rank pairs by similarity as their labels rank them."""

import torch
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.shapes import check_dimensions, check_same_shape


def cosent_loss(similarities: Tensor, labels: Tensor, *, scale: float = 20.0) -> Tensor:
    r"""CoSENT, a smooth count of the pairs that are ranked the wrong way round.

    .. math::

        \log\Bigl(1 + \sum_{i, j:\, y_i < y_j} e^{\lambda (s_i - s_j)}\Bigr)

    over all i, j in the batch, where :math:`s` are the similarities, :math:`y` the labels and :math:`\lambda` is the
    scale. Ties in the labels say nothing. Only the order of the labels counts, not their values.

    Sorted by label, the pairs to sum for one j are a prefix, so a running logsumexp gives all of them: O(n log n)
    time and O(n) memory instead of a matrix of n x n.

    Xiang Huang, Hao Peng, Dongcheng Zou, Zhiwei Liu, Jianxin Li, Kay Liu, Jia Wu, Jianlin Su, Philip S. Yu, "CoSENT:
    Consistent Sentence Embedding via Similarity Ranking", IEEE/ACM TASLP 2024, doi:10.1109/TASLP.2024.3402087.

    Args:
        similarities: similarity of each pair, (n,).
        labels: gold similarity of each pair on any scale, (n,).
        scale: inverse temperature.

    Returns:
        The loss, a scalar; zero if all labels are equal.

    Raises:
        ValueError: if the shapes are not (n,) both.

    Example:
        One pair that is ranked the wrong way round, by 0.5: :math:`\log(1 + e^{2 \cdot 0.5})`.

        >>> round(cosent_loss(torch.tensor([0.9, 0.4]), torch.tensor([0.0, 1.0]), scale=2.0).item(), 4)
        1.3133
    """
    check_dimensions(1, similarities=similarities, labels=labels)
    check_same_shape(similarities=similarities, labels=labels)
    if labels.dtype == torch.bool:
        labels = labels.int()
    labels, order = labels.sort()
    logits = scale * at_least_float32(similarities)[order]
    # lower_sums[k] is the logsumexp of the k logits with the lowest labels
    lower_sums = torch.cat((logits.new_full((1,), -torch.inf), logits.logcumsumexp(dim=0)))
    lower_counts = torch.searchsorted(labels, labels)
    terms = lower_sums[lower_counts] - logits
    return torch.cat((logits.new_zeros(1), terms)).logsumexp(dim=0)
