"""Pieces that are made ahead of their use: the same ones in the same order, whatever goes wrong."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters import ahead as module
from converters.ahead import ahead, in_turn


@pytest.fixture(autouse=True, params=[1, 3])
def cores(request, monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: request.param)
    return request.param


def test_the_same_items_in_the_same_order():
    assert list(ahead(iter(range(1000)))) == list(range(1000))
    assert list(in_turn(lambda x: x * x, iter(range(1000)))) == [x * x for x in range(1000)]
    assert list(ahead([])) == list(in_turn(str, [])) == []
    assert list(ahead([None, False, 0])) == [None, False, 0]


def test_slow_pieces_do_not_overtake_one_another():
    def slow(x):
        time.sleep(0.02 if x % 3 == 0 else 0)
        return x

    assert list(in_turn(slow, range(12))) == list(range(12))


@given(at=st.integers(0, 20))
def test_an_error_comes_after_the_items_before_it(at):
    def items():
        yield from range(at)
        raise ValueError(f"after {at}")

    came = []
    with pytest.raises(ValueError, match=f"after {at}"):
        came.extend(ahead(items()))
    assert came == list(range(at))
    with pytest.raises(ValueError, match=f"after {at}"):
        list(in_turn(lambda x: x, items()))


def test_who_stops_early_stops_the_source_and_leaves_no_thread():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    made = ahead(endless())
    assert next(made) == 1
    made.close()
    assert closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_no_more_than_a_few_pieces_are_under_way(cores):
    begun = []

    def items():
        for x in range(100):
            begun.append(x)
            yield x

    made = ahead(items())
    next(made)
    time.sleep(0.3)
    assert len(begun) <= (1 if cores == 1 else module.DEPTH + 2)
    made.close()


def test_what_a_function_raises_is_raised_in_its_turn():
    came = []
    with pytest.raises(ZeroDivisionError):
        came.extend(in_turn(lambda x: 6 // (3 - x), range(9)))
    assert came == [2, 3, 6]


def test_work_within_work_stays_in_its_thread():
    def outer(item):
        own, names = threading.current_thread(), set()

        def inner(other):
            names.add(threading.current_thread())
            return item * other

        return own, names, list(in_turn(inner, range(3)))

    for item, (own, names, made) in enumerate(in_turn(outer, range(4))):
        assert names == {own}
        assert made == [0, item, 2 * item]
    assert (threading.current_thread() in {own for own, _, _ in in_turn(outer, range(4))}) == (module.cores() == 1)
