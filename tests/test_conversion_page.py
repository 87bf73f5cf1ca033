"""The page of the conversions shows all of them, with rows that they really make of rows."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import run
from converters.conversions import CONVERSIONS, Made
from converters.formats import FORMATS

#: Those that can be asked for.
ASKED_FOR = {way: each for way, each in CONVERSIONS.items() if FORMATS[each.target].trainable}

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conversions.md"
PICTURE = ROOT / "docs" / "conversions.svg"


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, str], Made]:
    from docs.conversion_examples import run_all

    return run_all()


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def section(page: str, source: str, target: str) -> str:
    found = re.search(rf"^#### {source} to {target}\n(.*?)(?=^###|\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, f"{source} to {target} has no example"
    return found[1]


def test_every_conversion_makes_rows_of_its_example(made: dict[tuple[str, str], Made]) -> None:
    assert made.keys() == CONVERSIONS.keys()
    for (source, target), each in made.items():
        assert each.table.num_rows, f"{source} to {target}: {each.left_out}"


def test_what_is_made_has_the_columns_of_its_format(made: dict[tuple[str, str], Made]) -> None:
    for (_, target), each in made.items():
        spec = FORMATS[target]
        columns = each.table.column_names
        assert columns == spec.column_names(len(columns) - bool(spec.label_name)), target


def test_examples_invent_no_text(made: dict[tuple[str, str], Made]) -> None:
    from docs.conversion_examples import EXAMPLES

    for (source, target), each in made.items():
        example = EXAMPLES[source]
        known = {*texts(example.table.to_pylist()), *example.corpus}
        if target == "damaged-pair":
            words = {word for text in known for word in text.split()}
            assert all(set(text.split()) <= words for text in texts(each.table["damaged"].to_pylist()))
            continue
        assert set(texts(each.table.to_pylist())) <= known, f"{source} to {target}"


def test_the_page_shows_every_row_that_is_made(made: dict[tuple[str, str], Made]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for (source, target), each in ((way, made[way]) for way in ASKED_FOR):
        own = section(page, source, target)
        for text in texts(each.table.to_pylist()):
            assert text in own, f"{source} to {target}: run python -m docs.generate"
        assert own.count("\n| ") == each.table.num_rows + 1  # and the names of the columns
        for what, number in each.left_out.items():
            assert f"{number} {what}" in own


def test_the_table_has_every_conversion_and_links_to_its_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| \[`([\w-]+)`\]\(#([\w-]+)\)", page, re.MULTILINE)
    assert Counter((source, target) for source, target, _ in rows) == Counter(ASKED_FOR.keys())
    headings = {each.replace(" ", "-") for each in re.findall(r"^#### (.+)$", page, re.MULTILINE)}
    assert {link for _, _, link in rows} == headings


def test_every_target_of_the_page_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(f'{{"anchor": "what is {i}?", "positive": "{i} is a number."}}\n' for i in range(20)))
    targets = {target for _, target in re.findall(r"^#### ([\w-]+) to ([\w-]+)$", PAGE.read_text(), re.MULTILINE)}
    assert "triplet" in targets
    for target in targets:
        run(["convert", str(path), "--output-format", target, "--dry-run"])
        assert "output format" not in capsys.readouterr().err, target
    for target, line in (
        ("graded-pair", "'graded-pair' is a layout of source data, not a format to train on"),
        ("collection", "'collection' is a layout of source data"),
        ("tripelt", "did you mean 'triplet'"),
    ):
        assert run(["convert", str(path), "--output-format", target, "--dry-run"]) == 2
        said = capsys.readouterr().err
        assert line in said
        assert said.count("\n") == 1


def test_the_picture_is_drawn_alike_each_time_and_marks_every_conversion() -> None:
    from docs.conversion_picture import picture

    drawn = PICTURE.read_text(encoding="utf-8")
    assert picture() == picture() == drawn, "run python -m docs.generate"
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    said = [title.text or "" for title in root.iter(f"{space}title")]
    for (source, target), each in ASKED_FOR.items():
        assert sum(title.startswith(f"{source} to {target}: {each.summary}") for title in said) == 1
    names = {text.text for text in root.iter(f"{space}text")}
    assert {source for source, _ in ASKED_FOR} | {target for _, target in ASKED_FOR} <= names


def test_marks_tell_how_a_conversion_comes_about() -> None:
    from docs.conversion_picture import KINDS, kind_of

    drawn = PICTURE.read_text(encoding="utf-8")
    for (source, target), each in ASKED_FOR.items():
        found = re.search(rf"<title>{source} to {target}: [^<]*</title><[^>]*>", drawn)
        assert found, f"{source} to {target}"
        assert f"fill='{KINDS[kind_of(each)][0]}'" in found[0]
        assert ("fill-opacity='1'" in found[0]) == (each.loses is None)
    assert kind_of(CONVERSIONS["pair", "triplet"]) == "mined"
    assert kind_of(CONVERSIONS["triplet", "triplet-scores"]) == "taught"
    assert kind_of(CONVERSIONS["single", "damaged-pair"]) == "random"
