"""A label means the same in every split of a dataset, also where one of them is converted alone."""

import json
from pathlib import Path
from typing import Any

import datasets
import pytest

import advisor
import converters
import converters.piles
from advisor.cli import run
from converters.errors import InputError

Rows = list[dict[str, Any]]


def folder(place: Path, **splits: Rows) -> Path:
    place.mkdir()
    for name, rows in splits.items():
        (place / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return place


def classes(names: str, first: int = 0) -> Rows:
    return [{"text": f"entry {i} of the diary of a {i % 7} years old", "label": names[i % len(names)]}
            for i in range(first, first + 40)]  # fmt: skip


def scored(scores: list[float], first: int = 0) -> Rows:
    return [
        {
            "sentence1": f"a man number {i} plays the {i % 7} strings",
            "sentence2": f"somebody number {i} plays {i % 5} notes",
            "score": scores[i % len(scores)],
        }
        for i in range(first, first + 40)
    ]


def converted(capsys: pytest.CaptureFixture[str], source: Path, out: Path, *options: str, status: int = 0) -> Rows:
    assert run(["convert", str(source), "--output-format", "same", "-o", str(out), *options]) == status, (
        capsys.readouterr()
    )
    return [json.loads(line) for line in out.read_text().splitlines()] if out.is_file() else []


@pytest.mark.parametrize("many", [False, True])
def test_a_class_has_the_id_that_it_has_in_a_folder_of_all_splits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    if many:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 7)
    source = folder(tmp_path / "data", train=classes("abz"), test=classes("bz", 40), validation=classes("cz", 80))
    converted(capsys, source, tmp_path / "all")
    together = datasets.load_from_disk(str(tmp_path / "all"))
    for split in ("train", "test", "dev"):
        rows = converted(capsys, source, tmp_path / f"{split}.jsonl", "--split", split)
        whole = together["validation" if split == "dev" else split]
        assert rows == [{"text": row["text"], "label": row["label"]} for row in whole]
    assert {row["label"] for row in rows} == {2, 3}
    names = json.loads((tmp_path / "test.jsonl.manifest.json").read_text())["changes"]["class_names"]
    assert names == ["a", "b", "c", "z"]
    assert {row["label"] for row in converted(capsys, source, tmp_path / "default.jsonl")} == {0, 1, 3}


def test_python_gives_the_same_ids(tmp_path: Path) -> None:
    train, test = classes("abz"), classes("bz", 40)
    source = folder(tmp_path / "data", train=train, test=test)
    in_memory = datasets.DatasetDict(
        {name: datasets.Dataset.from_list(rows) for name, rows in (("train", train), ("test", test))}
    )
    for dataset in (str(source), f"{source}/*.jsonl", in_memory):
        made = advisor.convert(dataset, output_format="same", split="test", format="single-class")
        assert set(made["label"]) == {1, 2}
        assert made.features["label"].names == ["a", "b", "z"]
        roles = {"text": "text", "label": "label"}
        again = converters.convert(
            dataset, input_format="single-class", columns=roles, output_format="same", split="test"
        )
        assert again["label"] == made["label"]
    with pytest.raises(InputError, match="has no split 'tset'"):
        advisor.convert(in_memory, output_format="same", split="tset")


def test_a_score_is_on_the_scale_of_all_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = folder(tmp_path / "data", train=scored([0, 2.5, 5]), test=scored([0, 0.5, 1], 40))
    rows = converted(capsys, source, tmp_path / "test.jsonl", "--split", "test")
    assert {row["score"] for row in rows} == {0, 0.1, 0.2}


@pytest.mark.parametrize("kept", ["train", "folder"])
def test_scores_that_are_not_told_count_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: str
) -> None:
    source = folder(tmp_path / "data", train=scored([0, 2.5, 5]), test=scored([-1.0], 40))
    if kept == "train":
        rows = converted(capsys, source, tmp_path / "train.jsonl")
    else:
        converted(capsys, source, tmp_path / "out")
        assert "the split 'test' is left out: all its scores are -1" in capsys.readouterr().err
        made = datasets.load_from_disk(str(tmp_path / "out"))
        assert list(made) == ["train"]
        rows = list(made["train"])
    assert {row["score"] for row in rows} == {0, 0.5, 1}


@pytest.mark.parametrize(
    "other",
    [
        [{"words": "no such columns"}],
        [{**row, "score": "not yet known to anybody"} for row in scored([1])],
        [{**row, "score": [1.0, 2.0]} for row in scored([1])],
    ],
)
def test_a_split_that_cannot_be_read_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: Rows
) -> None:
    source = folder(tmp_path / "data", train=scored([0, 2.5, 5]), test=other)
    rows = converted(capsys, source, tmp_path / "train.jsonl", "--split", "train")
    assert {row["score"] for row in rows} == {0, 0.5, 1}


def test_json_names_every_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = folder(tmp_path / "data", train=classes("abz"), test=classes("bz", 40))
    for more, splits in ((["-o", str(tmp_path / "out")], ["train", "test"]), ([], None)):
        assert run(["convert", str(source), "--output-format", "same", "--dry-run", "--json", *more]) == 0
        assert json.loads(capsys.readouterr().out).get("converted_splits") == splits
