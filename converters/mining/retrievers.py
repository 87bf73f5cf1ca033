"""What finds candidates: vectors, BM25, or a blend of several; all of them score pairs in the same way everywhere."""

from collections.abc import Iterator

import numpy as np

from converters.embedding.blend import Retriever
from converters.embedding.vectors import Vectors
from converters.mining.search import Ranking, Retrieve, faiss_flat, inner_products
from converters.mining.search.ranking import rank_block
from converters.mining.texts import Ids


class VectorRetriever:
    """Exact search over vectors.

    Args:
        queries: (n, d), rows of length 1 or 0.
        documents: (m, d), rows of length 1 or 0.
        candidates: how many of the documents are searched, the first ones.
        retrieve: what finds the candidates.
    """

    def __init__(self, queries: Vectors, documents: Vectors, candidates: int, retrieve: Retrieve = faiss_flat) -> None:
        self._queries = queries
        self._documents = documents
        self._candidates = candidates
        self._retrieve = retrieve

    def scores_of(self, query_ids: Ids, document_ids: Ids) -> Vectors:
        """Inner products (b, k) of documents (b, k) with queries (b,)."""
        return inner_products(self._queries, self._documents, query_ids, document_ids)

    def top(self, query_ids: Ids, depth: int) -> tuple[Ids, Vectors]:
        """Numbers (b, depth) and scores (b, depth) of the best documents, best first; equal ones in their order."""
        wanted = np.full(len(query_ids), depth, dtype=np.int64)
        reach = min(depth + 8, self._candidates)
        searched = self._documents[: self._candidates]
        ranking = rank_block(self._queries, searched, wanted, reach, query_ids, self._retrieve)
        return ranking.document_ids, ranking.scores


def ranked(retriever: Retriever, wanted: Ids, blocks: list[tuple[int, Ids]]) -> Iterator[Ranking]:
    """Ranks documents for the queries, block by block, as `search` does.

    Args:
        retriever: what ranks.
        wanted: how many documents each query needs, (queries,).
        blocks: what `plan_blocks` made of `wanted`.
    """
    for _, members in blocks:
        width = int(wanted[members].max())
        ids, scores = retriever.top(members, width)
        beyond = np.arange(width) >= wanted[members][:, None]
        ids[beyond], scores[beyond] = -1, -np.inf
        yield Ranking(members, ids, scores)
