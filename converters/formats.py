"""The formats that training data comes in: one declarative table of their columns, roles and labels.

A format is what the trainers of sentence-transformers see: text columns first, in this order, then at most one label
column. A layout is not trainable as it stands, but is recognised and converts to a format.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal[
    "text",
    "anchor",
    "positive",
    "negative",
    "sentence_a",
    "sentence_b",
    "query",
    "document",
    "documents",
    "damaged",
    "original",
    "label",
    "id",
    "ignored",
]
LabelKind = Literal["none", "class", "binary", "score", "scores", "margin", "margins", "grade", "labels", "embedding"]

ROLES: tuple[str, ...] = get_args(Role)
LABEL_KINDS: tuple[str, ...] = get_args(LabelKind)

#: The names by which the trainers of sentence-transformers know a label column.
LABEL_NAMES = ("label", "labels", "score", "scores")


@dataclass(frozen=True)
class Format:
    """One format or layout.

    Attributes:
        name: its name on the command line.
        columns: canonical names of the text columns, in order. Where `repeats`, the last one stands for one or more
            numbered columns: `negative_1` to `negative_n`.
        roles: the role of each of `columns`.
        label_kind: what the label means.
        label_name: canonical name of the label column; None where there is none.
        repeats: whether the last text column repeats.
        trainable: False for a layout, which has to be converted first.
        summary: a line for people.
    """

    name: str
    columns: tuple[str, ...]
    roles: tuple[Role, ...]
    label_kind: LabelKind
    label_name: str | None
    summary: str
    repeats: bool = False
    trainable: bool = True

    def column_names(self, texts: int | None = None) -> list[str]:
        """Canonical names of all columns for a dataset with `texts` text columns (by default, the fewest)."""
        texts = texts or len(self.columns) + int(self.repeats)
        names = list(self.columns)
        if self.repeats or texts > len(self.columns):
            fixed = len(self.columns) - 1
            names = [*self.columns[:fixed], *(f"{self.columns[-1]}_{i + 1}" for i in range(texts - fixed))]
        return [*names, self.label_name] if self.label_name else names


_TRIPLE: tuple[Role, ...] = ("anchor", "positive", "negative")
_QUERY_TRIPLE = ("query", "positive", "negative")

_TABLE: Sequence[Format] = (
    Format("single", ("text",), ("text",), "none", None, "single texts"),
    Format("single-class", ("text",), ("text",), "class", "label", "single texts with a class"),
    Format("pair", ("anchor", "positive"), ("anchor", "positive"), "none", None, "pairs that belong together"),
    Format("identical-pair", ("anchor", "anchor_copy"), ("anchor", "anchor"), "none", None, "each text twice"),
    Format(
        "damaged-pair",
        ("damaged", "original"),
        ("damaged", "original"),
        "none",
        None,
        "damaged texts and originals",
    ),
    Format(
        "pair-class",
        ("sentence_a", "sentence_b"),
        ("sentence_a", "sentence_b"),
        "class",
        "label",
        "pairs with a class, such as entailment or contradiction",
    ),
    Format(
        "labeled-pair",
        ("anchor", "document"),
        ("anchor", "document"),
        "binary",
        "label",
        "pairs with 1 (belong together) or 0 (do not)",
    ),
    Format(
        "pair-score",
        ("sentence_a", "sentence_b"),
        ("sentence_a", "sentence_b"),
        "score",
        "score",
        "pairs with a similarity score",
    ),
    Format("triplet", ("anchor", "positive", "negative"), _TRIPLE, "none", None, "anchor, positive, negative"),
    Format(
        "n-tuple",
        ("anchor", "positive", "negative"),
        _TRIPLE,
        "none",
        None,
        "anchor, positive and several negatives",
        repeats=True,
    ),
    Format(
        "labeled-list",
        ("query", "documents"),
        ("query", "documents"),
        "labels",
        "labels",
        "queries with a list of documents and a label for each",
    ),
    Format("text-embedding", ("text",), ("text",), "embedding", "label", "texts with a teacher's embedding"),
    Format(
        "triplet-margin",
        _QUERY_TRIPLE,
        _TRIPLE,
        "margin",
        "score",
        "triplets with the teacher's score margin",
    ),
    Format(
        "n-tuple-margins",
        _QUERY_TRIPLE,
        _TRIPLE,
        "margins",
        "scores",
        "n-tuples with the teacher's score margins",
        repeats=True,
    ),
    Format("triplet-scores", _QUERY_TRIPLE, _TRIPLE, "scores", "scores", "triplets with two teacher scores"),
    Format(
        "n-tuple-scores",
        _QUERY_TRIPLE,
        _TRIPLE,
        "scores",
        "scores",
        "n-tuples with a teacher score for each document",
        repeats=True,
    ),
    Format(
        "grouped",
        ("query", "positives", "negatives"),
        _TRIPLE,
        "none",
        None,
        "queries with lists of positives and negatives",
        trainable=False,
    ),
    Format(
        "graded-pair",
        ("query", "document"),
        ("query", "document"),
        "grade",
        "grade",
        "queries and documents with a relevance grade",
        trainable=False,
    ),
    Format(
        "collection",
        (),
        (),
        "grade",
        None,
        "a corpus, queries and relevance judgements",
        trainable=False,
    ),
    Format(
        "qa",
        ("question", "context"),
        ("query", "document"),
        "none",
        None,
        "questions with a context and answers in it",
        trainable=False,
    ),
)

FORMATS: dict[str, Format] = {each.name: each for each in _TABLE}
