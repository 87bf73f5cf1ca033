"""Inspecting a dataset: open, sample, profile, read, judge, recommend."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from advisor.commands import Said
from advisor.findings import CHECKS, Case, Found, examine
from advisor.findings.registry import finding, ranked
from advisor.findings.values import counted_sides
from advisor.forgiving import blanked, mostly_readable, without
from advisor.material import sampled_material
from advisor.measures import measured
from advisor.models import describe
from advisor.profiles import ColumnProfile, TableProfile, profile_table
from advisor.readings import Evidence, Reading, read
from advisor.report import Alternative, Column, Finding, Label, Report
from advisor.rules import Facts, Wanted, known_family, known_task, offers, recommend
from advisor.sampling import SAMPLE_ROWS, count, sample, thinned
from advisor.settings import Settings, settings_of
from advisor.vocabulary import hint_of
from converters.conversions import Material
from converters.errors import InputError
from converters.gathering import JUDGING
from converters.labels import class_ids, positives
from converters.sources import ReadingOptions, open_source
from converters.sources.open import STANDARD_INPUT
from converters.sources.source import Source, Split

#: Rows that the verdict on a larger split is drawn from.
LARGE_SAMPLE_ROWS = 10_000

#: Of larger rows fewer are drawn, so that the sample has no more bytes than this.
SAMPLE_BYTES = 32 << 20

#: Other splits of up to so many rows are read through to compare with, where they cannot be sampled.
READ_THROUGH = 200_000

#: Other readings are shown when they are at least this probable.
WORTH_A_MENTION = 0.01


def inspect(
    dataset: Any,
    *,
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    sample_rows: int | None = None,
    full: bool | None = None,
    task: str | None = None,
    family: str | None = None,
    model: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] | None = None,
    config: Settings | str | Path | None = None,
    **reading: Unpack[ReadingOptions],
) -> Report:
    """Says what a dataset is, what is wrong with it, which losses fit it and what converting would unlock.

    Args:
        dataset: a path (csv, tsv, json, jsonl, parquet, arrow, compressed or not; a `save_to_disk` folder; a BEIR
            folder; a folder of such files), or a `datasets.Dataset`, pandas DataFrame or pyarrow Table.
        split: the split to inspect; by default all are counted, and the verdict is drawn from `train`, or else from
            the first.
        format: overrules the format that would be detected.
        columns: overrules the roles of some columns, by name.
        sample_rows: how many rows, spread evenly over the split, the verdict is drawn from; by default all of up to
            20,000 rows, and 10,000 of more.
        full: whether to go through every row, for exact numbers; memory stays bounded. The format is still drawn from
            the sample.
        task: what the model is for: retrieval, similarity, classification, clustering, reranking or distillation.
        family: recommend losses of this family only.
        model: the model to start from, a folder or a name on the hub; only its small files are read.
        select: report these findings only: their codes, or beginnings of codes.
        ignore: leave these findings out; where both speak of a code, the longer beginning counts.
        config: settings, or a file of them; what is said here wins. No file is read unless it is named.
        reading: how to read the files, where detection errs: see `converters.sources.ReadingOptions`.

    Raises:
        InputError: the dataset cannot be read, holds no text, or contradicts `format` or `columns`.
    """
    settings = settings_of(config).selecting(select, ignore)
    said = settings.completed(
        dataset,
        split=split,
        format=format,
        columns=columns,
        sample_rows=sample_rows,
        full=full,
        task=task,
        family=family,
        model=model,
        **reading,
    )
    return settings.applied(_inspect(dataset, **said))


def _inspect(
    dataset: Any,
    *,
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    sample_rows: int | None = None,
    full: bool = False,
    task: str | None = None,
    family: str | None = None,
    model: str | None = None,
    **reading: Unpack[ReadingOptions],
) -> Report:
    """Inspects a dataset when all is said about it."""
    if sample_rows is not None and sample_rows < 1:
        raise InputError(f"sample_rows has to be at least 1, not {sample_rows}")
    wanted = Wanted(known_task(task), known_family(family), describe(model) if model is not None else None)
    source = open_source(dataset, split=split, scan=full, **reading)
    name = split if split is not None and split in source.splits else training_split(source)
    if source.is_collection:
        if columns or format not in (None, "collection"):
            raise InputError(f"{source.name} is a collection: its files say what is what, and cannot be read otherwise")
        return _inspect_collection(source, split, name, wanted, full=full)
    chosen = source.splits[name]
    size = sample_rows or (SAMPLE_ROWS if (chosen.rows or 0) <= SAMPLE_ROWS else LARGE_SAMPLE_ROWS)
    table, rows, exact = sample(chosen, size)
    if sample_rows is None:
        table = thinned(table, max(1, table.num_rows * SAMPLE_BYTES // max(SAMPLE_BYTES, table.nbytes)))
    if not rows:
        raise InputError(f"{source.name} has no rows: there is nothing to inspect")
    profile = profile_table(table, chosen.class_names)
    readings = read(profile, format=format, columns=columns)
    slips: pa.ChunkedArray | None = None
    if format is None and not columns and readings[0].label_kind == "none":
        clean = mostly_readable(table)
        meant = _meant(blanked(table, clean), chosen, readings[0]) if clean else None
        if meant is not None:
            before, (table, profile, readings) = table, meant
            chosen = without(chosen, clean)
            label = str(readings[0].label)
            slips = before[label].filter(pc.and_(pc.is_valid(before[label]), pc.is_null(table[label])))
    case = Case(
        _address(source),
        readings[0],
        profile,
        table,
        rows,
        chosen.has_names,
        others=_others(source, name, size),
        model=wanted.model,
        encoding=chosen.encoding,
        repeated_headers=chosen.repeated_headers,
        lone_texts=chosen.lone_texts,
        lone_lists=chosen.lone_lists,
        slips=slips,
        said=_said(source, split, name, format, columns, reading),
    )
    case, findings = _examined(case, chosen, full=full and table.num_rows < rows)
    report = _report(source, name, case, findings, _alternatives(readings), _facts(case, wanted))
    others = (own.rows is not None and own.rows_exact for own in source.splits.values() if own is not chosen)
    return replace(
        report,
        rows_sampled=case.rows if full else table.num_rows,
        rows_exact=(exact or full) and all(others),
    )


def _meant(table: pa.Table, split: Split, reading: Reading) -> tuple[pa.Table, TableProfile, list[Reading]] | None:
    """The sample with its profile and its readings, where a label comes to light; None where none does.

    A typing error would otherwise turn pairs of any score into pairs that belong together, without a word.

    Args:
        table: the sample without the values that cannot be read.
        split: the split that it is drawn from.
        reading: how the sample is read with them.
    """
    profile = profile_table(table, split.class_names)
    meant = read(profile)
    hidden = meant[0].label is not None and meant[0].format not in (reading.format, "pair-class", "single-class")
    return (table, profile, meant) if hidden else None


def _examined(case: Case, split: Split, *, full: bool) -> tuple[Case, tuple[Finding, ...]]:
    """What is wrong with the rows: of the sample, or of all of them, which also makes the facts exact."""
    if not full:
        return case, tuple(examine(case))
    from advisor.full import examine_all

    findings, profile, rows = examine_all(case, split)
    return replace(case, profile=profile, rows=rows), tuple(findings)


def _others(source: Source, split: str, size: int) -> dict[str, pa.Table]:
    """Samples of the other splits; not of streams, and not of what would have to be gone through at length."""
    return {
        name: sample(own, size).table
        for name, own in source.splits.items()
        if name != split and own.rows is not None and (own.sample is not None or own.rows <= READ_THROUGH)
    }


def _said(
    source: Source,
    split: str | None,
    name: str,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Said:
    """What commands about this split of a source have to say."""
    named = _split_to_say(source, split, name)
    several = split is None and named is None and len(source.splits) > 1
    return Said(named, format, columns or {}, reading or {}, several)


def _split_to_say(source: Source, said: str | None, split: str) -> str | None:
    """The split that a command has to name to mean this one."""
    plain = split == "train" or (said is None and len(source.splits) == 1)
    return None if plain else split


def training_split(source: Source) -> str:
    """The split that training data is taken from: `train` where there is one, else the first."""
    return "train" if "train" in source.splits else next(iter(source.splits))


def _alternatives(readings: list[Reading]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(each.format, each.confidence, _messages(each))
        for each in readings[1:]
        if each.confidence >= WORTH_A_MENTION
    )


def _messages(reading: Reading, column: str | None = None) -> tuple[str, ...]:
    """The evidence as sentences, the weightiest first: of one column, or of all."""
    chosen = [each for each in reading.evidence if column in (None, each.column)]
    chosen.sort(key=lambda each: -abs(each.weight))
    return tuple(f"{'' if each.weight >= 0 else 'against it: '}{each.message}" for each in chosen)


def _label(case: Case) -> Label:
    name = case.reading.label
    if name is None and case.reading.label_kind == "labels":  # they stand in the records of the documents
        return Label(_judging_field(case), "labels")
    if name is None:
        return Label(None, "none")
    profile = case.profile.columns[name]
    names = profile.class_names
    if not names and profile.nature == "category" and case.reading.label_kind in ("class", "binary"):
        names = tuple(sorted(str(value) for value, _ in profile.values))
    return Label(name, case.reading.label_kind, profile.minimum, profile.maximum, profile.distinct, names)


def _judging_field(case: Case) -> str:
    """The field of the documents that holds their labels, as `documents.label`."""
    (documents,) = case.reading.columns("documents")
    numeric = case.profile.columns[documents].numeric_fields
    telling = [each for each in numeric if each in JUDGING or hint_of(each).role == "label"]
    return f"{documents}.{(telling or numeric)[0]}"


def _facts(case: Case, wanted: Wanted) -> Facts:
    reading, profile = case.reading, case.profile
    label = profile.columns[reading.label] if reading.label else None
    facts = Facts(
        dataset=case.dataset,
        format=reading.format,
        rows=case.rows,
        label=label,
        words=max((profile.columns[name].mean_words for name in case.texts), default=0.0),
        task=wanted.task,
        family=wanted.family,
        model=wanted.model,
        said=case.said,
        **measured(case),
    )
    if label is not None and reading.label_kind in ("class", "binary"):
        facts = replace(
            facts,
            classes=_classes(case, label),
            smallest_class=min((number for _, number in label.values), default=0),
            positives=_positives(case, label),
        )
    if label is not None and reading.label_kind == "labels":
        facts = replace(facts, graded=label.distinct > 2, list_length=label.mean_length)
    return facts


def _positives(case: Case, label: ColumnProfile) -> float:
    """The share of labels that mean yes: of all rows where they were counted, else of the sample."""
    sides = counted_sides(case)
    if sides is not None and sides[0] + sides[1]:
        return sides[1] / (sides[0] + sides[1])
    return positives(case.table[label.name], label.class_names)


def _classes(case: Case, label: ColumnProfile) -> int:
    """How many outputs a classifier needs: class ids in use may skip some, and some values stand for no class."""
    if label.class_names:
        return len(label.class_names)
    if not label.whole or (label.minimum or 0) < 0:
        return len(class_ids(case.table[label.name], label.name)[1])
    highest = int(label.maximum or 0)
    return max(label.distinct, highest + 1 if highest < 4 * label.distinct else 0)


def _inspect_collection(source: Source, split: str | None, name: str, wanted: Wanted, *, full: bool) -> Report:
    """A corpus with queries and judgements: no detection needed, the layout of the files says it all."""
    assert source.corpus is not None
    assert source.queries is not None
    judged, rows, exact = sample(source.splits[name], SAMPLE_ROWS)
    known = {"corpus-id": _ids(source.corpus), "query-id": _ids(source.queries)}
    counts = f"{len(known['corpus-id']):,} documents, {len(known['query-id']):,} queries and {rows:,} judgements"
    reading = Reading(
        "collection",
        {"query-id": "id", "corpus-id": "id", "score": "label"},
        "score",
        "grade",
        (Evidence(8.0, f"the folder holds a corpus of {counts}"),),
        1.0,
    )
    said = _said(source, split, name)
    case = Case(_address(source), reading, profile_table(judged), judged, rows, True, known, said=said)
    facts = Facts(
        dataset=_address(source),
        format="collection",
        rows=rows,
        task=wanted.task,
        family=wanted.family,
        model=wanted.model,
        said=said,
    )
    case, findings = _examined(case, source.splits[name], full=full and judged.num_rows < rows)
    report = _report(source, name, case, findings, (), facts)
    return replace(report, rows_sampled=case.rows if full else judged.num_rows, rows_exact=exact or full)


def _address(source: Source) -> str | None:
    """What a command can call the dataset; None for an object in memory."""
    return source.name if source.reopens else "-" if source.name == STANDARD_INPUT else None


def _ids(split: Split) -> pa.Array:
    return pa.chunked_array(
        [pc.cast(batch.column("_id"), pa.string()) for batch in split.open()], type=pa.string()
    ).combine_chunks()


def _only_ids(source: Source, case: Case) -> bool:
    """Whether the rows are judgements of texts that are somewhere else."""
    return case.reading.format == "collection" and not source.is_collection


def _material(source: Source, split: str, case: Case) -> tuple[Material | None, str | None]:
    """The sample as material for conversions, or why it does not get into shape."""
    reading = case.reading
    if source.is_collection != (reading.format == "collection"):
        return None, None
    try:
        return sampled_material(case.table, source.splits[split], reading.format, reading.roles), None
    except InputError as error:
        return None, str(error)


def _report(
    source: Source,
    split: str,
    case: Case,
    findings: tuple[Finding, ...],
    alternatives: tuple[Alternative, ...],
    facts: Facts,
) -> Report:
    """Puts together what was found about the split of a source."""
    reading = case.reading
    material, why_not = _material(source, split, case)
    if why_not is not None and not any(each.code in ("LBL004", "LBL017", "REF003") for each in findings):
        findings = tuple(ranked([*findings, finding(CHECKS["COL007"], Found(why_not))]))
    splits = {each: case.rows if each == split else count(own) or 0 for each, own in source.splits.items()}
    columns = (
        Column(
            each.name,
            reading.roles[each.name],
            each.type,
            _messages(reading, each.name) or (f"holds {each.nature}",),
            holds_texts=each.nature in ("text", "texts"),
        )
        for each in case.profile.columns.values()
    )
    return Report(
        dataset=source.name,
        rows=sum(splits.values()),
        rows_sampled=case.table.num_rows,
        splits=splits,
        format=reading.format,
        confidence=reading.confidence,
        alternatives=alternatives,
        columns=tuple(columns),
        label=_label(case),
        findings=findings,
        recommendations=recommend(facts),
        conversions=() if why_not is not None or _only_ids(source, case) else offers(facts, material),
        reopens=source.reopens,
        said=case.said,
        facts=facts,
    )
