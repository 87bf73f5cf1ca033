"""GISTEmbed: in-batch negatives that a guide does not take for positives."""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions
from losses.functional.similarity import compared_by, cos_sim

MarginStrategy = Literal["absolute", "relative"]


def check_options(temperature: float, margin_strategy: str) -> None:
    """Raise a ValueError if these options of :func:`gist_embed_loss` are no loss."""
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r}.")
    if margin_strategy not in get_args(MarginStrategy):
        raise ValueError(f"margin_strategy must be 'absolute' or 'relative', not {margin_strategy!r}.")


def gist_embed_loss(
    anchors: Tensor,
    documents: Sequence[Tensor],
    guide_anchors: Tensor,
    guide_documents: Sequence[Tensor],
    *,
    temperature: float = 0.01,
    similarity: Callable[[Tensor, Tensor], Tensor] = cos_sim,
    margin_strategy: MarginStrategy = "absolute",
    margin: float = 0.0,
    contrast_anchors: bool = True,
    contrast_positives: bool = True,
    first_row: int = 0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""InfoNCE in which a guide rules out false negatives.

    .. math::

        \ell_i = -\log \frac{e^{s(a_i, p_i) / \tau}}{\sum_{x \in X_i} e^{s_i(x) / \tau}}, \qquad
        X_i = \{p_i\} \cup \{ x : g_i(x) \le g(a_i, p_i) - m \}

    over the documents :math:`x` of the batch, compared with the anchor (:math:`s_i(x) = s(a_i, x)`), the other
    anchors, and the positives compared with the own one (:math:`s_i(x) = s(p_i, x)`). The guide's similarity
    :math:`g` decides what is left in. With a relative margin, :math:`m` stands for
    :math:`m \cdot |g(a_i, p_i)|`.

    Aivin V. Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
    Fine-tuning", 2024, arXiv:2402.16829.

    Args:
        anchors: embeddings of the anchors, (n, d).
        documents: embeddings of the positives, then of any hard negatives, each (m, d) with m >= n.
        guide_anchors: the guide's embeddings of the anchors, (n, e).
        guide_documents: the guide's embeddings of the documents, each (m, e).
        temperature: :math:`\tau`.
        similarity: s and g, from (n, d) and (m, d) to (n, m).
        margin_strategy: whether the margin is absolute or relative to the guide's similarity of the positive.
        margin: m, how much less similar than the positive a negative has to be for the guide.
        contrast_anchors: whether other anchors are negatives.
        contrast_positives: whether other positives are negatives of the own positive.
        first_row: which of the documents belongs to the first anchor; more than 0 where the documents of several
            processes were gathered.
        reduction: mean, sum or none.

    Returns:
        A scalar, or (n,) without a reduction.

    Raises:
        ValueError: if an option is unknown, or shapes do not match.

    Example:
        The guide finds the second document too similar to the first anchor, so nothing is left to compare with:

        >>> a, p = torch.eye(2), torch.eye(2)
        >>> g = torch.ones(2, 2)
        >>> gist_embed_loss(a, [p], g, [g + torch.tensor([[0.0, 0.1], [0.0, 0.0]])], margin=0.1).item()
        0.0
    """
    check_options(temperature, margin_strategy)
    if not documents or len(documents) != len(guide_documents):
        raise ValueError("documents and guide_documents must hold the same number of columns, the positives first.")
    check_dimensions(2, anchors=anchors, guide_anchors=guide_anchors)
    count = len(documents)
    guides = [guide_anchors.detach(), *(each.detach() for each in guide_documents)]
    similarity, anchors, *others = compared_by(similarity, anchors, *documents, *guides)
    documents, guides = others[:count], others[count:]
    width = len(anchors) * contrast_anchors + len(documents[0]) * (count + contrast_positives)

    def terms(rows: slice, anchors: Tensor, *rest: Tensor) -> Tensor:
        documents, guide_anchors, guide_documents = rest[:count], rest[count], rest[count + 1 :]
        own = torch.arange(rows.start, rows.stop, device=anchors.device) + first_row
        among = slice(rows.start + first_row, rows.stop + first_row)
        guided = similarity(guide_anchors[rows], guide_documents[0])
        wanted = guided.gather(1, own[:, None])
        limit = wanted - (margin if margin_strategy == "absolute" else wanted.abs() * margin)

        def kept(similarities: Tensor, guided: Tensor, itself: Tensor | None = None) -> Tensor:
            out = guided > limit
            if itself is not None:
                out.scatter_(1, itself[:, None], False)
            return similarities.masked_fill(out, -torch.inf)

        scores = [kept(similarity(anchors[rows], documents[0]), guided, own)]
        if contrast_anchors:
            scores.append(kept(similarity(anchors[rows], anchors), similarity(guide_anchors[rows], guide_anchors)))
        if contrast_positives:
            of_guide = similarity(guide_documents[0][among], guide_documents[0])
            scores.append(kept(similarity(documents[0][among], documents[0]), of_guide))
        for column, of_guide in zip(documents[1:], guide_documents[1:], strict=True):
            scores.append(kept(similarity(anchors[rows], column), similarity(guide_anchors[rows], of_guide)))
        log_z = torch.stack([(part / temperature).logsumexp(dim=1) for part in scores]).logsumexp(dim=0)
        return log_z - scores[0].gather(1, own[:, None]).squeeze(1) / temperature

    return reduce_by_rows(terms, [anchors, *documents, *guides], slice(0, len(anchors)), width, reduction)
