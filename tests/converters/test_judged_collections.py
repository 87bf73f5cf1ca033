"""Collections whose judgements also say what is not relevant: nothing has to be mined, and they come back whole."""

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import advisor
from advisor.cli import app, run
from converters import InputError, Mining, Selection, convert
from converters.conversions import Options, convert_split, convert_splits, plan
from converters.sources import open_source
from converters.writing import deliver
from converters.writing.shape import Shape

WORDS = "red green blue black white round square tiny huge old new warm cold fast slow loud".split()
DOCUMENTS = [f"the {word} lamp stands in room {i}" for i, word in enumerate(WORDS)]
QUERIES = [f"where is the {word} lamp" for word in WORDS]

Judgement = tuple[int, int, Any]


def collection(
    folder: Path, judged: Iterable[Judgement], documents: list[str] | None = None, queries: list[str] | None = None
) -> str:
    """A collection with the judgements of queries and documents by number."""
    (folder / "qrels").mkdir(parents=True)
    texts = {"corpus": ("d", documents or DOCUMENTS), "queries": ("q", queries or QUERIES)}
    for name, (letter, held) in texts.items():
        lines = [json.dumps({"_id": f"{letter}{i}", "text": text}) + "\n" for i, text in enumerate(held)]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    rows = [f"q{query}\td{document}\t{grade}\n" for query, document, grade in judged]
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), encoding="utf-8")
    return str(folder)


#: Each query has a relevant document, and three that are not: one of them TREC's way.
BOTH = [(i, (i + k) % 16, grade) for i in range(16) for k, grade in enumerate((1, 0, -1, -2))]
GRADED = [(i, (i + k) % 16, max(2 - k, 0)) for i in range(16) for k in range(4)]
POSITIVES = [(i, i, 1) for i in range(16)]
FORMATS = ("labeled-pair", "triplet", "n-tuple", "labeled-list")


def labels(format: str, rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], bool]:
    """Every pair in rows, and whether it belongs together."""
    found: dict[tuple[str, str], bool] = {}
    for row in rows:
        first, *texts = row.values()
        if format == "labeled-pair":
            told = [(texts[0], texts[1] > 0)]
        elif format == "labeled-list":
            told = [(text, label > 0) for text, label in zip(*texts, strict=True)]
        else:
            told = [(text, place == 0) for place, text in enumerate(texts)]
        for text, positive in told:
            found[first.strip(), text.strip()] = positive or found.get((first.strip(), text.strip()), False)
    return found


def told(judged: Iterable[Judgement]) -> dict[tuple[str, str], bool]:
    return {(QUERIES[query], DOCUMENTS[document]): grade > 0 for query, document, grade in judged}


# -- from the judgements alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_mined_where_negatives_are_judged(format: str, tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", BOTH)
    done = convert_split(
        open_source(folder), "train", plan("collection", format), input_format="collection", columns={}
    )
    assert done.mining is None
    assert not done.plan.mines
    assert not done.changes.dropped_rows
    assert labels(format, done.table.to_pylist()) == told(BOTH)


def test_what_comes_of_a_few_judgements(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [(0, 0, 2), (0, 1, 0), (1, 1, 1), (0, 2, -2), (2, 3, 0)])
    a, b, c = QUERIES[:3]
    p, n, m, o = DOCUMENTS[:4]
    rows = {
        "labeled-pair": [(a, p, 1), (a, n, 0), (b, n, 1), (a, m, 0), (c, o, 0)],
        "triplet": [(a, p, n), (a, p, m)],
        "n-tuple": [(a, p, n, m)],
        "labeled-list": [(a, [p, n, m], [2, 0, 0])],
        "pair": [(a, p), (b, n)],
        "pair-score": [(a, p, 1.0), (a, n, 0.0), (b, n, 0.5), (a, m, 0.0), (c, o, 0.0)],
        "triplet-scores": [(a, p, n, [2, 0]), (a, p, m, [2, 0])],
    }
    for format, wanted in rows.items():
        done = convert(folder, input_format="collection", output_format=format)
        assert [tuple(row.values()) for row in done] == wanted


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    documents = [*DOCUMENTS[:3], " "]
    judged = [(0, 0, 1), (0, 1, 0), (1, 1, 1), (0, 3, 0), (0, 9, 1), (2, 0, ""), (3, 0, 0)]
    source = open_source(collection(tmp_path / "c", judged, documents))
    way = plan("collection", "triplet")
    done = convert_split(source, "train", way, input_format="collection", columns={})
    assert done.rows_in == 7
    assert done.changes.dropped_rows == {"unknown id": 1, "empty text": 1, "no grade": 1}
    assert done.left_out == {"anchors without a positive": 1, "anchors without a negative": 1}


@pytest.mark.parametrize("format", ["pair", "labeled-pair", "triplet", "labeled-list", "pair-score"])
@pytest.mark.parametrize("kind", [BOTH, GRADED, POSITIVES], ids=["judged", "graded", "mined"])
def test_judgements_of_an_empty_text_make_no_row_and_are_kept(
    tmp_path: Path, format: str, kind: list[Judgement]
) -> None:
    if format == "pair-score" and kind is not GRADED:
        pytest.skip("yes and no are no scores")
    documents, queries = list(DOCUMENTS), list(QUERIES)
    documents[3], queries[9] = "", " "
    folder = collection(tmp_path / "c", kind, documents, queries)
    out, left = tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    command = ["convert", folder, "--output-format", format, "--no-cache", "-o", str(out), "--rejects", str(left)]
    assert run(command) == 0
    for row in map(json.loads, out.read_text().splitlines()):
        texts = [text for value in row.values() for text in (value if isinstance(value, list) else [value])]
        assert all(text.strip() for text in texts if isinstance(text, str))
    empty = [place for place, (query, document, _) in enumerate(kind, start=1) if query == 9 or document == 3]
    found = [row for row in map(json.loads, left.read_text().splitlines()) if row["reason"] == "empty text"]
    assert [row["row"] for row in found] == empty
    assert all("corpus-id" in json.loads(row["values"]) for row in found)
    manifest = json.loads(out.with_name("out.jsonl.manifest.json").read_text())
    assert manifest["changes"]["dropped_rows"] == {"empty text": len(empty)}


def test_of_several_judgements_the_best_counts(tmp_path: Path) -> None:
    """Two documents of one text are one document."""
    documents = ["one", "other", " one "]
    folder = collection(tmp_path / "c", [(0, 0, 0), (0, 2, 1), (0, 1, 1), (0, 1, -1), (1, 1, 0)], documents)
    done = convert(folder, input_format="collection", output_format="labeled-pair").to_list()
    assert [tuple(row.values()) for row in done] == [
        (QUERIES[0], "one", 1),
        (QUERIES[0], "other", 1),
        (QUERIES[1], "other", 0),
    ]


def test_thresholds_tell_grades_apart(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [(0, 0, 3), (0, 1, 2), (0, 2, 1), (0, 3, 0)])
    triplets = convert(folder, input_format="collection", output_format="triplet", threshold=2, negative_threshold=0)
    assert labels("triplet", triplets) == told([(0, 0, 1), (0, 1, 1), (0, 3, 0)])
    pairs = convert(folder, input_format="collection", output_format="pair", threshold=3)
    assert pairs["positive"] == [DOCUMENTS[0]]
    graded = collection(tmp_path / "graded", [(0, 0, 3), (0, 2, 1)])
    found = convert(graded, input_format="collection", output_format="triplet", threshold=2)
    assert labels("triplet", found) == told([(0, 0, 1), (0, 2, 0)])


def test_yes_and_no_are_no_scores(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", BOTH)
    for format in ("pair-score", "triplet-scores", "n-tuple-margins"):
        with pytest.raises(InputError, match="--teacher"):
            convert(folder, input_format="collection", output_format=format)


def test_grades_that_are_all_relevant_are_scores_of_pairs(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [(0, 0, 4), (1, 1, 2), (2, 2, 1)])
    assert convert(folder, input_format="collection", output_format="pair-score")["score"] == [1.0, 0.5, 0.25]
    with pytest.raises(InputError, match="--teacher"):
        convert(folder, input_format="collection", output_format="triplet-scores")


def test_queries_without_a_relevant_document(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [(0, 0, 0), (1, 1, -1)])
    pairs = convert(folder, input_format="collection", output_format="labeled-pair")
    assert labels("labeled-pair", pairs) == told([(0, 0, 0), (1, 1, 0)])
    for format in ("triplet", "labeled-list"):
        with pytest.raises(InputError, match="2 anchors"):
            convert(folder, input_format="collection", output_format=format)


def test_the_first_split_decides_for_all(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", BOTH)
    (tmp_path / "c" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq0\td5\t1\n", encoding="utf-8")
    source, run = open_source(folder), {"input_format": "collection", "columns": {}, "options": Options()}
    for format, splits in (("labeled-pair", {"train", "test"}), ("triplet", {"train"})):
        done = convert_splits(source, ["train", "test"], plan("collection", format), **run)  # type: ignore[arg-type]
        assert set(done) == splits
        assert not any(part.plan.mines for part in done.values())
        if "test" in done:
            assert labels(format, done["test"].table.to_pylist()) == told([(0, 5, 1)])


# -- mining ------------------------------------------------------------------------------------------------------------

MINING = Mining(selection=Selection(num_negatives=2))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("grades", [(1,), (1, 2, 3)], ids=["binary", "graded"])
def test_a_collection_of_positives_is_mined(format: str, grades: tuple[int, ...], tmp_path: Path) -> None:
    judged = [(i, i, grades[i % len(grades)]) for i in range(16)]
    source = open_source(collection(tmp_path / "c", judged))
    options = Options(mining=MINING)
    way = plan("collection", format)
    done = convert_split(source, "train", way, input_format="collection", columns={}, options=options)
    assert done.plan == way.otherwise
    assert done.mining is not None
    found = labels(format, done.table.to_pylist())
    assert {pair for pair, positive in found.items() if positive} == set(told(judged))
    assert sum(not positive for positive in found.values()) == 32


def test_a_stray_negative_is_no_reason_not_to_mine(tmp_path: Path) -> None:
    judged = [(i, k, 1) for i in range(15) for k in range(i % 3, 16, 2)]
    assert len(judged) > 100
    source = open_source(collection(tmp_path / "c", [*judged, (0, 1, 0)]))
    run = {"input_format": "collection", "columns": {}, "options": Options(mining=MINING)}
    done = convert_split(source, "train", plan("collection", "triplet"), **run)  # type: ignore[arg-type]
    assert done.plan.mines
    assert labels("triplet", done.table.to_pylist()).items() >= told(judged).items()
    enough = open_source(collection(tmp_path / "enough", [*judged, (0, 1, 0), (0, 3, 0)]))
    assert not convert_split(enough, "train", plan("collection", "triplet"), **run).plan.mines  # type: ignore[arg-type]


def test_what_is_not_relevant_may_be_mined_and_is_never_a_positive(tmp_path: Path) -> None:
    """Tuples of two negatives cannot be made of one judged negative each, so they are mined."""
    judged = [(i, (i + k) % 4, 1 - k) for i in range(4) for k in range(2)]
    source = open_source(collection(tmp_path / "c", judged, DOCUMENTS[:4]))
    options = Options(mining=Mining(selection=Selection(num_negatives=3, veto=None)))
    done = convert_split(
        source, "train", plan("collection", "n-tuple"), input_format="collection", columns={}, options=options
    )
    assert done.plan.mines
    found = labels("n-tuple", done.table.to_pylist())
    assert found.items() >= told(judged).items()
    assert len(found) == 16


def test_what_lies_between_the_thresholds_is_not_mined(tmp_path: Path) -> None:
    """Tuples of two negatives cannot be made of none and one, so they are mined, among what is left."""
    judged = [(0, 0, 3), (0, 1, 2), (0, 2, 0), (1, 1, 3)]
    source = open_source(collection(tmp_path / "c", judged, DOCUMENTS[:5]))
    mining = Mining(selection=Selection(num_negatives=3, veto=None))
    options = Options(mining=mining, threshold=3, negative_threshold=0)
    done = convert_split(
        source, "train", plan("collection", "n-tuple"), input_format="collection", columns={}, options=options
    )
    assert done.plan.mines
    found = labels("n-tuple", done.table.to_pylist())
    assert {text for (query, text), positive in found.items() if query == QUERIES[0] and not positive} == {
        DOCUMENTS[2],
        DOCUMENTS[3],
        DOCUMENTS[4],
    }
    assert sum(found.values()) == 2


def test_the_miner_says_why_it_refuses(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", POSITIVES[:2], DOCUMENTS[:2])
    with pytest.raises(InputError, match="the corpus is too small"):
        convert(folder, input_format="collection", output_format="triplet", mining=Mining())
    with pytest.raises(InputError, match="a corpus of its own"):
        convert(folder, input_format="collection", output_format="triplet", mining=Mining(corpus=["x"]))


# -- what is announced -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("judged", [BOTH, POSITIVES, GRADED])
def test_offers_and_dry_runs_say_what_will_be(judged: list[Judgement], tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", judged)
    offers = {offer.output_format: offer for offer in advisor.inspect(folder).conversions}
    assert set(offers) >= {"pair", *FORMATS}
    assert ("pair-score" in offers) == ("triplet-scores" in offers) == (len({max(each[2], 0) for each in judged}) > 2)
    for format, offer in offers.items():
        source = open_source(folder)
        done = convert_split(source, "train", plan("collection", format), input_format="collection", columns={})
        assert offer.needs_mining == done.plan.mines == (judged is POSITIVES and format != "pair")
        assert offer.rows_out is not None
        if done.plan.mines:
            assert 0 < done.table.num_rows <= offer.rows_out
        else:
            assert done.table.num_rows == offer.rows_out
        shown = CliRunner().invoke(app, ["convert", folder, "--output-format", format, "--dry-run", "--json"])
        assert shown.exit_code == 0
        assert json.loads(shown.stdout)["rows_out"] == offer.rows_out


def test_the_command_says_why_it_mines(tmp_path: Path) -> None:
    for name, judged, mines in (("both", BOTH, False), ("positives", POSITIVES, True)):
        folder, out = collection(tmp_path / name, judged), str(tmp_path / f"{name}.jsonl")
        done = CliRunner().invoke(app, ["convert", folder, "--output-format", "labeled-pair", "-o", out])
        assert done.exit_code == 0
        assert ("so they are mined" in done.stderr) == mines
        assert ("grade 0" in done.stdout) is False


# -- there and back ----------------------------------------------------------------------------------------------------

#: Few texts, so that they repeat; a query may be a document, and white space around a text makes no difference.
TEXTS = st.sampled_from(["a", "b", "c d", " a", "日本語", 'quo"ted\ttab'])
EXAMPLES = max(20, (settings.default.max_examples if settings.default else 100) // 2)


def there_and_back(table: pa.Table, format: str) -> tuple[dict[tuple[str, str], bool], dict[tuple[str, str], bool]]:
    """What rows say of pairs, and what they say when they come back out of a collection."""
    with TemporaryDirectory() as folder:
        deliver(table, f"{folder}/out", format=format, shape=Shape("beir"))
        source = open_source(f"{folder}/out")
        done = convert_split(source, "train", plan("collection", format), input_format="collection", columns={})
    assert not done.plan.mines
    return labels(format, table.to_pylist()), labels(format, done.table.to_pylist())


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(0, 1)), min_size=1, max_size=20))
def test_labeled_pairs_come_back(rows: list[tuple[str, str, int]]) -> None:
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(("anchor", "document", "label"))})
    if all(labels("labeled-pair", table.to_pylist()).values()):
        return
    before, after = there_and_back(table, "labeled-pair")
    assert after == before


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=8))
def test_triplets_come_back(rows: list[tuple[str, str, str]]) -> None:
    """All that was said of a query comes back where it keeps a negative, which is no positive of it elsewhere."""
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(("anchor", "positive", "negative"))})
    told = labels("triplet", table.to_pylist())
    usable = {query for (query, _), positive in told.items() if not positive}
    if not usable:
        return
    before, after = there_and_back(table, "triplet")
    assert after == {pair: positive for pair, positive in before.items() if pair[0] in usable}


@settings(max_examples=EXAMPLES)
@given(
    st.lists(
        st.tuples(TEXTS, st.lists(st.tuples(TEXTS, st.integers(-1, 3)), min_size=1, max_size=5)), min_size=1, max_size=6
    )
)
def test_lists_come_back(rows: list[tuple[str, list[tuple[str, int]]]]) -> None:
    """All that was said of a query comes back where there is something to rank."""
    table = pa.table(
        {
            "query": [query for query, _ in rows],
            "documents": [[text for text, _ in documents] for _, documents in rows],
            "labels": [[float(label) for _, label in documents] for _, documents in rows],
        }
    )
    grades: dict[str, dict[str, float]] = {}
    for query, documents in rows:
        known = grades.setdefault(query.strip(), {})
        for text, label in documents:
            known[text.strip()] = max(label, 0, known.get(text.strip(), 0))
    usable = {query for query, known in grades.items() if len(set(known.values())) > 1}
    if not usable or not any(0 in known.values() for known in grades.values()):
        return
    before, after = there_and_back(table, "labeled-list")
    assert after == {pair: positive for pair, positive in before.items() if pair[0] in usable}


@pytest.mark.parametrize("format", FORMATS)
def test_who_asks_for_it_gets_mined_negatives_in_any_case(format: str, tmp_path: Path) -> None:
    path = collection(tmp_path / "data", BOTH)
    out = tmp_path / "out.jsonl"
    command = ["convert", path, "--output-format", format, "--mine", "--num-negatives", "5", "--veto", "none"]
    assert run([*command, "--dry-run"]) == 0
    assert not out.exists()
    assert run([*command, "--no-cache", "-o", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    found = labels(format, rows)
    assert {(QUERIES[i], DOCUMENTS[i]) for i in range(16)} == {pair for pair, positive in found.items() if positive}
    judged = {(QUERIES[query], DOCUMENTS[document]) for query, document, grade in BOTH if grade < 1}
    assert {pair for pair, positive in found.items() if not positive} - judged  # what nobody judged
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert manifest["mine"] is True
    assert any("mines hard negatives in the corpus" in step for step in manifest["steps"])
    again = tmp_path / "again.jsonl"
    repeated = ["convert", path, "--from-manifest", str(tmp_path / "out.jsonl.manifest.json"), "-o", str(again)]
    assert run(repeated) == 0
    assert again.read_bytes() == out.read_bytes()


def test_the_plan_says_that_it_mines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = collection(tmp_path / "data", BOTH)
    for options, mines in (([], False), (["--mine"], True)):
        assert run(["convert", path, "--output-format", "triplet", "--dry-run", *options]) == 0
        assert ("mines hard negatives in the corpus" in capsys.readouterr().out) is mines


def test_negatives_of_labeled_pairs_can_be_mined_anew() -> None:
    rows = [
        {"anchor": QUERIES[i], "document": DOCUMENTS[j], "label": int(i == j)} for i in range(16) for j in (i, i - 1)
    ]
    mining = Mining(selection=Selection(num_negatives=4))
    found = advisor.convert(rows, output_format="triplet", mine=True, mining=mining)
    assert len(found) > 16
    assert {(row["anchor"], row["positive"]) for row in found} == set(zip(QUERIES, DOCUMENTS, strict=True))
    assert len(advisor.convert(rows, output_format="triplet")) == 16


def test_what_cannot_be_mined_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = collection(tmp_path / "data", GRADED)
    assert run(["convert", path, "--output-format", "pair-score", "--mine", "--dry-run"]) == 2
    assert "leave out mine (--mine)" in capsys.readouterr().err
    pairs = tmp_path / "texts.csv"
    pairs.write_text("text\n" + "\n".join(DOCUMENTS))
    assert run(["convert", str(pairs), "--output-format", "identical-pair", "--mine", "--dry-run"]) == 2
    assert "nothing can be mined" in capsys.readouterr().err
