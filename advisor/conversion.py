"""Converting what was inspected first: the format and the columns are found out, not asked for."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from advisor.inspection import inspect
from advisor.report import Report
from converters.conversions import Conversion, Converted, Mining, convert_split, default_split, plan
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS
from converters.sources import ReadingOptions, open_source

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class Outcome:
    """What a conversion to a file did, or would do.

    Attributes:
        report: the inspection that it rests on.
        split: the split that was converted.
        output_format: the format that was asked for.
        way: the conversion; None where the data was only put into shape.
        mining: how negatives are mined.
        out: where the rows went; None for a dry run.
        converted: the rows and their story; None for a dry run.
        seconds: how long it took.
    """

    report: Report
    split: str
    output_format: str
    way: Conversion | None
    mining: Mining
    out: str | None
    converted: Converted | None
    seconds: float

    @property
    def steps(self) -> list[str]:
        """The plan, in words."""
        roles = ", ".join(f"{each.name} as {each.role}" for each in self.report.columns if each.role != "ignored")
        steps = [f"read {self.report.dataset} ({self.split}) as {self.report.format}: {roles}"]
        if self.way is None:
            return [*steps, f"put it into the canonical shape of {self.output_format}"]
        steps.append(f"{self.report.format} to {self.output_format}: {self.way.summary}")
        if self.way.mines:
            steps.append(f"embed with {_model_name(self.mining)}")
        return steps

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the manifest, and what the command prints with `--json`."""
        from advisor import __version__

        shown: dict[str, Any] = {
            "dataset": self.report.dataset,
            "split": self.split,
            "input_format": self.report.format,
            "output_format": self.output_format,
            "roles": self.report.roles,
            "steps": self.steps,
            "loss_advisor": __version__,
        }
        if self.way is not None and self.way.mines:
            shown["mining"] = {
                "model": _model_name(self.mining),
                **{name: value for name, value in vars(self.mining.selection).items() if value is not None},
                "output_scores": self.mining.output_scores,
            }
        if self.converted is not None:
            shown["out"] = self.out
            shown["rows_in"] = self.converted.rows_in
            shown["rows_out"] = self.converted.table.num_rows
            shown["changes"] = self.converted.changes.to_dict()
            shown["mined"] = self.converted.mining.to_dict() if self.converted.mining else None
            shown["seconds"] = round(self.seconds, 2)
        return shown

    def lines(self) -> list[str]:
        """The summary for people."""
        if self.converted is None:
            return ["Plan (nothing is written):", *(f"  {i}. {step}" for i, step in enumerate(self.steps, start=1))]
        done = self.converted
        lines = [
            f"{self.out}: {done.table.num_rows:,} rows of {self.output_format} "
            f"({', '.join(done.table.column_names)}) from {done.rows_in:,} rows in {self.seconds:.1f} s"
        ]
        lines += [f"  left out {number:,} rows: {reason}" for reason, number in done.changes.dropped_rows.items()]
        if done.changes.scaled_from:
            low, high = done.changes.scaled_from
            lines.append(f"  scores scaled from {low:g}..{high:g} to 0..1")
        if done.mining is not None:
            lines += ["  " + line for line in str(done.mining).splitlines()]
        return lines


def convert(
    dataset: Any,
    *,
    output_format: str,
    model: Any = "lsa",
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    mining: Mining | None = None,
    **reading: Unpack[ReadingOptions],
) -> "Dataset":
    """Inspects a dataset and converts it.

    Args:
        dataset: anything that `advisor.inspect` takes.
        output_format: the format to convert to.
        model: what embeds the texts where negatives are mined; `mining` carries one of its own.
        split: the split to convert; by default `train`, or the only one.
        format: overrules the format that would be detected.
        columns: overrules the roles of some columns.
        mining: how hard negatives are mined; by default positive-aware.
        reading: how to read the files, where detection errs: see `converters.sources.ReadingOptions`.

    Raises:
        InputError: the data cannot be read, or there is no such conversion.
    """
    import datasets

    _known(output_format)
    outcome = _convert(
        dataset,
        output_format=output_format,
        mining=mining or Mining(model=model),
        split=split,
        format=format,
        columns=columns,
        **reading,
    )
    assert outcome.converted is not None
    return datasets.Dataset(outcome.converted.table)


def convert_to_file(
    dataset: Any,
    out: str | None,
    *,
    output_format: str,
    mining: Mining,
    split: str | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    note: Callable[[str], None] = lambda line: None,
    **reading: Unpack[ReadingOptions],
) -> Outcome:
    """Inspects a dataset, converts it and writes it to a file or folder, with a manifest beside it.

    Args:
        dataset: anything that `advisor.inspect` takes.
        out: where to write; the suffix says how. May be None for a dry run.
        output_format: the format to convert to.
        mining: how hard negatives are mined.
        split, format, columns, reading: as for `convert`.
        overwrite: whether to replace what stands at `out`.
        dry_run: make the plan, write nothing.
        note: told what a user should know on the way.

    Raises:
        InputError: as for `convert`; or `out` cannot be written. Nothing is written then.
    """
    from converters.writing import check_target, write

    _known(output_format)
    if out is not None:
        check_target(out, overwrite=overwrite)
    outcome = _convert(
        dataset,
        output_format=output_format,
        mining=mining,
        split=split,
        format=format,
        columns=columns,
        out=out,
        dry_run=dry_run,
        note=note,
        **reading,
    )
    if outcome.converted is not None:
        assert out is not None
        if not outcome.converted.table.num_rows:
            raise InputError(
                "no candidate passed the filters, so there is nothing to write: widen --range-max, lower "
                "--relative-margin, or try another --model"
            )
        write(outcome.converted.table, out, metadata=outcome.to_dict(), overwrite=overwrite)
    return outcome


def _convert(
    dataset: Any,
    *,
    output_format: str,
    mining: Mining,
    split: str | None,
    format: str | None,
    columns: Mapping[str, str] | None,
    out: str | None = None,
    dry_run: bool = False,
    note: Callable[[str], None] = lambda line: None,
    **reading: Unpack[ReadingOptions],
) -> Outcome:
    started = time.monotonic()
    source = open_source(dataset, split=split, **reading)
    chosen = split or default_split(source)
    if len(source.splits) > 1:
        note(f"{source.name} has the splits {', '.join(source.splits)}: converting {chosen} (choose with --split)")
    report = inspect(source, split=chosen, format=format, columns=columns)
    way = plan(report.format, output_format)
    if report.confidence < 0.5:
        note(
            f"read as {report.format} with confidence {report.confidence:.0%} only: overrule with --format or --column"
        )
    converted = None
    if not dry_run:
        converted = convert_split(source, chosen, way, input_format=report.format, columns=report.roles, mining=mining)
        if way is not None and way.mines and mining.model == "lsa":
            note("mined with the embedded encoder (LSA), which needs no download; --model takes a neural one")
    return Outcome(report, chosen, output_format, way, mining, out, converted, time.monotonic() - started)


def _known(output_format: str) -> None:
    known = [name for name, spec in FORMATS.items() if spec.trainable]
    if output_format not in known:
        raise InputError(f"unknown output format {quote(output_format)}: {nearest(output_format, known)}")


def _model_name(mining: Mining) -> str:
    return mining.model if isinstance(mining.model, str) else type(mining.model).__name__
