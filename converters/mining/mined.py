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
