"""The whole of a dataset, where some of its splits are converted: a label means the same in all of them."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import pyarrow as pa

from converters.conversions.intake import Reading, settle_labels, span_of_labels
from converters.conversions.planning import Plan
from converters.conversions.settings import Options
from converters.errors import InputError, quote
from converters.fingerprints import files_of
from converters.formats import FORMATS
from converters.scales import Span
from converters.sources import ReadingOptions, open_source
from converters.sources.source import Source, Split
from converters.sources.splits import pick
from converters.surveys import Settled

#: What stands in the place of scores that are kept secret, as in the test splits of benchmarks.
_SECRET = -1.0


def open_whole(
    dataset: Any, split: str | None, *, skip_broken: bool = False, **reading: Unpack[ReadingOptions]
) -> tuple[Source, Source]:
    """Opens a dataset.

    Args:
        dataset: anything that `open_source` opens.
        split: the split to convert; None for all.
        skip_broken, reading: as for `open_source`.

    Returns:
        The source with that split only; and with all splits, but for data on the hub, where only that split is fetched.

    Raises:
        InputError: as `open_source`.
    """
    at_hand = not isinstance(dataset, str | os.PathLike) or bool(files_of(dataset))
    whole = open_source(dataset, split=None if at_hand else split, skip_broken=skip_broken, **reading)
    return replace(whole, splits=pick(whole.splits, split, quote(whole.name, 200))), whole


def settled_by_all(
    whole: Source, splits: Sequence[str], way: Plan, reading: Reading, options: Options
) -> tuple[Settled | None, Options]:
    """How labels are read, so that one means the same in all splits: ids of classes, and the scale of scores.

    Splits that are not converted take part, unless they lack the columns, or their labels cannot be read.

    Args:
        whole: the source with all splits.
        splits: the splits that are converted; they have the same columns.
        way: the plan.
        reading: how rows are read.
        options: what the steps choose by.

    Returns:
        How labels are read; None where a split decides for itself. And the options, with the span of the labels for a
        plan that puts them on a scale.

    Raises:
        InputError: the labels of the splits that are converted are not of their kind.
    """
    first = whole.splits[splits[0]]
    others = [
        name
        for name, rows in whole.splits.items()
        if name not in splits and not lacking(rows, first, reading) and not are_secret(rows, reading)
    ]
    for names in ([*splits, *others], list(splits)):
        if len(names) < 2:
            break
        try:
            return _settled_by(whole, names, way, reading, options)
        except InputError:
            if len(names) == len(splits):
                raise
    return None, options


def lacking(rows: Split, first: Split, reading: Reading) -> list[str]:
    """The columns that are read of one split and that another one lacks."""
    return [name for name in reading.used(first.schema) if name not in rows.schema.names]


def are_secret(rows: Split, reading: Reading) -> bool:
    """Whether all scores of a split are -1, and so are none."""
    label = next((name for name, role in reading.columns.items() if role == "label"), None)
    if label not in rows.schema.names or FORMATS[reading.format].label_kind != "score":
        return False
    kind = rows.schema.field(label).type
    if not pa.types.is_integer(kind) and not pa.types.is_floating(kind):
        return False
    span = Span()
    for batch in rows.open():
        span |= Span.of_labels(pa.chunked_array([batch[label]]))
        if span.low < _SECRET or span.high > _SECRET:
            return False
    return span.low == _SECRET


def _settled_by(
    whole: Source, names: list[str], way: Plan, reading: Reading, options: Options
) -> tuple[Settled | None, Options]:
    settled = None if whole.is_collection else settle_labels(whole, names, reading)
    scaled = {each.steps[0].scales for each in way.choices() if each.steps} - {None}
    if scaled:
        (column,) = scaled
        options = replace(options, span=span_of_labels(whole, names, reading, str(column), settled))
    return settled, options
