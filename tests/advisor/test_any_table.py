"""Whatever table comes: the inspector answers with a report or with one line, and never with anything else."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

import advisor
from converters import InputError, convert
from converters.formats import FORMATS

WORDS = "how do i reset my old lamp where is the new one you can find it here".split()
TEXT = st.lists(st.sampled_from(WORDS), min_size=3).map(" ".join)
VALUES = [
    TEXT,
    st.text(max_size=20),
    st.sampled_from(["yes", "no"]),
    st.sampled_from(["1", "0", " 2.5", "+3", ""]),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 3),
    st.floats(),
    st.floats(0, 1),
    st.booleans(),
    st.just(None),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.decimals(-100, 100, places=2).map(Decimal),
    st.binary(max_size=4),
    st.lists(TEXT, max_size=3),
    st.lists(st.floats(allow_nan=False), max_size=3),
    st.lists(st.one_of(st.none(), st.integers(0, 2)), max_size=3),
    st.fixed_dictionaries({"text": TEXT}),
]
NAMES = st.sampled_from(
    "query question positive answer negative sentence1 sentence2 documents label labels score id text".split()
)
ODD_NAMES = st.sampled_from(["", "a b", "\x1b[31m", "日本", 'q"uote', "label_count_distinct"])


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    names = draw(st.lists(NAMES | ODD_NAMES, min_size=1, max_size=4, unique=True))
    rows = draw(st.integers(1, 8))
    columns = {}
    for name in names:
        kind = draw(st.sampled_from(VALUES))
        columns[name] = draw(st.lists(st.one_of(kind, kind, kind, st.none()), min_size=rows, max_size=rows))
    return pa.table(columns)


@given(tables())
def test_any_table_gets_a_report_or_one_line(table: pa.Table) -> None:
    refused = None
    try:
        report = advisor.inspect(table)
        assert report.format in FORMATS
        assert 0 <= report.confidence <= 1
        assert len(report.roles) == table.num_columns
        report.to_dict()
        if FORMATS[report.format].trainable:
            convert(table, input_format=report.format, output_format=report.format, columns=report.roles)
    except InputError as error:
        refused = str(error)
    assert refused is None or refused.isprintable()
