"""Folders of data files: one for each split, or shards of about a size."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from converters.writing.columnar import write_arrow, write_parquet
from converters.writing.shape import Shape
from converters.writing.stream import GROUP_BYTES, Stream
from converters.writing.text import write_text


class Write(Protocol):
    """Writes a stream to a file."""

    def __call__(self, stream: Stream, path: Path) -> None:
        """Writes it all."""


def writer_of(kind: str, compression: str | None, shape: Shape) -> Write:
    """What writes files of a kind.

    Args:
        kind: the suffix that says the format.
        compression: the suffix that says how the file as a whole is compressed; None if it is not.
        shape: says how it is compressed inside.

    Raises:
        InputError: that kind cannot be compressed in this way.
    """
    inside = shape.inside(kind)
    if kind == ".parquet":
        return partial(write_parquet, compression=inside)
    if kind in (".arrow", ".feather"):
        return partial(write_arrow, compression=inside)
    return partial(write_text, kind=kind, compression=compression)


def write_files(
    streams: Mapping[str | None, Stream], folder: Path, write: Write, suffix: str, shard_size: int | None
) -> None:
    """Writes each split (None is `train`) to `SPLIT.parquet`, or to `SPLIT-00000-of-00012.parquet` and so on.

    Args:
        streams: the splits.
        folder: an empty folder.
        write: writes one file.
        suffix: of the files.
        shard_size: about how many bytes a file has at most; None for one file a split.
    """
    for name, stream in streams.items():
        split = name or "train"
        if shard_size is None:
            write(stream, folder / f"{split}{suffix}")
        else:
            _write_shards(stream, folder, split, write, suffix, shard_size)


def _write_shards(stream: Stream, folder: Path, split: str, write: Write, suffix: str, shard_size: int) -> None:
    portion = max(1, min(GROUP_BYTES, shard_size // 4))
    rows = _portions(stream, portion)
    waiting = next(rows, None)
    paths: list[Path] = []

    def until_full(path: Path) -> Iterator[pa.RecordBatch]:
        nonlocal waiting
        while waiting is not None:
            yield waiting
            waiting = next(rows, None)
            if path.stat().st_size >= shard_size:
                return

    while waiting is not None or not paths:
        path = folder / f"{split}-{len(paths):05d}{suffix}"
        write(Stream(stream.schema, until_full(path), stream.class_names, group_bytes=portion), path)
        paths.append(path)
    for number, path in enumerate(paths):
        path.rename(folder / f"{split}-{number:05d}-of-{len(paths):05d}{suffix}")


def _portions(stream: Stream, size: int) -> Iterator[pa.RecordBatch]:
    """The rows in batches of about that many bytes at most."""
    for batch in stream:
        step = max(1, int(size * batch.num_rows / max(1, batch.nbytes)))
        for start in range(0, batch.num_rows, step):
            yield batch.slice(start, step)
