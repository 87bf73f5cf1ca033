"""The veto by agreement, through the miner: what it leaves out, what it keeps, and that nobody goes without."""

import numpy as np
import pytest

from converters.errors import InputError
from converters.mining import Selection, mine
from converters.mining.veto import SAME

DIMENSIONS = 24
#: Relevant documents of each query, and documents that are as near to it but have nothing to do with one another.
RELEVANT, HARD, OTHERS, QUERIES = 12, 8, 60, 25


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def planted():
    """Queries with relevant documents close to one another, of which one is known, and with hard negatives around.

    Relevant document j of query i is "relevant i j", the hard negatives are "hard i j". Both have the same cosine with
    the query; the others lie further away, one behind the other. A relevant document shares a word with its query.
    """
    random = np.random.default_rng(0)
    vectors, texts = {}, []
    centres = unit(random.standard_normal((QUERIES, DIMENSIONS)))
    for i, centre in enumerate(centres):
        vectors[f"query topic{i}"] = centre
        away = unit(random.standard_normal(DIMENSIONS))
        for j in range(RELEVANT):
            vectors[f"relevant {i} {j} topic{i}"] = beside(centre, away + 0.3 * random.standard_normal(DIMENSIONS), 0.8)
        for j in range(HARD):
            vectors[f"hard {i} {j}"] = beside(centre, random.standard_normal(DIMENSIONS), 0.8)
        for j, cosine in enumerate(np.linspace(0.75, 0.2, OTHERS)):
            vectors[f"other {i} {j}"] = beside(centre, random.standard_normal(DIMENSIONS), cosine)
    texts = [text for text in vectors if not text.startswith("query")]
    return vectors, texts


def beside(centre, direction, cosine):
    """A unit vector in the plane of two directions, at a given cosine with the first."""
    across = unit(direction - (direction @ centre) * centre)
    return cosine * centre + np.sqrt(1 - cosine**2) * across


def mine_planted(planted, given, known=(0,), **settings):
    vectors, texts = planted
    options = {name: settings.pop(name) for name in ("block_size", "cross_encoder") if name in settings}
    return mine(
        [f"query topic{i}" for i in range(QUERIES) for _ in known],
        [f"relevant {i} {j} topic{i}" for i in range(QUERIES) for j in known],
        corpus=texts,
        model=given(vectors),
        selection=Selection(**({"num_negatives": 4, "veto": "agreement"} | settings)),
        **options,
    )


def kinds(mined):
    """Of the mined negatives, the share that is relevant and the share that is a planted hard one."""
    documents = mined.documents.to_pylist()
    queries = [text.removeprefix("query topic") for text in mined.queries.to_pylist()]
    names = [(documents[i].split(), queries[q]) for q, row in enumerate(mined.negatives) for i in row if i >= 0]
    count = [sum(name[0] == kind and name[1] == query for name, query in names) for kind in ("relevant", "hard")]
    return count[0] / len(names), count[1] / len(names)


def test_drops_hidden_positives_and_keeps_hard_negatives(planted, given):
    plain, vetoed = mine_planted(planted, given, veto=None), mine_planted(planted, given)
    relevant, hard = kinds(plain)
    assert relevant > 0.3  # nothing else tells them from the hard ones
    relevant, hard = kinds(vetoed)
    assert relevant < 0.02
    assert hard > 0.5
    assert np.nanmean(vetoed.negative_scores) > 0.75
    assert vetoed.found.all()
    assert vetoed.summary.skipped["agreement"] > QUERIES * (RELEVANT - 2)


def test_works_without_any_words_in_common(planted, given):
    vectors, texts = planted
    vectors = {text.split(" topic")[0] if "relevant" in text else text: each for text, each in vectors.items()}
    texts = [text.split(" topic")[0] for text in texts]
    mined = mine(
        [f"query topic{i}" for i in range(QUERIES)],
        [f"relevant {i} 0" for i in range(QUERIES)],
        corpus=texts,
        model=given(vectors),
        selection=Selection(num_negatives=4, veto="agreement"),
    )
    relevant, hard = kinds(mined)
    assert relevant < 0.1  # of four fifths
    assert hard > 0.3


def test_a_lower_threshold_vetoes_more(planted, given):
    skipped = [
        mine_planted(planted, given, veto_threshold=threshold).summary.skipped["agreement"]
        for threshold in (2.0, 1.0, 0.7)
    ]
    assert skipped == sorted(skipped)
    assert len(set(skipped)) == 3


def test_everybody_is_served_with_the_least_suspicious(planted, given):
    everything = mine_planted(planted, given, veto_threshold=0.0)
    assert everything.found.all()
    assert everything.summary.veto.reinstated == QUERIES * 4
    relevant, _ = kinds(everything)
    assert relevant == 0  # what is taken all the same is what the witnesses agree on the least


def test_a_margin_still_holds_for_what_is_taken_all_the_same(planted, given):
    mined = mine_planted(planted, given, veto_threshold=0.0, max_score=0.5)
    assert np.nanmax(mined.negative_scores) <= 0.5
    nothing = mine_planted(planted, given, veto_threshold=0.0, max_score=-0.9)
    assert not nothing.found.any()


def test_ranges_count_as_without_a_veto(planted, given):
    mined = mine_planted(planted, given, range_min=20, range_max=40)
    plain = mine_planted(planted, given, veto=None, range_min=20, range_max=40, num_negatives=20)
    for row, candidates in zip(mined.negatives, plain.negatives, strict=True):
        assert set(row.tolist()) <= set(candidates.tolist())
    assert mined.summary.skipped["range_min"] == plain.summary.skipped["range_min"]


def test_ranks_behind_the_window_are_not_judged(planted, given):
    mined = mine_planted(planted, given, range_min=150, range_max=160, num_negatives=10)
    plain = mine_planted(planted, given, veto=None, range_min=150, range_max=160, num_negatives=10)
    assert mined.negatives.tolist() == plain.negatives.tolist()


@pytest.mark.parametrize("sampling", ["top", "random"])
def test_the_same_whatever_the_blocks(planted, given, sampling):
    options = {"sampling_strategy": sampling, "seed": 5, "known": (0, 3)}
    first = mine_planted(planted, given, **options)
    second = mine_planted(planted, given, **options, block_size=7)
    assert first.negatives.tobytes() == second.negatives.tobytes()
    assert first.summary == second.summary


def test_a_cross_encoder_has_the_last_word_on_scores(planted, given):
    class Scorer:
        def predict(self, pairs):
            return [-float(right.split()[-1].removeprefix("topic")) for _, right in pairs]

    mined = mine_planted(planted, given, cross_encoder=Scorer())
    assert mined.found.all()
    assert kinds(mined)[0] < 0.05
    assert (np.diff(mined.negative_scores, axis=1) <= 0).all()


def tiny(given, vectors, anchors, positives, corpus, **settings):
    mined = mine(
        anchors,
        positives,
        corpus=corpus,
        model=given({text: unit(np.array(each, dtype=float)) for text, each in vectors.items()}),
        selection=Selection(**({"num_negatives": 2, "veto": "agreement"} | settings)),
    )
    documents = mined.documents.to_pylist()
    return mined, {
        query: [documents[i] for i in row if i >= 0]
        for query, row in zip(mined.queries.to_pylist(), mined.negatives, strict=True)
    }


def test_what_is_nearly_a_positive_is_never_taken(given):
    vectors = {"q": (1, 0, 0), "p": (1, 1, 0), "p, again": (1, 1.02, 0.02), "x": (1, 0, 1), "y": (0, 0, 1)}
    mined, found = tiny(given, vectors, ["q"], ["p"], list(vectors)[2:])
    assert sorted(found["q"]) == ["x", "y"]
    assert mined.summary.skipped["near_positive"] == 1
    mined, found = tiny(given, vectors, ["q"], ["p"], ["p, again", "x"])
    assert found["q"] == ["x"]  # rather one too few
    assert (mined.summary.queries_short, mined.summary.per_anchor) == (1, (0, 1, 0))


def test_the_positive_of_nearly_the_same_anchor_is_never_taken(given):
    vectors = {"q": (1, 0, 0), "q again": (1, 0.05, 0), "far": (0, 0, 1)}
    documents = {"p": (1, 1, 0), "p2": (1, -1, 0), "p3": (1, 0, 1), "x": (1, 0.2, 1), "y": (0.2, 1, 1)}
    mined, found = tiny(given, vectors | documents, list(vectors), ["p", "p2", "p3"], ["x", "y"], range_max=9)
    assert "p2" not in found["q"]
    assert "p" not in found["q again"]
    assert mined.summary.skipped["near_anchor"] == 2
    plain, _ = tiny(given, vectors | documents, list(vectors), ["p", "p2", "p3"], ["x", "y"], range_max=9, veto=None)
    assert "near_anchor" not in plain.summary.skipped
    assert np.dot(unit(np.array([1, 0, 0])), unit(np.array([1, 0.05, 0]))) >= SAME


def test_one_candidate(given):
    mined, found = tiny(given, {"q": (1, 0), "p": (1, 1), "x": (1, -1)}, ["q"], ["p"], ["x"], num_negatives=1)
    assert found == {"q": ["x"]}
    assert mined.summary.veto.held_out <= 1
    assert mined.summary.veto.found is None  # one is too few to tell


def test_estimates_are_near_the_truth_and_on_the_safe_side(planted, given):
    mined = mine_planted(planted, given)
    veto = mined.summary.veto
    assert veto.held_out == QUERIES
    assert veto.found > 0.8
    assert kinds(mined)[0] <= veto.false_negatives_at_most < 0.3
    loose = mine_planted(planted, given, veto_threshold=50.0)
    assert loose.summary.veto.found == 0
    assert kinds(loose)[0] <= loose.summary.veto.false_negatives_at_most


def test_impossible_settings():
    with pytest.raises(InputError, match="there is no veto 'agrement': did you mean 'agreement'"):
        Selection(veto="agrement")
    with pytest.raises(InputError, match="veto_threshold has to be a finite number of at least 0, not -1"):
        Selection(veto="agreement", veto_threshold=-1)
    with pytest.raises(InputError, match="include_positives"):
        mine(["q"], ["p"], include_positives=True, selection=Selection(veto="agreement"))


def test_depth():
    assert Selection(veto="agreement").complete(False).end == 100
    assert Selection(veto="agreement", num_negatives=20).complete(False).end >= 200
    assert Selection(veto="agreement", range_max=5).complete(False).depth == 100
    assert Selection(range_max=5).complete(False).depth == 5
