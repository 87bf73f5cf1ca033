"""A stream that Arrow reads in a thread of its own, and what is known of what that thread still holds.

If Arrow lets go of something of Python's while the interpreter shuts down, the process is aborted. So whoever stops
reading before the end, as at a row that is broken, waits until everything that was lent is back.
"""

import time
import weakref
from typing import BinaryIO

#: So many seconds are waited at most; it takes a few thousandths of one.
_PATIENCE = 2.0


class Lent:
    """A stream of bytes for Arrow."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lent: list[weakref.ref[memoryview]] = []

    def read(self, size: int = -1) -> memoryview:
        """The next bytes; none at the end."""
        data = memoryview(self._stream.read(size))
        self._lent = [each for each in self._lent if each() is not None] + [weakref.ref(data)]
        return data

    def close(self) -> None:
        """Nothing is closed here: who has opened the stream closes it."""

    def wait(self) -> None:
        """Waits until Arrow has let go of all that was read; it has to be told before that it is to read no more."""
        end = time.monotonic() + _PATIENCE
        while any(each() is not None for each in self._lent) and time.monotonic() < end:
            time.sleep(0.0005)
