"""CachedGISTEmbedLoss: guided in-batch negatives from large batches in little memory."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from losses.embedding import Compute, LossValue
from losses.functional.gist import MarginStrategy
from losses.gradient_cache import CachedEmbeddingLoss, cached, mini_batches, take_rows
from losses.guide import for_guide
from losses.models import EmbeddingModel, Features
from losses.sentence_transformer.gist_embed_loss import GISTEmbedLoss


class CachedGISTEmbedLoss(CachedEmbeddingLoss, GISTEmbedLoss):
    """GISTEmbedLoss for batches of thousands of rows: texts go through both models in mini-batches.

    Data: ``pair`` (anchor, positive), ``triplet`` (anchor, positive, negative) or ``n-tuple`` (anchor, positive,
    negative_1, ..., negative_n), without labels.

    Recommended: a large ``per_device_train_batch_size``, a ``mini_batch_size`` as large as memory allows, a guide
    that is clearly better than the model, and ``BatchSamplers.NO_DUPLICATES``.

    Neighbours: GISTEmbedLoss is faster where the batch fits into memory; CachedMultipleNegativesRankingLoss has no
    guide.

    The maths is in :func:`losses.functional.gist_embed_loss`, how gradients are cached in
    :mod:`losses.gradient_cache`; Solatorio 2024, https://arxiv.org/abs/2402.16829.

    Args:
        model: the model to train.
        guide: a sentence-transformers model. It sees every text once, and is not trained.
        temperature: what similarities are divided by.
        mini_batch_size: how many texts go through the models at once.
        mini_batch_num_tokens: how many tokens, instead.
        show_progress_bar: whether to show progress over the mini-batches.
        margin_strategy: ``"absolute"``, or ``"relative"`` to the guide's similarity of anchor and positive.
        margin: how much less similar than its positive a negative has to be for the guide.
        contrast_anchors: whether other anchors are negatives.
        contrast_positives: whether other positives are negatives of the own positive.
        gather_across_devices: use the documents of all processes as negatives.

    Example:
        ::

            from losses.sentence_transformer import CachedGISTEmbedLoss

            guide = SentenceTransformer("sentence-transformers/all-MiniLM-L6-v2")
            loss = CachedGISTEmbedLoss(model, guide, mini_batch_size=64)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        guide: Any,
        temperature: float = 0.01,
        mini_batch_size: int = 32,
        mini_batch_num_tokens: int | None = None,
        show_progress_bar: bool = False,
        margin_strategy: MarginStrategy = "absolute",
        margin: float = 0.0,
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        gather_across_devices: bool = False,
    ) -> None:
        super().__init__(
            model,
            guide,
            temperature=temperature,
            margin_strategy=margin_strategy,
            margin=margin,
            contrast_anchors=contrast_anchors,
            contrast_positives=contrast_positives,
            gather_across_devices=gather_across_devices,
        )
        self.set_mini_batches(mini_batch_size, mini_batch_num_tokens, show_progress_bar)

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns in mini-batches, with the guide too, which sees each text once."""
        embed = model or self.model
        of_guide: list[list[Tensor]] = []
        pieces = []
        for column in sentence_features:
            seen: list[Tensor] = []
            ranges = mini_batches(column, self.mini_batch_size, self.mini_batch_num_tokens)
            shown = self.progress(len(ranges))
            pieces.append(
                [partial(self._embed, embed, column, begin, end, seen, len(ranges), shown) for begin, end in ranges]
            )
            of_guide.append(seen)
        wanted = compute or self.compute_loss_from_embeddings

        def whole(embeddings: list[Tensor]) -> LossValue:
            return wanted(embeddings, labels, guide_embeddings=[torch.cat(seen) for seen in of_guide])

        return cached(pieces, whole, embed)

    def _embed(
        self, model: EmbeddingModel, column: Features, begin: int, end: int, seen: list[Tensor], pieces: int, shown: Any
    ) -> Tensor:
        rows = take_rows(column, begin, end)
        copy = dict(rows)
        embeddings: Tensor = model(rows)["sentence_embedding"]
        if len(seen) < pieces:  # the first time round
            with torch.no_grad():
                features = for_guide(copy, self.model, self.guide, retokenize=self.must_retokenize)
                seen.append(self.guide(features)["sentence_embedding"])
        if shown is not None:
            shown.update()
        return embeddings

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            **super().get_config_dict(),
            "mini_batch_size": self.mini_batch_size,
            "mini_batch_num_tokens": self.mini_batch_num_tokens,
        }
