"""Counting rows at speed gives what a parser of rows gives."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.sources import row_count
from converters.sources.row_count import RowCounter, count_rows

CELL = st.text(alphabet='ab"\n\r, ', max_size=6)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=8), end=st.sampled_from(["\n", "\r\n"]), ended=st.booleans())
def test_written_rows_are_counted(rows: list[tuple[str, str]], end: str, ended: bool) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    text = stream.getvalue().encode()
    assert count_rows(text if ended else text.removesuffix(end.encode()), quoting=True) == len(rows)


@given(st.lists(st.sampled_from([b"x", b"", b"xy"]), max_size=12), st.sampled_from([b"\n", b"\r\n"]))
def test_empty_lines_are_none(lines: list[bytes], end: bytes) -> None:
    for text in (end.join(lines), end.join(lines) + end):
        assert count_rows(text, quoting=False) == sum(line != b"" for line in lines)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_make_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'a,b\n\n"x\ny",1\r\n\r\n"""",2\n\n\nlast,"3\n"'
    monkeypatch.setattr(row_count, "_CHUNK", size)
    counter = RowCounter(quoting=True)
    counter.feed(text)
    assert counter.finish() == 4
    assert not counter.inside
    assert count_rows(text, quoting=False) == 6
