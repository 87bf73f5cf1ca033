"""The settings of a conversion as keywords: every function that converts takes them, and they are spelled here."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypedDict, TypeVar, Unpack, cast

from converters.argument_kinds import check_kind, checked
from converters.conversions.settings import Mining, Options
from converters.sources import ReadingOptions

F = TypeVar("F", bound=Callable[..., Any])


class OptionKeywords(TypedDict, total=False):
    """What a conversion chooses by: see the attributes of `Options`, which is made of them and has their defaults."""

    seed: int
    threshold: float | None
    num_negatives: int | None
    negative_threshold: float | None
    teacher: Any
    class_scores: Mapping[str, float] | None
    pairs_per_text: int
    max_per_class: int | None
    mine: bool


class ConversionKeywords(OptionKeywords, ReadingOptions, total=False):
    """What a conversion chooses by, and how to read the files."""


def parted(mining: Mining, said: ConversionKeywords) -> tuple[Options, ReadingOptions]:
    """The options and how to read the files, out of the keywords of a call.

    Raises:
        InputError: a value is of another kind than it has to be, or impossible.
    """
    names = OptionKeywords.__annotations__
    choices = cast(OptionKeywords, {name: value for name, value in said.items() if name in names})
    reading = cast(ReadingOptions, {name: value for name, value in said.items() if name not in names})
    for name, kind in ReadingOptions.__annotations__.items():
        check_kind(name, reading.get(name), kind)
    return Options(mining=mining, **choices), reading


def choices_of(options: Options) -> dict[str, Any]:
    """What the options say, by the names of the keywords."""
    return {name: getattr(options, name) for name in OptionKeywords.__annotations__}


def spelled_out(function: F) -> F:
    """Shows the keywords that `**settings: Unpack[ConversionKeywords]` stands for one by one, as `help` has them.

    Type checkers know them already; a notebook completes what the signature says. They stand before `fix`. Arguments of
    another kind than the signature says are refused; `parted` and `Options` see to the settings.
    """
    defaults = {each.name: each.default for each in fields(Options)}
    keywords = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=kind)
        for name, kind in OptionKeywords.__annotations__.items()
    ]
    signature = inspect.signature(function)
    *plain, _ = signature.parameters.values()
    place = [each.name for each in plain].index("fix")
    reading = inspect.Parameter("reading", inspect.Parameter.VAR_KEYWORD, annotation=Unpack[ReadingOptions])
    shown = [*plain[:place], *keywords, *plain[place:], reading]
    told = checked(function)
    told.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return told
