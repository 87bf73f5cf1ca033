"""The registry of mends: small functions that repair what a finding is about, by the finding's code.

A mend works on rows in the canonical shape of their format. It either says which rows stay, or gives the same rows with
other values; it never invents a text.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from converters.alike import Mask, is_list
from converters.changes import ROW, Rejected
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS, Format
from converters.mends.others import Others

#: Of what is drawn at random, where nobody says another one.
SEED = 12

#: What decides on whether and how a row is mended: the row alone, the rows of its anchor (its first text), or all rows.
Scope = Literal["row", "anchor", "set"]

#: Settles what all rows decide, where the rest is left to each row: by all labels, such as the length that most lists
#: have, or by texts from all over the rows.
Settle = Callable[[pa.Table, "Shape"], Any]


@dataclass(frozen=True)
class Shape:
    """What the columns of a table in canonical shape are.

    Attributes:
        format: the format.
        texts: its text columns, in order.
        label: its label column; None where there is none.
        others: the texts of the other splits; None where they are not known.
        settled: what has been settled for all rows, where the table at hand is a part of them, by what settles it.
        seed: of what is drawn at random.
    """

    format: Format
    texts: tuple[str, ...]
    label: str | None
    others: Others | None = None
    settled: Mapping[Settle, Any] = field(default_factory=dict)
    seed: int = SEED

    def decided(self, settle: Settle, table: pa.Table) -> Any:
        """What all rows decide: as it has been settled, or of this table, which then is all rows."""
        return self.settled[settle] if settle in self.settled else settle(table, self)

    @property
    def plain_texts(self) -> tuple[str, ...]:
        """The text columns that hold one text a row, and not a list."""
        return tuple(name for name in self.texts if name != "documents")


#: Says which rows stay: true for those.
Keep = Callable[[pa.Table, Shape], Mask | pa.ChunkedArray]

#: Gives the same rows with other values.
Rewrite = Callable[[pa.Table, Shape], pa.Table]


@dataclass(frozen=True)
class Mend:
    """One way in which a kind of finding is mended; there can be several, each for some formats.

    Attributes:
        code: the finding's.
        summary: what it does, for the summary of a conversion: `rows that repeat an earlier one`.
        keep: a mask of the rows that stay; None where rows are not dropped.
        rewrite: the same rows with other values; None where values stay.
        safe: whether nothing is lost that anybody could want, so that mending everything includes it.
        scope: what decides on a row; large data is mended batch by batch, in parts that hold all rows of their anchors,
            or as a whole.
        settle: settles what all rows decide, where the scope is the `row` and something is left to them. Of large data
            it is shown the whole label column, or of mends of texts some rows from all over.
    """

    code: str
    summary: str
    keep: Keep | None = None
    rewrite: Rewrite | None = None
    safe: bool = True
    scope: Scope = "set"
    settle: Settle | None = None
    reorders: bool = False

    @property
    def is_of_labels(self) -> bool:
        """Whether it mends what is wrong with labels."""
        return self.code.startswith("LBL")


@dataclass
class Mended:
    """What mending changed.

    Attributes:
        dropped: number of rows left out, by the code of the finding and what was wrong with them.
        rewritten: number of rows with other values than before, by the code and what was done.
        rejects: the rows left out.
    """

    dropped: dict[tuple[str, str], int] = field(default_factory=dict)
    rewritten: dict[tuple[str, str], int] = field(default_factory=dict)
    rejects: list[Rejected] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what did not happen."""
        said = (("dropped", self.dropped), ("rewritten", self.rewritten))
        return {
            name: [{"code": code, "what": what, "rows": number} for (code, what), number in counts.items()]
            for name, counts in said
            if counts
        }


#: Every mend, by the code of the finding.
MENDS: dict[str, tuple[Mend, ...]] = {}


def drops(
    code: str, summary: str, *, safe: bool = True, scope: Scope = "set", settle: Settle | None = None
) -> Callable[[Keep], Keep]:
    """Registers a function that says which rows stay."""

    def register(keep: Keep) -> Keep:
        MENDS[code] = (*MENDS.get(code, ()), Mend(code, summary, keep, None, safe, scope, settle))
        return keep

    return register


def rewrites(
    code: str,
    summary: str,
    *,
    safe: bool = True,
    scope: Scope = "set",
    settle: Settle | None = None,
    reorders: bool = False,
) -> Callable[[Rewrite], Rewrite]:
    """Registers a function that gives the same rows with other values."""

    def register(rewrite: Rewrite) -> Rewrite:
        MENDS[code] = (*MENDS.get(code, ()), Mend(code, summary, None, rewrite, safe, scope, settle, reorders))
        return rewrite

    return register


def shape_of(schema: pa.Schema, format: str, others: Others | None = None, seed: int = SEED) -> Shape:
    """What the columns of rows in the canonical shape of a format are."""
    spec = FORMATS[format]
    label = spec.label_name if spec.label_name in schema.names else None
    texts = tuple(name for name in schema.names if name != label)
    return Shape(spec, texts, label, others, seed=seed)


def mend(
    table: pa.Table,
    format: str,
    codes: Collection[str] | None = None,
    others: Sequence[Sequence[pa.ChunkedArray]] = (),
    seed: int = SEED,
) -> tuple[pa.Table, Mended]:
    """Mends rows in canonical shape.

    Values are rewritten first, so that rows which only differed in what was rewritten are found to be the same. The
    order of rows changes last, so that their numbers in the data are known until then.

    Args:
        table: the rows.
        format: their format.
        codes: the codes of the findings to mend; None for all that are safe.
        others: the text columns of the other splits, for mends that compare with them.
        seed: of what is drawn at random.

    Returns:
        The rows that are left, and what was changed.

    Raises:
        InputError: there is no mend for a code.
    """
    known = Others()
    for columns in others:
        known.add(columns)
    done = Mended()
    shape = shape_of(table.schema, format, known, seed)
    for each in wanted(codes):
        table, _ = apply(each, table, shape, done)
    return table, done


def wanted(codes: Collection[str] | None) -> list[Mend]:
    """The mends of some codes, all that are safe for None, in the order in which they are made.

    Raises:
        InputError: there is no mend for a code.
    """
    every = MENDS if codes is None else dict.fromkeys(codes)
    found = [each for code in every for each in mends_for(code) if codes is not None or each.safe]
    return sorted(found, key=lambda mend: (mend.reorders, mend.rewrite is None))


def apply(each: Mend, table: pa.Table, shape: Shape, done: Mended) -> tuple[pa.Table, Mask | None]:
    """Makes one mend.

    Args:
        each: the mend.
        table: the rows; they may carry their numbers in the column `ROW`.
        shape: what their columns are.
        done: told what was changed.

    Returns:
        The rows that are left, and which of the rows they are; None for all.
    """
    if ROW in table.column_names:
        return _apply_numbered(each, table, shape, done)
    if each.rewrite is not None:
        table, number = _rewritten(table, each.rewrite(table, shape), shape)
        if number:
            done.rewritten[each.code, each.summary] = done.rewritten.get((each.code, each.summary), 0) + number
        return table, None
    assert each.keep is not None
    keep = np.asarray(pc.fill_null(pa.chunked_array([np.asarray(each.keep(table, shape))]), False), dtype=bool)
    lost = int((~keep).sum())
    if not lost:
        return table, None
    done.dropped[each.code, each.summary] = done.dropped.get((each.code, each.summary), 0) + lost
    done.rejects.append(Rejected(table.filter(pa.array(~keep)), each.summary, each.code))
    return table.filter(pa.array(keep)), keep


def _apply_numbered(each: Mend, table: pa.Table, shape: Shape, done: Mended) -> tuple[pa.Table, Mask | None]:
    """As `apply`, for rows that carry their numbers, which no mend knows of."""
    numbers, before = table[ROW], len(done.rejects)
    table, keep = apply(each, table.drop_columns([ROW]), shape, done)
    if keep is None:
        return table.append_column(ROW, numbers), None
    for place in range(before, len(done.rejects)):
        rejected = done.rejects[place]
        lost = numbers.filter(pa.array(~keep))
        done.rejects[place] = replace(rejected, rows=rejected.rows.append_column(ROW, lost))
    return table.append_column(ROW, numbers.filter(pa.array(keep))), keep


def codes_of(fix: str | Iterable[str]) -> tuple[str, ...] | None:
    """The codes that a user asks to mend; None for `all`, which is all that are safe.

    Args:
        fix: codes, also several in one text with commas between them; or `all`.

    Raises:
        InputError: there is no mend for one of them.
    """
    given = [fix] if isinstance(fix, str) else fix
    words = [word.strip().upper() for each in given for word in each.split(",") if word.strip()]
    if "ALL" in words:
        return None
    for code in words:
        mends_for(code)
    return tuple(dict.fromkeys(words))


def mends_for(code: str) -> tuple[Mend, ...]:
    """The mends of a finding.

    Raises:
        InputError: there is none.
    """
    if code not in MENDS:
        raise InputError(f"there is no mend for {quote(code)}: {nearest(code, sorted(MENDS))}")
    return MENDS[code]


def _rewritten(before: pa.Table, after: pa.Table, shape: Shape) -> tuple[pa.Table, int]:
    """The new rows, and how many differ from the old ones."""
    changed = np.zeros(before.num_rows, dtype=bool)
    for name in (*shape.texts, shape.label):
        if name is not None:
            changed |= _differs(before[name], after[name])
    return after, int(changed.sum())


def _differs(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Mask:
    """True for each row whose value is not the one it was."""
    if not is_list(before.type):
        return np.asarray(pc.fill_null(pc.not_equal(before, after), False), dtype=bool)
    old, new = (np.asarray(pc.fill_null(pc.list_value_length(each), 0), dtype=np.int64) for each in (before, after))
    changed = np.asarray(old != new)
    same = pa.array(~changed)
    one, other = (pc.list_flatten(each.filter(same)) for each in (before, after))
    rows = np.repeat(np.flatnonzero(~changed), old[~changed])
    changed[rows[np.asarray(pc.fill_null(pc.not_equal(one, other), False))]] = True
    return changed
