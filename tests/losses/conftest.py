"""Tiny models with random weights, written to a temporary folder: nothing is downloaded."""

import copy
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import torch
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.base.modules import Dense
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from sentence_transformers.sparse_encoder.modules import MLMTransformer, SpladePooling
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel, BertTokenizerFast

WORDS = [
    *("a", "the", "cat", "dog", "bird", "fish", "tree", "house", "river", "sun", "moon", "red", "blue", "green"),
    *("runs", "sleeps", "eats", "sings", "old", "new", "tall", "small", "what", "where", "who", "why", "is", "are"),
    *("on", "in", "under", "over", "near", "far", "and", "or", "not", "very"),
]


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def texts():
    """Sentences of different lengths, always the same."""
    generator = torch.Generator().manual_seed(0)

    def sentence():
        length = int(torch.randint(2, 12, (1,), generator=generator))
        return " ".join(WORDS[int(i)] for i in torch.randint(len(WORDS), (length,), generator=generator))

    return [sentence() for _ in range(400)]


def _save(folder: Path, model) -> str:
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    model.save_pretrained(folder)
    return str(folder)


def _config(**kwargs) -> BertConfig:
    return BertConfig(
        vocab_size=len(WORDS) + 5,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,
        **kwargs,
    )


@pytest.fixture(scope="session")
def _folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def _sentence_transformer(_folder):
    torch.manual_seed(1)
    transformer = Transformer(_save(_folder / "bert", BertModel(_config())))
    return SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")


@pytest.fixture
def sentence_transformer(_sentence_transformer):
    """A maker of equal tiny bi-encoders."""
    return lambda: copy.deepcopy(_sentence_transformer)


@pytest.fixture(scope="session")
def _cross_encoders(_folder):
    models = {}
    for num_labels in (1, 3):
        torch.manual_seed(2)
        bert = BertForSequenceClassification(_config(num_labels=num_labels))
        models[num_labels] = CrossEncoder(
            _save(_folder / f"cross{num_labels}", bert), num_labels=num_labels, device="cpu"
        )
    return models


@pytest.fixture
def cross_encoder(_cross_encoders):
    """A maker of equal tiny cross-encoders."""
    return lambda num_labels=1: copy.deepcopy(_cross_encoders[num_labels])


@pytest.fixture(scope="session")
def _sparse_encoder(_folder):
    torch.manual_seed(3)
    transformer = MLMTransformer(_save(_folder / "mlm", BertForMaskedLM(_config())))
    return SparseEncoder(modules=[transformer, SpladePooling(pooling_strategy="max")], device="cpu")


@pytest.fixture
def sparse_encoder(_sparse_encoder):
    """A maker of equal tiny sparse encoders."""
    return lambda: copy.deepcopy(_sparse_encoder)


@pytest.fixture(scope="session")
def _multi_vector_encoder(_folder):
    torch.manual_seed(4)
    folder = _save(_folder / "tokens", BertModel(_config()))

    def make(**options):
        torch.manual_seed(5)
        modules = [
            Transformer(folder, **options),
            Dense(32, 16, bias=False, activation_function=torch.nn.Identity(), module_input_name="token_embeddings"),
            Normalize(module_input_name="token_embeddings"),
            # in documents, these words are not compared with anything
            MultiVectorMask(skiplist_words=["the", "a", "on"]),
        ]
        return MultiVectorEncoder(modules=modules, device="cpu")

    plain = make()
    expanding = make(query_expansion={"strategy": "fixed", "length": 12})
    return {"plain": plain, "expanding": expanding}


@pytest.fixture
def multi_vector_encoder(_multi_vector_encoder):
    """A maker of equal tiny late-interaction models, which skip some words of documents; some expand queries."""
    return lambda kind="plain": copy.deepcopy(_multi_vector_encoder[kind])
