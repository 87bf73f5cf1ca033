"""What an expert would say of a dataset, and whether a report says so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advisor.report import Report
from tests.advisor.schemas.sentences import Writer

HUB = "https://huggingface.co/datasets/"

#: Roles that say the same of a column, seen from different formats.
ANCHOR = ("anchor", "query")
POSITIVE = ("positive",)
NEGATIVE = ("negative",)
FIRST = ("sentence_a",)
SECOND = ("sentence_b",)
EITHER = ("sentence_a", "sentence_b")
ASKED = ("anchor", "query", "sentence_a")
JUDGED = ("document", "sentence_b")
TEXT = ("text",)
DOCUMENTS = ("documents",)
LABEL = ("label",)
ASIDE = ("id", "ignored")

Roles = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Expected:
    """What `advisor.inspect` should say.

    Attributes:
        formats: acceptable formats, the best first.
        roles: acceptable roles of the columns that matter.
        labels: acceptable label columns; None among them means that there may be no label.
        kinds: acceptable kinds of label; empty where it does not matter.
        refuse: `must` where nothing there trains a text model; `may` where refusing is as good as reading.
        max_confidence: how sure one may be at most.
    """

    formats: tuple[str, ...] = ()
    roles: Roles | None = None
    labels: tuple[str | None, ...] = ()
    kinds: tuple[str, ...] = ()
    refuse: Literal["never", "may", "must"] = "never"
    max_confidence: float = 1.0

    def misread(self, report: Report) -> list[str]:
        """What a report has wrong, apart from how sure it is; empty where it is right."""
        if self.refuse == "must" or not self.formats:
            return [f"nothing to train on, read as {report.format}"]
        wrong = []
        if report.format not in self.formats:
            wrong.append(f"{report.format}, not {' or '.join(self.formats)}")
        for column, roles in (self.roles or {}).items():
            found = _roles_of(column, report)
            fits = [each in roles for each in found]
            if not (all(fits) if roles == ASIDE else any(fits)):
                wrong.append(f"{column} is {' and '.join(found) or 'not there'}, not {' or '.join(roles)}")
        if self.labels and report.label.column not in self.labels:
            wrong.append(f"label {report.label.column}, not {' or '.join(map(str, self.labels))}")
        if self.kinds and report.label.kind not in self.kinds:
            wrong.append(f"label kind {report.label.kind}, not {' or '.join(self.kinds)}")
        return wrong

    def wrong(self, report: Report) -> list[str]:
        """All that a report has wrong."""
        tolerable = self.refuse == "may" and not self.formats
        wrong = [] if tolerable else self.misread(report)
        if report.confidence > self.max_confidence:
            wrong.append(f"surer than {self.max_confidence}")
        return wrong


def _roles_of(column: str, report: Report) -> list[str]:
    """The role of a column, or those of its fields where a record has been opened up."""
    if column in report.roles:
        return [report.roles[column]]
    return [role for name, role in report.roles.items() if name.startswith(f"{column}.")]


def read_as(
    *formats: str,
    roles: Roles,
    label: str | Iterable[str | None] | None = None,
    kind: str | tuple[str, ...] = "none",
    refuse: Literal["never", "may", "must"] = "never",
    max_confidence: float = 1.0,
) -> Expected:
    """Expects one of some formats, with the roles of columns and the label."""
    labels = (label,) if label is None or isinstance(label, str) else tuple(label)
    kinds = (kind,) if isinstance(kind, str) else kind
    return Expected(formats, roles, labels, kinds, refuse, max_confidence)


#: Ids that point into texts elsewhere: what is what stands in the files, and label and columns may be left open.
COLLECTION = Expected(("collection",))

#: The same where only a person knows which files belong together.
COLLECTION_OR_REFUSED = Expected(("collection",), refuse="may")

#: Nothing there trains a text model.
REFUSED = Expected(refuse="must")


@dataclass(frozen=True)
class Case:
    """A dataset: where it is known from, how to write it, and what should be said of it.

    Attributes:
        name: of the case.
        source: where the schema comes from: an id on the Hugging Face hub, or an address.
        expected: what should be said.
        build: writes the files into a folder and returns what to inspect.
        language: of the texts.
    """

    name: str
    source: str
    expected: Expected
    build: Callable[[Path, Writer], Path]
    language: str = "en"

    def write(self, folder: Path) -> Path:
        """Writes the case's files below a folder, in one of its own; returns what to inspect."""
        own = folder / self.name
        own.mkdir(parents=True)
        return self.build(own, Writer(self.name, self.language))

    @property
    def may_be_refused(self) -> bool:
        """Whether a refusal is as good as a reading, or the only right thing."""
        return self.expected.refuse != "never"

    @property
    def counts(self) -> bool:
        """Whether a reading of it can be wrong."""
        return True

    def judge(self, report: Report) -> tuple[list[str], bool]:
        """All that is wrong with a report, and whether its reading is right, however sure it is."""
        return self.expected.wrong(report), not self.expected.misread(report)


CASES: dict[str, Case] = {}


def case(
    name: str, source: str, expected: Expected, language: str = "en"
) -> Callable[[Callable[[Path, Writer], Path]], Callable[[Path, Writer], Path]]:
    """Enters the function that it decorates into the table."""

    def enter(build: Callable[[Path, Writer], Path]) -> Callable[[Path, Writer], Path]:
        if name in CASES:
            raise ValueError(f"two cases are called {name}")
        CASES[name] = Case(name, source, expected, build, language)
        return build

    return enter
