"""Pieces of Python source, laid out as a formatter would: literals, calls, imports, comments, fields."""

import json
from collections.abc import Iterable, Mapping, Sequence
from textwrap import dedent, indent, wrap
from typing import Any

#: How long a line may be.
WIDTH = 88

#: How long a call may be on one line; so short that an indentation does not matter.
_SHORT = 60


def literal(value: Any) -> str:
    """A Python literal, with double quotes."""
    if isinstance(value, float):
        return repr(value).replace("e-0", "e-")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def call(target: str, function: str, arguments: Mapping[str, str], *first: str) -> str:
    """A call, on one line where it is short, else with an argument on each line; a name with # is a comment."""
    given = [*first, *(name if name.startswith("#") else f"{name}={value}" for name, value in arguments.items())]
    line = f"{target}{function}({', '.join(given)})"
    if len(line) <= _SHORT and "\n" not in line:
        return line
    return (
        f"{target}{function}(\n"
        + "".join(indent(each if each.startswith("#") else f"{each},", "    ") + "\n" for each in given)
        + ")"
    )


def field(name: str, kind: str, default: Any, help: str) -> str:
    """A field of the settings, with what `--help` says about it."""
    start = f"{name}: {kind} = "
    line = f"{start}HfArg(default={literal(default)}, help={literal(help)})"
    if len(line) <= WIDTH - 4:
        return line
    return f"{start}HfArg(\n    default={literal(default)},\n    help={literal(help)},\n)"


def mapping(name: str, values: Mapping[str, str], comment: str) -> str:
    """A constant that is a dictionary of texts, one entry on each line."""
    rows = "".join(f"    {literal(key)}: {literal(value)},\n" for key, value in values.items())
    return f"# {comment}\n{name} = {{\n{rows}}}"


def imports(names: Mapping[str, Iterable[str]], plain: Iterable[str] = ()) -> str:
    """The import statements, the standard library's first, sorted as a linter sorts them."""
    standard: list[str] = []
    others: list[str] = []
    for name in sorted(plain):
        (standard if name.split(".")[0] in _STANDARD else others).append(f"import {name}")
    for module in sorted(names):
        own = sorted(set(names[module]), key=_rank)
        (standard if module.split(".")[0] in _STANDARD else others).append(_from(module, own))
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


#: Modules of the standard library that scripts use.
_STANDARD = frozenset({"collections", "copy", "dataclasses", "json", "math", "pathlib", "random", "typing"})


def _rank(name: str) -> tuple[int, str]:
    """Constants come first, then classes, then functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def function(name: str, given: Sequence[str], returns: str, about: str, body: str) -> str:
    """A function with a line of docstring; its parameters on one line, on one of their own, or on one each."""
    head = f"def {name}({', '.join(given)}) -> {returns}:"
    if len(head) > WIDTH:
        head = f"def {name}(\n    {', '.join(given)}\n) -> {returns}:"
        if len(head.splitlines()[1]) > WIDTH:
            head = f"def {name}(\n" + "".join(f"    {each},\n" for each in given) + f") -> {returns}:"
    return f'{head}\n    """{about}"""\n{indent(clean(body), "    ")}'


def clean(code: str) -> str:
    """A piece of a template, without what indents it there."""
    return dedent(code).strip("\n").rstrip()


def bullets(marked: Iterable[tuple[str, str]]) -> str:
    """Sentences as a list, each after its mark, that can stand in a docstring."""
    lines = []
    for mark, sentence in marked:
        text = plain_text(f"{mark}{sentence}")
        lines.append("- " + "\n  ".join(wrap(text, 84, break_long_words=False, break_on_hyphens=False)))
    return "\n".join(lines)


def plain_text(text: str) -> str:
    """Text that can stand in a docstring."""
    return "".join(char if char.isprintable() and char not in '"\\' else "?" for char in text)
