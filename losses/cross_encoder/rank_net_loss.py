"""RankNetLoss: rank each pair of documents the right way round."""

from collections.abc import Callable
from typing import Any, Literal

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.lambda_loss import LambdaLoss
from losses.cross_encoder.weighting_schemes import NoWeightingScheme
from losses.models import CrossEncoderModel


class RankNetLoss(LambdaLoss):
    """Rank each pair of a query's documents as their labels do, all pairs alike.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each, the higher the more
    relevant; only their order counts. Lists may differ in length. A list whose labels are all equal, or of a single
    document, teaches nothing and adds zero. The model has one output label.

    Recommended: orders of a teacher, such as a large language model, where every place means something.

    Neighbours: LambdaLoss is this loss with weights that stress the top of the list.

    The maths is in :func:`losses.functional.rank_net_loss`; Burges et al. 2005, doi:10.1145/1102351.1102363.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        k: count only pairs of which at least one is among the k highest scores; None counts all.
        sigma: steepness of the sigmoid.
        eps: without effect, as it concerns weights.
        reduction_log: ``"binary"`` or ``"natural"`` logarithm.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Example:
        ::

            from losses.cross_encoder import RankNetLoss

            loss = RankNetLoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    def __init__(
        self,
        model: CrossEncoderModel,
        k: int | None = None,
        sigma: float = 1.0,
        eps: float = 1e-10,
        reduction_log: Literal["natural", "binary"] = "binary",
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(
            model,
            weighting_scheme=NoWeightingScheme(),
            k=k,
            sigma=sigma,
            eps=eps,
            reduction_log=reduction_log,
            activation_fn=activation_fn,
            mini_batch_size=mini_batch_size,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        config = super().get_config_dict()
        del config["weighting_scheme"]
        return config

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.RANK_NET
