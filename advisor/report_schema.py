"""The JSON Schema of `advisor inspect --json`, made from the classes of the report, so that the two cannot disagree.

    python -m advisor.report_schema

writes it to `advisor/schemas/report.schema.json`, which ships with the package: that is what `advisor schema` prints.
"""

import inspect
import json
import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from advisor.arguments import Argument
from advisor.catalogue import FAMILIES
from advisor.report import Alternative, Column, ConversionOffer, Finding, Label, Recommendation, Report

NAME = "report.schema.json"

_TEXT: dict[str, Any] = {"type": "string"}

#: Fields that are for Python only.
_UNSHOWN: Mapping[type, frozenset[str]] = {
    Report: frozenset({"reopens", "deselected", "said", "facts"}),
    Recommendation: frozenset({"entry"}),
}

#: What the JSON has beside the fields, from the catalogue: the schema, and whether it is always there.
_ADDED: Mapping[type, Mapping[str, tuple[dict[str, Any], bool]]] = {
    Recommendation: {
        "loss": ({**_TEXT, "description": "the class's name"}, True),
        "import": ({**_TEXT, "description": "the line that imports it"}, True),
        "reference": ({**_TEXT, "description": "the address of the paper or page it comes from"}, True),
        "wrapper": (
            {
                "type": "object",
                "properties": {"loss": _TEXT, "arguments": {"type": "object"}},
                "required": ["loss", "arguments"],
                "description": "the loss that it has to be wrapped in, where there is one",
            },
            False,
        ),
    },
}

#: Narrower than the types say.
_NARROWED: Mapping[tuple[type, str], dict[str, Any]] = {
    (Report, "rows"): {"minimum": 0},
    (Report, "rows_sampled"): {"minimum": 0},
    (Report, "confidence"): {"minimum": 0, "maximum": 1},
    (Alternative, "confidence"): {"minimum": 0, "maximum": 1},
    (Recommendation, "rank"): {"minimum": 1},
    (Label, "levels"): {"minimum": 0},
    (Finding, "code"): {"pattern": "^[A-Z]{3}[0-9]{3}$"},
}

#: What a field is, where the class's docstring does not say.
_SAID: Mapping[tuple[type, str], str] = {
    (Alternative, "format"): "the format or layout",
    (Alternative, "confidence"): "how probable that is, 0 to 1",
    (Alternative, "evidence"): "what speaks for it, and against",
    (Column, "name"): "its name; column_1, column_2, ... where the data names none",
    (Column, "role"): "what it is for",
    (Column, "type"): "its type, as Arrow calls it",
    (Column, "evidence"): "what that was concluded from",
}


def schema() -> dict[str, Any]:
    """The schema. Keys that it does not name are allowed: later versions may add some."""
    classes = (Alternative, Column, Label, Finding, Recommendation, ConversionOffer)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:loss-advisor:report",
        "title": "What advisor inspect --json prints",
        **_object(Report),
        "$defs": {each.__name__: _object(each) for each in classes},
    }


def closed(schema: Any) -> Any:
    """A schema that refuses keys which it does not name: to find what it forgot."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and schema.get("type") == "object" and "additionalProperties" not in schema:
        inner["additionalProperties"] = False
    return inner


def published() -> str:
    """The text of the schema that ships with the package."""
    return resources.files("advisor").joinpath("schemas", NAME).read_text(encoding="utf-8")


def text() -> str:
    """The text that should ship."""
    return json.dumps(schema(), indent=2) + "\n"


def descriptions(cls: type) -> dict[str, str]:
    """What the `Attributes` of a class's docstring say about its fields."""
    _, _, listed = (inspect.getdoc(cls) or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(listed).splitlines():
        if entry := re.match(r"^(\w+): (.*)", line):
            name = entry[1]
            found[name] = entry[2]
        elif name and line.startswith(" "):
            found[name] += " " + line.strip()
    found = {field: re.sub(r"\bNone\b", "null", words) for field, words in found.items()}
    own = {field: words for (owner, field), words in _SAID.items() if owner is cls}
    return found | own


def _object(cls: type) -> dict[str, Any]:
    """The schema of one class."""
    assert is_dataclass(cls)
    hints, said = get_type_hints(cls), descriptions(cls)
    properties: dict[str, Any] = {}
    for each in fields(cls):
        if each.name not in _UNSHOWN.get(cls, ()):
            words = {"description": said[each.name]} if each.name in said else {}
            properties[each.name] = _of(hints[each.name]) | _NARROWED.get((cls, each.name), {}) | words
    required = list(properties)
    for name, (shape, always) in _ADDED.get(cls, {}).items():
        properties[name] = shape
        required += [name] if always else []
    return {"type": "object", "properties": properties, "required": required}


def _of(hint: Any) -> dict[str, Any]:
    """The schema of a type."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint is Any or hint == Argument:
        return {}
    if origin is Literal:
        return {"enum": list(inside)}
    if origin in (Union, types.UnionType):
        return _either([_of(each) for each in inside])
    if hint is types.NoneType:
        return {"type": "null"}
    if origin is tuple:
        return {"type": "array", "items": _of(inside[0])}
    if origin is not None and issubclass(origin, Mapping):
        keys = get_args(inside[0])
        if keys == FAMILIES and get_origin(inside[1]) is tuple and is_dataclass(get_args(inside[1])[0]):
            return {"type": "object", "properties": dict.fromkeys(keys, _of(inside[1])), "required": list(keys)}
        if keys:
            return {"type": "object", "properties": dict.fromkeys(keys, _of(inside[1]))}
        return {"type": "object", "additionalProperties": _of(inside[1])}
    if is_dataclass(hint):
        return {"$ref": f"#/$defs/{getattr(hint, '__name__', '')}"}
    simple = {str: "string", bool: "boolean", int: "integer", float: "number"}
    if hint not in simple:
        raise TypeError(f"no schema for {hint}: teach advisor.report_schema about it")
    return {"type": simple[hint]}


def _either(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several: plain types as a list of types, anything else as alternatives."""
    if all(set(each) == {"type"} for each in choices):
        return {"type": [each["type"] for each in choices]}
    return {"anyOf": choices}


def write() -> None:
    """Writes the text that should ship to where it ships from."""
    path = Path(__file__).parent / "schemas" / NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
