"""Corpora that are too large to be copied give what others give, and lie in the work folder."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters.errors import InputError
from converters.mining import Selection, Workspace, large, mine
from converters.mining.large import Rows, hashes_of, numbered

WORDS = ["", " ", "a", "A", " a ", "b", "cc", "ｃ", "é", "e\u0301", "d d", "d  d", "ж", "\U0001f600"]


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(large, "LARGE", 0)
    monkeypatch.setattr(large, "BLOCK", 3)


class Letters:
    """An encoder that can be identified."""

    name = "letters"

    def identity(self, kind):
        return {"letters": 1}

    def encode_queries(self, texts):
        return np.array([np.random.default_rng(list(text.encode())).standard_normal(6) for text in texts])

    encode_documents = encode_queries


def mined(corpus, anchors, positives, workspace=None, **options):
    return mine(
        anchors, positives, model=Letters(), corpus=corpus, selection=Selection(num_negatives=1), workspace=workspace,
        use_faiss=False, **options,
    )  # fmt: skip


def plain(result):
    return (
        result.queries.to_pylist(), result.documents.to_pylist(), result.negatives.tolist(),
        result.pair_scores.tolist(), *(each.tolist() for each in vars(result.pairs).values()), result.summary,
    )  # fmt: skip


@given(
    corpus=st.lists(st.one_of(st.none(), st.sampled_from(WORDS)), max_size=14),
    pairs=st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 14), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_blocks_change_nothing(tmp_path_factory, corpus, pairs, cuts):
    anchors, positives = [anchor for anchor, _ in pairs], [positive for _, positive in pairs]
    bounds = [0, *sorted(min(each, len(corpus)) for each in cuts), len(corpus)]
    parts = [pa.array(corpus[a:b], pa.string()) for a, b in pairwise(bounds)]
    chunked = pa.chunked_array(parts, pa.string())
    try:
        expected = plain(mined(corpus, anchors, positives))
    except InputError as error:
        expected = str(error)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LARGE", 0)
        patch.setattr(large, "BLOCK", 3)
        for folder in (None, tmp_path_factory.mktemp("work")):
            workspace = folder and Workspace(folder)
            try:
                found = plain(mined(chunked, anchors, positives, workspace))
            except InputError as error:
                found = str(error)
            finally:
                if workspace:
                    workspace.close()
            assert found == expected


def test_texts_are_mapped_from_the_work_folder_and_written_once(tmp_path, small_blocks, monkeypatch):
    corpus = [f"text {i % 20}" for i in range(30)]
    with Workspace(tmp_path) as workspace:
        first = plain(mined(corpus, ["q"], ["text 3"], workspace))
    (stage,) = tmp_path.glob("texts-*")
    assert (stage / "documents.bytes").read_text() == "".join(dict.fromkeys(corpus))
    monkeypatch.setattr(large.Stage, "whole", None)  # nothing is written anew
    with Workspace(tmp_path) as workspace:
        assert plain(mined(corpus, ["q"], ["text 3"], workspace)) == first


def test_a_file_of_texts_that_is_damaged_is_named(tmp_path, small_blocks):
    with Workspace(tmp_path) as workspace:
        mined(["one", "two", "three"], ["q"], ["p"], workspace)
    (stage,) = tmp_path.glob("texts-*")
    (stage / "documents.bytes").write_bytes(b"short")
    with Workspace(tmp_path) as workspace, pytest.raises(InputError, match=r"documents\.bytes.*is damaged"):
        mined(["one", "two", "three"], ["q"], ["p"], workspace)


def test_hashes_that_share_a_half_are_told_apart():
    hashes = np.array([[1, 1], [2, 5], [1, 2], [1, 1], [2, 5]], dtype=np.uint64)
    first, ids = numbered(hashes)
    assert first.tolist() == [0, 1, 2]
    assert ids.tolist() == [0, 1, 2, 0, 1]
    texts = pa.array(["a", "b", "a"], pa.large_string())
    assert np.array_equal(hashes_of([texts])[0], hashes_of([texts])[2])
    assert len(np.unique(hashes_of([texts]))) == 4


def test_rows_of_chunks_come_in_their_order(monkeypatch):
    monkeypatch.setattr(large, "BLOCK", 4)
    texts = pa.chunked_array([["a", "b"], [], ["c", "d", "e"]], pa.large_string())
    rows = Rows(texts, np.array([4, 0, 1, 3, 2, 0]))
    assert pa.concat_arrays(list(rows.blocks())).to_pylist() == ["e", "a", "b", "d", "c", "a"]
    assert [len(each) for each in rows.blocks()] == [4, 2]
