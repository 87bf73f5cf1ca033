"""What the witnesses say, on neighbourhoods made by hand."""

import numpy as np
import pytest

from converters.embedding.bm25 import Bm25
from converters.mining import witnesses
from converters.mining.texts import pairs_of
from converters.mining.witnesses import DAMPING, STEPS, Witnesses, agree, linked, voice


def test_links_count_twice_where_both_are_near():
    # On a line at 0, 1, 1.9, 2.6: the nearest of 0 is 1, of 1 is 1.9, of 1.9 is 2.6, of 2.6 is 1.9.
    places = np.array([0, 1, 1.9, 2.6])
    similarities = -np.abs(places[:, None] - places)[None].astype(np.float32)
    try:
        kept, witnesses.NEIGHBOURS = witnesses.NEIGHBOURS, 1
        links = linked(similarities)[0]
    finally:
        witnesses.NEIGHBOURS = kept
    assert links.tolist() == [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 2], [0, 0, 2, 0]]


def test_what_is_missing_has_no_links():
    similarities = np.full((1, 3, 3), 0.5, dtype=np.float32)
    similarities[0, 2], similarities[0, :, 2] = -np.inf, -np.inf
    assert linked(similarities)[0].tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_a_voice_goes_to_the_best():
    scores = np.array([[3.0, 1.0, 2.0, 99.0]], dtype=np.float32)
    among = np.array([[True, True, True, False]])
    assert voice(scores, among)[0] == pytest.approx([8 / 9, 0, 1 / 9, 0])
    # No unit and no origin: a model whose cosines all lie between 0.7 and 0.8 says the same.
    assert voice(scores / 40 + 0.7, among)[0] == pytest.approx([8 / 9, 0, 1 / 9, 0], abs=1e-4)


def test_a_witness_that_tells_none_from_another_is_silent():
    assert not voice(np.ones((2, 3), dtype=np.float32), np.ones((2, 3), dtype=bool)).any()
    assert not voice(np.ones((1, 3), dtype=np.float32), np.zeros((1, 3), dtype=bool)).any()


def test_agreement_by_hand():
    # Two documents linked with each other and a start at the first: each step swaps the two.
    links = np.array([[[0, 2], [2, 0]]], dtype=np.float32)
    here, there = 1.0, 0.0
    for _ in range(STEPS):
        here, there = (1 - DAMPING) + DAMPING * there, DAMPING * here
    assert agree(links, np.array([[True, False]]), [])[0] == pytest.approx([2 * here, 2 * there], rel=1e-5)


def test_chance_is_one():
    random = np.random.default_rng(0)
    near = random.random((1, 40, 40)) < 0.2
    links = (near + near.transpose(0, 2, 1)).astype(np.float32)
    links[0, np.arange(40), np.arange(40)] = 0
    degrees = links.sum(axis=2)
    # A walk that starts anywhere, that is where the links are, stays spread like them.
    assert agree(links, np.zeros((1, 40), dtype=bool), [degrees / degrees.sum()])[0] == pytest.approx(1, abs=1e-3)


def clusters(random, queries=30, size=12, others=400, dimensions=32):
    """Queries amid their relevant documents, and as many irrelevant ones that are as near to the query, apart."""
    centres = unit(random.standard_normal((queries, dimensions)))
    relevant = unit(centres[:, None] + 0.16 * random.standard_normal((queries, size, dimensions)))
    rest = unit(random.standard_normal((others, dimensions)))
    documents = np.concatenate((relevant.reshape(-1, dimensions), rest)).astype(np.float32)
    asked = unit(centres + 0.1 * random.standard_normal((queries, dimensions))).astype(np.float32)
    pairs = pairs_of(np.arange(queries), np.arange(queries) * size, np.ones(queries), queries, len(documents))
    return asked, documents, pairs, size


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def ranked(asked, documents, known, count=100):
    scores = asked @ documents.T
    scores[np.arange(len(asked)), known] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


def test_relevant_documents_stand_out():
    asked, documents, pairs, size = clusters(np.random.default_rng(1))
    ids = ranked(asked, documents, pairs.document_ids)
    heard = Witnesses(asked, documents, pairs, None).hear(np.arange(len(asked)), ids)
    relevant = ids // size == np.arange(len(asked))[:, None]
    assert relevant.sum() > 300
    assert (heard.agreement[relevant] > 1).mean() > 0.95
    assert (heard.agreement[~relevant] < 1).mean() > 0.8
    # A positive that is held out is found like the others, and ranks where it would.
    assert (heard.held_out_agreement > 1).mean() > 0.9
    own = (asked * documents[pairs.document_ids]).sum(axis=1)
    scores = np.take_along_axis(asked @ documents.T, ids, axis=1)
    assert heard.held_out_rank.tolist() == (scores > own[:, None]).sum(axis=1).tolist()


def test_a_model_that_squeezes_its_cosines_hears_the_same():
    asked, documents, pairs, _ = clusters(np.random.default_rng(2))
    ids = ranked(asked, documents, pairs.document_ids)
    plain = Witnesses(asked, documents, pairs, None).hear(np.arange(len(asked)), ids)
    squeezed = [
        np.concatenate((each * 0.5**0.5, np.full((len(each), 1), 0.5**0.5)), axis=1) for each in (asked, documents)
    ]
    again = Witnesses(*squeezed, pairs, None).hear(
        np.arange(len(asked)), ids
    )  # cosines of 0.5 + half of what they were
    assert np.allclose(plain.agreement, again.agreement, atol=0.02)


def test_words_speak():
    # Vectors without any meaning: only the words can tell.
    random = np.random.default_rng(3)
    texts = [f"filler{i} common text" for i in range(60)] + ["rare word here"]
    documents = unit(random.standard_normal((61, 64))).astype(np.float32)
    asked = unit(random.standard_normal((1, 64))).astype(np.float32)
    pairs = pairs_of(np.array([0]), np.array([0]), np.ones(1), 1, 61)
    ids = ranked(asked, documents, pairs.document_ids)
    place = int(np.flatnonzero(ids[0] == 60)[0])
    words = Bm25().fit(texts, ["a rare word"])
    deaf = Witnesses(asked, documents, pairs, None).hear(np.array([0]), ids).agreement[0, place]
    heard = Witnesses(asked, documents, pairs, words).hear(np.array([0]), ids).agreement[0]
    assert heard[place] > 2.5 * deaf
    assert heard[place] == heard.max()


def test_blocks_change_nothing(monkeypatch):
    asked, documents, pairs, _ = clusters(np.random.default_rng(4))
    ids = ranked(asked, documents, pairs.document_ids, 37)  # and fewer candidates than the window has
    everything = np.arange(len(asked))
    whole = Witnesses(asked, documents, pairs, None).hear(everything, ids)
    monkeypatch.setattr(witnesses, "BLOCK_NUMBERS", 1)
    single = Witnesses(asked, documents, pairs, None).hear(everything, ids)
    some = Witnesses(asked, documents, pairs, None).hear(everything[7:9], ids[7:9, :30])
    assert whole.agreement.tobytes() == single.agreement.tobytes()
    assert whole.held_out_agreement.tobytes() == single.held_out_agreement.tobytes()
    assert not np.array_equal(some.agreement[:, :30], whole.agreement[7:9, :30])  # what is not a candidate is not heard


def test_memory_is_bounded_by_a_part(monkeypatch):
    asked, documents, pairs, _ = clusters(np.random.default_rng(5))
    sizes = []

    class Watched(np.ndarray):
        def __getitem__(self, index):
            if isinstance(index, np.ndarray) and index.ndim == 2:
                sizes.append(index.size)
            return np.asarray(super().__getitem__(index))

    monkeypatch.setattr(witnesses, "BLOCK_NUMBERS", 3 * 101**2)
    witness = Witnesses(asked, documents.view(Watched), pairs, None)
    witness.hear(np.arange(len(asked)), ranked(asked, documents, pairs.document_ids))
    assert sizes == [3 * 101] * 10


def test_many_positives_and_queries_like_nothing():
    random = np.random.default_rng(6)
    documents = unit(random.standard_normal((50, 8))).astype(np.float32)
    documents[40:] = 0
    asked = np.zeros((2, 8), dtype=np.float32)
    pairs = pairs_of(np.array([0] * 20 + [1]), np.arange(21), np.ones(21), 2, 50)
    heard = Witnesses(asked, documents, pairs, None).hear(np.arange(2), np.tile(np.arange(21, 50), (2, 1)))
    assert np.isfinite(heard.agreement).all()
    assert np.isfinite(heard.held_out_agreement).all()
    assert (heard.agreement[:, 29:] == 0).all()
