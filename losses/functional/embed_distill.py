"""Distillation of embeddings: be where the teacher is, or point where it points."""

from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_same_shape

DistillDistance = Literal["mse", "l2", "cosine"]


def embed_distill_loss(
    embeddings: Tensor, teacher: Tensor, *, distance: DistillDistance = "cosine", reduction: Reduction = "mean"
) -> Tensor:
    r"""How far embeddings are from those of a teacher.

    .. math::

        \ell_i = \begin{cases}
            \frac{1}{d} \lVert x_i - t_i \rVert^2 & \text{mse} \\
            \lVert x_i - t_i \rVert & \text{l2} \\
            1 - \cos(x_i, t_i) & \text{cosine}
        \end{cases}

    Nils Reimers, Iryna Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
    2020, arXiv:2004.09813 (mse); Seungyeon Kim et al., "EmbedDistill: A Geometric Knowledge Distillation for
    Information Retrieval", 2023, arXiv:2301.12005.

    Args:
        embeddings: (n, d).
        teacher: the teacher's, (n, d).
        distance: which one.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the distance is unknown or shapes differ.

    Example:
        >>> x, t = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]])
        >>> [embed_distill_loss(x, t, distance=each).item() for each in ("mse", "l2", "cosine")]
        [12.5, 5.0, 1.0]
    """
    if distance not in get_args(DistillDistance):
        raise ValueError(f"distance must be 'mse', 'l2' or 'cosine', not {distance!r}.")
    check_same_shape(embeddings=embeddings, teacher=teacher)
    embeddings, teacher = at_least_float32(embeddings), at_least_float32(teacher).to(embeddings.device)
    if distance == "mse" and reduction == "mean" and embeddings.numel():
        return F.mse_loss(embeddings, teacher.detach())
    if distance == "mse":
        return reduce((embeddings - teacher).square().mean(dim=-1), reduction)
    if distance == "l2":
        return reduce(torch.linalg.vector_norm(embeddings - teacher, dim=-1), reduction)
    return reduce(1 - F.cosine_similarity(embeddings, teacher, dim=-1), reduction)
