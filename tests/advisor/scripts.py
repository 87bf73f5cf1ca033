"""Data of every format for the tests of scripts, and what runs and checks a script."""

import math
import runpy
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.catalogue import FAMILIES, LOSSES

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


def write_for(family: str, format: str, folder: Path, model: str) -> Path:
    """The data of a format; embeddings for a sparse encoder are as wide as its vocabulary."""
    path = write(folder, format)
    if (family, format) == ("sparse-encoder", "text-embedding"):
        from sentence_transformers import SparseEncoder

        embeddings = SparseEncoder(model, device="cpu").encode(POSITIVES).to_dense()
        embeddings = (embeddings * 0.5).tolist()  # the student has something to learn
        pq.write_table(pa.table({"text": POSITIVES, "label": embeddings}), path)
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
