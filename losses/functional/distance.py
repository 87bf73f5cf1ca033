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
    """One minus the cosine of row i of ``a`` (n, d) with row i of ``b`` (n, d): (n,)."""
    return 1 - F.cosine_similarity(a, b)


def paired_euclidean_distance(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of row i of ``a`` (n, d) to row i of ``b`` (n, d): (n,).

    As in :func:`torch.nn.functional.pairwise_distance`, 1e-6 is added to every difference, which keeps the gradient
    at distance zero finite.
    """
    return F.pairwise_distance(a, b, p=2)


def paired_manhattan_distance(a: Tensor, b: Tensor) -> Tensor:
    """Manhattan (L1) distance of row i of ``a`` (n, d) to row i of ``b`` (n, d), 1e-6 a difference included: (n,)."""
    return F.pairwise_distance(a, b, p=1)


def mutual_cosine_distance(embeddings: Tensor) -> Tensor:
    """One minus the cosine of every two rows of the embeddings (n, d): (n, n)."""
    return 1 - cos_sim(embeddings, embeddings)


def mutual_euclidean_distance(embeddings: Tensor, squared: bool = False) -> Tensor:
    """Euclidean distance, or its square, between every two rows of the embeddings (n, d): (n, n).

    Computed from the Gram matrix, |x - y|^2 = x.x - 2 x.y + y.y, in one matrix product. Rounding may turn a tiny
    square negative: it counts as zero, and at zero the gradient is zero (that of the root would be infinite).
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
