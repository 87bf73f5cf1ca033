"""Datasets, frames, tables and lists that are in memory."""

from typing import Any

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import open_source

ROWS = [{"text": "a", "label": 1}, {"text": None, "label": 0}]
TABLE = pa.Table.from_pylist(ROWS)


class Stream:
    """What polars and others look like from here."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        return TABLE.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "data",
    [
        TABLE,
        TABLE.to_batches()[0],
        TABLE.to_reader(),
        Stream(),
        ROWS,
        tuple(ROWS),
        {"text": ["a", None], "label": [1, 0]},
        {"text": ["a", None], "label": np.array([1, 0])},
        TABLE.to_pandas(),
        datasets.Dataset(TABLE),
        datasets.Dataset(TABLE).to_iterable_dataset(),
    ],
    ids=lambda data: type(data).__name__,
)
def test_one_table(data: Any) -> None:
    source = open_source(data)
    (split,) = source.splits.values()
    assert split.table().to_pylist() == ROWS
    assert split.table().to_pylist() == ROWS, "it can be read again"
    assert split.rows in (2, None)
    assert source.name == type(data).__name__


@pytest.mark.parametrize(
    "data",
    [
        {"train": TABLE, "dev": TABLE.slice(1)},
        datasets.DatasetDict({"train": datasets.Dataset(TABLE), "dev": datasets.Dataset(TABLE.slice(1))}),
        {"train": ROWS, "dev": ROWS[1:]},
    ],
)
def test_several_splits(data: Any) -> None:
    source = open_source(data)
    assert {name: split.rows for name, split in source.splits.items()} == {"train": 2, "dev": 1}
    assert list(open_source(data, split="dev").splits) == ["dev"]


def test_dataset_with_selection_format_and_classes() -> None:
    features = datasets.Features(
        {"text": datasets.Value("large_string"), "label": datasets.ClassLabel(names=["n", "y"])}
    )
    data = datasets.Dataset.from_dict({"text": ["a", "b", "c"], "label": [0, 1, 1]}, features)
    data = data.select([2, 0]).with_format("numpy", columns=["label"])
    (split,) = open_source(data).splits.values()
    assert split.table().to_pylist() == [{"text": "c", "label": 1}, {"text": "a", "label": 0}]
    assert split.schema.field("text").type == pa.string()
    assert split.class_names == {"label": ("n", "y")}


def test_frame_index() -> None:
    frame = pd.DataFrame({"text": ["a", "b"]}, index=[5, 6])
    assert open_source(frame).splits["train"].schema.names == ["text"]
    frame.index.name = "id"
    assert open_source(frame).splits["train"].table().to_pylist() == [{"id": 5, "text": "a"}, {"id": 6, "text": "b"}]
    frame.index.name = "text"
    with pytest.raises(InputError, match="the index is called like a column"):
        open_source(frame)


def test_frame_without_names() -> None:
    split = open_source(pd.DataFrame([["a", 1], ["b", 2]])).splits["train"]
    assert split.table().to_pylist() == [{"column_1": "a", "column_2": 1}, {"column_1": "b", "column_2": 2}]
    assert not split.has_names


def test_frame_with_categories_and_mixed_values() -> None:
    frame = pd.DataFrame({"label": pd.Categorical(["x", "y"]), "mixed": [1, "two"], "gap": [1.5, np.nan]})
    assert open_source(frame).splits["train"].table().to_pylist() == [
        {"label": "x", "mixed": "1", "gap": 1.5},
        {"label": "y", "mixed": "two", "gap": None},
    ]


def test_records_with_other_keys_and_types() -> None:
    split = open_source([{"a": 1}, {"a": "x", "b": [1, 2.5]}, {"b": None}]).splits["train"]
    assert split.table().to_pylist() == [{"a": "1", "b": None}, {"a": "x", "b": [1.0, 2.5]}, {"a": None, "b": None}]


def test_records_without_names() -> None:
    assert open_source([("a", "b"), ("c", "d")]).splits["train"].table().to_pylist() == [
        {"column_1": "a", "column_2": "b"},
        {"column_1": "c", "column_2": "d"},
    ]
    assert open_source(["a", "b"]).splits["train"].schema.names == ["column_1"]


def test_vectors_of_numpy() -> None:
    split = open_source([{"v": np.zeros(2, np.float32)}, {"v": np.ones(2, np.float32)}]).splits["train"]
    assert split.table().column("v").to_pylist() == [[0.0, 0.0], [1.0, 1.0]]


def test_an_opened_source_passes_through() -> None:
    source = open_source(TABLE)
    assert open_source(source).splits == source.splits


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "has no rows"),
        (TABLE.slice(0, 0), "has no rows"),
        ({}, "without a list of records"),
        (3, "a dataset cannot be a int"),
        (None, "a dataset cannot be a NoneType"),
        ([{"a": object()}], "column 'a' holds a value of the type object"),
        (pa.table({}), "has no columns"),
        ({"a": [1], "b": [1, 2]}, "different lengths"),
        (b"path.csv", "a dataset cannot be a bytes"),
    ],
)
def test_what_goes_wrong(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_source(data)
