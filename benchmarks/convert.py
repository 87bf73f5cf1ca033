"""Converting a million rows: every conversion that does not mine, against the same written with `datasets`, in one run.

    python -m benchmarks.convert                                   1,000,000 rows through every conversion
    python -m benchmarks.convert --rows 100000 --only triplet qa
    python -m benchmarks.convert --markdown docs/benchmarks/convert.md

Each side reads a file of the format (Parquet; of a collection a BEIR folder), converts it and writes a Parquet file, in
a fresh process, ours and theirs in turn. The whole process is timed, start and imports included, and its peak of
memory taken, as the system counts it. What a user of `datasets` would write is in `benchmarks/conversion_by_hand.py`;
`datasets` loads into an empty cache and keeps none of what `map` and `filter` make. Files are in the page cache.

The exit status is 1 if one of ours takes more than 1 GB, or is less than ten times as fast where there is something to
compute.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: How many times as fast ours has to be, and what it may take, in MB.
FASTER, MEMORY = 10.0, 1000

#: Conversions that only leave out and rename columns, in which `datasets` computes nothing: both read and write.
RENAMES = {("qa", "pair")}

_INTRODUCTION = """\
# What a conversion takes

Every conversion that neither mines nor asks a teacher, against the same conversion as users of `datasets` write it:
`map` of a row where a row becomes a row, `map(batched=True)` where it becomes several, `filter`, and a loop into a dict
with `Dataset.from_dict` where rows of a query come together
([benchmarks/conversion_by_hand.py](../../benchmarks/conversion_by_hand.py)). A test makes sure that the same rows come
out. Written by

```sh
python -m benchmarks.convert --markdown docs/benchmarks/convert.md
```

Each side is a fresh process that reads a Parquet file (of a collection, a BEIR folder) and writes one. The whole
process is timed, start and imports included; memory is its peak, as the system counts it.
"""


@dataclass(frozen=True)
class Measure:
    """What a process took: seconds, MB at its peak, and how many rows it wrote."""

    seconds: float
    memory: float
    rows: int


def conversions() -> list[tuple[str, str]]:
    """Every conversion that neither mines nor asks a teacher, those of a source together."""
    from benchmarks.conversion_by_hand import BY_HAND
    from converters.conversions import CONVERSIONS
    from converters.formats import FORMATS

    chosen = [way for way in CONVERSIONS if way in BY_HAND]
    return sorted(chosen, key=lambda way: list(FORMATS).index(way[0]))


def run_ours(source: str, target: str, path: Path, out: Path) -> int:
    """Converts a file with ours; tells how many rows come out."""
    from benchmarks.conversion_data import NEGATIVES, roles_of
    from converters.conversions import CONVERSIONS, Options, Plan, convert_split
    from converters.piles import room_in
    from converters.sources import open_source
    from converters.writing import write

    opened = open_source(path)
    wanted = target.startswith("n-tuple") or (source, target) == ("single-class", "labeled-list")
    with room_in(out.parent) as room:
        done = convert_split(
            opened,
            "train",
            Plan(source, target, (CONVERSIONS[source, target],)),
            input_format=source,
            columns=roles_of(source, opened.splits["train"].schema.names),
            options=Options(num_negatives=NEGATIVES if wanted else None),
            room=room,
        )
        return write(done.rows, out)


def run_theirs(source: str, target: str, path: Path, out: Path) -> int:
    """Converts a file by hand with `datasets`; tells how many rows come out."""
    import datasets

    from benchmarks.conversion_by_hand import BY_HAND, load

    datasets.disable_caching()
    datasets.disable_progress_bars()
    made = BY_HAND[source, target](load(source, path, out.with_name("cache")))
    made.to_parquet(str(out))
    return len(made)


SIDES = {"theirs": run_theirs, "ours": run_ours}


def measure(side: str, source: str, target: str, path: Path) -> Measure:
    """Runs one side in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory(prefix="out-", dir=path.parent) as folder:
        environment["TMPDIR"] = folder
        out = Path(folder) / "out.parquet"
        command = [sys.executable, "-m", "benchmarks.convert", "--child", side, source, target, str(path), str(out)]
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment)
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Measure(seconds, usage.ru_maxrss / (1 << 10), int(json.loads(told.splitlines()[-1])))


def apart(function: object, *arguments: object) -> object:
    """Calls a function in a process of its own: a child counts what its parent held as a part of its own peak."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()  # type: ignore[arg-type]


def compare(chosen: Sequence[tuple[str, str]], rows: int, sides: Sequence[str]) -> tuple[list[str], bool]:
    """Measures the sides in turn; the lines of a table, and whether the aims are met."""
    from benchmarks import conversion_data

    lines = [
        f"{rows:,} rows went in; load before: {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores.",
        "",
        "| from | to | rows out | `datasets` | ours | faster | `datasets`, memory | ours, memory |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines))
    met = True
    with tempfile.TemporaryDirectory(prefix="advisor-benchmark-") as name:
        for place, (source, target) in enumerate(chosen):
            path = Path(name) / (source if source == "collection" else f"{source}.parquet")
            if not path.exists():
                apart(conversion_data.write, source, rows, path)
            found = {side: measure(side, source, target, path) for side in sides}
            ours = found["ours"]
            cells = [f"{ours.rows:,}", "", f"{ours.seconds:.1f} s", "", "", f"{ours.memory:,.0f} MB"]
            missed = ours.memory > MEMORY
            if theirs := found.get("theirs"):
                if theirs.rows != ours.rows:
                    print(f"{source} to {target}: theirs made {theirs.rows:,} rows", file=sys.stderr)
                ratio = theirs.seconds / ours.seconds
                slow = ratio < FASTER and (source, target) not in RENAMES
                missed = missed or slow
                cells[1], cells[4] = f"{theirs.seconds:.1f} s", f"{theirs.memory:,.0f} MB"
                cells[3] = f"{ratio:.1f}x{' (!)' if slow else ''}"
            cells[5] += " (!)" if ours.memory > MEMORY else ""
            met = met and not missed
            lines.append(f"| `{source}` | `{target}` | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
            if source not in [each for each, _ in chosen[place + 1 :]]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return lines, met


def main() -> int:
    """Prints a table: rows out, seconds and peak of memory of both, and how many times as fast ours is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows that go in")
    parser.add_argument("--only", nargs="+", metavar="FORMAT", help="only from these formats, or `FROM:TO`")
    parser.add_argument("--ours", action="store_true", help="ours alone")
    parser.add_argument("--markdown", type=Path, help="write the table to this file, too")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        side, source, target, path, out = options.child
        print(SIDES[side](source, target, Path(path), Path(out)))
        return 0
    chosen = apart(conversions)
    assert isinstance(chosen, list)
    total = len(chosen)
    if options.only:
        chosen = [(one, two) for one, two in chosen if one in options.only or f"{one}:{two}" in options.only]
    if not chosen:
        parser.error("there is no such conversion")
    lines, met = compare(chosen, options.rows, ["ours"] if options.ours else list(SIDES))
    if len(chosen) < total:
        lines.insert(0, f"{len(chosen)} of the {total} conversions were measured (`--only`).\n")
    if options.markdown:
        options.markdown.write_text("\n".join((_INTRODUCTION, *lines)) + "\n", encoding="utf-8")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
