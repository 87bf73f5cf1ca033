"""Texts that say nothing: told without making a copy of them."""

import pyarrow as pa
import pyarrow.compute as pc


def blank(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """True where a text is null, empty or nothing but white space."""
    nothing = pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))
    return pc.fill_null(nothing, True)
