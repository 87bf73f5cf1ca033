"""Conversions that mine hard negatives: among the positives of other anchors, or in the corpus of a collection."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from converters.changes import Rejected
from converters.conversions.collected import relevant_rows, undecided_rows
from converters.conversions.judged import checked_width
from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import DEPTH, Options
from converters.conversions.texts import held
from converters.errors import InputError, NoRowsError

if TYPE_CHECKING:
    from converters.mining.mined import Mined
    from converters.rejects import Reject

_TARGETS = ("triplet", "n-tuple", "labeled-pair", "labeled-list")


def _at_most(material: Material, target: str, options: Options) -> int:
    """The rows that come out if every anchor gets all the negatives that were asked for."""
    table = relevant_rows(material.table, options) if material.table.num_columns == 3 else material.table
    columns = table.column_names[:2]
    pairs = int(table.group_by(columns).aggregate([]).num_rows)
    anchors = int(table.group_by(columns[:1]).aggregate([]).num_rows)
    wanted = options.mining.selection.num_negatives
    if target == "labeled-list":
        return anchors
    if target == "labeled-pair":
        return pairs + anchors * wanted
    return pairs * wanted if target == "triplet" else pairs


@conversion(
    "pair",
    *_TARGETS,
    mines=True,
    summary="mines hard negatives among the positives of other anchors",
    counts=_at_most,
)
def _mine_pairs(material: Material, target: str, options: Options) -> Made:
    from converters.mining.columns import open_corpus

    table = material.table
    corpus = None if options.mining.corpus is None else open_corpus(options.mining.corpus)
    return _mined(table["anchor"], table["positive"], None, corpus, target, options)


@conversion("collection", *_TARGETS, mines=True, summary="mines hard negatives in the corpus", counts=_at_most)
def _mine_collection(material: Material, target: str, options: Options) -> Made:
    if options.mining.corpus is not None:
        raise InputError("a collection has a corpus of its own: leave out corpus (--corpus)")
    table = relevant_rows(material.table, options)
    if not table.num_rows:
        raise NoRowsError(f"none of {material.table.num_rows:,} judgements calls a document relevant")
    neither = undecided_rows(material.table, options)
    barred = None if neither is None else (held(neither["query"]), held(neither["document"]))
    return _mined(table["query"], table["document"], table["grade"], material.corpus, target, options, barred)


def _mined(
    anchors: pa.ChunkedArray,
    positives: pa.ChunkedArray,
    grades: pa.ChunkedArray | None,
    corpus: Any,
    target: str,
    options: Options,
    exclude: tuple[pa.ChunkedArray, pa.ChunkedArray] | None = None,
) -> Made:
    from converters.mining import assemble, check_report, kept_rows, mine, write_report
    from converters.mining.ranker import rankers_of
    from converters.mining.texts import as_chunks, as_texts

    mining = options.mining
    if mining.include_positives and target != "n-tuple":
        raise InputError(
            f"include_positives gives a ranking with the positives in it, which is a format of n-tuples, not {target}: "
            "ask for n-tuple, or leave it out"
        )
    selection = mining.selection
    if target == "n-tuple":
        checked_width(selection.num_negatives)
    if mining.report is not None:
        check_report(mining.report)
    if selection.range_max is None:
        depth = max(DEPTH, 10 * selection.num_negatives)
        selection = replace(selection, range_max=selection.range_min + depth)
    texts = None if corpus is None else as_chunks(corpus, "corpus")
    anchors, positives = as_texts(anchors, "anchors"), as_texts(positives, "positives")
    all_given = mining.query_embeddings is not None and mining.corpus_embeddings is not None
    encoder, cross_encoder = rankers_of(
        None if all_given else mining.model,
        anchors,
        positives,
        texts,
        cross_encoder=mining.cross_encoder,
        query_embeddings=mining.query_embeddings,
        corpus_embeddings=mining.corpus_embeddings,
        processes=mining.use_multi_process,
        device=mining.device,
        batch_size=mining.batch_size,
        query_prompt=mining.query_prompt,
        query_prompt_name=mining.query_prompt_name,
        corpus_prompt=mining.corpus_prompt,
        corpus_prompt_name=mining.corpus_prompt_name,
    )
    with mining.workspace() as workspace:
        mined = mine(
            anchors,
            positives,
            model=encoder,
            corpus=texts,
            grades=grades,
            exclude=exclude,
            selection=selection,
            cross_encoder=cross_encoder,
            include_positives=mining.include_positives,
            batch_size=mining.batch_size,
            workspace=workspace,
            index=mining.index,
            min_recall=mining.min_recall,
            search_minutes=mining.search_minutes,
            use_multi_process=mining.use_multi_process if cross_encoder is not None else False,
            truncate_dim=mining.truncate_dim,
            vectors_as=mining.vectors_as,
        )
        if workspace is None:
            table = assemble(mined, target, grouped=True, output_scores=mining.output_scores)
        else:
            table, _ = kept_rows(workspace, mined, target, grouped=True, output_scores=mining.output_scores)
        if options.reject is not None:
            _reject_without(mined, target, options.reject)
        if mining.report is not None:
            write_report(mined.summary, mining.report)
    return Made(table, {}, mined.summary)


def _reject_without(mined: "Mined", target: str, reject: "Reject") -> None:
    """Hands over the pairs that make no row of the target because their anchor found too few negatives."""
    if target == "labeled-pair":  # the positives are rows of their own
        return
    wanted = mined.negatives.shape[1] if target == "n-tuple" else 1
    found = mined.found.sum(axis=1)[mined.pairs.query_ids]
    for number in range(wanted):
        lost = pa.array(np.flatnonzero(found == number))
        if not len(lost):
            continue
        columns = {
            "anchor": mined.queries.take(pa.array(mined.pairs.query_ids).take(lost)),
            "positive": mined.documents.take(pa.array(mined.pairs.document_ids).take(lost)),
        }
        why = "no negative passed the filters" if not number else f"{number} of {wanted} negatives passed the filters"
        reject(Rejected(pa.table(columns), why))
