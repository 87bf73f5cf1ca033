"""Carrying conversions out: a split of an opened source comes in, rows in another format come out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from converters.canonical import Changes, arranged, canonicalise
from converters.conversions.planning import Plan, plan
from converters.conversions.registry import Made, Material
from converters.conversions.settings import SEED, Mining, Options
from converters.errors import InputError
from converters.formats import FORMATS
from converters.mends import Mended, codes_of, mend
from converters.sources import ReadingOptions, open_source
from converters.sources.source import Source, Split

if TYPE_CHECKING:
    from datasets import Dataset

    from converters.mining import MiningSummary


@dataclass(frozen=True)
class Converted:
    """Rows in their new format, and the story of how they came to be.

    Attributes:
        table: the rows.
        changes: what bringing the data into its canonical shape has changed.
        mining: what the miner did; None where nothing was mined.
        rows_in: rows that went in.
        plan: the steps that were taken.
        left_out: how many of what the steps could not use, by what it is.
        mended: what was mended.
    """

    table: pa.Table
    changes: Changes
    mining: "MiningSummary | None"
    rows_in: int
    plan: Plan
    left_out: Mapping[str, int]
    mended: Mended = field(default_factory=Mended)


def convert(
    dataset: Any,
    *,
    output_format: str,
    input_format: str,
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    score_range: tuple[float, float] | None = None,
    mining: Mining | None = None,
    seed: int = SEED,
    threshold: float | None = None,
    num_negatives: int | None = None,
    negative_threshold: float | None = None,
    teacher: Any = None,
    class_scores: Mapping[str, float] | None = None,
    pairs_per_text: int = 1,
    max_per_class: int | None = None,
    fix: str | Iterable[str] = (),
    **reading: Unpack[ReadingOptions],
) -> "Dataset":
    """Converts a dataset whose format and columns are known; `advisor.convert` finds them out first.

    Args:
        dataset: anything that `converters.open_source` opens.
        output_format: the format to convert to; `same`, or the same as `input_format`, puts the data into canonical
            shape only.
        input_format: the format or layout that the data is in.
        columns: the role of each column that is used, by name; not needed for a collection.
        split: the split to convert; by default `train`, or the only one.
        score_range: the scale that scores are on; by default the narrowest usual one that holds them all.
        mining: how hard negatives are mined; by default with a veto by agreement and the
            embedded encoder.
        seed: of what is drawn at random; mining has one of its own.
        threshold: from which score (of 0 to 1) or grade on a pair belongs together; by default scores from 0.5 and
            grades above 0.
        num_negatives: how many negatives an n-tuple gets out of those that the data has; by default the number that
            uses most of them. How many are mined is said by `mining`.
        negative_threshold: up to which score or grade a pair does not belong together; what lies between the two
            thresholds is left out.
        teacher: what gives scores or embeddings that the data lacks: a cross-encoder or a bi-encoder, its name or path,
            or scores that are there already; see `converters.Options`.
        class_scores: a score from 0 to 1 for classes of pairs, by the name of the class.
        pairs_per_text: how many partners of its class each text gets.
        max_per_class: of how many texts of each class rows are made, drawn at random; by default of all.
        fix: codes of findings to mend in what comes out, such as `ROW001`; `all` for all whose mend is safe.
        reading: how to read the files, where detection errs: see `converters.sources.ReadingOptions`.

    Returns:
        The rows, with canonical column names; classes as `datasets.ClassLabel`.

    Raises:
        InputError: the data cannot be read, is not what it is said to be, or there is no such conversion.
    """
    import datasets

    fixes = codes_of(fix)
    options = Options(
        mining or Mining(),
        seed,
        threshold,
        num_negatives,
        negative_threshold,
        teacher,
        class_scores,
        pairs_per_text,
        max_per_class,
    )
    way = plan(input_format, input_format if output_format == "same" else output_format, options)
    source = open_source(dataset, split=split, **reading)
    chosen = split or default_split(source)
    done = convert_split(
        source,
        chosen,
        way,
        input_format=input_format,
        columns=columns or {},
        score_range=score_range,
        options=options,
        fixes=fixes,
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
    way: Plan,
    *,
    input_format: str,
    columns: Mapping[str, str],
    score_range: tuple[float, float] | None = None,
    options: Options | None = None,
    fixes: Collection[str] | None = (),
) -> Converted:
    """Converts one split of an opened source the way that `plan` found, and mends what comes out.

    Args:
        source: the source.
        split: the split to convert.
        way: the plan.
        input_format, columns, score_range: as for `convert`.
        options: what the steps choose by.
        fixes: codes of the findings to mend; None for all whose mend is safe.

    Raises:
        InputError: the data is not what it is said to be, or no row comes out of it.
    """
    material, rows_in, changes = canonical_split(
        source, source.splits[split], input_format, columns, score_range=score_range
    )
    taken, made = carry_out(way, material, options or Options())
    if fixes is not None and not fixes:
        return Converted(made.table, changes, made.mining, rows_in, taken, made.left_out)
    others = list(_other_splits(source, split, input_format, columns))
    table, mended = mend(made.table, way.target, fixes, others)
    if made.table.num_rows and not table.num_rows:
        lost = ", ".join(f"{number:,} {what}" for (_, what), number in mended.dropped.items())
        raise InputError(f"mending leaves no row of {source.name}: there are {lost}")
    return Converted(table, changes, made.mining, rows_in, taken, made.left_out, mended)


def _other_splits(
    source: Source, split: str, input_format: str, columns: Mapping[str, str]
) -> Iterator[list[pa.ChunkedArray]]:
    """The text columns of the other splits, for mends that compare with them; nothing of splits with other columns."""
    if source.is_collection or not FORMATS[input_format].trainable:
        return
    try:
        texts, _ = arranged(FORMATS[input_format], columns)
    except InputError:  # a text is put together from several columns
        return
    for name, rows in source.splits.items():
        plain = [each for each in texts if each in rows.schema.names]
        plain = [each for each in plain if not pa.types.is_nested(rows.schema.field(each).type)]
        if name != split and plain and plain == texts[: len(plain)]:
            batches = [batch.select(plain) for batch in rows.open()]
            yield [
                pa.chunked_array([batch.column(i) for batch in batches], rows.schema.field(each).type)
                for i, each in enumerate(plain)
            ]


def canonical_split(
    source: Source,
    rows: Split,
    input_format: str,
    columns: Mapping[str, str],
    *,
    score_range: tuple[float, float] | None = None,
) -> tuple[Material, int, Changes]:
    """The rows of a split in canonical shape, how many it has, and what was changed.

    Raises:
        InputError: the data is not what it is said to be, or has no row to use.
    """
    if input_format == "collection" and not source.is_collection:
        raise InputError(
            f"{source.name} holds ids only: name a folder with the texts as well (corpus.jsonl, queries.jsonl and "
            "qrels/train.tsv)"
        )
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
    return Material(material.table, material.corpus, rows_in), rows_in, changes


def carry_out(way: Plan, material: Material, options: Options) -> tuple[Plan, Made]:
    """Takes the steps of a plan; where they lead to no row, those of the plan to fall back on.

    Returns:
        The plan that was carried out, and what came out of it.

    Raises:
        InputError: no plan makes a row of this data.
    """
    refused: InputError | None = None
    for each in way.choices():
        try:
            made = _steps(each, material, options)
        except InputError as error:
            refused = refused or error
            continue
        if made.table.num_rows or made.mining is not None:
            return each, made
        lacking = ", ".join(f"{number:,} {what}" for what, number in made.left_out.items())
        refused = refused or InputError(
            f"the data makes no row of {way.target}" + (f": there are {lacking}" if lacking else "")
        )
    assert refused is not None
    raise refused


def _steps(way: Plan, material: Material, options: Options) -> Made:
    made = Made(material.table)
    left_out: dict[str, int] = {}
    mining = None
    for step in way.steps:
        made = step.apply(Material(made.table, material.corpus), step.target, options)
        mining = made.mining or mining
        for what, number in made.left_out.items():
            left_out[what] = left_out.get(what, 0) + number
    return Made(made.table, left_out, mining)


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
