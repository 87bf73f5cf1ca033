"""Rows in their canonical shape: names, order, labels, and what is left out."""

import json
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.canonical import canonicalise
from converters.errors import InputError
from converters.scales import SCALES, scale_of

PAIR = {"a": "sentence_a", "b": "sentence_b", "l": "label"}


def labels(format: str, values: list, **settings: object) -> list:
    table = pa.table({"l": values, "b": ["x y"] * len(values), "a": ["u v"] * len(values)})
    done, _ = canonicalise(table, format, PAIR, **settings)
    return done[done.column_names[-1]].to_pylist()


def test_columns_are_renamed_ordered_and_reduced() -> None:
    table = pa.table({"url": ["u"], "passage": ["p"], "query": ["q"]})
    done, changes = canonicalise(table, "pair", {"query": "anchor", "passage": "positive", "url": "ignored"})
    assert done.to_pydict() == {"anchor": ["q"], "positive": ["p"]}
    assert changes.renamed == {"query": "anchor", "passage": "positive"}
    assert changes.dropped_columns == ["url"]


def test_negatives_are_numbered() -> None:
    table = pa.table({"q": ["q"], "p": ["p"], "x": ["1"], "y": ["2"]})
    roles = {"q": "anchor", "p": "positive", "x": "negative", "y": "negative"}
    done, _ = canonicalise(table, "n-tuple", roles)
    assert done.column_names == ["anchor", "positive", "negative_1", "negative_2"]


def test_an_n_tuple_repeats_a_negative_in_the_place_of_an_empty_one() -> None:
    table = pa.table(
        {"q": list("abc"), "p": list("def"), "x": ["1", None, ""], "y": ["2", "3", " "], "z": ["", "4", None]}
    )
    roles = {"q": "anchor", "p": "positive", "x": "negative", "y": "negative", "z": "negative"}
    done, changes = canonicalise(table, "n-tuple", roles)
    assert [list(row.values())[2:] for row in done.to_pylist()] == [["1", "2", "1"], ["3", "3", "4"]]
    assert changes.refilled == 2
    assert changes.dropped_rows == {"empty text": 1}  # the one without any
    again = dict(zip(done.column_names, roles.values(), strict=True))
    done, changes = canonicalise(done, "n-tuple", again)
    assert (done.num_rows, changes.refilled) == (2, 0)


def test_empty_texts_and_missing_labels_are_left_out_and_counted() -> None:
    table = pa.table(
        {"a": ["x", "", None, "y", "z"], "b": ["x", "y", "z", " \t", "z"], "l": [0.5, 0.5, 0.5, 0.5, None]}
    )
    done, changes = canonicalise(table, "pair-score", PAIR)
    assert done.num_rows == 1
    assert changes.dropped_rows == {"empty text": 3, "no label": 1}


def test_scores_are_scaled_from_their_range() -> None:
    assert labels("pair-score", [0.0, 2.5, 5.0]) == [0.0, 0.5, 1.0]
    assert labels("pair-score", [0.0, 0.5, 1.0]) == [0.0, 0.5, 1.0]
    assert labels("pair-score", [1, 2, 3], score_range=(1, 5)) == [0.0, 0.25, 0.5]
    assert labels("pair-score", ["0", "2.5", " 5"]) == [0.0, 0.5, 1.0]
    with pytest.raises(InputError, match="outside the range"):
        labels("pair-score", [0.0, 7.0], score_range=(0, 5))
    with pytest.raises(InputError, match="low to high"):
        labels("pair-score", [0.0, 7.0], score_range=(5, 5))
    with pytest.raises(InputError, match="no number"):
        labels("pair-score", ["good", "bad"])


@given(st.lists(st.floats(-1000, 1000), min_size=1))
def test_a_scale_holds_what_was_scored_on_it(scores: list[float]) -> None:
    low, high = scale_of(min(scores), max(scores))
    assert low <= min(scores) <= max(scores) <= high
    assert (low, high) in SCALES or (low, high) == (min(scores), max(scores))


@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=2, max_size=30))
def test_scaled_scores_keep_their_order_and_lie_between_0_and_1(scores: list[float]) -> None:
    done = labels("pair-score", scores)
    assert all(0 <= score <= 1 for score in done)
    by_old = sorted(range(len(scores)), key=lambda i: scores[i])
    assert all(done[i] <= done[j] for i, j in pairwise(by_old))


@pytest.mark.parametrize(
    "values", [[1, 0, 1], [True, False, True], [1, -1, 1], ["yes", "no", "yes"], ["1", "0", "1"], [1.0, 0.0, 1.0]]
)
def test_binary_labels_become_ones_and_zeros(values: list) -> None:
    table = pa.table({"a": ["x"] * 3, "b": ["y"] * 3, "l": values})
    done, _ = canonicalise(table, "labeled-pair", {"a": "anchor", "b": "document", "l": "label"})
    assert done["label"].to_pylist() == [1, 0, 1]


def test_three_values_are_no_binary_label() -> None:
    with pytest.raises(InputError, match="more than two values"):
        labels("labeled-pair", [0, 1, 2])


def test_classes_become_ids_with_names() -> None:
    table = pa.table({"t": ["x", "y", "z"], "l": ["spam", "ham", "spam"]})
    done, changes = canonicalise(table, "single-class", {"t": "text", "l": "label"})
    assert done["label"].to_pylist() == [1, 0, 1]
    assert changes.class_names == ("ham", "spam")
    features = json.loads(done.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["label"] == {"names": ["ham", "spam"], "_type": "ClassLabel"}

    from datasets import Dataset

    assert Dataset(done).features["label"].names == ["ham", "spam"]


def test_class_ids_are_made_gapless_and_sorted_as_numbers() -> None:
    assert labels("pair-class", [10, 2, 10]) == [1, 0, 1]
    assert labels("pair-class", ["10", "2", "10"]) == [1, 0, 1]
    assert labels("pair-class", [2.0, 0.0, 1.0]) == [2, 0, 1]


def test_a_class_id_of_minus_one_means_no_class() -> None:
    table = pa.table({"t": ["x", "y", "z"], "l": [0, -1, 1]})
    done, changes = canonicalise(table, "single-class", {"t": "text", "l": "label"}, class_names={"l": ("no", "yes")})
    assert done.to_pydict() == {"text": ["x", "z"], "label": [0, 1]}
    assert changes.dropped_rows == {"no label": 1}


@pytest.mark.parametrize(
    ("format", "roles", "message"),
    [
        ("pair", {"a": "anchor"}, "wants 1 column\\(s\\) with the role positive"),
        ("pair", {"a": "anchor", "b": "anchor"}, "role anchor"),
        ("pair-score", {"a": "sentence_a", "b": "sentence_b"}, "one label column"),
        ("n-tuple", {"a": "anchor", "b": "positive"}, "or more"),
    ],
)
def test_roles_that_do_not_make_up_the_format(format: str, roles: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        canonicalise(pa.table({"a": ["x"], "b": ["y"]}), format, roles)


def test_a_class_label_that_calls_0_yes_is_turned_around() -> None:
    table = pa.table({"a": ["x"] * 3, "b": ["y"] * 3, "l": [0, 1, 0]})
    roles = {"a": "anchor", "b": "document", "l": "label"}
    done, _ = canonicalise(table, "labeled-pair", roles, class_names={"l": ("yes", "no")})
    assert done["label"].to_pylist() == [1, 0, 1]


@pytest.mark.parametrize("values", [["dup", "nodup"], [1, 2], [0.5, 0.7]])
def test_two_values_that_do_not_say_yes_or_no(values: list) -> None:
    with pytest.raises(InputError, match="do not say yes or no"):
        labels("labeled-pair", values)


def test_decimals_and_signs_are_numbers() -> None:
    from decimal import Decimal

    assert labels("pair-score", [Decimal("0.25"), Decimal("1.00")]) == [0.25, 1.0]
    assert labels("pair-score", ["+0.25", "1"]) == [0.25, 1.0]


def test_words_that_differ_only_as_texts_stay_different_classes() -> None:
    assert labels("pair-class", ["01", "1", "01"]) == [0, 1, 0]


def test_lists_have_to_match() -> None:
    table = pa.table(
        {
            "q": ["a", "b", "c", "d", "e"],
            "d": [["x", "y"], ["x"], ["x", None], [], ["x", "y"]],
            "l": [[1, 0], [1, 0], [1, 0], [], [1, None]],
        }
    )
    done, changes = canonicalise(table, "labeled-list", {"q": "query", "d": "documents", "l": "label"})
    assert done["query"].to_pylist() == ["a"]
    assert changes.dropped_rows == {"documents and labels do not match, or some are missing": 4}
    texts = pa.table({"q": ["a"], "d": [["x", "y"]], "l": [["1", "0.5"]]})
    done, _ = canonicalise(texts, "labeled-list", {"q": "query", "d": "documents", "l": "label"})
    assert done["labels"].to_pylist() == [[1.0, 0.5]]


@pytest.mark.parametrize(
    ("columns", "format", "roles", "message"),
    [
        ({"a": ["x"]}, "pair", {"a": "anchor", "nope": "positive"}, "no column 'nope'"),
        ({"a": [{"t": "x"}], "b": ["y"]}, "pair", {"a": "anchor", "b": "positive"}, "not texts"),
        ({"a": ["x"], "b": [["y"]]}, "pair", {"a": "anchor", "b": "positive"}, "not texts"),
        ({"a": ["x"], "b": [[1]]}, "single-class", {"a": "text", "b": "label"}, "not classes"),
        (
            {"a": ["x"], "d": ["y"], "b": [[1]]},
            "labeled-pair",
            {"a": "anchor", "d": "document", "b": "label"},
            "1 and 0",
        ),
        ({"a": ["x"], "d": ["y"], "b": [1]}, "labeled-list", {"a": "query", "d": "documents", "b": "label"}, "lists"),
        ({"a": ["x"], "d": [["y"]], "b": [1]}, "labeled-list", {"a": "query", "d": "documents", "b": "label"}, "lists"),
    ],
)
def test_columns_that_cannot_be_what_they_are_said_to_be(columns: dict, format: str, roles: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        canonicalise(pa.table(columns), format, roles)
