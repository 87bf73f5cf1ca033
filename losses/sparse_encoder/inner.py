"""Losses that have to be put into another one, which keeps embeddings sparse."""

from collections.abc import Iterable
from typing import NoReturn

from torch import Tensor

from losses.models import Features


class InnerLoss:
    """Makes a loss of embeddings, the next base of a class, refuse to be used alone."""

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> NoReturn:
        """Refuse: alone, this loss would make embeddings dense."""
        name = type(self).__name__
        raise ValueError(
            f"{name} does not keep embeddings sparse. Put it into a loss that does: "
            f"SpladeLoss(model, {name}(model), document_regularizer_weight=3e-5, query_regularizer_weight=5e-5), or "
            f"CSRLoss(model, {name}(model))."
        )
