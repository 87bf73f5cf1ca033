"""Files as users make them get the reading that an expert would give them."""

from pathlib import Path

import pytest

from tests.advisor.user_files.cases import CASES
from tests.advisor.user_files.measuring import SURE, Outcome, calibration, measure

#: Cases that are not read right yet, and why.
KNOWN: dict[str, str] = {
    "label-beside-predicted-similarity": "open",
    "clicks-and-impressions": "open",
    "three-languages-side-by-side": "open",
    "several-positives": "open",
    "question-context-and-short-answer": "open",
    "two-answers-and-the-better-one": "open",
    "words-definitions-examples": "open",
    "one-query-for-everything": "open",
    "houses-for-sale": "open",
    "films": "open",
    "news-with-sections": "open",
    "posts-of-a-network": "open",
    "people-and-addresses": "open",
    "numbers-in-words": "open",
    "one-text-a-line": "open",
    "classes-one-thousand": "open",
    "classes-german-klasse-first": "open",
    "support-tickets": "open",
    "class-beside-cleaned-text": "open",
    "class-beside-predictions": "open",
}


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder: Path = tmp_path_factory.mktemp("user_files")
    return {each.name: measure(each, folder) for each in CASES}


@pytest.mark.parametrize("name", [each.name for each in CASES])
def test_the_reading(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    if name in KNOWN:
        assert outcome.wrong, f"{name} is read right now: take it out of KNOWN"
        pytest.xfail(KNOWN[name])
    assert not outcome.wrong, str(outcome)


def test_known_cases_exist() -> None:
    assert set(KNOWN) <= {each.name for each in CASES}


def test_sure_readings_are_right_nine_times_in_ten(outcomes: dict[str, Outcome]) -> None:
    sure = [each for each in calibration(outcomes.values()) if each.low >= SURE]
    assert sum(each.right for each in sure) >= 0.9 * sum(each.readings for each in sure)
