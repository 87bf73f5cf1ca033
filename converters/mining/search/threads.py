"""Work on several cores in large pieces: each thread takes whole pieces and computes them alone.

A search is thousands of operations of a millisecond. Where each of them is shared out among all cores, every one waits
for the slowest core, and as soon as another process wants a core too, for its turn.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_threads(function: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
    """Applies a function to all pieces, on as many threads as torch uses; results are in the order of the pieces."""
    import torch

    threads = torch.get_num_threads()
    if threads == 1 or len(pieces) < 2:
        return [function(piece) for piece in pieces]
    return _run(function, pieces, min(threads, len(pieces)))


def alone(function: Callable[[], Result]) -> Result:
    """What a function gives that runs on one thread."""
    return _run(lambda _: function(), [None], 1)[0]


def _run(function: Callable[[Piece], Result], pieces: Sequence[Piece], threads: int) -> list[Result]:
    import torch

    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=_alone)
    try:
        return list(pool.map(function, pieces))
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)  # what `_alone` sets is partly for all threads


def _alone() -> None:
    import faiss
    import torch

    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
