"""Conversions from one format to another: a registry of small functions, a planner, and what carries plans out."""

from converters.conversions import classes, collected, judgements, mined, questions, scored, singles, taught
from converters.conversions.intake import Reading, judged_texts, settle_labels
from converters.conversions.planning import Plan, plan, plans
from converters.conversions.registry import CONVERSIONS, Conversion, Made, Material, conversion
from converters.conversions.running import Converted, convert, convert_split, default_split
from converters.conversions.settings import DEPTH, MARGIN_FROM, SEED, VETO, VETO_THRESHOLD, Mining, Options
from converters.conversions.splits import changes_of, convert_splits, left_out_of, mended_of

#: The modules whose functions register themselves when they are loaded, in the order of the documentation.
MODULES = (singles, classes, judgements, scored, questions, collected, mined, taught)

__all__ = [
    "CONVERSIONS",
    "DEPTH",
    "MARGIN_FROM",
    "MODULES",
    "SEED",
    "VETO",
    "VETO_THRESHOLD",
    "Conversion",
    "Converted",
    "Made",
    "Material",
    "Mining",
    "Options",
    "Plan",
    "Reading",
    "changes_of",
    "conversion",
    "convert",
    "convert_split",
    "convert_splits",
    "default_split",
    "judged_texts",
    "left_out_of",
    "mended_of",
    "plan",
    "plans",
    "settle_labels",
]
