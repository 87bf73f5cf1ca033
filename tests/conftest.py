"""Where the data is that tests read, and tiny models to train: nothing is downloaded."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
from hypothesis import HealthCheck, settings

# The suite draws the same examples on every run, so that it fails for what changed and for nothing else;
# `make search` draws new ones, many more.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("search", max_examples=3000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ROOT = Path(__file__).resolve().parents[1]

#: What the tiny models can read: words, and the letters to spell the rest with.
VOCABULARY = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] the a is of to in and how do i my you what where when why not yes no order"
    " refund card machine delivery account app return days email subscription password invoice"
).split()


@pytest.fixture(scope="session", autouse=True)
def no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What mining keeps goes to a folder of the tests', not to that of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def examples() -> Path:
    """The example data of the project."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public data beside the repository; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data folder (shared/data beside the repository) is not here")
    return folder


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For each family the path of a BERT of two small layers with random weights; and a `wide` one."""
    import torch
    from sentence_transformers import MultiVectorEncoder
    from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*VOCABULARY, *letters, *(f"##{letter}" for letter in letters), *"0123456789.,?!'"]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)))

    def config(width: int) -> BertConfig:
        return BertConfig(
            vocab_size=len(set(words)),
            hidden_size=width,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
        )

    paths = {}
    for name, kind, width in (("plain", BertModel, 32), ("masked", BertForMaskedLM, 32), ("wide", BertModel, 384)):
        torch.manual_seed(7)
        path = folder / name
        kind(config(width)).save_pretrained(path)
        BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(path)
        paths[name] = str(path)
    torch.manual_seed(7)  # for the projection on top
    MultiVectorEncoder(paths["plain"], device="cpu").save_pretrained(str(folder / "tokens"))
    return {
        "sentence-transformer": paths["plain"],
        "cross-encoder": paths["plain"],
        "sparse-encoder": paths["masked"],
        "multi-vector-encoder": str(folder / "tokens"),
        "wide": paths["wide"],
    }
