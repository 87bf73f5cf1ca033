"""Writes tables in the format that a name asks for, whole or not at all."""

from converters.writing.manifest import manifest_path, write_manifest
from converters.writing.target import check_target
from converters.writing.write import write

__all__ = ["check_target", "manifest_path", "write", "write_manifest"]
