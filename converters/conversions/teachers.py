"""Teachers: models, or files of what a model has said, that give scores and embeddings that the data lacks.

What a model is, its own files say. Code that comes with a model is never run.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.conversions.settings import Options
from converters.conversions.texts import Ids
from converters.embedding.batches import out_of_memory
from converters.embedding.models import HUB_TIMEOUT, ModelEncoder, load_model, name_of_model
from converters.embedding.vectors import CHUNK, matrix
from converters.errors import InputError, quote
from converters.progress import counting

Scores = NDArray[np.float64]

#: Files that hold scores or embeddings.
GIVEN_SUFFIXES = (".npy", ".parquet", ".arrow", ".feather")

#: Pairs that a cross-encoder scores before the next progress, and before they are kept.
PORTION = 2048

#: Pairs whose vectors are compared at a time.
BLOCK = 2**16

#: Texts of a shard of embeddings.
SHARD = 4096

_WHAT_TO_PASS = (
    "a teacher is a cross-encoder or a bi-encoder of sentence-transformers, by its name or its folder, or a file of "
    "scores or embeddings (.npy, .parquet or .arrow)"
)


def is_given(teacher: Any) -> bool:
    """Whether a teacher is what a model has said already: an array, or a file that holds one."""
    if isinstance(teacher, str | os.PathLike):
        return Path(teacher).suffix.lower() in GIVEN_SUFFIXES
    known = isinstance(teacher, np.ndarray | pa.Array | pa.ChunkedArray | list | tuple)
    return known or (hasattr(teacher, "detach") and hasattr(teacher, "shape"))


def name_of_teacher(teacher: Any) -> str:
    """What to call a teacher in reports and manifests."""
    if isinstance(teacher, str | os.PathLike):
        return str(teacher)
    return "given scores" if is_given(teacher) else name_of_model(teacher)


@dataclass(frozen=True)
class CrossEncoderTeacher:
    """A model that reads both texts of a pair at once."""

    model: Any
    name: str

    def scores(self, pairs: "Pairs", options: Options, *, unit: bool) -> Scores:
        """Scores different pairs, (n,), float64; `unit` brings them to 0..1.

        Else they are logits, whatever activation the model has: a sigmoid would crowd what is far above or below zero
        together, and leave next to nothing of the margins there. MarginMSE is on logits (arXiv 2010.02666).
        """
        found = self._asked(pairs, options, logits=not unit)
        if not unit:
            return found
        activation = type(getattr(self.model, "activation_fn", None)).__name__
        logits = activation == "Identity" or bool(len(found) and (found.min() < 0 or found.max() > 1))
        return 1 / (1 + np.exp(-found)) if logits else found

    def embeddings(self, texts: pa.Array, options: Options) -> Iterator[NDArray[np.float32]]:
        """Refuses: there are none."""
        raise InputError(
            f"teacher {quote(self.name)} is a cross-encoder, which scores pairs and embeds nothing: name a bi-encoder"
        )

    def _asked(self, pairs: "Pairs", options: Options, *, logits: bool) -> Scores:
        from converters.mining.rescored import rescored

        order = np.argsort(-pairs.lengths(), kind="stable")  # a batch is as wide as its longest pair
        query, document = pairs.query[order], pairs.document[order]
        found = np.empty(len(order), dtype=np.float64)
        size = options.mining.batch_size
        with options.mining.workspace() as workspace, counting("scoring pairs", len(order)) as advance:
            start = 0

            def ask(size: int) -> Callable[[Ids, Ids], NDArray[np.float32]]:
                return rescored(workspace, self.model, pairs.queries, pairs.documents, size, logits=logits)

            rescore = ask(size)
            while start < len(order):
                part = slice(start, start + PORTION)
                try:
                    found[order[part]] = rescore(query[part], document[part])
                except Exception as error:
                    if not out_of_memory(error):
                        raise
                    if size == 1:
                        raise InputError(
                            f"teacher {quote(self.name)} runs out of memory with a single pair: "
                            "give it a lower max_length, or take a device with more memory"
                        ) from error
                    size //= 2
                    rescore = ask(size)
                    continue
                start += PORTION
                advance(len(order[part]))
        return found


@dataclass(frozen=True)
class BiEncoderTeacher:
    """A model that embeds each text by itself; how similar two are, it says by its own measure."""

    model: Any
    name: str

    def scores(self, pairs: "Pairs", options: Options, *, unit: bool) -> Scores:
        """Scores different pairs, (n,), float64; `unit` takes cosines, those below 0 as 0."""
        encoder = self._encoder(options, plain=pairs.alike)
        queries = np.concatenate(list(embedded(encoder.encode_queries, pairs.queries, "embedding queries")))
        documents = np.concatenate(list(embedded(encoder.encode_documents, pairs.documents, "embedding documents")))
        own = None if unit else getattr(self.model, "similarity_fn_name", None)
        if own not in (None, "cosine", "dot") and not callable(getattr(self.model, "similarity_pairwise", None)):
            own = None
        if own in (None, "cosine"):
            queries, documents = _scaled(queries), _scaled(documents)
        found = np.empty(len(pairs.query), dtype=np.float64)
        for start in range(0, len(found), BLOCK):
            part = slice(start, start + BLOCK)
            left, right = queries[pairs.query[part]], documents[pairs.document[part]]
            if own in (None, "cosine", "dot"):
                found[part] = np.einsum("nd,nd->n", left, right, dtype=np.float64)
            else:
                found[part] = np.asarray(self.model.similarity_pairwise(left, right), dtype=np.float64)
        return np.clip(found, 0, 1) if unit else found

    def embeddings(self, texts: pa.Array, options: Options) -> Iterator[NDArray[np.float32]]:
        """The model's own vectors of texts, shard by shard: of the length that the model gives them."""
        return embedded(self._encoder(options, plain=True).encode_documents, texts, "embedding texts")

    def _encoder(self, options: Options, *, plain: bool) -> ModelEncoder:
        """Puts the model's prompts before queries and documents; none before `plain` texts, which are neither."""
        encode = getattr(self.model, "encode", None)
        model = self.model
        if plain and callable(encode):
            model = SimpleNamespace(encode=encode, max_seq_length=getattr(model, "max_seq_length", None))
        return ModelEncoder(model, self.name, batch_size=options.mining.batch_size)


Teacher = CrossEncoderTeacher | BiEncoderTeacher


@dataclass(frozen=True)
class Pairs:
    """Different pairs of texts, by number.

    Attributes:
        queries: the different first texts.
        documents: the different second texts.
        query: of each pair its first text.
        document: of each pair its second text.
        alike: whether both texts are of one kind; else the first is a query.
    """

    queries: pa.Array
    documents: pa.Array
    query: Ids
    document: Ids
    alike: bool = False

    def lengths(self) -> Ids:
        """Bytes of both texts of each pair."""
        first, second = (
            pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
            for texts in (self.queries, self.documents)
        )
        total: Ids = first[self.query] + second[self.document]
        return total


def embedded(encode: Callable[[list[str]], Any], texts: pa.Array, description: str) -> Iterator[NDArray[np.float32]]:
    """A model's vectors of texts as they are, neither scaled nor cut: shard by shard, in each the longest texts first.

    Raises:
        InputError: the model gave something else than one vector of finite numbers for each text, all of one length.
    """
    width: int | None = None
    with counting(description, len(texts)) as advance:
        for start in range(0, max(1, len(texts)), SHARD):
            shard = texts.slice(start, SHARD)
            order = np.argsort(-pc.binary_length(shard).to_numpy(zero_copy_only=False).astype(np.int64), kind="stable")
            vectors = np.zeros((len(shard), width or 0), dtype=np.float32)
            for begin in range(0, len(order), CHUNK):
                rows = order[begin : begin + CHUNK]
                found = matrix(encode(shard.take(pa.array(rows)).to_pylist()), len(rows), description)
                if width is None:
                    width = found.shape[1]
                    vectors = np.zeros((len(shard), width), dtype=np.float32)
                if found.shape[1] != width:
                    raise InputError(
                        f"{description}: the vectors have {width} and {found.shape[1]} numbers, not one length"
                    )
                vectors[rows] = found
                advance(len(rows))
            yield vectors


def ready(options: Options) -> None:
    """Loads the teacher, where there is a model to load: what is wrong with it shows before hours of mining.

    Raises:
        InputError: as for `resolve_teacher`.
    """
    if not is_given(options.teacher):
        resolve_teacher(options)


def resolve_teacher(options: Options) -> Teacher:
    """The model that the options name as their teacher, loaded once.

    Raises:
        InputError: there is none of that name, it is of a kind that cannot teach, or gives several numbers for a pair.
    """
    return options.once("teacher", lambda: _resolved(options.teacher, options))


def _resolved(teacher: Any, options: Options) -> Teacher:
    if teacher is None:
        raise InputError(f"nothing says who the teacher is: name one with --teacher; {_WHAT_TO_PASS}")
    if isinstance(teacher, str | os.PathLike):
        return _loaded(teacher, options)
    name = name_of_model(teacher)
    if callable(getattr(teacher, "predict", None)):
        _one_score(teacher, name)
        return CrossEncoderTeacher(teacher, name)
    if any(callable(getattr(teacher, method, None)) for method in ("encode", "encode_document")):
        return BiEncoderTeacher(teacher, name)
    raise InputError(f"{quote(type(teacher).__name__)} has neither predict nor encode: {_WHAT_TO_PASS}")


def _loaded(teacher: "str | os.PathLike[str]", options: Options) -> Teacher:
    from converters.embedding.kinds import kind_of
    from converters.embedding.models import load_cross_encoder

    name = os.fspath(teacher)
    if name in ("lsa", "bm25") or name.startswith("blend:"):
        raise InputError(f"{quote(name)} knows nothing that a model could learn from it: {_WHAT_TO_PASS}")
    folder = Path(name).expanduser()
    if folder.is_file():
        raise InputError(f"teacher {quote(name)} is a file of a type that holds no scores: {_WHAT_TO_PASS}")
    device = options.mining.device
    if not folder.is_dir() and (name.count("/") > 1 or name.startswith((".", "~", "/")) or "\\" in name):
        raise InputError(f"there is no folder {quote(name)}: {_WHAT_TO_PASS}")
    kind = kind_of(str(folder), local=True) if folder.is_dir() else _kind_on_hub(name)
    if kind in ("SparseEncoder", "MultiVectorEncoder"):
        raise InputError(f"teacher {quote(name)} is of another kind ({kind}): {_WHAT_TO_PASS}")
    if kind == "CrossEncoder":
        model = load_cross_encoder(teacher, device)
        _one_score(model, name)
        return CrossEncoderTeacher(model, name)
    return BiEncoderTeacher(load_model(teacher, device), name)


def _kind_on_hub(name: str) -> Any:
    """What the files of a model on the hub say that it is, from its cache on this machine or from the hub itself.

    Raises:
        InputError: it is neither here nor there.
    """
    from huggingface_hub import HfApi

    from converters.embedding.kinds import kind_of

    places = [name] if "/" in name else [f"sentence-transformers/{name}", f"cross-encoder/{name}"]
    for place in places:
        if (kind := kind_of(place, local=True)) is not None:
            return kind
    why = "no such model"
    for place in places:
        try:  # each file would be asked for several times over, so the model is first
            HfApi().model_info(place, timeout=HUB_TIMEOUT)
        except Exception as error:  # offline, unknown, private, no name that the hub could have
            why = type(error).__name__
        else:
            return kind_of(place, local=False)
    raise InputError(
        f"teacher {quote(name)} is not on this machine and the hub does not give it ({why}): {_WHAT_TO_PASS}"
    )


def _one_score(model: Any, name: str) -> None:
    outputs = getattr(model, "num_labels", 1)
    if isinstance(outputs, int) and outputs > 1:
        raise InputError(
            f"teacher {quote(name)} gives {outputs} numbers for each pair, the logits of classes, and a score is one: "
            "name a cross-encoder with one output, such as cross-encoder/ms-marco-MiniLM-L6-v2"
        )


def _scaled(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
