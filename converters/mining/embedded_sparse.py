"""The embedding stage for sparse encoders: sparse matrices, written a few thousand texts at a time."""

from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.embedding.sparse import SparseModelEncoder
from converters.errors import InputError
from converters.mining.embedded import SHARD, Kind, identity_of
from converters.mining.workspace import Stage, Workspace, hash_of_texts
from converters.progress import counting


def embedded_sparse(
    workspace: Workspace | None, encoder: SparseModelEncoder, kind: Kind, texts: pa.Array
) -> tuple[Any, str | None]:
    """Embeds texts, or takes what an earlier run has left in the work folder.

    Args:
        workspace: None to keep the matrix in memory only.
        encoder: what embeds.
        kind: which of its methods to call.
        texts: n strings, none of them null; n >= 1.

    Returns:
        A sparse matrix (n, d) of float32; and its fingerprint, None where it has none.

    Raises:
        InputError: the model gave something else than finite weights for the same words, or the disk is full.
    """
    from scipy import sparse

    identity = identity_of(encoder, kind)
    stage = None
    if workspace is not None and identity is not None:
        depends_on = {"texts": hash_of_texts(texts), "encoder": identity, "sparse": True, "shard": SHARD}
        stage = workspace.stage("embeddings", depends_on)
    parts = list(_parts(stage, encoder, kind, texts))
    if len({part.shape[1] for part in parts}) > 1:
        raise InputError(f"embedding {kind}: the model gave vectors of different lengths; all have to be of one")
    matrix = sparse.vstack(parts, format="csr")
    if stage is not None and stage.finished is None:
        stage.finish(rows=matrix.shape[0], dimensions=matrix.shape[1], weights=int(matrix.nnz))
    return matrix, None if stage is None else stage.key


def _parts(stage: Stage | None, encoder: SparseModelEncoder, kind: Kind, texts: pa.Array) -> Iterator[Any]:
    from scipy import sparse

    names = [f"weights-{i:05}.npz" for i in range(-(-len(texts) // SHARD))]
    done = 0 if stage is None else sum(stage.has(name) for name in names)
    with counting(f"embedding {kind}", len(texts), min(done * SHARD, len(texts))) as advance:
        for i, name in enumerate(names):
            shard = texts.slice(i * SHARD, SHARD)
            if stage is not None and stage.has(name):
                yield _read(stage, name, len(shard))
                continue
            part = _embedded(encoder, kind, shard)
            if stage is not None:
                with stage.whole(name) as temporary, temporary.open("wb") as file:
                    sparse.save_npz(file, part, compressed=False)
            advance(len(shard))
            yield part


def _embedded(encoder: SparseModelEncoder, kind: Kind, texts: pa.Array) -> Any:
    """The texts of a shard, longest first, so that those of about one length come together."""
    encode = encoder.encode_queries if kind == "queries" else encoder.encode_documents
    order = np.argsort(-pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64), kind="stable")
    found = []
    for start in range(0, len(order), encoder.texts_at_a_time):
        part = texts.take(pa.array(order[start : start + encoder.texts_at_a_time])).to_pylist()
        found.append(encoder.rows(encode(part), len(part)))
    return encoder.joined(found)[np.argsort(order)]


def _read(stage: Stage, name: str, rows: int) -> Any:
    from scipy import sparse

    try:
        part = sparse.load_npz(stage.path(name))
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise stage.damaged(name) from error
    if part.shape[0] != rows:
        raise stage.damaged(name)
    return part
