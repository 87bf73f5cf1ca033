"""Writes a training script: the trainer of sentence-transformers, our loss, the recommended settings.

The script is put together from small blocks of code, one for each thing that differs: what the family calls its
classes, which evaluator suits the format, which part is held out. It is deterministic, and formatted as `ruff format`
would format it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, Unpack

from advisor.arguments import Code, CopyOfModel, FromLosses, TensorOf
from advisor.catalogue import FAMILIES
from advisor.report import Recommendation, Report
from converters.errors import InputError, nearest, quote
from converters.formats import FORMATS
from converters.scales import SCALES, scale_of
from converters.sources import ReadingOptions

#: What the classes of a family are called.
_CLASSES: Mapping[str, str] = {
    "sentence-transformer": "SentenceTransformer",
    "cross-encoder": "CrossEncoder",
    "sparse-encoder": "SparseEncoder",
    "multi-vector-encoder": "MultiVectorEncoder",
}

#: The column whose equal values stay on one side of the held-out split; classes are stratified instead.
_GROUPS: Mapping[str, str] = {
    "pair": "anchor",
    "triplet": "anchor",
    "n-tuple": "anchor",
    "labeled-pair": "anchor",
    "pair-score": "sentence_a",
    "pair-class": "sentence_a",
    "labeled-list": "query",
    "single": "text",
    "identical-pair": "anchor",
    "damaged-pair": "original",
    "text-embedding": "text",
    "triplet-margin": "query",
    "n-tuple-margins": "query",
    "triplet-scores": "query",
    "n-tuple-scores": "query",
}

#: Splits that serve as the held-out part when the data brings them. A test split does not: the best checkpoint is
#: chosen by the held-out part, and what is chosen by a test is no longer tested by it.
_HELD_OUT_SPLITS = ("validation",)


@dataclass(frozen=True)
class _Evaluator:
    """How a model of a family is evaluated on a format: what to import, and the code that makes `evaluator`."""

    imports: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True)
class _Choices:
    """What the caller chose."""

    model: str
    output_dir: str
    seed: int
    max_length: int | None
    reading: Mapping[str, str]


def _retrieval(name: str, module: str, query: str = "anchor") -> _Evaluator:
    """Retrieval; `query` is what the column of the queries is called."""
    return _Evaluator(
        ((module, name),),
        f"""
        # Every held-out {query} has to find its positives among all positives of the data.
        documents = sorted({{*train["positive"], *held_out["positive"]}})
        number = {{text: str(i) for i, text in enumerate(documents)}}
        relevant: dict[str, set[str]] = {{}}
        for {query}, positive in zip(held_out["{query}"], held_out["positive"], strict=True):
            relevant.setdefault({query}, set()).add(number[positive])
        evaluator = {name}(
            queries={{{query}: {query} for {query} in relevant}},
            corpus={{key: text for text, key in number.items()}},
            relevant_docs=relevant,
        )
        """,
    )


_DENSE = "sentence_transformers.sentence_transformer.evaluation"
_CROSS = "sentence_transformers.cross_encoder.evaluation"
_SPARSE = "sentence_transformers.sparse_encoder.evaluation"
_MULTI_VECTOR = "sentence_transformers.multi_vector_encoder.evaluation"

#: The retrieval evaluator of each family of encoders.
_RETRIEVERS = {
    "sentence-transformer": ("InformationRetrievalEvaluator", _DENSE),
    "sparse-encoder": ("SparseInformationRetrievalEvaluator", _SPARSE),
    "multi-vector-encoder": ("MultiVectorInformationRetrievalEvaluator", _MULTI_VECTOR),
}

#: Formats with a query, its positive and negatives, and what a teacher says of them.
_DISTILLATION = ("triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")


def _recovery(originals: str) -> _Evaluator:
    """Retrieval without labels: `originals` is the column that holds the whole texts."""
    return _Evaluator(
        ((_DENSE, "InformationRetrievalEvaluator"),),
        f"""
        # Half of the words of a held-out text have to find the whole text among all texts.
        texts = sorted({{*train["{originals}"], *held_out["{originals}"]}})
        number = {{text: str(i) for i, text in enumerate(texts)}}
        wanted = sorted(set(held_out["{originals}"]))
        evaluator = InformationRetrievalEvaluator(
            queries={{number[text]: " ".join(text.split()[::2]) for text in wanted}},
            corpus={{key: text for text, key in number.items()}},
            relevant_docs={{number[text]: {{number[text]}} for text in wanted}},
        )
        """,
    )


def _rerank_given(query: str = "anchor") -> _Evaluator:
    """Reranking of a row's own documents; `query` is what the column of the queries is called."""
    return _Evaluator(
        ((_CROSS, "CrossEncoderRerankingEvaluator"),),
        f"""
        # Every held-out {query} has to rank its positives above its negatives.
        samples: dict[str, dict] = {{}}
        for row in held_out:
            sample = samples.setdefault(
                row["{query}"], {{"query": row["{query}"], "positive": [], "negative": []}}
            )
            for name, text in row.items():
                kind = name.split("_")[0]
                if kind in ("positive", "negative") and text not in sample[kind]:
                    sample[kind].append(text)
        evaluator = CrossEncoderRerankingEvaluator(list(samples.values()))
        """,
    )


_TEACHER = _Evaluator(
    (("advisor.evaluation", "TeacherEmbeddingEvaluator"),),
    """
    evaluator = TeacherEmbeddingEvaluator(held_out["text"], held_out["label"])
    """,
)

_EVALUATORS: Mapping[tuple[str, str], _Evaluator] = {
    **{
        (family, name): _retrieval(*evaluator)
        for family, evaluator in _RETRIEVERS.items()
        for name in ("pair", "triplet", "n-tuple")
    },
    **{
        (family, name): _retrieval(*evaluator, query="query")
        for family, evaluator in _RETRIEVERS.items()
        for name in _DISTILLATION
    },
    **{("cross-encoder", name): _rerank_given() for name in ("triplet", "n-tuple")},
    **{("cross-encoder", name): _rerank_given("query") for name in _DISTILLATION},
    ("sentence-transformer", "single"): _recovery("text"),
    ("sentence-transformer", "identical-pair"): _recovery("anchor"),
    ("sentence-transformer", "damaged-pair"): _recovery("original"),
    ("sentence-transformer", "text-embedding"): _TEACHER,
    ("sparse-encoder", "text-embedding"): _TEACHER,
    ("sparse-encoder", "pair-score"): _Evaluator(
        ((_SPARSE, "SparseEmbeddingSimilarityEvaluator"),),
        """
        evaluator = SparseEmbeddingSimilarityEvaluator(
            held_out["sentence_a"], held_out["sentence_b"], held_out["score"]
        )
        """,
    ),
    ("sentence-transformer", "pair-score"): _Evaluator(
        ((_DENSE, "EmbeddingSimilarityEvaluator"),),
        """
        evaluator = EmbeddingSimilarityEvaluator(
            held_out["sentence_a"], held_out["sentence_b"], held_out["score"]
        )
        """,
    ),
    ("sentence-transformer", "labeled-pair"): _Evaluator(
        ((_DENSE, "BinaryClassificationEvaluator"),),
        """
        evaluator = BinaryClassificationEvaluator(
            held_out["anchor"], held_out["document"], held_out["label"]
        )
        """,
    ),
    ("sentence-transformer", "single-class"): _Evaluator(
        (("advisor.evaluation", "NeighborAccuracyEvaluator"),),
        """
        evaluator = NeighborAccuracyEvaluator(
            train["text"], train["label"], held_out["text"], held_out["label"]
        )
        """,
    ),
    ("sentence-transformer", "pair-class"): _Evaluator(
        (("advisor.evaluation", "PairClassEvaluator"),),
        """
        evaluator = PairClassEvaluator(
            (train["sentence_a"], train["sentence_b"]),
            train["label"],
            (held_out["sentence_a"], held_out["sentence_b"]),
            held_out["label"],
        )
        """,
    ),
    ("cross-encoder", "pair-score"): _Evaluator(
        ((_CROSS, "CrossEncoderCorrelationEvaluator"),),
        """
        pairs = list(zip(held_out["sentence_a"], held_out["sentence_b"], strict=True))
        evaluator = CrossEncoderCorrelationEvaluator(pairs, held_out["score"])
        """,
    ),
    ("cross-encoder", "labeled-pair"): _Evaluator(
        ((_CROSS, "CrossEncoderClassificationEvaluator"),),
        """
        pairs = list(zip(held_out["anchor"], held_out["document"], strict=True))
        evaluator = CrossEncoderClassificationEvaluator(pairs, held_out["label"])
        """,
    ),
    ("cross-encoder", "pair-class"): _Evaluator(
        ((_CROSS, "CrossEncoderClassificationEvaluator"),),
        """
        pairs = list(zip(held_out["sentence_a"], held_out["sentence_b"], strict=True))
        evaluator = CrossEncoderClassificationEvaluator(pairs, held_out["label"])
        """,
    ),
    ("cross-encoder", "labeled-list"): _Evaluator(
        ((_CROSS, "CrossEncoderRerankingEvaluator"),),
        """
        # Every held-out query has to rank its relevant documents above the others.
        samples = []
        for row in held_out:
            labeled = list(zip(row["documents"], row["labels"], strict=True))
            samples.append(
                {
                    "query": row["query"],
                    "positive": [document for document, label in labeled if label > 0],
                    "negative": [document for document, label in labeled if label <= 0],
                }
            )
        evaluator = CrossEncoderRerankingEvaluator(samples)
        """,
    ),
    ("cross-encoder", "pair"): _Evaluator(
        ((_CROSS, "CrossEncoderRerankingEvaluator"),),
        """
        # Every held-out anchor has to rank its positives above documents drawn from the data.
        positives: dict[str, list[str]] = {}
        for anchor, positive in zip(held_out["anchor"], held_out["positive"], strict=True):
            positives.setdefault(anchor, []).append(positive)
        documents = sorted({*train["positive"], *held_out["positive"]})
        draw = random.Random(SEED)
        samples = []
        for anchor, own in positives.items():
            drawn = draw.sample(documents, min(30, len(documents)))
            negative = [text for text in drawn if text not in own]
            samples.append({"query": anchor, "positive": own, "negative": negative})
        evaluator = CrossEncoderRerankingEvaluator(samples)
        """,
    ),
}


def write_script(
    report: Report,
    *,
    family: str,
    model: str,
    output_dir: str | None = None,
    seed: int = 12,
    max_length: int | None = None,
    split: str | None = None,
    **reading: Unpack[ReadingOptions],
) -> str:
    """A training script for the first recommendation of a family, as source code.

    Args:
        report: the inspection of a dataset on disk.
        family: which kind of model to train.
        model: the model to start from, a name on the hub or a local path.
        output_dir: where the script will put checkpoints and the model; by default a name made from the dataset's.
        seed: of the held-out split and of training.
        max_length: tokens after which a text, or a pair of texts for a reranker, is cut off; by default what the model
            reads. Shorter is faster and takes less memory.
        split: the split that was inspected, if not all of them.
        reading: how the files were read, where detection was overruled.

    Raises:
        InputError: the data is no file or folder, no such family, or no bundled loss fits; the message says which
            conversion would help.
    """
    if family not in FAMILIES:
        raise InputError(f"unknown family {quote(family)}: {nearest(family, list(FAMILIES))}")
    if not report.reopens:
        raise InputError(f"a script cannot open {report.dataset}, which is in memory: save the data to a file first")
    if not FORMATS[report.format].trainable:
        ways = [each for each in report.conversions if any(own == family for own in each.unlocks)]
        way = f": {ways[0].command}, then write a script for what comes out" if ways else ""
        raise InputError(f"{report.format} data has to be converted before a loss can train on it{way}")
    if not model.strip():
        raise InputError("the model has no name: give one of the hub, or a path")
    if not 0 <= seed < 2**32:
        raise InputError(f"a seed is a number from 0 to {2**32 - 1}, not {seed}")
    if max_length is not None and max_length < 8:
        raise InputError(f"the greatest length has to be at least 8 tokens, not {max_length}")
    best = report.best(family)
    _refuse_what_stands_between(report, best)
    choices = _Choices(model, output_dir or _default_output(report, best), seed, max_length, _given(split, reading))
    return _script(report, best, choices)


def _refuse_what_stands_between(report: Report, best: Recommendation) -> None:
    """Refuses data that the loss cannot train on; what converting into shape mends is mended by the script itself."""
    from advisor.checking import check, mended_by_converting

    for each in check(report, best.loss, best.family).obstacles:
        if not mended_by_converting(each, report):
            way = f"; first run: {each.mend}" if each.mend else ""
            raise InputError(f"{best.loss} cannot train on this data: {each.reason}{way}")


def save_script(code: str, out: str, *, overwrite: bool = False) -> None:
    """Writes a script to a file, whole or not at all.

    Raises:
        InputError: the file exists and is not to be replaced, or cannot be written.
    """
    from converters.writing.whole import whole_file

    path = Path(out)
    if path.exists() and not (overwrite and path.is_file()):
        raise InputError(f"{quote(out, 200)} is there already: choose another name or add --overwrite")
    if not path.parent.is_dir():
        raise InputError(f"{quote(str(path.parent), 200)} is no folder: make it first")
    try:
        with whole_file(path) as temporary:
            temporary.write_text(code, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{quote(out, 200)} cannot be written: {quote(error.strerror or error, 160)}") from error


def _default_output(report: Report, best: Recommendation) -> str:
    stem = Path(report.dataset).name.split(".")[0] or "data"
    return f"output/{stem}-{best.loss}"


def _script(report: Report, best: Recommendation, choices: _Choices) -> str:
    evaluator = _EVALUATORS[best.family, report.format]
    kind = _CLASSES[best.family]
    code = dedent(evaluator.code).strip()
    loading = _loading(report, choices.reading)
    parts = [
        _opening(report, best),
        _imports(best, evaluator, kind, code, loading),
        _constants(report, choices),
        "",
        "def main() -> None:",
        indent(loading, "    "),
        "",
        indent(_model(best, kind, choices.max_length), "    "),
        indent(_call("loss = ", *_loss(best)), "    "),
        "",
        indent(code, "    "),
        "    before = evaluator(model)",
        "    metric = evaluator.primary_metric",
        '    print(f"before training: {metric} = {before[metric]:.4f}")',
        "",
        indent(_call("arguments = ", f"{kind}TrainingArguments", _training(report, best)), "    "),
        indent(_trainer(kind), "    "),
        "    trainer.train()",
        "",
        "    after = evaluator(model)",
        '    print(f"after training:  {metric} = {after[metric]:.4f} (was {before[metric]:.4f})")',
        '    model.save_pretrained(f"{OUTPUT}/final")',
        '    print(f"the model is in {OUTPUT}/final")',
        "",
        "",
        'if __name__ == "__main__":',
        "    main()",
    ]
    return "\n".join(parts) + "\n"


def _opening(report: Report, best: Recommendation) -> str:
    wrapped = f"{best.loss} in {best.entry.wrapper}" if best.entry.wrapper else best.loss
    reasons = "\n".join(f"- {line}" for line in _wrapped(best.reasons, 84))
    warnings = "\n".join(f"- mind: {line}" for line in _wrapped(best.warnings, 78))
    body = "\n".join(filter(None, [reasons, warnings]))
    name = _plain(Path(report.dataset).name)
    return f'"""Trains a {best.family} with {wrapped}.\n\nThe data is {name}, read as {report.format}.\n\n{body}\n"""\n'


def _wrapped(lines: Iterable[str], width: int) -> list[str]:
    from textwrap import wrap

    return ["\n  ".join(wrap(_plain(line), width, break_long_words=False, break_on_hyphens=False)) for line in lines]


def _plain(text: str) -> str:
    """Text that can stand in a docstring."""
    return "".join(char if char.isprintable() and char not in '"\\' else "?" for char in text)


def _imports(best: Recommendation, evaluator: _Evaluator, kind: str, code: str, loading: str) -> str:
    names: dict[str, set[str]] = {"converters": {"convert", "hold_out"} if "hold_out(" in loading else {"convert"}}
    names["sentence_transformers"] = {kind, f"{kind}Trainer", f"{kind}TrainingArguments"}
    names.setdefault(best.entry.module, set()).update(filter(None, [best.loss, best.entry.wrapper]))
    given = [*best.arguments.values(), *best.entry.wrapper_arguments.values()]
    for argument in given:
        if isinstance(argument, FromLosses):
            names.setdefault(argument.module, set()).add(argument.path.split(".")[0])
    for module, name in evaluator.imports:
        names.setdefault(module, set()).add(name)
    plain = []
    if any(isinstance(argument, CopyOfModel) for argument in given):
        plain.append("import copy\n")
    if "random." in code:
        plain.append("import random\n")
    if any(isinstance(argument, TensorOf) for argument in given) or any(
        isinstance(value, Code) for value in best.model.values()
    ):
        plain.append("import torch")
    return "\n".join([*plain, *(_from(module, sorted(own)) for module, own in sorted(names.items()))])


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 88:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _constants(report: Report, choices: _Choices) -> str:
    used = {name: role for name, role in report.roles.items() if role not in ("id", "ignored")}
    lines = [
        "",
        _constant("DATASET", report.dataset),
        _constant("MODEL", choices.model),
        _constant("OUTPUT", choices.output_dir),
        f"SEED = {choices.seed}",
        "",
        "# What the columns of the data are; the others are not used.",
        "COLUMNS = {",
        *(f"    {_literal(name)}: {_literal(role)}," for name, role in used.items()),
        "}",
        "",
    ]
    return "\n".join(lines)


def _constant(name: str, value: str) -> str:
    line = f"{name} = {_literal(value)}"
    # A formatter puts brackets around what is too long, unless it would be too long still.
    return line if len(line) <= 88 or len(_literal(value)) > 84 else f"{name} = (\n    {_literal(value)}\n)"


def _given(split: str | None, reading: ReadingOptions) -> dict[str, str]:
    """What the caller said about reading the data, as arguments of `convert`."""
    said = {"split": split, **reading}
    return {name: _literal(value) for name, value in said.items() if value is not None}


def _loading(report: Report, given: Mapping[str, str]) -> str:
    settings = {
        **given,
        "input_format": _literal(report.format),
        "output_format": _literal(report.format),
        "columns": "COLUMNS",
    }
    if report.label.kind == "score" and report.label.minimum is not None and report.label.maximum is not None:
        scale = scale_of(report.label.minimum, report.label.maximum)
        if scale in SCALES:  # any other is that of the sample, and the whole data may go beyond
            settings["score_range"] = f"({scale[0]:g}, {scale[1]:g})"
    if len(report.splits) == 1:
        dataset = _call("dataset = ", "convert", settings, first="DATASET")
        return f"{dataset}\n{_held_out(report.format)}"
    own = next((name for name in _HELD_OUT_SPLITS if name in report.splits), None)
    train = "train" if "train" in report.splits else next(iter(report.splits))
    dataset = _call("dataset = ", "convert", {**settings, "split": _literal(train)}, first="DATASET")
    if (
        own is None or own == train or FORMATS[report.format].label_kind == "class"
    ):  # class ids have to come from one place
        return f"{dataset}\n{_held_out(report.format)}"
    held_out = _call("held_out = ", "convert", {**settings, "split": _literal(own)}, first="DATASET")
    return f"{dataset.replace('dataset = ', 'train = ', 1)}\n{held_out}"


def _held_out(format: str) -> str:
    group = _GROUPS.get(format)
    how = f'by="{group}"' if group else 'stratify="label"'
    return f"train, held_out = hold_out(dataset, share=0.1, {how}, seed=SEED)"


def _model(best: Recommendation, kind: str, max_length: int | None) -> str:
    if best.family != "cross-encoder":
        shorter = f"\nmodel.max_seq_length = {max_length}" if max_length else ""
        return f"model = {kind}(MODEL){shorter}"
    outputs = 'len(train.features["label"].names)' if best.entry.outputs == "classes" else "1"
    settings = {"num_labels": outputs} | ({"max_length": str(max_length)} if max_length else {})
    settings |= {name: str(value) for name, value in best.model.items() if isinstance(value, Code)}
    return _call("model = ", kind, settings, first="MODEL")


def _loss(best: Recommendation) -> tuple[str, dict[str, str], str]:
    arguments = {name: each.as_code() for name, each in best.arguments.items()}
    if best.entry.outputs is None and "num_labels" in arguments:
        arguments["num_labels"] = 'len(train.features["label"].names)'
    if best.entry.wrapper is None:
        return best.loss, arguments, "model"
    inner = _call("", best.loss, arguments, first="model")
    around = {name: each.as_code() for name, each in best.entry.wrapper_arguments.items()}
    return best.entry.wrapper, {"loss": inner, **around}, "model"


def _training(report: Report, best: Recommendation) -> dict[str, str]:
    asked = {name: _literal(value) for name, value in best.trainer.items()}
    return {
        "output_dir": "OUTPUT",
        **asked,
        "per_device_eval_batch_size": "64",
        "warmup_steps": "0.1",
        "eval_strategy": '"epoch"',
        "save_strategy": '"epoch"',
        "save_total_limit": "1",
        "load_best_model_at_end": "True",
        "metric_for_best_model": 'f"eval_{metric}"',
        "logging_steps": "10",
        "report_to": '"none"',
        "seed": "SEED",
    }


def _trainer(kind: str) -> str:
    settings = {
        "model": "model",
        "args": "arguments",
        "train_dataset": "train",
        "loss": "loss",
        "evaluator": "evaluator",
    }
    return _call("trainer = ", f"{kind}Trainer", settings)


def _call(target: str, function: str, arguments: Mapping[str, str], first: str | None = None) -> str:
    """A call, on one line where it is short, else with an argument on each line."""
    given = [*([first] if first else []), *(f"{name}={value}" for name, value in arguments.items())]
    line = f"{target}{function}({', '.join(given)})"
    if len(line) <= 60 and "\n" not in line:
        return line
    return f"{target}{function}(\n" + "".join(indent(f"{each},", "    ") + "\n" for each in given) + ")"


def _literal(value: Any) -> str:
    """A Python literal, with double quotes."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
