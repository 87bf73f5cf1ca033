"""SigmoidContrastiveLoss: each pair of the batch is a yes or a no of its own."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.configuration import function_name
from losses.distributed import all_gather, rank
from losses.embedding import EmbeddingLoss
from losses.functional import cos_sim, sigmoid_contrastive_loss
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel


class SigmoidContrastiveLoss(EmbeddingLoss):
    """Tell whether a query and a document belong together, for all pairs of the batch (the loss of SigLIP).

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: where batches have to be small, since no softmax ties their pairs together. Temperature and bias are
    parameters of the loss and learned with the model (the trainers optimise a loss's parameters too); the paper starts
    them at 10 and -10, so that all pairs begin as a confident no. ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: MultipleNegativesRankingLoss compares documents with each other instead.

    The maths is in :func:`losses.functional.sigmoid_contrastive_loss`; Zhai et al. 2023,
    https://arxiv.org/abs/2303.15343.

    Args:
        model: the model to train.
        scale: where the inverse temperature starts.
        bias: where the bias starts.
        learn: whether temperature and bias are learned.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        gather_across_devices: use the documents of all processes as negatives.

    Example:
        ::

            from losses.sentence_transformer import SigmoidContrastiveLoss

            loss = SigmoidContrastiveLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 10.0,
        bias: float = -10.0,
        learn: bool = True,
        similarity_fct: Similarity = cos_sim,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(model)
        if not scale > 0:
            raise ValueError(f"scale must be positive, not {scale!r}.")
        self.log_scale = nn.Parameter(torch.tensor(math.log(scale)), requires_grad=learn)
        self.bias = nn.Parameter(torch.tensor(float(bias)), requires_grad=learn)
        self.similarity_fct = similarity_fct
        self.gather_across_devices = gather_across_devices
        self._unused_labels = UnusedLabels()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the anchors, the positives and any negatives; labels are unused."""
        check_columns(self, embeddings, ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "triplet")
        queries, *documents = embeddings
        rows = slice(0, len(queries))
        if self.gather_across_devices:
            rows = slice(rank() * len(queries), (rank() + 1) * len(queries))
            queries, *documents = map(all_gather, embeddings)
        return sigmoid_contrastive_loss(
            queries,
            documents,
            scale=self.log_scale.exp(),
            bias=self.bias,
            similarity=self.similarity_fct,
            rows=rows,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "scale": round(self.log_scale.exp().item(), 4),
            "bias": round(self.bias.item(), 4),
            "learn": self.bias.requires_grad,
            "similarity_fct": function_name(self.similarity_fct),
            "gather_across_devices": self.gather_across_devices,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SIGLIP
