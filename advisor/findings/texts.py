"""What can be wrong with texts: those that are empty, and those that say nothing."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count
from advisor.findings.telling import FEW, told
from advisor.sampling import blank
from converters.alike import Mask
from converters.mends.texts import empty
from converters.wording.contentless import only_numbers, says_nothing

#: Share of texts of nothing but numbers from which they are worth a word: some answers are numbers.
NUMBERS = 0.01


@check(
    "TXT001",
    "warning",
    "Texts are missing or empty",
    why="An empty text has an embedding too, the same for all of them: as a positive it teaches nothing, as a "
    "negative it is too easy.",
    mend="Convert the data: rows with an empty text are dropped and counted. From lists of documents, `--fix TXT001` "
    "takes the empty ones out, with their labels.",
    scope="row",
)
def _empty_texts(case: Case) -> Iterator[Found]:
    plain = [name for name in case.plain_texts if not pa.types.is_nested(case.table.schema.field(name).type)]
    if plain:
        void = blank(case.text(plain[0]))
        for name in plain[1:]:
            void = pc.or_(void, blank(case.text(name)))
        if rows := count(void):
            yield Found("{rows} rows have an empty text", rows, case.convert)
    for passages in case.passages:
        if not set(passages.columns) & set(plain):
            mask = empty(passages.texts)
            if mask.any():
                says = f"{{rows}} rows have an empty text in the lists of {passages.name}"
                yield Found(says, passages.count(mask), case.mend("TXT001"))


@check(
    "TXT008",
    "warning",
    "Texts say nothing",
    why="A text such as 'n/a' or '-' stands for no text. As a positive it pulls everything to one point; as a negative "
    "it is too easy; and as it repeats, it is a false negative of its copies in a batch.",
    mend="Leave these rows out: `--fix TXT008` does where a text is nothing but a word for nothing, punctuation or a "
    "single letter. Texts of nothing but numbers stay: some are answers.",
    scope="row",
)
def _nothing_said(case: Case) -> Iterator[Found]:
    for passages in case.passages:
        nothing = says_nothing(passages.texts)
        says = f"{{rows}} rows have a text in {passages.name} that says nothing"
        yield from told(passages, nothing, says, case.mend("TXT008"))
        numbers: Mask = only_numbers(passages.texts) & ~nothing
        if np.count_nonzero(numbers) > max(FEW, NUMBERS * len(numbers)):
            yield from told(passages, numbers, f"{{rows}} rows have a text in {passages.name} of nothing but numbers")
