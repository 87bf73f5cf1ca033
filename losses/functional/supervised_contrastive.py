"""Supervised contrastive loss: every text of the class is a positive."""

from collections.abc import Callable

import torch
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions
from losses.functional.similarity import compared_by, cos_sim


def supervised_contrastive_loss(
    embeddings: Tensor,
    labels: Tensor,
    *,
    temperature: float = 0.1,
    similarity: Callable[[Tensor, Tensor], Tensor] = cos_sim,
    rows: slice | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""A softmax over the batch, averaged over all positives of an anchor.

    .. math::

        \ell_i = -\frac{1}{|P_i|} \sum_{p \in P_i} \log \frac{e^{s_{ip} / \tau}}{\sum_{a \ne i} e^{s_{ia} / \tau}},
        \qquad P_i = \{ p : y_p = y_i,\, p \ne i \}

    Anchors without a positive are left out of the mean.

    :math:`L_{out}` of Prannay Khosla et al., "Supervised Contrastive Learning", 2020, arXiv:2004.11362, equation 2.

    Args:
        embeddings: (n, d).
        labels: class of each row, (n,).
        temperature: :math:`\tau`.
        similarity: s, from (n, d) and (m, d) to (n, m).
        rows: the anchors to compute the loss of, all by default; the others are positives and negatives only.
        reduction: mean over the anchors that have a positive, sum, or none for one term for each of the rows.

    Returns:
        A scalar, or one term for each of the rows without a reduction; zero where an anchor has no positive.

    Raises:
        ValueError: if the temperature is not positive, or shapes do not match.

    Example:
        Two texts of one class with the same embedding, and an orthogonal one: each of the two gives
        :math:`-\log(e / (e + 1))`, and the third has no positive.

        >>> x = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> round(supervised_contrastive_loss(x, torch.tensor([0, 0, 1]), temperature=1.0).item(), 4)
        0.3133
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r}.")
    check_dimensions(2, embeddings=embeddings)
    check_dimensions(1, labels=labels)
    if len(embeddings) != len(labels):
        raise ValueError(f"There must be a label for each embedding: {len(embeddings)} and {len(labels)}.")
    start, stop, _ = (rows or slice(None)).indices(len(labels))

    similarity, embeddings = compared_by(similarity, embeddings)

    def terms(block: slice, embeddings: Tensor) -> Tensor:
        own = torch.arange(block.start, block.stop, device=labels.device)[:, None]
        logits = similarity(embeddings[block], embeddings) / temperature
        itself = own == torch.arange(len(labels), device=labels.device)
        positive = (labels[block][:, None] == labels) & ~itself
        counts = positive.sum(dim=1)
        mean = torch.where(positive, logits, 0.0).sum(dim=1) / counts.clamp(min=1)
        log_z = logits.masked_fill(itself, torch.finfo(logits.dtype).min).logsumexp(dim=1)
        return torch.where(counts > 0, log_z - mean, 0.0)

    whole = slice(start, stop)
    if reduction != "mean":
        return reduce_by_rows(terms, [embeddings], whole, len(labels), reduction)
    _, which, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
    counted: Tensor = (sizes[which][whole] > 1).sum().clamp(min=1)
    total = reduce_by_rows(terms, [embeddings], whole, len(labels), "sum")
    return total / counted
