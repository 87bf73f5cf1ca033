"""Exact search: the same as brute force, whatever the way, the blocks and the kind of array."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters.errors import InputError
from converters.mining.search import Searcher, check_vectors, eight_bits, faiss_flat, plan_blocks, search
from converters.mining.search.eight_bits import EightBits
from converters.mining.search.gpu import gpu_flat


def unit(rows):
    rows = np.asarray(rows, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def clustered(count, size, seed=0, clusters=40, spread=0.5):
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((clusters, size))
    return unit(centres[random.integers(clusters, size=count)] + spread * random.standard_normal((count, size)))


def brute_force(queries, documents, wanted):
    """In float64; pairs whose scores are closer than float32 can tell are left to the caller."""
    scores = queries.astype(np.float64) @ documents.astype(np.float64).T
    order = np.argsort(-scores, axis=1, kind="stable")
    return scores, [row[:count] for row, count in zip(order, wanted, strict=True)]


def ranked(rankings, queries):
    found = {}
    for ranking in rankings:
        for query, ids, scores in zip(ranking.query_ids, ranking.document_ids, ranking.scores, strict=True):
            assert query not in found
            found[int(query)] = ids[ids >= 0], scores[ids >= 0]
    assert sorted(found) == list(range(queries))
    return [found[query] for query in range(queries)]


def same(first, second):
    return all((a[0] == b[0]).all() and (a[1] == b[1]).all() for a, b in zip(first, second, strict=True))


@pytest.fixture
def small_cells(monkeypatch):
    """Cells, blocks and groups so small that a few hundred documents make many of each, and a rest."""
    monkeypatch.setattr(eight_bits, "CELL", 104)
    monkeypatch.setattr(eight_bits, "ROWS", 7)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    documents=st.integers(40, 700),
    size=st.sampled_from([8, 9, 17, 64, 384]),
    depth=st.integers(1, 30),
    kind=st.sampled_from(["clusters", "random", "one outlying dimension", "few different", "not unit"]),
)
def test_eight_bits_find_what_brute_force_finds(seed, documents, size, depth, kind):
    random = np.random.default_rng(seed)
    rows = random.standard_normal((documents, size))
    asked = random.standard_normal((20, size))
    if kind == "clusters":
        rows, asked = clustered(documents, size, seed), clustered(20, size, seed + 1)
    if kind == "one outlying dimension":
        rows[:, 0] += 30
        asked[:, 0] += 30
    if kind == "few different":
        rows = rows[random.integers(min(5, documents), size=documents)]
    rows, asked = (rows, asked) if kind == "not unit" else (unit(rows), unit(asked))
    rows, asked = rows.astype(np.float32), asked.astype(np.float32)
    asked[3] = 0
    wanted = random.integers(1, min(depth, documents) + 1, size=20)
    found = ranked(EightBits(rows).rank(asked, wanted, plan_blocks(wanted, documents, 9)), 20)
    scores, true = brute_force(asked, rows, wanted)
    for query, (ids, values) in enumerate(found):
        assert len(ids) == len(set(ids.tolist())) == wanted[query]
        # As good as the best, place by place, up to what float32 can tell; and each with its own score.
        allowed = 1e-5 * max(1.0, np.abs(scores[query]).max())
        np.testing.assert_allclose(scores[query][ids], scores[query][true[query]], atol=allowed)
        np.testing.assert_allclose(values, scores[query][ids], atol=allowed)
        equal = values[1:] == values[:-1]
        assert (ids[1:][equal] > ids[:-1][equal]).all()  # ties: in the order of the corpus
        assert (values[1:] <= values[:-1]).all()


@pytest.mark.parametrize("depth", [1, 8, 40])
def test_all_exact_ways_agree_to_the_byte(small_cells, depth):
    documents, queries = clustered(1003, 48), clustered(60, 48, seed=5)
    documents[500:520] = documents[100:120]  # ties
    queries[7] = 0
    wanted = np.random.default_rng(0).integers(1, depth + 1, size=60)
    plain = ranked(search(queries, documents, wanted, plan_blocks(wanted, 1003, 64)), 60)
    for size in (1, 13, 64):
        blocks = plan_blocks(wanted, 1003, size)
        assert same(plain, ranked(EightBits(documents).rank(queries, wanted, blocks), 60))
        assert same(plain, ranked(search(queries, documents, wanted, blocks, faiss_flat), 60))
    on_cpu = search(queries, documents, wanted, blocks, lambda *each: gpu_flat(*each, device="cpu"))
    assert same(plain, ranked(on_cpu, 60))


def test_the_sample_may_miss_all_that_is_near(small_cells):
    # What is near to the query stands together, between the documents that the sample looks at.
    documents = clustered(2000, 32, clusters=3)
    near = np.flatnonzero(np.arange(2000) // 30 == 20)
    documents[near] = unit(np.eye(32)[0] + 0.01 * np.random.default_rng(0).standard_normal((30, 32)))
    wanted = np.array([12])
    query = unit(np.eye(32)[:1])
    found = ranked(EightBits(documents).rank(query, wanted, plan_blocks(wanted, 2000, 1)), 1)
    assert set(found[0][0].tolist()) <= set(near.tolist())


def test_where_all_documents_are_alike_the_plain_search_takes_over(monkeypatch):
    monkeypatch.setattr(eight_bits, "CROWD", 50)
    documents = np.repeat(clustered(4, 16), 200, axis=0)
    queries = clustered(9, 16, seed=3)
    wanted = np.full(9, 5)
    blocks = plan_blocks(wanted, 800, 9)
    found = ranked(EightBits(documents).rank(queries, wanted, blocks), 9)
    assert same(found, ranked(search(queries, documents, wanted, blocks), 9))
    assert all((np.diff(ids) == 1).all() and ids[0] % 200 == 0 for ids, _ in found)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_memory_maps_are_searched_as_they_are(tmp_path, kind):
    documents, queries = clustered(900, 24).astype(kind), clustered(30, 24, seed=2).astype(kind)
    for name, array in (("documents", documents), ("queries", queries)):
        np.save(tmp_path / name, array)
    mapped = np.load(tmp_path / "documents.npy", mmap_mode="r")
    asked = np.load(tmp_path / "queries.npy", mmap_mode="r")
    check_vectors(asked, mapped)
    wanted = np.full(30, 6)
    blocks = plan_blocks(wanted, 900, 8)
    plain = ranked(search(queries, documents, wanted, blocks), 30)
    assert same(plain, ranked(search(asked, mapped, wanted, blocks), 30))
    assert same(plain, ranked(EightBits(mapped).rank(asked, wanted, blocks), 30))
    scores, true = brute_force(queries, documents, wanted)
    for query, (ids, _) in enumerate(plain):
        np.testing.assert_allclose(scores[query][ids], scores[query][true[query]], atol=1e-5)


def test_a_deep_need_of_one_query_is_met(monkeypatch):
    documents, queries = clustered(600, 16), clustered(12, 16, seed=4)
    wanted = np.full(12, 3)
    wanted[5] = 600
    blocks = plan_blocks(wanted, 600, 16)
    found = ranked(EightBits(documents).rank(queries, wanted, blocks), 12)
    assert [len(ids) for ids, _ in found] == wanted.tolist()
    assert same(found, ranked(search(queries, documents, wanted, blocks), 12))


def test_large_problems_go_through_eight_bits_and_small_ones_do_not(monkeypatch):
    from converters.mining.search import searcher

    documents, queries = clustered(5000, 8), clustered(40, 8, seed=1)
    wanted = np.full(40, 4)
    found = []
    for least in (0, 1e12):
        monkeypatch.setattr(searcher, "PLAIN_UP_TO", least)
        monkeypatch.setattr(searcher, "PLAIN_WITHOUT_TORCH_UP_TO", least)
        monkeypatch.setattr(searcher, "pays", lambda: True)
        one = Searcher(queries, documents, wanted)
        found.append((one, ranked(one.rank(one.plan(wanted, 16)), 40)))
    assert [one.report.method for one, _ in found] == ["eight bits, then in full", "faiss"]
    assert same(found[0][1], found[1][1])
    assert all(one.exact and one.report.recall == 1 and one.report.search_seconds > 0 for one, _ in found)


def damaged(value, row=3):
    vectors = clustered(50, 8)
    vectors[row, 2] = value
    return vectors


@pytest.mark.parametrize(
    ("queries", "documents", "said"),
    [
        (clustered(5, 8), damaged(np.nan), "1 of 50 document vectors hold NaN, infinite or huge numbers"),
        (damaged(np.inf), clustered(5, 8), "the first in row 3"),
        (clustered(5, 8), damaged(3e38), "huge"),
        (clustered(5, 8), clustered(5, 9), "query vectors have 8 numbers and document vectors 9"),
        (clustered(5, 8), np.zeros((4, 8), np.float32), "all 4 document vectors are zero"),
        (clustered(5, 8), clustered(5, 8)[0], r"a matrix .* shape \(8,\)"),
        (clustered(5, 8), np.ones((3, 8), np.int64), "int64"),
        (clustered(5, 8), np.empty((0, 8), np.float32), r"shape \(0, 8\)"),
    ],
)
def test_bad_vectors_are_told_in_one_line(queries, documents, said):
    with pytest.raises(InputError, match=said) as caught:
        check_vectors(queries, documents)
    assert "\n" not in str(caught.value)


def test_bad_vectors_are_found_in_any_block(monkeypatch):
    from converters.mining.search import checks

    monkeypatch.setattr(checks, "_NUMBERS", 64)
    with pytest.raises(InputError, match="the first in row 41"):
        check_vectors(clustered(5, 8), damaged(np.nan, row=41))
    one_zero = clustered(50, 8)
    one_zero[49] = 0
    check_vectors(one_zero, one_zero)  # a text like nothing is no error
    check_vectors(np.zeros((4, 8), np.float32), one_zero)
