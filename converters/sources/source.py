"""What every kind of data looks like once it is open: splits of Arrow record batches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from converters.sources.broken import BrokenLine
from converters.sources.texts_and_lists import LoneLists


@dataclass(frozen=True)
class Split:
    """One table of rows, read batch by batch as often as wanted.

    Attributes:
        schema: names and types of the columns; without a header in the file they are `column_1`, `column_2`, ...
        open: starts reading from the first row; every batch has `schema`.
        rows: number of rows; None where it is not known, as that of a stream.
        has_names: False where the file names no columns.
        class_names: for columns of class ids whose names the data carries (`datasets.ClassLabel`), or the manifest
            beside it, the names.
        rows_exact: whether `rows` was counted or told by the format, and is no estimate from a part of the data.
        sample: at most that many rows from all over the split, without going through all of it; None where it takes
            reading all rows to draw some.
        encoding: the codec that was guessed for text which does not say its encoding and is not UTF-8; else None.
        repeated_headers: rows that were left out because they repeat the header.
        lone_texts: of columns of lists, in how many rows there was one text alone, which is read as a list of one.
        lone_lists: of columns of texts, in how many rows there was a list instead.
        broken: lines that could not be read and were set aside.
    """

    schema: pa.Schema
    open: Callable[[], Iterator[pa.RecordBatch]]
    rows: int | None = None
    has_names: bool = True
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows_exact: bool = True
    sample: Callable[[int], pa.Table] | None = None
    encoding: str | None = None
    repeated_headers: int = 0
    lone_texts: Mapping[str, int] = field(default_factory=dict)
    lone_lists: Mapping[str, LoneLists] = field(default_factory=dict)
    broken: tuple[BrokenLine, ...] = ()

    def table(self) -> pa.Table:
        """All rows, in memory."""
        return pa.Table.from_batches(self.open(), schema=self.schema)


@dataclass(frozen=True)
class Source:
    """An opened dataset.

    Attributes:
        name: what the user called it.
        splits: by name, in the order of the data; a single file is `train`. In a collection these are the relevance
            judgements, with the columns `query-id`, `corpus-id` (strings) and `score` (number).
        corpus: the documents of a collection: `_id`, `text`, and `title` where there are titles; else None.
        queries: the queries of a collection: `_id`, `text`; else None.
        reopens: whether the name opens it again: not that of an object in memory or of standard input.
    """

    name: str
    splits: Mapping[str, Split]
    corpus: Split | None = None
    queries: Split | None = None
    reopens: bool = True

    @property
    def is_collection(self) -> bool:
        """Whether rows are judgements that point into a corpus."""
        return self.corpus is not None
