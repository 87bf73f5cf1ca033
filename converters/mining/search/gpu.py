"""Exhaustive search on a GPU, in blocks that fit."""

from functools import cache

import numpy as np

from converters.embedding.vectors import Vectors
from converters.mining.texts import Ids

#: Numbers that a block of products may hold: 512 MB.
PRODUCTS = 2**27
_DOCUMENTS = 2**17  # in a block


@cache
def has_gpu() -> bool:
    """Whether torch sees a GPU of its CUDA interface."""
    import torch

    return bool(torch.cuda.is_available())


def gpu_flat(queries: Vectors, documents: Vectors, depth: int, device: str = "cuda") -> tuple[Ids, Vectors]:
    """As `faiss_flat`: numbers and scores of the best documents, in any order; documents pass by block after block."""
    import torch

    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")  # the search counts on products as good as float32 can be
    try:
        return _gpu_flat(queries, documents, depth, device)
    finally:
        torch.set_float32_matmul_precision(precision)


def _gpu_flat(queries: Vectors, documents: Vectors, depth: int, device: str) -> tuple[Ids, Vectors]:
    import torch

    ids = np.empty((len(queries), depth), dtype=np.int64)
    scores = np.empty((len(queries), depth), dtype=np.float32)
    rows_at_once = max(1, PRODUCTS // min(_DOCUMENTS, len(documents)))
    for start in range(0, len(queries), rows_at_once):
        rows = torch.from_numpy(np.array(queries[start : start + rows_at_once], dtype=np.float32)).to(device)
        best = torch.empty((len(rows), 0), device=device)
        where = torch.empty((len(rows), 0), dtype=torch.int64, device=device)
        for at in range(0, len(documents), _DOCUMENTS):
            block = torch.from_numpy(np.array(documents[at : at + _DOCUMENTS], dtype=np.float32)).to(device)
            value, column = (rows @ block.T).topk(min(depth, len(block)), 1, sorted=False)
            best, where = torch.cat([best, value], 1), torch.cat([where, column + at], 1)
            if best.shape[1] > depth:
                best, order = best.topk(depth, 1, sorted=False)
                where = where.gather(1, order)
        ids[start : start + rows_at_once] = where.cpu().numpy()
        scores[start : start + rows_at_once] = best.cpu().numpy()
    return ids, scores
