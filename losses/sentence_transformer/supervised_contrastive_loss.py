"""SupervisedContrastiveLoss: every text of the class is a positive."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import LabelValues, UselessBatches, check_columns, check_one_label_a_row
from losses.configuration import function_name
from losses.distributed import all_gather, rank
from losses.embedding import EmbeddingLoss
from losses.functional import cos_sim, supervised_contrastive_loss
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel


class SupervisedContrastiveLoss(EmbeddingLoss):
    """Pull the texts of a class together and away from all others of the batch, with a softmax (SupCon).

    Data: ``single-class`` (text, label) with class ids, at least two texts a class.

    Recommended: ``BatchSamplers.GROUP_BY_LABEL``, and large batches, since every text of another class is a negative.

    Neighbours: BatchAllTripletLoss and its kin take the same data and compare distances within triplets.
    MultipleNegativesRankingLoss is for pairs without classes.

    The maths is in :func:`losses.functional.supervised_contrastive_loss`; Khosla et al. 2020,
    https://arxiv.org/abs/2004.11362.

    Args:
        model: the model to train.
        temperature: what similarities are divided by; 0.05 to 0.1 as a rule.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        gather_across_devices: use the texts of all processes.

    Example:
        ::

            from losses.sentence_transformer import SupervisedContrastiveLoss

            loss = SupervisedContrastiveLoss(model)
            args = SentenceTransformerTrainingArguments(..., batch_sampler=BatchSamplers.GROUP_BY_LABEL)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=classes, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        temperature: float = 0.1,
        similarity_fct: Similarity = cos_sim,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(model)
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, not {temperature!r}.")
        self.temperature = temperature
        self.similarity_fct = similarity_fct
        self.gather_across_devices = gather_across_devices
        self._label_values = LabelValues()
        self._useless_batches = UselessBatches()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the one column and the class ids, (rows,)."""
        check_columns(self, embeddings, ("text",), "single-class")
        own = embeddings[0]
        labels = check_one_label_a_row(self, labels, len(own), "one class id", "single-class")
        self._label_values.check_between(self, labels, "a class id for each row", output_format="single-class")
        self._useless_batches.check_classes(self, labels)
        rows = slice(0, len(own))
        if self.gather_across_devices:
            rows = slice(rank() * len(own), (rank() + 1) * len(own))
            own, labels = all_gather(own), all_gather(labels)
        return supervised_contrastive_loss(
            own, labels, temperature=self.temperature, similarity=self.similarity_fct, rows=rows
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "temperature": self.temperature,
            "similarity_fct": function_name(self.similarity_fct),
            "gather_across_devices": self.gather_across_devices,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SUPERVISED_CONTRASTIVE
