"""The miner against a brute-force one that goes through everything with loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.embedding.vectors import unit_rows
from converters.mining import Selection, mine
from converters.mining.search import ranking as search_module


class Encoder:
    name = "given"

    def __init__(self, vectors):
        self.vectors = vectors

    def encode_queries(self, texts):
        return np.array([self.vectors[text] for text in texts], dtype=np.float32)

    encode_documents = encode_queries


def product(query, document):
    """The inner product, summed in the order in which the miner sums."""
    nothing = np.zeros((1, 1), dtype=np.int64)
    return search_module.inner_products(query[None], document[None], nothing[0], nothing)[0, 0]


def oracle(anchors, positives, corpus, vectors, chosen, draw_all=False):
    """For each anchor the texts it should get (all that may be drawn, with `draw_all`), with their scores."""
    documents = list(dict.fromkeys(corpus + positives))
    unit = {text: unit_rows(np.array([vector], dtype=np.float32), 1, "")[0] for text, vector in vectors.items()}
    found = {}
    for anchor in dict.fromkeys(anchors):
        own = [positive for a, positive in zip(anchors, positives, strict=True) if a == anchor]
        scores = [product(unit[anchor], unit[document]) for document in documents]
        least = float(min(product(unit[anchor], unit[positive]) for positive in own))
        ranked = sorted(range(len(documents)), key=lambda i, s=scores: (-s[i], i))
        ranked = [i for i in ranked if documents[i] not in own and documents[i] != anchor]
        kept = []
        for i in ranked[chosen.range_min : chosen.range_max]:
            if chosen.absolute_margin is not None and scores[i] > np.float32(least - chosen.absolute_margin):
                continue
            if chosen.relative_margin is not None and scores[i] > np.float32(
                least - abs(least) * chosen.relative_margin
            ):
                continue
            if chosen.relative_margin and scores[i] >= np.float32(least):  # a share of a score of zero
                continue
            if chosen.max_score is not None and scores[i] > np.float32(chosen.max_score):
                continue
            if chosen.min_score is not None and scores[i] < np.float32(chosen.min_score):
                continue
            kept.append((documents[i], float(scores[i])))
        found[anchor] = kept if draw_all else kept[: chosen.num_negatives]
    return found


def result(mined):
    documents = mined.documents.to_pylist()
    return {
        query: [(documents[i], float(s)) for i, s in zip(ids, scores, strict=True) if i >= 0]
        for query, ids, scores in zip(mined.queries.to_pylist(), mined.negatives, mined.negative_scores, strict=True)
    }


@st.composite
def problems(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    size, queries = draw(st.integers(8, 60)), draw(st.integers(1, 12))
    dimensions = draw(st.integers(1, 5))
    if draw(st.booleans()):  # coarse vectors: many ties, opposite and zero vectors among them
        vectors = rng.integers(-1, 2, (size + queries, dimensions)).astype(float)
        vectors[0, 0] = 1  # where all documents are zero, nothing is mined
    else:
        vectors = rng.standard_normal((size + queries, dimensions))
    documents = [f"d{i}" for i in range(size)]
    anchors = [f"q{i}" if draw(st.integers(0, 5)) else f"d{i % size}" for i in range(queries)]
    table = dict(zip(documents + [f"q{i}" for i in range(queries)], vectors, strict=True))
    rows = [(anchor, documents[rng.integers(size)]) for anchor in anchors for _ in range(draw(st.integers(1, 4)))]
    rng.shuffle(rows)
    margin = st.none() | st.sampled_from([0.0, 0.05, 0.5])
    start = draw(st.integers(0, 6))
    count = draw(st.integers(1, 3))
    chosen = Selection(
        num_negatives=count,
        range_min=start,
        range_max=draw(st.none() | st.integers(start + count, 80)),
        absolute_margin=draw(margin),
        relative_margin=draw(margin),
        max_score=draw(st.none() | st.sampled_from([0.3, 0.8])),
        min_score=draw(st.none() | st.sampled_from([-0.5, 0.1])),
        sampling_strategy=draw(st.sampled_from(["top", "random"])),
        seed=draw(st.integers(0, 3)),
    ).complete(rescored=False)
    corpus = documents if draw(st.booleans()) else documents[: size // 2]
    return [str(a) for a, _ in rows], [str(p) for _, p in rows], corpus, table, chosen


@given(problem=problems(), block=st.sampled_from([1, 2, 5, 100]), use_faiss=st.booleans())
def test_agrees_with_brute_force(problem, block, use_faiss):
    anchors, positives, corpus, vectors, chosen = problem
    documents = dict.fromkeys(corpus + positives)
    most = max(
        len(documents.keys() - {anchor} - {p for a, p in zip(anchors, positives, strict=True) if a == anchor})
        for anchor in anchors
    )
    if most - chosen.range_min < chosen.num_negatives:
        with pytest.raises(ValueError, match="too small"):
            mine(anchors, positives, corpus=corpus, model=Encoder(vectors), selection=chosen)
        return
    mined = mine(
        anchors,
        positives,
        corpus=corpus,
        model=Encoder(vectors),
        selection=chosen,
        block_size=block,
        use_faiss=use_faiss,
    )
    expected = oracle(anchors, positives, corpus, vectors, chosen, draw_all=chosen.sampling_strategy == "random")
    got = result(mined)
    if chosen.sampling_strategy == "top":
        assert got == expected
    else:
        for anchor, kept in expected.items():
            drawn = got[anchor]
            assert len(drawn) == len(set(drawn)) == min(chosen.num_negatives, len(kept))
            assert drawn == [each for each in kept if each in drawn]
    for anchor, taken in got.items():  # whatever else: never a positive, never the anchor
        own = {p for a, p in zip(anchors, positives, strict=True) if a == anchor} | {anchor}
        assert not own & {text for text, _ in taken}


def same(first, second):
    return all(
        getattr(first, name).tobytes() == getattr(second, name).tobytes()
        for name in ("negatives", "negative_scores", "pair_scores")
    ) and (first.summary == second.summary)


@pytest.mark.parametrize("sampling", ["top", "random"])
def test_blocks_and_searches_change_no_byte(monkeypatch, sampling):
    rng = np.random.default_rng(3)
    documents, anchors = [f"d{i}" for i in range(3000)], [f"q{i}" for i in range(150)]
    clusters = rng.standard_normal((40, 24))
    vectors = {
        text: (clusters[rng.integers(40)] + rng.choice([0, 0.3]) * rng.standard_normal(24))
        for text in documents + anchors
    }
    rows = [(anchor, documents[rng.integers(3000)]) for anchor in anchors for _ in range(rng.choice([1, 1, 40]))]

    def run(**options):
        return mine(
            [anchor for anchor, _ in rows],
            [positive for _, positive in rows],
            corpus=documents,
            model=Encoder(vectors),
            selection=Selection(num_negatives=5, relative_margin=0.05, sampling_strategy=sampling, min_score=0.0),
            **options,
        )

    whole = run()
    assert same(whole, run())
    for size in (1, 7, 64):
        assert same(whole, run(block_size=size))
    assert same(whole, run(use_faiss=False))
    monkeypatch.setattr(search_module, "BLOCK_CANDIDATES", 5000)
    monkeypatch.setattr(search_module, "BLOCK_NUMBERS", 20000)
    assert same(whole, run())
    assert same(whole, run(use_faiss=False))


def test_depth_follows_each_query(monkeypatch):
    wanted = np.array([3, 3, 500, 3])
    blocks = search_module.plan_blocks(wanted, documents=10_000, block_size=2)
    assert [(depth, members.tolist()) for depth, members in blocks] == [(16, [0, 1]), (16, [3]), (512, [2])]
    monkeypatch.setattr(search_module, "BLOCK_CANDIDATES", 16)
    assert [len(members) for _, members in search_module.plan_blocks(wanted, 10_000, 100)] == [1, 1, 1, 1]
    assert search_module.plan_blocks(wanted, documents=4, block_size=100)[0][0] == 4
