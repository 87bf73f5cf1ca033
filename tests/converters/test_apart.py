"""What is held out shares no text with the rest, however rows hang together; and why it is more or less is told."""

import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st

from converters.apart import Apart, rows_apart, split_off
from converters.errors import InputError

TEXTS = st.integers(0, 25).map(lambda i: f"text {i}")
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, max_size=3)), min_size=2, max_size=30)


def apart(table: pa.Table, share: float, seed: int = 1, batch: int = 4) -> Apart:
    def batches() -> Iterator[pa.RecordBatch]:
        return iter(table.to_batches(max_chunksize=batch))

    return rows_apart(batches, share=share, seed=seed)


def components(rows: list[set[str]]) -> list[list[int]]:
    """The groups of rows that share texts, found the slow way."""
    groups: list[tuple[set[str], list[int]]] = []
    for number, texts in enumerate(rows):
        touching = [group for group in groups if group[0] & texts]
        groups = [group for group in groups if not group[0] & texts]
        places = [number, *(place for group in touching for place in group[1])]
        groups.append((texts.union(*(group[0] for group in touching)), sorted(places)))
    return [group for _, group in groups]


@given(ROWS, st.sampled_from([0.05, 0.2, 0.5, 0.9]), st.integers(0, 3), st.integers(1, 9))
def test_no_text_is_on_both_sides(rows: list[tuple[str, str, list[str]]], share: float, seed: int, batch: int) -> None:
    table = pa.table(
        {
            "query": [row[0] for row in rows],
            "positive": [row[1] for row in rows],
            "documents": pa.array([row[2] for row in rows], pa.list_(pa.string())),
            "label": [i % 2 for i in range(len(rows))],
        }
    )
    sets = [{row[0], row[1], *row[2]} for row in rows]
    groups = components(sets)
    wanted = min(max(1, round(len(rows) * share)), len(rows) - 1)
    if min(map(len, groups)) > max(wanted, len(rows) // 2):
        with pytest.raises(InputError, match="hang together"):
            apart(table, share, seed, batch)
        return
    found = apart(table, share, seed, batch)
    held = set(np.flatnonzero(found.held).tolist())
    train = set(range(len(rows))) - held
    assert held
    assert train
    assert not set().union(*(sets[i] for i in held)) & set().union(*(sets[i] for i in train))
    assert found.groups == len(groups)
    assert found.largest == max(map(len, groups))
    if any(len(group) <= wanted for group in groups):
        assert len(held) <= wanted
        # No group that was left would have fitted beside what is held out.
        assert all(len(group) > wanted - len(held) for group in groups if not set(group) <= held)
    else:
        assert len(held) == min(map(len, groups))


def test_texts_are_the_same_whatever_their_case_spaces_and_composition() -> None:
    composed = "Café au lait"
    table = pa.table(
        {
            "anchor": ["one", "two", "three", "four"],
            "positive": [composed, "  CAFÉ\u00a0AU  lait ", unicodedata.normalize("NFD", composed), "tea"],
        }
    )
    found = apart(table, 0.25)
    assert (found.groups, found.largest) == (2, 3)
    assert found.held.tolist() == [False, False, False, True]


def test_a_chain_of_texts_holds_together() -> None:
    chain = pa.table({"anchor": [f"t{i}" for i in range(50)], "positive": [f"t{i + 1}" for i in range(50)]})
    with pytest.raises(InputError, match="50 of 50 rows hang together by texts they share: drop rows"):
        apart(chain, 0.1)


def test_a_giant_is_left_in_training_and_named() -> None:
    anchors = [f"q{i}" for i in range(100)]
    positives = ["Thank you for asking." if i < 95 else f"a{i}" for i in range(100)]
    found = apart(pa.table({"anchor": anchors, "positive": positives}), 0.2)
    assert found.number == 5
    assert not found.held[:95].any()
    assert found.explanation is not None
    assert "held out 5 of 100 rows instead of 20" in found.explanation
    assert "95 hang together, many by 'thank you for asking.', in 95 rows" in found.explanation


def test_negatives_of_others_are_said_to_join() -> None:
    rows = {"anchor": [f"q{i}" for i in range(9)], "positive": [f"p{i}" for i in range(9)]}
    table = pa.table({**rows, "negative_1": [f"p{(i + 1) % 9}" for i in range(9)]})
    with pytest.raises(InputError, match="hold out before they are mined"):
        apart(table, 0.2)


def test_groups_that_are_all_too_large_give_the_smallest() -> None:
    sizes = [6, 5, 9]
    anchors = [f"q{group}" for group, size in enumerate(sizes) for _ in range(size)]
    found = apart(pa.table({"anchor": anchors, "positive": [f"p{i}" for i in range(20)]}), 0.05)
    assert np.flatnonzero(found.held).tolist() == [6, 7, 8, 9, 10]
    assert "held out 5 of 20 rows instead of 1" in str(found.explanation)


def test_empty_texts_and_numbers_join_nothing() -> None:
    table = pa.table({"anchor": [f"q{i}" for i in range(20)], "other": ["", None, " \t"] * 6 + ["", ""], "n": [1] * 20})
    found = apart(table, 0.25)
    assert (found.groups, found.number, found.explanation) == (20, 5, None)


def test_the_seed_decides() -> None:
    table = pa.table({"anchor": [f"q{i}" for i in range(200)], "positive": [f"p{i}" for i in range(200)]})
    one, again, other = (apart(table, 0.1, seed, batch).held for seed, batch in ((1, 4), (1, 50), (2, 4)))
    assert (one == again).all()
    assert (one != other).any()
    assert one.sum() == 20


def test_of_a_dataset() -> None:
    dataset = Dataset.from_dict({"anchor": [f"q{i // 4}" for i in range(40)], "row": list(range(40))})
    train, held = split_off(dataset, share=0.2, seed=3)
    assert sorted([*train["row"], *held["row"]]) == list(range(40))
    assert len(held) == 8
    assert not set(train["anchor"]) & set(held["anchor"])
    assert list(held["row"]) == sorted(held["row"])


@pytest.mark.parametrize(("rows", "share", "message"), [(1, 0.5, "1 rows are too few"), (9, 1.0, "between 0 and 1")])
def test_what_cannot_be_split(rows: int, share: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        apart(pa.table({"anchor": [f"q{i}" for i in range(rows)]}), share)
