"""Targets, splits, manifests, and that nothing is ever left half-written."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.writing import check_target, manifest_path, write, write_manifest

TABLE = pa.table({"text": [f"text {i}" for i in range(100)], "label": [i % 2 for i in range(100)]})
NAMES = [
    *("x.parquet", "x.arrow", "x.feather", "x.csv", "x.tsv", "x.json", "x.jsonl", "x.ndjson"),
    *("x.csv.gz", "x.jsonl.bz2", "x.jsonl.xz", "x.json.zst", "folder"),
]


def listing(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def batches(fail_with: BaseException | None = None) -> Iterator[pa.RecordBatch]:
    yield from TABLE.to_batches(max_chunksize=10)
    if fail_with is not None:
        raise fail_with


# -- what can be written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["table", "reader", "batches", "split"])
def test_forms(tmp_path: Path, name: str, form: str) -> None:
    rows = {
        "table": TABLE,
        "reader": TABLE.to_reader(),
        "batches": batches(),
        "split": open_source(TABLE).splits["train"],
    }[form]
    assert write(rows, tmp_path / name, schema=TABLE.schema if form == "batches" else None) == 100
    assert open_source(tmp_path / name).splits["train"].table().equals(TABLE)
    assert listing(tmp_path) == [name]


def test_saved_folder_is_loaded_by_datasets(tmp_path: Path) -> None:
    write(TABLE, tmp_path / "one", class_names={"label": ("no", "yes")}, metadata={"a": 1})
    write({"train": TABLE, "test": TABLE.slice(90)}, f"{tmp_path}/two.v1/", metadata={"a": 1})
    one, two = datasets.load_from_disk(str(tmp_path / "one")), datasets.load_from_disk(str(tmp_path / "two.v1"))
    assert one.features["label"].names == ["no", "yes"]
    assert one["text"][:] == TABLE.column("text").to_pylist()
    assert {name: split.num_rows for name, split in two.items()} == {"train": 100, "test": 10}
    assert {name: split.rows for name, split in open_source(tmp_path / "two.v1").splits.items()} == {
        "train": 100,
        "test": 10,
    }


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "folder"])
def test_class_names_are_kept(tmp_path: Path, name: str) -> None:
    write(TABLE, tmp_path / name, class_names={"label": ("no", "yes")})
    split = open_source(tmp_path / name).splits["train"]
    assert split.class_names == {"label": ("no", "yes")}
    write(split, tmp_path / f"again-{name}")
    assert open_source(tmp_path / f"again-{name}").splits["train"].class_names == {"label": ("no", "yes")}


@pytest.mark.parametrize("name", NAMES)
def test_no_rows(tmp_path: Path, name: str) -> None:
    assert write(TABLE.slice(0, 0), tmp_path / name) == 0
    assert (tmp_path / name).exists()
    if name == "folder":
        assert datasets.load_from_disk(str(tmp_path / name)).num_rows == 0


def test_one_split_in_a_file(tmp_path: Path) -> None:
    assert write({"train": TABLE}, tmp_path / "x.csv") == 100
    with pytest.raises(InputError, match=r"cannot hold several splits \(train, test\)"):
        write({"train": TABLE, "test": TABLE}, tmp_path / "y.csv")


def test_empty_text_and_null(tmp_path: Path) -> None:
    write(pa.table({"text": ["", None, "x"], "label": [1, 2, None]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == 'text,label\n"",1\n,2\nx,\n'
    write(pa.table({"text": ["", None, "x"]}), tmp_path / "y.csv")
    assert (tmp_path / "y.csv").read_text() == 'text\n""\n""\nx\n'


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        (pa.table({"b": [b"x"]}), "x.csv", "'b' holds bytes"),
        (pa.table({"b": [[b"x"]]}), "x.jsonl", "'b' holds bytes"),
        (pa.table({"s": pa.array([{}], pa.struct([]))}), "x.parquet", "cannot hold these columns"),
        (pa.table({}), "x.parquet", "without columns"),
        ([{"a": 1}], "x.parquet", "need a schema"),
        ("x.csv", "x.parquet", "a str cannot be written"),
        ({}, "x.parquet", "no splits"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, table: Any, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        write(table, tmp_path / name)
    assert listing(tmp_path) == []


def test_batches_that_do_not_fit_the_schema(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a batch has the columns"):
        write(batches(), tmp_path / "x.parquet", schema=pa.schema([("text", pa.string())]))
    assert listing(tmp_path) == []


# -- whole or not at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError("midway"), KeyboardInterrupt(), InputError("midway")])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("exists", [False, True])
def test_failure_midway(tmp_path: Path, name: str, error: BaseException, exists: bool) -> None:
    if exists:
        write(TABLE.slice(0, 3), tmp_path / name, metadata={"run": 1})
    before = listing(tmp_path)
    with pytest.raises(type(error)):
        write(batches(error), tmp_path / name, schema=TABLE.schema, overwrite=True, metadata={"run": 2})
    assert listing(tmp_path) == before
    if exists:
        assert open_source(tmp_path / name).splits["train"].rows == 3
        assert json.loads(manifest_path(tmp_path / name).read_text())["run"] == 1


def test_a_failing_disk_is_an_error_of_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match=r"x\.csv' cannot be written: .*No space left"):
        write(TABLE, tmp_path / "x.csv")
    assert listing(tmp_path) == []


# -- targets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_an_existing_target_is_left_alone(tmp_path: Path, name: str) -> None:
    write(TABLE.slice(0, 3), tmp_path / name)
    for attempt in (lambda: check_target(tmp_path / name), lambda: write(TABLE, tmp_path / name)):
        with pytest.raises(InputError, match="exists already"):
            attempt()
    assert open_source(tmp_path / name).splits["train"].rows == 3
    check_target(tmp_path / name, overwrite=True)
    write(TABLE, tmp_path / name, overwrite=True)
    assert open_source(tmp_path / name).splits["train"].rows == 100
    assert listing(tmp_path) == [name]


@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "folder"])
@pytest.mark.parametrize("there", [True, False], ids=["leads to something", "leads nowhere"])
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path, name: str, there: bool) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    real, link = tmp_path / "far" / f"real-{name}", tmp_path / "near" / name
    if there:
        write(TABLE.slice(0, 3), real)
    link.symlink_to(real)
    with pytest.raises(InputError, match="exists already"):
        write(TABLE, link)
    for rows in (100, 7):
        write(TABLE.slice(0, rows), link, overwrite=True, metadata={})
        assert link.is_symlink()
        assert open_source(real).splits["train"].rows == open_source(link).splits["train"].rows == rows
    assert listing(tmp_path / "far") == [real.name]
    assert listing(tmp_path / "near") == ([name] if name == "folder" else [name, f"{name}.manifest.json"])


def test_after_a_failure_what_a_link_leads_to_is_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    write(TABLE.slice(0, 3), tmp_path / "far" / "real.csv")
    (tmp_path / "x.csv").symlink_to("far/real.csv")
    with pytest.raises(ValueError, match="the middle"):
        write(batches(ValueError("in the middle")), tmp_path / "x.csv", schema=TABLE.schema, overwrite=True)
    assert open_source(tmp_path / "x.csv").splits["train"].rows == 3
    assert (listing(tmp_path), listing(tmp_path / "far")) == (["far", "x.csv"], ["real.csv"])


def test_links_that_cannot_be_followed(tmp_path: Path) -> None:
    (tmp_path / "gone.csv").symlink_to(tmp_path / "no" / "such.csv")
    (tmp_path / "round.csv").symlink_to("round.csv")
    (tmp_path / "folder.csv").symlink_to(tmp_path)
    wrong = {"gone.csv": "there is no folder '.*no'", "round.csv": "no regular file", "folder.csv": "no saved dataset"}
    for name, message in wrong.items():
        with pytest.raises(InputError, match=message):
            write(TABLE, tmp_path / name, overwrite=True)
    assert listing(tmp_path) == ["folder.csv", "gone.csv", "round.csv"]


def test_only_saved_folders_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("x")
    (tmp_path / "precious.csv").mkdir()
    for name in ("precious", "precious.csv"):
        with pytest.raises(InputError, match="will not be replaced"):
            write(TABLE, tmp_path / name, overwrite=True)
    assert (tmp_path / "precious" / "thesis.txt").exists()
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="no regular file"):
        write(TABLE, tmp_path / "pipe.csv", overwrite=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.docx", "suffix '.docx' is not known"),
        ("x.parquet.gz", "can be compressed with .gz"),
        ("x.gz", "can be compressed with .gz"),
        ("no/such/x.csv", "there is no folder"),
        ("", "no name to write to"),
        ("a\0.csv", "no name to write to"),
        ("a" * 5000 + ".csv", "cannot be written"),
        ("..", "exists already|no name"),
    ],
)
def test_bad_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        check_target(name)
    with pytest.raises(InputError, match=message):
        write(TABLE, name)


def test_a_file_is_no_parent(tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    with pytest.raises(InputError, match="there is no folder"):
        check_target(tmp_path / "x.csv" / "y.csv")


def test_parent_not_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="is not writable"):
        check_target(tmp_path / "x.csv")


# -- manifests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_manifest(tmp_path: Path, name: str) -> None:
    write(TABLE, tmp_path / name, metadata={"seed": 7, "model": Path("m")})
    place = manifest_path(tmp_path / name)
    assert place == (tmp_path / "folder/manifest.json" if name == "folder" else tmp_path / f"{name}.manifest.json")
    manifest = json.loads(place.read_text())
    files = manifest.pop("files")
    assert all(set(told) == {"bytes", "sha256"} for told in files.values())
    assert name in files or "data-00000-of-00001.arrow" in files
    assert manifest == {
        "seed": 7,
        "model": "m",
        "rows": 100,
        "columns": {"text": "string", "label": "int64"},
    }
    assert open_source(tmp_path / "folder" if name == "folder" else tmp_path).splits["train"].rows == 100


def test_manifest_of_splits(tmp_path: Path) -> None:
    write({"train": TABLE, "test": TABLE.slice(90)}, tmp_path / "out", metadata={})
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["rows"], manifest["splits"]) == (110, {"train": 100, "test": 10})


def test_an_old_manifest_does_not_outlive_its_table(tmp_path: Path) -> None:
    write(TABLE, tmp_path / "x.csv", metadata={})
    write(TABLE, tmp_path / "x.csv", overwrite=True)
    assert listing(tmp_path) == ["x.csv"]


@pytest.mark.parametrize("metadata", [None, {}])
def test_a_manifest_that_stands_there_is_replaced_only_where_that_is_said(
    tmp_path: Path, metadata: dict[str, Any] | None
) -> None:
    place = manifest_path(tmp_path / "x.csv")
    place.write_text("mine")
    for attempt in (lambda: check_target(tmp_path / "x.csv"), lambda: write(TABLE, tmp_path / "x.csv")):
        with pytest.raises(InputError, match=r"x\.csv\.manifest\.json' exists already"):
            attempt()
    assert place.read_text() == "mine"
    assert listing(tmp_path) == [place.name]
    write(TABLE, tmp_path / "x.csv", metadata=metadata, overwrite=True)
    assert listing(tmp_path) == (["x.csv"] if metadata is None else ["x.csv", place.name])
    assert metadata is None or json.loads(place.read_text())["rows"] == 100
    write(TABLE, tmp_path / "z.csv", metadata={})
    (tmp_path / "z.csv").unlink()  # and what its manifest tells of with it
    write(TABLE, tmp_path / "z.csv", metadata=metadata)
    assert manifest_path(tmp_path / "z.csv").exists() == (metadata is not None)
    (tmp_path / "y.csv.manifest.json").mkdir()
    with pytest.raises(InputError, match=r"y\.csv\.manifest\.json' is no regular file"):
        write(TABLE, tmp_path / "y.csv", metadata={}, overwrite=True)


def test_manifest_alone(tmp_path: Path) -> None:
    for name in ("x.csv", "folder"):
        write(TABLE, tmp_path / name)
        place = write_manifest(tmp_path / name, {"a": 1}, rows=100, columns={"text": "string"})
        assert json.loads(place.read_text()) == {"a": 1, "rows": 100, "columns": {"text": "string"}}
    assert listing(tmp_path) == ["folder", "x.csv", "x.csv.manifest.json"]
