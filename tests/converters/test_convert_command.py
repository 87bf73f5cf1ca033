"""`advisor convert` on a file of every layout, and on every kind of plan: what it writes, and what it says before."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.cli import run

THINGS = "lamp door car tree boat house river stone cloud train".split()
GRADED = "".join(f"where is the {thing}?\tThe {thing} {i} is in place {i * 7}.\t{i % 3}\n"
                 for thing in THINGS for i in range(6))  # fmt: skip


def grouped(scores: bool) -> str:
    rows = []
    for i, thing in enumerate(THINGS * 3):
        row: dict[str, Any] = {
            "query": f"where is the {thing} {i}?",
            "pos": [f"The {thing} {i} stands here."],
            "neg": [f"A {other} {i} is elsewhere." for other in THINGS if other != thing][:4],
        }
        rows.append({**row, "pos_scores": [9.5], "neg_scores": [1.5, 2.25, 3.0, 4.0]} if scores else row)
    return "\n".join(map(json.dumps, rows)) + "\n"


def asked() -> str:
    rows = [
        {
            "context": f"The {thing} was made in {1900 + i}. It is {i + 3} feet high.",
            "qas": [
                {"qid": f"{i}a", "question": f"When was the {thing} made?", "answers": [str(1900 + i)]},
                {"qid": f"{i}b", "question": f"Who made the {thing}?", "answers": []},
            ],
        }
        for i, thing in enumerate(THINGS * 2)
    ]
    return "\n".join(map(json.dumps, rows)) + "\n"


@pytest.fixture
def layouts(tmp_path: Path) -> dict[str, Path]:
    """A file, or a folder, of every layout."""
    (tmp_path / "graded.tsv").write_text("query\tdocument\tgrade\n" + GRADED)
    for name, content in (("grouped", grouped(False)), ("scored", grouped(True)), ("qa", asked())):
        (tmp_path / f"{name}.jsonl").write_text(content)
    beir = tmp_path / "collection"
    (beir / "qrels").mkdir(parents=True)
    corpus = [{"_id": f"d{i}", "title": "", "text": f"all about the {thing}"} for i, thing in enumerate(THINGS)]
    queries = [{"_id": f"q{i}", "text": f"{thing}?"} for i, thing in enumerate(THINGS)]
    (beir / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)) + "\n")
    (beir / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)) + "\n")
    judged = [f"q{i}\td{i}\t{i % 3}" for i in range(len(THINGS))]
    (beir / "qrels" / "train.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *judged]) + "\n")
    return {each.stem: each for each in tmp_path.iterdir()}


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run(["convert", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize(
    ("name", "target", "rows"),
    [
        ("graded", "labeled-list", 10),
        ("graded", "triplet", 40),
        ("graded", "pair", 40),
        ("graded", "pair-score", 60),
        ("grouped", "triplet", 120),
        ("grouped", "n-tuple", 30),
        ("grouped", "labeled-list", 30),
        ("scored", "n-tuple-scores", 30),
        ("scored", "triplet-margin", 120),
        ("qa", "pair", 20),
        ("collection", "pair", 6),
    ],
)
def test_every_layout(
    layouts: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    target: str,
    rows: int,
) -> None:
    status, out, _ = command(capsys, layouts[name], "--output-format", target, "--dry-run", "--json")
    assert status == 0
    announced = json.loads(out)
    file = tmp_path / "out.parquet"
    status, out, err = command(capsys, layouts[name], "--output-format", target, "-o", file, "--json")
    assert status == 0, err
    done = json.loads(out)
    assert announced["rows_out"] == done["rows_out"] == pq.read_table(file).num_rows == rows
    assert announced["rows_in"] == done["rows_in"]
    assert announced["steps"] == done["steps"]
    assert announced["loses"] == done["loses"]


def test_a_dry_run_for_people(layouts: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = command(capsys, layouts["scored"], "--output-format", "n-tuple-margins", "--dry-run")
    assert status == 0
    assert "grouped to n-tuple-margins" in out
    assert "30 rows in, 30 out" in out
    status, out, _ = command(capsys, layouts["qa"], "--output-format", "triplet", "--dry-run")
    assert "qa to pair: " in out
    assert "pair to triplet: mines" in out
    assert "40 rows in, at most 60 out" in out
    assert "loses where in the context the answer stands" in out


def test_large_data_is_announced_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"text {i} of the {THINGS[i % 10]} that says a few words more" for i in range(30_000)]
    pq.write_table(pa.table({"text": texts, "label": [i % 10 for i in range(30_000)]}), tmp_path / "large.parquet")
    _, out, _ = command(capsys, tmp_path / "large.parquet", "--output-format", "triplet", "--dry-run")
    assert "30,000 rows in, about 30,000 out" in out


def test_the_seed_reaches_what_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"a review of the {thing} with number {i}\t{i % 2}\n" for thing in THINGS for i in range(5)]
    (tmp_path / "classes.tsv").write_text("text\tlabel\n" + "".join(lines))
    files = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        out = tmp_path / f"{name}.jsonl"
        options = ("--format", "single-class", "--output-format", "triplet", "--seed", seed, "-o", out)
        status, _, err = command(capsys, tmp_path / "classes.tsv", *options)
        assert status == 0, err
        assert "changes nothing" not in err
        files.append(out.read_bytes())
    assert files[0] == files[1] != files[2]


def test_a_threshold(layouts: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "relevant.jsonl"
    options = ("--output-format", "labeled-pair", "--threshold", "2", "-o", out)
    status, _, _ = command(capsys, layouts["graded"], "--format", "graded-pair", *options)
    assert status == 0
    assert sum(json.loads(line)["label"] for line in out.read_text().splitlines()) == 20


def test_falling_back_on_mining_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        f"where is the {one} {two}?\tThe {one} {two} is here.\t1\n" for one in THINGS for two in THINGS if one != two
    ]
    rows += [f"what about {one}?\tNothing of {one}.\t0\n" for one in THINGS * 3]
    (tmp_path / "labeled.tsv").write_text("question\tanswer\tlabel\n" + "".join(rows))
    options = ("--format", "labeled-pair", "--output-format", "triplet")
    status, out, err = command(capsys, tmp_path / "labeled.tsv", *options, "--dry-run")
    assert status == 0
    assert "negatives are mined" in err
    assert "labeled-pair to pair" in out
    status, out, err = command(capsys, tmp_path / "labeled.tsv", *options, "-o", tmp_path / "out.csv", "--json")
    assert status == 0
    assert "negatives are mined" in err
    assert json.loads(out)["mining"]["model"] == "lsa"


def test_options_that_change_nothing_are_said(
    layouts: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--num-negatives", "3", "--seed", "1", "--output-format")
    _, _, err = command(capsys, layouts["grouped"], *options, "n-tuple", "-o", tmp_path / "a.parquet")
    assert "so --seed changes nothing" in err
    assert pq.read_table(tmp_path / "a.parquet").num_columns == 5
    _, _, err = command(capsys, layouts["grouped"], *options, "triplet", "-o", tmp_path / "b.parquet")
    assert "--num-negatives, --seed change nothing" in err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("triplet-scores", "teacher"),
        ("text-embedding", "the embeddings have to come from a teacher"),
        ("pair-class", "classes have to come from people"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    layouts: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, message: str
) -> None:
    status, out, err = command(capsys, layouts["qa"], "--output-format", target, "-o", tmp_path / "out.csv")
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()
    status, _, err = command(capsys, layouts["grouped"], "--output-format", "triplet-scores", "-o", tmp_path / "o.csv")
    assert status == 2
    assert "teacher" in err


def told_columns(path: Path, more: int) -> Path:
    """Questions and answers beside columns of texts that nobody trains on, and others that are no texts."""
    rows = [
        {
            "question": f"where is the {thing} {i}?",
            "answer": f"The {thing} {i} stands in hall {i * 7}.",
            "id": f"q{i}",
            "lang": ("en", "de")[i % 2],
            **{f"remark_{j}": f"person {i} and person {i + j} have seen this in town {j}" for j in range(more)},
        }
        for i, thing in enumerate(THINGS * 4)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize(
    ("more", "line"),
    [
        (0, None),
        (2, "  leaves out the texts in 'remark_0', 'remark_1' (--column NAME=ROLE uses them)"),
        (6, "  leaves out the texts in 'remark_0', 'remark_1', 'remark_2', 'remark_3' and 2 more (--column NAME=ROLE "),
    ],
)
def test_columns_of_texts_that_are_left_out_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dry: list[str], more: int, line: str | None
) -> None:
    path = told_columns(tmp_path / "in.jsonl", more)
    roles = ["--column", "question=anchor", "--column", "answer=positive"]
    for name in (f"remark_{j}" for j in range(more)):
        roles += ["--column", f"{name}=ignored"]
    call = ["convert", str(path), "--output-format", "pair", "-o", str(tmp_path / "out.jsonl"), *roles, *dry]
    assert run(call) == 0
    shown = "".join(capsys.readouterr()).splitlines()
    said = [each for each in shown if "leaves out" in each]
    assert len(said) == (line is not None)
    assert all(each.startswith(str(line)) for each in said)


def test_bytes_that_are_texts_are_told_by_converting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"where is the {thing} {i}?" for i, thing in enumerate(THINGS * 4)]
    written = pa.array([f"The thing {i} stands in hall {i * 7}.".encode() for i in range(40)], pa.binary())
    pq.write_table(pa.table({"query": texts, "passage": written, "label": [True, False] * 20}), tmp_path / "in.parquet")
    call = ["convert", str(tmp_path / "in.parquet"), "--output-format", "same", "-o", str(tmp_path / "out.jsonl")]
    assert run(call) == 0
    assert "note: 'passage' is a column of bytes that are texts in UTF-8, and left out" in capsys.readouterr().err
