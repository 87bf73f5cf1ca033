"""The texts of a column, in plain values or in lists, and how to put others in their places."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from converters import layouts
from converters.alike import is_list, is_record
from converters.errors import InputError

#: Texts to other texts, one for one; null stays null.
Change = Callable[[pa.StringArray], pa.StringArray]


def texts_of(values: pa.ChunkedArray) -> tuple[pa.StringArray, npt.NDArray[np.int64]]:
    """All texts of a column, nulls left out, and the row of each; nothing where it holds no texts."""
    texts, rows, first = [], [], 0
    for chunk in values.chunks:
        for own, places in _texts_of(chunk):
            known = np.asarray(own.is_valid())
            texts.append(own if own.null_count == 0 else own.drop_null())
            rows.append(first + (places if known.all() else places[known]))
        first += len(chunk)
    if not texts:
        return pa.array([], pa.string()), np.empty(0, np.int64)
    return pa.concat_arrays(texts), np.concatenate(rows)


def changed(values: pa.ChunkedArray, change: Change) -> pa.ChunkedArray:
    """A column of texts, or of lists of texts, with each text changed."""
    return pa.chunked_array([_changed(chunk, change) for chunk in values.chunks], type=values.type)


def where(texts: pa.StringArray, mask: npt.NDArray[np.bool_], change: Change) -> pa.StringArray:
    """The texts with some of them changed; the others keep every byte."""
    if not mask.any():
        return texts
    chosen = pa.array(mask)
    return pc.replace_with_mask(texts, chosen, change(texts.filter(chosen)))


def _texts_of(values: pa.Array) -> list[tuple[pa.StringArray, npt.NDArray[np.int64]]]:
    kind = values.type
    if is_list(kind):
        parents = np.asarray(pc.list_parent_indices(values), dtype=np.int64)
        return [(texts, parents[rows]) for texts, rows in _texts_of(pc.list_flatten(values))]
    if is_record(kind):
        try:
            return [(layouts.texts_of(values, ""), np.arange(len(values)))]
        except InputError:  # it cannot be told which field is the text
            return []
    if pa.types.is_dictionary(kind):
        return _texts_of(values.dictionary_decode()) if _is_text(kind.value_type) else []
    return [(pc.cast(values, pa.string()), np.arange(len(values)))] if _is_text(kind) else []


def _changed(values: pa.Array, change: Change) -> pa.Array:
    if not is_list(values.type):
        return change(values) if pa.types.is_string(values.type) else values
    inner = _changed(pc.list_flatten(values), change)
    lengths = np.asarray(pc.fill_null(pc.list_value_length(values), 0), dtype=np.int64)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    missing = values.is_null() if values.null_count else None
    if pa.types.is_large_list(values.type):
        return pa.LargeListArray.from_arrays(pa.array(offsets), inner, type=values.type, mask=missing)
    if pa.types.is_list(values.type):
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), inner, type=values.type, mask=missing)
    return values


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
