"""Regression of the cosine similarity."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from losses.functional.precision import like
from losses.functional.shapes import check_dimensions, check_same_shape


def cosine_similarity_loss(
    a: Tensor,
    b: Tensor,
    labels: Tensor,
    *,
    transformation: Callable[[Tensor], Tensor] | None = None,
    criterion: Callable[[Tensor, Tensor], Tensor] = F.mse_loss,
) -> Tensor:
    r"""Distance between the cosine similarity of each pair and its label; mean squared error by default.

    .. math::

        \frac{1}{n} \sum_i \bigl(f(\cos(a_i, b_i)) - y_i\bigr)^2

    The regression objective of Nils Reimers, Iryna Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
    BERT-Networks", EMNLP 2019, arXiv:1908.10084.

    Args:
        a: first embeddings, (n, d).
        b: second embeddings, (n, d).
        labels: gold similarities, (n,).
        transformation: f, applied to the cosines; None leaves them as they are.
        criterion: what compares (n,) with (n,) and reduces, :func:`torch.nn.functional.mse_loss` for example.

    Returns:
        What the criterion returns.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        The cosine is 0.8, the label 1, the square of what is missing 0.04:

        >>> a, b = torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 2.0]])
        >>> round(cosine_similarity_loss(a, b, torch.tensor([1.0])).item(), 4)
        0.04
    """
    check_dimensions(2, a=a, b=b)
    check_same_shape(a=a, b=b)
    cosines = F.cosine_similarity(a, b)
    check_same_shape(similarities=cosines, labels=labels)
    predictions = cosines if transformation is None else transformation(cosines)
    return criterion(predictions, like(labels, predictions))
