"""Rows that repeat or contradict themselves or one another are found, and mended by the command that is given."""

from pathlib import Path

import pyarrow as pa
import pytest

import advisor
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
)

PAIRS = {"anchor": QUERIES, "positive": OTHERS}
TRIPLETS = {**PAIRS, "negative": THIRDS}
TUPLES = {**PAIRS, "negative_1": THIRDS, "negative_2": TEXTS}
LABELED = {"query": QUERIES, "document": OTHERS, "label": [1, 0] * 60}
SCORED = {"sentence1": TEXTS, "sentence2": OTHERS, "score": [i / ROWS for i in range(ROWS)]}
CLASSED = {"premise": TEXTS, "hypothesis": OTHERS, "label": ["entailment", "neutral", "contradiction"] * 40}
LISTS = {
    "query": QUERIES,
    "documents": [list(each) for each in zip(OTHERS, THIRDS, strict=True)],
    "labels": [[1, 0]] * ROWS,
}
GROUPED = {"query": QUERIES, "pos": [[text] for text in OTHERS], "neg": [[text] for text in THIRDS]}
TAUGHT = {"query": QUERIES, "positive": OTHERS, "negative": THIRDS, "score": [5 * i / ROWS - 1 for i in range(ROWS)]}


def first(columns: dict, **values: object) -> dict:
    """The columns with another value in the first row."""
    return {name: [values[name], *each[1:]] if name in values else list(each) for name, each in columns.items()}


def more(columns: dict, *places: int, **values: object) -> dict:
    """The columns with some of their rows once more at the end, with other values in some columns."""
    return {name: [*each, *(values.get(name, each[place]) for place in places)] for name, each in columns.items()}


TROUBLES = [
    Trouble("ROW001", more(PAIRS, 0, 7), 2, PAIRS, 2),
    Trouble("ROW001", more(LABELED, 0), 1, more(LABELED, 0, document="Another boat sets off."), 1),
    Trouble("ROW001", more(LISTS, 3), 1, more(LISTS, 3, documents=[OTHERS[3], OTHERS[4]]), 1),
    Trouble("ROW001", more(GROUPED, 3), 1, GROUPED),
    Trouble(
        "ROW001",
        more({"text": TEXTS, "label": ["a", "b", "c"] * 40}, 0, 0),
        2,
        {"text": TEXTS, "label": ["a", "b", "c"] * 40},
        2,
    ),
    Trouble("ROW001", more(PAIRS, 0, anchor=f"  {QUERIES[0]}\n"), 1, PAIRS, 1),
    Trouble("ROW002", more(LABELED, 0, label=0), 2, more(LABELED, 0), 2),
    Trouble("ROW002", more(SCORED, 0, 0, score=0.5), 3, more(SCORED, 0), 0),
    Trouble("ROW002", more(CLASSED, 0, label="neutral"), 2, more(CLASSED, 0), 2),
    Trouble("ROW002", more(TAUGHT, 0, score=3.5), 2, more(TAUGHT, 0), 0),
    Trouble("ROW003", first(PAIRS, positive=QUERIES[0]), 1, PAIRS, 1),
    Trouble("ROW003", first(TRIPLETS, positive=QUERIES[0]), 1, TRIPLETS, 1),
    Trouble("ROW004", first(TRIPLETS, negative=OTHERS[0]), 1, TRIPLETS, 1, "error"),
    Trouble("ROW004", first(TUPLES, negative_2=OTHERS[0]), 1, TUPLES, 1, "error"),
    Trouble("ROW004", first(LISTS, documents=[OTHERS[0], OTHERS[0]]), 1, LISTS, 0, "error"),
    Trouble("ROW004", first(GROUPED, neg=[THIRDS[0], OTHERS[0]]), 1, GROUPED, None, "error"),
    Trouble("ROW005", more(PAIRS, 0, positive="A boat leaves."), 1, PAIRS, None, "info"),
    Trouble(
        "ROW006", more(TRIPLETS, 0, positive=TEXTS[5], negative=OTHERS[0]), 1, more(TRIPLETS, 0, positive=TEXTS[5]), 1
    ),
    Trouble(
        "ROW006", more(LISTS, 0, documents=[TEXTS[5], OTHERS[0]]), 1, more(LISTS, 0, documents=[TEXTS[5], TEXTS[6]]), 0
    ),
    Trouble("ROW006", more(GROUPED, 0, pos=[TEXTS[5]], neg=[OTHERS[0]]), 1, GROUPED),
    Trouble("ROW007", first(TRIPLETS, negative=QUERIES[0]), 1, TRIPLETS, 1),
    Trouble("ROW007", first(TUPLES, negative_1=f" {QUERIES[0]}"), 1, TUPLES, 1),
    Trouble("ROW008", first(PAIRS, positive=OTHERS[1]), 1, PAIRS),
    Trouble("ROW009", first(LISTS, documents=[OTHERS[0], OTHERS[0]], labels=[1, 1]), 1, LISTS, 0),
    Trouble("ROW009", first(TUPLES, negative_1=TEXTS[0]), 1, TUPLES, 1),
    Trouble("ROW009", first(GROUPED, neg=[THIRDS[0], THIRDS[0]]), 1, GROUPED),
    Trouble("ROW010", first(LISTS, documents=[], labels=[]), 1, LISTS, 1, "error"),
    Trouble("ROW010", first(GROUPED, pos=[], neg=[]), 1, GROUPED, None, "error"),
    Trouble(
        "ROW011",
        {**SCORED, "sentence2": [*TEXTS[:2], *OTHERS[2:]]},
        2,
        {**SCORED, "sentence2": [*OTHERS[:-1], TEXTS[-1]]},
        2,
    ),
    Trouble("ROW011", {**LABELED, "document": [*QUERIES[:2], *OTHERS[2:]]}, 1, LABELED, 1),
    Trouble(
        "ROW011",
        {**CLASSED, "hypothesis": [*TEXTS[:3], *OTHERS[3:]]},
        1,
        {**CLASSED, "hypothesis": [TEXTS[0], *OTHERS[1:]]},
        1,
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


def test_examples_are_the_texts_concerned() -> None:
    (found,) = findings(pa.table(first(TRIPLETS, negative=QUERIES[0])), "ROW007")
    assert found.examples == (f"'{QUERIES[0]}'",)


def test_an_empty_text_is_the_same_as_nothing() -> None:
    empty = {"anchor": ["", " ", None, *QUERIES[3:]], "positive": ["", " ", None, *OTHERS[3:]]}
    codes = {each.code for each in advisor.inspect(pa.table(empty)).findings}
    assert not codes & {"ROW001", "ROW003", "ROW005", "ROW008"}


def test_false_negatives_are_told_for_a_batch_of_64() -> None:
    half = [OTHERS[i // 2] for i in range(ROWS)]
    (found,) = findings(pa.table({"anchor": QUERIES, "positive": half}), "ROW008")
    assert found.rows == 60
    assert f"about {64 * 63 * 120 / (120 * 119):.1f} false negatives" in found.message  # 120 ordered pairs of 120 * 119
    assert "no_duplicates" in found.fix


def test_a_few_repeated_positives_among_many_are_no_finding() -> None:
    anchors = [f"When does ferry {i} leave?" for i in range(3000)]
    positives = [f"At noon the boat {max(i, 1)} sets off." for i in range(3000)]
    assert findings(pa.table({"anchor": anchors, "positive": positives}), "ROW008") == []


def test_margins_train_without_negatives_from_the_batch() -> None:
    assert findings(pa.table({**TAUGHT, "positive": [OTHERS[0]] * ROWS}), "ROW008") == []
