"""From the columns of a batch to one embedding matrix a column."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from losses.models import EmbeddingModel, Features

LossValue = Tensor | dict[str, Tensor]
"""A scalar, or the parts of a loss by name: the trainers add them up and log each."""

Compute = Callable[..., LossValue]
"""From embeddings, one (rows, d) a column, and labels to a loss: ``compute(embeddings, labels, **given)``."""

_MERGING: ContextVar[bool] = ContextVar("merging", default=True)
_TOKEN_KEYS = ("input_ids", "attention_mask")


class EmbeddingLoss(nn.Module):
    """A loss of embeddings: ``run`` embeds the columns, ``compute_loss_from_embeddings`` does the rest.

    The two are apart so that losses combine. A cached loss overrides ``run``, and so decides *how* the embeddings come
    about: in mini-batches, with gradients carried back afterwards. A wrapper (Matryoshka dimensions, regularizers)
    calls the ``run`` of the loss it wraps with a ``compute`` of its own, and so decides *what* is computed from them.
    Either works with every other one.
    """

    model: EmbeddingModel

    def __init__(self, model: EmbeddingModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> LossValue:
        """Compute the loss of a batch.

        Args:
            sentence_features: the tokenized columns of the batch, in order.
            labels: the labels of the batch, or None where the loss takes none.
        """
        return self.run(sentence_features, labels)

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns and compute a loss from the embeddings.

        Args:
            sentence_features: the tokenized columns of the batch, in order.
            labels: the labels of the batch, handed on to ``compute``.
            compute: what to compute, ``compute_loss_from_embeddings`` of this loss by default. It is called with the
                embeddings and the labels, and by keyword with whatever else this loss's own method takes.
            model: what to embed with instead of the model. Its ``sentence_embedding`` may have further dimensions.
            separate_first: whether the first column has a forward pass of its own, as in :func:`embed_columns`.

        Returns:
            What ``compute`` returns, ready for ``backward``.
        """
        embeddings = embed_columns(model or self.model, sentence_features, separate_first=separate_first)
        return (compute or self.compute_loss_from_embeddings)(embeddings, labels)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> LossValue:
        """Compute the loss from one matrix of embeddings a column, (rows, d) each, and the labels."""
        raise NotImplementedError


def run_wrapped(
    loss: nn.Module,
    model: EmbeddingModel,
    sentence_features: Iterable[Features],
    labels: Tensor | None,
    compute: Compute,
    *,
    separate_first: bool = True,
) -> LossValue:
    """Embed columns the way a wrapped loss does, with ``model``, and compute something else from the embeddings.

    A loss that is none of this library, and so has no ``run``, is taken to embed in the plain way.
    """
    if isinstance(loss, EmbeddingLoss):
        return loss.run(sentence_features, labels, compute=compute, model=model, separate_first=separate_first)
    return compute(embed_columns(model, sentence_features, separate_first=separate_first), labels)


@contextmanager
def separate_columns() -> Iterator[None]:
    """Within this block, embed every column in a forward pass of its own.

    For losses that call another one several times on the same features and pass state from call to call in them. Where
    sentence-transformers is loaded it holds for its losses too.
    """
    theirs = getattr(sys.modules.get("sentence_transformers.base.losses"), "column_merging_disabled", nullcontext)
    token = _MERGING.set(False)
    try:
        with theirs():
            yield
    finally:
        _MERGING.reset(token)


def _may_merge() -> bool:
    """Whether neither :func:`separate_columns` nor sentence-transformers' own function of that kind is in force.

    Its AdaptiveLayerLoss hands the states of layers from call to call in the features of each column, which it only
    finds again if the loss that it wraps, which may be one of this library, leaves the columns apart.
    """
    theirs = getattr(sys.modules.get("sentence_transformers.base.losses.merged_forward"), "_MERGING_DISABLED", None)
    return _MERGING.get() and not (isinstance(theirs, ContextVar) and theirs.get())


def embed_columns(model: EmbeddingModel, columns: Iterable[Features], *, separate_first: bool = True) -> list[Tensor]:
    """Embed the columns of a batch, several in one forward pass where that is the same.

    One large forward pass is faster than many small ones. The first column keeps its own, unless told otherwise:
    anchors are often short and documents long, and in one batch they would all be padded to the longest. All others
    are merged if they can be.

    Which columns share a forward pass decides which random numbers dropout draws for them, so this follows
    sentence-transformers to the letter.

    Args:
        model: the model; called as often as there are forward passes, on the features it would get anyway if a column
            is not merged.
        columns: features of each column.
        separate_first: whether the first column has a forward pass of its own.

    Returns:
        The ``sentence_embedding`` of each column, (rows, d).
    """
    columns = list(columns)
    apart, together = (columns[:1], columns[1:]) if separate_first else ([], columns)
    embeddings: list[Tensor] = [model(column)["sentence_embedding"] for column in apart]
    merged = merge_columns(together) if len(together) > 1 and _may_merge() else None
    if merged is None:
        return embeddings + [model(column)["sentence_embedding"] for column in together]
    return embeddings + list(model(merged)["sentence_embedding"].chunk(len(together)))


def merge_columns(columns: Sequence[Features]) -> Features | None:
    """One batch of all rows of all columns, column after column, padded to one width; None if that is impossible.

    It is impossible when the columns have different features, when there is no padded batch of tokens to go by (rows
    packed into one sequence, a bag of words), when a tensor has no row for each row of the batch (image patches), when
    a tensor of floats would need padding, and when what is not a tensor, or describes the whole batch
    (``prompt_length``), differs.
    """
    first = columns[0]
    if any(column.keys() != first.keys() for column in columns) or "cu_seq_lens_q" in first:
        return None
    tokens = [first[key] for key in _TOKEN_KEYS if isinstance(first.get(key), Tensor)]
    if all(value.ndim < 2 for value in tokens):
        return None
    rows = len(tokens[0])
    merged: Features = {}
    for key in first:
        values = [column[key] for column in columns]
        if isinstance(values[0], Tensor) and key != "prompt_length":
            combined = _concatenate(values, rows)
            if combined is None:
                return None
            merged[key] = combined
        elif _all_equal(values):
            merged[key] = values[0]
        else:
            return None
    return merged


def _concatenate(values: Sequence[Any], rows: int) -> Tensor | None:
    first = values[0]
    if any(not isinstance(value, Tensor) or value.ndim != first.ndim for value in values):
        return None
    if first.ndim == 0 or any(len(value) != rows for value in values):
        return None
    if first.ndim > 1:
        if any(value.shape[2:] != first.shape[2:] for value in values):
            return None
        width = max(value.shape[1] for value in values)
        if any(value.shape[1] < width for value in values):
            # A zero means "padding" to a mask or a token type, but could mean anything in a tensor of floats.
            if first.is_floating_point() or first.is_complex():
                return None
            trailing = [0, 0] * (first.ndim - 2)
            values = [F.pad(value, [*trailing, 0, width - value.shape[1]]) for value in values]
    return torch.cat(list(values))


def _all_equal(values: Sequence[Any]) -> bool:
    first = values[0]
    try:
        if isinstance(first, Tensor):
            return all(isinstance(value, Tensor) and torch.equal(value, first) for value in values[1:])
        return all(not bool(value != first) for value in values[1:])
    except (RuntimeError, ValueError):  # arrays have no one truth, tensors on two devices cannot be compared
        return False
