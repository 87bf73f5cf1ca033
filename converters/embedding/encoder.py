"""What an encoder is, and how one is found by its name."""

import os
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from converters.embedding.lsa import LsaEncoder
from converters.embedding.models import ModelEncoder, Prompt, load_model, name_of_model
from converters.errors import InputError, quote

#: Encoders that need no download and no network, by name.
EMBEDDED_ENCODERS = {LsaEncoder.name: LsaEncoder}


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors whose inner product says how similar two texts are.

    An encoder may also have a method `fit(corpus: list[str]) -> None`, which is then called once, before all else.

    Attributes:
        name: what to call it in reports.
    """

    name: str

    def encode_queries(self, texts: list[str]) -> Any:
        """Vectors for n queries: (n, d), float32, of length 1."""

    def encode_documents(self, texts: list[str]) -> Any:
        """Vectors for n documents: (n, d), float32, of length 1."""


def resolve_encoder(
    model: Any,
    *,
    batch_size: int = 32,
    query_prompt: str | None = None,
    query_prompt_name: str | None = None,
    corpus_prompt: str | None = None,
    corpus_prompt_name: str | None = None,
    processes: bool | Sequence[str] = False,
) -> Encoder:
    """Finds the encoder that `model` stands for.

    Args:
        model: name of an embedded encoder (`lsa`), name or path of a sentence-transformers model, an object with
            `encode_query` and `encode_document` (or `encode`), or an `Encoder`, which is returned as it is.
        batch_size: texts that a neural model embeds at a time.
        query_prompt: text put before every query; wins over `query_prompt_name`.
        query_prompt_name: name of one of the model's own prompts, for queries.
        corpus_prompt: text put before every document; wins over `corpus_prompt_name`.
        corpus_prompt_name: name of one of the model's own prompts, for documents.
        processes: devices on which a model of sentence-transformers is to run at once; True for all GPUs, or four
            processes on the CPU. The encoder's `close` ends them.

    Raises:
        InputError: there is no such model, it cannot be loaded here, or it cannot do what is asked of it.
    """
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise InputError(f"batch_size has to be a whole number of at least 1, not {quote(batch_size)}")
    query = Prompt("query_prompt", query_prompt, query_prompt_name)
    document = Prompt("corpus_prompt", corpus_prompt, corpus_prompt_name)
    if isinstance(model, str) and model in EMBEDDED_ENCODERS:
        model = EMBEDDED_ENCODERS[model]()
    if isinstance(model, Encoder):
        for prompt in (query, document):
            if prompt.given:
                raise InputError(f"encoder {quote(model.name)} takes no prompts: leave out {prompt.argument}")
        if processes:
            raise InputError(f"encoder {quote(model.name)} runs in one process: leave out use_multi_process")
        return model
    if isinstance(model, str | os.PathLike):
        name = str(model)
        model = load_model(model)
    else:
        name = name_of_model(model)
    return ModelEncoder(model, name, batch_size=batch_size, query=query, document=document, processes=processes)
