"""Mining with sparse encoders, and what kind of model a folder holds."""

import json

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy import sparse

from advisor import cli
from converters import mine_hard_negatives
from converters.embedding import resolve_model
from converters.embedding.kinds import kind_of
from converters.embedding.sparse import UNIT, SparseModelEncoder, SparseRetriever
from converters.errors import InputError
from converters.mining import embedded_sparse

WORDS = ["what is a loss", "a batch of pairs", "the model reads words", "hard negatives are near", "some other words"]
TEXTS = [f"{words} {i}" for i, words in enumerate(WORDS * 4)]
PAIRS = {"anchor": [f"where is {text}" for text in TEXTS], "positive": TEXTS}


@pytest.fixture(scope="module")
def folder(tiny_models, tmp_path_factory):
    """A sparse encoder, saved."""
    from sentence_transformers import SparseEncoder

    folder = tmp_path_factory.mktemp("models") / "sparse"
    SparseEncoder(tiny_models["sparse-encoder"], device="cpu").save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def model(folder):
    from sentence_transformers import SparseEncoder

    return SparseEncoder(str(folder), device="cpu")


@drawn(
    seed=st.integers(0, 2**32 - 1),
    candidates=st.integers(1, 12),
    more=st.integers(0, 3),
    words=st.integers(1, 8),
    cosine=st.booleans(),
    coarse=st.booleans(),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_the_best_are_those_that_a_product_of_matrices_says(seed, candidates, more, words, cosine, coarse, data):
    random = np.random.default_rng(seed)
    queries, documents = (
        random.integers(0, 3 if coarse else 2**16, (rows, words)) * (1.0 if coarse else UNIT)
        for rows in (4, candidates + more)
    )
    queries[random.random(queries.shape) < 0.4] = documents[random.random(documents.shape) < 0.4] = 0
    retriever = SparseRetriever(
        *(sparse.csr_matrix(each, dtype=np.float32) for each in (queries, documents)), candidates, cosine=cosine
    )
    if cosine:
        queries, documents = (
            each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in (queries, documents)
        )
    true = queries @ documents.T
    everything = np.tile(np.arange(candidates + more), (4, 1))
    assert retriever.scores_of(np.arange(4), everything) == pytest.approx(true, rel=1e-3, abs=2e-3 if cosine else 1e-6)
    depth = data.draw(st.integers(1, candidates))
    ids, scores = retriever.top(np.arange(4), depth)
    own = retriever.scores_of(np.arange(4), everything[:, :candidates])
    order = np.lexsort((everything[:, :candidates], -own), axis=1)[:, :depth]
    assert np.array_equal(ids, order)  # equal ones in the order of the documents
    assert np.array_equal(scores, np.take_along_axis(own, order, axis=1))


def test_a_sparse_encoder_mines_what_its_own_similarity_says(folder, model):
    rows = mine_hard_negatives(PAIRS, str(folder), num_negatives=2, output_scores=True, verbose=False)
    assert len(rows) == 2 * len(TEXTS)
    queries, documents = (
        encode(texts, convert_to_sparse_tensor=False).numpy()
        for encode, texts in ((model.encode_query, PAIRS["anchor"]), (model.encode_document, PAIRS["positive"]))
    )
    assert model.similarity_fn_name == "dot"
    scores = queries @ documents.T
    for row in rows:
        own, other = PAIRS["anchor"].index(row["anchor"]), TEXTS.index(row["negative"])
        assert own != other
        assert row["scores"] == pytest.approx([scores[own, own], scores[own, other]], rel=1e-3)
    best = np.where(np.eye(len(TEXTS), dtype=bool), -np.inf, scores).max(axis=1)
    assert [row["scores"][1] for row in rows][::2] == pytest.approx(best.tolist(), rel=1e-3)


def test_what_it_is_loaded_from_and_in_which_portions_changes_nothing(folder, model, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_sparse, "SHARD", 7)
    options = {"num_negatives": 2, "output_format": "n-tuple", "output_scores": True, "verbose": False}
    plain = mine_hard_negatives(PAIRS, model, **options)
    kept = mine_hard_negatives(PAIRS, str(folder), cache_folder=tmp_path, batch_size=3, **options)
    assert kept[:]["anchor"] == plain[:]["anchor"]
    assert np.allclose(kept[:]["scores"], plain[:]["scores"], rtol=1e-3)
    (stage, _) = tmp_path.glob("embeddings-*")
    assert len(list(stage.glob("weights-*.npz"))) == 3
    monkeypatch.setattr(SparseModelEncoder, "rows", None)  # nothing is embedded anew
    again = mine_hard_negatives(PAIRS, str(folder), cache_folder=tmp_path, batch_size=3, max_score=1e9, **options)
    assert again[:] == kept[:]


def test_a_run_that_was_stopped_embeds_the_rest(model, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_sparse, "SHARD", 6)
    encode, seen = SparseModelEncoder.encode_documents, []

    def stopping(self, texts):
        seen.extend(texts)
        if len(seen) == 18:
            raise KeyboardInterrupt
        return encode(self, texts)

    monkeypatch.setattr(SparseModelEncoder, "encode_documents", stopping)
    with pytest.raises(KeyboardInterrupt):
        mine_hard_negatives(PAIRS, model, cache_folder=tmp_path / "work", verbose=False)
    done = len(seen)
    stopped = mine_hard_negatives(PAIRS, model, cache_folder=tmp_path / "work", verbose=False)
    assert len(seen) - done == len(TEXTS) - 12  # two of four portions were there
    assert stopped[:] == mine_hard_negatives(PAIRS, model, cache_folder=tmp_path / "other", verbose=False)[:]


def test_in_a_blend_with_a_veto_and_on_the_command_line(folder, tmp_path, capsys):
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(dict(zip(PAIRS, row, strict=True))) + "\n" for row in zip(*PAIRS.values())))  # noqa: B905
    for number, model in enumerate((folder, f"blend:{folder}+bm25")):
        out = tmp_path / f"{number}.jsonl"
        arguments = ["convert", str(pairs), "--output-format", "triplet", "-o", str(out), "--no-cache"]
        assert cli.run([*arguments, "--model", str(model), "--num-negatives", "1"]) == 0
        assert len(out.read_text().splitlines()) == len(TEXTS)
    assert "agreement" in json.loads((tmp_path / "0.jsonl.manifest.json").read_text())["mining"]["veto"]


def test_kinds_of_models(folder, tiny_models, tmp_path):
    assert kind_of(str(folder), local=True) == "SparseEncoder"
    assert kind_of(tiny_models["multi-vector-encoder"], local=True) == "MultiVectorEncoder"
    assert kind_of(tiny_models["sentence-transformer"], local=True) == ""
    assert kind_of(str(tmp_path), local=True) is None
    assert kind_of("nobody/has-such-a-model", local=True) is None
    for name, content in (("modules.json", "{"), ("config.json", "[1]")):
        (tmp_path / name).write_text(content)
    assert kind_of(str(tmp_path), local=True) is None  # damaged: loading tells
    (tmp_path / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    assert kind_of(str(tmp_path), local=True) == "CrossEncoder"
    (tmp_path / "modules.json").write_text('[{"type": "sentence_transformers.models.SpladePooling"}]')
    assert kind_of(str(tmp_path), local=True) == "SparseEncoder"


def test_models_that_give_no_vector_for_a_text_are_one_line(tiny_models, tmp_path):
    with pytest.raises(InputError, match="several vectors for a text"):
        resolve_model(tiny_models["multi-vector-encoder"])
    (tmp_path / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    with pytest.raises(InputError, match=r"is a cross-encoder.*--cross-encoder"):
        resolve_model(str(tmp_path))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"truncate_dim": 8}, "truncate_dim"),
        ({"query_embeddings": np.ones((len(TEXTS), 4), np.float32)}, "no use for given embeddings"),
        ({"index": "hnsw"}, "index"),
        ({"query_prompt_name": "question"}, "no prompt 'question'"),
    ],
)
def test_what_a_sparse_encoder_has_no_use_for_is_one_line(model, options, words):
    with pytest.raises(InputError, match=words) as caught:
        mine_hard_negatives(PAIRS, model, verbose=False, **options)
    assert "\n" not in str(caught.value)
