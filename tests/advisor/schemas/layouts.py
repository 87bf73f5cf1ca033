"""Writes rows in the file formats that datasets come in."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

Rows = Sequence[dict[str, Any]]

#: Types of columns, short: what a hub's page would show.
TEXT = datasets.Value("string")
INT8 = datasets.Value("int8")
INT32 = datasets.Value("int32")
INT64 = datasets.Value("int64")
FLOAT32 = datasets.Value("float32")
FLOAT64 = datasets.Value("float64")


def classes(*names: str) -> datasets.ClassLabel:
    """A column of class ids with names."""
    return datasets.ClassLabel(names=list(names))


def in_memory(rows: Rows, **types: Any) -> datasets.Dataset:
    """Rows as a dataset; the types that are named overrule those that the values suggest."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    found = datasets.Dataset.from_dict(columns).features
    return datasets.Dataset.from_dict(columns, features=datasets.Features({**found, **types}))


def _table(rows: Rows, types: dict[str, Any]) -> pa.Table:
    dataset = in_memory(rows, **types)
    return dataset.data.table.cast(dataset.features.arrow_schema)


def parquet(path: Path, rows: Rows, **types: Any) -> Path:
    """A parquet file as the hub keeps it, with the features in its schema."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(_table(rows, types), path)
    return path


def saved(folder: Path, splits: dict[str, Rows], **types: Any) -> Path:
    """A folder as `DatasetDict.save_to_disk` leaves it."""
    kept = datasets.DatasetDict({name: in_memory(rows, **types) for name, rows in splits.items()})
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    kept.save_to_disk(folder)
    if shown:
        datasets.enable_progress_bars()
    return folder


def arrow(path: Path, rows: Rows, **types: Any) -> Path:
    """An arrow stream as the cache of `datasets` keeps it."""
    table = _table(rows, types)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    """A text file, compressed as its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.output_stream(str(path), compression="detect") as sink:
        sink.write(content.encode(encoding))
    return path


def jsonl(path: Path, rows: Iterable[Any]) -> Path:
    """JSON lines."""
    return text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def json_file(path: Path, content: Any) -> Path:
    """One JSON document."""
    return text(path, json.dumps(content, ensure_ascii=False, indent=1))


def delimited(
    path: Path, rows: Rows, delimiter: str = ",", header: bool = True, quoting: int = csv.QUOTE_MINIMAL
) -> Path:
    """A csv with quotes where they are needed."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    if header:
        writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return text(path, written.getvalue())


def raw_tsv(path: Path, rows: Rows, header: bool = True) -> Path:
    """Cells between tabs without any quoting, as corpora of research come."""
    lines = [list(rows[0])] if header else []
    lines += [[str(cell) for cell in row.values()] for row in rows]
    return text(path, "".join("\t".join(line) + "\n" for line in lines))
