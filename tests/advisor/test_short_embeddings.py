"""Embeddings of a few numbers, which a name or their place has to tell from other lists of numbers."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import advisor
from advisor.cli import run
from converters import InputError

ROWS = 60
DRAW = np.random.default_rng(3)
TEXTS = [f"Gate {i} of the canal opens at dawn and closes {i} hours later." for i in range(ROWS)]


def data(label: str, vectors: np.ndarray) -> pa.Table:
    return pa.table({"text": TEXTS, label: vectors.tolist()})


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv"])
@pytest.mark.parametrize("size", [2, 8])
def test_what_is_written_here_is_read_again(tmp_path: Path, suffix: str, size: int) -> None:
    vectors = DRAW.normal(size=(ROWS, size)).astype(np.float32)
    texts, given, out = tmp_path / "texts.csv", tmp_path / "given.npy", tmp_path / f"out{suffix}"
    texts.write_text("\n".join(["text", *(f'"{text}"' for text in TEXTS)]))
    np.save(given, vectors)
    command = ["convert", str(texts), "--output-format", "text-embedding", "--teacher", str(given), "-o", str(out)]
    assert run(command) == 0
    report = advisor.inspect(out)
    assert report.format == "text-embedding"
    assert report.roles == {"text": "text", "label": "label"}
    again = advisor.convert(out, output_format="same")
    np.testing.assert_allclose(np.array(again["label"]), vectors, rtol=1e-6)


@pytest.mark.parametrize("name", ["embedding", "vector", "text_embedding"])
def test_the_name_says_it(name: str) -> None:
    report = advisor.inspect(data(name, DRAW.random((ROWS, 3))))
    assert (report.format, report.confidence > 0.9) == ("text-embedding", True)


@pytest.mark.parametrize(
    ("name", "vectors"),
    [
        ("label", DRAW.dirichlet([1, 1, 1], ROWS)),  # how likely each of three classes is
        ("box", DRAW.normal(size=(ROWS, 4)) * 100),
        ("embedding", DRAW.integers(0, 9, (ROWS, 4))),
    ],
)
def test_other_lists_of_a_few_numbers_are_none(name: str, vectors: np.ndarray) -> None:
    try:
        report = advisor.inspect(data(name, vectors))
    except InputError:
        return  # nothing is what it could be
    assert report.format != "text-embedding"


def test_vectors_of_different_lengths_are_none() -> None:
    vectors = [DRAW.normal(size=3 + i % 3).tolist() for i in range(ROWS)]
    try:
        report = advisor.inspect(pa.table({"text": TEXTS, "embedding": vectors}))
    except InputError:
        return
    assert report.format != "text-embedding"
