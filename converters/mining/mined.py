"""What the core of mining gives: numbers that point into two lists of texts."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors
from converters.mining.summary import MiningSummary
from converters.mining.texts import Ids, Pairs


@dataclass(frozen=True)
class Mined:
    """Queries, documents, the pairs that are known, and the negatives that were found.

    Attributes:
        queries: the different anchors, (q,).
        documents: the different texts of the corpus, (d,).
        pairs: the known pairs, sorted by query.
        pair_scores: score of each pair, (p,), float32.
        negatives: documents mined for each query, (q, n), best first; -1 where there are fewer than n.
        negative_scores: their scores, (q, n), float32; NaN where there is no negative.
        summary: what happened, in numbers.
    """

    queries: pa.Array
    documents: pa.Array
    pairs: Pairs
    pair_scores: Vectors
    negatives: Ids
    negative_scores: Vectors
    summary: MiningSummary

    @property
    def found(self) -> NDArray[np.bool_]:
        """Where `negatives` holds a document: (q, n)."""
        found: NDArray[np.bool_] = self.negatives >= 0
        return found

    def part(self, first: int, last: int) -> "Mined":
        """The same of the queries from `first` on, those from `last` on left out."""
        start, end = int(self.pairs.offsets[first]), int(self.pairs.offsets[last])
        pairs = Pairs(
            self.pairs.query_ids[start:end] - first,
            self.pairs.document_ids[start:end],
            self.pairs.grades[start:end],
            self.pairs.offsets[first : last + 1] - start,
        )
        return Mined(
            self.queries.slice(first, last - first),
            self.documents,
            pairs,
            self.pair_scores[start:end],
            self.negatives[first:last],
            self.negative_scores[first:last],
            self.summary,
        )
