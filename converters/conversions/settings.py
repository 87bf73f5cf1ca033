"""How conversions are done, where there is a choice."""

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import pyarrow as pa

from converters.argument_kinds import check_fields
from converters.changes import Rejected
from converters.errors import InputError, quote
from converters.mining import SEARCH_MINUTES, MarginFrom, Selection, VetoBy, Workspace, default_folder
from converters.scales import Span

T = TypeVar("T")

#: What keeps unknown positives from being mined, unless the caller says otherwise. A relative margin of 0.05, the best
#: recipe of NV-Retriever (arXiv 2407.15831), lets nine times as many of them through on Cranfield and leaves one anchor
#: in five with too few negatives; beside the veto it gains next to nothing for that price (`benchmarks/margins.py`).
VETO: VetoBy | None = "agreement"

#: From which agreement on, where 1 is chance.
VETO_THRESHOLD = Selection().veto_threshold

#: How many of an anchor's closest candidates are looked at, unless the caller says otherwise. With a margin, an anchor
#: whose positive the model ranks low has its first acceptable negative below it: looking deep keeps such anchors.
DEPTH = 100

#: What a margin is taken from where an anchor has several positives, unless the caller says otherwise. On Cranfield
#: the mean leaves 70 to 90 % more queries with negatives than the lowest does, for 3 to 4 points more of unknown
#: positives among them (`benchmarks/margins.py`).
MARGIN_FROM: MarginFrom = "mean"

#: Of what is drawn at random, unless the caller says otherwise.
SEED = 12


def default_recipe() -> Selection:
    """What conversions that mine select, unless the caller says otherwise."""
    return Selection(veto=VETO, margin_from=MARGIN_FROM, seed=SEED)


@dataclass(frozen=True)
class Mining:
    """How hard negatives are mined, where a conversion needs them.

    Attributes:
        model: what embeds the texts: a sentence-transformers model, its name or path, any object with `encode`, or
            `lsa`, the embedded encoder that needs no download.
        selection: which candidates become negatives. Without a `range_max` the closest `DEPTH` candidates, or ten times
            `num_negatives` if that is more, are looked at.
        output_scores: whether to add the model's scores.
        batch_size: texts that the model embeds at a time.
        query_embeddings: vectors of the anchors, in the place of the model's: a matrix with a row for each pair, or the
            path of a `.npy`, `.parquet` or `.arrow` file.
        corpus_embeddings: vectors of the positives, likewise; with a corpus, those of its texts, and where it lacks
            positives then a row for each pair behind them.
        index: how vectors are searched: `auto`, `flat`, `ivf`, `hnsw` or a factory string of faiss.
        min_recall: the share of the true documents that a search which is not exact is tuned to find.
        work_dir: a folder where vectors, rankings and rows are kept, so that a run that was stopped goes on there and
            one with other filters embeds nothing anew.
        cache: without a `work_dir`, whether to keep them in the cache folder of the platform.
        corpus: texts to mine from, besides the positives; or a file, a dataset, a frame or a dict of columns with one
            column of texts, or one called `text`. For pairs, as a collection has a corpus of its own.
        cross_encoder: scores pairs and candidates anew: one of sentence-transformers, its name or path, or an object
            with `predict`.
        include_positives: let the known positives be candidates too, to get a full ranking; for n-tuples, without veto.
        query_prompt: text to put before every anchor; wins over the name.
        query_prompt_name: name of the model's prompt for anchors.
        corpus_prompt: text to put before every document; wins over the name.
        corpus_prompt_name: name of the model's prompt for documents.
        truncate_dim: how many numbers of each vector to use, the first ones, for models that are trained for it.
        vectors_as: how vectors are kept: `float16` takes half the room of `float32`.
        use_multi_process: run models in several processes: on all GPUs, or four on the CPU; or on a list of devices.
        device: where models that are named here are to run, such as `cuda:1`; by default a GPU, if there is one.
        search_minutes: how long an exact search may take, by estimate, before the index `auto` is another one.
        report: where to write the report of the run: `.md` or `.json`; an older one is replaced.
    """

    model: Any = "lsa"
    selection: Selection = field(default_factory=default_recipe)
    output_scores: bool = False
    batch_size: int = 32
    query_embeddings: Any = None
    corpus_embeddings: Any = None
    index: str = "auto"
    min_recall: float = 0.95
    work_dir: str | os.PathLike[str] | None = None
    cache: bool = False
    corpus: Any = None
    cross_encoder: Any = None
    include_positives: bool = False
    query_prompt: str | None = None
    query_prompt_name: str | None = None
    corpus_prompt: str | None = None
    corpus_prompt_name: str | None = None
    truncate_dim: int | None = None
    vectors_as: Literal["float32", "float16"] = "float32"
    use_multi_process: bool | Sequence[str] = False
    device: str | None = None
    search_minutes: float = SEARCH_MINUTES
    report: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def embeds_with(self) -> str:
        """The name of what embeds the texts."""
        model = self.model if isinstance(self.model, str) else type(self.model).__name__
        given = {"queries": self.query_embeddings is not None, "documents": self.corpus_embeddings is not None}
        if all(given.values()):
            return "given embeddings"
        return model + "".join(f", {kind} given" for kind, is_given in given.items() if is_given)

    def told(self) -> dict[str, Any]:
        """What was said about the models and what they read, in plain values; nothing that was not said."""
        said: dict[str, Any] = {}
        for name in ("cross_encoder", "corpus"):
            if (value := getattr(self, name)) is not None:
                said[name] = str(value) if isinstance(value, str | os.PathLike) else type(value).__name__
        for name in ("query_prompt", "query_prompt_name", "corpus_prompt", "corpus_prompt_name", "truncate_dim"):
            if (value := getattr(self, name)) is not None:
                said[name] = value
        if self.vectors_as != "float32":
            said["vectors_as"] = self.vectors_as
        if self.include_positives:
            said["include_positives"] = True
        return said

    def workspace(self) -> AbstractContextManager[Workspace | None]:
        """Opens the work folder; None where nothing is to be kept, or the cache folder is not to be had.

        Raises:
            InputError: `work_dir` is no work folder, or cannot be written to.
        """
        if self.work_dir is not None:
            return Workspace(self.work_dir)
        if self.cache:
            try:
                return Workspace(default_folder(), waits=True)
            except InputError:  # nobody has asked for this folder: a home that is read only is no reason to stop
                pass
        return nullcontext()


#: What a teacher's scale is kept by.
_SCALE = "the scale of the teacher"


@dataclass(frozen=True)
class Options:
    """What the steps of a plan may choose by.

    Attributes:
        mining: how hard negatives are mined.
        seed: of what is drawn at random; mining has one of its own.
        threshold: from which score or grade on a pair belongs together; by default scores from 0.5 and grades above 0.
        num_negatives: how many negatives an n-tuple gets out of those that the data has; by default the number that
            uses most of them.
        negative_threshold: up to which score or grade a pair does not belong together; what lies between the two
            thresholds is left out. By default all that is no positive is a negative.
        teacher: what gives scores or embeddings that the data lacks: a cross-encoder or a bi-encoder of
            sentence-transformers, the name or path of one, any object with `predict` or `encode`; or scores that are
            there already, one for each pair of the rows, as an array or the path of a `.npy`, `.parquet` or `.arrow`
            file. It is given `mining.batch_size` texts at a time, and keeps its scores where mining keeps its work.
        class_scores: a score from 0 to 1 for classes of pairs, by the name of the class: 1 for pairs that belong
            together, 0 for pairs that do not. Of classes that it leaves out, names such as entailment tell.
        pairs_per_text: how many partners of its class each text gets.
        max_per_class: of how many texts of each class rows are made; drawn at random. By default of all.
        mine: whether negatives are mined where the data has some of its own, in the place of those.
        part: whether the rows are a part of the data only, and what all of them decide has been settled.
        span: from where to where the labels of all rows go, for a step that puts them on a scale; None where the rows
            at hand are all.
    """

    mining: Mining = field(default_factory=Mining)
    seed: int = SEED
    threshold: float | None = None
    num_negatives: int | None = None
    negative_threshold: float | None = None
    teacher: Any = None
    class_scores: Mapping[str, float] | None = None
    pairs_per_text: int = 1
    max_per_class: int | None = None
    mine: bool = False
    part: bool = False
    span: Span | None = None
    _reject: Callable[[Rejected], None] | None = field(default=None, compare=False, repr=False)
    _made: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)
        low, high = self.negative_threshold, self.threshold
        if low is not None and high is not None and not low < high:
            raise InputError(
                f"pairs up to {low:g} cannot be negatives where those from {high:g} on are positives: "
                "the negative threshold has to be the lower one"
            )
        for name in ("pairs_per_text", "max_per_class"):
            if (number := getattr(self, name)) is not None and number < 1:
                raise InputError(f"{name} has to be at least 1, not {number}")
        if self.seed < 0:
            raise InputError(f"seed has to be at least 0, not {self.seed}")
        for name, score in (self.class_scores or {}).items():
            if not 0 <= score <= 1:
                raise InputError(f"class {quote(name)} has a score of {score:g}: scores of classes run from 0 to 1")

    @property
    def reject(self) -> Callable[[Rejected], None] | None:
        """Takes rows that a step leaves out; None where nobody wants them."""
        return self._reject

    def span_of(self, labels: pa.ChunkedArray) -> Span:
        """From where to where labels go: those of all rows, or these where they are all."""
        return Span.of_labels(labels) if self.span is None else self.span

    def tell_scale(self, scale: tuple[float, float]) -> None:
        """Takes the scale that a teacher's scores were on before they were brought to 0..1."""
        self._made[_SCALE] = scale

    @property
    def told_scale(self) -> tuple[float, float] | None:
        """The scale that a teacher's scores were on; None where they were brought to no other."""
        scale: tuple[float, float] | None = self._made.get(_SCALE)
        return scale

    def rejecting(self, reject: Callable[[Rejected], None] | None) -> "Options":
        """The same, with somebody who wants the rows that a step leaves out, or nobody."""
        return replace(self, _reject=reject)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What several steps or splits need alike, such as a model: the first one makes it, the others take it."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made
