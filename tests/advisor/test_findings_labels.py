"""What is wrong with labels is found, and mended by the command that is given."""

import math
import shlex
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.cli import run
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
    mended,
)

SINGLE = {"text": TEXTS}
SENTENCES = {"sentence1": TEXTS, "sentence2": OTHERS}
ASKED = {"query": QUERIES, "document": OTHERS}
LISTED = {"query": QUERIES, "documents": [list(each) for each in zip(OTHERS, THIRDS, strict=True)]}
THREE = {"query": QUERIES, "documents": [list(each) for each in zip(OTHERS, THIRDS, TEXTS, strict=True)]}
TUPLES = {"query": QUERIES, "positive": OTHERS, "negative": THIRDS}
VECTORS = [[math.sin(i * j) for j in range(1, 33)] for i in range(1, ROWS + 1)]
FEW = [i / 40 for i in range(ROWS)]
FAIR = [i * 37 % ROWS / ROWS for i in range(ROWS)]
NAN = float("nan")

TROUBLES = [
    Trouble(
        "LBL014",
        {**SENTENCES, "score": [-999.0] * 4 + FAIR[4:]},
        4,
        {**SENTENCES, "score": FAIR},
        None,
        "warning",
        "far outside 0 to 1",
    ),
    Trouble(
        "LBL014",
        {**SENTENCES, "score": FAIR[:60] + [round(100 * each) for each in FAIR[60:]]},
        60,
        {**SENTENCES, "score": [round(100 * each) for each in FAIR]},
        None,
        "warning",
        "the others are fractions",
    ),
    Trouble(
        "LBL018", {**SENTENCES, "distance": FAIR}, None, {**SENTENCES, "score": FAIR}, None, "error", "small where"
    ),
    Trouble(
        "LBL018",
        {**ASKED, "is_negative": [0, 1] * 60},
        None,
        {**ASKED, "is_relevant": [0, 1] * 60},
        None,
        "error",
        "is 1 where texts do not belong together",
    ),
    Trouble(
        "LBL019",
        {**SINGLE, "label": ["Billing", "billing", " tech", "other"] * 30},
        30,
        {**SINGLE, "label": ["Billing", "tech", "other"] * 40},
        None,
        "warning",
        "'Billing' and 'billing'",
    ),
    Trouble(
        "LBL020",
        {**SENTENCES, "score": [*map(str, FAIR[:20]), "abc", *map(str, FAIR[21:])]},
        1,
        {**SENTENCES, "score": FAIR},
        1,
        "error",
        "1 values of 'score' cannot be read",
    ),
    Trouble("LBL001", {**SENTENCES, "score": [each * 5 for each in FAIR]}, 95, {**SENTENCES, "score": FAIR}, 0),
    Trouble("LBL002", {**SINGLE, "label": ["ham", "spam", "egg"] * 40}, ROWS, {**SINGLE, "label": [0, 1, 2] * 40}, 0),
    Trouble("LBL002", {**SINGLE, "label": [10, 20, 30] * 40}, ROWS, {**SINGLE, "label": [0, 1, 2] * 40}, 0),
    Trouble("LBL003", {**SINGLE, "label": ["a", "b"] * 59 + ["c", "d"]}, 2, {**SINGLE, "label": ["a", "b"] * 60}, 2),
    Trouble(
        "LBL004",
        {**SINGLE, "label": [None, *["a", "b", "c"] * 39, "a", "b"]},
        1,
        {**SINGLE, "label": ["a", "b", "c"] * 40},
        1,
        "error",
    ),
    Trouble("LBL004", {**SENTENCES, "score": [NAN, None, *FAIR[2:]]}, 2, {**SENTENCES, "score": FAIR}, 2, "error"),
    Trouble("LBL005", {**ASKED, "label": [1] * ROWS}, ROWS, {**ASKED, "label": [0, 1] * 60}, 0, "error"),
    Trouble("LBL006", {**ASKED, "label": ["yes", "no"] * 60}, ROWS, {**ASKED, "label": [1, 0] * 60}, 0),
    Trouble("LBL006", {**ASKED, "label": [-1, 1] * 60}, ROWS, {**ASKED, "label": [1, 0] * 60}, 0),
    Trouble("LBL007", {**SENTENCES, "score": [str(each) for each in FAIR]}, ROWS, {**SENTENCES, "score": FAIR}, 0),
    Trouble(
        "LBL008",
        {**LISTED, "labels": [[1, 0, 1], *[[1, 0]] * 119]},
        1,
        {**LISTED, "labels": [[1, 0]] * ROWS},
        1,
        "error",
    ),
    Trouble(
        "LBL009",
        {**ASKED, "label": [1, 0, 0, 0, 0, 0] * 20},
        20,
        {**ASKED, "label": [1, 0, 0] * 40},
        says="pos_weight=5 ",
    ),
    Trouble(
        "LBL009", {**SINGLE, "label": [1, *[0] * 9] * 12}, 12, {**SINGLE, "label": [0, 1] * 60}, says="pos_weight=9 "
    ),
    Trouble(
        "LBL009", {**SINGLE, "label": ["a"] * 100 + ["b", "c"] * 10}, 10, {**SINGLE, "label": ["a", "b", "c"] * 40}
    ),
    Trouble("LBL010", {**LISTED, "labels": [[0, 0], *[[1, 0]] * 119]}, 1, {**LISTED, "labels": [[1, 0]] * ROWS}, 1),
    Trouble(
        "LBL010",
        {**LISTED, "labels": [[0.0, 0.0], *[[2.0, 1.0]] * 119]},
        1,
        {**LISTED, "labels": [[-1.5, -0.5], *[[1.5, 0.5]] * 119]},
        1,
    ),
    Trouble(
        "LBL010",
        {"query": QUERIES, "pos": [[], *[[each] for each in OTHERS[1:]]], "neg": [[each] for each in THIRDS]},
        1,
        {"query": QUERIES, "pos": [[each] for each in OTHERS], "neg": [[each] for each in THIRDS]},
    ),
    Trouble("LBL011", {**LISTED, "labels": [[1, 1], *[[1, 0]] * 119]}, 1, {**LISTED, "labels": [[1, 0]] * ROWS}, 1),
    Trouble(
        "LBL011",
        {"query": QUERIES, "pos": [[each] for each in OTHERS], "neg": [[], *[[each] for each in THIRDS[1:]]]},
        1,
        {"query": QUERIES, "pos": [[each] for each in OTHERS], "neg": [[each] for each in THIRDS]},
    ),
    Trouble(
        "LBL012",
        {**SINGLE, "embedding": [[NAN, *VECTORS[0][1:]], *VECTORS[1:]]},
        1,
        {**SINGLE, "embedding": VECTORS},
        1,
        "error",
        "NaN",
    ),
    Trouble(
        "LBL012",
        {**SINGLE, "embedding": [[0.0] * 32, *VECTORS[1:]]},
        1,
        {**SINGLE, "embedding": VECTORS},
        1,
        "error",
        "zeros",
    ),
    Trouble(
        "LBL012",
        {**SINGLE, "embedding": [VECTORS[0][:31], *VECTORS[1:]]},
        1,
        {**SINGLE, "embedding": VECTORS},
        1,
        "error",
        "length 32",
    ),
    Trouble(
        "LBL012",
        {**TUPLES, "scores": [[NAN, 0.5], *[[0.9, 0.1]] * 119]},
        1,
        {**TUPLES, "scores": [[0.9, 0.1]] * ROWS},
        1,
        "error",
    ),
    Trouble(
        "LBL012",
        {**TUPLES, "scores": [[0.5, None], *[[0.9, 0.1]] * 119]},
        1,
        {**TUPLES, "scores": [[0.0, 0.0], *[[0.9, 0.1]] * 119]},
        1,
        "error",
    ),
    Trouble(
        "LBL013",
        {**ASKED, "label": [-1, *[1, 0, 0] * 39, 1, 1]},
        1,
        {**ASKED, "label": [1, 0, 0] * 40},
        1,
        reading={"format": "labeled-pair"},
    ),
    Trouble(
        "LBL013",
        {"sentence1": TEXTS, "sentence2": OTHERS, "label": [-1, 0, 1] * 40},
        40,
        {"sentence1": TEXTS, "sentence2": OTHERS, "label": [2, 0, 1] * 40},
        40,
        reading={"format": "pair-class"},
    ),
    Trouble(
        "LBL013",
        {**THREE, "labels": [[-1, 0, 1], *[[1, 0, 0]] * 119]},
        1,
        {**THREE, "labels": [[2, 0, 1], *[[1, 0, 0]] * 119]},
        0,
    ),
    Trouble("LBL014", {**SENTENCES, "score": [999.0, *FAIR[1:]]}, 1, {**SENTENCES, "score": FAIR}),
    Trouble(
        "LBL014",
        {**SENTENCES, "score": ["37%", "5%", *(f"{each:.3f}" for each in FAIR[2:])]},
        2,
        {**SENTENCES, "score": [f"{each:.3f}" for each in FAIR]},
        0,
    ),
    Trouble(
        "LBL015",
        {**SENTENCES, "score": [0.25, *[0.5] * 119]},
        119,
        {**SENTENCES, "score": FAIR},
        reading={"format": "pair-score"},
    ),
    Trouble(
        "LBL015",
        {**SENTENCES, "score": [0.25, 0.5, 0.75] * 40},
        ROWS,
        {**SENTENCES, "score": FAIR},
        reading={"format": "pair-score"},
    ),
    Trouble("LBL015", {**SENTENCES, "score": [0.5 + each / 100 for each in FAIR]}, ROWS, {**SENTENCES, "score": FAIR}),
    Trouble(
        "LBL016",
        {**SINGLE, "label": [f"kind {i} of many" for i in range(80)] + ["x y", "z y"] * 20},
        120,
        {**SINGLE, "label": ["x y", "z y"] * 60},
        reading={"format": "single-class", "columns": {"label": "label"}},
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


def test_a_class_that_is_rare_in_a_sample_is_said_to_be() -> None:
    labels = [("rare" if i == 1 else "seldom" if i in (0, 3) else f"usual {i % 3}") for i in range(4000)]
    texts = [f"The ferry number {i} leaves the harbour." for i in range(4000)]
    table = pa.table({"text": texts, "label": labels})
    (all_rows,) = findings(table, "LBL003")
    assert "1 of 5 classes have one example only: 'rare'" in all_rows.message
    assert "sample" not in all_rows.message
    (sampled,) = findings(table, "LBL003", sample_rows=2000)
    assert "in the sample of 2,000 of 4,000 rows" in sampled.message
    (full,) = findings(table, "LBL003", sample_rows=2000, full=True)
    assert full.message == all_rows.message


def test_far_more_positives_than_negatives_never_get_a_weight_of_nothing() -> None:
    labels = [0, *[1] * 119]
    (found,) = findings(pa.table({**ASKED, "label": labels}), "LBL009", format="labeled-pair")
    assert "pos_weight=0.0084 " in found.message


def test_a_label_that_is_probably_an_identifier_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    labels = [f"kind {i} of many" for i in range(80)] + ["x y", "z y"] * 20
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({**SINGLE, "label": labels}), path)
    report = advisor.inspect(str(path), format="single-class", columns={"label": "label"})
    (found,) = [each for each in report.findings if each.code == "LBL016"]
    assert run([*shlex.split(found.fix)[1:], "--json"]) == 0
    assert '"format": "single"' in capsys.readouterr().out


def test_scores_take_the_mean_of_their_copies(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    columns = {**SENTENCES, "score": FAIR}
    pq.write_table(
        pa.table({name: [*each, each[10]] for name, each in columns.items()} | {"score": [*FAIR, 1.0]}), path
    )
    (found,) = findings(str(path), "ROW002")
    after = pq.read_table(mended(found.fix, tmp_path))["score"].to_pylist()
    assert after[10] == after[-1] == pytest.approx((FAIR[10] + 1.0) / 2)
    assert after[:10] == FAIR[:10]


def test_lists_lose_what_nobody_judged_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({**THREE, "labels": [[-1, 0, 1], *[[1, 0, 0]] * 119]}), path)
    (found,) = findings(str(path), "LBL013")
    after = pq.read_table(mended(found.fix, tmp_path))
    assert after["documents"][0].as_py() == [THIRDS[0], TEXTS[0]]
    assert after["labels"][0].as_py() == [0, 1]
    assert after.slice(1)["documents"].to_pylist() == THREE["documents"][1:]


def test_a_range_that_single_values_stretch_is_not_scaled_by() -> None:
    (found,) = findings(pa.table({**SENTENCES, "score": [999.0, *(each * 5 for each in FAIR[1:])]}), "LBL001")
    assert found.fix is None
    (found,) = findings(pa.table({**SENTENCES, "score": [each * 5 for each in FAIR]}), "LBL001")
    assert found.fix is not None
