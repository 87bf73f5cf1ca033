"""`advisor train` as users start it, in a process: what is refused, and what an interruption leaves behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.advisor.scripts import DATA

DENSE, CROSS, SPARSE = "sentence-transformer", "cross-encoder", "sparse-encoder"
ENVIRONMENT = {
    **os.environ,
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


def command(data: object, family: str, model: str, *options: object) -> list[str]:
    words = ["train", data, "--family", family, "--model", model, "-o", "run", *options]
    return [sys.executable, "-m", "advisor", *map(str, words)]


def trained(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*words), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)  # type: ignore[arg-type]


def refused(folder: Path, *words: object) -> str:
    """The one line that a refusal is."""
    done = trained(folder, *words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    *notes, line = done.stderr.splitlines()
    assert not [each for each in notes if not each.startswith("training a ")]
    assert line.startswith("error: ")
    return line


@pytest.fixture(scope="module")
def models(tiny_models: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The tiny models, and some that are saved as what they are."""
    from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder

    folder = tmp_path_factory.mktemp("kinds")
    CrossEncoder(tiny_models[CROSS], num_labels=2, device="cpu").save_pretrained(str(folder / "two"))
    SparseEncoder(tiny_models[SPARSE], device="cpu").save_pretrained(str(folder / "sparse"))
    SentenceTransformer(tiny_models[DENSE], device="cpu").save_pretrained(str(folder / "dense"))
    return {**tiny_models, **{name: str(folder / name) for name in ("two", "sparse", "dense")}}


def rows(folder: Path, format: str, number: int | None = None, **other: list[str]) -> str:
    columns = {name: values[:number] for name, values in {**DATA[format], **other}.items()}
    pq.write_table(pa.table(columns), folder / f"{format}.parquet")
    return f"{format}.parquet"


@pytest.mark.parametrize(
    ("format", "family", "model", "options", "message"),
    [
        ("pair-score", DENSE, "dense", ["--loss", "SoftmaxLoss"], "choose another --loss, such as CoSENTLoss"),
        ("pair", DENSE, "dense", ["--loss", "LambdaLoss"], "LambdaLoss is no sentence-transformer loss: it belongs to"),
        ("pair-class", CROSS, "two", [], "has 2 outputs, and CrossEntropyLoss needs 3: choose a model with 3, or an"),
        ("pair", DENSE, "two", [], "is a cross-encoder, and a sentence-transformer is to be trained: choose a model"),
        ("pair", DENSE, "sparse", [], "is a sparse-encoder, and a sentence-transformer is to be trained: choose a"),
        ("pair", DENSE, "nobody/model", [], "there is no folder 'nobody/model', and the hub cannot be reached: give"),
        ("pair", DENSE, "dense", ["--batch-size", 150], "fewer than a batch of 150: add rows, or a smaller --batch"),
        (
            "pair",
            DENSE,
            "dense",
            ["--max-length", 5000],
            "reads 128 tokens at most, and the greatest length is to be 5",
        ),
        ("pair", DENSE, "dense", ["--max-steps", 0], "a training has 1 step at least, not 0"),
        ("pair", DENSE, "dense", ["--teacher", "nobody/one"], "there is no folder 'nobody/one', and the hub cannot be"),
        (
            "pair",
            DENSE,
            "dense",
            ["--teacher", "./one"],
            "there is no folder './one': give the path of a model, or its",
        ),
        ("text-embedding", SPARSE, "sparse", [], "the teacher's embeddings have 32 numbers, those of the model"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    format: str, family: str, model: str, options: list, message: str, tmp_path: Path, models: dict[str, str]
) -> None:
    assert message in refused(tmp_path, rows(tmp_path, format), family, models.get(model, model), *options)
    assert not (tmp_path / "run").exists()


def test_an_adapter_without_what_trains_it(
    tmp_path: Path, models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python runs this module at its start: peft is not to be found then.
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['peft'] = None\n")
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(tmp_path))
    line = refused(tmp_path, rows(tmp_path, "pair"), DENSE, models["dense"], "--lora")
    assert "an adapter is trained by peft, which is not installed: pip install peft" in line
    assert not (tmp_path / "run").exists()


def test_too_few_rows_or_groups_to_hold_a_part_out(tmp_path: Path, models: dict[str, str]) -> None:
    line = refused(tmp_path, rows(tmp_path, "pair", 1), DENSE, models["dense"])
    assert "has one row, and no room for a held-out part: add rows, or --eval FILE" in line
    data = rows(tmp_path, "pair", 40, anchor=["the same question again"] * 40)
    line = refused(tmp_path, data, DENSE, models["dense"], "--max-steps", 1)  # which only the script finds out
    assert "all 40 rows have the same anchor" in line
    assert "Traceback" not in line
    # Nothing was trained: the folder is free for another loss, on data that will do.
    other = ("--loss", "MultipleNegativesSymmetricRankingLoss", "--max-steps", 1)
    done = trained(tmp_path, rows(tmp_path, "pair", 40), DENSE, models["dense"], *other)
    assert done.returncode == 0, done.stderr
    assert "SymmetricRankingLoss" in (tmp_path / "run" / "train.py").read_text()
    # Now something was.
    positives = DATA["pair"]["positive"]
    data = rows(tmp_path, "pair", 40, positive=[positives[0].replace("you", "yet"), *positives[1:]])
    line = refused(tmp_path, data, DENSE, models["dense"])
    assert "holds another run, with another loss" in line
    assert line.endswith("choose another folder with --out, or remove it")
    line = refused(tmp_path, data, DENSE, models["dense"], *other)
    assert "holds the checkpoints of a run on other data (of 'pair.parquet', it" in line
    assert line.endswith("choose another folder with --out, or remove it")


def _heard() -> None:
    """Has a child hear SIGINT, which jobs that a shell runs in the background are told to ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_training_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path, models: dict[str, str]) -> None:
    words = (rows(tmp_path, "pair", 60), DENSE, models["dense"], "--max-steps", 40, "--batch-size", 8)
    process = subprocess.Popen(
        command(*words),  # type: ignore[arg-type]
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heard,
    )
    while not list(tmp_path.glob("run/checkpoint-*/trainer_state.json")) and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the command and the script
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    kept = r"interrupted: 'run' keeps the checkpoint of step (\d+): the same command goes on from there"
    stopped = re.fullmatch(kept, err.splitlines()[-1])
    assert stopped is not None, err
    again = trained(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    steps = {int(step) for step in re.findall(r" (\d+)/40 ", again.stderr)} - {0}
    assert min(steps) > int(stopped[1])  # the bar goes on where it stopped
    shutil.move(tmp_path / "run", tmp_path / "first")
    silent = trained(tmp_path, *words, "--quiet")
    assert (silent.stdout, silent.stderr) == (again.stdout, "")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_before_the_first_checkpoint(
    sent: signal.Signals, tmp_path: Path, models: dict[str, str]
) -> None:
    process = subprocess.Popen(
        command(rows(tmp_path, "pair", 60), DENSE, models["dense"]),
        cwd=tmp_path,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heard,
    )
    while not (tmp_path / "run" / "settings.json").exists() and process.poll() is None:  # the script is at work
        time.sleep(0.01)
    process.send_signal(sent)  # the command alone, as `kill` does: it takes the script along
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted: there is no checkpoint in 'run' yet: the same command starts again"
