"""What the benchmark of conversions holds ours against does the same: out of the same file come the same rows."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import conversion_data, convert
from benchmarks.conversion_by_hand import BY_HAND
from converters.conversions import CONVERSIONS
from converters.formats import FORMATS

PLAIN = [
    way for way, each in CONVERSIONS.items() if not each.mines and each.needs is None and FORMATS[each.target].trainable
]

#: One of each way to write a conversion; the benchmark itself compares how many rows come of the others.
SHOWN = [
    ("single", "identical-pair"),
    ("single-class", "labeled-pair"),
    ("pair-class", "pair"),
    ("labeled-pair", "labeled-list"),
    ("graded-pair", "pair-score"),
    ("graded-pair", "triplet-margin"),
    ("triplet", "n-tuple"),
    ("n-tuple", "triplet"),
    ("labeled-list", "labeled-pair"),
    ("grouped", "n-tuple-scores"),
    ("triplet-scores", "n-tuple-scores"),
    ("n-tuple-scores", "labeled-list"),
    ("n-tuple-margins", "n-tuple"),
    ("collection", "pair"),
    ("collection", "pair-score"),
    ("qa", "single"),
]


def test_every_conversion_that_needs_no_model_is_measured() -> None:
    assert set(PLAIN) == set(BY_HAND)


@pytest.mark.parametrize("way", SHOWN, ids=lambda way: f"{way[0]} to {way[1]}")
def test_the_same_rows_come_out(way: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / ("data" if way[0] == "collection" else "data.parquet")
    conversion_data.write(way[0], 120, path)
    theirs, ours = tmp_path / "theirs.parquet", tmp_path / "ours.parquet"
    done = convert.run_theirs(*way, path, theirs)
    made = done.rows
    assert done.alone is not None
    assert made == convert.run_ours(*way, path, ours).rows > 0
    if way[0] != "collection":
        assert made == convert.run_alone(*way, path, ours).rows
    assert made == convert.run_copying(*way, path, ours).rows
    first, second = (pq.read_table(each) for each in (theirs, ours))
    assert first.column_names == second.column_names
    if CONVERSIONS[way].samples:
        return
    rows = [Counter(json.dumps(row) for row in table.to_pylist()) for table in (first, second)]
    assert rows[0] == rows[1]
