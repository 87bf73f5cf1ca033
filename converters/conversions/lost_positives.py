"""What rows that are left out still say: a text that one of them calls a positive is no negative in another row.

A row without a negative or without a score makes no row, but what it says of its positive is true. Of such texts only
checksums are kept, so that memory does not grow with them; and where no row was left out, nothing is looked at.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.alike import is_list
from converters.changes import ROW, Rejected
from converters.checksums import Checksums, scrambled
from converters.conversions.texts import Ids, looks, rows_of
from converters.formats import FORMATS
from converters.layouts import lists_of_texts, texts_of
from converters.piles import pieces
from converters.written_numbers import NUMBER

#: Why a row is left out.
CONTRADICTED = "a negative that a row left out calls a positive of the same anchor"

#: Formats whose rows hold lists: the other ones with negatives have a column for each text.
_LISTS = ("labeled-list", "grouped")

_Texts = tuple[Ids, pa.ChunkedArray, NDArray[np.bool_], NDArray[np.bool_]]


class LostPositives:
    """The positives that rows name which are left out, each with its anchor.

    Rows come in the shape in which they are left out: the columns stand in the order of the format, whatever they are
    called.
    """

    def __init__(self, format: str, threshold: float | None = None) -> None:
        """None so far.

        Args:
            format: the format or layout of the rows.
            threshold: from which label on a document of a list is a positive; by default above 0.
        """
        self._format, self._threshold = format, threshold
        # Only of these a row says of one text that it is a positive and of another one that it is not. A row that does
        # so of one text alone says nothing any more where its text or its label is missing.
        self._tells = format in _LISTS or "negative" in FORMATS[format].roles
        self._anchors: list[Checksums] = []
        self._pairs: list[Checksums] = []

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def add(self, rejects: Iterable[Rejected]) -> None:
        """Takes rows that are left out."""
        for each in rejects if self._tells else ():
            for table in pieces(each.rows.to_batches(), each.rows.schema):
                anchors = looks(_anchors(table))
                rows, texts, positive, _ = self._texts(table)
                rows, told = rows[positive], looks(texts.filter(pa.array(positive)))
                full = anchors[rows].any(axis=1) & told.any(axis=1)
                if full.any():
                    self._anchors.append(np.unique(anchors[rows[full], 0]))
                    self._pairs.append(_pairs(anchors[rows[full], 0], told[full, 0]))

    def contradicted(self, tables: Iterable[pa.Table]) -> Ids:
        """The places of rows that call such a text a negative of its anchor, in order.

        They are left out too, so that what they call positives are such texts from then on.

        Args:
            tables: the rows in canonical shape.
        """
        anchors = np.unique(np.concatenate(self._anchors))
        found: list[tuple[Ids, Checksums, NDArray[np.bool_], NDArray[np.bool_]]] = []
        start = 0
        for table in tables:
            own = looks(_anchors(table))[:, 0]
            near = np.flatnonzero(_among(own, anchors))
            if len(near):
                rows, texts, positive, negative = self._texts(table.take(pa.array(near)))
                pairs = _pairs(own[near][rows], looks(texts)[:, 0])
                found.append((near[rows] + start, pairs, positive, negative))
            start += table.num_rows
        if not found:
            return np.zeros(0, dtype=np.int64)
        rows, pairs, positive, negative = (np.concatenate(each) for each in zip(*found, strict=True))
        known, gone = np.unique(np.concatenate(self._pairs)), np.zeros(0, dtype=np.int64)
        while True:
            wrong = np.unique(rows[negative & _among(pairs, known)])
            if len(wrong) == len(gone):
                return gone
            known, gone = np.union1d(known, pairs[positive & _among(rows, wrong)]), wrong

    def _texts(self, table: pa.Table) -> _Texts:
        """The texts of rows beside their anchors: of each its row, and whether it is a positive, or a negative."""
        names = [name for name in table.column_names if name != ROW]
        if self._format == "labeled-list":
            return _of_lists(table, names, self._threshold)
        if self._format == "grouped":
            sides = [pa.chunked_array([lists_of_texts(table, [name])]) for name in names[1:3]]
            rows, columns = [rows_of(side) for side in sides], [pc.list_flatten(side) for side in sides]
        else:
            columns = [table[name] for name in names[1 : None if FORMATS[self._format].label_name is None else -1]]
            rows = [np.arange(table.num_rows)] * len(columns)
        positive = np.repeat([True, *[False] * (len(rows) - 1)], [len(each) for each in rows])
        texts = [chunk for column in columns for chunk in _plain(column).chunks]
        return np.concatenate(rows), pa.chunked_array(texts, pa.string()), positive, ~positive


def _of_lists(table: pa.Table, names: list[str], threshold: float | None) -> _Texts:
    """As `LostPositives._texts`, of lists of documents; those without a label for each document say nothing."""
    documents, labels = (table[name] for name in names[1:3])
    if not is_list(documents.type) or not is_list(labels.type):
        nothing = np.zeros(0, dtype=bool)
        return np.zeros(0, dtype=np.int64), pa.chunked_array([], pa.string()), nothing, nothing
    even = pc.fill_null(pc.equal(pc.list_value_length(documents), pc.list_value_length(labels)), False)
    rows = np.flatnonzero(even.to_numpy())[rows_of(documents.filter(even))]
    told = pc.list_flatten(labels.filter(even))
    if pa.types.is_string(told.type):
        told = pc.utf8_trim_whitespace(told)
        told = pc.if_else(pc.match_substring_regex(told, NUMBER), pc.utf8_ltrim(told, "+"), None)
    grades = pc.fill_null(pc.cast(told, pa.float64()), np.nan).to_numpy()
    positive = grades > 0 if threshold is None else grades >= threshold
    return rows, _plain(pc.list_flatten(documents.filter(even))), positive, ~positive & ~np.isnan(grades)


def _anchors(table: pa.Table) -> pa.ChunkedArray:
    name = table.column_names[0]
    return _plain(pa.chunked_array([texts_of(chunk, name) for chunk in table[name].chunks], pa.string()))


def _plain(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(texts, pa.string()), "")


def _pairs(anchors: Checksums, texts: Checksums) -> Checksums:
    """A number for each anchor and text."""
    return scrambled(anchors) ^ texts


def _among(values: NDArray[np.generic], ordered: NDArray[np.generic]) -> NDArray[np.bool_]:
    """True for each value that is one of some others, which are in order."""
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: NDArray[np.bool_] = ordered[places] == values
    return found
