"""Every row that a conversion leaves out can be kept, with the reason."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.cli import run

ROWS = 60
COLUMNS = {
    "question": [f"When does ferry {i} leave the harbour?" for i in range(ROWS)],
    "answer": [f"It leaves at {i} minutes past noon, from pier {i % 7}." for i in range(ROWS)],
}


def convert(folder: Path, columns: dict, *options: str) -> pa.Table:
    path, out = folder / "data.parquet", folder / "out.parquet"
    pq.write_table(pa.table(columns), path)
    rejects = ["--rejects", str(folder / "left.parquet")]
    assert run(["convert", str(path), "--output-format", "same", "-o", str(out), *rejects, *options]) == 0
    return pq.read_table(out)


def test_rows_without_a_text_or_a_label_and_rows_that_repeat(tmp_path: Path) -> None:
    columns = {name: list(values) for name, values in COLUMNS.items()}
    columns["answer"][3] = " "
    columns["score"] = [str(i / ROWS) if i != 5 else "NULL" for i in range(ROWS)]
    for name in columns:
        columns[name][9] = columns[name][8]
    kept = convert(tmp_path, columns, "--fix", "ROW001")
    left = pq.read_table(tmp_path / "left.parquet")
    assert kept.num_rows == ROWS - 3
    assert sorted(left["reason"].to_pylist()) == ["ROW001", "empty text", "no label"]
    assert left.num_rows + kept.num_rows == ROWS


def test_nothing_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, COLUMNS).num_rows == ROWS
    assert not (tmp_path / "left.parquet").exists()
    assert "no row was left out" in capsys.readouterr().err


def test_a_dry_run_says_what_mending_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = {name: [*values, values[0], values[1]] for name, values in COLUMNS.items()}
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(columns), path)
    assert run(["convert", str(path), "--output-format", "same", "--fix", "ROW001", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert f"{ROWS + 2} rows in, {ROWS} out" in shown
    assert "left out 2 rows that repeat an earlier one (ROW001)" in shown
    assert [each.name for each in tmp_path.iterdir()] == ["data.parquet"]
