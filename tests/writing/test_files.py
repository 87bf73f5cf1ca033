"""Folders of files, shards, compressions, what may be replaced, and that several files appear together."""

import json
import os
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.writing import Shape, check_target, deliver, together, write

TABLE = pa.table(
    {
        "anchor": [f"question {i} about something or other" for i in range(3000)],
        "positive": [f"answer {i * 7919 % 3001} that is of some length" for i in range(3000)],
        "label": [i % 2 for i in range(3000)],
    }
)


def listing(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())


# -- folders of files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["parquet", ".arrow", "csv", "jsonl.gz", "json", "tsv"])
def test_a_file_for_each_split(tmp_path: Path, suffix: str) -> None:
    splits = {"train": TABLE.slice(10), "test": TABLE.slice(0, 10)}
    deliver(splits, tmp_path / "out", shape=Shape(files=suffix), metadata={})
    suffix = suffix.removeprefix(".")
    assert listing(tmp_path / "out") == ["manifest.json", f"test.{suffix}", f"train.{suffix}"]
    source = open_source(str(tmp_path / "out"))
    assert {name: split.table() for name, split in source.splits.items()} == splits


@pytest.mark.parametrize("size", [2_000, 20_000, 10_000_000])
@pytest.mark.parametrize("suffix", [None, "jsonl", "arrow"])
def test_shards(tmp_path: Path, size: int, suffix: str | None) -> None:
    batches = iter(TABLE.to_batches(max_chunksize=700))
    deliver(batches, tmp_path / "out", schema=TABLE.schema, shape=Shape(files=suffix, shard_size=size), metadata={})
    files = [name for name in listing(tmp_path / "out") if name != "manifest.json"]
    kind = suffix or "parquet"
    assert files == [f"train-{i:05d}-of-{len(files):05d}.{kind}" for i in range(len(files))]
    sizes = [(tmp_path / "out" / name).stat().st_size for name in files]
    assert (len(files) > 1) == (size < 10_000_000)
    assert max(sizes) < 1.5 * size + 6_000  # a footer, and a last group
    assert open_source(str(tmp_path / "out")).splits["train"].table().equals(TABLE)
    if kind != "arrow":
        cache = str(tmp_path / "cache")
        loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=cache, split="train")
        assert loaded.num_rows == 3000
        assert list(loaded["positive"]) == TABLE["positive"].to_pylist()


def test_shards_of_several_splits_and_of_none(tmp_path: Path) -> None:
    splits = {"train": TABLE, "validation": TABLE.slice(0, 5), "test": TABLE.slice(0, 0)}
    deliver(splits, tmp_path / "out", shape=Shape(shard_size=20_000), metadata={})
    rows = {name: split.rows for name, split in open_source(str(tmp_path / "out")).splits.items()}
    assert rows == {"train": 3000, "validation": 5, "test": 0}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["splits"] == rows


def test_class_names_stand_in_every_shard(tmp_path: Path) -> None:
    deliver(TABLE, tmp_path / "out", class_names={"label": ("no", "yes")}, shape=Shape(shard_size=20_000))
    assert open_source(str(tmp_path / "out")).splits["train"].class_names == {"label": ("no", "yes")}


# -- compression -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "found"), [(None, "ZSTD"), ("none", "UNCOMPRESSED"), ("snappy", "SNAPPY")])
def test_compression_inside_parquet(tmp_path: Path, asked: str | None, found: str) -> None:
    deliver(TABLE, tmp_path / "x.parquet", shape=Shape(compression=asked))
    assert pq.ParquetFile(tmp_path / "x.parquet").metadata.row_group(0).column(0).compression == found


def test_compression_inside_arrow(tmp_path: Path) -> None:
    deliver(TABLE, tmp_path / "plain.arrow")
    deliver(TABLE, tmp_path / "small.arrow", shape=Shape(compression="zstd"))
    assert (tmp_path / "small.arrow").stat().st_size < (tmp_path / "plain.arrow").stat().st_size / 2
    assert open_source(str(tmp_path / "small.arrow")).splits["train"].table().equals(TABLE)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("x.csv", Shape(compression="zstd"), "compressed by its name: leave --compression out, add .gz"),
        ("x.arrow", Shape(compression="gzip"), "not compressed with 'gzip': choose one of none, zstd, lz4"),
        ("x.parquet", Shape(compression="zip"), "unknown compression 'zip'"),
        ("x", Shape(compression="zstd"), "add --files parquet"),
        ("x.parquet", Shape(shard_size=1 << 20), "--shard-size is for the files of a folder"),
        ("x.jsonl", Shape(files="jsonl"), "--files is for the files of a folder"),
        ("x", Shape(files="xlsx"), "--files 'xlsx': no format goes by that suffix"),
        ("x", Shape(shard_size=3), "too small"),
        ("x", Shape(split_off=1.5), "a share between 0 and 1"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, name: str, shape: Shape, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_target(tmp_path / name, shape=shape)


# -- what may be replaced ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [Shape(shard_size=20_000), Shape("beir"), Shape(files="csv")])
def test_a_folder_of_ours_is_replaced_and_one_with_more_in_it_is_not(tmp_path: Path, shape: Shape) -> None:
    pairs = TABLE.select(["anchor", "positive"])
    out = tmp_path / "out"
    deliver(pairs, out, format="pair", shape=shape, metadata={})
    with pytest.raises(InputError, match="exists already"):
        deliver(pairs, out, format="pair", shape=shape, metadata={})
    deliver(pairs.slice(0, 9), out, format="pair", shape=shape, metadata={}, overwrite=True)
    assert open_source(str(out)).splits["train"].rows == 9
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"out' holds 'notes\.txt', which is no part .* will not be replaced"):
        deliver(pairs, out, format="pair", shape=shape, metadata={}, overwrite=True)
    assert (out / "notes.txt").read_text() == "mine"
    assert listing(tmp_path) == [f"out/{name}" for name in listing(out)]


@pytest.mark.parametrize("splits", [False, True])
@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("name", ["mine/y.csv", "notes.txt", "train/notes.txt", "more.arrow", "link"])
def test_a_saved_folder_with_more_in_it_is_not_replaced(tmp_path: Path, splits: bool, told: bool, name: str) -> None:
    rows = {"test": TABLE, "train": TABLE} if splits else TABLE
    out, metadata = tmp_path / "out", {} if told else None
    for _ in range(2):
        deliver(rows, out, metadata=metadata, overwrite=True)
    (out / "empty").mkdir()  # nobody's work
    deliver(rows, out, metadata=metadata, overwrite=True)
    if name == "link":
        (out / name).symlink_to(tmp_path, target_is_directory=True)
    else:
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("mine")
    (out / "zebra.txt").write_text("mine")
    before = listing(tmp_path)
    with pytest.raises(InputError, match=f"out' holds '{name}', which is no part of the dataset there"):
        deliver(rows, out, metadata=metadata, overwrite=True)
    assert listing(tmp_path) == before


def test_what_datasets_keeps_in_a_folder_of_its_own_goes_with_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    deliver(TABLE, out)
    loaded = datasets.load_from_disk(str(out))
    loaded.map(lambda row: {"length": len(row["anchor"])}).shuffle(seed=1)
    loaded.filter(lambda row: row["anchor"] != "", num_proc=2)
    assert any(each.startswith("cache-") for each in listing(out))
    deliver(TABLE.slice(0, 9), out, overwrite=True)
    assert open_source(str(out)).splits["train"].rows == 9


def test_a_manifest_that_lies_saves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for content in ("{", "[]", '{"files": 3}', '{"files": {}}'):
        (tmp_path / "out" / "manifest.json").write_text(content)
        (tmp_path / "out" / "thesis.txt").write_text("x")
        with pytest.raises(InputError, match="will not be replaced"):
            deliver(TABLE, tmp_path / "out", overwrite=True)


def test_both_files_of_a_held_out_part_have_to_be_free(tmp_path: Path) -> None:
    pairs = TABLE.select(["anchor", "positive"])
    (tmp_path / "x-test.csv").write_text("precious")
    with pytest.raises(InputError, match=r"x-test\.csv' exists already"):
        deliver(pairs, tmp_path / "x.csv", shape=Shape(split_off=0.1))
    assert listing(tmp_path) == ["x-test.csv"]
    (tmp_path / "x-test.csv.manifest.json").write_text("{}")
    deliver(pairs, tmp_path / "x.csv", shape=Shape(split_off=0.1), metadata={}, overwrite=True)
    assert listing(tmp_path) == ["x-test.csv", "x.csv", "x.csv.manifest.json"]


# -- together ----------------------------------------------------------------------------------------------------------


def put(folder: Path, **contents: str) -> None:
    with together() as outputs:
        for name, content in contents.items():
            outputs.file(folder / name).write_text(content)


def contents(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in listing(folder)}


@pytest.mark.parametrize("failing", [1, 2, 3])
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_all_files_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, linked: bool, error: BaseException
) -> None:
    put(tmp_path, a="old a", c="old c")
    before = contents(tmp_path)
    calls = 0
    replace = Path.replace

    def breaks(self: Path, target: Any) -> Path:
        nonlocal calls
        calls += self.read_text().startswith("new")
        if calls == failing and self.read_text().startswith("new"):
            raise error
        return replace(self, target)

    if not linked:  # as on a file system that knows no second names

        def no_link(*_: object) -> None:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_link)
    monkeypatch.setattr(Path, "replace", breaks)
    with pytest.raises(type(error)):
        put(tmp_path, a="new a", b="new b", c="new c")
    assert contents(tmp_path) == before
    monkeypatch.setattr(Path, "replace", replace)
    put(tmp_path, a="new a", b="new b", c="new c")
    assert contents(tmp_path) == {"a": "new a", "b": "new b", "c": "new c"}


def test_a_folder_and_a_file_together(tmp_path: Path) -> None:
    write(TABLE, tmp_path / "saved", metadata={})
    write(TABLE, tmp_path / "x.csv")
    before = listing(tmp_path)

    def write_all(*names: str) -> None:
        with together() as outputs:
            for name in names:
                write(TABLE.slice(0, 3), tmp_path / name, metadata={}, overwrite=True, beside=outputs)

    with pytest.raises(InputError, match="nowhere"):
        write_all("saved", "x.csv", "nowhere/x.csv")
    assert listing(tmp_path) == before
    assert open_source(str(tmp_path / "saved")).splits["train"].rows == 3000
    with together() as outputs:
        write(TABLE.slice(0, 3), tmp_path / "saved", metadata={}, overwrite=True, beside=outputs)
        write(TABLE.slice(0, 3), tmp_path / "x.csv", overwrite=True, beside=outputs)
        assert open_source(str(tmp_path / "x.csv")).splits["train"].rows == 3000
    assert open_source(str(tmp_path / "saved")).splits["train"].rows == 3
    assert open_source(str(tmp_path / "x.csv")).splits["train"].rows == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == ["saved", "x.csv"]
