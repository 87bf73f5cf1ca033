"""PListMLELoss: the likelihood of the right order, above all of its top."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.configuration import full_name
from losses.cross_encoder.listwise import ListwiseLoss, all_equal
from losses.functional import list_mle_loss, plist_mle_loss, position_weights
from losses.functional.list_mle import PositionWeights
from losses.models import CrossEncoderModel


class PListMLELambdaWeight(nn.Module):
    """What each place in the right order weighs in :class:`~losses.cross_encoder.PListMLELoss`.

    Args:
        rank_discount_fn: from a mask of the documents that are there, (lists, n), to a weight for each place in the
            order, (lists, n), 0 where nothing is. None is the paper's, two to the number of documents behind that
            place, less one: :func:`losses.functional.position_weights`.

    Example:
        ::

            def harmonic(where):
                return (1 / where.cumsum(dim=1)).masked_fill(~where, 0)

            loss = PListMLELoss(model, lambda_weight=PListMLELambdaWeight(harmonic))
    """

    def __init__(self, rank_discount_fn: PositionWeights | None = None) -> None:
        super().__init__()
        self.rank_discount_fn = rank_discount_fn

    def forward(self, mask: Tensor) -> Tensor:
        """Weigh the places of lists.

        Args:
            mask: which documents are there, (lists, n).

        Returns:
            The weights, (lists, n); the loss divides them by their sum over the list.
        """
        return (self.rank_discount_fn or position_weights)(mask)


class PListMLELoss(ListwiseLoss):
    """Maximise the likelihood of the right order of each query's documents, above all of its top.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each. As it is, the loss
    takes the documents to stand in the right order, the best first, and does not look at their labels; with
    ``respect_input_order=False`` it sorts them by label. Lists may differ in length; a list of a single document adds
    zero. The model has one output label.

    Recommended: full orders, such as those of a teacher. Where many labels are equal, as with one relevant document
    among many others, an order of the equals is trained that means nothing; the weights keep that small.

    Neighbours: ListMLELoss weighs all places alike. LambdaLoss does not train the order of equals, and tends to do
    better.

    The maths is in :func:`losses.functional.plist_mle_loss`; Lan et al. 2014, UAI.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        lambda_weight: what each place weighs; None weighs all alike.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.
        respect_input_order: whether documents stand in the right order; if not, they are sorted by label.

    Example:
        ::

            from losses.cross_encoder import PListMLELoss

            loss = PListMLELoss(model, respect_input_order=False)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    def __init__(
        self,
        model: CrossEncoderModel,
        lambda_weight: nn.Module | None = PListMLELambdaWeight(),  # noqa: B008 - has no state
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
        respect_input_order: bool = True,
    ) -> None:
        super().__init__(model, activation_fn, mini_batch_size)
        self.lambda_weight = lambda_weight
        self.respect_input_order = respect_input_order
        self.eps = 1e-10

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        order = None if self.respect_input_order else labels
        if self.lambda_weight is None:
            return list_mle_loss(scores, order, where=where)
        return plist_mle_loss(scores, order, where=where, weights=self.lambda_weight, eps=self.eps)

    def check_lists(self, labels: Tensor, where: Tensor) -> None:
        """Warn about labels that contradict the order of the documents, or give none."""
        super().check_lists(labels, where)
        if self.respect_input_order:
            rises = ((labels[:, 1:] > labels[:, :-1]) & where[:, 1:]).any(dim=1)
            self.warn_about(
                rises,
                "in which a better document stands behind a worse one, by their labels: the order in which documents "
                "stand is what is trained. It wants the best first, or respect_input_order=False to sort by label.",
            )
        else:
            self.warn_about(
                all_equal(labels, where) & (where.sum(dim=1) > 1),
                "whose labels are all equal: an order is trained that means nothing. It wants labels that differ.",
            )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {
            "lambda_weight": None if self.lambda_weight is None else full_name(self.lambda_weight),
            **super().get_config_dict(),
            "respect_input_order": self.respect_input_order,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.PLIST_MLE
