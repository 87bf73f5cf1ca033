"""ListNetLoss: the softmax over a list should be that of its labels."""

from collections.abc import Callable

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.listwise import ListwiseLoss
from losses.functional import list_net_loss
from losses.models import CrossEncoderModel


class ListNetLoss(ListwiseLoss):
    """Make the softmax over a query's documents that of their labels.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each, binary, graded or
    continuous. The values of the labels count, not only their order. Lists may differ in length; a list of a single
    document adds zero. The model has one output label.

    Recommended: a teacher's scores as labels, or labels a few units apart: with 0 and 1 the best document of two
    should have 73 percent of the softmax, no more.

    Neighbours: LambdaLoss takes the same data, looks at the order of the labels and tends to do better.

    The maths is in :func:`losses.functional.list_net_loss`; Cao et al. 2007, doi:10.1145/1273496.1273513.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Example:
        ::

            from losses.cross_encoder import ListNetLoss

            loss = ListNetLoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    # has no share in any softmax
    padding = -1e30
    needs_mask = False

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, activation_fn, mini_batch_size)

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        return list_net_loss(scores, labels, where=where)

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.LIST_NET
