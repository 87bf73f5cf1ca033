"""Similarities between embeddings: the more alike, the larger.

Two shapes of each: ``cos_sim(a, b)`` compares every row of ``a`` with every row of ``b``, ``pairwise_cos_sim(a, b)``
compares row i of ``a`` with row i of ``b`` only. Names and values are those of ``sentence_transformers.util``, so
either can be passed to a loss. Half-precision embeddings are compared in float32.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32


def compared_by(similarity: Callable[[Tensor, Tensor], Tensor], *embeddings: Tensor) -> tuple[Any, ...]:
    """A similarity, and embeddings made ready for it, for comparing them many times, block by block.

    For the cosine these are the dot product, and embeddings of length 1, which would else be made anew for each block.
    Any other similarity is returned as it is, and so are the embeddings.
    """
    library = str(getattr(similarity, "__module__", "")).split(".")[0]
    if library in ("losses", "sentence_transformers") and getattr(similarity, "__name__", "") in _COSINES:
        return dot_score, *(F.normalize(at_least_float32(each), dim=-1) for each in embeddings)
    return similarity, *embeddings


_COSINES = ("cos_sim", "pytorch_cos_sim")


def cos_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Cosine of every row of ``a`` with every row of ``b``.

    .. math::

        s_{ij} = \frac{a_i \cdot b_j}{\lVert a_i \rVert \lVert b_j \rVert}

    Args:
        a: embeddings, (n, d).
        b: embeddings, (m, d).

    Returns:
        The cosines, (n, m). That of a vector of zeros is 0.

    Example:
        >>> cos_sim(torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([[0.9600, 0.8000]])
    """
    return dot_score(F.normalize(at_least_float32(a), dim=-1), F.normalize(at_least_float32(b), dim=-1))


def dot_score(a: Tensor, b: Tensor) -> Tensor:
    r"""Dot product of every row of ``a`` with every row of ``b``.

    .. math::

        s_{ij} = a_i \cdot b_j

    Args:
        a: embeddings, (n, d).
        b: embeddings, (m, d).

    Returns:
        The products, (n, m).

    Example:
        >>> dot_score(torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([[24.,  8.]])
    """
    return at_least_float32(a) @ at_least_float32(b).transpose(0, 1)


def euclidean_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Negative Euclidean distance of every row of ``a`` to every row of ``b``.

    .. math::

        s_{ij} = -\lVert a_i - b_j \rVert_2

    Args:
        a: embeddings, (n, d).
        b: embeddings, (m, d).

    Returns:
        The negative distances, (n, m).

    Example:
        >>> euclidean_sim(torch.tensor([[3.0, 4.0]]), torch.tensor([[3.0, 2.0], [0.0, 0.0]]))
        tensor([[-2., -5.]])
    """
    return -torch.cdist(at_least_float32(a), at_least_float32(b), p=2.0)


def manhattan_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Negative Manhattan (L1) distance of every row of ``a`` to every row of ``b``.

    .. math::

        s_{ij} = -\lVert a_i - b_j \rVert_1

    Args:
        a: embeddings, (n, d).
        b: embeddings, (m, d).

    Returns:
        The negative distances, (n, m).

    Example:
        >>> manhattan_sim(torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([[-2., -5.]])
    """
    return -torch.cdist(at_least_float32(a), at_least_float32(b), p=1.0)


def pairwise_cos_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Cosine of row i of ``a`` with row i of ``b``.

    .. math::

        s_i = \frac{a_i \cdot b_i}{\lVert a_i \rVert \lVert b_i \rVert}

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The cosines, (n,). That of a vector of zeros is 0.

    Example:
        >>> pairwise_cos_sim(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([0.9600, 0.0000])
    """
    return pairwise_dot_score(F.normalize(at_least_float32(a), dim=-1), F.normalize(at_least_float32(b), dim=-1))


def pairwise_dot_score(a: Tensor, b: Tensor) -> Tensor:
    r"""Dot product of row i of ``a`` with row i of ``b``.

    .. math::

        s_i = a_i \cdot b_i

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The products, (n,).

    Example:
        >>> pairwise_dot_score(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([24.,  0.])
    """
    return (at_least_float32(a) * at_least_float32(b)).sum(dim=-1)


def pairwise_euclidean_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Negative Euclidean distance of row i of ``a`` to row i of ``b``.

    .. math::

        s_i = -\lVert a_i - b_i \rVert_2

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The negative distances, (n,).

    Example:
        >>> pairwise_euclidean_sim(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
        tensor([-5., -2.])
    """
    distances: Tensor = torch.linalg.vector_norm(at_least_float32(a) - at_least_float32(b), dim=-1)
    return -distances


def pairwise_manhattan_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Negative Manhattan (L1) distance of row i of ``a`` to row i of ``b``.

    .. math::

        s_i = -\lVert a_i - b_i \rVert_1

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The negative distances, (n,).

    Example:
        >>> pairwise_manhattan_sim(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([[4.0, 3.0], [0.0, 2.0]]))
        tensor([-2., -3.])
    """
    return -(at_least_float32(a) - at_least_float32(b)).abs().sum(dim=-1)


def pairwise_angle_sim(a: Tensor, b: Tensor) -> Tensor:
    r"""Angle similarity of row i of ``a`` with row i of ``b``.

    .. math::

        s_i = \Bigl| \mathrm{Re}\, z_i + \mathrm{Im}\, z_i \Bigr|, \qquad
        z_i = \frac{\sum_k a_{ik} \overline{b_{ik}}}{\lVert a_i \rVert \lVert b_i \rVert}

    The halves of an embedding are read as the real and the imaginary part of a complex one; an odd dimension is padded
    with a zero.

    Xianming Li, Jing Li, "AnglE-optimized Text Embeddings", 2023, arXiv:2309.12871.

    Args:
        a: embeddings, (n, d).
        b: embeddings, (n, d).

    Returns:
        The similarities, (n,).

    Example:
        :math:`z = (3 + 4i)(4 - 3i) / 25 = (24 + 7i) / 25`:

        >>> pairwise_angle_sim(torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0]]))
        tensor([1.2400])
    """
    if a.shape[1] % 2:
        a, b = F.pad(a, (0, 1)), F.pad(b, (0, 1))
    a, b = F.normalize(at_least_float32(a), dim=1), F.normalize(at_least_float32(b), dim=1)
    (real_a, imaginary_a), (real_b, imaginary_b) = a.chunk(2, dim=1), b.chunk(2, dim=1)
    sines = (imaginary_a * real_b - real_a * imaginary_b).sum(dim=1)
    return ((a * b).sum(dim=1) + sines).abs()
