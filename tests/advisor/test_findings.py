"""Every check finds what it is for, and keeps quiet where there is nothing."""

import pyarrow as pa
import pytest

import advisor
from advisor.findings import CHECKS

TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(120)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(120)]
CLEAN = {"sentence_a": TEXTS, "sentence_b": OTHERS}


def codes(**columns: object) -> dict[str, int | None]:
    report = advisor.inspect(pa.table(columns))
    return {each.code: each.rows for each in report.findings}


def test_clean_data_has_no_findings() -> None:
    assert codes(anchor=TEXTS, positive=OTHERS) == {}
    assert codes(**CLEAN, score=[i / 120 for i in range(120)]) == {}


def test_label_with_a_strange_name() -> None:
    assert "COL003" in codes(text=TEXTS, topic=[i % 5 for i in range(120)])


def test_scores_off_their_range() -> None:
    found = codes(**CLEAN, score=[i % 50 / 10 for i in range(120)])
    outside = sum(i % 50 / 10 > 1 for i in range(120))
    assert found["LBL001"] == outside


def test_words_for_classes() -> None:
    assert codes(text=TEXTS, label=["ham", "spam", "egg"] * 40)["LBL002"] == 120


def test_rare_classes() -> None:
    assert codes(text=TEXTS, label=["a", "b"] * 59 + ["c", "d"])["LBL003"] == 2


def test_missing_labels() -> None:
    assert codes(text=TEXTS, label=[None, None, None, *(i % 3 for i in range(117))])["LBL004"] == 3


def test_one_label_only() -> None:
    assert codes(query=TEXTS, document=OTHERS, label=[1] * 120)["LBL005"] == 120


def test_yes_and_no_in_another_code() -> None:
    assert "LBL006" in codes(query=TEXTS, document=OTHERS, label=[True, False] * 60)
    assert "LBL006" in codes(query=TEXTS, document=OTHERS, label=[1, -1] * 60)
    assert "LBL006" not in codes(query=TEXTS, document=OTHERS, label=[1, 0] * 60)


def test_empty_texts() -> None:
    assert codes(anchor=["", None, "  ", *TEXTS[3:]], positive=["", *OTHERS[1:]])["TXT001"] == 3


def test_long_texts() -> None:
    assert codes(anchor=TEXTS, positive=["word " * 1000, *OTHERS[1:]])["TXT002"] == 1


def test_repeated_rows() -> None:
    assert codes(anchor=[*TEXTS, TEXTS[0]], positive=[*OTHERS, OTHERS[0]])["ROW001"] == 1


def test_contradictory_labels() -> None:
    found = codes(query=[*TEXTS, TEXTS[0]], document=[*OTHERS, OTHERS[0]], label=[1, 0] * 60 + [0])
    assert found["ROW002"] == 2


def test_anchor_equal_to_positive() -> None:
    assert codes(anchor=TEXTS, positive=[*TEXTS[:2], *OTHERS[2:]])["ROW003"] == 2


def test_negative_equal_to_positive() -> None:
    negatives = [f"No boat leaves on day {i} of the month." for i in range(118)]
    found = codes(anchor=TEXTS, positive=OTHERS, negative=[*OTHERS[:2], *negatives])
    assert found["ROW004"] == 2


def test_several_positives() -> None:
    assert codes(anchor=[*TEXTS[:119], TEXTS[0]], positive=OTHERS)["ROW005"] == 1


def test_few_rows() -> None:
    assert codes(anchor=TEXTS[:20], positive=OTHERS[:20])["SET001"] == 20


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_is_documented(code: str) -> None:
    each = CHECKS[code]
    assert each.code == code
    assert len(code) == 6
    assert each.title
    assert each.why.endswith(".")
    assert each.mend


def test_classes_that_do_not_count_from_0() -> None:
    pairs = {"premise": TEXTS, "hypothesis": OTHERS}
    assert "LBL002" in codes(**pairs, label=["0", "1", "2"] * 40)
    assert "LBL002" in codes(**pairs, label=[0.0, 1.0, 2.0] * 40)
    assert "LBL002" in codes(**pairs, label=[10, 20, 30] * 40)
    assert "LBL002" not in codes(**pairs, label=[0, 1, 2] * 40)


def test_numbers_written_as_texts() -> None:
    assert codes(**CLEAN, score=[str(i / 120) for i in range(120)]) == {"LBL007": 120}


def test_lists_that_do_not_match() -> None:
    documents = [[one, other] for one, other in zip(TEXTS, OTHERS, strict=True)]
    assert codes(query=TEXTS, documents=documents, labels=[[1, 0, 1], *[[1, 0]] * 119])["LBL008"] == 1
    assert codes(query=TEXTS, documents=documents, labels=[[1, None], *[[1, 0]] * 119])["LBL008"] == 1


def test_a_class_label_that_calls_0_yes() -> None:
    import datasets

    rows = datasets.Dataset.from_dict({"query": TEXTS, "document": OTHERS, "label": [0, 1] * 60})
    turned = rows.cast_column("label", datasets.ClassLabel(names=["yes", "no"]))
    straight = rows.cast_column("label", datasets.ClassLabel(names=["no", "yes"]))
    assert "LBL006" in {each.code for each in advisor.inspect(turned, format="labeled-pair").findings}
    assert "LBL006" not in {each.code for each in advisor.inspect(straight, format="labeled-pair").findings}


def test_odd_columns_do_not_stop_the_checks() -> None:
    codes(label_count_distinct=TEXTS, b=OTHERS, label=[0, 1, 2] * 40)
    codes(sentence1=TEXTS, sentence2=OTHERS, score=[2**60 + i for i in range(60)] * 2)
    codes(anchor=TEXTS, positive=OTHERS, score=[float("nan")] * 120)
