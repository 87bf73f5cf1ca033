"""Schemas of well-known datasets, kept beside the repository, get the reading that they should."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import advisor
from converters.errors import InputError

ZOO = Path(__file__).resolve().parents[3] / "shared" / "schema-zoo"


@cache
def cases() -> list[dict[str, Any]]:
    path = ZOO / "expectations.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ZOO.is_dir():
        pytest.skip("the schema zoo (shared/schema-zoo beside the repository) is not here")
    folder = tmp_path_factory.mktemp("zoo")
    subprocess.run([sys.executable, str(ZOO / "build.py"), str(folder)], check=True, capture_output=True)
    return folder


#: Cases that are not read right yet, and why.
OPEN: dict[str, str] = {}


def check(case: dict[str, Any], folder: Path) -> list[str]:
    """What is wrong with the reading of a case."""
    try:
        report = advisor.inspect(str(folder / case["path"]))
    except InputError as error:
        return [] if case.get("refuse") in ("must", "may") else [f"refused: {error}"]
    if case.get("refuse") == "must":
        return [f"read as {report.format}, but nothing there trains a model"]
    wrong = []
    if case.get("format") and report.format not in case["format"]:
        wrong.append(f"format {report.format}, not {case['format']}")
    for column, roles in (case.get("roles") or {}).items():
        if report.roles.get(column) not in roles:
            wrong.append(f"{column} is {report.roles.get(column)}, not {roles}")
    label = case.get("label") or {}
    if "column" in label and report.label.column not in (label["column"] or [None]):
        wrong.append(f"label {report.label.column}, not {label['column']}")
    if "kinds" in label and report.label.kind not in label["kinds"]:
        wrong.append(f"label kind {report.label.kind}, not {label['kinds']}")
    for family, losses in (case.get("top") or {}).items():
        first = report.recommendations[family][:1]
        names = {name for each in first for name in (each.loss, each.entry.wrapper)}
        if not names & set(losses):
            wrong.append(f"{family}: {names or 'nothing'}, not {losses}")
    offered = {each.output_format for each in report.conversions}
    for formats in case.get("unlocks") or []:
        if not offered & set(formats if isinstance(formats, list) else [formats]):
            wrong.append(f"no conversion to {formats}, only {offered}")
    said = [each.message for each in report.findings]
    for pattern in [case["must_mention"]] if case.get("must_mention") else []:
        if not any(re.search(each, message) for each in pattern for message in said):
            wrong.append(f"nothing about {pattern} in {said}")
    if "max_confidence" in case and report.confidence > case["max_confidence"]:
        wrong.append(f"confidence {report.confidence:.2f} above {case['max_confidence']}")
    return wrong


def test_every_case_is_read_right_but_those_that_are_known(zoo: Path) -> None:
    wrong = {case["name"]: found for case in cases() if (found := check(case, zoo))}
    assert {name: found for name, found in wrong.items() if name not in OPEN} == {}
    assert set(wrong) == set(OPEN), "mended cases have to leave OPEN"
