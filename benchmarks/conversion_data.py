"""Data for the benchmark of conversions: for each format so many rows of made-up texts, in a file or a folder.

Texts repeat as they do in real data: several rows belong to a query, and documents come from a pool that is smaller
than the data. Within the rows of a query no document comes twice.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.inspect import texts

#: Words of a query and of a passage, about.
QUERY_WORDS, PASSAGE_WORDS = 8, 20

#: Classes of single texts.
CLASSES = 100

#: Negatives of an n-tuple, documents of a list, judged documents of a query.
NEGATIVES, LISTED, JUDGED = 4, 5, 10

#: Numbers of an embedding.
DIMENSION = 16

#: Different texts before a number makes each of them another one.
_BASE = 10_000

#: Rows of a row group.
_GROUP = 1 << 16


class Texts:
    """Queries and passages by number."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.draw = np.random.default_rng(0)
        self._queries = pa.array(texts(_BASE, QUERY_WORDS, 1))
        self._passages = pa.array(texts(_BASE, PASSAGE_WORDS, 2))

    def queries(self, each: int = 1) -> pa.ChunkedArray:
        """A query for each row; so many rows in turn have the same."""
        return _numbered(self._queries, np.arange(self.rows) // each)

    def passages(self, ids: NDArray[np.int64]) -> pa.ChunkedArray:
        """The passages of these numbers."""
        return _numbered(self._passages, ids)

    def documents(self, each: int = 1, width: int = 1) -> NDArray[np.int64]:
        """For each row `width` documents out of a pool, none of them twice within `each` rows: (rows, width)."""
        pool = max(each * width, self.rows // 2)
        start = self.draw.integers(0, pool, -(-self.rows // each)).repeat(each)[: self.rows]
        turn = (np.arange(self.rows) % each)[:, None] * width + np.arange(width)
        found: NDArray[np.int64] = (start[:, None] + turn) % pool
        return found

    def lists(self, width: int) -> pa.ChunkedArray:
        """For each row a list of documents."""
        flat = self.passages(self.documents(width=width).ravel())
        return _lists(flat, width)


def _numbered(base: pa.Array, ids: NDArray[np.int64]) -> pa.ChunkedArray:
    parts = np.array_split(ids, max(1, len(ids) // (1 << 18)))
    joined = (
        pc.binary_join_element_wise(base.take(pa.array(part % len(base))), pa.array(part).cast(pa.string()), " ")
        for part in parts
    )
    return pa.chunked_array(list(joined), pa.string())


def _lists(flat: pa.ChunkedArray | pa.Array, width: int) -> pa.ChunkedArray:
    values = flat.combine_chunks() if isinstance(flat, pa.ChunkedArray) else flat
    offsets = np.arange(0, len(values) + 1, width, dtype=np.int32)
    return pa.chunked_array([pa.ListArray.from_arrays(pa.array(offsets), values)])


def _single(made: Texts) -> pa.Table:
    return pa.table({"text": made.passages(np.arange(made.rows))})


def _single_class(made: Texts) -> pa.Table:
    classes = max(2, min(CLASSES, made.rows // 10))
    return _single(made).append_column("label", pa.array(made.draw.permutation(made.rows) % classes))


def _pair(made: Texts) -> pa.Table:
    return pa.table({"anchor": made.queries(), "positive": made.passages(np.arange(made.rows))})


def _identical_pair(made: Texts) -> pa.Table:
    column = made.passages(np.arange(made.rows))
    return pa.table({"anchor": column, "anchor_copy": column})


def _damaged_pair(made: Texts) -> pa.Table:
    return pa.table({"damaged": made.queries(), "original": made.passages(np.arange(made.rows))})


def _text_embedding(made: Texts) -> pa.Table:
    vectors = pa.array(made.draw.random(made.rows * DIMENSION, dtype=np.float32))
    return _single(made).append_column("label", _lists(vectors, DIMENSION))


def _pair_class(made: Texts) -> pa.Table:
    names = pa.array(["entailment", "neutral", "contradiction"])
    return pa.table(
        {
            "sentence_a": made.passages(np.arange(made.rows) // 3),
            "sentence_b": made.queries(),
            "label": names.take(pa.array(np.arange(made.rows) % 3)),
        }
    )


def _pair_score(made: Texts) -> pa.Table:
    scores = made.draw.integers(0, 51, made.rows) / 10
    scores[:2] = 0, 5  # the ends of the scale are there, however few the rows
    documents = made.passages(made.documents(JUDGED)[:, 0])
    return pa.table({"sentence_a": made.queries(JUDGED), "sentence_b": documents, "score": pa.array(scores)})


def _labeled_pair(made: Texts) -> pa.Table:
    documents = made.passages(made.documents(JUDGED)[:, 0])
    labels = pa.array((np.arange(made.rows) % JUDGED < 2).astype(np.int64))
    return pa.table({"anchor": made.queries(JUDGED), "document": documents, "label": labels})


def _graded_pair(made: Texts) -> pa.Table:
    table = _labeled_pair(made).drop_columns(["label"]).rename_columns(["query", "document"])
    return table.append_column("grade", pa.array(np.maximum(made.draw.integers(-3, 4, made.rows), 0)))


def _tuples(made: Texts, negatives: int, each: int, anchor: str = "anchor") -> pa.Table:
    documents = made.documents(each, negatives + 1)
    if negatives == 1:  # the triplets of a query are of one positive
        documents[:, 0] = documents[np.arange(made.rows) // each * each, 0]
    columns = {anchor: made.queries(each), "positive": made.passages(documents[:, 0])}
    for place in range(negatives):
        columns["negative" if negatives == 1 else f"negative_{place + 1}"] = made.passages(documents[:, place + 1])
    return pa.table(columns)


def _scored(made: Texts, negatives: int, name: str, each: int) -> pa.Table:
    """Tuples with a number for each negative (margins), or for each negative and the positive (scores)."""
    width = negatives + (name == "scores")
    numbers = pa.array(made.draw.random(made.rows * width).round(4))
    values = numbers if width == 1 else _lists(numbers, width)
    return _tuples(made, negatives, each, "query").append_column("score" if width == 1 else "scores", values)


def _labeled_list(made: Texts) -> pa.Table:
    labels = np.maximum(made.draw.integers(-3, 4, (made.rows, LISTED)), 0)
    labels[:, 0] = 1
    labels[:, 1] = 0
    return pa.table(
        {
            "query": made.queries(),
            "documents": made.lists(LISTED),
            "labels": _lists(pa.array(labels.ravel()), LISTED),
        }
    )


def _grouped(made: Texts) -> pa.Table:
    documents = made.documents(width=1 + NEGATIVES)
    scores = made.draw.random((made.rows, 1 + NEGATIVES)).round(4)
    return pa.table(
        {
            "query": made.queries(),
            "pos": _lists(made.passages(documents[:, 0]), 1),
            "neg": _lists(made.passages(documents[:, 1:].ravel()), NEGATIVES),
            "pos_scores": _lists(pa.array(scores[:, 0]), 1),
            "neg_scores": _lists(pa.array(scores[:, 1:].ravel()), NEGATIVES),
        }
    )


def _qa(made: Texts) -> pa.Table:
    starts = pa.array(made.draw.integers(0, 40, made.rows))
    words = _lists(pa.repeat(pa.scalar("the"), made.rows), 1)
    answers = pa.StructArray.from_arrays(
        [words.combine_chunks(), _lists(starts, 1).combine_chunks()], ["text", "answer_start"]
    )
    contexts = made.passages(np.arange(made.rows) // 5)
    return pa.table({"question": made.queries(), "context": contexts, "answers": answers})


#: The rows of each format that one file holds, and the roles of its columns.
TABLES: dict[str, tuple[Callable[[Texts], pa.Table], dict[str, str]]] = {
    "single": (_single, {"text": "text"}),
    "single-class": (_single_class, {"text": "text", "label": "label"}),
    "pair": (_pair, {"anchor": "anchor", "positive": "positive"}),
    "identical-pair": (_identical_pair, {"anchor": "anchor", "anchor_copy": "anchor"}),
    "damaged-pair": (_damaged_pair, {"damaged": "damaged", "original": "original"}),
    "text-embedding": (_text_embedding, {"text": "text", "label": "label"}),
    "pair-class": (_pair_class, {"sentence_a": "sentence_a", "sentence_b": "sentence_b", "label": "label"}),
    "pair-score": (_pair_score, {"sentence_a": "sentence_a", "sentence_b": "sentence_b", "score": "label"}),
    "labeled-pair": (_labeled_pair, {"anchor": "anchor", "document": "document", "label": "label"}),
    "graded-pair": (_graded_pair, {"query": "query", "document": "document", "grade": "label"}),
    "triplet": (lambda made: _tuples(made, 1, 5), {}),
    "n-tuple": (lambda made: _tuples(made, NEGATIVES, 2), {}),
    "triplet-margin": (lambda made: _scored(made, 1, "margins", 5), {}),
    "triplet-scores": (lambda made: _scored(made, 1, "scores", 5), {}),
    "n-tuple-margins": (lambda made: _scored(made, NEGATIVES, "margins", 2), {}),
    "n-tuple-scores": (lambda made: _scored(made, NEGATIVES, "scores", 2), {}),
    "labeled-list": (_labeled_list, {"query": "query", "documents": "documents", "labels": "label"}),
    "grouped": (
        _grouped,
        {"query": "query", "pos": "positive", "neg": "negative", "pos_scores": "label", "neg_scores": "label"},
    ),
    "qa": (_qa, {"question": "query", "context": "document"}),
}


def roles_of(name: str, columns: list[str]) -> dict[str, str]:
    """The role of each column of a format's file."""
    own = TABLES[name][1] if name in TABLES else {}
    if own or name not in TABLES:
        return own
    named = {"anchor": "anchor", "query": "query", "positive": "positive", "score": "label", "scores": "label"}
    return {column: named.get(column, "negative") for column in columns}


def write(name: str, rows: int, path: Path) -> None:
    """Writes so many rows of a format: a Parquet file, or of a collection a folder as BEIR lays it out."""
    made = Texts(rows)
    if name == "collection":
        _write_collection(made, path)
    else:
        pq.write_table(TABLES[name][0](made), path, row_group_size=_GROUP)


def _write_collection(made: Texts, path: Path) -> None:
    documents = made.documents(JUDGED)[:, 0]
    (path / "qrels").mkdir(parents=True)
    numbers = np.arange(-(-made.rows // JUDGED))
    queries = Texts(len(numbers)).queries()
    pool = np.unique(documents)  # every document is judged, so that the texts are those of the judgements
    _write_texts(path / "queries.jsonl", "q", numbers, queries)
    _write_texts(path / "corpus.jsonl", "d", pool, made.passages(pool))
    grades = np.maximum(made.draw.integers(-3, 4, made.rows), 0)
    with (path / "qrels" / "train.tsv").open("w", encoding="utf-8") as file:
        file.write("query-id\tcorpus-id\tscore\n")
        judged = zip(documents.tolist(), grades.tolist(), strict=True)
        file.writelines(f"q{row // JUDGED}\td{document}\t{grade}\n" for row, (document, grade) in enumerate(judged))


def _write_texts(path: Path, letter: str, numbers: NDArray[np.int64], column: pa.ChunkedArray) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, text in zip(numbers.tolist(), column.to_pylist(), strict=True):
            file.write(json.dumps({"_id": f"{letter}{number}", "text": text}) + "\n")
