"""ApproxNDCGLoss: NDCG itself, of smooth ranks."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from losses import citations
from losses.cross_encoder.listwise import ListwiseLoss
from losses.functional import approx_ndcg_loss
from losses.models import CrossEncoderModel


class ApproxNDCGLoss(ListwiseLoss):
    """Maximise NDCG, with ranks smoothed so that they have a gradient.

    sentence-transformers has no loss like this one.

    Data: ``labeled-list`` (query, documents, labels): a list of documents and one number for each, the higher the more
    relevant; binary, graded or continuous. Lists may differ in length. A list whose labels are all equal, or of a
    single document, teaches nothing and adds zero. The model has one output label.

    Recommended: a model that ranks reasonably already, and a temperature about as large as the scores of neighbours
    differ: documents whose scores are many temperatures apart have no gradient between them.

    Neighbours: LambdaLoss bounds NDCG instead of smoothing it, has a gradient however far scores are apart, and is the
    safer choice.

    The maths is in :func:`losses.functional.approx_ndcg_loss`; Qin, Liu and Li 2010, doi:10.1007/s10791-009-9124-x;
    Bruch et al. 2019, doi:10.1145/3331184.3331347.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        temperature: by how much scores differ for a rank to count.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Example:
        ::

            from losses.cross_encoder import ApproxNDCGLoss

            loss = ApproxNDCGLoss(model, temperature=1.0)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_lists, loss=loss)
    """

    learns_from_equal_labels = False

    def __init__(
        self,
        model: CrossEncoderModel,
        temperature: float = 0.1,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        mini_batch_size: int | None = None,
    ) -> None:
        super().__init__(model, activation_fn, mini_batch_size)
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, not {temperature!r}.")
        self.temperature = temperature

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        return approx_ndcg_loss(scores, labels, where=where, temperature=self.temperature)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"temperature": self.temperature, **super().get_config_dict()}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.APPROX_NDCG
