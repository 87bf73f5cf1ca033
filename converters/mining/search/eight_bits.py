"""Exact search through numbers of eight bits: most documents are ruled out by a bound, and the rest scored in full.

Vectors are rounded to eight bits, for which processors have instructions that are several times faster than those for
floating point. By the inequality of Cauchy and Schwarz, a product of rounded vectors is off by no more than the lengths
of what rounding has cut off. A document whose product plus that bound is below a score that `depth` documents are
known to reach cannot be among the best `depth`; what is left, a few times `depth`, is scored in full.

Two steps keep the bound small, and change no ranking: the mean of the documents is taken off them, which lowers all
scores of a query alike, and all vectors are turned by a random rotation, so that no dimension is larger than others.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.embedding.vectors import Vectors
from converters.mining.search.ranking import Ranking, inner_products, rank_block
from converters.mining.search.threads import alone, in_threads
from converters.mining.texts import Ids

if TYPE_CHECKING:
    import torch

#: Documents in a cell: one matrix product. Not a power of 2, so that its groups do not share lines of the cache.
CELL = 1600
#: Queries that are multiplied at a time: with a cell, 1.6 MB of products, which stay in the processor's cache. Twice as
#: many of both are 8 % quicker, and take 60 MB more on two cores.
ROWS = 256
#: Documents that are turned at a time: what a matrix product of more would need beside them is kept for good.
TURNED = 400
#: Fewer dimensions are nothing to save on (and torch's product of codes is wrong for a single one).
LEAST_SIZE = 8
#: The deepest search: beyond it, too many documents are left to score.
DEEPEST = 256
#: Documents that are left for one query before it is handed to the plain search.
CROWD = 4096
#: Documents left for all queries of a block before they are sorted out.
PENDING = 2**21
#: Products that are looked at together, and one by one only where the greatest of them is great enough.
GROUP = 8

_TURN_UP_TO = 1024  # dimensions: turning costs their square for each vector
_NEVER = 2**31 - 1


@dataclass(frozen=True)
class Rounding:
    """How vectors are rounded: `codes * scale` is about `(vectors - mean) @ turn`.

    Attributes:
        mean: (d,), taken off documents.
        turn: a rotation, (d, d), or None.
    """

    mean: Vectors
    turn: "torch.Tensor | None"

    @classmethod
    def of(cls, sample: Vectors) -> "Rounding":
        """For documents of which `sample` is one."""
        return cls.with_mean(sample.mean(axis=0, dtype=np.float64).astype(np.float32))

    @classmethod
    def with_mean(cls, mean: Vectors) -> "Rounding":
        """For documents of this mean, (d,)."""
        return cls(mean, _rotation(len(mean)) if len(mean) <= _TURN_UP_TO else None)

    def documents(self, rows: Vectors) -> "torch.Tensor":
        """Documents, before they are rounded."""
        import torch

        turned = torch.empty(rows.shape, dtype=torch.float32)
        for start in range(0, len(rows), TURNED):
            part = slice(start, start + TURNED)
            turned[part] = self._turned(rows[part].astype(np.float32, copy=False) - self.mean)
        return turned

    def queries(self, rows: Vectors) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
        """Codes of queries (b, d), their scales (b,), and the lengths of what rounding cuts off (b,)."""
        import torch

        turned = self._turned(rows.astype(np.float32, copy=False))
        scales = turned.abs().amax(1).clamp_min(1e-30) / 127
        codes = torch.round(turned / scales[:, None])
        return codes.to(torch.int8), scales, (turned - codes * scales[:, None]).norm(dim=1)

    def _turned(self, rows: Vectors) -> "torch.Tensor":
        import torch

        tensor = torch.from_numpy(np.require(rows, requirements=["C", "W"]))  # torch warns of what is read-only
        return tensor if self.turn is None else tensor @ self.turn


def _rounded(turned: "torch.Tensor") -> "tuple[torch.Tensor, float, float, float]":
    """Codes (b, d), their scale, and the most of what rounding cuts off and of what it leaves, in length."""
    import torch

    scale = max(*(abs(float(end)) for end in torch.aminmax(turned)), 1e-30) / 127
    codes = torch.empty(turned.shape, dtype=torch.int8)
    length = residue = 0.0
    for start in range(0, len(turned), TURNED):
        part = slice(start, start + TURNED)
        back = (turned[part] / scale).round_()
        codes[part] = back
        length = max(length, float(back.mul_(scale).norm(dim=1).max()))
        residue = max(residue, float(back.sub_(turned[part]).norm(dim=1).max()))
    return codes, scale, residue * 1.0001, length * 1.0001


@cache
def _rotation(size: int) -> "torch.Tensor":
    import torch

    numbers = torch.from_numpy(np.random.default_rng(0).standard_normal((size, size)))
    turn: torch.Tensor = alone(lambda: torch.linalg.qr(numbers)[0].float())
    return turn


class EightBits:
    """Documents in eight bits, and the exact search through them.

    Attributes:
        documents: the vectors themselves, (n, d), float32 or float16, in memory or mapped.
    """

    def __init__(self, documents: Vectors) -> None:
        import torch

        self.documents = documents
        count, size = documents.shape
        spread = np.unique(np.linspace(0, count - 1, min(count, max(CELL, count // 16))).astype(np.int64))
        thinner = spread[:: max(1, len(spread) // CELL)]
        self._rounding = Rounding.of(documents[thinner].astype(np.float32, copy=False))
        self._codes = torch.empty((count, size), dtype=torch.int8)

        def fill(start: int) -> tuple[float, float, float, float]:
            rows = documents[start : start + CELL].astype(np.float32, copy=False)
            codes, scale, residue, length = _rounded(self._rounding.documents(rows))
            self._codes[start : start + CELL] = codes
            return scale, residue, length, float(np.sqrt(np.vecdot(rows, rows).max()))

        filled = np.array(in_threads(fill, range(0, count, CELL)))
        self._scales: list[float] = filled[:, 0].tolist()
        self._residue, self._length, self._norm = (filled[:, column].max().item() for column in (1, 2, 3))
        # A sample tells early how well documents can score; that scales differ a little from cell to cell, it can bear.
        self._sample_ids = spread
        self._sample = self._codes[torch.from_numpy(spread)]

    def rank(self, queries: Vectors, wanted: Ids, blocks: list[tuple[int, Ids]]) -> Iterator[Ranking]:
        """As `converters.mining.search.search`, with the same result."""
        for depth, members in blocks:
            here = np.minimum(wanted[members], len(self.documents))
            if not self._fits(int(here.max())):
                yield rank_block(queries, self.documents, here, depth, members)
                continue
            yield self._rank(queries, here, depth, members)

    def _fits(self, width: int) -> bool:
        return width <= DEEPEST and 8 * width <= len(self._sample_ids)

    def _rank(self, queries: Vectors, wanted: Ids, depth: int, members: Ids) -> Ranking:
        width = int(wanted.max())
        ids = np.empty((len(members), width), dtype=np.int64)
        scores = np.empty((len(members), width), dtype=np.float32)
        crowded: list[Ids] = []

        def search_part(start: int) -> None:
            part = slice(start, start + ROWS)
            ids[part], scores[part], left = self._best(queries[members[part]], width)
            crowded.append(np.flatnonzero(left) + start)

        in_threads(search_part, range(0, len(members), ROWS))
        again = np.sort(np.concatenate(crowded))
        if again.size:
            plain = rank_block(queries, self.documents, np.full(len(again), width), depth, members[again])
            ids[again], scores[again] = plain.document_ids, plain.scores
        beyond = np.arange(width) >= wanted[:, None]
        ids[beyond], scores[beyond] = -1, -np.inf
        return Ranking(members, ids, scores)

    def _best(self, rows: Vectors, width: int) -> tuple[Ids, Vectors, Any]:
        """The best documents of up to ROWS queries, and which of the queries have too many to choose from."""
        import torch

        rows = np.ascontiguousarray(rows, dtype=np.float32)
        codes, scales, cut_off = self._rounding.queries(rows)
        lengths = torch.from_numpy(np.sqrt(np.vecdot(rows, rows)))
        offset = torch.from_numpy(rows @ self._rounding.mean)
        # By how much a product of codes, scaled, can be off; the last part is what float32 itself rounds.
        rounding = 8 * rows.shape[1] * 2.0**-24 * (self._norm + 1e-30)
        bound = cut_off * self._length + lengths * (self._residue + rounding)
        kept = Candidates(rows, self.documents, width, bound.numpy())
        kept.crowded |= ~rows.any(axis=1)  # all documents tie: nothing to choose by
        self._start(kept, codes, scales)

        products = torch.empty(len(rows) * CELL, dtype=torch.int32)
        for number, start in enumerate(range(0, len(self.documents), CELL)):
            cell = self._codes[start : start + CELL]
            factor = scales * self._scales[number]
            least = torch.floor((kept.least() - offset) / factor).clamp(-(2.0**31) + 128, 2.0**31 - 128) - 1
            out = products[: len(rows) * len(cell)].view(len(rows), len(cell))
            torch._int_mm(codes, cell.T, out=out)
            row, column, value = above(out, least.to(torch.int32).masked_fill_(kept.done(), _NEVER))
            kept.add(row, column + start, value * factor[row] + offset[row])
        return kept.best()

    def _start(self, kept: "Candidates", codes: "torch.Tensor", scales: "torch.Tensor") -> None:
        """Looks for the best documents of the sample: `width` documents reach the worst of their scores."""
        import torch

        best, where = [], []
        for start in range(0, len(self._sample), CELL):
            products = torch._int_mm(codes, self._sample[start : start + CELL].T)
            top = min(kept.width, products.shape[1])
            value, column = top_of(products, top)
            best.append(value)
            where.append(column + start)
        _, order = torch.cat(best, 1).topk(kept.width, 1, sorted=False)
        kept.reached(self._sample_ids[torch.cat(where, 1).gather(1, order).numpy()])


class Candidates:
    """Documents that are not ruled out, for a block of queries, and the score below which others are."""

    def __init__(
        self, rows: Vectors, documents: Vectors, width: int, bound: Vectors, known: Vectors | None = None
    ) -> None:
        self.rows, self.documents, self.width, self.bound = rows, documents, width, bound
        self.crowded = np.zeros(len(rows), dtype=np.bool_)
        self._known = np.full(len(rows), -np.inf, dtype=np.float32) if known is None else known.copy()
        self._row: list[Any] = []
        self._document: list[Any] = []
        self._value: list[Any] = []
        self._count = 0
        self._limit = min(PENDING, 8 * len(rows) * max(32, width))

    def least(self) -> "torch.Tensor":
        """What a rough score has to reach: (b,)."""
        import torch

        return torch.from_numpy(self._known - self.bound)

    def done(self) -> "torch.Tensor":
        """For which queries nothing is to be added: (b,)."""
        import torch

        return torch.from_numpy(self.crowded)

    def reached(self, document_ids: Ids) -> None:
        """Takes note of `width` different documents for each query: the true scores of the best are no worse."""
        true = inner_products(self.rows, self.documents, np.arange(len(self.rows)), document_ids)
        self._known = np.maximum(self._known, true.min(axis=1))

    def add(self, row: "torch.Tensor", document: "torch.Tensor", value: "torch.Tensor") -> None:
        """Adds candidates with their rough scores."""
        import torch

        self._row.append(row.to(torch.int32).numpy())
        self._document.append(document.to(torch.int32).numpy())
        self._value.append(value.numpy())
        self._count += len(row)
        if self._count > self._limit:
            self._sort_out()
            self._limit = max(self._limit, min(PENDING, 2 * self._count))

    def _sort_out(self) -> tuple[Any, Ids, Any]:
        """Drops what is ruled out by now.

        Returns:
            Row, document and place within the row of what is left, in the order of rows and rough scores.
        """
        row, document = np.concatenate(self._row), np.concatenate(self._document)
        value = np.concatenate(self._value)
        # One sort of whole numbers: the row in the upper bits, then the rough score upside down, then the place.
        key = row.astype(np.uint64) << np.uint64(55)
        key |= (_descending(value).astype(np.uint64) << np.uint64(23)) | np.arange(len(row), dtype=np.uint64)
        key.sort()
        order = (key & np.uint64(2**23 - 1)).astype(np.int64)
        row, document, value = row[order], document[order], value[order]
        starts = np.searchsorted(row, np.arange(len(self.rows) + 1))
        counts = np.diff(starts)
        self.crowded |= counts > CROWD
        full = np.flatnonzero((counts >= self.width) & ~self.crowded)
        if full.size:
            places = starts[full][:, None] + np.arange(self.width)
            true = inner_products(self.rows, self.documents, full, document[places].astype(np.int64))
            self._known[full] = np.maximum(self._known[full], true.min(axis=1))
        left = (value >= (self._known - self.bound)[row]) & ~self.crowded[row]
        row, document, value = row[left], document[left], value[left]
        self._row, self._document, self._value, self._count = [row], [document], [value], len(row)
        starts = np.searchsorted(row, np.arange(len(self.rows)))
        return row, document, np.arange(len(row)) - starts[row]

    def best(self) -> tuple[Ids, Vectors, Any]:
        """The best documents (b, width) and their scores; rows that are `crowded`, the last result, hold nothing."""
        row, document, place = self._sort_out()
        ids = np.full((len(self.rows), max(self.width, int(place.max(initial=0)) + 1)), -1, dtype=np.int64)
        ids[row, place] = document
        true = inner_products(self.rows, self.documents, np.arange(len(ids)), ids)
        true[ids < 0] = -np.inf
        key = (_descending(true).astype(np.uint64) << np.uint64(32)) | (ids & 0xFFFFFFFF).astype(np.uint64)
        order = np.argsort(key, axis=1)[:, : self.width]
        return np.take_along_axis(ids, order, axis=1), np.take_along_axis(true, order, axis=1), self.crowded


def _descending(scores: Vectors) -> Any:
    """Whole numbers (uint32) in the opposite order of float32 numbers; 0 and -0 are equal."""
    bits = (scores + np.float32(0)).view(np.int32)
    ascending = np.where(bits < 0, ~bits, bits | np.int32(-(2**31))).view(np.uint32)
    return ~ascending


def _groups(products: "torch.Tensor") -> "torch.Tensor":
    """Products (b, n) by group: (b, GROUP, n // GROUP); the last few that make no group are left out."""
    size = products.shape[1] // GROUP
    grouped: torch.Tensor = products[:, : size * GROUP].reshape(len(products), GROUP, size)
    return grouped


def above(products: "torch.Tensor", least: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    """Row, column and value of the products (b, n) that are greater than what is asked of their row, (b,)."""
    import torch

    groups = _groups(products)
    size = groups.shape[2]
    if not size:
        row, column = (products > least[:, None]).nonzero(as_tuple=True)
        return row, column, products[row, column]
    row, group = (groups.amax(1) > least[:, None]).nonzero(as_tuple=True)
    values = groups[row, :, group]
    hit, member = (values > least[row][:, None]).nonzero(as_tuple=True)
    rows, columns, found = row[hit], member * size + group[hit], values[hit, member]
    if size * GROUP < products.shape[1]:
        rest = products[:, size * GROUP :]
        row, column = (rest > least[:, None]).nonzero(as_tuple=True)
        rows, columns = torch.cat([rows, row]), torch.cat([columns, column + size * GROUP])
        found = torch.cat([found, rest[row, column]])
    return rows, columns, found


def top_of(products: "torch.Tensor", count: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """The `count` greatest products of each row (b, n), and their columns."""
    if products.shape[1] % GROUP or products.shape[1] // GROUP < 2 * count:
        found = products.topk(count, 1, sorted=False)
        return found.values, found.indices
    groups = _groups(products)
    size = groups.shape[2]
    best = groups.amax(1).topk(count, 1, sorted=False).indices  # they hold the best `count` of all
    values = groups.gather(2, best[:, None, :].expand(-1, GROUP, -1)).flatten(1)
    top = values.topk(count, 1, sorted=False)
    column = (top.indices // count) * size + best.gather(1, top.indices % count)
    return top.values, column


@cache
def pays() -> bool:
    """Whether this processor multiplies numbers of eight bits rightly, and much faster than float32: tried once."""
    import torch

    return hasattr(torch, "_int_mm") and alone(_pays)


def _pays() -> bool:
    import torch

    codes = torch.from_numpy(np.random.default_rng(0).integers(-127, 128, (2048, 384), dtype=np.int8))
    numbers = codes.float()
    try:
        right = torch.equal(torch._int_mm(codes[:256], codes.T).float(), numbers[:256] @ numbers.T)
        quick = _seconds(lambda: torch._int_mm(codes[:256], codes.T))
    except (RuntimeError, NotImplementedError):
        return False
    return right and 2 * quick < _seconds(lambda: torch.mm(numbers[:256], numbers.T))


def _seconds(run: Callable[[], Any]) -> float:
    """How long this thread is at work, not how long it waits for its turn."""
    taken = []
    for _ in range(5):
        start = time.thread_time()
        run()
        taken.append(time.thread_time() - start)
    return min(taken)
