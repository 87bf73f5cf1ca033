"""Generated scripts: they say what they should, are well formed, and run as they are."""

import math
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.torch import load_file

import advisor
from advisor.catalogue import LOSSES
from advisor.script import save_script, write_script
from advisor.script.trainer import CACHED, GATHERING, LEARNING
from converters.errors import InputError
from tests.advisor.scripts import DATA, PAIRINGS, clean, measured, run, write, write_for

#: Every loss of the catalogue with every format that it takes.
MATRIX = [(*key, format) for key, loss in LOSSES.items() for format in DATA if format in loss.formats]


@pytest.mark.parametrize(("family", "loss", "format"), MATRIX)
def test_every_loss_trains_on_every_format_it_takes(
    family: str,
    loss: str,
    format: str,
    tmp_path: Path,
    tiny_models: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_for(family, format, tmp_path, tiny_models[family])
    report = advisor.inspect(path.name)
    assert report.format == format
    code = write_script(report, family=family, model=tiny_models[family], output_dir="out", loss=loss)
    assert f"{loss}(" in code
    assert code == write_script(report, family=family, model=tiny_models[family], output_dir="out", loss=loss)
    said = run(code, tmp_path, monkeypatch, capsys)
    assert len(measured(said)) == 2
    losses = [float(each) for each in re.findall(r"'loss': '([^']*)'", said)]
    assert losses
    assert all(map(math.isfinite, losses))
    assert trained_layers(tmp_path / "out" / "checkpoint-1", tmp_path / "out" / "checkpoint-2") == 2
    kept = tmp_path / "out" / "checkpoint-2" / "loss.safetensors"
    assert kept.exists() == (loss in LEARNING)
    assert not kept.exists() or load_file(kept)
    card = (tmp_path / "out" / "final" / "README.md").read_text()
    entry = LOSSES[family, loss]
    if hasattr(getattr(import_module(entry.module), loss), "citation"):
        assert re.search(rf"^#### .*{loss}.*\n```bibtex\n@", card, re.MULTILINE)


def trained_layers(before: Path, after: Path) -> int:
    """How many layers of the transformer have learned something, in every matrix."""
    first, second = (load_file(folder / "model.safetensors") for folder in (before, after))
    moved: dict[str, bool] = {}
    for name, value in second.items():
        assert value.isfinite().all(), name
        layer = re.search(r"layer\.(\d+)\..*dense\.weight", name)
        if layer:
            moved[layer[1]] = moved.get(layer[1], True) and not value.equal(first[name])
    return sum(moved.values())


def test_what_is_known_of_losses_is_true_of_their_classes(tiny_models: dict[str, str]) -> None:
    from inspect import signature

    for (family, name), entry in LOSSES.items():
        module = import_module(entry.module)
        gathers = "gather_across_devices" in signature(getattr(module, name)).parameters
        assert gathers == (name in GATHERING and family != "cross-encoder"), name
        if name in CACHED and (family, CACHED[name]) in LOSSES:
            own, cached = (set(signature(getattr(module, each)).parameters) for each in (name, CACHED[name]))
            assert own <= cached | {"mini_batch_size"}, name
    assert {name for _, name in LOSSES} >= LEARNING | GATHERING


def test_losses_that_learn_something_themselves_are_known(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(tiny_models["sentence-transformer"], device="cpu")
    own = {id(each) for each in model.parameters()}
    reports = {format: advisor.inspect(write(tmp_path, format)) for format in DATA}
    for (family, name), entry in LOSSES.items():
        if family == "sentence-transformer":
            found = reports[next(format for format in entry.formats if format in DATA)].recommendations[family]
            loss = next(each for each in found if each.loss == name).build(model)
            others = [each for each, value in loss.named_parameters() if id(value) not in own and "guide" not in each]
            assert bool(others) == (name in LEARNING), (name, others[:3])


@pytest.mark.parametrize(("family", "format"), PAIRINGS)
def test_every_script_is_linted_and_formatted(family: str, format: str, tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, format))
    clean(write_script(report, family=family, model="some/model"), tmp_path)


def test_the_command_writes_a_script_that_trains(tmp_path: Path, tiny_models: dict[str, str], examples: Path) -> None:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "advisor.cli", "script", str(examples / "support-scored.jsonl")]
    options = ["--family", "sentence-transformer", "--model", tiny_models["sentence-transformer"], "-o", "t.py"]
    subprocess.run([*command, *options], cwd=tmp_path, check=True, env=environment)
    done = subprocess.run(
        [sys.executable, "t.py", "--max_steps=2"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "after training:" in done.stdout


def test_an_own_validation_split_is_the_held_out_part(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for split in ("train", "validation"):
        pq.write_table(pa.table(DATA["pair"]), folder / f"{split}.parquet")
    code = write_script(advisor.inspect(folder), family="sentence-transformer", model="m")
    assert 'split="validation"' in code
    assert "hold_out" not in code


@pytest.mark.parametrize(
    ("format", "settings", "message"),
    [
        ("pair", {"family": "crossencoder"}, "did you mean 'cross-encoder'"),
        ("single-class", {"family": "cross-encoder"}, "no cross-encoder loss takes single-class"),
        ("single-class", {"family": "multi-vector-encoder"}, "no multi-vector-encoder loss"),
    ],
)
def test_what_no_script_can_be_written_for(format: str, settings: dict, message: str, tmp_path: Path) -> None:
    report = advisor.inspect(write(tmp_path, format))
    with pytest.raises(InputError, match=message):
        write_script(report, model="m", **settings)


def test_data_that_has_to_be_converted_first(shared_data: Path) -> None:
    report = advisor.inspect(shared_data / "cranfield")
    with pytest.raises(InputError, match=r"advisor convert .* --output-format"):
        write_script(report, family="cross-encoder", model="m")


def test_a_table_in_memory_has_no_name_to_load_it_by() -> None:
    report = advisor.inspect(pa.table(DATA["pair"]))
    with pytest.raises(InputError, match="save"):
        write_script(report, family="sentence-transformer", model="m")


def test_a_script_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("mine")
    with pytest.raises(InputError, match="--overwrite"):
        save_script("new", str(path))
    assert path.read_text() == "mine"
    save_script("new", str(path), overwrite=True)
    assert path.read_text() == "new"
    with pytest.raises(InputError, match="no folder"):
        save_script("new", str(tmp_path / "nowhere" / "train.py"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["train.py"]
