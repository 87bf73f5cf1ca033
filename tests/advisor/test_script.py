"""Generated scripts: they say what they should, are well formed, and run as they are."""

import math
import os
import re
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import advisor
from advisor.catalogue import FAMILIES, LOSSES
from advisor.script import save_script, write_script
from converters.errors import InputError

WORDS = "order refund card machine delivery account app return email subscription password invoice".split()
ANCHORS = [f"how do i {one} my {other}" for one in WORDS for other in WORDS]
POSITIVES = [
    f"you {one} the {other} in the app, number {i}"
    for i, (one, other) in enumerate((one, other) for one in WORDS for other in WORDS)
]
NEGATIVES = POSITIVES[1:] + POSITIVES[:1]
COUNT = len(ANCHORS)
QUERIED = {"query": ANCHORS, "positive": POSITIVES, "negative": NEGATIVES}
SEVERAL = {"query": ANCHORS, "positive": POSITIVES, "negative_1": NEGATIVES, "negative_2": NEGATIVES[::-1]}

DATA = {
    "single-class": {"text": ANCHORS, "label": [WORDS[i % 4] for i in range(COUNT)]},
    "pair": {"anchor": ANCHORS, "positive": POSITIVES},
    "pair-class": {
        "premise": ANCHORS,
        "hypothesis": POSITIVES,
        "label": [("yes", "no", "why")[i % 3] for i in range(COUNT)],
    },
    "labeled-pair": {"query": ANCHORS, "document": POSITIVES, "relevant": [int(i % 4 == 0) for i in range(COUNT)]},
    "pair-score": {"sentence1": ANCHORS, "sentence2": POSITIVES, "similarity": [i % 26 / 5 for i in range(COUNT)]},
    "triplet": {"anchor": ANCHORS, "positive": POSITIVES, "negative": NEGATIVES},
    "n-tuple": {"anchor": ANCHORS, "positive": POSITIVES, "negative_1": NEGATIVES, "negative_2": NEGATIVES[::-1]},
    "labeled-list": {
        "query": ANCHORS,
        "documents": [list(pair) for pair in zip(POSITIVES, NEGATIVES, strict=True)],
        "labels": [[2, 0]] * COUNT,
    },
    "single": {"text": POSITIVES},
    "identical-pair": {"anchor": POSITIVES, "anchor_copy": POSITIVES},
    "damaged-pair": {"damaged": [" ".join(text.split()[::2]) for text in POSITIVES], "original": POSITIVES},
    "text-embedding": {"text": POSITIVES, "label": [[abs(math.sin(i * j)) for j in range(32)] for i in range(COUNT)]},
    "triplet-margin": {**QUERIED, "score": [i * 0.37 % 9 - 2.5 for i in range(COUNT)]},
    "triplet-scores": {**QUERIED, "scores": [[i % 7 + 0.5, i % 3] for i in range(COUNT)]},
    "n-tuple-margins": {**SEVERAL, "scores": [[i % 7 - 1.5, i % 5] for i in range(COUNT)]},
    "n-tuple-scores": {**SEVERAL, "scores": [[i % 7 + 0.5, i % 3, i % 2] for i in range(COUNT)]},
}
PAIRINGS = [
    (family, format)
    for family in FAMILIES
    for format in DATA
    if any(own == family and format in loss.formats for (own, _), loss in LOSSES.items())
]


def write(folder: Path, format: str) -> Path:
    path = folder / f"{format}.parquet"
    pq.write_table(pa.table(DATA[format]), path)
    return path


def run(
    code: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
) -> str:
    """Runs a script as a user would, for two steps; what it says on standard output."""
    path = folder / "train.py"
    path.write_text(code)
    monkeypatch.setattr(sys, "argv", ["train.py", *(options or ("--max_steps", "2"))])
    runpy.run_path(str(path), run_name="__main__")
    return capsys.readouterr().out


def measured(said: str) -> list[float]:
    """The numbers after the equals signs, all of which have to be numbers."""
    numbers = [float(line.rsplit("=", 1)[1].split()[0]) for line in said.splitlines() if " = " in line]
    assert all(math.isfinite(number) for number in numbers)
    return numbers


def clean(code: str, folder: Path) -> None:
    """Makes sure that a script is linted and formatted."""
    script = folder / "checked.py"
    script.write_text(code)
    ruff = [sys.executable, "-m", "ruff"]
    checks = ([*ruff, "format", "--isolated", "--check"], [*ruff, "check", "--isolated", "--select", "F,W,I,UP,B,C4"])
    for command in checks:
        done = subprocess.run([*command, script.name], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("family", "format"), PAIRINGS)
def test_every_script_is_well_formed_and_runs(
    family: str,
    format: str,
    tmp_path: Path,
    tiny_models: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, format)
    if (family, format) == ("sparse-encoder", "text-embedding"):  # as wide as the vocabulary
        from sentence_transformers import SparseEncoder

        embeddings = SparseEncoder(tiny_models[family], device="cpu").encode(POSITIVES).to_dense().tolist()
        pq.write_table(pa.table({"text": POSITIVES, "label": embeddings}), path)
    report = advisor.inspect(path.name)
    assert report.format == format
    code = write_script(report, family=family, model=tiny_models[family], output_dir="out")
    assert report.best(family).loss in code
    assert code == write_script(report, family=family, model=tiny_models[family], output_dir="out")
    said = run(code, tmp_path, monkeypatch, capsys)
    assert len(measured(said)) == 2
    card = (tmp_path / "out" / "final" / "README.md").read_text()
    best = report.best(family)
    if hasattr(getattr(import_module(best.entry.module), best.loss), "citation"):
        assert re.search(rf"^#### .*{best.loss}.*\n```bibtex\n@", card, re.MULTILINE)
    assert (tmp_path / "out" / "settings.json").exists()


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
