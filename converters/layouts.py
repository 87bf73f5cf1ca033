"""Brings layouts that nest texts into a canonical shape: lists of plain texts, one question a row.

| layout | canonical columns |
|---|---|
| `grouped` | query, positives, negatives (lists of texts), and positive_scores, negative_scores where there are any |
| `qa` | question, context |

A text may stand alone, in a list, in a record with a title, or in a list of such records. Rows are taken apart batch by
batch, so that no list outgrows what Arrow can address.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from converters.ahead import in_turn
from converters.blank import blank
from converters.changes import ROW, Changes, kept
from converters.errors import InputError, nearest, quote
from converters.labels import number_lists
from converters.piles import pieces

#: Under which names records keep their text, the most telling first.
TEXT_FIELDS = (
    *("text", "passage_text", "passage", "contents", "content", "body", "document", "doc", "answer", "answer_text"),
    *("snippet", "paragraph", "sentence"),
)
TITLE_FIELD = "title"

_QUESTION_FIELDS = ("question", "query", "text")
_ANSWER_FIELDS = ("answers", "answer", "detected_answers")
_IDENTIFIERS = ("id", "_id", "docid", "doc_id", "pid", "passage_id", "url", "source", "language", "lang")

_QUERY_ROLES = ("query", "anchor", "sentence_a")
_DOCUMENT_ROLES = ("positive", "document", "sentence_b")


def grouped(table: pa.Table, roles: Mapping[str, str]) -> tuple[pa.Table, Changes]:
    """Queries with lists of positives and negatives, whatever they are nested in.

    Empty texts are left out of their list; rows without a query, or with nothing beside it, are left out. One of the
    lists may be empty: a query may have its positives in another row.

    Raises:
        InputError: the roles do not make up the layout, or a column holds no texts.
    """
    query = _one(table, roles, _QUERY_ROLES, "query")
    positive = _one(table, roles, _DOCUMENT_ROLES, "positive")
    negative = _one(table, roles, ("negative",), "negative")
    scores = _scores(table, roles, positive, negative)
    numbers = [ROW] if ROW in table.column_names else []
    used = [query, positive, negative, *dict.fromkeys(scores), *numbers]
    names = ["query", "positives", "negatives", *(("positive_scores", "negative_scores") if scores else ())]
    changes = Changes(
        renamed={old: new for old, new in zip((query, positive, negative), names, strict=False) if old != new},
        dropped_columns=[name for name in table.column_names if name not in used],
    )
    schema = pa.schema(
        [("query", pa.string()), ("positives", _TEXTS), ("negatives", _TEXTS)]
        + [(name, pa.list_(pa.float64())) for name in names[3:]]
        + [(name, pa.int64()) for name in numbers]
    )

    def apart(batch: pa.RecordBatch, own: Changes) -> pa.Table:
        return _grouped(batch, query, positive, negative, scores, own)

    return _taken_apart(table.select(used), apart, schema, changes), changes


def unmatched_scores(table: pa.Table, roles: Mapping[str, str]) -> NDArray[np.bool_] | None:
    """The rows of groups that are left out for their scores: there are more or fewer than texts, or one is no number.

    Returns:
        For each row whether it is one: (rows,); None where the groups have no scores.

    Raises:
        InputError: the roles do not make up the layout, or a column cannot be read.
    """
    positive, negative = (_one(table, roles, of, of[0]) for of in (_DOCUMENT_ROLES, ("negative",)))
    if not (scores := _scores(table, roles, positive, negative)):
        return None
    used = table.select(list(dict.fromkeys((positive, negative, *scores))))
    found = list(in_turn(lambda batch: ~_matched(batch, positive, negative, scores), _batches(used)))
    return np.concatenate(found) if found else np.zeros(0, dtype=bool)


def question_answering(table: pa.Table, roles: Mapping[str, str]) -> tuple[pa.Table, Changes]:
    """Questions with the context that answers them, each question a row of its own.

    Questions without an answer in their context are left out, where the data tells.

    Raises:
        InputError: the roles do not make up the layout, or a column holds no texts.
    """
    context = _one(table, roles, _DOCUMENT_ROLES, "document")
    asked = [name for name, role in roles.items() if role in _QUERY_ROLES and name in table.column_names]
    others = [name for name, role in roles.items() if role == "label" and name in table.column_names]
    question = _one(table, roles, _QUERY_ROLES, "query") if asked else None
    if question is None and len(others) != 1:
        raise InputError("layout qa wants a column with the role query, or one with nested questions as the label")
    numbers = [ROW] if ROW in table.column_names else []
    used = [context, question or others[0], *(others if question else []), *numbers]
    changes = Changes(dropped_columns=[name for name in table.column_names if name not in used])
    changes.renamed = {
        old: new for old, new in ((question, "question"), (context, "context")) if old is not None and old != new
    }
    schema = pa.schema([("question", pa.string()), ("context", pa.string()), *((name, pa.int64()) for name in numbers)])

    def apart(batch: pa.RecordBatch, own: Changes) -> pa.Table:
        return _questions(batch, context, question, others, own)

    return _taken_apart(table.select(list(dict.fromkeys(used))), apart, schema, changes), changes


def _taken_apart(
    table: pa.Table, apart: Callable[[pa.RecordBatch, Changes], pa.Table], schema: pa.Schema, changes: Changes
) -> pa.Table:
    """What is made of a table batch by batch, several at once; what each of them loses is counted."""

    def one(batch: pa.RecordBatch) -> tuple[pa.Table, Changes]:
        own = Changes()
        return apart(batch, own), own

    tables = [schema.empty_table()]
    for made, own in in_turn(one, _batches(table)):
        tables.append(made.cast(schema))
        changes.count(own)
    return pa.concat_tables(tables)


def _batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows in batches of a size to work on."""
    for piece in pieces(table.to_batches(), table.schema):
        yield from piece.combine_chunks().to_batches()


#: How each layout gets its canonical shape; other formats and layouts are flat, and only renamed.
LAYOUTS: dict[str, Callable[[pa.Table, Mapping[str, str]], tuple[pa.Table, Changes]]] = {
    "grouped": grouped,
    "qa": question_answering,
}


# -- groups ----------------------------------------------------------------------------------------------------------

_TEXTS = pa.list_(pa.string())


def _grouped(
    batch: pa.RecordBatch, query: str, positive: str, negative: str, scores: tuple[str, ...], changes: Changes
) -> pa.Table:
    if scores:
        matched = pa.array(_matched(batch, positive, negative, scores))
        batch = kept(pa.table(batch), matched, "scores that do not match the texts", changes).combine_chunks()
    queries = texts_of(_array(batch, query), query)
    columns = {"query": queries}
    sides = {"positive": _members(_array(batch, positive), positive)}
    sides["negative"] = _members(_array(batch, negative), negative)
    if scores:
        numbers = _side_scores(batch, sides["positive"][0], scores)
    for side, (owners, texts) in sides.items():
        filled = pc.invert(blank(texts)).to_numpy(zero_copy_only=False)
        columns[f"{side}s"] = _listed(owners[filled], texts.filter(pa.array(filled)), batch.num_rows)
        if scores:
            columns[f"{side}_scores"] = _listed(owners[filled], pa.array(numbers[side][filled]), batch.num_rows)
    if ROW in batch.schema.names:
        columns[ROW] = _array(batch, ROW)
    names = ("query", "positives", "negatives", "positive_scores", "negative_scores", ROW)
    order = [name for name in names if name in columns]
    table = pa.table({name: columns[name] for name in order})
    table = kept(table, pc.invert(blank(queries)), "empty text", changes)
    texts = pc.add(pc.list_value_length(table["positives"]), pc.list_value_length(table["negatives"]))
    return kept(table, pc.greater(texts, 0), "no text beside the query", changes)


def _matched(batch: pa.RecordBatch, positive: str, negative: str, scores: tuple[str, ...]) -> NDArray[np.bool_]:
    """The rows in which every text has a score, and every score a text."""
    rows = batch.num_rows
    first, second = (
        np.bincount(_members(_array(batch, name), name)[0], minlength=rows) for name in (positive, negative)
    )
    wanted = (first + second,) if len(scores) == 1 else (first, second)
    matched = np.ones(rows, dtype=bool)
    for name, sizes in zip(scores, wanted, strict=True):
        owners, numbers = _numbers(batch, name)
        strange = np.bincount(owners[~np.isfinite(numbers)], minlength=rows) > 0
        matched &= (np.bincount(owners, minlength=rows) == sizes) & ~strange
    return matched


def _side_scores(
    batch: pa.Table, positives: NDArray[np.int64], scores: tuple[str, ...]
) -> dict[str, NDArray[np.float64]]:
    """The scores of the positives and of the negatives. In a column of both, those of the positives come first."""
    if len(scores) == 2:
        return {side: _numbers(batch, name)[1] for side, name in zip(("positive", "negative"), scores, strict=True)}
    owners, numbers = _numbers(batch, scores[0])
    sizes = np.bincount(owners, minlength=batch.num_rows)
    place = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    first = place < np.bincount(positives, minlength=batch.num_rows)[owners]
    return {"positive": numbers[first], "negative": numbers[~first]}


def _numbers(batch: pa.RecordBatch | pa.Table, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The numbers of every row's list, one after the other, and the row of each."""
    lists = number_lists(pa.chunked_array([_array(batch, name)]), name).combine_chunks()
    numbers = pc.cast(pc.list_flatten(lists), pa.float64())
    return _parents(lists), numbers.to_numpy(zero_copy_only=False)


def _array(batch: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
    column = batch.column(name)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _scores(table: pa.Table, roles: Mapping[str, str], positive: str, negative: str) -> tuple[str, ...]:
    """The columns with the scores of positives and of negatives, or the one with both; none where they are not told."""
    labels = [name for name, role in roles.items() if role == "label" and name in table.column_names]
    if len(labels) == 1:
        return (labels[0],) if _is_list(table.schema.field(labels[0]).type) else ()
    if len(labels) != 2:
        return ()
    first, second = labels
    if not all(_is_list(table.schema.field(name).type) for name in labels):
        return ()
    if "neg" in first.lower() or "pos" in second.lower():
        return second, first
    return first, second


# -- questions -------------------------------------------------------------------------------------------------------


def _questions(
    batch: pa.RecordBatch, context: str, question: str | None, others: list[str], changes: Changes
) -> pa.Table:
    contexts = texts_of(batch.column(context), context)
    rows = batch.column(ROW) if ROW in batch.schema.names else None
    if question is not None:
        questions = texts_of(batch.column(question), question)
        masks = [answered(batch.column(name)) for name in others]
    else:
        nested = batch.column(others[0])
        if not _is_list(nested.type):
            raise InputError(f"column {quote(others[0])} holds {nested.type}, not lists of questions")
        parents = pa.array(_parents(nested))
        contexts, asked = contexts.take(parents), pc.list_flatten(nested)
        rows = None if rows is None else rows.take(parents)
        questions, masks = _asked(asked, others[0])
        changes.apart = (changes.apart or 0) + len(questions)
    answers = pa.array(np.logical_and.reduce([np.ones(len(questions), dtype=bool), *masks]))
    table = pa.table({"question": questions, "context": contexts, "answered": answers})
    if rows is not None:
        table = table.append_column(ROW, rows)
    full = pc.invert(pc.or_(blank(table["question"]), blank(table["context"])))
    table = kept(table, full, "empty text", changes)
    return kept(table, table["answered"], "no answer", changes).drop_columns(["answered"])


def _asked(records: pa.Array, name: str) -> tuple[pa.Array, list[NDArray[np.bool_]]]:
    """The questions of records, and whether each has an answer."""
    if not pa.types.is_struct(records.type):
        return texts_of(records, name), []
    field = _field(records.type, _QUESTION_FIELDS)
    if field is None:
        raise InputError(f"column {quote(name)} holds {records.type}: no field of its records is called question")
    masks = []
    if (answer := _field(records.type, _ANSWER_FIELDS)) is not None:
        masks.append(answered(pc.struct_field(records, [answer])))
    if (impossible := _field(records.type, ("is_impossible",))) is not None:
        masks.append(~pc.fill_null(pc.struct_field(records, [impossible]), False).to_numpy(zero_copy_only=False))
    return texts_of(pc.struct_field(records, [field]), name), masks


def answered(values: pa.Array) -> NDArray[np.bool_]:
    """Where there is an answer: a text that is not blank, a list that is not empty, a record with such in it."""
    if _is_list(values.type):
        found = pc.greater(pc.list_value_length(values), 0)
    elif pa.types.is_struct(values.type):
        field = _field(values.type, ("text", *_ANSWER_FIELDS))
        if field is not None:
            return answered(pc.struct_field(values, [field]))
        found = pc.is_valid(values)
    elif pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        found = pc.invert(blank(values))
    else:
        found = pc.is_valid(values)
    mask: NDArray[np.bool_] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return mask


# -- texts out of whatever holds them --------------------------------------------------------------------------------


def texts_of(values: pa.Array, name: str) -> pa.Array:
    """One text for each value: a text itself, or the title and text of a record; null where there is none.

    Raises:
        InputError: the values hold no texts.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_struct(kind):
        field = _text_field(kind, name)
        texts = texts_of(pc.struct_field(values, [field]), name)
        title = _field(kind, (TITLE_FIELD,))
        if title is None or title == field:
            return texts
        return _entitled(texts_of(pc.struct_field(values, [title]), name), texts)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise InputError(f"column {quote(name)} holds {kind}, not texts")
    return pc.cast(values, pa.string())


def _members(values: pa.Array, name: str) -> tuple[NDArray[np.int64], pa.Array]:
    """The texts of every row's list, one after the other, and the row of each. A text alone is a list of one."""
    if _is_list(values.type):
        return _parents(values), texts_of(pc.list_flatten(values), name)
    if pa.types.is_struct(values.type):
        field = _text_field(values.type, name)
        inner = pc.struct_field(values, [field])
        if _is_list(inner.type):  # a record of lists, as `datasets` keeps a list of records
            texts = texts_of(pc.list_flatten(inner), name)
            title = _field(values.type, (TITLE_FIELD,))
            titles = pc.struct_field(values, [title]) if title is not None else None
            if titles is not None and _is_list(titles.type):
                flat = texts_of(pc.list_flatten(titles), name)
                texts = _entitled(flat, texts) if len(flat) == len(texts) else texts
            return _parents(inner), texts
    texts = texts_of(values, name)
    there = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    return np.flatnonzero(there).astype(np.int64), texts.filter(pa.array(there))


def lists_of_texts(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """For each row the texts of several columns, one column after the other, whatever they are nested in.

    Raises:
        InputError: a column holds no texts.
    """
    parts = [_members(table[name].combine_chunks(), name) for name in names]
    owners = np.concatenate([owners for owners, _ in parts])
    order = np.argsort(owners, kind="stable")
    texts = pa.concat_arrays([texts for _, texts in parts]).take(pa.array(order))
    return _listed(owners[order], texts, table.num_rows)


def _entitled(titles: pa.Array, texts: pa.Array) -> pa.Array:
    """Texts after their titles, where they have one."""
    heads = pc.utf8_trim_whitespace(pc.fill_null(titles, ""))
    return pc.if_else(pc.equal(heads, ""), texts, pc.binary_join_element_wise(heads, texts, " "))


def _text_field(kind: pa.DataType, name: str) -> str:
    """The field of a record that holds its text.

    Raises:
        InputError: it cannot be told.
    """
    known: str | None = _field(kind, TEXT_FIELDS)
    if known is not None:
        return known
    fields: Iterable[pa.Field] = [kind.field(i) for i in range(kind.num_fields)]
    texts: list[str] = [
        each.name for each in fields if _holds_text(each.type) and each.name.lower() not in _IDENTIFIERS
    ]
    texts = [each for each in texts if each.lower() != TITLE_FIELD] or texts
    if len(texts) != 1:
        raise InputError(
            f"column {quote(name)} holds {kind}: rename the field with the text to text, so that it can be told"
        )
    return texts[0]


def _field(kind: pa.DataType, wanted: tuple[str, ...]) -> str | None:
    """The first field of a record that has one of the names, in whatever case."""
    own = {kind.field(i).name.lower(): kind.field(i).name for i in reversed(range(kind.num_fields))}
    return next((own[name] for name in wanted if name in own), None)


def _holds_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if _is_list(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _parents(lists: pa.Array) -> NDArray[np.int64]:
    """The row of each element."""
    rows: NDArray[np.int64] = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def _listed(owners: NDArray[np.int64], values: pa.Array, rows: int) -> pa.Array:
    """Puts values back into the lists of their rows."""
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=rows))))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _one(table: pa.Table, roles: Mapping[str, str], wanted: tuple[str, ...], word: str) -> str:
    """The one column with a role, or with the same role in another word.

    Raises:
        InputError: there is none or several, or it is not in the table.
    """
    found = [name for name, role in roles.items() if role in wanted]
    if len(found) != 1:
        raise InputError(
            f"one column has to have the role {word}, but {len(found)} do: say what the columns are with NAME=ROLE"
        )
    if found[0] not in table.column_names:
        raise InputError(f"there is no column {quote(found[0])}: {nearest(found[0], table.column_names)}")
    return found[0]
