"""`advisor convert` with every way to lay out what it writes, from data with one split and with several."""

import json
from pathlib import Path

import datasets
import pytest

from advisor.cli import run
from converters.sources import open_source
from converters.writing import write

THINGS = "lamp door car tree boat house river stone cloud train".split()


def rows(count: int, first: int = 0) -> str:
    lines = [
        f"where is the {THINGS[i % 10]} {i}?,The {THINGS[i % 10]} {i} stands in hall {i * 7}."
        for i in range(first, first + count)
    ]
    return "\n".join(["question,answer", *lines]) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "pairs.csv").write_text(rows(60))
    return tmp_path / "pairs.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text(rows(60))
    (tmp_path / "data" / "validation.csv").write_text(rows(12, first=60))
    return tmp_path / "data"


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run(["convert", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def listing(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())


def sizes(path: Path) -> dict[str, int]:
    return {name: split.table().num_rows for name, split in open_source(str(path)).splits.items()}


@pytest.mark.parametrize(("layout", "format"), [("beir", "collection"), ("flagembedding", "grouped")])
def test_a_layout_is_inspected_and_converted_back(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], layout: str, format: str
) -> None:
    for source, out, more in ((file, "there", ("--layout", layout)), (file, "plain", ())):
        status, _, err = command(capsys, source, "--output-format", "pair", "-o", tmp_path / out, *more)
        assert status == 0, err
    assert run(["inspect", str(tmp_path / "there"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == format
    status, _, err = command(capsys, tmp_path / "there", "--output-format", "pair", "-o", tmp_path / "back")
    assert status == 0, err
    back, plain = (open_source(str(tmp_path / name)).splits["train"].table() for name in ("back", "plain"))
    assert back.to_pylist() == plain.to_pylist()


def test_several_splits_in_every_folder(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, more in enumerate(
        ((), ("--files", "jsonl.gz"), ("--shard-size", "2KB"), ("--layout", "tevatron"), ("--layout", "beir"))
    ):
        out = tmp_path / f"out{number}"
        status, _, err = command(capsys, folder, "--output-format", "pair", "-o", out, *more)
        assert status == 0, err
        assert sizes(out) == {"train": 60, "validation": 12}
        told = json.loads((out / "manifest.json").read_text())
        assert told["splits"] == {"train": 60, "validation": 12}
        assert set(told["files"]) == set(listing(out)) - {"manifest.json"}


def test_a_held_out_part_of_one_file(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "train.jsonl"
    options = ("--output-format", "pair", "-o", out, "--split-off", "0.1", "--seed", 3)
    status, said, err = command(capsys, file, *options)
    assert (status, err) == (0, "")
    assert f"test: 6 of 60 rows are held out, in {tmp_path / 'test.jsonl'}" in said
    assert listing(tmp_path) == ["pairs.csv", "test.jsonl", "train.jsonl", "train.jsonl.manifest.json"]
    assert sizes(tmp_path / "t*.jsonl") == {"train": 54, "test": 6}
    train, test = (open_source(str(tmp_path / f"{each}.jsonl")).splits["train"].table() for each in ("train", "test"))
    for column in ("anchor", "positive"):
        assert not set(train[column].to_pylist()) & set(test[column].to_pylist())


def test_a_held_out_part_beside_other_splits(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    status, _, err = command(capsys, folder, "--output-format", "pair", "-o", out, "--split-off", "0.1")
    assert status == 0, err
    assert {name: len(split) for name, split in datasets.load_from_disk(str(out)).items()} == {
        "train": 54,
        "validation": 12,
        "test": 6,
    }
    status, _, err = command(capsys, out, "--output-format", "pair", "-o", tmp_path / "more", "--split-off", "0.1")
    assert status == 2
    assert "there is a split 'test' already" in err
    assert not (tmp_path / "more").exists()


def test_what_hangs_together_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"what about number {i}?,{'Thank you for asking.' if i < 50 else f'It is {i}.'}" for i in range(60)]
    (tmp_path / "pairs.csv").write_text("\n".join(["question,answer", *lines]) + "\n")
    options = ("--format", "pair", "--output-format", "pair", "--split-off", "0.3")
    status, _, err = command(capsys, tmp_path / "pairs.csv", *options, "-o", tmp_path / "a.csv")
    assert status == 0
    assert "held out 10 of 60 rows instead of 18" in err
    assert "50 hang together, many by 'thank you for asking.', in 50 rows" in err


def test_all_outputs_or_none(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows, what is held out and the rejects appear together: the last of them cannot be written here."""
    file.write_text(file.read_text() + "where is nothing?,\n")
    (tmp_path / "rejects.csv").mkdir()
    options = ("--output-format", "pair", "--split-off", "0.1", "-o", tmp_path / "out.csv")
    status, _, err = command(capsys, file, *options, "--rejects", tmp_path / "rejects.csv")
    assert (status, err.count("\n")) == (2, 1)
    assert listing(tmp_path) == ["pairs.csv"]
    status, _, err = command(capsys, file, *options, "--rejects", tmp_path / "rejected.csv")
    assert status == 0, err
    assert listing(tmp_path) == [
        *("out-test.csv", "out.csv", "out.csv.manifest.json", "pairs.csv"),
        *("rejected.csv", "rejected.csv.manifest.json"),
    ]


def test_outputs_that_are_one_file_are_refused(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text() + "where is nothing?,\n")
    for rejects, more in (
        ("out.csv", ()),
        ("out-test.csv", ("--split-off", "0.1")),
        ("out.csv.manifest.json", ()),
        ("../" + tmp_path.name + "/out.csv", ()),
    ):
        options = ("--output-format", "pair", "-o", tmp_path / "out.csv", "--rejects", tmp_path / rejects, *more)
        status, _, err = command(capsys, file, *options)
        assert status == 2
        assert "is to be written twice" in err
    assert listing(tmp_path) == ["pairs.csv"]
    (tmp_path / "out").mkdir()
    options = ("--output-format", "pair", "-o", tmp_path / "out", "--overwrite", "--files", "csv")
    (tmp_path / "out" / "manifest.json").write_text('{"files": {}}')
    status, _, err = command(capsys, file, *options, "--rejects", tmp_path / "out" / "left.csv")
    assert (status, "is to be written twice" in err) == (2, True)


def test_links_stay_and_what_they_lead_to_is_new(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    links = {name: tmp_path / f"{name}.jsonl" for name in ("out", "left")}
    for name, link in links.items():
        (tmp_path / f"{name}-real.jsonl").write_text("{}\n")
        link.symlink_to(f"{name}-real.jsonl")
    whole = file.read_text()
    for text, left in ((whole + "where is nothing?,\n", 1), (whole, None), (whole + "where is nothing?,\n", 1)):
        file.write_text(text)
        options = ("--output-format", "pair", "-o", links["out"], "--rejects", links["left"], "--overwrite")
        status, _, err = command(capsys, file, *options)
        assert status == 0, err
        assert all(link.is_symlink() for link in links.values())
        assert len((tmp_path / "out-real.jsonl").read_text().splitlines()) == 60
        assert links["left"].exists() == (left is not None)
    assert sizes(tmp_path / "left-real.jsonl") == {"train": 1}


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_the_rejects_do_not_replace_what_is_read(
    file: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], dry: tuple[str, ...]
) -> None:
    file.write_text(file.read_text() + "where is nothing?,\n")
    (tmp_path / "link.csv").symlink_to(file)
    saved = tmp_path / "saved"
    write(open_source(file).splits["train"], saved)
    reads = [(file, file), (tmp_path / "link.csv", file), (folder, folder / "train.csv"), (saved, saved)]
    reads += [(f"{folder}/*.csv", folder / "validation.csv"), (f"{tmp_path}/*/train.csv", folder / "train.csv")]
    for source, rejects in reads:
        before = {each: each.read_bytes() for each in (file, *folder.iterdir())}
        options = ("--output-format", "pair", "-o", tmp_path / "out", "--rejects", rejects, "--overwrite", *dry)
        status, _, err = command(capsys, source, *options)
        assert (status, err.count("\n")) == (2, 1)
        assert "is read, and would be replaced by what is left out: choose another name" in err
        assert {each: each.read_bytes() for each in before} == before
        assert (saved / "state.json").exists()
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--layout", "beer"), "unknown layout 'beer'"),
        (("--shard-size", "many"), "'many' is no size"),
        (("--shard-size", "5MB"), "is for the files of a folder"),
        (("--split-off", "5"), "a share between 0 and 1"),
        (("--compression", "zstd"), "compressed by its name"),
        (("--layout", "flagembedding"), "has lists, which .csv cannot hold"),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
def test_what_is_refused_before_any_work(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], message: str, dry: bool
) -> None:
    options = ("--output-format", "pair", "-o", tmp_path / "out.csv", *(("--dry-run",) if dry else ()))
    status, out, err = command(capsys, file, *options, *more)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert listing(tmp_path) == ["pairs.csv"]


def test_a_format_that_a_layout_cannot_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"a review of the {thing} with number {i},{i % 2}" for thing in THINGS for i in range(5)]
    (tmp_path / "classes.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    for format in ("single-class", "same"):
        options = ("--format", "single-class", "--output-format", format, "-o", tmp_path / "out", "--layout", "beir")
        status, _, err = command(capsys, tmp_path / "classes.csv", *options)
        assert status == 2
        assert "the layout beir cannot hold single-class: convert to pair, triplet" in err
    assert listing(tmp_path) == ["classes.csv"]


def test_nothing_said(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        ((), "nothing says what to convert"),
        (("x.csv",), "nothing says what to convert to: add --output-format"),
    ):
        status, _, err = command(capsys, *arguments)
        assert (status, err.count("\n")) == (2, 1)
        assert message in err


@pytest.mark.parametrize(
    ("out", "options", "told"),
    [
        ("out.csv", [], True),
        ("out.jsonl.gz", [], True),
        ("out", ["--files", "tsv"], True),
        ("out", [], False),
        ("out.parquet", [], False),
        ("out", ["--files", "arrow"], False),
    ],
)
def test_where_the_names_of_classes_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, options: list[str], told: bool
) -> None:
    source = tmp_path / "intents.csv"
    source.write_text("text,intent\n" + "".join(f"request number {i},{'ab'[i % 2]}sk\n" for i in range(40)))
    call = ["convert", str(source), "-o", str(tmp_path / out), *options]
    assert run([*call, "--output-format", "same"]) == 0
    assert ("their names stand in the manifest" in capsys.readouterr().err) == told
    assert run([*call, "--output-format", "pair", "--overwrite"]) == 0  # which has no classes
    assert "their names stand" not in capsys.readouterr().err
