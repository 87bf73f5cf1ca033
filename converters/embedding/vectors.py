"""The embedding stage: an Arrow array of texts in, a checked matrix of unit vectors out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.encoder import Encoder
from converters.errors import InputError
from converters.progress import track, working

Vectors = NDArray[np.float32]

#: Texts that are handed to an encoder at a time: several batches, so that an encoder can sort them by length, and few
#: enough for the progress to move.
CHUNK = 512

#: An encoder that has to be fitted sees at most this many texts, evenly spaced over the corpus.
FIT_LIMIT = 100_000


def fit_encoder(encoder: Encoder, corpus: pa.Array) -> None:
    """Fits the encoder on the corpus (on an even sample of it, where it is large), if it is one that is fitted."""
    fit = getattr(encoder, "fit", None)
    if fit is None:
        return
    if len(corpus) > FIT_LIMIT:
        corpus = corpus.take(pa.array(np.linspace(0, len(corpus) - 1, FIT_LIMIT).astype(np.int64)))
    with working("fitting the encoder"):
        fit(corpus.to_pylist())


def embed(encode: Callable[[list[str]], Any], texts: pa.Array, description: str, chunk: int = CHUNK) -> Vectors:
    """Embeds texts chunk by chunk.

    Args:
        encode: from n texts to n vectors of one length; a method of an `Encoder`.
        texts: n strings, none of them null; n >= 1.
        description: what is being embedded, for progress and messages.
        chunk: how many texts `encode` gets at a time.

    Returns:
        Matrix (n, d), float32, rows of length 1. A vector of zeros stays as it is: it is similar to nothing.

    Raises:
        InputError: `encode` gave something else than n finite vectors of one length.
    """
    vectors: Vectors | None = None
    for start in track(range(0, len(texts), chunk), description):
        part = texts.slice(start, chunk).to_pylist()
        rows = unit_rows(encode(part), len(part), description)
        if vectors is None:
            vectors = np.empty((len(texts), rows.shape[1]), dtype=np.float32)
        if rows.shape[1] != vectors.shape[1]:
            raise InputError(
                f"{description}: the encoder gave vectors of {vectors.shape[1]} and of {rows.shape[1]} numbers; "
                "all have to be of one length"
            )
        vectors[start : start + len(part)] = rows
    if vectors is None:
        raise ValueError("no texts to embed")
    return vectors


def unit_rows(output: Any, count: int, description: str) -> Vectors:
    """Checks what an encoder gave for `count` texts, and scales every row to length 1 (zeros stay zeros)."""
    wanted = f"{description}: an encoder has to give one vector of numbers for each text"
    if hasattr(output, "detach"):  # a torch tensor, perhaps on another device, perhaps of a type numpy lacks
        if output.layout is not _strided():
            raise InputError(f"{wanted}; this one gave a sparse tensor, and mining wants a dense model")
        output = output.detach().cpu().double().numpy()
    try:
        rows = np.asarray(output, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{wanted}; this one gave {type(output).__name__} that makes no matrix") from error
    if rows.ndim != 2 or rows.shape[0] != count or rows.shape[1] == 0:
        raise InputError(f"{wanted}; for {count} texts this one gave an array of shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise InputError(f"{description}: the encoder gave numbers that are not finite (NaN or infinity)")
    rows = rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _strided() -> Any:
    import torch

    return torch.strided
