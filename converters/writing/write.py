"""Writes a table, or several splits, in the format that the name asks for."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from converters.errors import InputError, quote
from converters.writing.columnar import write_arrow, write_parquet, write_saved
from converters.writing.manifest import manifest_of, manifest_text
from converters.writing.stream import Rows, Stream, stream_of
from converters.writing.target import FOLDER, Target, checked_target
from converters.writing.text import write_text
from converters.writing.whole import whole_file, whole_folder

_WRITERS = {".parquet": write_parquet, ".arrow": write_arrow, ".feather": write_arrow}


def write(
    rows: Rows | Mapping[str, Rows],
    path: str | os.PathLike[str],
    *,
    schema: pa.Schema | None = None,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    metadata: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> int:
    """Writes rows so that the file or folder is there whole, or is what it was before.

    `.parquet`, `.arrow`, `.feather`, `.csv`, `.tsv`, `.json`, `.jsonl` and `.ndjson` are files, the texts also with
    `.gz`, `.bz2`, `.xz`, `.zst` behind it. A name without a suffix, or with a slash at its end, is a folder for
    `datasets.load_from_disk`. Batches are written as they come, so that memory is bounded by a few of them. CSV and
    JSON do not keep types: numbers that are texts come back as numbers from CSV, and class ids lose their names.

    Args:
        rows: a table, an opened split, a reader of batches, or batches; or a dict of these by split, which, if there
            is more than one, only a folder can hold.
        path: where to.
        schema: that of batches which are no reader.
        class_names: names of the class ids in a column; an opened split has its own.
        metadata: what a manifest beside the table shall say; None for no manifest.
        overwrite: whether a file, or a folder that `save_to_disk` wrote, may be replaced, and its manifest too.

    Returns:
        Number of rows written.

    Raises:
        InputError: the target is not to be had (as `check_target` says), cannot hold these columns, or the disk is
            full. What else the batches raise passes through, with nothing written.
    """
    target = checked_target(path, overwrite)
    splits = dict(rows) if isinstance(rows, Mapping) else None
    streams: dict[str | None, Stream]
    if splits is None:
        streams = {None: stream_of(rows, schema, class_names)}
    else:
        streams = {str(name): stream_of(each, schema, class_names) for name, each in splits.items()}
    if not streams:
        raise InputError("there are no splits to write")
    if target.kind != FOLDER and len(streams) > 1:
        raise InputError(
            f"{quote(target.path, 200)} cannot hold several splits ({', '.join(map(str, streams))}): "
            "choose one, or name a folder"
        )
    try:
        if target.kind == FOLDER:
            _write_folder(streams, target, metadata)
        else:
            _write_file(next(iter(streams.values())), target, metadata)
    except InputError:
        raise
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise InputError(f"{quote(target.path, 200)} cannot hold these columns: {quote(error, 160)}") from error
    except OSError as error:
        raise InputError(f"{quote(target.path, 200)} cannot be written: {quote(error, 160)}") from error
    return sum(stream.rows for stream in streams.values())


def _write_file(stream: Stream, target: Target, metadata: Mapping[str, Any] | None) -> None:
    writer = _WRITERS.get(target.kind) or partial(write_text, kind=target.kind, compression=target.compression)
    manifest = manifest_of(target)
    if metadata is None:
        replaces = target.path.exists()
        with whole_file(target.path) as temporary:
            writer(stream, temporary)
        if replaces:
            manifest.unlink(missing_ok=True)  # it told of what was there before
        return
    # What is opened first is put in its place last: the manifest after the table.
    with whole_file(manifest) as temporary_manifest, whole_file(target.path) as temporary:
        writer(stream, temporary)
        text = manifest_text(metadata, stream.rows, _columns(stream.schema))
        temporary_manifest.write_text(text, encoding="utf-8")


def _write_folder(streams: Mapping[str | None, Stream], target: Target, metadata: Mapping[str, Any] | None) -> None:
    with whole_folder(target.path) as scratch:
        result = scratch / "result"
        write_saved(streams, result, scratch)
        if metadata is None:
            return
        columns = _columns(next(iter(streams.values())).schema)
        rows = {name: stream.rows for name, stream in streams.items()}
        more = {} if None in rows else {"splits": rows}
        text = manifest_text(metadata, sum(rows.values()), columns, **more)
        (result / manifest_of(target).name).write_text(text, encoding="utf-8")


def _columns(schema: pa.Schema) -> dict[str, str]:
    return {field.name: str(field.type) for field in schema}
