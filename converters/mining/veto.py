"""The veto by agreement: a candidate that independent witnesses call relevant is likely relevant, and not mined."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors
from converters.mining.search import inner_products
from converters.mining.selection import Selection
from converters.mining.summary import VetoReport
from converters.mining.texts import Ids, Pairs
from converters.mining.witnesses import WINDOW, Testimony, Witnesses

#: Two texts of at least this similarity say the same: such a document is as good as the positive, and the positives of
#: such a query are its positives too.
SAME = 0.97
#: Queries that a candidate is a positive of and that are compared with the query at hand, at most: the first ones.
OWNERS = 4
#: Held-out positives below which nothing is estimated.
ENOUGH = 20


@dataclass(frozen=True)
class Verdict:
    """What the veto says about the candidates (b, w) of a block that are left over by the other filters.

    Attributes:
        left: which of them may be taken.
        vetoed: how many are left out, by reason.
        reinstated: how many the witnesses agree on and are taken nevertheless, so that a query gets its negatives.
        heard: what the witnesses said.
    """

    left: NDArray[np.bool_]
    vetoed: dict[str, int]
    reinstated: int
    heard: Testimony


class Veto:
    """The veto, and the account of how well it does.

    Args:
        queries: unit vectors, (q, d).
        documents: unit vectors, (n, d).
        pairs: the known positives.
        witnesses: what is asked about the candidates.
        selection: how many negatives a query is to get, from which ranks, and from which agreement on it is vetoed.
    """

    def __init__(
        self, queries: Vectors, documents: Vectors, pairs: Pairs, witnesses: Witnesses, selection: Selection
    ) -> None:
        self._queries = queries
        self._witnesses = witnesses
        self._selection = selection
        self._owners = _owners(pairs, len(documents))
        self._account = _Account(selection)
        self._reinstated = 0

    def judge(self, query_ids: Ids, ranked: Ids, ids: Ids, left: NDArray[np.bool_]) -> Verdict:
        """Leaves out what is likely to be relevant.

        A query that is left with too few takes those that the witnesses agree on the least, so that the veto never
        costs it a negative; only texts that are the same as a positive are left out whatever happens.

        Args:
            query_ids: (b,).
            ranked: all candidates of the queries in the order of the ranking, from rank 0 on, (b, k); -1 behind them.
            ids: the candidates from rank `range_min` on, (b, w).
            left: which of these may still be taken, (b, w).
        """
        heard = self._witnesses.hear(query_ids, ranked)
        start = self._selection.range_min
        agreement = _columns(heard.agreement, start, ids.shape[1], 0)
        same = _columns(heard.to_positive, start, ids.shape[1], -np.inf) >= SAME
        shared = self._shared(query_ids, ids)
        agreed = agreement >= self._selection.veto_threshold

        vetoed = {"near_positive": int((left & same).sum()), "near_anchor": int((left & shared & ~same).sum())}
        left = left & ~same & ~shared
        suspects = left & agreed
        short = self._selection.num_negatives - (left & ~agreed).sum(axis=1)
        order = np.argsort(np.where(suspects, agreement, np.inf), axis=1, kind="stable")
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.broadcast_to(np.arange(ids.shape[1]), ids.shape), axis=1)
        back = suspects & (rank < short[:, None])
        vetoed["agreement"] = int((suspects & ~back).sum())
        return Verdict((left & ~agreed) | back, vetoed, int(back.sum()), heard)

    def learn(self, verdict: Verdict, ranked: Ids, pair_scores: Vectors, chosen: Vectors) -> None:
        """Takes account of a block of b queries, once its negatives are chosen.

        Args:
            verdict: what `judge` said.
            ranked: what it was asked about.
            pair_scores: scores of all known pairs, by which negatives are chosen too, (p,).
            chosen: scores of the negatives, (b, n), NaN where there is none.
        """
        self._account.add(verdict, ranked, pair_scores[verdict.heard.held_out], chosen)
        self._reinstated += verdict.reinstated

    def report(self, negatives: int) -> VetoReport:
        """What the account comes to, for so many negatives mined in all."""
        return replace(self._account.report(negatives), reinstated=self._reinstated)

    def _shared(self, query_ids: Ids, ids: Ids) -> NDArray[np.bool_]:
        """Which candidates (b, w) are known positives of a query that says the same."""
        shared = np.zeros(ids.shape, dtype=np.bool_)
        first, others = self._owners
        row, column = np.nonzero((ids >= 0) & (first[ids] < first[ids + 1]))
        place = first[ids[row, column]]
        end = first[ids[row, column] + 1]
        for _ in range(OWNERS):
            owners = others[np.minimum(place, len(others) - 1)]
            alike = inner_products(self._queries, self._queries, query_ids[row], owners[:, None])[:, 0] >= SAME
            shared[row, column] |= alike & (place < end)
            place = place + 1
        return shared


class _Account:
    """Counts, from known positives that are held out, what the veto does to positives that nobody knows."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._candidates = np.zeros(WINDOW, dtype=np.int64)  # of each rank
        self._held_out = np.zeros(WINDOW, dtype=np.int64)  # of each rank, had they been candidates
        self._found = 0
        self._taken = 0.0

    def add(self, verdict: Verdict, ranked: Ids, scores: Vectors, chosen: Vectors) -> None:
        """Counts a block of b queries; `scores` (b,) are those of the held-out positives. See `Veto.learn`."""
        heard, settings = verdict.heard, self._selection
        there = ranked[:, :WINDOW] >= 0
        self._candidates[: there.shape[1]] += there.sum(axis=0)
        rank = heard.held_out_rank
        inside = rank < there.sum(axis=1)
        self._held_out += np.bincount(rank[inside], minlength=WINDOW)
        agreed = heard.held_out_agreement >= settings.veto_threshold
        self._found += int((inside & agreed).sum())

        may_be_taken = inside & ~agreed & (rank >= settings.range_min) & (rank < settings.end)
        if settings.max_score is not None:
            may_be_taken &= scores <= settings.max_score
        if settings.min_score is not None:
            may_be_taken &= scores >= settings.min_score
        count = settings.num_negatives
        if settings.sampling_strategy == "random":
            chance = np.minimum(1, count / (verdict.left.sum(axis=1) + 1))
        else:
            last = np.where(np.isnan(chosen), -np.inf, chosen).min(axis=1)  # minus infinity where a place is free
            chance = (scores >= last).astype(np.float64)
        self._taken += float(chance[may_be_taken].sum())

    def report(self, negatives: int) -> VetoReport:
        """Estimates from the counts."""
        held_out = int(self._held_out.sum())
        if held_out < ENOUGH:
            return VetoReport(held_out)
        # A positive that nobody knows is as likely to be among the first few candidates as one that is held out, and
        # only so many documents can be there: this bounds how many unknown positives there are.
        leading, places = np.cumsum(self._held_out), np.cumsum(self._candidates)
        unknown = float((places[leading >= ENOUGH] * held_out / leading[leading >= ENOUGH]).min())
        # One more, as none in a few does not mean none at all.
        likely_taken = (self._taken + 1) / (held_out + 1)
        share = min(1.0, unknown * likely_taken / negatives) if negatives else None
        return VetoReport(held_out, self._found / held_out, self._taken / held_out, share)


def _columns(values: Vectors, start: int, width: int, fill: float) -> Vectors:
    """Columns start to start + width - 1 of values (b, n), with `fill` behind the last one."""
    cut = values[:, start : start + width]
    return np.pad(cut, ((0, 0), (0, width - cut.shape[1])), constant_values=fill)


def _owners(pairs: Pairs, documents: int) -> tuple[Ids, Ids]:
    """The queries of each document: where they begin (documents + 1,), and which ones (p,)."""
    order = np.lexsort((pairs.query_ids, pairs.document_ids))
    counts = np.bincount(pairs.document_ids, minlength=documents)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), pairs.query_ids[order]
