"""Distillation of a ranking: the softmax over a query's documents as the teacher has it."""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32, like
from losses.functional.reduction import Reduction, reduce
from losses.functional.shapes import check_dimensions, check_same_shape


def distill_kl_div_loss(
    scores: Tensor,
    teacher_scores: Tensor,
    *,
    temperature: float = 1.0,
    teacher_temperature: float | None = None,
    where: Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Divergence of a model's softmax over documents from a teacher's.

    .. math::

        \ell_i = \tau_s^2 \sum_j t_{ij} \log \frac{t_{ij}}{p_{ij}}, \qquad
        p_i = \mathrm{softmax}(s_i / \tau_s), \quad t_i = \mathrm{softmax}(g_i / \tau_t)

    The factor keeps gradients in scale whatever the temperature.

    Sheng-Chieh Lin, Jheng-Hong Yang, Jimmy Lin, "Distilling Dense Representations for Ranking using Tightly-Coupled
    Teachers", 2020, arXiv:2010.11386.

    Args:
        scores: the model's scores of each query's documents, (n, k).
        teacher_scores: the teacher's, (n, k). A score of minus infinity leaves a document out.
        temperature: :math:`\tau_s`.
        teacher_temperature: :math:`\tau_t`, the same by default.
        where: which documents are there, (n, k); None means all.
        reduction: mean over the queries, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if a temperature is not positive or shapes differ.

    Example:
        The model is undecided between two documents, the teacher is 3 to 1:
        :math:`\frac34 \log \frac{3/4}{1/2} + \frac14 \log \frac{1/4}{1/2}`.

        >>> s, t = torch.zeros(1, 2), torch.tensor([[3.0, 1.0]]).log()
        >>> round(distill_kl_div_loss(s, t).item(), 4)
        0.1308
    """
    teacher_temperature = temperature if teacher_temperature is None else teacher_temperature
    for name, value in (("temperature", temperature), ("teacher_temperature", teacher_temperature)):
        if not 0 < value < float("inf"):
            raise ValueError(f"{name} must be a positive, finite number, not {value!r}.")
    check_dimensions(2, scores=scores)
    check_same_shape(scores=scores, teacher_scores=teacher_scores)
    own = at_least_float32(scores) / temperature
    teacher = like(teacher_scores.detach(), scores) / teacher_temperature
    if where is not None:
        lowest = torch.finfo(own.dtype).min
        own, teacher = own.masked_fill(~where, lowest), teacher.masked_fill(~where, lowest)
    target = teacher.softmax(dim=1)
    # where the teacher gives nothing, the term is 0, whatever its logarithm
    terms = torch.where(target > 0, F.kl_div(own.log_softmax(dim=1), target, reduction="none"), 0.0)
    if where is not None:
        terms = torch.where(where, terms, 0.0)
    return reduce(terms.sum(dim=1) * temperature**2, reduction)
