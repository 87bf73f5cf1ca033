"""Datasets on the Hugging Face hub, read as a stream."""

import re

from converters.errors import InputError, quote
from converters.sources.memory import dataset_reading
from converters.sources.network import is_hub_reachable
from converters.sources.reading import join
from converters.sources.source import Source

_ID = re.compile(r"(?P<name>[\w][\w.-]*(/[\w][\w.-]*)?)(:(?P<config>[\w][\w. +-]*))?", re.ASCII)

_CONFIGURATIONS = re.compile(r"(?:configs|Available)[^\[]*\[([^\]]+)\]")


def is_hub_id(name: str) -> bool:
    """Whether the text can be a dataset on the hub: `name`, `owner/name`, and `:config` behind it."""
    return len(name) <= 200 and _ID.fullmatch(name) is not None and ".." not in name


def open_hub(name: str, split: str | None = None, revision: str | None = None) -> Source:
    """Opens a dataset on the hub; no code from the hub is run.

    Args:
        name: `name`, `owner/name`, or either with `:config`.
        split: the only split to open; None for all.
        revision: branch, tag or commit.

    Raises:
        InputError: there is no such dataset, configuration or split, or the hub cannot be reached.
    """
    matched = _ID.fullmatch(name)
    if matched is None:
        raise InputError(f"{quote(name)} is no name of a dataset on the hub")
    if not is_hub_reachable():
        raise InputError(_unreachable(name))
    import datasets

    try:
        loaded = datasets.load_dataset(
            matched["name"], matched["config"], split=split, revision=revision, streaming=True
        )
        found = {split: loaded} if split is not None else dict(loaded)
        return Source(
            name,
            {str(key): join([dataset_reading(each, quote(name), _rows(each, key))]) for key, each in found.items()},
        )
    except InputError:
        raise
    except Exception as error:  # whatever the network, the hub and the builder of the dataset raise
        raise InputError(_reason(matched["name"], name, error)) from error


def _reason(dataset: str, name: str, error: Exception) -> str:
    """What went wrong, in one line, and what to try next."""
    text, kinds = str(error), {each.__name__ for each in type(error).__mro__}
    where = f"{quote(name)} is no file here, and on the Hugging Face hub"
    configurations = _CONFIGURATIONS.search(text)
    if configurations and "onfig" in text:
        known = [each.strip(" '\"") for each in configurations[1].split(",")]
        listed = ", ".join(quote(each, 40)[1:-1] for each in known[:12]) + (", ..." if len(known) > 12 else "")
        return f"{quote(name)} has the configurations {listed}: name one, such as {quote(f'{dataset}:{known[0]}')}"
    if "gated" in text.lower() or "GatedRepoError" in kinds:
        return f"{where} its owner has to let you in: ask for access on its page, then log in (hf auth login)"
    if kinds & {
        "OfflineModeIsEnabled",
        "ConnectionError",
        "ConnectError",
        "ConnectTimeout",
        "TimeoutError",
        "MaxRetryError",
    }:
        return _unreachable(name)
    if kinds & {"DatasetNotFoundError", "RepositoryNotFoundError"} or "401" in text:
        return f"{where} there is none of that name, or it is private: check the name, or log in (hf auth login)"
    if "RevisionNotFoundError" in kinds:
        return f"{where} it has no such revision: check --revision"
    if "dataset script" in text.lower() or "trust_remote_code" in text:
        return f"{where} it is a program, which is not run: look for it as Parquet (--revision refs/convert/parquet)"
    reason = text.strip().split("\n")[0] or type(error).__name__
    return (
        f"{where} it could not be opened: {quote(reason, 160)}: "
        "check the name, the configuration (name:config), the split and the network"
    )


def _unreachable(name: str) -> str:
    return (
        f"{quote(name)} is no file here, and on the Hugging Face hub nothing can be reached: "
        "check the network and HF_HUB_OFFLINE, or the path if a file is meant"
    )


def _rows(dataset: object, split: str | None) -> int | None:
    splits = getattr(getattr(dataset, "info", None), "splits", None)
    return getattr(splits[split], "num_examples", None) or None if splits and split in splits else None
