"""What the report of a mining run says."""

import json

import numpy as np
import pytest

from converters.mining import Selection, mine
from converters.mining.summary import EXAMPLE_LENGTH, Histogram


@pytest.fixture
def mined(given):
    vectors = {
        "close": (1, 0), "its positive": (0.9, 0.1), "its negative": (0.99, 0.01),
        "far": (0, 1), "another | positive\n<b>": (0.1, 0.9), "nothing": (-1, -1),
    }  # fmt: skip
    return mine(
        ["close", "far"],
        ["its positive", "another | positive\n<b>"],
        corpus=["its negative", "nothing", " "],
        model=given(vectors),
        selection=Selection(num_negatives=2, range_max=3, min_score=-0.5),
    )


def test_how_many_got_how_many(mined):
    summary = mined.summary
    assert summary.per_anchor == tuple(np.bincount(mined.found.sum(axis=1), minlength=3).tolist())
    assert sum(summary.per_anchor) == summary.queries
    assert sum(i * count for i, count in enumerate(summary.per_anchor)) == summary.negatives


def test_histograms_hold_every_score(mined):
    histogram = mined.summary.histogram
    assert sum(histogram.positives) == mined.summary.pairs
    assert sum(histogram.negatives) == mined.summary.negatives
    assert len(histogram.edges) == len(histogram.positives) + 1 == len(histogram.negatives) + 1
    scores = np.concatenate((mined.pair_scores, mined.negative_scores[mined.found]))
    assert histogram.edges[0] == pytest.approx(scores.min())
    assert histogram.edges[-1] == pytest.approx(scores.max())


def test_a_histogram_by_hand():
    histogram = Histogram.of(np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.06]))
    assert (histogram.positives[0], histogram.positives[-1]) == (1, 2)
    assert histogram.negatives[:3] == (1, 1, 0)
    assert Histogram.of(np.array([0.5]), np.array([])).negatives == (0,) * 20  # one score, no negative
    assert Histogram.of(np.array([]), np.array([])) == Histogram()


def test_examples_lead_with_what_comes_closest_to_a_positive(mined):
    first, second = mined.summary.examples
    assert (first.anchor, first.positive, first.negative) == ("close", "its positive", "its negative")
    assert first.negative_score > first.positive_score
    assert second.positive == "another | positive\\x0a<b>"  # on one line
    assert second.negative_score < second.positive_score


def test_examples_are_cut_and_show_the_best_positive(given):
    long = "word " * 200
    vectors = {"q": (1, 0), "worse": (0.5, 0.5), "best": (1, 0.1), long: (0.9, 0.3), "other": (0, 1)}
    mined = mine(
        ["q", "q"],
        ["worse", "best"],
        corpus=[long, "other"],
        model=given(vectors),
        selection=Selection(num_negatives=1),
    )
    (example,) = mined.summary.examples
    assert example.positive == "best"
    assert len(example.negative) == EXAMPLE_LENGTH
    assert example.negative.endswith("…")


def test_as_json_and_back(mined):
    told = json.loads(json.dumps(mined.summary.to_dict()))
    assert told["per_anchor"] == list(mined.summary.per_anchor)
    assert told["examples"][0]["negative"] == "its negative"
    assert told["histogram"]["positives"] == list(mined.summary.histogram.positives)
    assert told["veto"] is None


def test_as_markdown(mined):
    page = mined.summary.to_markdown()
    assert page.startswith("# Mining report\n")
    assert "\n| 2 | 2 |\n" in page
    assert "| known\\_positive | 2 |" in page
    assert "another \\| positive\\\\x0a\\<b\\>" in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)


def test_in_words(mined):
    text = str(mined.summary)
    assert "look at the negatives that are closest to being positives" in text
    assert "'its negative'" in text
    assert "estimate" not in text


def test_the_veto_says_that_it_estimates(given):
    random = np.random.default_rng(0)
    texts = [f"text {i}" for i in range(120)]
    vectors = dict(zip(texts, random.standard_normal((120, 8)), strict=True))
    mined = mine(
        texts[:40], texts[40:80], corpus=texts[80:], model=given(vectors), selection=Selection(veto="agreement")
    )
    assert "estimate: at most" in str(mined.summary)
    assert "known positives, hidden for a test" in mined.summary.to_markdown()
    assert 0 <= mined.summary.to_dict()["veto"]["false_negatives_at_most"] <= 1


def test_nothing_mined(given):
    mined = mine(
        ["q"], ["p"], corpus=["x"], model=given({"q": (1, 0), "p": (1, 0), "x": (0, 1)}),
        selection=Selection(num_negatives=1, min_score=0.9),
    )  # fmt: skip
    assert mined.summary.examples == ()
    assert mined.summary.per_anchor == (1, 0)
    assert "# Mining report" in mined.summary.to_markdown()
