import json

import numpy as np
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.mining import Selection, mine

#: One query at cosine 1, its positive at 0.9, and six documents below and above it.
COSINES = {"a": 0.95, "p": 0.9, "b": 0.8, "c": 0.7, "d": 0.5, "e": 0.2, "f": -0.1}


def negatives(mined, query=0):
    documents = mined.documents.to_pylist()
    return [documents[i] for i in mined.negatives[query] if i >= 0]


def mine_one(angles, *, positives=("p",), cosines=COSINES, cross_encoder=None, include_positives=False, **settings):
    settings = {"num_negatives": 10, "range_max": 100} | settings
    return mine(
        ["q"] * len(positives),
        list(positives),
        corpus=list(cosines) + [f"filler {i}" for i in range(100)],
        model=angles(cosines | {f"filler {i}": -0.9 - i / 10000 for i in range(100)}),
        selection=Selection(**settings),
        cross_encoder=cross_encoder,
        include_positives=include_positives,
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"num_negatives": 3}, ["a", "b", "c"]),
        ({"num_negatives": 2, "range_min": 1}, ["b", "c"]),
        ({"num_negatives": 2, "range_min": 4, "range_max": 6}, ["e", "f"]),
        ({"max_score": 0.75, "num_negatives": 2}, ["c", "d"]),
        ({"max_score": 0.8, "num_negatives": 1}, ["b"]),
        ({"min_score": 0.5}, ["a", "b", "c", "d"]),
        ({"min_score": 0.3, "max_score": 0.75}, ["c", "d"]),
        ({"absolute_margin": 0.15, "num_negatives": 2}, ["c", "d"]),
        ({"absolute_margin": 0.0, "num_negatives": 2}, ["b", "c"]),
        ({"relative_margin": 0.05, "num_negatives": 1}, ["b"]),  # at most 0.855
        ({"relative_margin": 0.3, "num_negatives": 1}, ["d"]),  # at most 0.63
        ({"relative_margin": 0.05, "absolute_margin": 0.5, "min_score": 0.0}, ["e"]),
    ],
)
def test_filters_by_hand(angles, settings, expected):
    mined = mine_one(angles, **settings)
    assert negatives(mined) == expected
    cosines = [COSINES[text] for text in expected]
    assert mined.negative_scores[0, : len(expected)] == pytest.approx(cosines, abs=1e-6)
    assert mined.pair_scores == pytest.approx([0.9], abs=1e-6)


def test_the_relative_margin_of_a_negative_positive_score_lowers_the_threshold(angles):
    cosines = {"p": -0.2, "a": -0.19, "b": -0.205, "c": -0.211, "d": -0.4}
    mined = mine_one(angles, cosines=cosines, relative_margin=0.05, min_score=-0.5)
    assert negatives(mined) == ["c", "d"]  # at most -0.2 - 0.01


def test_of_several_positives_the_lowest_score_counts(angles):
    mined = mine_one(angles, positives=["p", "d"], absolute_margin=0.1, min_score=-0.2)
    assert negatives(mined) == ["e", "f"]  # at most 0.5 - 0.1


def test_counts_what_was_skipped_and_why(angles):
    mined = mine_one(
        angles, range_min=1, range_max=6, num_negatives=3, absolute_margin=0.15, max_score=0.6, min_score=0.0
    )
    assert negatives(mined) == ["d", "e"]
    assert mined.summary.skipped == {
        "known_positive": 1,
        "excluded": 0,
        "range_min": 1,  # a
        "absolute_margin": 1,  # b
        "max_score": 1,  # c
        "min_score": 1,  # f
    }
    summary = mined.summary
    assert (summary.queries, summary.pairs, summary.negatives, summary.corpus) == (1, 1, 2, 107)
    assert (summary.queries_short, summary.queries_without, summary.pairs_short) == (1, 0, 1)


def test_min_score_that_excludes_nothing_skips_nothing(angles):
    # The reference counts positives and padding as skipped.
    mined = mine_one(angles, min_score=-1.0, num_negatives=3)
    assert mined.summary.skipped["min_score"] == 0


def test_range_min_counts_ranks_before_the_score_filters(angles):
    # a and b fail the filter. Applied behind it, range_min=2 would skip c and d as well.
    mined = mine_one(angles, range_min=2, max_score=0.75, num_negatives=2)
    assert negatives(mined) == ["c", "d"]


def test_an_anchor_that_is_somebodys_positive_is_not_its_own_negative(given):
    model = given({"x": (1, 0), "y": (0.9, 0.1), "z": (0.8, 0.2), "w": (0.1, 0.9)})
    mined = mine(["x", "y"], ["y", "x"], corpus=["z", "w"], model=model, selection=Selection(num_negatives=2))
    assert negatives(mined, 0) == ["z", "w"]
    assert negatives(mined, 1) == ["z", "w"]
    assert mined.summary.skipped["excluded"] == 2


def test_texts_that_differ_in_case_space_and_composition_are_one(given):
    texts = [
        "Caf\u00e9  noir",
        " cafe\u0301 NOIR ",
        "caf\u00e9\u00a0noir",
        "The Query?",
        "the  query? ",
        "other",
        "more",
    ]
    model = given({text: (1.0, i / 100) for i, text in enumerate(texts)} | {"The Query?": (1.0, 0.0)})
    mined = mine(["The Query?"], [texts[0]], corpus=texts, model=model, selection=Selection(num_negatives=2))
    assert negatives(mined) == ["other", "more"]
    assert mined.summary.skipped["known_positive"] == 1
    assert mined.summary.skipped["excluded"] == 1
    assert mined.documents.to_pylist() == [texts[0], texts[3], "other", "more"]  # the first of each, as it was given
    assert mined.summary.dropped["same_document"] == 3


def test_of_documents_that_are_the_same_one_is_mined_and_positives_keep_their_spelling(given):
    spellings = ["A  dog", "a dog", "A Dog"]
    vectors = {"q": (1, 0), "r": (0, 1), "POSITIVE": (0.9, 0.1), "Positive": (0.9, 0.2), "other": (0.2, 0.9)}
    model = given(vectors | dict.fromkeys(spellings, (0.8, 0.1)))
    mined = mine(
        ["q", "q", "r"],
        ["Positive", "a dog", "other"],
        corpus=["A  dog", "POSITIVE", "A Dog"],
        model=model,
        selection=Selection(num_negatives=2),
    )
    documents = mined.documents.to_pylist()
    assert [documents[i] for i in mined.pairs.document_ids] == ["Positive", "a dog", "other"]
    assert negatives(mined, 0) == ["other"]
    assert negatives(mined, 1) == ["A  dog", "POSITIVE"]
    assert mined.pair_scores[0] == pytest.approx(0.9 / np.hypot(0.9, 0.2), abs=1e-6)
    assert (mined.summary.corpus, mined.summary.dropped["same_document"]) == (3, 3)


def test_spellings_of_one_anchor_share_their_positives(given):
    model = given({"q": (1, 0), "Q": (1, 0), "p1": (0.9, 0.1), "p2": (0.8, 0.1), "n": (0.1, 0.9)})
    mined = mine(["q", "Q"], ["p1", "p2"], corpus=["n"], model=model, selection=Selection(num_negatives=1))
    assert [negatives(mined, 0), negatives(mined, 1)] == [["n"], ["n"]]


def test_an_anchor_with_many_positives_changes_nothing_for_the_others(given):
    rng = np.random.default_rng(1)
    texts = [f"d{i}" for i in range(60)]
    vectors = {text: rng.standard_normal(4) for text in ["q1", "q2", *texts]}
    settings = {"corpus": texts, "model": given(vectors), "selection": Selection(num_negatives=3, max_score=0.6)}
    alone = mine(["q1"], ["d0"], **settings)
    beside = mine(["q1"] + ["q2"] * 30, ["d0", *texts[:30]], **settings)
    assert negatives(beside, 0) == negatives(alone)
    assert len(negatives(beside, 1)) == 3


def test_a_repeated_pair_counts_once(given):
    rng = np.random.default_rng(2)
    texts = [f"d{i}" for i in range(60)]
    vectors = {text: rng.standard_normal(4) for text in ["q1", "q2", *texts]}
    settings = {"corpus": texts, "model": given(vectors), "selection": Selection(num_negatives=3)}
    once = mine(["q1", "q2"], ["d0", "d1"], **settings)
    often = mine(["q1"] + ["q2"] * 41, ["d0"] + ["d1"] * 41, **settings)
    assert np.array_equal(once.negatives, often.negatives)
    assert often.summary.pairs == 2
    assert often.summary.dropped["repeated_pair"] == 40
    assert often.summary.skipped == once.summary.skipped


def test_equal_scores_come_in_the_order_of_the_corpus(given):
    texts = [f"d{i}" for i in range(200)]
    vectors = dict.fromkeys([*texts, "p"], (0.6, 0.8)) | {"q": (1.0, 0.0)}
    mined = mine(["q"], ["p"], corpus=texts, model=given(vectors), selection=Selection(num_negatives=4, range_min=3))
    assert negatives(mined) == ["d3", "d4", "d5", "d6"]


def test_a_query_that_is_like_nothing_takes_the_first_documents(given):
    vectors = {"q": (0.0, 0.0), "p": (1.0, 0.0), "a": (0.0, 1.0), "b": (1.0, 1.0), "c": (1.0, 0.5)}
    mined = mine(["q"], ["p"], corpus=["a", "p", "b", "c"], model=given(vectors), selection=Selection(num_negatives=2))
    assert negatives(mined) == ["a", "b"]
    assert mined.negative_scores.tolist() == [[0, 0]]


def test_excluded_documents_are_left_out_for_their_anchor_only(given):
    vectors = {"q1": (1, 0), "q2": (1, 0), "p": (1, 0.1), "a": (1, 0.2), "b": (1, 0.3)}
    mined = mine(
        ["q1", "q2"],
        ["p", "p"],
        corpus=["a", "b"],
        exclude=(["Q1 ", "unknown", None], ["A", "b", "b"]),
        model=given(vectors),
        selection=Selection(num_negatives=1),
    )
    assert [negatives(mined, 0), negatives(mined, 1)] == [["b"], ["a"]]


def test_grades_of_zero_are_no_positives(given):
    vectors = {"q": (1, 0), "p": (1, 0.1), "z": (1, 0.2), "a": (1, 0.3)}
    mined = mine(
        ["q", "q", "q"],
        ["p", "z", "p"],
        grades=[1, 0, 3],
        corpus=["a"],
        model=given(vectors),
        selection=Selection(num_negatives=2),
    )
    assert negatives(mined) == ["z", "a"]
    assert mined.pairs.grades.tolist() == [3]
    assert mined.summary.dropped["not_relevant"] == 1


def test_blank_and_missing_texts_are_dropped_and_counted(given):
    vectors = {"q": (1, 0), "p": (1, 0.1), "a": (1, 0.2), "x": (1, 0.3)}
    mined = mine(
        ["q", None, "", "q"],
        ["p", "x", "x", " \u3000"],
        corpus=["a", None, "\n"],
        model=given(vectors),
        selection=Selection(num_negatives=1),
    )
    assert mined.queries.to_pylist() == ["q"]
    assert mined.documents.to_pylist() == ["a", "p"]
    dropped = {"blank_anchor": 2, "blank_positive": 1, "not_relevant": 0, "blank_document": 2, "repeated_pair": 0}
    assert mined.summary.dropped == dropped | {"same_document": 0}


@pytest.mark.parametrize(
    "convert",
    [
        pa.array,
        lambda texts: pa.array(texts, pa.large_string()),
        lambda texts: pa.array(texts).dictionary_encode(),
        lambda texts: pa.chunked_array([pa.array(texts[:1]), pa.array(texts[1:])]),
        lambda texts: pa.chunked_array(
            [pa.array(texts[:1]).dictionary_encode(), pa.array(texts[1:]).dictionary_encode()]
        ),
        np.array,
        tuple,
    ],
)
def test_takes_texts_in_any_shape(given, convert):
    vectors = {"q": (1, 0), "r": (0, 1), "p": (1, 0.1), "s": (0.1, 1), "a": (1, 0.2)}
    mined = mine(
        convert(["q", "r"]),
        convert(["p", "s"]),
        corpus=convert(["a", "p"]),
        model=given(vectors),
        selection=Selection(num_negatives=2),
    )
    assert [negatives(mined, 0), negatives(mined, 1)] == [["a", "s"], ["a", "p"]]


def test_include_positives_ranks_them_too(angles):
    assert negatives(mine_one(angles, num_negatives=3, include_positives=True)) == ["a", "p", "b"]


class Reverser:
    """A cross-encoder that likes what the search does not."""

    def __init__(self):
        self.pairs = []

    def predict(self, pairs, batch_size=1):
        self.pairs += pairs
        return np.array([-COSINES.get(document, 0.0) for _, document in pairs])


def test_a_cross_encoder_rescores_with_and_without_a_margin(angles):
    # The reference leaves it uncalled where there is no margin and no bound.
    scorer = Reverser()
    plain = mine_one(angles, num_negatives=2, range_max=4, cross_encoder=scorer)
    assert negatives(plain) == ["d", "c"]  # of a, b, c, d, the four that the search ranks first
    assert plain.negative_scores[0].tolist() == pytest.approx([-0.5, -0.7])
    assert plain.pair_scores.tolist() == pytest.approx([-0.9])
    assert sorted(scorer.pairs) == [("q", text) for text in "abcdp"]
    with_margin = mine_one(angles, range_max=6, num_negatives=2, absolute_margin=0, cross_encoder=Reverser())
    assert negatives(with_margin) == ["a"]


@pytest.mark.parametrize("output", [lambda n: np.zeros((n, 2)), lambda n: np.full(n, np.nan), lambda n: [0.0]])
def test_a_cross_encoder_has_to_give_a_number_a_pair(angles, output):
    class Odd:
        def predict(self, pairs, **options):
            return output(len(pairs))

    with pytest.raises(InputError, match="one finite number"):
        mine_one(angles, cross_encoder=Odd(), positives=["p", "b"])


def test_random_sampling_draws_among_all_that_is_left_and_follows_the_seed(angles):
    settings = {"sampling_strategy": "random", "num_negatives": 2, "range_max": 5, "max_score": 0.94}
    drawn = [negatives(mine_one(angles, seed=seed, **settings)) for seed in range(60)]
    assert {text for pair in drawn for text in pair} == {"b", "c", "d", "e"}
    assert all(pair == sorted(pair) for pair in drawn)  # best first
    assert drawn[7] == negatives(mine_one(angles, seed=7, **settings))
    assert 20 <= sum("b" in pair for pair in drawn) <= 40


def test_the_summary_is_fit_for_json(angles):
    summary = mine_one(angles, num_negatives=2, relative_margin=0.05).summary
    data = json.loads(json.dumps(summary.to_dict()))
    assert data["encoder"] == "given"
    assert data["negative_scores"]["maximum"] == pytest.approx(0.8, abs=1e-6)
    assert data["differences"]["mean"] == pytest.approx((0.1 + 0.2) / 2, abs=1e-6)
    text = str(summary)
    assert "2 negatives for 1 anchors" in text
    assert "relative_margin" in text


def test_the_summary_of_nothing_is_fit_for_json(angles):
    summary = mine_one(angles, max_score=-0.999).summary
    assert json.loads(json.dumps(summary.to_dict()))["negative_scores"]["mean"] is None
    assert "1 of them none" in str(summary)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"num_negatives": 0}, "num_negatives"),
        ({"num_negatives": 1.5}, "num_negatives"),
        ({"num_negatives": True}, "num_negatives"),
        ({"range_min": -1}, "range_min"),
        ({"range_min": 5, "range_max": 5}, "range_max"),
        ({"range_min": 5, "range_max": 7, "num_negatives": 3}, "range_max=8"),
        ({"absolute_margin": -0.1}, "absolute_margin"),
        ({"absolute_margin": float("nan")}, "absolute_margin"),
        ({"relative_margin": -0.1}, "relative_margin"),
        ({"relative_margin": float("inf")}, "relative_margin"),
        ({"relative_margin": "0.1"}, "relative_margin"),
        ({"max_score": float("nan")}, "max_score"),
        ({"min_score": 0.5, "max_score": 0.4}, "min_score"),
        ({"sampling_strategy": "tpo"}, "did you mean 'top'"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_impossible_settings_are_named(settings, words):
    with pytest.raises(InputError, match=words) as caught:
        Selection(**settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"anchors": ["q"], "positives": ["p", "a"]}, "1 anchors and 2 positives"),
        ({"anchors": [""], "positives": ["p"]}, "of 1 rows, 1 lack an anchor"),
        ({"anchors": [], "positives": []}, "no pair"),
        ({"anchors": [1], "positives": ["p"]}, "anchors has to hold texts"),
        ({"anchors": "q", "positives": ["p"]}, "list of texts"),
        ({"anchors": ["q"], "positives": [["p"]]}, "positives has to hold texts"),
        ({"anchors": ["\ud800"], "positives": ["p"]}, "anchors"),
        ({"anchors": ["q"], "positives": ["p"], "corpus": [1.5]}, "corpus"),
        ({"anchors": ["q"], "positives": ["p"], "grades": ["high"]}, "grades"),
        ({"anchors": ["q"], "positives": ["p"], "grades": [1, 2]}, "grades"),
        ({"anchors": ["q"], "positives": ["p"], "grades": [float("nan")]}, "grades"),
        ({"anchors": ["q"], "positives": ["p"], "exclude": (["q"], [])}, "exclude"),
        ({"anchors": ["q"], "positives": ["p"], "cross_encoder": object()}, "predict"),
        ({"anchors": ["q"], "positives": ["p"], "block_size": 0}, "faiss_batch_size"),
        ({"anchors": ["q"], "positives": ["p"], "batch_size": 0}, "batch_size"),
    ],
)
def test_bad_input_is_one_clear_line(given, arguments, words):
    texts = {"q": (1, 0), "p": (0, 1), "a": (1, 1), "b": (1, 2), "c": (1, 3)}
    arguments = {"corpus": ["a", "b", "c"], "model": given(texts)} | arguments
    with pytest.raises(InputError, match=words) as caught:
        mine(**arguments)
    assert "\n" not in str(caught.value)


def test_a_corpus_too_small_for_anybody_is_refused_before_embedding(given):
    model = given({})
    with pytest.raises(
        InputError, match=r"num_negatives=3: of 3 documents, 2 at most.*num_negatives=2, or add documents"
    ):
        mine(["q"], ["p"], corpus=["a", "b"], model=model)
    with pytest.raises(InputError, match=r"of 1 documents, 0 at most are left.*; add documents to the corpus$"):
        mine(["q"], ["p"], model=model)
    with pytest.raises(InputError, match="range_min=2"):
        mine(["q"], ["p"], corpus=["a", "b", "c"], model=model, selection=Selection(num_negatives=2, range_min=2))
    assert model.calls == 0


def test_a_corpus_too_small_for_some_gives_them_fewer(given):
    vectors = {"q1": (1, 0), "q2": (1, 0), "a": (1, 1), "b": (1, 2), "c": (1, 3)}
    mined = mine(
        ["q1", "q2", "q2"], ["a", "a", "b"], corpus=["c"], model=given(vectors), selection=Selection(num_negatives=2)
    )
    assert [negatives(mined, 0), negatives(mined, 1)] == [["b", "c"], ["c"]]
    assert (mined.summary.queries_short, mined.summary.pairs_short) == (1, 2)


def test_queries_and_documents_need_vectors_of_one_length(given):
    model = given({"q": (1, 0)})
    model.encode_documents = lambda texts: np.ones((len(texts), 3))
    with pytest.raises(InputError, match="2 numbers for queries and of 3"):
        mine(["q"], ["p"], corpus=["a", "b", "c"], model=model)
