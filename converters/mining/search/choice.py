"""Which search to use for so many queries and documents, on this machine."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from converters.errors import InputError, nearest, quote
from converters.mining.search.eight_bits import DEEPEST, LEAST_SIZE
from converters.mining.search.gpu import has_gpu

#: How long an exact search may take, by estimate, before `auto` takes an index.
SEARCH_MINUTES = 8.0
#: Products of two numbers in a second: of one core, and of a GPU.
CORE_SPEED, GPU_SPEED = 1e11, 1e14
#: The share of the machine's memory that an index may fill.
SHARE = 0.5

#: Where containers say how much memory they have.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

#: Names of searches, beside the factory strings of faiss.
NAMES = ("auto", "flat", "ivf", "hnsw")


@dataclass(frozen=True)
class Machine:
    """What a search can have.

    Attributes:
        cores: that this process may use.
        memory: bytes, all of them and not those that are free just now: the same question shall have the same answer.
        gpu: tells whether there is one, which is asked only where it matters.
    """

    cores: int
    memory: int
    gpu: Callable[[], bool]

    @classmethod
    def here(cls) -> "Machine":
        """This one, within the limits of its container."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return cls(cores, memory_here(), has_gpu)


@dataclass(frozen=True)
class Choice:
    """A search, and why this one.

    Attributes:
        kind: "flat", "ivf", "hnsw" or a factory string of faiss.
        why: one line; "" where the caller has chosen.
    """

    kind: str
    why: str = ""


def choose_index(
    index: str,
    queries: int,
    documents: tuple[int, ...],
    depth: int,
    *,
    minutes: float = SEARCH_MINUTES,
    machine: Machine | None = None,
    mapped: bool = False,
) -> Choice:
    """What `index` means.

    Args:
        index: "auto", "flat", "ivf", "hnsw", or a factory string of faiss.
        queries: how many there are.
        documents: how many there are, and of how many dimensions: (m, d).
        depth: how many documents each query needs.
        minutes: how long an exact search may take, before `auto` takes an index.
        machine: what there is; by default this machine.
        mapped: whether an index can be kept in a file and mapped into memory.

    Raises:
        InputError: it means nothing.
    """
    name = known_index(index)
    if name in ("flat", "hnsw") or name not in NAMES:
        return Choice(name)
    count, size = documents
    if count < 4096 or depth * 64 > count or depth > DEEPEST or size < LEAST_SIZE:
        return Choice("flat", "lists of so few documents, for so many that are wanted, would save nothing")
    if name == "ivf":
        return Choice("ivf")
    machine = machine or Machine.here()
    work = float(queries) * count * size
    seconds, on = work / (CORE_SPEED * machine.cores), f"{machine.cores} core{'s' if machine.cores > 1 else ''}"
    if seconds > 60 * minutes and machine.gpu():
        seconds, on = work / GPU_SPEED, "a GPU"
    takes = f"an exact search takes about {_time(seconds)} on {on}"
    if seconds <= 60 * minutes:
        return Choice("flat", f"{takes}, no more than {_time(60 * minutes)}")
    room = SHARE * machine.memory
    if mapped or count * size <= room:  # a byte for each number
        return Choice("ivf", f"{takes}, more than {_time(60 * minutes)}")
    small = f"and an index of eight bits {_size(count * size)}, more than half of {_size(machine.memory)} of memory"
    if count * size / 2 <= room:
        lists = lists_for(count, depth)
        return Choice(f"IVF{lists},SQ4", f"{takes}, {small}: four bits")
    return Choice("flat", f"{takes}, {small}: exact, as one of four bits is too large as well; a work folder helps")


def lists_for(documents: int, depth: int) -> int:
    """How many lists: about four times the square root, and long enough each for what is wanted."""
    return int(max(16, min(4 * documents**0.5, documents / (4 * max(8, depth)))))


def known_index(index: str) -> str:
    """The name of a search as it stands in `NAMES`; other texts as they are.

    Raises:
        InputError: it is no text, or an empty one.
    """
    if not isinstance(index, str) or not index.strip():
        raise InputError(f"there is no index {quote(index)}: use auto, flat, ivf, hnsw, or a factory string of faiss")
    name = index.strip().lower()
    return name if name in NAMES else index.strip()


def check_index(index: str, min_recall: float, documents: int, size: int | None) -> None:
    """Makes sure, before anything is embedded, that a search can be had.

    Args:
        index: see `choose_index`.
        min_recall: the share of the true documents that it has to find.
        documents: how many there are.
        size: how many numbers a vector has; None where that is not known yet.

    Raises:
        InputError: faiss knows no such index, or cannot make it of so many documents with so many numbers.
    """
    if isinstance(min_recall, bool) or not isinstance(min_recall, int | float) or not 0 < min_recall <= 1:
        raise InputError(f"min_recall is a share of the true documents, above 0 and up to 1, not {quote(min_recall)}")
    name = known_index(index)
    if name in NAMES:
        return
    made = next(filter(None, (_made(each, name) for each in (_SIZES if size is None else (size,)))), None)
    if made is None:
        if size is not None and any(_made(each, name) for each in _SIZES):
            raise InputError(
                f"the index {quote(name)} does not fit vectors of {size} numbers: choose parts that divide {size}, or "
                "use auto, flat, ivf or hnsw"
            )
        raise InputError(f"faiss knows no index {quote(name)}: {nearest(name, list(NAMES))}")
    needs = _trained_on(made)
    if needs > documents:
        raise InputError(
            f"the index {quote(name)} has {needs:,} lists or codes to learn, and there are {documents:,} documents "
            "only: use auto, flat, ivf or hnsw, or fewer of them"
        )


#: Lengths of vectors that have all usual divisors: what faiss makes for none of them, it does not know.
_SIZES = (768, 1024, 5040)


def _made(size: int, factory: str) -> Any:
    """An empty index; None where faiss makes none."""
    import faiss

    try:
        return faiss.index_factory(size, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError:
        return None


def _trained_on(index: Any) -> int:
    """How many documents an index needs at least to be trained."""
    import faiss

    needed = 0
    inner = faiss.downcast_index(index)
    while isinstance(inner, faiss.IndexPreTransform | faiss.IndexRefine):
        inner = faiss.downcast_index(inner.index if isinstance(inner, faiss.IndexPreTransform) else inner.base_index)
    if isinstance(inner, faiss.IndexIVF):
        needed = inner.nlist
    if hasattr(inner, "pq"):
        needed = max(needed, inner.pq.ksub)
    return int(needed)


def memory_here() -> int:
    """Bytes of memory that this process can have: those of the machine, or of its container."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # no such system: what is usual
        memory = 8 * 2**30
    for file in LIMITS:
        try:
            limit = Path(file).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if limit.isdigit():
            memory = min(memory, int(limit))
    return int(memory)


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


def _size(count: float) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"
