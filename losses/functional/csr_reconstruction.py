"""Reconstruction by a sparse autoencoder, as contrastive sparse representation (CSR) has it."""

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import at_least_float32
from losses.functional.shapes import check_same_shape


def csr_reconstruction_loss(
    embeddings: Tensor,
    at_k: Tensor,
    at_4k: Tensor,
    at_k_without_bias: Tensor,
    from_dead: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    r"""How well embeddings are reconstructed from k dimensions, from 4k, and their remainder from dead ones.

    .. math::

        L_k = \mathrm{mse}(x, \hat x_k), \quad L_{4k} = \mathrm{mse}(x, \hat x_{4k}), \quad
        L_{aux} = \frac{\mathrm{mse}(e, \hat e)}{\mathrm{mse}(e, \bar e)}, \quad
        e = x - \mathrm{sg}[\hat x'_k]

    where :math:`\hat e` is what the dimensions that have not been active for a while make of the remainder e,
    :math:`\bar e` the mean of e over the batch, :math:`\hat x'_k` the reconstruction before its bias is added, and
    sg stops the gradient. Where all rows of e are the same, the denominator is 1.

    Tiansheng Wen et al., "Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation", 2025,
    arXiv:2503.01776, section 3.

    Args:
        embeddings: x, (n, d).
        at_k: the reconstruction from the k largest dimensions, (n, d).
        at_4k: the one from the 4k largest, (n, d).
        at_k_without_bias: the one from k without the decoder's bias, (n, d).
        from_dead: the one of the remainder from dead dimensions, (n, d); None where none is dead.

    Returns:
        The three losses, scalars.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        >>> [each.item() for each in csr_reconstruction_loss(x, x, x + 1, torch.zeros(2, 2), x)]
        [0.0, 1.0, 0.0]
    """
    check_same_shape(embeddings=embeddings, at_k=at_k, at_4k=at_4k, at_k_without_bias=at_k_without_bias)
    embeddings = at_least_float32(embeddings)
    first, second = F.mse_loss(embeddings, at_k), F.mse_loss(embeddings, at_4k)
    if from_dead is None:
        return first, second, torch.zeros_like(first)
    rest = embeddings - at_k_without_bias.detach()
    spread = F.mse_loss(rest.mean(dim=0).expand_as(rest), rest)
    constant = (spread == 0) | (rest == rest[:1]).all()
    return first, second, F.mse_loss(from_dead, rest) / torch.where(constant, 1.0, spread)
