"""Embeddings that the caller has computed already, instead of an encoder's."""

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.embedding.models import ModelEncoder
from converters.embedding.protocol import Encoder
from converters.embedding.sparse import SparseModelEncoder
from converters.errors import InputError, quote

#: Rows that are gone through at a time.
BLOCK = 2**14
#: Keys of the two halves of a hash.
_KEYS = ("embedding-given1", "embedding-given2")


def load_embeddings(source: Any, what: str) -> NDArray[Any]:
    """Opens a matrix of embeddings.

    Args:
        source: a numpy array, a torch tensor, a list of vectors, an Arrow array of lists; or a path: `.npy`, which is
            mapped into memory, or `.parquet`, `.arrow` or `.feather` with one column of lists of numbers.
        what: the argument's name, for messages.

    Returns:
        (n, d), numbers; in the type they have.

    Raises:
        InputError: it is no such matrix, or cannot be read.
    """
    if isinstance(source, str | os.PathLike):
        matrix = _read(Path(source).expanduser(), what)
    elif isinstance(source, pa.Array | pa.ChunkedArray):
        matrix = _of_lists(source, what)
    else:
        if hasattr(source, "detach"):
            source = source.detach().cpu()
            source = source.float().numpy() if source.is_floating_point() else source.numpy()
        try:
            matrix = np.asarray(source)
        except (TypeError, ValueError) as error:
            raise InputError(f"{what}: {type(source).__name__} makes no matrix of numbers") from error
    if matrix.ndim != 2 or matrix.shape[1] == 0 or matrix.dtype.kind not in "fiu":
        raise InputError(
            f"{what} has to be a matrix with a row of numbers for each text, "
            f"not an array of shape {matrix.shape} of {matrix.dtype}"
        )
    return matrix


def _read(path: Path, what: str) -> NDArray[Any]:
    where = f"{what}: {quote(path, 200)}"
    if not path.is_file():
        raise InputError(f"{where} is no file")
    try:
        if path.suffix == ".npy":
            matrix: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
            return matrix
        if path.suffix in (".parquet", ".arrow", ".feather"):
            import pyarrow.dataset as arrow_dataset

            table = arrow_dataset.dataset(path, format="parquet" if path.suffix == ".parquet" else "ipc")
            lists = [field.name for field in table.schema if _holds_vectors(field.type)]
            if len(lists) != 1:
                found = ", ".join(quote(name) for name in lists) or "none"
                raise InputError(f"{where} has to have one column of lists of numbers; it has {found}")
            return _of_lists(table.to_table(columns=lists).column(0), what)
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where} cannot be read ({quote(error, 120)})") from error
    raise InputError(f"{where} is of no type that holds embeddings: .npy, .parquet, .arrow or .feather")


def _holds_vectors(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)))


def _of_lists(column: Any, what: str) -> NDArray[Any]:
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    if not _holds_vectors(column.type):
        raise InputError(f"{what} has to hold lists of numbers, not {column.type}")
    if column.null_count:
        raise InputError(f"{what}: {column.null_count} rows have no embedding")
    lengths = pc.unique(pc.list_value_length(column)).to_pylist()
    if len(lengths) != 1:
        shown = ", ".join(str(each) for each in sorted(lengths)[:3]) or "none"
        raise InputError(f"{what}: all vectors have to be of one length; these have {shown}")
    values = [chunk.flatten() for chunk in chunks]
    if any(chunk.null_count for chunk in values):
        raise InputError(f"{what}: there are vectors with missing numbers")
    numbers = [chunk.to_numpy(zero_copy_only=False).reshape(-1, lengths[0]) for chunk in values]
    return numbers[0] if len(numbers) == 1 else np.concatenate(numbers)


class Lookup:
    """Finds the embedding of a text by its hash of 128 bits; of equal texts, the first row counts.

    Args:
        texts: n texts; null ones are never looked up.
        vectors: (n, d).
        what: the argument's name, for messages.
    """

    def __init__(self, texts: pa.Array | pa.ChunkedArray, vectors: NDArray[Any], what: str) -> None:
        self._vectors = vectors
        self._what = what
        hashes = np.empty((len(texts), 2), dtype=np.uint64)
        start = 0
        for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
            for first in range(0, len(chunk), BLOCK):
                block = chunk.slice(first, BLOCK)
                hashes[start : start + len(block)] = _hashes(block)
                start += len(block)
        self._order = np.argsort(hashes[:, 0], kind="stable")
        self._hashes = hashes[self._order]

    @property
    def dimensions(self) -> int:
        """How many numbers each has."""
        return int(self._vectors.shape[1])

    def __call__(self, texts: list[str]) -> NDArray[Any]:
        """The embeddings of n texts, (n, d).

        Raises:
            InputError: a text has none, or one that is not finite.
        """
        wanted = _hashes(pa.array(texts, pa.large_string()))
        places = np.minimum(np.searchsorted(self._hashes[:, 0], wanted[:, 0]), len(self._order) - 1)
        rows = self._order[places]
        known = (self._hashes[places] == wanted).all(axis=1)
        if not known.all():
            missing = texts[int(known.argmin())]
            raise InputError(
                f"{self._what} has no row for the text {quote(missing, 60)}: with a corpus, give its rows and then one "
                "for each positive, or a corpus that has all positives"
            )
        vectors = np.asarray(self._vectors[rows])
        if not np.isfinite(vectors).all():
            row = int(rows[~np.isfinite(vectors).all(axis=1)].min())
            raise InputError(f"{self._what}: row {row} has numbers that are not finite (NaN or infinity)")
        return vectors

    def identity(self) -> str:
        """A hash of all texts and vectors."""
        digest = hashlib.sha256(f"{self._vectors.dtype.str}{self._vectors.shape}".encode())
        digest.update(self._hashes.tobytes())
        digest.update(self._order.tobytes())
        for start in range(0, len(self._vectors), BLOCK):
            digest.update(np.ascontiguousarray(self._vectors[start : start + BLOCK]).tobytes())
        return digest.hexdigest()


def _hashes(texts: pa.Array) -> NDArray[np.uint64]:
    from pandas.util import hash_array

    objects = pc.fill_null(texts, "").to_numpy(zero_copy_only=False)
    return np.stack([hash_array(objects, hash_key=key, categorize=False) for key in _KEYS], axis=1)


class GivenEncoder:
    """An encoder that looks embeddings up; what it is not given, another encoder embeds.

    Args:
        queries: embeddings of the queries, if they are given.
        documents: embeddings of the documents, if they are given.
        base: embeds what is not given; needed unless both are.
    """

    def __init__(self, queries: Lookup | None, documents: Lookup | None, base: Encoder | None = None) -> None:
        self._queries = queries
        self._documents = documents
        self._base = base
        self.name = "given embeddings" if base is None else f"{base.name} and given embeddings"
        if base is not None and hasattr(base, "fit"):
            self.fit = base.fit

    @property
    def dimensions_of_vectors(self) -> int | None:
        """How many numbers a vector has."""
        return next((each.dimensions for each in (self._documents, self._queries) if each is not None), None)

    def encode_queries(self, texts: list[str]) -> Any:
        """Vectors for n queries: (n, d)."""
        return self._encoder("queries").encode_queries(texts) if self._queries is None else self._queries(texts)

    def encode_documents(self, texts: list[str]) -> Any:
        """Vectors for n documents: (n, d)."""
        return self._encoder("documents").encode_documents(texts) if self._documents is None else self._documents(texts)

    def close(self) -> None:
        """Ends the processes of the other encoder, if there are any."""
        if isinstance(self._base, ModelEncoder):
            self._base.close()

    def identity(self, kind: str) -> Any:
        """What the vectors depend on beside the texts; None where nobody can tell."""
        given = self._queries if kind == "queries" else self._documents
        if given is not None:
            return {"given": given.identity()}
        identity = getattr(self._base, "identity", None)
        return identity(kind) if callable(identity) else None

    def _encoder(self, kind: str) -> Encoder:
        if self._base is None:
            raise InputError(f"there are no embeddings of the {kind} and no model: give one of the two")
        return self._base


def with_embeddings(
    model: Any,
    anchors: pa.Array,
    positives: pa.Array,
    corpus: pa.ChunkedArray | None,
    query_embeddings: Any,
    corpus_embeddings: Any,
) -> Any:
    """Puts embeddings that are given in the place of a model's.

    Args:
        model: an `Encoder`; None where both are given.
        anchors: n texts.
        positives: n texts.
        corpus: m texts; None where the positives are all there is.
        query_embeddings: what `load_embeddings` takes, a row for each anchor, repeated or not; or None.
        corpus_embeddings: a row for each positive, (n, d); with a corpus a row for each of its texts, (m, d), and if
            it lacks positives then one for each of them behind, (m + n, d); or None.

    Raises:
        InputError: they do not fit the texts, or one another.
    """
    if query_embeddings is None and corpus_embeddings is None:
        return model
    if model is not None and (isinstance(model, SparseModelEncoder) or not isinstance(model, Encoder)):
        raise InputError(f"{quote(model.name)} has no use for given embeddings: name a model that embeds, or none")
    queries = documents = None
    widths = []
    if query_embeddings is not None:
        vectors = load_embeddings(query_embeddings, "query_embeddings")
        if len(vectors) != len(anchors):
            raise InputError(f"query_embeddings has {len(vectors):,} rows for {len(anchors):,} rows of the dataset")
        queries = Lookup(anchors, vectors, "query_embeddings")
        widths.append(vectors.shape[1])
    if corpus_embeddings is not None:
        vectors = load_embeddings(corpus_embeddings, "corpus_embeddings")
        texts = positives
        if corpus is not None:
            texts = corpus if len(vectors) == len(corpus) else pa.chunked_array([*corpus.chunks, positives])
        if len(vectors) != len(texts):
            wanted = f"{len(positives):,} rows of the dataset"
            if corpus is not None:
                wanted = f"{len(corpus):,} texts of the corpus, and {len(positives):,} positives behind them"
            raise InputError(f"corpus_embeddings has {len(vectors):,} rows for {wanted}")
        documents = Lookup(texts, vectors, "corpus_embeddings")
        widths.append(vectors.shape[1])
    if len(set(widths)) > 1:
        raise InputError(f"query_embeddings has vectors of {widths[0]} numbers and corpus_embeddings of {widths[1]}")
    if model is None and (queries is None or documents is None):
        missing = "query_embeddings" if queries is None else "corpus_embeddings"
        raise InputError(f"without a model, {missing} are needed too")
    return GivenEncoder(queries, documents, model)
