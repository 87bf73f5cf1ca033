"""Mends of what is wrong with texts."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Alike, Mask, combined, is_list, values_alike
from converters.errors import InputError
from converters.labels import number_lists
from converters.mends.lists import is_lists, with_documents
from converters.mends.registry import Shape, drops, rewrites
from converters.wording import contentless, garbled, markup, prompts, residue, similar, unseen
from converters.wording.code_points import pieces
from converters.wording.marks import AMPERSAND, ANGLE, BRACKET, GARBLED, UNSEEN, marks
from converters.wording.places import Change, changed, texts_of, where

#: Formats whose second text belongs to the first, so that both being nearly the same leaves nothing to learn.
PAIRED = ("pair", "triplet", "n-tuple")

#: Formats whose negatives are just that; a teacher's scores say how far a negative is from one.
JUDGED = ("triplet", "n-tuple")

#: Texts of a column that are looked at to tell whether it holds programs.
_LOOKED_AT = 2000

#: Rows of a column that those are taken from.
_SOME_ROWS = 100_000


@rewrites("TXT001", "lists with an empty document, without it", scope="row")
def _without_empty_documents(table: pa.Table, shape: Shape) -> pa.Table:
    return _documents_unless(table, shape, empty)


@drops("TXT001", "rows with an empty text", scope="row")
def _with_texts(table: pa.Table, shape: Shape) -> Mask:
    return _unless(table, shape, empty)


@rewrites("TXT003", "rows with a text read in the wrong encoding, read again", scope="row")
def _read_again(table: pa.Table, shape: Shape) -> pa.Table:
    return _each(table, shape.texts, _marked(GARBLED, garbled.repaired))


def _prose(table: pa.Table, shape: Shape) -> list[str]:
    """The columns that hold no programs, in which angle brackets mean something else."""
    return [name for name in shape.texts if not is_code(_some_texts(table[name]))]


def _some_texts(column: pa.ChunkedArray) -> pa.StringArray:
    """Texts from all over a column: of many rows some, so that not all are taken together."""
    if len(column) > _SOME_ROWS:
        column = column.take(pa.array(np.linspace(0, len(column) - 1, _SOME_ROWS).astype(np.int64)))
    return texts_of(column)[0]


@rewrites("TXT004", "rows with HTML in a text, without it", scope="row", settle=_prose)
def _without_markup(table: pa.Table, shape: Shape) -> pa.Table:
    names = shape.decided(_prose, table)
    return _each(table, names, _marked(ANGLE | AMPERSAND, _where(markup.has_markup, markup.without_markup)))


@rewrites("TXT005", "rows with tokens of a tokenizer in a text, without them", scope="row")
def _without_tokens(table: pa.Table, shape: Shape) -> pa.Table:
    for name in shape.texts:
        # A mask is how a text is damaged.
        table = _each(table, [name], _marked(ANGLE | BRACKET, _without_special_tokens(masks=name != "damaged")))
    return table


@rewrites("TXT006", "rows with invisible characters in a text, without them", scope="row")
def _without_unseen(table: pa.Table, shape: Shape) -> pa.Table:
    return _each(table, shape.texts, _marked(UNSEEN, _where(unseen.has_unseen, unseen.without_unseen)))


@rewrites("TXT008", "lists with a document that says nothing, without it", scope="row")
def _documents_with_content(table: pa.Table, shape: Shape) -> pa.Table:
    return _documents_unless(table, shape, contentless.says_nothing)


@drops("TXT008", "rows with a text that says nothing", scope="row")
def _with_content(table: pa.Table, shape: Shape) -> Mask:
    return _unless(table, shape, contentless.says_nothing)


@rewrites("TXT013", "rows with a text that began with a prompt, without it", safe=False)
def _without_prompts(table: pa.Table, shape: Shape) -> pa.Table:
    for name in shape.texts:
        while (prompt := prompts.shared_prompt(texts_of(table[name])[0])) is not None:
            table = _each(table, [name], partial(prompts.without_prompt, prompt=prompt))
    return table


@drops("TXT009", "rows that nearly repeat an earlier one", safe=False)
def _first_of_near(table: pa.Table, shape: Shape) -> Mask:
    keep = np.ones(table.num_rows, dtype=bool)
    while True:  # rows are compared with the next one alike: where that goes, another takes its place
        rows = np.flatnonzero(keep)
        repeats = near_repeats(table.take(pa.array(rows)), shape.texts, shape.label)
        if not repeats.any():
            return keep
        keep[rows[repeats]] = False


@rewrites("TXT010", "lists with a negative that is nearly a positive, without it", safe=False, scope="row")
def _true_negatives_in_lists(table: pa.Table, shape: Shape) -> pa.Table:
    if not is_lists(shape):
        return table
    found = near_positives(table["documents"], table[str(shape.label)])
    return with_documents(table, shape, ~found) if found is not None and found.any() else table


@drops("TXT010", "rows with a negative that is nearly the positive", safe=False, scope="row")
def _true_negatives(table: pa.Table, shape: Shape) -> Mask:
    found = np.zeros(table.num_rows, dtype=bool)
    if shape.format.name in JUDGED:
        for name in shape.texts[2:]:
            found |= nearly_same(table[shape.texts[1]], table[name])
    return ~found


@drops("TXT011", "rows with nearly the same text twice", safe=False, scope="row")
def _true_pairs(table: pa.Table, shape: Shape) -> Mask:
    found = np.zeros(table.num_rows, dtype=bool)
    if shape.format.name in PAIRED:
        found = nearly_same(table[shape.texts[0]], table[shape.texts[1]])
    return ~found


def empty(texts: pa.StringArray) -> Mask:
    """True for each text without a visible character."""
    return np.asarray(pc.equal(pc.utf8_trim_whitespace(texts), ""))


def is_code(texts: pa.StringArray) -> bool:
    """Whether most of the texts are programs, by some of them."""
    places = np.linspace(0, max(len(texts) - 1, 0), min(_LOOKED_AT, len(texts))).astype(np.int64)
    return markup.is_code(texts.take(pa.array(places)))


def near_repeats(table: pa.Table, texts: tuple[str, ...], label: str | None) -> Mask:
    """True for each row that nearly repeats an earlier one, and is not the very same.

    Args:
        table: the rows.
        texts: the columns to compare.
        label: the label column, which has to be the same.
    """
    columns = [_whole(table[name]) for name in texts]
    found = np.zeros(table.num_rows, dtype=bool)
    if not columns or not table.num_rows:
        return found
    later, earlier = similar.near_rows(columns, None if label is None else values_alike(table[label]))
    same = np.ones(len(later), dtype=bool)
    for column in columns:
        same &= np.asarray(pc.equal(_trimmed(column, later), _trimmed(column, earlier)))
    found[later[~same]] = True
    return found


def nearly_same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """True for each row whose two texts are nearly the same, and not the very same."""
    found = np.zeros(len(one), dtype=bool)
    if not len(one) or is_list(one.type) or is_list(other.type):
        return found
    first, second = _whole(one), _whole(other)
    near = similar.near_pairs(first, second)
    rows = np.flatnonzero(near)
    found[rows] = ~np.asarray(pc.equal(_trimmed(first, rows), _trimmed(second, rows)))
    return found


def near_positives(documents: pa.ChunkedArray, labels: pa.ChunkedArray) -> Mask | None:
    """True for each document of label 0 that is nearly one of a higher label in its list, and not the very same.

    Args:
        documents: lists of texts.
        labels: lists of numbers.

    Returns:
        None where documents and labels do not go together in every row.
    """
    texts = Alike(pa.table({"documents": documents}), [], ["documents"]).lists["documents"]
    try:
        numbers = number_lists(labels, "labels")
    except InputError:
        return None
    if not np.array_equal(np.asarray(pc.fill_null(pc.list_value_length(numbers), 0)), texts.lengths):
        return None
    positive = np.asarray(pc.fill_null(pc.cast(pc.list_flatten(numbers), pa.float64()), 0)) > 0
    if not len(positive):
        return np.zeros(0, dtype=bool)
    flat = pc.cast(pc.list_flatten(documents), pa.string()).combine_chunks()
    digests = similar.sketch(flat).digests
    near = combined(texts.rows, np.where(digests == 0, -1, np.unique(digests, return_inverse=True)[1]))
    same = combined(texts.rows, texts.ids)
    twins = [np.isin(keys, keys[positive & (keys >= 0)]) for keys in (near, same)]
    return np.asarray(~positive & twins[0] & ~twins[1])


def _trimmed(texts: pa.StringArray, rows: np.ndarray) -> pa.StringArray:
    return pc.utf8_trim_whitespace(texts.take(pa.array(rows)))


def _whole(values: pa.ChunkedArray) -> pa.StringArray:
    """The text of each row; those of a list one after the other."""
    column = values.combine_chunks() if values.num_chunks else pa.array([], values.type)
    if is_list(column.type):
        column = pc.binary_join(pc.cast(column, pa.list_(pa.string())), pa.scalar("\n"))
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _each(table: pa.Table, names: tuple[str, ...] | list[str], change: Change) -> pa.Table:
    """The table with each text of some columns changed."""
    for name in names:
        place = table.column_names.index(name)
        table = table.set_column(place, table.schema.field(place), changed(table[name], change))
    return table


def _unless(table: pa.Table, shape: Shape, wrong: Callable[[pa.StringArray], Mask]) -> Mask:
    """The rows of which no text is wrong, and no list is empty."""
    keep = np.ones(table.num_rows, dtype=bool)
    for name in shape.texts:
        if name in shape.plain_texts:
            texts, rows = texts_of(table[name])
            keep[rows[wrong(texts)]] = False
        else:
            keep &= np.asarray(pc.fill_null(pc.list_value_length(table[name]), 0)) > 0
    return keep


def _documents_unless(table: pa.Table, shape: Shape, wrong: Callable[[pa.StringArray], Mask]) -> pa.Table:
    """The rows without the documents that are wrong, and without their labels."""
    if not is_lists(shape):
        return table
    documents = pc.cast(pc.list_flatten(table["documents"]), pa.string())
    found = [wrong(pc.fill_null(chunk, "")) for chunk in documents.chunks]
    mask = np.concatenate(found) if found else np.empty(0, dtype=bool)
    return with_documents(table, shape, ~mask) if mask.any() else table


def _marked(bits: int, change: Change) -> Change:
    """The change, of those texts only that hold certain characters; in pieces, so that memory is bounded."""

    def apply(texts: pa.StringArray) -> pa.StringArray:
        done = [where(piece, marks(piece) & np.uint8(bits) != 0, change) for piece in pieces(texts)]
        return pa.concat_arrays(done) if done else texts

    return apply


def _where(needed: Callable[[pa.StringArray], Mask], change: Change) -> Change:
    """The change, of those texts only that need it."""
    return lambda texts: where(texts, needed(texts), change)


def _without_special_tokens(masks: bool) -> Change:
    return _where(
        partial(residue.has_special_tokens, masks=masks), partial(residue.without_special_tokens, masks=masks)
    )


# What a text consisted of may be just what is taken out: such a text is no text any more.
for _code, _safe in (("TXT003", True), ("TXT004", True), ("TXT005", True), ("TXT006", True), ("TXT013", False)):
    rewrites(_code, "lists without documents of which nothing was left", safe=_safe, scope="row")(
        _without_empty_documents
    )
    drops(_code, "rows with a text of which nothing was left", safe=_safe, scope="row")(_with_texts)
