"""Converting a million rows: every conversion that does not mine, against the same written with `datasets`, in one run.

    python -m benchmarks.convert                                   1,000,000 rows through every conversion
    python -m benchmarks.convert --rows 100000 --only triplet qa
    python -m benchmarks.convert --markdown docs/benchmarks/convert.md

Two things are measured, each in fresh processes, ours and theirs in turn. *Whole*: a file of the format is read
(Parquet; of a collection a BEIR folder), converted, and a Parquet file written; the whole process is timed, start and
imports included, and its peak of memory taken, as the system counts it. *Alone*: what `map` does, and what
`converters.convert` does in its place: of a `Dataset` that is loaded already another `Dataset` is made, and nothing
else is timed. What a user of `datasets` would write is in `benchmarks/conversion_by_hand.py`; `datasets` loads into an
empty cache and keeps none of what `map` and `filter` make. Files are in the page cache.

Beside both stands how many times as fast *copying* is: a process that converts nothing. For the whole, it reads the
same file with pyarrow and writes the rows that came out, which it has already; alone, it copies in memory what goes in,
and what comes out. No conversion of which all is read, and all is made, is much faster than that.

The exit status is 1 if one of ours takes more than 1 GB from file to file; or if it is less than ten times as fast in
both measures, although copying is ten times as fast in one of them.
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
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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

Each side is a fresh process. *Alone* is what `map` does: of a `Dataset` that is loaded another one is made, by them
with `map`, by us with `converters.convert`; a collection is no `Dataset`. *Whole* is a process from its start to its
end that reads a Parquet file (of a collection, a BEIR folder) and writes one; memory is its peak, as the system counts.
*Copying* is how many times as fast as theirs a process is that converts nothing: that reads the same file with pyarrow
and writes the rows that came out, which it has already; or, alone, that copies in memory what goes in and what comes
out. Where theirs is so quick that not even copying is ten times as fast, hardly any conversion could be: only one that
points to what is there. (!) stands where ours is less than ten times as fast and copying is not, or where ours takes
more than 1 GB from file to file.

`filter` and `select_columns` of `datasets` note which rows and columns are meant, and copy them when they are written:
what theirs takes alone is too little there, and the whole says more.
"""


@dataclass(frozen=True)
class Measure:
    """What a process took: seconds, those of the conversion alone, MB at its peak, and how many rows it made."""

    seconds: float
    alone: float | None
    memory: float
    rows: int


def conversions() -> list[tuple[str, str]]:
    """Every conversion that neither mines nor asks a teacher, those of a source together."""
    from benchmarks.conversion_by_hand import BY_HAND
    from converters.conversions import CONVERSIONS
    from converters.formats import FORMATS

    chosen = [way for way in CONVERSIONS if way in BY_HAND]
    return sorted(chosen, key=lambda way: list(FORMATS).index(way[0]))


class Told(NamedTuple):
    """How many rows came out, and the seconds that the conversion alone took; None where it cannot be told apart.

    Attributes:
        beside: seconds of the process that are not counted.
    """

    rows: int
    alone: float | None
    beside: float = 0.0


def run_ours(source: str, target: str, path: Path, out: Path) -> Told:
    """Converts a file with ours."""
    from benchmarks.conversion_data import roles_of
    from converters.conversions import CONVERSIONS, Options, Plan, convert_split
    from converters.piles import room_in
    from converters.sources import open_source
    from converters.writing import write

    opened = open_source(path)
    with room_in(out.parent) as room:
        done = convert_split(
            opened,
            "train",
            Plan(source, target, (CONVERSIONS[source, target],)),
            input_format=source,
            columns=roles_of(source, opened.splits["train"].schema.names),
            options=Options(num_negatives=_negatives(source, target)),
            room=room,
        )
        return Told(write(done.rows, out), None)


def _negatives(source: str, target: str) -> int | None:
    """How many negatives are asked for, so that both sides make as many."""
    from benchmarks.conversion_data import NEGATIVES

    return NEGATIVES if target.startswith("n-tuple") or (source, target) == ("single-class", "labeled-list") else None


def run_alone(source: str, target: str, path: Path, out: Path) -> Told:
    """Converts a dataset that is loaded already with ours."""
    from benchmarks.conversion_by_hand import load
    from benchmarks.conversion_data import roles_of
    from converters import convert

    loaded = load(source, path, out.with_name("cache"))
    columns, negatives = roles_of(source, loaded.column_names), _negatives(source, target)
    start = time.perf_counter()
    made = convert(loaded, output_format=target, input_format=source, columns=columns, num_negatives=negatives)
    return Told(len(made), time.perf_counter() - start)


def run_theirs(source: str, target: str, path: Path, out: Path) -> Told:
    """Converts a file by hand with `datasets`."""
    import datasets

    from benchmarks.conversion_by_hand import BY_HAND, load

    datasets.disable_caching()
    datasets.disable_progress_bars()
    loaded = load(source, path, out.with_name("cache"))
    start = time.perf_counter()
    made = BY_HAND[source, target](loaded)
    alone = time.perf_counter() - start
    made.to_parquet(str(out))
    return Told(len(made), alone)


def run_copying(source: str, target: str, path: Path, out: Path) -> Told:
    """Reads what goes in and writes what came out of ours, with nothing between; alone, copies both in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv, json

    start = time.perf_counter()
    made = pq.read_table(out)
    beside = time.perf_counter() - start
    if path.is_dir():
        tables = [json.read_json(each) for each in path.glob("*.jsonl")]
        tabs = csv.ParseOptions(delimiter="\t")
        tables += [csv.read_csv(each, parse_options=tabs) for each in path.glob("qrels/*.tsv")]
    else:
        tables = [pq.read_table(path)]
    pq.write_table(made, out.with_name("copy.parquet"))
    start = time.perf_counter()
    copies = [
        pa.concat_arrays([chunk, chunk.slice(0, 0)])
        for table in (*tables, made)
        for column in table.columns
        for chunk in column.chunks
    ]
    alone = time.perf_counter() - start
    assert len(copies)
    return Told(len(made), alone, beside + alone)


SIDES = {"theirs": run_theirs, "ours": run_ours, "alone": run_alone, "copying": run_copying}


def measure(side: str, source: str, target: str, path: Path, result: Path) -> Measure:
    """Runs one side in a process of its own; `result` is what ours made, which copying takes."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory(prefix="out-", dir=path.parent) as folder:
        environment["TMPDIR"] = folder
        out = result if side in ("ours", "copying") else Path(folder) / "out.parquet"
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
    rows, alone, beside = json.loads(told.splitlines()[-1])
    return Measure(seconds - beside, alone, usage.ru_maxrss / (1 << 10), rows)


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
        "| from | to | rows out | `map` alone | ours alone | faster | copying "
        "| `datasets`, whole | ours, whole | faster | copying | `datasets`, memory | ours, memory |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines))
    met = True
    with tempfile.TemporaryDirectory(prefix="advisor-benchmark-") as name:
        for place, (source, target) in enumerate(chosen):
            path = Path(name) / (source if source == "collection" else f"{source}.parquet")
            if not path.exists():
                apart(conversion_data.write, source, rows, path)
            those = [side for side in sides if (source, side) != ("collection", "alone")]
            result = Path(name) / "result.parquet"
            found = {side: measure(side, source, target, path, result) for side in those}
            result.unlink()
            path.with_name("copy.parquet").unlink(missing_ok=True)
            cells, good = _cells(found, (source, target) in RENAMES)
            met = met and good
            lines.append(f"| `{source}` | `{target}` | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
            theirs = found.get("theirs")
            if theirs and theirs.rows != found["ours"].rows:
                print(f"{source} to {target}: theirs made {theirs.rows:,} rows", file=sys.stderr)
            if source not in [each for each, _ in chosen[place + 1 :]]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return lines, met


def _cells(found: Mapping[str, Measure], rename: bool) -> tuple[list[str], bool]:
    """The cells of a line of the table, and whether the aims are met; what was not measured stays empty."""
    ours, theirs, copying = found["ours"], found.get("theirs"), found.get("copying")
    alone = found["alone"].alone if "alone" in found else None
    by_hand = theirs.alone if theirs and alone else None
    cells, good = [f"{ours.rows:,}"], [] if theirs else [True]
    for slow, fast, least in (
        (by_hand, alone, copying.alone if copying else None),
        (theirs.seconds if theirs else None, ours.seconds, copying.seconds if copying else None),
    ):
        reached = not slow or not fast or slow / fast >= FASTER
        out_of_reach = rename or not slow or not least or slow / least < FASTER
        if slow:
            good.append(reached or out_of_reach)
        cells += [_seconds(slow), _seconds(fast), _ratio(slow, fast), _ratio(slow, least)]
        cells[-2] += "" if reached or out_of_reach else " (!)"
    memory = f"{theirs.memory:,.0f} MB" if theirs else ""
    cells += [memory, f"{ours.memory:,.0f} MB{' (!)' if ours.memory > MEMORY else ''}"]
    return cells, any(good) and ours.memory <= MEMORY


def _seconds(each: float | None) -> str:
    return "" if each is None else f"{each:.{1 if each >= 1 else 2}f} s"


def _ratio(slow: float | None, fast: float | None) -> str:
    return "" if slow is None or fast is None else f"{slow / fast:.1f}x"


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
        print(json.dumps(SIDES[side](source, target, Path(path), Path(out))))
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
