"""MSELoss: the score that a teacher gives the pair."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from torch import Tensor, nn

from losses.checks import LabelValues, check_one_label_a_row
from losses.configuration import full_name
from losses.functional import score_mse_loss
from losses.models import CrossEncoderModel
from losses.scoring import check_cross_encoder, check_text_columns, score_pairs


class MSELoss(nn.Module):
    """Give each pair the score that a teacher gives it, by mean squared error.

    Data: ``pair-score`` (sentence_a, sentence_b, score) with a teacher's scores, or any others. The model has one
    output label.

    Recommended: an ``activation_fn`` that reaches the scores: the identity for a teacher's logits, ``nn.Sigmoid()`` for
    scores from 0 to 1.

    Neighbours: MarginMSELoss copies the differences between a query's documents and leaves their level open.
    BinaryCrossEntropyLoss takes scores from 0 to 1 for probabilities.

    The maths is in :func:`losses.functional.score_mse_loss`.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity.
        **kwargs: further arguments of :class:`torch.nn.MSELoss`.

    Example:
        ::

            from losses.cross_encoder import MSELoss

            loss = MSELoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=scored_pairs, loss=loss)
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
        self, inputs: Sequence[Sequence[str]], labels: Tensor, prompt: str | None = None, task: str | None = None
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the two columns of texts.
            labels: a score for each row, (rows,).
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        check_text_columns(self, inputs, ("sentence_a", "sentence_b"), "pair-score")
        labels = check_one_label_a_row(self, labels, len(inputs[0]), "one score", "pair-score")
        self._label_values.check_between(self, labels, "a finite score for each row", output_format="pair-score")
        scores = self.activation_fn(score_pairs(self, self.model, inputs[0], inputs[1], prompt, task).view(-1))
        reduction: Literal["mean", "sum", "none"] = self.loss_fct.reduction  # type: ignore[assignment]
        return score_mse_loss(scores, labels, reduction=reduction)

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"activation_fn": full_name(self.activation_fn)}
