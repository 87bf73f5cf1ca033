"""Conversions from one format to another: a registry of small functions, each declared in one place.

A conversion takes rows in their canonical shape and gives rows in the canonical shape of another format. To add one,
write a function and register it with `conversion`; the planner, the advisor's offers and the command line find it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from converters.canonical import Changes, canonicalise
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS
from converters.mining import MarginFrom, Selection
from converters.sources import ReadingOptions, open_source
from converters.sources.source import Source, Split

if TYPE_CHECKING:
    from datasets import Dataset

    from converters.mining import MiningSummary

#: The share of the positive's score that a mined negative has to stay below it, unless the caller says otherwise:
#: "positive-aware" mining, the best recipe of NV-Retriever (arXiv 2407.15831).
RELATIVE_MARGIN = 0.05

#: How many of an anchor's closest candidates are looked at, unless the caller says otherwise. With a margin, an anchor
#: whose positive the model ranks low has its first acceptable negative below it: looking deep keeps such anchors.
DEPTH = 100

#: What the margin is taken from where an anchor has several positives, unless the caller says otherwise. On Cranfield
#: the mean leaves 70 to 90 % more queries with negatives than the lowest does, for 3 to 4 points more of unknown
#: positives among them (`benchmarks/margins.py`).
MARGIN_FROM: MarginFrom = "mean"


def positive_aware() -> Selection:
    """The default recipe of conversions that mine."""
    return Selection(relative_margin=RELATIVE_MARGIN, margin_from=MARGIN_FROM, seed=12)


@dataclass(frozen=True)
class Mining:
    """How hard negatives are mined, where a conversion needs them.

    Attributes:
        model: what embeds the texts: a sentence-transformers model, its name or path, any object with `encode`, or
            `lsa`, the embedded encoder that needs no download.
        selection: which candidates become negatives. Without a `range_max` the closest `DEPTH` candidates, or ten times
            `num_negatives` if that is more, are looked at.
        output_scores: whether to add the model's scores.
        batch_size: texts that the model embeds at a time.
    """

    model: Any = "lsa"
    selection: Selection = field(default_factory=positive_aware)
    output_scores: bool = False
    batch_size: int = 32


@dataclass(frozen=True)
class Material:
    """What a conversion starts from.

    Attributes:
        table: rows in the canonical shape of their format. Of a collection, the judgements with their texts: `query`,
            `document` and `grade`, for grades above 0.
        corpus: documents beside those of the rows; None where there are none.
    """

    table: pa.Table
    corpus: pa.ChunkedArray | None = None


@dataclass(frozen=True)
class Conversion:
    """A way from one format to another.

    Attributes:
        source: the format it takes.
        target: the format it gives.
        mines: whether it mines hard negatives, and so embeds all texts.
        summary: what it does, in a sentence.
        apply: does it: material, target and mining settings in, rows and what the miner has to tell out.
    """

    source: str
    target: str
    mines: bool
    summary: str
    apply: "Callable[[Material, str, Mining], tuple[pa.Table, MiningSummary | None]]"


@dataclass(frozen=True)
class Converted:
    """Rows in their new format, and the story of how they came to be.

    Attributes:
        table: the rows.
        changes: what bringing the data into its canonical shape has changed.
        mining: what the miner did; None where nothing was mined.
        rows_in: rows that went in.
    """

    table: pa.Table
    changes: Changes
    mining: "MiningSummary | None"
    rows_in: int


#: Every conversion, by source and target.
CONVERSIONS: dict[tuple[str, str], Conversion] = {}

_MINED = ("triplet", "n-tuple", "labeled-pair", "labeled-list")


def conversion(source: str, *targets: str, mines: bool, summary: str) -> Callable[[Any], Any]:
    """Registers a function as the conversion from a format to one or more others."""

    def register(function: Any) -> Any:
        for target in targets:
            CONVERSIONS[source, target] = Conversion(source, target, mines, summary, function)
        return function

    return register


def plan(source: str, target: str) -> Conversion | None:
    """The conversion between two formats; None where the data is in the format already and is only put in shape.

    Raises:
        InputError: unknown format, or there is no way.
    """
    for name in (source, target):
        if name not in FORMATS:
            raise InputError(f"unknown format {quote(name)}: {nearest(name, list(FORMATS))}")
    if not FORMATS[target].trainable:
        raise InputError(f"{target} is a layout of source data, not a format to train on: choose another one")
    if (source, target) in CONVERSIONS:
        return CONVERSIONS[source, target]
    if source == target:
        return None
    ways = [other for own, other in CONVERSIONS if own == source]
    shown = ", ".join([*ways, *([source] if FORMATS[source].trainable else [])])
    raise InputError(
        f"there is no conversion from {source} to {target}" + (f"; from {source}: {shown}" if shown else "")
    )


def convert(
    dataset: Any,
    *,
    output_format: str,
    input_format: str,
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    score_range: tuple[float, float] | None = None,
    mining: Mining | None = None,
    **reading: Unpack[ReadingOptions],
) -> "Dataset":
    """Converts a dataset whose format and columns are known; `advisor.convert` finds them out first.

    Args:
        dataset: anything that `converters.open_source` opens.
        output_format: the format to convert to; the same as `input_format` puts the data into canonical shape only.
        input_format: the format or layout that the data is in.
        columns: the role of each column that is used, by name; not needed for a collection.
        split: the split to convert; by default `train`, or the only one.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.
        mining: how hard negatives are mined; by default positive-aware, with the embedded encoder.
        reading: how to read the files, where detection errs: see `converters.sources.ReadingOptions`.

    Returns:
        The rows, with canonical column names; classes as `datasets.ClassLabel`.

    Raises:
        InputError: the data cannot be read, is not what it is said to be, or there is no such conversion.
    """
    import datasets

    way = plan(input_format, output_format)
    source = open_source(dataset, split=split, **reading)
    chosen = split or default_split(source)
    done = convert_split(
        source,
        chosen,
        way,
        input_format=input_format,
        columns=columns or {},
        score_range=score_range,
        mining=mining or Mining(),
    )
    return datasets.Dataset(done.table)


def default_split(source: Source) -> str:
    """The split that is converted when nobody names one.

    Raises:
        InputError: there are several and none is called `train`.
    """
    if len(source.splits) == 1:
        return next(iter(source.splits))
    if "train" in source.splits:
        return "train"
    raise InputError(f"{source.name} has several splits: choose one with split ({', '.join(source.splits)})")


def convert_split(
    source: Source,
    split: str,
    way: Conversion | None,
    *,
    input_format: str,
    columns: Mapping[str, str],
    score_range: tuple[float, float] | None = None,
    mining: Mining,
) -> Converted:
    """Converts one split of an opened source the way that `plan` found."""
    rows = source.splits[split]
    if source.is_collection != (input_format == "collection"):
        raise InputError(f"{source.name} is {'' if source.is_collection else 'no '}collection: {input_format} is wrong")
    if source.is_collection:
        material, rows_in, changes = judged_texts(source, rows)
    else:
        table = rows.table()
        rows_in = table.num_rows
        canonical, changes = canonicalise(
            table, input_format, columns, class_names=rows.class_names, score_range=score_range
        )
        material = Material(canonical)
    if not material.table.num_rows:
        raise InputError(f"{source.name} has no usable row: {_why_none(rows_in, changes)}")
    if way is None:
        return Converted(material.table, changes, None, rows_in)
    result, summary = way.apply(material, way.target, mining)
    return Converted(result, changes, summary, rows_in)


def _why_none(rows: int, changes: Changes) -> str:
    dropped = ", ".join(f"{number} with {reason}" for reason, number in changes.dropped_rows.items())
    return f"of {rows} rows, {dropped} were left out" if dropped else "it is empty"


def judged_texts(source: Source, judgements: Split) -> tuple[Material, int, Changes]:
    """Looks up the texts of a collection's judgements: of those with a grade above 0.

    Returns:
        The texts and the corpus, the number of judgements, and what was left out.
    """
    assert source.corpus is not None
    assert source.queries is not None
    judged = judgements.table()
    corpus, queries = source.corpus.table(), source.queries.table()
    documents = _with_title(corpus)
    places = _places(judged["corpus-id"], corpus["_id"])
    askers = _places(judged["query-id"], queries["_id"])
    grades = pc.cast(judged["score"], pa.float64())
    there = pc.and_(pc.is_valid(places), pc.is_valid(askers))
    lost = judged.num_rows - (pc.sum(there).as_py() or 0)
    keep = pc.and_(there, pc.fill_null(pc.greater(grades, 0), False))
    table = pa.table(
        {
            "query": pc.cast(queries["text"], pa.string()).take(askers.filter(keep)),
            "document": documents.take(places.filter(keep)),
            "grade": grades.filter(keep),
        }
    )
    changes = Changes(dropped_rows={"unknown id": lost} if lost else {})
    unjudged = judged.num_rows - lost - table.num_rows
    if unjudged:
        changes.dropped_rows["grade 0"] = unjudged
    return Material(table, documents), judged.num_rows, changes


def _with_title(corpus: pa.Table) -> pa.ChunkedArray:
    """The documents' texts, each after its title where it has one."""
    texts = pc.fill_null(pc.cast(corpus["text"], pa.string()), "")
    if "title" not in corpus.column_names:
        return texts
    titles = pc.fill_null(pc.utf8_trim_whitespace(pc.cast(corpus["title"], pa.string())), "")
    return pc.if_else(pc.equal(titles, ""), texts, pc.binary_join_element_wise(titles, texts, " "))


def _places(ids: pa.ChunkedArray, known: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pc.cast(known, pa.string())
    return pc.index_in(pc.cast(ids, pa.string()), value_set=known.combine_chunks())


# -- the conversions -------------------------------------------------------------------------------------------------


@conversion("pair", *_MINED, mines=True, summary="mines hard negatives among the positives of other anchors")
def _mine_pairs(material: Material, target: str, mining: Mining) -> "tuple[pa.Table, MiningSummary]":
    table = material.table
    return _mined(table["anchor"], table["positive"], None, None, target, mining)


@conversion("collection", *_MINED, mines=True, summary="mines hard negatives in the corpus")
def _mine_collection(material: Material, target: str, mining: Mining) -> "tuple[pa.Table, MiningSummary]":
    table = material.table
    return _mined(table["query"], table["document"], table["grade"], material.corpus, target, mining)


@conversion("collection", "pair", mines=False, summary="pairs each query with its relevant documents")
def _pair_collection(material: Material, target: str, mining: Mining) -> tuple[pa.Table, None]:
    table = material.table
    return pa.table({"anchor": table["query"], "positive": table["document"]}), None


def _mined(
    anchors: pa.ChunkedArray,
    positives: pa.ChunkedArray,
    grades: pa.ChunkedArray | None,
    corpus: pa.ChunkedArray | None,
    target: str,
    mining: Mining,
) -> "tuple[pa.Table, MiningSummary]":
    from converters.mining import assemble, mine

    selection = mining.selection
    if selection.range_max is None:
        depth = max(DEPTH, 10 * selection.num_negatives)
        selection = replace(selection, range_max=selection.range_min + depth)
    mined = mine(
        anchors,
        positives,
        model=mining.model,
        corpus=corpus,
        grades=grades,
        selection=selection,
        batch_size=mining.batch_size,
    )
    table = assemble(mined, target, grouped=True, output_scores=mining.output_scores)
    return table, mined.summary
