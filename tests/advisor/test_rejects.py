"""Every row that a conversion leaves out can be kept, with its number and the reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import converters.piles
from advisor.cli import run
from converters.sources import open_source

ROWS = 60
COLUMNS = {
    "question": [f"When does ferry {i} leave the harbour?" for i in range(ROWS)],
    "answer": [f"It leaves at {i} minutes past noon, from pier {i % 7}." for i in range(ROWS)],
}


def convert(folder: Path, columns: dict, *options: str) -> pa.Table:
    path, out = folder / "data.parquet", folder / "out.parquet"
    pq.write_table(pa.table(columns), path)
    rejects = ["--rejects", str(folder / "left.parquet")]
    assert run(["convert", str(path), "--output-format", "same", "-o", str(out), *rejects, *options]) == 0
    return pq.read_table(out)


def test_rows_without_a_text_or_a_label_and_rows_that_repeat(tmp_path: Path) -> None:
    columns = {name: list(values) for name, values in COLUMNS.items()}
    columns["answer"][3] = " "
    columns["score"] = [str(i / ROWS) if i != 5 else "NULL" for i in range(ROWS)]
    for name in columns:
        columns[name][9] = columns[name][8]
    kept = convert(tmp_path, columns, "--fix", "ROW001")
    left = pq.read_table(tmp_path / "left.parquet")
    assert kept.num_rows == ROWS - 3
    assert left.column_names == ["split", "row", "line", "code", "reason", "values"]
    found = {row["row"]: (row["code"], row["reason"]) for row in left.to_pylist()}
    assert found == {4: (None, "empty text"), 6: (None, "no label"), 10: ("ROW001", "rows that repeat an earlier one")}
    assert set(left["split"].to_pylist()) == {"train"}
    originals = {row["row"]: json.loads(row["values"]) for row in left.to_pylist() if row["code"] is None}
    assert originals == {n: {name: columns[name][n - 1] for name in columns} for n in (4, 6)}
    assert left.num_rows + kept.num_rows == ROWS


def test_nothing_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, COLUMNS).num_rows == ROWS
    assert not (tmp_path / "left.parquet").exists()
    said = capsys.readouterr().err
    assert "no row was left out, so there is nothing to write to --rejects\n" in said


@pytest.mark.parametrize("name", ["left.parquet", "left.csv.gz", "left"])
def test_nothing_of_an_earlier_run_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What is kept tells of the rows beside it, so it goes where nothing is left out any more."""
    path, left = tmp_path / "data.parquet", tmp_path / name
    command = ["convert", str(path), "--output-format", "same", "-o", str(tmp_path / "out.csv"), "--rejects", str(left)]
    answers = ["", *COLUMNS["answer"][1:]]
    pq.write_table(pa.table({**COLUMNS, "answer": answers}), path)
    assert run([*command, "--dry-run"]) == 0
    assert run(command) == 0
    assert open_source(str(left)).splits["train"].rows == 1
    before = sorted(tmp_path.iterdir())
    pq.write_table(pa.table(COLUMNS), path)
    assert run([*command, "--overwrite", "--dry-run"]) == 0
    assert run([*command, "--output-format", "pair-score", "--overwrite"]) == 2
    assert sorted(tmp_path.iterdir()) == before
    capsys.readouterr()
    assert run([*command, "--overwrite"]) == 0
    assert "nothing to write to --rejects, and what stood there is removed" in capsys.readouterr().err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data.parquet", "out.csv", "out.csv.manifest.json"]
    (tmp_path / "left.parquet.manifest.json").write_text("{}")
    (tmp_path / "out.csv").unlink()
    assert run([*command[:-1], str(tmp_path / "left.parquet"), "--overwrite"]) == 0
    assert not (tmp_path / "left.parquet.manifest.json").exists()


def test_a_dry_run_says_what_mending_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = {name: [*values, values[0], values[1]] for name, values in COLUMNS.items()}
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(columns), path)
    assert run(["convert", str(path), "--output-format", "same", "--fix", "ROW001", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert f"{ROWS + 2} rows in, {ROWS} out" in shown
    assert "left out 2 rows that repeat an earlier one (ROW001)" in shown
    assert [each.name for each in tmp_path.iterdir()] == ["data.parquet"]


def rejected(path: Path) -> list[dict]:
    return [
        json.loads(line) | {"values": json.loads(json.loads(line)["values"])} for line in path.read_text().splitlines()
    ]


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_numbers_are_those_of_the_data_however_many_rows_went_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 7)
    columns = {name: list(values) for name, values in COLUMNS.items()}
    empty, repeats = [0, 1, 12, 30, 31, 59], {5: 2, 29: 28, 33: 32, 58: 3}
    for place in empty:
        columns["answer"][place] = ""
    for place, of in repeats.items():
        for values in columns.values():
            values[place] = values[of]
    path, out, left = tmp_path / "data.parquet", tmp_path / "out.parquet", tmp_path / "left.jsonl"
    pq.write_table(pa.table(columns), path)
    command = ["convert", str(path), "--output-format", "same", "-o", str(out), "--rejects", str(left)]
    assert run([*command, "--fix", "ROW001"]) == 0
    found = rejected(left)
    assert sorted(row["row"] for row in found if row["code"] is None) == [place + 1 for place in empty]
    assert sorted(row["row"] for row in found if row["code"] == "ROW001") == [place + 1 for place in repeats]
    for row in found:
        if row["code"] == "ROW001":
            assert row["values"]["anchor"] == columns["question"][row["row"] - 1]
    assert pq.read_table(out).column_names == ["anchor", "positive"]


def test_rows_of_layouts_and_of_several_splits(tmp_path: Path) -> None:
    folder, out, left = tmp_path / "data", tmp_path / "out", tmp_path / "left.jsonl"
    folder.mkdir()
    for split in ("train", "test"):
        rows = [
            {"query": question, "pos": [{"text": answer}], "neg": [{"text": f"{split} nothing {i}"}]}
            for i, (question, answer) in enumerate(zip(*COLUMNS.values(), strict=True))
        ]
        rows[4]["pos"] = []
        rows[7 if split == "test" else 9]["query"] = " "
        (folder / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = ["convert", str(folder), "--output-format", "triplet", "-o", str(out), "--rejects", str(left)]
    assert run(command) == 0
    found = {(row["split"], row["row"]): row for row in rejected(left)}
    assert set(found) == {("train", 5), ("train", 10), ("test", 5), ("test", 8)}
    assert found["train", 5]["reason"] == "anchors without a positive"
    assert found["test", 8]["values"]["neg"] == [{"text": "test nothing 7"}]


def test_questions_carry_the_number_of_their_context(tmp_path: Path) -> None:
    path, out, left = tmp_path / "contexts.jsonl", tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    rows = [
        {
            "context": answer,
            "qas": [
                {"question": question, "answers": [answer] if i % 20 else []},
                {"question": "who?", "answers": ["x"]},
            ],
        }
        for i, (question, answer) in enumerate(zip(*COLUMNS.values(), strict=True))
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert run(["convert", str(path), "--output-format", "pair", "-o", str(out), "--rejects", str(left)]) == 0
    assert [(row["row"], row["reason"]) for row in rejected(left)] == [(n, "no answer") for n in (1, 21, 41)]


TORN = {
    "data.jsonl": ('{"question": "When?", "ans', "is not JSON"),
    "data.csv": ("When?,now,\x01then", "3 cells where the first row has 2"),
}


@pytest.mark.parametrize("name", TORN)
def test_lines_that_no_reader_makes_a_row_of(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    torn, why = TORN[name]
    pairs = list(zip(*COLUMNS.values(), strict=True))
    if name.endswith("csv"):
        lines = ["question,answer", *(f'{question},"{answer}"' for question, answer in pairs)]
    else:
        lines = [json.dumps({"question": question, "answer": answer}) for question, answer in pairs]
    lines[20:20] = [torn]
    lines[33:33] = [torn + "x" * 5000]
    path, out, left = tmp_path / name, tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    path.write_text("\n".join(lines))
    command = ["convert", str(path), "--output-format", "same", "-o", str(out), "--rejects", str(left)]
    assert run(command) == 2
    err = capsys.readouterr().err
    assert "line 21" in err
    assert why in err
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert run([*command, "--on-error", "skip", "--dry-run"]) == 0
    planned = capsys.readouterr().out
    assert f"{ROWS + 2} rows in, {ROWS} out" in planned
    assert "left out 2 rows: a line that cannot be read" in planned
    assert run([*command, "--on-error", "skip", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"]["dropped_rows"] == {"a line that cannot be read": 2}
    assert (told["rows_in"], told["rows_out"]) == (ROWS + 2, ROWS)
    found = rejected(left)
    assert [(row["line"], row["row"], row["values"]) for row in found] == [
        (21, None, torn),
        (34, None, (torn + "x" * 5000)[:1000]),
    ]
    assert all(why in row["reason"] for row in found)
    assert "\x01" not in left.read_text()
    assert [json.loads(line)["anchor"] for line in out.read_text().splitlines()] == COLUMNS["question"]


def test_a_file_of_which_most_lines_cannot_be_read_is_another_kind_of_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"a": "b", "c": "d"}\n' + "a text, and no JSON\n" * 3)
    command = ["convert", str(path), "--output-format", "pair", "-o", str(tmp_path / "out.jsonl")]
    assert run([*command, "--on-error", "skip"]) == 2
    err = capsys.readouterr().err
    assert "3 of 4 lines cannot be read" in err
    assert "line 2" in err


@pytest.mark.parametrize("target", ["triplet", "n-tuple"])
def test_anchors_that_found_too_few_negatives(tmp_path: Path, target: str) -> None:
    path, out, left = tmp_path / "data.parquet", tmp_path / "out.parquet", tmp_path / "left.jsonl"
    pq.write_table(pa.table(COLUMNS), path)
    command = ["convert", str(path), "--output-format", target, "-o", str(out), "--rejects", str(left), "--no-cache"]
    assert run([*command, "--min-score", "0.01", "--veto", "none", "--num-negatives", "4"]) == 0
    found = rejected(left)
    none, few = "no negative passed the filters", {f"{n} of 4 negatives passed the filters" for n in (1, 2, 3)}
    assert {row["reason"] for row in found} <= {none} | (few if target == "n-tuple" else set())
    assert {(row["split"], row["row"], row["code"]) for row in found} == {("train", None, None)}
    mined = set(pq.read_table(out)["anchor"].to_pylist())
    answers = dict(zip(*COLUMNS.values(), strict=True))
    lost = {row["values"]["anchor"]: row["values"]["positive"] for row in found}
    assert lost == {anchor: answers[anchor] for anchor in set(answers) - mined}
    assert 0 < len(lost) == len(found) < ROWS


def test_a_quote_that_swallows_lines_stops_in_any_case_and_one_in_a_line_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [f'{question},"{answer}"' for question, answer in zip(*COLUMNS.values(), strict=True)]
    path, out, left = tmp_path / "data.csv", tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    command = ["convert", str(path), "--output-format", "same", "-o", str(out), "--rejects", str(left)]
    path.write_text("\n".join(["question,answer", *pairs[:9], '"never closed,x', "who,me", "why,not"]))
    assert run([*command, "--on-error", "skip"]) == 2
    assert "line 11: a quote is opened and never closed" in capsys.readouterr().err
    assert not out.exists()
    path.write_text("\n".join(["question,answer", *pairs[:9], 'a pipe of 5",x,y', '"of two\nlines",x,y', *pairs[9:]]))
    assert run([*command, "--on-error", "skip"]) == 0
    found = rejected(left)
    assert [(row["line"], row["values"]) for row in found] == [(11, 'a pipe of 5",x,y'), (12, '"of two\nlines",x,y')]
    assert "lines 12 to 13" in found[1]["reason"]
    assert len(out.read_text().splitlines()) == ROWS


def test_records_in_records_in_records(tmp_path: Path) -> None:
    path, out = tmp_path / "data.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"a": {"b": {"c": {"d": {"question": question}}}}, "answer": answer}
        for question, answer in zip(*COLUMNS.values(), strict=True)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert run(["convert", str(path), "--output-format", "pair", "-o", str(out)]) == 0
    assert [json.loads(line)["anchor"] for line in out.read_text().splitlines()] == COLUMNS["question"]


def test_judgements_whose_texts_are_not_there(tmp_path: Path) -> None:
    folder, out, left = tmp_path / "collection", tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    (folder / "qrels").mkdir(parents=True)
    for name, letter, texts in (("queries", "q", COLUMNS["question"]), ("corpus", "d", COLUMNS["answer"])):
        lines = [json.dumps({"_id": f"{letter}{i}", "text": text}) for i, text in enumerate(texts)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    judged = [f"q{i}\td{i if i != 7 else 999}\t{'nan' if i == 9 else 1}" for i in range(20)]
    (folder / "qrels" / "train.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *judged]))
    assert run(["convert", str(folder), "--output-format", "pair", "-o", str(out), "--rejects", str(left)]) == 0
    found = rejected(left)
    assert [(row["row"], row["reason"]) for row in found] == [(8, "unknown id"), (10, "no grade")]
    assert found[0]["values"]["corpus-id"] == "d999"
    assert len(out.read_text().splitlines()) == 18


CLASSES = ["entailment", "neutral", "contradiction"]
JUDGED: dict[str, dict[str, list]] = {
    "labeled": {"label": [int(i % 4 == 0) for i in range(ROWS)]},
    "scored": {"score": [round(i * 7 % 11 / 10, 1) for i in range(ROWS)]},
    "classed": {"label": [CLASSES[i % 3] for i in range(ROWS)]},
    "graded": {"grade": [i % 4 for i in range(ROWS)]},
}


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize(
    ("kind", "target", "options", "stays"),
    [
        ("labeled", "pair", [], lambda label: label == 1),
        ("scored", "pair", ["--threshold", "0.7"], lambda score: score >= 0.7),
        ("scored", "labeled-pair", ["--threshold", "0.8", "--negative-threshold", "0.3"], lambda s: not 0.3 < s < 0.8),
        ("classed", "pair", [], lambda name: name == "entailment"),
        ("classed", "labeled-pair", [], lambda name: name != "neutral"),
        ("graded", "labeled-pair", ["--threshold", "3", "--negative-threshold", "1"], lambda grade: grade != 2),
    ],
)
def test_what_a_step_cannot_use_is_kept_with_its_number_where_a_row_is_a_row(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_memory: bool,
    kind: str,
    target: str,
    options: list[str],
    stays: Callable[[Any], bool],
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 7)
    ((name, labels),) = JUDGED[kind].items()
    questions = [f"When does ferry {i // 4} leave the harbour?" for i in range(ROWS)]
    columns: dict[str, list] = {"query": questions, "passage": list(COLUMNS["answer"]), name: list(labels)}
    columns["passage"][5] = ""
    for column in columns.values():
        column.append(column[9])  # a judgement that repeats another one
    kept = convert(tmp_path, columns, "--output-format", target, *options)
    left = pq.read_table(tmp_path / "left.parquet").to_pylist()
    wanted = {i + 1 for i in range(ROWS) if stays(columns[name][i]) and i != 5}
    assert kept.num_rows == len(wanted)
    assert set(kept.column(1).to_pylist()) == {columns["passage"][i - 1] for i in wanted}
    assert sorted(row["row"] for row in left) == [i for i in range(1, ROWS + 2) if i not in wanted]
    passages = {row["row"]: list(json.loads(row["values"]).values())[1] for row in left}
    assert passages == {number: columns["passage"][number - 1] for number in passages}


@pytest.mark.parametrize("in_memory", [True, False])
def test_anchors_that_lack_something_are_kept_judgement_by_judgement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
    labels = [int(i % 4 == 0 or 8 <= i < 12) if not 16 <= i < 20 else 0 for i in range(ROWS)]
    columns = {"query": [f"When does ferry {i // 4} leave the harbour?" for i in range(ROWS)], "label": labels}
    convert(tmp_path, {**columns, "passage": COLUMNS["answer"]}, "--output-format", "triplet")
    left = pq.read_table(tmp_path / "left.parquet")
    found = {(row["row"], row["reason"]) for row in left.to_pylist()}
    assert found == {
        *((number, "anchors without a negative") for number in (9, 10, 11, 12)),
        *((number, "anchors without a positive") for number in (17, 18, 19, 20)),
    }


def test_a_plan_that_is_not_carried_out_leaves_nothing_out(tmp_path: Path) -> None:
    columns = {"query": COLUMNS["question"], "passage": COLUMNS["answer"], "label": [i % 2 for i in range(ROWS)]}
    convert(tmp_path, columns, "--output-format", "n-tuple")  # mined, since no anchor has a positive and two negatives
    left = pq.read_table(tmp_path / "left.parquet").to_pylist()
    assert [row["row"] for row in left if row["row"] is not None] == list(range(1, ROWS, 2))
    assert {row["reason"] for row in left if row["row"] is not None} == {"pairs that do not belong together"}


def test_what_is_counted_only_is_not_called_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = COLUMNS["answer"]
    columns = {"anchor": COLUMNS["question"], "positive": answers, "negative": [*answers[1:], "It does not."]}
    columns = {name: [*values, values[0]] for name, values in columns.items()}
    columns["positive"][ROWS], columns["negative"][ROWS] = columns["negative"][0], "It does not."
    convert(tmp_path, columns, "--output-format", "labeled-pair")
    shown = capsys.readouterr()
    assert "left out 1 judgements that another one overrules" in shown.out
    assert "no row was left out" not in shown.err
    assert "only counted, so there is nothing to write to --rejects" in shown.err
