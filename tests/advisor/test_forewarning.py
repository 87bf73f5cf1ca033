"""What `train` tells before it trains: a reading that is not sure, errors of the data, rows that it knows already."""

import csv
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor import training
from converters.errors import InputError


class Started(Exception):  # noqa: N818 - no error: where these tests end
    """The training would start now."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def started(*given: Any, **more: Any) -> None:
        raise Started

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training, "_run", started)
    return tmp_path


def told(dataset: str, model: str, **options: Any) -> list[str]:
    """What was told before the training itself."""
    lines: list[str] = []
    with pytest.raises(Started):
        training.train(
            dataset, family="sentence-transformer", model=model, output_dir="run", note=lines.append, **options
        )
    *before, last = lines
    assert last.startswith("training a sentence-transformer with ")
    return before


@pytest.fixture
def model(tiny_models: dict[str, str]) -> str:
    return tiny_models["sentence-transformer"]


def rows(word: str, number: int) -> list[tuple[str, ...]]:
    return [
        (f"how do I change the {word} number {i} here?", f"open the page of the {word} and take entry {i * 7} there.")
        for i in range(number)
    ]


def write(name: str, rows: list[tuple[str, ...]], header: tuple[str, ...] = ("question", "answer")) -> str:
    Path(name).parent.mkdir(exist_ok=True)
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return name


def test_rows_that_stand_in_another_split_are_told_with_the_mend(model: str) -> None:
    write("splits/train.csv", rows("setting", 80))
    write("splits/validation.csv", [*rows("window", 20), *rows("setting", 5)])
    (line,) = told("splits", model)
    assert line == (
        "SET002 in splits: 5 rows have a 'question' that stands in 'validation' too (advisor rule SET002 explains); to "
        "mend it: advisor convert splits --output-format same --fix SET002 -o splits-mended"
    )


def test_clean_data_starts_without_a_word(model: str) -> None:
    write("splits/train.csv", rows("setting", 80))
    write("splits/validation.csv", rows("window", 20))
    assert told("splits", model) == []
    assert told(write("pairs.csv", rows("setting", 80)), model, evaluation=write("held.csv", rows("window", 20))) == []


def test_rows_to_evaluate_on_that_are_trained_on_are_counted(model: str) -> None:
    data = write("pairs.csv", rows("setting", 80))
    (line,) = told(data, model, evaluation=write("held.csv", [*rows("window", 20), *rows("setting", 7)]))
    assert line.startswith("7 of 27 rows of held.csv share their 'question' with pairs.csv, and measure memory")
    assert line.endswith("--fix SET002")


def test_scored_pairs_are_known_when_both_texts_are(model: str) -> None:
    names = ("sentence1", "sentence2", "score")
    scored = [(*pair, f"{i % 11 / 10}") for i, pair in enumerate(rows("setting", 80))]
    other = [(scored[i][0], scored[i + 1][1], "0.1") for i in range(10)]  # the same first text beside another
    evaluation = write("held.csv", [*scored[:3], *other], names)
    (line,) = told(write("scored.csv", scored, names), model, evaluation=evaluation)
    assert line.startswith("3 of 13 rows of held.csv share their texts with scored.csv, and")


def test_an_uncertain_reading_is_told_unless_it_was_said(model: str) -> None:
    judged = [(*pair, str(i % 4)) for i, pair in enumerate(rows("setting", 60))]  # grades or classes: nobody can tell
    data = write("judged.csv", judged, ("a", "b", "n"))
    report = advisor.inspect(data)
    assert report.confidence < 0.5
    (line,) = [each for each in told(data, model) if each.startswith("reads ")]
    other = report.alternatives[0]
    assert line.startswith(f"reads judged.csv as {report.format} ({report.confidence:.0%} sure; {other.format} ")
    assert line.endswith("): --format says otherwise")
    assert not [each for each in told(data, model, said={"format": report.format}) if each.startswith("reads ")]


def test_an_uncertain_reading_is_told_before_a_refusal_that_follows_from_it(model: str) -> None:
    lines: list[str] = []
    judged = [(*pair, str(i % 4)) for i, pair in enumerate(rows("setting", 60))]
    with pytest.raises(InputError, match="no conversion of pair-class data leads to what MultipleNegatives"):
        training.train(
            write("judged.csv", judged, ("a", "b", "n")),
            family="sentence-transformer",
            model=model,
            output_dir="run",
            loss="MultipleNegativesRankingLoss",
            note=lines.append,
        )
    assert [each.split()[0] for each in lines] == ["reads"]


def test_splits_that_preparing_leaves_aside_are_told_with_what_keeps_them(model: str) -> None:
    write("splits/train.csv", rows("setting", 80))
    write("splits/test.csv", rows("window", 20))
    lines: list[str] = []
    with pytest.raises(InputError, match="nothing was done"):
        training.train(
            "splits",
            family="sentence-transformer",
            model=model,
            output_dir="run",
            loss="TripletLoss",
            note=lines.append,
            agreed=lambda plan: False,
        )
    assert lines == [
        "of splits train alone is prepared, and a part of it held out; to keep test, train on what this writes: "
        "advisor convert splits --output-format triplet -o splits-triplet"
    ]
