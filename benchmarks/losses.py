"""Every loss that sentence-transformers has too: our step against theirs, in time and in memory.

    python -m benchmarks.losses                               everything, some ten minutes on two cores
    python -m benchmarks.losses --losses CoSENTLoss AnglELoss --sizes 64 16384
    python -m benchmarks.losses --quick                       small sizes only
    python -m benchmarks.losses --markdown docs/benchmarks/losses.md

A step is the loss's own `forward` and `backward` with embeddings (or scores, or token vectors) given: the model is a
stand-in that hands them out, so that nothing but the loss is measured. Both sides run in turn in one process for the
time, the quickest of several, and in a fresh process each for the peak of memory, above what the embeddings and their
gradients take. A ratio above 1 means that we are faster or leaner. The exit status is 1 if some loss of ours takes more
memory, or more than 1.05 times as long, measured again before it counts; a tenth of a millisecond is never held
against us.
"""

import argparse
import ctypes
import json
import math
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DIMENSION = 384
SIZES = (64, 1024, 4096, 16384)
QUICK = (64, 256)

#: What a side may take before it is stopped: seconds for a step, bytes beyond what it starts with.
PATIENCE, BUDGET = 120, 10 << 30

#: Differences of memory below this are the allocator's, not the loss's, in MB.
NOISE = 8.0

SLOWER, MORE = 1.05, 1.02

_MMAP_THRESHOLD = -3  # of mallopt(3)

#: Differences of time below this do not count, in ms: looking at the labels of a batch takes some hundredths of one,
#: which shows where a whole step takes no more, as it does with a handful of embeddings given.
LOOK = 0.1


@dataclass(frozen=True)
class Row:
    """One loss to measure.

    Attributes:
        family: the family.
        name: the loss.
        columns: how many columns of texts it gets.
        labels: what its labels are, one of the keys of `_labels`.
        largest: up to which batch size.
        kwargs: arguments beside the model.
        inner: the loss it wraps, if any.
        note: what is special about it, to tell rows of one loss apart.
    """

    family: str
    name: str
    columns: int = 2
    labels: str = "none"
    largest: int = 16384
    kwargs: tuple[tuple[str, Any], ...] = ()
    inner: str | None = None
    note: str = ""


_DENSE, _CROSS, _SPARSE, _TOKENS = "sentence_transformer", "cross_encoder", "sparse_encoder", "multi_vector_encoder"
_SMALL_BATCHES = (("mini_batch_size", 256),)
_WEIGHTS = (("document_regularizer_weight", 0.01), ("query_regularizer_weight", 0.01))
_DIMENSIONS = (("matryoshka_dims", [384, 256, 128, 64, 32]),)

ROWS = (
    Row(_DENSE, "MultipleNegativesRankingLoss", largest=4096),
    Row(_DENSE, "MultipleNegativesRankingLoss", 3, largest=4096, note="one hard negative"),
    Row(
        _DENSE,
        "MultipleNegativesRankingLoss",
        largest=4096,
        kwargs=(("directions", ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")),),
        note="four directions",
    ),
    Row(_DENSE, "MultipleNegativesSymmetricRankingLoss", largest=4096),
    Row(_DENSE, "CachedMultipleNegativesRankingLoss", largest=4096, kwargs=_SMALL_BATCHES),
    Row(_DENSE, "CachedMultipleNegativesSymmetricRankingLoss", largest=4096, kwargs=_SMALL_BATCHES),
    Row(_DENSE, "GISTEmbedLoss", largest=256),
    Row(_DENSE, "CachedGISTEmbedLoss", largest=256, kwargs=_SMALL_BATCHES),
    Row(_DENSE, "MegaBatchMarginLoss", largest=4096),
    Row(_DENSE, "TripletLoss", 3),
    Row(_DENSE, "CoSENTLoss", labels="score"),
    Row(_DENSE, "AnglELoss", labels="score"),
    Row(_DENSE, "CosineSimilarityLoss", labels="score"),
    Row(_DENSE, "ContrastiveLoss", labels="binary"),
    Row(_DENSE, "OnlineContrastiveLoss", labels="binary"),
    Row(
        _DENSE,
        "SoftmaxLoss",
        labels="class",
        kwargs=(("embedding_dimension", DIMENSION), ("num_labels", 3)),
    ),
    Row(_DENSE, "BatchAllTripletLoss", 1, "classes", largest=1024),
    Row(_DENSE, "BatchHardTripletLoss", 1, "classes", largest=4096),
    Row(_DENSE, "BatchHardSoftMarginTripletLoss", 1, "classes", largest=4096),
    Row(_DENSE, "BatchSemiHardTripletLoss", 1, "classes", largest=1024),
    Row(_DENSE, "MSELoss", 1, "embedding"),
    Row(_DENSE, "EmbedDistillLoss", 1, "embedding"),
    Row(_DENSE, "MarginMSELoss", 3, "margin"),
    Row(_DENSE, "DistillKLDivLoss", 4, "scores"),
    Row(_DENSE, "GlobalOrthogonalRegularizationLoss", largest=4096),
    Row(_DENSE, "ContrastiveTensionLoss", 2, "binary"),
    Row(_DENSE, "ContrastiveTensionLossInBatchNegatives", 1, largest=4096),
    Row(_DENSE, "MatryoshkaLoss", 2, largest=4096, kwargs=_DIMENSIONS, inner="MultipleNegativesRankingLoss"),
    Row(_DENSE, "MatryoshkaLoss", 2, "score", kwargs=_DIMENSIONS, inner="CoSENTLoss", note="around CoSENTLoss"),
    Row(_CROSS, "BinaryCrossEntropyLoss", 2, "binary"),
    Row(_CROSS, "CrossEntropyLoss", 2, "class"),
    Row(_CROSS, "MSELoss", 2, "score"),
    Row(_CROSS, "MarginMSELoss", 3, "margin", largest=4096),
    Row(_CROSS, "MultipleNegativesRankingLoss", 2, largest=1024),
    Row(_CROSS, "CachedMultipleNegativesRankingLoss", 2, largest=1024, kwargs=_SMALL_BATCHES),
    *[
        Row(_CROSS, name, labels="lists", largest=largest)
        for name, largest in (
            ("LambdaLoss", 4096),
            ("RankNetLoss", 4096),
            ("ListNetLoss", 16384),
            ("ListMLELoss", 16384),
            ("PListMLELoss", 16384),
            ("ADRMSELoss", 4096),
        )
    ],
    *[
        Row(_CROSS, name, labels="ragged lists", largest=1024, note="lists of 2 to 200 documents, one relevant")
        for name in ("LambdaLoss", "RankNetLoss", "ListNetLoss", "ADRMSELoss")
    ],
    *[
        Row(_SPARSE, "SpladeLoss", columns, labels, largest, _WEIGHTS, inner, f"around {inner}")
        for inner, columns, labels, largest in (
            ("SparseMultipleNegativesRankingLoss", 2, "none", 4096),
            ("SparseTripletLoss", 3, "none", 16384),
            ("SparseCoSENTLoss", 2, "score", 16384),
            ("SparseAnglELoss", 2, "score", 16384),
            ("SparseCosineSimilarityLoss", 2, "score", 16384),
            ("SparseMarginMSELoss", 3, "margin", 16384),
            ("SparseDistillKLDivLoss", 4, "scores", 4096),
        )
    ],
    Row(
        _SPARSE,
        "CachedSpladeLoss",
        2,
        largest=4096,
        kwargs=_WEIGHTS + _SMALL_BATCHES,
        inner="SparseMultipleNegativesRankingLoss",
    ),
    Row(_SPARSE, "SparseMSELoss", 1, "embedding"),
    Row(_TOKENS, "MultiVectorMultipleNegativesRankingLoss", 2, largest=256),
    Row(_TOKENS, "CachedMultiVectorMultipleNegativesRankingLoss", 2, largest=256, kwargs=(("mini_batch_size", 64),)),
    Row(_TOKENS, "MultiVectorMarginMSELoss", 3, "margin", largest=256),
    Row(_TOKENS, "MultiVectorDistillKLDivLoss", 4, "scores", largest=256),
)


@dataclass(frozen=True)
class Result:
    """What came of one loss at one size: milliseconds and MB of both sides; None where a side gave up."""

    family: str
    loss: str
    note: str
    size: int
    ours_ms: float | None
    theirs_ms: float | None
    ours_mb: float | None
    theirs_mb: float | None
    said: str = ""

    @property
    def faster(self) -> float | None:
        """How many times as fast we are."""
        return self.theirs_ms / self.ours_ms if self.ours_ms and self.theirs_ms else None

    @property
    def leaner(self) -> float | None:
        """How many times less memory we take; None where neither takes any to speak of."""
        if self.ours_mb is None or self.theirs_mb is None or max(self.ours_mb, self.theirs_mb) < NOISE:
            return None
        return max(self.theirs_mb, 0.1) / max(self.ours_mb, 0.1)

    @property
    def fails(self) -> bool:
        """Whether we are slower or take more memory than is allowed."""
        if self.ours_ms is None:
            return self.theirs_ms is not None
        slower = (self.ours_ms or 0) - (self.theirs_ms or 0) > LOOK
        if self.faster is not None and self.faster < 1 / SLOWER and slower:
            return True
        more = self.leaner is not None and self.leaner < 1 / MORE
        return more and (self.ours_mb or 0) - (self.theirs_mb or 0) > NOISE


# -- what is measured ------------------------------------------------------------------------------------------------


def step_of(side: str, row: Row, size: int, dimension: int) -> Callable[[], None]:
    """One step of one side, ready to be called as often as wanted."""
    import importlib

    import torch

    torch.manual_seed(0)
    package = "losses" if side == "ours" else "sentence_transformers"
    suffix = "" if side == "ours" else ".losses"
    module = importlib.import_module(f"{package}.{row.family}{suffix}")
    labels = _labels(row, size, dimension)
    if row.family == _CROSS:
        return _cross_encoder_step(module, row, size, labels)
    model: Any = _tokens_model(size, row.columns) if row.family == _TOKENS else _embedding_model(dimension)
    kwargs = dict(row.kwargs)
    if "GIST" in row.name:
        kwargs["guide"] = _embedding_model(dimension)
    if row.inner is not None:
        kwargs["loss"] = getattr(module, row.inner)(model)
    loss = getattr(module, row.name)(model, **kwargs)
    inputs = _columns(row, size, dimension)
    leaves = [column["embedding"] for column in inputs]

    def step() -> None:
        for leaf in leaves:
            leaf.grad = None
        value = loss([dict(column) for column in inputs], labels)
        _total(value).backward()

    return step


def _total(value: Any) -> Any:
    return sum(value.values()) if isinstance(value, dict) else value


def _columns(row: Row, size: int, dimension: int) -> list[dict[str, Any]]:
    import torch

    shape = (size, dimension)
    columns = []
    for number in range(row.columns):
        if row.family == _TOKENS:
            shape = (size, 32 if number == 0 else 128, 128)  # type: ignore[assignment]
        embedding = torch.randn(shape)
        if row.family == _SPARSE:
            embedding = embedding.relu()
        width = shape[1] if row.family == _TOKENS else 2
        columns.append(
            {
                "input_ids": torch.zeros(size, width, dtype=torch.long),
                "attention_mask": torch.ones(size, width, dtype=torch.long),
                "embedding": embedding.requires_grad_(),
            }
        )
    return columns


def _labels(row: Row, size: int, dimension: int) -> Any:
    import torch

    draw = torch.Generator().manual_seed(1)
    lists = max(1, size // 32)
    makers: dict[str, Callable[[], Any]] = {
        "none": lambda: None,
        "score": lambda: torch.rand(size, generator=draw),
        "binary": lambda: torch.randint(2, (size,), generator=draw),
        "class": lambda: torch.randint(3, (size,), generator=draw),
        "classes": lambda: torch.arange(size) // 4,
        "embedding": lambda: torch.randn(size, dimension, generator=draw),
        "margin": lambda: torch.randn(size, generator=draw),
        "scores": lambda: torch.randn(size, row.columns - 1, generator=draw),
        "lists": lambda: list(torch.randint(4, (lists, 32), generator=draw)),
        "ragged lists": lambda: [_one_relevant(2 + (number * 37) % 199) for number in range(lists)],
    }
    return makers[row.labels]()


def _one_relevant(length: int) -> Any:
    import torch

    labels = torch.zeros(length, dtype=torch.long)
    labels[length // 2] = 1
    return labels


def _embedding_model(dimension: int) -> Any:
    """A model that hands out the embeddings that are in the features."""
    import torch
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    class Given(torch.nn.Module):
        device = torch.device("cpu")
        max_seq_length = 8
        similarity_fn_name = "cosine"

        def __init__(self) -> None:
            super().__init__()
            words = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
            self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=words)  # type: ignore[no-untyped-call]
            self.inside = torch.nn.Identity()

        def __getitem__(self, place: int) -> Any:
            return self.inside

        def get_embedding_dimension(self) -> int:
            return dimension

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            features["sentence_embedding"] = features["embedding"]
            return features

    return Given()


def _tokens_model(size: int, columns: int) -> Any:
    """A model that hands out the token vectors that are in the features."""
    from sentence_transformers import MultiVectorEncoder

    class Given(MultiVectorEncoder):
        def __init__(self) -> None:
            import torch

            torch.nn.Module.__init__(self)

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:  # type: ignore[override]
            return {**features, "token_embeddings": features["embedding"]}

    return Given()


def _cross_encoder_step(module: Any, row: Row, size: int, labels: Any) -> Callable[[], None]:
    import torch
    from sentence_transformers import CrossEncoder

    several = 3 if row.name == "CrossEntropyLoss" else 1

    class Given(CrossEncoder):
        """A reranker that hands out scores in the order of the pairs it is asked for."""

        device = torch.device("cpu")
        num_labels = several

        def __init__(self) -> None:
            torch.nn.Module.__init__(self)
            self.scores = torch.nn.Parameter(torch.randn(_pairs(row, size, labels), several))
            self.place = 0

        def preprocess(self, inputs: Sequence[Any], **_: Any) -> dict[str, Any]:  # type: ignore[override]
            start, self.place = self.place, self.place + len(inputs)
            return {"places": torch.arange(start, self.place) % len(self.scores)}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:  # type: ignore[override]
            return {"scores": self.scores[features["places"]]}

    model = Given()
    kwargs = dict(row.kwargs)
    if "lists" in row.labels:
        kwargs["mini_batch_size"] = -1
        inputs: list[Any] = [[""] * len(labels), [[""] * len(each) for each in labels]]
    else:
        inputs = [[str(number) for number in range(size)]] * row.columns
    loss = getattr(module, row.name)(model, **kwargs)

    def step() -> None:
        model.place, model.scores.grad = 0, None
        _total(loss([list(column) for column in inputs], labels)).backward()

    return step


def _pairs(row: Row, size: int, labels: Any) -> int:
    if "lists" in row.labels:
        return sum(map(len, labels))
    return size * (5 if "Negatives" in row.name else row.columns - 1)


# -- measuring -------------------------------------------------------------------------------------------------------


def measure(row: Row, size: int, dimension: int) -> Result:
    """Both sides of a loss at a size; each gets a process of its own for memory, and they share one for time."""
    peaks, said = {}, []
    for side in ("ours", "theirs"):
        peak, why = _in_a_process(_peak, side, row, size, dimension)
        peaks[side] = peak
        if peak is None:
            said.append(f"{side}: {why}")
    sides = [side for side in peaks if peaks[side] is not None]
    times: dict[str, float] = {}
    if sides:
        found, why = _in_a_process(_times, sides, row, size, dimension)
        times = found or {}
        if found is None:
            said.append(why)
    ours, theirs = times.get("ours"), times.get("theirs")
    result = Result(row.family, row.name, row.note, size, ours, theirs, peaks["ours"], peaks["theirs"], "; ".join(said))
    if result.faster is not None and result.faster < 1 / SLOWER:  # a busy machine, perhaps: ask again
        again, _ = _in_a_process(_times, sides, row, size, dimension)
        if again and again["theirs"] / again["ours"] > result.faster:
            result = Result(**{**asdict(result), "ours_ms": again["ours"], "theirs_ms": again["theirs"]})
    return result


def _peak(side: str, row: Row, size: int, dimension: int) -> float:
    """MB that a step takes at its peak, beyond its input and the gradient of it."""
    # every allocation of some size by itself, so that what is freed is gone, and not kept for later
    ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 1 << 16)
    warm = step_of(side, row, 16, dimension)
    warm()
    step = step_of(side, row, size, dimension)
    before = _status("VmRSS")
    step()
    gradients = size * dimension * 4 * row.columns / 2**20
    if row.family == _TOKENS:
        gradients = size * 128 * 4 * (32 + 128 * (row.columns - 1)) / 2**20
    if row.family == _CROSS:
        gradients = 0.0
    return max(0.0, _status("VmHWM") - before - gradients)


def _times(sides: Sequence[str], row: Row, size: int, dimension: int) -> dict[str, float]:
    """Milliseconds of a step of each side, in turn."""
    steps = {side: step_of(side, row, size, dimension) for side in sides}
    taken: dict[str, list[float]] = {side: [] for side in sides}
    for side, step in steps.items():
        start = time.perf_counter()
        step()
        taken[side].append(time.perf_counter() - start)
    slowest = max(each[0] for each in taken.values())
    rounds = max(1 if slowest > 5 else 4, min(60, math.ceil(0.6 / max(slowest, 1e-4))))
    taken = {side: [] if rounds > 1 else each for side, each in taken.items()}
    for _ in range(rounds):
        for side, step in steps.items():
            start = time.perf_counter()
            step()
            taken[side].append(time.perf_counter() - start)
    return {side: 1000 * min(each) for side, each in taken.items()}


def _status(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise OSError(f"/proc/self/status has no {field}: memory can be measured on Linux only")


def _in_a_process(function: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """What a function returns in a forked process, within limits; None and the reason where it failed."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(there, function, arguments))
    process.start()
    there.close()
    answer: tuple[Any, str] = (None, f"over {PATIENCE} s")
    if here.poll(PATIENCE):
        try:
            answer = here.recv()
        except EOFError:
            answer = (None, "killed")
    process.kill()
    process.join()
    return answer


def _report(pipe: Any, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    import warnings

    warnings.simplefilter("ignore")
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + BUDGET,) * 2)
    try:
        pipe.send((function(*arguments), ""))
    except (MemoryError, RuntimeError) as error:
        short = isinstance(error, MemoryError) or "memory" in str(error)
        pipe.send((None, f"out of {BUDGET >> 30} GB" if short else f"{type(error).__name__}: {error}"[:200]))
    except Exception as error:
        pipe.send((None, f"{type(error).__name__}: {error}"[:200]))


def _address_space() -> int:
    return int(_status("VmSize") * 2**20)


# -- the large batch that only we can do -----------------------------------------------------------------------------


def large_batch(size: int = 32768, dimension: int = DIMENSION) -> float | None:
    """GB beyond embeddings and gradients that MultipleNegativesRankingLoss takes with a hard negative a row."""
    row = Row(_DENSE, "MultipleNegativesRankingLoss", 3)
    global PATIENCE
    PATIENCE, before = 600, PATIENCE
    peak, _ = _in_a_process(_peak, "ours", row, size, dimension)
    PATIENCE = before
    return None if peak is None else peak / 1024


# -- the table -------------------------------------------------------------------------------------------------------


def table(results: Sequence[Result]) -> Iterator[str]:
    """The results as Markdown."""
    yield "| family | loss | batch | ours, ms | theirs, ms | faster | ours, MB | theirs, MB | leaner | |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---|"
    for each in results:
        name = f"{each.loss} ({each.note})" if each.note else each.loss
        numbers = [_number(each.ours_ms), _number(each.theirs_ms), _ratio(each.faster)]
        numbers += [_number(each.ours_mb), _number(each.theirs_mb), _ratio(each.leaner)]
        mark = each.said or ("**worse**" if each.fails else "")
        yield f"| {each.family} | {name} | {each.size:,} | {' | '.join(numbers)} | {mark} |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}x"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--losses", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only these batch sizes")
    parser.add_argument("--dim", type=int, default=DIMENSION, help="dimension of the embeddings")
    parser.add_argument("--quick", action="store_true", help="small batches only")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there too")
    options = parser.parse_args(arguments)
    import sentence_transformers.cross_encoder.losses
    import sentence_transformers.multi_vector_encoder.losses
    import sentence_transformers.sentence_transformer.losses
    import sentence_transformers.sparse_encoder.losses
    import torch

    torch.set_num_threads(1)
    wanted = options.sizes or (QUICK if options.quick else SIZES)
    chosen = [row for row in ROWS if not options.losses or {row.name, row.inner} & set(options.losses)]
    if not chosen:
        print(f"no such loss among {', '.join(sorted({row.name for row in ROWS}))}", file=sys.stderr)
        return 2
    results = []
    for row in chosen:
        for size in (each for each in wanted if each <= row.largest):
            results.append(measure(row, size, options.dim))
            print(f"{row.family} {row.name} {row.note} {size}", file=sys.stderr, flush=True)
    lines = [
        f"Torch {torch.__version__}, one thread, float32, dimension {options.dim}; sentence-transformers "
        f"{sentence_transformers.__version__}.",
        "",
        *table(results),
    ]
    if not (options.losses or options.quick):
        peak = large_batch(dimension=options.dim)
        lines += ["", f"MultipleNegativesRankingLoss, 32,768 rows with a hard negative each: {peak:.2f} GB beyond the"]
        lines += ["embeddings and their gradients." if peak is not None else "It did not finish."]
    print("\n".join(lines))
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(each) for each in results], indent=1))
    if options.markdown:
        command = "python -m benchmarks.losses --markdown FILE"
        head = ["# Losses against sentence-transformers", "", f"Made by `{command}`; see `benchmarks/losses.py`.", ""]
        Path(options.markdown).parent.mkdir(parents=True, exist_ok=True)
        Path(options.markdown).write_text("\n".join([*head, *lines]) + "\n")
    return 1 if any(each.fails for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())
