"""Files as users make them get the reading that an expert would give them."""

from pathlib import Path

import pytest

from tests.advisor.user_files.cases import CASES
from tests.advisor.user_files.measuring import SURE, Outcome, calibration, measure

#: Cases that are not read right yet, and why.
KNOWN: dict[str, str] = {
    "score-german-decimal-comma": "open",
    "score-mixed-notations": "open",
    "relevant-or-not-relevant": "open",
    "similar-dissimilar": "open",
    "chinese-yes-no": "open",
    "match-or-no-match-upper-case-names": "open",
    "yes-no-french": "open",
    "yes-no-german-spaced-names": "open",
    "class-label-feature-of-two": "open",
    "title-and-body-with-label": "open",
    "relation-of-two-comments": "open",
    "three-annotators-and-majority": "open",
    "yes-no-portuguese-names-of-italian-texts": "open",
    "transcripts-and-word-error-rate": "open",
    "excel-separator-line": "open",
    "empty-columns-at-the-end": "open",
    "nested-question-and-answer": "open",
    "one-row-headerless": "open",
    "list-as-python-in-csv": "open",
    "group-with-score-lists": "open",
    "records-with-score": "open",
    "records-positive-and-negative": "open",
    "product-search-grades": "open",
    "product-search-grades-in-words": "open",
    "clicks-and-impressions": "open",
    "list-of-booleans": "open",
    "records-selected-or-not": "open",
    "records-of-lists": "open",
    "group-of-positives-only": "open",
    "euros-with-thousands-only": "open",
    "picture-paths-and-classes": "open",
    "picture-paths-and-captions": "open",
    "instructions-with-empty-input": "open",
    "intents-of-a-chatbot": "open",
    "faq-german-semicolons": "open",
    "search-log-clicks": "open",
    "code-and-docstrings": "open",
    "damaged-headerless": "open",
    "numbers-in-words": "open",
    "faq-russian-upper-case": "open",
    "title-and-text-beside-a-query": "open",
    "forum-threads": "open",
    "questions-and-sql": "open",
    "job-titles-and-descriptions": "open",
    "one-text-a-line": "open",
    "one-text-in-wide-metadata": "open",
    "title-and-abstract": "open",
    "classes-one-thousand": "open",
    "classes-spanish": "open",
    "classes-german-klasse-first": "open",
    "support-tickets": "open",
    "class-json-in-a-cell": "open",
    "class-nested-data-text": "open",
    "vector-printed-by-numpy": "open",
    "subtitles": "open",
    "class-paths-of-a-shop": "open",
    "teacher-score-of-each": "open",
    "teacher-score-column-for-each-negative": "open",
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


@pytest.mark.xfail(strict=True, reason="open")
def test_sure_readings_are_right_nine_times_in_ten(outcomes: dict[str, Outcome]) -> None:
    sure = [each for each in calibration(outcomes.values()) if each.low >= SURE]
    assert sum(each.right for each in sure) >= 0.9 * sum(each.readings for each in sure)
