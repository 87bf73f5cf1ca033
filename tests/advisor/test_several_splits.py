"""Datasets of several splits: the commands that are advised keep all of them."""

import csv
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import advisor
from advisor.screen.steps import steps
from converters import open_source

ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def write(path: Path, rows: list[tuple[str, str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("question", "answer"), *rows])


def rows(word: str, number: int) -> list[tuple[str, str]]:
    return [
        (f"how do I change the {word} number {i} here?", f"open the page of the {word} and take entry {i * 7} there.")
        for i in range(number)
    ]


@pytest.fixture
def splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three splits; five questions of the training rows stand in the second as well."""
    write(tmp_path / "splits/train.csv", rows("setting", 80))
    write(tmp_path / "splits/validation.csv", [*rows("window", 20), *rows("setting", 5)])
    write(tmp_path / "splits/test.csv", rows("colour", 20))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str) -> str:
    program, *words = shlex.split(command)
    assert program == "advisor"
    done = subprocess.run(
        [sys.executable, "-m", "advisor", *words], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sizes(place: str) -> dict[str, int | None]:
    return {name: split.rows for name, split in open_source(place).splits.items()}


def test_what_is_advised_next_keeps_every_split_and_leads_to_a_script(splits: Path) -> None:
    mend, script = steps(advisor.inspect("splits"))
    run(mend.command)
    assert sizes("splits-mended") == {"train": 75, "validation": 25, "test": 20}
    run(script.command)
    written = (splits / "train.py").read_text()
    assert '"splits-mended"' in written
    assert 'split="validation"' in written  # it is evaluated on what was held out before, not on a part of train
    assert not [each for each in advisor.inspect("splits-mended").findings if each.code == "SET002"]


def test_every_command_of_a_report_names_a_folder(splits: Path) -> None:
    report = advisor.inspect("splits")
    commands = [*(each.command for each in report.conversions), *(each.fix for each in report.findings if each.fix)]
    outputs = [words[words.index("-o") + 1] for words in map(shlex.split, commands) if "-o" in words]
    assert "splits-triplet" in outputs
    assert "splits-mended" in outputs
    assert not [each for each in outputs if Path(each).suffix]


@pytest.mark.parametrize("split", ["train", "test"])
def test_one_split_that_is_said_goes_to_a_file(splits: Path, split: str) -> None:
    offers = {each.output_format: each.command for each in advisor.inspect("splits", split=split).conversions}
    assert offers["triplet"].endswith("-o splits-triplet.parquet")
    assert ("--split test" in offers["triplet"]) == (split == "test")


def test_a_folder_of_one_split_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "alone/train.csv", [*rows("setting", 120), *rows("setting", 5)])
    command = steps(advisor.inspect("alone"))[0].command
    run(command)
    assert command.endswith("-o alone-mended.parquet")
    assert pq.read_metadata("alone-mended.parquet").num_rows == 120


def test_judgements_of_several_splits_go_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beir/qrels").mkdir(parents=True)
    texts = [f'{{"_id": "{i}", "title": "", "text": "a text about thing number {i}"}}\n' for i in range(30)]
    for name in ("corpus", "queries"):
        (tmp_path / f"beir/{name}.jsonl").write_text("".join(texts))
    for name, own in (("train", range(20)), ("test", range(20, 30))):
        lines = ["query-id\tcorpus-id\tscore\n", *(f"{i}\t{i}\t1\n" for i in own)]
        (tmp_path / f"beir/qrels/{name}.tsv").write_text("".join(lines))
    run(steps(advisor.inspect("beir"))[0].command)
    assert sizes("beir-pair") == {"train": 20, "test": 10}
    assert " --split test " in steps(advisor.inspect("beir", split="test"))[0].command
