"""Distillation of a model's last layer into the ones before it."""

import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_same_shape


def self_distillation_loss(
    embeddings: Tensor, final: Tensor, *, temperature: float = 0.3, reduction: Reduction = "mean"
) -> Tensor:
    r"""How far the softmax over the dimensions of an embedding is from that of the last layer's.

    .. math::

        \ell_i = \sum_k p_{ik} \log \frac{p_{ik}}{q_{ik}}, \qquad
        p_i = \mathrm{softmax}(f_i / \tau), \quad q_i = \mathrm{softmax}(x_i / \tau)

    The last layer is the teacher: no gradient flows into it.

    Xianming Li, Zongxi Li, Jing Li, Haoran Xie, Qing Li, "2D Matryoshka Sentence Embeddings", 2024, arXiv:2402.14776.

    Args:
        embeddings: an earlier layer's, (n, d).
        final: the last layer's, (n, d).
        temperature: :math:`\tau`.
        reduction: mean over the rows, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if the shapes differ or the temperature is not positive.

    Example:
        >>> import torch
        >>> final = torch.tensor([[0.0, torch.tensor(3.0).log()]])
        >>> round(self_distillation_loss(torch.zeros(1, 2), final, temperature=1.0).item(), 4)
        0.1308
    """
    check_same_shape(embeddings=embeddings, final=final)
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r}.")
    teacher = (at_least_float32(final.detach()) / temperature).log_softmax(dim=-1)
    student = (at_least_float32(embeddings) / temperature).log_softmax(dim=-1)
    return reduce(F.kl_div(student, teacher, reduction="none", log_target=True).sum(dim=-1), reduction)
