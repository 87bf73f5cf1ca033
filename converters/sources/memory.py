"""Data that is in memory already; the libraries it comes from are not imported to tell what it is."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from converters.errors import InputError, quote
from converters.sources.columnar import read_batches, sound
from converters.sources.features import class_names_in, class_names_of
from converters.sources.plain import numbered_names, plain_schema
from converters.sources.reading import BATCH_ROWS, Reading, join
from converters.sources.records import records_reading
from converters.sources.source import Source, Split
from converters.sources.spread import slices, spread

#: Shards of a stream that a sample is drawn from: each costs a request.
_SHARDS = 8


def open_object(data: Any) -> Source:
    """Opens a dataset, frame, table, list of records or dict of columns, or a dict of any of those by split.

    A reader of record batches can be read once only, so its rows are kept in memory.

    Raises:
        InputError: it is none of these, or its columns hold what no column can hold.
    """
    name = type(data).__name__
    if isinstance(data, Source):
        return data
    if isinstance(data, Mapping) and data and all(map(_is_tabular, data.values())):
        return Source(name, {str(split): _open_table(each) for split, each in data.items()})
    return Source(name, {"train": _open_table(data)})


def _comes_from(data: Any, library: str, *classes: str) -> bool:
    """Whether the object is of one of these classes of a library, or of one derived from it."""
    return any(each.__module__.split(".")[0] == library and each.__name__ in classes for each in type(data).__mro__)


def _is_tabular(data: Any) -> bool:
    return (
        isinstance(data, Split | pa.Table | pa.RecordBatch | pa.RecordBatchReader)
        or _comes_from(data, "datasets", "Dataset", "IterableDataset")
        or _comes_from(data, "pandas", "DataFrame")
        or hasattr(data, "__arrow_c_stream__")
        or (isinstance(data, list) and bool(data) and all(isinstance(row, Mapping) for row in data))
    )


def _open_table(data: Any) -> Split:
    where = f"the {type(data).__name__}"
    if isinstance(data, Split):
        return data
    if _comes_from(data, "datasets", "Dataset", "IterableDataset"):
        return join([dataset_reading(data, where)])
    if _comes_from(data, "pandas", "DataFrame"):
        return join([_frame_reading(data, where)])
    try:
        if isinstance(data, pa.RecordBatchReader):
            data = data.read_all()
        elif isinstance(data, pa.RecordBatch) or (
            not isinstance(data, pa.Table) and hasattr(data, "__arrow_c_stream__")
        ):
            data = pa.table(data)
    except pa.ArrowException as error:
        raise InputError(f"{where} cannot be read: {quote(error, 120)}") from error
    if isinstance(data, pa.Table):
        return join([_table_reading(data, where)])
    if isinstance(data, Mapping):
        return join([records_reading({name: _listed(values) for name, values in data.items()}, where)])
    if isinstance(data, list | tuple):
        return join([records_reading(data, where)])
    if hasattr(data, "collect"):
        raise InputError(f"a {type(data).__name__} has no rows yet: call collect() on it, and give what that returns")
    if isinstance(data, Iterator):
        raise InputError(
            f"a {type(data).__name__} can be gone through only once: "
            "give list(...) of it, or a datasets.IterableDataset"
        )
    raise InputError(
        f"a dataset cannot be a {type(data).__name__}: "
        "give a path, a datasets.Dataset, a pandas DataFrame, a pyarrow Table or a list of dicts"
    )


def _listed(values: Any) -> Any:
    return values.tolist() if hasattr(values, "tolist") else values


def _table_reading(table: pa.Table, where: str, names: list[str] | None = None) -> Reading:
    plain = plain_schema(table.schema if names is None else table.rename_columns(names).schema)
    if not len(plain):
        raise InputError(f"{where} has no columns")
    return Reading(
        where=where,
        schema=plain,
        read=partial(read_batches, where, lambda: sound(table.to_batches()), plain.names),
        rows=table.num_rows,
        has_names=names is None,
        class_names=class_names_of(table.schema),
        sample=lambda size, wanted: read_batches(where, lambda: sound(_cut_table(table, size)), plain.names, wanted),
    )


def _cut_table(table: pa.Table, size: int) -> Iterator[pa.RecordBatch]:
    for start, length in slices(table.num_rows, size):
        yield from table.slice(start, length).to_batches()


def _frame_reading(frame: Any, where: str) -> Reading:
    """A pandas frame; its index becomes columns if it has a name, and is left out otherwise."""
    try:
        frame = frame.reset_index(drop=all(name is None for name in frame.index.names))
    except ValueError as error:
        raise InputError(f"{where}: the index is called like a column: rename one of them") from error
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InputError(f"{where} has several columns called {quote(twice)}: rename them")
    numbered = list(frame.columns) == list(range(len(frame.columns)))
    names = numbered_names(len(frame.columns)) if numbered else None
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # A column of objects of several types; NaN is how pandas says null.
        columns = {str(name): frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame}
        return records_reading(columns, where)
    return _table_reading(table, where, names)


def dataset_reading(dataset: Any, where: str, rows: int | None = None) -> Reading:
    """Reads a `datasets.Dataset`, or a `datasets.IterableDataset` as often as that can be gone through.

    Args:
        dataset: the dataset.
        where: how messages call it.
        rows: number of rows, where it is known but the dataset itself has no length.
    """
    arrow = dataset.with_format("arrow")
    features = dataset.features
    schema = features.arrow_schema if features is not None else _first_schema(arrow, where)
    plain = plain_schema(schema)
    if not len(plain):
        raise InputError(f"{where} has no columns")
    return Reading(
        where=where,
        schema=plain,
        read=partial(read_batches, where, lambda: sound(_batches_of(arrow)()), plain.names),
        rows=len(dataset) if hasattr(dataset, "__len__") else rows,
        class_names=class_names_in(features.to_dict()) if features is not None else {},
        sample=lambda size, wanted: read_batches(where, lambda: sound(_drawn(arrow, size)), plain.names, wanted),
    )


def _drawn(arrow: Any, size: int) -> Iterator[pa.RecordBatch]:
    """Slices of a dataset; of one that can only be gone through, the first rows of shards from all over it."""
    if hasattr(arrow, "__len__"):
        for start, length in slices(len(arrow), size):
            yield from arrow[start : start + length].to_batches()  # quicker than to select them: no indices are made
        return
    count = getattr(arrow, "num_shards", 1)
    shards = spread(count, _SHARDS)
    missing = size
    for position, index in enumerate(shards):
        shard = arrow if count == 1 else arrow.shard(num_shards=count, index=index)
        # What the shards before fell short of is made up for by those behind.
        share = -(-missing // (len(shards) - position))
        if not share:
            break
        for table in shard.take(share).iter(batch_size=min(share, BATCH_ROWS)):
            missing -= table.num_rows
            yield from table.to_batches()


def _first_schema(arrow: Any, where: str) -> pa.Schema:
    for table in arrow.iter(batch_size=BATCH_ROWS):
        return table.schema
    raise InputError(f"{where} has no rows")


def _batches_of(arrow: Any) -> Callable[[], Iterator[pa.RecordBatch]]:
    def batches() -> Iterator[pa.RecordBatch]:
        for table in arrow.iter(batch_size=BATCH_ROWS):
            yield from table.to_batches()

    return batches
