"""SpladeLoss: a loss for retrieval plus regularisers for sparsity."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.embedding import Compute, LossValue, run_wrapped
from losses.interop import Recognised
from losses.models import EmbeddingModel, Features
from losses.sparse_encoder.flops_loss import FlopsLoss
from losses.wrapping import WrapperLoss

logger = logging.getLogger(__name__)


class SpladeLoss(Recognised, WrapperLoss):
    """A main loss that makes a sparse encoder retrieve well, and regularisers that keep its embeddings sparse.

    Data: whatever the main loss takes; the first column holds the queries, the others documents.

    The weights trade quality for speed and size of the index, and are sensitive: too large and every embedding becomes
    zero, which is why they grow slowly at the start of the training. ``SparseEncoderTrainer`` takes care of that with
    ``SpladeRegularizerWeightSchedulerCallback``, from zero to the full weight over the first third of the steps, the
    square of the progress by default; pass that callback yourself for another schedule. In a loop of your own, set
    ``document_regularizer_weight`` and ``query_regularizer_weight`` before each step.

    The trainer and the callback only do this for instances of sentence-transformers' own SpladeLoss. This module does
    not import that library, so an instance takes its class on as a second base as soon as it is made, provided that
    the library is loaded: it can only be trained by that trainer if it is. ``isinstance(loss, SpladeLoss)`` then holds
    for both classes, and all that runs is the code of this one.

    Neighbours: CachedSpladeLoss does the same in little memory. CSRLoss for sparse encoders on top of dense embeddings.

    The regularisers' maths is in :func:`losses.functional.flops_loss`; Formal et al. 2022,
    https://arxiv.org/abs/2205.04733.

    Args:
        model: the sparse encoder to train.
        loss: the main loss, a module with ``compute_loss_from_embeddings(embeddings, labels)``.
        document_regularizer_weight: weight of the documents' regulariser.
        query_regularizer_weight: weight of the queries' regulariser, or None to leave queries alone, as with a query
            encoder that needs no inference.
        document_regularizer: another regulariser than FlopsLoss, with ``compute_loss_from_embeddings(embeddings)``.
        query_regularizer: the same for queries.
        document_regularizer_threshold: the threshold of the documents' FlopsLoss.
        query_regularizer_threshold: the threshold of the queries' FlopsLoss.
        use_document_regularizer_only: treat every column as documents, for symmetric data.

    Example:
        ::

            from losses.sparse_encoder import SparseMultipleNegativesRankingLoss, SpladeLoss

            inner = SparseMultipleNegativesRankingLoss(model)
            loss = SpladeLoss(model, inner, document_regularizer_weight=3e-5, query_regularizer_weight=5e-5)
            trainer = SparseEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    recognised_as = ("sentence_transformers.sparse_encoder.losses", "SpladeLoss")
    has_two_halves = True  # whatever the main loss is, only the second half of it is called

    def __init__(
        self,
        model: EmbeddingModel,
        loss: nn.Module,
        document_regularizer_weight: float,
        query_regularizer_weight: float | None = None,
        document_regularizer: nn.Module | None = None,
        query_regularizer: nn.Module | None = None,
        document_regularizer_threshold: int | None = None,
        query_regularizer_threshold: int | None = None,
        use_document_regularizer_only: bool = False,
    ) -> None:
        super().__init__(model, loss)
        if not hasattr(loss, "compute_loss_from_embeddings"):
            raise ValueError(
                f"SpladeLoss got {type(loss).__name__} as its main loss, but wants one with a method "
                "compute_loss_from_embeddings(embeddings, labels), such as SparseMultipleNegativesRankingLoss."
            )
        if use_document_regularizer_only and query_regularizer_weight is not None:
            logger.warning("use_document_regularizer_only is set, so query_regularizer_weight is ignored.")
            query_regularizer_weight = None
        elif not use_document_regularizer_only and query_regularizer_weight is None:
            logger.warning("query_regularizer_weight is None, so queries are not kept sparse.")
        self.document_regularizer_weight = document_regularizer_weight
        self.query_regularizer_weight = query_regularizer_weight
        self.use_document_regularizer_only = use_document_regularizer_only
        self.document_regularizer = document_regularizer or FlopsLoss(model, document_regularizer_threshold)
        if query_regularizer is not None:
            self.query_regularizer = query_regularizer
        elif not use_document_regularizer_only:
            self.query_regularizer = FlopsLoss(model, query_regularizer_threshold)
        self.become_recognised()

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns the way the main loss does: see :meth:`losses.embedding.EmbeddingLoss.run`."""
        return run_wrapped(
            self.loss,
            model or self.model,
            sentence_features,
            labels,
            compute or self.compute_loss_from_embeddings,
            separate_first=separate_first and not self.use_document_regularizer_only,
        )

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | None = None, **given: Any
    ) -> dict[str, Tensor]:
        """Compute the parts from the embeddings of the columns; what else the main loss needs is handed on to it.

        Returns:
            The parts by name, already weighted; their sum is to be minimised, as the trainers do.
        """
        main = self.inner()(embeddings, labels, **given)
        parts: dict[str, Tensor] = dict(main) if isinstance(main, dict) else {"base_loss": main}
        documents = torch.cat(list(embeddings if self.use_document_regularizer_only else embeddings[1:]))
        regularizer = self.document_regularizer.compute_loss_from_embeddings(documents)  # type: ignore[operator]
        parts["document_regularizer_loss"] = regularizer * self.document_regularizer_weight
        if self.query_regularizer_weight is not None:
            regularizer = self.query_regularizer.compute_loss_from_embeddings(embeddings[0])  # type: ignore[operator]
            parts["query_regularizer_loss"] = regularizer * self.query_regularizer_weight
        return parts

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        config: dict[str, Any] = {
            "loss": self.loss,
            "document_regularizer_weight": self.document_regularizer_weight,
        }
        if self.query_regularizer_weight is not None:
            config["query_regularizer_weight"] = self.query_regularizer_weight
        for name in ("document_regularizer", "query_regularizer"):
            regularizer = getattr(self, name, None)
            if regularizer is None:
                continue
            if not isinstance(regularizer, FlopsLoss):
                config[name] = type(regularizer).__name__
            if getattr(regularizer, "threshold", None) is not None:
                config[f"{name}_threshold"] = regularizer.threshold
        return config

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SPLADE_DISTILLATION
