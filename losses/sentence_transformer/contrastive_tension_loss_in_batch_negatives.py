"""ContrastiveTensionLossInBatchNegatives: two copies of a model, and in-batch negatives between their embeddings."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses.checks import check_columns, reject
from losses.configuration import function_name
from losses.embedding import Compute, LossValue
from losses.functional import cos_sim, symmetric_cross_entropy_loss
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel, Features
from losses.sentence_transformer.contrastive_tension_loss import TwoModelsLoss, same_texts


class ContrastiveTensionLossInBatchNegatives(TwoModelsLoss):
    """For each text, one copy of the model picks its embedding out of those of the batch that the other one made.

    Data: ``single``, texts alone, or ``identical-pair``, each text twice, which is the same.

    Recommended: batches as large as memory allows, and ``BatchSamplers.NO_DUPLICATES``; a small learning rate, 1e-5.

    Neighbours: ContrastiveTensionLoss compares each text with a few others. MultipleNegativesRankingLoss on
    ``identical-pair`` does without the copy: dropout makes the two embeddings of a text differ (SimCSE).

    The maths is in :func:`losses.functional.symmetric_cross_entropy_loss`; Carlsson et al. 2021,
    https://openreview.net/forum?id=Ov_sMNau-PF.

    Args:
        model: the model to train.
        scale: the inverse temperature to start from; its logarithm is trained.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).

    Example:
        ::

            from losses.sentence_transformer import ContrastiveTensionLossInBatchNegatives

            loss = ContrastiveTensionLossInBatchNegatives(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=texts, loss=loss)
    """

    def __init__(self, model: EmbeddingModel, scale: float = 20.0, similarity_fct: Similarity = cos_sim) -> None:
        super().__init__(model)
        if not scale > 0:
            raise ValueError(f"scale must be positive, not {scale!r}.")
        self.similarity_fct = similarity_fct
        self.logit_scale = nn.Parameter(torch.tensor(math.log(scale)))
        self._looked = False

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the texts with the copy and with the model: see :meth:`losses.embedding.EmbeddingLoss.run`."""
        columns = list(sentence_features)
        if len(columns) not in (1, 2):
            reject(self, f"{len(columns)} text column(s)", "one, or two with the same texts", "identical-pair")
        if len(columns) == 2 and (not self._looked or columns[0]["input_ids"].device.type == "cpu"):
            self._looked = True
            if not bool(same_texts(*columns).all()):
                reject(self, "two columns with different texts", "one, or two with the same texts", "identical-pair")
        embeddings = [
            self.model1(dict(columns[0]))["sentence_embedding"],
            (model or self.model)(columns[0])["sentence_embedding"],
        ]
        return (compute or self.compute_loss_from_embeddings)(embeddings, labels)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the copy's embeddings of the texts and the model's; labels are unused."""
        check_columns(self, embeddings, ("text", "text"), "identical-pair")
        return symmetric_cross_entropy_loss(self.similarity_fct(*embeddings) * self.logit_scale.exp())

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"scale": self.logit_scale.exp().item(), "similarity_fct": function_name(self.similarity_fct)}
