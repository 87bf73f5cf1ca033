"""ADRMSELoss: smooth ranks should be those of the labels."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.listwise import ListwiseLoss
from losses.functional import adr_mse_loss
from losses.models import CrossEncoderModel


class ADRMSELoss(ListwiseLoss):
    """Bring the smooth rank of each document near its rank by label, the top of the list counting most.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each; only the order of
    the labels counts, and equal labels want equal scores. Lists may differ in length; a list of a single document adds
    zero. The model has one output label.

    Recommended: orders of a teacher, such as a large language model, where every place means something.

    Neighbours: RankNetLoss did about as well in the paper. LambdaLoss suits labels with many equals.

    The maths is in :func:`losses.functional.adr_mse_loss`; Schlatt et al. 2025, https://arxiv.org/abs/2405.07920.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        alpha: steepness of the sigmoid that ranks are smoothed by. The higher, the nearer to ranks, but the fewer
            pairs have a gradient.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Example:
        ::

            from losses.cross_encoder import ADRMSELoss

            loss = ADRMSELoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    def __init__(
        self,
        model: CrossEncoderModel,
        alpha: float = 1.0,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, activation_fn, mini_batch_size)
        if not alpha > 0:
            raise ValueError(f"alpha must be positive, not {alpha!r}.")
        self.alpha = alpha

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        return adr_mse_loss(scores, labels, where=where, alpha=self.alpha)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"alpha": self.alpha, **super().get_config_dict()}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.RANK_DISTILLM
