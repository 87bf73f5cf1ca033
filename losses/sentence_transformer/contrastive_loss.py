"""ContrastiveLoss, and the distances for it and OnlineContrastiveLoss."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, check_columns, check_one_label_a_row, reject
from losses.configuration import member_name
from losses.embedding import EmbeddingLoss
from losses.functional import (
    contrastive_loss,
    paired_cosine_distance,
    paired_euclidean_distance,
    paired_manhattan_distance,
)
from losses.functional.reduction import Reduction
from losses.models import EmbeddingModel

PairDistance = Callable[[Tensor, Tensor], Tensor]


class SiameseDistanceMetric:
    """Distances for the contrastive losses: from embeddings (n, d) and (n, d) to the distance of each pair, (n,)."""

    EUCLIDEAN = staticmethod(paired_euclidean_distance)
    MANHATTAN = staticmethod(paired_manhattan_distance)
    COSINE_DISTANCE = staticmethod(paired_cosine_distance)


class ContrastiveLoss(EmbeddingLoss):
    """Pull positive pairs together, push negative pairs apart until they are a margin away.

    Data: ``labeled-pair`` (anchor, document, label) with label 1 for a positive and 0 for a negative. A label in
    between weights both terms; it works, and warns once, because it is more often a score that CoSENTLoss should get.

    Recommended: positives and negatives mixed in each batch. A margin that suits the distance: 0.5 for cosine
    distances, larger ones for Euclidean.

    Neighbours: OnlineContrastiveLoss looks at the hard pairs of the batch only and often does better.
    MultipleNegativesRankingLoss takes the positive pairs alone and is stronger if there are many.

    The maths is in :func:`losses.functional.contrastive_loss`; Hadsell, Chopra and LeCun 2006,
    doi:10.1109/CVPR.2006.100.

    Args:
        model: the model to train.
        distance_metric: one of :class:`SiameseDistanceMetric`, or a function of your own.
        margin: how far away negatives ought to be.
        size_average: the mean over the batch if true, else the sum.

    Example:
        ::

            from losses.sentence_transformer import ContrastiveLoss

            loss = ContrastiveLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=labeled_pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: PairDistance = SiameseDistanceMetric.COSINE_DISTANCE,
        margin: float = 0.5,
        size_average: bool = True,
    ) -> None:
        super().__init__(model)
        self.distance_metric = distance_metric
        self.margin = margin
        self.size_average = size_average
        self._label_values = LabelValues()
        self._warned = False

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of both columns and the labels, (rows,)."""
        check_columns(self, embeddings, ("anchor", "document"), "labeled-pair")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one label, 0 or 1,", "labeled-pair")
        self._check_values(labels)
        distances = self.distance_metric(embeddings[0], embeddings[1])
        if distances.shape != labels.shape:
            reject(self, f"distances of shape {tuple(distances.shape)}", "one a pair: a pairwise distance_metric")
        reduction: Reduction = "mean" if self.size_average else "sum"
        return contrastive_loss(distances, labels, margin=self.margin, reduction=reduction)

    def _check_values(self, labels: Tensor) -> None:
        looked = self._label_values.check_between(
            self, labels, "labels from 0 (negative) to 1 (positive)", low=0, high=1, output_format="labeled-pair"
        )
        if not looked or self._warned or not labels.is_floating_point():
            return
        if bool(((labels != 0) & (labels != 1)).any()):
            self._warned = True
            warnings.warn(
                "ContrastiveLoss got labels between 0 (negative) and 1 (positive): they weight its two terms. If they "
                "are similarity scores, CoSENTLoss is the loss for them.",
                UserWarning,
                stacklevel=4,
            )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "distance_metric": member_name(SiameseDistanceMetric, self.distance_metric),
            "margin": self.margin,
            "size_average": self.size_average,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.INVARIANT_MAPPING
