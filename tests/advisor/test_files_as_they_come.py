"""Tables as people have them: numbers and labels written in their own ways, columns that say nothing about training."""

from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

import advisor
from converters import InputError, convert

DRAW = Random(0)
WORDS = "how do i reset my old lamp where is the new one you can find it here".split()
ROWS = 200


def texts(end: str = "") -> list[str]:
    return [" ".join(DRAW.choice(WORDS) for _ in range(9)) + end for _ in range(ROWS)]


def pick(*values: object) -> list[object]:
    return [DRAW.choice(values) for _ in range(ROWS)]


PAIR = {"sentence1": texts(), "sentence2": texts()}
ASKED = {"question": texts("?"), "answer": texts()}
NLI = {"premise": texts(), "hypothesis": texts()}


@pytest.mark.parametrize(
    ("columns", "format", "label"),
    [
        (PAIR | {"score": [f"{DRAW.randint(0, 100)}%" for _ in range(ROWS)]}, "pair-score", "score"),
        (PAIR | {"score": [f"{DRAW.random():.2f}".replace(".", ",") for _ in range(ROWS)]}, "pair-score", "score"),
        (PAIR | {"score": ["NULL" if i % 20 == 0 else str(i / ROWS) for i in range(ROWS)]}, "pair-score", "score"),
        (NLI | {"label": pick("entailment", "neutral", "contradiction", "-")}, "pair-class", "label"),
        (NLI | {"label": pick(-1, 0, 1, 2)}, "pair-class", "label"),
        (ASKED | {"category": pick("a", "b", "c")}, "pair", None),
        (ASKED | {"price": [DRAW.random() * 100 for _ in range(ROWS)], "year": pick(1999, 2005, 2013)}, "pair", None),
        (ASKED | {"meta": [{"n": 1, "tags": ["x"]}] * ROWS, "tags": [["x", "y"]] * ROWS}, "pair", None),
        (
            {"text": texts(), "label_text": ["bad", "good"] * (ROWS // 2), "label": [0, 1] * (ROWS // 2)},
            "single-class",
            "label",
        ),
        (
            {
                "id": [f"q{i}" for i in range(ROWS)],
                "question": texts("?"),
                "context": texts(),
                "answers": [{"text": ["lamp"], "answer_start": [3]}] * ROWS,
            },
            "qa",
            None,
        ),
    ],
    ids=["percent", "comma", "null", "dash", "minus one", "category", "numbers", "meta", "setfit", "squad"],
)
def test_the_reading(columns: dict, format: str, label: str | None) -> None:
    report = advisor.inspect(pa.table(columns))
    assert report.format == format
    assert report.label.column == label


def test_rows_without_a_class_are_found_and_not_counted_as_one() -> None:
    for values in (["entailment", "neutral", "contradiction", "-"], [0, 1, 2, -1]):
        table = pa.table(NLI | {"label": values * (ROWS // 4)})
        report = advisor.inspect(table)
        assert ("LBL004", ROWS // 4) in [(each.code, each.rows) for each in report.findings]
        assert report.best("cross-encoder").model == {"num_labels": 3}
        made = convert(table, input_format="pair-class", output_format="pair-class", columns=report.roles)
        assert len(made) == 3 * ROWS // 4
        assert len(made.features["label"].names) == 3


def test_three_classes_from_minus_one_stay_three() -> None:
    table = pa.table({"text": texts(), "sentiment": [-1, 0, 1, 0] * (ROWS // 4)})
    report = advisor.inspect(table)
    assert "LBL004" not in [each.code for each in report.findings]
    made = convert(table, input_format="single-class", output_format="single-class", columns=report.roles)
    assert made.features["label"].names == ["-1", "0", "1"]


def test_percentages_become_numbers() -> None:
    table = pa.table(PAIR | {"score": ["37%"] * ROWS})
    made = convert(
        table,
        input_format="pair-score",
        output_format="pair-score",
        columns={**dict.fromkeys(PAIR, ""), **advisor.inspect(table, format="pair-score").roles},
    )
    assert made["score"][0] == pytest.approx(0.37)


def test_a_negative_that_is_a_positive() -> None:
    anchors, positives, negatives = texts(), texts(), texts()
    negatives[0] = positives[0]  # of its own row
    anchors[2], negatives[2] = anchors[1], positives[1]  # of another one
    table = pa.table({"anchor": anchors, "positive": positives, "negative": negatives})
    report = advisor.inspect(table)
    found = {each.code: each.rows for each in report.findings}
    assert found["ROW004"] == 1
    assert found["ROW006"] == 1
    mended = convert(table, input_format="triplet", output_format="triplet", columns=report.roles)
    assert len(mended) == ROWS - 1
    clean = advisor.inspect(pa.table({"anchor": texts(), "positive": texts(), "negative": texts()}))
    assert not {"ROW004", "ROW006"} & {each.code for each in clean.findings}


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    path.write_text('{"a":' + "[" * 3000 + "]" * 3000 + "}\n")
    with pytest.raises(InputError, match="nested too deeply"):
        advisor.inspect(path)


def test_utf_16_without_its_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("a,b\n1 x,2 y\n")
    with pytest.raises(InputError, match="is not utf-16"):
        advisor.inspect(path, encoding="utf-16")


def test_words_for_a_missing_score_leave_the_row_out() -> None:
    table = pa.table(PAIR | {"score": ["NULL" if i % 20 == 0 else str(i / ROWS) for i in range(ROWS)]})
    roles = advisor.inspect(table).roles
    made = convert(table, input_format="pair-score", output_format="pair-score", columns=roles)
    assert len(made) == ROWS - ROWS // 20
    assert None not in made["score"]


def test_a_positive_and_a_list_of_negatives() -> None:
    columns = {"query": texts("?"), "positive": texts(), "negatives": [[text, text] for text in texts()]}
    report = advisor.inspect(pa.table(columns))
    assert report.format == "grouped"
    assert report.roles == {"query": "query", "positive": "positive", "negatives": "negative"}
