"""What can be wrong with a collection: ids that lead nowhere, or to more than one place."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advisor.findings.registry import Case, Found, check, count, examples
from advisor.findings.values import label_numbers, whole_sample
from converters.alike import texts_alike
from converters.errors import quote

#: What the columns of judgements point to.
_FILES = {"corpus-id": "corpus", "query-id": "queries"}


@check(
    "REF001",
    "warning",
    "Judgements name documents or queries that are not there",
    why="Such a judgement says nothing: there is no text to train on. Many of them mean that the corpus and the "
    "judgements belong to different versions of a collection.",
    mend="Converting leaves them out; check that corpus, queries and judgements belong together.",
    scope="row",
)
def _dangling(case: Case) -> Iterator[Found]:
    for column, known in case.known_ids.items():
        missing = pc.invert(pc.is_in(case.text(column), value_set=known))
        if rows := count(missing):
            shown = examples(case.table[column], missing)
            yield Found(f"{{rows}} judgements have a {quote(column)} that is not there", rows, None, shown)


@check(
    "REF002",
    "warning",
    "Documents or queries share an id",
    why="A judgement names a text by its id. Where two texts have it, the first one is trained on, whichever was "
    "judged.",
    mend="Give each text an id of its own, or leave out the copies.",
)
def _shared_ids(case: Case) -> Iterator[Found]:
    for column, known in case.known_ids.items():
        counts = pc.value_counts(known.drop_null())
        several = counts.filter(pc.greater(counts.field("counts"), 1))
        if len(several):
            rows = int(pc.sum(several.field("counts")).as_py()) - len(several)
            message = f"{{rows}} entries of the {_FILES.get(column, column)} have the id of an earlier one"
            yield Found(message, rows, None, examples(several.field("values")))


@check(
    "REF003",
    "error",
    "Rows hold ids of texts that are elsewhere",
    why="A loss needs texts. Ids of queries and documents mean nothing without the files that they point into.",
    mend="Put the judgements into a folder with the texts that they name, in the layout of BEIR: `corpus.jsonl` and "
    "`queries.jsonl` with `_id` and `text`, and `qrels/train.tsv`. Then name the folder instead of the file.",
)
def _texts_elsewhere(case: Case) -> Iterator[Found]:
    if case.reading.format == "collection" and not case.known_ids:
        ids = [name for name in case.reading.columns("query", "document", "id", "label") if name != case.reading.label]
        shown = " and ".join(quote(name) for name in ids[:2]) or "the columns"
        message = f"{shown} are ids: the texts that they name are in files of their own, corpus.jsonl and queries.jsonl"
        yield Found(message, None, "put corpus.jsonl, queries.jsonl and qrels/train.tsv into one folder, and name it")


@check(
    "REF004",
    "warning",
    "Judged queries have no relevant document",
    why="Without a positive there is nothing to pull towards the query: pairs, triplets and lists leave it out, and in "
    "an evaluation it counts as a failure whatever the model finds.",
    mend="Converting leaves these queries out, unless single pairs with labels or scores are made, where documents "
    "that are not relevant say something by themselves; in an evaluation leave them out yourself.",
    scope="anchor",
)
def _without_positive(case: Case) -> Iterator[Found]:
    if case.reading.format != "collection" or not case.known_ids or not whole_sample(case):
        return
    grades = label_numbers(case)
    if grades is None or "query-id" not in case.table.column_names:
        return
    queries = texts_alike(case.table["query-id"])
    positive = np.isin(queries, queries[(grades > 0) & (queries >= 0)])
    lacking = ~positive & (queries >= 0)
    if not positive.all() and lacking.any() and positive.any():
        shown = examples(pc.unique(case.text("query-id").filter(pa.array(lacking)).combine_chunks()))
        yield Found("{rows} judgements are of queries without a relevant document", int(lacking.sum()), None, shown)
