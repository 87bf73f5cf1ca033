"""Wrong input, met at the door.

Every message says which loss it is, what it got, what it wants and, where converting the data helps, how. Shapes and
types are looked at on every step. The *values* of labels are looked at on every step only if they are on the CPU: on
an accelerator, where each look makes the CPU wait, the first batch has to do.
"""

import math
import warnings
from collections.abc import Sequence, Sized
from typing import Any, NoReturn

import torch
from torch import Tensor


def reject(loss: object, got: str, wanted: str, output_format: str | None = None) -> NoReturn:
    """Raise the ValueError that all checks raise.

    Args:
        loss: the loss, named after its class.
        got: what it got.
        wanted: what it wants.
        output_format: the format that ``advisor convert`` should write, if converting helps.
    """
    message = f"{type(loss).__name__} got {got}, but wants {wanted}."
    if output_format is not None:
        message += f" To convert the data: advisor convert DATA --output-format {output_format} -o OUT"
    raise ValueError(message)


def check_columns(
    loss: object, found: Sequence[Sized], columns: Sequence[str], output_format: str, *, more: bool = False
) -> None:
    """Check how many columns there are and that they have the same number of rows.

    Args:
        loss: the loss.
        found: the columns: embeddings (rows, d) or lists of texts.
        columns: what the columns are called.
        output_format: the format that has these columns.
        more: whether there may be further columns.
    """
    if len(found) < len(columns) or (len(found) > len(columns) and not more):
        wanted = f"{len(columns)}{' or more' if more else ''} ({', '.join(columns)}{', ...' if more else ''})"
        reject(loss, f"{len(found)} text column(s)", wanted, output_format)
    rows = [len(column) for column in found]
    if len(set(rows)) > 1:
        reject(loss, f"columns of {', '.join(map(str, rows))} rows", "as many rows in each column")


def check_one_label_a_row(
    loss: object, labels: Any, rows: int, meaning: str, output_format: str | None = None
) -> Tensor:
    """Check that there is one label a row and return the labels as a vector.

    Args:
        loss: the loss.
        labels: what was given as labels.
        rows: how many there should be.
        meaning: what a label is, such as "a similarity score".
        output_format: the format that has such labels.
    """
    wanted = f"{meaning} for each row, in a column named label, labels, score or scores"
    if labels is None:
        reject(loss, "no labels", wanted, output_format)
    if not isinstance(labels, Tensor):
        kind = "a list of labels for each row" if isinstance(labels, Sequence) else f"labels of {type(labels)}"
        reject(loss, kind, wanted, output_format)
    if labels.numel() != rows:
        reject(loss, f"labels of shape {tuple(labels.shape)} for {rows} rows", wanted, output_format)
    flat: Tensor = labels.reshape(-1)
    return flat


class LabelValues:
    """Looks at the values of a loss's labels, as often as that is cheap."""

    def __init__(self) -> None:
        self._looked = False

    def range(self, labels: Tensor) -> tuple[float, float] | None:
        """The smallest and the largest label, both NaN if any is; None when it is not the time to look."""
        if not labels.numel() or (self._looked and labels.device.type != "cpu"):
            return None
        self._looked = True
        values = labels.detach()
        low, high = (values.to(torch.uint8) if values.dtype == torch.bool else values).aminmax()
        return float(low), float(high)

    def check_after(self, loss: object, value: Tensor, labels: Tensor, wanted: str) -> None:
        """Check that no number among very many is NaN or infinite, if the value that came of them is."""
        if not labels.numel() or (self._looked and labels.device.type != "cpu"):
            return
        self._looked = True
        if not math.isfinite(float(value.detach())) and not all(map(math.isfinite, map(float, labels.aminmax()))):
            reject(loss, "labels that are NaN or infinite", wanted)

    def check_between(
        self,
        loss: object,
        labels: Tensor,
        wanted: str,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        output_format: str | None = None,
    ) -> bool:
        """Check that no label is NaN or infinite, nor outside of low .. high; False if it was not the time to look."""
        found = self.range(labels)
        if found is None:
            return False
        if not all(map(math.isfinite, found)):
            reject(loss, "labels that are NaN or infinite", wanted)
        if found[0] < low or found[1] > high:
            reject(loss, f"labels from {found[0]:g} to {found[1]:g}", wanted, output_format)
        return True


def check_class_labels(
    loss: object,
    values: LabelValues,
    labels: Any,
    shape: tuple[int, int],
    output_format: str,
    ignore_index: int = -100,
) -> Tensor:
    """Check that labels are class ids, or probabilities of all classes, and return them fit for a cross-entropy.

    Args:
        loss: the loss.
        values: what looks at the values.
        labels: what was given as labels.
        shape: how many rows and how many classes there are.
        output_format: the format that has such labels.
        ignore_index: a class id that is allowed besides those of the classes.
    """
    rows, classes = shape
    wanted = f"one class id from 0 to {classes - 1}, an integer, for each row"
    if isinstance(labels, Tensor) and labels.is_floating_point() and labels.shape == shape and classes > 1:
        values.check_between(loss, labels, "probabilities from 0 to 1, or class ids", low=0, high=1)
        return labels
    flat = check_one_label_a_row(loss, labels, rows, wanted, output_format)
    if flat.is_floating_point():
        reject(loss, f"labels of type {str(flat.dtype).removeprefix('torch.')}", wanted, output_format)
    flat = flat.long()
    found = values.range(flat)
    if found is not None and (found[0] < 0 or found[1] >= classes):
        low, high = flat.masked_fill(flat == ignore_index, 0).aminmax()
        if low < 0 or high >= classes:
            reject(loss, f"labels from {int(low)} to {int(high)}", wanted, output_format)
    return flat


class UnusedLabels:
    """Warns once about labels that vary although the loss does not look at them."""

    def __init__(self) -> None:
        self._looked = False

    def check(self, loss: object, labels: Any, output_format: str) -> None:
        """Look at the labels of the first batch that has any."""
        if self._looked or not isinstance(labels, Tensor) or not labels.numel():
            return
        self._looked = True
        if bool((labels != labels.reshape(-1)[0]).any()):
            warnings.warn(
                f"{type(loss).__name__} takes no labels and ignores those it got, although they differ: rows marked as "
                f"negatives would be trained as positives. To convert the data: advisor convert DATA --output-format "
                f"{output_format} -o OUT",
                UserWarning,
                stacklevel=4,
            )


class UselessBatches:
    """Warns once about a batch from which a loss can learn nothing, although its labels are fine."""

    #: How many batches are looked at: what the sampler does wrong, it does from the start.
    batches = 8

    def __init__(self) -> None:
        self._left = self.batches

    def check_classes(self, loss: object, labels: Tensor) -> None:
        """Look for two classes and for two rows of one class; without either there is no triplet."""
        if self._due(labels):
            counts = torch.unique(labels, return_counts=True)[1]
            if len(counts) < 2 or int(counts.max()) < 2:
                what = "of a single class" if len(counts) < 2 else "without two texts of one class"
                self._warn(
                    loss,
                    f"a batch {what}, which holds no triplet",
                    'batch_sampler="group_by_label", or larger batches; for data with a text or two a class, '
                    "advisor convert DATA --output-format triplet -o OUT",
                )

    def _due(self, labels: Tensor) -> bool:
        self._left -= 1
        return self._left >= 0 and bool(labels.numel())

    def _warn(self, loss: object, got: str, wanted: str) -> None:
        self._left = 0
        warnings.warn(
            f"{type(loss).__name__} got {got}: such batches train nothing. Try {wanted}.", UserWarning, stacklevel=5
        )


def check_margins(loss: object, labels: Any, rows: int, negatives: int, values: LabelValues) -> Tensor:
    """Check that labels are a teacher's margins, or its scores of all documents, and return the margins.

    Args:
        loss: the loss.
        labels: margins (rows, negatives), or (rows,) with a single negative, or scores (rows, negatives + 1), the
            positive's first; or a list of these, row by row.
        rows: how many rows there are.
        negatives: how many negatives a row has.
        values: what looks at the values.

    Returns:
        The margins, (rows, negatives).
    """
    wanted = f"{negatives} margin(s) for each row, or {negatives + 1} scores, the positive's first"
    several = "triplet-margin" if negatives == 1 else "n-tuple-margins"
    given = labels = _matrix(loss, labels, negatives, wanted, several)
    if labels.shape == (rows, negatives + 1):
        labels = labels[:, :1] - labels[:, 1:]
    elif labels.shape == (rows,) and negatives == 1:
        labels = labels[:, None]
    if labels.shape != (rows, negatives):
        reject(loss, f"labels of shape {tuple(given.shape)} for {rows} rows", wanted, several)
    values.check_between(loss, given, "finite scores of a teacher")
    margins: Tensor = labels.detach()
    return margins


def _matrix(loss: object, labels: Any, columns: int, wanted: str, output_format: str) -> Tensor:
    """Labels that are a tensor, or a list of numbers or lists, as one tensor of floats."""
    if labels is None:
        reject(loss, "no labels", wanted, output_format)
    if not isinstance(labels, Tensor):
        try:
            each = [torch.as_tensor(row) for row in labels]
        except (TypeError, ValueError, RuntimeError):
            reject(loss, "labels that are no numbers", wanted, output_format)
        if len({row.shape for row in each}) > 1:
            reject(loss, "lists of labels of different lengths", wanted, output_format)
        labels = torch.stack(each) if each else torch.empty(0, columns)
    matrix: Tensor = labels if labels.is_floating_point() else labels.float()
    return matrix


class TeacherScores:
    """Looks at a teacher's scores, the first time closely."""

    def __init__(self) -> None:
        self._looked = False

    def check(self, loss: object, labels: Any, shape: tuple[int, int], temperature: float) -> Tensor:
        """Check that there is a score for each document, and return the scores, (rows, documents).

        Warns once where the teacher's softmax is so sharp that documents drop out of it.
        """
        wanted = f"{shape[1]} teacher scores for each row, one for each document"
        output_format = "triplet-scores" if shape[1] == 2 else "n-tuple-scores"
        labels = _matrix(loss, labels, shape[1], wanted, output_format)
        if labels.shape != shape:
            got = f"labels of shape {tuple(labels.shape)} for {shape[0]} rows of {shape[1]} documents"
            reject(loss, got, wanted, output_format)
        labels = labels.detach()
        if not self._looked or labels.device.type == "cpu":
            if bool((labels.isnan() | (labels == math.inf)).any()) or bool((labels == -math.inf).all(dim=1).any()):
                reject(loss, "teacher scores that are NaN or infinite", "numbers, or minus infinity to leave one out")
            if not self._looked and labels.numel() and bool(labels.isfinite().all()):
                self._warn_if_sharp(loss, labels.float(), temperature)
            self._looked = True
        scores: Tensor = labels
        return scores

    @staticmethod
    def _warn_if_sharp(loss: object, scores: Tensor, temperature: float) -> None:
        gone = int(((scores / temperature).softmax(dim=1) == 0).sum())
        if gone:
            spread = float((scores.amax(dim=1) - scores.amin(dim=1)).max())
            warnings.warn(
                f"{type(loss).__name__}: at teacher_temperature={temperature:g}, {gone} of {scores.numel()} teacher "
                f"scores have no share in the softmax at all, and train nothing. Scores span {spread:g}: try a "
                f"teacher_temperature above {spread / 100:.2g}.",
                UserWarning,
                stacklevel=5,
            )
