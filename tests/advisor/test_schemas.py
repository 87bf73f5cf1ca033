"""Schemas of well-known public datasets get the reading that an expert would give, with a confidence to go by."""

from pathlib import Path

import pytest

from tests.advisor.schemas import CASES
from tests.advisor.tables import Outcome, hold, hold_sure, measured

#: Cases that are not read right yet, and why. A case that is mended has to leave.
KNOWN: dict[str, str] = {
    "hotpotqa": "a question with many contexts, read as a pair of question and answer",
    "ag-news-original": "a class, a title and a text without names: two texts with a class look the same",
    "alpaca": "surer than it should be",
    "oasst1": "surer than it should be",
    "mmlu": "the label is the place of the right one among the choices, which no format has",
    "pubmedqa": "the answer yes or no to a question looks like a label of its context",
    "wikipedia-sections": "the made-up title shares words with the sentences",
    "tatoeba-sentences": "most of its codes of languages are rare ones",
    "climate-fever": "integers from 0 to 2 for how a claim relates to its evidence could be grades",
    "german-back-translations": "two columns of similarities: either will do",
}


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return measured(CASES.values(), tmp_path_factory.mktemp("schemas"))


@pytest.mark.parametrize("name", CASES)
def test_a_public_schema_is_read_right(name: str, outcomes: dict[str, Outcome]) -> None:
    hold(outcomes[name], KNOWN)


def test_known_cases_exist() -> None:
    assert set(KNOWN) <= set(CASES)


def test_the_table_is_wide() -> None:
    formats = {name for case in CASES.values() for name in case.expected.formats[:1]}
    assert len(CASES) >= 90
    assert len(formats) >= 16
    assert sum(case.expected.refuse == "must" for case in CASES.values()) >= 6


def test_nine_in_ten_readings_that_are_sure_are_right(outcomes: dict[str, Outcome]) -> None:
    hold_sure(outcomes.values())


def test_the_sources_are_written_alike_twice(tmp_path: Path) -> None:
    """A case that changed from run to run would make a failure that nobody can repeat."""
    for name in ("snli", "miracl", "sentiment140", "squad-original", "adult-census"):
        once, again = (CASES[name].write(tmp_path / str(run)) for run in (1, 2))
        files = [sorted(each for each in root.parent.rglob("*") if each.is_file()) for root in (once, again)]
        assert files[0]
        assert [each.read_bytes() for each in files[0]] == [each.read_bytes() for each in files[1]]
