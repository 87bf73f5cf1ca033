"""Columns of ticks are read as true and false, and nothing else is."""

from pathlib import Path

import pyarrow as pa
import pytest

import converters
from converters.sources import open_source


def column(path: Path) -> pa.ChunkedArray:
    return open_source(str(path)).splits["train"].table()["t"]


def csv(folder: Path, cells: list[str]) -> Path:
    path = folder / "ticks.csv"
    path.write_text("q,t\n" + "".join(f"what is {i},{cell}\n" for i, cell in enumerate(cells)), encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", ["x", "X", "✓", "✔", " x "])
def test_a_mark_is_true_and_an_empty_cell_false(tmp_path: Path, mark: str) -> None:
    assert column(csv(tmp_path, [mark, "", mark, "", mark, mark])).to_pylist() == [True, False, True, False, True, True]


@pytest.mark.parametrize(
    "cells",
    [
        ["x"] * 6,  # nothing is not ticked
        ["x", "", "y", "", "x", "x"],  # two marks
        ["yes", "", "yes", "", "yes", "yes"],  # an empty cell says that nobody answered
        ["x", "", "x", ""],  # too few to tell
    ],
)
def test_other_columns_keep_their_texts(tmp_path: Path, cells: list[str]) -> None:
    assert [each or "" for each in column(csv(tmp_path, cells)).to_pylist()] == cells


def test_a_later_cell_with_something_else_is_null(tmp_path: Path) -> None:
    found = column(csv(tmp_path, ["x", ""] * 100 + ["perhaps"]))
    assert found.to_pylist()[-1] is None
    assert found.null_count == 1


def test_ticks_become_the_label(tmp_path: Path) -> None:
    path = tmp_path / "ticks.csv"
    rows = [f"what is number {i},it is the number {i},{'x' if i % 3 else ''}" for i in range(12)]
    path.write_text("query,passage,relevant\n" + "\n".join(rows) + "\n", encoding="utf-8")
    columns = {"query": "anchor", "passage": "document", "relevant": "label"}
    made = converters.convert(str(path), input_format="labeled-pair", output_format="labeled-pair", columns=columns)
    assert made["label"] == [int(i % 3 > 0) for i in range(12)]
