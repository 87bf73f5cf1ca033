"""Adapters: what a script with `--lora` trains, and that what it saves is found again."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import advisor
from advisor.adapters import heads_of, keep_outputs
from advisor.script import write_script
from tests.advisor.scripts import DATA, clean, measured, run, write

LOADERS = {"cross-encoder": "CrossEncoder", "sparse-encoder": "SparseEncoder"}


def test_the_head_and_its_outputs_are_kept(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(tiny_models["cross-encoder"], num_labels=3, device="cpu")
    assert heads_of(model) == ["classifier"]
    keep_outputs(model)
    model.save_pretrained(str(tmp_path / "saved"))
    kept = json.loads((tmp_path / "saved" / "sentence_bert_config.json").read_text())
    assert kept["config_kwargs"] == {"num_labels": 3}
    pair = [("how do i", "return my order")]
    assert (CrossEncoder(str(tmp_path / "saved"), device="cpu").predict(pair) == model.predict(pair)).all()


@pytest.mark.parametrize(
    ("family", "format", "outputs"),
    [("cross-encoder", "labeled-pair", 1), ("cross-encoder", "pair-class", 3), ("sparse-encoder", "triplet", 0)],
)
def test_an_adapter_trains_alone_and_is_loaded_again(
    family: str,
    format: str,
    outputs: int,
    tmp_path: Path,
    tiny_models: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("peft", reason="peft, which trains adapters, is not installed")
    import sentence_transformers

    monkeypatch.chdir(tmp_path)
    report = advisor.inspect(write(tmp_path, format))
    code = write_script(report, family=family, model=tiny_models[family], lora=True, output_dir="out")
    clean(code, tmp_path)
    made = runpy.run_path(str(tmp_path / "checked.py"))
    model = made["make_model"](made["Settings"](), *([outputs] if outputs == 3 else []))
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert trained
    assert all(re.search(r"\.lora_[AB]\.|classifier\.modules_to_save", name) for name in trained)
    assert sum("classifier" in name for name in trained) == (2 if outputs else 0)
    said = run(code, tmp_path, monkeypatch, capsys, "--max_steps", "4", "--learning_rate", "0.01")
    assert len(measured(said)) == 2
    first, last = (load_file(Path("out") / f"checkpoint-{step}" / "adapter_model.safetensors") for step in kept_steps())
    assert first.keys() == last.keys()
    assert all("lora_" in name or "classifier" in name for name in last)
    assert any("lora_" in name and not value.equal(first[name]) for name, value in last.items())
    assert outputs == 0 or not last["base_model.model.classifier.weight"].equal(
        first["base_model.model.classifier.weight"]
    )
    once, again = (getattr(sentence_transformers, LOADERS[family])("out/final", device="cpu") for _ in range(2))
    one, two = said_by(once, outputs), said_by(again, outputs)
    assert one.shape[-1] == (outputs if outputs == 3 else 1 if outputs else one.shape[-1])
    torch.testing.assert_close(one, two)  # no part of it is drawn anew


def kept_steps() -> list[int]:
    return sorted(int(path.name.split("-")[1]) for path in Path("out").glob("checkpoint-*"))


def said_by(model: Any, outputs: int) -> torch.Tensor:
    if not outputs:
        return torch.Tensor(model.encode(DATA["pair"]["anchor"][:3]).to_dense())
    return torch.tensor(model.predict([("how do i", "return my order")])).reshape(1, -1)
