"""Writes a table, or several splits, in the format that the name asks for."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pyarrow as pa

from converters.apart import Apart
from converters.errors import InputError, quote
from converters.fingerprints import fingerprint_of_file, fingerprint_of_files
from converters.writing.beir import write_beir
from converters.writing.columnar import write_saved
from converters.writing.files import write_files, writer_of
from converters.writing.layouts import check_layout, in_layout
from converters.writing.manifest import manifest_text
from converters.writing.parts import with_held_out
from converters.writing.shape import Shape
from converters.writing.stream import Rows, Stream, stream_of
from converters.writing.target import (
    FOLDER,
    Target,
    checked_target,
    held_out_path,
    kind_of_files,
    manifest_of,
    target_of,
)
from converters.writing.whole import Together, together

#: What a manifest says: as it is, or told when all rows have been written.
Metadata = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass
class Written:
    """What has been written.

    Attributes:
        rows: how many, by split; None where there is but one and it has no name.
        left_out: how many could not be written in the layout, by what they are.
        held_out: how rows were held out; None where none were.
        beside: the file that they are in; None where they are a split of a folder.
    """

    rows: dict[str | None, int]
    left_out: dict[str, int] = field(default_factory=dict)
    held_out: Apart | None = None
    beside: Path | None = None

    @property
    def notes(self) -> list[str]:
        """What a user should know."""
        notes = [f"{number:,} {what}: not in this layout" for what, number in self.left_out.items()]
        explained = self.held_out.explanation if self.held_out is not None else None
        return [*notes, explained] if explained else notes


class WriteOptions(TypedDict, total=False):
    """How rows are written: see `deliver`."""

    schema: pa.Schema | None
    class_names: Mapping[str, tuple[str, ...]] | None
    metadata: Metadata | None
    overwrite: bool
    format: str | None
    shape: Shape | None
    beside: Together | None


def write(rows: Rows | Mapping[str, Rows], path: str | os.PathLike[str], **options: Unpack[WriteOptions]) -> int:
    """As `deliver`; returns the number of rows written."""
    return sum(deliver(rows, path, **options).rows.values())


def deliver(
    rows: Rows | Mapping[str, Rows],
    path: str | os.PathLike[str],
    *,
    schema: pa.Schema | None = None,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    metadata: Metadata | None = None,
    overwrite: bool = False,
    format: str | None = None,
    shape: Shape | None = None,
    beside: Together | None = None,
) -> Written:
    """Writes rows so that the files or the folder are there whole, or are what they were before.

    `.parquet`, `.arrow`, `.feather`, `.csv`, `.tsv`, `.json`, `.jsonl` and `.ndjson` are files, the texts also with
    `.gz`, `.bz2`, `.xz`, `.zst` behind it. A name without a suffix, or with a slash at its end, is a folder for
    `datasets.load_from_disk`, unless `shape` says otherwise. Batches are written as they come, so that memory is
    bounded by a few of them. CSV and JSON do not keep types: numbers that are texts come back as numbers from CSV, and
    the names of class ids stand in the manifest only.

    Args:
        rows: a table, an opened split, a reader of batches, or batches; or a dict of these by split, which, if there
            is more than one, only a folder can hold.
        path: where to.
        schema: that of batches which are no reader.
        class_names: names of the class ids in a column; an opened split has its own.
        metadata: what a manifest beside the table shall say; None for no manifest.
        overwrite: whether a file, or a folder that was written by this or by `save_to_disk`, may be replaced, and its
            manifest too.
        format: the format of the rows, which a layout has to know.
        shape: how the rows are laid out: a layout, the files of a folder, what is held out.
        beside: other files that are to appear together with these: nothing is there before they all are.

    Raises:
        InputError: the target is not to be had (as `check_target` says), cannot hold these columns, or the disk is
            full. What else the batches raise passes through, with nothing written.
    """
    shape = shape or Shape()
    target = checked_target(path, overwrite, shape)
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
    if shape.layout is not None:
        if format is None:
            raise InputError(f"the layout {shape.layout} wants to know the format of the rows: give `format`")
        check_layout(shape.layout, format)
    try:
        if beside is not None:
            return _deliver(streams, target, metadata, format, shape, beside)
        with together() as pieces:
            return _deliver(streams, target, metadata, format, shape, pieces)
    except InputError:
        raise
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise InputError(f"{quote(target.path, 200)} cannot hold these columns: {quote(error, 160)}") from error
    except OSError as error:
        raise InputError(f"{quote(target.path, 200)} cannot be written: {quote(error, 160)}") from error


def without(path: str | os.PathLike[str], beside: Together) -> bool:
    """Removes what stands at an output, and its manifest, together with what is written; whether anything does.

    Args:
        path: the file or folder, which `check_target` has found to be replaceable.
        beside: what is written.
    """
    target = target_of(path)
    places = [place for place in (target.path, manifest_of(target)) if os.path.lexists(place)]
    for place in places[: 1 if target.kind == FOLDER else 2]:
        beside.without(place)
    return bool(places)


def _deliver(
    streams: dict[str | None, Stream],
    target: Target,
    metadata: Metadata | None,
    format: str | None,
    shape: Shape,
    pieces: Together,
) -> Written:
    apart = None
    if shape.split_off is not None:
        scratch = pieces.aside(target.path)
        streams, apart = with_held_out(streams, shape.split_off, shape.seed, scratch)
    if shape.layout not in (None, "beir"):
        streams = {name: in_layout(each, str(shape.layout), str(format)) for name, each in streams.items()}
    if target.kind == FOLDER:
        files = _write_folder(streams, target, format, shape, pieces)
    else:
        files = _write_file(streams, target, shape, pieces)
    written = Written({name: stream.rows for name, stream in streams.items()}, held_out=apart)
    if apart is not None and target.kind != FOLDER:
        written.beside = held_out_path(target.path)
    for stream in streams.values():
        for what, number in stream.left_out.items():
            written.left_out[what] = written.left_out.get(what, 0) + number
    if metadata is not None:
        columns = {each.name: str(each.type) for each in next(iter(streams.values())).schema}
        text = _manifest(metadata() if callable(metadata) else metadata, written, columns, files())
        place = files.folder / manifest_of(target).name if files.folder else pieces.file(manifest_of(target))
        place.write_text(text, encoding="utf-8")
    return written


@dataclass
class _Files:
    """Files that have been written under names of their own, by the names that they are to have."""

    paths: dict[str, Path]
    folder: Path | None = None

    def __call__(self) -> dict[str, Any]:
        """The fingerprint of each."""
        if self.folder is not None:
            return fingerprint_of_files([each for each in self.folder.rglob("*") if each.is_file()], self.folder)
        return {name: fingerprint_of_file(path) for name, path in self.paths.items()}


def _write_file(streams: Mapping[str | None, Stream], target: Target, shape: Shape, pieces: Together) -> _Files:
    """Writes one split to the target and a second one, what is held out, beside it."""
    write_one = writer_of(target.kind, target.compression, shape)
    paths = {}
    for place, stream in zip((target.path, held_out_path(target.path)), streams.values(), strict=False):
        paths[place.name] = made = pieces.file(place)
        write_one(stream, made)
        pieces.without(manifest_of(Target(place, target.kind)))  # it told of what was there before
    return _Files(paths)


def _write_folder(
    streams: Mapping[str | None, Stream], target: Target, format: str | None, shape: Shape, pieces: Together
) -> _Files:
    folder = pieces.folder(target.path)
    suffix = shape.files_of_a_folder
    if shape.layout == "beir":
        write_beir(streams, folder, str(format))
    elif suffix is not None:
        kind, compression = kind_of_files(suffix)
        suffix = f".{suffix.removeprefix('.')}"
        write_files(streams, folder, writer_of(kind, compression, shape), suffix, shape.shard_size)
    else:
        write_saved(streams, folder, pieces.aside(target.path))
    return _Files({}, folder)


def _manifest(metadata: Mapping[str, Any], written: Written, columns: dict[str, str], files: dict[str, Any]) -> str:
    more: dict[str, Any] = {"files": files}
    if None not in written.rows:
        more["splits"] = written.rows
    if written.left_out:
        more["not_in_layout"] = written.left_out
    if written.held_out is not None:
        more["held_out"] = written.held_out.to_dict()
    return manifest_text(metadata, sum(written.rows.values()), columns, **more)
