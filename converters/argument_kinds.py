"""What kind of value an argument takes, as its annotation says: another one is refused at the door, in one line."""

import inspect
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from functools import wraps
from numbers import Integral, Real
from reprlib import repr as short
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import numpy as np

from converters.errors import InputError, printable

F = TypeVar("F", bound=Callable[..., Any])

#: What plain kinds are called in a message.
_CALLED = {bool: "True or False", int: "a whole number", float: "a number", str: "a text", NoneType: "None"}

#: The same of several.
_SEVERAL = {int: "whole numbers", float: "numbers", str: "texts"}

#: Values that are shown as they are, cut short; of others their type is.
_SHOWN = (bool, int, float, str, NoneType, np.generic, list, tuple, dict, set)


def check_kind(name: str, value: object, kind: Any) -> None:
    """Refuses a value of another kind than an annotation says.

    An annotation that says more than the kind, such as a `Literal`, takes everything: what it names is checked where it
    is used, with a line of its own.

    Args:
        name: what the argument is called.
        value: the value.
        kind: the annotation.

    Raises:
        InputError: the value is of another kind.
    """
    if not _is(value, kind):
        shown = printable(short(value)) if isinstance(value, _SHOWN) else f"an object of {type(value).__name__}"
        raise InputError(f"{name} has to be {_called(kind)}, not {shown}")


def check_fields(settings: Any) -> None:
    """Refuses the settings of a dataclass of which one is of another kind than it says; see `check_kind`.

    Raises:
        InputError: a value is of another kind.
    """
    for each in fields(settings):
        if not each.name.startswith("_"):
            check_kind(each.name, getattr(settings, each.name), each.type)


def checked(function: F) -> F:
    """The function, which refuses arguments of another kind than their annotations say; see `check_kind`.

    Of what is passed on by `**keywords` nothing is checked.
    """
    signature = inspect.signature(function)
    kinds = {
        each.name: each.annotation
        for each in signature.parameters.values()
        if each.annotation is not each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }

    @wraps(function)
    def checking(*args: Any, **keywords: Any) -> Any:
        given = signature.bind_partial(*args, **keywords).arguments
        for name in given.keys() & kinds.keys():
            check_kind(name, given[name], kinds[name])
        return function(*args, **keywords)

    return cast(F, checking)


def _is(value: object, kind: Any) -> bool:
    """Whether a value is of a kind; True where the annotation is none that says so."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(_is(value, each) for each in inner)
    if kind in (int, float):
        number = Integral if kind is int else Real
        return isinstance(value, number) and not isinstance(value, bool)
    if kind is bool:
        return isinstance(value, bool | np.bool_)
    if origin is tuple:
        fits = isinstance(value, tuple | list) and len(value) == len(inner)
        return fits and all(map(_is, cast(Collection[object], value), inner))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        names, values = inner
        fits = isinstance(value, Mapping)
        return fits and all(_is(k, names) and _is(v, values) for k, v in cast(Mapping[Any, Any], value).items())
    if isinstance(origin, type) and issubclass(origin, Iterable):
        if not isinstance(value, origin) or isinstance(value, str):  # a text holds texts, and is not meant
            return False
        return not isinstance(value, Collection) or all(_is(each, inner[0]) for each in value)
    if origin is os.PathLike:
        return isinstance(value, os.PathLike)
    return kind is Any or not isinstance(kind, type) or isinstance(value, kind)


def _called(kind: Any) -> str:
    """What a kind is called; that None does as well is said where nothing else does."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(_called(each) for each in inner if each is not NoneType)
    if kind in _CALLED:
        return _CALLED[kind]
    if origin is tuple:
        return f"{len(inner)} {_SEVERAL[inner[0]]}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a mapping of {_SEVERAL[inner[0]]} to {_SEVERAL[inner[1]]}"
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return f"several {_SEVERAL[inner[0]]}"
    return "a path" if origin is os.PathLike else f"a {kind.__name__}"
