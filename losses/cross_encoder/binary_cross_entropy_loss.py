"""BinaryCrossEntropyLoss: relevant or not."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from torch import Tensor, nn

from losses.checks import LabelValues, check_one_label_a_row
from losses.configuration import full_name
from losses.functional import binary_cross_entropy_loss
from losses.models import CrossEncoderModel
from losses.scoring import check_cross_encoder, check_text_columns, score_pairs


class BinaryCrossEntropyLoss(nn.Module):
    """High logits for positive pairs, low logits for negative pairs.

    Data: ``labeled-pair`` (anchor, document, label) with label 1 for a positive and 0 for a negative, or
    ``pair-score`` (sentence_a, sentence_b, score) with scores from 0 to 1. The model has one output label.

    Recommended: mined hard negatives, ``advisor convert DATA --output-format labeled-pair -o OUT``; with several of
    them a positive, a ``pos_weight`` of as many balances the two.

    Neighbours: CrossEntropyLoss for more than two classes. With the documents of each query in a list, LambdaLoss
    compares them with each other.

    The maths is in :func:`losses.functional.binary_cross_entropy_loss`.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity. The loss has a sigmoid of its own.
        pos_weight: weight of the positives, ``torch.tensor(4.0)`` for example.
        **kwargs: further arguments of :class:`torch.nn.BCEWithLogitsLoss`.

    Example:
        ::

            from losses.cross_encoder import BinaryCrossEntropyLoss

            loss = BinaryCrossEntropyLoss(model)
            trainer = CrossEncoderTrainer(model=model, train_dataset=labeled_pairs, loss=loss)
    """

    model: CrossEncoderModel

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        pos_weight: Tensor | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        check_cross_encoder(self, model, num_labels=1)
        self.model = model
        self.activation_fn = activation_fn or nn.Identity()
        self.pos_weight = pos_weight
        # Holds the options, and the weights as buffers that move with the loss.
        self.bce_with_logits_loss = nn.BCEWithLogitsLoss(pos_weight=pos_weight, **kwargs)
        self._label_values = LabelValues()

    def forward(
        self, inputs: Sequence[Sequence[str]], labels: Tensor, prompt: str | None = None, task: str | None = None
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the two columns of texts.
            labels: a label from 0 to 1 for each row, (rows,).
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        check_text_columns(self, inputs, ("anchor", "document"), "labeled-pair")
        wanted = "labels from 0 (negative) to 1 (positive); divide scores by their maximum"
        labels = check_one_label_a_row(self, labels, len(inputs[0]), "one label from 0 to 1", "labeled-pair")
        self._label_values.check_between(self, labels, wanted, low=0, high=1, output_format="labeled-pair")
        logits = self.activation_fn(score_pairs(self, self.model, inputs[0], inputs[1], prompt, task).view(-1))
        options = self.bce_with_logits_loss
        reduction: Literal["mean", "sum", "none"] = options.reduction  # type: ignore[assignment]
        return binary_cross_entropy_loss(
            logits, labels, weight=options.weight, pos_weight=options.pos_weight, reduction=reduction
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        pos_weight: Any = self.pos_weight
        if pos_weight is not None:
            pos_weight = pos_weight.item() if pos_weight.numel() == 1 else pos_weight.tolist()
        return {"activation_fn": full_name(self.activation_fn), "pos_weight": pos_weight}
