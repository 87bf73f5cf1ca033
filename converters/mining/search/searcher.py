"""Which search to use, its index kept and found again, and how much of the truth it finds."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from converters.embedding.vectors import Vectors
from converters.errors import InputError
from converters.mining.search.choice import SEARCH_MINUTES, choose_index, lists_for
from converters.mining.search.eight_bits import DEEPEST, LEAST_SIZE, EightBits, pays
from converters.mining.search.factory import FaissIndex
from converters.mining.search.gpu import gpu_flat, has_gpu
from converters.mining.search.lists import Lists
from converters.mining.search.ranking import BLOCK_CANDIDATES, Ranking, Retrieve, faiss_flat, plan_blocks, search
from converters.mining.texts import Ids

#: Below this a plain search takes no second, and other ways do not pay; below the other number, they would not if torch
#: had to be loaded first.
PLAIN_UP_TO, PLAIN_WITHOUT_TORCH_UP_TO = 1e10, 2e11
#: Queries that recall is measured on.
SAMPLE = 500
#: Queries of a block of an approximate search, which is the quicker the more of them it can put together.
WIDE_BLOCK = 2**16
#: Queries of a block of an exact search, which more of them make no quicker: only their candidates take more memory.
EXACT_BLOCK = 4096

_FORMAT = 1  # of the files of an index


@dataclass(frozen=True)
class SearchReport:
    """What a search did.

    Attributes:
        kind: "flat" (exact), "ivf", "hnsw" or a factory string of faiss.
        method: how, in a few words.
        parameters: of the index.
        trained_on: documents it was trained on.
        build_seconds: to train and fill the index, or to load it.
        search_seconds: to rank documents for all queries, so far.
        recall: the share of the true documents that the search finds; 1 for an exact one.
        sample: queries that `recall` was measured on; 0 for an exact search.
        depth: documents for each query that it was measured with.
        loaded: whether the index was there from an earlier run.
        note: what is to be said about it, one line, or "".
        why: why this search was chosen, one line, where `auto` has chosen; else "".
    """

    kind: str
    method: str
    parameters: dict[str, int | str] = field(default_factory=dict)
    trained_on: int = 0
    build_seconds: float = 0.0
    search_seconds: float = 0.0
    recall: float = 1.0
    sample: int = 0
    depth: int = 0
    loaded: bool = False
    note: str = ""
    why: str = ""

    def __str__(self) -> str:
        settings = "".join(f", {name} {value}" for name, value in self.parameters.items())
        if self.sample:
            found = f"recall {self.recall:.3f} of the first {self.depth}, on {self.sample} queries"
        else:
            found = "exact"
        took = f"built in {self.build_seconds:.1f} s" if not self.loaded else "found from an earlier run"
        said = f"search: {self.kind} ({self.method}{settings}), {found}; {took}"
        return "; ".join([said, *filter(None, (self.note, self.why))])


class Searcher:
    """A search over given documents, prepared when it is first used.

    Args:
        queries: (n, d), rows of length 1 or 0, float32 or float16, in memory or mapped.
        documents: (m, d), likewise; never copied as a whole.
        wanted: how many documents each query needs, (n,).
        index: "auto", "flat", "ivf", "hnsw", or a factory string of faiss.
        min_recall: what an approximate search is tuned to reach; where it cannot, the search is exact.
        folder: where to keep the index, and to find it again; nobody else may be at work there at the same time.
            None to keep it in memory.
        depends_on: what the documents depend on, in plain values: an index in `folder` is used only for the same.
        seed: of the sample that an index is trained on, and of the one that recall is measured on.
        use_faiss: False for a plain search with numpy alone.
        minutes: how long an exact search may take, by estimate, before "auto" takes an index.
        mapped: whether there is going to be a `folder`.
        on_kept: called once the index is in `folder`.

    Raises:
        InputError: there is no such index.
    """

    def __init__(
        self,
        queries: Vectors,
        documents: Vectors,
        wanted: Ids,
        *,
        index: str = "auto",
        min_recall: float = 0.95,
        folder: Path | None = None,
        depends_on: Mapping[str, Any] | None = None,
        seed: int = 0,
        use_faiss: bool = True,
        minutes: float = SEARCH_MINUTES,
        mapped: bool = False,
        on_kept: Callable[[], object] = lambda: None,
    ) -> None:
        if not 0 < min_recall <= 1:
            raise InputError(f"min_recall is a share of the true documents, above 0 and up to 1, not {min_recall}")
        self.queries, self.documents = queries, documents
        self.wanted = np.minimum(wanted, len(documents))
        self.depth = int(np.percentile(self.wanted, 95))
        choice = choose_index(
            index, len(queries), documents.shape, self.depth, minutes=minutes, mapped=mapped or folder is not None
        )
        self.kind, self._why, self.on_kept = choice.kind, choice.why, on_kept
        self.min_recall, self.seed, self.use_faiss = min_recall, seed, use_faiss
        self.folder, self.depends_on = folder, dict(depends_on or {})
        self.report = SearchReport(self.kind, "", why=self._why)
        self._rank: Any = None

    @property
    def exact(self) -> bool:
        """Whether rankings are exact: then they do not depend on the index, nor on anything but vectors and depth."""
        return self.kind == "flat"

    @property
    def key(self) -> dict[str, Any]:
        """What rankings depend on, beside the vectors and the depth."""
        if self.exact:
            return {"index": "flat"}
        return {"index": self.kind, "min_recall": self.min_recall, "seed": self.seed, "format": _FORMAT}

    @property
    def index_key(self) -> dict[str, Any]:
        """What an index depends on, beside the documents; how it is searched is no part of it."""
        lists = {"lists": lists_for(len(self.documents), self.depth)} if self.kind == "ivf" else {}
        return {"index": self.kind, **lists, "seed": self.seed, "format": _FORMAT}

    def plan(self, wanted: Ids, block_size: int) -> list[tuple[int, Ids]]:
        """Blocks of queries: as `plan_blocks`, with as many together as make the search quicker, and no more."""
        if self.kind == "ivf":
            widest = BLOCK_CANDIDATES // max(1, int(wanted.max()))
            block_size = max(block_size, min(WIDE_BLOCK, widest))
        elif self.exact:
            block_size = min(block_size, EXACT_BLOCK)
        return plan_blocks(wanted, len(self.documents), block_size)

    def rank(self, blocks: list[tuple[int, Ids]]) -> Iterator[Ranking]:
        """Ranks documents for the queries of blocks, made by `plan`; `report` is complete when all have been taken."""
        if self._rank is None:
            self._rank = self._prepared()
            self.report = replace(self.report, why=self._why)
        rankings = self._rank(self.queries, self.wanted, blocks)
        while True:
            start = time.perf_counter()
            ranking = next(rankings, None)
            taken = self.report.search_seconds + time.perf_counter() - start
            self.report = replace(self.report, search_seconds=taken)
            if ranking is None:
                return
            yield ranking

    def _prepared(self) -> Any:
        start = time.perf_counter()
        if self.kind == "flat":
            rank, method = self._flat()
            self.report = SearchReport("flat", method, build_seconds=time.perf_counter() - start)
            return rank
        sample = _Sample(self.queries, self.documents, self.wanted, self.seed)
        make = self._lists if self.kind == "ivf" else self._faiss
        rank, recall = make(sample)
        note = ""
        if recall < self.min_recall:
            note = f"{self.kind} finds {recall:.3f} at most, less than {self.min_recall:g}: the search is exact"
            rank, method = self._flat()
            self.report = SearchReport("flat", method, build_seconds=time.perf_counter() - start, note=note)
        else:
            self.report = replace(self.report, recall=recall, sample=len(sample.chosen), depth=sample.depth)
        return rank

    def _flat(self) -> tuple[Any, str]:
        def plain(retrieve: Retrieve) -> Any:
            return lambda queries, wanted, blocks: search(queries, self.documents, wanted, blocks, retrieve)

        if not self.use_faiss:
            from converters.mining.search.ranking import numpy_flat

            return plain(numpy_flat), "numpy"
        work = len(self.queries) * float(np.prod(self.documents.shape))
        if work <= (PLAIN_UP_TO if "torch" in sys.modules else PLAIN_WITHOUT_TORCH_UP_TO):
            return plain(faiss_flat), "faiss"
        if has_gpu():
            return plain(gpu_flat), "GPU"
        if self.documents.shape[1] >= LEAST_SIZE and self.depth <= DEEPEST and pays():
            return EightBits(self.documents).rank, "eight bits, then in full"
        return plain(faiss_flat), "faiss"

    def _lists(self, sample: "_Sample") -> tuple[Any, float]:
        count = len(self.documents)
        lists = lists_for(count, self.depth)
        start = time.perf_counter()
        with _kept(self.folder, {**self.depends_on, "kind": "ivf", "lists": lists, "seed": self.seed}) as place:
            if place.found:
                made = Lists.load(place.path)
            else:
                made = Lists.build(self.documents, lists, self.seed, place.path if self.folder else None)
                if self.folder:
                    made.save(place.path, {})
        if self.folder:
            self.on_kept()
        if self.folder and not place.found:
            made = Lists.load(place.path)
        built = time.perf_counter() - start

        def ranking(probes: int) -> Any:
            return lambda queries, wanted, blocks: made.rank(queries, self.documents, wanted, blocks, probes)

        settings = [each for each in (1, 2, 4, 8, 16, 32, 64, 128, 256) if each <= max(4, lists // 4)]
        probes, recall = sample.first_good(ranking, settings, self.min_recall)
        self.report = SearchReport(
            "ivf",
            "lists of alike documents in eight bits, then in full",
            {"nlist": lists, "nprobe": probes},
            min(count, 64 * lists),
            built,
            loaded=place.found,
        )
        return ranking(probes), recall

    def _faiss(self, sample: "_Sample") -> tuple[Any, float]:
        factory = "HNSW32" if self.kind == "hnsw" else self.kind
        start = time.perf_counter()
        with _kept(self.folder, {**self.depends_on, "kind": factory, "seed": self.seed}) as place:
            if place.found:
                made = FaissIndex.load(place.path / "index.faiss", int(place.told["trained_on"]))
            else:
                made = FaissIndex.build(self.documents, factory, self.seed)
                if self.folder:
                    made.save(place.path / "index.faiss")
                    place.told = {"trained_on": made.trained_on}
        if self.folder:
            self.on_kept()
        built = time.perf_counter() - start

        def ranking(value: int) -> Any:
            if made.knob:
                made.turn(value)
            return lambda queries, wanted, blocks: made.rank(queries, self.documents, wanted, blocks)

        value, recall = sample.first_good(
            ranking, [8, 16, 32, 64, 128, 256, 512] if made.knob else [0], self.min_recall
        )
        parameters = {"factory": factory} | ({made.knob: value} if made.knob else {})
        self.report = SearchReport(
            self.kind, "faiss, then in full", parameters, made.trained_on, built, loaded=place.found
        )
        return ranking(value), recall


class _Sample:
    """Queries whose true documents are known."""

    def __init__(self, queries: Vectors, documents: Vectors, wanted: Ids, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.chosen = np.sort(random.choice(len(queries), size=min(SAMPLE, len(queries)), replace=False))
        self.queries = np.ascontiguousarray(queries[self.chosen], dtype=np.float32)
        self.wanted = wanted[self.chosen]
        self.depth = int(self.wanted.max())
        self.documents = len(documents)
        self._blocks = plan_blocks(self.wanted, len(documents), len(self.chosen))
        self._true = self._codes(search(self.queries, documents, self.wanted, self._blocks))

    def recall(self, rank: Any) -> float:
        """The share of the true documents that a search finds."""
        found = self._codes(rank(self.queries, self.wanted, self._blocks))
        return float(np.isin(self._true, found).mean())

    def first_good(self, ranking: Any, settings: list[int], enough: float) -> tuple[int, float]:
        """The first setting with enough recall, or else the best; and its recall."""
        best = settings[0], -1.0
        for setting in settings:
            recall = self.recall(ranking(setting))
            if recall > best[1]:
                best = setting, recall
            if recall >= enough:
                break
        return best

    def _codes(self, rankings: Iterator[Ranking]) -> Ids:
        codes = []
        for ranking in rankings:
            here = ranking.document_ids >= 0
            codes.append((ranking.query_ids[:, None] * self.documents + ranking.document_ids)[here])
        return np.concatenate(codes)


class _kept:  # noqa: N801 - it reads as a word: with _kept(...)
    """The folder of an index: found, or made whole or not at all."""

    def __init__(self, folder: Path | None, depends_on: Mapping[str, Any]) -> None:
        self.folder, self.depends_on = folder, {**depends_on, "format": _FORMAT}
        self.told: dict[str, Any] = {}
        self.found = False
        self.path = Path()

    def __enter__(self) -> "_kept":
        if self.folder is None:
            return self
        try:
            about = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            about = None
        if isinstance(about, dict) and about.get("depends_on") == json.loads(json.dumps(self.depends_on)):
            self.found, self.told, self.path = True, about["told"], self.folder
            return self
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for left in self.folder.parent.glob(f".{self.folder.name}-*"):  # by a run that was killed
            shutil.rmtree(left)
        self.path = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.folder is None or self.found:
            return
        try:
            if kind is None:
                about = {"depends_on": self.depends_on, "told": self.told}
                (self.path / "index.json").write_text(json.dumps(about, sort_keys=True), encoding="utf-8")
                if self.folder.exists():
                    shutil.rmtree(self.folder)
                self.path.rename(self.folder)
                self.path = self.folder
        finally:
            if self.path != self.folder:
                shutil.rmtree(self.path, ignore_errors=True)
