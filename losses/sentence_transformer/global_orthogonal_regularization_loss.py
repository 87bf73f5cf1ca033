"""GlobalOrthogonalRegularizationLoss: spread embeddings evenly."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from losses import citations
from losses.configuration import function_name
from losses.embedding import EmbeddingLoss
from losses.functional import cos_sim, global_orthogonal_regularization
from losses.models import EmbeddingModel


class GlobalOrthogonalRegularizationLoss(EmbeddingLoss):
    """A regularizer: within each column, embeddings should be as orthogonal as points spread evenly over a sphere.

    Data: any texts, without labels. It separates what has nothing to do with each other, and knows nothing of what
    belongs together, so add it to a loss that does: write a loss whose ``compute_loss_from_embeddings`` returns both,
    as in the example.

    Recommended: weights below 1, and batches of unrelated texts (``BatchSamplers.NO_DUPLICATES``).

    Neighbours: MultipleNegativesRankingLoss with a high scale also spreads embeddings.

    The maths is in :func:`losses.functional.global_orthogonal_regularization`; Zhang et al. 2017,
    https://arxiv.org/abs/1708.06320.

    Args:
        model: the model to train.
        similarity_fct: from embeddings (n, d) and (m, d) to similarities (n, m).
        mean_weight: weight of the squared mean of the similarities; None or 0 leaves it out.
        second_moment_weight: weight of their second moment beyond 1 / d; None or 0 leaves it out.
        aggregation: ``"mean"`` or ``"sum"`` over the columns.

    Example:
        ::

            from losses.sentence_transformer import GlobalOrthogonalRegularizationLoss, MultipleNegativesRankingLoss

            class SpreadOutLoss(MultipleNegativesRankingLoss):
                def compute_loss_from_embeddings(self, embeddings, labels=None):
                    spread = GlobalOrthogonalRegularizationLoss(self.model, mean_weight=0.1, second_moment_weight=0.1)
                    ranking = super().compute_loss_from_embeddings(embeddings, labels)
                    return {"ranking": ranking, **spread.compute_loss_from_embeddings(embeddings)}

            loss = SpreadOutLoss(model)
            trainer = SentenceTransformerTrainer(model=model, train_dataset=pairs, loss=loss)
    """

    def __init__(
        self,
        model: EmbeddingModel,
        similarity_fct: Callable[[Tensor, Tensor], Tensor] = cos_sim,
        mean_weight: float | None = 1.0,
        second_moment_weight: float | None = 1.0,
        aggregation: Literal["mean", "sum"] = "mean",
    ) -> None:
        super().__init__(model)
        if not mean_weight and not second_moment_weight:
            raise ValueError("mean_weight or second_moment_weight must be other than zero.")
        if aggregation not in ("mean", "sum"):
            raise ValueError(f"aggregation must be 'mean' or 'sum', not {aggregation!r}.")
        self.similarity_fct = similarity_fct
        self.mean_weight = mean_weight
        self.second_moment_weight = second_moment_weight
        self.aggregation = aggregation

    def compute_loss_from_embeddings(
        self, embeddings: Sequence[Tensor], labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Compute both terms from the embeddings of the columns; labels are unused."""
        terms = [global_orthogonal_regularization(column, similarity=self.similarity_fct) for column in embeddings]
        means, moments = (torch.stack(each) for each in zip(*terms, strict=True))
        parts = {}
        for name, weight, values in (
            ("gor_mean", self.mean_weight, means),
            ("gor_second_moment", self.second_moment_weight, moments),
        ):
            if weight:
                parts[name] = weight * (values.sum() if self.aggregation == "sum" else values.mean())
        return parts

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "similarity_fct": function_name(self.similarity_fct),
            "mean_weight": self.mean_weight,
            "second_moment_weight": self.second_moment_weight,
            "aggregation": self.aggregation,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.SPREAD_OUT
