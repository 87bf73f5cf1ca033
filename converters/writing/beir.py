"""Collections as BEIR keeps them: `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`.

Texts are written when they come by for the first time and told apart by hashes; what is kept of a judgement are the
hashes of its two texts and its grade. So memory grows by some 40 bytes a judgement, not with the texts.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.errors import InputError
from converters.text_ids import Hashes, Seen, as_ids, hashes
from converters.writing.layouts import check_layout, counted, filled_texts
from converters.writing.stream import Stream
from converters.writing.text import json_lines

_BATCH = 1 << 16


def write_beir(streams: Mapping[str | None, Stream], folder: Path, format: str) -> None:
    """Writes splits of rows as one collection: texts once, judgements by split.

    Positives are judged 1 and negatives 0; labels are grades. Where several rows judge the same query and document,
    the highest grade counts. The ids of texts are made of the texts.

    Args:
        streams: rows of `format`, by split; None is `train`.
        folder: an empty folder.
        format: the format.

    Raises:
        InputError: the layout does not hold the format, or a grade is no whole number.
    """
    check_layout("beir", format)
    (folder / "qrels").mkdir()
    with ExitStack() as files:
        corpus = files.enter_context((folder / "corpus.jsonl").open("wb"))
        queries = files.enter_context((folder / "queries.jsonl").open("wb"))
        texts = {"query": Seen(), "document": Seen()}
        for split, stream in streams.items():
            found: list[tuple[Hashes, Hashes, NDArray[np.int64]]] = []
            for asked, answers, grades in _judgements(stream, format):
                ids = {"query": hashes(asked, 2), "document": hashes(answers, 2)}
                for kind, given, file in (("query", asked, queries), ("document", answers, corpus)):
                    new = texts[kind].new(ids[kind])
                    columns = {"_id": as_ids(ids[kind][new]), "text": given.take(pa.array(new))}
                    if kind == "document":
                        columns = {"_id": columns["_id"], "title": pa.array([""] * len(new), pa.string()), **columns}
                    for lines in json_lines(pa.RecordBatch.from_pydict(columns)):
                        file.write(lines)
                found.append((ids["query"], ids["document"], grades))
            _write_judgements(found, folder / "qrels" / f"{split or 'train'}.tsv")


def _judgements(stream: Stream, format: str) -> Iterator[tuple[pa.Array, pa.Array, NDArray[np.int64]]]:
    """Queries, documents and grades, side by side."""
    for batch in stream.plain():
        names = batch.schema.names
        queries = batch.column(0)
        if format == "labeled-list":
            owners = pc.list_parent_indices(batch.column("documents"))
            queries, documents = queries.take(owners), pc.list_flatten(batch.column("documents"))
            grades = _whole(pc.list_flatten(batch.column("labels")))
        elif format == "labeled-pair":
            documents, grades = batch.column("document"), _whole(batch.column("label"))
        else:
            width = len(names) - 1
            turned = np.arange(batch.num_rows * width).reshape(width, -1).T.ravel()
            documents = pa.concat_arrays(batch.columns[1:]).take(pa.array(turned))
            queries = queries.take(pa.array(np.repeat(np.arange(batch.num_rows), width)))
            grades = np.tile(np.arange(width) == 0, batch.num_rows).astype(np.int64)
        filled = pc.and_(filled_texts(queries), filled_texts(documents))
        usable = filled.to_numpy(zero_copy_only=False)
        counted(stream.left_out, "judgements of an empty text", len(usable) - int(usable.sum()))
        yield queries.filter(filled), documents.filter(filled), grades[usable]


def _whole(labels: pa.Array) -> NDArray[np.int64]:
    numbers = pc.cast(labels, pa.float64()).to_numpy(zero_copy_only=False)
    odd = numbers[~(np.isfinite(numbers) & (numbers == np.round(numbers)))]
    if len(odd):
        raise InputError(
            f"the layout beir holds whole grades only, and a label is {odd[0]:g}: convert to labeled-pair, whose "
            "labels are 0 and 1, or leave --layout out"
        )
    whole: NDArray[np.int64] = numbers.astype(np.int64)
    return whole


def _write_judgements(found: list[tuple[Hashes, Hashes, NDArray[np.int64]]], path: Path) -> None:
    """Writes each pair once, with its highest grade, in the order of first appearance."""
    with path.open("wb") as file:
        file.write(b"query-id\tcorpus-id\tscore\n")
        if not found:
            return
        query, document, grades = (np.concatenate(each) for each in zip(*found, strict=True))
        places = np.arange(len(grades))
        order = np.lexsort((places, document[:, 1], document[:, 0], query[:, 1], query[:, 0]))
        keys = np.concatenate([query[order], document[order]], axis=1)
        starts = np.flatnonzero(np.concatenate(([True], (keys[1:] != keys[:-1]).any(axis=1))))
        best = np.maximum.reduceat(grades[order], starts)
        first = order[starts]  # places are sorted within a pair
        turn = np.argsort(first)
        for start in range(0, len(turn), _BATCH):
            part = turn[start : start + _BATCH]
            columns = (
                as_ids(query[first[part]]),
                as_ids(document[first[part]]),
                pa.array(best[part]).cast(pa.string()),
            )
            lines = pc.binary_join_element_wise(*columns, "\t")
            file.write(("\n".join(lines.to_pylist()) + "\n").encode())
