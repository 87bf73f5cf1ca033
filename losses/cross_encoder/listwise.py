"""What the losses of lists of documents have in common: everything but the mathematics."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from losses.checks import LabelValues
from losses.configuration import full_name
from losses.functional.precision import at_least_float32
from losses.models import CrossEncoderModel
from losses.scoring import check_cross_encoder, check_labeled_lists, mask_of_lists, pad_lists, score_lists


class ListwiseLoss(nn.Module):
    """Scores the documents of each query; ``compute_loss_from_scores`` does the rest.

    Args:
        model: the cross-encoder to train, with ``num_labels=1``.
        activation_fn: applied to the logits first; None is the identity.
        mini_batch_size: how many pairs of query and document go through the model at once: None means as many as there
            are queries in the batch, a negative number all at once.

    Attributes:
        learns_from_equal_labels: whether a list whose labels are all equal teaches anything.
        padding: the scores and labels that lists are padded with.
        needs_mask: whether that padding changes the loss of a list of documents, so that a mask has to say where it is.
    """

    model: CrossEncoderModel
    learns_from_equal_labels = True
    padding = 0.0
    needs_mask = True

    def __init__(
        self,
        model: CrossEncoderModel,
        activation_fn: Callable[[Tensor], Tensor] | None,
        mini_batch_size: int | None,
    ) -> None:
        super().__init__()
        check_cross_encoder(self, model, num_labels=1)
        self.model = model
        self.activation_fn = activation_fn or nn.Identity()
        self.mini_batch_size = mini_batch_size
        self._label_values = LabelValues()
        self._batches = 0
        self._warned: set[str] = set()

    def forward(
        self,
        inputs: Sequence[Any],
        labels: Sequence[Tensor],
        prompt: str | None = None,
        task: str | None = None,
    ) -> Tensor:
        """Compute the loss of a batch.

        Args:
            inputs: the column of queries and that of the lists of documents.
            labels: the labels of each list, (documents of the list,) each.
            prompt: a prompt for the model's preprocessing.
            task: a task for the model's preprocessing.
        """
        flat_labels, lengths, looked = check_labeled_lists(self, inputs, labels, self._label_values)
        queries, documents = inputs
        scores = score_lists(self, self.model, queries, documents, self.mini_batch_size, prompt, task)
        scores = self.activation_fn(at_least_float32(scores))
        scores, padded_labels = pad_lists(lengths, scores, flat_labels.to(scores), padding=self.padding)
        if looked and self._is_time_to_look():
            where = mask_of_lists(lengths, scores.device)
            self.check_lists(
                padded_labels, torch.ones_like(padded_labels, dtype=torch.bool) if where is None else where
            )
        needs_mask = self.needs_mask or not min(lengths)
        return self.compute_loss_from_scores(
            scores, padded_labels, mask_of_lists(lengths, scores.device) if needs_mask else None
        )

    def compute_loss_from_scores(self, scores: Tensor, labels: Tensor, where: Tensor | None = None) -> Tensor:
        """Compute the loss from scores and labels, (lists, n) both, and a mask of what is there, (lists, n) or None."""
        raise NotImplementedError

    def _is_time_to_look(self) -> bool:
        """Whether this is one of the first batches or, from then on, one in fifty: enough to find what is frequent."""
        self._batches += 1
        return self._batches <= 10 or self._batches % 50 == 0

    def check_lists(self, labels: Tensor, where: Tensor) -> None:
        """Warn, once, about lists from which this loss learns nothing.

        Args:
            labels: the labels of a batch, (lists, n).
            where: which documents are there, (lists, n).
        """
        if self.learns_from_equal_labels:
            self.warn_about(
                where.sum(dim=1) < 2,
                "of fewer than two documents: they train nothing. It wants lists of several documents.",
            )
        else:
            self.warn_about(
                all_equal(labels, where),
                "in which no two labels differ: they train nothing. It wants lists with relevant and irrelevant "
                "documents, such as mined ones.",
            )

    def warn_about(self, lists: Tensor, what: str) -> None:
        """Warn about lists that are of no use, or of less than it seems.

        Args:
            lists: which lists these are, (lists,).
            what: what is the matter with them, what comes of it, and what is wanted. Said once.
        """
        if what in self._warned or not (count := int(lists.sum())):
            return
        self._warned.add(what)
        warnings.warn(
            f"{type(self).__name__} got {count} of {len(lists)} lists {what} To convert the data: advisor convert DATA "
            "--output-format labeled-list -o OUT",
            UserWarning,
            stacklevel=6,
        )

    def get_config_dict(self) -> dict[str, Any]:
        """The options of this loss, for the model card."""
        return {"activation_fn": full_name(self.activation_fn), "mini_batch_size": self.mini_batch_size}


def all_equal(labels: Tensor, where: Tensor) -> Tensor:
    """In which lists no two labels differ, (lists,).

    Args:
        labels: the labels, (lists, n).
        where: which documents are there, (lists, n).
    """
    lowest = labels.masked_fill(~where, torch.inf).amin(dim=1)
    return lowest >= labels.masked_fill(~where, -torch.inf).amax(dim=1)
