"""LambdaLoss: rank the documents of a query, for NDCG."""

from collections.abc import Callable
from typing import Any, Literal

from torch import Tensor, nn

from losses import citations
from losses.configuration import full_name
from losses.cross_encoder.listwise import ListwiseLoss
from losses.cross_encoder.weighting_schemes import (
    BaseWeightingScheme,
    NDCGLoss2PPScheme,
    NoWeightingScheme,
    pair_weights,
)
from losses.functional import lambda_loss
from losses.functional.lambda_framework import check_options
from losses.models import CrossEncoderModel


class LambdaLoss(ListwiseLoss):
    """Rank the documents of each query so that NDCG is high.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each, the higher the more
    relevant; binary, graded or continuous. Lists may differ in length. A list whose labels are all equal, or of a
    single document, teaches nothing and adds zero. The model has one output label.

    Recommended: lists with some relevant and many hard, irrelevant documents,
    ``advisor convert DATA --output-format labeled-list -o OUT``.

    Neighbours: ListNetLoss, ListMLELoss, PListMLELoss, RankNetLoss and ADRMSELoss take the same data; LambdaLoss tends
    to do best. RankNetLoss is this loss without weights. BinaryCrossEntropyLoss looks at one document at a time.

    The maths is in :func:`losses.functional.lambda_loss`; Wang et al. 2018, doi:10.1145/3269206.3271784.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        weighting_scheme: what a pair of documents weighs; None weighs all alike.
        k: count only pairs of which at least one is among the k highest scores, for NDCG@k; None counts all.
        sigma: steepness of the sigmoid.
        eps: what the ideal DCG is at least.
        reduction_log: ``"binary"`` or ``"natural"`` logarithm.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Example:
        ::

            from losses.cross_encoder import LambdaLoss

            loss = LambdaLoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    learns_from_equal_labels = False

    def __init__(
        self,
        model: CrossEncoderModel,
        weighting_scheme: BaseWeightingScheme | None = NDCGLoss2PPScheme(),  # noqa: B008 - has no state
        k: int | None = None,
        sigma: float = 1.0,
        eps: float = 1e-10,
        reduction_log: Literal["natural", "binary"] = "binary",
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, activation_fn, mini_batch_size)
        check_options(k, reduction_log)
        self.weighting_scheme = weighting_scheme or NoWeightingScheme()
        self.k = k
        self.sigma = sigma
        self.eps = eps
        self.reduction_log: Literal["natural", "binary"] = reduction_log

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        return lambda_loss(
            scores,
            labels,
            where=where,
            weights=pair_weights(self.weighting_scheme),
            every_pair=_is_ndcg_loss1(self.weighting_scheme),
            k=self.k,
            sigma=self.sigma,
            eps=self.eps,
            reduction_log=self.reduction_log,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "weighting_scheme": full_name(self.weighting_scheme),
            "k": self.k,
            "sigma": self.sigma,
            "eps": self.eps,
            "reduction_log": self.reduction_log,
            **super().get_config_dict(),
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.LAMBDA_LOSS


def _is_ndcg_loss1(scheme: nn.Module) -> bool:
    # By name, so that a scheme of sentence-transformers, which is not a subclass of ours, trains the same.
    return any(cls.__name__ == "NDCGLoss1Scheme" for cls in type(scheme).__mro__)
