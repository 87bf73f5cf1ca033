"""What the miner keeps, in words."""

import time
from pathlib import Path

from converters.errors import printable
from converters.mining.cache import Kept


def listed(folder: Path, kept: list[Kept]) -> list[str]:
    """The stages in a work folder as a table, and their sum."""
    if not kept:
        return [f"{printable(folder)}: nothing is kept"]
    rows = [("stage", "size", "begun", "last used", "")]
    rows += [
        (each.name, size_in_words(each.size), _ago(each.made), _ago(each.used), "" if each.finished else "open")
        for each in kept
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*map(printable, lines), summed(folder, kept)]


def summed(folder: Path, kept: list[Kept]) -> str:
    """How much is kept, in one line."""
    return f"{printable(folder)}: {size_in_words(sum(each.size for each in kept))} in {len(kept):,} stages"


def size_in_words(size: float) -> str:
    """Bytes as people say them, in powers of 1024."""
    units = ["B", "KB", "MB", "GB", "TB"]
    power = 0
    while size >= 1024 and power < len(units) - 1:
        size, power = size / 1024, power + 1
    return f"{size:.1f} {units[power]}" if power and size < 100 else f"{size:.0f} {units[power]}"


def _ago(when: float) -> str:
    passed = max(0.0, time.time() - when)
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if passed >= 2 * length:
            return f"{passed / length:.0f} {unit} ago"
    return "just now" if passed < 60 else "a minute ago"
