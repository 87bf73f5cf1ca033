"""From the columns of a batch to the embeddings of their tokens, for late interaction."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from losses.embedding import merge_columns
from losses.gradient_cache import cached, check_mini_batches, mini_batches, progress_bar, take_rows
from losses.models import Features, MultiVectorModel


class Tokens(NamedTuple):
    """The texts of one column, padded to the longest."""

    embeddings: Tensor
    """(rows, tokens, d)"""
    mask: Tensor
    """Which tokens are there and to be compared, (rows, tokens)."""


TokenScores = Callable[..., Tensor]
"""From token embeddings of queries and of documents, and ``queries_mask`` and ``documents_mask``, to scores."""


class MultiVectorLoss(nn.Module):
    """A loss of token embeddings: ``embed`` makes them, ``compute_loss_from_tokens`` does the rest.

    Attributes:
        model: the model to train.
        mini_batch_size: how many documents go through the model at once; None for all.
    """

    model: MultiVectorModel
    mini_batch_size: int | None

    def __init__(self, model: MultiVectorModel, mini_batch_size: int | None = None) -> None:
        super().__init__()
        if mini_batch_size is not None:
            check_mini_batches(mini_batch_size)
        self.model = model
        self.mini_batch_size = mini_batch_size

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> Tensor:
        """Compute the loss of a batch.

        Args:
            sentence_features: the tokenized columns of the batch, in order: queries, then documents.
            labels: the labels of the batch, or None where the loss takes none.
        """
        tokens = embed_token_columns(self.model, sentence_features, self.mini_batch_size)
        return self.compute_loss_from_tokens(tokens, labels)

    def compute_loss_from_tokens(self, tokens: Sequence[Tokens], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the tokens of each column and the labels."""
        raise NotImplementedError


def embed_token_columns(
    model: MultiVectorModel, columns: Iterable[Features], mini_batch_size: int | None = None
) -> list[Tokens]:
    """Embed the tokens of all columns: the queries in a forward pass of their own, all documents in one if possible.

    Args:
        model: the model; what it does to the features it gets, the given ones stay as they are.
        columns: features of each column. Those with a ``task`` are embedded as such; without one, the first column
            are queries and all others documents.
        mini_batch_size: how many documents go through the model at once, each mini-batch padded for itself.
    """
    first, *documents = [dict(column) for column in columns]
    queries = _embed(model, first, first.get("task", "query"))
    merged = merge_columns(documents) if len(documents) > 1 else None
    if merged is not None:
        every = _embed_in_pieces(model, merged, mini_batch_size)
        parts = zip(every.embeddings.chunk(len(documents)), every.mask.chunk(len(documents)), strict=True)
        return [queries, *(Tokens(*part) for part in parts)]
    return [queries, *(_embed_in_pieces(model, column, mini_batch_size) for column in documents)]


def run_cached_tokens(
    model: MultiVectorModel,
    columns: Iterable[Features],
    compute: Callable[[list[Tokens]], Tensor],
    *,
    mini_batch_size: int,
    mini_batch_num_tokens: int | None = None,
    show_progress_bar: bool = False,
) -> Tensor:
    """Embed the tokens of all columns in mini-batches and compute a loss, with cached gradients.

    See :mod:`losses.gradient_cache`. Each column goes through the model on its own.

    Args:
        model: what embeds.
        columns: features of each column, as for :func:`embed_token_columns`.
        compute: from the tokens of each column to the loss.
        mini_batch_size: rows of a mini-batch.
        mini_batch_num_tokens: tokens of a mini-batch, instead.
        show_progress_bar: whether to show progress over the mini-batches.

    Raises:
        ValueError: a column cannot be split into rows.
    """
    columns = [dict(column) for column in columns]
    ranges = [mini_batches(column, mini_batch_size, mini_batch_num_tokens) for column in columns]
    shown = progress_bar(2 * sum(map(len, ranges))) if show_progress_bar else None
    # of each column and mini-batch; widths differ, so that what is cached is rows of tokens, not of texts
    masks: list[list[Tensor]] = [[torch.empty(0)] * len(each) for each in ranges]
    precisions: set[torch.dtype] = set()

    def piece(column: int, number: int) -> Tensor:
        features, default = columns[column], "document" if column else "query"
        tokens = _embed(model, take_rows(features, *ranges[column][number]), features.get("task", default))
        masks[column][number] = tokens.mask
        precisions.add(tokens.embeddings.dtype)
        if shown is not None:
            shown.update()
        return tokens.embeddings.flatten(0, 1)

    def together(column: int, flat: Tensor) -> Tokens:
        flat = flat.to(min(precisions, key=lambda precision: precision.itemsize))
        parts = torch.split(flat, [mask.numel() for mask in masks[column]])
        texts = [part.view(*mask.shape, -1) for part, mask in zip(parts, masks[column], strict=True)]
        return concatenate_texts([Tokens(*each) for each in zip(texts, masks[column], strict=True)])

    pieces = [[partial(piece, column, number) for number in range(len(each))] for column, each in enumerate(ranges)]
    value = cached(pieces, lambda flat: compute([together(column, each) for column, each in enumerate(flat)]), model)
    assert isinstance(value, Tensor)
    return value


def concatenate_texts(parts: Sequence[Tokens]) -> Tokens:
    """Texts of several batches as one, padded to the longest of all: (sum of rows, tokens, d)."""
    parts = _equally_wide(parts)
    if len(parts) == 1:
        return parts[0]
    return Tokens(torch.cat([each.embeddings for each in parts]), torch.cat([each.mask for each in parts]))


def stack_columns(columns: Sequence[Tokens]) -> Tokens:
    """The documents of each row side by side, padded to the longest of all: (rows, columns, tokens, d)."""
    columns = _equally_wide(columns)
    return Tokens(
        torch.stack([each.embeddings for each in columns], dim=1), torch.stack([each.mask for each in columns], dim=1)
    )


def _equally_wide(parts: Sequence[Tokens]) -> list[Tokens]:
    width = max(each.mask.shape[1] for each in parts)
    return [_widened(each, width - each.mask.shape[1]) for each in parts]


def _widened(tokens: Tokens, by: int) -> Tokens:
    return Tokens(F.pad(tokens.embeddings, (0, 0, 0, by)), F.pad(tokens.mask, (0, by))) if by else tokens


def _embed(model: MultiVectorModel, features: Features, task: str | None) -> Tokens:
    options: dict[str, Any] = {} if task is None else {"task": task}
    outputs = model(features, **options)
    return Tokens(outputs["token_embeddings"], outputs["attention_mask"].bool())


def _embed_in_pieces(model: MultiVectorModel, column: Features, size: int | None) -> Tokens:
    task = column.get("task", "document")
    ranges = mini_batches(column, size) if size is not None else []
    if len(ranges) < 2:
        return _embed(model, column, task)
    return concatenate_texts([_embed(model, take_rows(column, begin, end), task) for begin, end in ranges])
