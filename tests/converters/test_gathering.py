"""Texts and labels that are spread over columns, or hidden in records, come together."""

import pyarrow as pa
import pytest

from converters.canonical import canonicalise
from converters.errors import InputError


def test_a_title_comes_before_its_text() -> None:
    table = pa.table({"q": ["a", "b", "c"], "title": ["T", None, " "], "text": ["x", "y", "z"]})
    done, changes = canonicalise(table, "pair", {"q": "anchor", "title": "positive", "text": "positive"})
    assert done.to_pydict() == {"anchor": ["a", "b", "c"], "positive": ["T\nx", "y", "z"]}
    assert changes.joined == {"text": ["title", "text"]}


def test_a_row_is_empty_only_if_both_parts_are() -> None:
    table = pa.table({"title": ["T", None], "body": [None, " "], "label": ["a", "b"]})
    done, changes = canonicalise(table, "single-class", {"title": "text", "body": "text", "label": "label"})
    assert done["text"].to_pylist() == ["T"]
    assert changes.dropped_rows == {"empty text": 1}


def test_a_score_for_each_document_in_its_own_column() -> None:
    table = pa.table({"neg_score": [1.0, 2.0], "q": ["a", "b"], "p": ["x", "y"], "n": ["v", "w"], "pos_score": [5, 6]})
    roles = {"neg_score": "label", "pos_score": "label", "q": "query", "p": "positive", "n": "negative"}
    done, _ = canonicalise(table, "triplet-scores", roles)
    assert done["scores"].to_pylist() == [[5.0, 1.0], [6.0, 2.0]]


def test_labels_in_the_records_of_the_documents() -> None:
    passages = [
        [{"id": 7, "text": "x", "is_selected": True}, {"id": 8, "text": "y", "is_selected": False}],
        [{"id": 9, "text": "z", "is_selected": True}],
    ]
    table = pa.table({"query": ["a", "b"], "passages": passages})
    done, changes = canonicalise(table, "labeled-list", {"query": "query", "passages": "documents"})
    assert done["documents"].to_pylist() == [["x", "y"], ["z"]]
    assert done["labels"].to_pylist() == [[1.0, 0.0], [1.0]]
    assert changes.joined == {"passages.is_selected": ["passages"]}


def test_records_without_anything_like_a_label() -> None:
    table = pa.table({"query": ["a"], "passages": [[{"text": "x", "width": 1, "height": 2}]]})
    with pytest.raises(InputError, match="none of their fields is named like a label"):
        canonicalise(table, "labeled-list", {"query": "query", "passages": "documents"})


def test_positives_without_negatives() -> None:
    table = pa.table({"q": ["a", "b"], "relevant": [["x"], ["y", "z"]]})
    done, _ = canonicalise(table, "grouped", {"q": "query", "relevant": "positive"})
    assert done["positives"].to_pylist() == [["x"], ["y", "z"]]
    assert done["negatives"].to_pylist() == [[], []]


def test_two_anchors_are_still_a_mistake_where_a_format_wants_two_texts() -> None:
    table = pa.table({"a": ["x"], "b": ["y"], "c": ["z"]})
    with pytest.raises(InputError, match="wants 1"):
        canonicalise(table, "triplet", {"a": "anchor", "b": "positive", "c": "positive"})


def test_two_lists_of_negatives_become_one() -> None:
    table = pa.table(
        {"q": ["a", "b"], "pos": [["x"], ["y"]], "hard": [["1"], []], "easy": [[{"text": "2"}, {"text": "3"}], None]}
    )
    roles = {"q": "query", "pos": "positive", "hard": "negative", "easy": "negative"}
    done, changes = canonicalise(table, "grouped", roles)
    assert done["negatives"].to_pylist() == [["1", "2", "3"], []]
    assert changes.joined == {"hard": ["hard", "easy"]}
