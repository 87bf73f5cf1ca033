"""The search of a run: which one, and where its index is kept."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from converters.embedding.bm25 import Bm25
from converters.embedding.encoder import Blended
from converters.embedding.protocol import Encoder
from converters.errors import InputError, quote
from converters.mining.retrievers import Prepared, embedding_parts
from converters.mining.search import SEARCH_MINUTES, Searcher, SearchReport, check_index, check_vectors, known_index
from converters.mining.texts import Ids
from converters.mining.workspace import Workspace


def searcher_of(
    prepared: Prepared,
    candidates: int,
    wanted: Ids,
    workspace: Workspace | None,
    *,
    index: str = "auto",
    min_recall: float = 0.95,
    seed: int = 0,
    use_faiss: bool = True,
    search_minutes: float = SEARCH_MINUTES,
) -> Searcher | None:
    """The search among the vectors of a model; None where something else than one model's vectors ranks.

    Args:
        prepared: what ranks.
        candidates: how many of the documents are searched, the first ones.
        wanted: how many documents each query needs, (queries,).
        workspace: where an index is kept; None to keep it in memory.
        index: see `Searcher`, as for the others.
        min_recall: what an approximate search has to find.
        seed: of all samples.
        use_faiss: False for a plain search with numpy.
        search_minutes: how long an exact search may take before an index is taken.

    Raises:
        InputError: there is no such index, or the vectors cannot be searched.
    """
    if prepared.vectors is None or prepared.blended:
        return None
    queries, documents = prepared.vectors
    check_vectors(queries, documents)
    searcher = Searcher(
        queries,
        documents[:candidates],
        wanted,
        index=index,
        min_recall=min_recall,
        seed=seed,
        use_faiss=use_faiss,
        minutes=search_minutes,
        mapped=workspace is not None and prepared.key is not None,
    )
    if workspace is not None and prepared.key is not None and not searcher.exact:
        depends_on = {"documents": prepared.key["documents"], "candidates": candidates, "search": searcher.index_key}
        stage = workspace.stage("index", depends_on)
        searcher.folder, searcher.depends_on = stage.path("index"), depends_on
        searcher.on_kept = lambda: None if stage.finished else stage.finish()
    return searcher


def check_search(
    model: Encoder | Bm25 | Blended,
    index: str,
    min_recall: float,
    documents: int,
    *,
    truncate_dim: int | None = None,
    use_faiss: bool = True,
) -> None:
    """Makes sure, before anything is embedded, that the search that is asked for can be had.

    Args:
        model: what ranks.
        index, min_recall, documents: as for `check_index`.
        truncate_dim: how many numbers of each vector are kept; None for all.
        use_faiss: False for a plain search with numpy.

    Raises:
        InputError: it cannot.
    """
    parts = embedding_parts(model)
    size = truncate_dim or (getattr(parts[0], "dimensions_of_vectors", None) if parts else None)
    check_index(index, min_recall, documents, size)
    if known_index(index) in ("auto", "flat"):
        return
    if isinstance(model, Blended) or not parts:
        raise InputError(
            f"{quote(model.name, 120)} is searched exactly, and has no use for the index {quote(index)}: leave it out, "
            "or name one model that embeds"
        )
    if not use_faiss:
        raise InputError(f"use_faiss=False searches exactly, and has no use for the index {quote(index)}")


def describe(searcher: Searcher | None) -> dict[str, Any]:
    """How a search went, in plain values to be kept: without times, which differ from run to run."""
    if searcher is None:
        return {}
    return {name: value for name, value in asdict(searcher.report).items() if not name.endswith("seconds")}


def report_of(searcher: Searcher | None, kept: Mapping[str, Any] | None) -> SearchReport | None:
    """How the search went, in this run or in the one that has left its rankings; None where there was none."""
    if searcher is None:
        return None
    return SearchReport(**{**kept, "loaded": True}) if kept else searcher.report


def key_of(prepared: Prepared, searcher: Searcher | None) -> dict[str, Any] | None:
    """What rankings depend on, in plain values; None where nobody can tell."""
    if prepared.key is None or searcher is None or searcher.exact:
        return prepared.key
    return prepared.key | {"search": searcher.key}
