"""Rows from all over a large text file, read without going through it, and the number of those there are."""

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from converters.errors import quote
from converters.sources.compression import compression_of
from converters.sources.encoding import marked_encoding, not_in_encoding, open_utf8
from converters.sources.row_count import RowCounter, count_rows
from converters.sources.spread import PIECES

# Rows of larger files are estimated; of what has to be read from its beginning, that much text is.
_COUNTED = 2 << 30
_STREAMED = 32 << 20
_SMALLEST_RANGE = 1 << 12

#: Finds the whole rows in a piece of text that begins anywhere, and, where one knows that, within quotes or not: where
#: the first one begins and the last one ends, and whether the piece does begin within quotes.
FindRows = Callable[[bytes, bool | None], tuple[int, int, bool]]


@dataclass(frozen=True)
class Excerpt:
    """Whole rows from places spread over a file.

    Attributes:
        blocks: the rows of each place as UTF-8; the first block is the beginning of the file.
        share: the part of the file that these are.
        counted: number of rows of the whole file by its line breaks, where it was counted.
        quoting: whether line breaks within quotes end no row.
    """

    blocks: tuple[bytes, ...]
    share: float
    counted: int | None
    quoting: bool

    @property
    def text(self) -> bytes:
        """All the rows."""
        return b"".join(self.blocks)

    def rows(self, seen: int, header: int = 0) -> tuple[int, bool]:
        """The number of rows of the whole file, and whether it is exact.

        Args:
            seen: how many rows a parser found in the excerpt.
            header: how many others are at its beginning.
        """
        if self.counted is not None and count_rows(self.text, self.quoting) == seen + header:
            return self.counted - header, True
        return max(seen, round((seen + header) / self.share) - header), False


def take_excerpt(path: Path, encoding: str | None, size: int, find_rows: FindRows, quoting: bool) -> Excerpt | None:
    """Reads about `size` bytes of a file in places that are spread over it.

    A compressed file, or one in an encoding whose bytes say nothing by themselves, has to be read from its beginning,
    so that its places are in what can be reached in short time.

    Args:
        path: the file.
        encoding: its codec; None means UTF-8, or what the byte order mark says.
        size: how much to read.
        find_rows: finds the rows in a piece of the text.
        quoting: whether line breaks within quotes end no row.

    Returns:
        None where the file is no larger than `size`, has rows too long to be found, or quotes that are not in pairs.

    Raises:
        InputError: the file is not in that encoding, or is damaged.
    """
    raw_size = path.stat().st_size
    compressed = compression_of(path) is not None
    if not compressed and raw_size <= size:
        return None
    with path.open("rb", buffering=0) as file:
        mark = marked_encoding(file.read(4))
        if compressed or not _bytes_are_characters(encoding or mark or "utf-8"):
            return _from_stream(path, encoding, size, find_rows, quoting)
        starts, length = _places(raw_size, size)
        pieces = []
        for start in starts:
            file.seek(start)
            pieces.append(file.read(length))
        insides = None
        if raw_size <= _COUNTED:
            file.seek(0)
            insides, counted = _count(file, starts, raw_size, quoting)
            if counted is None:
                return None
    found = _whole_rows(pieces, starts, raw_size, find_rows, insides)
    if found is None:
        return None
    blocks, trusted = found
    share = sum(map(len, blocks)) / raw_size
    return Excerpt(
        tuple(_as_utf8(block, start, quote(path, 200), encoding) for start, block in zip(starts, blocks, strict=True)),
        share,
        counted if insides is not None and trusted else None,
        quoting,
    )


def _places(total: int, size: int) -> tuple[list[int], int]:
    """Where pieces of a text begin, the first at its beginning and the last up to its end, and their length."""
    count = max(2, min(PIECES, size // _SMALLEST_RANGE))
    length = size // count
    return [index * (total - length) // (count - 1) for index in range(count)], length


def _bytes_are_characters(encoding: str) -> bool:
    """Whether the bytes of line breaks, quotes and delimiters mean just that, wherever they stand."""
    name = codecs.lookup(encoding).name
    return '\n",'.encode(encoding) == b'\n",' and not name.startswith(("utf-7", "iso2022", "hz"))


def _count(file: BinaryIO, starts: list[int], size: int, quoting: bool) -> tuple[list[bool], int | None]:
    """Whether each place is within quotes, and the number of rows; None where the last quote is never closed."""
    counter = RowCounter(quoting)
    insides = []
    position = 0
    for start in starts:
        position += counter.read(file, start - position)
        insides.append(counter.inside)
    counter.read(file, size - position)
    return insides, None if counter.inside else counter.finish()


def _whole_rows(
    pieces: list[bytes], starts: list[int], total: int, find_rows: FindRows, insides: list[bool] | None
) -> tuple[list[bytes], bool] | None:
    """What is left of the pieces without rows that are cut; and whether the count of the rows can be trusted.

    It cannot where the rows show that a piece begins within quotes and the number of quotes before it says otherwise.
    """
    blocks, trusted = [], True
    for index, (piece, start) in enumerate(zip(pieces, starts, strict=True)):
        last = start + len(piece) >= total
        text = piece if not last or piece.endswith(b"\n") else piece + b"\n"
        if index == 0:
            # A break in front makes the first row begin as all others do.
            begin, end, inside = find_rows(b"\n" + text, False)
            begin, end = begin - 1, end - 1
            if begin != 0 or end <= 0:
                return None
        else:
            begin, end, inside = find_rows(text, insides[index] if insides is not None else None)
            starts[index] += begin
        if insides is not None and end > begin and inside != insides[index]:
            trusted = False
        blocks.append(text[begin:end])
    return blocks, trusted


def _as_utf8(block: bytes, start: int, where: str, encoding: str | None) -> bytes:
    try:
        text = block.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        byte, offset = block[error.start], start + error.start
        raise not_in_encoding(where, byte, offset, encoding or "utf-8", encoding is not None) from error
    return (text if start else text.removeprefix("\ufeff")).encode("utf-8", "replace")


def _from_stream(path: Path, encoding: str | None, size: int, find_rows: FindRows, quoting: bool) -> Excerpt | None:
    """The same from the beginning of a text that cannot be entered in the middle."""
    with path.open("rb") as raw, open_utf8(path, encoding, raw) as stream:
        text = stream.read(max(_STREAMED, size))
        complete = len(text) < max(_STREAMED, size)
        reached = raw.tell() / max(1, path.stat().st_size)
    if len(text) <= size:
        return None
    starts, length = _places(len(text), size)
    pieces = [text[start : start + length] for start in starts]
    insides, counted = _count(io.BytesIO(text), starts, len(text), quoting)
    if complete and counted is None:
        return None
    found = _whole_rows(pieces, starts, len(text) + int(not complete), find_rows, insides)
    if found is None:
        return None
    blocks, trusted = found
    share = sum(map(len, blocks)) / len(text) * (1.0 if complete else min(1.0, reached))
    return Excerpt(tuple(blocks), share, counted if complete and trusted else None, quoting)
