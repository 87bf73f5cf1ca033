"""Whatever holds pairs, opened for mining: its columns by name."""

import os
from collections.abc import Callable, Mapping, Set
from typing import Any

import pyarrow as pa

from converters.errors import InputError, nearest, quote
from converters.mining.texts import as_texts, holds_text


def open_columns(dataset: Any) -> tuple[list[str], Callable[[str], Any]]:
    """The names of a dataset's columns, and what fetches one of them.

    Args:
        dataset: a `datasets.Dataset`, a pandas DataFrame, an Arrow table, a dict of columns, or the path of a
            file or folder that `converters.open_source` opens.

    Raises:
        InputError: it is nothing of these, or has several splits.
    """
    if isinstance(dataset, pa.Table):
        names = list(dataset.column_names)
        return names, lambda name: dataset.column(names.index(name))
    kind = type(dataset)
    if kind.__module__.split(".")[0] == "pandas" and kind.__name__ == "DataFrame":
        names = [str(name) for name in dataset.columns]
        return names, lambda name: dataset.iloc[:, names.index(name)]
    if kind.__module__.split(".")[0] == "datasets" and kind.__name__ == "Dataset":
        names = list(dataset.column_names)
        return names, lambda name: dataset.select_columns([name]).with_format("arrow")[:].column(0)
    if isinstance(dataset, Mapping):
        if any(hasattr(each, "column_names") or isinstance(each, pa.Table) for each in dataset.values()):
            splits = ", ".join(quote(name) for name in dataset)
            raise InputError(f"mining takes one split, not a {kind.__name__}: pass one of {splits}")
        return [str(name) for name in dataset], lambda name: {str(key): each for key, each in dataset.items()}[name]
    if not isinstance(dataset, str | os.PathLike):
        raise InputError(
            "mining takes a datasets.Dataset, a pandas DataFrame, an Arrow table, a dict of columns or a path, "
            f"not a {kind.__name__}"
        )
    from converters.sources import open_source

    source = open_source(dataset)
    where = quote(source.name, 120)
    if source.is_collection:
        raise InputError(f"{where} is a collection, not pairs: convert it to pairs first, and pass its texts as corpus")
    if len(source.splits) > 1:
        splits = ", ".join(quote(name) for name in source.splits)
        raise InputError(f"mining takes one split, and {where} has {splits}: pass the file of one of them")
    (split,) = source.splits.values()
    names = list(split.schema.names)

    def fetch(name: str) -> pa.ChunkedArray:
        place = names.index(name)
        return pa.chunked_array((batch.column(place) for batch in split.open()), split.schema.field(place).type)

    return names, fetch


def choose_columns(names: list[str], anchor: str | None, positive: str | None) -> tuple[str, str]:
    """The anchor's and the positive's column; what is not given is the first column that is left.

    Args:
        names: of all columns.
        anchor: the anchor's column, if it is given.
        positive: the positive's column, if it is given.

    Raises:
        InputError: there is no such column, or there are fewer than two.
    """
    for argument, name in (("anchor_column_name", anchor), ("positive_column_name", positive)):
        if name is not None and name not in names:
            raise InputError(f"{argument}: there is no column {quote(name)}; {nearest(str(name), names)}")
    if anchor is not None and anchor == positive:
        raise InputError(f"anchor_column_name and positive_column_name are both {quote(anchor)}: they have to differ")
    if len(names) < 2:
        raise InputError(f"mining takes an anchor and a positive column; this dataset has {len(names)}")
    anchor = anchor if anchor is not None else next(name for name in names if name != positive)
    positive = positive if positive is not None else next(name for name in names if name != anchor)
    return anchor, positive


def open_corpus(corpus: Any) -> Any:
    """The texts of a corpus: of what has columns its only one of texts or the one called `text`, others as they are.

    Args:
        corpus: texts; a set is put in order, so that the same texts are always the same corpus. Or whatever
            `open_columns` takes.

    Raises:
        InputError: it cannot be read, or nothing says which of its columns holds the texts.
    """
    if isinstance(corpus, Set):
        return sorted(corpus, key=lambda text: (text is None, str(text)))
    if not _has_columns(corpus):
        return corpus
    if not isinstance(corpus, str | os.PathLike):
        names, fetch = open_columns(corpus)
        return fetch(_text_column("corpus", names, lambda name: _is_text(fetch(name))))
    from converters.sources import open_source

    source = open_source(corpus)
    where = f"corpus {quote(source.name, 120)}"
    if source.is_collection or len(source.splits) > 1:
        raise InputError(f"{where} has to be one file of texts: name the file itself")
    (split,) = source.splits.values()
    place = split.schema.names.index(
        _text_column(where, list(split.schema.names), lambda name: holds_text(split.schema.field(name).type))
    )
    return pa.chunked_array((batch.column(place) for batch in split.open()), split.schema.field(place).type)


def _has_columns(value: Any) -> bool:
    """Whether this is a table, or the path of one, and no sequence of texts."""
    kinds = str | os.PathLike | Mapping | pa.Table
    return isinstance(value, kinds) or type(value).__name__ in ("DataFrame", "Dataset")


def _is_text(values: Any) -> bool:
    try:
        as_texts(values, "corpus")
    except InputError:
        return False
    return True


def _text_column(where: str, names: list[str], is_text: Callable[[str], bool]) -> str:
    """The column called `text`, or the only one that holds texts."""
    if "text" in names and is_text("text"):
        return "text"
    texts = [name for name in names if is_text(name)]
    if len(texts) == 1:
        return texts[0]
    found = ", ".join(quote(each) for each in texts) or "none"
    raise InputError(f"{where} has to have one column of texts, or one called 'text'; its columns of texts: {found}")
