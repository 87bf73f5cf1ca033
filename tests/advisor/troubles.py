"""Data with one thing wrong with it, its twin without, and what mending it may cost."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import advisor
from advisor.cli import run

ROWS = 120
TEXTS = [f"The ferry number {i} leaves the harbour at noon." for i in range(ROWS)]
OTHERS = [f"At noon the boat {i} sets off from the port." for i in range(ROWS)]
THIRDS = [f"Nobody has ever seen a whale near island {i} in winter." for i in range(ROWS)]
QUERIES = [f"When does ferry {i} leave?" for i in range(ROWS)]


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with a table.

    Attributes:
        code: the finding's.
        columns: the table.
        rows: how many rows the finding speaks of.
        sound: a table that differs in this alone.
        lost: how many rows the mend leaves out; None where the fix is no command that mends.
        severity: the finding's.
        says: a part of its message.
        reading: how the table is read, where it is not left to the inspector.
    """

    code: str
    columns: Mapping[str, Any]
    rows: int | None
    sound: Mapping[str, Any]
    lost: int | None = None
    severity: str = "warning"
    says: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}-{'-'.join(map(str, self.columns))}"


def table(columns: Mapping[str, Any]) -> pa.Table:
    """A table of these columns."""
    return pa.table(dict(columns))


def findings(dataset: Any, code: str, **reading: Any) -> list[Any]:
    """What an inspection finds under a code."""
    return [each for each in advisor.inspect(dataset, **reading).findings if each.code == code]


def check_found(trouble: Trouble) -> None:
    """The finding is there, once, with its rows, its message and examples."""
    (found,) = findings(table(trouble.columns), trouble.code, **trouble.reading)
    assert found.rows == trouble.rows
    assert found.severity == trouble.severity
    assert trouble.says in found.message
    assert "{" not in found.message
    assert len(found.examples) <= 3


def check_sound(trouble: Trouble) -> None:
    """The twin without it has no such finding."""
    assert findings(table(trouble.sound), trouble.code, **trouble.reading) == []


def check_mended(trouble: Trouble, folder: Path) -> None:
    """The command that the finding gives does away with it, and with no more rows than it says."""
    path = folder / "data.parquet"
    pq.write_table(table(trouble.columns), path)
    report = advisor.inspect(str(path), **trouble.reading)
    (found,) = [each for each in report.findings if each.code == trouble.code]
    announced = sum(each.rows or 0 for each in report.findings)
    out = mended(found.fix, folder)
    assert findings(str(out), trouble.code) == []
    lost = table(trouble.columns).num_rows - pq.read_table(out).num_rows
    assert lost == trouble.lost
    assert lost <= announced


def mended(fix: str | None, folder: Path) -> Path:
    """Runs the command of a finding, with its output in a folder."""
    assert fix is not None
    command = shlex.split(fix)
    assert command[:2] == ["advisor", "convert"]
    out = folder / "mended.parquet"
    command[command.index("-o") + 1] = str(out)
    assert run(command[1:]) == 0
    return out
