"""The sample that an inspection draws, as material for conversions: to say how many rows would come out of them."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from converters.canonical import Changes, OnError, canonicalise
from converters.conversions import Material
from converters.sources.source import Split


def sampled_material(
    table: pa.Table, split: Split, format: str, roles: Mapping[str, str], on_error: OnError = "stop"
) -> Material:
    """A sample of a split in canonical shape; see `sampled_rows`."""
    return sampled_rows(table, split, format, roles, on_error)[0]


def sampled_rows(
    table: pa.Table, split: Split, format: str, roles: Mapping[str, str], on_error: OnError = "stop"
) -> tuple[Material, Changes]:
    """A sample of a split in canonical shape, and what bringing it there has changed.

    Of a collection it has ids in the place of texts: they count as well, and nothing has to be looked up.

    Args:
        table: the sample.
        split: what it was drawn from.
        format: the format that it was read as.
        roles: the role of each column.
        on_error: what becomes of rows with a label that cannot be read.

    Raises:
        InputError: the sample cannot be brought into the shape of the format.
    """
    if format == "collection":
        graded = table.set_column(table.column_names.index("score"), "score", pc.cast(table["score"], pa.float64()))
        judged = graded.filter(pc.fill_null(pc.is_finite(graded["score"]), False))
        columns = {"query": judged["query-id"], "document": judged["corpus-id"], "grade": judged["score"]}
        return Material(pa.table(columns), rows=table.num_rows), Changes()
    used = {name: role for name, role in roles.items() if role not in ("id", "ignored")}
    canonical, changes = canonicalise(
        table, format, used, class_names=split.class_names, on_error=on_error, first_row=None
    )
    return Material(canonical, rows=table.num_rows, apart=changes.apart), changes
