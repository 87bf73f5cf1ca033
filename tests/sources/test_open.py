"""Paths: what is missing, damaged or not data; standard input; the hub; imports."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.cli import run
from converters.errors import InputError
from converters.sources import hub, open_source


def failure(dataset: Any, **options: Any) -> str:
    def read() -> None:
        for split in open_source(dataset, **options).splits.values():
            split.table()

    with pytest.raises(InputError) as caught:
        read()
    message = str(caught.value)
    assert message.isprintable(), "one line, and no control characters"
    return message


@contextmanager
def as_somebody() -> Iterator[None]:
    """As a user who has no rights but those that everybody has."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize("command", ["inspect", "convert"])
@pytest.mark.parametrize(
    ("name", "mode", "locked"),
    [
        ("secret/support.csv", 0o000, "secret"),
        ("secret/*.csv", 0o000, "secret"),
        ("secret", 0o000, "secret"),
        ("secret", 0o600, "secret"),
        ("secret/sub/more.jsonl", 0o600, "secret"),
        ("closed.csv", None, "closed.csv"),
        ("closed.*", None, "closed.csv"),
    ],
)
def test_what_may_not_be_read_is_told_as_such(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    name: str,
    mode: int | None,
    locked: str,
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # nobody but its owner may go into those of pytest
        monkeypatch.chdir(folder)
        Path("open.csv").write_text("anchor,positive\n" + "".join(f"how is {i}?,It is {i}.\n" for i in range(9)))
        shutil.copy("open.csv", "closed.csv")
        Path("secret/sub").mkdir(parents=True)
        shutil.copy("open.csv", "secret/support.csv")
        call = [command, "{}", *(["--output-format", "pair", "--dry-run"] if command == "convert" else [])]
        assert run([each.format("open.csv") for each in call]) == 0  # imports what it takes
        Path("closed.csv").chmod(0)
        Path(folder).chmod(0o755)
        if mode is not None:
            Path("secret").chmod(mode)
        capsys.readouterr()
        with as_somebody():
            status = run([each.format(name) for each in call])
        Path("secret").chmod(0o755)
        assert status == 2
        assert capsys.readouterr().err == f"error: '{locked}' may not be read: change its permissions\n"
        monkeypatch.undo()


def test_missing_file_with_a_near_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pairs.csv").write_text("text,label\na,1\n")
    assert "did you mean" in failure(tmp_path / "pair.csv")
    assert "pairs.csv" in failure(tmp_path / "pairs.cvs")
    monkeypatch.chdir(tmp_path)
    assert failure("pair.csv") == "'pair.csv' does not exist: did you mean 'pairs.csv'?"
    assert failure("pairs") == "'pairs' does not exist: did you mean 'pairs.csv'?"
    assert "nor does the folder" in failure("./data/pairs.csv")
    assert "does not exist" in failure("./pairs")
    assert "does not exist" in failure("")
    assert "nothing is downloaded" in failure("https://example.org/x.csv")
    assert "does not exist" in failure(str(tmp_path / "nothing" / "x"))
    assert "does not exist" in failure(tmp_path / "pairs.csv" / "x.csv")
    assert failure("a\x1b\n.csv").startswith("'a\\x1b\\x0a.csv' does not exist")
    assert "cannot be opened" in failure("a\0.csv")
    assert "cannot be opened" in failure("a" * 5000 + ".csv")


def test_unknown_suffix(tmp_path: Path) -> None:
    for name in ("x.docx", "x.py", "x.md.gz"):
        (tmp_path / name).write_bytes(b"x")
        assert "is not known" in failure(tmp_path / name)
    (tmp_path / "x.parquet.gz").write_bytes(b"x")
    assert "unpack it first" in failure(tmp_path / "x.parquet.gz")


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".feather", ".csv", ".json", ".jsonl"])
def test_empty_file(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"x{suffix}").touch()
    assert f"x{suffix}' is empty" in failure(tmp_path / f"x{suffix}")


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".feather"])
def test_not_what_the_name_says(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"x{suffix}").write_bytes(b"text,label\n\x1b[0ma,1\n" * 10)
    assert "cannot be read, it may be damaged" in failure(tmp_path / f"x{suffix}")


def test_damaged_inside(tmp_path: Path) -> None:
    table = pa.table({"text": [f"text {i * 7919 % 10007}" for i in range(5000)]})
    pq.write_table(table, tmp_path / "x.parquet")
    with pa.ipc.new_file(
        tmp_path / "x.arrow", table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")
    ) as writer:
        writer.write_table(table)
    for name in ("x.parquet", "x.arrow"):
        data = bytearray((tmp_path / name).read_bytes())
        data[1000:3000] = b"\xff" * 2000
        (tmp_path / name).write_bytes(data)
        assert name in failure(tmp_path / name)
        (tmp_path / name).write_bytes(data[: len(data) // 2])
        assert name in failure(tmp_path / name)


def test_no_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "x.parquet")
    assert "has no rows" in failure(tmp_path / "x.parquet")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_not_readable(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\na,1\n")
    (tmp_path / "x.csv").chmod(0)
    assert "may not be read" in failure(tmp_path / "x.csv") or "cannot be opened" in failure(tmp_path / "x.csv")


def test_revision_without_a_hub(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\na,1\n")
    assert "on the hub only" in failure(tmp_path / "x.csv", revision="main")


# -- standard input ----------------------------------------------------------------------------------------------------


def packed(table: pa.Table, form: str) -> bytes:
    sink = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"text,label\na,1\nb,2\n",
        b"text\tlabel\na\t1\nb\t2\n",
        b'{"text": "a", "label": 1}\n{"text": "b", "label": 2}\n',
        b'[{"text": "a", "label": 1}, {"text": "b", "label": 2}]',
        packed(pa.table({"text": ["a", "b"], "label": [1, 2]}), "parquet"),
        packed(pa.table({"text": ["a", "b"], "label": [1, 2]}), "stream"),
    ],
    ids=["csv", "tsv", "jsonl", "json", "parquet", "arrow"],
)
@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_standard_input(data: bytes, packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    if packing == "gzip":
        if not data[:1].isascii() or data.startswith(b"PAR1"):
            pytest.skip("compressed in itself")
        data = gzip.compress(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    source = open_source("-")
    assert source.name == "standard input"
    assert source.splits["train"].table().to_pylist() == [{"text": "a", "label": 1}, {"text": "b", "label": 2}]
    assert source.splits["train"].table().num_rows == 2


def test_nothing_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert failure("-") == "standard input is empty: pipe the data in"


def test_named_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", f"printf 'text,label\\na,1\\n' > '{tmp_path}/pipe'"]):
        assert open_source(tmp_path / "pipe").splits["train"].rows == 1


# -- the hub -----------------------------------------------------------------------------------------------------------


def streamed() -> datasets.IterableDataset:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["n", "y"])})
    return datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]}, features).to_iterable_dataset()


def test_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def load_dataset(*names: Any, **options: Any) -> Any:
        asked.append((names, options))
        splits = {"train": streamed(), "test": streamed()}
        return splits if options["split"] is None else splits[options["split"]]

    monkeypatch.setattr(hub, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    source = open_source("owner/name:config", revision="v1")
    assert list(source.splits) == ["train", "test"]
    assert source.splits["train"].table().to_pylist() == [{"text": "a", "label": 0}, {"text": "b", "label": 1}]
    assert source.splits["train"].class_names == {"label": ("n", "y")}
    assert list(open_source("squad", split="test").splits) == ["test"]
    assert asked == [
        (("owner/name", "config"), {"split": None, "revision": "v1", "streaming": True}),
        (("squad", None), {"split": "test", "revision": None, "streaming": True}),
    ]


@pytest.mark.parametrize(
    "error", [ConnectionError("no\nnetwork"), FileNotFoundError("none"), ValueError("config"), OSError()]
)
def test_hub_out_of_reach(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def load_dataset(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(hub, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    assert "is no file here, and on the Hugging Face hub" in failure("owner/name")


def test_a_path_is_not_looked_up_on_the_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hub, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: pytest.fail("asked the hub"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name in (
        "data/train",
        "./name",
        "../name",
        "/owner/name",
        "x.csv",
        "x.jsonl.gz",
        "a/b/c",
        "a//b",
        Path("owner/name"),
    ):
        assert "does not exist" in failure(name)


# -- imports -----------------------------------------------------------------------------------------------------------


def test_small_files_load_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\na,1\nb,2.5\n")
    (tmp_path / "x.tsv").write_text('text\tlabel\n"a"\ttrue\n')
    (tmp_path / "x.jsonl").write_text('{"text": "a", "list": [1]}\n')
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "x.parquet")
    code = f"""
import sys
from converters.sources import hub, open_source
for name in ("x.csv", "x.tsv", "x.jsonl", "x.parquet"):
    open_source({str(tmp_path)!r} + "/" + name).splits["train"].table()
heavy = {{"torch", "transformers", "sentence_transformers", "datasets", "faiss", "sklearn", "pandas"}}
print(sorted(heavy & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
