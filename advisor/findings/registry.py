"""The registry of checks: small functions with stable codes, each documented where it is defined.

A check looks at a `Case` and yields a `Found` for each thing it finds. The registry is the documentation: title, why it
hurts and how to mend it stand beside the check, and the pages of the documentation are made from them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from advisor.commands import NOTHING, Said, convert_command, mend_command
from advisor.findings.passages import Passages, passages_of
from advisor.profiles import ColumnProfile, TableProfile
from advisor.readings import Reading
from advisor.report import SEVERITIES, Finding, Severity
from converters.alike import Alike
from converters.errors import quote
from converters.formats import FORMATS
from converters.sources.texts_and_lists import LoneLists

#: What a check has to see at once: `set` the profile and what is said of the whole, `row` each row alone, `anchor` all
#: rows of an anchor (of a first text), `positive` all rows of a second text. With it every row of a dataset can be
#: looked at, part by part.
Scope = Literal["set", "row", "anchor", "positive"]

#: What else columns can be called that have a role: a layout's anchors are queries.
_ALSO = {"anchor": ("anchor", "query"), "positive": ("positive", "document")}

#: How many examples a finding shows.
EXAMPLES = 3


@dataclass(frozen=True)
class Case:
    """A dataset under examination.

    Attributes:
        dataset: its path or name; None for an object in memory.
        reading: how it was read.
        profile: the profile of the sample.
        table: the sample.
        rows: rows of the whole split.
        has_names: whether the data names its columns.
        known_ids: in a collection, for each column of ids the ids that exist.
        others: samples of the other splits, by name.
        model: what is known of the model to train; None where none is named.
        encoding: the encoding that was guessed for a text file; None where there was nothing to guess.
        repeated_headers: rows that repeat the header, which were left out.
        lone_texts: of columns of lists, in how many rows a text alone was read as a list of one.
        lone_lists: of columns of texts, in how many rows there was a list instead.
        slips: of the label, the values in the sample that are no label; the sample has nothing in their place.
        said: how the dataset is to be read, where the caller said so.
    """

    dataset: str | None
    reading: Reading
    profile: TableProfile
    table: pa.Table
    rows: int
    has_names: bool = True
    known_ids: Mapping[str, pa.Array] = field(default_factory=dict)
    others: Mapping[str, pa.Table] = field(default_factory=dict)
    model: Any = None
    encoding: str | None = None
    repeated_headers: int = 0
    lone_texts: Mapping[str, int] = field(default_factory=dict)
    lone_lists: Mapping[str, LoneLists] = field(default_factory=dict)
    slips: pa.ChunkedArray | None = None
    said: Said = NOTHING

    @property
    def texts(self) -> list[str]:
        """The text columns, in the order of the format."""
        wanted = FORMATS[self.reading.format].roles
        return self.reading.columns(*dict.fromkeys(each for role in wanted for each in _ALSO.get(role, (role,))))

    @property
    def plain_texts(self) -> list[str]:
        """The text columns that hold one text a row."""
        return [name for name in self.texts if self.profile.columns[name].lengths is None]

    @cached_property
    def alike(self) -> Alike:
        """Which texts of the text columns are the same."""
        return Alike(self.table, self.plain_texts, [name for name in self.texts if name not in self.plain_texts])

    @cached_property
    def passages(self) -> tuple[Passages, ...]:
        """The texts of the text columns, by their role."""
        return passages_of(self.table, {name: self.reading.roles[name] for name in self.texts})

    @property
    def trainable(self) -> bool:
        """Whether the data is in a format, and not only in a layout that has to be converted."""
        return FORMATS[self.reading.format].trainable

    @property
    def convert(self) -> str | None:
        """The command that brings the data into its format's canonical shape; None for a layout, which has none."""
        options = () if self.slips is None else ("--on-error", "skip")
        return convert_command(self.dataset, self.reading.format, *options, said=self.said) if self.trainable else None

    @property
    def label(self) -> ColumnProfile | None:
        """The profile of the label column, where there is one."""
        return self.profile.columns[self.reading.label] if self.reading.label is not None else None

    def mend(self, code: str) -> str | None:
        """The command that mends what a finding of this code is about."""
        return mend_command(self.dataset, code, self.trainable, self.said)

    def text(self, name: str) -> pa.ChunkedArray:
        """A column of the sample as strings."""
        return pc.cast(self.table[name], pa.string())


@dataclass(frozen=True)
class Found:
    """One thing that a check has found.

    Attributes:
        says: what was found, in a sentence; `{rows}` stands for the number of rows.
        rows: how many rows it concerns; None where it concerns the whole.
        fix: the command or the step that mends it; None where only a person can.
        examples: some of the values concerned, shortened, without control characters.
    """

    says: str
    rows: int | None = None
    fix: str | None = None
    examples: tuple[str, ...] = ()


Look = Callable[[Case], Iterator[Found]]


@dataclass(frozen=True)
class Check:
    """One kind of finding: its code, its documentation and the function that looks for it."""

    code: str
    severity: Severity
    title: str
    why: str
    mend: str
    scope: Scope
    look: Look


CHECKS: dict[str, Check] = {}


def check(
    code: str, severity: Severity, title: str, *, why: str, mend: str, scope: Scope = "set"
) -> Callable[[Look], Look]:
    """Registers a check."""

    def register(look: Look) -> Look:
        CHECKS[code] = Check(code, severity, title, why, mend, scope, look)
        return look

    return register


def examine(case: Case) -> list[Finding]:
    """All findings, the gravest first."""
    return ranked([finding(each, found) for each in CHECKS.values() for found in each.look(case)])


def finding(check: Check, found: Found) -> Finding:
    """What a check has found, as the report shows it."""
    message = found.says.replace("{rows}", f"{found.rows or 0:,}")
    return Finding(check.code, check.severity, message, found.rows, found.fix, found.examples, check.why)


def ranked(findings: list[Finding]) -> list[Finding]:
    """The findings, the gravest first."""
    return sorted(findings, key=lambda each: (-SEVERITIES.index(each.severity), each.code))


def examples(values: pa.ChunkedArray | pa.Array, mask: pa.ChunkedArray | pa.Array | None = None) -> tuple[str, ...]:
    """A few of the values where the mask is true, quoted and shortened."""
    chosen = values if mask is None else values.filter(pc.fill_null(mask, False))
    return tuple(quote(each, 60) for each in chosen.slice(0, EXAMPLES).to_pylist())


def count(mask: pa.ChunkedArray | pa.Array) -> int:
    """How many values of a mask are true; null is false."""
    return int(pc.sum(pc.fill_null(mask, False)).as_py() or 0)
