"""Mining hard negatives: ours against sentence-transformers', on the same embeddings, in one run.

    python -m benchmarks.mining                          n = 20,000, 60,000 and 100,000, all four output formats
    python -m benchmarks.mining --sizes 20000 --formats triplet --repeat 3
    python -m benchmarks.mining --million                ours alone: 100,000 and 1,000,000 queries and documents
    python -m benchmarks.mining --million --sizes 50000 200000      the same, smaller
    python -m benchmarks.mining --markdown docs/benchmarks/mining.md
    python -m benchmarks.mining --million --markdown docs/benchmarks/mining-million.md

n pairs of texts, of which the model is a stand-in that hands out vectors of 384 dimensions made in advance: clusters
of about fifty, so that there is something near to find. Each run has a process of its own, ours and theirs in turn.
What is printed: the time of the whole call; the part of it that is not the search for the nearest vectors and not the
model; the peak of memory, above what the process had with vectors and texts loaded. A ratio above 1 means that we are
faster or leaner. Both get `use_faiss=True` and the relative margin of 5 %, and keep their other defaults.

With `--million` the search is what `index="auto"` chooses, from memory maps, and its recall is measured.
"""

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

_COMPARED = """\
# What mining takes, beside sentence-transformers

```sh
python -m benchmarks.mining --markdown docs/benchmarks/mining.md
```

`mine_hard_negatives` here and there, in turn, each in a process of its own, on the same vectors of 384 dimensions
that were made in advance: n pairs of texts in clusters of about fifty. Both search exactly, with a relative margin of
5 % and their other defaults. "Outside the search" is the whole call without the search for the nearest vectors and
without the model; "extra memory" is the peak above what the process held with vectors and texts loaded. Copies of all
vectors are part of both.
"""
_LARGE = """\
# A million queries in a million documents

```sh
python -m benchmarks.mining --million --markdown docs/benchmarks/mining-million.md
```

The search alone, from vectors of 384 dimensions in memory maps to the 16 nearest documents of each query, by the
index that `--index auto` chooses, with its recall measured against exact search on a sample of the queries. The peak
counts the pages of the maps that are in memory.
"""

ROOT = Path(__file__).resolve().parents[1]
SIZES, LARGE = (20_000, 60_000, 100_000), (100_000, 1_000_000)
FORMATS = ("triplet", "n-tuple", "labeled-pair", "labeled-list")
DIMENSION = 384
TARGETS = {"total": 1.25, "outside": 20.0, "memory": 3.0}


def write_vectors(folder: Path, count: int, dimension: int = DIMENSION) -> None:
    """Writes documents in clusters of about fifty, and a query near to each, as maps of vectors of length 1."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((max(1, count // 50), dimension), dtype=np.float32)
    documents, queries = (
        np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=np.float32, shape=(count, dimension))
        for name in ("documents", "queries")
    )
    for start in range(0, count, 2**15):
        rows = centres[random.integers(len(centres), size=min(2**15, count - start))]
        rows = rows + random.standard_normal(rows.shape, dtype=np.float32)
        near = rows + np.float32(0.7) * random.standard_normal(rows.shape, dtype=np.float32)
        documents[start : start + len(rows)] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        queries[start : start + len(rows)] = near / np.linalg.norm(near, axis=1, keepdims=True)
    documents.flush()
    queries.flush()


class Given:
    """A model that knows its embeddings: the number at the end of a text is its row."""

    device = "cpu"
    similarity_fn_name = "cosine"

    def __init__(self, folder: Path) -> None:
        self.rows = {each: np.load(folder / f"{each}.npy") for each in ("queries", "documents")}
        self.seconds = 0.0

    def encode_query(self, texts: list[str], **_: Any) -> Any:
        """Vectors of queries."""
        return self._take("queries", texts)

    def encode_document(self, texts: list[str], **_: Any) -> Any:
        """Vectors of documents."""
        return self._take("documents", texts)

    def get_embedding_dimension(self) -> int:
        """How many numbers a vector has."""
        return DIMENSION

    def similarity_pairwise(self, first: Any, second: Any) -> Any:
        """Cosine of rows."""
        from sentence_transformers.util import pairwise_cos_sim

        return pairwise_cos_sim(first, second)

    def similarity(self, first: Any, second: Any) -> Any:
        """Cosine of all pairs."""
        from sentence_transformers.util import cos_sim

        return cos_sim(first, second)

    def _take(self, kind: str, texts: list[str]) -> Any:
        start = time.perf_counter()
        found = self.rows[kind][[int(text[text.rindex(" ") :]) for text in texts]]
        self.seconds += time.perf_counter() - start
        return found


class Peak:
    """The peak of this process's own memory while something runs, above what it had before."""

    def __enter__(self) -> "Peak":
        self._stop = threading.Event()
        self._before = self._peak = _own_memory()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self._peak = max(self._peak, _own_memory())

    @property
    def megabytes(self) -> float:
        """How much more it was."""
        return (self._peak - self._before) / 2**20


def _own_memory() -> int:
    """Resident memory, maps of files included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run_one(side: str, folder: Path, count: int, output_format: str) -> dict[str, float]:
    """One call of one side, in this process."""
    import datasets
    import faiss
    import torch

    threads = len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    faiss.omp_set_num_threads(threads)
    model: Any = Given(folder)
    dataset = datasets.Dataset.from_dict(
        {
            "anchor": [f"query number {i}" for i in range(count)],
            "positive": [f"document number {i}" for i in range(count)],
        }
    )
    options: dict[str, Any] = {"output_format": output_format, "relative_margin": 0.05, "use_faiss": True}
    searched = [0.0]
    if side == "theirs":
        from sentence_transformers.util import mine_hard_negatives as mine

        for name in ("add", "search"):
            setattr(faiss.IndexFlatIP, name, _timed(getattr(faiss.IndexFlatIP, name), searched))
    else:
        from converters import mine_hard_negatives as mine
        from converters.mining.search import Searcher

        Searcher.rank = _timed_steps(Searcher.rank, searched)  # type: ignore[method-assign]
        import converters.mining.pipeline  # noqa: F401 - loading is no part of mining
    with Peak() as peak, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        start = time.perf_counter()
        rows = len(mine(dataset, model, verbose=False, **options))
        total = time.perf_counter() - start
    return {
        "total": total - model.seconds,
        "outside": total - model.seconds - searched[0],
        "memory": peak.megabytes,
        "rows": rows,
    }


def _timed(function: Any, seconds: list[float]) -> Any:
    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            seconds[0] += time.perf_counter() - start

    return timed


def _timed_steps(function: Any, seconds: list[float]) -> Any:
    def timed(*arguments: Any) -> Iterator[Any]:
        rankings = function(*arguments)
        while True:
            start = time.perf_counter()
            ranking = next(rankings, None)
            seconds[0] += time.perf_counter() - start
            if ranking is None:
                return
            yield ranking

    return timed


def run_large(folder: Path, count: int) -> dict[str, Any]:
    """The search alone, among vectors in maps: for each query the 16 nearest documents."""
    from converters.mining.search import Searcher, check_vectors

    queries, documents = (np.load(folder / f"{each}.npy", mmap_mode="r") for each in ("queries", "documents"))
    wanted = np.full(count, 16)
    with Peak() as peak:
        start = time.perf_counter()
        check_vectors(queries, documents)
        searcher = Searcher(queries, documents, wanted, folder=folder / "index")
        found = sum(int((ranking.document_ids >= 0).sum()) for ranking in searcher.rank(searcher.plan(wanted, 16384)))
        total = time.perf_counter() - start
    report = searcher.report
    return {
        "total": total,
        "build": report.build_seconds,
        "memory": peak.megabytes,
        "recall": report.recall,
        "kind": str(report),
        "rows": found,
    }


def in_its_own_process(*arguments: str) -> dict[str, Any]:
    """Runs this module again, for one measurement."""
    command = [sys.executable, "-m", "benchmarks.mining", "--child", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(sizes: list[int], formats: list[str], repeat: int, out: list[str]) -> bool:
    """Measures both sides in turn; adds a table to `out`; tells whether all targets are met."""
    met = True
    _say(out, f"Load before: {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores.\n")
    _say(out, "| n | format | theirs, s | ours, s | faster | outside the search, theirs, s | ours, s | faster | extra "
         "memory, theirs, MB | ours, MB | leaner |")  # fmt: skip
    _say(out, "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            write_vectors(Path(name), count)
            for output_format in formats:
                runs: dict[str, list[dict[str, Any]]] = {"theirs": [], "ours": []}
                for _ in range(repeat):
                    for side, results in runs.items():
                        results.append(in_its_own_process(side, name, str(count), output_format))
                best = {
                    side: {what: min(run[what] for run in results) for what in TARGETS}
                    for side, results in runs.items()
                }
                cells = []
                for what, target in TARGETS.items():
                    theirs, ours = best["theirs"][what], best["ours"][what]
                    ratio = theirs / max(ours, 1e-9)
                    met &= ratio >= target
                    cells += [f"{theirs:,.1f}", f"{ours:,.2f}", f"{ratio:.1f}x{'' if ratio >= target else ' (!)'}"]
                _say(out, f"| {count:,} | {output_format} | {' | '.join(cells)} |")
    _say(out, "\n" + ", ".join(f"{name} at least {ratio:g} times" for name, ratio in TARGETS.items()) + " was the aim"
         + (": met." if met else "; (!) marks what misses it."))  # fmt: skip
    return met


def grow(sizes: list[int], folder: Path | None, out: list[str]) -> bool:
    """Measures ours alone at growing sizes; adds a table to `out`; tells whether recall and memory are in order."""
    met = True
    _say(out, f"Load before: {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores.\n")
    _say(out, "| n queries x n documents | total, s | of it building, s | peak, MB, maps included | recall | growth |")
    _say(out, "|--:|--:|--:|--:|--:|--:|")
    last: tuple[int, float] | None = None
    notes = []
    for count in sizes:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            write_vectors(Path(name), count)
            run = in_its_own_process("large", name, str(count), "-")
        growth = "" if last is None else f"{run['total'] / last[1]:.1f}x for {count / last[0]:.0f}x"
        last = count, run["total"]
        met &= run["recall"] >= 0.95 and run["memory"] < 8000
        _say(out, f"| {count:,} | {run['total']:,.1f} | {run['build']:,.1f} | {run['memory']:,.0f} | "
             f"{run['recall']:.3f} | {growth} |")  # fmt: skip
        notes.append(f"- {count:,}: {run['kind']}")
    _say(out, "\n" + "\n".join(notes))
    return met


def _say(out: list[str], line: str) -> None:
    print(line, flush=True)
    out.append(line)


def main() -> None:
    """Measures, prints, and says with its exit status whether the aims are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--repeat", type=int, default=1, help="runs of each side, of which the best counts")
    parser.add_argument("--million", action="store_true", help="ours alone, up to a million")
    parser.add_argument("--folder", type=Path, help="where to put the vectors of --million: 3 GB")
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    parser.add_argument("--child", nargs=4, metavar=("SIDE", "FOLDER", "N", "FORMAT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        side, folder, count, output_format = options.child
        large = side == "large"
        print(json.dumps(
            run_large(Path(folder), int(count)) if large else run_one(side, Path(folder), int(count), output_format)
        ))  # fmt: skip
        return
    out: list[str] = []
    if options.million:
        met = grow(options.sizes or list(LARGE), options.folder, out)
    else:
        met = compare(options.sizes or list(SIZES), options.formats, options.repeat, out)
    if options.markdown:
        introduction = _LARGE if options.million else _COMPARED
        options.markdown.write_text("\n".join((introduction, *out)) + "\n", encoding="utf-8")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
