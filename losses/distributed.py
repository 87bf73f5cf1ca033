"""Gathering embeddings from all processes, with gradients that flow back to where they came from."""

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor


def is_distributed() -> bool:
    """Whether this process is one of a group."""
    return dist.is_available() and dist.is_initialized()


def rank() -> int:
    """This process's place in the group; 0 without one."""
    return dist.get_rank() if is_distributed() else 0


def all_gather(tensor: Tensor) -> Tensor:
    """The tensors of all processes, concatenated along the first dimension in order of rank, with gradients.

    Backward, each process receives the sum of what all processes' losses ask of its own tensor. Where the gradients
    of the parameters are then averaged over the processes, as DistributedDataParallel does, and each process's loss
    is the mean over its own rows, the result is the gradient that one process would compute on the whole batch.

    Without a process group the tensor is returned as it is.

    Args:
        tensor: of the same shape on every process.
    """
    if not is_distributed():
        return tensor
    gathered: Tensor = _AllGather.apply(tensor)  # type: ignore[no-untyped-call]
    return gathered


def all_gather_padded(tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Texts of all processes, padded to the longest of them, concatenated along the first dimension, with gradients.

    Args:
        tokens: token embeddings, (n, ..., t, d), where t differs from process to process.
        mask: which of them are there, (n, ..., t).
    """
    if not is_distributed():
        return tokens, mask
    width = torch.tensor(mask.shape[-1], device=tokens.device)
    dist.all_reduce(width, op=dist.ReduceOp.MAX)
    missing = int(width) - mask.shape[-1]
    return all_gather(F.pad(tokens, (0, 0, 0, missing))), all_gather(F.pad(mask, (0, missing)))


class _AllGather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tensor: Tensor) -> Tensor:
        tensor = tensor.contiguous()
        parts = [torch.empty_like(tensor) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, tensor)
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        # all_reduce rather than reduce_scatter, which not every backend has
        gradient = gradient.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(gradient)
        return gradient.chunk(dist.get_world_size())[dist.get_rank()]
