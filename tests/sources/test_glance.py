"""Large files that are not gone through: what a glance at them says is what reading them would."""

import csv
import gzip
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.errors import InputError
from converters.sources import open_source
from converters.sources.encoding import _Utf8Stream
from converters.sources.source import Split

ROWS = 5000


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts as large here is small enough for a test."""
    monkeypatch.setattr("converters.sources.open.GLANCE_BYTES", 1 << 16)


def glance(path: Path, **options: Any) -> Split:
    return open_source(path, scan=False, **options).splits["train"]


def texts(number: int) -> str:
    draw = random.Random(number)
    words = ["plain", "with, comma", 'a "quoted" word', "two\nlines", "ünïcode", "日本", "x" * draw.randint(0, 40)]
    return " ".join(draw.choices(words, k=draw.randint(1, 9))) + f" {number}"


def write_csv(path: Path, rows: int = ROWS, encoding: str = "utf-8", **format: Any) -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, **format)
        writer.writerow(["text", "other", "label"])
        writer.writerows([texts(i), texts(-i), i] for i in range(rows))


def write_jsonl(path: Path) -> None:
    lines = (json.dumps({"text": texts(i), "label": i}, ensure_ascii=bool(i % 2)) + "\n" for i in range(ROWS))
    path.write_text("".join(lines), encoding="utf-8")


def check(split: Split, size: int = 300) -> list[dict[str, Any]]:
    """A sample that is spread over rows whose labels are their numbers, each row as it was written."""
    assert split.sample is not None
    table = split.sample(size)
    assert table.schema == split.schema
    rows = table.to_pylist()
    assert size - 5 <= len(rows) <= size
    labels = [row["label"] for row in rows]
    assert labels == sorted(set(labels)), "in the order of the file, and none twice"
    assert all(row["text"] == texts(row["label"]) for row in rows)
    return rows


@pytest.mark.parametrize("format", [{}, {"quoting": csv.QUOTE_ALL}, {"delimiter": ";", "lineterminator": "\n"}])
def test_csv(tmp_path: Path, format: dict[str, Any]) -> None:
    write_csv(tmp_path / "x.csv", **format)
    split = glance(tmp_path / "x.csv")
    rows = check(split)
    assert (split.rows, split.rows_exact) == (ROWS, True)
    assert rows[0]["label"] == 0
    assert rows[-1]["label"] == ROWS - 1
    assert max(b["label"] - a["label"] for a, b in itertools.pairwise(rows)) < ROWS / 10
    assert split.schema == open_source(tmp_path / "x.csv").splits["train"].schema


def test_json_lines(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl")
    split = glance(tmp_path / "x.jsonl")
    rows = check(split)
    assert (split.rows, split.rows_exact) == (ROWS, True)
    assert (rows[0]["label"], rows[-1]["label"]) == (0, ROWS - 1)
    assert split.table().num_rows == ROWS


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_large_files_are_not_read_through(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = f"{'many words ' * 20}," if name == "x.csv" else f'{{"text": "{"many words " * 20}"}}'
    (tmp_path / name).write_text("text,other\n" * (name == "x.csv") + f"{row}\n" * 80_000)
    parsed: list[int] = []
    read, size = _Utf8Stream._read_raw, (tmp_path / name).stat().st_size

    def counted(self: _Utf8Stream) -> bytes:
        data = read(self)
        parsed.append(len(data))
        return data

    monkeypatch.setattr(_Utf8Stream, "_read_raw", counted)
    split = glance(tmp_path / name)
    assert split.sample is not None
    assert split.sample(100).num_rows == 100
    assert split.rows == 80_000
    assert sum(parsed) < size / 2
    parsed.clear()
    open_source(tmp_path / name)
    assert sum(parsed) > size


def test_small_files_are_as_ever(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", rows=50)
    split = glance(tmp_path / "x.csv")
    assert split.sample is None
    assert split.table() == open_source(tmp_path / "x.csv").splits["train"].table()


@pytest.mark.parametrize("name", ["x.csv.gz", "x.jsonl.gz"])
def test_compressed(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = tmp_path / name.removesuffix(".gz")
    (write_csv if "csv" in name else write_jsonl)(plain)
    (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    split = glance(tmp_path / name)
    rows = check(split)
    assert (split.rows, split.rows_exact) == (ROWS, True)
    assert rows[-1]["label"] == ROWS - 1
    monkeypatch.setattr("converters.sources.encoding._CHUNK", 1 << 12)
    monkeypatch.setattr("converters.sources.excerpt._STREAMED", plain.stat().st_size // 2)
    split = glance(tmp_path / name)
    rows = check(split)
    assert split.rows_exact is False
    assert split.rows == pytest.approx(ROWS, rel=0.25)
    assert ROWS / 4 < rows[-1]["label"] < ROWS * 3 / 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    write_csv(tmp_path / "x.csv", encoding=encoding)
    split = glance(tmp_path / "x.csv")
    check(split)
    assert (split.rows, split.rows_exact) == (ROWS, True)


def test_an_encoding_that_is_said(tmp_path: Path) -> None:
    lines = "".join(f"これは{i}番の文章です,{i}\n" for i in range(ROWS))
    (tmp_path / "x.csv").write_bytes(("text,label\n" + lines).encode("shift_jis"))
    split = glance(tmp_path / "x.csv", encoding="shift_jis")
    assert split.sample is not None
    assert all(row["text"] == f"これは{row['label']}番の文章です" for row in split.sample(100).to_pylist())
    assert (split.rows, split.rows_exact) == (ROWS, True)


def test_rows_that_are_too_many_to_count_are_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converters.sources.excerpt._COUNTED", 1000)
    write_csv(tmp_path / "x.csv")
    split = glance(tmp_path / "x.csv")
    check(split)
    assert split.rows_exact is False
    assert split.rows == pytest.approx(ROWS, rel=0.1)


def test_a_lone_quote_makes_the_count_an_estimate(tmp_path: Path) -> None:
    lines = [f'a text of {i},"and another, of {i}",{i}\n' for i in range(ROWS)]
    lines[ROWS // 3] = f'a 5" disk,x,{ROWS // 3}\n'
    lines[ROWS // 2] = f'a 3" disk,x,{ROWS // 2}\n'
    (tmp_path / "x.csv").write_text("text,other,label\n" + "".join(lines))
    split = glance(tmp_path / "x.csv")
    assert split.rows == pytest.approx(ROWS, rel=0.02)
    assert split.rows_exact is False
    assert split.sample is not None
    assert split.sample(400).column("label").to_pylist()[-1] == ROWS - 1


@pytest.mark.parametrize(
    ("name", "line"), [("x.csv", "a,b,c,d\n"), ("x.csv", '"never closed\n'), ("x.jsonl", "{no json\n")]
)
def test_what_is_wrong_where_the_glance_falls_is_said_as_ever(tmp_path: Path, name: str, line: str) -> None:
    (write_csv if "csv" in name else write_jsonl)(tmp_path / name)
    with (tmp_path / name).open("a") as file:
        file.write(line)
    messages = []
    for scan in (True, False):
        with pytest.raises(InputError) as caught:
            open_source(tmp_path / name, scan=scan)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_what_the_glance_does_not_see_is_null(tmp_path: Path, name: str) -> None:
    if name == "x.csv":
        lines = [f"a text as any other,{i}\n" for i in range(ROWS * 5)]
        lines[777] = "text,none\n"
        (tmp_path / name).write_text("text,label\n" + "".join(lines))
    else:
        rows: list[dict[str, Any]] = [{"text": texts(i), "label": i} for i in range(ROWS * 5)]
        rows[777] = {"text": "text", "label": "none", "extra": 1}
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    split = glance(tmp_path / name)
    labels = split.table().column("label").to_pylist()
    assert split.schema.field("label").type == pa.int64()
    assert [i for i, label in enumerate(labels) if label != i] == [777]
    assert labels[777] is None


def test_rows_longer_than_a_place(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("".join(json.dumps({"text": "x" * 50_000}) + "\n" for _ in range(20)))
    split = glance(tmp_path / "x.jsonl")
    assert split.rows == 20
    assert split.table().num_rows == 20


@pytest.mark.parametrize("group", [7, 500, ROWS])
def test_parquet(tmp_path: Path, group: int) -> None:
    table = pa.table({"text": [texts(i) for i in range(ROWS)], "label": range(ROWS)})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=group)
    size = 300 if group > 7 else 100  # of 16 groups
    rows = check(glance(tmp_path / "x.parquet"), size)
    assert rows[0]["label"] < ROWS / 16
    assert rows[-1]["label"] > ROWS * 15 / 16


def test_parquet_of_few_rows_and_of_none(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b", "c"]})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=1)
    split = glance(tmp_path / "x.parquet")
    assert split.sample is not None
    assert split.sample(10) == table
    assert split.sample(2).num_rows == 2


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_arrow(tmp_path: Path, kind: str) -> None:
    table = pa.table({"text": [texts(i) for i in range(ROWS)], "label": range(ROWS)})
    new = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    with new(tmp_path / "x.arrow", table.schema) as writer:
        writer.write_table(table, max_chunksize=700)
    rows = check(glance(tmp_path / "x.arrow"))
    assert (rows[0]["label"], rows[-1]["label"]) == (0, ROWS - 1)


def test_files_of_a_split_share_the_sample(tmp_path: Path) -> None:
    for part in range(4):
        lines = (json.dumps({"text": texts(i), "label": i}) for i in range(part * 1000, part * 1000 + 1000))
        (tmp_path / f"train-{part}.jsonl").write_text("\n".join(lines))
    split = glance(tmp_path)
    rows = check(split, 200)
    assert (split.rows, split.rows_exact) == (4000, True)
    assert [sum(row["label"] // 1000 == part for row in rows) for part in range(4)] == [50] * 4


def test_files_of_other_types_are_joined_as_ever(tmp_path: Path) -> None:
    for part, label in enumerate(["1", "1.5", "x"]):
        (tmp_path / f"train-{part}.csv").write_text("text,label\n" + f"a text as any other,{label}\n" * 3000)
    split = glance(tmp_path)
    assert split.sample is not None
    assert set(split.sample(90).column("label").to_pylist()) == {"1", "1.5", "x"}
