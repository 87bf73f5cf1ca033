"""Formats of training data: reading, writing, reshaping, mining. Knows data, gives no advice."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from converters.apart import split_off as split_off
    from converters.conversions import Mining as Mining
    from converters.conversions import Options as Options
    from converters.conversions import convert as convert
    from converters.conversions import plan as plan
    from converters.errors import InputError as InputError
    from converters.holdout import align_classes as align_classes
    from converters.holdout import hold_out as hold_out
    from converters.mining import Selection as Selection
    from converters.mining import mine_hard_negatives as mine_hard_negatives
    from converters.sources import open_source as open_source

_HOMES = {
    "InputError": "converters.errors",
    "Mining": "converters.conversions",
    "Options": "converters.conversions",
    "Selection": "converters.mining",
    "align_classes": "converters.holdout",
    "convert": "converters.conversions",
    "hold_out": "converters.holdout",
    "mine_hard_negatives": "converters.mining",
    "open_source": "converters.sources",
    "plan": "converters.conversions",
    "split_off": "converters.apart",
}

__all__ = [
    "InputError",
    "Mining",
    "Options",
    "Selection",
    "align_classes",
    "convert",
    "hold_out",
    "mine_hard_negatives",
    "open_source",
    "plan",
    "split_off",
]


def __getattr__(name: str) -> Any:
    """Loads the public names when they are first asked for, so that importing the package costs nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'converters' has no attribute {name!r}")
