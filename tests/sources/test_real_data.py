"""Real data, where it is at hand."""

from pathlib import Path

import pytest

from converters.sources import open_source

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder with real data is not here")


def test_stsb() -> None:
    source = open_source(DATA / "stsb")
    assert {name: split.rows for name, split in source.splits.items()} == {
        "train": 5749,
        "validation": 1500,
        "test": 1379,
    }
    for split in source.splits.values():
        assert not split.has_names
        assert split.schema.names == ["column_1", "column_2", "column_3"]
        assert [str(kind) for kind in split.schema.types] == ["string", "string", "double"]
        assert split.table().num_rows == split.rows


def test_banking77() -> None:
    source = open_source(DATA / "banking77")
    assert {name: split.rows for name, split in source.splits.items()} == {"train": 10_003, "test": 3_080}
    assert all(split.has_names and split.schema.names == ["text", "category"] for split in source.splits.values())


def test_cranfield() -> None:
    source = open_source(DATA / "cranfield")
    assert source.corpus is not None
    assert source.queries is not None
    assert (source.corpus.rows, source.queries.rows) == (1400, 225)
    judgements = source.splits["test"].table()
    assert judgements.num_rows == source.splits["test"].rows
    assert set(judgements.column("score").to_pylist()) <= {1, 2, 3, 4}
    assert set(judgements.column("corpus-id").to_pylist()) <= set(source.corpus.table().column("_id").to_pylist())
