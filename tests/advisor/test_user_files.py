"""Files as users make them get the reading that an expert would give them."""

import pytest

from tests.advisor.tables import Outcome, hold, hold_sure, measured
from tests.advisor.user_files.cases import CASES

#: Cases that are not read right yet, and why.
KNOWN: dict[str, str] = {
    "three-languages-side-by-side": "three texts that belong together look like a triplet",
    "words-definitions-examples": "three texts that belong together, one of them a word",
    "houses-for-sale": "a number of few levels beside a text looks like a class",
    "films": "surer than it should be",
    "news-with-sections": "a section is taken for a fact about the text",
    "instructions-with-empty-input": "surer than it should be",
    "people-and-addresses": "surer than it should be",
    "numbers-in-words": "numbers written as digits are no texts",
    "support-tickets": "surer than it should be",
}


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return measured(CASES, tmp_path_factory.mktemp("user_files"))


@pytest.mark.parametrize("name", [each.name for each in CASES])
def test_the_reading(outcomes: dict[str, Outcome], name: str) -> None:
    hold(outcomes[name], KNOWN)


def test_known_cases_exist() -> None:
    assert set(KNOWN) <= {each.name for each in CASES}


def test_sure_readings_are_right_nine_times_in_ten(outcomes: dict[str, Outcome]) -> None:
    hold_sure(outcomes.values())
