"""What a model in memory is: a hash of everything that its output depends on, whatever it was loaded from.

A name says little: the model behind it may have been trained further since, and two models without a name are not one.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

#: Packages whose modules do what their settings and weights say. Of other code nobody can tell.
_KNOWN = {"torch", "transformers", "sentence_transformers"}
_METHODS = ("encode", "encode_query", "encode_document", "predict", "forward", "tokenize", "preprocess")
#: What a configuration says about where it came from.
_ORIGIN = {"_name_or_path", "name_or_path", "transformers_version", "__version__", "torch_dtype", "dtype"}


def identity_of_model(model: Any) -> dict[str, Any] | None:
    """The identity of a model of sentence-transformers, a bi-encoder or a cross-encoder.

    It hashes weights, settings of all modules, tokenizer and prompts. It takes about a second for a gigabyte of
    weights. The device counts for nothing, though it changes the last digits of an output.

    Returns:
        Plain values; None where nobody can tell: other objects, modules of foreign code, methods that were replaced,
        hooks.
    """
    if type(model).__module__.split(".")[0] != "sentence_transformers" or not hasattr(model, "state_dict"):
        return None
    modules = dict(model.named_modules())
    if any(_is_foreign(each) for each in modules.values()):
        return None
    tokenizer = _tokenizer(getattr(model, "tokenizer", None))
    if tokenizer is None:
        return None
    settings = {
        "class": _class(model),
        "modules": {name: [_class(each), _settings(each)] for name, each in modules.items()},
        "tokenizer": tokenizer,
        **{name: _plain(getattr(model, name, None)) for name in _OF_THE_WHOLE},
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for part in _weights(model):
        digest.update(part)
    return {"model": digest.hexdigest()}


_OF_THE_WHOLE = ("max_seq_length", "truncate_dim", "max_active_dims", "prompts", "default_prompt_name", "num_labels")


def _is_foreign(module: Any) -> bool:
    """Whether a module may do something else than its class, settings and weights say."""
    package = type(module).__module__.split(".")
    replaced = any(name in vars(module) for name in _METHODS)
    hooks = module._forward_hooks or module._forward_pre_hooks
    return package[0] not in _KNOWN or "transformers_modules" in package or replaced or bool(hooks)


def _class(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _settings(module: Any) -> Any:
    found: dict[str, Any] = {"repr": module.extra_repr()}
    if callable(own := getattr(module, "get_config_dict", None)):
        found["own"] = _plain(own())
    config: Any = getattr(module, "config", None)
    if hasattr(config, "to_dict"):
        found["config"] = _plain(config.to_dict())
    if (limit := getattr(module, "max_seq_length", None)) is not None:
        found["max_seq_length"] = _plain(limit)
    return found


def _plain(value: Any) -> Any:
    """Plain values of settings; whatever else there is goes by its class, lest an address in memory gets in."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items() if name not in _ORIGIN}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return _class(value)


def _tokenizer(tokenizer: Any) -> Any:
    """Everything a fast tokenizer does, without what its last call has set; None for others."""
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not callable(getattr(backend, "to_str", None)):
        return None
    content = json.loads(backend.to_str())
    for state in ("truncation", "padding"):
        content.pop(state, None)
    sides = {name: _plain(getattr(tokenizer, name, None)) for name in ("padding_side", "truncation_side")}
    return [hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(), sides]


def _weights(model: Any) -> Iterator[Any]:
    import torch

    for name, tensor in sorted(model.state_dict().items()):
        yield f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode()
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        if flat.numel():
            yield memoryview(flat.view(torch.uint8).numpy())
