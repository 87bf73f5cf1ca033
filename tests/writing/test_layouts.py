"""What is written for a neighbouring project is read back as its layout, with the same texts, judgements and scores."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor
from converters import InputError, convert
from converters.conversions.running import default_split
from converters.sources import open_source
from converters.writing import LAYOUTS, Shape, deliver

WORDS = st.sampled_from(
    ["lamp", "Tür", "the red car", "naïve", "e\u0301tude", "a\tb", 'quoted "x"', "line\nbreak", "🦊", "0"]
)
TEXTS = st.tuples(WORDS, st.integers(0, 6)).map(lambda pair: f"{pair[0]} {pair[1]}")

Judgements = dict[tuple[str, str], float]


def judgements(source: Any) -> dict[str, Judgements]:
    """What a collection says, by split: the grade of each query and document."""
    corpus = {row["_id"]: row["text"] for row in source.corpus.table().to_pylist()}
    queries = {row["_id"]: row["text"] for row in source.queries.table().to_pylist()}
    assert len(set(corpus.values())) == len(corpus) == source.corpus.table().num_rows
    assert len(set(queries.values())) == len(queries) == source.queries.table().num_rows
    found: dict[str, Judgements] = {}
    for name, split in source.splits.items():
        rows = split.table().to_pylist()
        found[name] = {(queries[row["query-id"]], corpus[row["corpus-id"]]): row["score"] for row in rows}
        assert len(found[name]) == len(rows)
    return found


def best(judged: list[tuple[str, str, float]]) -> Judgements:
    found: Judgements = {}
    for query, document, grade in judged:
        found[query, document] = max(grade, found.get((query, document), grade))
    return found


TUPLES = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=12)


@given(TUPLES, st.integers(1, 3))
def test_a_collection_holds_every_judgement_once(rows: list[tuple[str, ...]], width: int) -> None:
    names = ["anchor", "positive", "negative_1", "negative_2"][: width + 1]
    format = {1: "pair", 2: "triplet", 3: "n-tuple"}[width]
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
    with TemporaryDirectory() as folder:
        deliver(table, f"{folder}/out", format=format, shape=Shape(layout="beir"))
        found = judgements(open_source(f"{folder}/out"))
    wanted = best([(row[0], row[i], float(i == 1)) for row in rows for i in range(1, width + 1)])
    assert found == {"train": wanted}


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(0, 1)), min_size=1, max_size=20))
def test_a_collection_of_labeled_pairs(rows: list[tuple[str, str, int]]) -> None:
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(("anchor", "document", "label"))})
    with TemporaryDirectory() as folder:
        deliver(
            {"train": table, "test": table.slice(0, 1)}, f"{folder}/out", format="labeled-pair", shape=Shape("beir")
        )
        found = judgements(open_source(f"{folder}/out"))
    assert found["train"] == best([(q, d, float(label)) for q, d, label in rows])
    assert found["test"] == best([(q, d, float(label)) for q, d, label in rows[:1]])


LISTS = st.lists(
    st.tuples(TEXTS, st.lists(st.tuples(TEXTS, st.integers(0, 3)), min_size=1, max_size=4)), min_size=1, max_size=8
)


def lists(rows: list[tuple[str, list[tuple[str, int]]]]) -> pa.Table:
    return pa.table(
        {
            "query": [query for query, _ in rows],
            "documents": [[text for text, _ in documents] for _, documents in rows],
            "labels": [[float(label) for _, label in documents] for _, documents in rows],
        }
    )


@given(LISTS)
def test_a_collection_keeps_the_grades_of_lists(rows: list[tuple[str, list[tuple[str, int]]]]) -> None:
    with TemporaryDirectory() as folder:
        deliver(lists(rows), f"{folder}/out", format="labeled-list", shape=Shape("beir"))
        found = judgements(open_source(f"{folder}/out"))
    assert found["train"] == best([(q, text, float(label)) for q, documents in rows for text, label in documents])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12, unique=True))
def test_pairs_come_back_from_every_layout(rows: list[tuple[str, str]]) -> None:
    table = pa.table({"anchor": [each[0] for each in rows], "positive": [each[1] for each in rows]})
    with TemporaryDirectory() as folder:
        for layout, roles in (
            ("beir", None),
            ("flagembedding", {"query": "query", "pos": "positive", "neg": "negative"}),
            ("tevatron", {"query": "query", "positive_passages": "positive", "negative_passages": "negative"}),
        ):
            out = f"{folder}/{layout}"
            deliver(table, out, format="pair", shape=Shape(layout))
            source = open_source(out)
            assert default_split(source) == "train"
            format = "collection" if layout == "beir" else "grouped"
            back = convert(out, input_format=format, columns=roles, output_format="pair")
            assert [(row["anchor"], row["positive"]) for row in back] == rows


@given(TUPLES)
def test_records_have_a_row_for_each_row(rows: list[tuple[str, ...]]) -> None:
    names = ("anchor", "positive", "negative_1", "negative_2")
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
    with TemporaryDirectory() as folder:
        deliver(table, f"{folder}/flag.jsonl", format="n-tuple", shape=Shape("flagembedding"))
        deliver(table, f"{folder}/teva.jsonl.gz", format="n-tuple", shape=Shape("tevatron"))
        flag = [json.loads(line) for line in Path(f"{folder}/flag.jsonl").read_text(encoding="utf-8").splitlines()]
        teva = open_source(f"{folder}/teva.jsonl.gz").splits["train"].table().to_pylist()
    assert flag == [{"query": q, "pos": [p], "neg": [n, m]} for q, p, n, m in rows]
    assert [
        (row["query"], [each["text"] for each in row["positive_passages"] + row["negative_passages"]]) for row in teva
    ] == [(q, [p, n, m]) for q, p, n, m in rows]
    assert len({row["query_id"] for row in teva}) == len({row[0] for row in rows})
    ids = {each["docid"]: each["text"] for row in teva for each in row["positive_passages"] + row["negative_passages"]}
    assert sorted(ids.values()) == sorted({text for row in rows for text in row[1:]})


def test_scores_stand_beside_their_texts(tmp_path: Path) -> None:
    table = pa.table(
        {
            "query": ["q1", "q2"],
            "positive": ["p1", "p2"],
            "negative_1": ["a", "b"],
            "negative_2": ["c", "d"],
            "scores": [[9.0, 1.0, 2.0], [8.0, 3.0, 4.5]],
        }
    )
    deliver(table, tmp_path / "x.jsonl", format="n-tuple-scores", shape=Shape("flagembedding"))
    assert [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()][1] == {
        "query": "q2",
        "pos": ["p2"],
        "neg": ["b", "d"],
        "pos_scores": [8.0],
        "neg_scores": [3.0, 4.5],
    }
    roles = {"query": "query", "pos": "positive", "neg": "negative", "pos_scores": "label", "neg_scores": "label"}
    out = str(tmp_path / "x.jsonl")
    back = convert(out, input_format="grouped", columns=roles, output_format="n-tuple-scores")
    assert back.to_list() == table.to_pylist()


def test_lists_as_records_lose_grades_and_rows_without_a_positive_and_say_so(tmp_path: Path) -> None:
    rows = [("q1", [("a", 2), ("b", 0)]), ("q2", [("c", 0)]), ("q3", [("d", 1), ("", 0)])]
    written = deliver(
        lists(rows), tmp_path / "x.jsonl", format="labeled-list", shape=Shape("flagembedding"), metadata={}
    )
    records = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert records == [{"query": "q1", "pos": ["a"], "neg": ["b"]}, {"query": "q3", "pos": ["d"], "neg": []}]
    assert written.rows == {None: 2}
    assert written.left_out == {
        "grades (there is only positive or negative)": 1,
        "rows without a positive": 1,
        "empty texts": 1,
    }
    assert any("rows without a positive" in line for line in written.notes)
    manifest = json.loads((tmp_path / "x.jsonl.manifest.json").read_text())
    assert manifest["not_in_layout"] == written.left_out
    assert manifest["rows"] == 2


NATURAL = {
    "anchor": [f"where is the {thing}?" for thing in "lamp door car tree boat house river stone".split()],
    "positive": [f"The {thing} stands in the hall." for thing in "lamp door car tree boat house river stone".split()],
    "negative": [f"Nobody has seen {i} of them yet." for i in range(8)],
}


@pytest.mark.parametrize(
    ("layout", "name", "format"),
    [
        ("beir", "out", "collection"),
        ("flagembedding", "out.jsonl", "grouped"),
        ("flagembedding", "out", "grouped"),
        ("tevatron", "out.jsonl.zst", "grouped"),
        ("tevatron", "out.parquet", "grouped"),
    ],
)
def test_the_inspector_knows_the_layout(tmp_path: Path, layout: str, name: str, format: str) -> None:
    table = pa.table(NATURAL)
    deliver(table, tmp_path / name, format="triplet", shape=Shape(layout), metadata={})
    report = advisor.inspect(str(tmp_path / name))
    assert report.format == format
    assert report.rows == (16 if layout == "beir" else 8)
    if layout != "beir":
        assert advisor.convert(str(tmp_path / name), output_format="triplet").to_list() == table.to_pylist()


def test_ids_come_of_the_texts_alone(tmp_path: Path) -> None:
    table = pa.table(NATURAL)
    for name, rows in (("one", table), ("two", table.slice(4))):
        deliver(rows, tmp_path / name, format="triplet", shape=Shape("beir"))
    one, two = (open_source(str(tmp_path / name)).corpus.table().to_pylist() for name in ("one", "two"))  # type: ignore[union-attr]
    assert [row for row in one if row in two] == two
    deliver(table, tmp_path / "again", format="triplet", shape=Shape("beir"))
    for name in ("corpus.jsonl", "queries.jsonl", "qrels/train.tsv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_many_batches_write_each_text_once(tmp_path: Path) -> None:
    anchors = [f"query {i % 70}" for i in range(2000)]
    table = pa.table({"anchor": anchors, "positive": [f"text {i % 333}" for i in range(2000)]})
    batches = table.to_batches(max_chunksize=7)
    deliver(iter(batches), tmp_path / "out", schema=table.schema, format="pair", shape=Shape("beir"))
    found = judgements(open_source(str(tmp_path / "out")))["train"]
    assert found == dict.fromkeys(zip(anchors, table["positive"].to_pylist(), strict=True), 1)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda out: Shape("beer").check(), "unknown layout 'beer': did you mean 'beir'"),
        (lambda out: Shape("tevatron").check("triplet-scores"), "triplet-scores can be written as flagembedding"),
        (lambda out: Shape("beir").check("single-class"), "cannot hold single-class: convert to pair, triplet"),
        (lambda out: deliver(pa.table(NATURAL), out / "x.csv", format="triplet", shape=Shape("tevatron")), "has lists"),
        (lambda out: deliver(pa.table(NATURAL), out / "x.jsonl", format="triplet", shape=Shape("beir")), "is a folder"),
        (lambda out: deliver(pa.table(NATURAL), out / "x", shape=Shape("beir")), "wants to know the format"),
        (lambda out: Shape("beir", files="csv").check(), "has files of its own"),
        (
            lambda out: deliver(
                pa.table({"query": ["q"], "documents": [["d"]], "labels": [[0.5]]}),
                out / "x",
                format="labeled-list",
                shape=Shape("beir"),
            ),
            "whole grades only, and a label is 0.5",
        ),
    ],
)
def test_what_a_layout_refuses(tmp_path: Path, act: Callable[[Path], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        act(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_layout_takes_what_it_says_and_nothing_else() -> None:
    from converters.formats import FORMATS

    for layout, formats in LAYOUTS.items():
        for format in FORMATS:
            if format in formats:
                Shape(layout).check(format)
            else:
                with pytest.raises(InputError, match=f"the layout {layout} cannot hold {format}"):
                    Shape(layout).check(format)
