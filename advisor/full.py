"""Looking at every row of a split, with memory bounded by a part of it.

A sample tells what a dataset is; whether one row in a million is broken, only all rows tell. Checks that judge a row
alone are made on each part of the rows, as they are read. Checks that compare the rows of one anchor are made on
partitions: rows are spread over files by a hash of their text, so that those of an anchor meet. The facts about the
label are counted over all rows; those about the set as a whole rest on the sample.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import CHECKS, Case, Check, Found, finding, ranked
from advisor.profiles import KEPT_VALUES, ColumnProfile, TableProfile, profile_column
from advisor.report import Finding
from converters.progress import track
from converters.sources.source import Split

#: How many rows, and bytes of rows, are judged at a time.
PART_ROWS, PART_BYTES = 50_000, 64 << 20

#: How many rows a partition holds, more or less.
PARTITION_ROWS = 200_000

#: How many different labels are counted; beyond, the label is no class.
COUNTED_LABELS = 100_000


@dataclass
class _Tally:
    """What was found in the parts, added up: findings that only differ in their numbers are one."""

    found: dict[tuple[str, str], tuple[Check, Found]] = field(default_factory=dict)

    def add(self, check: Check, found: Found) -> None:
        key = (check.code, re.sub(r"\d[\d,.]*", "#", found.says))
        if key not in self.found:
            self.found[key] = (check, found)
            return
        _, before = self.found[key]
        rows = None if before.rows is None or found.rows is None else before.rows + found.rows
        self.found[key] = (check, replace(before, rows=rows, examples=before.examples or found.examples))

    def findings(self) -> list[Finding]:
        return [finding(check, found) for check, found in self.found.values()]


@dataclass
class _Counted:
    """The values of the label column over all rows."""

    missing: int = 0
    filled: int = 0
    minimum: float | None = None
    maximum: float | None = None
    values: Counter[object] = field(default_factory=Counter)
    overflown: bool = False

    def see(self, part: ColumnProfile, values: pa.ChunkedArray) -> None:
        self.missing += part.missing
        self.filled += part.filled
        for name, better in (("minimum", min), ("maximum", max)):
            new, old = getattr(part, name), getattr(self, name)
            if new is not None:
                setattr(self, name, new if old is None else better(old, new))
        if part.lengths is None and not self.overflown:
            counts = dict(part.values) if part.distinct <= KEPT_VALUES else _counts(values)
            self.values.update(counts)
            self.overflown = len(self.values) > COUNTED_LABELS

    def profile(self, sampled: ColumnProfile) -> ColumnProfile:
        """The profile of the sample with what all rows say."""
        exact = replace(
            sampled,
            rows=self.missing + self.filled,
            missing=self.missing,
            minimum=self.minimum,
            maximum=self.maximum,
        )
        if sampled.lengths is not None or self.overflown:
            return exact
        return replace(exact, distinct=len(self.values), values=tuple(self.values.most_common(KEPT_VALUES)))


def _counts(values: pa.ChunkedArray) -> dict[object, int]:
    counted = pc.value_counts(values.drop_null())
    return dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))


def examine_all(case: Case, split: Split) -> tuple[list[Finding], TableProfile, int]:
    """All findings about a split, the gravest first, from every row of it.

    Args:
        case: the case as the sample shows it.
        split: the rows.

    Returns:
        The findings, the profile with the exact facts about the label, and the exact number of rows.
    """
    tally, counted, rows = _Tally(), _Counted(), 0
    label = case.reading.label
    alone = [each for each in CHECKS.values() if each.scope == "row"]
    with _partitions(case, split) as spread:
        for part in _parts(split):
            rows += part.num_rows
            if label is not None:
                counted.see(profile_column(label, part[label], case.profile.columns[label].class_names), part[label])
            _look(replace(case, table=part, rows=part.num_rows), alone, tally)
            spread.add(part)
        for scope, tables in spread.collected():
            together = [each for each in CHECKS.values() if each.scope == scope]
            for part in tables:
                _look(replace(case, table=part, rows=part.num_rows), together, tally)
    profile = case.profile
    if label is not None:
        columns = {**profile.columns, label: counted.profile(profile.columns[label])}
        profile = replace(profile, columns=columns)
    whole = [each for each in CHECKS.values() if each.scope == "set"]
    _look(replace(case, profile=profile, rows=rows), whole, tally)
    return ranked(tally.findings()), profile, rows


def _look(case: Case, checks: Iterable[Check], tally: _Tally) -> None:
    for check in checks:
        for found in check.look(case):
            tally.add(check, found)


def _parts(split: Split) -> Iterator[pa.Table]:
    """All rows, a part at a time."""
    held: list[pa.RecordBatch] = []
    number = size = 0
    for batch in track(split.open(), "Looking at every row"):
        held.append(batch)
        number += batch.num_rows
        size += batch.nbytes
        if number >= PART_ROWS or size >= PART_BYTES:
            yield pa.Table.from_batches(held, schema=split.schema)
            held, number, size = [], 0, 0
    if number:
        yield pa.Table.from_batches(held, schema=split.schema)


# -- rows of one anchor, together --------------------------------------------------------------------------------------


class _Spread:
    """Rows spread over files by a hash of one of their texts, for each text that checks compare rows by."""

    def __init__(self, columns: Mapping[str, str], used: list[str], folder: Path, partitions: int) -> None:
        self._columns, self._used, self._folder, self._partitions = columns, used, folder, partitions
        self._writers: dict[tuple[str, int], pa.ipc.RecordBatchFileWriter] = {}
        self._open = ExitStack()

    def __enter__(self) -> "_Spread":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def add(self, part: pa.Table) -> None:
        """Writes rows to the files that they belong to."""
        table = part.select(self._used)
        for scope, column in self._columns.items():
            if self._partitions == 1:
                self._write(scope, 0, table)
                continue
            places = _hashed(part[column]) % np.uint64(self._partitions)
            order = np.argsort(places, kind="stable")
            ends = np.searchsorted(places[order], np.arange(1, self._partitions + 1))
            ordered, start = table.take(pa.array(order)), 0
            for place, end in enumerate(ends):
                if end > start:
                    self._write(scope, place, ordered.slice(start, int(end) - start))
                start = int(end)

    def _write(self, scope: str, place: int, rows: pa.Table) -> None:
        key = (scope, place)
        if key not in self._writers:
            path = self._folder / f"{scope}-{place}.arrow"
            self._writers[key] = self._open.enter_context(pa.ipc.new_file(str(path), rows.schema))
        self._writers[key].write_table(rows)

    def collected(self) -> Iterator[tuple[str, Iterator[pa.Table]]]:
        """The partitions by what their rows have in common."""
        self._open.close()
        for scope in self._columns:
            yield scope, self._tables(scope)

    def _tables(self, scope: str) -> Iterator[pa.Table]:
        places = [place for own, place in self._writers if own == scope]
        for place in track(sorted(places), "Comparing rows"):
            path = self._folder / f"{scope}-{place}.arrow"
            with pa.memory_map(str(path)) as source:
                yield pa.ipc.open_file(source).read_all()
            path.unlink()


@contextmanager
def _partitions(case: Case, split: Split) -> Iterator[_Spread]:
    """Partitions of a split, in a temporary folder."""
    used = [name for name, role in case.reading.roles.items() if role != "ignored"]
    plain = [name for name in case.plain_texts if name in used]
    texts = dict(zip(("anchor", "positive"), plain, strict=False))
    wanted = {each.scope for each in CHECKS.values()}
    number = max(1, -(-(split.rows or 10 * PARTITION_ROWS) // PARTITION_ROWS))
    with (
        tempfile.TemporaryDirectory(prefix="loss-advisor-") as folder,
        _Spread(
            {scope: name for scope, name in texts.items() if scope in wanted}, used, Path(folder), number
        ) as spread,
    ):
        yield spread


def _hashed(values: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """A hash of each text, the same in every part and on every run."""
    from pandas.util import hash_array

    texts = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(pc.cast(values, pa.string()), "")))
    return np.asarray(hash_array(texts.to_numpy(zero_copy_only=False), categorize=False), dtype=np.uint64)
