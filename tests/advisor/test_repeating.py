"""A manifest tells all that a conversion was told, and its conversion can be done again, to the same bytes."""

import dataclasses
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main

from advisor import cli
from advisor.conversion import convert_to_file
from advisor.recording import NOT_RECORDED, recorded
from advisor.repeating import read_manifest
from converters.errors import InputError

THINGS = "lamp door car tree boat house river stone cloud train".split()

#: Options of `convert` that change no row, and why a manifest is silent about them.
NO_INFLUENCE = {
    "dataset": "the source stands in the manifest with its fingerprint",
    "out": "where it goes; the manifest is beside it",
    "rejects": "where what is left out goes",
    "overwrite": "what may be replaced",
    "dry_run": "whether anything is written at all",
    "push_to_hub": "where it goes",
    "public": "who may see it there",
    "from_manifest": "is recorded by what it repeats",
    "work_dir": "where work is kept",
    "no_cache": "whether work is kept",
    "report": "where a report goes",
    "config": "what settings say is recorded as if it had been said",
    "no_config": "likewise",
    "quiet": "what is said on the way",
    "as_json": "how it is said",
}

#: Values for options whose type does not tell one.
VALUES = {
    "output_format": "labeled-pair",
    "column": ["question=anchor"],
    "format": "pair",
    "layout": "beir",
    "files": "parquet",
    "shard_size": "10MB",
    "compression": "snappy",
    "split_off": 0.25,
    "sampling": "random",
    "margin_from": "highest",
    "veto": "none",
    "fix": ["ROW001"],
    "index": "flat",
    "class_score": "entailment=1",
    "on_error": "skip",
    "device": "cpu",
}


def pairs(folder: Path) -> Path:
    rows = [f"where is the {thing} {i}?,The {thing} {i} stands in hall {i * 7}." for thing in THINGS for i in range(6)]
    path = folder / "pairs.csv"
    path.write_text("\n".join(["question,answer", *rows]) + "\n")
    return path


def convert(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = cli.run(["convert", *map(str, arguments)])
    return status, capsys.readouterr().err


def manifest_of(path: Path) -> dict[str, Any]:
    place = path / "manifest.json" if path.is_dir() else path.with_name(f"{path.name}.manifest.json")
    content: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return content


# -- everything is recorded --------------------------------------------------------------------------------------------


class ToldError(Exception):
    """Carries what a conversion was told out of the command."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = arguments


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What the manifest would record for options on the command line."""
    data = str(pairs(tmp_path))

    def stop(dataset: Any, out: Any, **arguments: Any) -> None:
        raise ToldError(arguments)

    def run(**options: Any) -> dict[str, Any]:
        monkeypatch.setattr("advisor.conversion.convert_to_file", stop)
        words = [f"--{name}={value}" for name, value in options.items() if isinstance(value, str)]
        words += [f"--{name}" for name, value in options.items() if value is None]
        if "output-format" not in options:
            words.append("--output-format=pair")
        with pytest.raises(ToldError) as caught:
            cli.app(args=["convert", data, "-o", str(tmp_path / "out"), *words], standalone_mode=False)
        names = inspect.signature(convert_to_file).parameters
        own = {name: value for name, value in caught.value.arguments.items() if name in names}
        reading = {name: value for name, value in caught.value.arguments.items() if name not in names}
        return recorded(data, {**own, "reading": reading}, str(tmp_path / "out"))

    return run


def convert_options() -> list[Any]:
    command = typer.main.get_command(cli.app)
    return list(command.commands["convert"].params)  # type: ignore[attr-defined]


@pytest.mark.parametrize("option", convert_options(), ids=lambda option: option.name)
def test_every_option_is_recorded(told: Callable[..., dict[str, Any]], option: Any, tmp_path: Path) -> None:
    """An option that is new fails here until it is recorded, or `NO_INFLUENCE` says why it need not be."""
    if option.name in NO_INFLUENCE:
        return
    name = max(option.opts, key=len).removeprefix("--")
    value = VALUES.get(option.name)
    said: dict[str, Any]
    kind = option.type_descriptor.annotation
    if kind is bool and option.secondary_opts:
        said = {option.secondary_opts[0].removeprefix("--"): None}
    elif kind is bool:
        said = {name: None}
    elif value is not None:
        said = {name: value[0] if isinstance(value, list) else str(value)}
    elif kind is int:
        said = {name: str((option.default or 1) + 4)}
    elif kind is float:
        said = {name: str((option.default or 0.5) / 2)}
    else:
        said = {name: "utf-16" if option.name == "encoding" else "another"}
    before, now = told()["arguments"], told(**said)["arguments"]
    assert before != now, f"{option.name} is not in the manifest"


def test_every_argument_of_python_is_recorded(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    from converters.conversions import Mining

    convert_to_file(str(pairs(tmp_path)), str(out), output_format="pair", mining=Mining())
    arguments = manifest_of(out)["arguments"]
    assert set(arguments) == set(inspect.signature(convert_to_file).parameters) - NOT_RECORDED
    kept = {field.name for field in dataclasses.fields(Mining)} - {"work_dir", "cache", "report"}
    assert set(arguments["mining"]) == kept


def test_what_is_recorded_is_read_back_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = pairs(tmp_path), tmp_path / "out"
    options = ["--output-format", "triplet", "--num-negatives", 2, "--seed", 7, "--column", "question=anchor"]
    more = ["--shard-size", "4KB", "--split-off", 0.2, "--delimiter", ",", "--veto", "none", "--no-cache"]
    assert convert(capsys, data, *options, *more, "-o", out)[0] == 0
    again = read_manifest(str(out))
    mining, shape = again.arguments["mining"], again.arguments["shape"]
    assert (mining.selection.num_negatives, mining.selection.seed, mining.selection.veto) == (2, 7, None)
    assert (shape.shard_size, shape.split_off, shape.seed) == (4096, 0.2, 7)
    assert again.arguments["columns"] == {"question": "anchor"}
    assert again.arguments["delimiter"] == ","
    assert Path(again.out) == out
    told = manifest_of(out)
    assert told["versions"]["pyarrow"]
    assert told["source"]["bytes"] == data.stat().st_size
    assert sum(told["splits"].values()) == told["rows"]


# -- again -------------------------------------------------------------------------------------------------------------

CASES = [
    ("triplet", "out.parquet", ("--num-negatives", "2", "--veto", "none", "--no-cache")),
    ("pair", "out.jsonl.gz", ("--split-off", "0.2", "--seed", "5")),
    ("pair", "out", ("--shard-size", "2KB", "--split-off", "0.1")),
    ("pair", "out", ("--layout", "beir")),
    ("pair", "out.jsonl", ("--layout", "tevatron")),
    ("same", "out.csv", ("--fix", "ROW001,ROW003")),
    ("labeled-pair", "out", ("--files", "jsonl.zst", "--no-cache", "--sampling", "random")),
]


@pytest.mark.parametrize(("format", "name", "options"), CASES)
def test_again_to_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str, name: str, options: tuple[str, ...]
) -> None:
    data = pairs(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    status, said = convert(capsys, data, "--output-format", format, *options, "-o", tmp_path / "one" / name)
    assert status == 0, said
    status, said = convert(capsys, "--from-manifest", tmp_path / "one" / name, "-o", tmp_path / "two" / name)
    assert status == 0, said
    assert "the same bytes as before" in said
    one, two = (
        {each.relative_to(tmp_path / folder): each.read_bytes() for each in (tmp_path / folder).rglob("*.*")
         if each.is_file() and not each.name.endswith("manifest.json")}
        for folder in ("one", "two")
    )  # fmt: skip
    assert one == two
    assert one
    first, second = (manifest_of(tmp_path / folder / name) for folder in ("one", "two"))
    assert first["arguments"] == second["arguments"]
    assert first["files"] == second["files"]


def test_in_its_own_place_only_over_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = pairs(tmp_path), tmp_path / "out.parquet"
    assert convert(capsys, data, "--output-format", "pair", "-o", out)[0] == 0
    before = out.read_bytes()
    status, said = convert(capsys, "--from-manifest", f"{out}.manifest.json")
    assert status == 2
    assert "exists already" in said
    out.unlink()
    status, said = convert(capsys, "--from-manifest", f"{out}.manifest.json", "--overwrite")
    assert (status, out.read_bytes()) == (0, before), said


def test_a_manifest_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, sought in (("nofile", "nofile"), (".", "manifest.json")):
        status, said = convert(capsys, "--from-manifest", tmp_path / name, "-o", tmp_path / "out.parquet")
        place = tmp_path / sought
        assert (status, said.strip()) == (2, f"error: there is no manifest '{place}': name OUT.manifest.json, or OUT")


def test_a_source_that_has_moved_is_found_beside_the_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "here").mkdir()
    data = pairs(tmp_path / "here")
    assert convert(capsys, data, "--output-format", "pair", "-o", tmp_path / "here" / "a.csv")[0] == 0
    (tmp_path / "here").rename(tmp_path / "there")
    again = ("--from-manifest", tmp_path / "there" / "a.csv")
    assert convert(capsys, *again, "-o", tmp_path / "b.csv")[0] == 0
    (tmp_path / "there" / "pairs.csv").rename(tmp_path / "moved.csv")
    status, said = convert(capsys, *again, "-o", tmp_path / "c.csv")
    assert (status, said.count("\n")) == (2, 1)
    assert convert(capsys, tmp_path / "moved.csv", *again, "-o", tmp_path / "c.csv")[0] == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()


def test_a_source_that_has_changed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = pairs(tmp_path), tmp_path / "out.parquet"
    assert convert(capsys, data, "--output-format", "pair", "-o", out)[0] == 0
    data.write_text(data.read_text().replace("hall 7", "hall 8"))
    status, said = convert(capsys, "--from-manifest", out, "-o", tmp_path / "new.parquet")
    assert status == 2
    assert "is not what it was" in said
    assert "(its content is another)" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "new.parquet").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "glob"])
def test_a_source_that_is_gone_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    data = pairs(tmp_path / "in")
    name = {"file": "in/pairs.csv", "folder": "in", "glob": "in/*.csv"}[kind]
    assert convert(capsys, name, "--output-format", "pair", "-o", "out.parquet")[0] == 0
    kept = data.rename(tmp_path / "kept.csv")
    data.parent.rmdir()
    again = ("--from-manifest", "out.parquet", "-o", "new.parquet")
    status, said = convert(capsys, *again)
    assert (status, said.count("\n")) == (2, 1)
    assert f"'{name}', which 'out.parquet.manifest.json' was made of, is not there: say where it is now" in said
    assert "nowhere.csv', which" in convert(capsys, "nowhere.csv", *again)[1]
    if kind == "file":
        assert convert(capsys, kept, *again)[0] == 0


def test_vectors_that_have_changed_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    data, out, vectors = pairs(tmp_path), tmp_path / "out.parquet", tmp_path / "q.npy"
    np.save(vectors, np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32))
    both = ("--query-embeddings", vectors, "--corpus-embeddings", vectors, "--veto", "none", "--no-cache")
    assert convert(capsys, data, "--output-format", "triplet", *both, "-o", out)[0] == 0
    assert convert(capsys, "--from-manifest", out, "-o", tmp_path / "b.parquet")[0] == 0
    assert out.read_bytes() == (tmp_path / "b.parquet").read_bytes()
    np.save(vectors, np.random.default_rng(2).normal(size=(60, 8)).astype(np.float32))
    status, said = convert(capsys, "--from-manifest", out, "-o", tmp_path / "c.parquet")
    assert status == 2
    assert "q.npy' is not what it was" in said
    vectors.unlink()
    status, said = convert(capsys, "--from-manifest", out, "-o", tmp_path / "c.parquet")
    assert status == 2
    assert "is not there: bring it back" in said


def test_other_versions_are_said_where_the_bytes_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = pairs(tmp_path), tmp_path / "out.csv"
    assert convert(capsys, data, "--output-format", "pair", "-o", out)[0] == 0
    place = tmp_path / "out.csv.manifest.json"
    told = json.loads(place.read_text())
    told["versions"]["pyarrow"] = "1.2.3"
    told["files"]["out.csv"]["sha256"] = "0" * 64
    place.write_text(json.dumps(told))
    status, said = convert(capsys, "--from-manifest", place, "-o", tmp_path / "b.csv")
    assert status == 0
    assert "not the same bytes as before: pyarrow was 1.2.3 and is " in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--seed", "3"), "so --seed cannot be said beside it"),
        (("--output-format", "pair", "--layout", "beir"), "so --output-format, --layout cannot be said beside it"),
        (("-o", "-"), "wants a file or a folder"),
    ],
)
def test_nothing_else_may_be_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "out.csv"
    assert convert(capsys, pairs(tmp_path), "--output-format", "pair", "-o", out)[0] == 0
    status, said = convert(capsys, "--from-manifest", out, *options)
    assert (status, said.count("\n")) == (2, 1)
    assert message in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[1]", "is no manifest"),
        ("{}", "does not tell of a conversion"),
        ('{"source": {"kind": "file"}, "arguments": {}}', "does not tell of a conversion"),
        (
            '{"source": {"kind": "stream", "name": "list"}, "arguments": {"output_format": "pair"}}',
            "data that cannot be read again ('list')",
        ),
    ],
)
def test_what_is_no_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str) -> None:
    (tmp_path / "x.manifest.json").write_text(content)
    status, said = convert(capsys, "--from-manifest", tmp_path / "x.manifest.json", "-o", tmp_path / "y.csv")
    assert (status, said.count("\n")) == (2, 1)
    assert message in said


def test_objects_of_python_are_named_and_not_repeated(tmp_path: Path) -> None:
    from converters.conversions import Mining
    from converters.mining import Selection

    class Model:
        def encode(self, texts: list[str], **_: object) -> list[list[float]]:
            return [[float(len(text)), 1.0] for text in texts]

    out, data = tmp_path / "out.csv", pairs(tmp_path)
    convert_to_file(
        str(data), str(out), output_format="triplet", mining=Mining(model=Model(), selection=Selection(num_negatives=1))
    )
    assert manifest_of(out)["arguments"]["mining"]["model"] == {"object of Python": "Model"}
    with pytest.raises(InputError, match="'model' was a 'Model' in Python"):
        read_manifest(str(out))


def test_in_processes_of_their_own(tmp_path: Path) -> None:
    """With another seed for hashes, as every process has."""
    pairs(tmp_path)
    command = [sys.executable, "-m", "advisor", "convert"]
    first = ["pairs.csv", "--output-format", "pair", "--split-off", "0.2", "-o", "a.parquet"]
    for arguments in (first, ["--from-manifest", "a.parquet", "-o", "b.parquet"]):
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        done = subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert (tmp_path / "a-test.parquet").read_bytes() == (tmp_path / "b-test.parquet").read_bytes()


def test_several_splits_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = pairs(data).read_text()
    (data / "pairs.csv").rename(data / "train.csv")
    (data / "validation.csv").write_text(text.replace("where", "when"))
    options = ("--output-format", "pair", "--files", "jsonl", "--split-off", "0.1")
    assert convert(capsys, data, *options, "-o", tmp_path / "a")[0] == 0
    status, said = convert(capsys, "--from-manifest", tmp_path / "a", "-o", tmp_path / "b")
    assert (status, "the same bytes" in said) == (0, True), said
    assert sorted(each.name for each in (tmp_path / "b").glob("*.jsonl")) == [
        *("test.jsonl", "train.jsonl", "validation.jsonl"),
    ]
    (data / "validation.csv").unlink()
    status, said = convert(capsys, "--from-manifest", tmp_path / "a", "-o", tmp_path / "c")
    assert status == 2
    assert "('validation.csv' is gone)" in said


def test_a_dataset_on_the_hub_is_taken_at_its_commit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub is one in memory here: what counts is the revision that is asked for."""
    import pyarrow as pa

    from converters import sources
    from converters.sources import open as opening
    from converters.sources import open_source

    asked: list[str | None] = []
    table = pa.table({"anchor": [f"where is {i}?" for i in range(9)], "positive": [f"It is at {i}." for i in range(9)]})

    def on_hub(name: str, split: str | None = None, revision: str | None = None) -> Any:
        asked.append(revision)
        return dataclasses.replace(open_source(table), name=name)

    monkeypatch.setattr(opening, "open_hub", on_hub)
    monkeypatch.setattr("converters.fingerprints._commit_on_hub", lambda name, revision: revision or "c0ffee")
    assert sources.open_source is open_source
    out = tmp_path / "out.csv"
    status, said = convert(capsys, "some-one/some-pairs", "--output-format", "pair", "-o", out)
    assert status == 0, said
    assert manifest_of(out)["source"] == {"name": "some-one/some-pairs", "kind": "hub", "revision": "c0ffee"}
    status, said = convert(capsys, "--from-manifest", out, "-o", tmp_path / "again.csv")
    assert status == 0, said
    assert asked[-1] == "c0ffee"
    assert "the same bytes" in said


def test_a_model_in_a_folder_counts(tmp_path: Path) -> None:
    from converters.conversions import Mining

    model = tmp_path / "model"
    model.mkdir()
    (model / "weights.bin").write_bytes(b"1")
    data = str(pairs(tmp_path))
    told = [recorded(data, {"mining": Mining(model=str(model))}, None)["inputs"]]
    (model / "weights.bin").write_bytes(b"2")
    told.append(recorded(data, {"mining": Mining(model=str(model))}, None)["inputs"])
    assert told[0].keys() == told[1].keys() == {str(model)}
    assert told[0] != told[1]
    assert recorded(data, {"mining": Mining(model="lsa")}, None)["inputs"] == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"magic": 1}, "tells of 'magic', which this version does not know"),
        ({"reading": {"scan": False}}, "tells of 'scan', which this version does not know"),
        ({"mining": {"magic": 1}}, "says of 'mining' what this version does not know"),
        ({"seed": {"object of Python": "Seed"}}, "'seed' was a 'Seed' in Python"),
        ({"columns": 3}, "columns has to be a mapping of texts to texts, not 3"),
        ({"shape": {"split_off": "x"}}, "holds a value that is none"),
        ({"output_format": "tripel"}, "unknown output format 'tripel'"),
    ],
)
def test_a_manifest_that_somebody_has_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    out = tmp_path / "out.csv"
    assert convert(capsys, pairs(tmp_path), "--output-format", "pair", "-o", out)[0] == 0
    told = manifest_of(out)
    told["arguments"] |= change
    (tmp_path / "x.manifest.json").write_text(json.dumps(told))
    status, said = convert(capsys, "--from-manifest", tmp_path / "x.manifest.json", "-o", tmp_path / "y.csv")
    assert (status, said.count("\n")) == (2, 1), said
    assert message in said
    assert not (tmp_path / "y.csv").exists()
