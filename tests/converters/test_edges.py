"""Every conversion that does not mine, on examples worked out by hand."""

import json
from typing import Any

import pyarrow as pa
import pytest

from converters import InputError
from converters.conversions import CONVERSIONS, Made, Material, Options
from converters.formats import FORMATS


def classes(table: pa.Table, *names: str) -> pa.Table:
    """A table whose label carries the names of its classes."""
    features = {name: {"dtype": "string", "_type": "Value"} for name in table.column_names}
    features["label"] = {"names": list(names), "_type": "ClassLabel"}
    return table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def made(source: str, target: str, table: pa.Table, **options: Any) -> Made:
    return CONVERSIONS[source, target].apply(Material(table), target, Options(**options))


class Teacher:
    """A cross-encoder whose score of a pair is known: how often the first text, and how often n, stands in it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [SCORES.get(document, 0.5) for _, document in pairs]


SCORES = {"p": 1.0, "q": 0.75, "n": 0.25, "m": 0.0}


class Embedder:
    """A bi-encoder of two numbers a text."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        return [[float(len(text)), 1.0] for text in texts]


#: What each source looks like.
TABLES = {
    "pair": pa.table({"anchor": ["a", "b", "a"], "positive": ["p", "q", "p"]}),
    "text-embedding": pa.table({"text": ["a", "b"], "label": [[1.0, 2.0], [3.0, 4.0]]}),
    "identical-pair": pa.table({"anchor": ["a", "a"], "anchor_copy": ["a", "a"]}),
    "damaged-pair": pa.table({"damaged": ["one", "x"], "original": ["one two", "x y"]}),
    "single-class": pa.table({"text": ["a", "b", "a"], "label": [0, 1, 0]}),
    "single": pa.table({"text": ["one two three", "four"]}),
    "labeled-pair": pa.table(
        {
            "anchor": ["a", "a", "a", "a", "b", "c"],
            "document": ["p", "n", "m", "o", "q", "n"],
            "label": [1, 0, 0, 1, 1, 0],
        }
    ),
    "triplet": pa.table(
        {"anchor": ["a", "a", "b"], "positive": ["p", "p", "q"], "negative": ["n", "m", "n"]},
    ),
    "n-tuple": pa.table(
        {"anchor": ["a", "b"], "positive": ["p", "q"], "negative_1": ["n", "n"], "negative_2": ["m", "p"]},
    ),
    "labeled-list": pa.table(
        {
            "query": ["a", "b", "c"],
            "documents": [["p", "n", "m"], ["q", "n"], ["p"]],
            "labels": [[2, 0, 0], [0, 0], [1]],
        }
    ),
    "graded-pair": pa.table(
        {
            "query": ["a", "b", "a", "a", "b"],
            "document": ["p", "q", "n", "o", "r"],
            "grade": [2.0, 1.0, 0.0, 1.0, 0.0],
        }
    ),
    "grouped": pa.table(
        {
            "query": ["a", "b"],
            "positives": [["p"], ["q", "r"]],
            "negatives": [["n", "m"], ["n", "m", "o"]],
            "positive_scores": [[9.0], [8.0, 7.0]],
            "negative_scores": [[1.0, 2.0], [3.0, 4.0, 5.0]],
        }
    ),
    "pair-score": pa.table({"sentence_a": ["a", "a", "b"], "sentence_b": ["p", "n", "q"], "score": [1.0, 0.2, 0.5]}),
    "pair-class": classes(
        pa.table(
            {
                "sentence_a": ["a", "a", "a", "b"],
                "sentence_b": ["p", "n", "m", "q"],
                "label": [0, 2, 1, 0],
            }
        ),
        *("entailment", "neutral", "contradiction"),
    ),
    "qa": pa.table({"question": ["who?", "when?"], "context": ["they", "then"]}),
    "triplet-scores": pa.table(
        {"query": ["a", "b"], "positive": ["p", "q"], "negative": ["n", "m"], "scores": [[9.0, 1.0], [4.0, 6.0]]}
    ),
    "n-tuple-scores": pa.table(
        {
            "query": ["a"],
            "positive": ["p"],
            "negative_1": ["n"],
            "negative_2": ["m"],
            "scores": [[9.0, 1.0, -2.0]],
        }
    ),
    "triplet-margin": pa.table({"query": ["a"], "positive": ["p"], "negative": ["n"], "score": [3.0]}),
    "n-tuple-margins": pa.table(
        {"query": ["a"], "positive": ["p"], "negative_1": ["n"], "negative_2": ["m"], "scores": [[3.0, 4.0]]}
    ),
    "collection": pa.table(
        {"query": ["a", "b", "a", "b"], "document": ["p", "p", "n", "m"], "grade": [2.0, 1.0, 0.0, -1.0]}
    ),
}

#: What comes out of them, row by row.
EXPECTED: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    ("single", "identical-pair"): [("one two three", "one two three"), ("four", "four")],
    ("labeled-pair", "pair"): [("a", "p"), ("a", "o"), ("b", "q")],
    ("labeled-pair", "triplet"): [("a", "p", "n"), ("a", "o", "m")],
    ("labeled-pair", "n-tuple"): [("a", "p", "n", "m"), ("a", "o", "n", "m")],
    ("labeled-pair", "labeled-list"): [("a", ["p", "n", "m", "o"], [1, 0, 0, 1])],
    ("triplet", "pair"): [("a", "p"), ("b", "q")],
    ("triplet", "n-tuple"): [("a", "p", "n", "m")],
    ("triplet", "labeled-pair"): [("a", "p", 1), ("a", "n", 0), ("a", "m", 0), ("b", "q", 1), ("b", "n", 0)],
    ("triplet", "labeled-list"): [("a", ["p", "n", "m"], [1, 0, 0]), ("b", ["q", "n"], [1, 0])],
    ("n-tuple", "pair"): [("a", "p"), ("b", "q")],
    ("n-tuple", "triplet"): [("a", "p", "n"), ("a", "p", "m"), ("b", "q", "n"), ("b", "q", "p")],
    ("n-tuple", "labeled-pair"): [
        *(("a", "p", 1), ("a", "n", 0), ("a", "m", 0)),
        *(("b", "q", 1), ("b", "n", 0), ("b", "p", 0)),
    ],
    ("n-tuple", "labeled-list"): [("a", ["p", "n", "m"], [1, 0, 0]), ("b", ["q", "n", "p"], [1, 0, 0])],
    ("labeled-list", "pair"): [("a", "p"), ("c", "p")],
    ("labeled-list", "triplet"): [("a", "p", "n"), ("a", "p", "m")],
    ("labeled-list", "n-tuple"): [("a", "p", "n", "m")],
    ("labeled-list", "labeled-pair"): [
        *(("a", "p", 1), ("a", "n", 0), ("a", "m", 0)),
        *(("b", "q", 0), ("b", "n", 0), ("c", "p", 1)),
    ],
    ("graded-pair", "pair"): [("a", "p"), ("b", "q"), ("a", "o")],
    ("graded-pair", "labeled-list"): [("a", ["p", "n", "o"], [2, 0, 1]), ("b", ["q", "r"], [1, 0])],
    ("graded-pair", "labeled-pair"): [("a", "p", 1), ("b", "q", 1), ("a", "n", 0), ("a", "o", 1), ("b", "r", 0)],
    ("graded-pair", "triplet"): [("a", "p", "n"), ("a", "o", "n"), ("b", "q", "r")],
    ("graded-pair", "n-tuple"): [],
    ("graded-pair", "pair-score"): [("a", "p", 1), ("b", "q", 0.5), ("a", "n", 0), ("a", "o", 0.5), ("b", "r", 0)],
    ("labeled-list", "pair-score"): [
        *(("a", "p", 1.0), ("a", "n", 0.0), ("a", "m", 0.0)),
        *(("b", "q", 0.0), ("b", "n", 0.0), ("c", "p", 0.5)),
    ],
    ("labeled-list", "triplet-scores"): [("a", "p", "n", [2, 0]), ("a", "p", "m", [2, 0])],
    ("labeled-list", "n-tuple-scores"): [("a", "p", "n", "m", [2, 0, 0])],
    ("labeled-list", "triplet-margin"): [("a", "p", "n", 2), ("a", "p", "m", 2)],
    ("labeled-list", "n-tuple-margins"): [("a", "p", "n", "m", [2, 2])],
    ("graded-pair", "triplet-scores"): [("a", "p", "n", [2, 0]), ("a", "o", "n", [1, 0]), ("b", "q", "r", [1, 0])],
    ("graded-pair", "n-tuple-scores"): [],
    ("graded-pair", "triplet-margin"): [("a", "p", "n", 2), ("a", "o", "n", 1), ("b", "q", "r", 1)],
    ("graded-pair", "n-tuple-margins"): [],
    ("pair-score", "labeled-list"): [("a", ["p", "n"], [1.0, 0.2])],
    ("pair-score", "triplet-scores"): [("a", "p", "n", [1.0, 0.2])],
    ("pair-score", "n-tuple-scores"): [],
    ("pair-score", "triplet-margin"): [("a", "p", "n", 0.8)],
    ("pair-score", "n-tuple-margins"): [],
    ("triplet-scores", "n-tuple-scores"): [],
    ("triplet-scores", "pair-score"): [("a", "p", 0.9), ("a", "n", 0.1), ("b", "q", 0.4), ("b", "m", 0.6)],
    ("n-tuple-scores", "pair-score"): [("a", "p", 1.0), ("a", "n", 3 / 11), ("a", "m", 0.0)],
    ("n-tuple-scores", "triplet-scores"): [("a", "p", "n", [9, 1]), ("a", "p", "m", [9, -2])],
    ("n-tuple-margins", "triplet-margin"): [("a", "p", "n", 3), ("a", "p", "m", 4)],
    ("triplet-margin", "n-tuple-margins"): [],
    ("single-class", "single"): [("a",), ("b",)],
    ("pair", "single"): [("a",), ("p",), ("b",), ("q",)],
    ("pair-class", "single"): [("a",), ("p",), ("n",), ("m",), ("b",), ("q",)],
    ("pair-score", "single"): [("a",), ("p",), ("n",), ("b",), ("q",)],
    ("labeled-pair", "single"): [("a",), ("p",), ("n",), ("m",), ("o",), ("b",), ("q",), ("c",)],
    ("triplet", "single"): [("a",), ("p",), ("n",), ("m",), ("b",), ("q",)],
    ("n-tuple", "single"): [("a",), ("p",), ("n",), ("m",), ("b",), ("q",)],
    ("labeled-list", "single"): [("a",), ("p",), ("n",), ("m",), ("b",), ("q",), ("c",)],
    ("graded-pair", "single"): [("a",), ("p",), ("b",), ("q",), ("n",), ("o",), ("r",)],
    ("grouped", "single"): [("a",), ("p",), ("n",), ("m",), ("b",), ("q",), ("r",), ("o",)],
    ("collection", "single"): [("a",), ("p",), ("b",), ("n",), ("m",)],
    ("qa", "single"): [("who?",), ("they",), ("when?",), ("then",)],
    ("text-embedding", "single"): [("a",), ("b",)],
    ("triplet-scores", "single"): [("a",), ("p",), ("n",), ("b",), ("q",), ("m",)],
    ("triplet-margin", "single"): [("a",), ("p",), ("n",)],
    ("n-tuple-scores", "single"): [("a",), ("p",), ("n",), ("m",)],
    ("n-tuple-margins", "single"): [("a",), ("p",), ("n",), ("m",)],
    ("identical-pair", "single"): [("a",), ("a",)],
    ("damaged-pair", "single"): [("one two",), ("x y",)],
    ("grouped", "pair"): [("a", "p"), ("b", "q"), ("b", "r")],
    ("grouped", "triplet"): [("a", "p", "n"), ("a", "p", "m"), ("b", "q", "n"), ("b", "r", "m"), ("b", "q", "o")],
    ("grouped", "n-tuple"): [("a", "p", "n", "m"), ("b", "q", "n", "m"), ("b", "r", "o", "n")],
    ("grouped", "labeled-pair"): [
        *(("a", "p", 1), ("a", "n", 0), ("a", "m", 0)),
        *(("b", "q", 1), ("b", "r", 1), ("b", "n", 0), ("b", "m", 0), ("b", "o", 0)),
    ],
    ("grouped", "labeled-list"): [
        ("a", ["p", "n", "m"], [1, 0, 0]),
        ("b", ["q", "r", "n", "m", "o"], [1, 1, 0, 0, 0]),
    ],
    ("grouped", "triplet-scores"): [
        *(("a", "p", "n", [9, 1]), ("a", "p", "m", [9, 2])),
        *(("b", "q", "n", [8, 3]), ("b", "r", "m", [7, 4]), ("b", "q", "o", [8, 5])),
    ],
    ("grouped", "n-tuple-scores"): [
        ("a", "p", "n", "m", [9, 1, 2]),
        *(("b", "q", "n", "m", [8, 3, 4]), ("b", "r", "o", "n", [7, 5, 3])),
    ],
    ("grouped", "triplet-margin"): [
        *(("a", "p", "n", 8), ("a", "p", "m", 7)),
        *(("b", "q", "n", 5), ("b", "r", "m", 3), ("b", "q", "o", 3)),
    ],
    ("grouped", "n-tuple-margins"): [
        ("a", "p", "n", "m", [8, 7]),
        *(("b", "q", "n", "m", [5, 4]), ("b", "r", "o", "n", [2, 4])),
    ],
    ("pair-score", "labeled-pair"): [("a", "p", 1), ("a", "n", 0), ("b", "q", 1)],
    ("pair-score", "pair"): [("a", "p"), ("b", "q")],
    ("pair-class", "pair"): [("a", "p"), ("b", "q")],
    ("pair-class", "triplet"): [("a", "p", "n")],
    ("pair-class", "labeled-pair"): [("a", "p", 1), ("a", "n", 0), ("b", "q", 1)],
    ("pair-class", "pair-score"): [("a", "p", 1), ("a", "n", 0), ("a", "m", 0.5), ("b", "q", 1)],
    ("qa", "pair"): [("who?", "they"), ("when?", "then")],
    ("triplet-scores", "triplet"): [("a", "p", "n"), ("b", "q", "m")],
    ("triplet-scores", "triplet-margin"): [("a", "p", "n", 8), ("b", "q", "m", -2)],
    ("triplet-scores", "labeled-list"): [("a", ["p", "n"], [9, 1]), ("b", ["q", "m"], [4, 6])],
    ("n-tuple-scores", "n-tuple"): [("a", "p", "n", "m")],
    ("n-tuple-scores", "n-tuple-margins"): [("a", "p", "n", "m", [8, 11])],
    ("n-tuple-scores", "labeled-list"): [("a", ["p", "n", "m"], [11, 3, 0])],
    ("triplet-margin", "triplet"): [("a", "p", "n")],
    ("n-tuple-margins", "n-tuple"): [("a", "p", "n", "m")],
    ("collection", "pair"): [("a", "p"), ("b", "p")],
    ("collection", "graded-pair"): [("a", "p", 2), ("b", "p", 1), ("a", "n", 0), ("b", "m", 0)],
    ("collection", "pair-score"): [("a", "p", 1), ("b", "p", 0.5), ("a", "n", 0), ("b", "m", 0)],
}

#: What comes out of them with a teacher.
TAUGHT: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    ("pair", "pair-score"): [("a", "p", 1.0), ("b", "q", 0.75), ("a", "p", 1.0)],
    ("labeled-pair", "pair-score"): [
        *(("a", "p", 1.0), ("a", "n", 0.25), ("a", "m", 0.0), ("a", "o", 0.5), ("b", "q", 0.75), ("c", "n", 0.25)),
    ],
    ("pair-score", "pair-score"): [("a", "p", 1.0), ("a", "n", 0.25), ("b", "q", 0.75)],
    ("triplet", "triplet-scores"): [("a", "p", "n", [1, 0.25]), ("a", "p", "m", [1, 0]), ("b", "q", "n", [0.75, 0.25])],
    ("triplet", "triplet-margin"): [("a", "p", "n", 0.75), ("a", "p", "m", 1), ("b", "q", "n", 0.5)],
    ("n-tuple", "n-tuple-scores"): [("a", "p", "n", "m", [1, 0.25, 0]), ("b", "q", "n", "p", [0.75, 0.25, 1])],
    ("n-tuple", "n-tuple-margins"): [("a", "p", "n", "m", [0.75, 1]), ("b", "q", "n", "p", [0.5, -0.25])],
    ("labeled-list", "labeled-list"): [
        *(("a", ["p", "n", "m"], [1, 0.25, 0]), ("b", ["q", "n"], [0.75, 0.25]), ("c", ["p"], [1])),
    ],
    ("single", "text-embedding"): [("one two three", [13.0, 1.0]), ("four", [4.0, 1.0])],
}

#: What is drawn at random is tested below, each by itself.
DRAWN = {edge for edge, way in CONVERSIONS.items() if way.samples}


def test_every_conversion_is_tested() -> None:
    assert {edge for edge, way in CONVERSIONS.items() if way.needs} == set(TAUGHT)
    assert {edge for edge, way in CONVERSIONS.items() if not way.mines} == set(EXPECTED) | set(TAUGHT) | DRAWN


@pytest.mark.parametrize("edge", EXPECTED, ids=lambda edge: " to ".join(edge))
def test_by_hand(edge: tuple[str, str]) -> None:
    table = made(*edge, TABLES[edge[0]]).table
    assert list(zip(*table.to_pydict().values(), strict=True)) == EXPECTED[edge]
    texts = table.num_columns - (FORMATS[edge[1]].label_name is not None)
    assert table.column_names == FORMATS[edge[1]].column_names(texts)


@pytest.mark.parametrize("edge", TAUGHT, ids=lambda edge: " to ".join(edge))
def test_taught_by_hand(edge: tuple[str, str]) -> None:
    teacher = Embedder() if edge[1] == "text-embedding" else Teacher()
    table = made(*edge, TABLES[edge[0]], teacher=teacher).table
    assert list(zip(*table.to_pydict().values(), strict=True)) == TAUGHT[edge]
    texts = table.num_columns - 1
    assert table.column_names == FORMATS[edge[1]].column_names(texts)
    asked = getattr(teacher, "asked", [])
    assert len(asked) == len(set(asked))


def test_what_is_left_out_is_counted() -> None:
    assert made("labeled-pair", "triplet", TABLES["labeled-pair"]).left_out == {
        "anchors without a positive": 1,
        "anchors without a negative": 1,
    }
    assert made("labeled-pair", "n-tuple", TABLES["labeled-pair"]).left_out == {
        "anchors without a positive": 1,
        "anchors with fewer than 2 negatives": 1,
    }
    assert made("labeled-list", "triplet", TABLES["labeled-list"]).left_out == {
        "anchors without a positive": 1,
        "anchors without a negative": 1,
    }
    assert made("labeled-pair", "labeled-list", TABLES["labeled-pair"]).left_out == {
        "anchors whose documents all have the same label": 2
    }
    assert made("labeled-pair", "pair", TABLES["labeled-pair"]).left_out == {"pairs that do not belong together": 3}
    assert made("pair-class", "labeled-pair", TABLES["pair-class"]).left_out == {
        "pairs of a class that does not tell": 1
    }


def test_a_positive_somewhere_is_a_negative_nowhere() -> None:
    table = pa.table({"anchor": ["a", "a"], "positive": ["p", "q"], "negative": ["n", " p "]})
    pairs = made("triplet", "labeled-pair", table)
    assert set(zip(*pairs.table.to_pydict().values(), strict=True)) == {("a", "p", 1), ("a", "q", 1), ("a", "n", 0)}
    assert pairs.left_out == {"judgements that another one overrules": 1}
    tuples = pa.table({"anchor": ["a", "a"], "positive": ["p", "q"], "negative_1": ["n"] * 2, "negative_2": ["m", "p"]})
    split = made("n-tuple", "triplet", tuples)
    assert split.table["negative"].to_pylist() == ["n", "m", "n"]
    assert split.left_out == {"negatives that are a positive of the same anchor elsewhere": 1}
    scored = pa.table(
        {"query": ["a", "a"], "positive": ["p", "q"], "negative": ["n", "p"], "scores": [[2.0, 1.0], [3.0, 2.0]]}
    )
    assert made("triplet-scores", "triplet", scored).table["negative"].to_pylist() == ["n"]


def test_the_number_of_negatives_of_a_tuple() -> None:
    lists = pa.table(
        {
            "query": [f"q{i}" for i in range(5)],
            "documents": [["p", *(f"n{j}" for j in range(size))] for size in (2, 4, 4, 4, 9)],
            "labels": [[1] + [0] * size for size in (2, 4, 4, 4, 9)],
        }
    )
    most = made("labeled-list", "n-tuple", lists)
    assert most.table.column_names[-1] == "negative_4"
    assert most.table["anchor"].to_pylist() == ["q1", "q2", "q3", "q4", "q4", "q4"]
    assert most.left_out == {"anchors with fewer than 4 negatives": 1}
    assert made("labeled-list", "n-tuple", lists, num_negatives=9).table["anchor"].to_pylist() == ["q4"]
    with pytest.raises(InputError, match="triplet"):
        made("labeled-list", "n-tuple", lists, num_negatives=1)


# -- thresholds ------------------------------------------------------------------------------------------------------


def test_thresholds() -> None:
    scores = TABLES["pair-score"]
    assert made("pair-score", "labeled-pair", scores, threshold=0.6).table["label"].to_pylist() == [1, 0, 0]
    assert made("pair-score", "pair", scores, threshold=0.2).table.num_rows == 3
    with pytest.raises(InputError, match=r"0\.\.1"):
        made("pair-score", "pair", scores, threshold=3)
    grades = pa.table({"query": ["a"] * 3, "document": ["p", "n", "m"], "grade": [4.0, 2.0, 1.0]})
    assert made("graded-pair", "triplet", grades).table.num_rows == 0
    told = made("graded-pair", "triplet", grades, threshold=3).table
    assert told.to_pylist() == [
        {"anchor": "a", "positive": "p", "negative": "n"},
        {"anchor": "a", "positive": "p", "negative": "m"},
    ]
    assert made("graded-pair", "labeled-list", grades).table["labels"].to_pylist() == [[4, 2, 1]]


def test_two_thresholds() -> None:
    scores = pa.table({"sentence_a": ["a"] * 4, "sentence_b": list("pqnm"), "score": [0.9, 0.6, 0.4, 0.1]})
    both = {"threshold": 0.8, "negative_threshold": 0.2}
    pairs = made("pair-score", "labeled-pair", scores, **both)
    assert pairs.table["document"].to_pylist() == ["p", "m"]
    assert pairs.table["label"].to_pylist() == [1, 0]
    assert pairs.left_out == {"pairs between the thresholds": 2}
    assert made("pair-score", "triplet-scores", scores, **both).table.to_pylist() == [
        {"query": "a", "positive": "p", "negative": "m", "scores": [0.9, 0.1]}
    ]
    assert made("pair-score", "labeled-list", scores, **both).table["documents"].to_pylist() == [list("pqnm")]
    grades = pa.table({"query": ["a"] * 3, "document": ["p", "n", "m"], "grade": [3.0, 1.0, 0.0]})
    triplets = made("graded-pair", "triplet", grades, threshold=2, negative_threshold=0)
    assert triplets.table["negative"].to_pylist() == ["m"]
    assert triplets.left_out == {"pairs between the thresholds": 1}
    for options in ({"negative_threshold": 0.5}, {"negative_threshold": 0.7}, {"negative_threshold": -1}):
        with pytest.raises(InputError, match="threshold"):
            made("pair-score", "labeled-pair", scores, **options)
    with pytest.raises(InputError, match="lower one"):
        Options(threshold=1, negative_threshold=1)


# -- classes of pairs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("ENTAILMENT", "Neutral", "Contradiction"),
        ("entails", "neutral", "contradicts"),
        ("e", "n", "c"),
        ("SUPPORTS", "NOT ENOUGH INFO", "REFUTES"),
        ("entailment", "unheard of", "not_entailment"),
    ],
)
def test_classes_that_say_what_follows(names: tuple[str, ...]) -> None:
    table = classes(TABLES["pair-class"], *names)
    assert made("pair-class", "triplet", table).table.to_pylist() == [{"anchor": "a", "positive": "p", "negative": "n"}]


@pytest.mark.parametrize("names", [("0", "1", "2"), ("same", "alike", "other"), ()])
def test_classes_that_do_not(names: tuple[str, ...]) -> None:
    table = classes(TABLES["pair-class"], *names) if names else TABLES["pair-class"].replace_schema_metadata(None)
    for target in ("pair", "triplet", "labeled-pair", "pair-score"):
        with pytest.raises(InputError, match="entailment"):
            made("pair-class", target, table)


def test_scores_of_classes() -> None:
    table = classes(TABLES["pair-class"], "same", "alike", "other")
    scored = made("pair-class", "pair-score", table, class_scores={"Same": 1, "alike": 0.8, "other": 0.1})
    assert scored.table["score"].to_pylist() == [1, 0.1, 0.8, 1]
    assert scored.left_out == {}
    some = made("pair-class", "pair-score", table, class_scores={"same": 0.7})
    assert some.table["score"].to_pylist() == [0.7, 0.7]
    assert some.left_out == {"pairs of a class that does not tell": 2}
    told = {"same": 1, "alike": 0.5, "other": 0}
    triplet = {"anchor": "a", "positive": "p", "negative": "n"}
    assert made("pair-class", "triplet", table, class_scores=told).table.to_pylist() == [triplet]
    pairs = made("pair-class", "labeled-pair", table, class_scores=told, threshold=0.5).table
    assert pairs["label"].to_pylist() == [1, 0, 1, 1]
    with pytest.raises(InputError, match="did you mean 'alike'"):
        made("pair-class", "pair-score", table, class_scores={"alikke": 1})
    with pytest.raises(InputError, match="0 to 1"):
        Options(class_scores={"same": 5})


# -- scores ----------------------------------------------------------------------------------------------------------


def test_rows_whose_scores_do_not_match_are_left_out() -> None:
    table = pa.table(
        {
            "query": list("abcd"),
            "positive": list("pqrs"),
            "negative": list("nmlk"),
            "scores": [[1.0], [2.0, 1.0], None, [float("nan"), 1.0]],
        }
    )
    done = made("triplet-scores", "triplet-margin", table)
    assert done.table.to_pylist() == [{"query": "b", "positive": "q", "negative": "m", "score": 1.0}]
    assert done.left_out == {"rows whose scores do not match their texts": 3}


def test_groups_without_scores() -> None:
    with pytest.raises(InputError, match="teacher"):
        made("grouped", "triplet-scores", TABLES["grouped"].select(["query", "positives", "negatives"]))


def test_scores_are_gathered_and_taken_apart_again() -> None:
    rows = [("a", "p", "n", [9.0, 1.0]), ("b", "q", "n", [4.0, 6.0]), ("a", "p", "m", [9.0, 2.0])]
    rows += [("a", "o", "n", [8.0, 1.0]), ("a", "o", "m", [8.0, 2.0]), ("a", "p", "n", [9.0, 1.0])]
    table = pa.table(
        dict(zip(("query", "positive", "negative", "scores"), map(list, zip(*rows, strict=True)), strict=True))
    )
    done = made("triplet-scores", "n-tuple-scores", table)
    assert [tuple(row.values()) for row in done.table.to_pylist()] == [
        ("a", "p", "n", "m", [9, 1, 2]),
        ("a", "o", "n", "m", [8, 1, 2]),
    ]
    assert done.left_out == {"positives with fewer than 2 negatives": 1}
    back = made("n-tuple-scores", "triplet-scores", done.table).table.to_pylist()
    assert {str(row) for row in back} == {str(row) for row in table.to_pylist() if row["query"] == "a"}
    margins = made("triplet-scores", "triplet-margin", table).table
    gathered = made("triplet-margin", "n-tuple-margins", margins).table
    assert gathered["scores"].to_pylist() == [[8, 7], [7, 6]]
    assert made("n-tuple-margins", "triplet-margin", gathered).table["score"].to_pylist() == [8, 7, 7, 6]
    with pytest.raises(InputError, match="triplet"):
        made("triplet-scores", "n-tuple-scores", table, num_negatives=1)
    assert made("triplet-scores", "n-tuple-scores", table, num_negatives=3).table.num_rows == 0


@pytest.mark.parametrize("source", ["labeled-list", "graded-pair", "pair-score"])
def test_a_yes_or_a_no_is_no_score(source: str) -> None:
    tables = {
        "labeled-list": pa.table({"query": ["a"], "documents": [["p", "n"]], "labels": [[1, 0]]}),
        "graded-pair": pa.table({"query": ["a", "a"], "document": ["p", "n"], "grade": [1.0, 0.0]}),
        "pair-score": pa.table({"sentence_a": ["a", "a"], "sentence_b": ["p", "n"], "score": [1.0, 0.0]}),
    }
    for target in ("triplet-scores", "n-tuple-margins"):
        with pytest.raises(InputError, match="--teacher"):
            made(source, target, tables[source])


def test_the_texts_of_a_collection_are_those_of_its_corpus_too() -> None:
    corpus = pa.chunked_array([["p", " ", "another"]])
    way = CONVERSIONS["collection", "single"]
    done = way.apply(Material(TABLES["collection"], corpus), "single", Options())
    assert done.table["text"].to_pylist() == ["a", "p", "b", "n", "m", "another"]


# -- what is drawn at random -----------------------------------------------------------------------------------------

LETTERS = pa.table(
    {
        "text": [f"{label} {i}" for label in "xyz" for i in range(7)] + ["alone", "torn", "torn"],
        "label": [label for label in range(3) for _ in range(7)] + [3, 0, 1],
    }
)
FIRST = {text: text[0] for text in LETTERS["text"].to_pylist()}


def test_texts_of_a_class() -> None:
    done = made("single-class", "pair", LETTERS)
    anchors, positives = done.table.to_pydict().values()
    assert anchors == LETTERS["text"].to_pylist()[:21]
    assert sorted(positives) == sorted(anchors)
    assert all(a != p and a[0] == p[0] for a, p in zip(anchors, positives, strict=True))
    assert done.left_out == {
        "texts that stand in several classes": 1,
        "texts that are alone in their class, as anchors": 1,
    }


def test_a_third_text_of_another_class() -> None:
    rows = list(zip(*made("single-class", "triplet", LETTERS).table.to_pydict().values(), strict=True))
    assert len(rows) == 21
    assert all(a != p and a[0] == p[0] != n[0] for a, p, n in rows)
    assert "torn" not in {text for row in rows for text in row}
    assert len({n for _, _, n in rows}) > 5


def test_as_many_of_the_same_class_as_of_another() -> None:
    rows = made("single-class", "labeled-pair", LETTERS).table.to_pylist()
    assert [row["label"] for row in rows] == [1, 0] * 21
    assert all((row["anchor"][0] == row["document"][0]) == bool(row["label"]) for row in rows)


@pytest.mark.parametrize("target", ["pair", "triplet", "n-tuple", "labeled-pair", "labeled-list"])
def test_several_partners_and_bounded_classes(target: str) -> None:
    done = made("single-class", target, LETTERS, pairs_per_text=3, max_per_class=4, num_negatives=5)
    rows = done.table.to_pylist()
    assert done.left_out["texts beyond 4 of their class"] == 9
    per_text = 1 if target == "labeled-list" else 6 if target == "labeled-pair" else 3
    assert len(rows) == 3 * 4 * per_text
    assert len({str(row) for row in rows}) == len(rows)
    used = {text for row in rows for value in row.values() for text in (value if isinstance(value, list) else [value])}
    for label in "xyz":
        assert len([text for text in used if str(text).startswith(label)]) == 4
    for row in rows:
        anchor, *others = row.values()
        if target == "labeled-list":
            documents, labels = others
            assert labels == [1] * 3 + [0] * 5
        elif target == "labeled-pair":
            documents, labels = others[:1], others[1:]
        else:
            documents, labels = others, [1] + [0] * (len(others) - 1)
        assert len({anchor, *documents}) == len(documents) + 1
        assert [int(each[0] == anchor[0]) for each in documents] == labels


def test_small_classes_give_what_they_have() -> None:
    table = pa.table({"text": ["a1", "a2", "b1", "b2", "b3"], "label": [0, 0, 1, 1, 1]})
    pairs = made("single-class", "pair", table, pairs_per_text=9).table.to_pylist()
    assert len(pairs) == len({str(row) for row in pairs}) == 2 * 1 + 3 * 2
    labels = made("single-class", "labeled-pair", table, pairs_per_text=9).table["label"].to_pylist()
    assert labels == [1, 0] * (2 * 1 + 3 * 2)
    tuples = made("single-class", "n-tuple", table, num_negatives=3)
    assert {row["anchor"][0] for row in tuples.table.to_pylist()} == {"a"}
    assert tuples.left_out == {"anchors with fewer than 3 texts of other classes": 3}
    with pytest.raises(InputError, match="at least 2"):
        made("single-class", "n-tuple", table, num_negatives=1)
    for options in ({"pairs_per_text": 0}, {"max_per_class": 0}):
        with pytest.raises(InputError, match="at least 1"):
            Options(**options)


def test_one_class_has_no_negatives() -> None:
    table = pa.table({"text": ["a", "b", "c"], "label": [0, 0, 0]})
    assert made("single-class", "pair", table).table.num_rows == 3
    for target in ("triplet", "n-tuple", "labeled-pair", "labeled-list"):
        with pytest.raises(InputError, match="one class"):
            made("single-class", target, table)


def test_damaged_texts() -> None:
    words = [f"word{i}" for i in range(200)]
    texts = [
        " ".join(words),
        "single",
        "  two\t\nwords ",
        "我们今天去看电影好吗明天呢" * 20,
        "ภาษาไทยไม่มีวรรค" * 10,
        "日本",
    ]
    table = made("single", "damaged-pair", pa.table({"text": texts})).table
    damaged, original = table.to_pydict().values()
    assert original == texts
    left = damaged[0].split()
    assert 50 < len(left) < 110
    assert left == [word for word in words if word in set(left)]
    assert damaged[1] == "single"
    assert damaged[2] in ("two", "words", "two words")
    for place in (3, 4):
        assert 0.25 < len(damaged[place]) / len(texts[place]) < 0.55
        assert is_part(damaged[place], texts[place])
    assert damaged[5] in ("日", "本", "日本")


def is_part(part: str, whole: str) -> bool:
    """Whether what is left stands in the same order as before."""
    letters = iter(whole)
    return all(letter in letters for letter in part)


def test_the_size_of_a_batch_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"text": [f"{i} and some more words of text" for i in range(50)]})
    whole = made("single", "damaged-pair", table).table
    monkeypatch.setattr("converters.conversions.singles._BATCH", 7)
    assert made("single", "damaged-pair", table).table.to_pydict() == whole.to_pydict()


@pytest.mark.parametrize("edge", sorted(DRAWN), ids=lambda edge: " to ".join(edge))
def test_the_seed_decides(edge: tuple[str, str]) -> None:
    table = LETTERS if edge[0] == "single-class" else pa.table({"text": [f"{i} a b c d e" for i in range(30)]})
    first, again, other = (made(*edge, table, seed=seed).table.to_pydict() for seed in (1, 1, 2))
    assert first == again != other
