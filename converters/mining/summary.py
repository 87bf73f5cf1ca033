"""What mining did, in numbers."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
            caller excluded), `range_min`, `absolute_margin`, `relative_margin`, `max_score`, `min_score`. A candidate
            counts once, for the first of these that holds; documents that rank behind `range_max` are no candidates.
        dropped: rows of the input that were left out, by reason: `blank_anchor`, `blank_positive`, `not_relevant` (a
            grade of 0 or less), `repeated_pair`, `blank_document` (of the corpus), `same_document` (differs from one
            before it in nothing but case, white space and Unicode composition; positives keep their spelling).
        positive_scores: scores of the pairs.
        negative_scores: scores of the mined negatives.
        differences: score of the pair minus score of the negative, for every pair and each of its negatives.
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
        lines += [f"skipped {count:,} candidates: {reason}" for reason, count in self.skipped.items() if count]
        lines += [f"dropped {count:,} rows: {reason}" for reason, count in self.dropped.items() if count]
        if self.queries_short:
            lines.append(
                f"{self.queries_short:,} anchors have fewer than {self.num_negatives} negatives, "
                f"{self.queries_without:,} of them none; a greater range_max or looser filters find more"
            )
        return "\n".join(lines)


_SHOWN = {"minimum": "min", "quarter": "25 %", "three_quarters": "75 %", "maximum": "max"}
