"""Conversions of questions about a context."""

import pyarrow as pa

from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import Options


@conversion(
    "qa",
    "pair",
    summary="pairs each question with the context that answers it",
    scope="row",
    loses="where in the context the answer stands",
)
def _pairs(material: Material, target: str, options: Options) -> Made:
    table = material.table
    return Made(pa.table({"anchor": table["question"], "positive": table["context"]}))
