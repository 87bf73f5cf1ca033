"""A fingerprint changes when the data do, and with nothing else."""

import os
from pathlib import Path
from typing import Any

import pytest

from converters import convert, fingerprints
from converters.fingerprints import difference, fingerprint_of_file, fingerprint_of_source


def test_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    before = fingerprint_of_source(str(path))
    os.utime(path, (1, 1))
    assert fingerprint_of_source(path) == before == {"kind": "file", **fingerprint_of_file(path)}
    path.rename(tmp_path / "y.csv")
    assert fingerprint_of_source(str(tmp_path / "y.csv")) == before
    (tmp_path / "y.csv").write_text("a,b\n1,3\n")
    assert difference(before, fingerprint_of_source(str(tmp_path / "y.csv"))) == "its content is another"
    (tmp_path / "y.csv").write_text("a,b\n1,30\n")
    assert difference(before, fingerprint_of_source(str(tmp_path / "y.csv"))) == "it had 8 bytes and has 9"


@pytest.mark.parametrize("place", [0, 70_000, -1])
def test_of_a_large_file_pieces_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr(fingerprints, "_PIECE", 2_000)
    path = tmp_path / "x.jsonl"
    content = bytearray(os.urandom(100_000))
    path.write_bytes(content)
    before = fingerprint_of_file(path, whole=50_000)
    assert before["pieces"] == 64
    assert before == fingerprint_of_file(path, whole=50_000)
    content[place] ^= 1
    path.write_bytes(content)
    assert fingerprint_of_file(path, whole=50_000) != before


def test_of_a_folder_and_a_glob(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("train.csv", "test.csv", "other.csv"):
        (folder / name).write_text(f"a\n{name}\n")
    of_all, of_some = fingerprint_of_source(str(folder)), fingerprint_of_source(f"{folder}/t*.csv")
    assert sorted(of_some["files"]) == ["test.csv", "train.csv"]
    (folder / ".cache").write_text("x")
    (folder / "manifest.json").write_text("{}")
    assert difference(of_all, fingerprint_of_source(str(folder))) is None
    (folder / "other.csv").unlink()
    assert difference(of_all, fingerprint_of_source(str(folder))) == "'other.csv' is gone"
    assert difference(of_some, fingerprint_of_source(f"{folder}/t*.csv")) is None
    (folder / "train.csv").write_text("b\n")
    (folder / "tests.csv").write_text("b\n")
    assert difference(of_some, fingerprint_of_source(f"{folder}/t*.csv")) == "'tests.csv' is new, and 1 more"


def test_of_what_cannot_be_opened_again(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for dataset in ("-", [{"a": 1}], str(tmp_path / "pipe")):
        assert fingerprint_of_source(dataset) == {"kind": "stream"}


def test_another_kind() -> None:
    assert difference({"kind": "file"}, {"kind": "folder"}) == "it was a 'file' and is a 'folder'"
    before, now = ({"kind": "hub", "revision": each} for each in ("abc", "def"))
    assert difference(before, now) == "its commit was 'abc' and is 'def'"


def test_of_rows_in_a_dataset() -> None:
    rows: dict[str, list[Any]] = {"text": ["one", "two", "three"], "label": [0, 1, 0]}

    def converted(texts: list[str]) -> str:
        made = convert(
            {**rows, "text": texts},
            output_format="same",
            input_format="single-class",
            columns={"text": "text", "label": "label"},
        )
        return str(made._fingerprint)

    assert converted(rows["text"]) == converted(rows["text"])
    assert converted(rows["text"]) != converted(["one", "two", "thre"])
