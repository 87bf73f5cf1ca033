"""FlopsLoss: the regulariser that makes embeddings sparse."""

from collections.abc import Iterable
from typing import Any, NoReturn

from torch import Tensor, nn

from losses import citations
from losses.functional import flops_loss
from losses.models import EmbeddingModel, Features


class FlopsLoss(nn.Module):
    """The squared mean activation of each dimension, a stand-in for what a search costs.

    It is the default regulariser of :class:`~losses.sparse_encoder.SpladeLoss`, which calls it with embeddings; it
    trains nothing useful on its own, since embeddings of nothing but zeros are best for it.

    The maths is in :func:`losses.functional.flops_loss`; Paria et al. 2020, https://arxiv.org/abs/2004.05665, and for
    the threshold https://arxiv.org/abs/2504.14839.

    Args:
        model: the sparse encoder to train.
        threshold: leave out embeddings with no more than this many dimensions that are not zero.

    Example:
        ::

            from losses.sparse_encoder import FlopsLoss

            SpladeLoss(model, inner, document_regularizer_weight=3e-5, document_regularizer=FlopsLoss(model, 64))
    """

    model: EmbeddingModel

    def __init__(self, model: EmbeddingModel, threshold: float | None = None) -> None:
        super().__init__()
        self.model = model
        self.threshold = threshold

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> NoReturn:
        """Refuse: see the class."""
        raise ValueError("FlopsLoss is a regulariser, not a loss to train with: use it inside SpladeLoss.")

    def compute_loss_from_embeddings(self, embeddings: Tensor) -> Tensor:
        """Compute the regulariser from embeddings, (rows, d)."""
        return flops_loss(embeddings, threshold=self.threshold)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"threshold": self.threshold}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.FLOPS
