"""Texts that are nearly the same: rows beside one another, and the two sides of a pair."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, examples
from advisor.findings.telling import matters
from converters.alike import Mask, is_list
from converters.errors import quote
from converters.mends.texts import JUDGED, PAIRED, near_positives, near_repeats, nearly_same


@check(
    "TXT009",
    "warning",
    "Rows nearly repeat",
    why="Texts that differ in case, punctuation or a few words count twice in training, are false negatives of one "
    "another in a batch, and let the evaluation measure memory where one of them is held out.",
    mend="Leave them out: `--fix TXT009` keeps the first row of each. Compared are texts in lower case without "
    "punctuation; long texts are nearly the same if they share nine in ten of their phrases of three words.",
)
def _near_rows(case: Case) -> Iterator[Found]:
    names = tuple(name for name in case.texts if _holds_texts(case.table.schema.field(name).type))
    if names and len(names) == len(case.texts):
        mask = near_repeats(case.table, names, case.reading.label)
        yield from _told(case, mask, names[0], "{rows} rows nearly repeat an earlier one", "TXT009")


@check(
    "TXT010",
    "warning",
    "A negative is nearly its positive",
    why="The loss pulls a text to the anchor and pushes its near copy away: the two cancel out, or the model learns to "
    "look at punctuation.",
    mend="Leave these rows out: `--fix TXT010`. Or mine negatives anew, with a margin to the positive.",
    scope="row",
)
def _near_negative(case: Case) -> Iterator[Found]:
    positives, negatives = case.reading.columns("positive"), case.reading.columns("negative")
    if case.reading.format in JUDGED and positives:
        for name in negatives:
            mask = nearly_same(case.table[positives[0]], case.table[name])
            says = f"in {{rows}} rows {quote(name)} is nearly the same text as {quote(positives[0])}"
            yield from _told(case, mask, name, says, "TXT010")
    elif case.reading.format == "labeled-list" and case.reading.label is not None:
        yield from _in_lists(case, case.texts[1], case.reading.label)


@check(
    "TXT011",
    "info",
    "Anchor and positive are nearly the same text",
    why="Texts that differ in case or punctuation have nearly the same embedding before training begins: there is "
    "nothing to learn from such a pair.",
    mend="Leave these rows out: `--fix TXT011`.",
    scope="row",
)
def _near_pair(case: Case) -> Iterator[Found]:
    if case.reading.format in PAIRED and len(case.texts) > 1:
        first, second = case.texts[:2]
        mask = nearly_same(case.table[first], case.table[second])
        says = f"in {{rows}} rows {quote(first)} and {quote(second)} are nearly the same text"
        yield from _told(case, mask, first, says, "TXT011")


def _in_lists(case: Case, name: str, label: str) -> Iterator[Found]:
    documents = case.table[name]
    if is_list(documents.type) and pa.types.is_string(documents.type.value_type):
        found = near_positives(documents, case.table[label])
        if found is not None and found.any():
            rows = np.unique(case.alike.lists[name].rows[found])
            if matters(len(rows), case.table.num_rows):
                says = f"in {{rows}} rows a negative in {quote(name)} is nearly the same text as a positive there"
                yield Found(says, len(rows), case.mend("TXT010"), examples(pc.list_flatten(documents), pa.array(found)))


def _told(case: Case, mask: Mask, name: str, says: str, code: str) -> Iterator[Found]:
    rows = int(mask.sum())
    if rows and matters(rows, len(mask)):
        column = case.table[name]
        shown = () if is_list(column.type) else examples(column, pa.array(mask))
        yield Found(says, rows, case.mend(code), shown)


def _holds_texts(kind: pa.DataType) -> bool:
    own = kind.value_type if is_list(kind) else kind
    return bool(pa.types.is_string(own) or pa.types.is_large_string(own))
