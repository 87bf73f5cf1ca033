"""Conversions of single texts, each twice or beside a damaged copy of itself; and of everything else to its texts."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import looks, pointed, rows_of, texts_at
from converters.formats import FORMATS
from converters.text_ids import Seen

#: The share of words that noise deletes, which the authors of TSDAE found best (arXiv 2104.06979).
DELETED = 0.6

#: Letters of scripts that put no spaces between words.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"

#: Texts that are damaged at a time.
_BATCH = 4096


@conversion(
    "single",
    "identical-pair",
    summary="puts each text beside itself: dropout makes the two different for the model",
    scope="row",
    final=True,
)
def _twice(material: Material, target: str, options: Options) -> Made:
    texts = material.table["text"]
    return Made(pa.table({"anchor": texts, "anchor_copy": texts}))


def _as_many(material: Material, target: str, options: Options) -> int:
    return int(material.table.num_rows)


@conversion(
    "single",
    "damaged-pair",
    summary=f"puts each text behind a damaged copy, in which {DELETED:.0%} of the words are deleted",
    scope="row",
    samples=True,
    final=True,
    counts=_as_many,
)
def _damage(material: Material, target: str, options: Options) -> Made:
    texts = material.table["text"]
    # Two streams of random numbers, one for what is deleted and one for what stays at least, so that the size of a
    # batch makes no difference.
    draws = material.once(("draws", options.seed), lambda: _draws(options.seed))
    batches = pa.table({"text": texts}).to_batches(max_chunksize=_BATCH)
    damaged = [damage(batch.column(0), draws[0], draws[1]) for batch in batches]
    return Made(pa.table({"damaged": pa.chunked_array(damaged, pa.string()), "original": texts}))


def _draws(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(2)]


#: What is lost with all but the texts, by the format; of formats that hold texts only, nothing.
_LOST = {
    **dict.fromkeys(FORMATS, "which texts belong together"),
    "single-class": "the classes",
    "text-embedding": "the embeddings",
    "pair-class": "the pairs and their classes",
    "pair-score": "the pairs and their scores",
}


def _texts(material: Material, target: str, options: Options) -> Made:
    """Every different text, row by row; of a collection those of its judgements, then other documents."""
    columns = _with_rows(material.table)
    if material.corpus is not None:
        columns.append(
            (material.corpus.cast(pa.large_string()), np.full(len(material.corpus), material.table.num_rows))
        )
    told_by = np.concatenate([np.zeros((0, 2), np.uint64), *(looks(column) for column, _ in columns)])
    order = _row_by_row([rows for _, rows in columns])
    order = order[told_by[order].any(axis=1)]  # a text of white space alone is none
    new = material.once("seen", Seen).new(told_by[order])
    repeated = len(order) - len(new)
    left_out = {"texts that stand there already": repeated} if repeated else {}
    chunks = [chunk for column, _ in columns for chunk in column.chunks]
    return Made(pa.table({"text": _picked(chunks, order[new])}), left_out)


def _row_by_row(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The places of texts, which stand column by column, in the order of their rows.

    Args:
        columns: of each column the rows of its texts, in order.
    """
    rows = 1 + max((int(column[-1]) for column in columns if len(column)), default=-1)
    counts = [np.bincount(column, minlength=rows) for column in columns]
    before = sum(counts, start=np.zeros(rows, dtype=np.int64))
    before = np.cumsum(before) - before
    order = np.empty(sum(map(len, columns)), dtype=np.int64)
    first = 0
    for column, count in zip(columns, counts, strict=True):
        turn = np.arange(len(column))
        order[(before - (np.cumsum(count) - count))[column] + turn] = first + turn
        before += count
        first += len(column)
    return order


def _picked(chunks: Sequence[pa.Array], places: NDArray[np.int64]) -> pa.ChunkedArray:
    """The texts at some places, all different, of chunks that follow one another."""
    bounds = np.cumsum([0, *map(len, chunks)])
    mask = np.zeros(bounds[-1], dtype=bool)
    mask[places] = True
    kept = [chunk.filter(pa.array(mask[a:b])) for chunk, (a, b) in zip(chunks, pairwise(bounds.tolist()), strict=True)]
    texts = pa.chunked_array(kept, pa.large_string())
    if (np.diff(places) > 0).all():
        return texts.cast(pa.string())
    return texts_at(texts.combine_chunks(), (np.cumsum(mask) - 1)[places])


def _with_rows(table: pa.Table) -> list[tuple[pa.ChunkedArray, NDArray[np.int64]]]:
    """The columns of texts, with the row of each text. What rows point to is there once, with the first of them."""
    found = []
    for name in table.column_names:
        column, kind = table[name], table.schema.field(name).type
        if name == "label":
            continue
        if (into := pointed(column)) is not None:
            used, first = np.unique(into[1], return_index=True)
            order = np.argsort(first)
            found.append((pa.chunked_array([into[0].take(pa.array(used[order]))]), first[order]))
        elif pa.types.is_string(kind):
            found.append((column, np.arange(table.num_rows)))
        elif pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
            found.append((pc.list_flatten(column), rows_of(column)))
    return [(column.cast(pa.large_string()), rows) for column, rows in found]


def _of_a_corpus(material: Material, target: str, options: Options) -> int | None:
    """A sample of judgements comes without the corpus, of which every text counts."""
    return None if material.corpus is None else _texts(material, target, options).table.num_rows


for _format in FORMATS:
    if _format not in ("single", "identical-pair", "damaged-pair"):
        conversion(
            _format,
            "single",
            summary="takes every different text once",
            loses=_LOST[_format],
            offered=False,
            scope="row",
            counts=_of_a_corpus if _format == "collection" else None,
        )(_texts)


@conversion("identical-pair", "single", summary="takes each text once", offered=False, scope="row")
@conversion("damaged-pair", "single", summary="takes the originals", offered=False, scope="row")
def _originals(material: Material, target: str, options: Options) -> Made:
    return Made(pa.table({"text": material.table[material.table.column_names[-1]]}))


def damage(texts: pa.Array, deleting: np.random.Generator, staying: np.random.Generator) -> pa.Array:
    """Deletes words, or characters where a script writes no spaces; at least one of them stays.

    Args:
        texts: the texts, none blank.
        deleting: draws which words are deleted.
        staying: draws the word that stays where none would.
    """
    unspaced = _without_spaces(texts)
    mask = unspaced.to_numpy(zero_copy_only=False)
    words, sizes = _words(texts.filter(pc.invert(unspaced)))
    letters, lengths = _letters(texts.filter(unspaced))
    counts = np.zeros(len(texts), dtype=np.int64)
    counts[~mask], counts[mask] = sizes, lengths
    stays = _stays(counts, deleting, staying)
    of_letters = np.repeat(mask, counts)
    spaced = _joined(words.filter(pa.array(stays[~of_letters])), _left(stays[~of_letters], sizes), " ")
    joined = _joined(letters.filter(pa.array(stays[of_letters])), _left(stays[of_letters], lengths), "")
    places = np.empty(len(texts), dtype=np.int64)
    places[~mask], places[mask] = np.arange(len(sizes)), len(sizes) + np.arange(len(lengths))
    return pa.concat_arrays([spaced, joined]).take(pa.array(places))


def _without_spaces(texts: pa.Array) -> pa.Array:
    """Of each text whether most of it is of scripts that put no spaces between words."""
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():  # which is told a hundred times as fast
        return pa.array(np.zeros(len(texts), dtype=bool))
    return pc.greater(pc.multiply(pc.count_substring_regex(texts, _UNSPACED), 2), pc.utf8_length(texts))


def _stays(counts: NDArray[np.int64], deleting: np.random.Generator, staying: np.random.Generator) -> NDArray[np.bool_]:
    """Which pieces stay, at least one of each text."""
    stays = deleting.random(int(counts.sum())) >= DELETED
    starts = np.cumsum(counts) - counts
    chosen = starts + np.floor(staying.random(len(counts)) * counts).astype(np.int64)
    bare = (np.add.reduceat(np.append(stays, False), starts) == 0) & (counts > 0) if len(counts) else counts > 0
    stays[chosen[bare]] = True
    return stays


def _words(texts: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    lists = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(texts))
    return pc.list_flatten(lists), pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)


def _letters(texts: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """Every character of every text as a text of its own, and how many each text has."""
    data = np.frombuffer("".join(texts.to_pylist()).encode(), dtype=np.uint8)
    starts = np.flatnonzero((data & 0xC0) != 0x80)  # all other bytes of UTF-8 continue a character
    offsets = np.append(starts, len(data)).astype(np.int32)
    letters = pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data))
    return letters, pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)


def _left(stays: NDArray[np.bool_], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many pieces of each text stay."""
    total = np.concatenate(([0], np.cumsum(stays)))
    ends = np.cumsum(counts)
    left: NDArray[np.int64] = total[ends] - total[ends - counts]
    return left


def _joined(pieces: pa.Array, counts: NDArray[np.int64], between: str) -> pa.Array:
    offsets = np.concatenate(([0], np.cumsum(counts)))
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pieces)
    return pc.binary_join(lists, between)
