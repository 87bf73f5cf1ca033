"""MultipleNegativesRankingLoss: InfoNCE with in-batch negatives."""

import logging
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.configuration import function_name
from losses.distributed import all_gather, rank
from losses.embedding import EmbeddingLoss
from losses.functional import cos_sim, multiple_negatives_ranking_loss
from losses.functional.multiple_negatives_ranking import (
    Direction,
    HardnessMode,
    PartitionMode,
    Similarity,
    check_options,
)
from losses.models import EmbeddingModel

logger = logging.getLogger(__name__)


class MultipleNegativesRankingLoss(EmbeddingLoss):
    """For each anchor, pick its positive among all documents of the batch (InfoNCE, in-batch negatives loss).

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels. The positives and negatives of the other anchors are negatives too.

    Recommended: batches as large as memory allows, since every row adds negatives, and
    ``BatchSamplers.NO_DUPLICATES``, since a text that occurs twice in a batch would be its own negative. Mined hard
    negatives help: ``advisor convert DATA --output-format triplet -o OUT``.

    Neighbours: CachedMultipleNegativesRankingLoss computes the same in little memory, for large batches; GISTEmbedLoss
    lets a guide model take false negatives out. With labelled pairs use ContrastiveLoss or CoSENTLoss.

    The maths is in :func:`losses.functional.multiple_negatives_ranking_loss`. Three settings with a name:

    - the default: van den Oord et al. 2018, https://arxiv.org/abs/1807.03748;
    - symmetric, ``directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"``: Günther et al. 2023,
      https://arxiv.org/abs/2310.19923;
    - all four directions, jointly: the GTE loss of Li et al. 2023, https://arxiv.org/abs/2308.03281, for pairs and
      triplets.

    Args:
        model: the model to train.
        scale: the inverse temperature: 20 is a temperature of 0.05. Between 10 and 100 as a rule.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m). With
            :func:`losses.functional.dot_score`, a scale of 1 is usual.
        gather_across_devices: use the documents of all processes as negatives, for training on several GPUs. Every
            process must have the same number of rows. Without a process group it changes nothing.
        directions: what is compared: ``"query_to_doc"`` always, ``"query_to_query"``, ``"doc_to_query"``,
            ``"doc_to_doc"``.
        partition_mode: ``"joint"`` for one softmax over everything, ``"per_direction"`` for one each, averaged.
        hardness_mode: which negatives weigh more the nearer they are: ``"in_batch_negatives"``, ``"hard_negatives"``,
            ``"all_negatives"`` or None.
        hardness_strength: how much more, 9 and 5 in the papers behind the first two modes.

    Example:
        ::

            from losses.sentence_transformer import MultipleNegativesRankingLoss

            loss = MultipleNegativesRankingLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        similarity_fct: Similarity = cos_sim,
        gather_across_devices: bool = False,
        directions: tuple[Direction, ...] = ("query_to_doc",),
        partition_mode: PartitionMode = "joint",
        hardness_mode: HardnessMode | None = None,
        hardness_strength: float = 0.0,
    ) -> None:
        super().__init__(model)
        check_options(scale, directions, partition_mode, hardness_mode, hardness_strength)
        if hardness_mode is not None and hardness_strength == 0.0:
            logger.warning("hardness_mode=%r does nothing while hardness_strength is 0.", hardness_mode)
        self.scale = scale
        self.similarity_fct = similarity_fct
        self.gather_across_devices = gather_across_devices
        self.directions = tuple(directions)
        self.partition_mode = partition_mode
        self.hardness_mode = hardness_mode
        self.hardness_strength = hardness_strength
        self._unused_labels = UnusedLabels()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the anchors, the positives and any negatives; labels are unused."""
        return self._compute(embeddings, labels)

    def compute_nested_loss_from_embeddings(
        self,
        embeddings: Sequence[Tensor],
        labels: Tensor | None,
        dimensions: Sequence[int],
        weights: Sequence[float],
    ) -> Tensor:
        """Compute the weighted sum of the losses of the embeddings cut to each of these lengths, all in one go."""
        return self._compute(embeddings, labels, dimensions=dimensions, weights=weights)

    def _compute(self, embeddings: Sequence[Tensor], labels: Tensor | None, **nested: Any) -> Tensor:
        check_columns(self, embeddings, ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "triplet")
        queries, *documents = embeddings
        rows = slice(0, len(queries))
        if self.gather_across_devices:
            rows = slice(rank() * len(queries), (rank() + 1) * len(queries))
            queries, *documents = map(all_gather, embeddings)
        return multiple_negatives_ranking_loss(
            queries,
            documents,
            scale=self.scale,
            similarity=self.similarity_fct,
            directions=self.directions,
            partition_mode=self.partition_mode,
            hardness_mode=self.hardness_mode,
            hardness_strength=self.hardness_strength,
            rows=rows,
            **nested,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "scale": self.scale,
            "similarity_fct": function_name(self.similarity_fct),
            "gather_across_devices": self.gather_across_devices,
            "directions": self.directions,
            "partition_mode": self.partition_mode,
            "hardness_mode": self.hardness_mode,
            "hardness_strength": self.hardness_strength,
        }

    @property
    def temperature(self) -> float:
        """One over the scale."""
        return 1.0 / self.scale

    @property
    def citation(self) -> str:
        """The paper behind the chosen directions, in BibTeX."""
        if len(set(self.directions)) == 4 and self.partition_mode == "joint":
            return citations.GTE
        if set(self.directions) == {"query_to_doc", "doc_to_query"} and self.partition_mode == "per_direction":
            return citations.JINA_EMBEDDINGS_2
        return citations.CONTRASTIVE_PREDICTIVE_CODING
