"""FLOPS: how much work sparse embeddings make for a search."""

import torch
from torch import Tensor

from losses.functional.shapes import check_dimensions


def flops_loss(embeddings: Tensor, *, threshold: float | None = None) -> Tensor:
    r"""FLOPS regulariser.

    .. math::

        \sum_j \Bigl( \frac{1}{n} \sum_i x_{ij} \Bigr)^2

    The squared mean activation of each dimension: a smooth stand-in for the number of floating point operations of
    a search with an inverted index. It is meant for activations that are not negative.

    Biswajit Paria, Chih-Kuan Yeh, Ian E.H. Yen, Ning Xu, Pradeep Ravikumar, Barnabás Póczos, "Minimizing FLOPs to
    Learn Efficient Sparse Representations", ICLR 2020, arXiv:2004.05665. With a threshold, "FLOPS with l0 masking"
    of arXiv:2504.14839.

    Args:
        embeddings: x, (n, d).
        threshold: leave out the embeddings with no more than this many dimensions that are not zero. They still
            count in n.

    Returns:
        A scalar; zero for no embeddings.

    Raises:
        ValueError: if the embeddings are not a matrix.

    Example:
        The means are 2 and 1:

        >>> flops_loss(torch.tensor([[4.0, 0.0], [0.0, 2.0]])).item()
        5.0
    """
    check_dimensions(2, embeddings=embeddings)
    if not len(embeddings):
        return embeddings.sum()
    if threshold is not None:
        active = (embeddings != 0).sum(dim=1, keepdim=True)
        embeddings = torch.where(active > threshold, embeddings, 0.0)
    return embeddings.mean(dim=0).square().sum()
