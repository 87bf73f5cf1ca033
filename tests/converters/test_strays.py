"""One row that is not like the others: it is told, and the others stay what they are."""

import json
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor.cli import run
from converters.sources import open_source

HUGE = "1" + "0" * 400


def written(path: Path, rows: list[Any]) -> Path:
    """JSON lines; a row that is a text is written as it is."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def told(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, which is JSON to the letter: nothing in it is NaN or infinite."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]


def scored(i: int, score: object) -> str:
    """A pair with a score, as JSON."""
    return f'{{"query": "how do I do {i}?", "document": "do it like {i} and so on", "score": {score}}}'


@pytest.mark.parametrize("number", [HUGE, f"-{HUGE}"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_number_too_large_is_a_label_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, number: str
) -> None:
    scores: list[Any] = [0.3 + i / 100 for i in range(20)]
    scores[7] = number
    path, out = tmp_path / f"in.{suffix}", tmp_path / "out.jsonl"
    if suffix == "csv":
        lines = [f"how do I do {i}?,do it like {i} and so on,{score}" for i, score in enumerate(scores)]
        path.write_text("\n".join(["query,document,score", *lines]) + "\n")
    else:
        written(path, [scored(i, score) for i, score in enumerate(scores)])
    call = ["convert", str(path), "--output-format", "pair-score", "-o", str(out)]
    assert run(call) == 2
    shown = capsys.readouterr().err
    assert "in row 8, which is too large a number; --on-error skip sets such rows aside" in shown
    assert not out.exists()
    assert run([*call, "--on-error", "skip"]) == 0
    assert [row["score"] for row in told(out)] == [score for score in scores if score != number]
    capsys.readouterr()
    assert run(["inspect", str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["format"] == "pair-score"
    assert {each["code"]: each["rows"] for each in report["findings"]}["LBL020"] == 1


@pytest.mark.parametrize("number", [HUGE, "1e400"])
@pytest.mark.parametrize(
    ("row", "output_format"),
    [
        ('{"query": "q %d is?", "documents": ["doc %d a", "doc %d b"], "labels": [1, @]}', "labeled-list"),
        ('{"query": "q %d?", "positive": "good %d", "negative": "bad %d", "scores": [0.5, @]}', "triplet-scores"),
    ],
)
def test_a_number_too_large_in_a_list_is_told_with_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, output_format: str, number: str
) -> None:
    rows = [(row % (i, i, i)).replace("@", number if i == 7 else "0") for i in range(20)]
    path, out = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    call = ["convert", str(path), "--output-format", output_format, "-o", str(out)]
    assert run(call) == 2
    assert "in row 8, in which a number is too large; --on-error skip" in capsys.readouterr().err
    assert run([*call, "--on-error", "skip"]) == 0
    assert len(told(out)) == 19


@pytest.mark.parametrize("stray", ["1", "0.5", "true"])
@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_a_number_between_texts_and_lists_of_them_is_a_text(tmp_path: Path, name: str, stray: str) -> None:
    rows = [
        '{"anchor": "how do i pay?", "positive": "By card."}',
        f'{{"anchor": {stray}, "positive": "a b c"}}',
        '{"anchor": ["l"], "positive": "b c d"}',
    ]
    wanted = [["how do i pay?"], [stray], ["l"]]
    for order in ([0, 1, 2], [1, 2, 0], [2, 1, 0]):
        lines = [rows[i] for i in order]
        path = tmp_path / name
        path.write_text("[" + ",".join(lines) + "]" if name.endswith(".json") else "\n".join(lines) + "\n")
        assert open_source(path).splits["train"].table()["anchor"].to_pylist() == [wanted[i] for i in order]
        assert run(["inspect", str(path)]) == 0


def pairs(number: int) -> list[Any]:
    """Pairs of an anchor and a positive."""
    return [{"anchor": f"how do I find door {i}?", "positive": f"Door {i} is behind gate {i}."} for i in range(number)]


@pytest.mark.parametrize("place", [0, 900, 2000])
@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_one_list_of_one_among_texts_is_that_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, place: int
) -> None:
    rows = pairs(2000)
    rows.insert(place, {"anchor": ["where is the exit?"], "positive": "At the end of the hall."})
    path, out = written(tmp_path / name, rows), tmp_path / "out.jsonl"
    if name.endswith(".json"):
        path.write_text(json.dumps(rows))
    assert run(["convert", str(path), "--output-format", "same", "-o", str(out)]) == 0
    said = capsys.readouterr().err
    assert f"'anchor' holds a list in 1 rows (the first is row {place + 1:,}), and texts in all others" in said
    rows[place]["anchor"] = "where is the exit?"
    assert told(out) == rows


def test_one_list_of_several_among_texts_is_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pairs(300)
    strays = [{"anchor": [], "positive": "b c"}, {"anchor": ["l", "m"], "positive": "b c"}]
    path, out = written(tmp_path / "in.jsonl", [*rows, *strays]), tmp_path / "out.jsonl"
    assert run(["convert", str(path), "--output-format", "pair", "-o", str(out)]) == 0
    shown = capsys.readouterr()
    assert "'anchor' holds a list in 2 rows (the first is row 301)" in shown.err
    assert "one of several texts is read as nothing" in shown.err
    assert "left out 2 rows: empty text" in shown.err + shown.out
    assert told(out) == rows
    found = [each for each in advisor.inspect(path).findings if each.code == "COL008"]
    assert [each.rows for each in found] == [2]


def test_lists_in_another_file_of_a_split_are_slips_as_well(tmp_path: Path) -> None:
    written(tmp_path / "train-1.jsonl", pairs(200))
    written(tmp_path / "train-2.jsonl", [{"anchor": ["where is the exit?"], "positive": "At the end."}])
    split = open_source(tmp_path).splits["train"]
    assert split.table()["anchor"].to_pylist()[-2:] == ["how do I find door 199?", "where is the exit?"]
    assert split.lone_lists["anchor"].first == 201


def test_lists_that_are_no_slips_stay_lists(tmp_path: Path) -> None:
    rows = [{**row, "positive": ["one", "two"] if i % 30 == 0 else "only"} for i, row in enumerate(pairs(120))]
    split = open_source(written(tmp_path / "in.jsonl", rows)).splits["train"]
    assert split.table()["positive"].to_pylist()[:2] == [["one", "two"], ["only"]]
    assert split.lone_lists == {}


def groups(number: int, **torn: Any) -> list[Any]:
    """Groups with a score for each text, and one more in which the scores are what is said."""
    texts = [(f"what is number {i}?", [f"good answer {i}"], [f"bad answer {i}"]) for i in range(number + 1)]
    rows = [{"query": query, "pos": good, "neg": bad} for query, good, bad in texts]
    scores = [{"pos_scores": [0.9], "neg_scores": [0.1 + i / 100]} for i in range(number)]
    scores.append({"pos_scores": [0.8], "neg_scores": [0.2], **torn})
    return [{**row, **own} for row, own in zip(rows, scores, strict=True)]


@pytest.mark.parametrize("number", [6, 18])
@pytest.mark.parametrize("torn", [{"pos_scores": [0.9, 0.8]}, {"pos_scores": None}, {"neg_scores": []}])
def test_one_group_with_torn_scores_leaves_the_others_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int, torn: dict[str, Any]
) -> None:
    path, out = written(tmp_path / "in.jsonl", groups(number, **torn)), tmp_path / "out.jsonl"
    report = advisor.inspect(path)
    assert report.format == "grouped"
    assert [each.name for each in report.columns if each.role == "label"] == ["pos_scores", "neg_scores"]
    assert [each.rows for each in report.findings if each.code == "LBL008"] == [1]
    assert run(["convert", str(path), "--output-format", "triplet-scores", "-o", str(out)]) == 0
    assert "left out 1 rows: scores that do not match the texts" in "".join(capsys.readouterr())
    assert [row["scores"] for row in told(out)] == [[0.9, 0.1 + i / 100] for i in range(number)]


def test_scores_of_one_side_alone_are_not_taken_for_those_of_both(tmp_path: Path) -> None:
    path, out = written(tmp_path / "in.jsonl", groups(18, pos_scores=["high"])), tmp_path / "out.jsonl"
    report = advisor.inspect(path)
    assert report.format == "grouped"
    assert {each.name: each.role for each in report.columns}["neg_scores"] == "ignored"
    assert run(["convert", str(path), "--output-format", "triplet", "-o", str(out)]) == 0
    assert len(told(out)) == 19


def test_one_list_of_another_length_leaves_the_others_labeled(tmp_path: Path) -> None:
    rows = [{"query": f"what is {i}?", "documents": [f"one {i}", f"two {i}"], "labels": [1, 0]} for i in range(12)]
    rows[3]["labels"] = [1]
    path, out = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(path), "--output-format", "same", "-o", str(out)]) == 0
    assert [row["query"] for row in told(out)] == [f"what is {i}?" for i in range(12) if i != 3]


@pytest.mark.parametrize("words", [["True", "False", "true"], ["Yes", "no", "yes", " NO"], ["Y", "N", "y"]])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_words_for_yes_and_no_are_told_in_any_case(tmp_path: Path, words: list[str], suffix: str) -> None:
    rows = [{"query": f"how is {i}?", "document": f"It is {i}.", "label": words[i % len(words)]} for i in range(60)]
    path, out = tmp_path / f"in.{suffix}", tmp_path / "out.jsonl"
    if suffix == "csv":
        path.write_text("\n".join(["query,document,label", *(",".join(row.values()) for row in rows)]) + "\n")
    else:
        written(path, rows)
    assert advisor.inspect(path).format == "labeled-pair"
    for told_it in ([], ["--format", "labeled-pair"]):
        assert run(["convert", str(path), "--output-format", "same", "-o", str(out), "--overwrite", *told_it]) == 0
        yes = [int(row["label"].strip().lower() in ("true", "yes", "y")) for row in rows]
        assert [row["label"] for row in told(out)] == yes
