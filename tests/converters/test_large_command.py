"""`advisor convert` on more than memory should hold, on several splits, and past labels that cannot be read."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import converters.piles
from advisor.cli import run

#: Runs a command and prints the most memory that it took, in bytes.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run([sys.executable, "-m", "advisor", *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
MIB = 1 << 20
WORDS = "harbour ferry lamp stone river cloud bread window garden train paper music doctor school winter horse".split()


def text(number: int) -> str:
    return " ".join(WORDS[(number * factor + number // 16) % len(WORDS)] for factor in (1, 3, 5, 7, 11))


def long_texts(rows: int, of_each: int) -> pa.Table:
    """Rows of a kilobyte each, `of_each` of them for one question."""
    numbers = pa.array(range(rows))
    asked = pc.cast(pc.divide(numbers, of_each), pa.string())
    filler = pa.scalar(" and so the ferry leaves the harbour in the morning" * 18)
    columns = {
        "question": pc.binary_join_element_wise(
            pa.scalar("when does ferry"), asked, pa.scalar("leave the harbour"), " "
        ),
        "answer": pc.binary_join_element_wise(pa.scalar("ferry"), pc.cast(numbers, pa.string()), filler, " "),
        "label": pc.cast(pc.equal(pc.bit_wise_and(numbers, 3), 0), pa.int64()),
    }
    return pa.table(columns)


def most_memory(*arguments: object) -> int:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "convert", *map(str, arguments)], capture_output=True, text=True, check=True
    )
    status, memory = done.stdout.split()
    assert status == "0", done.stderr
    return int(memory)


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts other things elsewhere")
def test_memory_does_not_grow_with_the_data(tmp_path: Path) -> None:
    few, many = 100_000, 600_000
    peaks = {}
    for rows in (few, many):
        path = tmp_path / f"{rows}.parquet"
        pq.write_table(long_texts(rows, 8), path, row_group_size=20_000)
        options = ("--format", "labeled-pair", "--output-format", "labeled-list", "-o", tmp_path / f"{rows}-out.arrow")
        peaks[rows] = most_memory(path, *options)
        assert pa.ipc.open_file(pa.memory_map(str(tmp_path / f"{rows}-out.arrow"))).read_all().num_rows == rows // 8
        assert {each.name for each in tmp_path.iterdir() if each.name.startswith(".")} == set()
        (tmp_path / f"{rows}-out.arrow").unlink()
    grown = (many - few) * 1000
    assert peaks[many] - peaks[few] < grown / 2, {rows: peak // MIB for rows, peak in peaks.items()}


# -- several splits ----------------------------------------------------------------------------------------------------


@pytest.fixture
def splits(tmp_path: Path) -> Path:
    """Reviews of several kinds, in three splits that do not have all kinds each."""
    folder = tmp_path / "data"
    folder.mkdir()
    kinds = {"train": ["praise", "question", "wish"], "validation": ["question", "blame"], "test": ["wish"]}
    start = 0
    for name, own in kinds.items():
        rows = 120 if name == "train" else 30
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["review", "kind"])
            writer.writerows([f"{text(start + i)} {start + i}", own[i % len(own)]] for i in range(rows))
        start += rows
    return folder


def test_splits_stay_splits_and_classes_keep_their_numbers(splits: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--format", "single-class", "--output-format", "same", "--shard-size", "1GB", "-o", f"{out}/"]
    assert run(["convert", str(splits), *options]) == 0
    for name in ("train", "validation", "test"):
        (file,) = out.glob(f"{name}*.parquet")
        found = datasets.Dataset.from_parquet(str(file), cache_dir=str(tmp_path / "cache"))
        assert found.features["label"].names == ["blame", "praise", "question", "wish"]
        with (splits / f"{name}.csv").open() as source:
            kinds = [row["kind"] for row in csv.DictReader(source)]
        assert [found.features["label"].names[each] for each in found["label"]] == kinds


def test_a_split_that_has_no_labels_is_left_out(
    splits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (splits / "test.csv").write_text("review,kind\n" + "".join(f"{text(i)},\n" for i in range(20)))
    options = ["--format", "single-class", "--output-format", "same", "--json", "-o", str(tmp_path / "out")]
    assert run(["convert", str(splits), *options]) == 0
    out, err = capsys.readouterr()
    assert "the split 'test' is left out" in err
    assert json.loads(out)["rows_of_splits"] == {
        "train": {"rows_in": 120, "rows_out": 120},
        "validation": {"rows_in": 30, "rows_out": 30},
    }
    assert set(datasets.load_from_disk(str(tmp_path / "out"))) == {"train", "validation"}


def test_a_file_gets_the_split_to_train_on(splits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--format", "single-class", "--output-format", "same", "-o", str(tmp_path / "out.parquet")]
    assert run(["convert", str(splits), *options]) == 0
    assert "converting train" in capsys.readouterr().err
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 120


def test_a_row_in_two_splits_stays_in_the_one_that_is_held_out(splits: Path, tmp_path: Path) -> None:
    with (splits / "train.csv").open("a") as file:
        file.write((splits / "test.csv").read_text().splitlines()[1] + "\n")
    options = ["--format", "single-class", "--output-format", "same", "--fix", "SET002", "-o", str(tmp_path / "out")]
    assert run(["convert", str(splits), *options]) == 0
    found = datasets.load_from_disk(str(tmp_path / "out"))
    assert {name: len(each) for name, each in found.items()} == {"train": 120, "validation": 30, "test": 30}


# -- labels that cannot be read ----------------------------------------------------------------------------------------


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["one", "other", "score"])
        for i in range(200):
            writer.writerow([text(i), text(i * 3 + 1), {17: "abc", 30: "", 100: "n/a"}.get(i, i % 6)])
    return path


@pytest.mark.parametrize("rows_in_memory", [True, False])
def test_a_label_that_cannot_be_read_is_named_with_its_row(
    scores: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    rows_in_memory: bool,
) -> None:
    if not rows_in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 50)
    out, rejects = tmp_path / "out.parquet", tmp_path / "left.jsonl"
    options = ["--output-format", "same", "-o", str(out), "--rejects", str(rejects)]
    before = set(tmp_path.iterdir())
    assert run(["convert", str(scores), "--format", "pair-score", *options]) == 2
    err = capsys.readouterr().err
    assert "column 'score' holds 'abc' in row 18, which is no number" in err
    assert len(err.strip().splitlines()) == 1
    assert set(tmp_path.iterdir()) == before
    assert run(["convert", str(scores), "--on-error", "skip", *options]) == 0
    shown = capsys.readouterr().out
    assert "left out 1 rows: a label that cannot be read" in shown
    assert "left out 2 rows: no label" in shown
    assert pq.read_table(out).num_rows == 197
    left = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert sorted(row["reason"] for row in left) == ["a label that cannot be read", "no label", "no label"]
    (bad,) = (row for row in left if row["reason"].startswith("a label"))
    assert (bad["row"], json.loads(bad["values"])["score"]) == (18, "abc")


def test_nothing_is_left_behind_when_a_write_fails(
    scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converters.piles, "SMALL", 1)
    before = set(tmp_path.iterdir())

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("converters.mends.large.apply", stopped)
    options = ["--output-format", "same", "--fix", "all", "--on-error", "skip", "-o", str(tmp_path / "out.parquet")]
    assert run(["convert", str(scores), *options]) == 130
    assert set(tmp_path.iterdir()) == before


def test_a_full_disk_is_one_line(
    scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(converters.piles, "SMALL", 1)
    full = tmp_path / "full.arrow"
    full.symlink_to("/dev/full")
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(converters.piles.Room, "file", lambda self: full)
    options = ["--output-format", "same", "--on-error", "skip", "-o", str(tmp_path / "out.parquet")]
    assert run(["convert", str(scores), *options]) == 2
    assert "cannot be kept on disk" in capsys.readouterr().err
    assert set(tmp_path.iterdir()) == before
