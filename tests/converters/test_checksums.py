"""Checksums and glances of texts: the same for the same text wherever it stands, and another one for another text."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters import checksums as module
from converters.checksums import checksums, glances
from converters.conversions.texts import firsts, looks
from converters.text_ids import Seen

#: Texts that differ in one byte, or in their length alone; the last ones are long enough to be looked at by themselves.
ALIKE = [
    "",
    "\0",
    "\0\0",
    "a",
    "a\0",
    "12345678",
    "12345679",
    "123456789",
    "\x0012345678",
    "x" * 16,
    "x" * 24,
    "x" * 25,
]
ALIKE += ["x" * (1 << 16), "x" * ((1 << 16) + 1), "y" + "x" * ((1 << 16) - 1), "x" * 40_000 + "y" + "x" * 25_535]
words = st.one_of(st.sampled_from(ALIKE), st.text(max_size=30))


def large(texts: list[str]) -> pa.Array:
    return pa.array(texts, pa.large_string())


@given(st.lists(words, max_size=20), st.integers(0, 5))
def test_equal_texts_have_equal_checksums_and_others_do_not(texts: list[str], start: int) -> None:
    sums = checksums(large(texts)).tolist()
    assert len(sums) == len(texts)
    assert len(set(sums)) == len(set(texts))
    assert dict(zip(texts, sums, strict=True)) == {text: checksums(large([text]))[0] for text in texts}
    assert checksums(large(texts)[start:]).tolist() == sums[start:]


@given(st.lists(words, max_size=20), st.integers(0, 5))
def test_texts_with_different_glances_differ(texts: list[str], start: int) -> None:
    seen = glances(large(texts)).tolist()
    assert dict(zip(texts, seen, strict=True)) == {text: glances(large([text]))[0] for text in texts}
    assert glances(large(texts)[start:]).tolist() == seen[start:]


@pytest.mark.parametrize("block", [1, 3, 100])
def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    texts = large([*ALIKE, *ALIKE])
    whole = checksums(texts), glances(texts)
    monkeypatch.setattr(module, "_BLOCK", block)
    assert (checksums(texts) == whole[0]).all()
    assert (glances(texts) == whole[1]).all()


@given(st.lists(st.lists(words, max_size=6), max_size=6))
def test_looks_leave_out_white_space_and_know_blank_texts(chunks: list[list[str]]) -> None:
    column = pa.chunked_array(
        [pa.array([f" {text}\n" for text in chunk], pa.string()) for chunk in chunks], pa.string()
    )
    found = looks(column)
    flat = [text.strip() for chunk in chunks for text in chunk]
    assert len({tuple(each) for each in found.tolist()}) == len(set(flat))
    assert (found.any(axis=1) == np.array([bool(text) for text in flat], dtype=bool)).all()


@given(st.lists(st.integers(-2, 2), max_size=30))
def test_the_first_of_each_key(keys: list[int]) -> None:
    expected = [place for place, key in enumerate(keys) if key not in keys[:place]]
    assert firsts(np.array(keys, dtype=np.int64)).tolist() == expected


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=12))
def test_what_was_seen_batch_by_batch_is_new_once(batches: list[list[int]]) -> None:
    seen = Seen()
    known: set[int] = set()
    for batch in batches:
        keys = np.array(batch, dtype=np.uint64)
        new = seen.new(np.column_stack((keys, keys + np.uint64(1))))
        assert new.tolist() == [
            place for place, key in enumerate(batch) if key not in known and key not in batch[:place]
        ]
        known.update(batch)
