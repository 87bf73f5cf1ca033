"""What can be wrong with a set of rows as a whole, or with sets beside one another."""

from collections.abc import Iterator

import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count
from converters.errors import quote


@check(
    "SET001",
    "warning",
    "There are few rows",
    why="A held-out part of so few rows measures chance, and a handful of batches an epoch moves a model little.",
    mend="Collect more, or mine: several negatives a row make several rows.",
)
def _few_rows(case: Case) -> Iterator[Found]:
    if case.rows < 100:
        yield Found("only {rows} rows: what is held out for evaluation will say little", case.rows)


@check(
    "REF001",
    "warning",
    "Judgements name documents or queries that are not there",
    why="Such a judgement says nothing: there is no text to train on. Many of them mean that the corpus and the "
    "judgements belong to different versions of a collection.",
    mend="Converting leaves them out; check that corpus, queries and judgements belong together.",
)
def _dangling(case: Case) -> Iterator[Found]:
    for column, known in case.known_ids.items():
        if rows := count(pc.invert(pc.is_in(case.table[column], value_set=known))):
            yield Found(f"{{rows}} judgements have a {quote(column)} that is not there", rows)
