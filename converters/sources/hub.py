"""Datasets on the Hugging Face hub, read as a stream."""

import re

from converters.errors import InputError, quote
from converters.sources.memory import dataset_reading
from converters.sources.reading import join
from converters.sources.source import Source

_ID = re.compile(r"(?P<name>[\w][\w.-]*(/[\w][\w.-]*)?)(:(?P<config>[\w][\w. +-]*))?", re.ASCII)


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
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise InputError(
            f"{quote(name)} is no file here, and could not be opened on the Hugging Face hub: {quote(reason, 160)}: "
            "check the name, the configuration (name:config), the split and the network"
        ) from error


def _rows(dataset: object, split: str | None) -> int | None:
    splits = getattr(getattr(dataset, "info", None), "splits", None)
    return getattr(splits[split], "num_examples", None) or None if splits and split in splits else None
