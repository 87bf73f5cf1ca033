"""What people run into who reshape data day after day: conversions by the command line, and what they leave."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest

from advisor.cli import run

_WORDS = "river mountain piano coffee garden bridge planet engine cloud doctor ticket kitchen forest island".split()


def text(number: int) -> str:
    """A sentence of its own for each number."""
    return " ".join(random.Random(number).sample(_WORDS, 6)) + f" {number}"


def written(path: Path, rows: list[Any]) -> Path:
    """JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def told(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def intents(path: Path) -> Path:
    """Texts with a class as a word."""
    names = ["book", "cancel", "refund"]
    return written(path, [{"text": text(i), "intent": names[i % 3]} for i in range(60)])


@pytest.mark.parametrize("lines", [["null", '{"query": "a b"}'], ["", "  null", '{"query": "a b"}'], ["null", "null"]])
def test_a_row_that_is_null_is_told_and_ends_nothing_else(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n")
    call = [sys.executable, "-m", "advisor", "convert", str(path), "--output-format", "same", "-o", str(tmp_path / "o")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # a crash of the parser is one of Python
    assert done.returncode == 2
    assert f"line {lines.index(next(filter(None, lines))) + 1}: a null where an object is expected" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("options", [[], ["--split-off", "0.2"]])
def test_folders_for_datasets_know_the_names_of_classes(tmp_path: Path, options: list[str]) -> None:
    source = intents(tmp_path / "intents.jsonl")
    assert run(["convert", str(source), "--output-format", "same", "-o", str(tmp_path / "out"), *options]) == 0
    saved = datasets.load_from_disk(str(tmp_path / "out"))
    by_text = {row["text"]: row["intent"] for row in told(source)}
    parts = list(saved.values()) if isinstance(saved, datasets.DatasetDict) else [saved]
    assert sum(map(len, parts)) == 60
    for part in parts:
        assert part.features["label"] == datasets.ClassLabel(names=["book", "cancel", "refund"])
        assert all(part.features["label"].int2str(row["label"]) == by_text[row["text"]] for row in part)


def test_splits_in_a_folder_share_the_names_of_classes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for split, names in {"train": ["zeta", "book"], "test": ["book", "alpha"]}.items():
        written(tmp_path / "in" / f"{split}.jsonl", [{"text": text(i), "intent": names[i % 2]} for i in range(40)])
    assert run(["convert", str(tmp_path / "in"), "--output-format", "same", "-o", str(tmp_path / "out")]) == 0
    saved = datasets.load_from_disk(str(tmp_path / "out"))
    for split in ("train", "test"):
        label = saved[split].features["label"]
        rows = told(tmp_path / "in" / f"{split}.jsonl")
        assert [label.int2str(each) for each in saved[split]["label"]] == [row["intent"] for row in rows]


def test_a_folder_for_datasets_has_the_same_bytes_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = intents(tmp_path / "intents.jsonl")
    one, again = tmp_path / "one", tmp_path / "again"
    options = ["--output-format", "same", "--split-off", "0.1"]
    assert run(["convert", str(source), "-o", str(one), *options]) == 0
    assert run(["convert", "--from-manifest", str(one), "-o", str(again)]) == 0
    assert "the same bytes as before" in capsys.readouterr().err
    for path in one.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (again / path.relative_to(one)).read_bytes(), path.name


@pytest.mark.parametrize(
    ("labels", "wrong", "message"),
    [
        ([i / 10 for i in range(51)], "abc", "column 'label' holds 'abc' in row 78, which is no number"),
        (["yes", "no"], "maybe", "column 'label' holds 'maybe' in row 78, one of more than two values"),
    ],
)
def test_one_label_that_cannot_be_read_does_not_turn_the_others_into_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], labels: list[Any], wrong: str, message: str
) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    lines = [f"{text(i)},{text(i + 500)},{wrong if i == 77 else labels[i % len(labels)]}" for i in range(200)]
    path.write_text("query,passage,label\n" + "\n".join(lines) + "\n")
    call = ["convert", str(path), "--output-format", "same", "-o", str(out)]
    assert run(call) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert "--format pair-class" in shown
    assert not out.exists()
    assert run([*call, "--on-error", "skip"]) == 0
    assert len(told(out)) == 199
    assert run([*call, "--overwrite", "--format", "pair-class"]) == 0  # who says that they are classes has them so
    assert len({row["label"] for row in told(out)}) == len(labels) + 1


def graded(path: Path) -> Path:
    """Queries with documents of the grades 3, 2, 1, 0 and 0."""
    rows = [
        {"query": f"how does {text(i // 5)} work", "passage": text(4000 + i), "relevance": (3, 2, 1, 0, 0)[i % 5]}
        for i in range(100)
    ]
    return written(path, rows)


@pytest.mark.parametrize("target", ["labeled-list", "pair-score"])
def test_a_threshold_that_changes_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    source, out = graded(tmp_path / "graded.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "--output-format", target]
    assert run([*call, "-o", str(tmp_path / "plain.jsonl")]) == 0
    assert "--threshold" not in capsys.readouterr().err
    assert run([*call, "-o", str(out), "--threshold", "2"]) == 0
    assert f"no label is cut on the way to {target}, so --threshold changes nothing" in capsys.readouterr().err
    assert out.read_bytes() == (tmp_path / "plain.jsonl").read_bytes()


def test_a_threshold_beyond_all_grades_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = graded(tmp_path / "graded.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "-o", str(out), "--overwrite", "--output-format"]
    assert run([*call, "labeled-pair", "--threshold", "2"]) == 0
    assert "tells nothing apart" not in capsys.readouterr().err
    assert run([*call, "labeled-pair", "--threshold", "9"]) == 0
    assert "every row has the label 0: --threshold 9 tells nothing apart" in capsys.readouterr().err
    assert run([*call, "triplet-margin", "--threshold", "0"]) == 2
    assert "--threshold says from which label on a text is a positive" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["pair", "labeled-pair", "triplet", "pair-score"])
def test_an_empty_document_of_a_list_is_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    rows = [{"query": f"what is {i}", "docs": [text(i), text(100 + i)], "labels": [1, 0]} for i in range(40)]
    rows += [
        {"query": "empty negative", "docs": ["the text that is there", " "], "labels": [1, 0]},
        {"query": "empty positive", "docs": ["", "the other text that is there"], "labels": [1, 0]},
        {"query": "lacks one", "docs": ["the third text", None], "labels": [1, 0]},
    ]
    source, out = written(tmp_path / "lists.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", target, "-o", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "left out 2 documents of an empty text" in shown
    assert "left out 1 rows: documents and labels do not match, or some are missing" in shown
    found = told(out)
    assert all(value.strip() for row in found for value in row.values() if isinstance(value, str))
    if "label" in found[0] or "score" in found[0]:  # what is left of the two lists is judged as before
        of = {next(iter(row.values())): row.get("label", row.get("score")) for row in found}
        assert (of["empty negative"], of["empty positive"]) == (1, 0)
        assert len(found) == 82


def inferences(path: Path) -> Path:
    """Pairs of each of three classes, as words."""
    names = ["entailment", "neutral", "contradiction"]
    rows = [{"premise": text(i // 3), "hypothesis": text(900 + i), "label": names[i % 3]} for i in range(60)]
    return written(path, rows)


def test_a_score_for_one_class_leaves_the_others_what_their_names_tell(tmp_path: Path) -> None:
    source, out = inferences(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "-o", str(out), "--overwrite", "--class-score"]
    assert run([*call, "neutral=0.4", "--output-format", "pair-score"]) == 0
    assert [row["score"] for row in told(out)] == [1, 0.4, 0] * 20
    assert run([*call, "neutral=0", "--output-format", "labeled-pair"]) == 0
    assert [row["label"] for row in told(out)] == [1, 0, 0] * 20


def test_several_classes_in_one_option_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = inferences(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "--output-format", "pair-score", "-o", str(out)]
    assert run([*call, "--class-score", "neutral=0.4,entailment=1"]) == 2
    assert "one class at a time" in capsys.readouterr().err
    assert not out.exists()


def test_several_options_without_effect_are_told_in_good_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = inferences(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "--output-format", "pair", "-o", str(out), "--overwrite"]
    assert run([*call, "--model", "bm25", "--range-max", "5"]) == 0
    assert "so --model, --range-max change nothing" in capsys.readouterr().err
    assert run([*call, "--model", "bm25"]) == 0
    assert "so --model changes nothing" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["pair", "labeled-pair"])
def test_every_judgement_is_accounted_for(tmp_path: Path, target: str) -> None:
    rows = [
        {"query": f"what is {i // 5}", "passage": text(4000 + i), "relevance": (3, 2, 1, 0, 0)[i % 5]}
        for i in range(100)
    ]
    rows += [*rows[:4], {**rows[0], "relevance": 1}, {**rows[3], "relevance": 2}]
    source, out = written(tmp_path / "graded.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", target, "-o", str(out)]) == 0
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert manifest["left_out"]["judgements of a pair that is judged already"] == 4
    assert manifest["left_out"]["judgements that another one overrules"] == 2  # the 0 that stood there, twice
    assert manifest["rows_in"] == len(told(out)) + sum(manifest["left_out"].values())


def test_what_cannot_stay_as_it_is_can_become_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = graded(tmp_path / "graded.jsonl"), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", "same", "-o", str(out)]) == 2
    _, offered = capsys.readouterr().err.split("choose one of ")
    for target in offered.strip().split(", ")[:4]:
        assert run(["convert", str(source), "--output-format", target, "-o", str(out), "--overwrite"]) == 0


def test_another_kind_of_file_is_no_puzzle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, one = intents(tmp_path / "intents.jsonl"), tmp_path / "one.jsonl"
    assert run(["convert", str(source), "--output-format", "pair", "-o", str(one)]) == 0
    for out, verdict in (("again.jsonl", "the same bytes as before"), ("again.parquet", "another kind of file")):
        assert run(["convert", "--from-manifest", str(one), "-o", str(tmp_path / out)]) == 0
        assert f"note: {verdict}" in capsys.readouterr().err


def test_a_negative_that_is_lacking_makes_no_triplet_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = [
        {"anchor": f"what is {i}", "positive": text(i), **{f"negative_{k}": text(100 * k + i) for k in (1, 2, 3)}}
        for i in range(40)
    ]
    rows[7] |= {"negative_2": "", "negative_3": None}
    source, out = written(tmp_path / "tuples.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", "triplet", "-o", str(out)]) == 0
    assert [row["negative"] for row in told(out) if row["anchor"] == "what is 7"] == [text(107)]
    assert len(told(out)) == 39 * 3 + 1
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert manifest["left_out"] == {"negatives that stand in a row twice": 2}
    assert "repeat a negative" not in capsys.readouterr().out
    assert run(["convert", str(source), "--output-format", "same", "-o", str(tmp_path / "same.jsonl")]) == 0
    assert "1 rows repeat a negative in the place of an empty one" in capsys.readouterr().out


def test_scores_of_a_teacher_are_not_told_to_be_scaled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"sentence1": text(i), "sentence2": text(300 + i), "score": i % 26 / 5} for i in range(60)]
    source, teacher = written(tmp_path / "scored.jsonl", rows), tmp_path / "teacher.npy"
    np.save(teacher, np.linspace(0, 1, 60))
    call = ["convert", str(source), "--output-format", "pair-score", "-o", str(tmp_path / "out.jsonl"), "--overwrite"]
    assert run(call) == 0
    assert "scores scaled from 0..5 to 0..1" in capsys.readouterr().out
    assert run([*call, "--teacher", str(teacher)]) == 0
    assert "scaled" not in capsys.readouterr().out
    assert [row["score"] for row in told(tmp_path / "out.jsonl")] == pytest.approx(np.linspace(0, 1, 60).tolist())


@pytest.mark.parametrize("fix", [[], ["--fix"]])
def test_one_label_that_cannot_be_read_does_not_hide_the_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fix: list[str]
) -> None:
    rows = [{"sentence1": text(i), "sentence2": text(i + 500), "score": (i * 7 % 51) / 10} for i in range(60)]
    source, out = written(tmp_path / "in.jsonl", [*rows[:20], {**rows[20], "score": "abc"}, *rows[21:]]), tmp_path / "o"
    call = ["convert", str(source), "--output-format", "labeled-pair", "-o", f"{out}.jsonl"]
    assert run([*call, *fix]) == 2
    shown = capsys.readouterr().err
    assert "column 'score' holds 'abc' in row 21, which is no number" in shown
    assert "--column 'score'=ignored" in shown
    assert run([*call, "--on-error", "skip"]) == 0
    assert {row["anchor"]: row["label"] for row in told(Path(f"{out}.jsonl"))} == {
        row["sentence1"]: int(row["score"] >= 2.5) for i, row in enumerate(rows) if i != 20
    }
    assert (
        run([*call, "--column", "score=ignored", "--overwrite", "--dry-run"]) == 0
    )  # who says that it is none has pairs
    assert "as pair:" in capsys.readouterr().out


def test_a_column_of_numbers_with_a_word_that_is_no_label_hides_nothing(tmp_path: Path) -> None:
    rows = [{"question": text(i), "answer": text(i + 500), "page": str(i) if i != 20 else "xii"} for i in range(60)]
    source, out = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", "pair", "-o", str(out)]) == 0
    assert len(told(out)) == 60


def labeled(path: Path) -> Path:
    rows = [{"query": text(i // 4), "passage": text(4000 + i), "label": int(i % 4 == 0)} for i in range(48)]
    return written(path, rows)


@pytest.mark.parametrize("make", [labeled, intents], ids=["labeled", "classes"])
@pytest.mark.parametrize(("number", "message"), [("1", "2|two negatives or more"), ("99999999", "too many")])
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_an_n_tuple_of_a_strange_width_is_refused_and_not_mined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Any, number: str, message: str, dry: list[str]
) -> None:
    source, out = make(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    call = ["convert", str(source), "--output-format", "n-tuple", "--num-negatives", number, "-o", str(out), *dry]
    assert run(call) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not out.exists()


def test_pairs_too_make_no_n_tuple_with_one_negative(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"anchor": text(i), "positive": text(i + 500)} for i in range(40)]
    source, out = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", "n-tuple", "--num-negatives", "1", "-o", str(out)]) == 2
    assert "two negatives or more" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--num-negatives", "--pairs-per-text"])
def test_more_texts_of_a_class_than_there_are(tmp_path: Path, option: str) -> None:
    source, out = intents(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    assert run(["convert", str(source), "--output-format", "labeled-list", option, "99999999", "-o", str(out)]) == 0
    texts = {row["text"] for row in told(source)}
    assert {each for row in told(out) for each in row["documents"]} == texts


@pytest.mark.parametrize(("target", "idle"), [("labeled-pair", False), ("pair-score", True)])
def test_a_threshold_on_classes_of_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, idle: bool
) -> None:
    classes = ["entailment", "neutral", "contradiction"]
    rows = [{"premise": text(i // 3), "hypothesis": text(900 + i), "label": classes[i % 3]} for i in range(60)]
    source = written(tmp_path / "in.jsonl", rows)
    call = ["convert", str(source), "--output-format", target]
    assert run([*call, "-o", str(tmp_path / "plain.jsonl")]) == 0
    assert run([*call, "-o", str(tmp_path / "cut.jsonl"), "--threshold", "0.5"]) == 0
    assert ("--threshold changes nothing" in capsys.readouterr().err) == idle
    assert (told(tmp_path / "plain.jsonl") == told(tmp_path / "cut.jsonl")) == idle


@pytest.mark.parametrize("codes", [",", " ", ""])
def test_codes_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], codes: str) -> None:
    call = ["convert", str(labeled(tmp_path / "in.jsonl")), "--output-format", "same", "--fix", codes, "--dry-run"]
    assert run(call) == 2
    assert "nothing says which findings to mend" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["pair-score", "labeled-list"])
def test_scores_of_a_teacher_mean_the_same_in_all_splits(tmp_path: Path, target: str) -> None:
    (tmp_path / "in").mkdir()
    scores = {"train": [(9.0, -2.5), (4.0, 1.0)], "test": [(11.5, 3.0), (4.0, 1.0)]}
    for split, pairs in scores.items():
        rows = [
            {"query": f"{split} {text(i)}", "positive": text(i + 100), "negative": text(i + 200), "scores": pair}
            for i, pair in enumerate(pairs)
        ]
        written(tmp_path / "in" / f"{split}.jsonl", rows)
    assert run(["convert", str(tmp_path / "in"), "--output-format", target, "-o", str(tmp_path / "out")]) == 0
    saved = datasets.load_from_disk(str(tmp_path / "out"))
    for split, pairs in scores.items():
        if target == "labeled-list":  # the lowest score of all is the new 0
            assert saved[split]["labels"] == [[high + 2.5, low + 2.5] for high, low in pairs]
        else:  # on the scale from -2.5 to 11.5
            assert saved[split]["score"] == pytest.approx([(each + 2.5) / 14 for pair in pairs for each in pair])


def test_grades_of_a_collection_mean_the_same_in_all_splits(tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    for kind in ("corpus", "queries"):
        written(folder / f"{kind}.jsonl", [{"_id": f"{kind[0]}{i}", "text": f"{kind} {text(i)}"} for i in range(6)])
    for split, grades in {"train": [0, 1, 2, 1, 0, 2], "test": [0, 1, 4, 1, 0, 2]}.items():
        judged = "".join(f"q{i}\tc{i}\t{grade}\n" for i, grade in enumerate(grades))
        (folder / "qrels" / f"{split}.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    assert run(["convert", str(folder), "--output-format", "pair-score", "-o", str(tmp_path / "out")]) == 0
    saved = datasets.load_from_disk(str(tmp_path / "out"))
    assert saved["train"]["score"][:] == [0, 0.25, 0.5, 0.25, 0, 0.5]
    assert saved["test"]["score"][:] == [0, 0.25, 1, 0.25, 0, 0.5]
