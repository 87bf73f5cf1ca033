"""Hard negatives: the texts that are nearest to an anchor without being one of its positives.

A pipeline of stages: number the texts, embed, search, rescore, select, assemble. Those that take long keep what they
have made in a work folder, where there is one.
"""

from converters.mining.assemble import OUTPUT_FORMATS, assemble
from converters.mining.hard_negatives import mine_hard_negatives
from converters.mining.mined import Mined
from converters.mining.pipeline import mine
from converters.mining.report_file import check_report, write_report
from converters.mining.rows import kept_rows
from converters.mining.search import SEARCH_MINUTES
from converters.mining.selection import MarginFrom, Selection, VetoBy
from converters.mining.summary import Distribution, MiningSummary
from converters.mining.workspace import Workspace, default_folder

__all__ = [
    "OUTPUT_FORMATS",
    "SEARCH_MINUTES",
    "Distribution",
    "MarginFrom",
    "Mined",
    "MiningSummary",
    "Selection",
    "VetoBy",
    "Workspace",
    "assemble",
    "check_report",
    "default_folder",
    "kept_rows",
    "mine",
    "mine_hard_negatives",
    "write_report",
]
