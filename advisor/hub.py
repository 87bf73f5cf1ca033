"""Putting a trained model on the Hugging Face hub: the generated scripts import this module."""

import os
from typing import Any

from converters.errors import InputError, quote


def refuse_to_push(name: str | None) -> None:
    """Refuses, before anything is trained, a name under which the model could not be pushed in the end.

    Args:
        name: `owner/name`, or `name` for the owner of the token; None where nothing is to be pushed.

    Raises:
        InputError: it is no such name, there is no token, or the hub cannot be reached or does not know the token.
    """
    if name is None:
        return
    from huggingface_hub import HfApi, get_token

    from converters.sources.hub import is_hub_id
    from converters.sources.network import is_hub_reachable

    if not is_hub_id(name) or ":" in name:
        raise InputError(f"{quote(name)} is no name of a model on the hub: give --push_to_hub owner/name")
    if get_token() is None:
        raise InputError("pushing to the hub needs a token: log in (hf auth login), or set HF_TOKEN")
    if not is_hub_reachable():
        raise InputError("the hub cannot be reached: check the network and HF_HUB_OFFLINE, or leave --push_to_hub out")
    try:
        HfApi().whoami()
    except Exception as error:  # whatever the network and the hub raise
        raise InputError(f"the hub refuses the token: {_first_line(error)}: log in again (hf auth login)") from error


def push(model: Any, settings: Any) -> None:
    """Pushes a model as a private repository; of several processes the first one does.

    Args:
        model: a model of sentence-transformers, which stands in the folder of the run as well.
        settings: those of the script, with `push_to_hub` and `output`.

    Raises:
        InputError: the hub refuses.
    """
    if os.environ.get("RANK", "0") != "0":
        return
    try:
        url = model.push_to_hub(settings.push_to_hub, private=True, exist_ok=True)
    except Exception as error:  # whatever the network and the hub raise
        raise InputError(
            f"{quote(settings.push_to_hub)} could not be pushed to the hub: {_first_line(error)}: the model is in "
            f"{quote(settings.output, 200)}, and the same command pushes it without training again"
        ) from error
    print(f"pushed to {url}")  # noqa: T201


def _first_line(error: Exception) -> str:
    return quote(next((line for line in str(error).splitlines() if line.strip()), type(error).__name__), 160)
