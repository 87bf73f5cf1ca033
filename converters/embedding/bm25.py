"""BM25: what the words of a query say about a document, with no model and no vectors.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in Information
Retrieval 3(4), 2009, in the form that Lucene uses.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.lsa import characters, terms
from converters.progress import working

Ids = NDArray[np.int64]

#: Weights are kept as whole numbers of this part of one. Sums of whole numbers are exact, so that a score does not
#: depend on the order in which it is summed, nor on what else is scored with it.
UNIT = 2.0**-12
#: Numbers that a temporary matrix may hold.
BLOCK_NUMBERS = 2**22
#: Texts that are held as Python objects at a time.
BLOCK_TEXTS = 2**14


class Bm25:
    """BM25 scores of documents for queries: by pair, and the best ones.

    A term's weight in a document is idf * tf / (tf + k1 * (1 - b + b * length / mean length)) with
    idf = log(1 + (n - df + 0.5) / (df + 0.5)); a score is the sum over the different terms of the query. Terms are
    words, and for scripts without spaces characters and pairs of them; where no document has a word, characters.

    Args:
        k1: how soon repeating a term stops to count.
        b: how much long documents are discounted: 0 not at all, 1 in full.
    """

    name = "bm25"

    def __init__(self, k1: float = 1.2, b: float = 0.75) -> None:
        self.k1 = k1
        self.b = b
        self._candidates = 0
        self._weights: Any = None
        self._postings: Any = None
        self._queries: Any = None
        self._vectorizer: Any = None

    def fit(
        self,
        documents: pa.Array | list[str],
        queries: pa.Array | list[str] | None = None,
        candidates: int | None = None,
    ) -> "Bm25":
        """Weighs the terms of n >= 1 documents, and reads the queries that are going to be asked.

        Args:
            documents: what is searched and scored; `document_ids` number them.
            queries: what is asked; `query_ids` number them. By default the documents themselves.
            candidates: how many of the documents are searched, the first ones, n >= 1. Only these count for the
                weights of terms; the others can be scored. By default all.
        """
        from scipy import sparse
        from sklearn.feature_extraction.text import CountVectorizer

        self._candidates = len(documents) if candidates is None else candidates
        with working("reading words"):
            searched, others = documents[: self._candidates], documents[self._candidates :]
            for analyzer in (terms, characters):
                vectorizer = CountVectorizer(analyzer=analyzer, dtype=np.int32)
                try:
                    counts = vectorizer.fit_transform(_texts(searched))
                    break
                except ValueError:  # no text has any term of this kind
                    continue
            else:
                vectorizer, counts = None, sparse.csr_matrix((len(searched), 1), dtype=np.int32)
            if len(others):
                more = (
                    vectorizer.transform(_texts(others))
                    if vectorizer
                    else sparse.csr_matrix((len(others), 1), dtype=np.int32)
                )
                counts = sparse.vstack([counts, more], format="csr")
        self._vectorizer = vectorizer
        self._weights = self._weigh(counts)
        searched = self._weights if self._candidates == len(documents) else self._weights[: self._candidates]
        self._postings = searched.T.tocsr()
        return self.ask(documents if queries is None else queries)

    def ask(self, queries: pa.Array | list[str]) -> "Bm25":
        """Reads other queries for the same documents."""
        from scipy import sparse

        if self._vectorizer is None:
            self._queries = sparse.csr_matrix((len(queries), self._weights.shape[1]), dtype=np.int32)
            return self
        with working("reading words"):
            self._queries = self._vectorizer.transform(_texts(queries))
        self._queries.data[:] = 1
        return self

    def scores_of(self, query_ids: Ids, document_ids: Ids) -> NDArray[np.float32]:
        """Scores of chosen pairs.

        Args:
            query_ids: (b,).
            document_ids: (b, k): k documents for each of the b queries; -1 stands for none.

        Returns:
            (b, k), float32; 0 where there is no document.
        """
        shape = document_ids.shape
        owners = np.repeat(query_ids, shape[1])
        wanted = document_ids.ravel()
        scores = np.zeros(len(wanted), dtype=np.float64)
        pairs = np.flatnonzero(wanted >= 0)
        sizes = np.diff(self._weights.indptr)[wanted[pairs]] + np.diff(self._queries.indptr)[owners[pairs]]
        bounds = np.searchsorted(np.cumsum(sizes), np.arange(0, sizes.sum() + BLOCK_NUMBERS, BLOCK_NUMBERS)[1:])
        start = 0
        for end in np.unique(np.append(bounds, len(pairs))).tolist():
            part = pairs[start : max(end, start + 1)]
            both = self._queries[owners[part]].multiply(self._weights[wanted[part]])
            scores[part] = np.asarray(both.sum(axis=1, dtype=np.int64)).ravel()
            start = max(end, start + 1)
        return (scores * UNIT).astype(np.float32).reshape(shape)

    def top(self, query_ids: Ids, depth: int) -> tuple[Ids, NDArray[np.float32]]:
        """The best documents for some queries, best first; equal scores in the order of the documents.

        Args:
            query_ids: (b,).
            depth: how many to find, at most as many as there are candidates.

        Returns:
            Numbers (b, depth) and scores (b, depth), float32.
        """
        documents = self._candidates
        ids = np.empty((len(query_ids), depth), dtype=np.int64)
        scores = np.empty((len(query_ids), depth), dtype=np.float32)
        for part, dense in self._blocks(query_ids):
            # One number for score and place: the greater score first, then the lower place.
            keys = (dense << 32) + (documents - 1 - np.arange(documents))
            keys.partition(documents - depth, axis=1)
            best = -np.sort(-keys[:, documents - depth :], axis=1)
            ids[part] = documents - 1 - (best & 0xFFFFFFFF)
            scores[part] = (best >> 32) * UNIT
        return ids, scores

    def _blocks(self, query_ids: Ids) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        step = max(1, BLOCK_NUMBERS // max(1, self._candidates))
        for start in range(0, len(query_ids), step):
            part = slice(start, start + step)
            yield part, (self._queries[query_ids[part]] @ self._postings).toarray().astype(np.int64)

    def _weigh(self, counts: Any) -> Any:
        documents = self._candidates
        frequency = np.bincount(counts.indices[: counts.indptr[documents]], minlength=counts.shape[1])
        idf = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        mean = max(float(lengths[:documents].mean()), 1.0)
        damping = self.k1 * (1 - self.b + self.b * lengths / mean)
        step = max(1, int(BLOCK_NUMBERS / max(1.0, counts.nnz / counts.shape[0])))
        for first in range(0, counts.shape[0], step):  # in place: there are as many numbers as words in all documents
            last = min(first + step, counts.shape[0])
            part = slice(counts.indptr[first], counts.indptr[last])
            rows = np.repeat(damping[first:last], np.diff(counts.indptr[first : last + 1]))
            data = counts.data[part].astype(np.float64)
            counts.data[part] = np.rint(idf[counts.indices[part]] * data / (data + rows) / UNIT)
        return counts


def _texts(texts: pa.Array | list[str]) -> Iterator[str]:
    """The texts one after the other, a few of them as Python's at a time."""
    for start in range(0, len(texts), BLOCK_TEXTS):
        block = texts[start : start + BLOCK_TEXTS]
        yield from block if isinstance(block, list) else block.to_pylist()
