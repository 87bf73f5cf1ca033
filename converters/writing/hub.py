"""Pushing rows to the Hugging Face hub, through `datasets`, with a card that says how they were made."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from converters.errors import InputError, quote
from converters.sources import open_source
from converters.sources.hub import is_hub_id
from converters.sources.source import Split
from converters.writing.columnar import as_datasets
from converters.writing.shape import Shape
from converters.writing.stream import stream_of
from converters.writing.target import FOLDER, HELD_OUT, held_out_path, target_of

_UNTYPED = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")


def check_push(name: str, out: str | None, shape: Shape, overwrite: bool) -> str:
    """Makes sure, before any work is done, that rows can be pushed under this name.

    Args:
        name: `owner/name`, or `name` for the owner of the token.
        out: the file or folder that is written too, from which the rows are taken; None for none.
        shape: how they are laid out.
        overwrite: whether a dataset of that name may be replaced.

    Returns:
        The name with its owner.

    Raises:
        InputError: the name is none, there is no token, the hub cannot be reached, it has a dataset of that name, or
            the rows are written in a way that loses types.
    """
    if not is_hub_id(name) or ":" in name:
        raise InputError(f"{quote(name)} is no name of a dataset on the hub: give owner/name")
    if shape.layout == "beir":
        raise InputError("the layout beir is three tables, which --push-to-hub cannot push: write it with -o alone")
    kind = target_of(out).kind if out is not None else FOLDER
    if kind in _UNTYPED and shape.layout is None:
        raise InputError(
            f"{kind} loses the types that --push-to-hub needs: write .parquet or a folder, or leave -o out"
        )
    from huggingface_hub import HfApi, get_token

    if get_token() is None:
        raise InputError("pushing to the hub needs a token: log in (hf auth login), or set HF_TOKEN")
    with _answered(name):
        full = name if "/" in name else f"{HfApi().whoami()['name']}/{name}"
        there = HfApi().repo_exists(full, repo_type="dataset")
    if there and not overwrite:
        raise InputError(f"the hub has a dataset {quote(full)} already: choose another name, or add --overwrite")
    return full


def push(name: str, out: Path, shape: Shape, card: Callable[[Mapping[str, int]], str], *, private: bool = True) -> str:
    """Pushes what has been written.

    Args:
        name: `owner/name`.
        out: the file or folder.
        shape: how it was laid out.
        card: makes the text of the card of the rows by split; `datasets` adds what the hub wants to know.
        private: whether others may not see it, should it be new.

    Returns:
        Where it is.

    Raises:
        InputError: the hub refuses.
    """
    import datasets
    from huggingface_hub import DatasetCardData, HfApi

    splits = _written(out, shape)
    with tempfile.TemporaryDirectory() as scratch, _answered(name), _silent():
        found = as_datasets({name: stream_of(each, None, None) for name, each in splits.items()}, Path(scratch))
        made = HfApi().create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        data = DatasetCardData(tags=["sentence-transformers", "loss-advisor"])
        rows = {str(split): each.num_rows for split, each in found.items()}
        HfApi().upload_file(
            path_or_fileobj=f"---\n{data.to_yaml()}\n---\n\n{card(rows)}".encode(),
            path_in_repo="README.md",
            repo_id=made.repo_id,
            repo_type="dataset",
            commit_message="Say how the dataset was made",
        )
        datasets.DatasetDict(found).push_to_hub(made.repo_id, private=private)
    return str(made)


def _written(out: Path, shape: Shape) -> Mapping[str, Split]:
    """The splits that stand in a file, the one beside it, or a folder."""
    splits = dict(open_source(str(out)).splits)
    if shape.split_off is not None and target_of(out).kind != FOLDER:
        splits[HELD_OUT] = open_source(str(held_out_path(out))).splits["train"]
    return splits


@contextmanager
def _silent() -> Iterator[None]:
    """Keeps the bars and notes of `datasets` and of the client of the hub off standard error."""
    import datasets
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    told = datasets.logging.get_verbosity()
    shown, uploads = datasets.is_progress_bar_enabled(), not are_progress_bars_disabled()
    datasets.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    disable_progress_bars()
    try:
        yield
    finally:
        datasets.logging.set_verbosity(told)
        if shown:
            datasets.enable_progress_bars()
        if uploads:
            enable_progress_bars()


@contextmanager
def _answered(name: str) -> Iterator[None]:
    """Turns whatever the network and the hub raise into one line."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # whatever the network and the hub raise
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(
            f"{quote(name)} could not be pushed to the hub: {quote(first, 160)}: check the name, the rights of the "
            "token and the network"
        ) from error
