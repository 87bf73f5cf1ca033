"""What the inspector makes of data: formats, roles, labels, findings, overrules."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import advisor
from converters.errors import InputError

QUESTIONS = [
    f"How do I {verb} my {thing}?" for verb in ("reset", "return", "clean", "repair") for thing in "abcdefghij"
]
ANSWERS = [f"Open the settings and choose {word} number {i} in the long list." for i, word in enumerate(QUESTIONS)]
SENTENCES = [f"The number {i} bus stops at the old harbour every morning." for i in range(40)]

CASES = {
    "single-class": {"text": QUESTIONS, "label": [i % 4 for i in range(40)]},
    "pair": {"question": QUESTIONS, "answer": ANSWERS},
    "pair-class": {"premise": QUESTIONS, "hypothesis": SENTENCES, "label": [i % 3 for i in range(40)]},
    "labeled-pair": {"query": QUESTIONS, "document": ANSWERS, "label": [i % 2 for i in range(40)]},
    "pair-score": {"sentence1": QUESTIONS, "sentence2": SENTENCES, "score": [i / 40 for i in range(40)]},
    "triplet": {"anchor": QUESTIONS, "positive": ANSWERS, "negative": SENTENCES},
    "n-tuple": {
        "anchor": QUESTIONS,
        "positive": ANSWERS,
        "negative_1": SENTENCES,
        "negative_2": SENTENCES[::-1],
        "negative_3": ANSWERS[::-1],
    },
    "labeled-list": {
        "query": QUESTIONS,
        "documents": [[one, other] for one, other in zip(ANSWERS, SENTENCES, strict=True)],
        "labels": [[1, 0]] * 40,
    },
    "identical-pair": {"a": SENTENCES, "b": SENTENCES},
    "text-embedding": {"text": SENTENCES, "embedding": [[0.1 * i] * 32 for i in range(40)]},
    "triplet-margin": {
        "query": QUESTIONS,
        "positive": ANSWERS,
        "negative": SENTENCES,
        "label": [i * 0.37 - 3 for i in range(40)],
    },
    "triplet-scores": {"query": QUESTIONS, "positive": ANSWERS, "negative": SENTENCES, "scores": [[7.5, -1.0]] * 40},
    "graded-pair": {
        "query": [QUESTIONS[i // 5] for i in range(40)],
        "passage": ANSWERS,
        "relevance": [i % 4 for i in range(40)],
    },
    "grouped": {
        "query": QUESTIONS,
        "pos": [[text] for text in ANSWERS],
        "neg": [[one, other] for one, other in zip(SENTENCES, ANSWERS[::-1], strict=True)],
    },
}


@pytest.mark.parametrize("format", CASES)
def test_formats_are_recognised_by_name_and_content(format: str) -> None:
    report = advisor.inspect(pa.table(CASES[format]))
    assert report.format == format
    assert report.confidence > 0.5
    assert report.rows == 40


@pytest.mark.parametrize("format", ["single-class", "pair-class", "labeled-pair", "pair-score", "labeled-list"])
def test_formats_with_labels_are_recognised_without_names(format: str) -> None:
    table = pa.table(CASES[format])
    nameless = table.rename_columns([f"column_{i + 1}" for i in range(table.num_columns)])
    assert advisor.inspect(nameless).format == format


def test_the_label_may_stand_first() -> None:
    table = pa.table({"stars": [i % 4 for i in range(40)], "review": QUESTIONS})
    report = advisor.inspect(table)
    assert (report.format, report.label.column, report.label.kind) == ("single-class", "stars", "class")


def test_columns_in_the_wrong_order_are_put_right_and_reported() -> None:
    report = advisor.inspect(pa.table({"passage": ANSWERS, "query": QUESTIONS}))
    assert report.roles == {"passage": "positive", "query": "anchor"}
    finding = next(each for each in report.findings if each.code == "COL002")
    assert finding.severity == "error"
    assert "'query', 'passage'" in finding.message


def test_identifiers_and_addresses_are_not_texts() -> None:
    table = pa.table(
        {
            "id": [f"q{i}" for i in range(40)],
            "url": [f"https://example.org/{i}" for i in range(40)],
            "question": QUESTIONS,
            "answer": ANSWERS,
        }
    )
    report = advisor.inspect(table)
    assert report.format == "pair"
    assert report.roles["id"] == "id"
    assert report.roles["url"] in ("id", "ignored")
    assert any(each.code == "COL004" for each in report.findings)


def test_a_table_says_the_same_as_its_dataframe_its_dataset_and_its_file(tmp_path: Path) -> None:
    from datasets import Dataset

    table = pa.table(CASES["labeled-pair"])
    frame: pd.DataFrame = table.to_pandas()
    path = tmp_path / "pairs.jsonl"
    frame.to_json(path, orient="records", lines=True)
    reports = [advisor.inspect(each) for each in (table, frame, Dataset(table), path)]
    assert {each.format for each in reports} == {"labeled-pair"}
    assert {json.dumps(each.roles) for each in reports} == {json.dumps(reports[0].roles)}
    assert {round(each.confidence, 6) for each in reports} == {round(reports[0].confidence, 6)}


def test_real_data(shared_data: Path) -> None:
    similarity = advisor.inspect(shared_data / "stsb" / "stsb-en-train.csv")
    assert (similarity.format, similarity.rows) == ("pair-score", 5749)
    assert similarity.roles == {"column_1": "sentence_a", "column_2": "sentence_b", "column_3": "label"}
    assert (similarity.label.minimum, similarity.label.maximum) == (0, 5)
    assert {"COL001", "LBL001"} <= {each.code for each in similarity.findings}
    assert similarity.best("sentence-transformer").loss == "CoSENTLoss"

    intents = advisor.inspect(shared_data / "banking77" / "train.csv")
    assert (intents.format, intents.label.levels, intents.rows) == ("single-class", 77, 10003)
    assert intents.best("sentence-transformer").loss == "BatchAllTripletLoss"

    cranfield = advisor.inspect(shared_data / "cranfield")
    assert (cranfield.format, cranfield.splits) == ("collection", {"test": 1837})
    assert (cranfield.label.kind, cranfield.label.maximum) == ("grade", 4)
    assert "labeled-list" in {each.output_format for each in cranfield.conversions}


def test_examples(examples: Path) -> None:
    formats = {
        "support.csv": "pair",
        "support-labeled.csv": "labeled-pair",
        "support-scored.jsonl": "pair-score",
        "support-intents.csv": "single-class",
    }
    for name, format in formats.items():
        report = advisor.inspect(examples / name)
        assert report.format == format
        assert report.confidence > 0.8


# -- overrules -------------------------------------------------------------------------------------------------------


def test_the_format_can_be_overruled() -> None:
    table = pa.table(CASES["pair-class"])
    report = advisor.inspect(table, format="pair")
    assert (report.format, report.confidence, report.label.kind) == ("pair", 1.0, "none")


def test_roles_can_be_overruled() -> None:
    table = pa.table({"a": QUESTIONS, "b": ANSWERS, "c": [i % 2 for i in range(40)]})
    report = advisor.inspect(table, columns={"a": "positive", "b": "anchor", "c": "ignored"})
    assert report.format == "pair"
    assert report.roles == {"a": "positive", "b": "anchor", "c": "ignored"}


@pytest.mark.parametrize(
    ("overrule", "message"),
    [
        ({"format": "tripplet"}, "did you mean 'triplet'"),
        ({"format": "triplet"}, "cannot be read as triplet"),
        ({"columns": {"querry": "anchor"}}, "did you mean 'query'"),
        ({"columns": {"query": "ancor"}}, "did you mean 'anchor'"),
        ({"columns": {"label": "anchor"}}, "not texts"),
        ({"columns": {"query": "documents"}}, "not lists of texts"),
    ],
)
def test_a_contradictory_overrule_is_refused(overrule: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        advisor.inspect(pa.table(CASES["labeled-pair"]), **overrule)


def test_numbers_alone_train_no_text_model() -> None:
    table = pa.table({"width": [1.5 * i for i in range(40)], "height": [2.5 * i for i in range(40)]})
    with pytest.raises(InputError, match="no text column"):
        advisor.inspect(table)


def test_a_conversation_is_not_taken_for_something_else() -> None:
    turns = [[{"from": "human", "value": text}, {"from": "gpt", "value": "yes"}] for text in QUESTIONS]
    with pytest.raises(InputError, match="holds conversations"):
        advisor.inspect(pa.table({"id": [f"c{i}" for i in range(40)], "conversations": turns}))


def test_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("question,answer\n")
    with pytest.raises(InputError):
        advisor.inspect(path)


def test_control_characters_of_the_data_do_not_reach_a_message(tmp_path: Path) -> None:
    table = pa.table({"a\x1b[31m": [1.0, 2.0]})
    with pytest.raises(InputError) as caught:
        advisor.inspect(table)
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_sample_is_bounded_and_the_count_is_exact() -> None:
    many = pa.table({"question": QUESTIONS * 200, "answer": ANSWERS * 200})
    report = advisor.inspect(many, sample_rows=1000)
    assert report.rows == 8000
    assert 500 <= report.rows_sampled <= 1000
    assert report.format == "pair"


def test_a_torn_list_of_scores_does_not_hide_the_others() -> None:
    rows = 43
    scores = [[8.0 - each / 50, 0.5 + each / 90, -1.0] for each in range(rows)]
    scores[17] = scores[17][:2]
    table = pa.table(
        {
            "query": [f"what is thing number {each}" for each in range(rows)],
            "positive": [f"thing number {each} is a long and useful thing" for each in range(rows)],
            "negative_1": [f"nobody has heard of the other thing {each}" for each in range(rows)],
            "negative_2": [f"it rains in the town of number {each}" for each in range(rows)],
            "scores": scores,
        }
    )
    report = advisor.inspect(table)
    assert (report.format, report.roles["scores"]) == ("n-tuple-scores", "label")
    (torn,) = [finding for finding in report.findings if finding.code == "LBL012"]
    assert torn.rows == 1
    assert len(advisor.convert(table, output_format="n-tuple-margins")) == rows - 1
