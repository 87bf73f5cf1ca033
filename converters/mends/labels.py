"""Mends of labels that nothing can be learned from."""

import numpy as np
import pyarrow as pa

from converters.alike import Elements, Mask, is_list
from converters.mends.lists import alike, flat_labels, is_lists, with_documents
from converters.mends.registry import Shape, drops, rewrites
from converters.vectors import unfit


@drops("LBL003", "rows of a class with one example", safe=False)
def _rare_classes(table: pa.Table, shape: Shape) -> Mask:
    if shape.format.label_kind != "class" or shape.label is None:
        return _all(table)
    ids = np.asarray(table[shape.label], dtype=np.int64)
    return np.asarray(np.bincount(ids, minlength=1)[ids] > 1)


@drops("LBL010", "lists without a positive")
def _no_positive(table: pa.Table, shape: Shape) -> Mask:
    if not is_lists(shape):
        return _all(table)
    lengths = _documents(table, shape).lengths
    positives = np.bincount(_documents(table, shape).rows[flat_labels(table, shape) > 0], minlength=table.num_rows)
    return np.asarray((positives > 0) | (lengths == 0))


@drops("LBL011", "lists whose documents all have the same label")
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


@drops("LBL012", "rows whose numbers are of another length, not finite, or all zero")
def _unfit_numbers(table: pa.Table, shape: Shape) -> Mask:
    kind = shape.format.label_kind
    if kind not in ("embedding", "scores", "margins") or shape.label is None or not is_list(table[shape.label].type):
        return _all(table)
    return ~unfit(table[shape.label], zeros=kind == "embedding").any


@rewrites("LBL013", "lists that held documents which nobody judged")
def _unjudged_documents(table: pa.Table, shape: Shape) -> pa.Table:
    if not is_lists(shape):
        return table
    labels = flat_labels(table, shape)
    if set(np.unique(labels[np.isfinite(labels)])) != {-1.0, 0.0, 1.0}:
        return table
    return with_documents(table, shape, labels != -1)


@drops("LBL013", "lists in which nobody judged any document")
def _unjudged_lists(table: pa.Table, shape: Shape) -> Mask:
    return _documents(table, shape).lengths > 0 if is_lists(shape) else _all(table)


def _documents(table: pa.Table, shape: Shape) -> Elements:
    return alike(table, shape).lists["documents"]


def _all(table: pa.Table) -> Mask:
    return np.ones(table.num_rows, dtype=bool)
