"""Scores from a cross-encoder, for candidates that a search has found."""

import inspect
from typing import Any

import numpy as np
import pyarrow as pa

from converters.embedding.processes import Processes
from converters.embedding.vectors import Vectors
from converters.errors import InputError, quote
from converters.mining.texts import Ids

#: Pairs of texts that are held as Python objects at a time.
CHUNK = 4096


def check_cross_encoder(cross_encoder: Any) -> None:
    """Makes sure that it can score pairs of texts.

    Raises:
        InputError: it cannot.
    """
    if not callable(getattr(cross_encoder, "predict", None)):
        raise InputError(
            f"cross_encoder {quote(type(cross_encoder).__name__)} has no method predict: "
            "pass a CrossEncoder of sentence-transformers, already loaded"
        )


def cross_scores(
    cross_encoder: Any,
    queries: pa.Array,
    documents: pa.Array,
    query_ids: Ids,
    document_ids: Ids,
    batch_size: int,
    processes: Processes | None = None,
    *,
    logits: bool = False,
) -> Vectors:
    """Scores n pairs of a query and a document.

    Args:
        cross_encoder: its `predict` takes a list of (query, document) and gives a number for each.
        queries: the texts that `query_ids` number.
        documents: the texts that `document_ids` number.
        query_ids: (n,).
        document_ids: (n,).
        batch_size: pairs that the model scores at a time.
        processes: where the model runs; None for this process.
        logits: whether the model is asked for what it gives before its activation, if it can be.

    Returns:
        (n,), float32.

    Raises:
        InputError: `predict` gave something else than one finite number a pair.
    """
    options: dict[str, Any] = {"batch_size": batch_size, "show_progress_bar": False, "convert_to_numpy": True}
    parameters = inspect.signature(cross_encoder.predict).parameters
    if logits and "activation_fn" in parameters:
        from torch.nn import Identity

        options["activation_fn"] = Identity()
    if not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        options = {name: value for name, value in options.items() if name in parameters}
    if processes is not None and len(query_ids):
        options["pool"] = processes.pool()
    scores = np.empty(len(query_ids), dtype=np.float32)
    for start in range(0, len(query_ids), CHUNK):
        part = slice(start, start + CHUNK)
        left = queries.take(pa.array(query_ids[part])).to_pylist()
        right = documents.take(pa.array(document_ids[part])).to_pylist()
        output = cross_encoder.predict(list(zip(left, right, strict=True)), **options)
        if hasattr(output, "detach"):
            output = output.detach().cpu().float().numpy()
        given = np.asarray(output, dtype=np.float32)
        if given.shape == (len(left), 1):
            given = given[:, 0]
        if given.shape != (len(left),) or not np.isfinite(given).all():
            raise InputError(
                f"a cross_encoder has to give one finite number for each pair; for {len(left)} pairs this one gave "
                f"an array of shape {given.shape}" + ("" if np.isfinite(given).all() else " with NaN or infinity")
            )
        scores[part] = given
    return scores
