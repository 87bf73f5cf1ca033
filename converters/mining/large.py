"""The first stage for more texts than should be copied: numbered by hash, block by block, and gathered once.

Of each text 16 bytes are kept in memory. Texts that are mapped into memory stay where they are; with a work folder
those that are mined from are written into it, each once, and mapped from there, so that a corpus may be larger than
memory.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.mining.texts import Ids, is_blank, normalised, number
from converters.mining.workspace import Stage, Workspace

#: From how many bytes on texts are not copied as a whole.
LARGE = 2**27
#: Texts that are gone through at a time.
BLOCK = 2**14

_BYTES, _OFFSETS = "documents.bytes", "documents.offsets.npy"
#: Keys of the two halves of a hash.
_KEYS = ("mining-of-texts1", "mining-of-texts2")

Hashes = NDArray[np.uint64]


def is_large(*texts: "pa.Array | pa.ChunkedArray | Rows") -> bool:
    """Whether texts are too many to be copied."""
    return sum(each.nbytes for each in texts) >= LARGE


@dataclass(frozen=True)
class Rows:
    """Some rows of texts that lie in chunks.

    Attributes:
        texts: large strings.
        rows: numbers of rows, (n,).
    """

    texts: pa.ChunkedArray
    rows: Ids

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of all texts."""
        return int(self.texts.nbytes)

    def take(self, places: Ids) -> "Rows":
        """Some of these rows."""
        return Rows(self.texts, self.rows[places])

    def blocks(self) -> Iterator[pa.Array]:
        """The texts in their order, a block at a time."""
        starts = np.concatenate(([0], np.cumsum([len(chunk) for chunk in self.texts.chunks])))
        for first in range(0, len(self.rows), BLOCK):
            rows = self.rows[first : first + BLOCK]
            chunk = np.searchsorted(starts, rows, side="right") - 1
            bounds = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist(), len(rows)]
            parts = [
                self.texts.chunk(int(chunk[a])).take(pa.array(rows[a:b] - starts[chunk[a]]))
                for a, b in pairwise(bounds)
            ]
            yield parts[0] if len(parts) == 1 else pa.concat_arrays(parts)


def hashes_of(blocks: Iterable[pa.Array]) -> Hashes:
    """Hashes of 128 bits of n texts, none null: (n, 2)."""
    from pandas.util import hash_array

    found = []
    for block in blocks:
        objects = block.to_numpy(zero_copy_only=False)
        found.append(np.stack([hash_array(objects, hash_key=key, categorize=False) for key in _KEYS], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), np.uint64)


def numbered(hashes: Hashes) -> tuple[Ids, Ids]:
    """Gives equal hashes (n, 2) the same number, in order of first appearance.

    Returns:
        The row of the first appearance of each number, (u,), and the number of each row, (n,).
    """
    _, first, code = np.unique(hashes[:, 0], return_index=True, return_inverse=True)
    if not np.array_equal(hashes[first, 1][code], hashes[:, 1]):  # two texts share half of their hashes
        whole = np.ascontiguousarray(hashes).view([("", np.uint64)] * 2)[:, 0]
        _, first, code = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return first[order], places[code]


def distinct(corpus: pa.ChunkedArray, positives: pa.Array) -> tuple[Rows, Ids, int]:
    """Finds the different texts of a corpus and of positives that may be in it or not.

    Args:
        corpus: m texts; null and blank ones are left out.
        positives: n texts, none of them blank.

    Returns:
        The different texts, those of the corpus first, in the order of their first appearance; the number of each
        positive among them, (n,); and how many texts of the corpus are blank.
    """
    blank = np.concatenate([np.empty(0, np.bool_), *map(is_blank, _blocks(corpus))])
    texts = pa.chunked_array([*corpus.chunks, positives], pa.large_string())
    rows = np.concatenate((np.flatnonzero(~blank), len(corpus) + np.arange(len(positives))))
    given = Rows(texts, rows)
    first, ids = numbered(hashes_of(given.blocks()))
    return given.take(first), ids[len(rows) - len(positives) :], int(blank.sum())


def keys_of(*texts: pa.Array | Rows) -> list[Ids]:
    """Numbers for texts: those that count as the same have the same number, over all of them.

    Returns:
        For each of `texts` its numbers, (n,) each; together they are all numbers from 0 on.
    """
    ends = np.cumsum([len(each) for each in texts])[:-1]
    plain = [each for each in texts if not isinstance(each, Rows)]
    if len(plain) == len(texts) and not is_large(*texts):
        return np.split(number(normalised(pa.concat_arrays(plain)))[1], ends)
    _, keys = numbered(np.concatenate([hashes_of(map(normalised, _blocks(each))) for each in texts]))
    return np.split(keys, ends)


def gathered(rows: Rows, workspace: Workspace | None) -> pa.Array:
    """The texts in one array: in memory, or mapped from a file of the work folder.

    Raises:
        InputError: the disk is full, or the file is damaged.
    """
    if workspace is None:
        return pa.concat_arrays(list(rows.blocks()))
    digest = hashlib.sha256(f"{len(rows)}".encode())
    for block in rows.blocks():
        digest.update(hashes_of([block]).tobytes())
    stage = workspace.stage("texts", {"documents": digest.hexdigest()})
    if stage.finished is None:
        lengths = []
        with stage.whole(_BYTES) as temporary, temporary.open("wb") as file:
            for block in rows.blocks():
                offsets = np.frombuffer(block.buffers()[1], np.int64)[block.offset : block.offset + len(block) + 1]
                lengths.append(np.diff(offsets))
                if offsets[-1] > offsets[0]:
                    file.write(memoryview(block.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
        stage.write_array(_OFFSETS, np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int64))
        stage.finish(texts=len(rows))
    return _mapped(stage, len(rows))


def _mapped(stage: Stage, count: int) -> pa.Array:
    offsets = stage.read_array(_OFFSETS)
    path = stage.path(_BYTES)
    if offsets.shape != (count + 1,) or not path.is_file() or path.stat().st_size != offsets[-1]:
        raise stage.damaged(_BYTES)
    data = pa.memory_map(str(path)).read_buffer()
    return pa.Array.from_buffers(pa.large_string(), count, [None, pa.py_buffer(offsets), data])


def _blocks(texts: "pa.Array | pa.ChunkedArray | Rows") -> Iterator[pa.Array]:
    if isinstance(texts, Rows):
        yield from texts.blocks()
        return
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        for start in range(0, len(chunk), BLOCK):
            yield chunk.slice(start, BLOCK)
