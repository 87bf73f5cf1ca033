"""Sparse encoders: models that say with a few thousand weights of words what a text is about, such as SPLADE.

Formal, Piwowarski and Clinchant, "SPLADE: Sparse Lexical and Expansion Model for First Stage Ranking", SIGIR 2021.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from converters.embedding.models import ModelEncoder
from converters.errors import InputError

Ids = NDArray[np.int64]

#: Weights are kept as whole numbers of this part of one. Sums of products of whole numbers are exact, so that a score
#: does not depend on the order in which it is summed, nor on what else is scored with it.
UNIT = 2.0**-14
#: The greatest weight, so that no product goes beyond the whole numbers of 64 bits however many of them are added.
_GREATEST = 2.0**14
#: Numbers that a temporary matrix may hold.
BLOCK_NUMBERS = 2**22
#: Texts that a model gets at a time: what comes back is a matrix with a column for every word, before it is thinned.
TEXTS_AT_A_TIME = 128


def is_sparse_model(model: Any) -> bool:
    """Whether a model is a sparse encoder of sentence-transformers."""
    kinds = type(model).__mro__
    return any(
        each.__name__ == "SparseEncoder" and each.__module__.startswith("sentence_transformers.") for each in kinds
    )


class SparseModelEncoder(ModelEncoder):
    """A sparse encoder of sentence-transformers: as `ModelEncoder`, with sparse matrices for vectors."""

    settings: ClassVar[Mapping[str, Any]] = {
        "show_progress_bar": False,
        "convert_to_tensor": True,
        "convert_to_sparse_tensor": True,
        "save_to_cpu": True,
    }

    @property
    def texts_at_a_time(self) -> int:
        """How many texts to hand over at a time."""
        return TEXTS_AT_A_TIME * (self._processes.count if self._processes else 1)

    @property
    def cosine(self) -> bool:
        """Whether the model compares by the cosine; otherwise by the inner product."""
        return getattr(self.model, "similarity_fn_name", None) == "cosine"

    def rows(self, output: Any, count: int) -> Any:
        """What the model gave for some texts, checked and in a sparse matrix: a row for each of them.

        Raises:
            InputError: it is no such matrix.
        """
        return sparse_rows(output, count, self.name)

    def joined(self, parts: list[Any]) -> Any:
        """The rows of several parts in one."""
        from scipy import sparse

        return sparse.vstack(parts, format="csr")


def sparse_rows(output: Any, count: int, name: str) -> Any:
    """Makes a sparse matrix of finite numbers, (count, d), out of what a model gave for `count` texts.

    Raises:
        InputError: it is no such matrix.
    """
    from scipy import sparse

    if sparse.issparse(output):
        return output
    if hasattr(output, "detach"):
        tensor = output.detach().cpu().float()
        if tensor.is_sparse:
            tensor = tensor.coalesce()
            places = tensor.indices().numpy()
            output = sparse.coo_matrix((tensor.values().numpy(), (places[0], places[1])), shape=tuple(tensor.shape))
        else:
            output = tensor.numpy()
    matrix = sparse.csr_matrix(output, dtype=np.float32)
    if matrix.shape[0] != count or matrix.shape[1] == 0:
        raise InputError(
            f"{name}: a model gives one row of weights for each text; for {count}, this has {matrix.shape}"
        )
    if not np.isfinite(matrix.data).all():
        raise InputError(f"{name}: the model gave weights that are not finite (NaN or infinity)")
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


class SparseRetriever:
    """Exact search over sparse vectors, by the inner product or the cosine.

    Args:
        queries: (n, d), a sparse matrix of rows.
        documents: (m, d), likewise.
        candidates: how many of the documents are searched, the first ones.
        cosine: whether all rows are scaled to length 1.
    """

    def __init__(self, queries: Any, documents: Any, candidates: int, *, cosine: bool = False) -> None:
        self._queries = _whole_numbers(queries, cosine)
        self._documents = _whole_numbers(documents, cosine)
        self._candidates = candidates
        self._postings = self._documents[:candidates].T.tocsr().astype(np.int64)

    def scores_of(self, query_ids: Ids, document_ids: Ids) -> NDArray[np.float32]:
        """Scores (b, k) of documents (b, k) for queries (b,)."""
        shape = document_ids.shape
        owners, wanted = np.repeat(query_ids, shape[1]), document_ids.ravel()
        scores = np.zeros(len(wanted), dtype=np.float64)
        sizes = np.diff(self._documents.indptr)[wanted] + np.diff(self._queries.indptr)[owners]
        ends = np.searchsorted(np.cumsum(sizes), np.arange(BLOCK_NUMBERS, sizes.sum(), BLOCK_NUMBERS))
        start = 0
        for end in np.unique(np.append(ends, len(wanted))).tolist():
            part = slice(start, end)
            both = self._queries[owners[part]].astype(np.int64).multiply(self._documents[wanted[part]])
            scores[part] = np.asarray(both.sum(axis=1, dtype=np.int64)).ravel()
            start = end
        return _as_scores(scores).reshape(shape)

    def top(self, query_ids: Ids, depth: int) -> tuple[Ids, NDArray[np.float32]]:
        """Numbers (b, depth) and scores (b, depth) of the best documents, best first; equal ones in their order."""
        count = self._candidates
        ids = np.empty((len(query_ids), depth), dtype=np.int64)
        scores = np.empty((len(query_ids), depth), dtype=np.float32)
        for part, dense in self._blocks(query_ids):
            # Of those that score as the last of the best does, the first ones, as many as there is room for.
            least = np.partition(dense, count - depth, axis=1)[:, count - depth, None]
            better, equal = dense > least, dense == least
            room = depth - better.sum(axis=1, keepdims=True)
            best = np.nonzero(better | (equal & (np.cumsum(equal, axis=1) <= room)))[1].reshape(-1, depth)
            found = np.take_along_axis(dense, best, axis=1)
            order = np.argsort(-found, axis=1, kind="stable")
            ids[part] = np.take_along_axis(best, order, axis=1)
            scores[part] = _as_scores(np.take_along_axis(found, order, axis=1))
        return ids, scores

    def _blocks(self, query_ids: Ids) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        step = max(1, BLOCK_NUMBERS // max(1, self._candidates))
        for start in range(0, len(query_ids), step):
            part = slice(start, min(start + step, len(query_ids)))
            yield part, (self._queries[query_ids[part]].astype(np.int64) @ self._postings).toarray()


def _whole_numbers(rows: Any, cosine: bool) -> Any:
    from scipy import sparse

    if cosine:
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1, dtype=np.float64)).ravel())
        rows = sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ rows
    weights = np.rint(np.clip(rows.data, -_GREATEST, _GREATEST) / UNIT).astype(np.int32)
    return sparse.csr_matrix((weights, rows.indices, rows.indptr), shape=rows.shape)


def _as_scores(products: NDArray[Any]) -> NDArray[np.float32]:
    scores: NDArray[np.float32] = (products * UNIT**2).astype(np.float32)
    return scores
