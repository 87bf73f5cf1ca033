"""A part of the rows held out on their way to a file."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from converters.apart import Apart, rows_apart
from converters.errors import InputError, quote
from converters.writing.stream import Stream
from converters.writing.target import HELD_OUT

_TRAIN = "train"


def with_held_out(
    streams: Mapping[str | None, Stream], share: float, seed: int, scratch: Path
) -> tuple[dict[str | None, Stream], Apart]:
    """The same rows with a part of the training rows as the split `test`, which shares no text with the rest of them.

    The rows go to disk in between, because they are gone through twice.

    Args:
        streams: one split, or several with `train` among them and without `test`.
        share: about how much of the training rows to hold out.
        seed: of the random choice.
        scratch: a folder for the rows.

    Raises:
        InputError: there is a split of that name already, none to take from, or nothing can be held out.
    """
    whole = split_to_hold_out_of(streams)
    stream = streams[whole]
    path = scratch / "rows.arrow"
    with pa.ipc.new_stream(str(path), stream.schema) as writer:
        for batch in stream:
            writer.write_batch(batch)

    def batches() -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(path)) as file:
            yield from pa.ipc.open_stream(file)

    apart = rows_apart(batches, share=share, seed=seed)
    parts: dict[str | None, Stream] = {}
    for name, each in streams.items():
        if name == whole:
            parts[whole or _TRAIN] = Stream(stream.schema, _filtered(batches(), ~apart.held), stream.class_names)
        else:
            parts[name] = each
    parts[HELD_OUT] = Stream(stream.schema, _filtered(batches(), apart.held), stream.class_names)
    return parts, apart


def split_to_hold_out_of(splits: Collection[str | None]) -> str | None:
    """The split that a part is held out of.

    Args:
        splits: the names of all; None that of the only one, where it has no name.

    Raises:
        InputError: there is a split of that name already, or none to take from.
    """
    if HELD_OUT in splits:
        raise InputError(
            f"there is a split {quote(HELD_OUT)} already: leave --split-off out, or choose one with --split"
        )
    if len(splits) > 1 and _TRAIN not in splits:
        names = ", ".join(quote(name, 40)[1:-1] for name in splits)
        raise InputError(f"--split-off takes from train, and the splits are {names}: choose one with --split")
    return _TRAIN if _TRAIN in splits else next(iter(splits))


def _filtered(batches: Iterator[pa.RecordBatch], mask: Any) -> Iterator[pa.RecordBatch]:
    start = 0
    for batch in batches:
        chosen = batch.filter(pa.array(mask[start : start + batch.num_rows]))
        start += batch.num_rows
        if chosen.num_rows:
            yield chosen
