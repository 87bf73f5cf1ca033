"""Conversions: what goes in comes out in the new format, and no positive becomes a negative."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from converters import InputError, Mining, Selection, convert, open_source
from converters.conversions import CONVERSIONS, Options, plan
from converters.formats import FORMATS

WORDS = "red green blue black white round square tiny huge old new warm cold fast slow loud".split()
ANCHORS = [f"where is the {one} {other} lamp" for one in WORDS for other in WORDS if one < other]
POSITIVES = [f"the {anchor[13:]} stands in room {i}" for i, anchor in enumerate(ANCHORS)]
PAIRS = pa.table({"anchor": ANCHORS, "positive": POSITIVES})
COLUMNS = {"anchor": "anchor", "positive": "positive"}


def converted(output_format: str, **settings: object) -> dict:
    mining = Mining(selection=Selection(num_negatives=3, seed=1), **settings)
    done = convert(PAIRS, input_format="pair", output_format=output_format, columns=COLUMNS, mining=mining)
    return done.to_dict()


def test_triplets() -> None:
    rows = converted("triplet")
    assert list(rows) == FORMATS["triplet"].column_names()
    assert len(rows["anchor"]) == 3 * len(ANCHORS)
    known = dict(zip(ANCHORS, POSITIVES, strict=True))
    for anchor, positive, negative in zip(*rows.values(), strict=True):
        assert positive == known[anchor] != negative
        assert negative in POSITIVES


def test_n_tuples() -> None:
    rows = converted("n-tuple")
    assert list(rows) == FORMATS["n-tuple"].column_names(5)
    assert all(len({*row[1:]}) == 4 for row in zip(*rows.values(), strict=True))


def test_labeled_pairs() -> None:
    rows = converted("labeled-pair")
    assert list(rows) == FORMATS["labeled-pair"].column_names()
    assert sum(rows["label"]) == len(ANCHORS)
    assert len(rows["label"]) == 4 * len(ANCHORS)


def test_labeled_lists() -> None:
    rows = converted("labeled-list")
    assert list(rows) == FORMATS["labeled-list"].column_names()
    assert all(labels == [1, 0, 0, 0] for labels in rows["labels"])
    assert all(len(documents) == 4 for documents in rows["documents"])


def test_scores_of_the_model() -> None:
    rows = converted("labeled-list", output_scores=True)
    assert list(rows) == ["query", "documents", "scores"]
    assert np.shape(rows["scores"]) == (len(ANCHORS), 4)


def collection(folder: Path, grades: tuple[int, ...] = (2, 1, 0)) -> Path:
    """A collection whose first query has documents of these grades."""
    (folder / "qrels").mkdir(parents=True)
    documents = [f"document {i} about {word} things" for i, word in enumerate(WORDS)]
    corpus = [f'{{"_id": "d{i}", "title": "{"T" * (i % 2)}", "text": "{text}"}}' for i, text in enumerate(documents)]
    (folder / "corpus.jsonl").write_text("\n".join(corpus) + "\n")
    (folder / "queries.jsonl").write_text("\n".join(f'{{"_id": "q{i}", "text": "about {WORDS[i]}"}}' for i in range(4)))
    first = [f"q0\td{i}\t{grade}" for i, grade in enumerate(grades)]
    judged = ["query-id\tcorpus-id\tscore", *first, "q1\td1\t1", "q2\tnowhere\t1"]
    (folder / "qrels" / "test.tsv").write_text("\n".join(judged) + "\n")
    return folder


def test_a_collection_to_pairs(tmp_path: Path) -> None:
    done = convert(collection(tmp_path / "c"), input_format="collection", output_format="pair")
    assert done.to_dict() == {
        "anchor": ["about red", "about red", "about green"],
        "positive": [
            "document 0 about red things",
            "T document 1 about green things",
            "T document 1 about green things",
        ],
    }


def test_a_collection_to_lists_keeps_grades_and_mines_the_corpus(tmp_path: Path) -> None:
    mining = Mining(selection=Selection(num_negatives=2))
    done = convert(
        collection(tmp_path / "c", (2, 1)), input_format="collection", output_format="labeled-list", mining=mining
    ).to_dict()
    assert done["query"] == ["about red", "about green"]
    assert done["labels"] == [[2, 1, 0, 0], [1, 0, 0]]
    relevant = {"document 0 about red things", "T document 1 about green things"}
    assert set(done["documents"][0][:2]) == relevant
    assert not relevant & set(done["documents"][0][2:])


def test_unknown_ids_are_counted(tmp_path: Path) -> None:
    from converters.conversions import convert_split

    source = open_source(collection(tmp_path / "c"))
    done = convert_split(source, "test", plan("collection", "pair"), input_format="collection", columns={})
    assert done.rows_in == 5
    assert done.changes.dropped_rows == {"unknown id": 1}
    assert done.left_out == {"judgements that call a document not relevant": 1}


def test_the_same_format_is_only_put_into_shape() -> None:
    table = pa.table({"s": [5.0, 0.0], "b": ["x", "y"], "a": ["u", "v"], "id": [1, 2]})
    columns = {"a": "sentence_a", "b": "sentence_b", "s": "label", "id": "id"}
    done = convert(table, input_format="pair-score", output_format="pair-score", columns=columns)
    assert done.to_dict() == {"sentence_a": ["u", "v"], "sentence_b": ["x", "y"], "score": [1.0, 0.0]}


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("pair", "tripplet", "did you mean 'triplet'"),
        ("pear", "triplet", "did you mean 'pair'"),
        ("pair", "collection", "not a format to train on"),
        ("single", "labeled-list", "no conversion from single to labeled-list"),
    ],
)
def test_there_is_no_such_way(source: str, target: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan(source, target)


class Teacher:
    def predict(self, pairs: list[tuple[str, str]]) -> list[float]:
        return [0.0] * len(pairs)


def test_every_conversion_leads_to_a_format_to_train_on() -> None:
    for (source, target), way in CONVERSIONS.items():
        assert source in FORMATS
        assert way.summary
        if not FORMATS[target].trainable:
            assert any(each.source == target and FORMATS[each.target].trainable for each in CONVERSIONS.values())
            continue
        found = plan(source, target, Options(teacher=Teacher() if way.needs else None))
        assert (way,) in [each.steps for each in found.choices()]


def test_wrong_words_about_the_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ids only"):
        convert(PAIRS, input_format="collection", output_format="pair")
    with pytest.raises(InputError, match="collection"):
        convert(collection(tmp_path / "c"), input_format="pair", output_format="pair", columns=COLUMNS)
    empty = pa.table({"anchor": ["", " "], "positive": ["x", "y"]})
    with pytest.raises(InputError, match="no usable row"):
        convert(empty, input_format="pair", output_format="pair", columns=COLUMNS)


def test_a_corpus_too_small_for_the_negatives_asked() -> None:
    few = PAIRS.slice(0, 3)
    with pytest.raises(InputError, match="3"):
        convert(few, input_format="pair", output_format="triplet", columns=COLUMNS, mining=Mining())
