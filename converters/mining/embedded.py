"""The embedding stage with a file: vectors that are written shard by shard and mapped into memory."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.protocol import Encoder
from converters.embedding.vectors import Vectors, embed_in_shards, embed_shards
from converters.errors import InputError
from converters.mining.workspace import Stage, Workspace, hash_of_texts, storing

Kind = Literal["queries", "documents"]

#: Texts whose vectors are written together: what is lost at most when a run is killed. Their vectors depend on these
#: texts alone, so that a run that goes on later makes the same batches.
SHARD = 4096

_VECTORS, _PARTIAL, _SHARDS = "vectors.npy", "vectors.partial", "shards.txt"


def embedded(
    workspace: Workspace | None,
    encoder: Encoder,
    kind: Kind,
    texts: pa.Array,
    *,
    prepare: Callable[[], None],
    fitted_on: str | None = None,
    truncate_dim: int | None = None,
    dtype: str = "float32",
) -> tuple[Vectors, str | None]:
    """Embeds texts, or takes the vectors that an earlier run has left in the work folder.

    Args:
        workspace: None to keep the vectors in memory and leave nothing behind.
        encoder: what embeds. What it says of its identity is what its vectors depend on beside the texts; without an
            identity (or with None for one) its vectors are kept in memory.
        kind: which of its methods to call.
        texts: n strings, none of them null; n >= 1.
        prepare: called before the first text is embedded, if any is.
        fitted_on: fingerprint of what the encoder is fitted on, if it is one that is fitted.
        truncate_dim: how many numbers of each vector to keep, the first ones; None for all.
        dtype: what to keep them in, `float32` or `float16`.

    Returns:
        Vectors (n, d), of length 1 or 0; and their fingerprint, None where they have none.

    Raises:
        InputError: the encoder gave something else than finite vectors of one length, or the disk is full. The shards
            that were complete stay.
    """
    encode = encoder.encode_queries if kind == "queries" else encoder.encode_documents
    identity = identity_of(encoder, kind)

    what = encode, texts, SHARD, f"embedding {kind}"

    def parts(start: int) -> Iterator[Vectors]:
        prepare()
        return (vectors for _, vectors in embed_shards(*what, first=start, truncate_dim=truncate_dim, dtype=dtype))

    if workspace is None or identity is None:
        prepare()
        return embed_in_shards(*what, truncate_dim=truncate_dim, dtype=dtype), None
    depends_on = {"texts": hash_of_texts(texts), "encoder": identity, "fitted_on": fitted_on, "shard": SHARD}
    if truncate_dim is not None or dtype != "float32":
        depends_on |= {"truncate_dim": truncate_dim, "dtype": dtype}
    stage = workspace.stage("embeddings", depends_on)
    vectors: Vectors = matrix_in(stage, len(texts), SHARD, parts)
    return vectors, stage.key


def identity_of(encoder: Any, kind: Kind) -> Any:
    """What the vectors of an encoder depend on beside the texts, in plain values; None where nobody can tell."""
    identity = getattr(encoder, "identity", None)
    return identity(kind) if callable(identity) else None


def matrix_in(stage: Stage, rows: int, shard: int, parts: Callable[[int], Iterator[NDArray[Any]]]) -> NDArray[Any]:
    """A matrix in the file of a stage, made shard by shard where it is not there yet.

    All room on the disk is taken before the second shard is made: a full disk shows early. A shard counts once it is
    on the disk and its hash in the list beside it.

    Args:
        stage: where to.
        rows: how many rows the matrix has, n >= 1.
        shard: how many rows come at a time.
        parts: from the row to start with, the shards from there on, (shard, d) and fewer rows at the end.

    Returns:
        (n, d), mapped into memory, read only.
    """
    if stage.finished is None and not stage.has(_VECTORS):
        _make(stage, rows, shard, parts)
    matrix: NDArray[Any] = stage.read_array(_VECTORS)
    if len(matrix) != rows:
        raise stage.damaged(_VECTORS)
    if stage.finished is None:
        stage.finish(rows=rows, dimensions=matrix.shape[1], type=matrix.dtype.name)
        stage.path(_SHARDS).unlink(missing_ok=True)
    return matrix


def _make(stage: Stage, rows: int, shard: int, parts: Callable[[int], Iterator[NDArray[Any]]]) -> None:
    partial, done = stage.path(_PARTIAL), _complete(stage, rows, shard)
    first = done * shard
    if first < rows:
        for part in parts(first):
            if first == 0:
                with storing(stage.folder):
                    _reserve(partial, (rows, part.shape[1]), part.dtype)
            _put(stage, partial, first, part, rows)
            first += len(part)
    with storing(stage.folder):
        partial.replace(stage.path(_VECTORS))


def _reserve(path: Path, shape: tuple[int, int], kind: np.dtype[Any]) -> None:
    """Makes a file of `.npy` of the given shape, with its room on the disk taken."""
    path.unlink(missing_ok=True)
    try:
        with path.open("wb") as file:
            header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
            size = shape[0] * shape[1] * kind.itemsize
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), file.tell(), size)
            else:
                file.truncate(file.tell() + size)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _put(stage: Stage, path: Path, first: int, part: NDArray[Any], rows: int) -> None:
    """Writes one shard into its place, and then its hash into the list."""
    place = np.load(path, mmap_mode="r", allow_pickle=False)
    if place.shape != (rows, part.shape[1]) or place.dtype != part.dtype:
        raise InputError(
            f"the encoder gave vectors of {place.shape[1]} and of {part.shape[1]} numbers; all have to be of one length"
        )
    data: Any = np.ascontiguousarray(part)
    with storing(stage.folder):
        with path.open("rb+") as file:
            file.seek(place.offset + first * part.shape[1] * part.itemsize)
            file.write(memoryview(data).cast("B"))
            file.flush()
            os.fsync(file.fileno())
        with stage.path(_SHARDS).open("a", encoding="ascii") as file:
            file.write(hashlib.sha256(memoryview(data).cast("B")).hexdigest() + "\n")
            file.flush()
            os.fsync(file.fileno())


def _complete(stage: Stage, rows: int, shard: int) -> int:
    """How many shards are complete; the list of shards is cut to these."""
    partial, listed = stage.path(_PARTIAL), stage.path(_SHARDS)
    hashes: list[str] = []
    if partial.is_file() and listed.is_file():
        hashes = listed.read_text(encoding="ascii", errors="replace").split("\n")[:-1]  # the last line may be torn
    done = 0
    try:
        matrix = np.load(partial, mmap_mode="r", allow_pickle=False) if hashes else None
    except ValueError:
        matrix = None
    if matrix is not None and len(matrix) == rows:
        for first, expected in zip(range(0, rows, shard), hashes, strict=False):
            part: Any = np.ascontiguousarray(matrix[first : first + shard])
            if hashlib.sha256(memoryview(part).cast("B")).hexdigest() != expected:
                break
            done += 1
    with storing(stage.folder):
        listed.write_text("".join(f"{each}\n" for each in hashes[:done]), encoding="ascii")
    return done
