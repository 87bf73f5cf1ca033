"""The tables of the documentation of sentence-transformers: the data of every row gets the losses of the row."""

import re
from pathlib import Path

import pytest

from advisor.catalogue import LOSSES, PARTS, losses_for

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

#: How a row of a table describes its data, as the text columns and the label, and what we call that.
ROWS = {
    ("single sentences", "class"): "single-class",
    ("single sentences", "none"): "single",
    ("(anchor, anchor) pairs", "none"): "identical-pair",
    ("(damaged_sentence, original_sentence) pairs", "none"): "damaged-pair",
    ("(sentence_A, sentence_B) pairs", "class"): "pair-class",
    ("(anchor, positive) pairs", "none"): "pair",
    ("(anchor, positive/negative) pairs", "1 if positive, 0 if negative"): "labeled-pair",
    ("(sentence_A, sentence_B) pairs", "float similarity score between 0 and 1"): "pair-score",
    ("(sentence_A, sentence_B) pairs", "similarity score"): "pair-score",
    ("(anchor, positive, negative) triplets", "none"): "triplet",
    ("(anchor, positive, negative_1, ..., negative_n)", "none"): "n-tuple",
    ("(query, [doc1, doc2, ..., docN])", "[score1, score2, ..., scoreN]"): "labeled-list",
    ("sentence", "model sentence embeddings"): "text-embedding",
    ("(sentence_1, sentence_2, ..., sentence_N)", "model sentence embeddings"): "text-embedding",
    (
        "(query, passage_one, passage_two)",
        "gold_sim(query, passage_one) - gold_sim(query, passage_two)",
    ): "triplet-margin",
    (
        "(query, passage_one, passage_two) triplets",
        "gold_sim(query, passage_one) - gold_sim(query, passage_two)",
    ): "triplet-margin",
    (
        "(query, positive, negative_1, ..., negative_n)",
        "[gold_sim(query, positive) - gold_sim(query, negative_i) for i in 1..n]",
    ): "n-tuple-margins",
    ("(query, positive, negative)", "[gold_sim(query, positive), gold_sim(query, negative)]"): "triplet-scores",
    (
        "(query, positive, negative_1, ..., negative_n)",
        "[gold_sim(query, positive), gold_sim(query, negative_i)...]",
    ): "n-tuple-scores",
}


def table_rows(text: str) -> list[tuple[str, str, list[str]]]:
    """Rows of the tables: texts, labels, and the names of the losses."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        if not line.startswith((" ", "|")) or line.lstrip().startswith("- "):  # prose
            continue
        cells = [
            cell.strip() for cell in (line.strip("|").split("|") if line.startswith("|") else re.split(r" {3,}", line))
        ]
        losses = re.findall(r"`(\w+Loss\w*)`\(\.\./package_reference", line)
        starts = [cell.strip("`") for cell in cells if cell]
        if starts and starts[0].startswith(("(", "single", "sentence", "any")) and losses and len(starts) >= 3:
            found.append((starts[0], starts[1], losses))
        elif losses and found and len(starts) <= 1:
            found[-1][2].extend(losses)
    return found


@pytest.fixture(params=["sentence-transformer", "cross-encoder"])
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_row_of_the_overview_holds(family: str) -> None:
    page = SEEDS / f"loss-overview-{family}.md"
    if not page.is_file():
        pytest.skip("the documentation that the project was made from is not here")
    rows = table_rows(page.read_text(encoding="utf-8"))
    assert len(rows) == {"sentence-transformer": 17, "cross-encoder": 12}[family]
    for texts, label, losses in rows:
        if texts == "any":  # wrappers of other losses
            assert {(family, name) for name in losses} <= set(PARTS)
            continue
        fitting = {loss.name for loss in losses_for(ROWS[texts, label], family)}  # type: ignore[arg-type]
        assert set(losses) <= fitting, (texts, label)


def test_every_loss_of_the_reference_is_there() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the documentation that the project was made from is not here")
    known = {*LOSSES, *PARTS}
    for family in ("sentence-transformer", "cross-encoder", "sparse-encoder"):
        text = (SEEDS / f"api-{family}-losses.md").read_text(encoding="utf-8")
        for name in re.findall(r"^## (\w+Loss\w*)", text, re.MULTILINE):
            assert (family, name) in known


def test_the_order_of_the_listwise_losses_is_that_of_the_overview() -> None:
    names = [loss.name for loss in losses_for("labeled-list", "cross-encoder")]
    wanted = ["LambdaLoss", "PListMLELoss", "ListNetLoss", "RankNetLoss", "ListMLELoss"]
    assert [name for name in names if name in wanted] == wanted
