"""Checks of shapes, shared by the functions of this package."""

from torch import Tensor


def check_same_shape(**tensors: Tensor) -> None:
    """Raise a ValueError that names the tensors, unless all have the shape of the first."""
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if len(set(shapes.values())) > 1:
        described = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"These must have the same shape: {described}.")


def check_dimensions(dimensions: int, **tensors: Tensor) -> None:
    """Raise a ValueError that names the first tensor without that number of dimensions."""
    for name, tensor in tensors.items():
        if tensor.ndim != dimensions:
            raise ValueError(f"{name} must have {dimensions} dimension(s), but its shape is {tuple(tensor.shape)}.")
