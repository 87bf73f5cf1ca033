"""MegaBatchMarginLoss: one hard negative an anchor, out of a very large batch."""

from collections.abc import Iterable, Sequence
from typing import Any

from torch import Tensor

from losses import citations
from losses.checks import UnusedLabels, check_columns
from losses.embedding import Compute, LossValue
from losses.functional import mega_batch_margin_loss
from losses.gradient_cache import CachedEmbeddingLoss
from losses.models import EmbeddingModel, Features


class MegaBatchMarginLoss(CachedEmbeddingLoss):
    """Pull each pair together, and push away the most similar positive of any other anchor in the batch.

    Data: ``pair`` (anchor, positive), without labels.

    Recommended: batches of hundreds of pairs, since the hardest negative is only as hard as the batch is large.

    Neighbours: CachedMultipleNegativesRankingLoss compares with all documents of a large batch instead of the hardest
    one, takes hard negatives, and is usually stronger.

    The maths is in :func:`losses.functional.mega_batch_margin_loss`; Wieting and Gimpel 2018,
    https://aclanthology.org/P18-1042.

    Args:
        model: the model to train.
        positive_margin: how similar a positive ought to be at least.
        negative_margin: how similar the hardest negative may be at most.
        use_mini_batched_version: whether texts go through the model in mini-batches, twice, to save memory.
        mini_batch_size: how many texts go through the model at once.
        mini_batch_num_tokens: how many tokens, instead.
        show_progress_bar: whether to show progress over the mini-batches.

    Example:
        ::

            from losses.sentence_transformer import MegaBatchMarginLoss

            loss = MegaBatchMarginLoss(model)
            args = SentenceTransformerTrainingArguments(..., per_device_train_batch_size=500)
            trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        positive_margin: float = 0.8,
        negative_margin: float = 0.3,
        use_mini_batched_version: bool = True,
        mini_batch_size: int = 50,
        mini_batch_num_tokens: int | None = None,
        show_progress_bar: bool = False,
    ) -> None:
        super().__init__(model)
        self.positive_margin = positive_margin
        self.negative_margin = negative_margin
        self.uses_gradient_cache = use_mini_batched_version
        self.set_mini_batches(mini_batch_size, mini_batch_num_tokens, show_progress_bar)
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
        """Embed the columns, in mini-batches if this is the mini-batched version, and compute a loss."""
        how = super().run if self.uses_gradient_cache else super(CachedEmbeddingLoss, self).run
        return how(sentence_features, labels, compute=compute, model=model, separate_first=separate_first)

    def compute_loss_from_embeddings(self, embeddings: Sequence[Tensor], labels: Tensor | None = None) -> Tensor:
        """Compute the loss from the embeddings of the anchors and the positives; labels are unused."""
        check_columns(self, embeddings, ("anchor", "positive"), "pair")
        self._unused_labels.check(self, labels, "pair")
        return mega_batch_margin_loss(
            *embeddings, positive_margin=self.positive_margin, negative_margin=self.negative_margin
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "positive_margin": self.positive_margin,
            "negative_margin": self.negative_margin,
            "mini_batch_size": self.mini_batch_size,
            "mini_batch_num_tokens": self.mini_batch_num_tokens,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.PARANMT
