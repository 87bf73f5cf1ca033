"""The loss table, declared once: which loss of which family takes which format, with what, and why.

The rule engine, the command line, the documentation and the tests all read this table and nothing else. A loss is in
it if and only if it can be imported from `losses`. One module for each family.
"""

from collections.abc import Mapping

from advisor.catalogue import cross_encoder, multi_vector_encoder, sentence_transformer, sparse_encoder
from advisor.catalogue.entry import FAMILIES, MODULES, Family, Fit, Loss, Part

__all__ = ["FAMILIES", "LOSSES", "MODULES", "PARTS", "Family", "Fit", "Loss", "Part", "losses_for"]

_TABLES = (sentence_transformer, cross_encoder, sparse_encoder, multi_vector_encoder)

#: The losses to train with.
LOSSES: Mapping[tuple[Family, str], Loss] = {
    (each.family, each.name): each for table in _TABLES for each in table.LOSSES
}

#: Losses that are never recommended by themselves: wrappers and regularizers of others.
PARTS: Mapping[tuple[Family, str], Part] = {(each.family, each.name): each for table in _TABLES for each in table.PARTS}


def losses_for(format_name: str, family: Family) -> list[Loss]:
    """The losses of a family that take a format, best fit first."""
    fitting = [each for each in LOSSES.values() if each.family == family and format_name in each.formats]
    return sorted(fitting, key=lambda each: -each.formats[format_name].preference)
