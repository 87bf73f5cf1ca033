"""What ranks documents and what scores pairs anew, made of what the caller says."""

import os
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import Blended, is_embedded, resolve_model
from converters.embedding.given import with_embeddings
from converters.embedding.models import load_cross_encoder
from converters.embedding.processes import check_device
from converters.embedding.protocol import Encoder
from converters.mining.rescoring import check_cross_encoder


def rankers_of(
    model: Any,
    anchors: pa.Array,
    positives: pa.Array,
    corpus: pa.ChunkedArray | None,
    *,
    cross_encoder: Any = None,
    query_embeddings: Any = None,
    corpus_embeddings: Any = None,
    processes: bool | Sequence[str] = False,
    device: str | None = None,
    **options: Any,
) -> tuple[Encoder | Bm25 | Blended, Any]:
    """Finds the model and the cross-encoder, and puts embeddings that are given in the place of the model's.

    Args:
        model: what `resolve_model` takes; None where all embeddings are given.
        anchors, positives, corpus: texts, a row for each of those that are given.
        cross_encoder: one of sentence-transformers, its name or path, any object with `predict`; or None.
        query_embeddings, corpus_embeddings: as for `with_embeddings`.
        processes, device, options: as for `resolve_model`. What an embedded model has no use for is the
            cross-encoder's, where there is one.

    Raises:
        InputError: they cannot be found, or cannot do what is asked of them.
    """
    check_device(device)
    if cross_encoder is not None:
        if isinstance(cross_encoder, str | os.PathLike):
            cross_encoder = load_cross_encoder(cross_encoder, device)
        check_cross_encoder(cross_encoder)
        if model is None or is_embedded(model):
            processes, device = False, None
    encoder = model
    if model is not None or query_embeddings is None or corpus_embeddings is None:
        encoder = resolve_model(model, processes=processes, device=device, **options)
    return with_embeddings(encoder, anchors, positives, corpus, query_embeddings, corpus_embeddings), cross_encoder
