"""TripletLoss and its distances."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.configuration import member_name
from losses.embedding import EmbeddingLoss
from losses.functional import pairwise_cos_sim, pairwise_euclidean_sim, pairwise_manhattan_sim, triplet_loss
from losses.models import EmbeddingModel


def _cosine_distance(a: Tensor, b: Tensor) -> Tensor:
    return 1 - pairwise_cos_sim(a, b)


def _euclidean_distance(a: Tensor, b: Tensor) -> Tensor:
    return -pairwise_euclidean_sim(a, b)


def _manhattan_distance(a: Tensor, b: Tensor) -> Tensor:
    return -pairwise_manhattan_sim(a, b)


class TripletDistanceMetric:
    """Distances for the triplet loss: from embeddings (n, d) and (n, d) to the distance of each pair, (n,)."""

    COSINE = staticmethod(_cosine_distance)
    EUCLIDEAN = staticmethod(_euclidean_distance)
    MANHATTAN = staticmethod(_manhattan_distance)


class TripletLoss(EmbeddingLoss):
    """Keep each negative further from the anchor than the positive is, by a margin.

    Data: ``triplet`` (anchor, positive, negative), without labels.

    Recommended: a margin that suits the distance. The default of 5 is for Euclidean distances between embeddings that
    are not normalised; cosine distances end at 2, so with them use something like 0.2.

    Neighbours: MultipleNegativesRankingLoss takes the same triplets, compares each anchor with the whole batch and is
    usually stronger. BatchAllTripletLoss and its kin form the triplets themselves from texts with classes.

    The maths is in :func:`losses.functional.triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the model to train.
        distance_metric: one of :class:`TripletDistanceMetric`, or a function of your own.
        triplet_margin: how much further away than the positive the negative ought to be.

    Example:
        ::

            from losses.sentence_transformer import TripletLoss

            loss = TripletLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=triplets, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: Callable[[Tensor, Tensor], Tensor] = TripletDistanceMetric.EUCLIDEAN,
        triplet_margin: float = 5,
    ) -> None:
        super().__init__(model)
        self.distance_metric = distance_metric
        self.triplet_margin = triplet_margin
        self._unused_labels = UnusedLabels()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the anchors, positives and negatives; labels are unused."""
        check_columns(self, embeddings, ("anchor", "positive", "negative"), "triplet")
        self._unused_labels.check(self, labels, "triplet")
        anchors, positives, negatives = embeddings
        return triplet_loss(
            self.distance_metric(anchors, positives),
            self.distance_metric(anchors, negatives),
            margin=self.triplet_margin,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "distance_metric": member_name(TripletDistanceMetric, self.distance_metric),
            "triplet_margin": self.triplet_margin,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TRIPLET
