"""What speaks for a candidate's being relevant, though nobody has marked it: three witnesses, and where they agree.

The witnesses of a query are its known positives, the model that ranked the candidates, and the words (BM25). None of
them can be trusted alone: the model is what is to be trained, words miss what is said in other words, and a positive
shows one of several ways to be relevant. So they are asked together, by a random walk (personalised PageRank;
Haveliwala, "Topic-Sensitive PageRank", WWW 2002) over the query's neighbourhood, its nearest candidates and its
positives:

- each document is linked with those that are nearest to it there, more strongly where both are near to each other;
- the walk starts at a positive, or at a candidate that the model or the words rank high, and jumps back to such a
  start every now and then;
- a document's *agreement* is how often the walk is there, divided by how often a walk with random starts would be. It
  is high for what several witnesses name, and for what lies among documents that they name.

One is chance, whatever the collection, the language and the model: links depend on the order of similarities alone, and
what a witness says on the distance between its best and its worst candidate. No threshold on a cosine is needed.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from converters.embedding.bm25 import Bm25
from converters.embedding.vectors import Vectors
from converters.mining.texts import Ids, Pairs

#: How many of a query's nearest candidates are heard about: enough for the most relevant to stand out from the rest.
WINDOW = 100
#: How many documents each one is linked with.
NEIGHBOURS = 10
#: Known positives of a query that are heard, at most: the first ones.
POSITIVES = 8
#: How much of a walk goes on, and how long it is: what is left of the start then is a quarter.
DAMPING = 0.85
STEPS = 8
#: A witness's voice goes to its best candidates: it is this power of the place between the worst and the best score.
SHARPNESS = 3
#: Numbers that a temporary array may hold.
BLOCK_NUMBERS = 2**21


@dataclass(frozen=True)
class Testimony:
    """What the witnesses say about the first w candidates of b queries.

    Attributes:
        agreement: how much they agree that a candidate is relevant, (b, w), float32; 1 is chance; 0 where there is no
            candidate.
        to_positive: similarity to the nearest known positive, (b, w), float32; minus infinity where there is none.
        held_out: one known pair of each query, its number, (b,).
        held_out_agreement: the agreement on its document, had it not been known, (b,). No witness speaks for it: what
            agreement there is comes from its neighbours, so that it is rather too low.
        held_out_rank: how many of the candidates score higher than it does, (b,).
    """

    agreement: Vectors
    to_positive: Vectors
    held_out: Ids
    held_out_agreement: Vectors
    held_out_rank: Ids


class Witnesses:
    """The witnesses of all queries.

    Args:
        queries: unit vectors, (q, d).
        documents: unit vectors, (n, d).
        pairs: the known positives.
        words: scores of documents for the queries by their words; None to do without this witness.
        window: how many candidates of a query are heard about.
    """

    def __init__(
        self, queries: Vectors, documents: Vectors, pairs: Pairs, words: Bm25 | None, window: int = WINDOW
    ) -> None:
        self._queries = queries
        self._documents = documents
        self._words = words
        self._window = window
        self._positives = _first_of_each(pairs, POSITIVES)
        self._counts = np.minimum(np.diff(pairs.offsets), POSITIVES)
        self._offsets = pairs.offsets

    def hear(self, query_ids: Ids, document_ids: Ids) -> Testimony:
        """Asks about candidates.

        Args:
            query_ids: (b,).
            document_ids: the candidates of each, the nearest first, (b, k), -1 behind the last; those behind the
                window are not heard about.
        """
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # What is said of a query must not depend on the others in its block: all arrays have the same width.
        known = self._positives.shape[1]
        nodes = np.full((len(query_ids), known + self._window), -1, dtype=np.int64)
        nodes[:, :known] = self._positives[query_ids]
        width = min(self._window, document_ids.shape[1])
        nodes[:, known : known + width] = document_ids[:, :width]
        step = max(1, BLOCK_NUMBERS // nodes.shape[1] ** 2)
        parts = [slice(start, start + step) for start in range(0, len(query_ids), step)]
        # Products of small matrices gain nothing from several threads each, and much from being computed side by side.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
            heard = list(threads.map(lambda part: self._hear(query_ids[part], nodes[part], known), parts))
        return Testimony(
            *(np.concatenate([getattr(each, name) for each in heard]) for name in Testimony.__dataclass_fields__)
        )

    def _hear(self, query_ids: Ids, nodes: Ids, known: int) -> Testimony:
        there = nodes >= 0
        vectors = np.asarray(self._documents[nodes], dtype=np.float32)
        similarities = np.matmul(vectors, vectors.transpose(0, 2, 1))
        similarities[~(there[:, :, None] & there[:, None, :])] = -np.inf
        links = linked(similarities)
        asked = np.asarray(self._queries[query_ids], dtype=np.float32)
        spoken = [np.matmul(vectors, asked[:, :, None])[:, :, 0]]
        if self._words is not None:
            spoken.append(self._words.scores_of(query_ids, nodes))

        positives, candidates = there.copy(), there.copy()
        positives[:, known:], candidates[:, :known] = False, False
        voices = [voice(each, candidates) for each in spoken]
        agreement = agree(links, positives, voices)[:, known:]

        # The same walk once more for a positive that is held out: it is found by its links alone, if at all.
        rows = np.arange(len(nodes))
        place = query_ids % self._counts[query_ids]
        positives[rows, place] = False
        again = agree(links, positives, voices)
        scores = spoken[0]
        higher = there[:, known:] & (scores[:, known:] > scores[rows, place][:, None])

        to_positive = similarities[:, :known, known:].max(axis=1)
        agreement[~there[:, known:]] = 0
        held_out = self._offsets[query_ids] + place
        return Testimony(agreement, to_positive, held_out, again[rows, place], higher.sum(axis=1))


def linked(similarities: Vectors) -> Vectors:
    """Links each of n documents with its nearest ones.

    Args:
        similarities: (b, n, n), symmetric; minus infinity where one of the two is missing. Overwritten on the diagonal.

    Returns:
        (b, n, n), symmetric: 2 where two are among the nearest of each other, 1 where one is, else 0.
    """
    size = similarities.shape[1]
    itself = np.arange(size)
    similarities[:, itself, itself] = -np.inf
    place = size - min(NEIGHBOURS, size)
    least = np.partition(similarities, place, axis=2)[:, :, place : place + 1]
    near = ((similarities >= least) & (similarities > -np.inf)).astype(np.float32)
    links: Vectors = near + near.transpose(0, 2, 1)
    return links


def voice(scores: Vectors, among: NDArray[np.bool_]) -> Vectors:
    """What a witness with scores (b, n) says about the documents among (b, n): shares (b, n) that add up to 1.

    A witness that tells none from another says nothing: its shares are 0.
    """
    lowest = np.where(among, scores, np.inf).min(axis=1, keepdims=True)
    highest = np.where(among, scores, -np.inf).max(axis=1, keepdims=True)
    spread = highest - lowest
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(among & (spread > 0), (scores - lowest) / spread, 0).astype(np.float32) ** SHARPNESS
    total = shares.sum(axis=1, keepdims=True)
    said: Vectors = (shares / np.where(total > 0, total, 1)).astype(np.float32)
    return said


def agree(links: Vectors, positives: NDArray[np.bool_], voices: list[Vectors]) -> Vectors:
    """Walks, and compares with chance.

    Args:
        links: (b, n, n), symmetric.
        positives: which documents are known positives, (b, n); together they weigh as much as all voices.
        voices: what the other witnesses say, (b, n) each.

    Returns:
        How often the walk visits each document, divided by the share of all links that it has, which is how often an
        undirected walk visits it that starts anywhere: (b, n).
    """
    named = positives / np.maximum(positives.sum(axis=1, keepdims=True), 1)
    start = (named + sum(voices) / max(1, len(voices))).astype(np.float32)
    start /= np.maximum(start.sum(axis=1, keepdims=True), np.float32(1e-30))
    degrees = links.sum(axis=2)
    outward = np.where(degrees > 0, 1 / np.where(degrees > 0, degrees, 1), 0).astype(np.float32)
    visits: Vectors = start.astype(np.float32)
    for _ in range(STEPS):
        moved: Vectors = np.matmul((visits * outward)[:, None, :], links)[:, 0]
        visits = np.float32(1 - DAMPING) * start + np.float32(DAMPING) * moved
    compared: Vectors = (visits * outward * degrees.sum(axis=1, keepdims=True)).astype(np.float32)
    return compared


def _first_of_each(pairs: Pairs, most: int) -> Ids:
    """The first `most` positives of each query, (q, at most `most`), -1 behind the last."""
    counts = np.diff(pairs.offsets)
    width = int(min(most, counts.max(initial=1)))
    place = np.arange(width)
    inside = place < counts[:, None]
    first = pairs.document_ids[np.minimum(pairs.offsets[:-1, None] + place, len(pairs.document_ids) - 1)]
    return np.where(inside, first, -1)
