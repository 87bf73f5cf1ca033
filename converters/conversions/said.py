"""What a teacher has said already: scores and embeddings that go with the rows as they are."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.embedding.given import load_embeddings
from converters.errors import InputError, quote

_WHAT = "the teacher's scores"


def given_scores(teacher: Any, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scores that are there already, one for each pair of the rows, row by row.

    Args:
        teacher: an array of numbers, or of lists; or the path of a `.npy`, `.parquet`, `.arrow` or `.feather` file,
            with a column of numbers for each score of a row, or one column of lists.
        counts: how many pairs each row has.

    Raises:
        InputError: it cannot be read, or has not one finite number for each pair.
    """
    values, sizes = _read(teacher)
    rows, pairs = len(counts), int(counts.sum())
    if len(sizes) != rows and len(values) == pairs and bool((sizes == 1).all()):
        sizes = counts  # one after the other, without rows
    if len(sizes) != rows or not np.array_equal(sizes, counts):
        of_each = f"{counts[0]} for each" if rows and bool((counts == counts[0]).all()) else "one for each document"
        raise InputError(
            f"{_WHAT} are {len(values):,} numbers in {len(sizes):,} rows, and the data has {rows:,} rows that want "
            f"{of_each}, {pairs:,} in all; rows with an empty text are left out before: mend the data first, with "
            "--output-format same"
        )
    if not np.isfinite(values).all():
        row = int(np.repeat(np.arange(rows), counts)[np.flatnonzero(~np.isfinite(values))[0]])
        raise InputError(f"{_WHAT}: row {row} has a number that is missing or not finite (NaN or infinity)")
    return values


def given_embeddings(teacher: Any, rows: int) -> NDArray[np.float32]:
    """Embeddings that are there already, one for each row, (rows, d).

    Raises:
        InputError: they cannot be read, or are not one vector of finite numbers for each row.
    """
    found = load_embeddings(teacher, "teacher")
    if len(found) != rows:
        raise InputError(
            f"the teacher's embeddings have {len(found):,} rows, and the data has {rows:,} texts; rows with an empty "
            "text are left out before: mend the data first, with --output-format same"
        )
    vectors: NDArray[np.float32] = np.asarray(found, dtype=np.float32)
    if not (finite := np.isfinite(vectors).all(axis=1)).all():
        row = int(np.flatnonzero(~finite)[0])
        raise InputError(f"the teacher's embeddings: row {row} has numbers that are not finite (NaN or infinity)")
    return vectors


def _read(teacher: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All numbers, row by row, and how many each row has."""
    if isinstance(teacher, str | os.PathLike):
        path = Path(teacher).expanduser()
        if not path.is_file():
            raise InputError(f"{_WHAT}: {quote(path, 200)} is no file")
        try:
            if path.suffix.lower() == ".npy":
                return _of_array(np.load(path, allow_pickle=False))
            return _of_table(path)
        except (OSError, ValueError, pa.ArrowException) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{_WHAT}: {quote(path, 200)} cannot be read ({quote(error, 120)})") from error
    if isinstance(teacher, pa.Array | pa.ChunkedArray):
        return _of_columns([teacher], "teacher")
    if hasattr(teacher, "detach"):
        teacher = teacher.detach().cpu().double().numpy()
    if isinstance(teacher, list | tuple):
        try:
            return _of_columns([pa.array(teacher)], "teacher")
        except pa.ArrowException as error:
            raise InputError(f"{_WHAT}: a list has to hold numbers, or lists of numbers") from error
    return _of_array(np.asarray(teacher))


def _of_array(array: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        raise InputError(
            f"{_WHAT} have to be numbers, one for each pair or a row of them for each row of the data, "
            f"not an array of shape {array.shape} of {array.dtype}"
        )
    return array.astype(np.float64).ravel(), np.full(len(array), array[0].size if len(array) else 1, dtype=np.int64)


def _of_table(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    import pyarrow.dataset as arrow_dataset

    table = arrow_dataset.dataset(path, format="parquet" if path.suffix.lower() == ".parquet" else "ipc").to_table()
    plain = [name for name in table.column_names if _is_number(table.schema.field(name).type)]
    lists = [
        name for name in table.column_names if _is_number(getattr(table.schema.field(name).type, "value_type", None))
    ]
    if bool(plain) == bool(lists) or len(lists) > 1:
        shown = ", ".join(f"{quote(each.name)} ({each.type})" for each in list(table.schema)[:4])
        raise InputError(
            f"{quote(path, 120)} has to hold columns of numbers, or one column of lists of numbers, and nothing else "
            f"that could be a score; it has {shown or 'no column'}"
        )
    return _of_columns([table[name] for name in plain or lists], path.name)


def _of_columns(columns: list[Any], name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    kind = columns[0].type
    if _is_number(kind):
        values = [_floats(each) for each in columns]
        return np.stack(values, axis=1).ravel(), np.full(len(columns[0]), len(columns), dtype=np.int64)
    if not _is_number(getattr(kind, "value_type", None)):
        raise InputError(f"{_WHAT}: {quote(name)} holds {kind}, not numbers")
    sizes = pc.fill_null(pc.list_value_length(columns[0]), 0)
    return _floats(pc.list_flatten(columns[0])), np.asarray(sizes).astype(np.int64)


def _is_number(kind: pa.DataType | None) -> bool:
    return kind is not None and bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _floats(values: Any) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.asarray(pc.fill_null(pc.cast(values, pa.float64(), safe=False), np.nan))
    return found
