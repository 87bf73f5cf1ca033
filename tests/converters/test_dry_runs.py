"""A dry run says what the real run does, and is refused where the real run is."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.cli import run
from advisor.sampling import SAMPLE_ROWS


def text(number: int) -> str:
    """A sentence of its own for each number."""
    return f"text {number} says {number * 31 % 97} things about {number % 7} rivers and {number % 5} bridges"


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    """JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def judged(label: Any) -> list[dict[str, Any]]:
    """Four passages for each query, with labels."""
    return [{"query": text(i // 4), "passage": text(1000 + i), "label": label(i)} for i in range(48)]


def blank_somewhere() -> list[dict[str, Any]]:
    """Pairs of which each lacks one text."""
    return [{"question": text(i) if i % 2 else "", "answer": "" if i % 2 else text(900 + i)} for i in range(40)]


def echoes() -> list[dict[str, Any]]:
    """Pairs of a text and itself."""
    return [{"anchor": text(i), "positive": text(i)} for i in range(40)]


NO_ROW = {
    "no positive": (judged(lambda i: 0), ["--output-format", "pair"], "there are 48 pairs that do not belong together"),
    "nothing to mine for": (judged(lambda i: 0), ["--output-format", "triplet"], "12 anchors without a positive"),
    "empty texts": (blank_somewhere(), ["--format", "pair", "--output-format", "same"], "40 with empty text"),
    "empty texts to mine": (blank_somewhere(), ["--format", "pair", "--output-format", "triplet"], "empty text"),
    "mends": (echoes(), ["--format", "pair", "--output-format", "same", "--fix", "ROW003"], "mending leaves no row"),
}


@pytest.mark.parametrize(("rows", "options", "line"), NO_ROW.values(), ids=NO_ROW)
def test_no_row_is_refused_with_the_line_of_the_real_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, Any]], options: list[str], line: str
) -> None:
    command = ["convert", str(written(tmp_path / "in.jsonl", rows)), *options]
    assert run([*command, "-o", str(tmp_path / "out.jsonl"), "--no-cache"]) == 2
    real = capsys.readouterr()
    assert run([*command, "--dry-run"]) == 2
    dry = capsys.readouterr()
    assert (dry.out, dry.err) == ("", real.err)
    assert line in dry.err
    assert len(dry.err.splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_the_split_to_train_on_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for bad, status in (("test", 0), ("train", 2)):
        folder, out = tmp_path / bad, str(tmp_path / f"{bad}-out")
        folder.mkdir()
        for name in ("train", "test"):
            label = (lambda i: 0) if name == bad else (lambda i: i % 2)
            written(folder / f"{name}.jsonl", judged(label))
        command = ["convert", str(folder), "--format", "labeled-pair", "--output-format", "pair"]
        said = []
        for more in (["--dry-run"], []):
            assert run([*command, "-o", out, *more]) == status
            said.append(capsys.readouterr().err)
        assert said[0] == said[1]
        assert "there are 48 pairs that do not belong together" in said[0]


def test_of_a_collection_without_a_positive_no_pair_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    written(folder / "corpus.jsonl", [{"_id": f"d{i}", "title": "", "text": text(i)} for i in range(30)])
    written(folder / "queries.jsonl", [{"_id": f"q{i}", "text": text(500 + i)} for i in range(10)])
    lines = [f"q{i % 10}\td{i}\t0" for i in range(30)]
    (folder / "qrels" / "train.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *lines]) + "\n")
    command = ["convert", str(folder), "--output-format", "pair"]
    assert run([*command, "-o", str(tmp_path / "out.jsonl")]) == 2
    real = capsys.readouterr().err
    assert run([*command, "--dry-run"]) == 2
    assert capsys.readouterr().err == real


def test_what_a_sample_makes_no_row_of_may_have_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = range(2 * SAMPLE_ROWS)
    columns = {"question": [text(i) if i % 2 else "" for i in rows], "answer": ["" if i % 2 else text(i) for i in rows]}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    command = ["convert", str(tmp_path / "in.parquet"), "--format", "pair", "--output-format", "same"]
    assert run([*command, "--dry-run"]) == 0
    assert "no row would come out: the data makes no row of pair" in capsys.readouterr().err


def classes() -> list[dict[str, Any]]:
    """Texts with a class, some without one of the two, some twice."""
    names = ["river", "bridge", "town", None]
    rows = [{"text": text(i) if i % 5 else "", "label": names[i % 4]} for i in range(60)]
    return [*rows, *rows[:9]]


LEFT_OUT = {
    "pairs": (blank_somewhere() + [{"question": text(i), "answer": text(i + 50)} for i in range(9)] * 2, "same"),
    "classes": (classes(), "same"),
    "classes to pairs": (classes(), "pair"),
    "labels": (judged(lambda i: i % 2 if i % 6 else None), "pair"),
}


@pytest.mark.parametrize("fix", [[], ["--fix", "all"], ["--fix", "ROW001"]], ids=["plain", "all", "one"])
@pytest.mark.parametrize(("rows", "target"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out_is_what_the_real_run_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, Any]], target: str, fix: list[str]
) -> None:
    command = ["convert", str(written(tmp_path / "in.jsonl", rows)), "--output-format", target, *fix]
    told = []
    for more in (["--dry-run"], ["-o", str(tmp_path / "out.jsonl")]):
        assert run([*command, *more]) == 0
        shown = capsys.readouterr().out.splitlines()
        told.append([each.strip() for each in shown if each.startswith(("  left out", "  mended"))])
        if more == ["--dry-run"]:
            kept = next(each for each in shown if "rows in" in each)
    assert told[0] == told[1]
    assert any(each.endswith((" rows: empty text", " rows: no label")) for each in told[0])
    assert kept == f"  {len(rows)} rows in, {len((tmp_path / 'out.jsonl').read_text().splitlines())} out"


def test_rows_that_cannot_be_mined_for_are_listed_before_mining(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"question": text(i) if i % 5 else "", "answer": text(900 + i)} for i in range(40)]
    command = ["convert", str(written(tmp_path / "in.jsonl", rows)), "--output-format", "triplet"]
    assert run([*command, "--dry-run"]) == 0
    assert "  left out 8 rows: empty text\n" in capsys.readouterr().out
    assert run([*command, "--dry-run", "--fix", "all", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["planned"] == [
        "left out 8 rows: empty text",
        "mends: how many rows that leaves, a sample cannot tell",
    ]
    assert told["rows_out"] is None


def pairs(number: int, answers: int | None = None) -> list[dict[str, Any]]:
    """Questions, whose answers repeat where there are fewer of these."""
    return [{"anchor": text(i), "positive": text(5000 + i % (answers or number))} for i in range(number)]


def dry_and_real(
    capsys: pytest.CaptureFixture[str], *command: str, out: Path
) -> tuple[tuple[int, dict[str, Any], str], tuple[int, dict[str, Any], str]]:
    """Status, JSON and notes of a dry run, and of the real one."""
    told = []
    for more in (["--dry-run"], ["--no-cache"]):
        status = run(["convert", *command, "-o", str(out), "--json", *more])
        said = capsys.readouterr()
        told.append((status, json.loads(said.out) if said.out else {}, said.err))
    return told[0], told[1]


def test_what_would_be_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = str(written(tmp_path / "in.jsonl", pairs(60, answers=40))), tmp_path / "out.jsonl"
    command = [source, "--format", "pair", "--output-format", "same", "--split-off", "0.2"]
    assert run(["convert", *command, "--dry-run"]) == 0
    assert "60 rows in, 60 out\n  test: 12 of 60 rows would be held out" in capsys.readouterr().out
    dry, real = dry_and_real(capsys, *command, out=out)
    assert dry[1]["held_out"] == real[1]["held_out"]
    assert dry[1]["held_out"]["rows"] == 12
    assert len((tmp_path / "out-test.jsonl").read_text().splitlines()) == 12


def test_what_holds_out_another_number_says_why_in_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"anchor": text(i), "positive": "Thank you." if i < 50 else text(900 + i)} for i in range(60)]
    command = [str(written(tmp_path / "in.jsonl", rows)), "--output-format", "same", "--split-off", "0.3"]
    dry, real = dry_and_real(capsys, *command, "--format", "pair", out=tmp_path / "out.jsonl")
    assert dry[2] == real[2]
    assert "held out 10 of 60 rows instead of 18" in dry[2]


def test_of_splits_a_part_of_train_would_be_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for names, line in (
        (("train", "validation"), None),
        (("train", "test"), "there is a split 'test' already"),
    ):
        folder = tmp_path / names[1]
        folder.mkdir()
        for place, name in enumerate(names):
            written(folder / f"{name}.jsonl", pairs(40)[place * 30 :])
        command = [str(folder), "--format", "pair", "--output-format", "same", "--split-off", "0.1"]
        dry, real = dry_and_real(capsys, *command, out=tmp_path / f"{names[1]}-out")
        assert dry[0] == real[0] == (0 if line is None else 2)
        assert dry[1].get("held_out") == real[1].get("held_out")
        assert line is None or line in dry[2]
        assert dry[2] == real[2]


def test_where_nothing_can_be_held_out_both_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain = [{"anchor": text(i), "positive": text(i + 1)} for i in range(40)]
    command = [str(written(tmp_path / "in.jsonl", chain)), "--format", "pair", "--output-format", "same"]
    dry, real = dry_and_real(capsys, *command, "--split-off", "0.2", out=tmp_path / "out.jsonl")
    assert dry == real
    assert dry[0] == 2
    assert "nothing can be held out: 40 of 40 rows hang together" in dry[2]


def test_what_mining_gives_is_a_bound_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [str(written(tmp_path / "in.jsonl", pairs(40, answers=9))), "--output-format", "triplet"]
    command += ["--format", "pair", "--veto", "none"]
    dry, real = dry_and_real(capsys, *command, out=tmp_path / "out.jsonl")
    assert dry[1]["at_most"] is True
    assert real[1]["rows_out"] <= dry[1]["rows_out"]
    assert "at_most" not in real[1]
    assert run(["convert", *command, "--split-off", "0.2", "--dry-run"]) == 0
    assert "how many rows can be held out is known only when they are made: mined" in capsys.readouterr().out
    assert run(["convert", command[0], "--output-format", "same", "--dry-run", "--json"]) == 0
    assert not {"at_most", "about"} & set(json.loads(capsys.readouterr().out))


def test_what_a_sample_tells_is_about_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.parquet"
    rows = pa.Table.from_pylist(judged(lambda i: i % 2) * (SAMPLE_ROWS // 20))
    pq.write_table(rows, path)
    command = ["convert", str(path), "--format", "labeled-pair", "--output-format", "pair", "--split-off", "0.1"]
    assert run([*command, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "about" in said
    assert "known only when they are made: rows that share a text stay together" in said
    assert run([*command, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["about"] is True
