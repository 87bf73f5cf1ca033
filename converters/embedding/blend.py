"""A blend of retrievers: those that see words and those that see meanings err on different documents."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors

Ids = NDArray[np.int64]

#: A query's best documents, by each retriever, from which its scale for that query is taken.
POOL = 100
#: Scores that lie no further apart than this are all the same.
_FLAT = 2.0**-10
#: Numbers that a temporary matrix may hold.
BLOCK_NUMBERS = 2**22


class Retriever(Protocol):
    """Scores numbered documents for numbered queries, and finds the best ones."""

    def scores_of(self, query_ids: Ids, document_ids: Ids) -> Vectors:
        """Scores (b, k) of documents (b, k) for queries (b,)."""

    def top(self, query_ids: Ids, depth: int) -> tuple[Ids, Vectors]:
        """Numbers (b, depth) and scores (b, depth) of the best documents, best first; equal ones in their order."""


class Blend:
    """The mean of what several retrievers say.

    Scores of different retrievers are not of one scale: a cosine is below 1, a score of BM25 may be 30. For each query,
    the scores of all retrievers but the first are shifted and stretched so that the 100 best of each have the mean and
    the spread that the first one gives to its own 100 best. A blended score is thus on the first one's scale, and a
    margin or a bound means about what it means there.

    Args:
        retrievers: two or more, over the same queries and documents.
        queries: how many queries there are.
        candidates: how many documents `top` finds among.
    """

    def __init__(self, retrievers: Sequence[Retriever], queries: int, candidates: int) -> None:
        self._retrievers = retrievers
        self._candidates = candidates
        self._scales = np.full((queries, len(retrievers), 2), np.nan)

    def scores_of(self, query_ids: Ids, document_ids: Ids) -> Vectors:
        """Scores of chosen pairs.

        Args:
            query_ids: (b,).
            document_ids: (b, k): k documents for each of the b queries.

        Returns:
            (b, k), float32.
        """
        scores = np.empty(document_ids.shape, dtype=np.float32)
        step = max(1, BLOCK_NUMBERS // max(1, document_ids.shape[1]))
        for start in range(0, len(query_ids), step):
            part = slice(start, start + step)
            given = [each.scores_of(query_ids[part], document_ids[part]) for each in self._retrievers]
            scores[part] = self._mean(query_ids[part], given)
        return scores

    def top(self, query_ids: Ids, depth: int) -> tuple[Ids, Vectors]:
        """The best documents for some queries, best first; equal scores in the order of the documents.

        Each retriever goes deeper until no document that none of them has found can be among the best any more
        (the threshold algorithm of Fagin, Lotem and Naor, "Optimal Aggregation Algorithms for Middleware", PODS 2001).

        Args:
            query_ids: (b,).
            depth: how many to find, at most as many as there are candidates.

        Returns:
            Numbers (b, depth) and scores (b, depth), float32.
        """
        ids = np.empty((len(query_ids), depth), dtype=np.int64)
        scores = np.empty((len(query_ids), depth), dtype=np.float32)
        pending: Ids = np.arange(len(query_ids))
        reach = min(self._candidates, max(2 * depth, POOL))
        while pending.size:
            left: list[Ids] = []
            step = max(1, BLOCK_NUMBERS // (reach * len(self._retrievers)))
            for start in range(0, len(pending), step):
                rows = pending[start : start + step]
                found = [each.top(query_ids[rows], reach) for each in self._retrievers]
                pool = np.sort(np.concatenate([each for each, _ in found], axis=1), axis=1)
                blended = self.scores_of(query_ids[rows], pool)
                blended[:, 1:][pool[:, 1:] == pool[:, :-1]] = -np.inf
                order = np.lexsort((pool, -blended), axis=1)[:, :depth]
                ids[rows] = np.take_along_axis(pool, order, axis=1)
                scores[rows] = np.take_along_axis(blended, order, axis=1)
                rest = self._mean(query_ids[rows], [each[:, -1:] for _, each in found])[:, 0]
                left.append(rows[scores[rows, depth - 1] <= rest])
            if reach == self._candidates:
                break
            pending = np.concatenate(left)
            reach = min(2 * reach, self._candidates)
        return ids, scores

    def _mean(self, query_ids: Ids, given: list[Vectors]) -> Vectors:
        scales = self._scales_of(query_ids)
        total = np.zeros(given[0].shape, dtype=np.float64)
        for i, scores in enumerate(given):
            total += scores * scales[:, i, :1] + scales[:, i, 1:]
        mean: Vectors = (total / len(given)).astype(np.float32)
        return mean

    def _scales_of(self, query_ids: Ids) -> NDArray[np.float64]:
        """What to multiply each retriever's scores by for each query, and what to add then: (b, retrievers, 2)."""
        new = np.unique(query_ids[np.isnan(self._scales[query_ids, 0, 0])])
        pool = min(POOL, self._candidates)
        step = max(1, BLOCK_NUMBERS // pool)
        for start in range(0, len(new), step):
            rows = new[start : start + step]
            best = [each.top(rows, pool)[1].astype(np.float64) for each in self._retrievers]
            means = np.stack([each.mean(axis=1) for each in best], axis=1)
            spreads = np.stack([each.std(axis=1) for each in best], axis=1)
            flat = spreads < _FLAT
            # Where the first one tells nothing apart, the others still may; another one that does not adds nothing.
            stretch = np.where(flat, 0, np.maximum(spreads[:, :1], _FLAT) / np.maximum(spreads, _FLAT))
            stretch[:, 0] = 1
            self._scales[rows] = np.stack([stretch, means[:, :1] - stretch * means], axis=2)
        found: NDArray[np.float64] = self._scales[query_ids]
        return found
