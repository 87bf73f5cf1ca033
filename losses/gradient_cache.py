"""Gradient caching: the loss of a large batch in the memory of a small one.

A loss that compares everything with everything needs the embeddings of the whole batch at once, but not the
activations that made them. So:

1. embed the batch in mini-batches, keeping no activations, but the state of the random numbers before each;
2. compute the loss from all embeddings, and its gradient with respect to them;
3. backward: embed each mini-batch again, with the same random numbers, and send its part of that gradient through.

That is exact, with dropout too, and costs a second forward pass. Luyu Gao, Yunyi Zhang, Jiawei Han, Jamie Callan,
"Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021, arXiv:2101.06983.

:func:`cached` is the whole of it, for anything that is made piece by piece: embeddings, tokens, a cross-encoder's
scores. :class:`CachedEmbeddingLoss` is the base of the losses of embeddings that do it.
"""

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel
from torch.utils.checkpoint import get_device_states, set_device_states

from losses.embedding import Compute, EmbeddingLoss, LossValue
from losses.models import EmbeddingModel, Features

Piece = Callable[[], Tensor]
"""Makes some rows of a tensor; called twice, with the same random numbers."""


def cached(
    columns: Sequence[Sequence[Piece]], compute: Callable[[list[Tensor]], LossValue], model: Any = None
) -> LossValue:
    """Compute a loss from tensors that are made piece by piece, without keeping what it took to make them.

    Args:
        columns: for each tensor the pieces that it is concatenated from, in order.
        compute: from those tensors to a scalar, or to the parts of one by name.
        model: what the pieces run through; asked only whether it is a DistributedDataParallel, whose processes then
            exchange gradients once, with the last piece.

    Returns:
        What ``compute`` returns. Its ``backward`` (for parts: that of their sum) makes each piece again and sends
        gradients through it. Parameters that ``compute`` uses itself get theirs as well.
    """
    if not torch.is_grad_enabled():
        return compute([torch.cat([piece() for piece in pieces]) for pieces in columns])
    made = [[_first_pass(piece) for piece in pieces] for pieces in columns]
    leaves = [torch.cat([rows for rows, _ in each]).requires_grad_() for each in made]
    value = compute(leaves)
    parts = value if isinstance(value, dict) else {"": value}
    total = torch.stack([part.reshape(()) for part in parts.values()]).sum()
    others: list[Tensor] = []
    gradients: tuple[Tensor | None, ...]
    if total.requires_grad:
        others = [leaf for leaf in _leaves_of(total) if all(leaf is not own for own in leaves)]
        gradients = torch.autograd.grad(total, [*leaves, *others], allow_unused=True)
    else:  # whoever computed it has been backward already
        gradients = tuple(leaf.grad for leaf in leaves)
    jobs = []
    for pieces, each, gradient in zip(columns, made, gradients, strict=False):
        if gradient is not None:
            shares = torch.split(gradient, [len(rows) for rows, _ in each])
            jobs += [(piece, state, share) for piece, (_, state), share in zip(pieces, each, shares, strict=True)]
    carrier = total.new_zeros(()).requires_grad_()
    own_gradients = list(zip(others, gradients[len(leaves) :], strict=True))
    carrier.register_hook(partial(_second_pass, jobs, own_gradients, model))  # type: ignore[no-untyped-call]
    done = {name: part.detach() for name, part in parts.items()}
    first = next(iter(done))
    done[first] = done[first] + carrier  # zero, but it carries the gradient of all parts
    return done if isinstance(value, dict) else done[first]


class _State:
    """What a piece depends on beside its input: random numbers, and the precision that autocast chose."""

    def __init__(self) -> None:
        device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        self.kind = device.type if device is not None else "cpu"
        self.cpu = torch.get_rng_state()
        self.mps = torch.mps.get_rng_state() if self.kind == "mps" else None
        here = [torch.empty(0, device=device)] if device is not None and self.kind != "mps" else []
        self.devices, self.states = get_device_states(*here)
        self.precisions = {
            kind: (torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)) for kind in {"cpu", self.kind}
        }

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Within, everything is as it was; afterwards, the random numbers go on as if nothing had been."""
        kind = self.kind if self.devices else "cuda"
        outside = torch.mps.get_rng_state() if self.mps is not None else None
        with torch.random.fork_rng(devices=self.devices, device_type=kind):
            torch.set_rng_state(self.cpu)
            if self.devices:
                set_device_states(self.devices, self.states, device_type=kind)
            if self.mps is not None:
                torch.mps.set_rng_state(self.mps)
            with _all([torch.autocast(kind, dtype, enabled) for kind, (enabled, dtype) in self.precisions.items()]):
                yield
        if outside is not None:
            torch.mps.set_rng_state(outside)


@contextmanager
def _all(contexts: Sequence[Any]) -> Iterator[None]:
    if not contexts:
        yield
        return
    with contexts[0], _all(contexts[1:]):
        yield


def _first_pass(piece: Piece) -> tuple[Tensor, _State]:
    state = _State()
    with torch.no_grad():
        rows = piece()
    # float32 at least: the gradient is kept until it is scaled, and half precision would lose small ones until then
    return rows.detach().to(torch.promote_types(rows.dtype, torch.float32)), state


def _second_pass(
    jobs: Sequence[tuple[Piece, _State, Tensor]],
    others: Sequence[tuple[Tensor, Tensor | None]],
    model: Any,
    upstream: Tensor,
) -> None:
    model = getattr(model, "_orig_mod", model)
    with torch.enable_grad():
        for number, (piece, state, gradient) in enumerate(jobs, start=1):
            waits = isinstance(model, DistributedDataParallel) and number < len(jobs)
            with model.no_sync() if waits else nullcontext(), state.restored():
                rows = piece()
                if rows.requires_grad:
                    torch.autograd.backward(rows, (gradient * upstream).to(rows.dtype))
    for leaf, own in others:
        if own is not None:
            scaled = (own * upstream).to(leaf.dtype)
            leaf.grad = scaled if leaf.grad is None else leaf.grad + scaled


def _leaves_of(value: Tensor) -> list[Tensor]:
    """The tensors that a backward pass from here would leave gradients in."""
    found, waiting, seen = [], [value.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            found.append(leaf)
        waiting += [following for following, _ in node.next_functions]
    return found


class CachedEmbeddingLoss(EmbeddingLoss):
    """Makes a loss of embeddings, the next base of a class, embed its columns in mini-batches, twice.

    Attributes:
        mini_batch_size: how many rows go through the model at once.
        mini_batch_num_tokens: how many tokens, instead: rows are packed in order until the next one would exceed it.
        show_progress_bar: whether to show progress over the mini-batches, on standard error.
    """

    mini_batch_size: int
    mini_batch_num_tokens: int | None
    show_progress_bar: bool

    #: What sentence-transformers' own wrappers ask for, before they take :meth:`calculate_loss` over.
    uses_gradient_cache = True

    def set_mini_batches(self, size: int, num_tokens: int | None, show_progress_bar: bool) -> None:
        """Set the three attributes.

        Raises:
            ValueError: a size is not positive.
        """
        check_mini_batches(size, num_tokens)
        self.mini_batch_size = size
        self.mini_batch_num_tokens = num_tokens
        self.show_progress_bar = show_progress_bar

    def progress(self, pieces: int) -> Any:
        """A progress bar over so many pieces, each made twice; None where none is to be shown."""
        return progress_bar(2 * pieces) if self.show_progress_bar else None

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns in mini-batches, each column on its own, and compute a loss from the embeddings.

        See :meth:`losses.embedding.EmbeddingLoss.run`; ``separate_first`` makes no difference here.
        """
        columns = list(sentence_features)
        compute = compute or self._given_back or self.compute_loss_from_embeddings
        return run_cached(
            model or self.model,
            columns,
            lambda embeddings: compute(embeddings, labels),
            mini_batch_size=self.mini_batch_size,
            mini_batch_num_tokens=self.mini_batch_num_tokens,
            show_progress_bar=self.show_progress_bar,
        )

    def calculate_loss(
        self, reps: Sequence[Sequence[Tensor]], labels: Tensor | None = None, *, with_backward: bool = False
    ) -> Tensor:
        """Compute the loss from embeddings in mini-batches, as sentence-transformers' wrappers of cached losses do.

        Args:
            reps: for each column its mini-batches of embeddings.
            labels: the labels.
            with_backward: whether to leave gradients in them, and to return the value alone.
        """
        value = self.compute_loss_from_embeddings([torch.cat(list(column)) for column in reps], labels)
        total: Tensor = sum(value.values()) if isinstance(value, dict) else value  # type: ignore[assignment]
        if not with_backward:
            return total
        total.backward()  # type: ignore[no-untyped-call]
        return total.detach()

    @property
    def _given_back(self) -> Compute | None:
        """The replacement that another library's wrapper has put in the place of ``calculate_loss``, if any."""
        taken_over = vars(self).get("calculate_loss")
        if taken_over is None:
            return None

        def compute(embeddings: Sequence[Tensor], labels: Tensor | None) -> Tensor:
            enabled = torch.is_grad_enabled()
            value: Tensor = taken_over([[column] for column in embeddings], labels, with_backward=enabled)
            return value.detach()

        return compute


def run_cached(
    model: EmbeddingModel,
    columns: Sequence[Features],
    compute: Callable[[list[Tensor]], LossValue],
    *,
    mini_batch_size: int,
    mini_batch_num_tokens: int | None = None,
    show_progress_bar: bool = False,
) -> LossValue:
    """Embed columns in mini-batches and compute a loss from the embeddings, with cached gradients.

    Args:
        model: what embeds.
        columns: features of each column.
        compute: from the ``sentence_embedding`` of each column to the loss.
        mini_batch_size: rows of a mini-batch.
        mini_batch_num_tokens: tokens of a mini-batch, instead.
        show_progress_bar: whether to show progress over the mini-batches.

    Raises:
        ValueError: a column cannot be split into rows.
    """
    ranges = [mini_batches(column, mini_batch_size, mini_batch_num_tokens) for column in columns]
    shown = progress_bar(2 * sum(map(len, ranges))) if show_progress_bar else None
    pieces = [
        [partial(_embed, model, column, begin, end, shown) for begin, end in each]
        for column, each in zip(columns, ranges, strict=True)
    ]
    return cached(pieces, compute, model)


def _embed(model: EmbeddingModel, column: Features, begin: int, end: int, shown: Any) -> Tensor:
    rows: Tensor = model(take_rows(column, begin, end))["sentence_embedding"]
    if shown is not None:
        shown.update()
    return rows


def progress_bar(steps: int) -> Any:
    """A progress bar of so many steps, on standard error; to be told of each with its ``update``."""
    from tqdm.auto import tqdm  # comes with what comes with sentence-transformers

    return tqdm(total=steps, desc="Mini-batches", leave=False)


#: Grids of patches, the patches of all images or videos one after the other, and how many of these each text has.
_GRIDS = (
    ("image_grid_thw", "pixel_values", "num_images_per_sample"),
    ("video_grid_thw", "pixel_values_videos", "num_videos_per_sample"),
)

#: What has a row for each image.
_EACH_IMAGE = ("pixel_values", "image_position_ids", "image_sizes")

#: What comes only with images that are padded to one number for each text.
_PADDED_IMAGES = ("pixel_attention_mask", "aspect_ratio_ids")


def check_mini_batches(size: int, num_tokens: int | None = None, *, name: str = "mini_batch_size") -> None:
    """Raise a ValueError if mini-batches of that size, an argument of that name, are none."""
    if size < 1:
        raise ValueError(f"{name} must be at least 1, not {size!r}.")
    if num_tokens is not None and num_tokens < 1:
        raise ValueError(f"mini_batch_num_tokens must be None or at least 1, not {num_tokens!r}.")


def mini_batches(column: Features, size: int, num_tokens: int | None = None) -> list[tuple[int, int]]:
    """The first and the last row (exclusive) of each mini-batch of a column.

    Args:
        column: its features.
        size: rows of a mini-batch.
        num_tokens: tokens of a mini-batch, instead; a longer row has one of its own.

    Raises:
        ValueError: tokens cannot be counted, or rows not be told apart.
    """
    rows = number_of_rows(column)
    if num_tokens is None:
        return [(begin, min(begin + size, rows)) for begin in range(0, rows, size)]
    if "cu_seq_lens_q" in column:
        ends = column["cu_seq_lens_q"][1:].tolist()
    elif "attention_mask" in column:
        ends = column["attention_mask"].sum(dim=1).cumsum(dim=0).tolist()
    else:
        raise ValueError(
            "mini_batch_num_tokens needs an attention_mask to count tokens, and this model's features have none: "
            "use mini_batch_size."
        )
    ranges = []
    begin = 0
    while begin < rows:
        before = ends[begin - 1] if begin else 0
        end = max(begin + 1, bisect.bisect_right(ends, before + num_tokens))
        ranges.append((begin, end))
        begin = end
    return ranges


def number_of_rows(column: Features) -> int:
    """How many rows a column has.

    Raises:
        ValueError: its texts stand in one sequence without a row for each, as in a bag of words.
    """
    if "cu_seq_lens_q" in column:
        return len(column["cu_seq_lens_q"]) - 1
    tokens = [column[key] for key in ("input_ids", "attention_mask") if isinstance(column.get(key), Tensor)]
    tensors = tokens or [each for each in column.values() if isinstance(each, Tensor) and each.ndim]
    if not tensors or "offsets" in column:
        raise ValueError(
            "This model's features cannot be split into mini-batches (those of a static embedding cannot): use the "
            "loss of the same name without Cached."
        )
    return len(tensors[0])


def take_rows(column: Features, begin: int, end: int) -> Features:
    """Some rows of a column, without the padding that none of them needs, and with the images that belong to them.

    Raises:
        ValueError: a feature has another number of rows than the texts, and nothing says which belong to which.
    """
    if "cu_seq_lens_q" in column:
        return _take_flat_rows(column, begin, end)
    rows = number_of_rows(column)
    mask = column.get("attention_mask")
    width = kept = mask.shape[1] if isinstance(mask, Tensor) and mask.ndim == 2 else None
    if isinstance(mask, Tensor) and width is not None:
        needed = mask[begin:end].bool()
        if isinstance(column.get("query_expansion_positions"), Tensor):
            needed = needed | column["query_expansion_positions"][begin:end].bool()
        places = needed.any(dim=0).nonzero()
        kept = int(places[-1]) + 1 if len(places) else width
    images = _rows_of_images(column, rows, begin, end)
    taken: Features = {}
    for key, value in column.items():
        if not isinstance(value, Tensor) or value.ndim == 0:
            taken[key] = value
        elif key in images:
            if len(own := value[slice(*images[key])]):
                taken[key] = own
        elif key == "prompt_length" and len(value) == 1:
            taken[key] = value
        elif len(value) != rows:
            raise ValueError(
                f"The feature {key!r} has {len(value)} rows for {rows} texts, so mini-batches cannot be cut out of it: "
                "use the loss of the same name without Cached."
            )
        elif kept is not None and value.ndim >= 2 and value.shape[1] == width:
            taken[key] = value[begin:end, :kept]
        else:
            taken[key] = value[begin:end]
    return taken


def _rows_of_images(column: Features, rows: int, begin: int, end: int) -> dict[str, tuple[int, int]]:
    """From where to where features go on that have a row for each image, or for each patch of one, of all texts."""
    found: dict[str, tuple[int, int]] = {}
    for grid_key, patches_key, counts_key in _GRIDS:
        grid, patches, counts = (column.get(key) for key in (grid_key, patches_key, counts_key))
        if grid is None or patches is None or (counts is None and len(grid) != rows):
            continue
        first, last = (begin, end) if counts is None else (int(counts[:begin].sum()), int(counts[:end].sum()))
        sizes = grid.prod(dim=1)
        found[grid_key] = first, last
        found[patches_key] = int(sizes[:first].sum()), int(sizes[:last].sum())
    counts, pixels = column.get("num_images_per_sample"), column.get("pixel_values")
    padded = any(key in column for key in _PADDED_IMAGES)  # as many for each text, in a dimension of their own
    if counts is None or pixels is None or padded or "pixel_values" in found or len(pixels) != int(counts.sum()):
        return found
    here = int(counts[:begin].sum()), int(counts[:end].sum())
    found.update((key, here) for key in _EACH_IMAGE if key in column)
    return found


def _take_flat_rows(column: Features, begin: int, end: int) -> Features:
    """The same for rows that stand one after the other in one sequence, without padding."""
    ends = column["cu_seq_lens_q"]
    first, last, total = int(ends[begin]), int(ends[end]), int(ends[-1])
    own = ends[begin : end + 1] - ends[begin]
    taken: Features = {}
    for key, value in column.items():
        if key in ("cu_seq_lens_q", "cu_seq_lens_k"):
            taken[key] = own
        elif key in ("max_length_q", "max_length_k"):
            taken[key] = int(own.diff().max())
        elif isinstance(value, Tensor) and value.ndim and value.shape[-1] == total:
            taken[key] = value[..., first:last] - (begin if key == "seq_idx" else 0)
        else:
            taken[key] = value
    return taken
