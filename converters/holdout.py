"""Holding out a part for evaluation, without a text of it leaking into training."""

from typing import TYPE_CHECKING

import pyarrow as pa

from converters.errors import InputError, nearest, quote

if TYPE_CHECKING:
    from datasets import Dataset


def hold_out(
    dataset: "Dataset", *, share: float = 0.1, by: str | None = None, stratify: str | None = None, seed: int = 12
) -> "tuple[Dataset, Dataset]":
    """Splits rows into a training part and a held-out part.

    Args:
        dataset: the rows.
        share: how much to hold out, between 0 and 1; at least one group or row.
        by: a column whose equal values stay on one side: an anchor with several rows is either trained on or held
            out, never both.
        stratify: a class column whose shares should be alike on both sides; classes with one row stay in training,
            and so do most of those with two.
        seed: of the random choice.

    Returns:
        The training part and the held-out part, rows in their original order.

    Raises:
        InputError: there is too little to split, or no such column.
    """
    import numpy as np

    if not 0 < share < 1:
        raise InputError(f"the held-out share has to be between 0 and 1, not {share}")
    for column in filter(None, (by, stratify)):
        if column not in dataset.column_names:
            raise InputError(f"there is no column {quote(column)}: {nearest(column, dataset.column_names)}")
    random = np.random.default_rng(seed)
    if stratify is not None:
        _, classes, sizes = np.unique(
            _column(dataset, stratify).fill_null(-1).to_numpy(), return_inverse=True, return_counts=True
        )
        order = np.lexsort((random.random(len(classes)), classes))
        place = np.empty(len(classes), dtype=np.int64)  # of each row, in a random order within its class
        place[order] = np.arange(len(classes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        wanted = np.where(sizes > 2, np.maximum(1, np.round(sizes * share)), 0)
        if (twos := np.flatnonzero(sizes == 2)).size:  # most stay whole: a text alone in its class trains nothing
            wanted[random.permutation(twos)[: round(2 * len(twos) * share)]] = 1
        held = place < wanted[classes]
    else:
        groups = np.arange(len(dataset))
        if by is not None:
            groups = _column(dataset, by).combine_chunks().dictionary_encode(null_encoding="encode").indices.to_numpy()
        number = int(groups.max()) + 1 if len(groups) else 0
        held = np.isin(groups, random.permutation(number)[: max(1, round(number * share))])
    if by is not None and len(dataset) > 1 and held.all():
        raise InputError(
            f"all {len(dataset):,} rows have the same {by}, so that no part can be held out that shares none with the "
            f"rest: add rows with another {by}, or a file to evaluate on"
        )
    if held.all() or not held.any():
        raise InputError(f"{len(dataset)} rows are too few to hold a part out: add rows, or a file to evaluate on")
    return dataset.select(np.flatnonzero(~held)), dataset.select(np.flatnonzero(held))


def align_classes(train: "Dataset", held_out: "Dataset", *, label: str = "label") -> "Dataset":
    """The held-out rows with the class ids of the training rows, where both were read on their own.

    Rows of a class that the training rows do not have are left out: nothing can be said about them.

    Args:
        train: rows whose label names its classes.
        held_out: other rows, with names of their own.
        label: the column with the class ids.

    Raises:
        InputError: no held-out row is of a class that is trained.
    """
    import numpy as np

    names, others = train.features[label].names, held_out.features[label].names
    places = np.array([names.index(name) if name in names else -1 for name in others], dtype=np.int64)
    ids = places[_column(held_out, label).to_numpy()]
    known = np.flatnonzero(ids >= 0)
    if not len(known):
        raise InputError(f"no held-out row has a class of the training rows, such as {quote(names[0])}")
    kept = held_out.select(known).remove_columns(label)
    return kept.add_column(label, ids[known], feature=train.features[label])


def _column(dataset: "Dataset", name: str) -> pa.ChunkedArray:
    return dataset.select_columns([name]).with_format("arrow")[:][name]
