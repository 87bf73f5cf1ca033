"""What is wrong with columns, with a set as a whole, beside other splits, and in collections is found and mended."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.cli import run
from tests.advisor.troubles import (
    OTHERS,
    QUERIES,
    ROWS,
    TEXTS,
    THIRDS,
    Trouble,
    check_found,
    check_mended,
    check_sound,
    findings,
    mended,
)

PAIRS = {"anchor": QUERIES, "positive": OTHERS}
SINGLE = {"text": TEXTS}
CLASSES = ["ham", "spam", "egg"]
SCORES = [i * 37 % ROWS / ROWS for i in range(ROWS)]

TROUBLES = [
    Trouble(
        "SET007",
        {"query": QUERIES, "document": OTHERS, "split": ["train", "train", "test"] * 40},
        40,
        {"query": QUERIES, "document": OTHERS, "genre": ["trains", "ships", "tests"] * 40},
        None,
        "warning",
        "40 in 'test'",
    ),
    Trouble("COL002", {"positive": OTHERS, "anchor": QUERIES}, None, PAIRS, 0, "error"),
    Trouble("COL003", {**SINGLE, "topic": CLASSES * 40}, None, {**SINGLE, "label": CLASSES * 40}, 0),
    Trouble("COL004", {**PAIRS, "url": [f"https://boats.org/{i}" for i in range(ROWS)]}, None, PAIRS, 0),
    Trouble(
        "COL005",
        {**SINGLE, "label": CLASSES * 40, "sentiment": ["good", "bad"] * 60},
        None,
        {**SINGLE, "label": CLASSES * 40, "url": [f"https://boats.org/{i}" for i in range(ROWS)]},
        None,
        "info",
        "'sentiment'",
    ),
    Trouble("COL006", {**PAIRS, "source": ["ferries"] * ROWS}, None, PAIRS, 0, "info", "same value"),
    Trouble("COL006", {**PAIRS, "note": [None] * ROWS}, None, PAIRS, 0, "info", "no value"),
    Trouble(
        "SET001",
        {name: values[:20] for name, values in PAIRS.items()},
        20,
        PAIRS,
    ),
    Trouble(
        "SET006",
        {**SINGLE, "label": sorted(CLASSES * 40)},
        None,
        {**SINGLE, "label": CLASSES * 40},
        0,
        "info",
    ),
    Trouble(
        "SET006",
        {"query": QUERIES, "document": OTHERS, "label": [1] * 60 + [0] * 60},
        None,
        {"query": QUERIES, "document": OTHERS, "label": [0, 1] * 60},
        0,
        "info",
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_it_is_found(trouble: Trouble) -> None:
    check_found(trouble)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_the_twin_without_it_is_sound(trouble: Trouble) -> None:
    check_sound(trouble)


@pytest.mark.parametrize("trouble", [each for each in TROUBLES if each.lost is not None], ids=str)
def test_the_command_mends_it(trouble: Trouble, tmp_path: Path) -> None:
    check_mended(trouble, tmp_path)


# -- columns ---------------------------------------------------------------------------------------------------------


def test_another_label_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({**SINGLE, "label": CLASSES * 40, "sentiment": ["good", "bad"] * 60}), path)
    (found,) = findings(str(path), "COL005")
    assert run([*shlex.split(found.fix)[1:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["label"]["column"] == "sentiment"


def test_data_without_a_header_gets_names(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("".join(f"{one},{other}\n" for one, other in zip(QUERIES, OTHERS, strict=True)))
    (found,) = findings(str(path), "COL001")
    out = mended(found.fix, tmp_path)
    assert findings(str(out), "COL001") == []
    assert pq.read_table(out).num_rows == ROWS


def test_a_layout_has_no_order_that_trainers_want() -> None:
    grouped = {"pos": [[text] for text in OTHERS], "neg": [[text] for text in THIRDS], "query": QUERIES}
    assert findings(pa.table(grouped), "COL002") == []


# -- what the user said ------------------------------------------------------------------------------------------------


def test_commands_say_again_what_the_user_said(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("".join(f"{one};{other}\n" for one, other in zip(QUERIES, OTHERS, strict=True)))
    report = advisor.inspect(str(path), delimiter=";", has_header=False, columns={"column_2": "anchor"})
    (found,) = [each for each in report.findings if each.code == "COL002"]
    for option in ("--delimiter ';'", "--no-header", "--column column_2=anchor"):
        assert option in found.fix
    assert pq.read_table(mended(found.fix, tmp_path))["anchor"].to_pylist() == OTHERS


def test_commands_name_the_split_that_was_inspected(tmp_path: Path) -> None:
    splits(tmp_path / "data", validation=PAIRS, test={"anchor": TEXTS[:50], "positive": THIRDS[:50]})
    report = advisor.inspect(str(tmp_path / "data"), columns={"positive": "anchor"})
    (found,) = [each for each in report.findings if each.code == "COL002"]
    assert pq.read_table(mended(found.fix, tmp_path))["anchor"].to_pylist() == OTHERS


# -- splits ------------------------------------------------------------------------------------------------------------


def splits(folder: Path, **tables: Mapping[str, Any]) -> Path:
    """A folder with a file for each split."""
    folder.mkdir()
    for name, columns in tables.items():
        pq.write_table(pa.table(dict(columns)), folder / f"{name}.parquet")
    return folder


def test_rows_of_another_split_are_found_and_left_out_of_train(tmp_path: Path) -> None:
    test = {"anchor": [*QUERIES[:7], *TEXTS[:30]], "positive": [*THIRDS[:7], *THIRDS[:30]]}
    folder = splits(tmp_path / "data", train=PAIRS, test=test)
    (found,) = findings(str(folder), "SET002")
    assert (found.rows, found.severity) == (7, "error")
    assert "'test'" in found.message
    after = pq.read_table(mended(found.fix, tmp_path))
    assert after["anchor"].to_pylist() == QUERIES[7:]


def test_a_sentence_that_two_splits_share_is_no_leak_where_pairs_are_compared(tmp_path: Path) -> None:
    train = {"sentence1": TEXTS, "sentence2": OTHERS, "score": SCORES}
    shared = {"sentence1": TEXTS[:60], "sentence2": THIRDS[:60], "score": SCORES[:60]}
    folder = splits(tmp_path / "data", train=train, test=shared)
    assert findings(str(folder), "SET002") == []
    leaking = {**shared, "sentence2": [OTHERS[0], *THIRDS[1:60]]}
    (found,) = findings(str(splits(tmp_path / "more", train=train, test=leaking)), "SET002")
    assert found.rows == 1
    assert pq.read_table(mended(found.fix, tmp_path)).num_rows == ROWS - 1


def test_a_split_of_its_own_is_no_leak(tmp_path: Path) -> None:
    folder = splits(tmp_path / "data", train=PAIRS, test={"anchor": TEXTS, "positive": THIRDS})
    assert findings(str(folder), "SET002") == []
    assert findings(str(folder), "SET005") == []


def test_splits_that_lack_a_column(tmp_path: Path) -> None:
    train = {**SINGLE, "label": CLASSES * 40}
    folder = splits(tmp_path / "data", train=train, test={"text": THIRDS})
    (found,) = findings(str(folder), "SET005")
    assert "lacks the column 'label'" in found.message


def test_splits_with_labels_that_train_lacks(tmp_path: Path) -> None:
    train = {**SINGLE, "label": CLASSES * 40}
    folder = splits(tmp_path / "data", train=train, test={"text": THIRDS, "label": ["jam", "ham"] * 60})
    (found,) = findings(str(folder), "SET005")
    assert found.rows == 60
    assert "'jam'" in found.message
    same = splits(tmp_path / "same", train=train, test={"text": THIRDS, "label": CLASSES * 40})
    assert findings(str(same), "SET005") == []


# -- files -------------------------------------------------------------------------------------------------------------


def test_headers_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    rows = [f"{one},{other}" for one, other in zip(QUERIES, OTHERS, strict=True)]
    path.write_text("\n".join(["question,answer", *rows[:50], "question,answer", *rows[50:], ""]))
    (found,) = findings(str(path), "SET003")
    assert found.rows == 1
    out = mended(found.fix, tmp_path)
    assert findings(str(out), "SET003") == []
    assert pq.read_table(out).num_rows == ROWS
    path.write_text("\n".join(["question,answer", *rows, ""]))
    assert findings(str(path), "SET003") == []


def test_an_encoding_that_was_guessed(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    rows = [f"Où est le café numéro {i} ?,Près de la gare à gauche {i}" for i in range(ROWS)]
    text = "\n".join(["question,answer", *rows, ""])
    path.write_bytes(text.encode("cp1252"))
    (found,) = findings(str(path), "SET004")
    assert found.severity == "info"
    assert "--encoding" in found.message
    out = mended(found.fix, tmp_path)
    assert findings(str(out), "SET004") == []
    assert pq.read_table(out)["anchor"][0].as_py() == "Où est le café numéro 0 ?"
    assert findings(str(path), "SET004", encoding="cp1252") == []
    path.write_text(text, encoding="utf-8")
    assert findings(str(path), "SET004") == []


# -- collections -------------------------------------------------------------------------------------------------------


def collection(folder: Path, judgements: list[tuple[str, str, int]], twice: bool = False) -> str:
    """A folder in the layout of BEIR with 20 documents and 10 queries."""
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": f"d{i}", "title": "", "text": OTHERS[i]} for i in range(20)]
    documents += [{"_id": "d3", "title": "", "text": "Another text with an id that is taken."}] if twice else []
    queries = [{"_id": f"q{i}", "text": QUERIES[i]} for i in range(10)]
    for name, entries in (("corpus", documents), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in entries))
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, each)) for each in judgements), ""]
    (folder / "qrels" / "train.tsv").write_text("\n".join(lines))
    return str(folder)


JUDGED = [(f"q{i}", f"d{2 * i}", 1) for i in range(10)]


def test_a_sound_collection_has_no_such_findings(tmp_path: Path) -> None:
    codes = {each.code for each in advisor.inspect(collection(tmp_path / "data", JUDGED)).findings}
    assert not any(code.startswith("REF") for code in codes)


def test_judgements_of_what_is_not_there(tmp_path: Path) -> None:
    (found,) = findings(collection(tmp_path / "data", [*JUDGED, ("q1", "d99", 1)]), "REF001")
    assert found.rows == 1
    assert found.examples == ("'d99'",)


def test_an_id_that_two_documents_have(tmp_path: Path) -> None:
    (found,) = findings(collection(tmp_path / "data", JUDGED, twice=True), "REF002")
    assert found.rows == 1
    assert found.examples == ("'d3'",)


def test_judgements_without_their_texts_convert_to_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text("\n".join(["query-id\tcorpus-id\tscore", *(f"q{i % 9}\td{i}\t{i % 2}" for i in range(90)), ""]))
    report = advisor.inspect(str(path))
    (found,) = [each for each in report.findings if each.code == "REF003"]
    assert found.severity == "error"
    assert "corpus.jsonl" in found.fix
    assert report.conversions == ()
    assert run(["convert", str(path), "--output-format", "pair", "-o", str(tmp_path / "out.csv")]) == 2
    assert "corpus.jsonl" in capsys.readouterr().err


def test_judged_queries_without_a_relevant_document(tmp_path: Path) -> None:
    (found,) = findings(collection(tmp_path / "data", [*JUDGED[1:], ("q0", "d1", 0), ("q0", "d2", 0)]), "REF004")
    assert found.rows == 2
    assert found.examples == ("'q0'",)
