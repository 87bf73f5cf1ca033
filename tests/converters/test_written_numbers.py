"""Numbers that are written as texts."""

import pyarrow as pa
import pytest

from converters.written_numbers import parse_numbers


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
        ([], None),
    ],
)
def test_what_counts_as_a_number(texts: list, numbers: list | None) -> None:
    found = parse_numbers(pa.chunked_array([pa.array(texts, pa.string())]))
    assert (None if found is None else found.to_pylist()) == numbers
