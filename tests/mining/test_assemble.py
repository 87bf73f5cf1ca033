import numpy as np
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.mining import OUTPUT_FORMATS, Selection, assemble, mine
from converters.mining import assemble as assemble_function
from converters.mining.assemble import column_names

#: Cosines to the query "q": its positives are p1 (grade 2) and p2 (grade 1).
VECTORS = {"q": 1.0, "p1": 0.9, "p2": 0.6, "a": 0.8, "b": 0.4}


@pytest.fixture
def mined(given):
    """Anchor q has two positives and two negatives, r one and one, s one and none."""
    vectors = {text: (c, np.sqrt(1 - c * c), 0, 0) for text, c in VECTORS.items()}
    vectors |= {"r": (0, 0, 1, 0), "pr": (0, 0.1, 1, 0), "s": (0, 0, 0, 1), "ps": (0, 0, -0.1, 1)}
    mined = mine(
        ["q", "r", "q", "s"],
        ["p1", "pr", "p2", "ps"],
        grades=[2, 1, 1, 1],
        corpus=["a", "b"],
        model=given(vectors),
        selection=Selection(num_negatives=2, range_max=20, min_score=0.05),
    )
    found = [[mined.documents[i].as_py() for i in row if i >= 0] for row in mined.negatives]
    assert found[0] == ["a", "b"]
    assert found[2] == []
    # What r gets depends on nothing here: leave it one.
    mined.negatives[1] = [mined.documents.to_pylist().index("a"), -1]
    mined.negative_scores[1] = [0.25, np.nan]
    return mined


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def test_triplets(mined):
    table = assemble(mined, "triplet")
    assert table.column_names == ["anchor", "positive", "negative"]
    assert rows(table) == [
        ("q", "p1", "a"),
        ("q", "p1", "b"),
        ("q", "p2", "a"),
        ("q", "p2", "b"),
        ("r", "pr", "a"),
    ]
    table = assemble(mined, "triplet", output_scores=True)
    assert table.column_names == ["anchor", "positive", "negative", "scores"]
    assert table["scores"].to_pylist()[1] == pytest.approx([0.9, 0.4], abs=1e-6)
    assert table["scores"].to_pylist()[4] == pytest.approx([mined.pair_scores[2], 0.25])


def test_tuples_leave_out_anchors_with_too_few_negatives(mined):
    table = assemble(mined, "n-tuple")
    assert table.column_names == ["anchor", "positive", "negative_1", "negative_2"]
    assert rows(table) == [("q", "p1", "a", "b"), ("q", "p2", "a", "b")]
    table = assemble(mined, "n-tuple", output_scores=True)
    assert table["scores"].to_pylist()[1] == pytest.approx([0.6, 0.8, 0.4], abs=1e-6)


@pytest.mark.parametrize("grouped", [False, True])
def test_labeled_pairs_hold_each_negative_once(mined, grouped):
    table = assemble(mined, "labeled-pair", grouped=grouped)
    assert table.column_names == ["anchor", "document", "label"]
    assert rows(table) == [
        ("q", "p1", 1),
        ("q", "p2", 1),
        ("q", "a", 0),
        ("q", "b", 0),
        ("r", "pr", 1),
        ("r", "a", 0),
        ("s", "ps", 1),
    ]
    table = assemble(mined, "labeled-pair", output_scores=True, grouped=grouped)
    assert table.column_names == ["anchor", "document", "score"]
    assert table["score"].to_pylist()[:4] == pytest.approx([0.9, 0.6, 0.8, 0.4], abs=1e-6)


def test_lists_for_each_pair(mined):
    table = assemble(mined, "labeled-list")
    assert table.column_names == ["query", "documents", "labels"]
    assert rows(table) == [
        ("q", ["p1", "a", "b"], [2, 0, 0]),
        ("q", ["p2", "a", "b"], [1, 0, 0]),
        ("r", ["pr", "a"], [1, 0]),
    ]
    table = assemble(mined, "labeled-list", output_scores=True)
    assert table.column_names == ["query", "documents", "scores"]
    assert table["scores"].to_pylist()[1] == pytest.approx([0.6, 0.8, 0.4], abs=1e-6)


def test_grouped_lists_hold_all_positives_with_their_grades(mined):
    table = assemble(mined, "labeled-list", grouped=True)
    assert rows(table) == [("q", ["p1", "p2", "a", "b"], [2, 1, 0, 0]), ("r", ["pr", "a"], [1, 0])]
    table = assemble(mined, "labeled-list", grouped=True, output_scores=True)
    assert table["scores"].to_pylist()[0] == pytest.approx([0.9, 0.6, 0.8, 0.4], abs=1e-6)


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
@pytest.mark.parametrize("output_scores", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_types_are_the_same_when_nothing_qualifies(mined, output_format, output_scores, grouped):
    full = assemble(mined, output_format, output_scores=output_scores, grouped=grouped)
    mined.negatives[:], mined.negative_scores[:] = -1, np.nan
    empty = assemble(mined, output_format, output_scores=output_scores, grouped=grouped)
    assert empty.schema == full.schema
    assert len(empty) == (4 if output_format == "labeled-pair" else 0)
    texts = [pa.string(), pa.list_(pa.string())]
    assert empty.schema.types[0] == pa.string()
    assert empty.schema.types[1] in texts


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
@pytest.mark.parametrize("output_scores", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_blocks_of_queries_change_nothing(mined, output_format, output_scores, grouped, monkeypatch):
    whole = assemble(mined, output_format, output_scores=output_scores, grouped=grouped)
    assert len(whole) > 0
    module = __import__("sys").modules[assemble_function.__module__]
    for size in (1, 2):
        monkeypatch.setattr(module, "BLOCK_QUERIES", size)
        cut = assemble(mined, output_format, output_scores=output_scores, grouped=grouped)
        assert cut.equals(whole)
        cut.validate(full=True)


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
@pytest.mark.parametrize("grouped", [False, True])
def test_batches_change_nothing(mined, output_format, grouped, monkeypatch):
    whole = assemble(mined, output_format, output_scores=True, grouped=grouped)
    module = __import__("sys").modules[assemble_function.__module__]
    for size in (1, 9, 30):
        monkeypatch.setattr(module, "BATCH_BYTES", size)
        cut = assemble(mined, output_format, output_scores=True, grouped=grouped)
        assert cut.equals(whole)
        cut.validate(full=True)
        assert size > 1 or cut.column(0).num_chunks > 1


def test_float_grades_stay_floats(given):
    model = given({"q": (1, 0), "p": (1, 0.1), "a": (1, 0.2)})
    mined = mine(["q"], ["p"], grades=[0.5], corpus=["a"], model=model, selection=Selection(num_negatives=1))
    assert assemble(mined, "labeled-list")["labels"].to_pylist() == [[0.5, 0.0]]
    assert assemble(mined, "labeled-pair")["label"].to_pylist() == [1, 0]


@pytest.mark.parametrize(
    ("output_format", "given_names", "expected"),
    [
        ("triplet", ("question", "answer"), ["question", "answer", "negative"]),
        ("triplet", (None, None), ["anchor", "positive", "negative"]),
        ("triplet", ("anchor", "negative"), ["anchor", "positive", "negative"]),
        ("triplet", ("negative", "positive"), ["anchor", "positive", "negative"]),
        ("triplet", ("positive", "negative"), ["anchor", "positive", "negative"]),
        ("triplet", ("score", "text"), ["anchor", "positive", "negative"]),
        ("labeled-pair", ("label", "text"), ["anchor", "document", "negative"]),
        ("labeled-list", ("labels", "text"), ["query", "documents", "negative"]),
    ],
)
def test_names_never_clash(output_format, given_names, expected):
    assert column_names(output_format, ["anchor", "positive", "negative"], *given_names) == expected


def test_an_unknown_format_is_named(mined):
    with pytest.raises(InputError, match="did you mean 'triplet'"):
        assemble(mined, "triplets")
