"""Settings: which findings are shown, how grave they are, and how datasets are read, said once in a file.

They stand in `advisor.toml`, or under `[tool.loss-advisor]` in `pyproject.toml`. The command line looks for them from
the current folder upwards; the nearest file counts, and in one folder `advisor.toml` before `pyproject.toml`. What is
said on the command line wins. Python reads a file only if it is told to.
"""

import os
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from advisor.catalogue import FAMILIES
from advisor.findings import CHECKS
from advisor.findings.registry import ranked
from advisor.report import SEVERITIES, Report, Severity
from advisor.rules import TASKS
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, ROLES

FILE, PROJECT, TABLE = "advisor.toml", "pyproject.toml", "loss-advisor"

#: Stands for every code.
ALL = "ALL"


@dataclass(frozen=True)
class DatasetSettings:
    """How datasets of some path are read.

    Attributes:
        path: a path, a glob or a name on the hub. Paths are relative to the file's folder; `*` stands for any
            characters, `/` among them.
        format: as `--format`.
        columns: as `--column`, by name.
        split: as `--split`.
        encoding: as `--encoding`.
        delimiter: as `--delimiter`.
        has_header: as `--header` or `--no-header`; `header` in the file.
    """

    path: str = "*"
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    split: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None


@dataclass(frozen=True)
class Settings:
    """What a file of settings says; by default, nothing.

    Attributes:
        select: codes of findings to show, or beginnings of codes; none for all.
        ignore: codes of findings to leave out, or beginnings of codes. Where both speak of a code, the longer beginning
            counts.
        fail_on: as `--fail-on`.
        family: as `--family`.
        task: as `--task`.
        model: as `--model`.
        sample_rows: how many rows a verdict is drawn from.
        severity: other severities for some codes.
        datasets: how certain datasets are read; the first whose path fits counts.
        file: where all this stands; None for no file.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    family: str | None = None
    task: str | None = None
    model: str | None = None
    sample_rows: int | None = None
    severity: Mapping[str, Severity] = field(default_factory=dict)
    datasets: tuple[DatasetSettings, ...] = ()
    file: Path | None = None

    def selecting(self, select: Iterable[str] | None = None, ignore: Iterable[str] | None = None) -> "Settings":
        """The same settings with another choice of findings, where one is made.

        Args:
            select: codes or beginnings of codes, instead of those in the file; None for those in the file.
            ignore: likewise.

        Raises:
            InputError: no finding has such a code.
        """
        changes: dict[str, Any] = {}
        if select is not None:
            changes["select"] = codes(select)
        if ignore is not None:
            changes["ignore"] = codes(ignore)
        return replace(self, **changes)

    def shows(self, code: str) -> bool:
        """Whether findings of this code are asked for."""
        selected = _fit(code, self.select) if self.select else 0
        return selected is not None and selected > (-1 if (ignored := _fit(code, self.ignore)) is None else ignored)

    def applied(self, report: Report) -> Report:
        """The report with the findings that are asked for only, as grave as the settings have them."""
        if not (self.select or self.ignore or self.severity):
            return report
        shown = [each for each in report.findings if self.shows(each.code)]
        graded = [replace(each, severity=self.severity.get(each.code, each.severity)) for each in shown]
        left_out = tuple(each.code for each in report.findings if not self.shows(each.code))
        return replace(report, findings=tuple(ranked(graded)), deselected=left_out)

    def completed(self, dataset: Any, **said: Any) -> dict[str, Any]:
        """What was said about an inspection, with what the settings say where nothing was said.

        Args:
            dataset: the dataset, as `advisor.inspect` takes it; objects in memory have no settings of their own.
            said: arguments of `advisor.inspect`. Only those that are given are completed, and those about reading.
        """
        own = self.for_dataset(os.fspath(dataset)) if isinstance(dataset, str | os.PathLike) else DatasetSettings()
        known = {name: value for name, value in vars(own).items() if name not in ("path", "columns")}
        known |= {name: getattr(self, name) for name in ("task", "family", "model", "sample_rows") if name in said}
        found = known | {name: value for name, value in said.items() if value is not None}
        columns = {**own.columns, **(said.get("columns") or {})}
        return {name: value for name, value in found.items() if value is not None} | (
            {"columns": columns} if columns else {}
        )

    def for_dataset(self, dataset: str) -> DatasetSettings:
        """How a dataset is read, by its path or name: the first entry that fits; an empty one where none does."""
        names = {dataset.rstrip("/") or dataset}
        if self.file is not None and dataset != "-":
            path = Path(dataset).absolute()
            names |= {Path(os.path.relpath(path, self.file.parent.absolute())).as_posix(), path.as_posix()}
        for each in self.datasets:
            if any(fnmatchcase(name, each.path.removeprefix("./").rstrip("/")) for name in names):
                return each
        return DatasetSettings()


def left_out(report: Report) -> str | None:
    """A line about findings that the settings leave out; None where there are none."""
    if not report.deselected:
        return None
    counted = Counter(report.deselected)
    number = len(report.deselected)
    return f"{number} finding{'s are' if number != 1 else ' is'} left out by --select, --ignore or the settings: " + (
        ", ".join(sorted(counted))
    )


def find(start: Path | None = None) -> Path | None:
    """The nearest file with settings, from a folder upwards; None where there is none."""
    folder = (start or Path.cwd()).absolute()
    for each in (folder, *folder.parents):
        if (each / FILE).is_file():
            return each / FILE
        if (each / PROJECT).is_file() and _speaks_of_us(each / PROJECT):
            return each / PROJECT
    return None


def settings_of(config: "Settings | str | Path | None") -> Settings:
    """Settings as they are, or from a file, or none."""
    return config if isinstance(config, Settings) else Settings() if config is None else load(config)


def load(path: str | Path) -> Settings:
    """Reads a file of settings: a `pyproject.toml`, or any other as `advisor.toml`.

    Raises:
        InputError: the file cannot be read, or says what makes no sense.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(f"there is no file of settings at {quote(path, 200)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{_called(path)} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{_called(path)} is no TOML: {error}") from None
    if path.name == PROJECT:
        content = content.get("tool", {}).get(TABLE)
        if content is None:
            raise InputError(f"{_called(path)} has no table [tool.{TABLE}]")
    return _Reader(path).settings(content)


def codes(values: Iterable[str] | str) -> tuple[str, ...]:
    """Codes of findings, or beginnings of codes, from lists with commas.

    Raises:
        InputError: no finding has such a code.
    """
    said = [values] if isinstance(values, str) else list(values)
    found = [part.strip().upper() for each in said for part in str(each).split(",") if part.strip()]
    for each in found:
        if each != ALL and not any(code.startswith(each) for code in CHECKS):
            raise InputError(f"there is no finding {quote(each)}: {_nearest_code(each)}")
    return tuple(dict.fromkeys(found))


def _nearest_code(code: str) -> str:
    """The nearest code where there is one close by, else the beginnings that there are."""
    beginnings = sorted({each.rstrip("0123456789") for each in CHECKS})
    near = nearest(code, [*CHECKS, *beginnings])
    return near if near.startswith("did") else f"codes begin with {', '.join(beginnings)}; advisor rule lists them"


def _fit(code: str, beginnings: tuple[str, ...]) -> int | None:
    """How much of a code the longest beginning that fits it says; None where none fits."""
    return max(
        (0 if each == ALL else len(each) for each in beginnings if each == ALL or code.startswith(each)), default=None
    )


def _speaks_of_us(project: Path) -> bool:
    """Whether a `pyproject.toml` holds our table; one that is no TOML is nobody's business here unless it names us."""
    try:
        text = project.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False
    if TABLE not in text:
        return False
    try:
        return TABLE in tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return f"tool.{TABLE}" in text


def _called(path: Path) -> str:
    """A file's path for a message: as short as it can be said from here."""
    near = os.path.relpath(path)
    return quote(near if not near.startswith("..") else path, 200).strip("'")


class _Reader:
    """Reads the values of one file, and says where they stand when they are wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self, content: Any) -> Settings:
        readers = {
            "select": self.codes,
            "ignore": self.codes,
            "fail-on": lambda name, value: self.one_of(name, value, SEVERITIES),
            "family": lambda name, value: self.one_of(name, value, FAMILIES),
            "task": lambda name, value: self.one_of(name, value, TASKS),
            "model": self.text,
            "sample-rows": self.number,
            "severity": self.severities,
            "dataset": self.datasets,
        }
        read = self.table("", content, readers)
        return Settings(datasets=read.pop("dataset", ()), file=self.path, **read)

    def table(self, name: str, content: Any, readers: Mapping[str, Any]) -> dict[str, Any]:
        """A table of known keys, by the names of our fields."""
        if not isinstance(content, dict):
            raise self.wrong(name, "a table", content)
        for key in content:
            if key not in readers:
                where = f" in {name}" if name else ""
                raise InputError(
                    f"{_called(self.path)}: unknown setting {quote(key)}{where}: {nearest(key, list(readers))}"
                )
        return {key.replace("-", "_"): readers[key](key, value) for key, value in content.items()}

    def codes(self, name: str, value: Any) -> tuple[str, ...]:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise self.wrong(name, 'a list of codes, such as ["TXT002", "ROW"]', value)
        return self.codes_of(name, listed)

    def severities(self, name: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise self.wrong(name, 'a table of codes, such as TXT002 = "error"', value)
        found: dict[str, str] = {}
        for key, severity in value.items():
            for beginning in self.codes_of(name, [key]):
                level = self.one_of(f"{name}.{key}", severity, SEVERITIES)
                found |= {code: level for code in CHECKS if beginning == ALL or code.startswith(beginning)}
        exact = {key: severity for key, severity in value.items() if key in CHECKS}
        return found | exact  # what is said of one code counts more than what is said of several

    def datasets(self, name: str, value: Any) -> tuple[DatasetSettings, ...]:
        if not isinstance(value, list):
            raise InputError(f"{_called(self.path)}: datasets are a list of tables: write [[dataset]] above each")
        return tuple(self.dataset(each) for each in value)

    def dataset(self, value: Any) -> DatasetSettings:
        readers = {
            "path": self.text,
            "format": lambda name, value: self.one_of(name, value, list(FORMATS)),
            "columns": self.columns,
            "split": self.text,
            "encoding": self.text,
            "delimiter": self.text,
            "header": self.flag,
        }
        read = self.table("[[dataset]]", value, readers)
        if "path" not in read:
            raise InputError(f'{_called(self.path)}: a [[dataset]] wants a path, such as path = "data/*.csv"')
        has_header = read.pop("header", None)
        return DatasetSettings(**read, has_header=has_header)

    def columns(self, name: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise self.wrong(name, 'a table, such as { question = "anchor" }', value)
        return {key: self.one_of(f"{name}.{key}", role, list(ROLES)) for key, role in value.items()}

    def one_of(self, name: str, value: Any, known: Any) -> Any:
        if value not in known:
            raise InputError(
                f"{_called(self.path)}: {quote(name)} cannot be {quote(value)}: {nearest(str(value), list(known))}"
            )
        return value

    def text(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self.wrong(name, "a text", value)
        return value

    def flag(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false", value)
        return value

    def number(self, name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.wrong(name, "a whole number of at least 1", value)
        return value

    def codes_of(self, name: str, listed: Iterable[str]) -> tuple[str, ...]:
        """The codes of a list, with the file and the setting before what is said against one."""
        try:
            return codes(listed)
        except InputError as error:
            raise InputError(f"{_called(self.path)}: {quote(name)}: {error}") from None

    def wrong(self, name: str, wanted: str, value: Any) -> InputError:
        where = f"{quote(name)} has" if name else "the settings have"
        return InputError(f"{_called(self.path)}: {where} to be {wanted}, not {quote(value)}")
