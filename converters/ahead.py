"""Work on several cores where rows stream: the next piece is made while the last one is used.

Arrow and numpy let go of Python's lock while they work, so that threads do for reading, converting and writing at once.
What comes out, and in which order, is what one thread would give; no more than a few pieces are under way.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Full, Queue
from threading import Event, Thread, local
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Pieces that are made before they are asked for.
DEPTH = 2

#: What a thread knows of itself.
_here = local()

#: Seconds between two looks whether anybody still wants what is made.
_PATIENCE = 0.1


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, made in a thread of their own a little before they are asked for.

    What making them raises is raised here, after the items before it. Whoever stops early, by closing the iterator or
    by dropping it, stops the thread too.
    """
    if cores() == 1:
        yield from items
        return
    queue: Queue[tuple[bool, Item | BaseException | None]] = Queue(DEPTH)
    stopped = Event()

    def put(more: bool, item: Item | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                queue.put((more, item), timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False

    def make() -> None:
        made = iter(items)
        try:
            for item in made:
                if not put(True, item):
                    return
            put(False, None)
        except BaseException as error:  # whatever it is, it belongs to who asked
            put(False, error)
        finally:
            if hasattr(made, "close"):
                made.close()

    thread = Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            try:
                more, item = queue.get(timeout=_PATIENCE)
            except Empty:  # so that Ctrl-C is heard
                continue
            if more:
                yield item  # type: ignore[misc]
            elif item is None:
                return
            else:
                raise item  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()


def in_turn(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What a function gives for each item, in their order, computed on as many threads as there are cores.

    What it raises for an item is raised in its turn; what has been begun by then is waited for. A function that is
    called in this way and comes here again stays in its thread: the other ones have work already.
    """
    if (threads := cores()) == 1 or getattr(_here, "is_one_of_several", False):
        yield from map(function, items)
        return
    pool = ThreadPoolExecutor(threads, initializer=setattr, initargs=(_here, "is_one_of_several", True))
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
