"""Approximate search in lists of alike documents: a query looks into the few lists whose centres are nearest to it.

The idea is that of an inverted file (faiss's IVF). What differs is that mining has all queries at hand: for each list,
the queries that look into it are multiplied with its documents at once, in eight bits, where an index that answers
query by query reads the same documents again and again. What the rough products leave is scored in full.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.embedding.vectors import Vectors
from converters.mining.search.eight_bits import Candidates, Rounding, above, top_of
from converters.mining.search.ranking import Ranking, inner_products, rank_block
from converters.mining.search.threads import in_threads
from converters.mining.texts import Ids

if TYPE_CHECKING:
    import torch

#: Documents a list that the centres are trained on.
TRAINED_ON = 64
#: Rounds of moving the centres.
ROUNDS = 12
#: Vectors that are read at a time.
CHUNK = 2**14
#: Queries that share a walk through the lists, at most.
WALK = 2**16
#: Documents of a list, and queries, that are multiplied at a time.
CELL, ROWS = 3200, 512
#: The share of the certain bound that rough scores are taken to be off by: five standard deviations, for 384 numbers.
LIKELY = 0.25

_ARRAYS = ("centres", "starts", "order", "codes", "mean", "bounds")


@dataclass(frozen=True)
class Lists:
    """Documents in lists, in eight bits.

    Attributes:
        centres: of the lists, (l, d), unit length.
        starts: where the documents of each list begin, (l + 1,).
        order: the documents, list by list, (n,).
        codes: their codes in this order, (n, d), int8.
        mean: what was taken off the documents, (d,).
        bounds: scale of the codes; length of what rounding cuts off; length of the documents.
    """

    centres: Vectors
    starts: Ids
    order: Any
    codes: Any
    mean: Vectors
    bounds: Vectors

    @classmethod
    def build(cls, documents: Vectors, lists: int, seed: int, folder: Path | None = None) -> "Lists":
        """Trains the centres on a sample and sorts the documents into lists.

        Args:
            documents: (n, d), float32 or float16, in memory or mapped; read twice, in the order of the file.
            lists: how many.
            seed: of the sample, and of the first centres.
            folder: where to write the codes, which are then mapped and not kept in memory.
        """
        import torch

        random = np.random.default_rng(seed)
        count, size = documents.shape
        chosen = np.sort(random.choice(count, size=min(count, TRAINED_ON * lists), replace=False))
        sample = _rows(documents, chosen)
        rounding = Rounding.of(sample)
        turned = rounding.documents(sample[: 8 * CELL])
        scale = max(float(turned.abs().max()), 1e-30) / 127
        codes_of_sample = (turned / scale).round().clamp(-127, 127)
        residue = float((turned - codes_of_sample * scale).norm(dim=1).mean()) * 1.1
        bounds = np.array([scale, residue, float(turned.norm(dim=1).mean()) * 1.1], dtype=np.float32)
        centres = _trained(torch.from_numpy(sample), lists, random)

        nearest = np.empty(count, dtype=np.int32)
        centre_codes = _Centres(centres)

        def assign(start: int) -> None:
            here = centre_codes.codes_of(_rows(documents, slice(start, start + CHUNK)))
            nearest[start : start + CHUNK] = centre_codes.nearest(here, 1)[:, 0]

        in_threads(assign, range(0, count, CHUNK))
        order = np.argsort(nearest, kind="stable").astype(np.int32)
        place = np.empty(count, dtype=np.int32)
        place[order] = np.arange(count, dtype=np.int32)
        starts = np.searchsorted(nearest[order], np.arange(lists + 1)).astype(np.int64)
        codes: Any = np.empty((count, size), dtype=np.int8)
        if folder is not None:
            codes = np.lib.format.open_memmap(folder / "codes.npy", mode="w+", dtype=np.int8, shape=(count, size))

        def fill(start: int) -> None:
            turned = rounding.documents(_rows(documents, slice(start, start + CHUNK)))
            rounded = (turned / scale).round_().clamp_(-127, 127).to(torch.int8)
            codes[place[start : start + CHUNK]] = rounded.numpy()

        in_threads(fill, range(0, count, CHUNK))
        return cls(centres.numpy(), starts, order, codes, rounding.mean, bounds)

    def save(self, folder: Path, about: Mapping[str, Any]) -> None:
        """Writes everything but what `build` has written there already."""
        for name in _ARRAYS:
            if name != "codes" or not isinstance(self.codes, np.memmap):
                np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
            else:
                self.codes.flush()
        (folder / "about.json").write_text(json.dumps(dict(about), sort_keys=True), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Lists":
        """Reads what `save` wrote; the codes stay on the disk and are mapped."""
        # Copy on write, and nothing writes: torch warns of what it may not write to.
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="c" if name == "codes" else None, allow_pickle=False)
            for name in _ARRAYS
        }
        return cls(**arrays)

    def rank(
        self, queries: Vectors, documents: Vectors, wanted: Ids, blocks: list[tuple[int, Ids]], probes: int
    ) -> Iterator[Ranking]:
        """As `converters.mining.search.search`, among the documents of the `probes` nearest lists of each query.

        Queries for which these lists do not hold enough documents are searched for exactly.
        """
        import torch

        for depth, members in blocks:
            here = np.minimum(wanted[members], len(documents))
            width = int(here.max())
            ids = np.full((len(members), width), -1, dtype=np.int64)
            scores = np.full(ids.shape, -np.inf, dtype=np.float32)
            at_once = int(np.clip(2**22 // width, ROWS, WALK))
            at_once = max(ROWS, min(at_once, -(-len(members) // torch.get_num_threads())))

            def walk(start: int, members: Ids = members, width: int = width, at_once: int = at_once) -> Any:
                return self._walk(_rows(queries, members[start : start + at_once]), documents, width, probes)

            starts = range(0, len(members), at_once)
            for start, found in zip(starts, in_threads(walk, starts), strict=True):
                ids[start : start + at_once], scores[start : start + at_once] = found
            short = np.flatnonzero((ids < 0).any(axis=1))
            if short.size:
                plain = rank_block(queries, documents, np.full(len(short), width), depth, members[short])
                ids[short], scores[short] = plain.document_ids, plain.scores
            beyond = np.arange(width) >= here[:, None]
            ids[beyond], scores[beyond] = -1, -np.inf
            yield Ranking(members, ids, scores)

    def _walk(self, rows: Vectors, documents: Vectors, width: int, probes: int) -> tuple[Ids, Vectors]:
        import torch

        scale, residue, length = (float(each) for each in self.bounds)
        codes, scales, cut_off = Rounding.with_mean(self.mean).queries(rows)
        lengths = torch.from_numpy(np.sqrt(np.vecdot(rows, rows)))
        bound = LIKELY * (cut_off * length + lengths * residue)
        offset = torch.from_numpy(rows @ self.mean)
        factor = scales * scale
        nearest = _Centres(torch.from_numpy(self.centres)).nearest(codes, probes)

        # First the nearest lists, until they hold several times what is wanted: a score that is known to be reached.
        first = int(np.clip(np.ceil(8 * width * len(self.centres) / len(documents)), 1, probes))
        best = torch.full((len(rows), first * width), -(2**31), dtype=torch.int32)
        where = np.full((len(rows), first * width), -1, dtype=np.int64)
        column = np.zeros(len(rows), dtype=np.int64)
        for row, at, cell in self._cells(nearest[:, :first]):
            products = torch._int_mm(codes[row], cell.T)
            value, found = top_of(products, min(width, products.shape[1]))
            numbers = row.numpy()
            columns = column[numbers][:, None] + np.arange(value.shape[1])
            fits = columns < first * width
            here = np.nonzero(fits)
            best[numbers[here[0]], columns[here]] = value[here]
            where[numbers[here[0]], columns[here]] = self.order[at + found.numpy()[here]]
            column[numbers] += value.shape[1]
        _, order = best.topk(width, 1, sorted=False)
        known_ids = np.take_along_axis(where, order.numpy(), axis=1)
        known = inner_products(rows, documents, np.arange(len(rows)), np.maximum(known_ids, 0)).min(axis=1)
        known[(known_ids < 0).any(axis=1)] = -np.inf

        limit = (torch.from_numpy(known) - bound - offset) / factor
        least = (limit.floor().clamp(-(2.0**31) + 128, 2.0**31 - 128) - 1).to(torch.int32)
        kept_rows, kept_documents, kept_values = [], [], []
        for row, at, cell in self._cells(nearest):
            products = torch._int_mm(codes[row], cell.T)
            row_here, column_here, value = above(products, least[row])
            row_here = row[row_here]
            kept_rows.append(row_here.to(torch.int32))
            kept_documents.append(torch.from_numpy(self.order[at + column_here.numpy()]))
            kept_values.append(value * factor[row_here] + offset[row_here])
        return self._best(rows, documents, width, bound.numpy(), known, kept_rows, kept_documents, kept_values)

    def _cells(self, lists: Any) -> "Iterator[tuple[torch.Tensor, int, torch.Tensor]]":
        """The lists that queries look into (b, p), piece by piece: queries, first place in `order`, codes."""
        import torch

        flat = lists.ravel()
        order = np.argsort(flat, kind="stable")
        ends = np.searchsorted(flat[order], np.arange(len(self.centres) + 1))
        rows = torch.from_numpy(order // lists.shape[1])
        codes = torch.from_numpy(self.codes)
        for number in np.flatnonzero(np.diff(ends)).tolist():
            for at in range(int(self.starts[number]), int(self.starts[number + 1]), CELL):
                cell = codes[at : min(at + CELL, int(self.starts[number + 1]))]
                step = max(1, ROWS * CELL // len(cell))
                for start in range(int(ends[number]), int(ends[number + 1]), step):
                    yield rows[start : min(start + step, int(ends[number + 1]))], at, cell

    def _best(
        self,
        rows: Vectors,
        documents: Vectors,
        width: int,
        bound: Vectors,
        known: Vectors,
        kept_rows: "list[torch.Tensor]",
        kept_documents: "list[torch.Tensor]",
        kept_values: "list[torch.Tensor]",
    ) -> tuple[Ids, Vectors]:
        import torch

        row, document, value = torch.cat(kept_rows), torch.cat(kept_documents), torch.cat(kept_values)
        order = torch.from_numpy(np.argsort(row.numpy().astype(np.uint16), kind="stable"))
        row, document, value = row[order], document[order], value[order]
        ids = np.empty((len(rows), width), dtype=np.int64)
        scores = np.empty((len(rows), width), dtype=np.float32)
        ends = np.searchsorted(row.numpy(), np.arange(0, len(rows) + ROWS, ROWS))
        for block, start in enumerate(range(0, len(rows), ROWS)):
            part, here = slice(start, start + ROWS), slice(int(ends[block]), int(ends[block + 1]))
            kept = Candidates(rows[part], documents, width, bound[part], known[part])
            kept.add(row[here] - start, document[here], value[here])
            ids[part], scores[part], crowded = kept.best()
            ids[part][crowded] = -1  # searched for exactly
        return ids, scores


class _Centres:
    """Centres in eight bits, and which of them are nearest to vectors."""

    def __init__(self, centres: "torch.Tensor") -> None:
        import torch

        self._rounding = Rounding.with_mean(np.zeros(centres.shape[1], dtype=np.float32))
        turned = self._rounding.documents(centres.numpy())
        self._codes = (turned / (float(turned.abs().max()) / 127)).round().to(torch.int8)

    def codes_of(self, rows: Vectors) -> "torch.Tensor":
        """Codes of vectors, for any centres."""
        import torch

        return torch.cat([self._rounding.queries(rows[at : at + CHUNK])[0] for at in range(0, len(rows), CHUNK)])

    def nearest(self, codes: "torch.Tensor", count: int) -> Any:
        """The `count` nearest centres of each vector, (b, count), the nearest first."""
        import torch

        found = np.empty((len(codes), count), dtype=np.int32)
        for start in range(0, len(codes), ROWS):
            products = torch._int_mm(codes[start : start + ROWS], self._codes.T)
            best = products.argmax(1, keepdim=True) if count == 1 else products.topk(count, 1).indices
            found[start : start + ROWS] = best.numpy()
        return found


def _trained(sample: "torch.Tensor", lists: int, random: np.random.Generator) -> "torch.Tensor":
    """Spherical k-means, a few rounds of it; a centre without documents starts again at a random one."""
    import torch

    def unit(rows: "torch.Tensor") -> "torch.Tensor":
        scaled: torch.Tensor = rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-12)
        return scaled

    centres = unit(sample[torch.from_numpy(random.choice(len(sample), lists, replace=False))])
    codes = _Centres(centres).codes_of(sample.numpy())
    for _ in range(ROUNDS):
        here = _Centres(centres)
        parts = [codes[start : start + CHUNK] for start in range(0, len(codes), CHUNK)]
        found = in_threads(lambda part, here=here: here.nearest(part, 1)[:, 0], parts)  # type: ignore[misc]
        nearest = torch.from_numpy(np.concatenate(found)).long()
        sums = torch.zeros_like(centres).index_add_(0, nearest, sample)
        empty = torch.bincount(nearest, minlength=lists) == 0
        sums[empty] = sample[torch.from_numpy(random.choice(len(sample), int(empty.sum())))]
        centres = unit(sums)
    return centres


def _rows(vectors: Vectors, which: Any) -> Vectors:
    rows: Vectors = np.ascontiguousarray(vectors[which], dtype=np.float32)
    return rows
