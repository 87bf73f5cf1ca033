"""Datasets, frames and streams as libraries make them; the hub, with a stand-in for it."""

import decimal
from collections.abc import Iterator
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import hub, open_source
from converters.sources.source import Split

ROWS = [{"text": f"text {i}", "label": i} for i in range(1000)]


def only(data: Any) -> Split:
    return open_source(data, scan=False).splits["train"]


def failure(data: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        open_source(data, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


class Exporting:
    """Whatever exports an Arrow stream."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "make",
    [
        pa.Table.from_pylist,
        pd.DataFrame,
        datasets.Dataset.from_list,
        lambda rows: Exporting(pa.Table.from_pylist(rows)),
    ],
)
def test_samples_are_from_all_over(make: Any) -> None:
    split = only(make(ROWS))
    assert split.sample is not None
    labels = split.sample(100).column("label").to_pylist()
    assert (split.rows, split.rows_exact, len(labels)) == (1000, True, 100)
    assert labels == sorted(set(labels))
    assert (labels[0], labels[-1]) == (0, 999)
    assert split.sample(5000) == split.table()


def test_a_stream_is_not_gone_through() -> None:
    seen: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for row in ROWS * 100:
            seen.append(1)
            yield row

    split = only(datasets.IterableDataset.from_generator(rows))
    assert split.rows is None
    assert split.sample is not None
    assert split.sample(50).num_rows == 50
    assert len(seen) < 20_000


def test_a_stream_of_shards_is_sampled_in_all_of_them() -> None:
    split = only(datasets.Dataset.from_list(ROWS).to_iterable_dataset(num_shards=10))
    assert split.sample is not None
    labels = split.sample(80).column("label").to_pylist()
    assert len(labels) == len(set(labels)) == 80
    assert (min(labels), max(labels)) == (0, 909)
    assert split.sample(2).num_rows == 2
    assert split.sample(10_000).num_rows < 1000  # eight of the ten shards


def test_dicts_of_datasets() -> None:
    whole = datasets.Dataset.from_list(ROWS)
    found = open_source(datasets.DatasetDict(train=whole, test=whole.select(range(5))), scan=False).splits
    assert {name: split.rows for name, split in found.items()} == {"train": 1000, "test": 5}
    streams = datasets.IterableDatasetDict(train=whole.to_iterable_dataset(), test=whole.to_iterable_dataset())
    assert {name: split.rows for name, split in open_source(streams).splits.items()} == {"train": None, "test": None}


def test_features() -> None:
    names = datasets.ClassLabel(names=["no", "yes"])
    features = datasets.Features(
        {
            "label": names,
            "labels": datasets.List(names),
            "nested": {"label": names},
            "image": datasets.Image(),
            "translation": datasets.Translation(["de", "en"]),
        }
    )
    row = {
        "label": 1,
        "labels": [0, 1],
        "nested": {"label": 0},
        "image": None,
        "translation": {"de": "ja", "en": "yes"},
    }
    split = only(datasets.Dataset.from_list([row] * 3, features=features))
    assert split.class_names == {"label": ("no", "yes"), "nested.label": ("no", "yes")}
    assert split.table().column("labels")[0].as_py() == [0, 1]
    assert split.table().column("translation.de")[0].as_py() == "ja"


def test_what_pandas_holds() -> None:
    frame = pd.DataFrame(
        {
            "vector": [np.array([1.0, 2.0], dtype="float32"), np.array([3.0, 4.0], dtype="float32")],
            "category": pd.Categorical(["x", "y"]),
            "whole": pd.array([1, None], dtype="Int64"),
            "truth": pd.array([True, None], dtype="boolean"),
            "decimal": [decimal.Decimal("1.5"), None],
        }
    )
    assert only(frame).table().to_pylist()[1] == {
        "vector": [3.0, 4.0],
        "category": "y",
        "whole": None,
        "truth": None,
        "decimal": None,
    }


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {"text": ["a", "b"], "lists": [[1, 2], [3]], "kind": polars.Series(["x", "y"], dtype=polars.Categorical)}
    )
    assert only(frame).table().to_pylist()[0] == {"text": "a", "lists": [1, 2], "kind": "x"}
    assert open_source({"train": frame, "test": frame}).splits["test"].rows == 2
    assert "collect()" in failure(frame.lazy())


def test_what_is_no_dataset() -> None:
    assert "can be gone through only once: give list(...)" in failure(row for row in ROWS)
    assert "cannot be a set" in failure({1})


# -- the hub -----------------------------------------------------------------------------------------------------------


def test_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def load(*arguments: Any, **options: Any) -> Any:
        calls.append((arguments, options))
        stream = datasets.Dataset.from_list(ROWS).to_iterable_dataset()
        return stream if options["split"] else datasets.IterableDatasetDict(train=stream, test=stream)

    monkeypatch.setattr(hub, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", load)
    assert list(open_source("owner/name:some-config", revision="v1", scan=False).splits) == ["train", "test"]
    assert list(open_source("owner/name", split="test").splits) == ["test"]
    assert [arguments for arguments, _ in calls] == [("owner/name", "some-config"), ("owner/name", None)]
    assert [(options["split"], options["revision"]) for _, options in calls] == [(None, "v1"), ("test", None)]
    assert all(options["streaming"] and not options.get("trust_remote_code") for _, options in calls)


class DatasetNotFoundError(FileNotFoundError):
    """As `datasets` calls it."""


class OfflineModeIsEnabled(ConnectionError):  # noqa: N818
    """As `huggingface_hub` calls it."""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            ValueError(
                "Config name is missing.\nPlease pick one among the available configs: ['de-en', 'fr-en']\nExample"
            ),
            "has the configurations de-en, fr-en: name one, such as 'owner/name:de-en'",
        ),
        (ValueError("BuilderConfig 'x' not found. Available: ['de', 'fr']"), "has the configurations de, fr: name one"),
        (DatasetNotFoundError("Dataset 'x' doesn't exist on the Hub or cannot be accessed."), "or it is private"),
        (DatasetNotFoundError("Dataset 'x' is a gated dataset on the Hub."), "ask for access"),
        (OfflineModeIsEnabled("Cannot reach https://huggingface.co: offline"), "check the network"),
        (RuntimeError("Dataset scripts are no longer supported, but found x.py"), "which is not run"),
        (KeyError("odd\x1b\nthing"), "could not be opened"),
    ],
)
def test_hub_errors(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    def load(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(hub, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", load)
    assert message in failure("owner/name")


def test_a_hub_that_cannot_be_reached_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "is_hub_reachable", lambda: False)
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: pytest.fail("asked the hub"))
    assert "nothing can be reached: check the network" in failure("owner/name")
