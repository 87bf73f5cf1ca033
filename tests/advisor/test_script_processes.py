"""Scripts in processes of their own, as users start them: one for each family, and two that train together."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import advisor
from advisor.catalogue import FAMILIES
from advisor.script import write_script
from tests.advisor.scripts import measured, write_for

ENVIRONMENT = {
    **os.environ,
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


def started(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


def script(folder: Path, family: str, model: str, *, format: str = "n-tuple", **options: str) -> Path:
    data = write_for(family, format, folder, model)
    pq.write_table(pq.read_table(data).slice(0, 48), folder / "data.parquet")
    path = folder / "train.py"
    report = advisor.inspect(folder / "data.parquet")
    path.write_text(write_script(report, family=family, model=model, output_dir=str(folder / "out"), **options))
    return path


#: Runs each script that it is given in a process of its own; what all of them import is imported once.
IN_TURN = """
import os, runpy, sys
import datasets, sentence_transformers, torch, transformers
from sentence_transformers import cross_encoder, multi_vector_encoder, sparse_encoder
torch.set_num_threads(1)
for path in sys.argv[1:]:
    sys.stdout.flush()
    if not os.fork():
        sys.argv = [path, "--max_steps", "1"]
        runpy.run_path(path, run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    _, status = os.wait()
    if status:
        raise SystemExit(f"{path} failed")
"""


def test_a_script_of_each_family_in_a_process_of_its_own(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    paths = []
    for family in FAMILIES:
        folder = tmp_path / family
        folder.mkdir()
        paths.append(str(script(folder, family, tiny_models[family])))
    done = started(tmp_path, sys.executable, "-c", IN_TURN, *paths)
    assert done.returncode == 0, done.stderr
    assert len(measured(done.stdout)) == 2 * len(FAMILIES)


#: Each family, and the formats whose models are made of more than a transformer.
PLAIN = [
    *((family, "n-tuple") for family in FAMILIES),
    *(("sentence-transformer", format) for format in ("single", "damaged-pair", "pair-class")),
    ("sparse-encoder", "text-embedding"),
]


def test_plain_scripts_need_no_sentence_transformers(tmp_path: Path, tiny_models: dict[str, str]) -> None:
    paths = []
    for family, format in PLAIN:
        folder = tmp_path / f"{family}-{format}"
        folder.mkdir()
        paths.append(str(script(folder, family, tiny_models[family], format=format, style="plain")))
    blocked = "import sys\nsys.modules['sentence_transformers'] = None\n"
    alone = [line for line in IN_TURN.splitlines() if "from sentence_transformers" not in line]
    code = blocked + "\n".join(alone).replace("sentence_transformers, ", "")
    done = started(tmp_path, sys.executable, "-c", code, *paths)
    assert done.returncode == 0, done.stderr
    assert len(measured(done.stdout)) == 3 * len(PLAIN)


#: How two processes are started; without a GPU, accelerate does it under the name of several.
LAUNCHERS = {
    "torchrun": ("torch.distributed.run", "--standalone", "--nproc_per_node", "2"),
    "accelerate": (
        *("accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1"),
        *("--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"),
    ),
}


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_two_processes_train_together(launcher: str, tmp_path: Path, tiny_models: dict[str, str]) -> None:
    path = script(tmp_path, "sentence-transformer", tiny_models["sentence-transformer"])
    assert "gather_across_devices=hardware.processes > 1" in path.read_text()
    launch = (sys.executable, "-m", *LAUNCHERS[launcher])
    done = started(tmp_path, *launch, str(path), "--max_steps", "2", "--batch_size", "8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("before training") == 1  # the first process speaks for both
    assert len(measured(done.stdout)) == 2
    assert (tmp_path / "out" / "final" / "model.safetensors").exists()
    last = tmp_path / "out" / "checkpoint-2"  # the last one stays, whichever is the best
    assert {each.name for each in last.glob("rng_state*")} == {"rng_state_0.pth", "rng_state_1.pth"}
