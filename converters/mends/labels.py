"""Mends of labels that nothing can be learned from."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Elements, Mask, is_list
from converters.mends.lists import alike, flat_labels, is_lists, with_documents
from converters.mends.registry import Shape, drops, rewrites
from converters.vectors import unfit, usual_length


@drops("LBL003", "rows of a class with one example", safe=False)
def _rare_classes(table: pa.Table, shape: Shape) -> Mask:
    if shape.format.label_kind != "class" or shape.label is None:
        return _all(table)
    ids = np.asarray(table[shape.label], dtype=np.int64)
    return np.asarray(np.bincount(ids, minlength=1)[ids] > 1)


@drops("LBL010", "lists without a positive", scope="row")
def _no_positive(table: pa.Table, shape: Shape) -> Mask:
    if not is_lists(shape):
        return _all(table)
    lengths = _documents(table, shape).lengths
    positives = np.bincount(_documents(table, shape).rows[flat_labels(table, shape) > 0], minlength=table.num_rows)
    return np.asarray((positives > 0) | (lengths == 0))


@drops("LBL011", "lists whose documents all have the same label", scope="row")
def _no_negative(table: pa.Table, shape: Shape) -> Mask:
    if not is_lists(shape):
        return _all(table)
    elements, labels = _documents(table, shape), flat_labels(table, shape)
    keep = np.asarray(elements.lengths == 0)
    filled = np.flatnonzero(~keep)
    if len(filled):
        starts = (np.cumsum(elements.lengths) - elements.lengths)[filled]
        keep[filled] = np.maximum.reduceat(labels, starts) != np.minimum.reduceat(labels, starts)
    return keep


def _usual_length(table: pa.Table, shape: Shape) -> int | None:
    if shape.format.label_kind not in ("embedding", "scores", "margins") or shape.label is None:
        return None
    return usual_length(table[shape.label]) if is_list(table[shape.label].type) else None


@drops("LBL012", "rows whose numbers are of another length, not finite, or all zero", scope="row", settle=_usual_length)
def _unfit_numbers(table: pa.Table, shape: Shape) -> Mask:
    kind = shape.format.label_kind
    if kind not in ("embedding", "scores", "margins") or shape.label is None or not is_list(table[shape.label].type):
        return _all(table)
    length = shape.decided(_usual_length, table)
    return ~unfit(table[shape.label], zeros=kind == "embedding", length=length).any


def _says_unjudged(table: pa.Table, shape: Shape) -> bool:
    """Whether a label of -1 means that nobody judged, for all others are 0 and 1."""
    if not is_lists(shape):
        return False
    labels = pc.list_flatten(table[str(shape.label)])
    different = np.asarray(pc.cast(pc.unique(labels).drop_null(), pa.float64(), safe=False))
    return set(different[np.isfinite(different)]) == {-1.0, 0.0, 1.0}


@rewrites("LBL013", "lists that held documents which nobody judged", scope="row", settle=_says_unjudged)
def _unjudged_documents(table: pa.Table, shape: Shape) -> pa.Table:
    if not shape.decided(_says_unjudged, table):
        return table
    return with_documents(table, shape, flat_labels(table, shape) != -1)


@drops("LBL013", "lists in which nobody judged any document", scope="row")
def _unjudged_lists(table: pa.Table, shape: Shape) -> Mask:
    return _documents(table, shape).lengths > 0 if is_lists(shape) else _all(table)


def _documents(table: pa.Table, shape: Shape) -> Elements:
    return alike(table, shape).lists["documents"]


def _all(table: pa.Table) -> Mask:
    return np.ones(table.num_rows, dtype=bool)
