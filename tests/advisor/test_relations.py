"""How columns of texts relate, computed by hand."""

import numpy as np
import pyarrow as pa
import pytest

from advisor.relations import relations_of


def relation(first: list[str | None], second: list[str | None]):
    return relations_of(pa.table({"a": first, "b": second}), ["a", "b"])["a", "b"]


def test_words_in_common_within_rows_and_across() -> None:
    found = relation(["red fox", "blue cat"], ["a red fox ran", "the blue cat sat"])
    assert found.shared.tolist() == [1.0, 1.0]
    assert (found.own, found.other) == (1.0, 0.0)
    assert (found.first_within, found.second_within) == (1.0, 0.5)
    assert found.related == 1.0
    assert found.same == found.drawn == 0.0


def test_case_punctuation_and_repeated_words_make_no_difference() -> None:
    assert relation(["Red, red fox!", "x y"], ["the RED fox", "z"]).shared.tolist() == [1.0, 0.0]


def test_characters_are_words_where_there_are_no_spaces() -> None:
    found = relation(["火车站", "图书馆"], ["去火车站", "去图书馆"])
    assert found.shared.tolist() == pytest.approx([1.0, 1.0])


def test_the_same_text_and_texts_of_other_rows() -> None:
    found = relation(["one", "two", "three", "four"], ["one", "one", "three", "five"])
    assert found.same == 0.5
    assert found.drawn == 0.25  # the second "one" stands in another row of the first column


def test_nothing_to_compare() -> None:
    assert relations_of(pa.table({"a": ["x"]}), ["a"]) == {}
    assert relations_of(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.string())}), ["a", "b"]) == {}
    found = relation([None, ""], [None, "x"])
    assert np.isfinite([found.own, found.other, found.first_within]).all()
