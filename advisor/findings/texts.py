"""What can be wrong with texts."""

from collections.abc import Iterator

import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count
from advisor.sampling import blank
from converters.errors import quote

#: Characters beyond which most encoder models cut a text off: about 512 tokens.
LONG = 2000


@check(
    "TXT001",
    "warning",
    "Texts are missing or empty",
    why="An empty text has an embedding too, the same for all of them: as a positive it teaches nothing, as a "
    "negative it is too easy.",
    mend="Convert the data: rows with an empty text are dropped and counted.",
    scope="row",
)
def _empty_texts(case: Case) -> Iterator[Found]:
    if case.plain_texts:
        empty = blank(case.text(case.plain_texts[0]))
        for name in case.plain_texts[1:]:
            empty = pc.or_(empty, blank(case.text(name)))
        if rows := count(empty):
            yield Found("{rows} rows have an empty text", rows, case.convert)


@check(
    "TXT002",
    "info",
    "Some texts are longer than most models read",
    why="Most encoders read 256 or 512 tokens and cut the rest off without a word; what makes the document relevant "
    "may stand in the part that is never read.",
    mend="Split long documents into passages, or choose a model that reads longer texts.",
    scope="row",
)
def _long_texts(case: Case) -> Iterator[Found]:
    for name in case.plain_texts:
        if case.profile.columns[name].longest > LONG:
            rows = count(pc.greater(pc.utf8_length(case.text(name)), LONG))
            yield Found(f"{{rows}} texts in {quote(name)} have more than {LONG:,} characters (about 512 tokens)", rows)
