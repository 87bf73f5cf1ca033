"""Contexts that hold their questions: what is counted are the questions."""

import json
from pathlib import Path

import pytest

import advisor
from advisor.cli import run

CONTEXTS, ASKED = 30, 3


@pytest.fixture
def contexts(tmp_path: Path) -> Path:
    """Contexts with three questions each, the last of which has no answer."""
    rows = [
        {
            "context": f"The lighthouse of cape {i} was built in {1700 + i} and shines {i} miles far out to sea.",
            "qas": [
                {
                    "id": f"{i}-{j}",
                    "question": f"Question {j}: what is known of the lighthouse at cape {i}?",
                    "answers": [{"text": str(1700 + i), "answer_start": 0}] if j < ASKED - 1 else [],
                }
                for j in range(ASKED)
            ],
        }
        for i in range(CONTEXTS)
    ]
    path = tmp_path / "contexts.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_what_goes_in_is_counted_as_questions(
    contexts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, answered = CONTEXTS * ASKED, CONTEXTS * (ASKED - 1)
    command = ["convert", str(contexts), "--output-format", "pair"]
    assert run([*command, "--dry-run"]) == 0
    assert f"{asked} rows in, {answered} out" in capsys.readouterr().out
    assert run([*command, "-o", str(tmp_path / "pairs.jsonl"), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["rows_in"], done["rows_out"]) == (asked, answered)
    assert done["rows_in"] == done["rows_out"] + sum(done["changes"]["dropped_rows"].values())


def test_what_is_offered_counts_questions_as_well(contexts: Path) -> None:
    offered = {each.output_format: each for each in advisor.inspect(contexts).conversions}
    assert (offered["pair"].rows_in, offered["pair"].rows_out) == (CONTEXTS * ASKED, CONTEXTS * (ASKED - 1))


def test_of_a_sample_the_number_is_scaled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = 12_000  # more than are looked at
    path = tmp_path / "many.jsonl"
    with path.open("w") as file:
        for i in range(rows):
            asked = [{"question": f"what of {i}, {j}?", "answers": [f"number {i}"]} for j in range(2)]
            file.write(json.dumps({"context": f"The story of number {i} and what came of it.", "qas": asked}) + "\n")
    assert run(["convert", str(path), "--output-format", "pair", "--dry-run", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["rows_in"], plan["rows_out"]) == (2 * rows, 2 * rows)
