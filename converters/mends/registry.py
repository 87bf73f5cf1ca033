"""The registry of mends: small functions that repair what a finding is about, by the finding's code.

A mend works on rows in the canonical shape of their format. It either says which rows stay, or gives the same rows with
other values; it never invents a text.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, Format


@dataclass(frozen=True)
class Shape:
    """What the columns of a table in canonical shape are.

    Attributes:
        format: the format.
        texts: its text columns, in order.
        label: its label column; None where there is none.
    """

    format: Format
    texts: tuple[str, ...]
    label: str | None

    @property
    def plain_texts(self) -> tuple[str, ...]:
        """The text columns that hold one text a row, and not a list."""
        return tuple(name for name in self.texts if name != "documents")


@dataclass(frozen=True)
class Mend:
    """How one kind of finding is mended.

    Attributes:
        code: the finding's.
        summary: what it does, for the summary of a conversion: `rows that repeat an earlier one`.
        keep: a mask of the rows that stay; None where rows are not dropped.
        rewrite: the same rows with other values; None where values stay.
        safe: whether nothing is lost that anybody could want, so that mending everything includes it.
    """

    code: str
    summary: str
    keep: Callable[[pa.Table, Shape], pa.ChunkedArray] | None = None
    rewrite: Callable[[pa.Table, Shape], pa.Table] | None = None
    safe: bool = True


@dataclass
class Mended:
    """What mending changed.

    Attributes:
        dropped: number of rows left out, by what was wrong with them.
        rewritten: number of rows with other values than before, by what was done.
        rejects: the rows left out, with the code of the finding in the column `reason`; one table a mend.
    """

    dropped: dict[str, int] = field(default_factory=dict)
    rewritten: dict[str, int] = field(default_factory=dict)
    rejects: list[pa.Table] = field(default_factory=list)


MENDS: dict[str, Mend] = {}


def drops(
    code: str, summary: str, *, safe: bool = True
) -> Callable[[Callable[[pa.Table, Shape], pa.ChunkedArray]], Callable[[pa.Table, Shape], pa.ChunkedArray]]:
    """Registers a function that says which rows stay."""

    def register(keep: Callable[[pa.Table, Shape], pa.ChunkedArray]) -> Callable[[pa.Table, Shape], pa.ChunkedArray]:
        MENDS[code] = Mend(code, summary, keep=keep, safe=safe)
        return keep

    return register


def rewrites(
    code: str, summary: str, *, safe: bool = True
) -> Callable[[Callable[[pa.Table, Shape], pa.Table]], Callable[[pa.Table, Shape], pa.Table]]:
    """Registers a function that gives the same rows with other values."""

    def register(rewrite: Callable[[pa.Table, Shape], pa.Table]) -> Callable[[pa.Table, Shape], pa.Table]:
        MENDS[code] = Mend(code, summary, rewrite=rewrite, safe=safe)
        return rewrite

    return register


def shape_of(table: pa.Table, format: str) -> Shape:
    """What the columns of a table in the canonical shape of a format are."""
    spec = FORMATS[format]
    label = spec.label_name if spec.label_name in table.column_names else None
    return Shape(spec, tuple(name for name in table.column_names if name != label), label)


def mend(table: pa.Table, format: str, codes: Collection[str] | None = None) -> tuple[pa.Table, Mended]:
    """Mends rows in canonical shape.

    Values are rewritten first, so that rows which only differed in what was rewritten are found to be the same.

    Args:
        table: the rows.
        format: their format.
        codes: the codes of the findings to mend; None for all that are safe.

    Returns:
        The rows that are left, and what was changed.

    Raises:
        InputError: there is no mend for a code.
    """
    wanted = [each for each in MENDS.values() if each.safe] if codes is None else [mend_for(code) for code in codes]
    done = Mended()
    for each in sorted(wanted, key=lambda mend: mend.rewrite is None):
        shape = shape_of(table, format)
        if each.rewrite is not None:
            table, number = _rewritten(table, each.rewrite(table, shape), shape)
            if number:
                done.rewritten[each.summary] = number
        elif each.keep is not None:
            keep = pc.fill_null(each.keep(table, shape), False)
            if lost := table.num_rows - int(pc.sum(keep).as_py() or 0):
                done.dropped[each.summary] = lost
                rejected = table.filter(pc.invert(keep))
                done.rejects.append(rejected.append_column("reason", pa.array([each.code] * lost)))
                table = table.filter(keep)
    return table, done


def mend_for(code: str) -> Mend:
    """The mend of a finding.

    Raises:
        InputError: there is none.
    """
    if code not in MENDS:
        raise InputError(f"there is no mend for {quote(code)}: {nearest(code, list(MENDS))}")
    return MENDS[code]


def _rewritten(before: pa.Table, after: pa.Table, shape: Shape) -> tuple[pa.Table, int]:
    """The new rows, and how many differ from the old ones."""
    changed = pa.chunked_array([pa.repeat(pa.scalar(False), before.num_rows)])
    for name in (*shape.plain_texts, shape.label):
        if name is not None and before[name].type == after[name].type and not pa.types.is_nested(after[name].type):
            changed = pc.or_(changed, pc.fill_null(pc.not_equal(before[name], after[name]), False))
    return after, int(pc.sum(changed).as_py() or 0)
