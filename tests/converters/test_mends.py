"""Mends: what they leave out and rewrite, what they say about it, and what they refuse."""

import json
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor
from advisor.cli import run
from converters import InputError, convert
from converters.alike import Alike, combined, found_in, repeated, values_alike
from converters.mends import MENDS, codes_of, mend

WORDS = st.sampled_from(["the", "old", "lamp", "is", "green", "new"])
TEXT = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def lists(*rows: tuple[str, list[str], list[float]]) -> pa.Table:
    """Rows of lists in canonical shape."""
    columns = zip(*rows, strict=True)
    kinds = (pa.string(), pa.list_(pa.string()), pa.list_(pa.float64()))
    names = ("query", "documents", "labels")
    return pa.table({name: pa.array(each, kind) for name, each, kind in zip(names, columns, kinds, strict=True)})


# -- the registry ------------------------------------------------------------------------------------------------------


def test_codes_are_given_in_any_way_people_write_them() -> None:
    assert codes_of("row001") == ("ROW001",)
    assert codes_of(["ROW001, ROW003", "row001"]) == ("ROW001", "ROW003")
    assert codes_of(()) == ()
    assert codes_of(["ROW001", "all"]) is None


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no mend for 'ROW01': did you mean 'ROW0"):
        codes_of("ROW01")


def test_all_leaves_out_what_somebody_could_want() -> None:
    unsafe = {code for code, mends in MENDS.items() if any(not each.safe for each in mends)}
    assert {"LBL003", "SET006"} <= unsafe
    table = pa.table({"text": ["one text", "two texts", "three texts"], "label": [0, 0, 1]})
    assert mend(table, "single-class")[0].equals(table)
    assert mend(table, "single-class", ["LBL003"])[0].num_rows == 2


def test_what_was_done_is_told_by_code() -> None:
    table = pa.table({"anchor": ["a b", "a b", "c d"], "positive": ["e f", "e f", "c d"]})
    after, done = mend(table, "pair", ["ROW001", "ROW003"])
    assert after.num_rows == 1
    assert {code: number for (code, _), number in done.dropped.items()} == {"ROW001": 1, "ROW003": 1}
    assert [(each.code, each.rows.num_rows) for each in done.rejects] == [("ROW001", 1), ("ROW003", 1)]
    assert done.to_dict()["dropped"][0]["code"] == "ROW001"


def test_values_are_rewritten_before_rows_are_compared() -> None:
    columns = {"sentence_a": ["a b", "a b"], "sentence_b": ["c d", "c d"], "score": [0.25, 0.75]}
    after, done = mend(pa.table(columns), "pair-score")
    assert after.to_pylist() == [{"sentence_a": "a b", "sentence_b": "c d", "score": 0.5}]
    assert sum(done.rewritten.values()) == 2


# -- lists -------------------------------------------------------------------------------------------------------------


def test_of_a_repeated_document_the_highest_label_stays() -> None:
    table = lists(("q", ["a", "b", "a", "a "], [0, 1, 2, 1]), ("r", ["c", "d"], [1, 0]))
    after, done = mend(table, "labeled-list", ["ROW009"])
    assert after.to_pylist() == [
        {"query": "q", "documents": ["b", "a"], "labels": [1, 2]},
        {"query": "r", "documents": ["c", "d"], "labels": [1, 0]},
    ]
    assert list(done.rewritten.values()) == [1]


def test_a_positive_stays_one_where_it_is_a_negative_as_well() -> None:
    after, _ = mend(lists(("q", ["a", "a", "b"], [0, 1, 0])), "labeled-list", ["ROW004"])
    assert after.to_pylist() == [{"query": "q", "documents": ["a", "b"], "labels": [1, 0]}]


def test_a_negative_that_is_a_positive_elsewhere_goes_and_the_list_stays() -> None:
    table = lists(("q", ["a", "b"], [1, 0]), ("q", ["c", "a", "d"], [1, 0, 0]), ("r", ["e", "a"], [1, 0]))
    after, _ = mend(table, "labeled-list", ["ROW006"])
    assert after["documents"].to_pylist() == [["a", "b"], ["c", "d"], ["e", "a"]]
    assert after["labels"].to_pylist() == [[1, 0], [1, 0], [1, 0]]


def test_a_list_that_loses_all_its_documents_is_left_out() -> None:
    table = lists(("q", ["a", "b"], [1, 0]), ("q", ["a"], [0]))
    assert mend(table, "labeled-list", ["ROW006"])[0].num_rows == 1
    assert mend(lists(("q", ["a"], [-1]), ("r", ["b", "c"], [1, 0])), "labeled-list", ["LBL013"])[0].num_rows == 1


def test_chunks_do_not_matter_to_lists() -> None:
    table = lists(*[(f"q{i}", ["a", "b", "a"], [0, 1, 1]) for i in range(5)])
    cut = pa.concat_tables([table.slice(0, 2), table.slice(2, 0), table.slice(2)])
    assert mend(cut, "labeled-list")[0].to_pylist() == mend(table, "labeled-list")[0].to_pylist()


@given(st.lists(st.tuples(TEXT, st.lists(st.tuples(TEXT, st.sampled_from([-1, 0, 1])), max_size=4)), max_size=6))
def test_mending_lists_twice_changes_nothing_more(rows: list) -> None:
    table = lists(
        *[(query, [t for t, _ in listed], [x for _, x in listed]) for query, listed in rows] or [("q", [], [])]
    )
    once, _ = mend(table, "labeled-list")
    twice, done = mend(once, "labeled-list")
    assert twice.to_pylist() == once.to_pylist()
    assert not done.dropped
    for documents, labels in zip(once["documents"].to_pylist(), once["labels"].to_pylist(), strict=True):
        assert len(documents) == len(labels) == len(set(documents))


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=12))
def test_mended_triplets_contradict_nothing(rows: list) -> None:
    names = ("anchor", "positive", "negative")
    table = pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})
    after = [tuple(row.values()) for row in mend(table, "triplet")[0].to_pylist()]
    known = {(anchor, positive) for anchor, positive, _ in after}
    assert len(set(after)) == len(after)
    assert all(len(set(row)) == 3 for row in after)
    assert not known & {(anchor, negative) for anchor, _, negative in after}
    assert set(after) <= set(rows)


# -- sameness ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(TEXT | st.sampled_from(["", " ", None]), TEXT | st.none()), max_size=12))
def test_texts_get_one_number_exactly_where_they_are_the_same(rows: list) -> None:
    table = pa.table(
        {"a": pa.array([a for a, _ in rows], pa.string()), "b": pa.array([b for _, b in rows], pa.string())}
    )
    found = Alike(table, ["a", "b"]).texts
    texts = [(text or "").strip() for name in ("a", "b") for text in table[name].to_pylist()]
    numbers = [*found["a"].tolist(), *found["b"].tolist()]
    for one, number in zip(texts, numbers, strict=True):
        assert (number == -1) == (one == "")
        assert all((one == other) == (number == own) for other, own in zip(texts, numbers, strict=True))
    pairs = [tuple((text or "").strip() for text in row) for row in rows]
    seen: set = set()
    for mark, pair in zip(repeated(combined(found["a"], found["b"])), pairs, strict=True):
        assert mark == (all(pair) and pair in seen)
        seen.add(pair)


@given(
    st.lists(st.lists(st.sampled_from([0.0, -0.0, 1.0, float("nan")]) | st.none(), max_size=3) | st.none(), max_size=9)
)
def test_lists_of_numbers_get_one_number_exactly_where_they_are_the_same(rows: list) -> None:
    found = values_alike(pa.chunked_array([pa.array(rows, pa.list_(pa.float64()))]))
    plain = [tuple("-" if x is None or x != x else x for x in row or ()) for row in rows]
    for one, number in zip(plain, found, strict=True):
        assert all((one == other) == (number == own) for other, own in zip(plain, found, strict=True))


def test_rows_found_in_others_share_all_their_texts() -> None:
    def texts(*values: str | None) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array(values, pa.string())])

    rows = [texts("a", "a", "b", None, ""), texts("x", "y", "x", "x", "")]
    other = [texts("a", "b", None, ""), texts("x", "y", "x", "")]
    assert found_in(rows, [other]).tolist() == [True, False, False, False, False]
    assert found_in(rows, []).tolist() == [False] * 5


# -- through conversions -----------------------------------------------------------------------------------------------

PAIRS = {
    "anchor": ["where is it", "where is it", "who are you"],
    "positive": ["over there now", "over there now", "a friend"],
}


def test_python_mends_too() -> None:
    assert len(advisor.convert(pa.table(PAIRS), output_format="same", fix="ROW001")) == 2
    assert len(advisor.convert(pa.table(PAIRS), output_format="same", fix="all")) == 2
    assert len(advisor.convert(pa.table(PAIRS), output_format="same")) == 3
    roles = {"anchor": "anchor", "positive": "positive"}
    assert len(convert(pa.table(PAIRS), input_format="pair", output_format="same", columns=roles, fix="ROW001")) == 2


def test_mends_come_after_a_conversion_to_another_format() -> None:
    rows = {"query": ["who are you"] * 3, "document": ["a friend", "nobody", "a friend"], "label": [1, 0, 1]}
    plain = advisor.convert(pa.table(rows), output_format="triplet", format="labeled-pair")
    mended = advisor.convert(pa.table(rows), output_format="triplet", format="labeled-pair", fix="ROW001")
    assert len({tuple(row.values()) for row in plain}) == len(mended)


def test_names_of_classes_outlive_a_mend() -> None:
    rows = {"text": ["a red lamp", "a red lamp", "a blue door", "one green tree"], "label": ["x", "x", "y", "x"]}
    table = pa.table({name: values * 5 for name, values in rows.items()})
    mended = advisor.convert(table, output_format="same", fix=["ROW001"])
    assert mended.features["label"] == datasets.ClassLabel(names=["x", "y"])
    assert len(mended) == 3


def test_the_summary_the_manifest_and_the_rejects_say_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    source, out, rejects = tmp_path / "in.csv", tmp_path / "out.parquet", tmp_path / "left.jsonl"
    source.write_text("question,answer\nwhere is it,over there\nwhere is it,over there\nwho are you,who are you\n")
    command = ["convert", str(source), "--output-format", "same", "--fix", "ROW001,row003", "-o", str(out)]
    assert run([*command, "--rejects", str(rejects)]) == 0
    said = capsys.readouterr().out
    assert "left out 1 rows that repeat an earlier one (ROW001)" in said
    assert "left out 1 rows whose anchor is their positive (ROW003)" in said
    manifest = json.loads((tmp_path / "out.parquet.manifest.json").read_text())
    assert [(each["code"], each["rows"]) for each in manifest["mended"]["dropped"]] == [("ROW001", 1), ("ROW003", 1)]
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(each["row"], each["code"], each["reason"]) for each in kept] == [
        (2, "ROW001", "rows that repeat an earlier one"),
        (3, "ROW003", "rows whose anchor is their positive"),
    ]
    assert [json.loads(each["values"]) for each in kept] == [
        {"anchor": "where is it", "positive": "over there"},
        {"anchor": "who are you", "positive": "who are you"},
    ]
    assert pq.read_table(out).num_rows == 1


def test_a_random_order_is_that_of_the_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    texts = [{"text": f"entry {i} of a diary", "label": "abc"[i // 20]} for i in range(60)]
    source.write_text("".join(json.dumps(row) + "\n" for row in texts))

    def order(*words: str) -> list[str]:
        out = tmp_path / "out.parquet"
        command = ["convert", str(source), "--output-format", "same", "--fix", "SET006", *words]
        assert run([*command, "-o", str(out), "--overwrite"]) == 0
        assert "changes nothing" not in capsys.readouterr().err
        found: list[str] = pq.read_table(out)["text"].to_pylist()
        return found

    first, second = order(), order("--seed", "7")
    assert sorted(first) == sorted(second) == sorted(row["text"] for row in texts)
    assert first != second
    assert (first, second) == (order("--seed", "12"), order("--seed", "7"))
    made = advisor.convert(str(source), output_format="same", fix="SET006", seed=7)
    assert made["text"][:] == second


def test_rows_keep_their_numbers_where_they_are_put_in_another_order(tmp_path: Path) -> None:
    source, left = tmp_path / "in.jsonl", tmp_path / "left.jsonl"
    texts = [{"text": f"entry {i % 55} of a diary", "label": "abc"[i % 55 // 20]} for i in range(60)]
    source.write_text("".join(json.dumps(row) + "\n" for row in texts))
    command = ["convert", str(source), "--output-format", "same", "-o", str(tmp_path / "out.parquet")]
    assert run([*command, "--fix", "SET006,ROW001", "--rejects", str(left)]) == 0
    kept = [json.loads(line) for line in left.read_text().splitlines()]
    assert {each["row"]: json.loads(each["values"])["text"] for each in kept} == {
        56 + i: f"entry {i} of a diary" for i in range(5)
    }


@pytest.mark.parametrize("given", [["--fix"], ["--fix", "all"], ["--fix", "ROW001, row003"]])
def test_fix_without_codes_mends_all_that_is_safe(given: list[str], tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("question,answer\nwhere is it,over there\nwhere is it,over there\nwho are you,who are you\n")
    command = ["--output-format", "same", *given]
    for words in ([str(source), *command, "-o", str(out)], ["-o", str(out), *command, str(source), "--overwrite"]):
        assert run(["convert", *words]) == 0
        assert pq.read_table(out).num_rows == 1
    out.unlink()
    assert run(["convert", str(source), "-o", str(out), *command]) == 0
    assert pq.read_table(out).num_rows == 1


@pytest.mark.parametrize(
    "words", [["--fix", "--fix", "ROW001"], ["--fix", "ROW001", "--fix"], ["--fix", "row003, ALL"]]
)
def test_codes_and_all_together_are_all(words: list[str], tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("question,answer\nwhere is it,over there\nwhere is it,over there\nwho are you,who are you\n")
    assert run(["convert", str(source), "-o", str(out), "--output-format", "same", *words]) == 0
    assert pq.read_table(out).num_rows == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fix", "ROW0001"], "ROW001"),
        (["--fix", "SET001"], "takes no --fix"),
        (["--fix", "ROW003", "--rejects", "nowhere/left.csv"], "nowhere"),
    ],
)
def test_what_cannot_be_mended_is_refused_and_nothing_is_written(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("question,answer\nwhere is it now,over there\nwho are you,a friend of yours\n")
    out = tmp_path / "out.csv"
    assert run(["convert", str(source), "--output-format", "same", "-o", str(out), *arguments]) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert len(error.splitlines()) == 1
    assert not out.exists()


def test_mending_that_leaves_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = tmp_path / "in.csv"
    source.write_text("anchor,positive\nwho are you,who are you\nwhere is it now,where is it now\n")
    out = tmp_path / "out.csv"
    assert (
        run(["convert", str(source), "--output-format", "same", "--fix", "ROW003", "--format", "pair", "-o", str(out)])
        == 2
    )
    assert "2 rows whose anchor is their positive" in capsys.readouterr().err
    assert not out.exists()


def test_a_layout_is_not_mended_before_it_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = tmp_path / "in.jsonl"
    row = {"query": "who are you", "pos": ["a friend of yours"], "neg": ["nobody at all", "nobody at all"]}
    source.write_text(json.dumps(row) + "\n" + json.dumps({**row, "query": "where is it"}) + "\n")
    out = str(tmp_path / "out.parquet")
    assert run(["convert", str(source), "--output-format", "same", "-o", out]) == 2
    assert "layout" in capsys.readouterr().err
    assert run(["convert", str(source), "--output-format", "labeled-list", "--fix", "ROW009", "-o", out]) == 0
    assert pq.read_table(out)["documents"][0].as_py() == ["a friend of yours", "nobody at all"]
