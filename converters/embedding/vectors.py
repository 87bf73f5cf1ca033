"""The embedding stage: an Arrow array of texts in, a checked matrix of unit vectors out."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.errors import InputError
from converters.progress import counting, working

if TYPE_CHECKING:
    from converters.embedding.protocol import Encoder

Vectors = NDArray[np.float32]

#: Texts that are handed to an encoder at a time: several batches of a neural model, and few enough for the progress to
#: move.
CHUNK = 512

#: An encoder that has to be fitted sees at most this many texts, evenly spaced over the corpus.
FIT_LIMIT = 100_000


def fit_encoder(encoder: "Encoder", corpus: pa.Array) -> None:
    """Fits the encoder on the corpus (on an even sample of it, where it is large), if it is one that is fitted."""
    fit = getattr(encoder, "fit", None)
    if fit is None:
        return
    if len(corpus) > FIT_LIMIT:
        corpus = corpus.take(pa.array(np.linspace(0, len(corpus) - 1, FIT_LIMIT).astype(np.int64)))
    with working("fitting the encoder"):
        fit(corpus.to_pylist())


def embed(
    encode: Callable[[list[str]], Any],
    texts: pa.Array,
    description: str,
    chunk: int | None = None,
    *,
    truncate_dim: int | None = None,
    dtype: Any = np.float32,
) -> Vectors:
    """Embeds texts into one matrix; see `embed_shards`.

    Returns:
        Matrix (n, d), rows of length 1. A vector of zeros stays as it is: it is similar to nothing.
    """
    return embed_in_shards(
        encode, texts, max(1, len(texts)), description, chunk=chunk, truncate_dim=truncate_dim, dtype=dtype
    )


def embed_in_shards(
    encode: Callable[[list[str]], Any], texts: pa.Array, shard_rows: int, description: str, **options: Any
) -> Vectors:
    """Embeds texts shard by shard into one matrix (n, d): what `embed_shards` gives, with its options, at once."""
    matrix: Vectors | None = None

    def place(start: int, rows: int, width: int) -> Vectors:
        nonlocal matrix
        if matrix is None:
            matrix = np.empty((len(texts), width), dtype=options.get("dtype", np.float32))
        return matrix[start : start + rows]

    for _ in embed_shards(encode, texts, shard_rows, description, place=place, **options):
        pass
    if matrix is None:
        raise ValueError("no texts to embed")
    return matrix


def embed_shards(
    encode: Callable[[list[str]], Any],
    texts: pa.Array,
    shard_rows: int,
    description: str,
    *,
    first: int = 0,
    chunk: int | None = None,
    truncate_dim: int | None = None,
    dtype: Any = np.float32,
    place: Callable[[int, int, int], Vectors] | None = None,
) -> Iterator[tuple[int, Vectors]]:
    """Embeds texts shard by shard, so that each can be written before the next one is begun.

    Within a shard, the longest texts come first and texts of about one length come together: a model pads little, and
    what does not fit into memory shows at once. What a shard holds depends on its own texts alone, so that a run that
    begins at a later shard gives the same bytes there.

    Args:
        encode: from n texts to n vectors of one length; a method of an `Encoder`.
        texts: n strings, none of them null.
        shard_rows: texts of a shard; the last one may have fewer.
        description: what is being embedded, for progress and messages.
        first: the row to begin at, a multiple of `shard_rows`.
        chunk: how many texts `encode` gets at a time; by default what the encoder's `texts_at_a_time` says, or `CHUNK`.
        truncate_dim: keep this many numbers of each vector, before it is scaled (arXiv 2205.13147); None keeps all.
        dtype: what the vectors are kept in: float32, or float16 for half the room.
        place: from a shard's first row, its rows and the numbers of a vector, where its vectors go, (rows, d); by
            default into an array of their own.

    Yields:
        The shard's first row, and its vectors: (rows, d), of length 1. Zeros stay zeros: they are similar to nothing.

    Raises:
        InputError: `encode` gave something else than n finite vectors of one length.
    """
    width: int | None = None
    step = chunk or int(getattr(getattr(encode, "__self__", None), "texts_at_a_time", CHUNK))
    with counting(description, len(texts), first) as advance:
        for start in range(first, len(texts), shard_rows):
            shard = texts.slice(start, shard_rows)
            lengths = pc.binary_length(shard).to_numpy(zero_copy_only=False)
            order = np.argsort(-lengths.astype(np.int64), kind="stable")
            vectors: Vectors | None = None
            for begin in range(0, len(order), step):
                rows = order[begin : begin + step]
                part = shard.take(pa.array(rows)).to_pylist()
                unit = unit_rows(encode(part), len(part), description, truncate_dim)
                width = unit.shape[1] if width is None else width
                if unit.shape[1] != width:
                    raise InputError(
                        f"{description}: the encoder gave vectors of {width} and of {unit.shape[1]} numbers; "
                        "all have to be of one length"
                    )
                if vectors is None:
                    shape = len(order), width
                    vectors = np.empty(shape, dtype=dtype) if place is None else place(start, *shape)
                vectors[rows] = unit
                advance(len(part))
            if vectors is not None:
                yield start, vectors


def unit_rows(output: Any, count: int, description: str, truncate_dim: int | None = None) -> Vectors:
    """Checks what an encoder gave for `count` texts, and scales every row to length 1 (zeros stay zeros)."""
    common = isinstance(output, np.ndarray) and output.dtype == np.float32
    common = common and output.ndim == 2 and output.shape[1] > 0 and len(output) == count
    rows: NDArray[Any] = output if common else matrix(output, count, description)
    if truncate_dim is not None:
        if not 1 <= truncate_dim <= rows.shape[1]:
            raise InputError(
                f"truncate_dim={truncate_dim} does not fit: the encoder gives vectors of {rows.shape[1]} numbers"
            )
        if common:
            matrix(output, count, description)  # what is cut off has to be finite, too
        rows = rows[:, :truncate_dim]
    with np.errstate(over="ignore"):
        single: Vectors = rows.astype(np.float32, copy=False)
        squares = np.vecdot(single, single)
    # Squares of such a size have neither lost small numbers nor run over, and every number is finite.
    plain = (squares > 1e-20) & (squares < 1e20)
    lengths: NDArray[Any] = np.sqrt(np.where(plain, squares, 1))
    unit: Vectors = single / lengths[:, None]
    if not plain.all():
        odd: NDArray[Any] = matrix(rows[~plain], int((~plain).sum()), description)
        odd = odd / np.maximum(np.abs(odd).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        lengths = np.linalg.norm(odd, axis=1, keepdims=True)
        unit[~plain] = odd / np.where(lengths > 0, lengths, 1)
    return unit


def matrix(output: Any, count: int, description: str) -> NDArray[np.float64]:
    """Makes a matrix of finite numbers, (count, d), out of whatever an encoder gave for `count` texts.

    Args:
        output: anything that numpy reads as numbers, or a torch tensor, or a list of such.
        count: how many texts there were.
        description: what was being embedded, for the message.

    Raises:
        InputError: it is no such matrix.
    """
    wanted = f"{description}: an encoder has to give one vector of numbers for each text"
    if isinstance(output, list | tuple) and any(hasattr(each, "detach") for each in output):
        output = [_off_device(each, wanted) for each in output]
    else:
        output = _off_device(output, wanted)
    try:
        array = np.asarray(output)
        if array.dtype.kind in "cOSUMm":
            raise TypeError
        rows = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{wanted}; this one gave {type(output).__name__} that makes no matrix") from error
    if rows.ndim != 2 or rows.shape[0] != count or rows.shape[1] == 0:
        raise InputError(f"{wanted}; for {count} texts this one gave an array of shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise InputError(f"{description}: the encoder gave numbers that are not finite (NaN or infinity)")
    return rows


def _off_device(output: Any, wanted: str) -> Any:
    """An array of a torch tensor, which may be on another device or of a type that numpy lacks; others as they are."""
    if not hasattr(output, "detach"):
        return output
    import torch

    if output.layout is not torch.strided:
        raise InputError(f"{wanted}; this one gave a sparse tensor, and mining wants a dense model")
    return output.detach().cpu().double().numpy()
