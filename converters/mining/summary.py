"""The report of a mining run: what was found and left out, in numbers, with examples to look at."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.vectors import Vectors
from converters.errors import printable, quote
from converters.mining.search import SearchReport
from converters.mining.texts import Ids, Pairs

if TYPE_CHECKING:
    from converters.mining.selection import Selection

#: Bars of a histogram.
BINS = 20
#: How many examples are kept, how many of them are shown, and how many characters of each text.
EXAMPLES, SHOWN_EXAMPLES, EXAMPLE_LENGTH = 10, 3, 200


@dataclass(frozen=True)
class Distribution:
    """How numbers are spread; all None but `count` where there are none."""

    count: int
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    quarter: float | None = None
    median: float | None = None
    three_quarters: float | None = None
    maximum: float | None = None

    @classmethod
    def of(cls, numbers: NDArray[np.floating[Any]]) -> "Distribution":
        """Describes n numbers, (n,)."""
        if not numbers.size:
            return cls(0)
        exact = numbers.astype(np.float64)
        quartiles = np.quantile(exact, (0, 0.25, 0.5, 0.75, 1)).tolist()
        return cls(int(exact.size), float(exact.mean()), float(exact.std()), *quartiles)


@dataclass(frozen=True)
class Histogram:
    """How many scores of pairs and of mined negatives lie where.

    Attributes:
        edges: from where to where each bar goes, one number more than there are bars; none where there is no score.
        positives: pairs in each bar.
        negatives: mined negatives in each bar.
    """

    edges: tuple[float, ...] = ()
    positives: tuple[int, ...] = ()
    negatives: tuple[int, ...] = ()

    @classmethod
    def of(cls, positives: Vectors, negatives: Vectors) -> "Histogram":
        """Counts scores (p,) and (n,) in bars of the same width from the lowest to the highest of them all."""
        if not positives.size:
            return cls()
        both = (positives, negatives) if negatives.size else (positives, positives)
        lowest, highest = float(min(map(np.min, both))), float(max(map(np.max, both)))
        edges = np.histogram_bin_edges(np.empty(0), BINS, (lowest, highest))
        counts = [tuple(np.histogram(each, edges)[0].tolist()) for each in (positives, negatives)]
        return cls(tuple(edges.tolist()), *counts)


@dataclass(frozen=True)
class Example:
    """A mined negative beside the best positive of its anchor; long texts are cut."""

    anchor: str
    positive: str
    negative: str
    positive_score: float
    negative_score: float


@dataclass(frozen=True)
class VetoReport:
    """How the veto did on known positives that were held out, one for each anchor; an estimate, not a judgement.

    Attributes:
        held_out: known positives that the ranking's first candidates would have held, had they not been known.
        found: the share of these that the veto would have found; None where there are too few to tell.
        taken: the share of these that would have been mined as negatives.
        false_negatives_at_most: at most about this share of the mined negatives is relevant.
        reinstated: negatives that the witnesses agree on, taken because their anchor had no others.
    """

    held_out: int
    found: float | None = None
    taken: float | None = None
    false_negatives_at_most: float | None = None
    reinstated: int = 0


@dataclass(frozen=True)
class MiningSummary:
    """What mining found and what it left out.

    Attributes:
        encoder: what the texts were embedded with.
        queries: different anchors.
        pairs: different (anchor, positive) pairs.
        corpus: different documents, the positives among them.
        num_negatives: negatives asked for, for each anchor.
        range_min: the lowest rank taken.
        range_max: the first rank not taken.
        negatives: negatives mined, over all anchors.
        queries_short: anchors with fewer negatives than asked for, those with none among them.
        queries_without: anchors with none.
        pairs_short: pairs of an anchor with fewer negatives than asked for: an n-tuple leaves them out.
        pairs_without: pairs of an anchor with none: all formats but labeled-pair leave them out.
        skipped: candidates not taken, by reason: `known_positive`, `excluded` (the anchor's own text, and what the
            caller excluded), `range_min`, `absolute_margin`, `relative_margin`, `max_score`, `min_score`, and with a
            veto `near_positive`, `near_anchor` (a positive of nearly the same anchor), `agreement`. A candidate counts
            once, for the first of these that holds; documents that rank behind `range_max` are no candidates.
        dropped: rows of the input that were left out, by reason: `blank_anchor`, `blank_positive`, `not_relevant` (a
            grade of 0 or less), `repeated_pair`; and documents that are no candidates: `blank_document` (of the
            corpus), `same_document` (differs from one before it in nothing but case, white space and Unicode
            composition; as a positive of its row it stays).
        positive_scores: scores of the pairs.
        negative_scores: scores of the mined negatives.
        differences: score of the pair minus score of the negative, for every pair and each of its negatives.
        per_anchor: how many anchors have 0, 1, .. `num_negatives` negatives.
        histogram: where the scores of the pairs and of the negatives lie.
        examples: the mined negatives that come closest to their anchor's best positive or go beyond it, one an anchor,
            to be looked at.
        veto: how the veto by agreement did; None without it.
        search: how the vectors were searched; None where something else ranked.
    """

    encoder: str
    queries: int
    pairs: int
    corpus: int
    num_negatives: int
    range_min: int
    range_max: int
    negatives: int
    queries_short: int
    queries_without: int
    pairs_short: int
    pairs_without: int
    positive_scores: Distribution
    negative_scores: Distribution
    differences: Distribution
    skipped: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    per_anchor: tuple[int, ...] = ()
    histogram: Histogram = Histogram()
    examples: tuple[Example, ...] = ()
    veto: VetoReport | None = None
    search: SearchReport | None = field(default=None, compare=False)  # it holds times

    def to_dict(self) -> dict[str, Any]:
        """The same as plain numbers, texts and dictionaries, fit for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [
            f"mined {self.negatives:,} negatives for {self.queries:,} anchors ({self.pairs:,} pairs) "
            f"among {self.corpus:,} documents, with {self.encoder}",
        ]
        if self.negatives:
            lines += ["", f"{'score':<12}{'positive':>12}{'negative':>12}{'difference':>12}"]
            columns = (self.positive_scores, self.negative_scores, self.differences)
            lines.append(f"{'count':<12}" + "".join(f"{each.count:>12,}" for each in columns))
            for name in ("mean", "std", "minimum", "quarter", "median", "three_quarters", "maximum"):
                shown = _SHOWN.get(name, name)
                lines.append(f"{shown:<12}" + "".join(f"{getattr(each, name):>z12.4f}" for each in columns))
            lines.append("")
        lines += [
            f"skipped {_counted(count, 'candidate')}: {reason}" for reason, count in self.skipped.items() if count
        ]
        lines += [
            f"dropped {_counted(count, 'document' if reason in _OF_DOCUMENTS else 'row')}: {reason}"
            for reason, count in self.dropped.items()
            if count
        ]
        if self.search is not None and (self.search.sample or self.search.note):  # else it is exact
            lines.append(str(self.search))
        lines += self._on_veto()
        if self.queries_short:
            lines.append(
                f"{self.queries_short:,} anchors have fewer than {self.num_negatives} negatives, "
                f"{self.queries_without:,} of them none; a greater range_max or looser filters find more"
            )
        lines += self._on_examples()
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """The report as a page of Markdown."""
        return "\n".join(self._page()) + "\n"

    def _on_veto(self) -> Iterator[str]:
        if self.veto is None:
            return
        if self.veto.reinstated:
            yield (
                f"{self.veto.reinstated:,} negatives are likely relevant and taken all the same: "
                "their anchors have no others"
            )
        if self.veto.found is not None and self.veto.taken is not None:
            yield (
                f"of {self.veto.held_out:,} known positives, hidden for a test, the veto finds {self.veto.found:.0%}, "
                f"and {self.veto.taken:.1%} would have been mined"
            )
        if self.veto.false_negatives_at_most is not None:
            yield f"estimate: at most {self.veto.false_negatives_at_most:.0%} of the negatives are relevant"

    def _on_examples(self) -> Iterator[str]:
        if self.examples:
            yield "look at the negatives that are closest to being positives:"
        for each in self.examples[:SHOWN_EXAMPLES]:
            yield f"  anchor           {quote(each.anchor, 90)}"
            yield f"  positive {each.positive_score:>7.4f} {quote(each.positive, 90)}"
            yield f"  negative {each.negative_score:>7.4f} {quote(each.negative, 90)}"

    def _page(self) -> Iterator[str]:
        yield "# Mining report"
        yield ""
        yield (
            f"{self.negatives:,} negatives for {self.queries:,} anchors ({self.pairs:,} pairs) among {self.corpus:,} "
            f"documents, with {_cell(self.encoder)}, ranks {self.range_min} to {self.range_max - 1}."
        )
        yield from ("", *(f"- {line}" for line in self._on_veto()))
        if self.search is not None:
            yield f"- {_cell(self.search)}"
        yield from _table(
            "Negatives of an anchor", ("negatives", "anchors"), [(n, f"{c:,}") for n, c in enumerate(self.per_anchor)]
        )
        for title, counts in (("Candidates not taken", self.skipped), ("Rows and documents left out", self.dropped)):
            yield from _table(title, ("reason", "count"), [(why, f"{n:,}") for why, n in counts.items() if n])
        bars = zip(self.histogram.edges, self.histogram.edges[1:], strict=False)
        yield from _table(
            "Scores",
            ("from", "to", "positives", "negatives"),
            [
                (f"{start:.3f}", f"{end:.3f}", f"{positives:,}", f"{negatives:,}")
                for (start, end), positives, negatives in zip(
                    bars, self.histogram.positives, self.histogram.negatives, strict=True
                )
            ],
        )
        yield from _table(
            "Negatives closest to being positives",
            ("anchor", "positive", "score", "negative", "score"),
            [
                (
                    *(each.anchor, each.positive, f"{each.positive_score:.4f}"),
                    *(each.negative, f"{each.negative_score:.4f}"),
                )
                for each in self.examples
            ],
        )


_SHOWN = {"minimum": "min", "quarter": "25 %", "three_quarters": "75 %", "maximum": "max"}


#: Reasons for which no row is dropped, only a document of those to mine from.
_OF_DOCUMENTS = ("blank_document", "same_document")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _table(title: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", f"## {title}", "", _row(names), "|" + "---|" * len(names))
    yield from map(_row, rows)


def _row(cells: tuple[Any, ...]) -> str:
    return "| " + " | ".join(_cell(each) for each in cells) + " |"


def _cell(value: Any) -> str:
    """Foreign text in a table of Markdown: on one line, and nothing in it is taken for markup."""
    text = printable(value)
    return "".join(f"\\{char}" if char in "\\|`*_[]<>#!" else char for char in text)


def summarise(
    *,
    encoder: str,
    candidates: int,
    queries: pa.Array,
    documents: pa.Array,
    pairs: Pairs,
    pair_scores: Vectors,
    negatives: Ids,
    scores: Vectors,
    selection: "Selection",
    skipped: dict[str, int],
    dropped: dict[str, int],
    veto: VetoReport | None = None,
    search: SearchReport | None = None,
) -> MiningSummary:
    """Describes what was mined.

    Args:
        encoder: what the texts were embedded with.
        candidates: how many of the documents could be mined.
        queries: the different anchors, (q,).
        documents: the different documents, (d,).
        pairs: the known pairs.
        pair_scores: their scores, (p,).
        negatives: what was mined for each query, (q, n), -1 where there is nothing.
        scores: their scores, (q, n), NaN where there is nothing.
        selection: what they were chosen by.
        skipped: candidates not taken, by reason.
        dropped: rows left out, by reason.
        veto: how the veto did.
    """
    found = negatives >= 0
    per_query = found.sum(axis=1)
    per_pair = per_query[pairs.query_ids]
    differences = (pair_scores[:, None] - scores[pairs.query_ids])[found[pairs.query_ids]]
    return MiningSummary(
        encoder=encoder,
        queries=len(per_query),
        pairs=len(per_pair),
        corpus=candidates,
        num_negatives=selection.num_negatives,
        range_min=selection.range_min,
        range_max=selection.end,
        negatives=int(found.sum()),
        queries_short=int((per_query < selection.num_negatives).sum()),
        queries_without=int((per_query == 0).sum()),
        pairs_short=int((per_pair < selection.num_negatives).sum()),
        pairs_without=int((per_pair == 0).sum()),
        positive_scores=Distribution.of(pair_scores),
        negative_scores=Distribution.of(scores[found]),
        differences=Distribution.of(differences),
        skipped=skipped,
        dropped=dropped,
        per_anchor=tuple(np.bincount(per_query, minlength=selection.num_negatives + 1).tolist()),
        histogram=Histogram.of(pair_scores, scores[found]),
        examples=_examples(queries, documents, pairs, pair_scores, negatives, scores),
        veto=veto,
        search=search,
    )


def _examples(
    queries: pa.Array, documents: pa.Array, pairs: Pairs, pair_scores: Vectors, negatives: Ids, scores: Vectors
) -> tuple[Example, ...]:
    """The best negatives of the queries where they come closest to the best positive."""
    starts = pairs.offsets[:-1]
    highest = np.maximum.reduceat(pair_scores, starts)
    # The first pair of each query that has its highest score.
    is_best = np.flatnonzero(pair_scores == np.repeat(highest, np.diff(pairs.offsets)))
    _, first = np.unique(pairs.query_ids[is_best], return_index=True)
    best = is_best[first]
    have = np.flatnonzero(negatives[:, 0] >= 0)
    by_distance = np.argsort((highest - scores[:, 0])[have], kind="stable")
    chosen = have[by_distance[:EXAMPLES]]
    texts = [
        [quote(text, EXAMPLE_LENGTH)[1:-1] for text in pool.take(pa.array(ids)).to_pylist()]
        for pool, ids in (
            (queries, chosen),
            (documents, pairs.document_ids[best[chosen]]),
            (documents, negatives[chosen, 0]),
        )
    ]
    numbers = (highest[chosen].tolist(), scores[chosen, 0].tolist())
    return tuple(Example(*row) for row in zip(*texts, *numbers, strict=True))
