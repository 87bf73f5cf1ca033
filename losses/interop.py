"""Being recognised by code that asks ``isinstance``, without importing it."""

import functools
import sys
from typing import Any


@functools.cache
def _subclass_of_both(cls: type, other: type) -> type:
    namespace = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "_named_class": cls,
    }
    return type(cls.__name__, (cls, other), namespace)


def _blank(cls: type) -> Any:
    return object.__new__(cls)


class Recognised:
    """A mixin whose instances become instances of another library's class too, if that library is loaded.

    ``become_recognised`` changes the class of an instance to a subclass of both, in which everything that its own
    class defines comes first. Where the library is not loaded nothing can ask for its class, and nothing happens.

    Attributes:
        recognised_as: module and name of the other class.
    """

    recognised_as: tuple[str, str]

    def become_recognised(self) -> None:
        """Take the other class on as a base, once."""
        module, name = self.recognised_as
        other = getattr(sys.modules.get(module), name, None)
        if other is not None and not isinstance(self, other):
            own: type = type(self)
            self.__class__ = _subclass_of_both(own, other)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # The subclass of both has no name to be pickled under, so pickle the class that has, and grow again.
        named = getattr(type(self), "_named_class", type(self))
        return _blank, (named,), self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)  # type: ignore[misc]
        self.become_recognised()
