"""Similarities between embeddings: the more alike, the larger.

Two shapes of each: ``cos_sim(a, b)`` compares every row of ``a`` with every row of ``b``, ``pairwise_cos_sim(a, b)``
compares row i of ``a`` with row i of ``b`` only. Names and values are those of ``sentence_transformers.util``, so
either can be passed to a loss. Half-precision embeddings are compared in float32.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32


def cos_sim(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of every row of ``a`` (n, d) with every row of ``b`` (m, d): (n, m). A zero vector gives 0."""
    return dot_score(F.normalize(at_least_float32(a), dim=-1), F.normalize(at_least_float32(b), dim=-1))


def dot_score(a: Tensor, b: Tensor) -> Tensor:
    """Dot product of every row of ``a`` (n, d) with every row of ``b`` (m, d): (n, m)."""
    return at_least_float32(a) @ at_least_float32(b).transpose(0, 1)


def euclidean_sim(a: Tensor, b: Tensor) -> Tensor:
    """Negative Euclidean distance of every row of ``a`` (n, d) to every row of ``b`` (m, d): (n, m)."""
    return -torch.cdist(at_least_float32(a), at_least_float32(b), p=2.0)


def manhattan_sim(a: Tensor, b: Tensor) -> Tensor:
    """Negative Manhattan (L1) distance of every row of ``a`` (n, d) to every row of ``b`` (m, d): (n, m)."""
    return -torch.cdist(at_least_float32(a), at_least_float32(b), p=1.0)


def pairwise_cos_sim(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of row i of ``a`` (n, d) with row i of ``b`` (n, d): (n,). A zero vector gives 0."""
    return pairwise_dot_score(F.normalize(at_least_float32(a), dim=-1), F.normalize(at_least_float32(b), dim=-1))


def pairwise_dot_score(a: Tensor, b: Tensor) -> Tensor:
    """Dot product of row i of ``a`` (n, d) with row i of ``b`` (n, d): (n,)."""
    return (at_least_float32(a) * at_least_float32(b)).sum(dim=-1)


def pairwise_euclidean_sim(a: Tensor, b: Tensor) -> Tensor:
    """Negative Euclidean distance of row i of ``a`` (n, d) to row i of ``b`` (n, d): (n,)."""
    distances: Tensor = torch.linalg.vector_norm(at_least_float32(a) - at_least_float32(b), dim=-1)
    return -distances


def pairwise_manhattan_sim(a: Tensor, b: Tensor) -> Tensor:
    """Negative Manhattan (L1) distance of row i of ``a`` (n, d) to row i of ``b`` (n, d): (n,)."""
    return -(at_least_float32(a) - at_least_float32(b)).abs().sum(dim=-1)


def pairwise_angle_sim(a: Tensor, b: Tensor) -> Tensor:
    """Angle similarity of row i of ``a`` (n, d) with row i of ``b`` (n, d): (n,).

    The halves of an embedding are read as the real and the imaginary part of a complex one; the similarity is the
    absolute sum of the real and the imaginary part of the product of the one with the conjugate of the other, both
    normalised. Xianming Li, Jing Li, "AnglE-optimized Text Embeddings", 2023, arXiv:2309.12871. An odd dimension is
    padded with a zero.
    """
    if a.shape[1] % 2:
        a, b = F.pad(a, (0, 1)), F.pad(b, (0, 1))
    a, b = F.normalize(at_least_float32(a), dim=1), F.normalize(at_least_float32(b), dim=1)
    (real_a, imaginary_a), (real_b, imaginary_b) = a.chunk(2, dim=1), b.chunk(2, dim=1)
    sines = (imaginary_a * real_b - real_a * imaginary_b).sum(dim=1)
    return ((a * b).sum(dim=1) + sines).abs()
