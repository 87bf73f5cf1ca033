"""Metrics on arrays, for scripts that evaluate without sentence-transformers."""

import numpy as np


def ndcg(scores: np.ndarray, relevant: np.ndarray, k: int = 10) -> float:
    """The mean nDCG of rankings.

    Args:
        scores: of each query (rows) with each document (columns); -inf leaves a document out.
        relevant: which documents are relevant to which query.
        k: how many places count.

    Returns:
        0 to 1; queries with nothing relevant do not count.
    """
    asked = relevant.any(axis=1)
    scores, relevant = scores[asked], relevant[asked]
    if not len(scores):
        return 0.0
    places = min(k, scores.shape[1])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :places]
    discounts = 1 / np.log2(np.arange(places) + 2)
    gained = np.take_along_axis(relevant, order, axis=1) @ discounts
    count = np.minimum(relevant.sum(axis=1), places)
    return float(np.mean(gained / np.cumsum(discounts)[count - 1]))
