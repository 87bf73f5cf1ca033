"""DebiasedMultipleNegativesRankingLoss: InfoNCE, corrected for negatives that are positives."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.configuration import function_name
from losses.distributed import all_gather, rank
from losses.embedding import EmbeddingLoss
from losses.functional import cos_sim, debiased_multiple_negatives_ranking_loss
from losses.functional.debiased import check_options
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel


class DebiasedMultipleNegativesRankingLoss(EmbeddingLoss):
    """MultipleNegativesRankingLoss that expects a share of the negatives to be positives nobody marked.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: data on few topics, with ``tau_plus`` near the chance that two rows drawn at random belong together
    (for ten equally frequent topics, 0.1); too large a value takes the push of the true negatives away as well.

    Neighbours: MultipleNegativesRankingLoss is this with ``tau_plus=0``. GISTEmbedLoss finds out which negatives are
    positives, at the price of a guide.

    The maths is in :func:`losses.functional.debiased_multiple_negatives_ranking_loss`; Chuang et al. 2020,
    https://arxiv.org/abs/2007.00224.

    Args:
        model: the model to train.
        scale: the inverse temperature.
        tau_plus: the expected share of positives among the negatives.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        lowest_similarity: the smallest value that the similarity can take, -1 for the cosine.
        gather_across_devices: use the documents of all processes as negatives.

    Example:
        ::

            from losses.sentence_transformer import DebiasedMultipleNegativesRankingLoss

            loss = DebiasedMultipleNegativesRankingLoss(model, tau_plus=0.05)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        scale: float = 20.0,
        tau_plus: float = 0.1,
        similarity_fct: Similarity = cos_sim,
        lowest_similarity: float = -1.0,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(model)
        check_options(scale, tau_plus)
        self.scale = scale
        self.tau_plus = tau_plus
        self.similarity_fct = similarity_fct
        self.lowest_similarity = lowest_similarity
        self.gather_across_devices = gather_across_devices
        self._unused_labels = UnusedLabels()

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the anchors, the positives and any negatives; labels are unused."""
        check_columns(self, embeddings, ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "triplet")
        queries, *documents = embeddings
        rows = slice(0, len(queries))
        if self.gather_across_devices:
            rows = slice(rank() * len(queries), (rank() + 1) * len(queries))
            queries, *documents = map(all_gather, embeddings)
        return debiased_multiple_negatives_ranking_loss(
            queries,
            documents,
            scale=self.scale,
            tau_plus=self.tau_plus,
            similarity=self.similarity_fct,
            lowest_similarity=self.lowest_similarity,
            rows=rows,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "scale": self.scale,
            "tau_plus": self.tau_plus,
            "similarity_fct": function_name(self.similarity_fct),
            "lowest_similarity": self.lowest_similarity,
            "gather_across_devices": self.gather_across_devices,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.DEBIASED
