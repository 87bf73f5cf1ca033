"""Conversions that mine hard negatives, and collections, which are what mining is made for."""

from dataclasses import replace
from typing import Any

import pyarrow as pa

from converters.conversions.registry import Made, Material, conversion
from converters.conversions.settings import DEPTH, Mining, Options

_TARGETS = ("triplet", "n-tuple", "labeled-pair", "labeled-list")


def _at_most(material: Material, target: str, options: Options) -> int:
    """The rows that come out if every anchor gets all the negatives that were asked for."""
    columns = material.table.column_names[:2]
    pairs = int(material.table.group_by(columns).aggregate([]).num_rows)
    anchors = int(material.table.group_by(columns[:1]).aggregate([]).num_rows)
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
    table = material.table
    return _mined(table["anchor"], table["positive"], None, None, target, options.mining)


@conversion("collection", *_TARGETS, mines=True, summary="mines hard negatives in the corpus", counts=_at_most)
def _mine_collection(material: Material, target: str, options: Options) -> Made:
    table = material.table
    return _mined(table["query"], table["document"], table["grade"], material.corpus, target, options.mining)


@conversion(
    "collection", "pair", summary="pairs each query with its relevant documents", loses="the rest of the corpus"
)
def _pair_collection(material: Material, target: str, options: Options) -> Made:
    table = material.table
    return Made(pa.table({"anchor": table["query"], "positive": table["document"]}))


def _mined(
    anchors: pa.ChunkedArray,
    positives: pa.ChunkedArray,
    grades: pa.ChunkedArray | None,
    corpus: pa.ChunkedArray | None,
    target: str,
    mining: Mining,
) -> Made:
    from converters.mining import assemble, kept_rows, mine

    selection = mining.selection
    if selection.range_max is None:
        depth = max(DEPTH, 10 * selection.num_negatives)
        selection = replace(selection, range_max=selection.range_min + depth)
    encoder = mining.model
    if mining.query_embeddings is not None or mining.corpus_embeddings is not None:
        encoder = _with_embeddings(anchors, positives, corpus, mining)
    with mining.workspace() as workspace:
        mined = mine(
            anchors,
            positives,
            model=encoder,
            corpus=corpus,
            grades=grades,
            selection=selection,
            batch_size=mining.batch_size,
            workspace=workspace,
            index=mining.index,
            min_recall=mining.min_recall,
        )
        if workspace is None:
            table = assemble(mined, target, grouped=True, output_scores=mining.output_scores)
        else:
            table, _ = kept_rows(workspace, mined, target, grouped=True, output_scores=mining.output_scores)
    return Made(table, {}, mined.summary)


def _with_embeddings(
    anchors: pa.ChunkedArray, positives: pa.ChunkedArray, corpus: pa.ChunkedArray | None, mining: Mining
) -> Any:
    """The embeddings that are given, and the model for what is not."""
    from converters.embedding import resolve_encoder
    from converters.embedding.given import with_embeddings
    from converters.mining.texts import as_texts

    given = (mining.query_embeddings, mining.corpus_embeddings)
    model = None
    if any(each is None for each in given):
        model = resolve_encoder(mining.model, batch_size=mining.batch_size)
    texts = None if corpus is None else as_texts(corpus, "corpus")
    return with_embeddings(model, as_texts(anchors, "anchors"), as_texts(positives, "positives"), texts, *given)
