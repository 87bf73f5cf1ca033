"""MarginMSELoss for cross-encoders: margins between positive and negative as a teacher sees them."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from losses import citations
from losses.checks import LabelValues, check_margins
from losses.configuration import full_name
from losses.functional import margin_mse_loss
from losses.models import CrossEncoderModel
from losses.scoring import Column, check_cross_encoder, check_text_columns, score_pairs


class MarginMSELoss(nn.Module):
    """Make the margin between a query's positive and negatives what a teacher says it is.

    Data: ``triplet-margin`` or ``n-tuple-margins`` (query, positive, negative, ..., margins), one margin a negative, or
    ``triplet-scores`` or ``n-tuple-scores`` with the teacher's score of the positive and of each negative. The model
    has one output label.

    Recommended: a stronger cross-encoder as the teacher. The positive need not be the better document: the teacher
    decides.

    Neighbours: MSELoss copies the scores themselves. LambdaLoss wants no more than their order.

    The maths is in :func:`losses.functional.margin_mse_loss`; Hofstätter et al. 2020,
    https://arxiv.org/abs/2010.02666.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity. ``nn.Sigmoid()`` suits a teacher whose scores
            are from 0 to 1.
        **kwargs: further arguments of :class:`torch.nn.MSELoss`.

    Example:
        ::

            from losses.cross_encoder import MarginMSELoss

            loss = MarginMSELoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=margins, loss=loss)
    """

    model: CrossEncoderModel

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        **kwargs: Any,
    ) -> None:
        super().__init__()
        check_cross_encoder(self, model, num_labels=1)
        self.model = model
        self.activation_fn = activation_fn or nn.Identity()
        self.loss_fct = nn.MSELoss(**kwargs)  # holds the options
        self._label_values = LabelValues()

    def forward(
        self,
        inputs: Sequence[Column],
        labels: Tensor | Sequence[Tensor],
        prompt: str | None = None,
        task: str | None = None,
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the columns of queries, positives and negatives.
            labels: a margin for each negative, (rows, negatives) or (rows,), or a score for each document,
                (rows, 1 + negatives).
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        names = ("query", "positive", "negative")
        check_text_columns(self, inputs, names, "triplet-margin", more=True)
        margins = check_margins(self, labels, len(inputs[0]), len(inputs) - 2, self._label_values)
        queries, *documents = inputs
        scores = [
            self.activation_fn(score_pairs(self, self.model, queries, column, prompt, task).view(-1))
            for column in documents
        ]
        reduction: Literal["mean", "sum", "none"] = self.loss_fct.reduction  # type: ignore[assignment]
        return margin_mse_loss(scores[0], torch.stack(scores[1:], dim=1), margins, reduction=reduction)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"activation_fn": full_name(self.activation_fn)}

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return citations.MARGIN_MSE
