import errno
import json
import os
import subprocess
import sys
import threading

import numpy as np
import pyarrow as pa
import pytest

from converters.errors import InputError
from converters.mining import Selection, Workspace, assemble, kept_rows, mine, mine_hard_negatives
from converters.mining import embedded as embedding_stage
from converters.mining import workspace as module
from converters.mining.embedded import matrix_in
from converters.mining.search import Searcher
from converters.mining.workspace import BusyError, hash_of_numbers, hash_of_texts

ANCHORS = [f"question {i}" for i in range(30)]
POSITIVES = [f"answer {i}" for i in range(30)]
CORPUS = [f"passage {i}" for i in range(40)]


class Counting:
    """An encoder with an identity that counts the texts it has embedded."""

    name = "counting"

    def __init__(self, identity="a model", dimensions=8):
        self.of = identity
        self.dimensions = dimensions
        self.embedded = []

    def identity(self, kind):
        return None if self.of is None else {"model": self.of, "kind": kind}

    def encode_queries(self, texts):
        self.embedded += texts
        return np.array([np.random.default_rng(list(text.encode())).standard_normal(self.dimensions) for text in texts])

    encode_documents = encode_queries


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr(embedding_stage, "SHARD", 8)


def run(folder, model=None, **options):
    model = model or Counting()
    settings = {"num_negatives": 2, "range_max": 20}
    selection = Selection(**settings | {name: options.pop(name) for name in list(options) if name in vars(Selection())})
    options = {"corpus": CORPUS, "use_faiss": False, "block_size": 7} | options
    if folder is None:
        return assemble(mine(ANCHORS, POSITIVES, model=model, selection=selection, **options), "triplet")
    with Workspace(folder) as workspace:
        mined = mine(ANCHORS, POSITIVES, model=model, selection=selection, workspace=workspace, **options)
        return kept_rows(workspace, mined, "triplet")[0]


def searches(monkeypatch):
    """Counts the blocks that are searched for."""
    counted = []
    original = Searcher.rank

    def counting(searcher, blocks):
        counted.extend(blocks)
        return original(searcher, blocks)

    monkeypatch.setattr(Searcher, "rank", counting)
    return counted


def test_a_work_folder_changes_no_row_and_the_second_run_computes_nothing(tmp_path, monkeypatch):
    counted = searches(monkeypatch)
    expected = run(None)
    assert run(tmp_path / "work").equals(expected)
    counted.clear()
    again = Counting()
    assert run(tmp_path / "work", again).equals(expected)
    assert (again.embedded, counted) == ([], [])


def test_other_filters_embed_and_search_nothing_anew(tmp_path, monkeypatch):
    counted = searches(monkeypatch)
    run(tmp_path / "work", range_max=30)
    counted.clear()
    for filters in (
        {"max_score": 0.4},
        {"relative_margin": 0.2, "min_score": -0.5},
        {"range_min": 3, "range_max": 12},
        {"sampling_strategy": "random", "seed": 4},
        {"num_negatives": 5, "block_size": 11},
    ):
        model = Counting()
        assert run(tmp_path / "work", model, **filters).equals(run(None, **filters))
        assert model.embedded == []
        assert len(counted) > 0  # of the run without a work folder
        counted.clear()
        run(tmp_path / "work", model, **filters)
        assert (model.embedded, counted) == ([], [])


def test_a_deeper_range_searches_again_and_embeds_nothing(tmp_path, monkeypatch):
    run(tmp_path / "work", range_max=5)
    counted, model = searches(monkeypatch), Counting()
    rows = run(tmp_path / "work", model, range_max=60, max_score=0.1)
    assert model.embedded == []
    assert counted
    assert rows.equals(run(None, range_max=60, max_score=0.1))


@pytest.mark.parametrize(
    ("change", "embedded"),
    [
        ({"model": Counting("another model")}, 100),
        ({"model": Counting(dimensions=8), "corpus": [*CORPUS, "one more"]}, 71),  # the queries are the same
    ],
)
def test_what_the_vectors_depend_on_is_never_mistaken(tmp_path, change, embedded):
    run(tmp_path / "work")
    model = change["model"]
    model.embedded = []
    rows = run(tmp_path / "work", **change)
    assert len(model.embedded) == embedded
    assert rows.equals(run(None, **change))


def test_an_encoder_that_cannot_be_identified_is_never_kept(tmp_path):
    for _ in range(2):
        model = Counting(None)
        run(tmp_path / "work", model)
        assert len(model.embedded) == 100
    assert {each.name.split("-")[0] for each in (tmp_path / "work").iterdir()} == {"miner.json", "rows"}


def test_a_fitted_encoder_depends_on_the_corpus(tmp_path):
    pairs = pa.table({"q": ANCHORS[:12], "p": POSITIVES[:12]})
    options = {"num_negatives": 1, "verbose": False}
    for corpus in (CORPUS, CORPUS[:20], CORPUS):
        kept = mine_hard_negatives(pairs, "lsa", corpus=corpus, cache_folder=tmp_path / "work", **options)
        assert kept[:] == mine_hard_negatives(pairs, "lsa", corpus=corpus, **options)[:]
    assert len(list((tmp_path / "work").glob("embeddings-*"))) == 4


def test_the_same_encoder_for_both_kinds_embeds_equal_texts_once(tmp_path):
    pairs = pa.table({"q": ANCHORS, "p": ANCHORS[::-1]})
    mine_hard_negatives(pairs, "lsa", cache_folder=tmp_path / "work", num_negatives=1, verbose=False)
    assert len(list((tmp_path / "work").glob("embeddings-*"))) == 2  # the same texts in another order


def test_models_are_told_apart_by_their_weights_not_by_their_names(tmp_path, tiny_models):
    import torch
    from sentence_transformers import SentenceTransformer

    pairs = pa.table({"q": ANCHORS, "p": POSITIVES})
    options = {"num_negatives": 2, "verbose": False, "output_scores": True}
    first = SentenceTransformer(tiny_models["sentence-transformer"], device="cpu")
    kept = mine_hard_negatives(pairs, first, cache_folder=tmp_path / "work", **options)[:]
    second = SentenceTransformer(tiny_models["sentence-transformer"], device="cpu")
    assert mine_hard_negatives(pairs, second, cache_folder=tmp_path / "work", **options)[:] == kept
    assert len(list((tmp_path / "work").glob("embeddings-*"))) == 2
    with torch.no_grad():
        for each in second.parameters():
            each.mul_(1.5)
    other = mine_hard_negatives(pairs, second, cache_folder=tmp_path / "work", **options)[:]
    assert other == mine_hard_negatives(pairs, second, **options)[:]
    assert other != kept
    prompted = mine_hard_negatives(pairs, first, cache_folder=tmp_path / "work", query_prompt="order ", **options)[:]
    assert prompted == mine_hard_negatives(pairs, first, query_prompt="order ", **options)[:]
    assert prompted != kept


def test_scores_of_a_cross_encoder_are_kept(tmp_path, tiny_models):
    from sentence_transformers import CrossEncoder

    scorer = CrossEncoder(tiny_models["cross-encoder"], device="cpu", num_labels=1)
    expected = run(None, cross_encoder=scorer)
    assert run(tmp_path / "work", cross_encoder=scorer).equals(expected)
    kept = {path.name for path in next((tmp_path / "work").glob("scores-*")).iterdir()}
    assert run(tmp_path / "work", cross_encoder=scorer, max_score=100.0).equals(expected)
    assert {path.name for path in next((tmp_path / "work").glob("scores-*")).iterdir()} == kept
    assert sum(name.endswith(".npy") for name in kept) > 1


def test_rows_come_from_files(tmp_path):
    pairs = pa.table({"q": ANCHORS, "p": POSITIVES})
    kept = mine_hard_negatives(pairs, "lsa", cache_folder=tmp_path / "work", verbose=False, output_format="n-tuple")
    assert kept.cache_files
    assert kept[:] == mine_hard_negatives(pairs, "lsa", verbose=False, output_format="n-tuple")[:]
    nothing = mine_hard_negatives(pairs, "lsa", cache_folder=tmp_path / "work", max_score=-0.99, verbose=False)
    assert (len(nothing), nothing.column_names) == (0, ["q", "p", "negative"])


# -- folders -----------------------------------------------------------------------------------------------------------


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("\\end{document}")
    with pytest.raises(InputError, match=r"no work folder of the miner, and not empty.*--work-dir"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_of_another_version_is_left_alone(tmp_path):
    for version in ('{"version": 99}', "{", "[]", '"text"'):
        (tmp_path / "miner.json").write_text(version)
        with pytest.raises(InputError, match="another version of the miner"):
            run(tmp_path)


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match=r"work folder '.*' cannot be used"):
            run(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be used"):
        run(tmp_path / "work")


_HOLDER = """
import sys
from converters.mining import Workspace
with Workspace(sys.argv[1]) as workspace:
    stage = workspace.stage("embeddings", {"texts": "x"})
    if sys.argv[2] == "finished":
        stage.finish()
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["begun", "finished"])
def test_a_stage_in_the_making_is_for_one_process_a_finished_one_for_all(tmp_path, state):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path), state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with Workspace(tmp_path) as workspace:
            if state == "begun":
                with pytest.raises(
                    BusyError, match=rf"another run \(process {holder.pid}\) is at work.*wait"
                ) as caught:
                    workspace.stage("embeddings", {"texts": "x"})
                assert "\n" not in str(caught.value)
                workspace.stage("embeddings", {"texts": "y"})  # other work goes on beside it
                holder.kill()  # the lock of the dead holds nobody up
                holder.wait()
            workspace.stage("embeddings", {"texts": "x"})
        holder.kill()


def test_who_waits_takes_what_the_other_run_has_made(tmp_path):
    made = threading.Event()
    with Workspace(tmp_path) as first, Workspace(tmp_path, waits=True) as second:
        stage = first.stage("embeddings", {"texts": "x"})

        def finish():
            made.set()
            stage.finish(rows=3)
            stage.close()

        threading.Timer(0.3, finish).start()
        assert second.stage("embeddings", {"texts": "x"}).finished == {"rows": 3}
        assert made.is_set()


def test_a_closed_workspace_lets_go(tmp_path):
    with Workspace(tmp_path) as first:
        first.stage("embeddings", {})
        with Workspace(tmp_path) as second, pytest.raises(BusyError):
            second.stage("embeddings", {})
    with Workspace(tmp_path) as third:
        third.stage("embeddings", {})


# -- what goes wrong on the way ----------------------------------------------------------------------------------------


class Odd(Counting):
    """Fails at some text, until it is mended."""

    def __init__(self, output):
        super().__init__()
        self.output = output

    def encode_documents(self, texts):
        vectors = super().encode_queries(texts)
        return self.output(vectors) if self.output and "passage 30" in texts else vectors


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (lambda vectors: vectors * np.nan, "not finite"),
        (lambda vectors: vectors[:, :5], "8 and of 5 numbers"),
        (lambda vectors: vectors[:-1], "array of shape"),
        (lambda vectors: ["x"] * len(vectors), "makes no matrix"),
    ],
)
def test_vectors_that_are_wrong_are_one_line_and_what_came_before_is_kept(tmp_path, output, words):
    model = Odd(output)
    with pytest.raises(InputError, match=words) as caught:
        run(tmp_path / "work", model)
    assert "\n" not in str(caught.value)
    model.output = None
    model.embedded = []
    assert run(tmp_path / "work", model).equals(run(None))
    assert len(model.embedded) == 100 - 24


def test_vectors_of_zeros_are_kept_like_others(tmp_path):
    model = Odd(lambda vectors: vectors * 0)
    assert run(tmp_path / "work", model).equals(run(None, Odd(lambda vectors: vectors * 0)))


def test_a_disk_without_room_for_the_vectors_is_met_before_the_work(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    model = Counting()
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        with pytest.raises(InputError, match=r"disk of '.*' is full.*--work-dir.*is kept") as caught:
            run(tmp_path / "work", model)
    assert "\n" not in str(caught.value)
    assert len(model.embedded) == 8
    assert run(tmp_path / "work").equals(run(None))


def test_a_disk_that_fills_up_at_any_time_is_one_line_and_the_next_run_goes_on(tmp_path, monkeypatch):
    expected = run(None)
    original, calls = os.fsync, {"left": 0}

    def filling(file):
        calls["left"] -= 1
        if calls["left"] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(file)

    monkeypatch.setattr(os, "fsync", filling)
    embedded, messages, rows = 0, [], None
    while rows is None and len(messages) < 50:
        calls["left"], model = 5, Counting()
        try:
            rows = run(tmp_path / "work", model)
        except InputError as error:
            messages.append(str(error))
        assert not list((tmp_path / "work").glob("*/*.unfinished"))
        embedded += len(model.embedded)
    assert rows is not None
    assert rows.equals(expected)
    assert len(messages) > 5
    assert all("is full" in message for message in messages)
    assert embedded <= 100 + 8 * len(messages)


@pytest.mark.parametrize("damage", ["block-00001.npz", "rows-00000.arrow", "vectors.npy"])
def test_damaged_files_are_named(tmp_path, damage):
    run(tmp_path / "work")
    path = next((tmp_path / "work").glob(f"*/{damage}"))
    path.write_bytes(b"\x93NUMPY")
    with pytest.raises(InputError, match=rf"'{damage}' in the work folder .* is damaged") as caught:
        run(tmp_path / "work")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_notes_of_a_stage_that_cannot_be_read_are_made_anew(tmp_path, content):
    expected = run(tmp_path / "work")
    for path in (tmp_path / "work").glob("*/finished.json"):
        path.write_text(content)
    assert run(tmp_path / "work").equals(expected)
    for path in (tmp_path / "work").glob("*/about.json"):
        path.write_text(content)
    assert run(tmp_path / "work", max_score=0.9).equals(run(None, max_score=0.9))


def test_shards_that_are_not_what_their_hashes_say_are_made_again(tmp_path):
    rows = np.arange(60, dtype=np.float32).reshape(20, 3)

    def parts(start, until=20):
        made.append(start)
        for first in range(start, until, 8):
            yield rows[first : first + 8]
        if until < 20:
            raise InterruptedError

    def attempt(**limits):
        with Workspace(tmp_path) as workspace:
            stage = workspace.stage("embeddings", {})
            return np.array(matrix_in(stage, 20, 8, lambda start: parts(start, **limits)))

    made = []
    with pytest.raises(InterruptedError):
        attempt(until=16)
    folder = next(tmp_path.glob("embeddings-*"))
    with (folder / "shards.txt").open("a") as file:
        file.write("a torn li")
    with pytest.raises(InterruptedError):
        attempt(until=16)
    lines = (folder / "shards.txt").read_text().split()
    (folder / "shards.txt").write_text(f"{lines[0]}\n{'0' * 64}\n")
    assert np.array_equal(attempt(), rows)
    assert made == [0, 16, 8]


# -- hashes ------------------------------------------------------------------------------------------------------------


def test_hashes_depend_on_the_texts_and_their_bounds_alone():
    texts = pa.array(["ab", "", "ç", "d"], pa.large_string())
    assert hash_of_texts(texts) == hash_of_texts(pa.array(["x", "ab", "", "ç", "d"], pa.large_string()).slice(1))
    assert hash_of_texts(texts) == hash_of_texts(pa.array(["ab", "", "ç", "d", "e"], pa.large_string()).slice(0, 4))
    others = (["a", "b", "ç", "d"], ["ab", "ç", "", "d"], ["ab", "", "ç"], ["ab", "", "çd"], [], [""], ["", ""])
    hashes = {hash_of_texts(pa.array(each, pa.large_string())) for each in others}
    assert len(hashes | {hash_of_texts(texts)}) == len(others) + 1


def test_hashes_of_numbers_depend_on_type_and_shape():
    numbers = np.arange(6, dtype=np.int64)
    variants = [numbers, numbers.reshape(2, 3), numbers.astype(np.int32), numbers[:0], np.array(5), numbers[::-1]]
    assert len({hash_of_numbers(each) for each in variants}) == len(variants)
    assert hash_of_numbers(numbers[::2]) == hash_of_numbers(numbers[::2].copy())


def test_the_usual_folder_follows_the_platform(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert module.default_folder() == tmp_path / "loss-advisor" / "mining"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(sys, "platform", "linux")
    assert module.default_folder().parts[-3:] == (".cache", "loss-advisor", "mining")


def test_what_a_stage_depends_on_stands_beside_it(tmp_path):
    run(tmp_path / "work")
    stages = [json.loads(path.read_text()) for path in (tmp_path / "work").glob("*/about.json")]
    assert sorted(each["stage"] for each in stages) == ["embeddings", "embeddings", "rankings", "rows"]
    assert {each["depends_on"]["encoder"]["kind"] for each in stages if each["stage"] == "embeddings"} == {
        "queries",
        "documents",
    }


# -- indexes -----------------------------------------------------------------------------------------------------------


def test_an_index_and_what_it_was_measured_to_find_are_kept(tmp_path, monkeypatch):
    random = np.random.default_rng(5)
    texts = [f"text {i}" for i in range(600)]
    vectors = random.standard_normal((600, 16)).astype(np.float32)
    options = {"query_embeddings": vectors, "corpus_embeddings": vectors[::-1].copy(), "index": "hnsw"}
    pairs = pa.table({"q": texts, "p": texts[::-1]})

    def reports(**settings):
        told = []
        with monkeypatch.context() as patch:
            patch.setattr("converters.mining.hard_negatives._say", lambda verbose, line: told.append(line))
            rows = mine_hard_negatives(pairs, None, cache_folder=tmp_path / "work", **options, **settings)
        return rows[:], "\n".join(told)

    first, told = reports(range_max=20)
    assert "search: hnsw" in told
    assert "recall" in told
    indexes = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("index-*/index/*")}
    assert indexes
    counted = searches(monkeypatch)
    again, told = reports(range_max=20, max_score=0.9)
    assert (counted, "from an earlier run" in told, "recall" in told) == ([], True, True)
    deeper, told = reports(range_max=200, max_score=0.95)
    assert counted
    assert "found from an earlier run" in told
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("index-*/index/*")} == indexes
    assert set(again["negative"]) <= set(texts)
    assert len(deeper["q"]) >= len(first["q"])
