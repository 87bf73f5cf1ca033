"""Settings: found where they should be, obeyed, overruled by the command line, refused in one line if wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import advisor
from advisor.catalogue import FAMILIES
from advisor.findings import CHECKS
from advisor.settings import Settings, codes, find, load
from converters.errors import InputError

ROWS = "".join(f"where is parcel {i} now,it is on van {i} today,{i % 2}\n" for i in range(40))
DATA = "question,answer,helpful\n" + ROWS + ",an answer to nothing,1\n"
FOUND = {"COL003", "TXT001"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pairs.csv").write_text(DATA, encoding="utf-8")
    return tmp_path


def call(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "advisor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env={**os.environ, "HF_HUB_OFFLINE": "1"})


def shown(*arguments: object, cwd: Path) -> dict[str, Any]:
    done = call("inspect", "data/pairs.csv", "--json", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found(*arguments: object, cwd: Path) -> set[str]:
    return {each["code"] for each in shown(*arguments, cwd=cwd)["findings"]}


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# -- select and ignore -----------------------------------------------------------------------------------------------


def test_without_settings_everything_is_found(folder: Path) -> None:
    assert found(cwd=folder) >= FOUND


@pytest.mark.parametrize(
    ("options", "there", "gone"),
    [
        (["--select", "TXT"], {"TXT001"}, {"COL003"}),
        (["--select", "TXT,COL003"], FOUND, set()),
        (["--select", "TXT", "--select", "col003"], FOUND, set()),
        (["--ignore", "TXT001"], {"COL003"}, {"TXT001"}),
        (["--ignore", "TXT, COL"], set(), FOUND),
        (["--select", "TXT001", "--ignore", "TXT"], {"TXT001"}, {"COL003"}),
        (["--select", "TXT", "--ignore", "TXT001"], set(), FOUND),
        (["--select", "ALL", "--ignore", "COL"], {"TXT001"}, {"COL003"}),
        (["--ignore", "ALL", "--select", "COL003"], {"COL003"}, {"TXT001"}),
    ],
)
def test_choosing_findings(options: list[str], there: set[str], gone: set[str], folder: Path) -> None:
    codes_found = found(*options, cwd=folder)
    assert there <= codes_found
    assert not gone & codes_found


def test_what_is_left_out_is_said_on_standard_error_only(folder: Path) -> None:
    done = call("inspect", "data/pairs.csv", "--ignore", "TXT,COL", cwd=folder)
    assert "TXT001" not in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("note: ")
    assert "COL003" in done.stderr
    assert call("inspect", "data/pairs.csv", "--ignore", "TXT,COL", "--quiet", cwd=folder).stderr == ""
    assert call("inspect", "data/pairs.csv", cwd=folder).stderr == ""


def test_what_is_left_out_does_not_fail(folder: Path) -> None:
    assert call("inspect", "data/pairs.csv", "--fail-on", "info", cwd=folder).returncode == 1
    assert call("inspect", "data/pairs.csv", "--fail-on", "info", "--select", "REF", cwd=folder).returncode == 0


def test_unknown_codes_are_refused(folder: Path) -> None:
    for option in ("--select", "--ignore"):
        done = call("inspect", "data/pairs.csv", option, "TXT999", cwd=folder)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert "there is no finding 'TXT999'" in done.stderr
    with pytest.raises(InputError, match="codes begin with"):
        codes(["Q"])


# -- the file --------------------------------------------------------------------------------------------------------


def test_a_file_is_obeyed_and_the_command_line_wins(folder: Path) -> None:
    write(folder / "advisor.toml", 'ignore = ["TXT001"]\nfail-on = "warning"\n')
    done = call("inspect", "data/pairs.csv", "--json", cwd=folder)
    assert done.returncode == 1
    assert "TXT001" not in done.stdout
    assert found("--ignore", "COL", "--fail-on", "error", cwd=folder) & FOUND == {"TXT001"}
    assert found("--no-config", cwd=folder) >= FOUND


def test_the_nearest_file_counts(folder: Path) -> None:
    write(folder / "pyproject.toml", '[tool.loss-advisor]\nignore = ["COL"]\n')
    assert find(folder / "data") == folder / "pyproject.toml"
    assert found("--config", "pyproject.toml", cwd=folder) & FOUND == {"TXT001"}
    write(folder / "advisor.toml", 'ignore = ["TXT"]\n')
    assert find(folder / "data") == folder / "advisor.toml"
    near = write(folder / "data" / "pyproject.toml", '[tool.loss-advisor]\nselect = ["LBL"]\n')
    assert find(folder / "data") == near
    near.write_text("[tool.other]\nselect = 1\n")
    assert find(folder / "data") == folder / "advisor.toml"
    near.write_text("this is [no toml")
    assert find(folder / "data") == folder / "advisor.toml"


def test_severities_of_ones_own(folder: Path) -> None:
    write(folder / "advisor.toml", '[severity]\nTXT001 = "error"\nCOL = "info"\n')
    findings = shown(cwd=folder)["findings"]
    severities = {each["code"]: each["severity"] for each in findings}
    assert severities["TXT001"] == "error"
    assert severities["COL003"] == "info"
    assert findings[0]["code"] == "TXT001"
    assert call("inspect", "data/pairs.csv", "--fail-on", "error", cwd=folder).returncode == 1


def test_one_code_counts_more_than_a_beginning() -> None:
    path = Path("advisor.toml")
    from advisor.settings import _Reader

    read = _Reader(path).settings({"severity": {"TXT001": "error", "TXT": "info"}})
    assert read.severity["TXT001"] == "error"
    assert read.severity["TXT002"] == "info"
    assert all(code.startswith("TXT") for code in read.severity)


def test_datasets_are_read_as_the_file_says(folder: Path) -> None:
    text = '[[dataset]]\npath = "data/*.csv"\nformat = "pair"\ncolumns = { helpful = "ignored" }\n'
    write(folder / "advisor.toml", text)
    report = shown(cwd=folder)
    assert report["format"] == "pair"
    assert {each["name"]: each["role"] for each in report["columns"]}["helpful"] == "ignored"
    assert json.loads(call("inspect", "pairs.csv", "--json", cwd=folder / "data").stdout)["format"] == "pair"
    assert shown("--no-config", cwd=folder)["format"] == "labeled-pair"
    assert shown("--format", "labeled-pair", "--column", "helpful=label", cwd=folder)["format"] == "labeled-pair"
    assert call("check", "data/pairs.csv", "--loss", "ContrastiveLoss", cwd=folder).returncode == 1
    done = call("convert", "data/pairs.csv", "--output-format", "pair", "-o", "out.csv", "--json", cwd=folder)
    assert json.loads(done.stdout)["input_format"] == "pair"


def test_the_first_entry_that_fits_counts(folder: Path) -> None:
    entries = [("other/*", "triplet"), ("data/pairs.csv", "pair"), ("*", "single")]
    text = "".join(f'[[dataset]]\npath = "{path}"\nformat = "{name}"\n' for path, name in entries)
    settings = load(write(folder / "advisor.toml", text))
    assert settings.for_dataset(str(folder / "data" / "pairs.csv")).format == "pair"
    assert settings.for_dataset("owner/name").format == "single"
    assert settings.for_dataset("-").format == "single"


def test_how_files_are_read_can_be_set(folder: Path) -> None:
    (folder / "data" / "old.csv").write_bytes(
        "\n".join(f"Où est le café numéro {i} ?;Près de la gare {i}, à gauche." for i in range(40)).encode("cp1252")
    )
    text = '[[dataset]]\npath = "data/old.csv"\nencoding = "cp1252"\ndelimiter = ";"\nheader = false\n'
    write(folder / "advisor.toml", text)
    done = call("inspect", "data/old.csv", "--json", cwd=folder)
    report = json.loads(done.stdout)
    assert report["rows"] == 40
    assert [each["name"] for each in report["columns"]] == ["column_1", "column_2"]


def test_family_and_model_of_a_script(folder: Path) -> None:
    assert "--family" in call("script", "data/pairs.csv", "-o", "-", cwd=folder).stderr
    write(folder / "advisor.toml", 'family = "cross-encoder"\nmodel = "some/model"\n')
    done = call("script", "data/pairs.csv", "-o", "-", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "some/model" in done.stdout
    assert "CrossEncoder" in done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('slect = ["TXT"]', "unknown setting 'slect': did you mean 'select'"),
        ('fail_on = "error"', "did you mean 'fail-on'"),
        ('fail-on = "eror"', "did you mean 'error'"),
        ('select = ["TXX01"]', "'select': there is no finding 'TXX01': did you mean"),
        ("select = 3", "'select' has to be a list of codes"),
        ('[severity]\nTXT777 = "error"', "there is no finding 'TXT777'"),
        ('[severity]\nTXT001 = "grave"', "'severity.TXT001' cannot be 'grave'"),
        ('family = "crossencoder"', "did you mean 'cross-encoder'"),
        ('task = "retreival"', "did you mean 'retrieval'"),
        ("sample-rows = 0", "at least 1"),
        ("sample-rows = true", "whole number"),
        ("model = 3", "'model' has to be a text"),
        ('[dataset]\npath = "a"', "[[dataset]]"),
        ('[[dataset]]\nformat = "pair"', "wants a path"),
        ('[[dataset]]\npath = "a"\nformat = "pairs"', "did you mean 'pair'"),
        ('[[dataset]]\npath = "a"\ncolumns = { q = "anchro" }', "did you mean 'anchor'"),
        ('[[dataset]]\npath = "a"\ncolumn = { q = "anchor" }', "did you mean 'columns'"),
        ('[[dataset]]\npath = "a"\nheader = "no"', "true or false"),
        ("select = [", "is no TOML"),
        ("a = 1\na = 2", "is no TOML"),
        ('"\\u001b[2J" = 1', "unknown setting"),
    ],
)
def test_wrong_settings_are_refused_in_one_line(text: str, words: str, folder: Path) -> None:
    write(folder / "advisor.toml", text)
    with pytest.raises(InputError) as caught:
        load(folder / "advisor.toml")
    message = str(caught.value)
    assert words in message
    assert "advisor.toml" in message
    assert message.isprintable()


def test_wrong_settings_on_the_command_line(folder: Path) -> None:
    write(folder / "advisor.toml", "slect = 1\n")
    for arguments in (
        ["inspect", "data/pairs.csv"],
        ["check", "data/pairs.csv", "--loss", "ContrastiveLoss"],
        ["convert", "data/pairs.csv", "--output-format", "pair", "-o", "out.csv"],
    ):
        done = call(*arguments, cwd=folder)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.splitlines() == ["error: advisor.toml: unknown setting 'slect': did you mean 'select'?"]
    for arguments, words in (
        (["--config", "nowhere.toml"], "nowhere.toml"),
        (["--config", "advisor.toml", "--no-config"], "leave one out"),
        (["--config", "data"], "cannot be read"),
    ):
        done = call("inspect", "data/pairs.csv", *arguments, cwd=folder)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert words in done.stderr
    write(folder / "pyproject.toml", "[tool.other]\na = 1\n")
    assert "[tool.loss-advisor]" in call("inspect", "data/pairs.csv", "--config", "pyproject.toml", cwd=folder).stderr


@pytest.mark.parametrize("content", [b"\xff\xfe\x00select", b"\x00", b"select = \xe9"])
def test_files_that_are_no_text(content: bytes, folder: Path) -> None:
    (folder / "advisor.toml").write_bytes(content)
    with pytest.raises(InputError, match=r"advisor\.toml"):
        load(folder / "advisor.toml")


# -- Python ----------------------------------------------------------------------------------------------------------


def test_python_reads_no_file_unless_told_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    path = write(folder / "advisor.toml", 'ignore = ["TXT"]\n[[dataset]]\npath = "data/*"\nformat = "pair"\n')
    assert "TXT001" in {each.code for each in advisor.inspect("data/pairs.csv").findings}
    report = advisor.inspect("data/pairs.csv", config=path)
    assert report.format == "pair"
    assert "TXT001" not in {each.code for each in report.findings}
    assert "TXT001" in report.deselected
    again = advisor.inspect("data/pairs.csv", config=load(path), ignore=["COL"], format="labeled-pair")
    assert again.format == "labeled-pair"
    assert {each.code for each in again.findings} & FOUND == {"TXT001"}


def test_python_selects_and_ignores() -> None:
    table = pa.table({"text": [*(f"a text about topic {i}" for i in range(40)), ""], "topic": [*([0, 1] * 20), 1]})
    assert {each.code for each in advisor.inspect(table, select=["COL"]).findings} == {"COL003"}
    assert "COL003" not in {each.code for each in advisor.inspect(table, ignore=["COL"]).findings}
    with pytest.raises(InputError, match="there is no finding"):
        advisor.inspect(table, select=["NOPE1"])


def test_other_settings_reach_the_inspection(folder: Path) -> None:
    path = write(folder / "advisor.toml", 'family = "cross-encoder"\nsample-rows = 10\n')
    report = advisor.inspect(folder / "data" / "pairs.csv", config=path)
    assert report.rows_sampled <= 10
    assert [family for family in FAMILIES if report.recommendations[family]] == ["cross-encoder"]


def test_settings_that_say_nothing_change_nothing() -> None:
    report = advisor.inspect(pa.table({"text": [f"a text about topic {i}" for i in range(40)]}))
    assert Settings().applied(report) is report
    assert all(Settings().shows(code) for code in CHECKS)
