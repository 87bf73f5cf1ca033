"""Lists that stand as JSON in the cells of delimited text."""

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError
from converters.sources.json_blocks import block_batches, block_fields


def list_type(cells: pa.Array, where: str) -> pa.DataType | None:
    """The type of the lists that the cells hold, with null for what is unknown as yet; None if one is no JSON list."""
    try:
        fields, _ = block_fields(_lines(cells), 1, where)
    except InputError:
        return None
    return fields["v"] if pa.types.is_list(fields["v"]) else None


def decode_lists(cells: pa.Array, kind: pa.DataType, where: str) -> pa.Array:
    """The lists that the cells hold, as an array of type `kind`; null where a cell is null."""
    if not len(cells):
        return pa.array([], type=kind)
    batches = block_batches(_lines(cells), pa.schema([("v", kind)]), 1, where)
    return pa.concat_arrays([batch.column(0) for batch in batches])


def _lines(cells: pa.Array) -> bytes:
    # Outside of strings a line break is mere space, and within them JSON has none.
    flat = pc.replace_substring_regex(cells, r"[\r\n]", " ")
    lines = pc.binary_join_element_wise('{"v":', pc.fill_null(flat, "null"), "}", "")
    return bytes(pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n")[0].as_buffer()) + b"\n"
