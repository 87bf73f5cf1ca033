"""Texts as one long array of code points, so that numpy can look at every character of a column at once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Points = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: There are this many code points.
CODE_POINTS = 0x110000

#: Bytes of text that are looked at together: arrays of code points are many times as large.
PIECE = 2_000_000


def pieces(texts: pa.StringArray, size: int = PIECE) -> Iterator[pa.StringArray]:
    """The texts in pieces of about `size` bytes, at least one text each."""
    offsets = _offsets(texts)
    begin = 0
    while begin < len(texts):
        end = int(np.searchsorted(offsets, offsets[begin] + size, side="right")) - 1
        end = min(max(end, begin + 1), len(texts))
        yield texts.slice(begin, end - begin)
        begin = end


def spread(texts: pa.StringArray) -> tuple[Points, Places]:
    """The code points of all texts, and where each text begins; the last place is where the last text ends.

    Bytes that are no UTF-8 become replacement characters.
    """
    texts = pc.fill_null(texts, "")
    try:
        together = _content(texts).decode("utf-8")
    except UnicodeDecodeError:
        texts = pa.array([each.decode("utf-8", "replace") for each in pc.cast(texts, pa.binary()).to_pylist()])
        together = _content(texts).decode("utf-8")
    lengths = np.asarray(pc.utf8_length(texts), dtype=np.int64)
    places = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return np.frombuffer(together.encode("utf-32-le"), dtype=np.uint32), places


def gathered(points: Points, places: Places) -> pa.StringArray:
    """The texts that these code points make up: the inverse of `spread`."""
    widths = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(widths)])[places].astype(np.int32)
    content = points.astype("<u4").tobytes().decode("utf-32-le").encode("utf-8")
    return pa.StringArray.from_buffers(len(places) - 1, pa.py_buffer(offsets), pa.py_buffer(content))


def kept(points: Points, places: Places, keep: Mask) -> tuple[Points, Places]:
    """The code points to keep, and where the texts begin then."""
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep)])
    return points[keep], before[places]


def united(flags: npt.NDArray[np.uint8], places: Places) -> npt.NDArray[np.uint8]:
    """The flags of each text: those that any of its characters has."""
    if not len(flags):
        return np.zeros(len(places) - 1, np.uint8)
    found = np.bitwise_or.reduceat(np.append(flags, np.uint8(0)), places[:-1])
    found[places[1:] == places[:-1]] = 0
    return found


def totals(numbers: npt.NDArray[np.generic], places: Places) -> npt.NDArray[np.float64]:
    """The sum of the numbers of each text's characters."""
    if not len(numbers):
        return np.zeros(len(places) - 1)
    found = np.add.reduceat(np.append(numbers, 0), places[:-1], dtype=np.float64)
    found[places[1:] == places[:-1]] = 0
    return found


def _offsets(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    if not len(texts):
        return np.zeros(1, np.int32)
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _content(texts: pa.StringArray) -> bytes:
    offsets, content = _offsets(texts), texts.buffers()[2] if len(texts) else None
    return content[int(offsets[0]) : int(offsets[-1])].to_pybytes() if content is not None else b""
