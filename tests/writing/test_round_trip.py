"""What is written comes back, in every format."""

import math
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.sources import open_source
from converters.writing import write

PACKED = [".gz", ".bz2", ".xz", ".zst"]
EXACT = ["x.parquet", "x.arrow", "x.feather"]
LINES = ["x.jsonl", "x.ndjson", "x.json", *(f"x.jsonl{each}" for each in PACKED)]
DELIMITED = ["x.csv", "x.tsv", *(f"x.csv{each}" for each in PACKED)]

# Some characters are likelier than others to break something.
CHARACTERS = st.one_of(
    st.sampled_from(list("\"',;|\t\n\r\\[]{}: #aA1.\u2028\ufeff\0é🙂")), st.characters(exclude_categories=("Cs",))
)
TEXTS = st.text(CHARACTERS, max_size=8)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
COLUMNS: list[tuple[Any, pa.DataType]] = [
    (TEXTS, pa.string()),
    (INTEGERS, pa.int64()),
    (FLOATS, pa.float64()),
    (st.booleans(), pa.bool_()),
    (st.lists(TEXTS, max_size=3), pa.list_(pa.string())),
    (st.lists(FLOATS, max_size=3), pa.list_(pa.float64())),
]
NAMES = ["text", "label", "score", "flag", "documents", "vector"]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Tables whose first row has a value that settles the type of its column for formats without types."""
    count = draw(st.integers(0, 6))
    chosen = draw(st.lists(st.sampled_from(range(len(COLUMNS))), min_size=1, max_size=6, unique=True))
    settling = ["a text", 1, 0.5, True, ["a text"], [0.5]]
    columns = {}
    for position in sorted(chosen):
        values, kind = COLUMNS[position]
        rest = draw(st.lists(st.none() | values, min_size=count, max_size=count))
        columns[NAMES[position]] = pa.array([settling[position], *rest], kind)
    return pa.table(columns)


def written_and_read(table: pa.Table, name: str, **options: Any) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/{name}"
        assert write(table, path) == table.num_rows
        split = open_source(path, **options).splits["train"]
        assert split.rows == table.num_rows
        return split.table()


def same(one: pa.Table, other: pa.Table) -> bool:
    """Equal, with -0.0 as 0.0."""
    return bool(one.schema == other.schema) and one.to_pylist() == other.to_pylist()


@given(tables(), st.sampled_from(EXACT))
def test_binary(table: pa.Table, name: str) -> None:
    assert written_and_read(table, name).equals(table)


@given(tables())
def test_saved(table: pa.Table) -> None:
    assert written_and_read(table, "folder").equals(table)


@given(tables(), st.sampled_from(LINES))
def test_json(table: pa.Table, name: str) -> None:
    assert same(written_and_read(table, name), table)


@given(tables(), st.sampled_from(DELIMITED))
def test_delimited(table: pa.Table, name: str) -> None:
    if table.num_columns == 1 and pa.types.is_string(table.schema.types[0]):
        # A line of nothing is no row, so that null becomes the empty text.
        table = table.set_column(0, table.column_names[0], table.column(0).combine_chunks().fill_null(""))
    assert same(written_and_read(table, name, has_header=True), table)


@given(tables(), st.sampled_from(["x.csv", "x.tsv"]))
def test_delimited_with_the_delimiter_said(table: pa.Table, name: str) -> None:
    delimiter = "," if name == "x.csv" else "\t"
    again = written_and_read(table, name, has_header=True, delimiter=delimiter)
    assert again.num_rows == table.num_rows
    assert again.column_names == table.column_names


@pytest.mark.parametrize("name", [*EXACT, *LINES, *DELIMITED, "folder"])
def test_numbers_that_are_not_finite(tmp_path: Path, name: str) -> None:
    write(pa.table({"text": ["a"] * 4, "score": [math.nan, math.inf, -math.inf, 2.0]}), tmp_path / name)
    values = open_source(tmp_path / name).splits["train"].table().column("score").to_pylist()
    assert [str(value) for value in values] == ["nan", "inf", "-inf", "2.0"]


@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
def test_whole_numbers_that_are_fractions(tmp_path: Path, name: str) -> None:
    table = pa.table({"text": ["a", "b", "c"], "score": [1.0, 0.0, -3.0]})
    write(table, tmp_path / name)
    assert open_source(tmp_path / name).splits["train"].table().equals(table)


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.json"])
def test_structs(tmp_path: Path, name: str) -> None:
    table = pa.table({"text": ["a", "b"], "documents": [[{"id": 1, "text": "x, y"}], []]})
    write(table, tmp_path / name)
    assert open_source(tmp_path / name).splits["train"].table().to_pylist() == table.to_pylist()


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl"])
def test_other_types_as_text(tmp_path: Path, name: str) -> None:
    import datetime

    table = pa.table({"text": ["a"], "day": [datetime.date(2020, 1, 2)], "kind": pa.array(["k"]).dictionary_encode()})
    write(table, tmp_path / name)
    assert open_source(tmp_path / name).splits["train"].table().to_pylist() == [
        {"text": "a", "day": "2020-01-02", "kind": "k"}
    ]


@pytest.mark.parametrize(
    "name", ["x.csv.gz", "x.jsonl.gz", "x.jsonl.xz", "x.csv.bz2", "x.csv.zst", "x.parquet", "x.arrow"]
)
def test_the_same_bytes_again(tmp_path: Path, name: str) -> None:
    table = pa.table({"text": ["a", "b"], "label": [1, 2]})
    write(table, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    write(table, tmp_path / name, overwrite=True)
    assert (tmp_path / name).read_bytes() == first
