"""The search of a run: which one, and where its index is kept."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from converters.mining.retrievers import Prepared
from converters.mining.search import Searcher, SearchReport, check_vectors
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
    )
    if workspace is not None and prepared.key is not None and not searcher.exact:
        depends_on = {"documents": prepared.key["documents"], "candidates": candidates, "search": searcher.key}
        stage = workspace.stage("index", depends_on)
        searcher.folder = stage.path("index")
        if stage.finished is None and stage.has("index/index.json"):  # then others may use it at the same time
            stage.finish()
        searcher.depends_on = depends_on
    return searcher


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
