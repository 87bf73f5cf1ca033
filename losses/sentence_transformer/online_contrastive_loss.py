"""OnlineContrastiveLoss: contrastive loss of the hard pairs."""

from collections.abc import Iterable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, check_columns, check_one_label_a_row, reject
from losses.configuration import member_name
from losses.embedding import EmbeddingLoss, embed_columns
from losses.functional import online_contrastive_loss
from losses.functional.reduction import Reduction
from losses.models import EmbeddingModel, Features
from losses.sentence_transformer.contrastive_loss import PairDistance, SiameseDistanceMetric


class OnlineContrastiveLoss(EmbeddingLoss):
    """Contrastive loss of the hard pairs of the batch: positives far apart, negatives near each other.

    Data: ``labeled-pair`` (anchor, document, label) with label 1 for a positive and 0 for a negative, nothing else:
    "hard" has no meaning for a label in between.

    Recommended: hard positives and hard negatives in the data, and batches large enough to hold both; the loss is a
    sum over the hard pairs, so it grows with the batch.

    Neighbours: ContrastiveLoss learns from all pairs, easy ones too.

    The maths is in :func:`losses.functional.online_contrastive_loss`, after Hadsell, Chopra and LeCun 2006,
    doi:10.1109/CVPR.2006.100.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.SiameseDistanceMetric`, or a function of your own.
        margin: how far away negatives ought to be.

    Example:
        ::

            from losses.sentence_transformer import OnlineContrastiveLoss

            loss = OnlineContrastiveLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=labeled_pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: PairDistance = SiameseDistanceMetric.COSINE_DISTANCE,
        margin: float = 0.5,
    ) -> None:
        super().__init__(model)
        self.distance_metric = distance_metric
        self.margin = margin
        self._label_values = LabelValues()

    def forward(
        self, sentence_features: Iterable[Features], labels: Tensor | None = None, size_average: bool = False
    ) -> Tensor:
        """Compute the loss of a batch; with ``size_average``, the mean over the hard pairs instead of their sum."""
        embeddings = embed_columns(self.model, sentence_features)
        return self._compute(embeddings, labels, "mean" if size_average else "sum")

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of both columns and the labels, (rows,)."""
        return self._compute(embeddings, labels, "sum")

    def _compute(self, embeddings: Sequence[Tensor], labels: Tensor | None, reduction: Reduction) -> Tensor:
        check_columns(self, embeddings, ("anchor", "document"), "labeled-pair")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one label, 0 or 1,", "labeled-pair")
        wanted = "labels that are 0 (negative) or 1 (positive)"
        looked = self._label_values.check_between(self, labels, wanted, low=0, high=1, output_format="labeled-pair")
        if looked and labels.is_floating_point() and bool(((labels != 0) & (labels != 1)).any()):
            reject(self, "labels between 0 and 1", f"{wanted}; for similarity scores use CoSENTLoss", "labeled-pair")
        distances = self.distance_metric(embeddings[0], embeddings[1])
        if distances.shape != labels.shape:
            reject(self, f"distances of shape {tuple(distances.shape)}", "one a pair: a pairwise distance_metric")
        return online_contrastive_loss(distances, labels, margin=self.margin, reduction=reduction)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "distance_metric": member_name(SiameseDistanceMetric, self.distance_metric),
            "margin": self.margin,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.INVARIANT_MAPPING
