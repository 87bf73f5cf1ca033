"""What somebody should hear before a training starts: how sure the reading is, what will spoil it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from advisor.checking import Obstacle, mended_by_converting
from advisor.commands import convert_command
from advisor.report import Finding, Report
from converters.canonical import arranged
from converters.errors import InputError, quote
from converters.formats import FORMATS
from converters.mends.others import Others
from converters.mends.sets import leaking
from converters.sources import open_source
from converters.sources.source import Split

#: A reading below this is told, with what else it might be.
_SURE = 0.8

#: Other readings are told from this confidence on, so many at most.
_NEAR, _MOST = 0.1, 2


def uncertain_reading(report: Report) -> str | None:
    """How the data is read, where that is not sure and nobody has said it."""
    if report.confidence >= _SURE or report.said.format is not None:
        return None
    near = [f"{each.format} {each.confidence:.0%}" for each in report.alternatives if each.confidence >= _NEAR]
    sure = "; ".join([f"{report.confidence:.0%} sure", *near[:_MOST]])
    return f"reads {report.dataset} as {report.format} ({sure}): --format says otherwise"


def splits_left_aside(
    report: Report, output_format: str, fixes: Iterable[str], teacher: str | None = None
) -> str | None:
    """That data which is prepared for a run is its training split alone, where there are others.

    Args:
        report: the inspection of the data.
        output_format: what it is converted to.
        fixes: codes of findings that are mended.
        teacher: the model that gives scores, if one does.
    """
    if not report.said.several:
        return None
    own, *others = sorted(report.splits, key=lambda each: each != "train")
    options = [word for code in fixes for word in ("--fix", code)]
    options += ["--teacher", teacher] if teacher is not None else []
    command = convert_command(report.dataset, output_format, *options, said=report.said)
    return (
        f"of {report.dataset} {own} alone is prepared, and a part of it held out; to keep {', '.join(others)}, "
        f"train on what this writes: {command}"
    )


def what_spoils(report: Report, evaluation: Report | None, reading: Mapping[str, Any]) -> Iterator[str]:
    """Errors of the data, a line each, but for what is mended on the way into shape.

    Args:
        report: the inspection of the data to train on.
        evaluation: that of the file to evaluate on, if there is one.
        reading: how the training data is read: the keywords of `open_source`.
    """
    for each in report.findings:
        if each.severity == "error" and not mended_by_converting(Obstacle(each.message, each.fix, each.code), report):
            yield _told(each, report)
    if evaluation is None:
        return
    for each in evaluation.findings:  # its splits are not trained on, and may well share rows
        on_the_way = mended_by_converting(Obstacle(each.message, each.fix, each.code), evaluation)
        if each.severity == "error" and each.code != "SET002" and not on_the_way:
            yield _told(each, evaluation)
    yield from _shared(report, evaluation, reading)


def _told(finding: Finding, report: Report) -> str:
    mended = f"; to mend it: {finding.fix}" if finding.fix else ""
    return f"{finding.code} in {report.dataset}: {finding.message} (advisor rule {finding.code} explains){mended}"


def _shared(report: Report, evaluation: Report, reading: Mapping[str, Any]) -> Iterator[str]:
    """How many rows to evaluate on are known from training."""
    try:
        texts, _ = arranged(FORMATS[report.format], report.roles)
    except InputError:  # a text is put together from several columns
        return
    own = {name: value for name, value in reading.items() if name != "split"}
    trained = _split(open_source(report.dataset, **reading).splits, "train", next(iter(report.splits)))
    measured = _split(open_source(evaluation.dataset, **own).splits, "validation", "test", "train")
    names = texts[: leaking(report.format, len(texts))]
    if not names or not all(_holds(split, name) for split in (trained, measured) for name in names):
        return
    known = Others()
    rows = shared = 0
    for columns in _columns(trained, names):
        known.add(columns)
    for columns in _columns(measured, names):
        rows += len(columns[0])
        shared += int(known.hold(columns).sum())
    if shared:
        what = quote(names[0]) if len(names) == 1 else "texts"
        yield (
            f"{shared:,} of {rows:,} rows of {evaluation.dataset} share their {what} with {report.dataset}, and "
            "measure memory: put both into a folder, as train and validation, and convert that with --fix SET002"
        )


def _split(splits: Mapping[str, Split], *preferred: str) -> Split:
    """The split that is meant: the first of these names, else the only one."""
    return splits[next((name for name in preferred if name in splits), next(iter(splits)))]


def _holds(split: Split, name: str) -> bool:
    return name in split.schema.names and not pa.types.is_nested(split.schema.field(name).type)


def _columns(split: Split, names: list[str]) -> Iterator[list[pa.ChunkedArray]]:
    for batch in split.open():
        yield [pa.chunked_array([batch.column(name)]) for name in names]
