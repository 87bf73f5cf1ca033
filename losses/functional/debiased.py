"""Debiased contrastive loss: in-batch negatives, some of which are positives nobody knows of."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.similarity import compared_by, cos_sim


def check_options(scale: float, tau_plus: float) -> None:
    """Raise a ValueError if these options of :func:`debiased_multiple_negatives_ranking_loss` are no loss."""
    if not scale > 0:
        raise ValueError(f"scale must be positive, not {scale!r}.")
    if not 0 <= tau_plus < 1:
        raise ValueError(f"tau_plus is a share and must be at least 0 and below 1, not {tau_plus!r}.")


def debiased_multiple_negatives_ranking_loss(
    queries: Tensor,
    documents: Sequence[Tensor],
    *,
    scale: float = 20.0,
    tau_plus: float = 0.1,
    similarity: Callable[[Tensor, Tensor], Tensor] = cos_sim,
    lowest_similarity: float = -1.0,
    rows: slice | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""InfoNCE, corrected for negatives that are positives.

    .. math::

        \ell_i = -\log \frac{e^{\lambda s_{ii}}}{e^{\lambda s_{ii}} + N g_i}, \qquad
        g_i = \max\Bigl( \frac{1}{1 - \tau^+} \Bigl( \frac{1}{N} \sum_{n} e^{\lambda s_{in}}
            - \tau^+ e^{\lambda s_{ii}} \Bigr),\; e^{\lambda s_{\min}} \Bigr)

    over the :math:`N` documents of the batch that are not the query's positive. If each of them is a positive with
    probability :math:`\tau^+`, then :math:`g_i` estimates what the true negatives alone would give; it cannot be less
    than it would be if all were as far away as possible. With :math:`\tau^+ = 0` this is InfoNCE.

    Ching-Yao Chuang, Joshua Robinson, Lin Yen-Chen, Antonio Torralba, Stefanie Jegelka, "Debiased Contrastive
    Learning", 2020, arXiv:2007.00224, equation 8 with M = 1.

    Args:
        queries: embeddings of the queries, (n, d).
        documents: embeddings of the positives, then of any hard negatives, each (n, d).
        scale: the inverse temperature :math:`\lambda`.
        tau_plus: the share of positives among the negatives, 0 up to 1.
        similarity: s, from (n, d) and (m, d) to (n, m).
        lowest_similarity: the smallest value that the similarity can take, -1 for the cosine.
        rows: the queries to compute the loss of, all by default; the others' documents are negatives only.
        reduction: mean, sum or none.

    Returns:
        A scalar, or one term for each of the rows without a reduction.

    Raises:
        ValueError: if an option is out of range or columns differ in shape.

    Example:
        One negative, orthogonal to the query: :math:`g = (1 - 0.5 e) / 0.5 < e^{-1}`, so the lower bound counts, and
        the loss is :math:`\log(1 + e^{-2})`:

        >>> x = torch.eye(2)
        >>> round(debiased_multiple_negatives_ranking_loss(x, [x], scale=1.0, tau_plus=0.5).item(), 4)
        0.1269
    """
    check_options(scale, tau_plus)
    check_dimensions(2, queries=queries)
    check_same_shape(queries=queries, **{f"documents[{index}]": column for index, column in enumerate(documents)})
    start, stop, _ = (rows or slice(None)).indices(len(queries))
    negatives = len(queries) * len(documents) - 1

    similarity, queries, everything = compared_by(similarity, queries, torch.cat(list(documents)))

    def terms(block: slice, queries: Tensor, everything: Tensor) -> Tensor:
        own = torch.arange(block.start, block.stop, device=queries.device)[:, None]
        logits = similarity(queries[block], everything) * scale
        positive = logits.gather(1, own).squeeze(1)
        if not negatives:
            return positive * 0.0
        others = logits.scatter(1, own, -torch.inf).logsumexp(dim=1)
        floor = torch.full_like(positive, math.log(negatives) + scale * lowest_similarity)
        if tau_plus > 0:
            # log(e^others - e^expected), where that is positive and well away from zero
            expected = math.log(negatives * tau_plus) + positive
            remains = expected < others - 1e-6
            gap = torch.where(remains, expected - others, -1.0)
            corrected = others + torch.log1p(-gap.exp()) - math.log1p(-tau_plus)
            others = torch.where(remains, corrected, floor)
        return torch.logaddexp(positive, torch.maximum(others, floor)) - positive

    width = len(queries) * len(documents)
    return reduce_by_rows(terms, [queries, everything], slice(start, stop), width, reduction)
