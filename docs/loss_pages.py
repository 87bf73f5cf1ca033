"""A page for each loss: an example that runs, the data it takes, its settings, its mathematics, where it comes from."""

import importlib
import inspect
from typing import Any

from advisor.arguments import CopyOfModel, FromLosses, TensorOf
from advisor.catalogue import FAMILIES, LOSSES, PARTS, Family, Loss, Part
from converters.formats import FORMATS
from docs import docstrings

_KINDS = {
    "sentence-transformer": "SentenceTransformer",
    "cross-encoder": "CrossEncoder",
    "sparse-encoder": "SparseEncoder",
    "multi-vector-encoder": "MultiVectorEncoder",
}

#: A model to start from, for each family.
MODELS = {
    "sentence-transformer": "sentence-transformers/all-MiniLM-L6-v2",
    "cross-encoder": "microsoft/MiniLM-L12-H384-uncased",
    "sparse-encoder": "distilbert/distilbert-base-uncased",
    "multi-vector-encoder": "lightonai/GTE-ModernColBERT-v1",
}

_QUESTIONS = ("where is my order", "how do i get a refund")
_ANSWERS = ("open the app to follow the delivery", "send it back within 30 days")
_WRONG = ("we sell gift cards", "the app is free")
_MORE_WRONG = ("invoices come by email", "our office is closed")

_TRIPLET = {"positive": _ANSWERS, "negative": _WRONG}
_TUPLE = {"positive": _ANSWERS, "negative_1": _WRONG, "negative_2": _MORE_WRONG}

#: Two or more rows of each format.
DATA: dict[str, dict[str, Any]] = {
    "single": {"text": (*_QUESTIONS, *_ANSWERS)},
    "single-class": {"text": (*_QUESTIONS, *_ANSWERS), "label": (0, 0, 1, 1)},
    "pair": {"anchor": _QUESTIONS, "positive": _ANSWERS},
    "identical-pair": {"anchor": _QUESTIONS, "anchor_copy": _QUESTIONS},
    "damaged-pair": {"damaged": ("where my", "do get refund"), "original": _QUESTIONS},
    "pair-class": {"sentence_a": _QUESTIONS, "sentence_b": _ANSWERS, "label": (0, 2)},
    "labeled-pair": {"anchor": _QUESTIONS, "document": (_ANSWERS[0], _WRONG[1]), "label": (1, 0)},
    "pair-score": {"sentence_a": _QUESTIONS, "sentence_b": (_ANSWERS[0], _WRONG[1]), "score": (0.9, 0.2)},
    "triplet": {"anchor": _QUESTIONS, **_TRIPLET},
    "n-tuple": {"anchor": _QUESTIONS, **_TUPLE},
    "labeled-list": {
        "query": _QUESTIONS,
        "documents": ((_ANSWERS[0], _WRONG[0]), (_ANSWERS[1], _WRONG[1])),
        "labels": ((1, 0), (2, 0)),
    },
    "triplet-margin": {"query": _QUESTIONS, **_TRIPLET, "score": (7.5, 4.0)},
    "n-tuple-margins": {"query": _QUESTIONS, **_TUPLE, "scores": ((7.5, 6.0), (4.0, 5.5))},
    "triplet-scores": {"query": _QUESTIONS, **_TRIPLET, "scores": ((9.0, 1.5), (6.0, 2.0))},
    "n-tuple-scores": {"query": _QUESTIONS, **_TUPLE, "scores": ((9.0, 1.5, 3.0), (6.0, 2.0, 0.5))},
}

#: The loss that the example of a part wraps, and the format it takes.
_INNER = {
    "sentence-transformer": ("MultipleNegativesRankingLoss", "pair"),
    "sparse-encoder": ("SparseMultipleNegativesRankingLoss", "pair"),
}


def page(entry: Loss | Part) -> str:
    """The page of a loss."""
    cls = getattr(importlib.import_module(f"losses.{entry.family.replace('-', '_')}"), entry.name)
    parts = docstrings.sections(cls)
    own = isinstance(entry, Loss) and entry.own
    lines = [f"# {entry.name}", "", entry.summary, ""]
    lines += [f"A loss for the family `{entry.family}`; [all losses](../README.md)."]
    lines += ["sentence-transformers has none of this name." if own else "Drop-in for sentence-transformers' own.", ""]
    lines += ["```python", example(entry), "```", ""]
    if isinstance(entry, Loss):
        lines += ["## Data", "", *_data(entry), "", "## Settings to start from", "", *_settings(entry), ""]
    first, _, about = parts[""].partition("\n\n")
    lines += ["## What it does", "", docstrings.prose(first), "", docstrings.prose(about), ""]
    if "Args" in parts:
        lines += ["## Arguments", "", "```python", _signature(cls), "```", ""]
        lines += [*docstrings.arguments(parts["Args"]), ""]
    for name in docstrings.functions_named(parts[""]):
        lines += _mathematics(name)
    lines += ["## Reference", "", f"[{entry.reference[0]}]({entry.reference[1]})"]
    return "\n".join(lines) + "\n"


def index() -> list[str]:
    """The table of all losses, family by family, for the index."""
    lines: list[str] = []
    for family in FAMILIES:
        lines += ["", f"## {family}", "", "| loss | takes | what it does |", "|---|---|---|"]
        for loss in (each for each in LOSSES.values() if each.family == family):
            takes = ", ".join(f"`{name}`" for name in loss.formats)
            lines.append(f"| {_link(loss)} | {takes} | {loss.summary} |")
        for part in (each for each in PARTS.values() if each.family == family):
            lines.append(f"| {_link(part)} | used with another loss | {part.summary} |")
    return lines


def address(entry: Loss | Part) -> str:
    """Where the page of a loss is, below the folder of the losses."""
    return f"{entry.family}/{entry.name}.md"


def example(entry: Loss | Part) -> str:
    """A script that trains with the loss for a moment; it runs as it stands."""
    family, kind = entry.family, _KINDS[entry.family]
    if isinstance(entry, Loss):
        names, data = [entry.name, *([entry.wrapper] if entry.wrapper else [])], next(iter(entry.formats))
        making = _making(entry)
    else:
        names, data, making = _example_of_part(entry)
    settings = {"output_dir": '"output"'}
    if isinstance(entry, Loss):
        settings |= {name: _quoted(value) for name, value in entry.trainer.items()}
    code = [f"model = {_model(entry)}"]
    rows = dict(DATA[data]) if data != "text-embedding" else {"text": DATA["single"]["text"]}
    code += ["train = Dataset.from_dict(", "    {"]
    code += [line for name, value in rows.items() for line in _column(name, value)]
    code += ["    }", ")"]
    if data == "text-embedding":
        dense = "" if family == "sentence-transformer" else ".to_dense()"
        code += ["# In earnest, the embeddings of a stronger model."]
        code += [f'train = train.add_column("label", model.encode(train["text"]){dense}.tolist())']
    code += [*making, "", f"arguments = {kind}TrainingArguments("]
    code += [f"    {name}={value}," for name, value in settings.items()]
    code += [")", f"{kind}Trainer(model=model, args=arguments, train_dataset=train, loss=loss).train()"]
    text = "\n".join(code)
    plain = [name for name in ("copy", "torch") if f"{name}." in text]
    imports = [f"import {name}" for name in plain]
    imports += ["from datasets import Dataset"]
    imports += [_from("sentence_transformers", [kind, f"{kind}Trainer", f"{kind}TrainingArguments"]), ""]
    given = entry.arguments.values() if isinstance(entry, Loss) else ()
    names += [each.path.split(".")[0] for each in given if isinstance(each, FromLosses)]
    imports += [_from(f"losses.{family.replace('-', '_')}", names)]
    return "\n".join([*imports, "", text])


def model_of(entry: Loss | Part) -> str:
    """The model that the example starts from."""
    return MODELS[kind_of_model(entry)]


def kind_of_model(entry: Loss | Part) -> Family:
    """What that model is; a sparse autoencoder is put on top of a dense model."""
    return "sentence-transformer" if entry.name.startswith("CSR") else entry.family


def _example_of_part(part: Part) -> tuple[list[str], str, list[str]]:
    if "loss" not in part.use.split("(", 1)[1]:  # stands alone
        return [part.name], "pair", [f"loss = {part.use}"]
    inner, data = _INNER[part.family]
    outer = part.use.split("(", 1)[0]
    making = [f"loss = {inner}(model)", f"loss = {part.use}"]
    names = [inner, outer, *([part.name] if f"{part.name}(" in part.use else [])]
    return list(dict.fromkeys(names)), data, making


def _model(entry: Loss | Part) -> str:
    settings = ""
    if isinstance(entry, Loss) and entry.outputs is not None:
        settings = f", num_labels={1 if entry.outputs == 'one' else 3}"
    return f"{_KINDS[entry.family]}({_quoted(model_of(entry))}{settings})"


def _making(loss: Loss) -> list[str]:
    given = {name: each.as_code() for name, each in loss.arguments.items()}
    if loss.name == "SoftmaxLoss":
        given["num_labels"] = "3"
    made = [f"loss = {_call(loss.name, given)}"]
    if loss.wrapper:
        around = {name: each.as_code() for name, each in loss.wrapper_arguments.items()}
        made.append(f"loss = {_call(loss.wrapper, {'loss': 'loss', **around})}")
    return made


def _call(name: str, given: dict[str, str]) -> str:
    return f"{name}({', '.join(['model', *(f'{key}={value}' for key, value in given.items())])})"


def _from(module: str, names: list[str]) -> str:
    names = sorted(set(names))
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= 88 else f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _column(name: str, value: Any) -> list[str]:
    """A column of the example, on one line where it is short."""
    line = f"        {_quoted(name)}: {_literal(value)},"
    if len(line) <= 88:
        return [line]
    return [f"        {_quoted(name)}: [", *(f"            {_literal(each)}," for each in value), "        ],"]


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return _quoted(value)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _data(loss: Loss) -> list[str]:
    lines = []
    for name, fit in loss.formats.items():
        spec = FORMATS[name]
        columns = ", ".join(spec.column_names())
        lines.append(f"- [`{name}`](../../formats.md) ({columns}): {fit.reason}.")
    if loss.outputs is not None:
        lines.append("")
        lines.append("The model has " + ("one output." if loss.outputs == "one" else "an output for each class."))
    first = next(iter(loss.formats))
    lines += ["", "To get there from other data:", "", "```text"]
    return [*lines, f"advisor convert DATASET --output-format {first} -o OUT", "```"]


def _settings(loss: Loss) -> list[str]:
    lines = [f"- `{name}={value}`" for name, value in loss.settings.items()]
    if any(isinstance(each, CopyOfModel) for each in loss.arguments.values()):
        lines.append("- a stronger guide than a copy of the model, where you have one")
    if any(isinstance(each, TensorOf) for each in loss.arguments.values()):
        lines.append("- `import torch` for the tensor")
    if loss.wrapping:
        lines.append(f"- wrapped in `{loss.wrapping}`")
    return lines


def _mathematics(name: str) -> list[str]:
    function = getattr(importlib.import_module("losses.functional"), name)
    parts = docstrings.sections(function)
    lines = [f"## On tensors alone: `losses.functional.{name}`", "", docstrings.prose(parts[""]), ""]
    if "Args" in parts:
        lines += [*docstrings.arguments(parts["Args"]), ""]
    for heading in ("Returns", "Raises", "Example"):
        if heading in parts:
            lines += [f"{heading}:", "", docstrings.prose(parts[heading]), ""]
    return lines


def _signature(cls: type) -> str:
    signature = inspect.signature(cls)
    shown = [_parameter(each) for each in signature.parameters.values()]
    line = f"{cls.__name__}({', '.join(shown)})"
    return line if len(line) <= 100 else f"{cls.__name__}(\n" + "".join(f"    {each},\n" for each in shown) + ")"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    if parameter.default is parameter.empty:
        return stars + parameter.name
    default = getattr(parameter.default, "__name__", None) or repr(parameter.default).splitlines()[0]
    return f"{parameter.name}={default}".replace("'", '"')


def _link(entry: Loss | Part) -> str:
    return f"[{entry.name}]({address(entry)})"
