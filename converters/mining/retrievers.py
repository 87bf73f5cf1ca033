"""What finds candidates: vectors, BM25, or a blend of several; all of them score pairs in the same way everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa

from converters.embedding.blend import Blend, Retriever
from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import Blended
from converters.embedding.given import GivenEncoder
from converters.embedding.models import ModelEncoder
from converters.embedding.protocol import Encoder
from converters.embedding.sparse import SparseModelEncoder, SparseRetriever
from converters.embedding.vectors import Vectors, fit_encoder
from converters.errors import InputError, quote
from converters.mining.embedded import embedded
from converters.mining.embedded_sparse import embedded_sparse
from converters.mining.search import Ranking, Retrieve, faiss_flat, inner_products
from converters.mining.search.ranking import rank_block
from converters.mining.texts import Ids
from converters.mining.workspace import Workspace, hash_of_texts

VectorsAs = Literal["float32", "float16"]


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


def rank_blocks(retriever: Retriever, wanted: Ids, blocks: list[tuple[int, Ids]]) -> Iterator[Ranking]:
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


@dataclass(frozen=True)
class Prepared:
    """Texts that are read, and embedded where a model embeds.

    Attributes:
        name: what ranks.
        retriever: ranks documents and scores pairs.
        vectors: of the queries and of the documents, by the model or by the first part of a blend that embeds; None
            where none does.
        key: what rankings depend on, in plain values; None where nobody can tell, or where nothing is kept.
        blended: whether anything but these vectors ranks.
    """

    name: str
    retriever: Retriever
    vectors: tuple[Vectors, Vectors] | None
    key: dict[str, Any] | None
    blended: bool


def check_vectors_as(model: Encoder | Bm25 | Blended, vectors_as: str, truncate_dim: int | None) -> None:
    """Makes sure, before anything is embedded, that vectors can be kept as they are asked for.

    Raises:
        InputError: they cannot, or there are none.
    """
    if vectors_as not in get_args(VectorsAs):
        raise InputError(f"vectors_as has to be float32 or float16, not {quote(vectors_as)}")
    if truncate_dim is None:
        return
    if isinstance(truncate_dim, bool) or not isinstance(truncate_dim, int) or truncate_dim < 1:
        raise InputError(f"truncate_dim has to be a whole number of at least 1, not {quote(truncate_dim)}")
    if not embedding_parts(model):
        raise InputError(f"{quote(model.name, 120)} has no vectors that truncate_dim could shorten: leave it out")
    for part in embedding_parts(model):
        size = getattr(part, "dimensions_of_vectors", None)
        if size is not None and truncate_dim > size:
            raise InputError(
                f"truncate_dim={truncate_dim} does not fit: {quote(part.name, 120)} gives vectors of {size} numbers"
            )


def embedding_parts(model: Encoder | Bm25 | Blended) -> list[Encoder]:
    """Those parts of a model that give dense vectors."""
    parts = model.parts if isinstance(model, Blended) else (model,)
    return [part for part in parts if not isinstance(part, Bm25 | SparseModelEncoder)]


def prepare(
    model: Encoder | Bm25 | Blended,
    queries: pa.Array,
    documents: pa.Array,
    candidates: int,
    *,
    workspace: Workspace | None = None,
    retrieve: Retrieve = faiss_flat,
    truncate_dim: int | None = None,
    dtype: str = "float32",
) -> Prepared:
    """Makes a model ready to rank.

    Args:
        model: what `resolve_model` gives.
        queries: different texts, n >= 1.
        documents: different texts, n >= 1.
        candidates: how many of the documents are searched, the first ones; these alone are what a model is fitted on.
        workspace: where vectors are kept; None to keep them in memory.
        retrieve: what searches in vectors.
        truncate_dim: how many numbers of each vector to keep, the first ones; None for all.
        dtype: what to keep vectors in, `float32` or `float16`.

    Raises:
        InputError: an encoder gave something else than finite vectors of one length.
    """
    corpus = documents.slice(0, candidates)
    parts = model.parts if isinstance(model, Blended) else (model,)
    texts = None
    if workspace is not None:
        texts = {"queries": hash_of_texts(queries), "documents": hash_of_texts(documents), "candidates": candidates}
    retrievers: list[Retriever] = []
    keys: list[dict[str, Any] | None] = []
    vectors = None
    for part in parts:
        if isinstance(part, Bm25):
            retrievers.append(part.fit(documents, queries, candidates))
            keys.append(None if texts is None else {"bm25": [part.k1, part.b], **texts})
            continue
        if isinstance(part, SparseModelEncoder):
            of_documents, documents_key = embedded_sparse(workspace, part, "documents", documents)
            of_queries, queries_key = embedded_sparse(workspace, part, "queries", queries)
            part.close()
            retrievers.append(SparseRetriever(of_queries, of_documents, candidates, cosine=part.cosine))
            sparse_keys = {"queries": queries_key, "documents": documents_key, "candidates": candidates}
            known_parts = queries_key is not None and documents_key is not None
            keys.append({**sparse_keys, "sparse": "cosine" if part.cosine else "dot"} if known_parts else None)
            continue
        both, key = _vectors(part, queries, documents, corpus, workspace, truncate_dim=truncate_dim, dtype=dtype)
        retrievers.append(VectorRetriever(*both, candidates, retrieve))
        keys.append(None if key is None else key | {"candidates": candidates, "search": "exact"})
        vectors = vectors or both
    known = [key for key in keys if key is not None]
    if not isinstance(model, Blended):
        return Prepared(model.name, retrievers[0], vectors, keys[0], vectors is None)
    blend = Blend(retrievers, len(queries), candidates)
    return Prepared(model.name, blend, vectors, {"blend": known} if len(known) == len(keys) else None, True)


def _vectors(
    encoder: Encoder, queries: pa.Array, documents: pa.Array, corpus: pa.Array, workspace: Workspace | None, **kept: Any
) -> tuple[tuple[Vectors, Vectors], dict[str, Any] | None]:
    @cache  # once, and not at all where all vectors are there already
    def fit() -> None:
        fit_encoder(encoder, corpus)

    fitted_on = hash_of_texts(corpus) if workspace is not None and hasattr(encoder, "fit") else None
    of_documents, documents_key = embedded(
        workspace, encoder, "documents", documents, prepare=fit, fitted_on=fitted_on, **kept
    )
    of_queries, queries_key = embedded(workspace, encoder, "queries", queries, prepare=fit, fitted_on=fitted_on, **kept)
    if of_documents.shape[1] != of_queries.shape[1]:
        raise InputError(
            f"encoder {encoder.name} gives vectors of {of_queries.shape[1]} numbers for queries "
            f"and of {of_documents.shape[1]} for documents; they have to be of one length"
        )
    if isinstance(encoder, ModelEncoder | GivenEncoder):
        encoder.close()
    key = None
    if queries_key is not None and documents_key is not None:
        key = {"queries": queries_key, "documents": documents_key}
    return (of_queries, of_documents), key
