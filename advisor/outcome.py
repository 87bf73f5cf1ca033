"""What a conversion did, or would do: for people, and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from advisor.report import Report
from converters.apart import Apart
from converters.canonical import Changes
from converters.conversions import Converted, Options, Plan, changes_of, left_out_of, mended_of
from converters.conversions.teachers import name_of_teacher
from converters.errors import quote
from converters.sources.source import Split
from converters.writing.target import HELD_OUT
from converters.writing.write import Written

#: How many columns of texts that are left out are named.
_NAMED = 4


@dataclass(frozen=True)
class Outcome:
    """What a conversion to a file did, or would do.

    Attributes:
        report: the inspection that it rests on.
        split: the split that was converted.
        output_format: the format that was asked for.
        way: the steps; none where the data was only put into shape.
        options: what the steps choose by, and how negatives are mined.
        out: where the rows went; None for a dry run.
        rows_in: rows that went in, or would.
        rows_out: rows that came out; of a dry run, how many are expected, None where a sample cannot tell.
        exact: whether `rows_out` is more than an estimate.
        converted: the rows and their story; None for a dry run.
        seconds: how long it took.
        planned: what a dry run would leave out and mend.
        parts: of several splits what came of each, of which `converted` is the one to train on; else empty.
        rows_of_splits: of several splits the rows that go in, and come out if that is known.
        written: how many rows were written to which split, and what was held out; None for a dry run.
        split_off: the share of rows that is to be held out; None for none.
        apart: what a dry run would hold out; None where nothing is to be, or it cannot tell.
    """

    report: Report
    split: str
    output_format: str
    way: Plan
    options: Options
    out: str | None
    rows_in: int
    rows_out: int | None
    exact: bool
    converted: Converted | None
    seconds: float
    planned: tuple[str, ...] = ()
    parts: Mapping[str, Converted] = field(default_factory=dict)
    rows_of_splits: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    written: Written | None = None
    split_off: float | None = None
    apart: Apart | None = None

    @property
    def rows(self) -> Split | dict[str, Split]:
        """The rows to write; of several splits those of each."""
        assert self.converted is not None
        return {name: part.rows for name, part in self.parts.items()} if self.parts else self.converted.rows

    @property
    def steps(self) -> list[str]:
        """The plan, in words."""
        roles = ", ".join(f"{each.name} as {each.role}" for each in self.report.columns if each.role != "ignored")
        splits = ", ".join(self.rows_of_splits or [self.split])
        steps = [f"read {self.report.dataset} ({splits}) as {self.report.format}: {roles}"]
        if not self.way.steps:
            return [*steps, f"put it into the canonical shape of {self.output_format}"]
        for step in self.way.steps:
            steps.append(f"{step.source} to {step.target}: {step.summary}")
            if step.mines:
                steps.append(f"embed with {self.options.mining.embeds_with}")
                if (scores := self.options.mining.told().get("cross_encoder")) is not None:
                    steps.append(f"score what was found anew with {scores}")
            if step.needs is not None:
                steps.append(f"ask the teacher {name_of_teacher(self.options.teacher)}")
        return steps

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the manifest, and what the command prints with `--json`."""
        from advisor import __version__

        mining = self.options.mining
        shown: dict[str, Any] = {
            "dataset": self.report.dataset,
            "split": self.split,
            "input_format": self.report.format,
            "output_format": self.output_format,
            "roles": self.report.roles,
            "steps": self.steps,
            "loses": list(self.way.loses),
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            **self._how_sure(),
            **({"planned": list(self.planned)} if self.planned else {}),
            "loss_advisor": __version__,
        }
        if self.way.samples:
            shown["seed"] = self.options.seed
        for name in ("threshold", "negative_threshold", "class_scores"):
            if (value := getattr(self.options, name)) is not None:
                shown[name] = dict(value) if isinstance(value, Mapping) else value
        if self.way.needs is not None:
            shown["teacher"] = name_of_teacher(self.options.teacher)
        if self.report.format == "single-class" and self.way.samples:
            shown["pairs_per_text"] = self.options.pairs_per_text
            shown["max_per_class"] = self.options.max_per_class
        if self.options.mine:
            shown["mine"] = True
        if self.way.mines:
            shown["mining"] = {
                "model": mining.embeds_with,
                **{name: value for name, value in vars(mining.selection).items() if value is not None},
                "output_scores": mining.output_scores,
                **mining.told(),
            }
        if self.rows_of_splits:
            shown["converted_splits"] = list(self.rows_of_splits)
            shown["rows_of_splits"] = {
                name: {"rows_in": rows_in, "rows_out": rows_out}
                for name, (rows_in, rows_out) in self.rows_of_splits.items()
            }
        if self.converted is not None:
            parts = self.parts or {self.split: self.converted}
            shown["out"] = self.out
            shown["changes"] = changes_of(parts).to_dict()
            shown["left_out"] = left_out_of(parts)
            shown["mended"] = mended_of(parts).to_dict()
            shown["mined"] = self.converted.mining.to_dict() if self.converted.mining else None
            shown["seconds"] = round(self.seconds, 2)
        apart = self.apart if self.written is None else self.written.held_out
        if apart is not None:
            shown["held_out"] = apart.to_dict()
        return shown

    def lines(self) -> list[str]:
        """The summary for people."""
        lost = [f"  loses {each}" for each in self.way.loses] + self._texts_left_out()
        if self.converted is None:
            steps = [f"  {i}. {step}" for i, step in enumerate(self.steps, start=1)]
            rows = f"  {self.rows_in:,} rows in, {self._expected()}"
            more = [*self.planned, *self._to_be_held_out()]
            return ["Plan (nothing is written):", *steps, rows, *(f"  {each}" for each in more), *lost]
        done = self.converted
        parts = self.parts or {self.split: done}
        lines = [
            f"{self.out}: {self.rows_out:,} rows of {self.output_format} "
            f"({', '.join(done.pile.schema.names)}) from {self.rows_in:,} rows in {self.seconds:.1f} s"
        ]
        for name, (rows_in, rows_out) in self.rows_of_splits.items():
            lines.append(f"  {name}: {rows_out:,} rows from {rows_in:,}")
        if self.written is not None and self.written.held_out is not None:
            apart, beside = self.written.held_out, self.written.beside
            where = f", in {beside}" if beside is not None else ""
            lines.append(f"  {HELD_OUT}: {apart.number:,} of {len(apart.held):,} rows are held out{where}")
        lines += [f"  {each}" for each in in_words(parts)]
        lines += lost
        lines += [f"  {name} comes from {', '.join(parts)}" for name, parts in done.changes.joined.items()]
        if done.changes.refilled and self.output_format.startswith("n-tuple"):
            lines.append(f"  {done.changes.refilled:,} rows repeat a negative in the place of an empty one")
        if done.changes.scaled_from and (self.way.needs is None or self.output_format == "pair-score"):
            low, high = done.changes.scaled_from
            whose = "the teacher's scores" if self.way.needs is not None else "scores"
            lines.append(f"  {whose} scaled from {low:g}..{high:g} to 0..1")
        if done.mining is not None:
            if self.options.mining.report is not None:
                lines.append(f"  the report of the mining is {self.options.mining.report}")
            lines += ["  " + line for line in str(done.mining).splitlines()]
        return lines

    def _texts_left_out(self) -> list[str]:
        """That columns of texts take no part, in a line."""
        names = [quote(each.name, 40) for each in self.report.columns if each.role == "ignored" and each.holds_texts]
        if not names:
            return []
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return [f"  leaves out the texts in {', '.join(names[:_NAMED])}{more} (--column NAME=ROLE uses them)"]

    def _expected(self) -> str:
        if self.rows_out is None:
            return "how many out, a sample cannot tell"
        word = "at most " if self._bounds else "" if self.exact else "about "
        return f"{word}{self.rows_out:,} out"

    @property
    def _bounds(self) -> bool:
        """Whether fewer rows may come out than are expected: those that find too few negatives do not."""
        return self.converted is None and self.way.mines

    def _how_sure(self) -> dict[str, bool]:
        """What a number of rows that is not sure is, as JSON."""
        if self.rows_out is None:
            return {}
        return {"at_most": True} if self._bounds else {} if self.exact else {"about": True}

    def _to_be_held_out(self) -> list[str]:
        """What a dry run says of the part that is held out."""
        if self.split_off is None:
            return []
        if self.apart is not None:
            return [f"{HELD_OUT}: {self.apart.number:,} of {len(self.apart.held):,} rows would be held out"]
        why = "mined negatives join rows" if self.way.mines else "rows that share a text stay together"
        return [f"{HELD_OUT}: how many rows can be held out is known only when they are made: {why}"]


def in_words(parts: Mapping[str, Converted]) -> list[str]:
    """What was left out and what was mended, in words."""
    mended = mended_of(parts)
    return [
        *dropped_in_words(changes_of(parts)),
        *(f"left out {number:,} {what}" for what, number in left_out_of(parts).items()),
        *(f"left out {number:,} {what} ({code})" for (code, what), number in mended.dropped.items()),
        *(f"mended {number:,} {what} ({code})" for (code, what), number in mended.rewritten.items()),
    ]


def dropped_in_words(changes: Changes) -> list[str]:
    """The rows that do not come into canonical shape, in words."""
    return [f"left out {number:,} rows: {reason}" for reason, number in changes.dropped_rows.items()]
