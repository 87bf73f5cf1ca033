"""A case of the table: how a file is written, and the reading that an expert would give it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from advisor.report import Report
from tests.advisor.user_files.writing import Author

Build = Callable[[Author, Path], Path]

# Roles that are as good as one another.
ASKED = "anchor query"
FIRST = "anchor query sentence_a text"
SECOND = "document positive sentence_b"
LEFT = "sentence_a anchor query"
RIGHT = "sentence_b document"
UNUSED = "ignored id"


@dataclass(frozen=True)
class Case:
    """One file and what should come out.

    Attributes:
        name: what it is called.
        build: writes it into a folder and returns what to inspect.
        tongue: the language of its texts, or a field of English.
        formats: acceptable formats, the best first; empty: any.
        roles: acceptable roles of the columns that matter.
        labels: acceptable label columns, None among them where there may be none; empty: any.
        kinds: acceptable kinds of label; empty: any.
        refuse: `must`: nothing to train on, and one line that says why; `may`: that is as good as the reading.
        max_confidence: the confidence should stay below it.
    """

    name: str
    build: Build
    tongue: str
    formats: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: tuple[str | None, ...] = ()
    kinds: tuple[str, ...] = ()
    refuse: Literal["must", "may"] | None = None
    max_confidence: float | None = None

    def write(self, folder: Path) -> Path:
        """Writes the file below `folder` and returns what to inspect."""
        return self.build(Author(self.name, self.tongue), folder / self.name)

    @property
    def may_be_refused(self) -> bool:
        """Whether a refusal is as good as a reading, or the only right thing."""
        return self.refuse is not None

    @property
    def counts(self) -> bool:
        """Whether a reading of it can be wrong."""
        return bool(self.formats or self.roles or self.refuse == "must")

    def judge(self, report: Report) -> tuple[list[str], bool]:
        """All that is wrong with a report, and whether its reading is right, however sure it is."""
        if self.refuse == "must":
            return ["nothing there trains a model"], False
        wrong = list(self._differences(report))
        if not wrong and self.max_confidence is not None and report.confidence > self.max_confidence:
            return [f"confidence above {self.max_confidence}"], True
        return wrong, not wrong

    def _differences(self, report: Report) -> Iterator[str]:
        """What is wrong with a reading, its confidence aside."""
        if self.formats and report.format not in self.formats:
            yield f"not {'/'.join(self.formats)}"
        for column, roles in self.roles.items():
            role = report.roles.get(column)
            if role not in roles:
                yield f"{column} is {role}, not {'/'.join(roles)}"
        if self.labels and report.label.column not in self.labels:
            yield f"label is {report.label.column}, not {self.labels[0]}"
        if self.kinds and report.label.kind not in self.kinds:
            yield f"label is a {report.label.kind}, not {'/'.join(self.kinds)}"


#: Every case, in the order in which they are written down.
CASES: list[Case] = []


def case(
    name: str,
    formats: str = "",
    *,
    roles: Mapping[str, str] | None = None,
    label: str | tuple[str | None, ...] | None = (),
    kinds: str = "",
    tongue: str = "en",
    refuse: Literal["must", "may"] | None = None,
    max_confidence: float | None = None,
) -> Callable[[Build], Build]:
    """Puts a function that writes a file into the table.

    Args:
        name: what the case is called.
        formats: acceptable formats, the best first, with spaces between them.
        roles: for each column that matters its acceptable roles, with spaces between them.
        label: the label column, or None for no label, or several that are acceptable.
        kinds: acceptable kinds of label, with spaces between them.
        tongue: what the author writes.
        refuse: as in `Case`.
        max_confidence: as in `Case`.
    """
    assert name not in [each.name for each in CASES], name

    def add(build: Build) -> Build:
        CASES.append(
            Case(
                name=name,
                build=build,
                tongue=tongue,
                formats=tuple(formats.split()),
                roles={column: tuple(each.split()) for column, each in (roles or {}).items()},
                labels=label if isinstance(label, tuple) else (label,),
                kinds=tuple(kinds.split()),
                refuse=refuse,
                max_confidence=max_confidence,
            )
        )
        return build

    return add
