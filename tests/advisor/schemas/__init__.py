"""Schemas of well-known public datasets, with made-up texts, and the reading that an expert would give them."""

from tests.advisor.schemas import cases_answers as cases_answers
from tests.advisor.schemas import cases_classes as cases_classes
from tests.advisor.schemas import cases_inference as cases_inference
from tests.advisor.schemas import cases_other as cases_other
from tests.advisor.schemas import cases_pairs as cases_pairs
from tests.advisor.schemas import cases_retrieval as cases_retrieval
from tests.advisor.schemas import cases_similarity as cases_similarity
from tests.advisor.schemas.expected import CASES as CASES
