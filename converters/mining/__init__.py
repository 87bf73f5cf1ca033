"""Hard negatives: the texts that are nearest to an anchor without being one of its positives.

A pipeline of stages, each a function from arrays to arrays: number the texts, embed, search, select, assemble.
"""

from converters.mining.assemble import OUTPUT_FORMATS, assemble
from converters.mining.hard_negatives import mine_hard_negatives
from converters.mining.mined import Mined
from converters.mining.pipeline import mine
from converters.mining.selection import MarginFrom, Selection
from converters.mining.summary import Distribution, MiningSummary

__all__ = [
    "OUTPUT_FORMATS",
    "Distribution",
    "MarginFrom",
    "Mined",
    "MiningSummary",
    "Selection",
    "assemble",
    "mine",
    "mine_hard_negatives",
]
