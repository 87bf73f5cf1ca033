"""Every kind of file and every compression gives the same rows."""

import bz2
import csv
import gzip
import io
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from converters.sources import open_source
from converters.sources.source import Split

ROWS = [
    {"text": "plain", "label": 1, "score": 0.5},
    {"text": 'quote " and, comma', "label": 0, "score": 2.0},
    {"text": "line\nbreak\ttab", "label": 3, "score": -1e-7},
    {"text": "Grüße, 世界 🙂", "label": 2, "score": 1e20},
    {"text": None, "label": None, "score": None},
]
TABLE = pa.Table.from_pylist(ROWS)


def only(path: "Path | str", **options: object) -> Split:
    (split,) = open_source(path, **options).splits.values()  # type: ignore[arg-type]
    return split


def delimited(delimiter: str) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(list(ROWS[0]))
    writer.writerows(list(row.values()) for row in ROWS)
    return buffer.getvalue().encode()


def zstandard(data: bytes) -> bytes:
    sink = io.BytesIO()
    with pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), "zstd") as stream:
        stream.write(data)
        stream.flush()
        stream.close()
        return sink.getvalue() if not sink.closed else b""


TEXTS = {
    "x.csv": delimited(","),
    "x.tsv": delimited("\t"),
    "x.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode(),
    "x.ndjson": "\n".join(json.dumps(row) for row in ROWS).encode(),
    "x.json": json.dumps(ROWS, indent=1).encode(),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz", ".zst"])
def test_text(tmp_path: Path, name: str, suffix: str) -> None:
    data = TEXTS[name]
    path = tmp_path / (name + suffix)
    if suffix == ".zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(data)
    else:
        pack = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[suffix]
        path.write_bytes(pack(data))
    split = only(path)
    assert split.table().equals(TABLE)
    assert split.table().equals(TABLE), "it can be read again"
    assert split.rows == 5
    assert split.has_names


def test_gzip_by_content_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(gzip.compress(TEXTS["x.csv"]) + gzip.compress(b"more,4,0.5\n"))
    assert only(path).rows == 6


def test_parquet(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "x.parquet", row_group_size=2)
    split = only(tmp_path / "x.parquet")
    assert split.table().equals(TABLE)
    assert split.rows == 5


@pytest.mark.parametrize("form", ["file", "stream"])
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("name", ["x.arrow", "x.feather"])
def test_arrow(tmp_path: Path, form: str, compression: str | None, name: str) -> None:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    opened = (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(tmp_path / name, TABLE.schema, options=options)
    with opened as writer:
        writer.write_table(TABLE, max_chunksize=2)
    split = only(tmp_path / name)
    assert split.table().equals(TABLE)
    assert split.rows == 5


def test_encodings_of_values_are_undone(tmp_path: Path) -> None:
    table = pa.table(
        {
            "large": pa.array(["a", None], pa.large_string()),
            "view": pa.array(["a", "b"], pa.string_view()),
            "dictionary": pa.array(["a", "a"]).dictionary_encode(),
            "lists": pa.array([["a"], []], pa.large_list(pa.large_string())),
            "vector": pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32(), 2)),
            "nested": pa.array([{"x": "a"}, None], pa.struct([("x", pa.large_string())])),
            "nothing": pa.nulls(2),
        }
    )
    with pa.ipc.new_file(tmp_path / "x.arrow", table.schema) as writer:
        writer.write_table(table)
    split = only(tmp_path / "x.arrow")
    assert [str(kind) for kind in split.schema.types] == [
        "string",
        "string",
        "string",
        "list<item: string>",
        "list<item: float>",
        "string",
        "string",
    ]
    opened = [
        {**{k: v for k, v in row.items() if k != "nested"}, "nested.x": (row["nested"] or {}).get("x")}
        for row in table.to_pylist()
    ]
    assert split.table().to_pylist() == opened


def test_repeated_and_empty_names(tmp_path: Path) -> None:
    table = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", ""])
    with pa.ipc.new_file(tmp_path / "x.arrow", table.schema) as writer:
        writer.write_table(table)
    assert only(tmp_path / "x.arrow").table().to_pylist() == [{"a": 1, "a_2": 2, "column_3": 3}]


def test_class_names_from_parquet(tmp_path: Path) -> None:
    features = {
        "info": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}, "text": {"dtype": "string"}}}
    }
    table = pa.table({"text": ["a"], "label": [1]}).replace_schema_metadata({"huggingface": json.dumps(features)})
    pq.write_table(table, tmp_path / "x.parquet")
    assert only(tmp_path / "x.parquet").class_names == {"label": ("no", "yes")}


@pytest.mark.parametrize("metadata", ["{", "[]", '{"info": 1}', '{"info": {"features": {"label": {"names": 3}}}}'])
def test_odd_metadata_is_ignored(tmp_path: Path, metadata: str) -> None:
    pq.write_table(pa.table({"label": [1]}).replace_schema_metadata({"huggingface": metadata}), tmp_path / "x.parquet")
    assert only(tmp_path / "x.parquet").class_names == {}


def test_batches_are_small_whatever_the_file_has(tmp_path: Path) -> None:
    table = pa.table({"n": range(50_000)})
    pq.write_table(table, tmp_path / "x.parquet")
    with pa.ipc.new_file(tmp_path / "x.arrow", table.schema) as writer:
        writer.write_table(table)
    (tmp_path / "x.csv").write_text("n\n" + "".join(f"{i}\n" for i in range(50_000)))
    (tmp_path / "x.jsonl").write_text("".join(f'{{"n": {i}}}\n' for i in range(50_000)))
    for name in ("x.parquet", "x.arrow", "x.csv", "x.jsonl"):
        split = only(tmp_path / name)
        assert max(batch.num_rows for batch in split.open()) <= 8192
        assert split.table().equals(table)
