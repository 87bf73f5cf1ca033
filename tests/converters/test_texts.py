"""Texts by number: what is told from a few bytes is what a comparison of whole texts tells."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from converters.checksums import glances
from converters.conversions.texts import number, number_within

#: Texts that are alike at both ends and in the middle, so that looking at a few bytes does not tell them apart.
LONG = [f"{'begin ' * 4}{i}{'middle' * 3}{j}{' end' * 8}" for i in range(3) for j in range(3)]
WORDS = st.one_of(
    st.sampled_from([*LONG, "", "a", " a", "a ", "aa", "12345678", "123456789", "1234567", "\u2003wide", "wide"]),
    st.text(max_size=12),
)


@given(st.lists(st.tuples(st.integers(0, 2), WORDS), max_size=30), st.integers(0, 4))
def test_within_a_group_as_over_all(rows: list[tuple[int, str]], cut: int) -> None:
    groups = np.array([group for group, _ in rows], dtype=np.int64)
    texts = pa.array([text for _, text in rows], pa.string())
    column = pa.chunked_array([texts[:cut], texts[cut:]], pa.string())

    _, (everywhere,) = number(column)
    pool, (within,) = number_within(groups, column)

    assert [pool[int(i)].as_py().strip() for i in within] == [text.strip() for _, text in rows]
    for i in range(len(rows)):
        for j in range(i):
            if groups[i] == groups[j]:
                assert (within[i] == within[j]) == (everywhere[i] == everywhere[j])


def test_the_columns_of_a_row_are_compared() -> None:
    first, second = (pa.chunked_array([each]) for each in (["x" * 40, "y"], ["x" * 40, "z"]))
    _, (one, two) = number_within(np.array([0, 1, 0, 1]), first, second)
    assert one[0] == two[0]
    assert one[1] != two[1]


@given(st.lists(WORDS, max_size=20), st.lists(WORDS, max_size=3))
def test_equal_texts_look_the_same_wherever_they_stand(texts: list[str], before: list[str]) -> None:
    alone = glances(pa.array(texts, pa.large_string()))
    behind = glances(pa.array(before + texts + ["tail"] * 3, pa.large_string()))[len(before) : len(before) + len(texts)]
    sliced = glances(pa.array(before + texts, pa.large_string())[len(before) :])
    assert alone.tolist() == behind.tolist() == sliced.tolist()


def test_a_look_tells_most_texts_apart() -> None:
    texts = [f"passage number {i} of a collection" for i in range(1000)]
    assert len(np.unique(glances(pa.array(texts, pa.large_string())))) == 1000
