"""What the losses say about themselves: their docstrings, read from the source without importing torch.

The catalogue says which data a loss takes and how to set it; the docstring says what it does, when to use it, which
losses stand beside it and what its arguments mean; the function behind it says the formula. Nothing is typed twice.
"""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from typing import Any

from advisor.catalogue.entry import MODULES, Loss, Part

_SECTION = re.compile(r"^(Args|Returns|Raises|Example|Examples|Attributes|References):$", re.MULTILINE)
_FUNCTION = re.compile(r":func:`~?losses\.functional\.(\w+)`")
_ROLE = re.compile(r":\w+:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")
_MATHS = re.compile(r"^\.\. math::\n+((?:[ \t]+.*\n?|\n)+)", re.MULTILINE)
_ARGUMENT = re.compile(r"^(\w+): ", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """What the source says about a loss.

    Attributes:
        summary: the first line.
        paragraphs: the prose behind it, a text each: the data, what is recommended, neighbours, the paper.
        formulas: the mathematics, in LaTeX, the first formula first.
        arguments: what each argument of the constructor means, by name.
    """

    summary: str
    paragraphs: tuple[str, ...]
    formulas: tuple[str, ...]
    arguments: dict[str, str]

    def paragraph(self, heading: str) -> str | None:
        """The paragraph that begins with a word and a colon, without them."""
        return next((each.split(": ", 1)[1] for each in self.paragraphs if each.startswith(f"{heading}: ")), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "description": self.summary,
            "recommended": self.paragraph("Recommended"),
            "neighbours": self.paragraph("Neighbours"),
            "about": list(self.paragraphs),
            "formulas": list(self.formulas),
            "constructor": dict(self.arguments),
        }


@lru_cache(maxsize=256)
def told(entry_name: str, module: str) -> Told | None:
    """What the source says about a loss of a module; None where there is no source to read."""
    text = _docstring(module, entry_name)
    if text is None:
        return None
    parts = _SECTION.split(text)
    front, sections = parts[0], dict(zip(parts[1::2], parts[2::2], strict=False))
    formulas = list(_formulas(front))
    for function in dict.fromkeys(_FUNCTION.findall(front)):
        formulas += _formulas(_docstring("losses.functional", function) or "")
    plain = _MATHS.sub("", front)
    paragraphs = [" ".join(_plain(each).split()) for each in plain.split("\n\n") if each.strip()]
    return Told(
        summary=paragraphs[0] if paragraphs else "",
        paragraphs=tuple(paragraphs[1:]),
        formulas=tuple(dict.fromkeys(formulas)),
        arguments=_arguments(sections.get("Args", "")),
    )


def told_of(entry: Loss | Part) -> Told | None:
    """What the source says about an entry of the catalogue."""
    return told(entry.name, MODULES[entry.family])


def _formulas(text: str) -> list[str]:
    return [" ".join(each.split()) for each in _MATHS.findall(text)]


def _plain(text: str) -> str:
    """Prose without the marks of reStructuredText."""
    return _ROLE.sub(lambda match: match[1].rsplit(".", 1)[-1], text).replace("``", "")


def _arguments(section: str) -> dict[str, str]:
    pieces = _ARGUMENT.split(cleandoc("\n" + section))
    return {name: " ".join(_plain(text).split()) for name, text in zip(pieces[1::2], pieces[2::2], strict=False)}


def _docstring(package: str, name: str) -> str | None:
    """The docstring of a class or function that a package of `losses` exports."""
    found = _exports(package).get(name)
    tree = _tree(found) if found else None
    for node in tree.body if tree else ():
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return ast.get_docstring(node)
    return None


@lru_cache(maxsize=16)
def _exports(package: str) -> dict[str, Path]:
    """Where each name that a package imports from its own modules is defined."""
    spec = find_spec(package.split(".")[0])  # finds the package without importing it
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        return {}
    root = Path(places[0]).parent
    tree, found = _tree(root.joinpath(*package.split("."), "__init__.py")), {}
    for node in tree.body if tree else ():
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("losses."):
            for alias in node.names:
                found[alias.asname or alias.name] = root.joinpath(*node.module.split(".")).with_suffix(".py")
    return found


@lru_cache(maxsize=256)
def _tree(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
