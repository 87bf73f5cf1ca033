"""Samples: bounded, from all over, and honest about what is known of the rest."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pytest

from advisor.sampling import count, sample
from converters.sources import open_source
from converters.sources.source import Split


def split_of(rows: int) -> Split:
    """A split that can only be read through, in batches of uneven sizes."""
    table = pa.table({"number": range(rows)})

    def read() -> Iterator[pa.RecordBatch]:
        start, size = 0, 1
        while start < rows:
            yield from table.slice(start, size).to_batches()
            start, size = start + size, size * 2 + 1

    return Split(table.schema, read)


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 5000])
def test_reading_through(rows: int) -> None:
    table, found, exact = sample(split_of(rows), 100)
    numbers = table.column("number").to_pylist()
    assert (found, exact) == (rows, True)
    assert min(rows, 30) <= len(numbers) <= 100
    assert numbers == sorted(set(numbers))
    assert rows < 1000 or (numbers[0] < rows / 10 and numbers[-1] > rows * 0.9)


@pytest.mark.parametrize("period", [2, 3, 4, 5, 8, 64])
@pytest.mark.parametrize("known", [True, False])
def test_data_with_a_rhythm_is_seen_as_it_is(period: int, known: bool) -> None:
    split = split_of(40_000)
    split = replace(split, rows=40_000) if known else split
    numbers = np.array(sample(split, 5000).table.column("number"))
    first = np.mean(numbers % period == 0)
    assert abs(first - 1 / period) < 0.3 / period


@pytest.mark.parametrize("size", [1, 10, 999, 1000, 2000])
def test_drawing(size: int) -> None:
    split = open_source(pa.table({"number": range(1000)}), scan=False).splits["train"]
    table, rows, exact = sample(split, size)
    numbers = table.column("number").to_pylist()
    assert (rows, exact, len(numbers)) == (1000, True, min(size, 1000))
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 0
    assert size == 1 or numbers[-1] == 999


def test_a_stream_says_what_is_known() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"number": i} for i in range(500))

    split = open_source(datasets.IterableDataset.from_generator(rows)).splits["train"]
    assert count(split) is None
    assert sample(split, 100)[1:] == (100, False)
    assert sample(split, 1000)[1:] == (500, True)


def test_an_estimate_is_no_exact_number() -> None:
    table = pa.table({"number": range(10)})
    split = Split(table.schema, table.to_batches, rows=1234, rows_exact=False, sample=lambda size: table.slice(0, size))
    assert sample(split, 5)[1:] == (1234, False)
    assert count(split) == 1234
