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


class MultiVectorModel(Protocol):
    """A late-interaction model: features in, ``token_embeddings`` (rows, tokens, d) and ``attention_mask`` out.

    The mask (rows, tokens) says which tokens are compared. It need not be the mask that went in: punctuation may be
    left out of it, tokens that expand a query be in it.
    """

    def __call__(self, features: Features, *, task: str) -> Mapping[str, Any]:
        """Embed the tokens of one column, as those of a ``"query"`` or of a ``"document"``."""
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
