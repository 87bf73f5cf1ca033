"""Rows on the way of a conversion: in memory while they are few, in temporary files beyond.

A conversion has a `Room`: so many bytes for the rows of a table, and a folder for what does not fit. Rows are collected
in a `Pile`, which starts in memory and moves to a file when it grows too large. Piles whose rows carry their place in
`PLACE` are put back in order by `in_order`, whatever parts they were spread over.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.checksums import checksums
from converters.errors import InputError, quote
from converters.sources.plain import is_list

#: Bytes of rows that are held in memory. What is made of them takes several times as much for a while.
SMALL = 64 << 20

#: Bytes of rows that are looked at together where rows are spread over parts.
PART = 32 << 20

#: Rows, and bytes of rows, that are worked on at a time where each stands for itself.
BATCH_ROWS, BATCH_BYTES = 1 << 16, 16 << 20

#: Bytes of rows that piles keep next to one another: of each pile so much is in memory where many are read at once.
PILED_BYTES = 1 << 20

#: How often rows are spread again where a part is still too large: all of them may be of one text.
_DEEPEST = 3

#: The most parts that rows are spread over at once: each is an open file.
MOST_PARTS = 128

#: A column with the place of each row among all, which is there on the way and leaves no trace.
PLACE = "\0place"


@dataclass
class Room:
    """What a conversion may take up.

    Attributes:
        folder: where temporary files are put, in a hidden folder of their own; None where nothing may go to disk.
        small: bytes of rows that are held in memory.
        part: bytes of rows that are looked at together.
    """

    folder: Path | None = None
    small: int = SMALL
    part: int = PART
    _own: Path | None = field(default=None, repr=False)
    _files: int = field(default=0, repr=False)

    def file(self) -> Path:
        """A name for a temporary file.

        Raises:
            OSError: there is no folder for it.
        """
        assert self.folder is not None
        if self._own is None:
            # Hidden, so that a reader of the folder does not take it for data.
            self._own = Path(tempfile.mkdtemp(prefix=".loss-advisor-", suffix=".tmp", dir=self.folder))
        self._files += 1
        return self._own / f"{self._files}.arrow"

    def clear(self) -> None:
        """Removes every temporary file."""
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            self._own = None


@contextmanager
def room_in(folder: Path | None) -> Iterator[Room]:
    """Room with a folder for what does not fit into memory; whatever happens, nothing stays in it."""
    room = Room(folder, SMALL, PART)
    try:
        yield room
    finally:
        room.clear()


class Pile:
    """Rows that are collected and then gone through as often as wanted, in the order in which they came."""

    def __init__(self, room: Room, schema: pa.Schema | None = None, small: int | None = None) -> None:
        """An empty pile.

        Args:
            room: what it may take up.
            schema: of the rows; by default that of the first ones.
            small: bytes of rows that are held in memory; by default what the room says.
        """
        self._room, self._schema = room, schema
        self._small = room.small if small is None else small
        self._held: list[pa.RecordBatch] = []
        self._paths: list[Path] = []
        self._file: pa.NativeFile | None = None
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None
        self.num_rows = 0
        self.nbytes = 0

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the columns; none where no rows have come."""
        return self._schema if self._schema is not None else pa.schema([])

    @property
    def in_memory(self) -> bool:
        """Whether the rows have stayed in memory."""
        return not self._paths

    def add(self, rows: pa.Table) -> None:
        """Puts rows on the pile. Whole numbers may come before others: all become what holds both.

        Raises:
            InputError: the disk is full, or cannot be written.
        """
        if self._schema is None:
            self._schema = rows.schema
        elif rows.schema != self._schema:
            rows = self._of_one_schema(rows)
        step = None if self._room.folder is None else _step(rows.num_rows, rows.nbytes, PILED_BYTES)
        for batch in rows.to_batches(max_chunksize=step):
            if batch.num_rows:
                self.num_rows += batch.num_rows
                self.nbytes += batch.nbytes
                self._put(batch)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; no more may be added from now on."""
        self._close()
        for batch in self._held:
            yield self._widened(batch)
        for path in self._paths:
            with pa.OSFile(str(path)) as file:  # not mapped, so that what has gone by takes no memory
                for batch in pa.ipc.open_stream(file):
                    yield self._widened(batch)

    def table(self) -> pa.Table:
        """All rows as one table; of a pile in a file, mapped into memory and not read into it."""
        self._close()
        found = [self._widened(batch) for batch in self._held]
        for path in self._paths:
            with pa.memory_map(str(path)) as file:
                found += [self._widened(batch) for batch in pa.ipc.open_stream(file)]
        return pa.Table.from_batches(found, self.schema)

    def clear(self) -> None:
        """Forgets the rows, and removes their files."""
        self._close()
        self._held = []
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _put(self, batch: pa.RecordBatch) -> None:
        if not self._paths and (self._room.folder is None or self.nbytes <= self._small):
            self._held.append(batch)
            return
        try:
            if self._writer is None:
                path = self._room.file()
                self._paths.append(path)
                self._file = pa.OSFile(str(path), "wb")
                held, self._held = [self._widened(each) for each in self._held], []
                self._writer = pa.ipc.new_stream(self._file, self.schema)
                for each in held:
                    self._writer.write_batch(each)
            self._writer.write_batch(batch)
        except OSError as error:
            raise _disk_error(error) from error

    def _close(self) -> None:
        if self._writer is not None and self._file is not None:
            writer, file = self._writer, self._file
            self._writer = self._file = None
            try:
                writer.close()
                file.close()
            except OSError as error:
                raise _disk_error(error) from error

    def _of_one_schema(self, rows: pa.Table) -> pa.Table:
        assert self._schema is not None
        own, other = (each.remove_metadata() for each in (self._schema, rows.schema))
        if own.names != other.names:
            raise ValueError(f"the columns {other.names} do not go with {own.names}")
        both = zip(own, other, strict=True)
        wider = pa.schema([(one.name, _wider(one.type, two.type)) for one, two in both], self._schema.metadata)
        if wider != self._schema:
            self._close()  # what has gone to a file stays as it is, and is made wider when it is read
            self._schema = wider
        return rows.cast(wider)

    def _widened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch if batch.schema == self.schema else batch.cast(self.schema)


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """A type for the values of both: whole numbers become floating point numbers beside such, also in lists."""
    if one == other:
        return one
    if is_list(one) and is_list(other):
        return pa.list_(_wider(one.value_type, other.value_type))
    return pa.unify_schemas([pa.schema([("x", one)]), pa.schema([("x", other)])], promote_options="permissive")[0].type


def _disk_error(error: OSError) -> InputError:
    return InputError(f"rows that do not fit into memory cannot be kept on disk: {quote(error, 160)}: make room there")


class Ordered:
    """Rows that lie on several piles, gone through in the order of the column `PLACE`, which they no longer have then.

    To be read as a `Pile` is; nothing can be put on it.
    """

    def __init__(self, piles: Sequence[Pile], room: Room) -> None:
        """As `in_order` has it.

        Args:
            piles: one at least, each with its rows in order; they are cleared with it.
            room: what the rows may take up where they are wanted as a table.
        """
        self._piles, self._room = piles, room
        self._whole: Pile | None = None
        schema = common_schema([pile.schema for pile in piles])
        self.schema: pa.Schema = schema.remove(schema.get_field_index(PLACE))
        self.num_rows = sum(pile.num_rows for pile in piles)
        self.nbytes = sum(pile.nbytes for pile in piles)

    @property
    def in_memory(self) -> bool:
        """Whether the rows have stayed in memory."""
        return all(pile.in_memory for pile in self._piles)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch."""
        for table in in_order(self._piles):
            yield from table.drop_columns([PLACE]).to_batches()

    def table(self) -> pa.Table:
        """All rows as one table; what lay in files is in one file then, and mapped into memory."""
        if self._whole is None:
            self._whole = Pile(self._room)
            for batch in self.batches():
                self._whole.add(pa.Table.from_batches([batch]))
        return self._whole.table()

    def clear(self) -> None:
        """Forgets the rows, and removes their files."""
        for pile in [*self._piles, *([self._whole] if self._whole else [])]:
            pile.clear()


#: What rows are read from.
Rows = Pile | Ordered


# -- rows in order, and spread over parts ------------------------------------------------------------------------------


def pieces(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows in tables of a size to work on: small batches put together, large ones cut."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        step = _step(batch.num_rows, batch.nbytes, BATCH_BYTES)
        for start in range(0, batch.num_rows, step):
            part = batch.slice(start, step)
            held.append(part)
            rows += part.num_rows
            size += part.nbytes
            if rows >= BATCH_ROWS or size >= BATCH_BYTES:
                yield pa.Table.from_batches(held, schema)
                held, rows, size = [], 0, 0
    if held:
        yield pa.Table.from_batches(held, schema)


def placed(pile: "Rows") -> Iterator[pa.Table]:
    """The rows of a pile with their places, in tables of a size to work on."""
    start = 0
    for table in pieces(pile.batches(), pile.schema):
        yield table.append_column(PLACE, pa.array(np.arange(start, start + table.num_rows)))
        start += table.num_rows


def spread(tables: Iterable[pa.Table], column: str, nbytes: int, room: Room, depth: int = 0) -> list[Pile]:
    """Spreads rows over parts, so that rows with the same text in a column meet; those of a part keep their order.

    Args:
        tables: the rows.
        column: of texts; white space around them makes no difference.
        nbytes: bytes of all rows, which say how many parts it takes.
        room: what the parts may take up.
        depth: how often the rows have been spread already.
    """
    number = min(MOST_PARTS, max(1, -(-nbytes // room.part)))
    piles = [Pile(room, small=room.small // number) for _ in range(number)]
    for table in tables:
        places = _parts_of(table[column], number, depth)
        order = np.argsort(places, kind="stable")
        ordered = table.combine_chunks().take(pa.array(order))
        ends = np.searchsorted(places[order], np.arange(1, number + 1)).tolist()
        for pile, start, end in zip(piles, [0, *ends], ends, strict=False):
            if end > start:
                pile.add(ordered.slice(start, end - start))
    found = []
    for pile in piles:
        if pile.nbytes > 2 * room.part and depth < _DEEPEST:
            found += spread(pieces(pile.batches(), pile.schema), column, pile.nbytes, room, depth + 1)
            pile.clear()
        elif pile.num_rows:
            found.append(pile)
    return found


def in_order(piles: Sequence[Pile]) -> Iterator[pa.Table]:
    """The rows of several piles, each in the order of its column `PLACE`, in the order of all of them.

    Rows with the same place have to come from one pile; they stay in the order that they have there. The result has the
    schema that `common_schema` says.
    """
    schema = common_schema([pile.schema for pile in piles if pile.num_rows])
    readers = [_Reader(pile, schema) for pile in piles if pile.num_rows]
    while readers:
        # Up to the lowest of the last places at hand, no pile has more to give than what is at hand.
        end = min(reader.last for reader in readers)
        taken = pa.concat_tables([reader.up_to(end) for reader in readers]).combine_chunks()
        yield taken.take(pa.array(np.argsort(taken[PLACE].to_numpy(), kind="stable")))
        readers = [reader for reader in readers if reader.goes_on()]


def common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The schema that holds the rows of all of them."""
    if not schemas:
        return pa.schema([])
    first = schemas[0]
    for other in schemas[1:]:
        first = pa.schema(
            [(one.name, _wider(one.type, two.type)) for one, two in zip(first, other, strict=True)], first.metadata
        )
    return first


class _Reader:
    """The rows of a pile as far as they have been read: those of one batch."""

    def __init__(self, pile: Pile, schema: pa.Schema) -> None:
        self._batches, self._schema = pile.batches(), schema
        self._at_hand, self._places = self._next()

    @property
    def last(self) -> int:
        """The place of the last row that is at hand."""
        return int(self._places[-1])

    def up_to(self, end: int) -> pa.Table:
        """Takes the rows at hand whose place is not beyond `end`."""
        number = int(np.searchsorted(self._places, end, side="right"))
        taken = self._at_hand.slice(0, number)
        self._at_hand, self._places = self._at_hand.slice(number), self._places[number:]
        return taken

    def goes_on(self) -> bool:
        """Sees to it that rows are at hand; false where there are none any more."""
        if not len(self._places):
            try:
                self._at_hand, self._places = self._next()
            except StopIteration:
                return False
        return True

    def _next(self) -> tuple[pa.Table, NDArray[np.int64]]:
        table = pa.Table.from_batches([next(self._batches)]).cast(self._schema)
        return table, table[PLACE].to_numpy()


def _step(rows: int, nbytes: int, wanted: int) -> int:
    """How many rows make up so many bytes, one at least."""
    return max(1, min(BATCH_ROWS, rows * wanted // max(1, nbytes)))


def _parts_of(texts: pa.ChunkedArray, number: int, depth: int) -> NDArray[np.int64]:
    """The part that each row belongs to."""
    plain = pc.utf8_trim_whitespace(pc.fill_null(pc.cast(texts, pa.large_string()), "")).combine_chunks()
    summed = checksums(plain) // np.uint64(MOST_PARTS**depth)
    return np.asarray(summed % np.uint64(number), dtype=np.int64)
