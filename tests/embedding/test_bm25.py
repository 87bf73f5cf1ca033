"""BM25 against the formula, written out in loops."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.embedding import bm25 as bm25_module
from converters.embedding.bm25 import Bm25
from converters.embedding.lsa import terms

WORDS = ["red", "fox", "fence", "the", "jumps", "Zürich", "東京", "x1"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=12)


def by_hand(documents, query, k1=1.2, b=0.75):
    split = [terms(document) for document in documents]
    mean = max(sum(map(len, split)) / len(split), 1)
    scores = []
    for words in split:
        score = 0.0
        for word in set(terms(query)):
            df = sum(word in other for other in split)
            tf = words.count(word)
            idf = math.log(1 + (len(split) - df + 0.5) / (df + 0.5))
            score += idf * tf / (tf + k1 * (1 - b + b * len(words) / mean))
        scores.append(score)
    return scores


@given(documents=texts, queries=texts, block=st.sampled_from([1, 20, 2**22]))
def test_scores_and_ranks_follow_the_formula(documents, queries, block):
    bm25 = Bm25().fit(pa.array(documents), pa.array(queries))
    every = np.arange(len(queries))
    pairs = np.tile(np.arange(len(documents)), (len(queries), 1))
    before, bm25_module.BLOCK_NUMBERS = bm25_module.BLOCK_NUMBERS, block
    try:
        scores = bm25.scores_of(every, pairs)
        ids, best = bm25.top(every, len(documents))
    finally:
        bm25_module.BLOCK_NUMBERS = before
    expected = np.array([by_hand(documents, query) for query in queries])
    assert scores == pytest.approx(expected, abs=8 * len(WORDS) * bm25_module.UNIT)
    order = np.lexsort((pairs, -scores), axis=1)
    assert ids.tolist() == order.tolist()
    assert best.tobytes() == np.take_along_axis(scores, ids, axis=1).tobytes()
    assert bm25.top(every, 1)[0].tolist() == order[:, :1].tolist()


def test_missing_candidates_score_nothing():
    bm25 = Bm25().fit(["a fox", "a hen"], ["fox"])
    scores = bm25.scores_of(np.array([0, 0]), np.array([[0, -1], [-1, -1]]))
    assert scores[0, 0] > 0
    assert scores.ravel()[1:].tolist() == [0, 0, 0]
    assert bm25.scores_of(np.array([], dtype=int), np.empty((0, 2), dtype=int)).shape == (0, 2)


def test_scripts_without_spaces_and_texts_without_words():
    bm25 = Bm25().fit(["東京の天気", "大阪の地図", "ไปตลาด"], ["天気"])
    assert bm25.top(np.array([0]), 1)[0].tolist() == [[0]]
    assert Bm25().fit(["🙂🙂", "🚲"], ["🚲"]).top(np.array([0]), 2)[0].tolist() == [[1, 0]]
    empty = Bm25().fit(["", " "], ["", "word"])
    assert empty.top(np.array([0, 1]), 2)[0].tolist() == [[0, 1], [0, 1]]
    assert not empty.scores_of(np.array([0, 1]), np.array([[0, 1], [1, 0]])).any()


def test_the_documents_may_ask_for_one_another():
    bm25 = Bm25().fit(["red fox", "red hen", "blue sea"])
    assert bm25.top(np.array([0, 2]), 2)[0].tolist() == [[0, 1], [2, 0]]
    assert bm25.ask(["sea"]).top(np.array([0]), 1)[0].tolist() == [[2]]
