"""InfoNCE with in-batch negatives: the positive of each query against everything else in the batch."""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from losses.functional.blocks import reduce_by_rows
from losses.functional.matryoshka import becomes_cosine, check_lengths, nested_cos_sim, truncate
from losses.functional.reduction import Reduction
from losses.functional.shapes import check_dimensions, check_same_shape
from losses.functional.similarity import compared_by, cos_sim

Direction = Literal["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
PartitionMode = Literal["joint", "per_direction"]
HardnessMode = Literal["in_batch_negatives", "hard_negatives", "all_negatives"]
Similarity = Callable[[Tensor, Tensor], Tensor]


def check_options(
    scale: float,
    directions: Sequence[Direction],
    partition_mode: PartitionMode,
    hardness_mode: HardnessMode | None,
    hardness_strength: float,
) -> None:
    """Raise a ValueError if these options of :func:`multiple_negatives_ranking_loss` are no loss."""
    if not scale > 0:
        raise ValueError(f"scale must be positive, not {scale!r}.")
    known = get_args(Direction)
    if unknown := [direction for direction in directions if direction not in known]:
        raise ValueError(f"directions may be {', '.join(known)}, not {', '.join(map(repr, unknown))}.")
    if "query_to_doc" not in directions:
        raise ValueError("directions must include 'query_to_doc': it is the one that holds the positive pair.")
    if partition_mode not in get_args(PartitionMode):
        raise ValueError(f"partition_mode must be 'joint' or 'per_direction', not {partition_mode!r}.")
    if partition_mode == "per_direction" and {"query_to_query", "doc_to_doc"} & set(directions):
        raise ValueError(
            "partition_mode='per_direction' needs the positive pair in each direction, and 'query_to_query' and "
            "'doc_to_doc' do not have it: use partition_mode='joint' with them."
        )
    if hardness_mode is not None and hardness_mode not in get_args(HardnessMode):
        raise ValueError(f"hardness_mode must be None or one of {', '.join(get_args(HardnessMode))}.")
    if hardness_strength < 0:
        raise ValueError(f"hardness_strength must not be negative, but is {hardness_strength!r}.")


def multiple_negatives_ranking_loss(
    queries: Tensor,
    documents: Sequence[Tensor],
    *,
    scale: float = 20.0,
    similarity: Similarity = cos_sim,
    directions: Sequence[Direction] = ("query_to_doc",),
    partition_mode: PartitionMode = "joint",
    hardness_mode: HardnessMode | None = None,
    hardness_strength: float = 0.0,
    dimensions: Sequence[int] | None = None,
    weights: Sequence[float] | None = None,
    rows: slice | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""InfoNCE over the batch, in one direction or in several.

    .. math::

        \ell_i = -\log \frac{e^{\lambda s(q_i, d_i)}}{Z_i}, \qquad
        Z_i = \sum_{j, c} e^{\lambda s(q_i, d_{jc})}
            + \sum_{j \ne i} e^{\lambda s(q_i, q_j)}
            + \sum_j e^{\lambda s(q_j, d_i)}
            + \sum_{j \ne i, c} e^{\lambda s(d_{jc}, d_i)}

    where :math:`d_{jc}` is document c of query j, the positive :math:`d_j = d_{j0}` or one of its hard negatives, and
    the four sums are the directions ``query_to_doc``, ``query_to_query``, ``doc_to_query`` and ``doc_to_doc``. Only
    those asked for count. With ``partition_mode="per_direction"`` each direction has a softmax of its own and
    :math:`\log Z_i` is the mean of their logarithms.

    - ``query_to_doc`` alone: Aaron van den Oord, Yazhe Li, Oriol Vinyals, "Representation Learning with Contrastive
      Predictive Coding", 2018, arXiv:1807.03748; with hard negatives and this name, Matthew Henderson et al.,
      "Efficient Natural Language Response Suggestion for Smart Reply", 2017, arXiv:1705.00652.
    - ``query_to_doc`` and ``doc_to_query``, per direction: symmetric InfoNCE, as in Michael Günther et al., "Jina
      Embeddings 2", 2023, arXiv:2310.19923.
    - all four, joint: the improved contrastive loss of Zehan Li et al., "Towards General Text Embeddings with
      Multi-stage Contrastive Learning", 2023, arXiv:2308.03281.

    Hardness weighting adds :math:`\alpha\, \mathrm{sg}[s(q_i, d_{jc})]` to the logits of negatives (sg stops the
    gradient), after the scale: negatives near the query weigh more. Equation 5 of Lan et al., 2025, arXiv:2503.04812
    (in-batch negatives, strength 9); Schechter Vera et al., "EmbeddingGemma", 2025, arXiv:2509.20354 (hard negatives,
    strength 5).

    With ``dimensions`` it is the weighted sum of the losses of the embeddings cut to these lengths and normalised:
    Aditya Kusupati et al., "Matryoshka Representation Learning", 2022, arXiv:2205.13147. Where the similarity is a
    cosine or a dot product, the lengths share their multiplications, see :func:`nested_cos_sim`.

    Args:
        queries: query embeddings, (n, d).
        documents: document embeddings, each (n, d): the positives, then any number of hard negatives.
        scale: the inverse temperature :math:`\lambda`.
        similarity: s, from (n, d) and (m, d) to (n, m).
        directions: which sums to include; ``query_to_doc`` is a must.
        partition_mode: one softmax for all directions, or one each.
        hardness_mode: which negatives to weight: those of other queries, the query's own hard negatives, or both.
        hardness_strength: the weight :math:`\alpha`; 0 switches it off.
        dimensions: how many dimensions to keep, one number for each loss to add up; None leaves embeddings as they
            are.
        weights: the weight of each, 1 by default.
        rows: the queries to compute the loss of, all by default. The others are negatives only, which is how one of
            several processes computes its share of a gathered batch.
        reduction: mean, sum or none.

    Returns:
        A scalar, or one term for each of the rows without a reduction.

    Raises:
        ValueError: if an option is unknown, columns differ in shape or have fewer dimensions than asked for.

    Example:
        Two queries, each its own positive: similarity 1 to it and 0 to the other, :math:`\log(1 + e^{-1})`.

        >>> x = torch.eye(2)
        >>> round(multiple_negatives_ranking_loss(x, [x], scale=1.0).item(), 4)
        0.3133
    """
    check_options(scale, directions, partition_mode, hardness_mode, hardness_strength)
    if not documents:
        raise ValueError("documents must hold at least one column, the positives.")
    check_dimensions(2, queries=queries)
    check_same_shape(queries=queries, **{f"documents[{index}]": column for index, column in enumerate(documents)})

    lengths = [queries.shape[1]] if dimensions is None else list(dimensions)
    shares = [1.0] * len(lengths) if weights is None else list(weights)
    if len(shares) != len(lengths):
        raise ValueError(f"weights must hold one for each of the {len(lengths)} dimensions, not {len(shares)}.")
    check_lengths(lengths, queries.shape[1])

    start, stop, _ = (rows or slice(None)).indices(len(queries))
    width = sum(len(queries) * (len(documents) if direction.endswith("doc") else 1) for direction in set(directions))

    def compare(a: Tensor, b: Tensor) -> list[Tensor]:
        if dimensions is None:
            return [similarity(a, b) * scale]
        if becomes_cosine(similarity):
            return nested_cos_sim(a, b, lengths, scale=scale)
        return [similarity(truncate(a, length), truncate(b, length)) * scale for length in lengths]

    columns = len(documents)
    everything = torch.cat(list(documents)) if columns > 1 else documents[0]
    if dimensions is None:
        similarity, queries, everything = compared_by(similarity, queries, everything)

    def terms(block: slice, queries: Tensor, everything: Tensor) -> Tensor:
        # where each row's query is among all
        own = torch.arange(block.start, block.stop, device=queries.device)
        row_queries, row_positives = queries[block], everything[block]

        # each a list, of one matrix for each length of the embeddings
        partitions = [compare(row_queries, everything)]
        if hardness_mode is not None and hardness_strength > 0:
            weighted = _weighted_negatives(own, len(queries), columns, hardness_mode)
            share = hardness_strength / scale
            partitions[0] = [each + torch.where(weighted, share * each.detach(), 0.0) for each in partitions[0]]
        positives = [each.gather(1, own[:, None]).squeeze(1) for each in partitions[0]]
        if "query_to_query" in directions:
            itself = _belongs(own, len(queries))
            partitions.append([each.masked_fill(itself, -torch.inf) for each in compare(row_queries, queries)])
        if "doc_to_query" in directions:
            partitions.append([each.T for each in compare(queries, row_positives)])
        if "doc_to_doc" in directions:
            siblings = _belongs(own, len(queries)).repeat(1, columns)
            partitions.append([each.T.masked_fill(siblings, -torch.inf) for each in compare(everything, row_positives)])

        values: list[Tensor] = []
        for positive, *logits in zip(positives, *partitions, strict=True):
            log_z = torch.stack([each.logsumexp(dim=1) for each in logits])
            log_z = log_z.mean(dim=0) if partition_mode == "per_direction" else log_z.logsumexp(dim=0)
            values.append(log_z - positive)
        if dimensions is None:
            return values[0]
        total: Tensor = torch.stack([value * weight for value, weight in zip(values, shares, strict=True)]).sum(dim=0)
        return total

    return reduce_by_rows(terms, [queries, everything], slice(start, stop), width * len(lengths), reduction)


def _belongs(own: Tensor, queries: int) -> Tensor:
    """Which query each row has: (rows, queries), one true a row."""
    return own[:, None] == torch.arange(queries, device=own.device)


def _weighted_negatives(own: Tensor, queries: int, columns: int, mode: HardnessMode) -> Tensor:
    """Which of the query-to-document logits get the hardness weight: (rows, queries * columns)."""
    belongs = _belongs(own, queries)
    others = torch.zeros_like(belongs) if mode == "hard_negatives" else ~belongs
    negatives = others if mode == "in_batch_negatives" else others | belongs
    return torch.cat((others, negatives.repeat(1, columns - 1)), dim=1)
