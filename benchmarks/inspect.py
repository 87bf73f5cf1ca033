"""How long an inspection takes and how much memory, beside what importing `datasets` takes.

    python -m benchmarks.inspect                          everything; writes some 2 GB into a temporary folder
    python -m benchmarks.inspect --only csv parquet
    python -m benchmarks.inspect --markdown docs/benchmarks/inspect.md

Every inspection is `advisor inspect FILE` in a fresh process, as a user calls it, with its output thrown away, in
turn with a process that only imports `datasets`; the quickest of several counts, and the largest of their peaks of
memory. All files are in the page cache, and compiled modules are cached: what is measured is the program, not the
disk. The exit status is 1 if one takes longer than its limit, or more than 500 MB.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

#: What an inspection may take, in MB.
MEMORY = 500

_INTRODUCTION = """\
# What an inspection takes

An inspection reads a bounded sample from all over a file, so that a gigabyte takes little longer than twenty thousand
rows. Written by

```sh
python -m benchmarks.inspect --markdown docs/benchmarks/inspect.md
```

which inspects each file several times in fresh processes with `advisor inspect FILE`, in turn with processes that only
`import datasets`. The quickest time of each counts, and the largest peak of memory. "Limit" is how many times that
import an inspection may take; no case may take more than 500 MB.
"""

_TEXT = (
    "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but"
    " not what all were we when your can said there use an each which she do how their if will up other about out"
    " many then them these so some her would make like him into time has look two more write go see number no way"
    " could people my than first water been call who oil its now find long down day did get come made may part"
)
_WORDS = np.array(_TEXT.split())


@dataclass(frozen=True)
class Case:
    """One file to inspect.

    Attributes:
        name: of the case.
        file: the name of the file.
        write: writes it.
        limit: how many times what `import datasets` takes it may take.
    """

    name: str
    file: str
    write: Callable[[Path], None]
    limit: float


@dataclass(frozen=True)
class Measure:
    """What a process took: seconds, and MB at its peak."""

    seconds: float
    memory: float


def texts(count: int, words: int, seed: int) -> list[str]:
    """Random texts of about so many words."""
    draw = np.random.default_rng(seed)
    lengths = draw.integers(max(1, words // 2), words * 3 // 2 + 1, count)
    chosen = _WORDS[draw.integers(0, len(_WORDS), int(lengths.sum()))]
    return [" ".join(part) for part in np.split(chosen, np.cumsum(lengths)[:-1])]


def batches(rows: int) -> Iterator[pa.Table]:
    """Pairs of a question and a passage with a score, in parts; those of a part come again in the next, renumbered."""
    part = 10_000
    questions, passages = texts(part, 9, 1), texts(part, 40, 2)
    scores = np.random.default_rng(3).random(part).round(3)
    for start in range(0, rows, part):
        count = min(part, rows - start)
        yield pa.table(
            {
                "query": [f"{text} {start + i}" for i, text in enumerate(questions[:count])],
                "passage": [f"{text} {start + i}" for i, text in enumerate(passages[:count])],
                "score": scores[:count],
            }
        )


def write_csv(path: Path, rows: int) -> None:
    """Writes so many rows of csv, with commas in the texts."""
    with path.open("w", encoding="utf-8") as file:
        file.write("query,passage,score\n")
        for table in batches(rows):
            for query, passage, score in zip(*(column.to_pylist() for column in table.columns), strict=True):
                file.write(f'{query},"{passage}, he said ""well"".",{score}\n')


def write_jsonl(path: Path, size: int) -> None:
    """Writes JSON lines of so many bytes, or a little more."""
    with path.open("w", encoding="utf-8") as file:
        for table in batches(sys.maxsize):
            for query, passage, score in zip(*(column.to_pylist() for column in table.columns), strict=True):
                file.write(f'{{"query": "{query}", "passage": "{passage}", "score": {score}}}\n')
            if file.tell() >= size:
                return


def write_parquet(path: Path, rows: int, group: int) -> None:
    """Writes so many rows of Parquet in row groups of a size."""
    table = pa.concat_tables(list(batches(rows)))
    pq.write_table(table, path, row_group_size=group)


CASES = (
    Case("csv, 200 rows", "small.csv", partial(write_csv, rows=200), 1.25),
    Case("csv, 20,000 rows", "middle.csv", partial(write_csv, rows=20_000), 3),
    Case("csv, 1 GB", "large.csv", partial(write_csv, rows=4_200_000), 3),
    Case("jsonl, 1 GB", "large.jsonl", partial(write_jsonl, size=1 << 30), 3),
    Case("parquet, 1,000,000 rows in 10 groups", "groups.parquet", partial(write_parquet, rows=10**6, group=10**5), 3),
    Case("parquet, 1,000,000 rows in one group", "whole.parquet", partial(write_parquet, rows=10**6, group=10**6), 3),
)


def written_apart(case: Case, path: Path) -> None:
    """Writes the file in a process of its own: a child counts what its parent held when it was made as its own peak."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(case.write, path).result()


def measure(commands: Sequence[Sequence[str]], repeats: int) -> list[Measure]:
    """Runs several commands in turn, several times."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = [Measure(float("inf"), 0.0) for _ in commands]
    for _ in range(repeats):
        for place, command in enumerate(commands):
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"failed: {' '.join(command)}")
            before = found[place]
            found[place] = Measure(min(seconds, before.seconds), max(usage.ru_maxrss / (1 << 10), before.memory))
    return found


def main() -> int:
    """Prints a table: what is inspected, its size, seconds, the ratio to importing `datasets`, the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="WORD", help="only cases with one of these words in their names")
    parser.add_argument("--repeats", type=int, default=5, help="of every command")
    parser.add_argument("--markdown", type=Path, help="write the table to this file, too")
    options = parser.parse_args()
    chosen = [case for case in CASES if not options.only or any(word in case.name for word in options.only)]
    if not chosen:
        parser.error("no case has such a word in its name")
    importing = [sys.executable, "-c", "import datasets"]
    lines = [
        "| inspected | on disk | time | `import datasets` | ratio | limit | peak memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines))
    failed = False
    with tempfile.TemporaryDirectory(prefix="advisor-benchmark-") as folder:
        for case in chosen:
            path = Path(folder) / case.file
            written_apart(case, path)
            base, found = measure([importing, [sys.executable, "-m", "advisor", "inspect", str(path)]], options.repeats)
            ratio = found.seconds / base.seconds
            missed = ratio > case.limit or found.memory > MEMORY
            failed = failed or missed
            size = path.stat().st_size / 1e6
            lines.append(
                f"| {case.name} | {size:,.1f} MB | {found.seconds:.2f} s | {base.seconds:.2f} s "
                f"| {ratio:.2f} | {case.limit:.2f} | {found.memory:.0f} MB{' (missed)' if missed else ''} |"
            )
            print(lines[-1], flush=True)
            path.unlink()
    if options.markdown:
        options.markdown.write_text("\n".join((_INTRODUCTION, *lines)) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
