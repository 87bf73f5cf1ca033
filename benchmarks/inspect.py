"""How long an inspection takes and how much memory, beside what importing `datasets` takes.

    python -m benchmarks.inspect                          everything; writes some 2 GB into a temporary folder
    python -m benchmarks.inspect --only csv parquet
    python -m benchmarks.inspect --markdown docs/benchmarks/inspect.md

Every inspection is `advisor inspect FILE` in a fresh process, as a user calls it, with its output thrown away; the
quickest of several counts, and the largest of their peaks of memory. All files are in the page cache: what is measured
is the program, not the disk. The exit status is 1 if one takes longer than its limit, or more than 500 MB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

#: What an inspection may take, in MB.
MEMORY = 500

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
    Case("csv, 200 rows", "small.csv", lambda path: write_csv(path, 200), 1.25),
    Case("csv, 20,000 rows", "middle.csv", lambda path: write_csv(path, 20_000), 3),
    Case("csv, 1 GB", "large.csv", lambda path: write_csv(path, 4_200_000), 3),
    Case("jsonl, 1 GB", "large.jsonl", lambda path: write_jsonl(path, 1 << 30), 3),
    Case("parquet, 1,000,000 rows in 10 groups", "groups.parquet", lambda path: write_parquet(path, 10**6, 10**5), 3),
    Case("parquet, 1,000,000 rows in one group", "whole.parquet", lambda path: write_parquet(path, 10**6, 10**6), 3),
)


def measure(command: Sequence[str], repeats: int) -> Measure:
    """Runs a command several times."""
    seconds, memory = float("inf"), 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = min(seconds, time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"failed: {' '.join(command)}")
        memory = max(memory, usage.ru_maxrss / (1 << 10))
    return Measure(seconds, memory)


def main() -> int:
    """Prints a table: what is inspected, its size, seconds, the ratio to importing `datasets`, the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="WORD", help="only cases with one of these words in their names")
    parser.add_argument("--repeats", type=int, default=3, help="of every command")
    parser.add_argument("--markdown", type=Path, help="write the table to this file, too")
    options = parser.parse_args()
    chosen = [case for case in CASES if not options.only or any(word in case.name for word in options.only)]
    if not chosen:
        parser.error("no case has such a word in its name")
    base = measure([sys.executable, "-c", "import datasets"], options.repeats)
    lines = [
        "| inspected | on disk | time | beside `import datasets` | limit | peak memory |",
        "|---|---:|---:|---:|---:|---:|",
        f"| `import datasets` | | {base.seconds:.2f} s | 1.00 | | {base.memory:.0f} MB |",
    ]
    print("\n".join(lines))
    failed = False
    with tempfile.TemporaryDirectory(prefix="advisor-benchmark-") as folder:
        for case in chosen:
            path = Path(folder) / case.file
            case.write(path)
            found = measure([sys.executable, "-m", "advisor.cli", "inspect", str(path)], options.repeats)
            ratio = found.seconds / base.seconds
            missed = ratio > case.limit or found.memory > MEMORY
            failed = failed or missed
            size = path.stat().st_size / 1e6
            lines.append(
                f"| {case.name} | {size:,.1f} MB | {found.seconds:.2f} s | {ratio:.2f} | {case.limit:.2f} "
                f"| {found.memory:.0f} MB |{' missed' if missed else ''}"
            )
            print(lines[-1], flush=True)
            path.unlink()
    if options.markdown:
        options.markdown.write_text("\n".join(("# What an inspection takes", "", *lines)) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
