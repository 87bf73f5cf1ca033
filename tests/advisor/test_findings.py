"""Every check finds what it is for, and keeps quiet where there is nothing."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor
from advisor.findings import CHECKS
from converters.errors import InputError
from converters.formats import FORMATS

TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(120)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(120)]
CLEAN = {"sentence_a": TEXTS, "sentence_b": OTHERS}


def codes(**columns: object) -> dict[str, int | None]:
    report = advisor.inspect(pa.table(columns))
    return {each.code: each.rows for each in report.findings}


def test_clean_data_has_no_findings() -> None:
    assert codes(anchor=TEXTS, positive=OTHERS) == {}
    assert codes(**CLEAN, score=[i / 120 for i in range(120)]) == {}


def test_label_with_a_strange_name() -> None:
    assert "COL003" in codes(text=TEXTS, topic=[i % 5 for i in range(120)])


def test_scores_off_their_range() -> None:
    found = codes(**CLEAN, score=[i % 50 / 10 for i in range(120)])
    outside = sum(i % 50 / 10 > 1 for i in range(120))
    assert found["LBL001"] == outside


def test_words_for_classes() -> None:
    assert codes(text=TEXTS, label=["ham", "spam", "egg"] * 40)["LBL002"] == 120


def test_rare_classes() -> None:
    assert codes(text=TEXTS, label=["a", "b"] * 59 + ["c", "d"])["LBL003"] == 2


def test_missing_labels() -> None:
    assert codes(text=TEXTS, label=[None, None, None, *(i % 3 for i in range(117))])["LBL004"] == 3


def test_one_label_only() -> None:
    assert codes(query=TEXTS, document=OTHERS, label=[1] * 120)["LBL005"] == 120


def test_yes_and_no_in_another_code() -> None:
    assert "LBL006" in codes(query=TEXTS, document=OTHERS, label=[True, False] * 60)
    assert "LBL006" in codes(query=TEXTS, document=OTHERS, label=[1, -1] * 60)
    assert "LBL006" not in codes(query=TEXTS, document=OTHERS, label=[1, 0] * 60)


def test_empty_texts() -> None:
    assert codes(anchor=["", None, "  ", *TEXTS[3:]], positive=["", *OTHERS[1:]])["TXT001"] == 3


def test_long_texts() -> None:
    assert codes(anchor=TEXTS, positive=["word " * 1000, *OTHERS[1:]])["TXT002"] == 1


def test_repeated_rows() -> None:
    assert codes(anchor=[*TEXTS, TEXTS[0]], positive=[*OTHERS, OTHERS[0]])["ROW001"] == 1


def test_contradictory_labels() -> None:
    found = codes(query=[*TEXTS, TEXTS[0]], document=[*OTHERS, OTHERS[0]], label=[1, 0] * 60 + [0])
    assert found["ROW002"] == 2


def test_anchor_equal_to_positive() -> None:
    assert codes(anchor=TEXTS, positive=[*TEXTS[:2], *OTHERS[2:]])["ROW003"] == 2


def test_negative_equal_to_positive() -> None:
    negatives = [f"No boat leaves on day {i} of the month." for i in range(118)]
    found = codes(anchor=TEXTS, positive=OTHERS, negative=[*OTHERS[:2], *negatives])
    assert found["ROW004"] == 2


def test_several_positives() -> None:
    assert codes(anchor=[*TEXTS[:119], TEXTS[0]], positive=OTHERS)["ROW005"] == 1


def test_few_rows() -> None:
    assert codes(anchor=TEXTS[:20], positive=OTHERS[:20])["SET001"] == 20


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_is_documented(code: str) -> None:
    each = CHECKS[code]
    assert each.code == code
    assert len(code) == 6
    assert each.title
    assert each.why.endswith(".")
    assert each.mend


def test_classes_that_do_not_count_from_0() -> None:
    pairs = {"premise": TEXTS, "hypothesis": OTHERS}
    assert "LBL002" in codes(**pairs, label=["0", "1", "2"] * 40)
    assert "LBL002" in codes(**pairs, label=[0.0, 1.0, 2.0] * 40)
    assert "LBL002" in codes(**pairs, label=[10, 20, 30] * 40)
    assert "LBL002" not in codes(**pairs, label=[0, 1, 2] * 40)


def test_numbers_written_as_texts() -> None:
    assert codes(**CLEAN, score=[str(i / 120) for i in range(120)]) == {"LBL007": 120}


def test_lists_that_do_not_match() -> None:
    documents = [[one, other] for one, other in zip(TEXTS, OTHERS, strict=True)]
    assert codes(query=TEXTS, documents=documents, labels=[[1, 0, 1], *[[1, 0]] * 119])["LBL008"] == 1
    assert codes(query=TEXTS, documents=documents, labels=[[1, None], *[[1, 0]] * 119])["LBL008"] == 1


def test_scores_that_do_not_match_the_texts_of_their_group() -> None:
    groups = {
        "query": TEXTS,
        "pos": [[each] for each in OTHERS],
        "neg": [["the moon is far", "tides rise twice a day"]] * 120,
    }
    even: dict[str, object] = {"pos_scores": [[0.9]] * 120, "neg_scores": [[0.1, 0.2]] * 120}
    torn = {"pos_scores": [[0.9, 0.8], *[[0.9]] * 119], "neg_scores": [*[[0.1, 0.2]] * 119, [0.1]]}
    assert codes(**groups, **even) == {}
    assert codes(**groups, **torn) == {"LBL008": 2}
    kept = advisor.convert(pa.table({**groups, **torn}), output_format="n-tuple-scores")
    assert len(kept) == 118


def test_a_class_label_that_calls_0_yes() -> None:
    import datasets

    rows = datasets.Dataset.from_dict({"query": TEXTS, "document": OTHERS, "label": [0, 1] * 60})
    turned = rows.cast_column("label", datasets.ClassLabel(names=["yes", "no"]))
    straight = rows.cast_column("label", datasets.ClassLabel(names=["no", "yes"]))
    assert "LBL006" in {each.code for each in advisor.inspect(turned, format="labeled-pair").findings}
    assert "LBL006" not in {each.code for each in advisor.inspect(straight, format="labeled-pair").findings}


def test_odd_columns_do_not_stop_the_checks() -> None:
    codes(label_count_distinct=TEXTS, b=OTHERS, label=[0, 1, 2] * 40)
    codes(sentence1=TEXTS, sentence2=OTHERS, score=[2**60 + i for i in range(60)] * 2)
    codes(anchor=TEXTS, positive=OTHERS, score=[float("nan")] * 120)


def test_records_without_a_text_that_can_be_told() -> None:
    records = [[{"one": text, "two": other}] for text, other in zip(TEXTS, OTHERS, strict=True)]
    report = advisor.inspect(pa.table({"query": TEXTS, "positives": records, "negatives": records[::-1]}))
    (found,) = [each for each in report.findings if each.code == "COL007"]
    assert found.severity == "error"
    assert "rename the field with the text" in found.message
    assert report.conversions == ()
    named = [[{"text": text, "two": other}] for text, other in zip(TEXTS, OTHERS, strict=True)]
    assert "COL007" not in codes(query=TEXTS, positives=named, negatives=named[::-1])


def test_bytes_that_are_texts_are_told() -> None:
    written = pa.array([text.encode() for text in OTHERS], pa.binary())
    pictures = pa.array([b"\x89PNG\xff" + bytes([i]) for i in range(len(TEXTS))], pa.binary())
    told = advisor.inspect(pa.table({"query": TEXTS, "passage": written, "label": [True, False] * 60}))
    (found,) = [each for each in told.findings if each.code == "COL009"]
    assert found.message == "'passage' is a column of bytes that are texts in UTF-8, and left out: write texts"
    assert "COL009" not in codes(query=TEXTS, passage=OTHERS, picture=pictures)


def test_every_check_has_data_that_it_finds_and_data_that_it_does_not() -> None:
    from tests.advisor import test_findings_labels, test_findings_rows, test_findings_sets

    named = {"COL001", "SET002", "SET003", "SET004", "SET005", "REF001", "REF002", "REF003", "REF004"}
    named |= {"LBL017", "COL007", "COL008", "COL009"}  # not in a table; COL008 in the tests of lone texts
    tables = (test_findings_labels.TROUBLES, test_findings_rows.TROUBLES, test_findings_sets.TROUBLES)
    covered = named | {each.code for troubles in tables for each in troubles}
    assert {code for code in CHECKS if not code.startswith("TXT")} == covered


# -- tables of every shape ---------------------------------------------------------------------------------------------

WORDS = "how do i reset my old lamp where is the new one".split()
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join) | st.sampled_from(
    ["", " ", "\x00", "NULL"]
)
NUMBER = st.sampled_from([0, 1, -1, 2, 5, 0.5, 37.0, 999.0, -0.0, float("nan"), float("inf"), 2.0**63])
SMALL = st.sampled_from([-1, 0, 1, 2, 3, 2**62])
KINDS: list[tuple[pa.DataType, st.SearchStrategy]] = [
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.string(), st.sampled_from(["yes", "no", "1", "0", "-1", "37%", "0.74", "entailment", "contradiction"])),
    (pa.int64(), SMALL),
    (pa.uint8(), st.integers(0, 3)),
    (pa.float32(), NUMBER),
    (pa.float64(), NUMBER),
    (pa.bool_(), st.booleans()),
    (pa.null(), st.none()),
    (pa.timestamp("us"), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1))),
    (pa.binary(), st.binary(max_size=3)),
    (pa.list_(pa.string()), st.lists(TEXT | st.none(), max_size=3)),
    (pa.large_list(pa.string()), st.lists(TEXT, max_size=2)),
    (pa.list_(pa.float64()), st.lists(NUMBER | st.none(), max_size=3)),
    (pa.list_(pa.float64(), 2), st.lists(NUMBER, min_size=2, max_size=2)),
    (pa.list_(pa.int64()), st.lists(SMALL, max_size=3)),
    (pa.list_(pa.string()), st.lists(st.sampled_from(["0", "1", "x"]), max_size=3)),
    (pa.list_(pa.struct([("text", pa.string()), ("n", pa.int64())])), st.lists(st.fixed_dictionaries({"text": TEXT}))),
    (pa.struct([("text", pa.string())]), st.fixed_dictionaries({"text": TEXT})),
    (pa.list_(pa.list_(pa.float64())), st.lists(st.lists(NUMBER, max_size=2), max_size=2)),
]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=5, max_size=9).map(" ".join)
TEXTS_OF_LIST = st.lists(SENTENCE, min_size=1, max_size=3)

#: Columns that make up a format, by their names.
USUAL: list[dict[str, tuple[pa.DataType, st.SearchStrategy]]] = [
    {"text": (pa.string(), SENTENCE), "label": (pa.int64(), SMALL)},
    {"text": (pa.string(), SENTENCE), "label": (pa.string(), st.sampled_from(["ham", "spam", "egg", " ham"]))},
    {
        "text": (pa.string(), SENTENCE),
        "embedding": (pa.list_(pa.float64()), st.lists(NUMBER, min_size=17, max_size=18)),
    },
    {"anchor": (pa.string(), SENTENCE), "positive": (pa.string(), SENTENCE)},
    {"anchor": (pa.string(), SENTENCE), "document": (pa.string(), SENTENCE), "label": (pa.float64(), NUMBER)},
    {"query": (pa.string(), SENTENCE), "document": (pa.string(), SENTENCE), "label": (pa.int64(), st.integers(-1, 1))},
    {"sentence1": (pa.string(), SENTENCE), "sentence2": (pa.string(), SENTENCE), "score": (pa.float64(), NUMBER)},
    {"anchor": (pa.string(), SENTENCE), "positive": (pa.string(), SENTENCE), "negative": (pa.string(), SENTENCE)},
    {
        **{name: (pa.string(), SENTENCE) for name in ("query", "positive", "negative")},
        "scores": (pa.list_(pa.float64()), st.lists(NUMBER | st.none(), min_size=2, max_size=2)),
    },
    {
        "query": (pa.string(), SENTENCE),
        "documents": (pa.list_(pa.string()), TEXTS_OF_LIST),
        "labels": (pa.list_(pa.int64()), st.lists(SMALL, max_size=3)),
    },
    {
        "query": (pa.string(), SENTENCE),
        "pos": (pa.list_(pa.string()), TEXTS_OF_LIST),
        "neg": (pa.list_(pa.string()), st.lists(SENTENCE, max_size=3)),
    },
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Tables in some format, with one column of another kind than it should be now and then."""
    rows = draw(st.integers(1, 25))
    columns = {}
    odd = draw(st.integers(0, 6))
    for place, (name, usual) in enumerate(draw(st.sampled_from(USUAL)).items()):
        kind, values = draw(st.sampled_from(KINDS)) if place == odd else usual
        few = st.sampled_from(draw(st.lists(values, min_size=1, max_size=9)))
        columns[name] = pa.array(draw(st.lists(few if odd else few | st.none(), min_size=rows, max_size=rows)), kind)
    if odd == 6:
        kind, values = draw(st.sampled_from(KINDS))
        columns["extra"] = pa.array(draw(st.lists(values | st.none(), min_size=rows, max_size=rows)), kind)
    table = pa.table(columns)
    cut = draw(st.integers(0, rows))
    return pa.concat_tables([table.slice(0, cut), table.slice(cut)]) if draw(st.booleans()) else table


@given(tables(), tables() | st.none(), st.sampled_from([None, None, *FORMATS]))
def test_no_table_stops_a_check(table: pa.Table, other: pa.Table | None, format: str | None) -> None:
    dataset = table if other is None else {"train": table, "test": other}
    try:
        report = advisor.inspect(dataset, format=format)
    except InputError:
        return
    for each in report.findings:
        assert "{rows}" not in each.message
        assert each.message.isprintable()
        assert each.rows is None or each.rows > 0
        assert all(example.isprintable() for example in each.examples)


@given(tables())
def test_what_is_mended_is_gone(table: pa.Table) -> None:
    try:
        report = advisor.inspect(table)
        mended = advisor.convert(table, output_format="same", fix="all")
        codes = {each.code for each in advisor.inspect(mended, format=report.format).findings}
    except InputError:
        return
    assert not codes & {"ROW001", "ROW003", "ROW004", "ROW006", "ROW007", "LBL010", "LBL012"}


def test_a_label_that_cannot_be_read_hides_no_label(tmp_path: Path) -> None:
    scores: list[str | None] = [str(i / 120) for i in range(120)]
    scores[20], scores[50] = "abc", None
    columns = {"sentence1": TEXTS, "sentence2": OTHERS, "score": scores}
    report = advisor.inspect(pa.table(columns))
    assert (report.format, report.label.column, report.label.minimum) == ("pair-score", "score", 0)
    found = {each.code: each for each in report.findings}
    assert found["LBL020"].rows == 1
    assert found["LBL020"].examples == ("'abc'",)
    assert found["LBL004"].rows == 2  # it has none that can be read either
    assert any("LBL020" in str(each) for each in advisor.check(report, "CoSENTLoss").obstacles)
    mended = advisor.convert(pa.table(columns), output_format="pair-score", on_error="skip")
    assert len(mended) == 118
    path = tmp_path / "scores.csv"
    pacsv.write_csv(pa.table(columns), path)
    for full in (False, True):
        exact = advisor.inspect(path, full=full)
        assert exact.format == "pair-score"
        assert {each.code for each in exact.findings} >= {"LBL020", "LBL004"}
    with pytest.raises(InputError, match="'abc' in row 21"):
        advisor.convert(path, output_format="triplet")
    assert advisor.inspect(pa.table(columns), columns={"score": "ignored"}).format == "pair"


def test_numbers_with_a_few_words_that_are_no_label_stay_what_they_are() -> None:
    pages = [str(i) for i in range(120)]
    pages[20] = "xii"
    report = advisor.inspect(pa.table({"anchor": TEXTS, "positive": OTHERS, "page": pages}))
    assert report.format == "pair"
    assert "LBL020" not in {each.code for each in report.findings}
