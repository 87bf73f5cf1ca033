"""Search: for each query, the documents of the greatest inner product, in a defined order."""

from converters.mining.search.checks import check_vectors
from converters.mining.search.choice import SEARCH_MINUTES, check_index, known_index
from converters.mining.search.ranking import (
    Ranking,
    Retrieve,
    faiss_flat,
    inner_products,
    numpy_flat,
    plan_blocks,
    search,
)
from converters.mining.search.searcher import Searcher, SearchReport

__all__ = [
    "SEARCH_MINUTES",
    "Ranking",
    "Retrieve",
    "SearchReport",
    "Searcher",
    "check_index",
    "check_vectors",
    "faiss_flat",
    "inner_products",
    "known_index",
    "numpy_flat",
    "plan_blocks",
    "search",
]
