"""Ranks that have a gradient: how many documents score higher, each counted by a sigmoid."""

from typing import Any

import torch
from torch import Tensor

from losses.functional.groups import fits, group_lists


def smooth_ranks(scores: Tensor, where: Tensor | None, steepness: float, needed: Tensor | None = None) -> Tensor:
    r"""Approximate ranks, 1 for the best.

    .. math::

        r_i = 1 + \sum_{j \ne i} \sigma\bigl( \alpha (s_j - s_i) \bigr)

    Tao Qin, Tie-Yan Liu, Hang Li, "A general approximation framework for direct optimization of information retrieval
    measures", Information Retrieval 13, 2010, doi:10.1007/s10791-009-9124-x.

    No large matrix of pairs is kept: the backward pass computes its blocks again.

    Args:
        scores: (lists, n), in the precision to compute in.
        where: which documents are there, (lists, n); None means all.
        steepness: :math:`\alpha`, the higher the sharper.
        needed: how many leading documents of each list need a rank, (lists,); None means all.

    Returns:
        The ranks, (lists, n); of no meaning where there is nothing or none is needed, but never NaN. They can be
        differentiated once.
    """
    lists, n = scores.shape
    if where is not None:
        scores = scores.masked_fill(~where, torch.finfo(scores.dtype).min)
    if fits(lists, n, n, scores.device):
        differences = scores[:, None, :] - scores[:, :, None]
        # a document outranks itself by a half, which is a half too much
        return (differences if steepness == 1 else differences * steepness).sigmoid().sum(dim=2) + 0.5
    widths = torch.full((lists,), n, device=scores.device)
    if where is not None:
        widths = (torch.arange(1, n + 1, device=scores.device) * where).amax(dim=1)
    rows = widths if needed is None else needed
    ranks: Tensor = _SmoothRanks.apply(scores, rows, widths, steepness)  # type: ignore[no-untyped-call]
    return ranks


def _shares(scores: Tensor, start: int, stop: int, steepness: float) -> Tensor:
    """By how much each document (last dimension) outranks each of those from start to stop."""
    differences = scores[:, None, :] - scores[:, start:stop, None]
    if steepness != 1:
        differences.mul_(steepness)
    return differences.sigmoid_()


class _SmoothRanks(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, scores: Tensor, rows: Tensor, columns: Tensor, steepness: float) -> Tensor:
        ranks = torch.ones_like(scores)
        groups = group_lists(rows, columns)
        for group in groups:
            chosen = scores[group.lists][:, : group.columns]
            found = torch.empty_like(chosen[:, : group.rows])
            for start in range(0, group.rows, group.step):
                stop = min(start + group.step, group.rows)
                torch.sum(_shares(chosen, start, stop, steepness), dim=2, out=found[:, start:stop])
            ranks[group.lists, : group.rows] = found.add_(0.5)
        ctx.save_for_backward(scores)
        ctx.groups, ctx.steepness = groups, steepness
        return ranks

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None, None]:
        (scores,) = ctx.saved_tensors
        gradient = torch.zeros_like(scores)
        for group in ctx.groups:
            chosen = scores[group.lists][:, : group.columns]
            asked = upstream[group.lists][:, : group.rows] * ctx.steepness
            found = torch.zeros_like(chosen)
            for start in range(0, group.rows, group.step):
                stop = min(start + group.step, group.rows)
                shares = _shares(chosen, start, stop, ctx.steepness)
                slopes = torch.addcmul(shares, shares, shares, value=-1, out=shares)
                weights = asked[:, start:stop]
                found[:, start:stop].addcmul_(weights, slopes.sum(dim=2), value=-1)
                found.add_(slopes.mul_(weights[:, :, None]).sum(dim=1))
            gradient[group.lists, : group.columns] = found
        return gradient, None, None, None
