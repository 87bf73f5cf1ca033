"""Layouts in canonical shape: texts found wherever they are nested, and what is left out."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.canonical import canonicalise
from converters.errors import InputError

ROLES = {"q": "query", "pos": "positive", "neg": "negative"}


def grouped(roles: dict[str, str] = ROLES, **columns: Any) -> list[dict[str, Any]]:
    return canonicalise(pa.table(columns), "grouped", roles)[0].to_pylist()


@pytest.mark.parametrize(
    ("positives", "texts"),
    [
        ([["x", "y"]], ["x", "y"]),
        ([["x", None, " "]], ["x"]),
        (["x"], ["x"]),
        ([[{"docid": "1", "title": "T", "text": "x"}, {"docid": "2", "title": "", "text": "y"}]], ["T x", "y"]),
        ([[{"Title": None, "Contents": "x"}]], ["x"]),
        ([[{"id": "7", "passage_text": "x"}]], ["x"]),
        ([[{"docid": "7", "sentence": "x"}]], ["x"]),
        ([{"title": "T", "body": "x"}], ["T x"]),
        ([{"title": ["T", "U"], "text": ["x", "y"]}], ["T x", "U y"]),
        ([[{"title": "only a title"}]], ["only a title"]),
        (pa.array([["x"]], pa.large_list(pa.large_string())), ["x"]),
        (pa.array([["x", "y"]], pa.list_(pa.string(), 2)), ["x", "y"]),
        (pa.array([["x"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))), ["x"]),
    ],
)
def test_texts_are_found_wherever_they_are(positives: Any, texts: list[str]) -> None:
    for roles, names in ((ROLES, ("positives", "negatives")), ({**ROLES, "pos": "negative", "neg": "positive"}, None)):
        row = grouped(roles, q=["question"], pos=positives, neg=[["other"]])[0]
        assert row["query"] == "question"
        own, other = names or ("negatives", "positives")
        assert (row[own], row[other]) == (texts, ["other"])


def test_rows_that_cannot_be_used_are_counted() -> None:
    table = pa.table(
        {
            "q": ["a", " ", "c", "d", None],
            "pos": [["p"], ["p"], [], None, ["p"]],
            "neg": [None, ["n"], ["n", ""], [" "], ["n"]],
            "url": ["u"] * 5,
        }
    )
    done, changes = canonicalise(table, "grouped", {**ROLES, "url": "ignored"})
    assert done.to_pylist() == [
        {"query": "a", "positives": ["p"], "negatives": []},
        {"query": "c", "positives": [], "negatives": ["n"]},
    ]
    assert changes.dropped_rows == {"empty text": 2, "no text beside the query": 1}
    assert changes.dropped_columns == ["url"]
    assert changes.renamed == {"q": "query", "pos": "positives", "neg": "negatives"}


@pytest.mark.parametrize("swapped", [False, True])
def test_scores_stay_with_their_texts(swapped: bool) -> None:
    columns = {"pos_scores": [[1.0, 2.0], [3.0], [4.0], [5.0]], "neg_scores": [[], [0.5], [0.25], [None]]}
    ordered = dict(reversed(columns.items())) if swapped else columns
    roles = {**dict.fromkeys(ordered, "label"), **ROLES}
    table = pa.table(
        {"q": list("abcd"), "pos": [["", "p"], ["q"], ["r", "s"], ["t"]], "neg": [[], ["n"], ["m"], ["l"]], **ordered}
    )
    done, changes = canonicalise(table, "grouped", roles)
    assert done.to_pylist() == [
        {"query": "a", "positives": ["p"], "negatives": [], "positive_scores": [2.0], "negative_scores": []},
        {"query": "b", "positives": ["q"], "negatives": ["n"], "positive_scores": [3.0], "negative_scores": [0.5]},
    ]
    assert changes.dropped_rows == {"scores that do not match the texts": 2}


def test_one_column_with_the_scores_of_both() -> None:
    roles = {**ROLES, "scores": "label"}
    done = grouped(roles, q=["a"], pos=[["p", "q"]], neg=[["n"]], scores=[[3.0, 2.0, 1.0]])
    assert done[0]["positive_scores"] == [3.0, 2.0]
    assert done[0]["negative_scores"] == [1.0]


def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {
        "q": [f"q{i}" for i in range(10)],
        "pos": [[f"p{i}"] * (i % 3) for i in range(10)],
        "neg": [[f"n{i}"] * (i % 4) for i in range(10)],
    }
    whole = grouped(**columns)
    monkeypatch.setattr("converters.piles.BATCH_ROWS", 3)
    assert grouped(**columns) == whole
    assert len(whole) == 9


@pytest.mark.parametrize(
    ("columns", "roles", "message"),
    [
        ({"q": ["a"], "pos": [[1.5]], "neg": [[{"x": {"y": 1}}]]}, ROLES, "field with the text"),
        ({"q": ["a"], "pos": [["p"]], "neg": [[{"one": "x", "two": "y"}]]}, ROLES, "field with the text"),
        ({"q": ["a"], "pos": [["p"]], "neg": [[[["n"]]]]}, ROLES, "not texts"),
        ({"q": [["a"]], "pos": [["p"]], "neg": [["n"]]}, ROLES, "not texts"),
        ({"q": ["a"], "pos": [["p"]]}, ROLES, "no column 'neg'"),
        ({"q": ["a"], "pos": [["p"]], "neg": [["n"]]}, {**ROLES, "neg": "positive"}, "role positive"),
    ],
)
def test_what_is_no_group_is_refused(columns: dict[str, Any], roles: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        grouped(roles, **columns)
    assert "\n" not in str(refused.value)


# -- questions and contexts ------------------------------------------------------------------------------------------

ASKED = {"question": "query", "context": "document", "answers": "label"}


def answered(answers: Any, **more: Any) -> list[str]:
    table = pa.table({"context": ["c"] * len(answers), "question": [f"{i}?" for i in range(len(answers))]})
    table = table.append_column("answers", pa.array(answers))
    return canonicalise(table, "qa", {**ASKED, **more})[0]["question"].to_pylist()


@pytest.mark.parametrize(
    "answers",
    [
        [{"text": ["x"], "answer_start": [1]}, {"text": [], "answer_start": []}],
        [["x"], []],
        [[{"text": "x", "start": 1}], None],
        ["x", " "],
        ["x", None],
        [{"answer": "x"}, {"answer": None}],
        [{"begin": 1}, None],
        [3, None],
    ],
)
def test_questions_without_an_answer_are_left_out(answers: Any) -> None:
    assert answered(answers) == ["0?"]


def test_questions_need_no_column_of_answers() -> None:
    table = pa.table({"question": ["a?", ""], "context": ["c", "d"]})
    done, changes = canonicalise(table, "qa", {"question": "query", "context": "document"})
    assert done.to_pylist() == [{"question": "a?", "context": "c"}]
    assert changes.dropped_rows == {"empty text": 1}


def test_nested_questions_become_rows() -> None:
    records = [
        [
            {"qid": "1", "question": "a?", "answers": ["x"], "is_impossible": False},
            {"qid": "2", "question": "b?", "answers": [], "is_impossible": False},
        ],
        [{"qid": "3", "question": "c?", "answers": ["y"], "is_impossible": True}],
        None,
        [{"qid": "4", "question": "d?", "answers": ["z"], "is_impossible": None}],
    ]
    table = pa.table({"title": ["t"] * 4, "passage": list("klmn"), "qas": records})
    done, changes = canonicalise(table, "qa", {"passage": "document", "qas": "label", "title": "ignored"})
    assert done.to_pylist() == [{"question": "a?", "context": "k"}, {"question": "d?", "context": "n"}]
    assert changes.dropped_rows == {"no answer": 2}
    assert changes.dropped_columns == ["title"]


def test_questions_that_are_plain_texts() -> None:
    table = pa.table({"context": ["c"], "questions": [["a?", "b?"]]})
    done, _ = canonicalise(table, "qa", {"context": "document", "questions": "label"})
    assert done["question"].to_pylist() == ["a?", "b?"]


@pytest.mark.parametrize(
    ("nested", "message"),
    [(["no list"], "not lists of questions"), ([[{"asked": "a?"}]], "called question")],
)
def test_what_holds_no_questions_is_refused(nested: Any, message: str) -> None:
    table = pa.table({"context": ["c"], "qas": nested})
    with pytest.raises(InputError, match=message):
        canonicalise(table, "qa", {"context": "document", "qas": "label"})
    with pytest.raises(InputError, match="role query"):
        canonicalise(table, "qa", {"context": "document"})


def test_graded_pairs() -> None:
    table = pa.table({"g": ["2", "0", None], "d": ["x", "y", "z"], "q": ["a", "b", "c"]})
    done, changes = canonicalise(table, "graded-pair", {"q": "query", "d": "document", "g": "label"})
    assert done.to_pylist() == [
        {"query": "a", "document": "x", "grade": 2.0},
        {"query": "b", "document": "y", "grade": 0.0},
    ]
    assert changes.dropped_rows == {"no label": 1}


#: Columns of whatever data may hold, three rows each.
ANYTHING = [
    pa.array(["x", None, " "]),
    pa.array([1, None, 3]),
    pa.array([1.5, float("nan"), None]),
    pa.array([True, False, None]),
    pa.nulls(3),
    pa.array([b"x", b"", None]),
    pa.array([1, 2, None], pa.timestamp("s")),
    pa.array(["x", "y", None]).dictionary_encode(),
    pa.array([["x"], [], None]),
    pa.array([[None], ["x", "y"], ["z"]]),
    pa.array([[], [], None], pa.list_(pa.null())),
    pa.array([[1.0], [2.0, None], [float("inf")]]),
    pa.array([[["x"]], [], None]),
    pa.array([[b"x"], [], None]),
    pa.array([{"text": "x", "title": "t"}, {"text": None, "title": None}, None]),
    pa.array([{"text": ["x"], "title": ["t"]}, {"text": [], "title": None}, None]),
    pa.array([{"text": ["x"], "title": "t"}, {"text": [], "title": None}, None]),
    pa.array([{"a": 1}, {"a": 2}, None]),
    pa.array([{"question": "q?", "answers": {"text": []}}, None, {"question": None, "answers": None}]),
    pa.array([[{"question": "q?", "answers": ["x"]}], [], None]),
    pa.array([[{"text": {"text": "x"}}], [], None]),
    pa.array([[{"text": "x", "title": ["t"]}], [{"text": None, "title": None}], None]),
    pa.array([[("k", "v")], [], None], pa.map_(pa.string(), pa.string())),
    pa.array([["x", "y"], ["z", None], None], pa.list_(pa.string(), 2)),
    pa.array([["x"], None, []], pa.large_list(pa.string())),
    pa.array([["x"], None, []], pa.list_view(pa.string())),
]

some_roles = st.dictionaries(
    st.sampled_from("abcde"), st.sampled_from(["query", "document", "positive", "negative", "label", "ignored"])
)


@given(st.lists(st.sampled_from(ANYTHING), min_size=5, max_size=5), some_roles, st.sampled_from(["grouped", "qa"]))
def test_anything_gets_into_shape_or_is_refused(columns: list[pa.Array], roles: dict[str, str], layout: str) -> None:
    table = pa.table(columns, names=list("abcde"))
    try:
        done, changes = canonicalise(table, layout, roles)
    except InputError:
        return
    assert done.column_names[:2] == (["query", "positives"] if layout == "grouped" else ["question", "context"])
    assert done.column(0).null_count == 0
    if layout == "grouped":
        assert done.num_rows + sum(changes.dropped_rows.values()) == 3
        assert all(done["positives"].to_pylist())


@pytest.mark.parametrize("column", ANYTHING, ids=lambda column: str(column.type))
def test_every_kind_of_column_as_each_part(column: pa.Array) -> None:
    """Where the other parts are what they should be, so that nothing is refused before it is looked at."""
    texts, lists, numbers = pa.array(["a", "b", "c"]), pa.array([["x"]] * 3), pa.array([[1.0]] * 3)
    groups = {"q": texts, "p": lists, "n": lists, "s": numbers, "t": numbers}
    roles = {"q": "query", "p": "positive", "n": "negative", "s": "label", "t": "label"}
    asked = {"question": texts, "context": texts, "answers": lists}
    for name in groups:
        in_shape_or_refused(pa.table({**groups, name: column}), "grouped", roles)
    for name in asked:
        table = pa.table({**asked, name: column})
        in_shape_or_refused(table, "qa", {"question": "query", "context": "document", "answers": "label"})
        in_shape_or_refused(table, "qa", {"context": "document", "answers": "label"})


def in_shape_or_refused(table: pa.Table, layout: str, roles: dict[str, str]) -> None:
    try:
        done, _ = canonicalise(table, layout, roles)
    except InputError:
        return
    assert done.num_rows <= 3
    assert done.column(0).null_count == 0
