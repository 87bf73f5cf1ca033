"""CSRLoss: a loss on sparse codes, and the reconstruction of what they encode."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import reject
from losses.embedding import Compute, LossValue, run_wrapped, separate_columns
from losses.functional import csr_reconstruction_loss
from losses.models import EmbeddingModel, Features
from losses.sparse_encoder.sparse_multiple_negatives_ranking_loss import SparseMultipleNegativesRankingLoss
from losses.wrapping import WrapperLoss

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


class CSRLoss(WrapperLoss):
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

    has_two_halves = True  # whatever the main loss is, only the second half of it is called

    def __init__(
        self, model: EmbeddingModel, loss: nn.Module | None = None, beta: float = 0.1, gamma: float = 1.0
    ) -> None:
        super().__init__(model, loss if loss is not None else SparseMultipleNegativesRankingLoss(model))
        self.beta = beta
        self.gamma = gamma
        self.reconstruction_loss = CSRReconstructionLoss(model, beta=beta)
        if not hasattr(self.loss, "compute_loss_from_embeddings"):
            raise ValueError(
                f"CSRLoss got {type(loss).__name__} as its main loss, but wants one with a method "
                "compute_loss_from_embeddings(embeddings, labels), such as SparseMultipleNegativesRankingLoss."
            )

    def run(
        self,
        sentence_features: Iterable[Features],
        labels: Tensor | None,
        *,
        compute: Compute | None = None,
        model: EmbeddingModel | None = None,
        separate_first: bool = True,
    ) -> LossValue:
        """Embed the columns, each in a forward pass of its own, the way the main loss does.

        See :meth:`losses.embedding.EmbeddingLoss.run`. ``compute`` also gets all outputs of the model for each column,
        as ``outputs``.
        """
        wanted = compute or self.compute_loss_from_embeddings
        outputs = _Outputs(model or self.model, side_by_side=self.uses_gradient_cache)

        def with_outputs(embeddings: Sequence[Tensor], labels: Tensor | None, **given: Any) -> LossValue:
            columns = outputs.of(embeddings)
            return wanted([column["sentence_embedding"] for column in columns], labels, outputs=columns, **given)

        with separate_columns():
            return run_wrapped(
                self.loss, outputs, sentence_features, labels, with_outputs, separate_first=separate_first
            )

    def compute_loss_from_embeddings(
        self,
        embeddings: Sequence[Tensor],
        labels: Tensor | None = None,
        *,
        outputs: Sequence[Mapping[str, Tensor | None]] = (),
        **given: Any,
    ) -> dict[str, Tensor]:
        """Compute the parts from the codes and what the model gives beside them.

        Args:
            embeddings: the codes of the columns, (rows, d).
            labels: the labels for the main loss.
            outputs: what the model gives for each column, by name.
            given: for the main loss.

        Returns:
            The parts by name, already weighted; their sum is to be minimised, as the trainers do.
        """
        if len(outputs) != len(embeddings):
            reject(self, f"{len(outputs)} outputs of the model", f"one for each of the {len(embeddings)} columns")
        parts = self.reconstruction_loss.compute_loss_from_embeddings(outputs)
        main = self.inner()(embeddings, labels, **given)
        for name, value in (main if isinstance(main, dict) else {"base_loss": main}).items():
            parts[name] = value * self.gamma
        return parts

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"beta": self.beta, "gamma": self.gamma, "loss": type(self.loss).__name__}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.CONTRASTIVE_SPARSE_REPRESENTATION


class _Outputs:
    """A model whose other outputs are kept beside its embedding.

    Side by side, as if they were one wide embedding, they go where an embedding goes, through a gradient cache too.
    Where there is no need for that they are noted, call by call, and nothing is copied.
    """

    def __init__(self, model: EmbeddingModel, *, side_by_side: bool) -> None:
        #: Under the name by which the gradient cache looks for what processes exchange gradients of.
        self._orig_mod = getattr(model, "_orig_mod", model)
        self._model = model
        self._side_by_side = side_by_side
        self._widths: dict[str, int] = {}
        self._noted: list[dict[str, Tensor | None]] = []

    def __call__(self, features: Features) -> dict[str, Any]:
        made = self._model(features)
        missing = [name for name in _OUTPUTS if name not in made]
        if missing:
            raise ValueError(
                f"CSRLoss got a model without {missing[0]} among its outputs, but wants one with a sparse autoencoder "
                "on top: SparseEncoder on a dense model, or modules=[..., SparseAutoEncoder(...)]."
            )
        kept: dict[str, Any] = {name: made[name] for name in ("sentence_embedding", *_OUTPUTS)}
        if not self._side_by_side:
            self._noted.append(kept)
            return kept
        there = {name: each for name, each in kept.items() if each is not None}
        self._widths = {name: each.shape[1] for name, each in there.items()}
        return {"sentence_embedding": torch.cat(list(there.values()), dim=1)}

    def of(self, embeddings: Sequence[Tensor]) -> list[dict[str, Any]]:
        """The outputs of each column by name; None for those that the model left out."""
        if not self._side_by_side:
            return list(self._noted)
        return [self._apart(each) for each in embeddings]

    def _apart(self, wide: Tensor) -> dict[str, Any]:
        parts = dict(zip(self._widths, wide.split(list(self._widths.values()), dim=1), strict=True))  # type: ignore[no-untyped-call]
        return {name: parts.get(name) for name in ("sentence_embedding", *_OUTPUTS)}
