"""EmbedDistillLoss: be where the teacher is, or point where it points."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import LabelValues, reject
from losses.embedding import EmbeddingLoss
from losses.functional import embed_distill_loss
from losses.functional.embed_distill import DistillDistance
from losses.models import EmbeddingModel


class EmbedDistillLoss(EmbeddingLoss):
    """Bring the embedding of each text near the one that a teacher gives it.

    Data: ``text-embedding`` (one or more columns of texts, label): the teacher's embedding of the row, (rows, d), which
    all columns share (translations of one text, say), or one for each column, (rows, columns, d).

    Recommended: computing the teacher's embeddings once, before training. Where the teacher has another dimension, a
    ``projection_dim`` of it adds a linear layer that is trained with the model and thrown away afterwards.

    Neighbours: MSELoss is this with the squared error. DistillKLDivLoss and MarginMSELoss copy a teacher's scores
    instead of its embeddings.

    The maths is in :func:`losses.functional.embed_distill_loss`; Kim et al. 2023, https://arxiv.org/abs/2301.12005.

    Args:
        model: the model to train.
        distance_metric: ``"cosine"``, ``"l2"`` or ``"mse"``.
        projection_dim: the teacher's dimension, where it is not the model's.

    Example:
        ::

            from losses.sentence_transformer import EmbedDistillLoss

            loss = EmbedDistillLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=texts_with_embeddings, loss=loss)
    """

    def __init__(
        self, model: EmbeddingModel, distance_metric: DistillDistance = "cosine", projection_dim: int | None = None
    ) -> None:
        super().__init__(model)
        if distance_metric not in ("mse", "l2", "cosine"):
            raise ValueError(f"distance_metric must be 'mse', 'l2' or 'cosine', not {distance_metric!r}.")
        self.distance_metric: DistillDistance = distance_metric
        self.projection_dim = projection_dim
        self.projection: nn.Linear | None = None
        if projection_dim is not None:
            self.projection = self._make_projection(projection_dim)
        self._label_values = LabelValues()

    def _make_projection(self, dimension: int) -> nn.Linear:
        model: Any = self.model
        return nn.Linear(model.get_embedding_dimension(), dimension, device=model.device)

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | Sequence[Tensor] | None = None
    ) -> Tensor:
        """Compute the loss from the embeddings of the columns and the teacher's, in one tensor or one a column."""
        teachers = self._teachers(embeddings, labels)
        terms = []
        for own, teacher in zip(embeddings, teachers, strict=True):
            projected = own if self.projection is None else self.projection(own)
            if projected.shape != teacher.shape:
                reject(
                    self,
                    f"teacher embeddings of shape {tuple(teacher.shape)} for {tuple(projected.shape)} of the model",
                    "the same dimension, or projection_dim, the teacher's dimension",
                )
            terms.append(embed_distill_loss(projected, teacher, distance=self.distance_metric))
        value = torch.stack(terms).mean() if len(terms) > 1 else terms[0]
        for teacher in teachers:
            self._label_values.check_after(self, value, teacher, "finite numbers in the teacher's embeddings")
        return value

    def _teachers(self, embeddings: Sequence[Tensor], labels: Tensor | Sequence[Tensor] | None) -> list[Tensor]:
        wanted = "the teacher's embedding of each row, (rows, d), or one for each column, (rows, columns, d)"
        if labels is None:
            reject(self, "no labels", f"{wanted}, in a column named label", "text-embedding")
        if not isinstance(labels, Tensor):
            return list(labels)
        known = labels.ndim == 2 or (labels.ndim == 3 and labels.shape[1] == len(embeddings))
        if not known or len(labels) != len(embeddings[0]):
            got = f"labels of shape {tuple(labels.shape)} for {len(embeddings)} column(s) of {len(embeddings[0])} rows"
            reject(self, got, wanted, "text-embedding")
        labels = labels.detach()
        return [labels] * len(embeddings) if labels.ndim == 2 else list(labels.unbind(dim=1))

    def save_projection(self, path: str | Path) -> None:
        """Write the projection to a safetensors file.

        Raises:
            ValueError: there is none.
        """
        if self.projection is None:
            raise ValueError("There is no projection to save: give the loss projection_dim, the teacher's dimension.")
        from safetensors.torch import save_file

        save_file({name: each.contiguous() for name, each in self.projection.state_dict().items()}, str(path))

    def load_projection(self, path: str | Path) -> None:
        """Read a projection from a safetensors file, and make one of its shape if there is none yet.

        Raises:
            ValueError: it has another shape than the one there is, or than the model's embeddings.
        """
        from safetensors.torch import load_file

        weights = load_file(str(path))
        shape = tuple(weights["weight"].shape)
        projection = self.projection if self.projection is not None else self._make_projection(shape[0])
        if tuple(projection.weight.shape) != shape:
            raise ValueError(
                f"The projection in {path} is from {shape[1]} to {shape[0]} dimensions, but this one is from "
                f"{projection.in_features} to {projection.out_features}."
            )
        projection.load_state_dict(weights)
        self.projection, self.projection_dim = projection, shape[0]

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"distance_metric": self.distance_metric, "projection_dim": self.projection_dim}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.EMBED_DISTILL
