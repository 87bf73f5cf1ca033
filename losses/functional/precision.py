"""In which precision a loss is computed."""

import torch
from torch import Tensor


def at_least_float32(values: Tensor) -> Tensor:
    """The values in float32, or in float64 where they already are.

    Half precision rounds scores that differ into ties, and labels come as integers or booleans; float64 stays, so
    that a float64 model trains in float64.
    """
    return values.to(torch.promote_types(values.dtype, torch.float32))


def like(values: Tensor, scores: Tensor) -> Tensor:
    """The values (labels, as a rule) in the precision that losses on ``scores`` are computed in."""
    return values.to(torch.promote_types(scores.dtype, torch.float32))
