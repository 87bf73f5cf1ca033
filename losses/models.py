"""What the losses ask of a model. Any object that does this will do; sentence-transformers models do."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch

Features = dict[str, Any]
"""One column of a batch, as the model's tokenizer made it: ``input_ids``, ``attention_mask`` and so on."""


class EmbeddingModel(Protocol):
    """A bi-encoder, dense or sparse: features in, a mapping with ``sentence_embedding`` (rows, d) out."""

    def __call__(self, features: Features) -> Mapping[str, Any]:
        """Embed the rows of one column."""
        ...


class CrossEncoderModel(Protocol):
    """A cross-encoder: preprocessed pairs in, a mapping with ``scores`` (pairs, num_labels) out."""

    @property
    def num_labels(self) -> int:
        """How many logits the model gives a pair."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        ...

    def preprocess(self, inputs: Sequence[tuple[str, str]], *, prompt: str | None, task: str | None) -> Features:
        """Tokenize pairs of texts."""
        ...

    def __call__(self, features: Features) -> Mapping[str, Any]:
        """Score preprocessed pairs."""
        ...
