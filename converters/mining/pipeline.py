"""The core: from anchors, positives and a corpus to mined negatives, stage by stage."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import Blended, resolve_model
from converters.embedding.lsa import LsaEncoder
from converters.embedding.processes import Processes
from converters.embedding.protocol import Encoder
from converters.errors import InputError
from converters.mining.exclusions import Exclusions, exclusions_of
from converters.mining.indexed import check_search, describe, key_of, report_of, searcher_of
from converters.mining.large import Rows, distinct, gathered, is_large
from converters.mining.mined import Mined
from converters.mining.rankings import rankings_of
from converters.mining.rescored import rescored
from converters.mining.rescoring import check_cross_encoder
from converters.mining.retrievers import VectorsAs, check_vectors_as, prepare, rank_blocks
from converters.mining.search import SEARCH_MINUTES, Ranking, faiss_flat, numpy_flat, plan_blocks
from converters.mining.selection import Selection, choose, filter_scores, positive_to_beat, take_range
from converters.mining.summary import summarise
from converters.mining.texts import Ids, Pairs, as_chunks, as_texts, is_blank, number, pairs_of
from converters.mining.veto import Veto
from converters.mining.witnesses import WINDOW, Witnesses
from converters.mining.workspace import Workspace
from converters.progress import track


def mine(
    anchors: Any,
    positives: Any,
    *,
    model: Any = "lsa",
    corpus: Any = None,
    grades: Any = None,
    exclude: tuple[Any, Any] | None = None,
    selection: Selection | None = None,
    cross_encoder: Any = None,
    include_positives: bool = False,
    batch_size: int = 32,
    block_size: int = 16384,
    use_faiss: bool = True,
    index: str = "auto",
    min_recall: float = 0.95,
    search_minutes: float = SEARCH_MINUTES,
    workspace: Workspace | None = None,
    use_multi_process: bool | Sequence[str] = False,
    truncate_dim: int | None = None,
    vectors_as: VectorsAs = "float32",
) -> Mined:
    """Mines negatives for anchors.

    Repeated anchors are one query with several positives. A positive of a query is never mined for it, nor is the
    query's own text: not the row, nor any document of the same text, where texts that differ only in case, white
    space and Unicode composition count as the same. Of documents that are the same in this sense, the first one alone
    is a candidate.

    Texts are lists of strings, Arrow arrays (dictionaries too), numpy arrays or pandas Series; null and blank ones
    are dropped and counted.

    Args:
        anchors: n texts.
        positives: n texts: the i-th belongs to the i-th anchor.
        model: what ranks documents; see `converters.embedding.resolve_model`.
        corpus: texts to mine from, besides the positives. By default, the positives alone.
        grades: how relevant each positive is, (n,); by default 1. What has a grade of 0 or less is no positive: it
            goes to the corpus and may be mined.
        exclude: texts of anchors, and for each of them a document that must not be mined for it.
        selection: which candidates become negatives.
        cross_encoder: scores pairs and candidates anew: its `predict` takes a list of (query, document). Ranges still
            count ranks of the search; filters, sampling and output see the new scores.
        include_positives: let the known positives be candidates like any other document.
        batch_size: texts, or pairs of texts, that a neural model takes at a time.
        block_size: the most queries that are searched for at a time; changes memory, never results.
        use_faiss: search with faiss, else with numpy; the results are the same.
        index: "flat" searches exactly; "ivf", "hnsw" or a factory string of faiss in an index that finds almost all;
            "auto" chooses from the numbers of queries, documents and dimensions, and is exact as long as it is quick.
        min_recall: which share of the true documents an index has to find, measured on a sample of the queries.
        search_minutes: how long an exact search may take, by estimate, before "auto" takes an index.
        workspace: where the stages keep what they have made: vectors, rankings and scores of a cross-encoder. A run
            that was stopped goes on there and ends with the same result; one with other filters finds the vectors
            and the rankings. None to keep all of it in memory.
        use_multi_process: run models of sentence-transformers in several processes: on all GPUs, or four on the CPU;
            or on a list of devices.
        truncate_dim: how many numbers of each vector to use, the first ones, for models that are trained for it
            (arXiv 2205.13147); None for all.
        vectors_as: how vectors are kept: "float16" takes half the room of "float32", for scores that are off by a few
            ten-thousandths.

    Raises:
        InputError: the arguments or the data do not allow it; nothing has been embedded yet in most cases.
    """
    selection = (selection or Selection()).complete(rescored=cross_encoder is not None)
    if isinstance(block_size, bool) or not isinstance(block_size, int) or block_size < 1:
        raise InputError(f"faiss_batch_size has to be a whole number of at least 1, not {block_size}")
    if include_positives and selection.veto is not None:
        raise InputError(
            "include_positives wants the positives ranked, and a veto leaves them out: choose one of the two"
        )
    if cross_encoder is not None:
        check_cross_encoder(cross_encoder)

    queries, documents, pairs, dropped = _read(anchors, positives, corpus, grades)
    given = len(documents)
    barred = [as_texts(each, "exclude") for each in exclude or ([], [])]
    if len(barred[0]) != len(barred[1]):
        raise InputError(f"exclude needs as many anchors as documents, not {len(barred[0])} and {len(barred[1])}")
    barred = [each.filter(pa.array(~(is_blank(barred[0]) | is_blank(barred[1])))) for each in barred]
    exclusions = exclusions_of(queries, documents, None if include_positives else pairs, barred[0], barred[1])
    documents, pairs, exclusions = _one_of_each(documents, pairs, exclusions, workspace)
    candidates = len(exclusions.document_keys)
    dropped["same_document"] = given - candidates
    excluded = exclusions.count()
    _check_size(candidates, excluded, selection)
    pa.default_memory_pool().release_unused()  # what reading has needed is not held beside the vectors

    ready = isinstance(model, Encoder | Bm25 | Blended)
    ranker = resolve_model(model, batch_size=batch_size, processes=False if ready else use_multi_process)
    check_vectors_as(ranker, vectors_as, truncate_dim)
    check_search(ranker, index, min_recall, candidates, truncate_dim=truncate_dim, use_faiss=use_faiss)
    retrieve = faiss_flat if use_faiss else numpy_flat
    prepared = prepare(
        ranker,
        queries,
        documents,
        candidates,
        workspace=workspace,
        retrieve=retrieve,
        truncate_dim=truncate_dim,
        dtype=vectors_as,
    )
    processes = None
    if use_multi_process and cross_encoder is not None:
        processes = Processes(cross_encoder, type(cross_encoder).__name__, use_multi_process)
    rescore = rescored(workspace, cross_encoder, queries, documents, batch_size, processes)
    if cross_encoder is None:
        pair_scores = prepared.retriever.scores_of(pairs.query_ids, pairs.document_ids[:, None])[:, 0]
    else:
        pair_scores = rescore(pairs.query_ids, pairs.document_ids)
    to_beat = positive_to_beat(pair_scores, pairs.offsets, selection.margin_from)

    negatives = np.full((len(queries), selection.num_negatives), -1, dtype=np.int64)
    scores = np.full(negatives.shape, np.nan, dtype=np.float32)
    skipped = dict.fromkeys(("known_positive", "excluded", "range_min"), 0)
    veto = None
    if selection.veto is not None:
        words = Bm25().fit(documents, queries, candidates)
        # What ranks without vectors is no witness of which documents are alike: the embedded encoder is.
        vectors = prepared.vectors or prepare(LsaEncoder(), queries, documents, candidates, workspace=workspace).vectors
        if vectors is not None:
            veto = Veto(*vectors, pairs, Witnesses(*vectors, pairs, words), selection)
    wanted = np.minimum(min(selection.depth, candidates) + excluded, candidates)

    searcher = searcher_of(
        prepared,
        candidates,
        wanted,
        workspace,
        index=index,
        min_recall=min_recall,
        seed=selection.seed,
        use_faiss=use_faiss,
        search_minutes=search_minutes,
    )

    def plan(needs: Ids) -> list[tuple[int, Ids]]:
        return plan_blocks(needs, candidates, block_size) if searcher is None else searcher.plan(needs, block_size)

    def rank(blocks: list[tuple[int, Ids]]) -> Iterator[Ranking]:
        return rank_blocks(prepared.retriever, wanted, blocks) if searcher is None else searcher.rank(blocks)

    rankings = rankings_of(
        workspace,
        key_of(prepared, searcher),
        wanted,
        plan,
        rank,
        exact=searcher is None or searcher.exact,
        describe=lambda: describe(searcher),
    )
    for block in track(rankings, "mining negatives", total=len(rankings)):
        known = exclusions.positive(block.query_ids, block.document_ids)
        other = exclusions.other(block.query_ids, block.document_ids) & ~known
        ids, found, seen, below = take_range(
            block.document_ids, block.scores, known | other, selection.range_min, selection.end
        )
        if cross_encoder is not None:
            row, column = np.nonzero(ids >= 0)
            found[row, column] = rescore(block.query_ids[row], ids[row, column])
        left, failed = filter_scores(ids, found, to_beat[block.query_ids], selection)
        ranked, verdict = ids, None
        if veto is not None:
            ranked, *_ = take_range(block.document_ids, block.scores, known | other, 0, WINDOW)
            verdict = veto.judge(block.query_ids, ranked, ids, left)
            left, failed = verdict.left, failed | verdict.vetoed
        chosen, chosen_scores = choose(ids, found, left, block.query_ids, selection)
        negatives[block.query_ids], scores[block.query_ids] = chosen, chosen_scores
        if veto is not None and verdict is not None:
            veto.learn(verdict, ranked, pair_scores, chosen_scores)
        counts = {"known_positive": int((known & seen).sum()), "excluded": int((other & seen).sum())}
        for reason, count in (counts | {"range_min": below} | failed).items():
            skipped[reason] = skipped.get(reason, 0) + count

    if processes is not None:
        processes.close()
    summary = summarise(
        encoder=prepared.name if cross_encoder is None else f"{prepared.name} and {type(cross_encoder).__name__}",
        candidates=candidates,
        queries=queries,
        documents=documents,
        pairs=pairs,
        pair_scores=pair_scores,
        negatives=negatives,
        scores=scores,
        selection=selection,
        skipped=skipped,
        dropped=dropped,
        veto=None if veto is None else veto.report(int((negatives >= 0).sum())),
        search=report_of(searcher, rankings.kept),
    )
    return Mined(queries, documents, pairs, pair_scores, negatives, scores, summary)


#: Why a row is no pair, in words.
_LACKS = {
    "blank_anchor": "lack an anchor",
    "blank_positive": "lack a positive",
    "not_relevant": "have a grade of 0 or less",
}


def _read(
    anchors: Any, positives: Any, corpus: Any, grades: Any
) -> tuple[pa.Array, pa.Array | Rows, Pairs, dict[str, int]]:
    """Numbers the texts: queries, documents, pairs, and how many rows were dropped for what reason."""
    anchor_texts, positive_texts = as_texts(anchors, "anchors"), as_texts(positives, "positives")
    if len(anchor_texts) != len(positive_texts):
        raise InputError(f"there are {len(anchor_texts)} anchors and {len(positive_texts)} positives: each needs one")
    corpus_texts = as_chunks([] if corpus is None else corpus, "corpus")
    graded = _grades(grades, len(anchor_texts))

    no_anchor, no_positive = is_blank(anchor_texts), is_blank(positive_texts)
    related = ~no_anchor & ~no_positive & (graded > 0)
    dropped = {
        "blank_anchor": int(no_anchor.sum()),
        "blank_positive": int((no_positive & ~no_anchor).sum()),
        "not_relevant": int((~no_anchor & ~no_positive & ~(graded > 0)).sum()),
    }
    if not related.any():
        lacking = [f"{count:,} {_LACKS[reason]}" for reason, count in dropped.items() if count and reason in _LACKS]
        rows = f"of {len(anchor_texts):,} rows, {', '.join(lacking)}" if lacking else "the dataset has no rows"
        raise InputError(f"there is no pair to mine for: {rows}")
    queries, query_ids = number(anchor_texts.filter(pa.array(related)))
    documents, document_ids, dropped["blank_document"] = _documents(
        corpus_texts, positive_texts.filter(pa.array(~no_positive & ~no_anchor))
    )
    document_ids = document_ids[related[~no_positive & ~no_anchor]]
    pairs = pairs_of(query_ids, document_ids, graded[related], len(queries), len(documents))
    dropped["repeated_pair"] = len(query_ids) - len(pairs.query_ids)
    return queries, documents, pairs, dropped


def _documents(corpus: pa.ChunkedArray, positives: pa.Array) -> tuple[pa.Array | Rows, Ids, int]:
    """The different documents, the number of each positive among them, and how many of the corpus are blank."""
    if is_large(corpus, positives):
        return distinct(corpus, positives)
    texts = corpus.combine_chunks()
    blank = is_blank(texts)
    kept = texts.filter(pa.array(~blank))
    documents, ids = number(pa.concat_arrays([kept, positives]))
    return documents, ids[len(kept) :], int(blank.sum())


def _one_of_each(
    documents: pa.Array | Rows, pairs: Pairs, exclusions: Exclusions, workspace: Workspace | None
) -> tuple[pa.Array, Pairs, Exclusions]:
    """Keeps one document of those that count as the same, and the other spellings only of positives.

    Returns:
        The documents, first the candidates in the order of their first appearance, then the other spellings of
        positives; the pairs with the new numbers; and the exclusions of the candidates alone.
    """
    keys, count = exclusions.document_keys, len(documents)
    places = np.full(exclusions.keys, count)
    places[keys[::-1]] = np.arange(count)[::-1]  # the last one that is written stays: the first of its key
    chosen = places[keys] == np.arange(count)
    first = np.flatnonzero(chosen)
    chosen[pairs.document_ids] |= True
    chosen[first] = False
    kept = np.concatenate((first, np.flatnonzero(chosen)))
    if len(kept) == len(first) == len(documents):
        return gathered(documents, workspace) if isinstance(documents, Rows) else documents, pairs, exclusions
    places = np.full(len(documents), -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    keys = exclusions.document_keys[first]
    taken = gathered(documents.take(kept), workspace) if isinstance(documents, Rows) else documents.take(pa.array(kept))
    return (
        taken,
        replace(pairs, document_ids=places[pairs.document_ids]),
        replace(exclusions, document_keys=keys),
    )


def _grades(grades: Any, count: int) -> NDArray[Any]:
    if grades is None:
        return np.ones(count, dtype=np.int64)
    try:
        array = np.asarray(grades)
        array = array.astype(np.int64 if array.dtype.kind in "iub" else np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("grades have to be numbers") from error
    if array.shape != (count,) or not np.isfinite(array).all():
        raise InputError(f"grades have to be {count} finite numbers, one for each pair; got shape {array.shape}")
    return array


def _check_size(documents: int, excluded: Ids, selection: Selection) -> None:
    """Refuses a corpus that cannot give any query what is asked for."""
    most = documents - int(excluded.min()) - selection.range_min
    if most >= selection.num_negatives:
        return
    skipped = f" and range_min={selection.range_min}" if selection.range_min else ""
    instead = f"ask for num_negatives={most}, or " if most > 0 else ""
    raise InputError(
        f"the corpus is too small for num_negatives={selection.num_negatives}: of {documents} documents, "
        f"{max(0, most)} at most are left for an anchor after its positives{skipped}; "
        f"{instead}add documents to the corpus"
    )
