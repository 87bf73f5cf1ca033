"""Every case: files as users make them, and the reading that an expert would give them."""

from tests.advisor.user_files import labelled_pairs, layouts, lists, misleading, odd, pairs, singles, triplets
from tests.advisor.user_files.expectation import CASES, Case

__all__ = ["CASES", "Case", "labelled_pairs", "layouts", "lists", "misleading", "odd", "pairs", "singles", "triplets"]
