"""What fits into the memory of a device, and going on from a checkpoint."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from advisor.checkpoints import checkpoint_of, keeping_loss, last_checkpoint, restore_loss
from advisor.hardware import Hardware, found_hardware
from converters.errors import InputError


def model(layers: int = 12, width: int = 768, **shape: int) -> SimpleNamespace:
    config = SimpleNamespace(num_hidden_layers=layers, hidden_size=width, vocab_size=30_000, **shape)
    weights = [SimpleNamespace(numel=lambda: layers * 12 * width**2)]
    return SimpleNamespace(transformers_model=SimpleNamespace(config=config), parameters=lambda: weights)


def test_more_memory_and_shorter_texts_let_more_rows_fit() -> None:
    small, large = Hardware(memory=8), Hardware(memory=80)
    assert 1 < small.rows_at_once(model(), 512) < large.rows_at_once(model(), 512)
    assert small.rows_at_once(model(), 512) < small.rows_at_once(model(), 64)
    assert small.rows_at_once(model(24, 1024), 512) < small.rows_at_once(model(), 512)
    rows = large.rows_at_once(model(), 200)
    assert rows & (rows - 1) == 0  # a power of two


def test_an_adapter_leaves_room_that_whole_training_does_not() -> None:
    tight = Hardware(memory=8)
    assert tight.rows_at_once(model(32, 1280), 128) == 1
    assert tight.rows_at_once(model(32, 1280), 128, adapter=True) > 1


def test_a_model_without_a_shape_is_not_held_back() -> None:
    assert Hardware(memory=1).rows_at_once(SimpleNamespace(parameters=list), 512) > 10_000


def test_a_vocabulary_of_logits_takes_room() -> None:
    class TinyForMaskedLM(SimpleNamespace):
        pass

    dense = model(2, 128)
    sparse = SimpleNamespace(
        transformers_model=TinyForMaskedLM(config=dense.transformers_model.config), parameters=dense.parameters
    )
    assert Hardware().rows_at_once(sparse, 128) < Hardware().rows_at_once(dense, 128)


def test_processes_are_those_of_the_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.accelerator.is_available", lambda: False)
    assert found_hardware() == Hardware(processes=4, cpu=True)


@pytest.mark.parametrize("knows", [True, False])
def test_a_gpu_trains_in_the_precision_that_it_knows(knows: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: knows)
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda device: SimpleNamespace(total_memory=24_000_000_000))
    found = found_hardware()
    assert (found.bf16, found.fp16, found.cpu, found.memory) == (knows, not knows, False, 24.0)


@dataclass
class Settings:
    output: str
    seed: int = 1
    push_to_hub: str | None = None


def test_a_half_written_checkpoint_is_none(tmp_path: Path) -> None:
    for name in ("checkpoint-9", "checkpoint-10", "checkpoint-11", "checkpoint-x"):
        (tmp_path / name).mkdir()
    assert last_checkpoint(tmp_path) is None
    for name in ("checkpoint-9", "checkpoint-10", "checkpoint-x"):
        (tmp_path / name / "trainer_state.json").write_text("{}")
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")
    assert last_checkpoint(tmp_path / "nowhere") is None


def test_settings_that_change_a_run_are_refused(tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert checkpoint_of(Settings(out)) is None
    assert checkpoint_of(Settings(out, seed=2)) is None  # nothing was trained yet
    kept = tmp_path / "run" / "checkpoint-3"
    kept.mkdir()
    (kept / "trainer_state.json").write_text("{}")
    assert checkpoint_of(Settings(out, seed=2, push_to_hub="me/it")) == str(kept)
    with pytest.raises(InputError, match=r"another run \(seed was '2' and is '3' now\)"):
        checkpoint_of(Settings(out, seed=3))
    (tmp_path / "run" / "settings.json").write_text("{")  # nobody knows what it was
    with pytest.raises(InputError, match="seed is not known"):
        checkpoint_of(Settings(out, seed=2))
    with pytest.raises(InputError, match="cannot be written"):
        checkpoint_of(Settings(str(tmp_path / "run" / "settings.json" / "below")))


def test_what_a_loss_has_learned_is_kept_and_given_back(tmp_path: Path) -> None:
    import torch

    class Loss(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.classifier = torch.nn.Linear(2, 2), torch.nn.Linear(2, 3)

    loss, other = Loss(), Loss()
    (tmp_path / "checkpoint-4").mkdir()
    state = SimpleNamespace(is_world_process_zero=True, global_step=4)
    keeping_loss(loss).on_save(SimpleNamespace(output_dir=str(tmp_path)), state, None)
    model_of_its_own = other.model.weight.clone()
    restore_loss(other, str(tmp_path / "checkpoint-4"))
    assert torch.equal(other.classifier.weight, loss.classifier.weight)
    assert torch.equal(other.model.weight, model_of_its_own)
    restore_loss(other, None)
