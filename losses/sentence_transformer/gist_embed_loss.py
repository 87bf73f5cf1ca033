"""GISTEmbedLoss: in-batch negatives, less those that a guide takes for positives."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.distributed import all_gather, rank
from losses.embedding import Compute, EmbeddingLoss, LossValue, embed_columns
from losses.functional import cos_sim, gist_embed_loss
from losses.functional.gist import MarginStrategy, check_options
from losses.functional.multiple_negatives_ranking import Similarity
from losses.guide import for_guide, must_retokenize
from losses.models import EmbeddingModel, Features


class GISTEmbedLoss(EmbeddingLoss):
    """For each anchor, pick its positive among the documents of the batch that a guide does not take for positives.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: a guide that is clearly better than the model, and data with many texts on the same matter, where
    in-batch negatives are often wrong. A margin rules out more: those negatives too that the guide finds nearly as
    similar as the positive. Large batches and ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: MultipleNegativesRankingLoss without a guide; CachedGISTEmbedLoss for large batches.

    The maths is in :func:`losses.functional.gist_embed_loss`; Solatorio 2024, https://arxiv.org/abs/2402.16829.

    Args:
        model: the model to train.
        guide: a sentence-transformers model. It sees every text, is not trained, and should be in evaluation mode.
        temperature: what similarities are divided by.
        margin_strategy: ``"absolute"``, or ``"relative"`` to the guide's similarity of anchor and positive.
        margin: how much less similar than its positive a negative has to be for the guide.
        contrast_anchors: whether other anchors are negatives.
        contrast_positives: whether other positives are negatives of the own positive.
        gather_across_devices: use the documents of all processes as negatives.

    Example:
        ::

            from losses.sentence_transformer import GISTEmbedLoss

            guide = SentenceTransformer("sentence-transformers/all-MiniLM-L6-v2")
            loss = GISTEmbedLoss(model, guide)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    #: How embeddings are compared, those of the guide too.
    similarity_fct: Similarity = staticmethod(cos_sim)

    def __init__(
        self,
        model: EmbeddingModel,
        guide: Any,
        temperature: float = 0.01,
        margin_strategy: MarginStrategy = "absolute",
        margin: float = 0.0,
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(model)
        check_options(temperature, margin_strategy)
        self.guide = guide
        self.temperature = temperature
        self.margin_strategy: MarginStrategy = margin_strategy
        self.margin = margin
        self.contrast_anchors = contrast_anchors
        self.contrast_positives = contrast_positives
        self.gather_across_devices = gather_across_devices
        self.must_retokenize = must_retokenize(self, model, guide)
        self._unused_labels = UnusedLabels()

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns, with the guide too: see :meth:`losses.embedding.EmbeddingLoss.run`."""
        columns = list(sentence_features)
        copies = [dict(column) for column in columns]  # a model may add to the features it is given
        embeddings = embed_columns(model or self.model, columns, separate_first=separate_first)
        with torch.no_grad():
            for_it = [for_guide(each, self.model, self.guide, retokenize=self.must_retokenize) for each in copies]
            guided = embed_columns(self.guide, for_it)
        return (compute or self.compute_loss_from_embeddings)(embeddings, labels, guide_embeddings=guided)

    def compute_loss_from_embeddings(
        self,
        embeddings: Sequence[Tensor],
        labels: Tensor | None = None,
        *,
        guide_embeddings: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """Compute the loss from the embeddings of the columns and the guide's; labels are unused."""
        check_columns(self, embeddings, ("anchor", "positive"), "pair", more=True)
        self._unused_labels.check(self, labels, "triplet")
        if guide_embeddings is None:
            raise ValueError(f"{type(self).__name__} wants guide_embeddings, one matrix a column, beside embeddings.")
        anchors, *documents = embeddings
        guide_anchors, *guide_documents = guide_embeddings
        first_row = 0
        if self.gather_across_devices:
            first_row = rank() * len(anchors)
            documents = list(map(all_gather, documents))
            guide_documents = list(map(all_gather, guide_documents))
        return gist_embed_loss(
            anchors,
            documents,
            guide_anchors,
            guide_documents,
            temperature=self.temperature,
            similarity=self.similarity_fct,
            margin_strategy=self.margin_strategy,
            margin=self.margin,
            contrast_anchors=self.contrast_anchors,
            contrast_positives=self.contrast_positives,
            first_row=first_row,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "guide": self.guide,
            "temperature": self.temperature,
            "margin_strategy": self.margin_strategy,
            "margin": self.margin,
            "contrast_anchors": self.contrast_anchors,
            "contrast_positives": self.contrast_positives,
            "gather_across_devices": self.gather_across_devices,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.GIST_EMBED
