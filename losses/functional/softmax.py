"""Softmax classification of pairs of embeddings."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from losses.functional.shapes import check_dimensions, check_same_shape


def pair_features(
    a: Tensor, b: Tensor, *, embeddings: bool = True, difference: bool = True, product: bool = False
) -> Tensor:
    r"""What a classifier of pairs looks at.

    .. math::

        x_i = \bigl( u_i,\; v_i,\; |u_i - v_i|,\; u_i v_i \bigr)

    with the products number by number, side by side; the last is left out unless asked for.

    Args:
        a: first embeddings u, (n, d).
        b: second embeddings v, (n, d).
        embeddings: include u and v.
        difference: include |u - v|.
        product: include u * v.

    Returns:
        (n, k d), where k counts what is included.

    Raises:
        ValueError: if the shapes differ or nothing is included.

    Example:
        >>> pair_features(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 0.0]]), product=True)
        tensor([[1., 2., 3., 0., 2., 2., 3., 0.]])
    """
    check_dimensions(2, a=a, b=b)
    check_same_shape(a=a, b=b)
    parts = []
    if embeddings:
        parts += [a, b]
    if difference:
        parts.append((a - b).abs())
    if product:
        parts.append(a * b)
    if not parts:
        raise ValueError("At least one of embeddings, difference and product must be included.")
    return torch.cat(parts, dim=1)


def softmax_loss(
    a: Tensor,
    b: Tensor,
    labels: Tensor,
    classifier: Callable[[Tensor], Tensor],
    *,
    embeddings: bool = True,
    difference: bool = True,
    product: bool = False,
    criterion: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
) -> Tensor:
    r"""Classification of pairs: cross-entropy of a classifier of :func:`pair_features`.

    .. math::

        -\frac{1}{n} \sum_i \log \mathrm{softmax}\bigl(f(u_i, v_i, |u_i - v_i|)\bigr)_{y_i}

    The classification objective of Nils Reimers, Iryna Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
    BERT-Networks", EMNLP 2019, arXiv:1908.10084.

    Args:
        a: first embeddings u, (n, d).
        b: second embeddings v, (n, d).
        labels: class ids (n,), or probabilities (n, classes).
        classifier: f, from features (n, k d) to logits (n, classes); a linear layer in the paper.
        embeddings: let the classifier see u and v.
        difference: let it see |u - v|.
        product: let it see u * v.
        criterion: what compares logits (n, classes) with the labels and reduces.

    Returns:
        What the criterion returns.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        A classifier that sees no more than |u - v| = (2, 0), as the logits of two classes:
        :math:`\log(1 + e^{-2})`.

        >>> u, v, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 2.0]]), torch.tensor([0])
        >>> round(softmax_loss(u, v, y, lambda features: features, embeddings=False).item(), 4)
        0.1269
    """
    features = pair_features(a, b, embeddings=embeddings, difference=difference, product=product)
    return criterion(classifier(features), labels)
