"""More rows than fit into memory: converted and mended as if they did, and nothing left behind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import converters.piles
from converters import InputError
from converters.canonical import OnError, canonicalise
from converters.conversions import CONVERSIONS, Conversion, Material, Options, Plan, convert_split, plan
from converters.conversions.large import steps_by_parts
from converters.conversions.parts import apply_by_parts, cut, stands_together
from converters.mends import MENDS, Others, mend, mend_pile
from converters.piles import PLACE, Pile, Room, in_order, placed, spread
from converters.rejects import Rejects
from converters.sources import open_source
from tests.converters.test_conversion_properties import DATA, anchors, table_of, texts

TEXT = pa.string()
EXAMPLES = max(10, settings().max_examples // 10)

#: Tables of every format that a conversion by parts starts from.
TABLES = {
    **DATA,
    "identical-pair": table_of({"anchor": (texts, TEXT), "anchor_copy": (texts, TEXT)}),
    "damaged-pair": table_of({"damaged": (texts, TEXT), "original": (texts, TEXT)}),
    "pair": table_of({"anchor": (anchors, TEXT), "positive": (texts, TEXT)}),
}


@contextmanager
def tight(nbytes: int = 0) -> Iterator[Room]:
    """Room for next to nothing: rows go to disk at once, two at a time, and are spread over several parts."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(converters.piles, "BATCH_ROWS", 2)
        room = Room(Path(folder), small=0, part=max(1, nbytes // 3))
        yield room
        room.clear()
        assert not list(Path(folder).iterdir())


def piled(table: pa.Table, room: Room) -> Pile:
    pile = Pile(room)
    pile.add(table)
    assert not pile.in_memory or not table.num_rows
    return pile


def by_anchor(rows: list[dict[str, Any]], table: pa.Table) -> list[dict[str, Any]]:
    """Rows in the order in which their anchors first appear in a table."""
    known = list(dict.fromkeys(text.strip() for text in table.column(0).to_pylist()))
    return sorted(rows, key=lambda row: known.index(next(iter(row.values())).strip()))


def bare(value: Any) -> Any:
    """Rows without white space around their texts: of several spellings parts may know another one first."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items()}
    return value.strip() if isinstance(value, str) else value


# -- conversions -------------------------------------------------------------------------------------------------------

BY_PARTS = [step for step in CONVERSIONS.values() if step.scope != "set"]
BY_ANCHORS = [step for step in BY_PARTS if step.scope == "anchor"]


def test_most_conversions_work_by_parts() -> None:
    names = {(step.source, step.target) for step in BY_PARTS}
    assert {("graded-pair", "labeled-list"), ("labeled-pair", "n-tuple"), ("single", "damaged-pair")} <= names
    assert not {each for each in names if CONVERSIONS[each].mines or CONVERSIONS[each].needs}


@pytest.mark.parametrize("step", BY_PARTS, ids=lambda step: f"{step.source} to {step.target}")
@settings(max_examples=EXAMPLES)
@given(data=st.data(), negatives=st.sampled_from([None, 2]))
def test_parts_make_what_the_whole_makes(step: Conversion, data: st.DataObject, negatives: int | None) -> None:
    table = data.draw(TABLES[step.source])
    options = Options(num_negatives=negatives)
    try:
        whole = step.apply(Material(table), step.target, options)
    except InputError as refused:
        with tight(table.nbytes) as room, pytest.raises(InputError, match=f"^{re.escape(str(refused))}$"):
            steps_by_parts(Plan(step.source, step.target, (step,)), piled(table, room), None, options, room)
        return
    with tight(table.nbytes) as room:
        pile, told = steps_by_parts(Plan(step.source, step.target, (step,)), piled(table, room), None, options, room)
        parts = pile.table().to_pylist()
    expected = whole.table.to_pylist()
    assert bare(parts) == bare(by_anchor(expected, table) if step.scope == "anchor" else expected)
    assert dict(told.left_out) == dict(whole.left_out)
    assert pile.schema.names == whole.table.schema.names


@pytest.mark.parametrize("step", BY_ANCHORS, ids=lambda step: f"{step.source} to {step.target}")
@settings(max_examples=EXAMPLES)
@given(data=st.data(), negatives=st.sampled_from([None, 2]), size=st.integers(1, 3))
def test_rows_in_memory_make_the_same_cut_between_anchors(
    step: Conversion, data: st.DataObject, negatives: int | None, size: int
) -> None:
    drawn = data.draw(TABLES[step.source])
    names = [text.strip() for text in drawn.column(0).to_pylist()]
    table = drawn.take(pa.array(sorted(range(len(names)), key=lambda row: names.index(names[row])), pa.int64()))
    options = Options(num_negatives=negatives).rejecting(lambda rejected: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converters.piles, "BATCH_ROWS", size)
        try:
            expected = step.apply(Material(table), step.target, options)
        except InputError as refused:
            with pytest.raises(InputError, match=f"^{re.escape(str(refused))}$"):
                apply_by_parts(step, table, None, options)
            return
        made = apply_by_parts(step, table, None, options)
    assert bare(made.table.to_pylist()) == bare(expected.table.to_pylist())
    assert made.table.schema == expected.table.schema
    assert dict(made.left_out) == dict(expected.left_out)
    of_parts, of_all = ({why: places.tolist() for why, places in each.unused.items()} for each in (made, expected))
    assert of_parts == of_all


@settings(max_examples=10 * EXAMPLES)
@given(st.lists(st.lists(anchors, max_size=4), max_size=6))
def test_data_is_cut_where_another_anchor_begins(names: list[list[str]]) -> None:
    tables = [pa.table({"anchor": pa.array(each, TEXT)}) for each in names]
    flat = [name.strip() for each in names for name in each]
    runs = [name for place, name in enumerate(flat) if not place or flat[place - 1] != name]
    assert stands_together(tables) == (len(set(runs)) == len(runs))
    parts = list(cut(tables))
    assert [name.strip() for part in parts for name in part["anchor"].to_pylist()] == flat
    assert all(part.num_rows for part in parts)
    ends = [(part["anchor"][0].as_py().strip(), part["anchor"][-1].as_py().strip()) for part in parts]
    assert all(before[1] != after[0] for before, after in pairwise(ends))


@settings(max_examples=EXAMPLES)
@given(table=DATA["graded-pair"])
def test_several_steps(table: pa.Table) -> None:
    way = Plan("graded-pair", "triplet", (CONVERSIONS["graded-pair", "n-tuple"], CONVERSIONS["n-tuple", "triplet"]))
    made = way.steps[0].apply(Material(table), "n-tuple", Options())
    expected = way.steps[1].apply(Material(made.table), "triplet", Options()).table.to_pylist()
    with tight(table.nbytes) as room:
        pile, _ = steps_by_parts(way, piled(table, room), None, Options(), room)
        assert bare(pile.table().to_pylist()) == bare(by_anchor(expected, table))


# -- mends -------------------------------------------------------------------------------------------------------------

MENDED = ["pair", "labeled-pair", "pair-score", "pair-class", "triplet", "n-tuple", "labeled-list", "single-class"]


@pytest.mark.parametrize("format", MENDED)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_mends_by_parts_leave_what_mends_of_the_whole_leave(format: str, data: st.DataObject) -> None:
    table = data.draw(TABLES[format])
    codes = data.draw(st.sampled_from([None, ["ROW001", "TXT008"], sorted(MENDS)]))
    other = data.draw(TABLES[format])
    columns = [other.column(place) for place in range(min(2, other.num_columns)) if other.schema.types[place] == TEXT]
    expected, told = mend(table, format, codes, [columns])
    others = Others()
    others.add(columns)
    with tight(table.nbytes) as room:
        rejects = Rejects(room)
        numbers = lambda start, end: pa.array(range(start + 1, end + 1))  # noqa: E731
        pile, done = mend_pile(piled(table, room), format, codes, others, room, rejects.of("train"), numbers)
        assert pile.table().to_pylist() == expected.to_pylist()
        assert pile.schema == expected.schema
        left = [row for batch in rejects.rows().open() for row in batch.to_pylist()]
    assert done.dropped == told.dropped
    assert done.rewritten == told.rewritten
    assert sorted(row["code"] for row in left) == sorted(
        each.code for each in told.rejects for _ in range(len(each.rows))
    )
    assert len({row["row"] for row in left}) == len(left) == table.num_rows - expected.num_rows
    assert all(1 <= row["row"] <= table.num_rows for row in left)


# -- whole conversions -------------------------------------------------------------------------------------------------


def converted(table: pa.Table, format: str, target: str, room: Room | None, **more: Any) -> Any:
    roles = {
        "pair-score": {"a": "sentence_a", "b": "sentence_b", "l": "label"},
        "pair-class": {"a": "sentence_a", "b": "sentence_b", "l": "label"},
        "labeled-pair": {"a": "anchor", "b": "document", "l": "label"},
        "graded-pair": {"a": "query", "b": "document", "l": "label"},
    }[format]
    source = open_source(table)
    way = plan(format, target)
    return convert_split(source, "train", way, input_format=format, columns=roles, room=room, **more)


some_text = st.sampled_from(["a", "b ", "c", "dd", "", None])
LABELS: dict[str, st.SearchStrategy[Any]] = {
    "numbers": st.one_of(st.none(), st.floats(-2, 120)),
    "written": st.sampled_from(["1", "2,5", "0.5", "37%", "1,000.5", "NULL", "x", "", None]),
    "ids": st.one_of(st.none(), st.integers(-1, 3)),
    "words": st.sampled_from(["yes", "no", "YES", "maybe", "-1", "1", "0", None]),
    "grades": st.sampled_from(["bad", "fair", "good", "perfect", "?", None]),
}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("format", ["pair-score", "pair-class", "labeled-pair", "graded-pair"])
@settings(max_examples=2 * EXAMPLES)
@given(data=st.data(), on_error=st.sampled_from(get_args(OnError)))
def test_labels_mean_the_same_read_part_by_part(
    format: str, labels: str, data: st.DataObject, on_error: OnError
) -> None:
    rows = data.draw(st.lists(st.tuples(some_text, some_text, LABELS[labels]), min_size=1, max_size=12))
    kind = {"numbers": pa.float64(), "ids": pa.int64()}.get(labels, TEXT)
    columns = zip(("a", "b", "l"), zip(*rows, strict=True), (TEXT, TEXT, kind), strict=True)
    table = pa.table({name: pa.array(values, each) for name, values, each in columns})
    target = "labeled-pair" if format == "graded-pair" else format
    try:
        whole = converted(table, format, target, None, on_error=on_error)
    except InputError as refused:
        for memory in (False, True):
            with tight() as room, pytest.raises(InputError, match=f"^{re.escape(str(refused))}$"):
                converted(table, format, target, None if memory else room, on_error=on_error)
        return
    with tight() as room:
        parts = converted(table, format, target, room, on_error=on_error)
        rows_out = parts.table.to_pylist()
        in_memory = converted(table, format, target, None, on_error=on_error)
    expected = whole.table.to_pylist()
    assert bare(in_memory.table.to_pylist()) == bare(expected)
    assert in_memory.changes == whole.changes
    assert in_memory.table.schema.equals(whole.table.schema, check_metadata=True)
    if whole.plan.steps:
        roles = {"a": "query", "b": "document", "l": "label"}
        used, _ = canonicalise(table, format, roles, on_error=on_error)
        rows_out, expected = bare(rows_out), bare(by_anchor(expected, used))
    assert rows_out == expected
    assert parts.changes == whole.changes
    assert parts.rows_in == whole.rows_in == table.num_rows
    assert parts.table.schema.metadata == whole.table.schema.metadata


# -- piles -------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["a", " a", "b", "c", "d", "e", ""]), min_size=1, max_size=20))
def test_spread_rows_meet_by_text_and_come_back_in_order(values: list[str]) -> None:
    table = pa.table({"t": values, "n": range(len(values))})
    with tight(table.nbytes) as room:
        parts = spread(placed(piled(table, room)), "t", table.nbytes, room)
        where = [{text.strip() for text in part.table()["t"].to_pylist()} for part in parts]
        assert sum(map(len, where)) == len(set().union(*where))
        back = pa.concat_tables(in_order(parts)).drop_columns([PLACE])
    assert back.to_pylist() == table.to_pylist()


def test_whole_numbers_become_wider_where_others_follow(tmp_path: Path) -> None:
    for small in (0, 1 << 20):
        pile = Pile(Room(tmp_path, small=small))
        pile.add(pa.table({"l": [[1, 2]]}))
        pile.add(pa.table({"l": [[0.5]]}))
        pile.add(pa.table({"l": [[3]]}))
        assert pile.table().to_pydict() == {"l": [[1.0, 2.0], [0.5], [3.0]]}
        assert pa.Table.from_batches(pile.batches()).schema == pile.schema
