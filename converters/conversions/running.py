"""Carrying conversions out: a split of an opened source comes in, rows in another format come out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Unpack

import pyarrow as pa

from converters.ahead import ahead
from converters.canonical import Changes, OnError, arranged
from converters.conversions.collected import scale_of_grades
from converters.conversions.intake import Reading, Taken, broken_lines, take_in
from converters.conversions.keywords import ConversionKeywords, parted, spelled_out
from converters.conversions.large import Numbers, steps_by_parts, unused_rows
from converters.conversions.parts import apply_by_parts
from converters.conversions.planning import Plan, plan
from converters.conversions.registry import Made, Material
from converters.conversions.settings import Mining, Options
from converters.conversions.teachers import ready
from converters.conversions.whole import open_whole, settled_by_all
from converters.errors import InputError, NoRowsError, TooFewError
from converters.fingerprints import as_dataset
from converters.formats import FORMATS
from converters.mends import Mended, Others, codes_of, mend_pile
from converters.piles import Pile, Room, Rows
from converters.rejects import Rejects, Waiting
from converters.scales import Span
from converters.sources.source import Source, Split
from converters.surveys import Settled

if TYPE_CHECKING:
    from datasets import Dataset

    from converters.mining import MiningSummary


@dataclass(frozen=True)
class Converted:
    """Rows in their new format, and the story of how they came to be.

    Attributes:
        pile: the rows, in memory or on disk.
        changes: what bringing the data into its canonical shape has changed.
        mining: what the miner did; None where nothing was mined.
        rows_in: rows that went in.
        plan: the steps that were taken.
        left_out: how many of what the steps could not use, by what it is.
        mended: what was mended.
    """

    pile: Rows
    changes: Changes
    mining: "MiningSummary | None"
    rows_in: int
    plan: Plan
    left_out: Mapping[str, int]
    mended: Mended = field(default_factory=Mended)

    @cached_property
    def table(self) -> pa.Table:
        """The rows as one table; those on disk are mapped into memory."""
        return self.pile.table()

    @property
    def rows(self) -> Split:
        """The rows, to be read batch by batch as often as wanted."""
        return Split(self.pile.schema, lambda: ahead(self.pile.batches()), self.pile.num_rows)


@spelled_out
def convert(
    dataset: Any,
    *,
    output_format: str,
    input_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    score_range: tuple[float, float] | None = None,
    mining: Mining | None = None,
    fix: str | Iterable[str] = (),
    on_error: OnError = "stop",
    **settings: Unpack[ConversionKeywords],
) -> "Dataset":
    """Converts a dataset whose format and columns are known; `advisor.convert` finds them out first.

    Args:
        dataset: anything that `converters.open_source` opens.
        output_format: the format to convert to; `same`, or the same as `input_format`, puts the data into canonical
            shape only.
        input_format: the format or layout that the data is in; it has to be said.
        columns: the role of each column that is used, by name; not needed for a collection.
        split: the split to convert; by default `train`, or the only one. A label means what it means in all splits.
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
        mine: whether negatives are mined where the data has some of its own, in the place of those.
        fix: codes of findings to mend in what comes out, such as `ROW001`; `all` for all whose mend is safe.
        on_error: what becomes of rows with a label, and of lines, that cannot be read: `stop` there, or `skip` them.
        reading: how to read the files, where detection errs: see `converters.sources.ReadingOptions`.

    Returns:
        The rows, with canonical column names; classes as `datasets.ClassLabel`.

    Raises:
        InputError: the data cannot be read, is not what it is said to be, or there is no such conversion.
    """
    if input_format is None:
        raise InputError(
            'converters.convert has to be told what the data is, such as input_format="pair" with the role of each '
            "column: advisor inspect says it, and advisor.convert finds it out by itself"
        )
    fixes = codes_of(fix)
    options, reading = parted(mining or Mining(), settings)
    way = plan(input_format, input_format if output_format == "same" else output_format, options)
    source, whole = open_whole(dataset, split, skip_broken=on_error == "skip", **reading)
    chosen = default_split(source)
    roles = Reading(input_format, columns or {}, score_range, on_error)
    settled, options = settled_by_all(whole, [chosen], way, roles, options)
    done = convert_split(
        source,
        chosen,
        way,
        input_format=input_format,
        columns=columns or {},
        score_range=score_range,
        options=options,
        fixes=fixes,
        on_error=on_error,
        settled=settled,
    )
    return as_dataset(done.table)


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
    on_error: OnError = "stop",
    room: Room | None = None,
    settled: Settled | None = None,
    others: Collection[str] | None = None,
    rejects: Rejects | None = None,
) -> Converted:
    """Converts one split of an opened source the way that `plan` found, and mends what comes out.

    Rows that are too many for memory go to files on the way, and come out in an order of their own where rows of an
    anchor are put together: anchors in the order in which they first appear, the rows of one next to one another.

    Args:
        source: the source.
        split: the split to convert.
        way: the plan.
        input_format, columns, score_range, on_error: as for `convert`.
        options: what the steps choose by.
        fixes: codes of the findings to mend; None for all whose mend is safe.
        room: what the rows may take up; by default as much memory as it takes, and no disk.
        settled: how labels are read; by default this split decides.
        others: the splits that rows must not stand in as well, for mends that see to that; by default all others.
        rejects: takes the rows that are left out; by default they are only counted.

    Raises:
        InputError: the data is not what it is said to be, or no row comes out of it.
    """
    room = room or Room()
    reading = Reading(input_format, columns, score_range, on_error)
    reject = None if rejects is None else rejects.of(split)
    if rejects is not None:
        rejects.add_lines(broken_lines(source, split), split)
    options = options or Options()
    taken = take_in(source, split, reading, room, settled=settled, reject=reject, threshold=options.threshold)
    way, pile, made = _carried_out(way, taken, options.rejecting(reject), room)
    if way.target == "pair-score" and way.steps:
        taken.changes.scaled_from = _scaled_from(way, taken, options)
    done = partial(Converted, changes=taken.changes, mining=made.mining, rows_in=taken.rows_in, plan=way)
    if fixes is not None and not fixes:
        return done(pile, left_out=made.left_out)
    known = Others()
    for name in [name for name in source.splits if name != split] if others is None else others:
        for texts in _texts(source, name, reading):
            known.add(texts)
    numbers = None if way.steps else taken.numbers
    mended_pile, mended = mend_pile(pile, way.target, fixes, known, room, reject, numbers, options.seed)
    if pile.num_rows and not mended_pile.num_rows:
        lost = ", ".join(f"{number:,} {what}" for (_, what), number in mended.dropped.items())
        raise NoRowsError(f"mending leaves no row of {source.name}: there are {lost}")
    return done(mended_pile, left_out=made.left_out, mended=mended)


def _texts(source: Source, split: str, reading: Reading) -> Iterator[list[pa.ChunkedArray]]:
    """The text columns of a split, part by part; nothing of a split with other columns."""
    if source.is_collection or not FORMATS[reading.format].trainable:
        return
    try:
        texts, _ = arranged(FORMATS[reading.format], reading.columns)
    except InputError:  # a text is put together from several columns
        return
    schema = source.splits[split].schema
    plain = [each for each in texts if each in schema.names and not pa.types.is_nested(schema.field(each).type)]
    if plain and plain == texts[: len(plain)]:
        for batch in source.splits[split].open():
            yield [pa.chunked_array([batch.column(name)]) for name in plain]


def _carried_out(way: Plan, taken: Taken, options: Options, room: Room) -> tuple[Plan, Rows, Made]:
    """As `carry_out`, for however many rows."""
    numbers = None if taken.changes.apart is not None or way.source == "collection" else taken.numbers_of
    if taken.pile.in_memory:
        way, made = carry_out(way, Material(taken.pile.table(), taken.corpus, taken.rows_in), options, numbers)
        whole = Pile(room)
        for table in made.tables():
            whole.add(table)
        return way, whole, made
    refused: InputError | None = None
    for each in way.choices():
        waiting = Waiting(room)
        try:
            heard = options.rejecting(None if options.reject is None else waiting)
            pile, made = steps_by_parts(each, taken.pile, taken.corpus, heard, room, numbers)
        except InputError as error:
            waiting.clear()
            refused = refused or error
            continue
        if pile.num_rows or made.mining is not None:
            if options.reject is not None:
                waiting.hand_over(options.reject)
            return each, pile, made
        waiting.clear()
        refused = refused or _no_row(way, made)
    assert refused is not None
    raise refused


def _scaled_from(way: Plan, taken: Taken, options: Options) -> tuple[float, float] | None:
    """The scale that the steps of a plan for scores have put them on 0..1 from; None where they lay there before."""
    first = way.steps[0]
    if way.needs is not None:
        scale = options.told_scale
    elif first.scales is None:
        return taken.changes.scaled_from if way.source == "pair-score" else None
    else:
        span = options.span
        if span is None:
            spans = (Span.of_labels(pa.chunked_array([batch[first.scales]])) for batch in taken.pile.batches())
            span = reduce(or_, spans, Span())
        scale = scale_of_grades(span, options) if way.source == "collection" else span.scale
    return None if scale == (0.0, 1.0) else scale


def carry_out(way: Plan, material: Material, options: Options, numbers: Numbers | None = None) -> tuple[Plan, Made]:
    """Takes the steps of a plan; where they lead to no row, those of the plan to fall back on.

    Args:
        way: the plan.
        material: the rows.
        options: what the steps choose by, and who takes the rows that they leave out.
        numbers: gives the numbers in the data of rows at some places; None where they have none.

    Returns:
        The plan that was carried out, and what came out of it.

    Raises:
        InputError: no plan makes a row of this data.
    """
    refused: InputError | None = None
    if way.needs is not None:
        ready(options)
    for each in way.choices():
        waiting = Waiting(Room())
        try:
            made = _steps(each, material, options.rejecting(None if options.reject is None else waiting), numbers)
        except InputError as error:
            if not isinstance(error, TooFewError) or each.otherwise is None:
                refused = refused or error
            continue
        if made.table.num_rows or made.mining is not None:
            if options.reject is not None:
                waiting.hand_over(options.reject)
            return each, made
        refused = refused or _no_row(way, made)
    assert refused is not None
    raise refused


def _steps(way: Plan, material: Material, options: Options, numbers: Numbers | None) -> Made:
    made = Made(material.table)
    left_out: dict[str, int] = {}
    mining = None
    for place, step in enumerate(way.steps):
        table = made.table
        options = replace(options, span=None) if place else options
        made = apply_by_parts(step, table, material.corpus, options)
        for each in unused_rows(table, made, numbers if not place else None):
            assert options.reject is not None
            options.reject(each)
        mining = made.mining or mining
        for what, number in made.left_out.items():
            left_out[what] = left_out.get(what, 0) + number
    return Made(made.table, left_out, mining)


def _no_row(way: Plan, made: Made) -> NoRowsError:
    lacking = ", ".join(f"{number:,} {what}" for what, number in made.left_out.items())
    hint = (
        "; --threshold says from which label on a text is a positive"
        if any("--threshold" in step.summary for step in way.steps)
        else ""
    )
    return NoRowsError(f"the data makes no row of {way.target}" + (f": there are {lacking}{hint}" if lacking else ""))
