"""One row that is not like the others: it is told, and the others stay what they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import run

HUGE = "1" + "0" * 400


def written(path: Path, rows: list[Any]) -> Path:
    """JSON lines; a row that is a text is written as it is."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def told(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, which is JSON to the letter: nothing in it is NaN or infinite."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]


def scored(i: int, score: object) -> str:
    """A pair with a score, as JSON."""
    return f'{{"query": "how do I do {i}?", "document": "do it like {i} and so on", "score": {score}}}'


@pytest.mark.parametrize("number", [HUGE, f"-{HUGE}"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_number_too_large_is_a_label_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, number: str
) -> None:
    scores: list[Any] = [0.3 + i / 100 for i in range(20)]
    scores[7] = number
    path, out = tmp_path / f"in.{suffix}", tmp_path / "out.jsonl"
    if suffix == "csv":
        lines = [f"how do I do {i}?,do it like {i} and so on,{score}" for i, score in enumerate(scores)]
        path.write_text("\n".join(["query,document,score", *lines]) + "\n")
    else:
        written(path, [scored(i, score) for i, score in enumerate(scores)])
    call = ["convert", str(path), "--output-format", "pair-score", "-o", str(out)]
    assert run(call) == 2
    shown = capsys.readouterr().err
    assert "in row 8, which is too large a number; --on-error skip sets such rows aside" in shown
    assert not out.exists()
    assert run([*call, "--on-error", "skip"]) == 0
    assert [row["score"] for row in told(out)] == [score for score in scores if score != number]
    capsys.readouterr()
    assert run(["inspect", str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["format"] == "pair-score"
    assert {each["code"]: each["rows"] for each in report["findings"]}["LBL020"] == 1


@pytest.mark.parametrize("number", [HUGE, "1e400"])
@pytest.mark.parametrize(
    ("row", "output_format"),
    [
        ('{"query": "q %d is?", "documents": ["doc %d a", "doc %d b"], "labels": [1, @]}', "labeled-list"),
        ('{"query": "q %d?", "positive": "good %d", "negative": "bad %d", "scores": [0.5, @]}', "triplet-scores"),
    ],
)
def test_a_number_too_large_in_a_list_is_told_with_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, output_format: str, number: str
) -> None:
    rows = [(row % (i, i, i)).replace("@", number if i == 7 else "0") for i in range(20)]
    path, out = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    call = ["convert", str(path), "--output-format", output_format, "-o", str(out)]
    assert run(call) == 2
    assert "in row 8, in which a number is too large; --on-error skip" in capsys.readouterr().err
    assert run([*call, "--on-error", "skip"]) == 0
    assert len(told(out)) == 19
