"""From the docstrings of the losses to Markdown."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

_SECTION = re.compile(r"^(Args|Returns|Raises|Example|Attributes):$")
_ROLE = re.compile(r":(\w+):`~?([^`]+)`")
_NAME = re.compile(r"^(\w+): ")


def sections(thing: Any) -> dict[str, str]:
    """The parts of a docstring by the name of their heading; what stands before the first one is under ``""``."""
    found: dict[str, list[str]] = {"": []}
    current = ""
    for line in (inspect.getdoc(thing) or "").splitlines():
        heading = _SECTION.match(line)
        if heading:
            current = heading[1]
        else:
            found.setdefault(current, []).append(line)
    return {name: inspect.cleandoc("\n" + "\n".join(lines)) for name, lines in found.items()}


def prose(text: str) -> str:
    """reStructuredText as the docstrings use it, as Markdown: mathematics, roles, literals, literal blocks."""
    lines = text.splitlines()
    written: list[str] = []
    while lines:
        line = lines.pop(0)
        if line.strip() == ".. math::":
            indent = len(line) - len(line.lstrip())
            written += ["$$", *_block(lines, indent), "$$", ""]
        elif line.endswith("::") and not line.lstrip().startswith(".."):
            indent = len(line) - len(line.lstrip())
            written += [_inline(line[:-1]), "", "```python", *_block(lines, indent), "```"]
        elif line.lstrip().startswith(">>>"):
            lines.insert(0, line)
            indent = len(line) - len(line.lstrip())
            written += ["```pycon", *_doctest(lines, indent), "```"]
        else:
            written.append(_inline(line))
    return "\n".join(written).strip()


def arguments(text: str) -> list[str]:
    """An ``Args`` section as a list, one item an argument."""
    items: list[str] = []
    for line in text.splitlines():
        name = _NAME.match(line)
        if name:
            items.append(f"- `{name[1]}`: {line[name.end() :]}")
        elif items and line.strip():
            items[-1] += " " + line.strip()
    return [_inline(item) for item in items]


def functions_named(text: str) -> list[str]:
    """The functions of :mod:`losses.functional` that a docstring refers to, in order, each once."""
    return list(dict.fromkeys(re.findall(r":func:`~?losses\.functional\.(\w+)`", text)))


def _block(lines: list[str], indent: int) -> Iterable[str]:
    """Takes the indented block off the front of the lines."""
    block = []
    while lines and (not lines[0].strip() or len(lines[0]) - len(lines[0].lstrip()) > indent):
        block.append(lines.pop(0))
    return inspect.cleandoc("\n" + "\n".join(block)).strip().splitlines()


def _doctest(lines: list[str], indent: int) -> Iterable[str]:
    block = []
    while lines and lines[0].strip():
        block.append(lines.pop(0)[indent:])
    return block


def _inline(line: str) -> str:
    line = _ROLE.sub(lambda match: f"${match[2]}$" if match[1] == "math" else f"`{match[2].rsplit('.', 1)[-1]}`", line)
    return line.replace("``", "`")
