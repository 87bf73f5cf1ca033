"""The rescoring stage with files: the scores of a cross-encoder, kept a few thousand pairs at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from converters.embedding.identity import identity_of_model
from converters.embedding.processes import Processes
from converters.embedding.vectors import Vectors
from converters.mining.rescoring import cross_scores
from converters.mining.texts import Ids
from converters.mining.workspace import Workspace, hash_of_numbers, hash_of_texts

#: Pairs whose scores are written together: what is lost at most when a run is killed.
SHARD = 16384


def rescored(
    workspace: Workspace | None,
    cross_encoder: Any,
    queries: pa.Array,
    documents: pa.Array,
    batch_size: int,
    processes: Processes | None = None,
    *,
    logits: bool = False,
) -> Callable[[Ids, Ids], Vectors]:
    """What scores pairs of a query's and a document's number, (n,) each.

    Scores of a model that can be identified are kept in the work folder, under the hash of the pairs. The work goes to
    the model in the same portions whether or not it is kept, so that both give the same scores.

    Args:
        workspace: None to keep nothing.
        cross_encoder, queries, documents, batch_size, processes, logits: as for `cross_scores`.
    """

    def compute(query_ids: Ids, document_ids: Ids) -> Vectors:
        return cross_scores(
            cross_encoder, queries, documents, query_ids, document_ids, batch_size, processes, logits=logits
        )

    stage = None
    identity = identity_of_model(cross_encoder) if workspace is not None else None
    if workspace is not None and identity is not None:
        texts = {"queries": hash_of_texts(queries), "documents": hash_of_texts(documents)}
        asked = {"model": identity, "batch_size": batch_size, **({"logits": True} if logits else {})}
        stage = workspace.stage("scores", {**asked, **texts})

    def rescore(query_ids: Ids, document_ids: Ids) -> Vectors:
        scores = np.empty(len(query_ids), dtype=np.float32)
        for start in range(0, len(query_ids), SHARD):
            part = slice(start, start + SHARD)
            if stage is None:
                scores[part] = compute(query_ids[part], document_ids[part])
                continue
            name = f"{hash_of_numbers(np.stack((query_ids[part], document_ids[part])))[:24]}.npy"
            if not stage.has(name):
                stage.write_array(name, compute(query_ids[part], document_ids[part]))
            scores[part] = stage.read_array(name)
        return scores

    return rescore
