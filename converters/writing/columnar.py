"""Tables as Parquet and Arrow files, and as folders that `datasets.load_from_disk` reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from converters.fingerprints import fingerprint_of_file
from converters.writing.stream import Stream


def write_parquet(stream: Stream, path: Path, compression: str | None = "zstd") -> None:
    """Writes a Parquet file; what `datasets` needs to know the names of classes stands in its schema."""
    import pyarrow.parquet as pq

    stream = stream.with_features()
    with pq.ParquetWriter(path, stream.schema, compression=compression or "none") as writer:
        for table in stream.groups():
            writer.write_table(table)


def write_arrow(stream: Stream, path: Path, compression: str | None = None) -> None:
    """Writes an Arrow file of the IPC file format, which is Feather too."""
    stream = stream.with_features()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(str(path), stream.schema, options=options) as writer:
        for table in stream.groups():
            writer.write_table(table)


def write_saved(streams: Mapping[str | None, Stream], folder: Path, scratch: Path) -> None:
    """Writes a `datasets.Dataset` (the one stream is called None) or a `datasets.DatasetDict`.

    The rows go to disk twice: once as they come, in `scratch`, and once as `datasets` lays them out.
    """
    import datasets

    saved = as_datasets(streams, scratch)
    # Without rows there would be no file at all, and such a folder cannot be loaded.
    shards = {name: None if stream.rows else 1 for name, stream in streams.items()}
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        if None in saved:
            saved[None].save_to_disk(str(folder), num_shards=shards[None])
        else:
            datasets.DatasetDict(saved).save_to_disk(str(folder), num_shards=shards)
    finally:
        if shown:
            datasets.enable_progress_bars()


def as_datasets(streams: Mapping[str | None, Stream], scratch: Path) -> dict[str | None, Any]:
    """The rows as `datasets.Dataset`, by split, which lie in the folder `scratch`.

    Their fingerprints tell of the rows alone: those that `datasets` takes of a file tell of its age as well, and no two
    runs would write the same.
    """
    import datasets
    from datasets.table import MemoryMappedTable

    found = {}
    for number, (name, stream) in enumerate(streams.items()):
        path = scratch / f"{number}.arrow"
        stream = stream.plain().with_features()
        with pa.ipc.new_stream(str(path), stream.schema) as writer:
            for table in stream.groups():
                writer.write_table(table)
        fingerprint = str(fingerprint_of_file(path)["sha256"])[:16]
        found[name] = datasets.Dataset(MemoryMappedTable.from_file(str(path)), fingerprint=fingerprint)
    return found
