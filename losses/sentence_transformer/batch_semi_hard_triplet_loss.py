"""BatchSemiHardTripletLoss: negatives that are further away than the positive, but not far enough."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, UselessBatches, check_columns, check_one_label_a_row
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import batch_semi_hard_triplet_loss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction


class BatchSemiHardTripletLoss(EmbeddingLoss):
    """Triplet loss with the nearest negative that is further away than the positive, for each pair of one class.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each.

    Neighbours: BatchHardTripletLoss takes the nearest negative of all, which may be a mislabeled one;
    BatchAllTripletLoss takes all.

    The maths is in :func:`losses.functional.batch_semi_hard_triplet_loss`; Schroff, Kalenichenko and Philbin 2015,
    https://arxiv.org/abs/1503.03832.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.
        margin: how much further away than a positive a negative ought to be.

    Example:
        ::

            from losses.sentence_transformer import BatchSemiHardTripletLoss

            loss = BatchSemiHardTripletLoss(model)
            args = SentenceTransformerTrainingArguments(..., batch_sampler=BatchSamplers.GROUP_BY_LABEL)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=classes, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        distance_metric: Callable[[Tensor], Tensor] = BatchHardTripletLossDistanceFunction.euclidean_distance,
        margin: float = 5,
    ) -> None:
        super().__init__(model)
        self.distance_metric = distance_metric
        self.margin = margin
        self._label_values = LabelValues()
        self._useless_batches = UselessBatches()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the one column and the class ids, (rows,)."""
        check_columns(self, embeddings, ("text",), "single-class")
        labels = check_one_label_a_row(self, labels, len(embeddings[0]), "one class id", "single-class")
        self._label_values.check_between(self, labels, "a class id for each row", output_format="single-class")
        self._useless_batches.check_classes(self, labels)
        return batch_semi_hard_triplet_loss(self.distance_metric(embeddings[0]), labels, margin=self.margin)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"distance_metric": function_name(self.distance_metric), "margin": self.margin}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TRIPLET
