"""Groups that lack positives, negatives or a place for their scores: what comes of them, and what is told."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from datasets import load_from_disk

import converters.piles
from advisor.cli import run
from converters import InputError, convert

ASKED = "how do I return it?"
GROUPS = [{"query": f"what is {i}?", "pos": [f"It is {i}."], "neg": [f"It was {i}."]} for i in range(6)]
GROUPS[2:2] = [{"query": ASKED, "pos": [], "neg": ["Go away.", "Send it back."]}]
GROUPS.append({"query": ASKED, "pos": ["Send it back."], "neg": ["Nobody knows."]})
GROUPS.append({"query": "who asks?", "pos": [""], "neg": ["Somebody."]})
GROUPS.append({"query": "why?", "pos": [], "neg": [" "]})
EMPTY, LACKING = (10, "no text beside the query"), (9, "anchors without a positive")


@pytest.mark.parametrize(
    ("format", "wanted", "left"),
    [
        ("triplet", [["Send it back.", "Nobody knows."], ["Send it back.", "Go away."]], {EMPTY, LACKING}),
        ("n-tuple", [["Send it back.", "Go away.", "Nobody knows."]], {EMPTY, LACKING}),
        ("labeled-list", [[["Send it back.", "Go away.", "Nobody knows."], [1, 0, 0]]], {EMPTY, LACKING}),
        ("labeled-pair", [["Send it back.", 1], ["Go away.", 0], ["Nobody knows.", 0]], {EMPTY}),
        ("pair", [["Send it back."]], {EMPTY, LACKING}),
    ],
)
def test_what_comes_of_them(format: str, wanted: list[list[Any]], left: set[tuple[int, str]], tmp_path: Path) -> None:
    path, out, rejects = tmp_path / "groups.jsonl", tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in GROUPS))
    command = ["convert", str(path), "--output-format", format, "-o", str(out), "--rejects", str(rejects)]
    assert run(command) == 0
    rows = [list(json.loads(line).values()) for line in out.read_text().splitlines()]
    found = [row[1:] for row in rows if row[0] == ASKED]
    if format == "labeled-list":
        found = [[list(each) for each in zip(*sorted(zip(*row, strict=True), key=str), strict=True)] for row in found]
        wanted = [[list(each) for each in zip(*sorted(zip(*row, strict=True), key=str), strict=True)] for row in wanted]
    assert sorted(map(str, found)) == sorted(map(str, wanted))
    told = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert {(row["row"], row["reason"]) for row in told} == left


def test_single_texts_take_all_of_them(tmp_path: Path) -> None:
    path, out = tmp_path / "groups.jsonl", tmp_path / "out.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in GROUPS))
    assert run(["convert", str(path), "--output-format", "single", "-o", str(out)]) == 0
    texts = {json.loads(line)["text"] for line in out.read_text().splitlines()}
    assert {"Go away.", "who asks?", "Somebody."} < texts
    assert "why?" not in texts


def test_no_group_has_a_positive() -> None:
    table = pa.table({"q": [row["query"] for row in GROUPS], "n": [row["neg"] for row in GROUPS]})
    table = table.append_column("p", pa.array([[" "]] * len(GROUPS)))
    columns = {"q": "query", "p": "positive", "n": "negative"}
    with pytest.raises(InputError, match="8 anchors without a positive"):
        convert(table, output_format="triplet", input_format="grouped", columns=columns)


@pytest.mark.parametrize("format", ["labeled-list", "labeled-pair", "triplet", "n-tuple", "pair"])
def test_scores_that_have_no_place_are_told(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "groups.jsonl", tmp_path / "out.jsonl"
    rows = [{**row, "neg": [f"no {i}", f"not {i}"]} for i, row in enumerate(GROUPS[:2] + GROUPS[3:7])]
    scores = {"pos_scores": [0.9], "neg_scores": [0.1, 0.2]}
    path.write_text("".join(json.dumps({**row, **scores}) + "\n" for row in rows))
    assert run(["convert", str(path), "--output-format", format, "-o", str(out)]) == 0
    assert "the scores, where there are any" in capsys.readouterr().out
    assert "0.9" not in out.read_text()


def test_scores_that_have_a_place_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "groups.jsonl", tmp_path / "out.jsonl"
    scores = {"pos_scores": [0.9], "neg_scores": [0.1]}
    path.write_text("".join(json.dumps({**row, **scores}) + "\n" for row in GROUPS[3:7]))
    assert run(["convert", str(path), "--output-format", "triplet-scores", "-o", str(out)]) == 0
    assert "loses" not in capsys.readouterr().out
    assert all(json.loads(line)["scores"] == [0.9, 0.1] for line in out.read_text().splitlines())


# -- without negatives -------------------------------------------------------------------------------------------------

COLOURS = "red green blue black white round square tiny huge old new warm cold fast slow loud".split()
PAIRS = [(f"where is the {word} lamp?", f"the {word} lamp stands in room {i}") for i, word in enumerate(COLOURS)]


def labeled(folder: Path, name: str, rows: list[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    """The labeled pairs that come of some rows."""
    path, out = folder / f"{name}.jsonl", folder / f"{name}-out.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["convert", str(path), "--output-format", "labeled-pair", "--no-cache", "-o", str(out), *options]) == 0
    return [json.loads(line) for line in out.read_text().splitlines()]


@pytest.mark.parametrize("in_memory", [True, False])
def test_negatives_are_mined_for_groups_that_have_none_as_they_are_for_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], in_memory: bool
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 5)
    groups = labeled(tmp_path, "groups", [{"query": query, "pos": [text], "neg": []} for query, text in PAIRS])
    assert "negatives are mined" in capsys.readouterr().err
    assert groups == labeled(tmp_path, "pairs", [{"anchor": query, "positive": text} for query, text in PAIRS])
    assert {row["label"] for row in groups} == {0, 1}


@pytest.mark.parametrize("in_memory", [True, False])
def test_nothing_is_mined_where_one_group_has_a_negative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 5)
    rows: list[dict[str, Any]] = [{"query": query, "pos": [text], "neg": []} for query, text in PAIRS]
    rows[-1]["neg"] = ["Nobody knows."]
    assert [row["label"] for row in labeled(tmp_path, "groups", rows)] == [1] * 16 + [0]


def test_the_first_split_says_whether_it_is_mined(tmp_path: Path) -> None:
    folder, out = tmp_path / "data", tmp_path / "out"
    folder.mkdir()
    for split, negatives in (("train", ["Nobody knows."]), ("test", [])):
        rows = [{"query": f"{split}: {query}", "pos": [text], "neg": negatives} for query, text in PAIRS]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["convert", str(folder), "--output-format", "labeled-pair", "--no-cache", "-o", str(out)]) == 0
    labels = {split: [row["label"] for row in rows] for split, rows in load_from_disk(str(out)).items()}
    assert labels == {"train": [1, 0] * 16, "test": [1] * 16}
