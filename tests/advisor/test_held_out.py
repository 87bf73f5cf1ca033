"""Schemas that the inspector was not tuned on get the reading that was written down before anybody looked."""

import pytest

from tests.advisor.held_out.cases import CASES
from tests.advisor.tables import Outcome, hold, hold_sure, measured

#: Cases that are not read as expected, and why.
KNOWN: dict[str, str] = {
    "entity-seeking": "the original wording of a query looks like the original of a damaged text",
    "tevatron-ids": "a query beside ids of documents: the layout has no place for the text of the query",
    "stance-target": "arguable: the column called Target is taken for the label, and the stance left out",
    "statute-ids": "arguable: a question with ids of articles has a category too, and is read as texts of a class",
    "three-answers": "arguable: several good answers look like one and its negatives",
    "code-pairs-negatives": "the score of the only document looks like that of a pair; it is not sure",
    "se-posts": "the votes for a question are called Score, as a similarity may be",
    "upvote-preference": "a label that says which of two sides is better looks like one of the second side",
    "synthetic-classes": "a class in words as the positive, called label",
    "simlm-train": "a query beside records of ids: refused, where a collection was expected",
    "abstract-citation": "arguable: of two abstracts the one called abstract is taken for the answer",
    "bitext-five": "arguable: five translations of a sentence are refused; any two of them would be a pair",
    "clustering-wide": "a row that holds a whole split in lists",
    "multilabel": "arguable: several classes for a text are refused, as no loss takes them",
    "help-tickets": "a priority beside a question and its answer is taken for the class of the answer",
    "faq-france": "the last word of a French name is read as its head: Réponse type",
    "review-replies": "arguable: the rating of a review could be one of its reply",
    "argilla-records": "the class lies three levels deep",
    "doccano": "a class in a list of one",
    "input-example": "two texts in one list",
    "llama-index": "queries, corpus and judgements in one object: refused",
    "hs-codes": "codes of goods that read as numbers",
}


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return measured(CASES, tmp_path_factory.mktemp("held_out"))


@pytest.mark.parametrize("name", [each.name for each in CASES])
def test_the_reading(outcomes: dict[str, Outcome], name: str) -> None:
    hold(outcomes[name], KNOWN)


def test_known_cases_exist() -> None:
    assert set(KNOWN) <= {each.name for each in CASES}


def test_sure_readings_are_right_nine_times_in_ten(outcomes: dict[str, Outcome]) -> None:
    hold_sure(outcomes.values(), 0.9)
