"""SparseCachedGISTEmbedLoss: guided in-batch negatives from large batches in little memory, for sparse encoders."""

from typing import Any

from losses.functional import dot_score
from losses.functional.gist import MarginStrategy
from losses.functional.multiple_negatives_ranking import Similarity
from losses.models import EmbeddingModel
from losses.sentence_transformer import CachedGISTEmbedLoss


class SparseCachedGISTEmbedLoss(CachedGISTEmbedLoss):
    """Guided in-batch negatives from large batches in little memory, for sparse encoders.

    Data: ``pair``, ``triplet`` or ``n-tuple``, without labels.

    Recommended: inside :class:`~losses.sparse_encoder.SpladeLoss` or :class:`~losses.sparse_encoder.CSRLoss`; alone it
    trains, but lets embeddings become dense. The guide's embeddings are compared as the model's are, so with the
    default dot product a sparse encoder, or another model made for dot products, is the guide to take; a margin is
    in units of that similarity.

    Neighbours: SparseGISTEmbedLoss where the batch fits into memory. sentence-transformers has none of
    this name: it is the dense one with the dot product and a temperature of 1.

    The maths is in :func:`losses.functional.gist_embed_loss`; Solatorio 2024, https://arxiv.org/abs/2402.16829.

    Args:
        model: the sparse encoder to train.
        guide: a model that sees every text and is not trained.
        temperature: what similarities are divided by.
        mini_batch_size: how many texts go through the models at once.
        mini_batch_num_tokens: how many tokens, instead.
        show_progress_bar: whether to show progress over the mini-batches.
        margin_strategy: ``"absolute"``, or ``"relative"`` to the guide's similarity of anchor and positive.
        margin: how much less similar than its positive a negative has to be for the guide.
        contrast_anchors: whether other anchors are negatives.
        contrast_positives: whether other positives are negatives of the own positive.
        gather_across_devices: use the documents of all processes as negatives.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m), the guide's too.

    Example:
        ::

            from losses.sparse_encoder import SparseCachedGISTEmbedLoss, SpladeLoss

            guide = SparseEncoder("naver/splade-v3")
            inner = SparseCachedGISTEmbedLoss(model, guide)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        guide: Any,
        temperature: float = 1.0,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        show_progress_bar: bool = False,
        margin_strategy: MarginStrategy = "absolute",
        margin: float = 0.0,
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        gather_across_devices: bool = False,
        similarity_fct: Similarity = dot_score,
    ) -> None:
        super().__init__(
            model,
            guide,
            temperature=temperature,
            mini_batch_size=mini_batch_size,
            mini_batch_num_tokens=mini_batch_num_tokens,
            show_progress_bar=show_progress_bar,
            margin_strategy=margin_strategy,
            margin=margin,
            contrast_anchors=contrast_anchors,
            contrast_positives=contrast_positives,
            gather_across_devices=gather_across_devices,
        )
        self.similarity_fct = similarity_fct
