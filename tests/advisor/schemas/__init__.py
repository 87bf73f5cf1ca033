"""Schemas of well-known public datasets, with made-up texts, and the reading that an expert would give them."""

from tests.advisor.schemas import cases_inference as cases_inference
from tests.advisor.schemas import cases_pairs as cases_pairs
from tests.advisor.schemas import cases_similarity as cases_similarity
from tests.advisor.schemas.expected import CASES as CASES
