"""CSRLoss: a loss on sparse codes, and the reconstruction of what they encode."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from losses import citations
from losses.embedding import LossValue, run_wrapped, separate_columns
from losses.functional import csr_reconstruction_loss
from losses.models import EmbeddingModel, Features
from losses.sparse_encoder.sparse_multiple_negatives_ranking_loss import SparseMultipleNegativesRankingLoss

#: What a sparse autoencoder gives beside its code, in the order in which it is handed around.
_OUTPUTS = (
    "sentence_embedding_backbone",
    "decoded_embedding_k",
    "decoded_embedding_4k",
    "decoded_embedding_k_pre_bias",
    "decoded_embedding_aux",
)


class CSRReconstructionLoss(nn.Module):
    """How well a sparse autoencoder reconstructs the dense embedding from its code; a part of :class:`CSRLoss`.

    Data: any texts. Alone it refuses: reconstruction teaches nothing about which texts belong together.

    Neighbours: CSRLoss adds it to a loss that does.

    The maths is in :func:`losses.functional.csr_reconstruction_loss`; Wen et al. 2025,
    https://arxiv.org/abs/2503.01776.

    Args:
        model: the sparse encoder to train, with a sparse autoencoder on top.
        beta: weight of the part that revives dead dimensions.

    Example:
        ::

            from losses.sparse_encoder import CSRLoss, CSRReconstructionLoss

            loss = CSRLoss(model)
            loss.reconstruction_loss = CSRReconstructionLoss(model, beta=0.5)
    """

    model: EmbeddingModel

    def __init__(self, model: EmbeddingModel, beta: float = 1.0) -> None:
        super().__init__()
        self.model = model
        self.beta = beta

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> NoReturn:
        """Refuse: see the class."""
        raise ValueError("CSRReconstructionLoss is a part of CSRLoss: use CSRLoss(model, loss).")

    def compute_loss_from_embeddings(self, outputs: Sequence[Mapping[str, Tensor | None]]) -> dict[str, Tensor]:
        """Compute the three parts from what the model gives for each column, averaged over the columns."""
        parts = [csr_reconstruction_loss(*(column[name] for name in _OUTPUTS)) for column in outputs]  # type: ignore[arg-type]
        at_k, at_4k, dead = (torch.stack(each).mean() for each in zip(*parts, strict=True))
        return {
            "reconstruction_loss_k": at_k,
            "reconstruction_loss_4k": at_4k / 8.0,
            "reconstruction_loss_aux": self.beta * dead,
        }

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"beta": self.beta}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.CONTRASTIVE_SPARSE_REPRESENTATION


class CSRLoss(nn.Module):
    """Train a sparse autoencoder on top of a dense model: a main loss on its codes, and their reconstruction.

    Data: whatever the main loss takes.

    Recommended: a good dense model below, which may stay frozen. No regularizer is needed: the autoencoder keeps the
    k largest dimensions and no more.

    Neighbours: SpladeLoss for models whose dimensions are words.

    The reconstruction's maths is in :func:`losses.functional.csr_reconstruction_loss`; Wen et al. 2025,
    https://arxiv.org/abs/2503.01776.

    Args:
        model: the sparse encoder to train, with a sparse autoencoder on top.
        loss: the main loss, a module with ``compute_loss_from_embeddings(embeddings, labels)``, cached or not; None
            is SparseMultipleNegativesRankingLoss.
        beta: weight of the part of the reconstruction that revives dead dimensions.
        gamma: weight of the main loss.

    Example:
        ::

            from losses.sparse_encoder import CSRLoss

            model = SparseEncoder("sentence-transformers/all-MiniLM-L6-v2")  # puts an autoencoder on top
            loss = CSRLoss(model)
            trainer = SparseEncoderTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    model: EmbeddingModel

    def __init__(
        self, model: EmbeddingModel, loss: nn.Module | None = None, beta: float = 0.1, gamma: float = 1.0
    ) -> None:
        super().__init__()
        self.model = model
        self.beta = beta
        self.gamma = gamma
        self.reconstruction_loss = CSRReconstructionLoss(model, beta=beta)
        self.loss = loss if loss is not None else SparseMultipleNegativesRankingLoss(model)
        if not hasattr(self.loss, "compute_loss_from_embeddings"):
            raise ValueError(
                f"CSRLoss got {type(loss).__name__} as its main loss, but wants one with a method "
                "compute_loss_from_embeddings(embeddings, labels), such as SparseMultipleNegativesRankingLoss."
            )

    def forward(self, sentence_features: Iterable[Features], labels: Tensor | None = None) -> LossValue:
        """Compute the loss of a batch.

        Args:
            sentence_features: the tokenized columns of the batch, in order.
            labels: the labels for the main loss.

        Returns:
            The parts of the loss by name, already weighted; their sum is to be minimised, as the trainers do.
        """
        outputs = _AllOutputs(self.model)

        def compute(wide: Sequence[Tensor], labels: Tensor | None, **given: Any) -> LossValue:
            columns = [outputs.apart(each) for each in wide]
            parts = self.reconstruction_loss.compute_loss_from_embeddings(columns)
            codes = [column["sentence_embedding"] for column in columns]
            main = self.loss.compute_loss_from_embeddings(codes, labels, **given)  # type: ignore[operator]
            for name, value in (main if isinstance(main, dict) else {"base_loss": main}).items():
                parts[name] = value * self.gamma
            return parts

        with separate_columns():
            return run_wrapped(self.loss, outputs, sentence_features, labels, compute)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"beta": self.beta, "gamma": self.gamma, "loss": type(self.loss).__name__}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.CONTRASTIVE_SPARSE_REPRESENTATION


class _AllOutputs:
    """A model that gives all outputs of another one side by side, as if they were one embedding.

    So whatever embeds with it, a gradient cache too, carries all of them around.
    """

    def __init__(self, model: EmbeddingModel) -> None:
        self.model = model
        self.widths: dict[str, int] = {}

    def __call__(self, features: Features) -> dict[str, Tensor]:
        made = self.model(features)
        missing = [name for name in _OUTPUTS if name not in made]
        if missing:
            raise ValueError(
                f"CSRLoss got a model without {missing[0]} among its outputs, but wants one with a sparse autoencoder "
                "on top: SparseEncoder on a dense model, or modules=[..., SparseAutoEncoder(...)]."
            )
        kept = {name: made[name] for name in ("sentence_embedding", *_OUTPUTS) if made[name] is not None}
        self.widths = {name: each.shape[1] for name, each in kept.items()}
        return {"sentence_embedding": torch.cat(list(kept.values()), dim=1)}

    def apart(self, wide: Tensor) -> dict[str, Any]:
        """The outputs by name; None for those that the model left out."""
        parts = dict(zip(self.widths, wide.split(list(self.widths.values()), dim=1), strict=True))  # type: ignore[no-untyped-call]
        return {name: parts.get(name) for name in ("sentence_embedding", *_OUTPUTS)}
