"""Taking data in: the rows of a split in canonical shape, however many there are.

Few rows are read once and brought into shape in memory. Of many, the labels are surveyed first, for what one label
means depends on the others; then the rows are read again and brought into shape batch by batch, into a pile that moves
to disk as it grows. Only columns that have a role are held.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import ahead, in_turn
from converters.blank import blank
from converters.canonical import INFINITE, Changes, OnError, canonicalise, surveyed
from converters.changes import ROW, Rejected, kept
from converters.conversions.lost_positives import CONTRADICTED, LostPositives
from converters.conversions.registry import Material
from converters.conversions.texts import pointing
from converters.errors import InputError, NoRowsError, quote
from converters.piles import Pile, Room, pieces
from converters.progress import track
from converters.rejects import Reject
from converters.scales import Span
from converters.sources.broken import BrokenLine
from converters.sources.source import Source, Split
from converters.surveys import Settled, Survey

#: Why a line of a file is left out that no reader makes a row of.
BROKEN = "a line that cannot be read"


@dataclass(frozen=True)
class Reading:
    """How the rows of a source are read.

    Attributes:
        format: the format or layout that they are in.
        columns: the role of each column that is used, by name.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.
        on_error: what becomes of rows with a label that cannot be read: `stop` or `skip`.
    """

    format: str
    columns: Mapping[str, str]
    score_range: tuple[float, float] | None = None
    on_error: OnError = "stop"

    def __post_init__(self) -> None:
        if self.on_error not in ("stop", "skip"):
            raise InputError(f"on_error is stop or skip, not {quote(self.on_error)}")

    def used(self, schema: pa.Schema) -> list[str]:
        """The columns that are read."""
        return [name for name in schema.names if self.columns.get(name) not in (None, "id", "ignored")]


@dataclass
class Taken:
    """Rows in canonical shape.

    Attributes:
        pile: the rows.
        rows_in: how many rows the data has.
        changes: what was changed; its `rejects` went to whoever asked for them.
        corpus: documents beside those of the rows; None where there are none.
    """

    pile: Pile
    rows_in: int
    changes: Changes = field(default_factory=Changes)
    corpus: pa.ChunkedArray | None = None
    _lost: list[NDArray[np.int64]] = field(default_factory=list)

    def numbers(self, start: int, end: int) -> pa.Array:
        """The numbers in the data, from 1, of the rows from a place in the pile on to another one; see `numbers_of`."""
        return self.numbers_of(np.arange(start, end))

    def numbers_of(self, places: NDArray[np.int64]) -> pa.Array:
        """The numbers in the data, from 1, of the rows at some places in the pile.

        Only where rows that were left out have been asked for, and where each row of the data is one row.
        """
        lost = np.sort(np.concatenate([np.zeros(0, np.int64), *self._lost]))
        # Before the row at a place, those were left out whose number is not above that of the row.
        before = np.searchsorted(lost - np.arange(len(lost)) - 1, places, side="right")
        return pa.array(places + before + 1)


def settle_labels(source: Source, splits: list[str], reading: Reading) -> Settled | None:
    """How labels are read, so that one means the same in all of these splits.

    Returns:
        None where every label stands for itself.

    Raises:
        InputError: the labels are not of their kind.
    """
    survey: Survey | None = None
    for name in splits:
        rows = source.splits[name]
        for table in track(_tables(rows, reading), f"Surveying the labels of {name}"):
            survey = _surveyed(table, rows, reading, survey)
            if survey is None:
                return None
    return None if survey is None else survey.settle()


def span_of_labels(source: Source, splits: list[str], reading: Reading, column: str, settled: Settled | None) -> Span:
    """From where to where the labels go in all of these splits.

    Args:
        source: the source.
        splits: the splits.
        reading: how their rows are read.
        column: the name that the labels have in canonical shape.
        settled: how labels are read; None where every label stands for itself.
    """
    span = Span()
    for name in splits:
        rows = source.splits[name]
        if source.is_collection:
            span |= Span.of_labels(rows.table()["score"])
            continue
        for table in track(_tables(rows, reading), f"Surveying the labels of {name}"):
            shaped, _ = _shaped(table, rows, replace(reading, on_error="skip"), settled)
            span |= Span.of_labels(shaped[column])
    return span


def take_in(
    source: Source,
    split: str,
    reading: Reading,
    room: Room,
    *,
    settled: Settled | None = None,
    reject: Reject | None = None,
    threshold: float | None = None,
) -> Taken:
    """The rows of a split in canonical shape, without those that call a text a negative of its anchor which a row that
    is left out calls a positive of it.

    Args:
        source: the source.
        split: the split.
        reading: how its rows are read.
        room: what the rows may take up.
        settled: how labels are read; by default this split decides.
        reject: takes the rows that are left out; by default they are only counted.
        threshold: from which label on a document of a list is a positive; by default above 0.

    Raises:
        InputError: the data is not what it is said to be, or has no row to use.
    """
    rows = source.splits[split]
    if reading.format == "collection" and not source.is_collection:
        raise InputError(
            f"{source.name} holds ids only: name a folder with the texts as well (corpus.jsonl, queries.jsonl and "
            "qrels/train.tsv)"
        )
    if source.is_collection != (reading.format == "collection"):
        raise InputError(
            f"{source.name} is {'' if source.is_collection else 'no '}collection: {reading.format} is wrong"
        )
    if source.is_collection:
        material, rows_in, changes = judged_texts(source, rows)
        taken = Taken(Pile(Room()), rows_in, changes, material.corpus)
        taken.pile.add(material.table)
        if reject is not None:
            for each in changes.rejects:
                reject(each)
        changes.rejects = []
    else:
        taken = _taken(rows, reading, room, settled, reject, LostPositives(reading.format, threshold))
    if broken := broken_lines(source, split):
        taken.rows_in += len(broken)
        taken.changes.dropped_rows[BROKEN] = len(broken)
    if not taken.pile.num_rows:
        raise NoRowsError(f"{source.name} has no usable row: {_why_none(taken.rows_in, taken.changes)}")
    return taken


def broken_lines(source: Source, split: str) -> list[BrokenLine]:
    """The lines that cannot be read in the files of a split; of a collection, in those of its texts as well."""
    files = [source.splits[split], source.corpus, source.queries]
    return [line for file in files if file is not None for line in file.broken]


def _taken(
    rows: Split,
    reading: Reading,
    room: Room,
    settled: Settled | None,
    reject: Reject | None,
    lost: LostPositives,
) -> Taken:
    tables = _Held(_tables(rows, reading)) if room.folder is None else _if_small(rows, reading, room)
    taken = Taken(Pile(room), 0)
    if isinstance(tables, _Held) and len(list(islice(tables, 2))) < 2:
        whole = pa.concat_tables([*tables, _nothing(rows, reading)])
        _take(taken, [whole], rows, reading, settled, reject, lost)
    else:
        if settled is None:
            survey = None
            for table in track(tables, "Surveying the labels"):
                survey = _surveyed(table, rows, reading, survey)
                if survey is None:
                    break
            settled = None if survey is None else survey.settle()
        _take(taken, track(tables, "Reading"), rows, reading, settled, reject, lost)
    if lost:
        _leave_out_contradicted(taken, lost, room, reject)
    beside = set(rows.schema.names) - set(reading.used(rows.schema)) | set(taken.changes.dropped_columns)
    taken.changes.dropped_columns = [name for name in rows.schema.names if name in beside]
    return taken


def _take(
    taken: Taken,
    tables: Iterable[pa.Table],
    rows: Split,
    reading: Reading,
    settled: Settled | None,
    reject: Reject | None,
    lost: LostPositives,
) -> None:
    """Brings the rows into shape, several tables at once."""

    def one(table: pa.Table, start: int) -> tuple[pa.Table, int, pa.Table, Changes]:
        return table, start, *_shaped(table, rows, reading, settled, start, numbered=reject is not None)

    for table, start, canonical, changes in in_turn(lambda each: one(*each), _with_starts(tables)):
        if reject is not None:
            for each in changes.rejects:
                numbers = each.rows[ROW]
                originals = table.take(pc.subtract(numbers, start + 1)).append_column(ROW, numbers)
                reject(replace(each, rows=originals))
                taken._lost.append(numbers.to_numpy())
        lost.add(changes.rejects)
        changes.rejects = []
        taken.rows_in += table.num_rows if changes.apart is None else changes.apart
        taken.changes.add(changes)
        taken.pile.add(canonical)


def _shaped(
    table: pa.Table, rows: Split, reading: Reading, settled: Settled | None, start: int = 0, *, numbered: bool = False
) -> tuple[pa.Table, Changes]:
    """Some rows of a split in canonical shape, and what was changed; `start` is the place of the first of them."""
    return canonicalise(
        table,
        reading.format,
        reading.columns,
        class_names=rows.class_names,
        score_range=reading.score_range,
        settled=settled,
        on_error=reading.on_error,
        first_row=start,
        numbered=numbered,
    )


def _with_starts(tables: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, int]]:
    """Each table with the place of its first row among those of all."""
    start = 0
    for table in tables:
        yield table, start
        start += table.num_rows


def _leave_out_contradicted(taken: Taken, lost: LostPositives, room: Room, reject: Reject | None) -> None:
    """Leaves out what makes a negative of a text that rows which are left out call a positive of the same anchor."""
    whole = taken.pile
    places = lost.contradicted(pieces(whole.batches(), whole.schema))
    if not len(places):
        return
    taken.pile, start = Pile(room, whole.schema), 0
    names = {new: old for old, new in taken.changes.renamed.items()}
    numbers = taken.numbers_of(places).to_numpy()
    for table in pieces(whole.batches(), whole.schema):
        first, last = np.searchsorted(places, (start, start + table.num_rows))
        keep = np.ones(table.num_rows, dtype=bool)
        keep[places[first:last] - start] = False
        taken.pile.add(table.filter(pa.array(keep)))
        if reject is not None and first < last:
            rows = table.filter(pa.array(~keep)).rename_columns([names.get(each, each) for each in table.column_names])
            reject(Rejected(rows.append_column(ROW, pa.array(numbers[first:last])), CONTRADICTED))
        start += table.num_rows
    taken._lost.append(numbers)
    taken.changes.dropped_rows[CONTRADICTED] = len(places)
    whole.clear()


class _Held:
    """Tables that are read once, as far as anybody goes through them, and kept."""

    def __init__(self, tables: Iterator[pa.Table]) -> None:
        self._rest, self._held = tables, list[pa.Table]()

    def __iter__(self) -> Iterator[pa.Table]:
        yield from self._held
        for table in self._rest:
            self._held.append(table)
            yield table


@dataclass(frozen=True)
class _Anew:
    """Tables that are read anew each time that somebody goes through them."""

    rows: Split
    reading: Reading

    def __iter__(self) -> Iterator[pa.Table]:
        return _tables(self.rows, self.reading)


def _if_small(rows: Split, reading: Reading, room: Room) -> _Held | _Anew:
    """The rows, which are held if they are few."""
    held = _Held(_tables(rows, reading))
    size = 0
    for table in held:
        size += table.nbytes
        if size > room.small:
            return _Anew(rows, reading)
    return held


def _tables(rows: Split, reading: Reading) -> Iterator[pa.Table]:
    """The rows in tables of a size to work on, with the columns that are read."""
    used = reading.used(rows.schema)
    schema = pa.schema([rows.schema.field(name) for name in used])
    return pieces((batch.select(used) for batch in ahead(rows.open())), schema)


def _nothing(rows: Split, reading: Reading) -> pa.Table:
    return pa.schema([rows.schema.field(name) for name in reading.used(rows.schema)]).empty_table()


def _surveyed(table: pa.Table, rows: Split, reading: Reading, survey: Survey | None) -> Survey | None:
    return surveyed(
        table,
        reading.format,
        reading.columns,
        survey,
        class_names=rows.class_names,
        score_range=reading.score_range,
    )


def _why_none(rows: int, changes: Changes) -> str:
    most_first = sorted(changes.dropped_rows.items(), key=lambda each: (-each[1], each[0]))
    dropped = ", ".join(f"{number} with {reason}" for reason, number in most_first)
    return f"of {rows} rows, {dropped} were left out" if dropped else "it is empty"


# -- collections -------------------------------------------------------------------------------------------------------


def judged_texts(source: Source, judgements: Split) -> tuple[Material, int, Changes]:
    """Looks up the texts of a collection's judgements: of all of them, whatever their grade, that lack no text.

    The corpus is held in memory, once: everything else points into it.

    Returns:
        The texts and the corpus, the number of judgements, and what was left out.
    """
    assert source.corpus is not None
    assert source.queries is not None
    judged = judgements.table()
    corpus, queries = source.corpus.table(), source.queries.table()
    documents = _with_title(corpus).cast(pa.large_string()).combine_chunks()
    places = _places(judged["corpus-id"], corpus["_id"])
    askers = _places(judged["query-id"], queries["_id"])
    grades = pc.cast(judged["score"], pa.float64())
    asked = pc.fill_null(pc.cast(queries["text"], pa.large_string()), "").combine_chunks()
    fitting = {
        "unknown id": pc.and_(pc.is_valid(places), pc.is_valid(askers)).to_numpy(),
        "empty text": _filled(documents, places) & _filled(asked, askers),
        "no grade": pc.invert(pc.is_null(grades, nan_is_null=True)).to_numpy(),
        INFINITE: pc.fill_null(pc.is_finite(grades), False).to_numpy(),
    }
    changes = Changes()
    rest, keep = judged.append_column(ROW, pa.array(np.arange(judged.num_rows) + 1)), np.ones(judged.num_rows, bool)
    for reason, fits in fitting.items():
        rest = kept(rest, pa.array(fits[keep]), reason, changes)
        keep &= fits
    found = pa.array(keep)
    table = pa.table(
        {
            "query": pointing(asked, askers.filter(found).combine_chunks()),
            "document": pointing(documents, places.filter(found).combine_chunks()),
            "grade": grades.filter(found),
        }
    )
    return Material(table, pa.chunked_array([documents])), judged.num_rows, changes


def _with_title(corpus: pa.Table) -> pa.ChunkedArray:
    """The documents' texts, each after its title where it has one."""
    texts = pc.fill_null(pc.cast(corpus["text"], pa.string()), "")
    if "title" not in corpus.column_names:
        return texts
    titles = pc.fill_null(pc.utf8_trim_whitespace(pc.cast(corpus["title"], pa.string())), "")
    return pc.if_else(pc.equal(titles, ""), texts, pc.binary_join_element_wise(titles, texts, " "))


def _filled(texts: pa.Array, places: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Of each place whether there is a text at it that is not blank."""
    filled: NDArray[np.bool_] = pc.fill_null(pc.invert(blank(texts)).take(places), False).to_numpy()
    return filled


def _places(ids: pa.ChunkedArray, known: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pc.cast(known, pa.string())
    return pc.index_in(pc.cast(ids, pa.string()), value_set=known.combine_chunks())
