"""Writes tables in the format that a name asks for, whole or not at all."""

from converters.writing.layouts import LAYOUTS, check_layout
from converters.writing.manifest import manifest_path, write_manifest
from converters.writing.shape import Shape
from converters.writing.target import check_target
from converters.writing.whole import together
from converters.writing.write import Written, deliver, without, write

__all__ = [
    "LAYOUTS",
    "Shape",
    "Written",
    "check_layout",
    "check_target",
    "deliver",
    "manifest_path",
    "together",
    "without",
    "write",
    "write_manifest",
]
