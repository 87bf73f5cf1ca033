"""Holding rows out that share no text with the rest, whatever column it stands in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, quote
from converters.text_ids import hashes

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class Apart:
    """Which rows are held out, so that no text stands on both sides.

    Attributes:
        held: of each row whether it is held out.
        wanted: how many were to be held out.
        groups: how many groups of rows that hang together by their texts there are.
        largest: the rows of the largest group.
        most_shared: of the texts in the largest group the one in most rows; empty where no text is in two.
        shared_by: in how many rows that is.
    """

    held: Any
    wanted: int
    groups: int
    largest: int
    most_shared: str
    shared_by: int

    @property
    def number(self) -> int:
        """How many rows are held out."""
        return int(self.held.sum())

    def to_dict(self) -> dict[str, int]:
        """The counts, as JSON."""
        return {"rows": self.number, "wanted": self.wanted, "groups": self.groups, "largest": self.largest}

    @property
    def explanation(self) -> str | None:
        """Why more or fewer rows are held out than were asked for; None where it is about as many."""
        if abs(self.number - self.wanted) <= max(1, 0.05 * self.wanted):
            return None
        return (
            f"held out {self.number:,} of {len(self.held):,} rows instead of {self.wanted:,}: rows that share a text "
            f"stay together, and {self.largest:,} hang together{self._because()}"
        )

    def _because(self) -> str:
        """The text to look at, unless the rows hang together in a chain, in which none stands out."""
        if 10 * self.shared_by < max(30, self.largest):
            return ""
        return f", many by {quote(self.most_shared, 40)}, in {self.shared_by:,} rows"


def split_off(dataset: "Dataset", *, share: float = 0.05, seed: int = 12) -> "tuple[Dataset, Dataset]":
    """Splits rows into a training part and a held-out part that has no text in common with it.

    Rows hang together where they share a text, in whatever columns it stands, and by way of other rows; what hangs
    together stays together. Texts are the same where they differ in case, white space or Unicode composition only.

    Args:
        dataset: the rows; every column of texts, or of lists of texts, counts.
        share: about how many to hold out, between 0 and 1.
        seed: of the random choice.

    Returns:
        The training part and the held-out part, rows in their original order.

    Raises:
        InputError: all rows hang together, or there are too few.
    """
    import numpy as np

    def batches() -> Iterator[pa.RecordBatch]:
        return iter(dataset.with_format("arrow")[:].to_batches())

    held = rows_apart(batches, share=share, seed=seed).held
    return dataset.select(np.flatnonzero(~held)), dataset.select(np.flatnonzero(held))


def rows_apart(batches: Callable[[], Iterator[pa.RecordBatch]], *, share: float, seed: int) -> Apart:
    """Chooses the rows that are held out: whole groups, in a random order, as long as they fit.

    Of each text a hash of 64 bits is kept. Two texts with the same hash would at worst keep their rows together.

    Args:
        batches: starts reading the rows, which is done twice at most.
        share: about how many to hold out, between 0 and 1.
        seed: of the random choice.

    Raises:
        InputError: all rows hang together, or there are too few.
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, negatives, owners, keys = 0, False, [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for batch in batches():
        places, texts = _texts(batch)
        owners.append(places + rows)
        keys.append(hashes(texts)[:, 0])
        rows += batch.num_rows
        negatives = negatives or any(name.startswith("negative") for name in batch.schema.names)
    if not 0 < share < 1:
        raise InputError(f"the held-out share has to be between 0 and 1, not {share:g}")
    if rows < 2:
        raise InputError(f"{rows} rows are too few to hold a part out: collect more, or hold none out")
    owner = np.concatenate(owners)
    different, key = np.unique(np.concatenate(keys), return_inverse=True)
    nodes = rows + len(different)
    joined = coo_array((np.ones(len(owner), np.int8), (owner, key + rows)), shape=(nodes, nodes))
    _, labels = connected_components(joined, directed=False)
    _, group = np.unique(labels[:rows], return_inverse=True)
    sizes = np.bincount(group)

    giant = int(sizes.argmax())
    once = np.unique(np.stack([key, owner]), axis=1)  # a text twice in a row counts once
    counts = np.bincount(once[0][group[once[1]] == giant], minlength=len(different))
    shared_by = int(counts.max()) if len(counts) else 0
    most_shared = ""
    if shared_by > 1:
        place = int(owner[key == counts.argmax()][0])
        most_shared = _text_with(batches(), place, different[counts.argmax()])
    wanted = min(max(1, round(rows * share)), rows - 1)
    chosen = _chosen(sizes, wanted, seed)
    apart = Apart(chosen[group], wanted, len(sizes), int(sizes.max()), most_shared, shared_by)
    if not chosen.any():
        raise InputError(
            f"nothing can be held out: {apart.largest:,} of {rows:,} rows hang together by texts they share"
            f"{apart._because()}: "
            + (
                "negatives join rows, so hold out before they are mined (--output-format same), then convert each part"
                if negatives
                else "drop rows with such texts, or hold none out"
            )
        )
    return apart


def _chosen(sizes: Any, wanted: int, seed: int) -> Any:
    """Which groups are held out: at most as many rows as wanted; else the smallest group, if it is half at most."""
    import numpy as np

    chosen = np.zeros(len(sizes), dtype=bool)
    order = np.random.default_rng(seed).permutation(len(sizes))
    room = wanted
    while len(order := order[~chosen[order] & (sizes[order] <= room)]):
        filled = np.cumsum(sizes[order])
        taken = int(np.searchsorted(filled, room, side="right"))
        chosen[order[:taken]] = True
        room -= int(filled[taken - 1])
    if not chosen.any() and 2 * sizes.min() <= sizes.sum():
        chosen[sizes.argmin()] = True
    return chosen


def _texts(batch: pa.RecordBatch) -> tuple[Any, pa.Array]:
    """All texts of a batch that are not empty, in the form in which they are compared, and the row of each."""
    import numpy as np

    from converters.mining.texts import is_blank, normalised

    rows, texts = [np.zeros(0, np.int64)], [pa.array([], pa.large_string())]
    for column in batch.columns:
        owners = np.arange(batch.num_rows)
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            owners, column = pc.list_parent_indices(column).to_numpy().astype(np.int64), pc.list_flatten(column)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            there = ~is_blank(column)
            rows.append(owners[there])
            texts.append(normalised(column.filter(pa.array(there))).cast(pa.large_string()))
    return np.concatenate(rows), pa.concat_arrays(texts)


def _text_with(batches: Iterator[pa.RecordBatch], place: int, key: Any) -> str:
    """The text with a hash in one of the rows."""
    for batch in batches:
        if place < batch.num_rows:
            _, texts = _texts(batch.slice(place, 1))
            return str(texts[int((hashes(texts)[:, 0] == key).argmax())].as_py())
        place -= batch.num_rows
    return ""
