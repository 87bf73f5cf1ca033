"""The screens: in order, in 80 columns, calm, and safe whatever the data holds."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import advisor
from advisor.catalogue import FAMILIES, LOSSES, PARTS
from advisor.explanations import explain, explained
from advisor.findings import CHECKS
from advisor.report import Column, Finding, Report
from advisor.screen import Page, loss_page, losses_page, report_page, rule_page, rules_page, verdict_page
from advisor.screen.page import shorten
from advisor.screen.steps import merged, steps

EXAMPLES = ("support.csv", "support-labeled.csv", "support-scored.jsonl", "support-intents.csv")
PARTS_IN_ORDER = ("Columns", "Findings", "Losses that fit", "Converting would unlock", "Next")


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    folder = Path(__file__).resolve().parents[2] / "examples"
    return {name: advisor.inspect(folder / name) for name in EXAMPLES}


def is_whole(line: str) -> bool:
    """Whether a line may be longer than the screen: it is a command, a path or an address."""
    return line.strip().startswith(("advisor ", "from losses", "http", "/", "SpladeLoss(", "loss = ", "\\"))


def screen(report: Report, **options: object) -> list[str]:
    return str(report_page(report, **options)).splitlines()  # type: ignore[arg-type]


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-m", "advisor", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**clean, "TERM": "xterm-256color", "HF_HUB_OFFLINE": "1", **environment},
    )


# -- arrangement -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_parts_stand_in_order(name: str, reports: dict[str, Report]) -> None:
    lines = screen(reports[name])
    assert lines[0].endswith(name)
    assert "rows" in lines[1]
    assert reports[name].format in lines[2]
    headings = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")][1:]
    assert headings == [part for part in PARTS_IN_ORDER if part in headings]
    assert {"Columns", "Findings", "Losses that fit", "Next"} <= set(headings)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("width", [80, 60, 100])
@pytest.mark.parametrize("every", [False, True])
def test_prose_keeps_to_the_width(name: str, width: int, every: bool, reports: dict[str, Report]) -> None:
    lines = screen(reports[name], width=width, every=every)
    assert [line for line in lines[1:] if cell_len(line) > width and not is_whole(line)] == []
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_ordinary_dataset_fits_a_screen(name: str, reports: dict[str, Report]) -> None:
    assert len(screen(reports[name])) <= 50
    assert len(screen(reports[name], every=True)) > len(screen(reports[name]))


def test_everything_shows_every_loss_and_all_evidence(reports: dict[str, Report]) -> None:
    report = reports["support.csv"]
    shown = " ".join(str(report_page(report, every=True)).split())
    for family in FAMILIES:
        for each in report.recommendations[family]:
            assert each.entry.imports in shown
            assert all(" ".join(reason.split()) in shown for reason in each.reasons)
    assert all(offer.command in shown for offer in report.conversions)


def test_commands_are_whole_lines_that_a_shell_reads(reports: dict[str, Report]) -> None:
    for report in reports.values():
        commands = [line.strip() for line in screen(report) if line.strip().startswith("advisor ")]
        assert commands
        for command in commands:
            words = shlex.split(command)
            assert words[1] in ("convert", "script")
            assert words[-2] == "-o"


# -- what is said ----------------------------------------------------------------------------------------------------


def some_report(**changes: object) -> Report:
    texts = [f"The ferry number {i} leaves the harbour at noon." for i in range(60)]
    others = [f"At noon the boat {i} sets off from the port." for i in range(60)]
    report = advisor.inspect(pa.table({"anchor": texts, "positive": others}))
    return replace(report, **{"dataset": "pairs.csv", "reopens": True, **changes})  # type: ignore[arg-type]


def finding(code: str, severity: str, fix: str | None = None, **more: object) -> Finding:
    return Finding(code, severity, f"what {code} says", fix=fix, **more)  # type: ignore[arg-type]


def test_a_fix_that_mends_several_is_shown_once() -> None:
    fix = "advisor convert pairs.csv --output-format pair -o pairs-pair.parquet"
    report = some_report(findings=(finding("COL003", "error", fix), finding("LBL002", "warning", fix)))
    text = "\n".join(screen(report))
    assert text.count(fix) == 1
    assert "COL003, LBL002" in text
    assert text.index("error   COL003") < text.index("warning LBL002") < text.index(fix)


def test_fixes_become_one_command() -> None:
    form = "advisor convert pairs.csv --output-format same --fix {} -o pairs-mended.parquet"
    found = [finding(code, "warning", form.format(code)) for code in ("TXT001", "ROW001", "TXT001")]
    assert merged([*found, finding("ROW002", "warning", "decide which label is right")]) == [
        (
            "advisor convert pairs.csv --output-format same --fix TXT001 --fix ROW001 -o pairs-mended.parquet",
            ["TXT001", "ROW001"],
        ),
        ("decide which label is right", ["ROW002"]),
    ]


def test_many_findings_are_counted_and_not_all_shown() -> None:
    report = some_report(findings=tuple(finding(f"ROW{i:03}", "warning") for i in range(20)))
    assert any(line.startswith("Findings: 20 warnings") for line in screen(report))
    assert sum("what ROW" in line for line in screen(report)) < 10
    assert any("15 more (--all)" in line for line in screen(report))
    assert sum("what ROW" in line for line in screen(report, every=True)) == 20


def test_rows_and_one_example_of_a_finding() -> None:
    found = finding("TXT001", "warning", rows=1200, examples=("'a'", "'b'"))
    lines = screen(some_report(findings=(found,)))
    assert any(line.endswith("what TXT001 says (1,200 rows)") for line in lines)
    assert any(line.strip() == "such as 'a'" for line in lines)


def test_confidence_in_words_and_near_alternatives_only() -> None:
    report = some_report(confidence=0.55)
    far, near = (advisor.report.Alternative(name, share, ()) for name, share in (("triplet", 0.02), ("single", 0.3)))
    lines = screen(replace(report, alternatives=(near, far)))
    assert any("uncertain, 55%" in line for line in lines)
    assert any("--format single" in line for line in lines)
    assert not any("triplet" in line for line in lines[:6])


def test_data_that_trains_nothing_is_sent_to_a_conversion_first(shared_data: Path) -> None:
    report = advisor.inspect(shared_data / "cranfield")
    first, second = steps(report)
    assert first.command == report.conversions[0].command
    assert shlex.split(second.command)[2] == shlex.split(first.command)[-1]
    assert "convert the data first" in str(report)


def test_mending_comes_before_training() -> None:
    fix = "advisor convert pairs.csv --output-format same --fix TXT001 -o pairs-mended.parquet"
    mend, train = steps(some_report(findings=(finding("TXT001", "error", fix),)))
    assert mend.command == fix
    assert train.command.startswith("advisor script pairs-mended.parquet --family sentence-transformer")
    assert [step.command.split()[1] for step in steps(some_report(findings=(finding("TXT001", "info", fix),)))] == [
        "script"
    ]


def test_what_is_in_memory_gets_python() -> None:
    table = pa.table({"anchor": [f"question {i} of them" for i in range(50)], "positive": ["an answer to it"] * 50})
    commands = [step.command for step in steps(advisor.inspect(table))]
    assert commands
    assert not any(command.startswith("advisor ") for command in commands)
    assert any(".build(model)" in command for command in commands)


def test_standard_input_gets_commands(examples: Path) -> None:
    text = (examples / "support.csv").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "inspect", "-"], input=text, capture_output=True, text=True, check=True
    )
    assert "standard input" in done.stdout.splitlines()[0]
    assert "advisor convert - --output-format" in done.stdout
    assert "advisor.convert(" not in done.stdout
    assert "script -" not in done.stdout


# -- foreign text ----------------------------------------------------------------------------------------------------


def test_wide_characters_keep_the_table_straight() -> None:
    columns = {"質問のテキスト": "anchor", "q": "positive", "émoji 😀 column": "label"}
    report = some_report(columns=tuple(Column(name, role, "string", ()) for name, role in columns.items()))  # type: ignore[arg-type]
    rows = [line for line in screen(report) if line.endswith("string")]
    assert len({cell_len(line[: line.index("string")]) for line in rows}) == 1
    assert len({cell_len(line[: line.index(role)]) for line, role in zip(rows, columns.values(), strict=True)}) == 1


def test_control_characters_and_markup_never_reach_the_screen() -> None:
    nasty = "\x1b[2J\x07[bold red]x[/]\u202e\r\n"
    report = some_report(
        dataset=f"{nasty}.csv",
        columns=(Column(nasty, "anchor", nasty, (nasty,)), Column("p", "positive", "string", ())),
        findings=(finding("TXT001", "error", f"advisor convert {nasty}", examples=(nasty,)),),
        splits={nasty: 60},
    )
    for every in (False, True):
        text = str(report_page(report, every=every))
        assert [char for char in text if not char.isprintable() and char != "\n"] == []
        assert "[bold red]" in text


def test_very_long_names_are_shortened() -> None:
    names = ("x" * 500, "名" * 500)
    columns = tuple(Column(name, "anchor", "struct<" * 50, ("why " * 300,)) for name in names)
    report = some_report(columns=columns, splits={f"part-{i}": 3 for i in range(100)})
    lines = screen(report)
    assert max(cell_len(line) for line in lines if not is_whole(line)) <= 80
    assert len(lines) <= 50


@given(st.text(max_size=60), st.integers(2, 40))
def test_shortening(text: str, cells: int) -> None:
    short = shorten(text, cells)
    assert cell_len(short) <= cells
    assert short.isprintable()


@given(st.lists(st.text(min_size=1, max_size=40), max_size=6), st.integers(0, 12), st.integers(40, 100))
def test_prose_fits_whatever_it_says(texts: list[str], hang: int, width: int) -> None:
    page = Page(width)
    page.say(*texts, indent=2, start="name", hang=hang)
    assert all(line.cell_len <= width for line in page.lines)


def test_wrapping_loses_no_word() -> None:
    page = Page(40)
    said = "one two three four five six seven eight nine ten eleven twelve"
    page.say(said, indent=4, start="number", hang=10)
    assert str(page).split() == ["number", *said.split()]
    assert all(line.startswith(" " * 14) for line in str(page).splitlines()[1:])


# -- the real command ------------------------------------------------------------------------------------------------


def test_no_colour_in_a_pipe_and_80_columns(examples: Path) -> None:
    done = run("inspect", str(examples / "support.csv"), COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    assert [line for line in done.stdout.splitlines() if len(line) > 80 and not is_whole(line)] == []


def test_colour_where_it_is_asked_for(examples: Path) -> None:
    data = str(examples / "support-labeled.csv")
    plain = run("inspect", data).stdout
    for done in (run("inspect", data, FORCE_COLOR="1"), run("inspect", data, "--color", "always", NO_COLOR="1")):
        assert re.search(r"\x1b\[[0-9;]*3[0-9]", done.stdout)
        assert re.sub(r"\x1b\[[0-9;]*m", "", done.stdout) == plain
    forced_without = run("inspect", data, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", forced_without)
    assert "\x1b" not in run("inspect", data, "--color", "never", FORCE_COLOR="1").stdout


def test_an_output_that_cannot_hold_every_character(tmp_path: Path) -> None:
    rows = [f"質問 {i} について教えてください,回答 {i} はこちらです" for i in range(40)]
    (tmp_path / "質問.csv").write_text("\n".join(["質問,回答", *rows]), encoding="utf-8")
    done = run("inspect", "質問.csv", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    done = run("inspect", "質問.csv", "--json", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout)["columns"][0]["name"] == "質問"


# -- losses, rules, checks -------------------------------------------------------------------------------------------


def test_the_catalogue_names_every_loss_by_family() -> None:
    entries = [*LOSSES.values(), *PARTS.values()]
    lines = str(losses_page(entries)).splitlines()
    assert [line for line in lines if line in FAMILIES] == list(FAMILIES)
    assert {each.name for each in entries} <= {
        line.split()[0] for line in lines if line.startswith("  ") and line.strip()
    }
    assert max(map(len, lines)) <= 80


def test_the_catalogue_in_a_pipe_is_a_table() -> None:
    lines = run("losses").stdout.splitlines()
    assert len(lines) == len(LOSSES) + len(PARTS)
    assert "cross-encoder\tLambdaLoss\tlabeled-list" in lines


def test_a_loss_is_explained() -> None:
    text = str(loss_page(LOSSES["cross-encoder", "LambdaLoss"]))
    for part in ("from losses.cross_encoder import LambdaLoss", "Data", "labeled-list", "Settings", "NDCG", "http"):
        assert part in text
    assert ":func:" not in text
    assert "``" not in text
    assert max(len(line) for line in text.splitlines() if not is_whole(line)) <= 80


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_every_rule_is_explained(code: str) -> None:
    one = explain(code.lower())
    assert one.check is CHECKS[code]
    text = " ".join(str(rule_page(one)).split())
    for words in (code, one.check.title, one.check.severity, one.check.why, one.check.mend, one.page):
        assert words in text


def test_rules_are_listed() -> None:
    lines = str(rules_page(explained())).splitlines()
    assert [line.split()[0] for line in lines if re.match(r"[A-Z]{3}\d", line)] == sorted(CHECKS)
    done = run("rule", "TX001")
    assert done.returncode == 2
    assert "did you mean 'TXT001'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_verdict_with_its_ways() -> None:
    frame = pd.DataFrame({"text": [f"a text about topic {i}" for i in range(40)], "label": [i % 4 for i in range(40)]})
    report = advisor.inspect(frame)
    yes = str(verdict_page(advisor.check(report, "BatchAllTripletLoss")))
    assert yes.startswith("yes: BatchAllTripletLoss (sentence-transformer)")
    no = str(verdict_page(advisor.check(report, "LambdaLoss")))
    assert no.startswith("no: LambdaLoss")
    assert "labeled-list" in no


def test_commands_say_again_how_the_data_is_to_be_read(examples: Path) -> None:
    data = examples / "support-labeled.csv"
    report = advisor.inspect(data, format="pair", columns={"helpful": "ignored"})
    commands = [each.command for each in report.conversions] + [steps(report)[0].command]
    assert commands
    for command in commands:
        assert "--format pair " in command
        assert command.count("--column helpful=ignored") == 1
    plain = advisor.inspect(examples / "support.csv")
    assert not any("--format" in each.command.replace("--output-format", "") for each in plain.conversions)


def test_a_number_of_rows_that_is_an_estimate_says_so() -> None:
    report = advisor.inspect(
        pa.table({"question": ["What is it?", "Who was it?"], "answer": ["It is so.", "It was me."]})
    )
    assert "  2 rows in train" in str(report)
    assert "  about 2 rows in train" in str(replace(report, rows_exact=False))
