"""What the losses share that form their triplets themselves, from the classes of a batch."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, UselessBatches, check_columns, check_one_label_a_row
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction


class BatchTripletLoss(EmbeddingLoss):
    """Compares the texts of a batch; a subclass makes a loss of their distances and classes.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: Callable[[Tensor], Tensor] = BatchHardTripletLossDistanceFunction.euclidean_distance,
    ) -> None:
        super().__init__(model)
        self.distance_metric = distance_metric
        self._label_values = LabelValues()
        self._useless_batches = UselessBatches()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the one column and the class ids, (rows,)."""
        check_columns(self, embeddings, ("text",), "single-class")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one class id", "single-class")
        self._label_values.check_between(self, labels, "a class id for each row", output_format="single-class")
        self._useless_batches.check_classes(self, labels)
        return self.compute_loss_from_distances(self.distance_metric(embeddings[0]), labels)

    def compute_loss_from_distances(self, distances: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss from the distance of every two rows, (n, n), and the class of each, (n,)."""
        raise NotImplementedError

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"distance_metric": function_name(self.distance_metric)}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TRIPLET
