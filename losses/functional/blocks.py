"""Terms of a loss, block of rows by block of rows: a matrix of rows x columns that is never there as a whole."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from losses.functional.reduction import Reduction, reduce

Terms = Callable[..., Tensor]
"""From a slice of rows, and tensors, to the terms of these rows, (rows,)."""

#: Up to so many entries a matrix is made at once: smaller blocks would gain nothing but overhead.
WHOLE = 1 << 20

#: About so many entries a block has: 4 MB in float32.
BLOCK = 1 << 20


def reduce_by_rows(
    terms: Terms,
    tensors: Sequence[Tensor],
    rows: slice,
    columns: int,
    reduction: Reduction = "mean",
    *,
    size: int | None = None,
) -> Tensor:
    """Compute terms for all rows and reduce them, in memory for a block of rows.

    The mean and the sum take no second pass: the gradient of a block is computed with its terms, while its matrix is
    there, and only scaled in the backward pass. Single terms (``"none"``) are computed again in the backward pass.

    Args:
        terms: from a slice of rows, and the tensors, to the terms of these rows.
        tensors: what the terms depend on, with the gradients that are wanted.
        rows: all rows, a slice with a start and a stop.
        columns: about how many entries the matrix of one row has, to size the blocks by.
        reduction: mean, sum or none.
        size: how many rows a block has, by default as many as are worth it.
    """
    count = rows.stop - rows.start
    whole = count * columns <= WHOLE if size is None else count <= size
    if whole or torch.compiler.is_compiling():
        return reduce(terms(rows, *tensors), reduction)
    size = size or max(1, BLOCK // columns)
    blocks = [slice(start, min(start + size, rows.stop)) for start in range(rows.start, rows.stop, size)]
    if not torch.is_grad_enabled() or not any(tensor.requires_grad for tensor in tensors):
        return reduce(torch.cat([terms(block, *tensors) for block in blocks]), reduction)
    if reduction == "none":
        parts = [checkpoint(terms, block, *tensors, use_reentrant=False) for block in blocks]
        return torch.cat(parts)
    total: Tensor = _SumOfBlocks.apply(terms, blocks, *tensors)  # type: ignore[no-untyped-call]
    return total / count if reduction == "mean" else total


class _SumOfBlocks(torch.autograd.Function):
    """The sum of all terms; gradients are made along with it."""

    @staticmethod
    def forward(ctx: Any, terms: Terms, blocks: Sequence[slice], *tensors: Tensor) -> Tensor:
        leaves = [tensor.detach().requires_grad_(tensor.requires_grad) for tensor in tensors]
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        gradients = [torch.zeros_like(leaf) for leaf in wanted]
        total: Tensor | None = None
        with torch.enable_grad():
            for block in blocks:
                value = terms(block, *leaves).sum()
                for gradient, share in zip(
                    gradients, torch.autograd.grad(value, wanted, allow_unused=True), strict=True
                ):
                    if share is not None:
                        gradient.add_(share)
                total = value.detach() if total is None else total + value.detach()
        assert total is not None
        ctx.save_for_backward(*gradients)
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        gradients = iter(ctx.saved_tensors)
        scaled = [next(gradients) * upstream if needed else None for needed in ctx.needs_input_grad[2:]]
        return (None, None, *scaled)
