"""Mega-batch margin loss: one hard negative out of a very large batch."""

import torch
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.similarity import compared_by, cos_sim


def mega_batch_margin_loss(
    anchors: Tensor,
    positives: Tensor,
    *,
    positive_margin: float = 0.8,
    negative_margin: float = 0.3,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""The positive near, the most similar other positive of the batch away.

    .. math::

        \ell_i = \max\bigl(0,\; m^+ - \cos(a_i, p_i)\bigr)
            + \max\bigl(0,\; \max_{j \ne i} \cos(a_i, p_j) - m^- \bigr)

    John Wieting, Kevin Gimpel, "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of
    Machine Translations", ACL 2018, doi:10.18653/v1/P18-1042.

    Args:
        anchors: (n, d).
        positives: (n, d).
        positive_margin: :math:`m^+`, how similar a positive ought to be at least.
        negative_margin: :math:`m^-`, how similar the hardest negative may be at most.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction. A single row has no negative.

    Raises:
        ValueError: if the shapes are not (n, d) both.

    Example:
        Positives are identical to their anchors and orthogonal to each other; only a margin above 1 is missed:

        >>> x = torch.eye(2)
        >>> mega_batch_margin_loss(x, x, positive_margin=1.5, negative_margin=0.0).item()
        0.5
    """
    check_dimensions(2, anchors=anchors)
    check_same_shape(anchors=anchors, positives=positives)

    similarity, anchors, positives = compared_by(cos_sim, anchors, positives)

    def terms(block: slice, anchors: Tensor, positives: Tensor) -> Tensor:
        own = torch.arange(block.start, block.stop, device=anchors.device)[:, None]
        scores = similarity(anchors[block], positives)
        hardest: Tensor = scores.scatter(1, own, -torch.inf).max(dim=1).values
        missed = (positive_margin - scores.gather(1, own).squeeze(1)).relu()
        value: Tensor = missed + (hardest - negative_margin).relu()
        return value

    return reduce_by_rows(terms, [anchors, positives], slice(0, len(anchors)), len(anchors), reduction)
