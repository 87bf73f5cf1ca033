"""Tables as Parquet and Arrow files, and as folders that `datasets.load_from_disk` reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

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
    """The rows as `datasets.Dataset`, by split, which lie in the folder `scratch`."""
    import datasets

    found = {}
    for number, (name, stream) in enumerate(streams.items()):
        path = scratch / f"{number}.arrow"
        stream = stream.plain().with_features()
        with pa.ipc.new_stream(str(path), stream.schema) as writer:
            for table in stream.groups():
                writer.write_table(table)
        found[name] = datasets.Dataset.from_file(str(path))
    return found
