"""How a loss's terms become its value."""

from typing import Literal

from torch import Tensor

Reduction = Literal["mean", "sum", "none"]


def reduce(terms: Tensor, reduction: Reduction) -> Tensor:
    """Reduce the terms of a loss.

    Args:
        terms: the terms, of any shape.
        reduction: ``"mean"`` averages them, ``"sum"`` adds them up, ``"none"`` returns them as they are. The mean of
            no terms at all is a zero that keeps the graph, never NaN.

    Raises:
        ValueError: if the reduction is none of these.
    """
    if reduction == "mean":
        return terms.mean() if terms.numel() else terms.sum()
    if reduction == "sum":
        return terms.sum()
    if reduction == "none":
        return terms
    raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}.")
