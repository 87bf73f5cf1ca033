"""ListMLELoss: the likelihood of the right order."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.plist_mle_loss import PListMLELoss
from losses.models import CrossEncoderModel


class ListMLELoss(PListMLELoss):
    """Maximise the likelihood of the right order of each query's documents.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each. As it is, the loss
    takes the documents to stand in the right order, the best first, and does not look at their labels; with
    ``respect_input_order=False`` it sorts them by label. Lists may differ in length; a list of a single document adds
    zero. The model has one output label.

    Recommended: full orders, such as those of a teacher. Where many labels are equal, an order of the equals is
    trained that means nothing.

    Neighbours: PListMLELoss is this loss with weights for the places, and tends to do better, as does LambdaLoss.

    The maths is in :func:`losses.functional.list_mle_loss`; Xia et al. 2008, doi:10.1145/1390156.1390306.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.
        respect_input_order: whether documents stand in the right order; if not, they are sorted by label.

    Example:
        ::

            from losses.cross_encoder import ListMLELoss

            loss = ListMLELoss(model, respect_input_order=False)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
        respect_input_order: bool = True,
    ) -> None:
        super().__init__(
            model,
            lambda_weight=None,
            activation_fn=activation_fn,
            mini_batch_size=mini_batch_size,
            respect_input_order=respect_input_order,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        config = super().get_config_dict()
        del config["lambda_weight"]
        return config

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.LIST_MLE
