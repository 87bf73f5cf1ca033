"""Embeddings cut short, and the cosines of several lengths out of one pass over the dimensions."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.shapes import check_dimensions


def check_lengths(dimensions: Sequence[int], width: int) -> None:
    """Raise a ValueError if embeddings of that width cannot be cut to these dimensions."""
    if not dimensions:
        raise ValueError("dimensions must hold at least one.")
    if min(dimensions) < 1 or max(dimensions) > width:
        raise ValueError(f"dimensions must be from 1 to {width}, the width of the embeddings, not {list(dimensions)}.")


def becomes_cosine(similarity: Callable[[Tensor, Tensor], Tensor]) -> bool:
    """Whether this similarity of embeddings of length 1 is known to be their cosine."""
    library = str(getattr(similarity, "__module__", "")).split(".")[0]
    name = getattr(similarity, "__name__", "")
    return library in ("losses", "sentence_transformers") and name in ("cos_sim", "pytorch_cos_sim", "dot_score")


def truncate(embeddings: Tensor, dimensions: int) -> Tensor:
    r"""The first dimensions of embeddings, normalised.

    .. math::

        y_i = \frac{x_{i,1..m}}{\lVert x_{i,1..m} \rVert}

    Aditya Kusupati et al., "Matryoshka Representation Learning", 2022, arXiv:2205.13147.

    Args:
        embeddings: (..., d).
        dimensions: how many to keep, m.

    Returns:
        (..., m), of length 1 each; a vector of zeros stays one.

    Raises:
        ValueError: if there are not so many dimensions.

    Example:
        >>> truncate(torch.tensor([[3.0, 4.0, 12.0]]), 2)
        tensor([[0.6000, 0.8000]])
    """
    check_lengths([dimensions], embeddings.shape[-1])
    return F.normalize(embeddings[..., :dimensions], dim=-1)


def nested_cos_sim(a: Tensor, b: Tensor, dimensions: Sequence[int], *, scale: float = 1.0) -> list[Tensor]:
    r"""Cosines of every row of ``a`` with every row of ``b``, of their first dimensions, for several numbers of these.

    .. math::

        s^{(m)}_{ij} = \frac{\sum_{k \le m} a_{ik} b_{jk}}{\lVert a_{i,1..m} \rVert \lVert b_{j,1..m} \rVert}

    The sum for one m goes on from that of the next smaller one, so that all of them together take no more
    multiplications than the largest does alone, forward and backward.

    Args:
        a: (n, d).
        b: (m, d).
        dimensions: the numbers m, in any order.
        scale: what the cosines are multiplied by.

    Returns:
        For each number, in the order given, the scaled cosines, (n, m); those of vectors of zeros are 0.

    Raises:
        ValueError: if the shapes do not match or there are not so many dimensions.

    Example:
        >>> a, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 4.0]])
        >>> [round(each.item(), 4) for each in nested_cos_sim(a, b, [2, 1])]
        [0.6, 1.0]
    """
    check_dimensions(2, a=a, b=b)
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"a and b must have the same number of dimensions, not {a.shape[1]} and {b.shape[1]}.")
    check_lengths(dimensions, a.shape[1])
    ends = sorted(set(dimensions))
    if len(ends) == 1 or torch.is_autocast_enabled(a.device.type) or torch.compiler.is_compiling():
        # sums would be kept in half precision, or the function below not be understood
        made = [truncate(at_least_float32(a), end) * scale @ truncate(at_least_float32(b), end).T for end in ends]
    else:
        made = _NestedCosines.apply(at_least_float32(a), at_least_float32(b), ends, scale)  # type: ignore[no-untyped-call]
    by_end = dict(zip(ends, made, strict=True))
    return [by_end[end] for end in dimensions]


class _NestedCosines(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, ends: Sequence[int], scale: float) -> tuple[Tensor, ...]:
        products = a.new_zeros(len(a), len(b))
        squares_a, squares_b = a.new_zeros(len(a), 1), b.new_zeros(1, len(b))
        cosines, inverses = [], []
        for start, end in zip([0, *ends], ends, strict=False):
            part_a, part_b = a[:, start:end], b[:, start:end]
            products.addmm_(part_a, part_b.T)
            squares_a = squares_a + part_a.square().sum(dim=1)[:, None]
            squares_b = squares_b + part_b.square().sum(dim=1)
            inverse_a, inverse_b = (each.sqrt().clamp(min=1e-12).reciprocal() for each in (squares_a, squares_b))
            cosines.append((products * (inverse_a * scale)).mul_(inverse_b))
            inverses += [inverse_a, inverse_b]
        ctx.ends, ctx.scale = ends, scale
        ctx.save_for_backward(a, b, *cosines, *inverses)
        return tuple(cosines)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        a, b, *saved = ctx.saved_tensors
        ends = ctx.ends
        cosines, inverses = saved[: len(ends)], saved[len(ends) :]
        to_a, to_b = torch.zeros_like(a), torch.zeros_like(b)
        to_products: Tensor | None = None  # what all lengths from this one on ask of each product
        along_a, along_b = a.new_zeros(len(a), 1), b.new_zeros(1, len(b))  # what they ask of the norms
        for place in reversed(range(len(ends))):
            start, end = ([0, *ends])[place], ends[place]
            inverse_a, inverse_b = inverses[2 * place : 2 * place + 2]
            share = upstream[place] * cosines[place]
            along_a = along_a + share.sum(dim=1, keepdim=True) * inverse_a.square()
            along_b = along_b + share.sum(dim=0, keepdim=True) * inverse_b.square()
            torch.mul(upstream[place], inverse_a * ctx.scale, out=share).mul_(inverse_b)
            to_products = share if to_products is None else to_products.add_(share)
            if ctx.needs_input_grad[0]:
                torch.mm(to_products, b[:, start:end], out=to_a[:, start:end]).sub_(a[:, start:end] * along_a)
            if ctx.needs_input_grad[1]:
                torch.mm(to_products.T, a[:, start:end], out=to_b[:, start:end]).sub_(b[:, start:end] * along_b.T)
        return to_a, to_b, None, None
