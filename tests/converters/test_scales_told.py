"""Whoever scales scores to 0..1 says from which scale, whatever they come from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import converters.piles
from advisor.cli import run


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def pairs() -> list[dict[str, Any]]:
    return [{"anchor": f"where is the lamp {i}?", "positive": f"The lamp {i} is in hall {i * 7}."} for i in range(16)]


def judged(grades: list[int], place: Path) -> Path:
    (place / "qrels").mkdir(parents=True)
    lines(place / "corpus.jsonl", [{"_id": f"d{i}", "text": f"The lamp {i} is in hall {i * 7}."} for i in range(16)])
    lines(place / "queries.jsonl", [{"_id": f"q{i}", "text": f"where is the lamp {i}?"} for i in range(16)])
    rows = [f"q{i}\td{i}\t{grades[i % len(grades)]}" for i in range(16)]
    (place / "qrels" / "train.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows]) + "\n")
    return place


def converted(capsys: pytest.CaptureFixture[str], source: Path, *options: str) -> tuple[str, list[float], Any]:
    """What is said, the scores, and the scale in the manifest."""
    out = source.with_name("out.jsonl")
    assert run(["convert", str(source), "--output-format", "pair-score", "-o", str(out), "--overwrite", *options]) == 0
    manifest = json.loads(Path(f"{out}.manifest.json").read_text())
    scores = [json.loads(line)["score"] for line in out.read_text().splitlines()]
    return capsys.readouterr().out, scores, manifest["changes"].get("scaled_from")


def test_those_of_a_teacher(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = lines(tmp_path / "pairs.jsonl", pairs())
    np.save(tmp_path / "logits.npy", np.linspace(-3, 12, 16))
    said, scores, scale = converted(capsys, source, "--format", "pair", "--teacher", str(tmp_path / "logits.npy"))
    assert "the teacher's scores scaled from -3..12 to 0..1" in said
    assert (scores[0], scores[-1], scale) == (0, 1, [-3, 12])
    np.save(tmp_path / "unit.npy", np.linspace(0.1, 0.9, 16))
    said, scores, scale = converted(capsys, source, "--format", "pair", "--teacher", str(tmp_path / "unit.npy"))
    assert "scaled" not in said
    assert (scores[0], scale) == (0.1, None)


def test_the_scale_of_scores_that_a_teacher_replaces_is_not_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"sentence1": f"a {row['anchor']}", "sentence2": row["positive"], "score": i % 6}
            for i, row in enumerate(pairs())]  # fmt: skip
    source = lines(tmp_path / "scored.jsonl", rows)
    np.save(tmp_path / "unit.npy", np.linspace(0.1, 0.9, 16))
    options = ("--format", "pair-score", "--teacher", str(tmp_path / "unit.npy"))
    said, scores, scale = converted(capsys, source, *options)
    assert "scaled" not in said
    assert (scores[0], scale) == (0.1, None)
    said, _, scale = converted(capsys, source, "--format", "pair-score")
    assert "  scores scaled from 0..5 to 0..1" in said
    assert scale == [0, 5]


@pytest.mark.parametrize(("grades", "scale", "lowest"), [([0, 1, 2, 3], [0, 3], 0), ([-1, 0, 1, 4], [0, 4], 0)])
def test_those_of_a_collection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], grades: list[int], scale: list[int], lowest: float
) -> None:
    said, scores, told = converted(capsys, judged(grades, tmp_path / "beir"))
    assert f"  scores scaled from {scale[0]}..{scale[1]} to 0..1" in said
    assert told == scale
    assert scores[:4] == [max(0, grade) / scale[1] for grade in grades]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("format", ["graded-pair", "labeled-list", "triplet-scores"])
def test_those_of_grades_lists_and_triplets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, format: str, many: bool
) -> None:
    if many:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 5)
    rows: list[dict[str, Any]] = []
    for i, row in enumerate(pairs()):
        texts = [row["positive"], f"No lamp {i} is in hall {i * 7}."]
        if format == "graded-pair":
            rows += [{"query": row["anchor"], "document": text, "grade": (i + j) % 4} for j, text in enumerate(texts)]
        elif format == "labeled-list":
            rows.append({"query": row["anchor"], "documents": texts, "labels": [3, i % 3]})
        else:
            rows.append({"query": row["anchor"], "positive": texts[0], "negative": texts[1], "scores": [3, i % 3]})
    said, scores, scale = converted(capsys, lines(tmp_path / "in.jsonl", rows), "--format", format)
    assert "  scores scaled from 0..3 to 0..1" in said
    assert scale == [0, 3]
    assert max(scores) == 1
