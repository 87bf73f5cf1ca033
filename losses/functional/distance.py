"""Distances between embeddings: the more alike, the smaller.

``paired_*`` compares row i of one matrix with row i of another; ``mutual_*`` compares the rows of one matrix with each
other.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.similarity import cos_sim


def paired_cosine_distance(a: Tensor, b: Tensor) -> Tensor:
    r"""One minus the cosine of row i of ``a`` with row i of ``b``.

    .. math::

        d_i = 1 - \frac{a_i \cdot b_i}{\lVert a_i \rVert \lVert b_i \rVert}

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The distances, (n,), from 0 to 2.

    Example:
        >>> paired_cosine_distance(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([0.0400, 1.0000])
    """
    return 1 - F.cosine_similarity(a, b)


def paired_euclidean_distance(a: Tensor, b: Tensor) -> Tensor:
    r"""Euclidean distance of row i of ``a`` to row i of ``b``.

    .. math::

        d_i = \lVert a_i - b_i + \epsilon \rVert_2

    As in :func:`torch.nn.functional.pairwise_distance`, :math:`\epsilon = 10^{-6}` is added to every difference, which
    keeps the gradient at distance zero finite.

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The distances, (n,).

    Example:
        >>> paired_euclidean_distance(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
        tensor([5.0000, 2.0000])
    """
    return F.pairwise_distance(a, b, p=2)


def paired_manhattan_distance(a: Tensor, b: Tensor) -> Tensor:
    r"""Manhattan (L1) distance of row i of ``a`` to row i of ``b``.

    .. math::

        d_i = \lVert a_i - b_i + \epsilon \rVert_1

    As in :func:`torch.nn.functional.pairwise_distance`, :math:`\epsilon = 10^{-6}` is added to every difference.

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The distances, (n,).

    Example:
        >>> paired_manhattan_distance(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([2., 3.])
    """
    return F.pairwise_distance(a, b, p=1)


def mutual_cosine_distance(embeddings: Tensor) -> Tensor:
    r"""One minus the cosine of every two rows.

    .. math::

        d_{ij} = 1 - \frac{x_i \cdot x_j}{\lVert x_i \rVert \lVert x_j \rVert}

    Args:
        embeddings: x, (n, d).

    Returns:
        The distances, (n, n), from 0 to 2.

    Example:
        >>> distances = mutual_cosine_distance(torch.tensor([[3.0, 4.0], [1.0, 0.0]]))
        >>> round(distances[0, 1].item(), 4)
        0.4
    """
    return 1 - cos_sim(embeddings, embeddings)


def mutual_euclidean_distance(embeddings: Tensor, squared: bool = False) -> Tensor:
    r"""Euclidean distance, or its square, between every two rows.

    .. math::

        d_{ij} = \lVert x_i - x_j \rVert_2

    Computed from the Gram matrix, |x - y|^2 = x.x - 2 x.y + y.y, in one matrix product. Rounding may turn a tiny
    square negative: it counts as zero, and at zero the gradient is zero (that of the root would be infinite).

    Args:
        embeddings: x, (n, d).
        squared: return the squares.

    Returns:
        The distances, (n, n).

    Example:
        >>> mutual_euclidean_distance(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0., 5.],
                [5., 0.]])
    """
    with torch.autocast(device_type=embeddings.device.type, enabled=False):
        embeddings = at_least_float32(embeddings)
        products = embeddings @ embeddings.T
    squares = products.diagonal()
    distances = (squares[None, :] - 2.0 * products + squares[:, None]).clamp(min=0)
    if squared:
        return distances
    zero = distances == 0
    return distances.masked_fill(zero, 1).sqrt().masked_fill(zero, 0)
