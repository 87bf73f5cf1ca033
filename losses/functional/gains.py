"""What documents gain, for NDCG."""

import torch
from torch import Tensor

# Labels above this are gains beyond it: 2^label of float32 ends at 128.
_LARGEST_EXPONENT = 64.0


def discounts(ranks: int, like: Tensor) -> Tensor:
    """:math:`D_i = \\log_2(1 + i)` of the first ranks, (ranks,), with the type and the device of a tensor."""
    return torch.arange(2, ranks + 2, device=like.device).to(like.dtype).log2()


def gains(ideal: Tensor, discount: Tensor, k: int | None = None, eps: float = 1e-10) -> Tensor:
    r"""Gain of each document, :math:`(2^{y_i} - 1) / \mathrm{maxDCG}`, in the ideal order.

    Computed in a power of two that holds the largest label.

    Args:
        ideal: labels from the highest to the lowest, not below zero, (lists, n).
        discount: :math:`D_i` of each rank, (n,).
        k: how many documents maxDCG is made of; None means all.
        eps: what maxDCG is at least.
    """
    shift = (_LARGEST_EXPONENT - ideal[:, :1]).clamp(max=0)
    gain = torch.exp2(ideal + shift) - torch.exp2(shift)
    ideal_dcg = (gain / discount)[:, :k].sum(dim=1, keepdim=True).clamp(min=eps)
    return gain / ideal_dcg
