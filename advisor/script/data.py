"""The part of a script that reads the data, holds a part out and asks a teacher."""

from collections.abc import Mapping

from advisor.report import Report
from advisor.script.choices import Choices
from advisor.script.pieces import call, clean, function, literal
from converters.formats import FORMATS
from converters.scales import SCALES, scale_of

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

Names = dict[str, set[str]]


def loading(choices: Choices) -> tuple[str, Names]:
    """The function `load_data`, with what else it needs, and what these import."""
    names: Names = {"converters": {"convert"}, "datasets": {"Dataset"}}
    report = choices.report
    settings = _settings(report, choices.reading)
    own = _own_split(report)
    lines = []
    taught = choices.teacher is not None and choices.teacher.lesson != "guide"
    if choices.evaluation is None and own is None:
        split = _training_split(report)
        lines.append(_converted("dataset", "dataset", settings | ({"split": literal(split)} if split else {})))
        lines += ["dataset = taught(dataset, settings)"] if taught else []
        names["converters"].add("hold_out")
        lines.append(_held_out(choices.format))
    else:
        split = _training_split(report)
        lines.append(_converted("train", "dataset", settings | ({"split": literal(split)} if split else {})))
        if choices.evaluation is not None:
            lines.append(_converted("held_out", "eval_dataset", _of_file(settings, choices.evaluation)))
        else:
            lines.append(_converted("held_out", "dataset", {**settings, "split": literal(own)}))
        if FORMATS[report.format].label_kind == "class":  # ids have to come from one place
            names["converters"].add("align_classes")
            lines.append("held_out = align_classes(train, held_out)")
        if taught:
            lines += ["train, held_out = taught(train, settings), taught(held_out, settings)"]
    if "hold_out" in names["converters"]:
        lines[-1] = lines[-1].replace("train, held_out =", "return", 1)
    else:
        lines.append("return train, held_out")
    about = "The rows to train on, and those held out to choose the best checkpoint by."
    code = function("load_data", ["settings: Settings"], "tuple[Dataset, Dataset]", about, "\n".join(lines))
    if taught:
        extra, more = _teaching(choices)
        code = f"{extra}\n\n\n{code}"
        for module, own_names in more.items():
            names.setdefault(module, set()).update(own_names)
    return code, names


def _converted(target: str, place: str, settings: Mapping[str, str]) -> str:
    return call(f"{target} = ", "convert", settings, f"settings.{place}")


def _settings(report: Report, reading: Mapping[str, object]) -> dict[str, str]:
    settings = {
        **{name: literal(value) for name, value in reading.items()},
        "input_format": literal(report.format),
        "output_format": literal(report.format),
        "columns": "COLUMNS",
    }
    if report.label.kind == "score" and report.label.minimum is not None and report.label.maximum is not None:
        scale = scale_of(report.label.minimum, report.label.maximum)
        if scale in SCALES:  # any other is that of the sample, and the whole data may go beyond
            settings["score_range"] = f"({scale[0]:g}, {scale[1]:g})"
    return settings


def _of_file(settings: Mapping[str, str], evaluation: Report) -> dict[str, str]:
    """The settings for the file to evaluate on, which has splits of its own."""
    own = {name: value for name, value in settings.items() if name != "split"}
    if len(evaluation.splits) > 1:
        own["split"] = literal(next((name for name in ("validation", "test") if name in evaluation.splits), "train"))
    return own


def _training_split(report: Report) -> str | None:
    """The split to name, where there are several."""
    if len(report.splits) == 1:
        return None
    return "train" if "train" in report.splits else next(iter(report.splits))


def _own_split(report: Report) -> str | None:
    """A split of the data that is held out already."""
    found = next((name for name in _HELD_OUT_SPLITS if name in report.splits), None)
    return None if found == _training_split(report) or len(report.splits) == 1 else found


def _held_out(format: str) -> str:
    group = _GROUPS.get(format)
    how = f'by="{group}"' if group else 'stratify="label"'
    return f"train, held_out = hold_out(dataset, share=0.1, {how}, seed=settings.seed)"


def _teaching(choices: Choices) -> tuple[str, Names]:
    """The function `taught`, which adds what a teacher says."""
    assert choices.teacher is not None
    given = ["dataset: Dataset", "settings: Settings"]
    if choices.teacher.lesson == "embeddings":
        body = """
            teacher = SentenceTransformer(settings.teacher)
            embeddings = teacher.encode(list(dataset["text"]), batch_size=64)
            return dataset.add_column("label", embeddings.tolist())
        """
        code = function("taught", given, "Dataset", "The texts with the teacher's embeddings, to copy.", body)
        return code, {"sentence_transformers": {"SentenceTransformer"}}
    scoring = clean(
        """
            teacher = CrossEncoder(settings.teacher, activation_fn=torch.nn.Identity())
            scores = []
            for name in dataset.column_names[1:]:
                pairs = list(zip(dataset["anchor"], dataset[name], strict=True))
                scores.append(teacher.predict(pairs, batch_size=64))
        """
        if choices.teacher.scores_pairs
        else """
            teacher = SentenceTransformer(settings.teacher)
            anchors = teacher.encode_query(list(dataset["anchor"]), batch_size=64)
            scores = []
            for name in dataset.column_names[1:]:
                documents = teacher.encode_document(list(dataset[name]), batch_size=64)
                scores.append(teacher.similarity_pairwise(anchors, documents).numpy())
        """
    )
    body = f"{scoring}\n" + clean(
        """
            dataset = dataset.rename_column("anchor", "query")
            return dataset.add_column("scores", np.stack(scores, axis=1).tolist())
        """
    )
    names: Names = {
        "sentence_transformers": {"CrossEncoder" if choices.teacher.scores_pairs else "SentenceTransformer"},
        "": {"numpy as np", *({"torch"} if choices.teacher.scores_pairs else ())},
    }
    about = "The rows with the teacher's scores of their documents, the positive first."
    return function("taught", given, "Dataset", about, body), names
