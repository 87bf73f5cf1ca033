"""The search stage with files: rankings written block by block, and read again where they reach deep enough."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from converters.mining.search import Ranking
from converters.mining.texts import Ids
from converters.mining.workspace import Stage, Workspace, hash_of_numbers

#: How deep to search, and for which queries: what `plan_blocks` makes.
Block = tuple[int, Ids]

_STAGE, _WANTED, _SEARCH = "rankings", "wanted.npy", "search.json"


class Rankings:
    """Rankings of all queries, a block at a time; each has at least what was wanted.

    Attributes:
        blocks: how many blocks there are.
        kept: what `describe` said of the search when the rankings were stored, where they come from an earlier run.
    """

    def __init__(self, blocks: int, rankings: Iterator[Ranking], kept: Mapping[str, Any] | None = None) -> None:
        self.blocks = blocks
        self.kept = kept
        self._rankings = rankings

    def __len__(self) -> int:
        return self.blocks

    def __iter__(self) -> Iterator[Ranking]:
        return self._rankings


def rankings_of(
    workspace: Workspace | None,
    search_key: Mapping[str, Any] | None,
    wanted: Ids,
    plan: Callable[[Ids], list[Block]],
    search: Callable[[list[Block]], Iterator[Ranking]],
    *,
    exact: bool = True,
    describe: Callable[[], Mapping[str, Any]] = dict,
) -> Rankings:
    """Ranks documents for the queries, or takes what an earlier run has left in the work folder.

    An exact ranking begins the same however deep it goes. One that was stored serves every later need that is no
    deeper, so that other filters search for nothing anew. Of other searches only those of the same depth are taken:
    results never depend on what happens to be stored.

    Args:
        workspace: None to search without leaving anything behind.
        search_key: what the rankings depend on beside the depth: keys of the vectors, and settings of the search.
            None where nobody can tell.
        wanted: how many documents each query needs, (queries,).
        plan: makes blocks of such numbers.
        search: ranks for some of these blocks.
        exact: whether the search is exact.
        describe: says in plain values how the search is done, once it has begun; kept beside the rankings.
    """
    if workspace is None or search_key is None:
        blocks = plan(wanted)
        return Rankings(len(blocks), search(blocks))
    stage = _deep_enough(workspace, search_key, wanted) if exact else None
    if stage is not None:
        count = int(_facts(stage)["blocks"])
        return Rankings(count, (_cut(_read(stage, i), wanted) for i in range(count)), _facts(stage).get("search"))
    blocks = plan(wanted)
    members = [hash_of_numbers(each) for _, each in blocks]
    stage = workspace.stage(_STAGE, {"search": dict(search_key), "wanted": hash_of_numbers(wanted), "blocks": members})
    if not stage.has(_WANTED):
        stage.write_array(_WANTED, wanted)
    kept = None if stage.finished is None else stage.finished.get("search")
    return Rankings(len(blocks), _stored(stage, blocks, search, describe), kept)


def _stored(
    stage: Stage,
    blocks: list[Block],
    search: Callable[[list[Block]], Iterator[Ranking]],
    describe: Callable[[], Mapping[str, Any]],
) -> Iterator[Ranking]:
    """Takes the blocks that are there, searches for the others, and stores each before it is handed on."""
    missing = [i for i in range(len(blocks)) if not stage.has(_name(i))]
    found = search([blocks[i] for i in missing])
    for i in range(len(blocks)):
        if i not in missing:
            yield _read(stage, i)
            continue
        ranking = next(found)
        if not stage.has(_SEARCH):
            stage.write_json(_SEARCH, dict(describe()))
        with stage.whole(_name(i)) as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                queries=ranking.query_ids,
                documents=ranking.document_ids.astype(np.int32),
                scores=ranking.scores,
            )
        yield ranking
    if stage.finished is None:
        stage.finish(blocks=len(blocks), search=stage.read_json(_SEARCH))


def _deep_enough(workspace: Workspace, search_key: Mapping[str, Any], wanted: Ids) -> Stage | None:
    """A finished stage of the same search that reaches as deep as is wanted for every query."""
    for folder, depends_on in workspace.finished(_STAGE):
        if depends_on.get("search") != dict(search_key):
            continue
        stored: NDArray[Any] = np.load(folder / _WANTED, mmap_mode="r", allow_pickle=False)
        if stored.shape == wanted.shape and bool((stored >= wanted).all()):
            stage = workspace.stage(_STAGE, depends_on)
            if stage.finished is not None:
                return stage
    return None


def _cut(ranking: Ranking, wanted: Ids) -> Ranking:
    """A ranking without what goes deeper than is wanted for any of its queries."""
    width = int(wanted[ranking.query_ids].max())
    return Ranking(ranking.query_ids, ranking.document_ids[:, :width], ranking.scores[:, :width])


def _read(stage: Stage, number: int) -> Ranking:
    try:
        with np.load(stage.path(_name(number)), allow_pickle=False) as file:
            return Ranking(file["queries"], file["documents"].astype(np.int64), file["scores"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise stage.damaged(_name(number)) from error


def _name(number: int) -> str:
    return f"block-{number:05}.npz"


def _facts(stage: Stage) -> dict[str, Any]:
    assert stage.finished is not None
    return stage.finished
