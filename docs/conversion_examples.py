"""Small examples of every format, and what each conversion makes of them: run, not written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.canonical import canonicalise
from converters.conversions import CONVERSIONS, Conversion, Made, Material, Mining, Options
from converters.mining import Selection

#: Negatives that are mined, and that an n-tuple gets.
NEGATIVES = 2

_TOWER, _EVEREST = "how tall is the Eiffel Tower", "how high is Mount Everest"
_TOWER_IS = "The Eiffel Tower is 330 m tall."
_TOWER_OPENED = "The Eiffel Tower opened in 1889."
_TOWER_AT_NIGHT = "The Eiffel Tower sparkles at night."
_EVEREST_IS = "Mount Everest is 8,849 m high."
_EVEREST_CLIMBED = "Mount Everest was first climbed in 1953."
_EVEREST_LIES = "Mount Everest lies in Nepal and China."
_WATER_BOILS = "Water boils at 100 °C."
_WATER_FREEZES = "Water freezes at 0 °C."


@dataclass(frozen=True)
class Example:
    """A few rows of a format.

    Attributes:
        table: the rows as a user has them.
        roles: the roles of its columns.
        corpus: texts beside the rows; none where there are none.
    """

    table: pa.Table
    roles: dict[str, str]
    corpus: tuple[str, ...] = ()

    def material(self, name: str) -> Material:
        """The rows in the canonical shape of the format."""
        if name == "collection":
            return Material(self.table, pa.chunked_array([pa.array(self.corpus)]))
        return Material(canonicalise(self.table, name, self.roles)[0])


def _example(columns: dict[str, list[Any]], roles: Sequence[str]) -> Example:
    return Example(pa.table(columns), dict(zip(columns, roles, strict=True)))


_PAIR, _JUDGED = ("anchor", "positive"), ("query", "document", "label")
_TRIPLE = ("anchor", "positive", "negative")
_ANCHORS = [_TOWER, _TOWER, _EVEREST]
_POSITIVES = [_TOWER_IS, _TOWER_IS, _EVEREST_IS]
_TUPLE = {
    "positive": [_TOWER_IS, _EVEREST_IS],
    "negative_1": [_TOWER_OPENED, _EVEREST_CLIMBED],
    "negative_2": [_TOWER_AT_NIGHT, _EVEREST_LIES],
}
_TRIPLET = {"positive": _POSITIVES, "negative": [_TOWER_OPENED, _TOWER_AT_NIGHT, _EVEREST_CLIMBED]}

#: A few rows of each format and layout.
EXAMPLES: dict[str, Example] = {
    "single": _example({"text": [_TOWER_IS, _EVEREST_IS, _WATER_BOILS]}, ["text"]),
    "single-class": _example(
        {
            "text": [_TOWER_IS, _WATER_BOILS, _TOWER_OPENED, _WATER_FREEZES],
            "label": ["sights", "physics", "sights", "physics"],
        },
        ["text", "label"],
    ),
    "pair": _example(
        {
            "anchor": [
                _TOWER,
                "when did the Eiffel Tower open",
                "when does the Eiffel Tower sparkle",
                _EVEREST,
                "who climbed Mount Everest first",
                "where does Mount Everest lie",
            ],
            "positive": [
                _TOWER_IS,
                _TOWER_OPENED,
                _TOWER_AT_NIGHT,
                _EVEREST_IS,
                _EVEREST_CLIMBED,
                _EVEREST_LIES,
            ],
        },
        _PAIR,
    ),
    "identical-pair": _example(
        {"anchor": [_TOWER_IS, _WATER_BOILS], "anchor_copy": [_TOWER_IS, _WATER_BOILS]}, ["anchor", "anchor"]
    ),
    "damaged-pair": _example(
        {"damaged": ["Eiffel is tall.", "boils"], "original": [_TOWER_IS, _WATER_BOILS]}, ["damaged", "original"]
    ),
    "pair-class": _example(
        {
            "sentence_a": ["A man plays a guitar.", "A man plays a guitar.", "A man plays a guitar."],
            "sentence_b": ["Someone makes music.", "The man is on a stage.", "Nobody plays anything."],
            "label": ["entailment", "neutral", "contradiction"],
        },
        ["sentence_a", "sentence_b", "label"],
    ),
    "labeled-pair": _example(
        {
            "anchor": [_TOWER, _TOWER, _TOWER, _EVEREST, _EVEREST],
            "document": [_TOWER_IS, _TOWER_OPENED, _TOWER_AT_NIGHT, _EVEREST_IS, _EVEREST_CLIMBED],
            "label": [1, 0, 0, 1, 0],
        },
        ["anchor", "document", "label"],
    ),
    "pair-score": _example(
        {
            "sentence_a": [_TOWER, _TOWER, _TOWER, _EVEREST],
            "sentence_b": [_TOWER_IS, _TOWER_OPENED, _WATER_BOILS, _EVEREST_IS],
            "score": [4.5, 2.0, 0.0, 5.0],
        },
        ["sentence_a", "sentence_b", "label"],
    ),
    "triplet": _example({"anchor": _ANCHORS, **_TRIPLET}, _TRIPLE),
    "n-tuple": _example({"anchor": [_TOWER, _EVEREST], **_TUPLE}, (*_TRIPLE, "negative")),
    "labeled-list": _example(
        {
            "query": [_TOWER, _EVEREST],
            "documents": [[_TOWER_IS, _TOWER_OPENED, _WATER_BOILS], [_EVEREST_IS, _EVEREST_LIES, _EVEREST_CLIMBED]],
            "labels": [[2, 0, 0], [2, 1, 0]],
        },
        ["query", "documents", "label"],
    ),
    "text-embedding": _example(
        {"text": [_TOWER_IS, _WATER_BOILS], "label": [[0.6, 0.0, 0.8], [0.0, 1.0, 0.0]]}, ["text", "label"]
    ),
    "triplet-margin": _example({"query": _ANCHORS, **_TRIPLET, "score": [5.5, 7.25, 4.0]}, (*_TRIPLE, "label")),
    "n-tuple-margins": _example(
        {"query": [_TOWER, _EVEREST], **_TUPLE, "scores": [[5.5, 7.25], [4.0, 6.5]]}, (*_TRIPLE, "negative", "label")
    ),
    "triplet-scores": _example(
        {"query": _ANCHORS, **_TRIPLET, "scores": [[8.0, 2.5], [8.0, 0.75], [7.0, 3.0]]}, (*_TRIPLE, "label")
    ),
    "n-tuple-scores": _example(
        {"query": [_TOWER, _EVEREST], **_TUPLE, "scores": [[8.0, 2.5, 0.75], [7.0, 3.0, 0.5]]},
        (*_TRIPLE, "negative", "label"),
    ),
    "grouped": _example(
        {
            "query": [_TOWER, _EVEREST],
            "pos": [[_TOWER_IS], [_EVEREST_IS]],
            "neg": [[_TOWER_OPENED, _TOWER_AT_NIGHT], [_EVEREST_CLIMBED, _EVEREST_LIES]],
            "pos_scores": [[8.0], [7.0]],
            "neg_scores": [[2.5, 0.75], [3.0, 0.5]],
        },
        ["query", "positive", "negative", "label", "label"],
    ),
    "graded-pair": _example(
        {
            "query": [_TOWER, _TOWER, _TOWER, _EVEREST, _EVEREST, _EVEREST],
            "document": [_TOWER_IS, _TOWER_OPENED, _WATER_BOILS, _EVEREST_IS, _EVEREST_LIES, _WATER_FREEZES],
            "grade": [3, 0, 0, 2, 1, 0],
        },
        _JUDGED,
    ),
    "collection": Example(
        pa.table(
            {
                "query": [_TOWER, _EVEREST, _TOWER],
                "document": [_TOWER_IS, _EVEREST_IS, _TOWER_OPENED],
                "grade": [1.0, 2.0, 0.0],
            }
        ),
        {},
        (_TOWER_IS, _EVEREST_IS, _TOWER_OPENED, _EVEREST_LIES, _WATER_BOILS, _TOWER_AT_NIGHT, _EVEREST_CLIMBED),
    ),
    "qa": _example(
        {
            "question": ["how tall is it", "when was it climbed first"],
            "context": ["It is 8,849 m high.", "It was climbed in 1953."],
            "answers": [
                {"text": ["8,849 m"], "answer_start": [6]},
                {"text": ["1953"], "answer_start": [18]},
            ],
        },
        ["query", "document", "ignored"],
    ),
}


class _Scores:
    """Stands in for a cross-encoder: the share of the first text's words that the second one has."""

    def predict(self, pairs: Sequence[Sequence[str]], **_: Any) -> NDArray[np.float32]:
        shares = [len(_words(first) & _words(second)) / len(_words(first)) for first, second in pairs]
        return np.array(shares, dtype=np.float32)


class _Embeds:
    """Stands in for a model that embeds: how often a text has each of three letters."""

    def encode(self, texts: Sequence[str], **_: Any) -> NDArray[np.float32]:
        return np.array([[text.lower().count(letter) for letter in "aei"] for text in texts], dtype=np.float32)


def _words(text: str) -> set[str]:
    return set(text.lower().strip(".").split())


def run(step: Conversion) -> Made:
    """What a conversion makes of the example of its source."""
    selection = Selection(num_negatives=1 if step.target == "triplet" else NEGATIVES)
    teacher = None
    if step.needs is not None:
        teacher = _Embeds() if step.target == "text-embedding" else _Scores()
    options = Options(
        Mining(selection=selection),
        num_negatives=NEGATIVES if step.target.startswith("n-tuple") else None,
        teacher=teacher,
    )
    return step.apply(EXAMPLES[step.source].material(step.source), step.target, options)


def run_all() -> dict[tuple[str, str], Made]:
    """What every conversion makes of its example."""
    return {way: run(step) for way, step in CONVERSIONS.items()}
