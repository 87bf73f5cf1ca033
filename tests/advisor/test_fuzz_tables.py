"""Whatever table comes: the inspector answers with a report or with one line, and never with anything else."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import advisor
from advisor.catalogue import LOSSES
from advisor.report import Report
from advisor.report_schema import published
from converters import InputError
from converters.conversions import plan
from converters.formats import FORMATS, ROLES

TRAINABLE = [name for name, spec in FORMATS.items() if spec.trainable]

#: No message is longer: it has to be read at a glance.
LONGEST_MESSAGE = 400

# -- what stands in cells ----------------------------------------------------------------------------------------------

WORDS = "how do i reset my old lamp where is the new one you can find it here Straße 世界 मौसम ไทย".split()
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=3, max_size=9).map(" ".join)
MARKUP = ["[red]", "[/]", "[bold]x[/bold]", "<b>", "<script>alert(1)</script>", "{}", "{0}", "%s", "\x1b[31m", "&amp;"]
BLANKS = ["", " ", "\t", "\u200b", "\u3000", "\n", "\ufeff"]
EMPTY_WORDS = ["null", "NULL", "None", "nan", "NaN", "N/A", "-", "?", "[]", "{}", '""']
NUMBERS = [
    "1",
    "0",
    " 2.5",
    "+3",
    "-1",
    "37%",
    "0,5",
    "1e400",
    "1_000",
    "٣",
    "inf",
    "4/5",
    "1.",
    "99999999999999999999",
]
WRITTEN = [
    '["a b c", "d e f"]',
    "['it is', \"isn't\"]",
    '{"text": ["lamp"], "answer_start": [0]}',
    '[{"role": "user", "content": "hi"}]',
    '[{"text": "a b c", "score": 1}]',
    "[0.1, NaN]",
    "[1, null]",
    "[",
    '{"a":' * 40 + "1" + "}" * 40,
]
LABEL_WORDS = ["yes", "no", "True", "false", "entailment", "neutral", "contradiction", "positive", "negative", "other"]
TIMES = ["2020-01-01", "2020-01-01T00:00:00Z", "12:30", "1 Jan 1999", "0000-00-00"]
TOKENS = ["q1", "d7", "en", "de", "zh_CN", "http://a.b/c", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "a@b.c", "user"]
PREFIXED = [
    "query: how is it",
    "passage: it is so",
    "### Instruction: do it",
    "<|user|> hi",
    "GrÃ¼ÃŸe aus KÃ¶ln",
    "\ufffd",
]

#: Any character that UTF-8 can hold, of every plane.
CHARACTERS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)

STRINGS = st.one_of(
    SENTENCES,
    SENTENCES.map(lambda text: text + "?"),
    st.sampled_from(LABEL_WORDS),
    st.sampled_from(NUMBERS),
    st.sampled_from(MARKUP + BLANKS + EMPTY_WORDS + WRITTEN + TIMES + TOKENS + PREFIXED),
    CHARACTERS,
    st.sampled_from(["lamp " * 20_000, "x" * 100_000, "世" * 40_000, "\u0301" * 3000, "👩‍👩‍👧" * 500]),
)

NUMBERS_OF_ALL_SIZES = st.one_of(
    st.integers(0, 1),
    st.integers(-1, 5),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, -(2**63), -1]),
)
FLOATS = st.one_of(
    st.floats(0, 1),
    st.floats(-1, 5),
    st.sampled_from([0.0, 1.0, 2.0, 100.0, float("nan"), float("inf"), float("-inf"), -0.0, 1e308, 5e-324]),
    st.floats(),
)


def _integers(bits: int, signed: bool) -> st.SearchStrategy[int]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.one_of(st.integers(0, 1), st.integers(0, 5), st.integers(low, high), st.sampled_from([low, high]))


@dataclass(frozen=True)
class Kind:
    """A type of Arrow, and values of it.

    Attributes:
        type: the type.
        values: as Python has them; None may stand anywhere.
    """

    type: pa.DataType
    values: st.SearchStrategy[Any]


class Odd(pa.ExtensionType):
    """An extension type of a library that is not ours."""

    def __init__(self, storage: pa.DataType) -> None:
        super().__init__(storage, "somebody.odd")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> "Odd":
        return cls(storage)


TEXTS = Kind(pa.string(), STRINGS)
INTEGERS = [
    Kind(getattr(pa, f"{'' if signed else 'u'}int{bits}")(), _integers(bits, signed))
    for bits in (8, 16, 32, 64)
    for signed in (True, False)
]
REALS = [Kind(pa.float64(), FLOATS), Kind(pa.float32(), st.floats(width=32)), Kind(pa.float16(), st.floats(width=16))]
DECIMALS = [
    Kind(pa.decimal128(5, 2), st.decimals(-100, 100, places=2).map(Decimal)),
    Kind(pa.decimal256(60, 0), st.integers(-(10**59), 10**59).map(Decimal)),
    Kind(pa.decimal128(38, 38), st.just(Decimal("0.5"))),
    Kind(pa.decimal32(4, 1), st.integers(0, 9).map(Decimal)),
]
MOMENTS = [
    Kind(pa.date32(), st.dates()),
    Kind(pa.date64(), st.dates(date(1700, 1, 1), date(2200, 1, 1))),
    Kind(pa.time32("s"), st.times().map(lambda each: each.replace(microsecond=0))),
    Kind(pa.time64("us"), st.times()),
    Kind(pa.timestamp("s"), st.integers(-(2**62), 2**62)),
    Kind(pa.timestamp("ns", "Europe/Berlin"), st.integers(-(2**63) + 1, 2**63 - 1)),
    Kind(pa.timestamp("us", "+02:00"), st.datetimes(timezones=st.just(UTC))),
    Kind(pa.duration("ms"), st.integers(-(2**53), 2**53)),
    Kind(pa.month_day_nano_interval(), st.just((1, 2, 3))),
]
BYTES = [
    Kind(pa.binary(), st.binary(max_size=8)),
    Kind(pa.binary(4), st.binary(min_size=4, max_size=4)),
    Kind(pa.large_binary(), st.binary(max_size=8)),
    Kind(pa.binary_view(), st.binary(max_size=20)),
]
LEAVES = [
    TEXTS,
    Kind(pa.large_string(), STRINGS),
    Kind(pa.string_view(), STRINGS),
    Kind(pa.bool_(), st.booleans()),
    Kind(pa.null(), st.none()),
    *INTEGERS,
    *REALS,
    *DECIMALS,
    *MOMENTS,
    *BYTES,
]


def _list_of(inner: Kind, make: Callable[[pa.DataType], pa.DataType], low: int = 0, high: int = 3) -> Kind:
    return Kind(make(inner.type), st.lists(st.one_of(inner.values, st.none()), min_size=low, max_size=high))


def _record_of(inner: Sequence[Kind], names: Sequence[str]) -> Kind:
    fields = dict(zip(names, inner, strict=False))
    values = st.fixed_dictionaries({name: st.one_of(each.values, st.none()) for name, each in fields.items()})
    return Kind(pa.struct([(name, each.type) for name, each in fields.items()]), values)


FIELDS = st.lists(
    st.sampled_from(["text", "answer_start", "score", "role", "content", "title", "id", "", "a b", "is_selected"]),
    min_size=1,
    max_size=3,
    unique=True,
)


def _containers(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    return st.one_of(
        kinds.map(lambda kind: _list_of(kind, pa.list_)),
        kinds.map(lambda kind: _list_of(kind, pa.large_list)),
        kinds.map(lambda kind: _list_of(kind, pa.list_view)),
        kinds.map(lambda kind: _list_of(kind, lambda inner: pa.list_(inner, 2), 2, 2)),
        kinds.map(lambda kind: _list_of(kind, lambda inner: pa.list_(inner, 0), 0, 0)),
        kinds.map(
            lambda kind: Kind(
                pa.map_(pa.string(), kind.type),
                st.lists(st.tuples(st.sampled_from(WORDS), st.one_of(kind.values, st.none())), max_size=3),
            )
        ),
        st.builds(_record_of, st.lists(kinds, min_size=3, max_size=3), FIELDS),
        st.just(Kind(pa.struct([]), st.just({}))),
    )


KINDS = st.recursive(st.sampled_from(LEAVES), _containers, max_leaves=4)

#: Lists and records as training data has them.
LISTS = st.one_of(
    st.sampled_from(
        [
            _list_of(Kind(pa.string(), SENTENCES), pa.list_),
            _list_of(Kind(pa.string(), SENTENCES), lambda inner: pa.list_(inner, 2), 2, 2),
            _list_of(TEXTS, pa.list_),
            _list_of(Kind(pa.float64(), FLOATS), pa.list_),
            _list_of(Kind(pa.float32(), st.floats(0, 1, width=32)), lambda inner: pa.list_(inner, 2), 2, 2),
            _list_of(Kind(pa.int64(), st.integers(0, 2)), pa.list_),
            _list_of(Kind(pa.bool_(), st.booleans()), pa.list_),
        ]
    ),
    FIELDS.map(lambda names: _list_of(_record_of([TEXTS, INTEGERS[6], LEAVES[3]], names), pa.list_)),
    FIELDS.map(lambda names: _record_of([_list_of(TEXTS, pa.list_), _list_of(INTEGERS[6], pa.list_), TEXTS], names)),
)

#: What labels are, and what people take for them.
LABELS = st.sampled_from(
    [
        Kind(pa.int64(), st.integers(0, 1)),
        Kind(pa.int64(), st.sampled_from([-1, 1])),
        Kind(pa.int8(), st.integers(0, 3)),
        Kind(pa.int64(), st.integers(-1, 9)),
        Kind(pa.uint64(), st.sampled_from([0, 1, 2**64 - 1])),
        Kind(pa.float64(), st.floats(0, 1)),
        Kind(pa.float64(), st.sampled_from([0.0, 1.0, float("nan")])),
        Kind(pa.float64(), FLOATS),
        Kind(pa.float16(), st.floats(0, 5, width=16)),
        Kind(pa.bool_(), st.booleans()),
        Kind(pa.string(), st.sampled_from(LABEL_WORDS)),
        Kind(pa.string(), st.sampled_from(NUMBERS)),
        Kind(pa.string(), st.sampled_from(LABEL_WORDS + BLANKS + EMPTY_WORDS)),
        DECIMALS[0],
        Kind(pa.date32(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
    ]
)

# -- columns and tables ------------------------------------------------------------------------------------------------


def _broken_unicode(values: pa.Array) -> pa.Array:
    """The texts with bytes that are no UTF-8 among them: half of a surrogate pair, as careless writers leave it."""
    broken = [None if each is None else each.encode() + b"\xed\xa0\x80" for each in values.to_pylist()]
    return pa.array(broken, pa.binary()).view(pa.string())


def _run_ends(values: pa.Array) -> pa.Array:
    return pa.RunEndEncodedArray.from_arrays(pa.array(range(1, len(values) + 1), pa.int32()), values)


def _dictionary_of_nulls(values: pa.Array) -> pa.Array:
    """Dictionary-encoded, with a null among the words and not among the places."""
    words = pa.concat_arrays([values, pa.nulls(1, values.type)])
    return pa.DictionaryArray.from_arrays(pa.array(range(1, len(words)), pa.int32()), words)


#: Other ways to lay out the same values.
LAYOUTS: Mapping[str, Callable[[pa.Array], pa.Array]] = {
    "dictionary": lambda values: values.dictionary_encode(),
    "dictionary of nulls": _dictionary_of_nulls,
    "run-end": _run_ends,
    "extension": lambda values: pa.ExtensionArray.from_storage(Odd(values.type), values),
    "union": lambda values: pa.UnionArray.from_sparse(pa.array([0] * len(values), pa.int8()), [values]),
    "broken": lambda values: _broken_unicode(values) if pa.types.is_string(values.type) else values,
    "sliced": lambda values: pa.concat_arrays([values, values])[len(values) :],
}


@st.composite
def columns(draw: st.DrawFn, rows: int, kinds: st.SearchStrategy[Kind]) -> pa.ChunkedArray:
    """A column of so many rows: some values, drawn once, stand in all of them."""
    kind = draw(kinds)
    pool = draw(st.lists(kind.values, min_size=1, max_size=6))
    missing = draw(st.sampled_from([0.0, 0.0, 0.0, 0.2, 1.0]))
    unlike = draw(st.booleans()) and kind.type == pa.string()
    chance = Random(draw(st.integers(0, 1000)))
    filled = [
        None if chance.random() < missing else f"{chance.choice(pool)} {row}" if unlike else chance.choice(pool)
        for row in range(rows)
    ]
    values = pa.array(filled, kind.type)
    layout = draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(sorted(LAYOUTS))))
    if layout is not None:
        with suppress(pa.ArrowException, TypeError):  # this layout is not for values of this type
            values = LAYOUTS[layout](values)
    return draw(st.sampled_from([_in_one, _in_one, _in_one, _in_many, _in_none]))(values)


def _in_one(values: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([values])


def _in_many(values: pa.Array) -> pa.ChunkedArray:
    ends = [0, 0, 1, len(values) // 2, len(values), len(values)]
    chunks = [values[start:end] for start, end in pairwise(ends) if end >= start]
    return pa.chunked_array(chunks if sum(map(len, chunks)) == len(values) else [values], values.type)


def _in_none(values: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([] if not len(values) else [values], values.type)


NAMES = st.one_of(
    st.sampled_from(
        "query question positive answer negative negative_2 sentence1 sentence2 documents label labels score scores"
        " id text title context answers pos neg corpus-id query-id conversations split language".split()
    ),
    st.sampled_from(["", " ", "a b", "a,b", 'q"uote', "it's", "日本", "new\nline", "x" * 300, "0", "--column", "a=b"]),
    st.sampled_from(MARKUP),
    CHARACTERS,
)
ROWS = st.sampled_from([0, 1, 2, 3, 8, 24, 60])


@st.composite
def any_tables(draw: st.DrawFn) -> pa.Table:
    """Any columns under any names."""
    rows = draw(ROWS)
    names = draw(st.lists(NAMES, max_size=8))
    return pa.table([draw(columns(rows, st.one_of(KINDS, st.just(TEXTS)))) for _ in names], names)


@st.composite
def training_tables(draw: st.DrawFn) -> pa.Table:
    """What looks like data of some format: its columns under usual names, with values that may be wrong."""
    rows = draw(ROWS.filter(bool))
    spec = draw(st.sampled_from(sorted(FORMATS)))
    sentences = st.just(Kind(pa.string(), SENTENCES))
    texts = st.one_of(sentences, sentences, sentences, st.just(TEXTS))
    made = [(name, draw(columns(rows, texts))) for name in FORMATS[spec].column_names()]
    if spec in ("grouped", "labeled-list"):
        two = st.just(_list_of(Kind(pa.string(), SENTENCES), pa.list_, 2, 2))
        lists = st.one_of(two, two, LISTS)
        made = [(name, values if name == "query" else draw(columns(rows, lists))) for name, values in made]
    label = FORMATS[spec].label_name
    if label is not None:
        many = FORMATS[spec].label_kind in ("labels", "scores", "margins", "embedding")
        width = {"scores": len(made) - 1, "margins": len(made) - 2, "embedding": 4}.get(FORMATS[spec].label_kind, 2)
        fitting = _list_of(Kind(pa.float64(), FLOATS), pa.list_, width, width)
        own = draw(columns(rows, st.one_of(st.just(fitting), st.just(fitting), LISTS, LABELS) if many else LABELS))
        made = [(name, own if name == label else values) for name, values in made]
    if spec == "qa":
        made.append(("answers", draw(columns(rows, st.one_of(LISTS, st.just(TEXTS))))))
    if spec == "collection":
        made = [(name, draw(columns(rows, LABELS))) for name in ("query-id", "corpus-id", "score")]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):  # a column that is not asked for
        made.append((draw(NAMES), draw(columns(rows, st.one_of(KINDS, LABELS, LISTS)))))
    if draw(st.integers(0, 3)) == 0:
        made = draw(st.permutations(made))
    if draw(st.integers(0, 3)) == 0:
        made = [(draw(st.one_of(st.just(name), NAMES)), values) for name, values in made]
    return pa.table([values for _, values in made], [name for name, _ in made])


TABLES = st.one_of(training_tables(), training_tables(), training_tables(), any_tables())

# -- what holds for all of them ----------------------------------------------------------------------------------------

SCHEMA = Draft202012Validator(json.loads(published()))


def check_message(error: InputError) -> None:
    """A message is one line, short, and shows nothing that a terminal would take for a command."""
    message = str(error)
    assert message
    assert message.isprintable()
    assert len(message) <= LONGEST_MESSAGE


def inspected(table: pa.Table, **said: Any) -> Report | None:
    """The report on a table; None where it is refused, in a line as it should be."""
    try:
        return advisor.inspect(table, **said)
    except InputError as error:
        event("refused: " + re.sub(r"'.*'|\d+", "", str(error))[:40])
        check_message(error)
        return None


def check_report(report: Report, table: pa.Table) -> None:
    """All that a report can be turned into comes, and comes right."""
    assert report.format in FORMATS
    assert 0 <= report.confidence <= 1
    as_json = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert json.loads(report.to_json().encode()) == as_json
    assert not list(SCHEMA.iter_errors(as_json))
    assert len({each.name for each in report.columns}) == len(report.columns)
    assert report.rows_sampled <= report.rows or report.rows == table.num_rows
    printed = str(report)
    assert all(char.isprintable() or char == "\n" for char in printed)
    printed.encode()
    page = report._repr_html_()
    assert "<script" not in page
    assert page.isprintable()
    page.encode()
    for part in ("recommendations", "findings", "columns", "conversions", "alternatives"):
        assert len(report.to_pandas(part)) >= 0
    for finding in report.findings:
        assert finding.message.isprintable()
        assert finding.rows is None or 0 < finding.rows <= table.num_rows or finding.rows <= report.rows_sampled
        assert all(each.isprintable() for each in finding.examples)


@given(TABLES)
def test_a_report_or_one_line(table: pa.Table) -> None:
    report = inspected(table)
    if report is not None:
        event(f"read as {report.format}")
        check_report(report, table)


@given(TABLES, st.lists(st.sampled_from(sorted({each.name for each in LOSSES.values()})), min_size=1, max_size=3))
def test_a_check_says_yes_or_no(table: pa.Table, losses: Sequence[str]) -> None:
    report = inspected(table)
    if report is None:
        return
    for own in LOSSES.values():
        if own.name in losses:
            verdict = advisor.check(report, own.name, own.family)
            event(f"fits: {verdict.fits}")
            assert verdict.fits == (not verdict.obstacles)
            assert verdict.reasons
            json.dumps(verdict.to_dict(), allow_nan=False)


@given(TABLES)
def test_a_conversion_that_is_offered_gives_rows_or_one_line(table: pa.Table) -> None:
    report = inspected(table)
    if report is None:
        return
    offered = [each.output_format for each in report.conversions if not each.needs_mining]
    own = [report.format] if FORMATS[report.format].trainable else []
    for target in own + offered:
        assert plan(report.format, target).target == target
        try:
            made = advisor.convert(table, output_format=target)
        except InputError as error:
            event(f"to {target}: refused")
            check_message(error)
        else:
            event(f"to {target}: {'rows' if len(made) else 'nothing'}")
            spec = FORMATS[target]
            assert made.column_names == spec.column_names(len(made.column_names) - bool(spec.label_name))


@given(TABLES, st.data())
def test_overrules_are_followed_or_refused(table: pa.Table, data: st.DataObject) -> None:
    names = st.one_of(st.sampled_from(table.column_names), NAMES) if table.num_columns else NAMES
    roles = data.draw(st.dictionaries(names, st.one_of(st.sampled_from(ROLES), NAMES), max_size=3))
    format = data.draw(st.one_of(st.none(), st.sampled_from(sorted(FORMATS)), NAMES))
    report = inspected(table, format=format, columns=roles)
    if report is None:
        return
    check_report(report, table)
    assert format in (None, report.format)
    for name, role in roles.items():  # a text may get another role that stands for the same side
        unused = ("id", "ignored")
        assert report.roles[name] == role or (role in unused) == (report.roles[name] in unused)
        assert (role == "label") == (report.roles[name] == "label")


def _missing_fixed(width: int) -> pa.Array:
    """Lists of a fixed size, one of them missing, which hides the elements that stand in its place."""
    return pa.array([[1.0] * width, None] * 20, pa.list_(pa.float64(), width))


QUERIES = [f"how is it to be number {row}?" for row in range(40)]
ANSWERS = [f"it is fine to be number {row} here" for row in range(40)]
DOCUMENTS = [[f"lamp {row}", f"lamp {row + 1}"] for row in range(40)]
REGRESSIONS: Mapping[str, pa.Table] = {
    "a union": pa.table(
        {
            "question": QUERIES,
            "answer": ANSWERS,
            "odd": pa.UnionArray.from_sparse(
                pa.array([0, 1] * 20, pa.int8()), [pa.array(range(40)), pa.array(ANSWERS)]
            ),
        }
    ),
    "a view of views of lists": pa.table(
        {
            "question": QUERIES,
            "answer": ANSWERS,
            "odd": pa.array([[["a"], None], [], None, [[], ["b", None]]] * 10, pa.list_view(pa.list_view(pa.string()))),
        }
    ),
    "records by runs": pa.table(
        {"question": QUERIES, "answer": ANSWERS, "odd": _run_ends(pa.array([{"a": [1]}, None] * 20))}
    ),
    "a dictionary of records": pa.table(
        {
            "question": QUERIES,
            "answer": ANSWERS,
            "odd": pa.DictionaryArray.from_arrays(pa.array([0, 1] * 20), pa.array([{"a": ["x"]}, None])),
        }
    ),
    "an extension": pa.table(
        {"question": QUERIES, "answer": pa.ExtensionArray.from_storage(Odd(pa.string()), pa.array(ANSWERS))}
    ),
    "half floats": pa.table({"text": QUERIES, "label": pa.array([0.0, 1.0] * 20, pa.float16())}),
    "small decimals": pa.table(
        {"question": QUERIES, "answer": ANSWERS, "price": pa.array([Decimal(1), None] * 20, pa.decimal32(4, 1))}
    ),
    "missing lists of a fixed size": pa.table(
        {
            "query": QUERIES,
            "positive": ANSWERS,
            "negative_1": ANSWERS[::-1],
            "negative_2": ANSWERS[1:] + ANSWERS[:1],
            "scores": _missing_fixed(3),
        }
    ),
    "records without a text": pa.table(
        {
            "query": QUERIES,
            "positives": [[{"text": None, "id": 1}, {"text": f"lamp {row}", "id": 2}] for row in range(40)],
            "negatives": [[{"text": f"boat {row}", "id": 1}] for row in range(40)],
        }
    ),
}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_columns_that_were_stumbled_over(name: str) -> None:
    table = REGRESSIONS[name]
    report = advisor.inspect(table)
    check_report(report, table)
    assert report.rows == 40
    assert report.format in ("pair", "single-class", "n-tuple-scores", "grouped")
    if FORMATS[report.format].trainable:
        assert len(advisor.convert(table, output_format="same")) in (20, 40)


def test_text_that_is_no_text_is_refused() -> None:
    table = pa.table({"question": QUERIES, "answer": _broken_unicode(pa.array(ANSWERS))})
    with pytest.raises(InputError, match=r"cannot be read, it may be damaged: .*Invalid UTF8"):
        advisor.inspect(table)


@pytest.mark.parametrize("said", ["\x1b[31m\n" * 50, "世" * 900, "[red]", ""])
def test_messages_are_one_short_line(said: str) -> None:
    table = pa.table([QUERIES, ANSWERS, QUERIES], [f"{said}{place}" for place in range(3)])
    for overrule in ({"columns": {said + "?": "anchor"}}, {"format": said + "?"}, {"columns": {f"{said}0": said}}):
        with pytest.raises(InputError) as refused:
            advisor.inspect(table, **overrule)
        check_message(refused.value)
