"""Ranking: for each query, the documents of the greatest inner product, exactly and in a defined order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors
from converters.mining.texts import Ids

#: From queries (b, d) and documents (n, d), for each query the `depth` best documents in any order, with scores that
#: may be off by rounding: numbers (b, depth) and scores (b, depth).
Retrieve = Callable[[Vectors, Vectors, int], tuple[Ids, Vectors]]

#: Candidates, queries times depth, that a block may hold.
BLOCK_CANDIDATES = 2**22
#: Numbers that a temporary matrix may hold.
BLOCK_NUMBERS = 2**24
#: Documents asked for beyond those that are needed, so that rounding and ties rarely call for a second search.
SLACK = 8


@dataclass(frozen=True)
class Ranking:
    """The best documents of a block of b queries, best first; equal scores in the order of the corpus.

    Attributes:
        query_ids: which queries, (b,).
        document_ids: their documents, (b, k); -1 behind the last one.
        scores: the inner products, (b, k), float32; minus infinity behind the last one.
    """

    query_ids: Ids
    document_ids: Ids
    scores: Vectors


def faiss_flat(queries: Vectors, documents: Vectors, depth: int) -> tuple[Ids, Vectors]:
    """Exhaustive search with faiss (arXiv 2401.08281), as its IndexFlatIP does it, without a copy of the documents."""
    import faiss

    queries = np.ascontiguousarray(queries, dtype=np.float32)
    if _readable_in_place(documents):
        scores, ids = faiss.knn(queries, documents, depth, metric=faiss.METRIC_INNER_PRODUCT)
        return ids, scores
    best = faiss.ResultHeap(len(queries), depth, keep_max=True)
    step = max(1, BLOCK_NUMBERS // documents.shape[1])
    for start in range(0, len(documents), step):
        part = np.ascontiguousarray(documents[start : start + step], dtype=np.float32)
        scores, ids = faiss.knn(queries, part, min(depth, len(part)), metric=faiss.METRIC_INNER_PRODUCT)
        best.add_result(scores, ids + start)
    best.finalize()
    return best.I, best.D


def numpy_flat(queries: Vectors, documents: Vectors, depth: int) -> tuple[Ids, Vectors]:
    """Exhaustive search with numpy alone: slower than faiss, and the same result."""
    ids = np.empty((len(queries), depth), dtype=np.int64)
    scores = np.empty((len(queries), depth), dtype=np.float32)
    step = max(1, BLOCK_NUMBERS // len(documents))
    for start in range(0, len(queries), step):
        products = _float32(queries[start : start + step]) @ _float32(documents).T
        best = np.argpartition(products, len(documents) - depth, axis=1)[:, len(documents) - depth :]
        ids[start : start + step] = best
        scores[start : start + step] = np.take_along_axis(products, best, axis=1)
    return ids, scores


def inner_products(queries: Vectors, documents: Vectors, query_ids: Ids, document_ids: Ids) -> Vectors:
    """Scores of chosen pairs, each computed by itself: a pair has one score, whatever else is computed with it.

    Args:
        queries: (n, d).
        documents: (m, d).
        query_ids: (b,).
        document_ids: (b, k): k documents for each of the b queries.

    Returns:
        (b, k), float32.
    """
    scores = np.empty(document_ids.shape, dtype=np.float32)
    step = max(1, BLOCK_NUMBERS // max(1, document_ids.shape[1] * queries.shape[1]))
    if _readable_in_place(documents):
        import faiss

        step = max(1, BLOCK_NUMBERS // queries.shape[1])
        for start in range(0, len(query_ids), step):
            rows = np.ascontiguousarray(_rows(queries, query_ids[start : start + step]), dtype=np.float32)
            ids = np.ascontiguousarray(document_ids[start : start + step], dtype=np.int64)
            pointers = [faiss.swig_ptr(each) for each in (scores[start : start + step], rows, documents, ids)]
            by_number: Any = getattr(faiss, "fvec_inner_products_by_idx")  # noqa: B009 - the stubs do not know it
            by_number(*pointers, documents.shape[1], *ids.shape)
        return scores
    for start in range(0, len(query_ids), step):
        part = slice(start, start + step)
        gathered = documents[document_ids[part]].astype(np.float32, copy=False)
        scores[part] = np.vecdot(_float32(queries[query_ids[part]])[:, None, :], gathered)
    return scores


def plan_blocks(wanted: Ids, documents: int, block_size: int) -> list[tuple[int, Ids]]:
    """Groups queries that want about as much, and cuts the groups into blocks.

    One query that wants many documents thus costs the others nothing.

    Args:
        wanted: how many documents each query needs, (queries,).
        documents: how many there are.
        block_size: the most queries that a block may have.

    Returns:
        For each block how deep to search, and its queries in ascending order.
    """
    depths = np.minimum(2 ** np.ceil(np.log2(wanted + SLACK)).astype(np.int64), documents)
    blocks: list[tuple[int, Ids]] = []
    for depth in np.unique(depths).tolist():
        rows = max(1, min(block_size, BLOCK_CANDIDATES // depth))
        members = np.flatnonzero(depths == depth)
        blocks += [(depth, members[start : start + rows]) for start in range(0, len(members), rows)]
    return blocks


def search(
    queries: Vectors,
    documents: Vectors,
    wanted: Ids,
    blocks: list[tuple[int, Ids]],
    retrieve: Retrieve = faiss_flat,
) -> Iterator[Ranking]:
    """Ranks documents for the queries, block by block.

    Args:
        queries: (n, d), rows of length 1 or 0.
        documents: (m, d), rows of length 1 or 0.
        wanted: how many documents each query needs, (n,).
        blocks: what `plan_blocks` made of `wanted`.
        retrieve: what finds the candidates.

    Yields:
        For each block the min(wanted, m) best documents of each of its queries. Which ones and in which order depends
        on the vectors alone: not on the blocks, nor on how `retrieve` rounds and orders.
    """
    for depth, members in blocks:
        yield rank_block(queries, documents, np.minimum(wanted[members], len(documents)), depth, members, retrieve)


def rank_block(
    queries: Vectors,
    documents: Vectors,
    wanted: Ids,
    depth: int,
    members: Ids,
    retrieve: Retrieve = faiss_flat,
) -> Ranking:
    """Ranks documents for one block of queries: see `search`; `wanted` (b,) is that of the block."""
    width = int(wanted.max())
    ids = np.full((len(members), width), -1, dtype=np.int64)
    scores = np.full((len(members), width), -np.inf, dtype=np.float32)
    # The most by which two ways to sum the products of two unit vectors can differ, and twice that.
    tolerance = 2 * queries.shape[1] * 2.0**-24

    blank = ~queries[members].any(axis=1)
    ids[blank], scores[blank] = np.arange(width), 0  # a query like nothing: all documents tie, the first ones lead
    pending: Ids = np.flatnonzero(~blank)
    while pending.size:
        rows_at_once = max(1, BLOCK_CANDIDATES // depth)
        left: list[Ids] = []
        for start in range(0, len(pending), rows_at_once):
            rows = pending[start : start + rows_at_once]
            found, rough = retrieve(queries[members[rows]], documents, depth)
            exact = inner_products(queries, documents, members[rows], found)
            order = np.lexsort((found, -exact), axis=1)[:, :width]
            ids[rows] = np.take_along_axis(found, order, axis=1)
            scores[rows] = np.take_along_axis(exact, order, axis=1)
            # What was not found is no better than the worst that was. Only a last wanted document that is clearly
            # better than that is certain to come before all of it.
            last = scores[rows, wanted[rows] - 1]
            left.append(rows[last <= rough.min(axis=1) + tolerance])
        if depth == len(documents):
            break
        pending = np.concatenate(left)
        depth = min(2 * depth, len(documents))

    beyond: NDArray[np.bool_] = np.arange(width) >= wanted[:, None]
    ids[beyond], scores[beyond] = -1, -np.inf
    return Ranking(members, ids, scores)


def _readable_in_place(documents: Vectors) -> bool:
    """Whether faiss can read the vectors where they are: float32, row by row without gaps, a memory map or not."""
    return documents.dtype == np.float32 and documents.flags.c_contiguous


def _rows(vectors: Vectors, ids: Ids) -> Vectors:
    """Chosen rows; without a copy where they lie behind one another."""
    if len(ids) and ids[-1] - ids[0] == len(ids) - 1 and (np.diff(ids) == 1).all():
        return vectors[ids[0] : ids[-1] + 1]
    return vectors[ids]


def _float32(vectors: Vectors) -> Vectors:
    return vectors.astype(np.float32, copy=False)


def rank_found(queries: Vectors, documents: Vectors, wanted: Ids, depth: int, members: Ids, found: Ids) -> Ranking:
    """Ranks what an approximate search found; where it found too few, searches for that query exactly.

    Args:
        queries: (n, d).
        documents: (m, d).
        wanted: how many documents each query of the block needs, (b,).
        depth: how deep to search for what was not found.
        members: the queries of the block, (b,).
        found: different documents for each of them, (b, k), in any order; -1 for none.
    """
    width = int(wanted.max())
    scores = inner_products(queries, documents, members, np.maximum(found, 0))
    scores[found < 0] = -np.inf
    order = np.lexsort((found, -scores), axis=1)[:, :width]
    ids, scores = np.take_along_axis(found, order, axis=1), np.take_along_axis(scores, order, axis=1)
    short = np.flatnonzero((ids < 0).sum(axis=1) + width - ids.shape[1] > 0)
    if short.size:
        wide = np.full((len(members), width), -1, dtype=np.int64), np.full((len(members), width), -np.inf, np.float32)
        wide[0][:, : ids.shape[1]], wide[1][:, : ids.shape[1]] = ids, scores
        ids, scores = wide
        exact = rank_block(queries, documents, np.full(len(short), width), depth, members[short])
        ids[short], scores[short] = exact.document_ids, exact.scores
    beyond = np.arange(width) >= wanted[:, None]
    ids[beyond], scores[beyond] = -1, -np.inf
    return Ranking(members, ids, scores)
