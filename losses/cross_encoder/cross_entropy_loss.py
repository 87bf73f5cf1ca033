"""CrossEntropyLoss: which class a pair belongs to."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from torch import Tensor, nn

from losses.checks import LabelValues, check_class_labels
from losses.configuration import full_name
from losses.functional import cross_entropy_loss
from losses.models import CrossEncoderModel
from losses.scoring import check_cross_encoder, check_text_columns, score_pairs


class CrossEntropyLoss(nn.Module):
    """Classify pairs.

    Data: ``pair-class`` (sentence_a, sentence_b, label) with class ids 0 to N - 1, or with probabilities of the N
    classes as the label. The model has N output labels, N at least 2.

    Neighbours: BinaryCrossEntropyLoss with a single output label, for positives and negatives or scores from 0 to 1.

    The maths is in :func:`losses.functional.cross_entropy_loss`.

    Args:
        model: the cross-encoder to train, with ``num_labels=N``.
        activation_fn: applied to the logits first; None is the identity. The loss has a softmax of its own.
        **kwargs: further arguments of :class:`torch.nn.CrossEntropyLoss`.

    Example:
        ::

            from losses.cross_encoder import CrossEntropyLoss

            loss = CrossEntropyLoss(CrossEncoder("microsoft/mpnet-base", num_labels=3))
            trainer = CrossEncoderTrainer(model=loss.model, train_dataset=nli, loss=loss)
    """

    model: CrossEncoderModel

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None = nn.Identity(),  # noqa: B008 - has no state
        **kwargs: Any,
    ) -> None:
        super().__init__()
        check_cross_encoder(self, model, num_labels=None)
        self.model = model
        self._num_classes = model.num_labels  # a wrapper that takes the model's place may not have it
        self.activation_fn = activation_fn or nn.Identity()
        # Holds the options, and the class weights as a buffer that moves with the loss.
        self.ce_loss = nn.CrossEntropyLoss(**kwargs)
        self._label_values = LabelValues()

    def forward(
        self, inputs: Sequence[Sequence[str]], labels: Tensor, prompt: str | None = None, task: str | None = None
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the two columns of texts.
            labels: class ids (rows,) or probabilities (rows, classes).
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        check_text_columns(self, inputs, ("sentence_a", "sentence_b"), "pair-class")
        options = self.ce_loss
        shape = (len(inputs[0]), self._num_classes)
        labels = check_class_labels(self, self._label_values, labels, shape, "pair-class", options.ignore_index)
        logits = self.activation_fn(score_pairs(self, self.model, inputs[0], inputs[1], prompt, task))
        reduction: Literal["mean", "sum", "none"] = options.reduction  # type: ignore[assignment]
        return cross_entropy_loss(
            logits,
            labels,
            weight=options.weight,
            ignore_index=options.ignore_index,
            label_smoothing=options.label_smoothing,
            reduction=reduction,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"activation_fn": full_name(self.activation_fn)}
