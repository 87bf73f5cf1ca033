"""Encoders around models: those of sentence-transformers, and whatever has its `encode` methods."""

import contextlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from converters.embedding.batches import Batches
from converters.embedding.identity import identity_of_model
from converters.embedding.kinds import Kind, check_embeds, check_scores_pairs, kind_of
from converters.embedding.processes import Processes
from converters.embedding.vectors import CHUNK, matrix
from converters.errors import InputError, nearest, quote
from converters.progress import working

#: Seconds to wait for the hub before giving up on a name that is not on this machine.
HUB_TIMEOUT = 10


@dataclass(frozen=True)
class Prompt:
    """A text put before every input of one kind, given as it is or by the name the model knows it by."""

    argument: str
    text: str | None = None
    name: str | None = None

    @property
    def given(self) -> bool:
        """Whether there is one."""
        return self.text is not None or self.name is not None


class ModelEncoder:
    """A model with `encode_query` and `encode_document`, or with `encode` alone.

    The model is called with a list of texts and, of these keywords, those that its method takes: `prompt` and
    `prompt_name` where one was asked for, `batch_size`, `show_progress_bar=False`, `convert_to_numpy=True`. So a
    sentence-transformers model works as well as a class of one method `encode(self, texts)`.

    Batches of long texts get fewer of them, and when memory runs out the batches are halved; see `Batches`.

    Args:
        model: the model.
        name: what to call it.
        batch_size: the most texts of a batch.
        query: a prompt for queries.
        document: a prompt for documents.
        processes: where a model of sentence-transformers is to run at once: devices, one process for each; True for
            all GPUs, or four processes on the CPU. They start with the first text and end with `close`.
    """

    #: What the model's methods are told besides, where they take it.
    settings: ClassVar[Mapping[str, Any]] = {"show_progress_bar": False, "convert_to_numpy": True}

    def __init__(
        self,
        model: Any,
        name: str,
        *,
        batch_size: int = 32,
        query: Prompt | None = None,
        document: Prompt | None = None,
        processes: bool | Sequence[str] = False,
    ) -> None:
        self.name = name
        self.model = model
        self._identity: tuple[dict[str, Any] | None] | None = None
        self._queries = self._method(model, "encode_query", query, batch_size)
        self._documents = self._method(model, "encode_document", document, batch_size)
        self._processes = Processes(model, name, processes) if processes else None

    @property
    def texts_at_a_time(self) -> int:
        """How many texts to hand over at a time."""
        return CHUNK * (self._processes.count if self._processes else 1)

    @property
    def dimensions_of_vectors(self) -> int | None:
        """How many numbers a vector has; None where the model does not say."""
        for name in ("get_embedding_dimension", "get_sentence_embedding_dimension"):
            if callable(ask := getattr(self.model, name, None)):
                size = ask()
                return size if isinstance(size, int) and size > 0 else None
        return None

    def rows(self, output: Any, count: int) -> Any:
        """What the model gave for some texts, checked: a row for each of them."""
        return matrix(output, count, self.name)

    def joined(self, parts: list[Any]) -> Any:
        """The rows of several parts in one."""
        return np.concatenate(parts)

    def encode_queries(self, texts: list[str]) -> Any:
        """What the model gives for n queries: (n, d)."""
        return self._encode(self._queries, texts)

    def encode_documents(self, texts: list[str]) -> Any:
        """What the model gives for n documents: (n, d)."""
        return self._encode(self._documents, texts)

    def identity(self, kind: str) -> dict[str, Any] | None:
        """What the vectors of `queries` or `documents` depend on beside the texts; None where nobody can tell."""
        if self._identity is None:
            self._identity = (identity_of_model(self.model),)
        known = self._identity[0]
        if known is None:
            known = self._told(kind)
        if known is None:
            return None
        options = (self._queries if kind == "queries" else self._documents).options
        prompts: dict[str, Any] = {name: options[name] for name in ("prompt", "prompt_name") if name in options}
        return {**known, "kind": kind, **prompts}

    def _told(self, kind: str) -> dict[str, Any] | None:
        """What an object that is no model of torch says itself; a module may call any part of it `identity`."""
        tells = getattr(self.model, "identity", None)
        if hasattr(self.model, "state_dict") or not callable(tells) or (told := tells(kind)) is None:
            return None
        return {"object": f"{type(self.model).__module__}.{type(self.model).__qualname__}", "told": told}

    def close(self) -> None:
        """Ends the processes, if there are any; with the next text they start again."""
        if self._processes:
            self._processes.close()

    def _encode(self, method: "_Method", texts: list[str]) -> Any:
        options = dict(method.options)
        if self._processes:
            options["pool"] = self._processes.pool()
            options["chunk_size"] = max(1, min(CHUNK, -(-len(texts) // self._processes.count)))
        own_batches = "batch_size" not in options  # then the model makes its batches out of as many texts as it gets
        widths = method.batches.widths(texts)
        pending = np.argsort(-widths, kind="stable")
        found: list[tuple[NDArray[np.int64], Any]] = []
        while len(pending):
            count, size = method.batches.first(widths[pending])
            rows = pending[: min(size, count) if own_batches else count]
            part = texts if len(rows) == len(texts) else [texts[row] for row in rows.tolist()]
            given = options if own_batches else options | {"batch_size": size}
            try:
                output = method.call(part, **given)
            except Exception as error:
                method.batches.shrink(error, min(size, count), int(widths[rows[0]]), self.name)
                continue
            if part is texts:
                return output
            found.append((rows, self.rows(output, len(part))))
            pending = pending[len(rows) :]
        if not found:
            return method.call(texts, **options)
        order = np.argsort(np.concatenate([rows for rows, _ in found]))
        return self.joined([each for _, each in found])[order]

    def _method(self, model: Any, wanted: str, prompt: Prompt | None, batch_size: int) -> "_Method":
        method = getattr(model, wanted, None) or getattr(model, "encode", None)
        if not callable(method):
            raise InputError(
                f"{quote(type(model).__name__)} cannot embed texts: it has neither {wanted} nor encode; "
                "pass a sentence-transformers model, its name or path, or 'lsa'"
            )
        options: dict[str, Any] = {"batch_size": batch_size, **self.settings}
        if prompt is not None and prompt.given:
            if prompt.text is not None:
                options["prompt"] = prompt.text
            else:
                options["prompt_name"] = _known_prompt(model, prompt)
        accepted = _keywords(method)
        refused = [name for name in ("prompt", "prompt_name") if name in options and not accepted(name)]
        if refused and prompt is not None:
            raise InputError(f"model {quote(self.name)} takes no prompts: leave out {prompt.argument}")
        options = {name: value for name, value in options.items() if accepted(name)}
        bounded = "batch_size" in options
        batches = Batches(batch_size, longest=_longest(model)) if bounded else Batches(sys.maxsize, sys.maxsize)
        return _Method(method, options, batches)


@dataclass(frozen=True)
class _Method:
    """A method of a model, the keywords that it is called with, and how many texts it takes."""

    call: Callable[..., Any]
    options: dict[str, Any]
    batches: Batches


def _longest(model: Any) -> int | None:
    """Where the model cuts a text off, in tokens; None where it does not say."""
    limit = getattr(model, "max_seq_length", None)
    return limit if isinstance(limit, int) and 0 < limit < 2**20 else None


def _known_prompt(model: Any, prompt: Prompt) -> str | None:
    known = getattr(model, "prompts", None)
    if isinstance(known, dict) and prompt.name not in known:
        hint = nearest(str(prompt.name), [str(name) for name in known]) if known else "this model has none"
        raise InputError(f"the model has no prompt {quote(prompt.name)} for {prompt.argument}_name; {hint}")
    return prompt.name


def _keywords(method: Callable[..., Any]) -> Callable[[str], bool]:
    """Tells which keywords a method takes."""
    try:
        parameters = inspect.signature(method).parameters
    except (TypeError, ValueError):
        return lambda name: False
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return lambda name: True
    return lambda name: name in parameters


def name_of_model(model: Any) -> str:
    """What to call a model object: the model it came from, where it knows, else its class."""
    base = getattr(getattr(model, "model_card_data", None), "base_model", None)
    return str(base) if base else type(model).__name__


def load_model(model: str | os.PathLike[str], device: str | None = None) -> Any:
    """Loads a sentence-transformers model from a folder, from the local cache, or from the hub, in this order.

    A sparse encoder is recognised by its files. Code that comes with a model is never run.

    Args:
        model: the folder or the name.
        device: where the model is to run; by default a GPU, if there is one.

    Raises:
        InputError: there is no such folder, or no such model here or on the hub; or it embeds nothing.
    """

    def load(source: str, kind: Kind | None, local: bool) -> Any:
        import sentence_transformers

        check_embeds(kind, os.fspath(model))
        cls: Any = sentence_transformers.SentenceTransformer
        if kind == "SparseEncoder":
            cls = sentence_transformers.SparseEncoder
        return cls(source, trust_remote_code=False, local_files_only=local, device=device)

    return _found(model, load, _WHAT_TO_PASS, "sentence-transformers")


def load_cross_encoder(model: str | os.PathLike[str], device: str | None = None) -> Any:
    """Loads a cross-encoder of sentence-transformers, as `load_model` does.

    Raises:
        InputError: there is no such folder, or no such model here or on the hub; or it scores no pairs.
    """

    def load(source: str, kind: Kind | None, local: bool) -> Any:
        from sentence_transformers import CrossEncoder

        name = os.fspath(model)
        check_scores_pairs(kind, name)
        loaded = CrossEncoder(source, trust_remote_code=False, local_files_only=local, device=device)
        if loaded.num_labels != 1:
            raise InputError(
                f"cross_encoder {quote(name)} gives {loaded.num_labels} numbers for a pair, and a score is one: "
                "pass a cross-encoder with one label"
            )
        return loaded

    hint = "pass the folder or the hub name of a cross-encoder of sentence-transformers"
    return _found(model, load, hint, "cross-encoder")


#: Loads a folder or a repository of that kind, from this machine alone or not.
Load = Callable[[str, Kind | None, bool], Any]

_WHAT_TO_PASS = "pass the folder or the hub name of a sentence-transformers model, or 'lsa', which needs no download"


def _found(model: str | os.PathLike[str], load: Load, hint: str, organization: str) -> Any:
    """What `load` makes of a folder, of the local cache, or of the hub, in this order."""
    name = os.fspath(model)
    folder = Path(name).expanduser()
    if name.strip() and folder.is_dir():
        return _load(str(folder), str(folder), load, hint, local=True)
    only_a_path = name.count("/") > 1 or name.startswith((".", "~", "/")) or "\\" in name or not name.strip()
    if only_a_path or not isinstance(model, str):
        raise InputError(f"there is no model folder {quote(name)}; {hint}")
    repository = name if "/" in name else f"{organization}/{name}"
    try:
        return _load(repository, name, load, hint, local=True)
    except InputError as error:
        if not isinstance(error.__cause__, OSError):  # it is in the cache, and wrong
            raise
    _ask_hub(repository, name, hint)
    return _load(repository, name, load, hint, local=False)


def _load(place: str, name: str, load: Load, hint: str, *, local: bool) -> Any:
    try:
        with working(f"loading {name}"), _quiet_bars():
            return load(name, kind_of(place, local=local), local)
    except InputError:
        raise
    except Exception as error:  # whatever a broken folder makes the libraries raise
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"model {quote(name)} cannot be loaded ({quote(reason, 160)}); {hint}") from error


def _ask_hub(repository: str, name: str, hint: str) -> None:
    """Asks the hub once whether it has the model: loading would ask for every file, and many times over."""
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(repository, timeout=HUB_TIMEOUT)
    except Exception as error:  # offline, unknown, private: one line for all of them
        raise InputError(
            f"model {quote(name)} is not on this machine and the hub does not give it ({type(error).__name__}); {hint}"
        ) from error


@contextlib.contextmanager
def _quiet_bars() -> Iterator[None]:
    """Keeps transformers from drawing bars when standard error is no terminal."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging

    if sys.stderr.isatty() or not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()
