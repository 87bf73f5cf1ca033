"""What a row calls a positive is no negative of its anchor in another row, also where the first one is left out."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import converters.piles
from advisor.cli import run
from converters import convert

ASKED, GOOD, OTHER = "how do I return it?", "Send it back in 14 days.", "Use the return label."
TRIPLES = {"anchor": "anchor", "positive": "positive", "negative": "negative"}
REASON = "a negative that a row left out calls a positive of the same anchor"


def triples(*rows: tuple[str | None, ...]) -> list[dict[str, Any]]:
    """Rows that have nothing to do with one another, then these."""
    plain = [(f"what is thing {i}?", f"Thing {i} is good.", f"Thing {i} was bad.") for i in range(8)]
    return [dict(zip(TRIPLES, row, strict=True)) for row in (*plain, *rows)]


def negatives(rows: Any) -> set[tuple[str, str]]:
    """What labeled pairs, triplets or lists call a negative, with its anchor."""
    found: set[tuple[str, str]] = set()
    for row in rows:
        if "label" in row:
            found |= {(row["anchor"], row["document"])} if not row["label"] else set()
        elif "labels" in row:
            told = zip(row["documents"], row["labels"], strict=True)
            found |= {(row["query"], document) for document, label in told if not label}
        else:
            found |= {(row["anchor"], text) for name, text in row.items() if name.startswith("negative")}
    return found


@pytest.mark.parametrize("target", ["labeled-pair", "labeled-list", "triplet", "n-tuple", "same"])
@pytest.mark.parametrize(
    "lost",
    [(ASKED, GOOD, None), (f"{ASKED} ", f" {GOOD}", " "), (ASKED, GOOD, GOOD)],
    ids=["no negative", "white space", "its own negative"],
)
def test_a_triplet_that_is_left_out_still_tells_a_positive(target: str, lost: tuple[str | None, ...]) -> None:
    rows = triples((ASKED, OTHER, "Go away."), (ASKED, OTHER, GOOD), lost)
    if target == "n-tuple":
        rows += triples((ASKED, OTHER, "Nobody knows."))[8:]
    made = convert(pa.Table.from_pylist(rows), output_format=target, input_format="triplet", columns=TRIPLES)
    found = negatives(made)
    assert (ASKED, GOOD) not in found
    assert (ASKED, "Go away.") in found


def test_only_the_same_anchor_counts_and_a_row_that_lacks_its_positive_says_nothing() -> None:
    rows = triples((ASKED, None, GOOD), ("who am I?", GOOD, None), (None, GOOD, "x"), (ASKED, OTHER, GOOD))
    made = convert(pa.Table.from_pylist(rows), output_format="triplet", input_format="triplet", columns=TRIPLES)
    assert (ASKED, GOOD) in negatives(made)
    assert made.num_rows == 9


def test_what_is_left_out_for_it_tells_its_positive_too() -> None:
    rows = triples((ASKED, "C", "far"), (ASKED, "A", "B"), (ASKED, "B", GOOD), (ASKED, GOOD, None), (ASKED, "D", "A"))
    made = convert(pa.Table.from_pylist(rows), output_format="triplet", input_format="triplet", columns=TRIPLES)
    assert [row["positive"] for row in made if row["anchor"] == ASKED] == ["C"]


def test_a_margin_that_is_missing() -> None:
    rows = [{**row, "margin": 0.5} for row in triples((ASKED, OTHER, GOOD), (ASKED, GOOD, OTHER))]
    rows[-1]["margin"] = None
    columns = {"anchor": "query", "positive": "positive", "negative": "negative", "margin": "label"}
    made = convert(pa.Table.from_pylist(rows), output_format="triplet", input_format="triplet-margin", columns=columns)
    assert made.num_rows == 8
    assert (ASKED, GOOD) not in negatives(made)


@pytest.mark.parametrize("target", ["labeled-pair", "triplet"])
@pytest.mark.parametrize(
    ("labels", "threshold", "told"),
    [([1, None], None, True), ([0, None], None, False), ([1, None], 2.0, False), ([2, None], 2.0, True)],
)
def test_a_list_in_which_a_label_is_missing(
    target: str, labels: list[float | None], threshold: float | None, told: bool
) -> None:
    rows = [
        {"query": f"what is {i}?", "documents": [f"It is {i}.", f"It was {i}."], "labels": [2.0, 0.0]} for i in range(4)
    ]
    rows.append({"query": ASKED, "documents": [OTHER, GOOD], "labels": [2.0, 0.0]})
    rows.append({"query": ASKED, "documents": [GOOD, "Go away."], "labels": labels})
    columns = {"query": "query", "documents": "documents", "labels": "label"}
    table = pa.Table.from_pylist(rows)
    made = convert(table, output_format=target, input_format="labeled-list", columns=columns, threshold=threshold)
    assert ((ASKED, GOOD) not in negatives(made)) == told


def test_labels_of_a_list_that_are_words_in_part() -> None:
    rows = [
        {"query": f"what is {i}?", "documents": [f"It is {i}.", f"It was {i}."], "labels": ["1", "0"]} for i in "ab"
    ]
    rows.append({"query": ASKED, "documents": [OTHER, GOOD], "labels": ["1", "0"]})
    rows.append({"query": ASKED, "documents": [GOOD, "Go away."], "labels": ["+1", "perhaps"]})
    columns = {"query": "query", "documents": "documents", "labels": "label"}
    made = convert(
        pa.Table.from_pylist(rows),
        output_format="labeled-pair",
        input_format="labeled-list",
        columns=columns,
        on_error="skip",
    )
    assert made.num_rows == 4
    assert (ASKED, GOOD) not in negatives(made)


@pytest.mark.parametrize("as_records", [False, True])
def test_groups_whose_scores_do_not_match(as_records: bool) -> None:
    def texts(*plain: str) -> list[Any]:
        return [{"text": each} for each in plain] if as_records else list(plain)

    rows = [
        {"query": f"{i}?", "pos": texts(f"yes {i}"), "neg": texts(f"no {i}"), "scores": [0.9, 0.1]} for i in range(5)
    ]
    rows.append({"query": ASKED, "pos": texts(OTHER), "neg": texts(GOOD), "scores": [0.8, 0.2]})
    rows.append({"query": ASKED, "pos": texts(GOOD), "neg": texts("Go away."), "scores": [0.8, 0.2, 0.1]})
    columns = {"query": "query", "pos": "positive", "neg": "negative", "scores": "label"}
    made = convert(pa.Table.from_pylist(rows), output_format="triplet", input_format="grouped", columns=columns)
    assert made.num_rows == 5
    assert (ASKED, GOOD) not in negatives(made)


@pytest.mark.parametrize("in_memory", [True, False])
def test_it_is_counted_and_kept_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], in_memory: bool
) -> None:
    if not in_memory:
        monkeypatch.setattr(converters.piles, "SMALL", 1)
        monkeypatch.setattr(converters.piles, "BATCH_ROWS", 3)
    rows = [{"q": row["anchor"], "yes": row["positive"], "no": row["negative"]} for row in triples()]
    rows[2:2] = [{"q": ASKED, "yes": OTHER, "no": GOOD}]
    rows[6:6] = [{"q": ASKED, "yes": GOOD, "no": ""}, {"q": ASKED, "yes": "A letter.", "no": GOOD}]
    path, out, left = tmp_path / "data.jsonl", tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    roles = [text for pair in ("q=anchor", "yes=positive", "no=negative") for text in ("--column", pair)]
    command = ["convert", str(path), "--format", "triplet", *roles, "--output-format", "labeled-pair", "-o", str(out)]
    assert run([*command, "--rejects", str(left)]) == 0
    assert f"left out 2 rows: {REASON}" in capsys.readouterr().out
    kept = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(kept) == 16
    assert ASKED not in {row["anchor"] for row in kept}
    found = [json.loads(line) for line in left.read_text().splitlines()]
    assert {(row["row"], row["reason"]) for row in found} == {(7, "empty text"), (3, REASON), (8, REASON)}
    assert {row["row"]: json.loads(row["values"]) for row in found} == {n: rows[n - 1] for n in (3, 7, 8)}


def test_nothing_is_left_of_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    rows = [{"anchor": ASKED, "positive": OTHER, "negative": GOOD}, {"anchor": ASKED, "positive": GOOD, "negative": ""}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["convert", str(path), "--format", "triplet", "--output-format", "same"]
    assert run([*command, "-o", str(tmp_path / "out.jsonl")]) == 2
    assert f"1 with {REASON}" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()
