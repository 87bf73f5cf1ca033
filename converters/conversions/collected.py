"""Collections, taken by their judgements alone: what people have called relevant, and what they have called not.

A judgement of grade 0 or below says that a document is not relevant: TREC writes -1 and -2 for some of them. Where a
collection has such judgements, nothing has to be mined.
"""

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options
from converters.conversions.texts import held
from converters.errors import InputError, TooFewError
from converters.labels import unit_scores
from converters.scales import Span

#: The share of judgements that have to call a document not relevant, so that they are not taken for strays.
FEWEST = 0.01

_IRRELEVANT = "judgements that call a document not relevant"


def relevant_rows(table: pa.Table, options: Options) -> pa.Table:
    """The judgements that call a document relevant."""
    return table.filter(pa.array(_relevant(table, options)))


def undecided_rows(table: pa.Table, options: Options) -> pa.Table | None:
    """The judgements between the thresholds, which call a document neither; None where there is one threshold."""
    if options.negative_threshold is None:
        return None
    return table.filter(pa.array(~_relevant(table, options) & (_grades(table) > options.negative_threshold)))


def _relevant(table: pa.Table, options: Options) -> NDArray[np.bool_]:
    grades = _grades(table)
    relevant: NDArray[np.bool_] = grades > 0 if options.threshold is None else grades >= options.threshold
    return relevant


def _grades(table: pa.Table) -> NDArray[np.float64]:
    grades: NDArray[np.float64] = pc.cast(table["grade"], pa.float64()).to_numpy()
    return grades


@conversion(
    "collection",
    "pair",
    summary="pairs each query with its relevant documents",
    loses="the rest of the corpus",
)
def _pairs(material: Material, target: str, options: Options) -> Made:
    relevant = _relevant(material.table, options)
    table, others = material.table.filter(pa.array(relevant)), np.flatnonzero(~relevant)
    left_out = {_IRRELEVANT: len(others)} if len(others) else {}
    unused = {_IRRELEVANT: others} if len(others) and options.reject is not None else {}
    made = pa.table({"anchor": held(table["query"]), "positive": held(table["document"])})
    return Made(made, left_out, unused=unused)


@conversion(
    "collection",
    "graded-pair",
    summary="takes the judgements alone, if 1 in 100 of them or more calls a document not relevant",
    loses="the rest of the corpus",
)
def _judgements(material: Material, target: str, options: Options) -> Made:
    table = material.table
    others = table.num_rows - int(_relevant(table, options).sum())
    if not options.part and (not others or others < FEWEST * table.num_rows):
        few = f"only {others:,} of {table.num_rows:,} judgements call" if others else "no judgement calls"
        raise TooFewError(
            f"{few} a document not relevant, so that negatives have to be mined, and what is mined has no grades: "
            "scores have to come from a teacher, named with --teacher"
        )
    return Made(_from_0(table, options))


@conversion(
    "collection",
    "pair-score",
    summary="takes the judgements alone, if they have more than two grades, and scales these to scores from 0 to 1",
    loses="the rest of the corpus",
    final=True,  # a threshold on the scaled scores would call other pairs relevant than the grades do
    scales="grade",
)
def _scores(material: Material, target: str, options: Options) -> Made:
    table = _from_0(material.table, options)
    if len(np.unique(_grades(table))) <= 2:
        raise InputError(
            "the judgements say yes or no and have no scores, which have to come from a teacher; name a cross-encoder, "
            "a bi-encoder or a file of scores with --teacher"
        )
    scale = scale_of_grades(options.span_of(table["grade"]), options)
    scores, _ = unit_scores(table["grade"], "grade", scale)
    columns = {"sentence_a": held(table["query"]), "sentence_b": held(table["document"]), "score": scores}
    return Made(pa.table(columns))


def scale_of_grades(span: Span, options: Options) -> tuple[float, float]:
    """The scale of the grades of all judgements, whose span is given, as `_from_0` leaves them."""
    lowest = _lowest(options)
    return Span(max(span.low, lowest), max(span.high, lowest)).scale


def _from_0(table: pa.Table, options: Options) -> pa.Table:
    """The judgements with grades below 0 as 0: not relevant is not relevant, unless a threshold tells them apart."""
    return table.set_column(2, "grade", pa.array(np.maximum(_grades(table), _lowest(options))))


def _lowest(options: Options) -> float:
    """The lowest grade that means something."""
    told = (options.threshold, options.negative_threshold)
    tells = (told[0] is not None and told[0] <= 0) or (told[1] is not None and told[1] < 0)
    return -math.inf if tells else 0.0
