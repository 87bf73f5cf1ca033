"""Which candidates become negatives: the settings, checked, and the filters as functions on a block of queries."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors
from converters.errors import InputError, nearest, quote
from converters.mining.texts import Ids
from converters.mining.witnesses import WINDOW

Sampling = Literal["top", "random"]
MarginFrom = Literal["lowest", "mean", "highest"]
VetoBy = Literal["agreement"]

#: How many times `num_negatives` candidates, and one more, are looked at where some may be filtered or sampled away.
WIDER = 10

#: From which agreement of the witnesses on a candidate is vetoed, where 1 is chance: a little below it, as what is left
#: is taken from the top. Chosen with the judgements of two collections in view, where it leaves a quarter to a third of
#: the false negatives of the best other setting that is as hard; on judgements held back until then, two fifths to
#: three fifths of them (`benchmarks/false_negatives.py`).
VETO_THRESHOLD = 0.9


@dataclass(frozen=True)
class Selection:
    """Which of the candidates of a query become its negatives.

    Candidates are all documents but the query's known positives and its own text. They are ranked by their similarity
    to the query; ranks count from 0 and are those before any filter on scores. A score is a cosine, or what the
    cross-encoder says where there is one.

    The margins are those of NV-Retriever (arXiv 2407.15831), which calls them positive-aware: a negative has to score
    lower than the positive by that much. Where a query has several positives, `margin_from` says which one counts.

    Attributes:
        range_min: the lowest rank that may be taken.
        range_max: ranks below this one may be taken. By default `range_min + num_negatives`, and ten times
            `num_negatives` and one where candidates may drop out: with a margin, `max_score`, random sampling, a
            cross-encoder or a veto, and with a veto 100 if that is more.
        max_score: the highest score that a negative may have.
        min_score: the lowest score that a negative may have.
        absolute_margin: a negative's score is at most `positive - absolute_margin`.
        relative_margin: a negative's score is at most `positive - relative_margin * abs(positive)`, and below the
            positive's, even if that is zero.
        margin_from: where a query has several positives, what the margins are taken from: the "lowest" of their scores,
            their "mean", or the "highest". The lower, the fewer unknown positives are mined, and the fewer negatives.
        num_negatives: how many to take for each query, at most.
        sampling_strategy: "top" takes those of the highest scores; "random" draws evenly among those that are left.
        veto: "agreement" leaves out candidates that independent witnesses agree on to be relevant, and those that are
            nearly the same as a positive, or a positive of nearly the same query; see `converters.mining.veto`.
        veto_threshold: from which agreement on, where 1 is chance. A lower one vetoes more: fewer unknown positives,
            and easier negatives.
        seed: of the random draw. What is drawn for a query depends on the seed, the query's number and the
            candidates' numbers, and on nothing else.

    Raises:
        InputError: a value is impossible; the message names it.
    """

    range_min: int = 0
    range_max: int | None = None
    max_score: float | None = None
    min_score: float | None = None
    absolute_margin: float | None = None
    relative_margin: float | None = None
    margin_from: MarginFrom = "lowest"
    num_negatives: int = 3
    sampling_strategy: Sampling = "top"
    seed: int = 0
    veto: VetoBy | None = None
    veto_threshold: float = VETO_THRESHOLD

    def __post_init__(self) -> None:
        _whole("num_negatives", self.num_negatives, 1)
        _whole("range_min", self.range_min, 0)
        _whole("seed", self.seed, None)
        if self.range_max is not None:
            _whole("range_max", self.range_max, 1)
            if self.range_max <= self.range_min:
                raise InputError(f"range_max ({self.range_max}) has to be greater than range_min ({self.range_min})")
            if self.range_max - self.range_min < self.num_negatives:
                raise InputError(
                    f"range_min={self.range_min} and range_max={self.range_max} leave "
                    f"{self.range_max - self.range_min} candidates for num_negatives={self.num_negatives}: "
                    f"pass range_max={self.range_min + self.num_negatives} or more"
                )
        for name in ("absolute_margin", "relative_margin"):
            _real(name, getattr(self, name), least=0)
        for name in ("max_score", "min_score"):
            _real(name, getattr(self, name))
        _real("veto_threshold", self.veto_threshold, least=0)
        if self.min_score is not None and self.max_score is not None and self.min_score > self.max_score:
            raise InputError(f"min_score ({self.min_score}) has to be no greater than max_score ({self.max_score})")
        for name, known in (("sampling_strategy", get_args(Sampling)), ("margin_from", get_args(MarginFrom))):
            value = getattr(self, name)
            if value not in known:
                raise InputError(f"there is no {name} {quote(value)}: {nearest(str(value), list(known))}")
        if self.veto is not None and self.veto not in get_args(VetoBy):
            raise InputError(f"there is no veto {quote(self.veto)}: {nearest(str(self.veto), list(get_args(VetoBy)))}")

    def complete(self, rescored: bool) -> "Selection":
        """Fills in `range_max`; `rescored` says whether a cross-encoder scores the candidates anew."""
        if self.range_max is not None:
            return self
        filters = (self.absolute_margin, self.relative_margin, self.max_score)
        wider = rescored or self.sampling_strategy == "random" or any(each is not None for each in filters)
        # One more is what sentence-transformers looks at where every anchor has one positive: the same rows come out.
        looked_at = self.num_negatives * WIDER + 1 if wider or self.veto else self.num_negatives
        return replace(self, range_max=self.range_min + max(looked_at, WINDOW if self.veto else 0))

    @property
    def end(self) -> int:
        """`range_max`, once it is filled in."""
        if self.range_max is None:
            raise ValueError("range_max is not filled in yet")
        return self.range_max

    @property
    def depth(self) -> int:
        """How many candidates have to be known: up to `end`, and all that a veto asks its witnesses about."""
        return max(self.end, WINDOW if self.veto else 0)


def _whole(name: str, value: object, least: int | None) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} has to be a whole number, not {quote(value)}")
    if least is not None and value < least:
        raise InputError(f"{name} has to be at least {least}, not {value}")


def _real(name: str, value: object, least: float | None = None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or math.isnan(value):
        raise InputError(f"{name} has to be a number, not {quote(value)}")
    if math.isinf(value) or (least is not None and value < least):
        raise InputError(
            f"{name} has to be a finite number{f' of at least {least:g}' if least is not None else ''}, not {value}"
        )


def positive_to_beat(scores: Vectors, offsets: Ids, margin_from: MarginFrom) -> Vectors:
    """The score that the margins of each query are taken from.

    Args:
        scores: the scores of all pairs, (p,), those of a query together.
        offsets: where each query's pairs begin, and p at the end, (q + 1,). Every query has a pair.
        margin_from: which of a query's scores counts.

    Returns:
        A score for each query, (q,).
    """
    starts = offsets[:-1]
    if margin_from == "lowest":
        return np.minimum.reduceat(scores, starts)
    if margin_from == "highest":
        return np.maximum.reduceat(scores, starts)
    mean: Vectors = (np.add.reduceat(scores, starts) / np.diff(offsets)).astype(np.float32)
    return mean


def take_range(
    ids: Ids, scores: Vectors, excluded: NDArray[np.bool_], start: int, end: int
) -> tuple[Ids, Vectors, NDArray[np.bool_], int]:
    """Keeps the candidates whose rank among those that are not excluded is in [start, end).

    Args:
        ids: ranked candidates, (b, k); -1 stands for none.
        scores: their scores, (b, k).
        excluded: which of them are excluded, (b, k).
        start: the first rank to keep.
        end: the first rank not to keep.

    Returns:
        Numbers (b, w) and scores (b, w) of what is kept, w = min(end - start, k), padded with -1 and minus infinity;
        which of the given (b, k) rank before `end` or are excluded and stand before it; and how many candidates were
        left out because they rank below `start`.
    """
    valid = (ids >= 0) & ~excluded
    rank = np.cumsum(valid, axis=1, dtype=np.int32) - valid
    inside = valid & (rank >= start) & (rank < end)
    width = min(end - start, ids.shape[1])
    seen = (ids >= 0) & (rank < end)
    below = int((valid & (rank < start)).sum())
    return *_packed(inside, rank - start, width, ids, scores, -np.inf), seen, below


def _packed(
    chosen: NDArray[np.bool_], places: NDArray[np.int32], width: int, ids: Ids, scores: Vectors, empty: float
) -> tuple[Ids, Vectors]:
    """Chosen candidates (b, k) at their places in rows of a width, (b, width): -1 and `empty` where there are none."""
    taken = np.flatnonzero(chosen)
    spots = taken // chosen.shape[1] * width + places.reshape(-1)[taken]
    packed = np.full((len(ids), width), -1, dtype=np.int64)
    packed.reshape(-1)[spots] = ids.reshape(-1)[taken]
    packed_scores = np.full((len(ids), width), empty, dtype=np.float32)
    packed_scores.reshape(-1)[spots] = scores.reshape(-1)[taken]
    return packed, packed_scores


def filter_scores(
    ids: Ids, scores: Vectors, to_beat: Vectors, settings: Selection
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Applies the margins and the bounds on scores.

    Args:
        ids: candidates, (b, w); -1 stands for none.
        scores: their scores, (b, w).
        to_beat: the score that each query's margins are taken from, (b,).
        settings: the margins and bounds.

    Returns:
        Which candidates are left, (b, w), and how many failed each rule. A candidate counts for the first rule that
        it fails, in the order of the rules.
    """
    left = ids >= 0
    skipped: dict[str, int] = {}
    for rule, fails in _rules(scores, to_beat, settings):
        skipped[rule] = int((left & fails).sum())
        left &= ~fails
    return left, skipped


def _rules(scores: Vectors, to_beat: Vectors, settings: Selection) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    positive = to_beat.astype(np.float64)[:, None]
    if settings.absolute_margin is not None:
        yield "absolute_margin", scores > (positive - settings.absolute_margin).astype(np.float32)
    if settings.relative_margin is not None:
        threshold = positive - np.abs(positive) * settings.relative_margin
        above = scores > threshold.astype(np.float32)
        if settings.relative_margin > 0:  # a share of nothing is nothing, and still below it
            above |= scores >= positive.astype(np.float32)
        yield "relative_margin", above
    if settings.max_score is not None:
        yield "max_score", scores > np.float32(settings.max_score)
    if settings.min_score is not None:
        yield "min_score", scores < np.float32(settings.min_score)


def choose(
    ids: Ids, scores: Vectors, left: NDArray[np.bool_], query_ids: Ids, settings: Selection
) -> tuple[Ids, Vectors]:
    """Takes the negatives from the candidates that are left.

    Args:
        ids: candidates, (b, w).
        scores: their scores, (b, w).
        left: which of them may be taken, (b, w).
        query_ids: the queries' numbers, (b,).
        settings: how many to take, and how.

    Returns:
        Numbers (b, num_negatives), of the highest score first, -1 where there are fewer; and scores, NaN there.
    """
    count = settings.num_negatives
    if settings.sampling_strategy == "random":
        drawn = np.lexsort((random_keys(settings.seed, query_ids, ids), ~left), axis=1)[:, :count]
        lucky = np.zeros_like(left)
        np.put_along_axis(lucky, drawn, True, axis=1)
        left = left & lucky
    if (scores[:, 1:] <= scores[:, :-1]).all():  # ranked already, as the search ranks them
        place = np.cumsum(left, axis=1, dtype=np.int32) - left
        taken = left & (place < count)
        return _packed(taken, place, count, ids, scores, np.nan)
    ranks = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
    order = np.lexsort((ranks, -scores, ~left), axis=1)[:, :count]
    taken = np.take_along_axis(left, order, axis=1)
    chosen = np.full((len(ids), count), -1, dtype=np.int64)
    chosen_scores = np.full((len(ids), count), np.nan, dtype=np.float32)
    width = order.shape[1]
    chosen[:, :width] = np.where(taken, np.take_along_axis(ids, order, axis=1), -1)
    chosen_scores[:, :width] = np.where(taken, np.take_along_axis(scores, order, axis=1), np.float32(np.nan))
    return chosen, chosen_scores


def random_keys(seed: int, query_ids: Ids, document_ids: Ids) -> NDArray[np.uint64]:
    """Random numbers (b, k) that depend on the seed, the query and the document alone.

    A generator with a state would give other numbers when the queries come in other blocks. This is the mixing
    function of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
    """
    start = np.array([seed % 2**64], dtype=np.uint64)
    per_query = _mix(_mix(start) + (query_ids.astype(np.uint64) + np.uint64(1)) * _GOLDEN)
    return _mix(per_query[:, None] + (document_ids.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
