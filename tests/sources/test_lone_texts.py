"""Rows that hold one text where others hold a list: none is lost, and none is cut into its characters."""

import json
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor.cli import run
from converters.sources import open_source

ROWS: list[dict[str, Any]] = [
    {
        "query": f"where is the ferry {i}?",
        "pos": [f"The ferry {i} is at pier {i}."],
        "neg": [f"The tram {i} is at stop {j}." for j in range(2)],
    }
    for i in range(40)
]
ROWS[7]["pos"] = "The ferry 7 is in the dock."
ROWS[9]["neg"] = "The bus is late."
ROWS[11]["neg"] = []


def lists(name: str) -> list[list[str]]:
    return [[row[name]] if isinstance(row[name], str) else row[name] for row in ROWS]


def written(folder: Path, rows: list[dict[str, Any]], name: str = "data.jsonl") -> Path:
    path = folder / name
    text = json.dumps(rows) if path.suffix == ".json" else "\n".join(map(json.dumps, rows))
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["data.jsonl", "data.json", "object"])
def test_every_row_is_a_list(tmp_path: Path, name: str) -> None:
    split = open_source(ROWS if name == "object" else written(tmp_path, ROWS, name)).splits["train"]
    table = split.table()
    assert {side: table[side].to_pylist() for side in ("pos", "neg")} == {side: lists(side) for side in ("pos", "neg")}
    assert split.lone_texts == {"pos": 1, "neg": 1}


def test_in_blocks_far_apart(tmp_path: Path) -> None:
    padding = "x" * 2000
    rows = [
        {"query": f"{i} {padding}", "pos": f"only {i}" if i < 200 else [f"one {i}", f"two {i}"]} for i in range(400)
    ]
    split = open_source(written(tmp_path, rows)).splits["train"]
    found = split.table()["pos"].to_pylist()
    assert found == [[f"only {i}"] if i < 200 else [f"one {i}", f"two {i}"] for i in range(400)]
    assert split.lone_texts == {"pos": 200}


def test_in_files_beside_one_another(tmp_path: Path) -> None:
    written(tmp_path, [{"query": "a", "pos": "only"}] * 3, "train-1.jsonl")
    written(tmp_path, [{"query": "b", "pos": ["one", "two"]}], "train-2.jsonl")
    split = open_source(tmp_path).splits["train"]
    assert split.table()["pos"].to_pylist() == [["only"]] * 3 + [["one", "two"]]
    assert split.lone_texts == {"pos": 3}


def test_within_records(tmp_path: Path) -> None:
    rows = [{"query": "q", "pos": [{"text": ["a", "b"]}, {"text": "cd"}]}] * 2
    found = open_source(written(tmp_path, rows)).splits["train"].table()["pos"].to_pylist()
    assert found == [[{"text": ["a", "b"]}, {"text": ["cd"]}]] * 2


def test_texts_without_lists_stay_texts_and_other_values_become_json(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": "one", "mixed": "one"}, {"text": "two", "mixed": [1, 2]}]
    split = open_source(written(tmp_path, rows)).splits["train"]
    assert split.table().to_pydict() == {"text": ["one", "two"], "mixed": ["one", "[1, 2]"]}
    assert split.lone_texts == {}


def test_the_finding_counts_the_rows_and_converting_keeps_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = written(tmp_path, ROWS), tmp_path / "out.jsonl"
    report = advisor.inspect(path)
    assert report.format == "grouped"
    found = [each for each in report.findings if each.code == "COL008"]
    assert [each.rows for each in found] == [1, 1]
    assert ["'pos'" in each.message for each in found] == [True, False]
    assert "COL008" not in {each.code for each in advisor.inspect(ROWS[:7]).findings}
    assert run(["convert", str(path), "--output-format", "pair", "-o", str(out)]) == 0
    assert "read as a list of one" in capsys.readouterr().err
    pairs = [json.loads(line) for line in out.read_text().splitlines()]
    assert [each["positive"] for each in pairs] == [text for texts in lists("pos") for text in texts]
