"""Numbers that are written as texts."""

import pyarrow as pa
import pytest

from converters.written_numbers import Notation, parse_numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1", " 2", "+3"], [1, 2, 3]),
        (["0.5", ".25", "1e2", "-3"], [0.5, 0.25, 100.0, -3.0]),
        (["37%", "5 %", "100%"], [0.37, 0.05, 1.0]),
        (["0,37", "1", "-2,5"], [0.37, 1.0, -2.5]),
        (["1", "NULL", "N/A", "None", "-", " ", None], [1, None, None, None, None, None, None]),
        (["37%", "0.74", None], [0.37, 0.74, None]),
        (["37%", "5"], None),
        (["0,037", "0,815", "1,000"], [0.037, 0.815, 1.0]),
        (["1,037,000", "950"], [1037000, 950]),
        (["1,037.5", "2.25"], [1037.5, 2.25]),
        (["1,000", "2,500"], None),
        (["1,5", "2.5"], None),
        (["one", "2"], None),
        (["NULL", ""], None),
        (["3/5", "4 / 5", "", "0/5"], [3, 4, None, 0]),
        (["3/5", "1/7"], None),  # of different scales, or days
        (["6/5", "1/5"], None),
        (["3/5", "4"], None),
        (["★★☆☆☆", "★★★★★", "⭐"], [2, 5, 1]),
        (["4 stars", "1 star"], [4, 1]),
        (["4,5 Sterne", "3 Sterne"], [4.5, 3.0]),
        (["5 étoiles", "2 étoiles"], [5, 2]),
        (["4星", "5星"], [4, 5]),
        (["4 points", "far"], None),
        (["4 doors", "2 doors"], None),
        (["1", "1" + "0" * 400], None),  # no number can hold it
        (["1.5", "-1e400"], None),
        (["1.5", "0." + "0" * 400 + "1"], [1.5, 0.0]),
        ([], None),
    ],
)
def test_what_counts_as_a_number(texts: list, numbers: list | None) -> None:
    found = parse_numbers(pa.chunked_array([pa.array(texts, pa.string())]))
    assert (None if found is None else found.to_pylist()) == numbers


def test_ratings_are_told_part_by_part() -> None:
    parts = [Notation.of(pa.array(texts)) for texts in (["3/5", "4/5"], ["1/7"])]
    assert parts[0].comma == ""
    assert (parts[0] | parts[1]).comma is None
