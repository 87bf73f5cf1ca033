"""The tasks of the advice benchmark: the data to train on, and the measure on test data that no training sees.

All is made of public data: the STS benchmark, banking77 and Cranfield. Test data is a fixed part, so small that it can
be looked at several times in a training.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from advisor.catalogue import Family
from benchmarks.proofs import Collection, halved

#: A measure of a model: more is better.
Measure = Callable[[Any], float]

#: Texts of the training data among which neighbours are looked for, for each text that is asked about.
_KNOWN = 4

#: Documents of a collection that are searched, beside the relevant ones, and that are reranked for each query.
_SEARCHED, _RERANKED = 150, 10


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        name: what it is called on the command line.
        title: what it is called in tables.
        family: the models that are trained.
        metric: what they are measured by.
        purpose: what the advisor is told that the model is for.
        max_length: tokens after which texts are cut off, in training and in the measure.
        data: makes the training data, of the folder with the public data, a folder to write to and the model to train.
        measure: makes the measure, of the folder with the public data, the former folder and a number of test rows.
        share: the part of the budget that a training has: long texts cost more.
        scale: what scores are multiplied with where nobody brings them to 0..1.
    """

    name: str
    title: str
    family: Family
    metric: str
    purpose: str | None
    max_length: int
    data: Callable[[Path, Path, str], Path]
    measure: Callable[[Path, Path, int], Measure]
    share: float = 1.0
    scale: float = 1.0


def _spearman(ours: Any, theirs: Any) -> float:
    from scipy.stats import spearmanr

    found = float(spearmanr(np.asarray(ours), np.asarray(theirs)).statistic)
    return 0.0 if np.isnan(found) else found  # a model that says the same of all pairs


def _sts_test(data: Path, rows: int) -> tuple[list[str], list[str], list[float]]:
    with (data / "stsb" / "stsb-en-test.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    chosen = np.random.default_rng(0).permutation(len(table))[:rows]
    first, second, scores = zip(*(table[i] for i in chosen), strict=True)
    return list(first), list(second), [float(score) for score in scores]


def _sts_encoder(data: Path, work: Path, rows: int) -> Measure:
    first, second, scores = _sts_test(data, rows)

    def measure(model: Any) -> float:
        import torch

        # The cosine for all: a loss may change the similarity that the model is used with.
        vectors = (model.encode(texts, convert_to_tensor=True, show_progress_bar=False) for texts in (first, second))
        left, right = (each.to_dense() if each.is_sparse else each for each in vectors)
        return _spearman(torch.cosine_similarity(left.float(), right.float()).cpu(), scores)

    return measure


def _sts_reranker(data: Path, work: Path, rows: int) -> Measure:
    first, second, scores = _sts_test(data, rows)

    def measure(model: Any) -> float:
        pairs = list(zip(first, second, strict=True))
        return _spearman(model.predict(pairs, show_progress_bar=False), scores)

    return measure


def _intents(data: Path, work: Path, rows: int) -> Measure:
    from advisor.evaluation import NeighborAccuracyEvaluator

    parts = []
    for name, wanted in (("train.csv", rows * _KNOWN), ("test.csv", rows)):
        with (data / "banking77" / name).open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file))
        chosen = np.random.default_rng(0).permutation(len(table))[:wanted]
        parts.append(([table[i]["text"] for i in chosen], [table[i]["category"] for i in chosen]))
    names = {name: i for i, name in enumerate(sorted({each for _, labels in parts for each in labels}))}
    (known, its), (asked, own) = parts
    evaluator = NeighborAccuracyEvaluator(known, [names[i] for i in its], asked, [names[i] for i in own])
    return lambda model: evaluator(model)["neighbor_accuracy"]


def _half_of_cranfield(data: Path, work: Path, model: str) -> Path:
    """The collection with the judgements of every other query only: the folder of the training half."""
    folder = work / "cranfield"
    if not (folder / "qrels" / "test.tsv").is_file():
        halved(data / "cranfield", folder)
    kept = work / "train"
    if not (kept / "qrels" / "train.tsv").is_file():
        (kept / "qrels").mkdir(parents=True, exist_ok=True)
        for name in ("corpus.jsonl", "queries.jsonl", "qrels/train.tsv"):
            (kept / name).write_bytes((folder / name).read_bytes())
    return kept


def _mined_lists(data: Path, work: Path, model: str) -> Path:
    """Lists of judged documents with five hard negatives that the model finds."""
    from advisor.conversion import convert_to_file
    from converters.conversions import Mining

    folder, lists = _half_of_cranfield(data, work, model), work / "lists.parquet"
    if not lists.is_file():
        convert_to_file(
            str(folder), str(lists), output_format="labeled-list", mining=Mining(model=model), num_negatives=5
        )
    return lists


def _tested(work: Path, queries: int) -> Collection:
    """The other half, with so many of its queries at most."""
    whole = Collection.read(work / "cranfield", "test")
    chosen = np.flatnonzero(whole.grades.max(axis=1) > 0)[: max(2, queries)]
    return Collection([whole.queries[i] for i in chosen], whole.documents, whole.grades[chosen])


def _search(data: Path, work: Path, rows: int) -> Measure:
    found = _tested(work, rows // 2)  # nothing but vectors for each: all that there are, unless rows are few
    relevant = found.grades.max(axis=0) > 0
    others = np.random.default_rng(0).permutation(np.flatnonzero(~relevant))[:_SEARCHED]
    place = np.sort(np.concatenate([np.flatnonzero(relevant), others]))
    documents = [found.documents[i] for i in place]
    searched = Collection(found.queries, documents, found.grades[:, place])
    everything = np.tile(np.arange(len(documents)), (len(found.queries), 1))

    def measure(model: Any) -> float:
        asked = model.encode_query(found.queries, convert_to_tensor=True, show_progress_bar=False)
        answers = model.encode_document(documents, convert_to_tensor=True, show_progress_bar=False)
        return searched.ndcg(everything, model.similarity(asked, answers).float().cpu().numpy())

    return measure


def _reranking(data: Path, work: Path, rows: int) -> Measure:
    """Reranks what BM25 finds, so that no model to train has had a hand in it."""
    import pyarrow as pa

    from converters.embedding import Bm25

    found = _tested(work, rows // _RERANKED)
    words = Bm25().fit(pa.array(found.documents), pa.array(found.queries))
    candidates, _ = words.top(np.arange(len(found.queries)), _RERANKED)
    candidates = np.asarray(candidates)
    return lambda model: found.ndcg(candidates, found.rerank(model, candidates))


def _sts(data: Path, work: Path, model: str) -> Path:
    return data / "stsb" / "stsb-en-train.csv"


TASKS = {
    each.name: each
    for each in (
        Task(
            *("similarity", "STS benchmark, bi-encoder", "sentence-transformer", "Spearman", "similarity", 32),
            *(_sts, _sts_encoder, 1.0, 5.0),
        ),
        Task(
            *("intents", "banking77, bi-encoder", "sentence-transformer", "5-NN accuracy", "classification", 32),
            *(lambda data, work, model: data / "banking77" / "train.csv", _intents),
        ),
        Task(
            *("search", "Cranfield, bi-encoder", "sentence-transformer", "nDCG@10", "retrieval", 48),
            *(_half_of_cranfield, _search, 0.5),
        ),
        Task(
            *("reranking", "Cranfield, reranker", "cross-encoder", "nDCG@10", "reranking", 64),
            *(_mined_lists, _reranking, 0.5),
        ),
        Task(
            *("judging", "STS benchmark, reranker", "cross-encoder", "Spearman", "similarity", 48),
            *(_sts, _sts_reranker, 1.0, 5.0),
        ),
        Task(
            *("sparse", "STS benchmark, sparse encoder", "sparse-encoder", "Spearman", "similarity", 32),
            *(_sts, _sts_encoder, 1.0, 5.0),
        ),
    )
}
