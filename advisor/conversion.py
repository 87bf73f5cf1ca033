"""Converting what was inspected first: the format and the columns are found out, not asked for."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import pyarrow.compute as pc

from advisor.findings import CHECKS
from advisor.forgiving import forgiving
from advisor.inspection import inspect
from advisor.material import sampled_rows
from advisor.outcome import Outcome, dropped_in_words, in_words
from advisor.publishing import published
from advisor.recording import recorded
from advisor.report import Report
from advisor.sampling import SAMPLE_ROWS, sample
from converters.apart import Apart, rows_apart
from converters.canonical import Changes, OnError
from converters.conversions import (
    Mining,
    Options,
    Plan,
    convert_splits,
    default_split,
    plan,
)
from converters.conversions.intake import BROKEN, broken_lines
from converters.conversions.keywords import ConversionKeywords, choices_of, parted, spelled_out
from converters.conversions.running import Converted, carry_out
from converters.conversions.teachers import is_given
from converters.conversions.whole import open_whole
from converters.errors import InputError, nearest, quote
from converters.fingerprints import as_dataset, files_of
from converters.formats import FORMATS
from converters.mends import MENDS, codes_of
from converters.piles import Room, room_in
from converters.rejects import Rejects
from converters.sources import ReadingOptions
from converters.sources.source import Source, Split
from converters.writing.different import check_different
from converters.writing.parts import split_to_hold_out_of
from converters.writing.shape import Shape
from converters.writing.target import FOLDER, keeps_types, target_of

if TYPE_CHECKING:
    from datasets import Dataset

#: What a dry run says of mends where it does not make them.
_CANNOT_TELL = "mends: how many rows that leaves, a sample cannot tell"


@spelled_out
def convert(
    dataset: Any,
    *,
    output_format: str,
    model: Any = "lsa",
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    mining: Mining | None = None,
    fix: str | Iterable[str] = (),
    on_error: OnError = "stop",
    **settings: Unpack[ConversionKeywords],
) -> "Dataset":
    """Inspects a dataset and converts it.

    Args:
        dataset: anything that `advisor.inspect` takes.
        output_format: the format to convert to; `same` for the one that the data is in.
        model: what embeds the texts where negatives are mined; `mining` carries one of its own.
        split: the split to convert; by default `train`, or the only one.
        format: overrules the format that would be detected.
        columns: overrules the roles of some columns.
        mining: how hard negatives are mined; by default with a veto by agreement.
        seed: of what is drawn at random; mining has one of its own.
        threshold: from which score (of 0 to 1) or grade on a pair belongs together.
        num_negatives: how many negatives an n-tuple gets out of those that the data has.
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

    Raises:
        InputError: the data cannot be read, or there is no such conversion.
    """
    _known(output_format)
    options, reading = parted(mining or Mining(model=model), settings)
    outcome = _convert(
        dataset,
        output_format=output_format,
        options=options,
        split=split,
        format=format,
        columns=columns,
        fix=fix,
        on_error=on_error,
        **reading,
    )
    assert outcome.converted is not None
    return as_dataset(outcome.converted.table)


@spelled_out
def convert_to_file(
    dataset: Any,
    out: str | None,
    *,
    output_format: str,
    mining: Mining,
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    fix: str | Iterable[str] = (),
    on_error: OnError = "stop",
    rejects: str | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    shape: Shape | None = None,
    push_to_hub: str | None = None,
    public: bool = False,
    note: Callable[[str], None] = lambda line: None,
    **settings: Unpack[ConversionKeywords],
) -> Outcome:
    """Inspects a dataset, converts it and writes it to a file or folder, with a manifest beside it.

    Args:
        dataset: anything that `advisor.inspect` takes.
        out: where to write; the suffix says how. May be None for a dry run.
        output_format: the format to convert to; `same` for the one that the data is in.
        mining: how hard negatives are mined.
        split, format, columns, seed, threshold, num_negatives, negative_threshold: as for `convert`.
        teacher, class_scores, pairs_per_text, max_per_class, mine, fix, on_error, reading: as for `convert`. Without a
            split, all of them are converted where `out` is a folder.
        rejects: where to write what was left out: rows, lines that cannot be read, anchors that found too few
            negatives, each with the columns of `converters.rejects.SCHEMA`; nothing is written where there is none, and
            what is to be replaced is removed.
        overwrite: whether to replace what stands at `out`.
        dry_run: make the plan, write nothing.
        shape: how the rows are laid out in files: a layout, shards, a part that is held out.
        push_to_hub: a name on the Hugging Face hub to push what has been written to; `out` may be None then.
        public: whether others may see it there.
        note: told what a user should know on the way.

    Raises:
        InputError: as for `convert`; or `out` cannot be written. Nothing is written then.
    """
    arguments = dict(locals())
    from converters.writing import check_target, deliver, together, without, write

    if push_to_hub is not None and not dry_run:
        given = {name: value for name, value in arguments.items() if name not in ("settings", "push_to_hub", "public")}
        return published(convert_to_file, {**given, **settings}, push_to_hub, private=not public)
    _known(output_format)
    shape = shape or Shape()
    shape.check(output_format if output_format != "same" else None)
    if out is not None:
        check_target(out, overwrite=overwrite, shape=shape)
    if rejects is not None:
        check_target(rejects, overwrite=overwrite)
        named = (settings.get("teacher"), mining.query_embeddings, mining.corpus_embeddings, mining.corpus)
        check_different(out, rejects, shape, read=[path for each in (dataset, *named) for path in files_of(each)])
    with room_in(None if out is None or dry_run else Path(out).absolute().parent) as room:
        left_out = None if rejects is None else Rejects(room)
        options, reading = parted(mining, settings)
        outcome = _convert(
            dataset,
            output_format=output_format,
            options=options,
            split=split,
            format=format,
            columns=columns,
            fix=fix,
            on_error=on_error,
            several=out is not None and target_of(out).kind == FOLDER,
            room=room,
            rejects=left_out,
            out=out,
            dry_run=dry_run,
            shape=shape,
            note=note,
            **reading,
        )
        if outcome.converted is not None:
            assert out is not None
            if not outcome.rows_out:
                raise InputError(
                    "no candidate passed the filters, so there is nothing to write: widen --range-max, loosen the "
                    "filters on scores, or try another --model"
                )
            told = {**arguments, **choices_of(options), "reading": reading}
            told = {name: told[name] for name in signature(convert_to_file).parameters}
            story = {**outcome.to_dict(), **recorded(dataset, told, out)}
            with together() as outputs:
                written = deliver(
                    outcome.rows,
                    out,
                    metadata=story,
                    overwrite=overwrite,
                    format=outcome.output_format,
                    shape=shape,
                    beside=outputs,
                )
                if rejects is not None and left_out is not None and left_out.num_rows:
                    metadata = {"rejected_from": outcome.report.dataset}
                    write(left_out.rows(), rejects, metadata=metadata, overwrite=overwrite, beside=outputs)
                elif rejects is not None:
                    counted = any(part.left_out for part in (outcome.parts or {"": outcome.converted}).values())
                    why = "what was left out is only counted" if counted else "no row was left out"
                    removed = without(rejects, outputs)
                    former = ", and what stood there is removed" if removed else ""
                    note(f"note: {why}, so there is nothing to write to --rejects{former}")
            for line in written.notes:
                note(f"note: {line}")
            if (
                outcome.converted.changes.class_names
                and "class" in outcome.output_format
                and not keeps_types(out, shape)
            ):
                note("note: classes are numbers in such a file, their names stand in the manifest: keep both together")
            outcome = replace(outcome, written=written)
    return outcome


def _convert(
    dataset: Any,
    *,
    output_format: str,
    options: Options,
    split: str | None,
    format: str | None,
    columns: Mapping[str, str] | None,
    fix: str | Iterable[str] = (),
    on_error: OnError = "stop",
    several: bool = False,
    room: Room | None = None,
    rejects: Rejects | None = None,
    out: str | None = None,
    dry_run: bool = False,
    shape: Shape | None = None,
    note: Callable[[str], None] = lambda line: None,
    **reading: Unpack[ReadingOptions],
) -> Outcome:
    started = time.monotonic()
    split_off = None if shape is None else shape.split_off
    fixes = _fixes(fix)
    source, whole = open_whole(dataset, split, skip_broken=on_error == "skip", **reading)
    chosen = default_split(source)
    splits = [chosen]
    if len(source.splits) > 1 and split is None and several and not _of_one_split(options):
        splits += [name for name in source.splits if name != chosen]
    elif len(source.splits) > 1:
        note(f"{source.name} has the splits {', '.join(source.splits)}: converting {chosen} (choose with --split)")
    report = _inspected(source, chosen, format, columns, on_error)
    says_classes = output_format == "pair-class" or options.class_scores is not None or fixes != ()
    if format is None and not columns and report.format == "pair-class" and not says_classes:
        report = _scores_not_classes(report, source, chosen, note)
    output_format = report.format if output_format == "same" else output_format
    way = plan(report.format, output_format, options)
    if options.teacher is not None and way.needs is None:
        note(f"note: no teacher is asked on the way to {output_format}, so --teacher changes nothing")
    for found in report.findings:
        if found.code in ("COL008", "COL009"):
            note(f"note: {found.message}")
        if found.code == "LBL020":
            note(f"note: {found.message}; --column {quote(report.label.column)}=ignored leaves that column out")
    if report.confidence < 0.5:
        note(
            f"read as {report.format} with confidence {report.confidence:.0%} only: overrule with --format or --column"
        )
    run = partial(
        convert_splits,
        source,
        splits,
        input_format=report.format,
        columns=report.roles,
        options=options,
        fixes=fixes,
        on_error=on_error,
        whole=whole,
        note=note,
    )

    def outcome(**found: Any) -> Outcome:
        return Outcome(report=report, split=chosen, output_format=output_format, options=options, out=out, **found)

    if dry_run:
        known = {
            name: _sampled(source.splits[name], way, report, options, on_error, note if name == chosen else _silent)
            for name in splits
        }
        if not _can_be_tried(source, known, chosen, mends=fixes != ()):
            _note_fall_back(way, known[chosen].way, note)
            broken = {name: len(broken_lines(source, name)) for name in splits}
            return outcome(
                way=known[chosen].way,
                converted=None,
                seconds=time.monotonic() - started,
                split_off=split_off,
                **_estimated(known, broken, mends=fixes != ()),
            )
    parts = run(way, room=room, rejects=rejects)
    done = parts[chosen]
    _note_fall_back(way, done.plan, note)
    if done.plan.target == "labeled-pair" and options.threshold is not None:
        _note_alike(parts.values(), options.threshold, note)
    if done.plan.mines and options.mining.embeds_with == "lsa":
        note("mined with the embedded encoder (LSA), which needs no download; --model takes a neural one")
    apart = _held_out(parts, splits, shape) if dry_run and shape is not None else None
    if apart is not None and apart.explanation is not None:
        note(f"note: {apart.explanation}")
    counts = {name: (part.rows_in, part.pile.num_rows) for name, part in parts.items()}
    return outcome(
        way=done.plan,
        rows_in=sum(rows for rows, _ in counts.values()),
        rows_out=sum(part.pile.num_rows for part in parts.values()),
        exact=True,
        converted=None if dry_run else done,
        seconds=time.monotonic() - started,
        planned=tuple(in_words(parts)) if dry_run else (),
        apart=apart,
        split_off=split_off,
        parts=parts if len(splits) > 1 and not dry_run else {},
        rows_of_splits=counts if len(splits) > 1 else {},
    )


def _held_out(parts: Mapping[str, Converted], splits: Collection[str], shape: Shape) -> Apart | None:
    """The rows that writing would hold out; None where none are to be.

    Raises:
        InputError: as writing would: nothing can be held out.
    """
    if shape.split_off is None:
        return None
    names: Collection[str | None] = parts if len(splits) > 1 else [None]
    whole = split_to_hold_out_of(names)
    part = parts[whole] if whole is not None else next(iter(parts.values()))
    return rows_apart(part.rows.open, share=shape.split_off, seed=shape.seed)


def _inspected(
    source: Source, split: str, format: str | None, columns: Mapping[str, str] | None, on_error: OnError
) -> Report:
    """The inspection of what is converted.

    Where labels that cannot be read are skipped, the others tell what the column is; and where a format is asked for
    that only those stand in the way of, it is converting that stops at them, and names the row.
    """
    if on_error == "skip":
        return inspect(forgiving(source, split), split=split, format=format, columns=columns)
    try:
        return inspect(source, split=split, format=format, columns=columns)
    except InputError as refused:
        if format is None and not columns:
            raise
        try:
            return inspect(forgiving(source, split), split=split, format=format, columns=columns)
        except InputError:
            raise refused from None


def _scores_not_classes(report: Report, source: Source, split: str, note: Callable[[str], None]) -> Report:
    """The report of what classes of pairs are without the few words that make classes of them: scores, or yes and no.

    Converting stops at these words, and names the row.
    """
    cleaned = forgiving(source, split)
    if cleaned is source:
        return report
    meant = inspect(cleaned, split=split)
    if meant.format in (report.format, "single-class") or meant.label.kind == "none":
        return report
    note(
        f"note: read as {meant.format}, for few labels say otherwise; --format pair-class takes all of them for classes"
    )
    return meant


def _of_one_split(options: Options) -> bool:
    """Whether something is given that goes with the rows of one split only."""
    given = (options.mining.query_embeddings, options.mining.corpus_embeddings)
    return any(each is not None for each in given) or (options.teacher is not None and is_given(options.teacher))


def _silent(line: str) -> None:
    """Where several splits have one thing to say, one of them says it."""


class _Sampled(NamedTuple):
    """What a sample of a split tells.

    Attributes:
        way: the plan to be carried out.
        rows_in: rows that go in.
        rows_out: rows that come out; None where the sample cannot tell.
        exact: whether that is exact, for the sample is the whole split.
        changes: what bringing the sample into shape has changed.
    """

    way: Plan
    rows_in: int
    rows_out: int | None
    exact: bool
    changes: Changes


def _sampled(
    rows: Split, way: Plan, report: Report, options: Options, on_error: OnError, note: Callable[[str], None]
) -> _Sampled:
    table, number, known = sample(rows, SAMPLE_ROWS)
    material, changes = sampled_rows(table, rows, report.format, report.roles, on_error)
    taken, made = way.settled(material, number, options)
    exact = known and table.num_rows == number
    if made == 0 and not exact and way.needs is None:
        try:
            carry_out(way, material, options)
        except InputError as why:
            note(f"no row would come out: {why}")
    return _Sampled(taken, material.counted(number), made, exact, changes)


def _can_be_tried(source: Source, known: Mapping[str, _Sampled], chosen: str, *, mends: bool) -> bool:
    """Whether a dry run does what the real one does, but for writing: where that takes little, and where it is refused.

    Data that is looked at whole is small. Its conversion takes about what counting takes, unless it embeds texts, asks
    a teacher, or looks up those of a whole corpus.
    """
    first = known[chosen]
    if first.exact and first.rows_out == 0:
        return True
    light = not first.way.mines and first.way.needs is None and (mends or not source.is_collection)
    return light and all(each.exact for each in known.values())


def _estimated(known: Mapping[str, _Sampled], broken: Mapping[str, int], *, mends: bool) -> dict[str, Any]:
    """What samples tell of the rows, in the fields of an outcome.

    Args:
        known: what the sample of each split tells.
        broken: how many lines of each split cannot be read.
        mends: whether findings are to be mended.
    """
    counts = {name: (each.rows_in + broken[name], None if mends else each.rows_out) for name, each in known.items()}
    made = [number for _, number in counts.values() if number is not None]
    exact = all(each.exact for each in known.values())
    changes = Changes()
    for name, each in known.items():
        if exact:
            changes.add(each.changes)
        if broken[name]:
            changes.add(Changes(dropped_rows={BROKEN: broken[name]}))
    return {
        "rows_in": sum(rows for rows, _ in counts.values()),
        "rows_out": sum(made) if len(made) == len(counts) else None,
        "exact": exact,
        "planned": (*dropped_in_words(changes), *([_CANNOT_TELL] if mends else [])),
        "rows_of_splits": counts if len(counts) > 1 else {},
    }


def _note_fall_back(way: Plan, taken: Plan, note: Callable[[str], None]) -> None:
    """Says why there is mining where a plan without it was made."""
    if taken.steps != way.steps and way.source == "collection":
        note("too few judgements call a document not relevant for the negatives to come from them, so they are mined")
    elif taken.steps != way.steps:
        graded = way.source in ("graded-pair", "labeled-list", "pair-score")
        hint = "; --threshold says from which label on a text is a positive" if graded else ""
        note(f"no anchor has both a positive and enough negatives, so negatives are mined{hint}")


def _note_alike(parts: Iterable[Converted], threshold: float, note: Callable[[str], None]) -> None:
    """Says that a threshold lies below or above all there is."""
    labels = {each for part in parts for batch in part.pile.batches() for each in pc.unique(batch["label"]).to_pylist()}
    if len(labels) == 1:
        note(f"note: every row has the label {labels.pop()}: --threshold {threshold:g} tells nothing apart")


def _known(output_format: str) -> None:
    known = [name for name, spec in FORMATS.items() if spec.trainable]
    if output_format in FORMATS and output_format not in known:
        raise InputError(
            f"output format {quote(output_format)} is a layout of source data, not a format to train on: choose one of "
            + ", ".join(known)
        )
    if output_format not in known and output_format != "same":
        raise InputError(f"unknown output format {quote(output_format)}: {nearest(output_format, known)}")


def _fixes(fix: str | Iterable[str]) -> tuple[str, ...] | None:
    """The codes to mend; a code that converting alone mends is mended by that, and one that nothing mends refused."""
    try:
        found = codes_of(fix)
    except InputError:
        given = [fix] if isinstance(fix, str) else list(fix)
        codes = [code.strip().upper() for each in given for code in each.split(",") if code.strip()]
        known = [code for code in codes if code in CHECKS and code not in MENDS]
        if not known:
            raise
        raise InputError(f"{known[0]} takes no --fix. {CHECKS[known[0]].mend}") from None
    if found == () and fix:
        raise InputError("nothing says which findings to mend: name their codes, such as ROW001, or all (--fix)")
    return found
