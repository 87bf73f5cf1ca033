"""Sigmoid contrastive loss: every pair of the batch is a question of its own."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.similarity import compared_by, cos_sim


def sigmoid_contrastive_loss(
    queries: Tensor,
    documents: Sequence[Tensor],
    *,
    scale: Tensor | float = 10.0,
    bias: Tensor | float = -10.0,
    similarity: Callable[[Tensor, Tensor], Tensor] = cos_sim,
    rows: slice | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""A logistic loss on each pair of a query and a document: does it belong together?

    .. math::

        \ell_i = -\sum_{j, c} \log \sigma\bigl( z_{ijc} (t\, s(q_i, d_{jc}) + b) \bigr)

    where :math:`z_{ijc}` is 1 for the query's own positive (:math:`j = i,\, c = 0`) and -1 for every other document.
    There is no softmax, so that no pair depends on what else is in the batch. The bias makes up for the many negatives.

    Xiaohua Zhai, Basil Mustafa, Alexander Kolesnikov, Lucas Beyer, "Sigmoid Loss for Language Image Pre-Training",
    2023, arXiv:2303.15343, algorithm 1.

    Args:
        queries: embeddings of the queries, (n, d).
        documents: embeddings of the positives, then of any hard negatives, each (n, d).
        scale: t, the inverse temperature; learned as a rule, and then a tensor.
        bias: b; learned as a rule, and then a tensor.
        similarity: s, from (n, d) and (m, d) to (n, m).
        rows: the queries to compute the loss of, all by default; the others' documents are negatives only.
        reduction: mean over the queries, sum or none.

    Returns:
        A scalar, or one term for each of the rows without a reduction.

    Raises:
        ValueError: if columns differ in shape.

    Example:
        Each of two queries has a positive with logit 1 and a negative with logit 0:
        :math:`\log(1 + e^{-1}) + \log 2`.

        >>> x = torch.eye(2)
        >>> round(sigmoid_contrastive_loss(x, [x], scale=1.0, bias=0.0).item(), 4)
        1.0064
    """
    check_dimensions(2, queries=queries)
    check_same_shape(queries=queries, **{f"documents[{index}]": column for index, column in enumerate(documents)})
    start, stop, _ = (rows or slice(None)).indices(len(queries))
    options = [torch.as_tensor(each, dtype=torch.float32, device=queries.device) for each in (scale, bias)]

    similarity, queries, everything = compared_by(similarity, queries, torch.cat(list(documents)))

    def terms(block: slice, scale: Tensor, bias: Tensor, queries: Tensor, everything: Tensor) -> Tensor:
        own = torch.arange(block.start, block.stop, device=queries.device)[:, None]
        logits = similarity(queries[block], everything) * scale + bias
        # softplus(x) for a negative; a positive has softplus(-x) = softplus(x) - x
        return F.softplus(logits).sum(dim=1) - logits.gather(1, own).squeeze(1)

    width = len(queries) * len(documents)
    return reduce_by_rows(terms, [*options, queries, everything], slice(start, stop), width, reduction)
