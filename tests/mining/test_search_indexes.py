"""Approximate search: recall is what it says, indexes are found again, and what is not good enough is not used."""

import json

import numpy as np
import pytest

from converters.errors import InputError
from converters.mining.search import Searcher, choice, plan_blocks, search, searcher
from converters.mining.search.choice import Machine, choose_index

DOCUMENTS, QUERIES, SIZE, DEPTH = 6000, 300, 24, 10


def clustered(count, seed, clusters=150):
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((clusters, SIZE))
    rows = centres[random.integers(clusters, size=count)] + 0.5 * random.standard_normal((count, SIZE))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors():
    return clustered(QUERIES, 1), clustered(DOCUMENTS, 0)


@pytest.fixture(scope="module")
def true(vectors):
    wanted = np.full(QUERIES, DEPTH)
    return matrix(search(*vectors, wanted, plan_blocks(wanted, DOCUMENTS, QUERIES)))


def matrix(rankings):
    ids, scores = np.full((QUERIES, DEPTH), -2), np.zeros((QUERIES, DEPTH), np.float32)
    for ranking in rankings:
        ids[ranking.query_ids], scores[ranking.query_ids] = ranking.document_ids, ranking.scores
    return ids, scores


def run(vectors, **options):
    wanted = np.full(QUERIES, DEPTH)
    one = Searcher(*vectors, wanted, **options)
    return one, *matrix(one.rank(one.plan(wanted, 128)))


def recall(found, true):
    return np.mean([np.isin(a, b).mean() for a, b in zip(true, found, strict=True)])


@pytest.mark.parametrize("index", ["ivf", "hnsw", "IVF64,SQ8", "PQ12x4fs", "SQ8"])
def test_recall_is_the_real_one(vectors, true, index):
    one, ids, scores = run(vectors, index=index, min_recall=0.9)
    report = one.report
    assert report.sample == QUERIES  # all of them: what was measured has to be exactly what is found
    assert report.depth == DEPTH
    assert report.recall == pytest.approx(recall(ids, true[0]), abs=1e-9)
    assert report.recall >= 0.9
    assert not one.exact
    assert f"recall {report.recall:.3f}" in str(report)
    # What is found has its true score, and the order of an exact search.
    exact = np.vecdot(vectors[0][:, None, :], vectors[1][ids])
    np.testing.assert_allclose(scores, exact, atol=1e-6)
    assert (np.diff(scores, axis=1) <= 0).all()
    assert all(len(set(row)) == DEPTH for row in ids.tolist())


def test_more_recall_makes_the_search_look_further():
    scattered = clustered(QUERIES, 1, clusters=5), clustered(DOCUMENTS, 0, clusters=5)
    low, high = (run(scattered, index="ivf", min_recall=share)[0].report for share in (0.5, 0.98))
    assert low.parameters["nprobe"] < high.parameters["nprobe"]
    assert low.recall < 0.98 <= high.recall


def test_where_recall_is_out_of_reach_the_search_is_exact_and_says_so(vectors, true):
    one, ids, _ = run(vectors, index="PQ2x4", min_recall=0.999)
    assert (ids == true[0]).all()
    assert one.report.kind == "flat"
    assert one.report.recall == 1
    assert "PQ2x4 finds 0." in one.report.note
    assert "less than 0.999: the search is exact" in str(one.report)


@pytest.mark.parametrize("index", ["ivf", "hnsw", "IVF64,SQ8"])
def test_a_saved_index_gives_the_same(tmp_path, vectors, index):
    options = {"index": index, "folder": tmp_path / "index", "depends_on": {"documents": "abc"}}
    first, ids, scores = run(vectors, **options)
    files = {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()}
    second, again, scores_again = run(vectors, **options)
    assert (first.report.loaded, second.report.loaded) == (False, True)
    assert second.report.trained_on == first.report.trained_on
    assert (ids == again).all()
    assert (scores == scores_again).all()
    in_memory = run(vectors, index=index)[1]
    assert (in_memory == ids).all()
    assert {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()} == files
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_index_of_other_documents_is_not_used(tmp_path, vectors, true):
    folder = tmp_path / "index"
    run((vectors[0], vectors[1][::-1].copy()), index="ivf", folder=folder, depends_on={"documents": "others"})
    one, ids, _ = run(vectors, index="ivf", folder=folder, depends_on={"documents": "these"})
    assert not one.report.loaded
    assert recall(ids, true[0]) == pytest.approx(one.report.recall)
    assert json.loads((folder / "index.json").read_text())["depends_on"]["documents"] == "these"


def test_an_index_that_was_not_finished_leaves_nothing(tmp_path, vectors, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(searcher.Lists, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(vectors, index="ivf", folder=tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path, vectors):
    (tmp_path / ".index-left").mkdir()
    run(vectors, index="ivf", folder=tmp_path / "index")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_lists_that_hold_too_little_are_made_up_for(vectors):
    # Six documents a list, and one of the queries wants sixty.
    from converters.mining.search.lists import Lists

    made = Lists.build(vectors[1], 1000, seed=0)
    wanted = np.full(QUERIES, 3)
    wanted[7] = 60
    for ranking in made.rank(*vectors, wanted, plan_blocks(wanted, DOCUMENTS, 64), probes=2):
        assert ((ranking.document_ids >= 0).sum(axis=1) == wanted[ranking.query_ids]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_documents_in_a_map(tmp_path, vectors, kind):
    np.save(tmp_path / "documents.npy", vectors[1].astype(kind))
    mapped = np.load(tmp_path / "documents.npy", mmap_mode="r")
    for index in ("ivf", "hnsw"):
        one, ids, _ = run((vectors[0], mapped), index=index)
        assert one.report.recall >= 0.95
        wanted = np.full(QUERIES, DEPTH)
        exact = matrix(search(vectors[0], mapped, wanted, plan_blocks(wanted, DOCUMENTS, QUERIES)))[0]
        assert recall(ids, exact) == pytest.approx(one.report.recall)


@pytest.mark.parametrize(
    ("queries", "documents", "depth", "index", "chosen"),
    [
        (1000, (1000, 384), 10, "auto", "flat"),
        (100_000, (100_000, 384), 10, "auto", "flat"),
        (1_000_000, (1_000_000, 384), 10, "auto", "ivf"),
        (1_000_000, (1_000_000, 384), 1000, "auto", "flat"),
        (100, (10_000, 384), 10, "ivf", "ivf"),
        (100, (500, 384), 10, "IVF", "flat"),
        (10**6, (10**6, 384), 10, "flat", "flat"),
        (10, (10_000, 384), 10, "HNSW", "hnsw"),
        (10, (10_000, 384), 10, "IVF64,SQ8", "IVF64,SQ8"),
    ],
)
def test_choice(queries, documents, depth, index, chosen):
    machine = Machine(2, 16 * 2**30, lambda: False)
    assert choose_index(index, queries, documents, depth, machine=machine).kind == chosen


@pytest.mark.parametrize("index", ["nonsense", "IVF99999,Flat", "PQ7"])
def test_indexes_that_faiss_refuses(vectors, index):
    with pytest.raises(InputError, match=index.split(",")[0]) as caught:
        run(vectors, index=index)
    assert "\n" not in str(caught.value)
    assert "use auto, flat, ivf or hnsw" in str(caught.value)


@pytest.mark.parametrize("options", [{"index": ""}, {"index": None}, {"min_recall": 0}, {"min_recall": 1.5}])
def test_impossible_options(vectors, options):
    with pytest.raises(InputError, match=r"index|min_recall"):
        Searcher(*vectors, np.full(QUERIES, DEPTH), **options)


@pytest.mark.parametrize(
    ("machine", "options", "kind", "words"),
    [
        ({}, {}, "ivf", "an exact search takes about 32 min on 2 cores, more than 8 min"),
        ({}, {"minutes": 60}, "flat", "an exact search takes about 32 min on 2 cores, no more than 60 min"),
        ({"cores": 16}, {}, "flat", "about 4 min on 16 cores"),
        ({"gpu": lambda: True}, {}, "flat", "about 4 s on a GPU"),
        ({"memory": 2**29}, {}, "IVF4000,SQ4", "an index of eight bits 366 MB, more than half of 512 MB of memory"),
        ({"memory": 2**29}, {"mapped": True}, "ivf", "more than 8 min"),  # it lies in the work folder
        ({"memory": 2**28}, {}, "flat", "four bits is too large as well; a work folder helps"),
    ],
)
def test_auto_weighs_time_and_memory_and_says_so(machine, options, kind, words):
    here = Machine(**({"cores": 2, "memory": 2**34, "gpu": lambda: False} | machine))
    choice = choose_index("auto", 10**6, (10**6, 384), 10, machine=here, **options)
    assert choice.kind == kind
    assert words in choice.why
    assert "\n" not in choice.why


def test_this_machine_has_cores_and_memory(tmp_path, monkeypatch):
    here = Machine.here()
    assert 1 <= here.cores <= 4096
    assert 2**20 < here.memory < 2**50
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(choice, "LIMITS", (str(limit), str(tmp_path / "none")))
    for told, memory in ((b"max", None), (b"1048576\n", 2**20), (b"", None)):
        limit.write_bytes(told)
        assert choice.memory_here() == (memory or choice.memory_here())
        assert (choice.memory_here() == 2**20) == (memory is not None)


def test_the_report_says_why(vectors, monkeypatch):
    told = run(vectors, index="auto")[0].report
    assert told.kind == "flat"
    assert "an exact search takes about 1 s" in told.why
    assert told.why in str(told)
    monkeypatch.setattr(choice, "CORE_SPEED", 1.0)
    told = run(vectors, index="auto")[0].report
    assert "more than 8 min" in told.why
    assert run(vectors, index="flat")[0].report.why == ""
    assert run(vectors, index="hnsw")[0].report.why == ""


def test_four_bits_find_enough(vectors, true, monkeypatch):
    monkeypatch.setattr(choice, "CORE_SPEED", 1.0)
    monkeypatch.setattr(choice, "memory_here", lambda: DOCUMENTS * SIZE + 1)
    one, ids, _ = run(vectors, index="auto")
    assert one.report.kind.endswith(",SQ4")
    assert recall(ids, true[0]) >= 0.95
