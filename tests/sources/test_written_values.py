"""Lists and records that stand as text in cells are read as what they are; other texts stay texts."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.sources import open_source


def columns(path: Path) -> dict[str, list]:
    return open_source(path).splits["train"].table().to_pydict()


@pytest.mark.parametrize("scan", [True, False])
def test_what_pandas_writes_comes_back(tmp_path: Path, scan: bool) -> None:
    frame = pd.DataFrame(
        {
            "query": ["a b", "c d"],
            "pos": [["it's one", 'say "two"'], ["three"]],
            "vector": [pd.Series([0.5, -1.25, 3e-05]).to_numpy(), pd.Series([1.0, 2.0, 3.0]).to_numpy()],
        }
    )
    path = tmp_path / "from_pandas.csv"
    frame.to_csv(path, index=False)
    table = open_source(path, scan=scan).splits["train"].table()
    assert table["pos"].to_pylist() == [["it's one", 'say "two"'], ["three"]]
    assert table["vector"].to_pylist() == [[0.5, -1.25, 3e-05], [1.0, 2.0, 3.0]]


def test_json_objects_in_a_column_become_columns(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    payload = ['{"text": "one", "label": "x"}', '{"text": "two", "label": "y", "extra": 1}', None, ""]
    pq.write_table(pa.table({"id": [1, 2, 3, 4], "payload": payload}), path)
    found = columns(path)
    assert found["payload.text"] == ["one", "two", None, None]
    assert found["payload.label"] == ["x", "y", None, None]


@pytest.mark.parametrize(
    "cells",
    [
        ["[sic] it was so", "[applause] thank you"],
        ["{name} is here", "{name} was there"],
        ["__import__('os').system('true')", "1 + 1"],
        ["[x for x in (1, 2)]", "[y for y in (3, 4)]"],
        ["[1, 2", "3, 4]"],
        ["[...]", "[see above]"],
    ],
)
def test_texts_that_only_look_like_it_stay_texts(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "texts.jsonl"
    pd.DataFrame({"text": cells, "n": range(len(cells))}).to_json(path, orient="records", lines=True)
    assert columns(path)["text"] == cells


def test_a_cell_that_is_none_keeps_the_column_a_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    cells = ["['a', 'b']"] * 30 + ["broken"]
    pq.write_table(pa.table({"docs": cells}), path)
    assert columns(path)["docs"] == cells


def test_the_same_cells_twice_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"docs": "[\\"a\\", \\"b\\"]"}\n' * 50)
    split = open_source(path).splits["train"]
    assert split.table().equals(split.table())
    assert split.table()["docs"].type == pa.list_(pa.string())
