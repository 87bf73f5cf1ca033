"""What the reader says of format and columns is taken, unless it contradicts the data: then the reason is told."""

import pyarrow as pa
import pytest

import advisor
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
    ("columns", "reason"),
    [
        ({"score": "anchor"}, "it holds number, not texts"),
        ({"question": "documents"}, "not lists of texts"),
        ({"questions": "anchor"}, "question"),
        ({"question": "ancor"}, "anchor"),
        ({"question": "ignored", "answer": "ignored"}, "at least one column of texts"),
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
