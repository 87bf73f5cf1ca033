"""What an inspection comes back with: every field of the JSON contract, typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from advisor.arguments import Argument
from advisor.catalogue import FAMILIES, LOSSES, Family, Loss
from advisor.commands import NOTHING, Said
from converters.errors import InputError, nearest, quote
from converters.formats import LabelKind, Role

if TYPE_CHECKING:
    from pandas import DataFrame

Severity = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")


@dataclass(frozen=True)
class Alternative:
    """Another way to read the dataset."""

    format: str
    confidence: float
    evidence: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        return {"format": self.format, "confidence": round(self.confidence, 3), "evidence": list(self.evidence)}


@dataclass(frozen=True)
class Column:
    """One column and the role it plays.

    Attributes:
        name: what it is called.
        role: what it is used for.
        type: the type of its values.
        evidence: why it is taken for that.
        holds_texts: whether its values are texts to train on, or lists of such
    """

    name: str
    role: Role
    type: str
    evidence: tuple[str, ...]
    holds_texts: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        return {
            "name": self.name,
            "role": self.role,
            "type": self.type,
            "evidence": list(self.evidence),
            "holds_texts": self.holds_texts,
        }


@dataclass(frozen=True)
class Label:
    """The label column and what it means.

    Attributes:
        column: its name; None where there is no label.
        kind: what it means.
        minimum: the smallest number in the sample (of lists, the smallest element); None for words.
        maximum: the largest.
        levels: how many different values the sample holds.
        names: names of the classes, where they are words.
    """

    column: str | None
    kind: LabelKind
    minimum: float | None = None
    maximum: float | None = None
    levels: int = 0
    names: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        return {
            "column": self.column,
            "kind": self.kind,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "levels": self.levels,
            "names": list(self.names),
        }


@dataclass(frozen=True)
class Finding:
    """Something about the data that will hurt training, or that one should know.

    Attributes:
        code: stable, documented on a page of its own.
        severity: `error` where training would fail or learn the wrong thing.
        message: what was found, in a sentence.
        rows: how many rows of the sample it concerns; None where it concerns the whole.
        fix: the command or the step that mends it; None where only a person can.
        examples: some of the values concerned, shortened, without control characters.
        why: why it hurts.
    """

    code: str
    severity: Severity
    message: str
    rows: int | None = None
    fix: str | None = None
    examples: tuple[str, ...] = ()
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "rows": self.rows,
            "fix": self.fix,
            "examples": list(self.examples),
            "why": self.why,
        }


@dataclass(frozen=True)
class Recommendation:
    """A loss that fits, with all it needs.

    Attributes:
        rank: 1 is the first choice of its family.
        entry: its row of the catalogue.
        reasons: why it stands where it stands.
        arguments: arguments beside the model.
        trainer: training arguments to start from.
        model: what the model has to be made with, such as `num_labels`.
        warnings: what to mind.
        evaluator: name of the evaluator that measures it; None where there is none for such data.
        metric: the metric that the best model is chosen by, as the evaluator names it.
        prompts: what to put before the texts of a column, by the column's canonical name.
        suggestions: what is worth trying beside it.
    """

    rank: int
    entry: Loss
    reasons: tuple[str, ...]
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    trainer: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    evaluator: str | None = None
    metric: str | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()

    @property
    def loss(self) -> str:
        """The class's name."""
        return self.entry.name

    @property
    def family(self) -> Family:
        """The family of models that it trains."""
        return self.entry.family

    def build(self, model: Any) -> Any:
        """Makes the loss for a model, arguments filled in and wrapped where it has to be.

        Args:
            model: a model of this family, from sentence-transformers or with the same methods.
        """
        from importlib import import_module

        module = import_module(self.entry.module)
        loss = getattr(module, self.loss)(model, **{name: each.resolve(model) for name, each in self.arguments.items()})
        if self.entry.wrapper is None:
            return loss
        around = {name: each.resolve(model) for name, each in self.entry.wrapper_arguments.items()}
        return getattr(module, self.entry.wrapper)(model, loss, **around)

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        shown = {
            "rank": self.rank,
            "loss": self.loss,
            "import": self.entry.imports,
            "reasons": list(self.reasons),
            "arguments": {name: each.as_json() for name, each in self.arguments.items()},
            "trainer": dict(self.trainer),
            "model": dict(self.model),
            "warnings": list(self.warnings),
            "suggestions": list(self.suggestions),
            "evaluator": self.evaluator,
            "metric": self.metric,
            "prompts": dict(self.prompts),
            "reference": self.entry.reference[1],
        }
        if self.entry.wrapper:
            around = {name: each.as_json() for name, each in self.entry.wrapper_arguments.items()}
            shown["wrapper"] = {"loss": self.entry.wrapper, "arguments": around}
        return shown


@dataclass(frozen=True)
class ConversionOffer:
    """A format that the data can be turned into, and the losses that this adds.

    Attributes:
        output_format: the format.
        unlocks: for each family the losses that the data does not fit as it stands.
        needs_mining: whether hard negatives are mined on the way.
        command: what converts it.
        rows_in: rows that go in; None where nobody can tell.
        rows_out: about how many rows come out; None where nobody can tell before it is done.
    """

    output_format: str
    unlocks: Mapping[Family, tuple[str, ...]]
    needs_mining: bool
    command: str
    rows_in: int | None = None
    rows_out: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the JSON contract has it."""
        return {
            "output_format": self.output_format,
            "unlocks": {family: list(losses) for family, losses in self.unlocks.items()},
            "needs_mining": self.needs_mining,
            "command": self.command,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
        }


@dataclass(frozen=True)
class Report:
    """All that an inspection found. `to_dict` gives the JSON contract.

    Attributes:
        dataset: what the user called it.
        rows: rows of all inspected splits.
        rows_sampled: rows that the verdict was drawn from.
        splits: rows of each split.
        format: the format or layout it was read as.
        confidence: how sure that is, 0 to 1.
        alternatives: other readings, the most probable first.
        columns: every column and its role.
        label: the label, or a label of kind `none`.
        findings: what is wrong or worth knowing, the gravest first.
        recommendations: for each family the losses that fit, the best first.
        conversions: what the data can be turned into.
        rows_exact: whether `rows` is exact, and no estimate from a part of a large file.
        reopens: whether `dataset` is a path or a name that a script can open again, and no object in memory.
        deselected: codes of findings that were left out because the settings ask for others, once for each finding.
        said: how the dataset is to be read, where somebody said so; the commands in the report say it again.
        facts: what the recommendations were made from, `advisor.rules.Facts`; None for a report put together by hand.
    """

    dataset: str
    rows: int
    rows_sampled: int
    splits: Mapping[str, int]
    format: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    columns: tuple[Column, ...]
    label: Label
    findings: tuple[Finding, ...]
    recommendations: Mapping[Family, tuple[Recommendation, ...]]
    conversions: tuple[ConversionOffer, ...]
    rows_exact: bool = True
    reopens: bool = True
    deselected: tuple[str, ...] = ()
    said: Said = NOTHING
    facts: Any = field(default=None, repr=False, compare=False)

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each column, as `converters.convert` takes them."""
        return {each.name: each.role for each in self.columns}

    def best(self, family: str) -> Recommendation:
        """The first recommendation for a family.

        Raises:
            InputError: no such family, or no bundled loss of it takes this format.
        """
        if family not in FAMILIES:
            raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
        fitting = self.recommendations[family]
        if not fitting:
            raise InputError(self._no_loss(family))
        return fitting[0]

    def _no_loss(self, family: str) -> str:
        from advisor.rules.engine import impossible  # which knows reports

        taking = [loss for (own, _), loss in LOSSES.items() if own == family and self.format in loss.formats]
        for loss in taking if self.facts is not None else ():
            if (reason := impossible(self.facts, loss)) is not None:
                return f"{loss.name} takes {self.format} data, but {reason}"
        ways = [offer for offer in self.conversions if family in offer.unlocks]
        message = f"no {family} loss takes {self.format} data as it stands"
        if ways:
            return f"{message}; convert it first: {ways[0].command}"
        formats = sorted({name for (own, _), loss in LOSSES.items() if own == family for name in loss.formats})
        return f"{message}; there are losses for " + (", ".join(formats) if formats else "other families only")

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `advisor inspect --json`."""
        return {
            "dataset": self.dataset,
            "rows": self.rows,
            "rows_sampled": self.rows_sampled,
            "rows_exact": self.rows_exact,
            "splits": dict(self.splits),
            "format": self.format,
            "confidence": round(self.confidence, 3),
            "alternatives": [each.to_dict() for each in self.alternatives],
            "columns": [each.to_dict() for each in self.columns],
            "label": self.label.to_dict(),
            "findings": [each.to_dict() for each in self.findings],
            "recommendations": {
                family: [each.to_dict() for each in self.recommendations[family]] for family in FAMILIES
            },
            "conversions": [each.to_dict() for each in self.conversions],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """What `advisor inspect --json` prints."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def to_pandas(self, part: str = "recommendations") -> "DataFrame":
        """One part of the report as a table.

        Args:
            part: `recommendations`, with a column for the family, `findings`, `columns`, `conversions` or
                `alternatives`.

        Raises:
            InputError: there is no such part.
        """
        import pandas as pd

        if part not in _PARTS:
            raise InputError(f"a report has no table {quote(part)}: {nearest(part, list(_PARTS))}")
        shown = self.to_dict()[part]
        if part == "recommendations":
            shown = [{"family": family, **each} for family, own in shown.items() for each in own]
        return pd.DataFrame(shown, columns=_PARTS[part])

    def __str__(self) -> str:
        from advisor.screen.report import report_page

        return str(report_page(self))

    def _repr_html_(self) -> str:
        from advisor.notebook import html

        return html(self)


def _names(cls: type, *left_out: str) -> list[str]:
    return [each.name for each in fields(cls) if each.name not in left_out]


#: The columns of the tables that a report can be turned into.
_PARTS = {
    "recommendations": [
        *("family", "rank", "loss", "reasons"),
        *(name for name in _names(Recommendation, "rank", "entry", "reasons")),
        *("import", "wrapper", "reference"),
    ],
    "findings": _names(Finding),
    "columns": _names(Column),
    "conversions": _names(ConversionOffer),
    "alternatives": _names(Alternative),
}
