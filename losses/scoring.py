"""From pairs and lists of texts to a cross-encoder's scores."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from losses.checks import LabelValues, check_columns, reject
from losses.models import CrossEncoderModel

Column = Sequence[str]


def check_cross_encoder(loss: object, model: Any, num_labels: int | None = 1) -> None:
    """Check that a model is a cross-encoder with that number of logits a pair; None is any number of two or more."""
    if not hasattr(model, "preprocess") or not hasattr(model, "num_labels"):
        reject(loss, f"a model of type {type(model).__name__}", "a CrossEncoder")
    if num_labels is None and model.num_labels < 2:
        reject(
            loss,
            f"a model with {model.num_labels} output label",
            "one output label for each class, two or more: CrossEncoder(..., num_labels=N). With a single one, use "
            "BinaryCrossEntropyLoss",
        )
    if num_labels is not None and model.num_labels != num_labels:
        reject(
            loss,
            f"a model with {model.num_labels} output labels",
            f"{num_labels} output label: CrossEncoder(..., num_labels={num_labels})",
        )


def check_text_columns(
    loss: object, inputs: Sequence[Any], columns: Sequence[str], output_format: str, *, more: bool = False
) -> None:
    """Check that the columns hold texts and that there are as many, and as long, as there should be.

    Args:
        loss: the loss.
        inputs: the columns.
        columns: what the columns are called.
        output_format: the format that has these columns.
        more: whether there may be further columns.
    """
    check_columns(loss, inputs, columns, output_format, more=more)
    if any(column and isinstance(column[0], (list, tuple)) for column in inputs):
        reject(loss, "a list of documents for each row", "one text a row in each column", output_format)


def score_pairs(
    loss: object, model: CrossEncoderModel, first: Column, second: Column, prompt: str | None, task: str | None
) -> Tensor:
    """Logits of the pairs of two columns, (rows, num_labels)."""
    return _score(loss, model, list(zip(first, second, strict=True)), prompt, task)


def _score(
    loss: object, model: CrossEncoderModel, pairs: Sequence[tuple[str, str]], prompt: str | None, task: str | None
) -> Tensor:
    try:
        features = model.preprocess(pairs, prompt=prompt, task=task)
    except (TypeError, AttributeError):
        # looked for only now, since it takes time
        if any(text is None for pair in pairs for text in pair):
            reject(loss, "a text that is None", "a text in each row of each column")
        raise
    device = model.device
    features = {key: value.to(device) if isinstance(value, Tensor) else value for key, value in features.items()}
    scores: Tensor = model(features)["scores"]
    return scores


def score_lists(
    loss: object,
    model: CrossEncoderModel,
    queries: Column,
    documents: Sequence[Column],
    mini_batch_size: int | None,
    prompt: str | None,
    task: str | None,
) -> Tensor:
    """Logits of each query with each of its documents, one list after the other, (documents of all lists,).

    Args:
        loss: the loss.
        model: a cross-encoder with one output label.
        queries: the queries.
        documents: the documents of each query.
        mini_batch_size: how many pairs go through the model at once: None (or 0) means as many as there are queries,
            a negative number all of them.
        prompt: a prompt for the model's preprocessing.
        task: a task for the model's preprocessing.
    """
    pairs = [(query, text) for query, texts in zip(queries, documents, strict=True) for text in texts]
    size = mini_batch_size or len(queries)
    if size < 0:
        size = len(pairs)
    scores = [
        _score(loss, model, pairs[start : start + size], prompt, task).view(-1) for start in range(0, len(pairs), size)
    ]
    return torch.cat(scores)


def pad_lists(lengths: Sequence[int], *values: Tensor, padding: float = 0.0) -> list[Tensor]:
    """Lists that stand one after the other, as the rows of padded matrices.

    Args:
        lengths: how long each list is.
        *values: the values of all lists, (sum of lengths,) each.
        padding: what to pad with.

    Returns:
        A matrix, (lists, longest), for each of the values.
    """
    shape = len(lengths), max(lengths)
    if min(lengths) == shape[1]:
        return [each.view(shape) for each in values]
    size, counts = shape[0] * shape[1], torch.tensor(lengths)
    shifts = torch.arange(0, size, shape[1]) - counts.cumsum(0) + counts
    total = len(values[0])
    places = torch.arange(total) + shifts.repeat_interleave(counts, output_size=total)
    places = places.to(values[0].device)
    return [each.new_full((size,), padding).index_copy(0, places, each).view(shape) for each in values]


def mask_of_lists(lengths: Sequence[int], device: torch.device) -> Tensor | None:
    """Which entries of the padded matrices are there, (lists, longest); None if all are."""
    longest = max(lengths)
    if min(lengths) == longest:
        return None
    return torch.arange(longest, device=device) < torch.tensor(lengths, device=device)[:, None]


def check_labeled_lists(
    loss: object, inputs: Sequence[Any], labels: Any, values: LabelValues
) -> tuple[Tensor, list[int], bool]:
    """Check that each query has a list of documents, and each of these a label.

    Args:
        loss: the loss.
        inputs: the columns, queries and lists of documents.
        labels: what was given as labels.
        values: what looks at the values of the labels.

    Returns:
        The labels of all lists one after the other, how long each list is, and whether it was the time to look at the
        values of labels.
    """
    wanted = "two columns, a query and a list of documents, and a list of as many labels for each row"
    output_format = "labeled-list"
    if len(inputs) != 2:
        reject(loss, f"{len(inputs)} text column(s)", wanted, output_format)
    queries, documents = inputs
    if any(isinstance(texts, str) for texts in documents):
        reject(loss, "a single document for each query", wanted, output_format)
    if any(isinstance(query, (list, tuple)) for query in queries):
        reject(loss, "a list of texts in the column of queries", wanted, output_format)
    if any(texts is None for texts in documents):
        reject(loss, "None instead of a list of documents", wanted, output_format)
    rows = _rows(labels)
    if rows is None:
        kind = "no labels" if labels is None else "labels that are no numbers"
        reject(loss, kind, wanted, output_format)
    if len(queries) != len(documents) or len(rows) != len(documents):
        got = f"{len(queries)} queries, {len(documents)} lists of documents and {len(rows)} of labels"
        reject(loss, got, wanted, output_format)
    if any(row.ndim != 1 for row in rows):
        reject(loss, "a single label for each query", wanted, output_format)
    lengths = [len(texts) for texts in documents]
    if lengths != [len(row) for row in rows]:
        got = f"{_some(lengths)} documents and {_some([len(row) for row in rows])} labels for the queries"
        reject(loss, got, wanted, output_format)
    if not sum(lengths):
        reject(loss, "no documents at all", wanted, output_format)
    flat = torch.cat(rows)
    looked = values.check_between(loss, flat, "a finite label for each document", output_format=output_format)
    return flat, lengths, looked


def _rows(labels: Any) -> list[Tensor] | None:
    """Labels row by row; None if they cannot be tensors."""
    try:
        return [row if isinstance(row, Tensor) else torch.as_tensor(row) for row in labels]
    except (TypeError, ValueError, RuntimeError):
        return None


def _some(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
