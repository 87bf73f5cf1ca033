"""The command line as a user meets it: a real process, its two streams and its exit status."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from advisor.catalogue import FAMILIES

ROOT = Path(__file__).resolve().parents[2]

KEYS = {
    "dataset", "rows", "rows_sampled", "splits", "format", "confidence", "alternatives", "columns", "label", "findings",
    "recommendations", "conversions",
}  # fmt: skip


def advisor(*arguments: object, cwd: Path | None = None, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "advisor.cli", *map(str, arguments)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, input=stdin, env=environment)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Checks that a call was refused as it should be, and returns the one line that says why."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    return lines[0]


# -- inspect ---------------------------------------------------------------------------------------------------------


def test_inspect_for_people(examples: Path) -> None:
    done = advisor("inspect", examples / "support.csv")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in ("pair", "question", "anchor", "MultipleNegativesRankingLoss", "--output-format labeled-list"):
        assert words in done.stdout


def test_inspect_as_json_keeps_the_contract(examples: Path) -> None:
    done = advisor("inspect", examples / "support-scored.jsonl", "--json")
    report = json.loads(done.stdout)
    assert set(report) >= KEYS
    assert report["format"] == "pair-score"
    assert report["splits"] == {"train": report["rows"]}
    assert set(report["label"]) >= {"column", "kind", "minimum", "maximum", "levels"}
    assert all(set(each) >= {"name", "role", "type", "evidence"} for each in report["columns"])
    assert all(set(each) >= {"code", "severity", "message", "rows", "fix"} for each in report["findings"])
    assert list(report["recommendations"]) == list(FAMILIES)
    first = report["recommendations"]["sentence-transformer"][0]
    assert set(first) >= {"rank", "loss", "import", "reasons", "arguments", "trainer", "warnings"}
    assert first["import"] == "from losses.sentence_transformer import CoSENTLoss"


def test_conversions_in_json(examples: Path) -> None:
    report = json.loads(advisor("inspect", examples / "support.csv", "--json").stdout)
    offer = next(each for each in report["conversions"] if each["output_format"] == "labeled-list")
    assert set(offer) >= {"output_format", "unlocks", "needs_mining", "command"}
    assert list(offer["unlocks"]) == ["cross-encoder"]
    assert offer["unlocks"]["cross-encoder"][0] == "LambdaLoss"


def test_standard_input(examples: Path) -> None:
    done = advisor("inspect", "-", "--json", stdin=(examples / "support-labeled.csv").read_text(encoding="utf-8"))
    assert json.loads(done.stdout)["format"] == "labeled-pair"


def test_overrules(examples: Path) -> None:
    done = advisor("inspect", examples / "support-labeled.csv", "--format", "pair-class", "--json")
    assert json.loads(done.stdout)["format"] == "pair-class"
    done = advisor("inspect", examples / "support-labeled.csv", "--column", "helpful=ignored", "--json")
    assert json.loads(done.stdout)["format"] == "pair"


def test_fail_on(examples: Path) -> None:
    assert advisor("inspect", examples / "support-scored.jsonl", "--fail-on", "warning").returncode == 1
    assert advisor("inspect", examples / "support-scored.jsonl", "--fail-on", "error").returncode == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (None, "missing.csv", "does not exist"),
        (b"", "empty.csv", "empty"),
        (b"width,height\n1.5,2.5\n3.5,4.5\n", "numbers.csv", "no text column"),
        (b"x", "data.xyz", "suffix"),
        (b'{"a": 1}\n{"a": \n', "broken.jsonl", "line 2"),
    ],
)
def test_unreadable_data_gets_one_line(content: bytes | None, name: str, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert words in refused(advisor("inspect", name, cwd=tmp_path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["inspct"], "inspect"),
        (["inspect"], "dataset"),
        (["inspect", "DATA", "--formt", "pair"], "--format"),
        (["inspect", "DATA", "--format", "triplett"], "did you mean 'triplet'"),
        (["inspect", "DATA", "--column", "question"], "NAME=ROLE"),
        (["inspect", "DATA", "--column", "questoin=anchor"], "did you mean 'question'"),
        (["inspect", "DATA", "--split", "tset"], "train"),
        (["convert", "DATA", "--output-format", "tripplet", "-o", "out.csv"], "did you mean 'triplet'"),
        (["convert", "DATA", "--output-format", "triplet"], "-o OUT"),
        (["convert", "DATA", "--output-format", "triplet", "-o", "out.xyz"], ".parquet"),
        (["convert", "DATA", "--output-format", "triplet", "-o", "nowhere/out.csv"], "nowhere"),
        (["convert", "DATA", "--output-format", "triplet", "-o", "out.csv", "--num-negatives", "0"], "num_negatives"),
        (["convert", "DATA", "--output-format", "triplet", "-o", "out.csv", "--num-negatives", "500"], "437"),
        (
            ["convert", "DATA", "--output-format", "triplet", "-o", "out.csv", "--sampling", "topp"],
            "did you mean 'top'",
        ),
        (["convert", "DATA", "--output-format", "triplet", "-o", "out.csv", "--model", "./nowhere"], "nowhere"),
        (["convert", "DATA", "--output-format", "triplet", "-o", "out.csv", "--max-score", "-1"], "no candidate"),
        (["convert", "DATA", "--output-format", "pair-score", "-o", "out.csv"], "no conversion from pair"),
        (["script", "DATA", "--family", "bi-encoder", "--model", "m"], "sentence-transformer"),
        (["losses", "LambadLoss"], "did you mean 'LambdaLoss'"),
    ],
)
def test_a_wrong_call_gets_one_line_and_writes_nothing(
    arguments: list[str], words: str, examples: Path, tmp_path: Path
) -> None:
    filled = [str(examples / "support.csv") if each == "DATA" else each for each in arguments]
    done = advisor(*filled, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert words in done.stderr.strip().splitlines()[-1]
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


# -- convert ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output_format", ["triplet", "n-tuple", "labeled-pair", "labeled-list"])
@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ""])
def test_what_is_converted_is_read_back_as_what_was_asked_for(
    output_format: str, suffix: str, examples: Path, tmp_path: Path
) -> None:
    if (suffix == ".csv") != (output_format == "n-tuple") and suffix != ".parquet":
        pytest.skip("every suffix once, and every format as parquet")
    out = tmp_path / f"out{suffix}"
    done = advisor("convert", examples / "support.csv", "--output-format", output_format, "-o", out, "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["rows_out"] > 0
    assert summary["mined"]["negatives"] > 0
    report = json.loads(advisor("inspect", out, "--json").stdout)
    assert report["format"] == output_format
    assert report["rows"] == summary["rows_out"]
    manifests = [*tmp_path.glob("*.manifest.json"), *tmp_path.glob("out/manifest.json")]
    assert len(manifests) == 1
    manifest = json.loads(manifests[0].read_text(encoding="utf-8"))
    assert manifest["mining"]["veto"] == "agreement"
    assert manifest["rows"] == summary["rows_out"]


def test_the_same_seed_gives_the_same_file(examples: Path, tmp_path: Path) -> None:
    files = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        out = tmp_path / f"{name}.jsonl"
        options = ["--sampling", "random", "--seed", seed, "-o", out]
        assert advisor("convert", examples / "support.csv", "--output-format", "triplet", *options).returncode == 0
        files.append(out.read_bytes())
    assert files[0] == files[1] != files[2]


def test_scores_in_the_output(examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    options = [
        "--output-scores",
        "--relative-margin",
        "0.05",
        "--margin-from",
        "lowest",
        "--num-negatives",
        "2",
        "-o",
        out,
    ]
    assert advisor("convert", examples / "support.csv", "--output-format", "triplet", *options).returncode == 0
    table = pq.read_table(out)
    assert table.column_names == ["anchor", "positive", "negative", "scores"]
    positive, negative = zip(*table["scores"].to_pylist(), strict=True)
    assert all(high - 0.05 * abs(high) >= low - 1e-6 for high, low in zip(positive, negative, strict=True))


def test_a_summary_for_people(examples: Path, tmp_path: Path) -> None:
    done = advisor("convert", examples / "support.csv", "--output-format", "triplet", "-o", tmp_path / "t.csv")
    assert "rows of triplet" in done.stdout
    assert "mined" in done.stdout
    assert "LSA" in done.stderr
    assert "--model" in done.stderr


def test_a_dry_run_writes_nothing(examples: Path, tmp_path: Path) -> None:
    done = advisor("convert", examples / "support.csv", "--output-format", "triplet", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert "mines hard negatives" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_is_kept_unless_asked(examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    arguments = ["convert", examples / "support.csv", "--output-format", "pair", "-o", out]
    assert "--overwrite" in refused(advisor(*arguments))
    assert out.read_text() == "mine"
    assert advisor(*arguments, "--overwrite").returncode == 0
    assert out.read_text(encoding="utf-8").startswith("anchor,positive\n")


def test_putting_data_into_shape(examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = advisor("convert", examples / "support-scored.jsonl", "--output-format", "pair-score", "-o", out)
    assert "scaled from 0..5 to 0..1" in done.stdout
    assert out.read_text(encoding="utf-8").startswith("sentence_a,sentence_b,score\n")


def test_a_collection(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "lists.jsonl"
    options = ["--output-format", "labeled-list", "--num-negatives", "4", "-o", out]
    done = advisor("convert", shared_data / "cranfield", *options)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {label for row in rows for label in row["labels"]} == {0, 1, 2, 3, 4}
    assert all(len(set(row["documents"])) == len(row["documents"]) == len(row["labels"]) for row in rows)


# -- losses ----------------------------------------------------------------------------------------------------------


def test_losses_are_listed_and_explained() -> None:
    listed = advisor("losses").stdout
    assert "LambdaLoss" in listed
    explained = advisor("losses", "LambdaLoss").stdout
    assert "from losses.cross_encoder import LambdaLoss" in explained
    assert "labeled-list" in explained
    both = json.loads(advisor("losses", "MultipleNegativesRankingLoss", "--json").stdout)
    assert {each["family"] for each in both["losses"]} == {"sentence-transformer", "cross-encoder"}


# -- check and script ------------------------------------------------------------------------------------------------


def test_a_loss_is_checked_against_data(examples: Path, tmp_path: Path) -> None:
    data = examples / "support-labeled.csv"
    done = advisor("check", data, "--loss", "OnlineContrastiveLoss")
    assert done.returncode == 1
    assert "COL003" in done.stdout
    out = tmp_path / "out.csv"
    assert advisor("convert", data, "--output-format", "labeled-pair", "-o", out).returncode == 0
    done = advisor("check", out, "--loss", "OnlineContrastiveLoss", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["fits"] is True
    verdict = json.loads(advisor("check", data, "--loss", "LambdaLoss", "--json").stdout)
    assert verdict["fits"] is False
    assert "labeled-pair" in verdict["reasons"][0]


def test_a_check_that_makes_no_sense(examples: Path) -> None:
    data = examples / "support.csv"
    assert "did you mean" in refused(advisor("check", data, "--loss", "LambadLoss"))
    assert "--family" in refused(advisor("check", data, "--loss", "MultipleNegativesRankingLoss"))


def test_a_script_on_standard_output(examples: Path) -> None:
    options = ["--family", "cross-encoder", "--model", "some/model", "--max-length", "128", "-o", "-"]
    done = advisor("script", examples / "support.csv", *options)
    assert done.returncode == 0
    compile(done.stdout, "train.py", "exec")
    assert "max_length: int = HfArg(default=128, " in done.stdout
    assert "at least 8" in refused(advisor("script", examples / "support.csv", *options[:4], "--max-length", "1"))


@pytest.mark.parametrize("style", ["trainer", "plain"])
def test_a_script_says_how_it_is_run_by_the_name_that_it_has(style: str, tmp_path: Path, examples: Path) -> None:
    options = ["--family", "sentence-transformer", "--model", "some/model", "--style", style, "-o"]
    codes = {}
    for name in ("train.py", "a12.py", 'it\'s """ mine.py'):
        assert advisor("script", examples / "support.csv", *options, tmp_path / name).returncode == 0
        codes[name] = (tmp_path / name).read_text()
        compile(codes[name], "script.py", "exec")
    assert "    python a12.py --help  " in codes["a12.py"]
    assert codes["a12.py"] == codes["train.py"].replace("train.py", "a12.py")  # nothing else knows the name


def test_reading_can_be_overruled(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt.csv"
    rows = (f"Où est le café numéro {i} ?;Près de la gare {i}, à gauche.\n" for i in range(30))
    path.write_bytes("".join(rows).encode("cp1252"))
    done = advisor("inspect", path, "--encoding", "cp1252", "--delimiter", ";", "--no-header", "--json")
    report = json.loads(done.stdout)
    assert [each["name"] for each in report["columns"]] == ["column_1", "column_2"]
    assert report["rows"] == 30


def test_a_refused_conversion_says_one_thing(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("question,answer\nhow are you today?,very well thank you\n")
    line = refused(advisor("convert", "one.csv", "--output-format", "triplet", "-o", "out.csv", cwd=tmp_path))
    assert "too small" in line
    assert [each.name for each in tmp_path.iterdir()] == ["one.csv"]


# -- interruption, silence -------------------------------------------------------------------------------------------


def _heard() -> None:
    """Has a child hear SIGINT, which jobs that a shell runs in the background are told to ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


_INTERRUPTS = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nraise ImportError('half of it is there')\n"


@pytest.mark.parametrize("interrupts", [_INTERRUPTS, f"exec({_INTERRUPTS!r})"], ids=["a module", "code in a string"])
def test_an_interruption_while_it_is_still_importing(tmp_path: Path, examples: Path, interrupts: str) -> None:
    (tmp_path / "typer.py").write_text(interrupts)
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "inspect", str(examples / "support.csv")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        cwd=tmp_path,
        preexec_fn=_heard,
    )
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr == "interrupted\n"


def test_an_interruption_while_it_reads() -> None:
    command = [sys.executable, "-m", "advisor", "inspect", "-"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_heard
    )
    assert process.stdin is not None
    process.stdin.write(b"question,answer\n" * 100_000)  # more than a pipe holds: it is being read by now
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert err.decode().splitlines() == ["interrupted: nothing was written"]


def test_errors_of_the_code_are_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ImportError('half of it is there')\n")
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "losses"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "half of it is there" in done.stderr


def test_quiet_keeps_standard_error_empty(examples: Path, tmp_path: Path) -> None:
    arguments = ["convert", examples / "support.csv", "--output-format", "triplet", "-o"]
    assert "LSA" in advisor(*arguments, tmp_path / "a.csv").stderr
    done = advisor(*arguments, tmp_path / "b.csv", "--quiet")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "rows of triplet" in done.stdout
    assert "nowhere.csv" in refused(advisor("inspect", "nowhere.csv", "--quiet"))


def test_the_console_command_is_the_small_module() -> None:
    import tomllib

    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"advisor": "advisor.__main__:main"}
    assert "usage" in advisor("--help").stdout.lower()
