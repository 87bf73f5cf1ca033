"""Global orthogonal regularization: unrelated texts ought to be orthogonal."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.shapes import check_dimensions
from losses.functional.similarity import cos_sim, dot_score


def global_orthogonal_regularization(
    embeddings: Tensor, *, similarity: Callable[[Tensor, Tensor], Tensor] = cos_sim
) -> tuple[Tensor, Tensor]:
    r"""How far the similarities of a batch are from those of points spread evenly over a sphere.

    .. math::

        M_1^2 = \Bigl( \frac{1}{n (n - 1)} \sum_{i \ne j} s_{ij} \Bigr)^2, \qquad
        M_2 = \max\Bigl(0,\; \frac{1}{n (n - 1)} \sum_{i \ne j} s_{ij}^2 - \frac{1}{d} \Bigr)

    For points spread evenly the mean of the cosines is 0 and that of their squares 1 / d.

    With more rows than dimensions, cosines and dot products take no n x n matrix:
    :math:`\sum_{ij} s_{ij} = |\sum_i x_i|^2` and :math:`\sum_{ij} s_{ij}^2 = \lVert X^\top X \rVert_F^2`.

    Xu Zhang, Felix X. Yu, Sanjiv Kumar, Shih-Fu Chang, "Learning Spread-out Local Feature Descriptors", 2017,
    arXiv:1708.06320.

    Args:
        embeddings: embeddings of texts that have nothing to do with each other, (n, d).
        similarity: s, from (n, d) and (m, d) to (n, m).

    Returns:
        Both terms, scalars; zero for a single row.

    Raises:
        ValueError: if the shape is not (n, d).

    Example:
        Two equal rows: the mean of the cosines is 1, and so is that of their squares, 1/2 more than 1/d.

        >>> [round(term.item(), 4) for term in global_orthogonal_regularization(torch.ones(2, 2))]
        [1.0, 0.5]
    """
    check_dimensions(2, embeddings=embeddings)
    rows, dimensions = embeddings.shape
    pairs = max(rows * (rows - 1), 1)
    is_cosine = getattr(similarity, "__name__", "") in ("cos_sim", "pytorch_cos_sim")
    if rows > dimensions and (is_cosine or similarity is dot_score):
        points = at_least_float32(embeddings)
        points = F.normalize(points, dim=1) if is_cosine else points
        own = points.square().sum(dim=1)
        total = points.sum(dim=0).square().sum() - own.sum()
        squares = (points.T @ points).square().sum() - own.square().sum()
    else:
        similarities = similarity(embeddings, embeddings)
        similarities = similarities.masked_fill(torch.eye(rows, dtype=torch.bool, device=embeddings.device), 0.0)
        total, squares = similarities.sum(), similarities.square().sum()
    return (total / pairs).square(), (squares / pairs - 1.0 / dimensions).relu()
