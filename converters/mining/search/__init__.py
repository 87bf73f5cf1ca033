"""Search: for each query, the documents of the greatest inner product, in a defined order."""

from converters.mining.search.checks import check_vectors
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
    "Ranking",
    "Retrieve",
    "SearchReport",
    "Searcher",
    "check_vectors",
    "faiss_flat",
    "inner_products",
    "numpy_flat",
    "plan_blocks",
    "search",
]
