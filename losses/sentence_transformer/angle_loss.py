"""AnglELoss: rank pairs as their scores rank them, by the angle between complex embeddings."""

from collections.abc import Sequence

import torch
from torch import Tensor

from losses import citations
from losses.checks import check_columns, check_one_label_a_row
from losses.functional import pairwise_angle_sim
from losses.models import EmbeddingModel
from losses.sentence_transformer.cosent_loss import CoSENTLoss


class AnglELoss(CoSENTLoss):
    """CoSENTLoss with the angle similarity, whose gradient does not fade where the cosine is near 1 or -1.

    Data: ``pair-score`` (sentence_a, sentence_b, score), or ``triplet`` and ``n-tuple`` (anchor, positive, negative,
    ...) without labels: each anchor's pair with its positive ought to rank above those with its negatives. A label for
    each row is then how much the first of them belongs, 0 to 1.

    Recommended: batches large enough to hold many different scores.

    Neighbours: CoSENTLoss, the same with the cosine. Which is better differs from data to data.

    The maths is in :func:`losses.functional.cosent_loss`, the similarity in
    :func:`losses.functional.pairwise_angle_sim`; Li and Li 2023, https://arxiv.org/abs/2309.12871.

    Args:
        model: the model to train.
        scale: the inverse temperature.

    Example:
        ::

            from losses.sentence_transformer import AnglELoss

            loss = AnglELoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=scored_pairs, loss=loss)
    """

    def __init__(self, model: EmbeddingModel, scale: float = 20.0) -> None:
        super().__init__(model, scale, similarity_fct=pairwise_angle_sim)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of two columns and scores, or of three and more columns."""
        if len(embeddings) < 3:
            return super().compute_loss_from_embeddings(embeddings, labels)
        check_columns(self, embeddings, ("anchor", "positive", "negative"), "triplet", more=True)
        anchors, *documents = embeddings
        if labels is None:
            labels = anchors.new_ones(len(anchors))
        labels = check_one_label_a_row(self, labels, len(anchors), "no label, or one score from 0 to 1", "triplet")
        self._label_values.check_between(self, labels, "scores from 0 to 1 with triplets", low=0, high=1)
        both = [anchors.repeat(len(documents), 1), torch.cat(documents)]
        every = torch.cat([labels, (1 - labels).repeat(len(documents) - 1)])
        return super().compute_loss_from_embeddings(both, every)

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.ANGLE
