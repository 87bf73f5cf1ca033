"""The cases as files."""

import csv
import json
from pathlib import Path
from typing import Any


def write(path: Path, data: Any, how: dict[str, Any]) -> Path:
    """Writes a case's file as its suffix and `how` say."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(data), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in data), encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        delimited(path, data, how.get("sep", "\t" if path.suffix == ".tsv" else ","), how)
    return path


def delimited(path: Path, data: list[Any], sep: str, how: dict[str, Any]) -> None:
    with path.open("w", encoding=how.get("encoding", "utf-8"), newline="") as stream:
        stream.writelines(line + "\n" for line in how.get("above", []))
        writer = csv.writer(stream, delimiter=sep)
        if how.get("header", True):
            writer.writerow(list(data[0]))
            writer.writerows(list(row.values()) for row in data)
        else:
            writer.writerows(data)
