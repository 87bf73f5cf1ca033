"""MaxSim, the late interaction of ColBERT: texts compared token by token.

A text is a matrix of token embeddings, and a batch of texts either a padded tensor (n, tokens, d) with a mask
(n, tokens), or a list of matrices of different lengths. Without a mask, rows of zeros are padding. Names, arguments and
values are those of ``sentence_transformers.util`` (``maxsim`` and its kin) and of
``sentence_transformers.multi_vector_encoder.scoring`` (``colbert_scores`` and its kin), so either can be passed to a
loss.

The similarities of all tokens with all tokens are never there as a whole: they are computed block by block, and the
backward pass needs no more of them than which document token was the nearest to each query token. Scores are in float32
at least, whatever the precision of the embeddings.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.shapes import check_dimensions

Tokens = Tensor | Sequence[Tensor]
"""Token embeddings of several texts: padded, (n, tokens, d), or a list of (tokens_i, d)."""

#: The score of a document without any token: below every real one.
EMPTY_DOCUMENT = -1e9

#: About so many similarities of tokens are there at once: 4 MB in float32, which stays in a CPU's cache.
BLOCK = 1 << 20

#: The same on an accelerator, which is idle between small blocks.
LARGE_BLOCK = 1 << 24


def maxsim(
    a: Tokens,
    b: Tokens,
    a_mask: Tensor | None = None,
    b_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = False,
) -> Tensor:
    r"""MaxSim of every query with every document.

    .. math::

        s(q, d) = \sum_{i} w_i \max_{j}\; q_i \cdot d_j

    over the tokens :math:`i` of the query and :math:`j` of the document, where :math:`w_i` is 1 unless the mask of the
    queries holds weights.

    Omar Khattab, Matei Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction
    over BERT", SIGIR 2020, arXiv:2004.12832, equation 3.

    Args:
        a: tokens of the queries, (n, s, d) or a list of (s_i, d).
        b: tokens of the documents, (m, t, d) or a list of (t_j, d).
        a_mask: which query tokens are there, (n, s): a boolean, or a weight, which may have a gradient. None means all
            but rows of zeros.
        b_mask: which document tokens are there, (m, t). None means all but rows of zeros.
        chunk_elements: how many similarities of tokens are there at once; changes memory and speed only.
        length_normalize: divide by the number of the query's tokens.

    Returns:
        The scores, (n, m). A document without any token scores -1e9, with no gradient.

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        The query's first token is nearest to the first of the document (0.6), the second to the second (1):

        >>> query, document = torch.eye(2)[None], torch.tensor([[[0.6, 0.8], [0.0, 1.0]]])
        >>> maxsim(query, document)
        tensor([[1.6000]])
    """
    queries, weights = _padded(a, a_mask, "a")
    documents, real = _padded(b, b_mask, "b")
    _check_same_width(queries, documents)
    scores = _all_scores(queries[None], documents[None], weights[None], real[None], chunk_elements)[0]
    return scores / _lengths(weights)[:, None] if length_normalize else scores


def maxsim_pairwise(
    a: Tokens,
    b: Tokens,
    a_mask: Tensor | None = None,
    b_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = False,
) -> Tensor:
    r"""MaxSim of query i with document i.

    .. math::

        s(q, d) = \sum_{i} w_i \max_{j}\; q_i \cdot d_j

    Omar Khattab, Matei Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832; see :func:`maxsim`.

    Args:
        a: tokens of the queries, (n, s, d) or a list of (s_i, d).
        b: tokens of the documents, (n, t, d) or a list of (t_i, d).
        a_mask: which query tokens are there, or their weights, (n, s).
        b_mask: which document tokens are there, (n, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: divide by the number of the query's tokens.

    Returns:
        The scores, (n,).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> queries, documents = torch.eye(2)[:, None], torch.tensor([[[3.0, 4.0]], [[3.0, 4.0]]])
        >>> maxsim_pairwise(queries, documents)
        tensor([3., 4.])
    """
    queries, weights = _padded(a, a_mask, "a")
    documents, real = _padded(b, b_mask, "b")
    _check_same_width(queries, documents)
    _check_same_number(queries, documents)
    scores = _all_scores(queries[:, None], documents[:, None], weights[:, None], real[:, None], chunk_elements)
    scores = scores[:, 0, 0]
    return scores / _lengths(weights) if length_normalize else scores


def mean_maxsim(
    a: Tokens,
    b: Tokens,
    a_mask: Tensor | None = None,
    b_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = True,
) -> Tensor:
    r"""MaxSim of every query with every document, averaged over the query's tokens.

    .. math::

        s(q, d) = \frac{1}{|q|} \sum_{i} \max_{j}\; q_i \cdot d_j

    Within -1 to 1 for normalized embeddings, however long the query. Khattab, Zaharia, "ColBERT", SIGIR 2020,
    arXiv:2004.12832; see :func:`maxsim`.

    Args:
        a: tokens of the queries, (n, s, d) or a list of (s_i, d).
        b: tokens of the documents, (m, t, d) or a list of (t_j, d).
        a_mask: which query tokens are there, (n, s).
        b_mask: which document tokens are there, (m, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: False for :func:`maxsim` itself.

    Returns:
        The scores, (n, m).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> query, document = torch.eye(2)[None], torch.tensor([[[0.6, 0.8], [0.0, 1.0]]])
        >>> mean_maxsim(query, document)
        tensor([[0.8000]])
    """
    return maxsim(a, b, a_mask, b_mask, chunk_elements, length_normalize)


def mean_maxsim_pairwise(
    a: Tokens,
    b: Tokens,
    a_mask: Tensor | None = None,
    b_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = True,
) -> Tensor:
    r"""MaxSim of query i with document i, averaged over the query's tokens.

    .. math::

        s(q, d) = \frac{1}{|q|} \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832; see :func:`maxsim`.

    Args:
        a: tokens of the queries, (n, s, d) or a list of (s_i, d).
        b: tokens of the documents, (n, t, d) or a list of (t_i, d).
        a_mask: which query tokens are there, (n, s).
        b_mask: which document tokens are there, (n, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: False for :func:`maxsim_pairwise` itself.

    Returns:
        The scores, (n,).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> query, document = torch.eye(2)[None], torch.tensor([[[0.6, 0.8], [0.0, 1.0]]])
        >>> mean_maxsim_pairwise(query, document)
        tensor([0.8000])
    """
    return maxsim_pairwise(a, b, a_mask, b_mask, chunk_elements, length_normalize)


def colbert_scores(
    queries_embeddings: Tensor,
    documents_embeddings: Tensor,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = False,
) -> Tensor:
    r"""MaxSim of every query with every document of a batch, where each query brings k documents of its own.

    .. math::

        s(q, d) = \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832; see :func:`maxsim`.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (m, k, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (m, k, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: divide by the number of the query's tokens.

    Returns:
        The scores, (n, m * k), query by query: those with the documents of query j begin at column j * k.

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        Two queries of one token, with two documents of one token each; the diagonal blocks are their own:

        >>> queries = torch.eye(2)[:, None]
        >>> documents = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]).view(2, 2, 1, 2)
        >>> colbert_scores(queries, documents)
        tensor([[1., 3., 5., 7.],
                [2., 4., 6., 8.]])
    """
    check_dimensions(4, documents_embeddings=documents_embeddings)
    flat_mask = None if documents_mask is None else documents_mask.flatten(0, 1)
    flat = documents_embeddings.flatten(0, 1)
    return maxsim(queries_embeddings, flat, queries_mask, flat_mask, chunk_elements, length_normalize)


def colbert_scores_pairwise(
    queries_embeddings: Tokens,
    documents_embeddings: Tokens,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = False,
) -> Tensor:
    r"""MaxSim of query i with document i: :func:`maxsim_pairwise`, with the arguments of :func:`colbert_scores`.

    .. math::

        s(q, d) = \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (n, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (n, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: divide by the number of the query's tokens.

    Returns:
        The scores, (n,).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> queries, documents = torch.eye(2)[:, None], torch.tensor([[[3.0, 4.0]], [[3.0, 4.0]]])
        >>> colbert_scores_pairwise(queries, documents)
        tensor([3., 4.])
    """
    return maxsim_pairwise(
        queries_embeddings, documents_embeddings, queries_mask, documents_mask, chunk_elements, length_normalize
    )


def colbert_kd_scores(
    queries_embeddings: Tensor,
    documents_embeddings: Tensor,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = False,
) -> Tensor:
    r"""MaxSim of each query with its own k documents, as distillation wants it.

    .. math::

        s(q, d) = \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832; see :func:`maxsim`.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (n, k, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (n, k, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: divide by the number of the query's tokens.

    Returns:
        The scores, (n, k).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> queries = torch.eye(2)[:, None]
        >>> documents = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]).view(2, 2, 1, 2)
        >>> colbert_kd_scores(queries, documents)
        tensor([[1., 3.],
                [6., 8.]])
    """
    check_dimensions(4, documents_embeddings=documents_embeddings)
    queries, weights = _padded(queries_embeddings, queries_mask, "queries_embeddings")
    flat_mask = None if documents_mask is None else documents_mask.flatten(0, 1)
    _, real = _padded(documents_embeddings.flatten(0, 1), flat_mask, "documents_embeddings")
    real = real.view(documents_embeddings.shape[:3])
    _check_same_width(queries, documents_embeddings)
    _check_same_number(queries, documents_embeddings)
    scores = _all_scores(queries[:, None], documents_embeddings, weights[:, None], real, chunk_elements)[:, 0]
    return scores / _lengths(weights)[:, None] if length_normalize else scores


def mean_colbert_scores(
    queries_embeddings: Tensor,
    documents_embeddings: Tensor,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = True,
) -> Tensor:
    r""":func:`colbert_scores`, averaged over the query's tokens.

    .. math::

        s(q, d) = \frac{1}{|q|} \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (m, k, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (m, k, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: False for :func:`colbert_scores` itself.

    Returns:
        The scores, (n, m * k), query by query.

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> query, document = torch.eye(2)[None], torch.tensor([[[[0.6, 0.8], [0.0, 1.0]]]])
        >>> mean_colbert_scores(query, document)
        tensor([[0.8000]])
    """
    return colbert_scores(
        queries_embeddings, documents_embeddings, queries_mask, documents_mask, chunk_elements, length_normalize
    )


def mean_colbert_scores_pairwise(
    queries_embeddings: Tokens,
    documents_embeddings: Tokens,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = True,
) -> Tensor:
    r""":func:`colbert_scores_pairwise`, averaged over the query's tokens.

    .. math::

        s(q, d) = \frac{1}{|q|} \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (n, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (n, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: False for :func:`colbert_scores_pairwise` itself.

    Returns:
        The scores, (n,).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> query, document = torch.eye(2)[None], torch.tensor([[[0.6, 0.8], [0.0, 1.0]]])
        >>> mean_colbert_scores_pairwise(query, document)
        tensor([0.8000])
    """
    return colbert_scores_pairwise(
        queries_embeddings, documents_embeddings, queries_mask, documents_mask, chunk_elements, length_normalize
    )


def mean_colbert_kd_scores(
    queries_embeddings: Tensor,
    documents_embeddings: Tensor,
    queries_mask: Tensor | None = None,
    documents_mask: Tensor | None = None,
    chunk_elements: int | None = None,
    length_normalize: bool = True,
) -> Tensor:
    r""":func:`colbert_kd_scores`, averaged over the query's tokens.

    .. math::

        s(q, d) = \frac{1}{|q|} \sum_{i} \max_{j}\; q_i \cdot d_j

    Khattab, Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832.

    Args:
        queries_embeddings: tokens of the queries, (n, s, d).
        documents_embeddings: tokens of the documents, (n, k, t, d).
        queries_mask: which query tokens are there, (n, s).
        documents_mask: which document tokens are there, (n, k, t).
        chunk_elements: how many similarities of tokens are there at once.
        length_normalize: False for :func:`colbert_kd_scores` itself.

    Returns:
        The scores, (n, k).

    Raises:
        ValueError: if the shapes do not fit together.

    Example:
        >>> query, document = torch.eye(2)[None], torch.tensor([[[[0.6, 0.8], [0.0, 1.0]]]])
        >>> mean_colbert_kd_scores(query, document)
        tensor([[0.8000]])
    """
    return colbert_kd_scores(
        queries_embeddings, documents_embeddings, queries_mask, documents_mask, chunk_elements, length_normalize
    )


def _padded(tokens: Tokens, mask: Tensor | None, name: str) -> tuple[Tensor, Tensor]:
    """The tokens, (n, t, d), and the mask, (n, t)."""
    if not isinstance(tokens, Tensor):
        if not tokens:
            raise ValueError(f"{name} must hold at least one text.")
        check_dimensions(2, **{f"{name}[{index}]": text for index, text in enumerate(tokens)})
        lengths = torch.tensor([len(text) for text in tokens], device=tokens[0].device)
        tokens = torch.nn.utils.rnn.pad_sequence(list(tokens), batch_first=True)
        if mask is None:
            mask = torch.arange(tokens.shape[1], device=tokens.device) < lengths[:, None]
    check_dimensions(3, **{name: tokens})
    if not tokens.is_floating_point():
        tokens = tokens.float()
    if mask is None:
        mask = tokens.detach().any(dim=2)
    if mask.shape != tokens.shape[:2]:
        raise ValueError(
            f"The mask of {name} must have the shape {tuple(tokens.shape[:2])}, but has {tuple(mask.shape)}."
        )
    return tokens, mask


def _check_same_width(queries: Tensor, documents: Tensor) -> None:
    if queries.shape[-1] != documents.shape[-1]:
        raise ValueError(
            f"Query tokens have {queries.shape[-1]} dimensions and document tokens {documents.shape[-1]}: they must be "
            "the same."
        )


def _check_same_number(queries: Tensor, documents: Tensor) -> None:
    if len(queries) != len(documents):
        raise ValueError(f"There must be as many documents as queries, not {len(documents)} for {len(queries)}.")


def _lengths(weights: Tensor) -> Tensor:
    """How many tokens each query has, at least 1."""
    return weights.bool().sum(dim=1).clamp(min=1)


def _all_scores(
    queries: Tensor, documents: Tensor, weights: Tensor, real: Tensor, chunk_elements: int | None
) -> Tensor:
    """Within each group, MaxSim of every query with every document.

    Args:
        queries: (groups, n, s, d).
        documents: (groups, k, t, d).
        weights: of the query tokens, (groups, n, s).
        real: which document tokens are there, (groups, k, t).
        chunk_elements: how many similarities of tokens are there at once.

    Returns:
        The scores, (groups, n, k).
    """
    if chunk_elements is not None and chunk_elements < 1:
        raise ValueError(f"chunk_elements must be at least 1, not {chunk_elements!r}.")
    dtype = torch.promote_types(queries.dtype, documents.dtype)
    weights = weights.to(torch.promote_types(dtype, at_least_float32(weights).dtype))
    real = real.bool()
    nothing = 0 in documents.shape[1:3] or 0 in queries.shape[:3]
    if nothing or torch.compiler.is_compiling():
        return _scores_at_once(queries, documents, weights, real)
    block = chunk_elements or (BLOCK if queries.device.type == "cpu" else LARGE_BLOCK)
    scores: Tensor = _MaxSim.apply(  # type: ignore[no-untyped-call]
        queries.to(dtype), documents.to(dtype), weights, real, block
    )
    return scores


def _scores_at_once(queries: Tensor, documents: Tensor, weights: Tensor, real: Tensor) -> Tensor:
    """The same in plain terms: for the compiler, which sizes its own blocks, and for where there is nothing."""
    if not documents.shape[2]:
        documents, real = F.pad(documents, (0, 0, 0, 1)), F.pad(real, (0, 1))
    similarities = torch.einsum("gnsd,gktd->gnskt", queries, documents)
    hidden = torch.finfo(similarities.dtype).min
    similarities = similarities.masked_fill(~real[:, None, None], hidden)
    maxima = at_least_float32(similarities.max(dim=4).values)
    scores = (maxima * weights[..., None]).sum(dim=2)
    return scores.masked_fill(~real.any(dim=2)[:, None], EMPTY_DOCUMENT)


def _blocks(groups: int, queries: int, documents: int, size: int) -> Iterator[tuple[slice, slice, slice]]:
    """Groups, queries and documents of each block of about ``size`` pairs of texts."""
    if size >= queries * documents:
        for part in _slices(groups, size // (queries * documents)):
            yield part, slice(0, queries), slice(0, documents)
        return
    height = min(queries, size)
    for group in _slices(groups, 1):
        for rows in _slices(queries, height):
            for columns in _slices(documents, size // height):
                yield group, rows, columns


def _slices(count: int, size: int) -> Iterator[slice]:
    size = max(1, size)
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def _places_dtype(tokens: int) -> torch.dtype:
    """The smallest type that holds the place of a token in its document."""
    if tokens <= 1 << 8:
        return torch.uint8
    return torch.int16 if tokens <= 1 << 15 else torch.int32


class _MaxSim(torch.autograd.Function):
    """Scores block by block; for the backward pass, nothing but the place of the nearest document token is kept.

    The gradient of a query token is then the weighted sum of the document tokens that were the nearest to it, and
    that of a document token the weighted sum of the query tokens that it was the nearest to: two sums of few rows,
    where a product of matrices would mostly add zeros.
    """

    @staticmethod
    def forward(ctx: Any, queries: Tensor, documents: Tensor, weights: Tensor, real: Tensor, block: int) -> Tensor:
        groups, n, s, _ = queries.shape
        k, t = documents.shape[1:3]
        kind = queries.device.type
        precision = queries.dtype
        if torch.is_autocast_enabled(kind) and precision != torch.float64:
            precision = torch.get_autocast_dtype(kind)
        scores = queries.new_empty(groups, n, k, dtype=weights.dtype)
        hidden = queries.new_zeros(groups, 1, k, t, dtype=precision).masked_fill_(~real[:, None], -torch.inf)
        wanted = any(ctx.needs_input_grad[:3])
        places = queries.new_empty(groups, n, s, k, dtype=_places_dtype(t)) if wanted else None
        for group, rows, columns in _blocks(groups, n, k, max(1, block // (s * t))):
            similarities = torch.baddbmm(
                hidden[group, :, columns].flatten(2),
                queries[group, rows].flatten(1, 2).to(precision),
                documents[group, columns].flatten(1, 2).to(precision).transpose(1, 2),
            )
            shape = (group.stop - group.start, rows.stop - rows.start, s, columns.stop - columns.start)
            similarities = similarities.view(*shape, t)
            if places is None:
                maxima = similarities.amax(dim=4)
            else:
                maxima, place = similarities.max(dim=4)
                places[group, rows, :, columns] = place
            maxima = maxima.to(weights.dtype).mul_(weights[group, rows, :, None])
            scores[group, rows, columns] = maxima.sum(dim=2)
        empty = ~real.any(dim=2)
        scores.masked_fill_(empty[:, None], EMPTY_DOCUMENT)
        ctx.save_for_backward(queries, documents, weights, places, empty)
        ctx.block = block
        return scores

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        queries, documents, weights, places, empty = ctx.saved_tensors
        upstream = upstream.masked_fill(empty[:, None], 0.0)
        of_queries = of_documents = of_weights = None
        if ctx.needs_input_grad[0] or ctx.needs_input_grad[2]:
            nearest = _sum_of_nearest(documents, places, upstream, ctx.block)
            if ctx.needs_input_grad[2]:
                of_weights = (nearest * queries).sum(dim=3)
            of_queries = nearest.mul_(weights[..., None]).to(queries.dtype)
        if ctx.needs_input_grad[1]:
            of_documents = _sum_of_attracted(queries, documents, weights, places, upstream, ctx.block)
            of_documents = of_documents.to(documents.dtype)
        return of_queries, of_documents, of_weights, None, None


def _sum_of_nearest(documents: Tensor, places: Tensor, upstream: Tensor, block: int) -> Tensor:
    """For each query token the sum of the nearest tokens of all documents, weighted with the documents' gradients."""
    groups, k, t, d = documents.shape
    n, s = places.shape[1:3]
    table = documents.reshape(-1, d).to(upstream.dtype)
    starts = torch.arange(groups * k, device=documents.device, dtype=torch.int32).mul_(t).view(groups, 1, 1, k)
    sums = upstream.new_empty(groups, n, s, d)
    for group, rows, _ in _blocks(groups, n, 1, max(1, block // (s * max(k, d)))):
        indices = places[group, rows].to(torch.int32).add_(starts[group]).view(-1, k)
        shares = upstream[group, rows, None].expand(-1, -1, s, -1).reshape(-1, k)
        sums[group, rows] = F.embedding_bag(indices, table, per_sample_weights=shares, mode="sum").view(
            group.stop - group.start, rows.stop - rows.start, s, d
        )
    return sums


def _sum_of_attracted(
    queries: Tensor, documents: Tensor, weights: Tensor, places: Tensor, upstream: Tensor, block: int
) -> Tensor:
    """For each document token the sum of the query tokens that it is the nearest to, weighted with their gradients."""
    groups, n, s, d = queries.shape
    k, t = documents.shape[1:3]
    sums = upstream.new_empty(groups, k, t, d)
    for group, _, columns in _blocks(groups, 1, k, max(1, block // max(n * s, t * d))):
        many, width = group.stop - group.start, columns.stop - columns.start
        starts = torch.arange(many * width, device=queries.device, dtype=torch.int32).mul_(t).view(many, 1, 1, width)
        nearest = places[group, :, :, columns].to(torch.int32).add_(starts)
        nearest, order = nearest.flatten().sort(stable=True)
        tokens = torch.arange(many * width * t, device=queries.device, dtype=torch.int32)
        shares = upstream[group, :, None, columns] * weights[group, :, :, None]
        sums[group, columns] = F.embedding_bag(
            order.div(width, rounding_mode="floor"),
            queries[group].reshape(-1, d).to(upstream.dtype),
            offsets=torch.searchsorted(nearest, tokens),
            per_sample_weights=shares.flatten()[order],
            mode="sum",
        ).view(many, width, t, d)
    return sums
