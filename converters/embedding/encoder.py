"""How an encoder, or what else ranks documents, is found by its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from converters.embedding.bm25 import Bm25
from converters.embedding.lsa import LsaEncoder
from converters.embedding.models import ModelEncoder, Prompt, load_model, name_of_model
from converters.embedding.protocol import Encoder
from converters.embedding.sparse import SparseModelEncoder, is_sparse_model
from converters.errors import InputError, quote

#: Encoders that need no download and no network, by name.
EMBEDDED_ENCODERS = {LsaEncoder.name: LsaEncoder}


@dataclass(frozen=True)
class Blended:
    """Several models whose scores are blended; see `converters.embedding.blend`.

    Attributes:
        name: what to call them together.
        parts: two or more; the first one gives the scale.
    """

    name: str
    parts: tuple["Encoder | Bm25", ...]

    def close(self) -> None:
        """Ends the processes of all parts, if there are any."""
        for part in self.parts:
            if isinstance(part, ModelEncoder):
                part.close()


#: How names of blends begin: `blend:lsa+bm25`.
BLEND = "blend:"


class EncoderOptions(TypedDict, total=False):
    """What only neural models have a use for: see `resolve_encoder`."""

    query_prompt: str | None
    query_prompt_name: str | None
    corpus_prompt: str | None
    corpus_prompt_name: str | None
    processes: bool | Sequence[str]
    device: str | None


def resolve_model(model: Any, *, batch_size: int = 32, **options: Unpack[EncoderOptions]) -> "Encoder | Bm25 | Blended":
    """Finds whatever can rank documents for queries: an encoder, BM25, or a blend of several.

    Args:
        model: what `resolve_encoder` takes; or `bm25`; or several of these, as a list or as a name such as
            `blend:lsa+bm25` or `blend:all-MiniLM-L6-v2+bm25`, where one model at most is not embedded.
        batch_size, options: as for `resolve_encoder`; in a blend for the parts that are neural models.

    Raises:
        InputError: there is no such model, it cannot be loaded here, or it cannot do what is asked of it.
    """
    if isinstance(model, Bm25 | Blended):
        return model
    if model is None:
        raise InputError(
            "without a model all embeddings have to be given, query_embeddings and corpus_embeddings: "
            "pass what is missing, or a model"
        )
    given = [name for name in EncoderOptions.__annotations__ if options.get(name)]
    if isinstance(model, str) and model == Bm25.name:
        if given:
            raise InputError(f"bm25 compares words and has no use for {_argument(given[0])}: leave it out")
        return Bm25()
    if isinstance(model, str) and model.startswith(BLEND):
        model = _parts(model)
    if not isinstance(model, list | tuple):
        return resolve_encoder(model, batch_size=batch_size, **options)
    if len(model) < 2:
        raise InputError(f"a blend has two models or more, such as {BLEND}lsa+bm25; got {len(model)}")
    embedded = {Bm25.name, *EMBEDDED_ENCODERS}
    neural = [each for each in model if not (isinstance(each, Bm25) or (isinstance(each, str) and each in embedded))]
    if given and not neural:
        raise InputError(f"this blend has no neural model that could use {_argument(given[0])}: leave it out")
    parts = tuple(
        resolve_model(
            each, batch_size=batch_size, **(options if any(each is one for one in neural) else EncoderOptions())
        )
        for each in model
    )
    if any(isinstance(part, Blended) for part in parts):
        raise InputError("a blend cannot be part of a blend: name all models in one")
    single = tuple(part for part in parts if not isinstance(part, Blended))
    return Blended(BLEND + "+".join(part.name for part in single), single)


def is_embedded(model: Any) -> bool:
    """Whether a model is one that needs no download, or a blend of such."""
    if isinstance(model, str) and model.startswith(BLEND):
        model = _parts(model)
    if isinstance(model, list | tuple):
        return all(map(is_embedded, model))
    return isinstance(model, Bm25 | LsaEncoder) or (isinstance(model, str) and model in {Bm25.name, *EMBEDDED_ENCODERS})


def _argument(name: str) -> str:
    """What callers know an argument as."""
    return "use_multi_process" if name == "processes" else name


def _parts(name: str) -> list[str]:
    """The models that a name such as `blend:PATH+bm25` stands for; a path may have a plus sign of its own."""
    left = name.removeprefix(BLEND).split("+")
    embedded = {Bm25.name, *EMBEDDED_ENCODERS}
    first: list[str] = []
    last: list[str] = []
    while left and left[0] in embedded:
        first.append(left.pop(0))
    while left and left[-1] in embedded:
        last.insert(0, left.pop())
    parts = [*first, *(["+".join(left)] if left else []), *last]
    if len(parts) < 2 or not all(part.strip() for part in parts) or len(set(parts)) < len(parts):
        raise InputError(
            f"{quote(name, 120)} is no blend: join two different models or more, at most one of them not embedded, "
            f"as in {BLEND}lsa+bm25 or {BLEND}all-MiniLM-L6-v2+bm25"
        )
    return parts


def resolve_encoder(
    model: Any,
    *,
    batch_size: int = 32,
    query_prompt: str | None = None,
    query_prompt_name: str | None = None,
    corpus_prompt: str | None = None,
    corpus_prompt_name: str | None = None,
    processes: bool | Sequence[str] = False,
    device: str | None = None,
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
        device: where a model that is loaded here is to run, such as `cuda:1`; by default a GPU, if there is one.

    Raises:
        InputError: there is no such model, it cannot be loaded here, or it cannot do what is asked of it.
    """
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise InputError(f"batch_size has to be a whole number of at least 1, not {quote(batch_size)}")
    if isinstance(model, str) and (model == Bm25.name or model.startswith(BLEND)):
        raise InputError(f"{quote(model, 120)} gives no vectors, which are needed here: name a model that embeds")
    query = Prompt("query_prompt", query_prompt, query_prompt_name)
    document = Prompt("corpus_prompt", corpus_prompt, corpus_prompt_name)
    if isinstance(model, str) and model in EMBEDDED_ENCODERS:
        model = EMBEDDED_ENCODERS[model]()
    if isinstance(model, Encoder):
        for prompt in (query, document):
            if prompt.given:
                raise InputError(
                    f"encoder {quote(model.name)} takes no prompts: leave out {prompt.argument} "
                    f"(--{prompt.argument.replace('_', '-')})"
                )
        if processes:
            raise InputError(
                f"encoder {quote(model.name)} runs in one process: leave out use_multi_process (--processes)"
            )
        if device:
            raise InputError(f"encoder {quote(model.name)} runs on no device: leave out device")
        return model
    if isinstance(model, str | os.PathLike):
        name = str(model)
        model = load_model(model, device)
    else:
        name = name_of_model(model)
    kind = SparseModelEncoder if is_sparse_model(model) else ModelEncoder
    return kind(model, name, batch_size=batch_size, query=query, document=document, processes=processes)
