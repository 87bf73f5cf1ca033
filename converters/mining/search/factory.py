"""Approximate search with an index of faiss, made by its factory; what it finds is scored in full."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from converters.embedding.vectors import Vectors
from converters.errors import InputError, quote
from converters.mining.search.ranking import Ranking, rank_found
from converters.mining.texts import Ids

#: Documents that an index is trained on, at most.
TRAINED_ON = 200_000
CHUNK = 2**15
#: Candidates of an index that rounds vectors, for each document that is wanted.
MORE = 4


class FaissIndex:
    """An index of faiss over documents.

    Attributes:
        index: faiss's own.
        knob: the name of what trades time for recall, in faiss's words; "" where there is none.
        trained_on: how many documents it was trained on.
    """

    def __init__(self, index: Any, trained_on: int) -> None:
        self.index = index
        self.trained_on = trained_on
        self.knob = _knob(index)

    @classmethod
    def build(cls, documents: Vectors, factory: str, seed: int) -> "FaissIndex":
        """Trains an index and fills it, a chunk of documents at a time.

        Raises:
            InputError: faiss cannot make or train such an index.
        """
        import faiss

        count, size = documents.shape
        try:
            index = faiss.index_factory(size, factory, faiss.METRIC_INNER_PRODUCT)
            trained_on = 0
            if not index.is_trained:
                random = np.random.default_rng(seed)
                chosen = np.sort(random.choice(count, size=min(count, TRAINED_ON), replace=False))
                index.train(np.ascontiguousarray(documents[chosen], dtype=np.float32))
                trained_on = len(chosen)
            for start in range(0, count, CHUNK):
                index.add(np.ascontiguousarray(documents[start : start + CHUNK], dtype=np.float32))
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].split(": ", 1)[-1] if str(error) else "it says no more"
            raise InputError(
                f"faiss cannot make the index {quote(factory)} of {count} documents with {size} numbers each "
                f"({quote(reason, 120)}); use auto, flat, ivf or hnsw"
            ) from error
        return cls(index, trained_on)

    def save(self, path: Path) -> None:
        """Writes the index, as faiss does."""
        import faiss

        faiss.write_index(self.index, str(path))

    @classmethod
    def load(cls, path: Path, trained_on: int) -> "FaissIndex":
        """Reads what `save` wrote."""
        import faiss

        return cls(faiss.read_index(str(path)), trained_on)

    def turn(self, value: int) -> None:
        """Sets the knob."""
        import faiss

        faiss.ParameterSpace().set_index_parameter(self.index, self.knob, value)

    def rank(
        self, queries: Vectors, documents: Vectors, wanted: Ids, blocks: list[tuple[int, Ids]]
    ) -> Iterator[Ranking]:
        """As `converters.mining.search.search`, among what the index finds."""
        for depth, members in blocks:
            rows = np.ascontiguousarray(queries[members], dtype=np.float32)
            _, found = self.index.search(rows, min(MORE * depth, len(documents)))
            yield rank_found(queries, documents, np.minimum(wanted[members], len(documents)), depth, members, found)


def _knob(index: Any) -> str:
    import faiss

    inner = faiss.downcast_index(index)
    while isinstance(inner, faiss.IndexPreTransform | faiss.IndexRefine):
        inner = faiss.downcast_index(inner.index if isinstance(inner, faiss.IndexPreTransform) else inner.base_index)
    if isinstance(inner, faiss.IndexIVF):
        return "nprobe"
    return "efSearch" if isinstance(inner, faiss.IndexHNSW) else ""
