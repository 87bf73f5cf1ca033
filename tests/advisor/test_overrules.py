"""What the reader says of format and columns is taken, unless it contradicts the data: then the reason is told."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

import advisor
from advisor.cli import run
from converters.errors import InputError

DATA = pa.table(
    {
        "question": [f"What is the name of station {i}?" for i in range(40)],
        "answer": [f"Station {i} is called after the river beside it." for i in range(40)],
        "score": [i / 40 for i in range(40)],
    }
)


@pytest.mark.parametrize(
    ("format", "reason"),
    [
        ("triplet", "it takes 3 texts a row, and 2 columns hold texts"),
        ("n-tuple", "it takes 4 texts a row"),
        ("labeled-list", "no column holds lists of texts"),
        ("grouped", "no column holds lists of texts"),
        ("single-class", "no column can hold its label, which is classes"),
        ("labeled-pair", "which is 1 and 0, or words for yes and no"),
        ("text-embedding", "an embedding"),
        ("collection", "is a folder with a corpus"),
    ],
)
def test_a_format_that_the_data_cannot_be(format: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        advisor.inspect(DATA, format=format)
    assert "\n" not in str(refused.value)
    assert "'question' (text)" in str(refused.value)


def test_a_format_that_the_data_can_be() -> None:
    assert advisor.inspect(DATA).format == "pair-score"
    report = advisor.inspect(DATA, format="pair")
    assert (report.format, report.confidence) == ("pair", 1.0)
    assert report.roles == {"question": "anchor", "answer": "positive", "score": "ignored"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            ["question=anchor", "answer=anchor"],
            "'question' and 'answer' cannot both be 'anchor', of which a row has one",
        ),
        (["question=query", "answer=query", "note=query"], "'question', 'answer' and 'note' cannot all be 'query'"),
        (["question=label", "answer=id", "note=ignored"], "what is said of the columns leaves no text to train on"),
    ],
)
def test_roles_that_contradict_one_another_are_what_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: list[str], reason: str
) -> None:
    rows = [f"how is {i}?,It is {i} and well.,seen by person {i}" for i in range(30)]
    (tmp_path / "in.csv").write_text("\n".join(["question,answer,note", *rows]) + "\n")
    options = [part for each in said for part in ("--column", each)]
    call = ["convert", str(tmp_path / "in.csv"), "--output-format", "pair", "--dry-run", *options]
    assert run(call) == 2
    shown = capsys.readouterr().err
    assert reason in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"score": "anchor"}, "it holds number, not texts"),
        ({"question": "documents"}, "not lists of texts"),
        ({"questions": "anchor"}, "question"),
        ({"question": "ancor"}, "anchor"),
        ({"question": "ignored", "answer": "ignored"}, "leaves no text to train on"),
    ],
)
def test_a_role_that_a_column_cannot_have(columns: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        advisor.inspect(DATA, columns=columns)
    assert "\n" not in str(refused.value)


def test_a_format_and_roles_that_contradict_each_other() -> None:
    with pytest.raises(InputError, match="it has no label"):
        advisor.inspect(DATA, format="pair", columns={"score": "label"})


def test_roles_are_taken_in_any_order_and_in_the_words_of_a_neighbour() -> None:
    report = advisor.inspect(DATA, format="pair", columns={"answer": "query", "question": "document"})
    assert report.roles == {"question": "positive", "answer": "anchor", "score": "ignored"}


def test_a_column_that_says_the_same_in_every_row() -> None:
    with pytest.raises(InputError, match="every row of 'text' says the same"):
        advisor.inspect(pa.table({"text": ["one and the same sentence"] * 30}))


@pytest.mark.parametrize("sides", [("positive", "negative"), ("negative", "positive")])
def test_lists_that_are_said_to_be_the_two_sides_of_a_group(sides: tuple[str, str]) -> None:
    questions, answers = DATA["question"].to_pylist(), DATA["answer"].to_pylist()
    lists = [[one, other] for one, other in zip(answers, answers[::-1], strict=True)]
    groups = pa.table({"query": questions, "pos": lists, "neg": lists[1:] + lists[:1]})
    roles = {"query": "query", "pos": sides[0], "neg": sides[1]}
    assert advisor.inspect(groups, format="grouped", columns=roles).roles == roles


#: What a row has on its two sides, and which of them are lists.
LISTED = {"both": ("pos", "neg"), "positives": ("pos",), "negatives": ("neg",)}


@pytest.mark.parametrize("names", [("q", "pos", "neg"), ("a", "b", "c"), ("c", "a", "b")], ids="-".join)
@pytest.mark.parametrize("listed", LISTED.values(), ids=LISTED)
@pytest.mark.parametrize("said", [("positive", "negative"), ("anchor", "positive", "negative")], ids=len)
def test_lists_that_are_said_to_be_sides_are_a_group_without_a_format(
    names: tuple[str, str, str], listed: tuple[str, ...], said: tuple[str, ...], tmp_path: Path
) -> None:
    questions, answers = DATA["question"].to_pylist(), DATA["answer"].to_pylist()
    rows = []
    for place, question in enumerate(questions):
        sides = {"pos": answers[place], "neg": answers[place - 1]}
        sides |= {side: [sides[side], f"Nobody knows about station {place} and its {side}."] for side in listed}
        rows.append(dict(zip(names, (question, *sides.values()), strict=True)))
    path, out = tmp_path / "lists.jsonl", tmp_path / "out.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    roles = dict(zip(names[-len(said) :], said, strict=True))
    report = advisor.inspect(str(path), columns=roles)
    assert report.format == "grouped"
    assert report.roles == dict(zip(names, ("query", "positive", "negative"), strict=True))
    overrules = [word for name, role in roles.items() for word in ("--column", f"{name}={role}")]
    assert run(["convert", str(path), *overrules, "--output-format", "triplet", "-o", str(out)]) == 0
    made = [json.loads(line) for line in out.read_text().splitlines()]
    assert {(row["anchor"], row["positive"]) for row in made} >= set(zip(questions, answers, strict=True))
    assert len(made) == 80


def test_lists_are_no_single_texts_of_a_triplet(tmp_path: Path) -> None:
    lists = [[answer] for answer in DATA["answer"].to_pylist()]
    data = pa.table({"a": DATA["question"], "b": lists, "c": lists[::-1]})
    with pytest.raises(InputError, match="it takes 3 texts a row, and 1 column holds texts"):
        advisor.convert(data, output_format="triplet", format="triplet", columns={"b": "positive", "c": "negative"})
