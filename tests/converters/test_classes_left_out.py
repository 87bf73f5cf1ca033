"""Texts with a class that make no row of their own: they are counted, and kept with their numbers."""

import json
from pathlib import Path

import pytest

from advisor.cli import run

FORMATS = ("pair", "labeled-pair", "triplet", "n-tuple", "labeled-list")

#: Two classes; the fourth text repeats the first, and the last two stand in both.
TEXTS = ["red rose", "blue bell", "green fern", " red rose", "white lily", "cow", "old dog", "small cat", "bat", "bat "]
LABELS = ["plant"] * 5 + ["animal"] * 4 + ["plant"]
AGAIN, SEVERAL = "texts that stand there already", "texts that stand in several classes"


def convert(folder: Path, format: str, texts: list[str], *options: str) -> dict[int, str]:
    """Converts texts, and gives the reason of each row that is left out, by its number."""
    path, out, left = folder / "data.jsonl", folder / "out.jsonl", folder / "left.jsonl"
    rows = [{"text": text, "label": label} for text, label in zip(texts, LABELS, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["convert", str(path), "--format", "single-class", "--output-format", format, "-o", str(out)]
    assert run([*command, "--rejects", str(left), *options]) == 0
    found = [json.loads(line) for line in left.read_text().splitlines()] if left.exists() else []
    assert all(json.loads(row["values"])["text"] == texts[row["row"] - 1] for row in found)
    return {row["row"]: row["reason"] for row in found}


@pytest.mark.parametrize("format", FORMATS)
def test_texts_that_are_repeated(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, format, TEXTS) == {4: AGAIN, 9: SEVERAL, 10: SEVERAL}
    assert f"left out 1 {AGAIN}" in capsys.readouterr().out
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert manifest["left_out"] == {AGAIN: 1, SEVERAL: 1}


def test_where_none_is_repeated_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"{text} {place}" for place, text in enumerate(TEXTS)]
    assert convert(tmp_path, "triplet", texts) == {}
    shown = capsys.readouterr()
    assert AGAIN not in shown.out
    assert "no row was left out" in shown.err


@pytest.mark.parametrize("format", FORMATS)
def test_every_text_beyond_so_many_of_a_class(format: str, tmp_path: Path) -> None:
    found = convert(tmp_path, format, TEXTS, "--max-per-class", "2", "--seed", "3", "--num-negatives", "2")
    beyond = {row for row, reason in found.items() if reason == "texts beyond 2 of their class"}
    assert {row: reason for row, reason in found.items() if row not in beyond} == {4: AGAIN, 9: SEVERAL, 10: SEVERAL}
    assert (len(beyond & {1, 2, 3, 5}), len(beyond & {6, 7, 8})) == (2, 1)
    used = (tmp_path / "out.jsonl").read_text()
    assert {row for row in (1, 2, 3, 5, 6, 7, 8) if TEXTS[row - 1] not in used} == beyond
