"""BatchHardSoftMarginTripletLoss: the hardest triplet of each anchor, without a margin to set."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, UselessBatches, check_columns, check_one_label_a_row
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import batch_hard_soft_margin_triplet_loss
from losses.models import EmbeddingModel
from losses.sentence_transformer.batch_distances import BatchHardTripletLossDistanceFunction


class BatchHardSoftMarginTripletLoss(EmbeddingLoss):
    """Triplet loss with the hardest triplet of each text of the batch, which goes on pulling past any margin.

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, so that each batch holds at least two classes with at least two
    texts each.

    Neighbours: BatchHardTripletLoss stops at a margin, BatchAllTripletLoss and BatchSemiHardTripletLoss look at more
    than the hardest triplet.

    The maths is in :func:`losses.functional.batch_hard_soft_margin_triplet_loss`; Hermans, Beyer and Leibe 2017,
    https://arxiv.org/abs/1703.07737.

    Args:
        model: the model to train.
        distance_metric: one of :class:`~losses.sentence_transformer.BatchHardTripletLossDistanceFunction`, or a
            function of your own.

    Example:
        ::

            from losses.sentence_transformer import BatchHardSoftMarginTripletLoss

            loss = BatchHardSoftMarginTripletLoss(model)
            args = SentenceTransformerTrainingArguments(..., batch_sampler=BatchSamplers.GROUP_BY_LABEL)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=classes, loss=loss)
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
        return batch_hard_soft_margin_triplet_loss(self.distance_metric(embeddings[0]), labels)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"distance_metric": function_name(self.distance_metric)}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.TRIPLET
