"""Class ids in text files keep their names: the manifest that stands beside what was written here tells them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import advisor
from advisor.cli import run
from converters import InputError, convert
from converters.sources import open_source

NAMES = ("contradiction", "entailment", "neutral")
KINDS = ["csv", "tsv", "json", "jsonl", "csv.gz"]


def text(number: int) -> str:
    """A sentence of its own for each number."""
    return f"text {number} says {number * 31 % 97} things about {number % 7} rivers and {number % 5} bridges"


@pytest.fixture
def source(tmp_path: Path) -> str:
    """Pairs with a class as a word."""
    rows = [{"premise": text(i // 3), "hypothesis": text(900 + i), "label": NAMES[i % 3]} for i in range(60)]
    path = tmp_path / "nli.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def written(source: str, out: Path, *options: str) -> Path:
    assert run(["convert", source, "--output-format", "same", "-o", str(out), *options]) == 0
    return out


def manifest_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_comes_back_with_its_classes(source: str, tmp_path: Path, kind: str) -> None:
    path = written(source, tmp_path / f"out.{kind}")
    report = advisor.inspect(path)
    assert (report.format, report.label.kind, tuple(report.label.names)) == ("pair-class", "class", NAMES)
    assert report.confidence > 0.95
    again = tmp_path / "again.parquet"
    assert run(["convert", str(path), "--output-format", "same", "-o", str(again)]) == 0
    plain = advisor.convert(source, output_format="same")
    back = advisor.convert(path, output_format="same")
    assert back.features["label"].names == plain.features["label"].names == list(NAMES)
    assert back.to_list() == plain.to_list() == pq.read_table(again).to_pylist()
    scored = advisor.convert(path, output_format="labeled-pair")  # entailment and contradiction by their names
    assert scored.to_list() == advisor.convert(source, output_format="labeled-pair").to_list()


def test_single_texts_too_and_without_inspection(tmp_path: Path) -> None:
    rows = tmp_path / "texts.csv"
    rows.write_text("text,label\n" + "".join(f"{text(i)},{('sea', 'air', 'land')[i % 3]}\n" for i in range(30)))
    path = written(str(rows), tmp_path / "out.csv")
    assert advisor.inspect(path).label.names == ("air", "land", "sea")
    made = convert(path, input_format="single-class", columns={"text": "text", "label": "label"}, output_format="same")
    assert made.features["label"].names == ["air", "land", "sea"]


@pytest.mark.parametrize("options", [["--files", "csv"], ["--files", "jsonl", "--shard-size", "1KB"]], ids=len)
def test_folders_of_files(source: str, tmp_path: Path, options: list[str]) -> None:
    folder = written(source, tmp_path / "out", *options, "--split-off", "0.2")
    splits = open_source(folder).splits
    assert {name: split.class_names for name, split in splits.items()} == {
        "train": {"label": NAMES},
        "test": {"label": NAMES},
    }
    assert advisor.inspect(folder).format == "pair-class"
    for file in folder.glob("t*"):
        assert open_source(file).splits["train"].class_names == {"label": NAMES}


def test_what_is_held_out_of_a_file(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"  # the name of a folder may say which split it holds
    folder.mkdir()
    path, apart = written(source, folder / "out.csv", "--split-off", "0.2"), folder / "out-test.csv"
    assert not manifest_of(apart).exists()
    assert open_source(apart).splits["train"].class_names == {"label": NAMES}
    both = open_source(str(folder / "out*.csv")).splits
    assert {name: split.class_names for name, split in both.items()} == {
        "train": {"label": NAMES},
        "test": {"label": NAMES},
    }
    other = Path(shutil.copy(apart, folder / "other-test.csv"))
    assert open_source(other).splits["train"].class_names == {}
    manifest_of(path).unlink()
    assert open_source(apart).splits["train"].class_names == {}


def _changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        manifest = json.loads(manifest_of(path).read_text())
        change(manifest)
        manifest_of(path).write_text(json.dumps(manifest))

    return spoil


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"one more,and another,1\n")


def _of_the_same_size(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"text 0", b"text 9"))


SPOILED: dict[str, Callable[[Path], Any]] = {
    "none": lambda path: manifest_of(path).rename(path.with_name("moved")),
    "a folder": lambda path: (
        manifest_of(path).rename(path.with_name("moved")).with_name(manifest_of(path).name).mkdir()
    ),
    "empty": lambda path: manifest_of(path).write_bytes(b""),
    "no JSON": lambda path: manifest_of(path).write_bytes(b"{\xff\x00"),
    "a list": lambda path: manifest_of(path).write_text("[1]"),
    "too deep": lambda path: manifest_of(path).write_text("[" * 100_000),
    "of another tool": _changed(lambda told: told.pop("loss_advisor")),
    "no files": _changed(lambda told: told.pop("files")),
    "files are a list": _changed(lambda told: told.update(files=["out.csv"])),
    "of another file": _changed(lambda told: told.update(files={"other.csv": told["files"]["out.csv"]})),
    "nothing of the file": _changed(lambda told: told["files"].update({"out.csv": None})),
    "no changes": _changed(lambda told: told.pop("changes")),
    "no names": _changed(lambda told: told["changes"].update(class_names=[])),
    "names are numbers": _changed(lambda told: told["changes"].update(class_names=[0, 1, 2])),
    "names are one text": _changed(lambda told: told["changes"].update(class_names="abc")),
    "one name twice": _changed(lambda told: told["changes"].update(class_names=["a", "b", "a"])),
    "half a character": _changed(lambda told: told["changes"].update(class_names=["a", "b", "\ud800"])),
    "of scores": _changed(lambda told: told.update(output_format="pair-score")),
    "of no format": _changed(lambda told: told.update(output_format=["pair-class"])),
    "the file has grown": _longer,
    "the file has changed": _of_the_same_size,
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_broken_or_foreign_manifest_is_ignored(source: str, tmp_path: Path, spoil: Callable[[Path], Any]) -> None:
    path = written(source, tmp_path / "out.csv")
    assert open_source(path).splits["train"].class_names == {"label": NAMES}
    spoil(path)
    assert open_source(path).splits["train"].class_names == {}
    assert advisor.inspect(path).label.names == ()


def test_files_of_which_some_have_names_are_joined_without(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = written(source, folder / "one.csv")
    (folder / "two.csv").write_bytes(path.read_bytes())
    split = open_source(str(folder / "*.csv")).splits["train"]
    assert (split.rows, split.class_names) == (120, {})


def test_scores_of_classes_are_no_classes(source: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run(["convert", source, "--output-format", "labeled-pair", "-o", str(out)]) == 0
    assert json.loads(manifest_of(out).read_text())["changes"]["class_names"] == list(NAMES)
    assert open_source(out).splits["train"].class_names == {}
    assert advisor.inspect(out).format == "labeled-pair"


def test_a_header_that_is_said_not_to_be_one_leaves_no_column_of_that_name(source: str, tmp_path: Path) -> None:
    path = written(source, tmp_path / "out.csv")
    assert open_source(path, has_header=False).splits["train"].class_names == {}
    with pytest.raises(InputError, match="relevance grades"):  # as of a Parquet file that carries the names
        advisor.inspect(path, format="graded-pair")
