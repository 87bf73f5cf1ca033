"""Mining with BM25, with blends of retrievers, and with embeddings that are given."""

import numpy as np
import pandas
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from converters.embedding import Blend, Blended, Bm25, LsaEncoder, embed, fit_encoder, resolve_encoder, resolve_model
from converters.embedding import blend as blend_module
from converters.errors import InputError
from converters.mining import Selection, mine, mine_hard_negatives
from converters.mining.retrievers import VectorRetriever
from converters.mining.workspace import Workspace

DATA = {
    "question": ["who wrote faust", "who painted guernica", "what is bread baked from", "what does the earth circle"],
    "answer": ["goethe wrote faust", "picasso painted it", "bread is baked from flour", "the earth circles the sun"],
}
CORPUS = ["faust is a play", "guernica hangs in madrid", "flour is ground wheat", "the moon circles the earth", "rain"]


class Table:
    """A retriever with a table of scores."""

    def __init__(self, scores):
        self.scores = np.asarray(scores, dtype=np.float32)
        self.reached = 0

    def scores_of(self, query_ids, document_ids):
        return self.scores[query_ids[:, None], document_ids]

    def top(self, query_ids, depth):
        self.reached = max(self.reached, depth)
        order = np.argsort(-self.scores[query_ids], axis=1, kind="stable")[:, :depth]
        return order, np.take_along_axis(self.scores[query_ids], order, axis=1)


@given(
    seed=st.integers(0, 10**6),
    documents=st.integers(1, 60),
    parts=st.integers(2, 3),
    coarse=st.booleans(),
    pool=st.sampled_from([1, 4, 100]),
    depth=st.integers(1, 60),
)
def test_a_blend_finds_what_its_scores_say(seed, documents, parts, coarse, pool, depth):
    rng = np.random.default_rng(seed)
    tables = [rng.standard_normal((5, documents)) * 10**i for i in range(parts)]
    if coarse:
        tables = [np.round(table / 10**i) for i, table in enumerate(tables)]
    before, blend_module.POOL = blend_module.POOL, pool
    try:
        blend = Blend([Table(table) for table in tables], 5, documents)
        every, depth = np.arange(5), min(depth, documents)
        scores = blend.scores_of(every, np.tile(np.arange(documents), (5, 1)))
        ids, best = blend.top(every, depth)
    finally:
        blend_module.POOL = before
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    assert ids.tolist() == expected.tolist()
    assert best.tobytes() == np.take_along_axis(scores, expected, axis=1).tobytes()


def test_a_blend_is_on_the_scale_of_its_first_part():
    rng = np.random.default_rng(0)
    first = rng.random((3, 500))
    again = Blend([Table(first), Table(first * 40 + 7)], 3, 500)
    every = np.tile(np.arange(500), (3, 1))
    assert again.scores_of(np.arange(3), every) == pytest.approx(first, abs=1e-5)
    silent = Blend([Table(first), Table(np.zeros((3, 500)))], 3, 500)  # what tells nothing apart changes no rank
    assert silent.top(np.arange(3), 20)[0].tolist() == Table(first).top(np.arange(3), 20)[0].tolist()
    blind = Blend([Table(np.zeros((3, 500))), Table(first)], 3, 500)
    assert blind.top(np.arange(3), 20)[0].tolist() == Table(first).top(np.arange(3), 20)[0].tolist()


def test_a_blend_goes_no_deeper_than_it_has_to():
    rng = np.random.default_rng(0)
    tables = [Table(rng.standard_normal((3, 5000))) for _ in range(2)]
    Blend(tables, 3, 5000).top(np.arange(3), 5)
    assert max(table.reached for table in tables) < 5000


def test_mining_with_bm25_counts_words():
    mined = mine(DATA["question"], DATA["answer"], corpus=CORPUS, model="bm25", selection=Selection(num_negatives=1))
    documents = mined.documents.to_pylist()
    found = [documents[i] for i in mined.negatives[:, 0]]
    assert (
        found == ["faust is a play", "guernica hangs in madrid", "the earth circles the sun", CORPUS[3]]
        or found[:2] == CORPUS[:2]
    )
    words = Bm25().fit(mined.documents, mined.queries)
    assert mined.negative_scores.tobytes() == words.scores_of(np.arange(4), mined.negatives).tobytes()
    assert mined.summary.encoder == "bm25"


@pytest.mark.parametrize("model", ["bm25", "blend:lsa+bm25", "blend:bm25+lsa", ["lsa", Bm25()], [LsaEncoder(), "bm25"]])
@pytest.mark.parametrize("output_format", ["triplet", "labeled-list"])
def test_every_kind_of_model_mines(model, output_format, tmp_path):
    options = {
        "corpus": CORPUS,
        "num_negatives": 2,
        "output_scores": True,
        "output_format": output_format,
        "verbose": False,
    }
    plain = mine_hard_negatives(DATA, model, **options)
    assert len(plain) > 0
    for faiss in (True, False):
        assert mine_hard_negatives(DATA, model, use_faiss=faiss, faiss_batch_size=1, **options)[:] == plain[:]
    for _ in range(2):
        assert mine_hard_negatives(DATA, model, cache_folder=tmp_path, **options)[:] == plain[:]


def test_a_work_folder_keeps_rankings_of_words_apart(tmp_path):
    def run(corpus, model="bm25"):
        with Workspace(tmp_path) as workspace:
            mined = mine(DATA["question"], DATA["answer"], corpus=corpus, model=model, workspace=workspace)
        return [mined.documents.to_pylist()[i] for i in mined.negatives.ravel()]

    fresh = {
        model: [
            mine(DATA["question"], DATA["answer"], corpus=corpus, model=model).negatives.tolist()
            for corpus in (CORPUS, CORPUS[::-1])
        ]
        for model in ("bm25", "blend:lsa+bm25")
    }
    assert fresh["bm25"] != fresh["blend:lsa+bm25"] or fresh["bm25"][0] != fresh["bm25"][1]
    for model in fresh:
        assert sorted(run(CORPUS, model)) == sorted(run(CORPUS, model))
        assert run(CORPUS, model) != [] != run(CORPUS[::-1], model)


def test_names_of_blends():
    blended = resolve_model("blend:lsa+bm25")
    assert isinstance(blended, Blended)
    assert (blended.name, [part.name for part in blended.parts]) == ("blend:lsa+bm25", ["lsa", "bm25"])
    assert resolve_model(blended) is blended


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ("blend:", {}, "is no blend"),
        ("blend:lsa", {}, "is no blend"),
        ("blend:lsa+", {}, "is no blend"),
        ("blend:lsa+lsa", {}, "is no blend"),
        ("blend:./a+b+bm25", {}, "no model folder './a[+]b'"),  # a path may have a plus sign
        (["lsa"], {}, "two models or more"),
        (["lsa", resolve_model("blend:lsa+bm25")], {}, "cannot be part of a blend"),
        ("bm25", {"query_prompt": "query: "}, "bm25 compares words and has no use for query_prompt"),
        ("blend:lsa+bm25", {"corpus_prompt": "passage: "}, "no neural model that could use corpus_prompt"),
        ("bm25", {"processes": True}, "no use for use_multi_process"),
    ],
)
def test_wrong_names_are_one_line(model, options, words):
    with pytest.raises(InputError, match=words) as caught:
        resolve_model(model, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["bm25", "blend:lsa+bm25"])
def test_what_gives_no_vectors_is_no_encoder(name):
    with pytest.raises(InputError, match="gives no vectors"):
        resolve_encoder(name)


def test_a_blend_finds_more_of_both_kinds():
    queries, documents = pa.array(DATA["question"]), pa.array([*CORPUS, *DATA["answer"]])
    lsa = resolve_encoder("lsa")
    fit_encoder(lsa, documents)
    vectors = VectorRetriever(
        embed(lsa.encode_queries, queries, "queries"),
        embed(lsa.encode_documents, documents, "documents"),
        len(documents),
    )
    blend = Blend([vectors, Bm25().fit(documents, queries)], len(queries), len(documents))
    found = blend.top(np.arange(4), 2)[0]
    assert all(len(CORPUS) + i in row for i, row in enumerate(found.tolist()) if i != 1)


def vectors_for(texts, seed=0):
    return np.random.default_rng(seed).standard_normal((len(texts), 8)).astype(np.float32)


class Known:
    def __init__(self, *tables):
        self.table = {
            text: row for texts, rows in tables[::-1] for text, row in zip(texts[::-1], rows[::-1], strict=True)
        }

    def encode(self, texts):
        return np.array([self.table[text] for text in texts])


QUESTIONS = [*DATA["question"], DATA["question"][0]]
ANSWERS = [*DATA["answer"], "faust is by goethe"]


@pytest.mark.parametrize("kind", ["array", "half", "npy", "parquet", "feather", "tensor", "list", "series"])
def test_given_embeddings_take_the_place_of_a_model(kind, tmp_path):
    data = {"question": QUESTIONS, "answer": ANSWERS}
    questions, answers, corpus = (vectors_for(texts, i) for i, texts in enumerate((QUESTIONS, ANSWERS, CORPUS)))
    both = np.concatenate([corpus, answers])

    def given(matrix, name):
        if kind == "npy":
            np.save(tmp_path / f"{name}.npy", matrix)
            return tmp_path / f"{name}.npy"
        if kind in ("parquet", "feather"):
            lists = pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), 8)
            table = pa.table({"id": range(len(matrix)), "vector": lists})
            if kind == "parquet":
                pa.parquet.write_table(table, tmp_path / f"{name}.parquet")
            else:
                pa.feather.write_feather(table, tmp_path / f"{name}.feather")
            return str(tmp_path / f"{name}.{kind}")
        return {
            "array": matrix,
            "half": matrix.astype(np.float64),
            "tensor": torch.from_numpy(matrix),
            "list": matrix.tolist(),
            "series": pa.array(matrix.tolist()),
        }[kind]

    options = {"corpus": CORPUS, "num_negatives": 2, "output_scores": True, "verbose": False}
    # The first of two equal texts counts; what is in the corpus already has its row there.
    expected = mine_hard_negatives(data, Known((QUESTIONS, questions), (CORPUS, corpus), (ANSWERS, answers)), **options)
    mined = mine_hard_negatives(
        data, None, query_embeddings=given(questions, "q"), corpus_embeddings=given(both, "c"), **options
    )
    assert mined[:] == expected[:]
    cached = mine_hard_negatives(
        data, None, query_embeddings=questions, corpus_embeddings=both, cache_folder=tmp_path / "work", **options
    )
    assert cached[:] == expected[:]
    known = Known((QUESTIONS, questions), (CORPUS, corpus), (ANSWERS, answers))
    one = mine_hard_negatives(data, known, corpus_embeddings=both, **options)
    assert one[:] == expected[:]


def test_given_embeddings_of_the_positives_are_enough_without_a_corpus():
    questions, answers = vectors_for(DATA["question"]), vectors_for(DATA["answer"], 1)
    mined = mine_hard_negatives(DATA, None, query_embeddings=questions, corpus_embeddings=answers, verbose=False)
    assert (
        mined[:]
        == mine_hard_negatives(DATA, Known((DATA["question"], questions), (DATA["answer"], answers)), verbose=False)[:]
    )


def test_other_embeddings_are_never_taken_from_a_work_folder(tmp_path):
    questions, answers = vectors_for(DATA["question"]), vectors_for(DATA["answer"], 1)

    def run(matrix, **options):
        return mine_hard_negatives(
            DATA, None, query_embeddings=matrix, corpus_embeddings=answers, verbose=False, output_scores=True, **options
        )[:]

    assert run(questions, cache_folder=tmp_path) == run(questions)
    assert run(-questions, cache_folder=tmp_path) == run(-questions) != run(questions)


def wrong(**changes):
    base = {"query_embeddings": vectors_for(DATA["question"]), "corpus_embeddings": vectors_for(DATA["answer"])}
    return base | changes


def with_nan():
    matrix = vectors_for(DATA["question"])
    matrix[2, 3] = np.nan
    return matrix


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (None, wrong(query_embeddings=np.ones((3, 8))), "query_embeddings has 3 rows for 4 rows of the dataset"),
        (None, wrong(corpus_embeddings=np.ones((9, 8))), "corpus_embeddings has 9 rows for 4 rows of the dataset"),
        (None, wrong(corpus_embeddings=np.ones((4, 7))), "of 8 numbers and corpus_embeddings of 7"),
        (None, wrong(corpus_embeddings=None), "without a model all embeddings have to be given"),
        (None, wrong(query_embeddings=np.ones(4)), r"query_embeddings has to be a matrix .* shape \(4,\)"),
        (None, wrong(query_embeddings=[["a"]]), "matrix"),
        (None, wrong(query_embeddings=[[1.0], [1.0, 2.0]]), "makes no matrix"),
        (None, wrong(query_embeddings=with_nan()), "query_embeddings: row 2 has numbers that are not finite"),
        (None, wrong(query_embeddings="no-such.npy"), "'no-such.npy' is no file"),
        (None, wrong(corpus=CORPUS), "4 rows for 5 texts of the corpus, and 4 positives behind them"),
        (
            None,
            wrong(corpus=CORPUS, corpus_embeddings=np.ones((5, 8))),
            "no row for the text 'bread is baked from flour'",
        ),
        ("bm25", wrong(), "'bm25' has no use for given embeddings"),
    ],
)
def test_embeddings_that_do_not_fit_are_one_line(model, options, words):
    with pytest.raises(InputError, match=words) as caught:
        mine_hard_negatives(DATA, model, verbose=False, **options)
    assert "\n" not in str(caught.value)


def test_files_without_embeddings_are_one_line(tmp_path):
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "torn.npy").write_bytes(b"\x93NUMPY\x01")
    (tmp_path / "text.parquet").write_text("no parquet")
    (tmp_path / "vectors.txt").write_text("1 2 3")
    pa.parquet.write_table(pa.table({"a": ["x"] * 4}), tmp_path / "none.parquet")
    pa.parquet.write_table(pa.table({"a": [[1.0]] * 4, "b": [[1.0]] * 4}), tmp_path / "two.parquet")
    pa.parquet.write_table(pa.table({"a": [[1.0], [1.0, 2.0], None, [1.0]]}), tmp_path / "ragged.parquet")
    pandas.DataFrame({"a": [[1.0, None]] * 4}).to_parquet(tmp_path / "holes.parquet")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(InputError, match="query_embeddings") as caught:
            mine_hard_negatives(DATA, "lsa", query_embeddings=path, verbose=False)
        assert "\n" not in str(caught.value)


def test_vectors_may_be_shortened_and_halved(tmp_path):
    questions, answers = vectors_for(DATA["question"]), vectors_for(DATA["answer"], 1)
    model = Known((DATA["question"], questions), (DATA["answer"], answers))
    options = {"output_scores": True, "verbose": False, "num_negatives": 2}
    whole = mine_hard_negatives(DATA, model, **options)
    short = mine_hard_negatives(DATA, model, truncate_dim=3, **options)
    cut = Known((DATA["question"], questions[:, :3]), (DATA["answer"], answers[:, :3]))
    assert short[:] == mine_hard_negatives(DATA, cut, **options)[:] != whole[:]
    half = mine_hard_negatives(DATA, model, vectors_as="float16", **options)
    assert half["negative"] == whole["negative"]
    assert np.array(half["scores"]) == pytest.approx(np.array(whole["scores"]), abs=2e-3)
    for each in ({}, {"truncate_dim": 3}, {"vectors_as": "float16"}):  # one work folder never mixes them up
        given = {"query_embeddings": questions, "corpus_embeddings": answers}
        kept = mine_hard_negatives(DATA, None, cache_folder=tmp_path, **given, **each, **options)
        assert kept[:] == mine_hard_negatives(DATA, model, **each, **options)[:]
    for wrong_call in ({"truncate_dim": 9}, {"truncate_dim": 0}, {"truncate_dim": 2.5}, {"vectors_as": "int8"}):
        with pytest.raises(InputError, match=r"truncate_dim|vectors_as"):
            mine_hard_negatives(DATA, model, **wrong_call, **options)
