"""The report: JSON that keeps to its published schema, tables for pandas, HTML for notebooks."""

import json
import re
import subprocess
import sys
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

import advisor
from advisor import report_schema
from advisor.catalogue import FAMILIES
from advisor.report import Column, Report
from converters.errors import InputError

TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(40)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(40)]
WRONG = [f"The museum shows {i} paintings of apples." for i in range(40)]

PAIRED = [list(each) for each in zip(OTHERS, WRONG, strict=True)]

#: Data of every kind of label and shape, by what it should be read as.
DATA: dict[str, dict[str, Any]] = {
    "single": {"text": TEXTS},
    "single-class": {"text": TEXTS, "label": [i % 4 for i in range(40)]},
    "pair": {"anchor": TEXTS, "positive": OTHERS},
    "pair-class": {"premise": TEXTS, "hypothesis": OTHERS, "label": ["entailed", "neutral"] * 20},
    "labeled-pair": {"query": TEXTS, "document": OTHERS, "label": [0, 1] * 20},
    "pair-score": {"sentence1": TEXTS, "sentence2": OTHERS, "score": [i / 40 for i in range(40)]},
    "triplet": {"anchor": TEXTS, "positive": OTHERS, "negative": WRONG},
    "n-tuple": {"anchor": TEXTS, "positive": OTHERS, "negative_1": WRONG, "negative_2": WRONG[::-1]},
    "labeled-list": {"query": TEXTS, "documents": PAIRED, "labels": [[1, 0]] * 40},
    "text-embedding": {"text": TEXTS, "label": [[i / 40, 0.5, -0.25, 1.0] * 8 for i in range(40)]},
    "triplet-margin": {"query": TEXTS, "positive": OTHERS, "negative": WRONG, "score": [i / 7 - 2 for i in range(40)]},
    "grouped": {"query": TEXTS, "pos": [[each] for each in OTHERS], "neg": [[each, "a text"] for each in WRONG]},
}  # fmt: skip


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {name: advisor.inspect(pa.table(columns)) for name, columns in DATA.items()}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(report_schema.published())


def faults(report: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    errors = Draft202012Validator(schema).iter_errors(report)
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in errors]


# -- the schema ------------------------------------------------------------------------------------------------------


def test_the_schema_is_one_and_is_current(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert report_schema.published() == report_schema.text(), "run python -m advisor.report_schema"


def test_advisor_schema_prints_it() -> None:
    done = subprocess.run([sys.executable, "-m", "advisor", "schema"], capture_output=True, text=True, check=True)
    assert done.stdout == report_schema.published()


@pytest.mark.parametrize("name", DATA)
def test_reports_keep_to_the_schema_and_say_nothing_else(
    name: str, reports: dict[str, Report], schema: dict[str, Any]
) -> None:
    shown = json.loads(reports[name].to_json())
    assert faults(shown, schema) == []
    assert faults(shown, report_schema.closed(schema)) == []


def test_reports_of_files_keep_to_the_schema(examples: Path, schema: dict[str, Any]) -> None:
    for path in sorted(examples.glob("support*.*")):
        done = subprocess.run(
            [sys.executable, "-m", "advisor", "inspect", str(path), "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert faults(json.loads(done.stdout), report_schema.closed(schema)) == []


def test_a_collection_keeps_to_the_schema(shared_data: Path, schema: dict[str, Any]) -> None:
    assert faults(advisor.inspect(shared_data / "cranfield").to_dict(), report_schema.closed(schema)) == []


def test_the_schema_refuses_what_is_wrong(reports: dict[str, Report], schema: dict[str, Any]) -> None:
    good = json.loads(reports["single-class"].to_json())
    strict = report_schema.closed(schema)
    assert faults({**good, "confidence": 1.5}, schema)
    assert faults({**good, "rows": "many"}, schema)
    assert faults({key: value for key, value in good.items() if key != "findings"}, schema)
    assert faults({**good, "columns": [{"name": "a", "role": "nonsense", "type": "string", "evidence": []}]}, schema)
    assert faults({**good, "recommendations": {}}, schema)
    assert faults({**good, "surprise": 1}, schema) == []
    assert faults({**good, "surprise": 1}, strict)
    first = {**good["recommendations"]["sentence-transformer"][0], "surprise": 1}
    assert faults({**good, "recommendations": {**good["recommendations"], "sentence-transformer": [first]}}, strict)


def test_every_key_is_explained(schema: dict[str, Any]) -> None:
    objects = [schema, *schema["$defs"].values()]
    silent = [name for each in objects for name, own in each["properties"].items() if not own.get("description")]
    assert silent == []


# -- Python ----------------------------------------------------------------------------------------------------------


def test_tables_for_pandas(reports: dict[str, Report]) -> None:
    report = reports["single-class"]
    losses = report.to_pandas()
    assert list(losses["loss"]) == [each.loss for family in FAMILIES for each in report.recommendations[family]]
    assert set(losses["family"]) == {"sentence-transformer"}
    assert list(report.to_pandas("columns")["name"]) == ["text", "label"]
    assert len(report.to_pandas("findings")) == len(report.findings)
    assert list(report.to_pandas("conversions")["output_format"]) == [each.output_format for each in report.conversions]
    bare = replace(report, findings=(), conversions=(), recommendations=dict.fromkeys(FAMILIES, ()))
    for part in ("recommendations", "findings", "columns", "conversions", "alternatives"):
        assert list(bare.to_pandas(part).columns) == list(report.to_pandas(part).columns)
    assert isinstance(bare.to_pandas("findings"), pd.DataFrame)
    with pytest.raises(InputError, match="did you mean 'findings'"):
        report.to_pandas("finding")


@pytest.mark.parametrize("part", ["recommendations", "findings", "columns", "conversions"])
def test_tables_have_every_key_of_the_json(part: str, reports: dict[str, Report]) -> None:
    for report in reports.values():
        shown = report.to_dict()[part]
        rows = [each for own in shown.values() for each in own] if isinstance(shown, dict) else shown
        assert {key for row in rows for key in row} <= set(report.to_pandas(part).columns)


def test_a_report_prints_as_its_screen(reports: dict[str, Report]) -> None:
    text = str(reports["pair"])
    assert "Losses that fit" in text
    assert "\x1b" not in text
    assert f"{reports['pair']}" == text


class Tags(HTMLParser):
    """Collects tags, and whether each that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", DATA)
def test_html_is_whole_and_neutral(name: str, reports: dict[str, Report]) -> None:
    html = reports[name]._repr_html_()
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert {"table", "details"} <= tags.seen
    assert not re.search(r"color\s*:|background", html), "what suits light does not suit dark"
    for family, own in reports[name].recommendations.items():
        assert not own or (family in html and own[0].loss in html)


def test_nothing_of_the_data_is_markup(reports: dict[str, Report]) -> None:
    nasty = "<script>alert('x')</script>\x1b[0m&amp;" + "x" * 1000
    report = replace(
        reports["pair"],
        dataset=nasty,
        splits={nasty: 40},
        columns=(Column(nasty, "anchor", nasty, (nasty,)),),
        findings=(advisor.Finding("TXT001", "error", nasty, 3, nasty, (nasty,)),),
    )
    html = report._repr_html_()
    tags = Tags()
    tags.feed(html)
    assert "script" not in tags.seen
    assert "\x1b" not in html
    assert "&lt;script&gt;" in html
    assert "x" * 400 not in html


def test_many_columns_are_cut(reports: dict[str, Report]) -> None:
    columns = tuple(Column(f"c{i}", "negative", "string", ()) for i in range(500))
    html = replace(reports["pair"], columns=columns)._repr_html_()
    assert "and 488 more" in html


def test_fields_of_the_report_are_in_the_json(reports: dict[str, Report]) -> None:
    hidden = {"reopens", "deselected", "said", "facts"}  # of use in Python only
    assert {each.name for each in fields(Report)} - set(reports["pair"].to_dict()) <= hidden
