"""Conversions as users of `datasets` write them: what the benchmark holds ours against.

The same rows come out as of our conversions, which a test makes sure of; where something is drawn at random, as many.
How they are written follows the documentation of `datasets` and the examples of sentence-transformers:

- a row becomes another one: `map` with a function of a row, which is how `map` is called by default;
- a row becomes several: `map(batched=True)` with a loop over the batch;
- rows are left out: `filter` with a function of a row;
- columns are left out or renamed: `select_columns` and `rename_columns`, with no loop at all;
- rows of a query come together: a loop over the rows into a dict, and `Dataset.from_dict`.

What ours do beside, such as leaving out empty texts and taking texts for the same whatever white space is around
them, these do not.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from datasets import Dataset, load_dataset

from benchmarks.conversion_data import NEGATIVES

Row = dict[str, Any]
Batch = dict[str, list[Any]]
ByHand = Callable[[Dataset], Dataset]

#: The words of a damaged text that are deleted, as in TSDAE.
_DELETED = 0.6


def load(name: str, path: Path, cache: Path) -> Dataset:
    """Loads a format's file, or what stands in the folder of a collection."""
    if name != "collection":
        return load_dataset("parquet", data_files=str(path), split="train", cache_dir=str(cache))
    read: dict[str, Any] = {"split": "train", "cache_dir": str(cache)}
    texts = {}
    for kind in ("queries", "corpus"):
        dataset = load_dataset("json", data_files=str(path / f"{kind}.jsonl"), **read)
        texts[kind] = dict(zip(dataset["_id"], dataset["text"], strict=True))
    judgements = load_dataset("csv", data_files=str(path / "qrels" / "train.tsv"), delimiter="\t", **read)

    def look_up(row: Row) -> Row:
        return {"query": texts["queries"][row["query-id"]], "document": texts["corpus"][row["corpus-id"]]}

    return judgements.map(look_up).rename_column("score", "grade").select_columns(["query", "document", "grade"])


def _each(dataset: Dataset, function: Callable[[Row], Row]) -> Dataset:
    return dataset.map(function, remove_columns=dataset.column_names)


def _several(dataset: Dataset, function: Callable[[Batch], Iterator[Row]]) -> Dataset:
    """What becomes several rows, which a generator makes of a batch."""

    def apply(batch: Batch) -> Batch:
        return _columns(function(batch))

    return dataset.map(apply, batched=True, remove_columns=dataset.column_names)


def _columns(rows: Iterable[Row]) -> Batch:
    columns: Batch = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


# -- single texts ----------------------------------------------------------------------------------------------------


def _twice(dataset: Dataset) -> Dataset:
    return _each(dataset, lambda row: {"anchor": row["text"], "anchor_copy": row["text"]})


def _damaged(dataset: Dataset) -> Dataset:
    draw = random.Random(12)

    def damage(row: Row) -> Row:
        words = row["text"].split()
        kept = [word for word in words if draw.random() >= _DELETED] or [draw.choice(words)]
        return {"damaged": " ".join(kept), "original": row["text"]}

    return _each(dataset, damage)


def _by_class(target: str) -> ByHand:
    def convert(dataset: Dataset) -> Dataset:
        draw = random.Random(12)
        classes: dict[int, list[str]] = {}
        for row in dataset:
            classes.setdefault(row["label"], []).append(row["text"])
        names = sorted(classes)

        def another(row: Row) -> str:
            while True:
                chosen = draw.choice(classes[row["label"]])
                if chosen != row["text"]:
                    return chosen

        def stranger(row: Row) -> str:
            while True:
                name = draw.choice(names)
                if name != row["label"]:
                    return draw.choice(classes[name])

        if target == "pair":
            return _each(dataset, lambda row: {"anchor": row["text"], "positive": another(row)})
        if target == "labeled-list":

            def lists(row: Row) -> Row:
                documents = [another(row), *(stranger(row) for _ in range(NEGATIVES))]
                return {"query": row["text"], "documents": documents, "labels": [1] + [0] * NEGATIVES}

            return _each(dataset, lists)
        if target != "labeled-pair":
            names_of = _names(1 if target == "triplet" else NEGATIVES)

            def tuples(row: Row) -> Row:
                strangers = {name: stranger(row) for name in names_of}
                return {"anchor": row["text"], "positive": another(row), **strangers}

            return _each(dataset, tuples)

        def label(batch: Batch) -> Iterator[Row]:
            for text, own in zip(batch["text"], batch["label"], strict=True):
                row = {"text": text, "label": own}
                yield {"anchor": text, "document": another(row), "label": 1}
                yield {"anchor": text, "document": stranger(row), "label": 0}

        return _several(dataset, label).select_columns(["anchor", "document", "label"])

    return convert


def _distinct(*columns: str) -> ByHand:
    """Every text of these columns, of texts or of lists of texts, once."""

    def convert(dataset: Dataset) -> Dataset:
        seen = set()

        def apply(batch: Batch) -> Iterator[Row]:
            for values in zip(*(batch[name] for name in columns), strict=True):
                for value in values:
                    for text in value if isinstance(value, list) else [value]:
                        if text not in seen:
                            seen.add(text)
                            yield {"text": text}

        return _several(dataset, apply)

    return convert


def _names(negatives: int) -> list[str]:
    return ["negative"] if negatives == 1 else [f"negative_{place + 1}" for place in range(negatives)]


# -- what belongs to a query and what does not -----------------------------------------------------------------------

Judged = dict[str, dict[str, float]]


def _gathered(judgements: Iterable[tuple[str, str, float]]) -> Judged:
    """For each query its documents with the best grade that each of them gets."""
    judged: Judged = {}
    for query, document, grade in judgements:
        documents = judged.setdefault(query, {})
        documents[document] = max(grade, documents.get(document, grade))
    return judged


def _pairs(query: str, documents: dict[str, float]) -> Iterator[Row]:
    for document, grade in documents.items():
        if grade > 0:
            yield {"anchor": query, "positive": document}


def _labeled_pairs(query: str, documents: dict[str, float]) -> Iterator[Row]:
    for document, grade in documents.items():
        yield {"anchor": query, "document": document, "label": int(grade > 0)}


def _lists(query: str, documents: dict[str, float]) -> Iterator[Row]:
    labels = list(documents.values())
    if max(labels) > min(labels):
        yield {"query": query, "documents": list(documents), "labels": labels}


def _tuples(negatives: int, label: str | None = None, threshold: float = 1e-9) -> "Maker":
    """Rows of a positive and so many negatives; with the grades as scores, or as margins, if wanted."""
    names = _names(negatives)

    def make(query: str, documents: dict[str, float]) -> Iterator[Row]:
        good = [document for document, grade in documents.items() if grade >= threshold]
        bad = [document for document, grade in documents.items() if grade < threshold]
        if not good or len(bad) < negatives:
            return
        for turn in range(max(len(good), -(-len(bad) // negatives))):
            row: Row = {"query" if label else "anchor": query, "positive": good[turn % len(good)]}
            for place, name in enumerate(names):
                row[name] = bad[(turn * negatives + place) % len(bad)]
            own, others = documents[row["positive"]], [documents[row[name]] for name in names]
            if label == "scores":
                row["scores"] = [float(own), *map(float, others)]
            elif label and negatives == 1:
                row["score"] = float(own - others[0])
            elif label:
                row["scores"] = [float(own - other) for other in others]
            yield row

    return make


Maker = Callable[[str, dict[str, float]], Iterator[Row]]
_MAKERS: dict[str, Maker] = {
    "pair": _pairs,
    "labeled-pair": _labeled_pairs,
    "labeled-list": _lists,
    "triplet": _tuples(1),
    "n-tuple": _tuples(NEGATIVES),
}


def _scored_makers(threshold: float = 1e-9) -> dict[str, Maker]:
    return {
        "triplet-scores": _tuples(1, "scores", threshold),
        "n-tuple-scores": _tuples(NEGATIVES, "scores", threshold),
        "triplet-margin": _tuples(1, "margins", threshold),
        "n-tuple-margins": _tuples(NEGATIVES, "margins", threshold),
    }


def _gather(judgements: Callable[[Row], Iterable[tuple[str, str, float]]], make: Maker) -> ByHand:
    """Puts the rows of a query together in a dict."""

    def convert(dataset: Dataset) -> Dataset:
        judged = _gathered(each for row in dataset for each in judgements(row))
        return Dataset.from_dict(_columns(row for query, documents in judged.items() for row in make(query, documents)))

    return convert


def _spread(judgements: Callable[[Row], Iterable[tuple[str, str, float]]], make: Maker) -> ByHand:
    """Makes several rows of one, where all that is known of a query stands in a row."""

    def convert(dataset: Dataset) -> Dataset:
        def apply(batch: Batch) -> Iterator[Row]:
            for values in zip(*batch.values(), strict=True):
                for query, documents in _gathered(judgements(dict(zip(batch, values, strict=True)))).items():
                    yield from make(query, documents)

        return _several(dataset, apply)

    return convert


def _of_labeled(row: Row) -> Iterator[tuple[str, str, float]]:
    yield row["anchor"], row["document"], row["label"]


def _of_graded(row: Row) -> Iterator[tuple[str, str, float]]:
    yield row["query"], row["document"], row["grade"]


def _of_tuple(row: Row) -> Iterator[tuple[str, str, float]]:
    for name, text in row.items():
        if name != "anchor":
            yield row["anchor"], text, int(name == "positive")


def _of_list(row: Row) -> Iterator[tuple[str, str, float]]:
    for document, label in zip(row["documents"], row["labels"], strict=True):
        yield row["query"], document, label


def _of_group(row: Row) -> Iterator[tuple[str, str, float]]:
    for document in row["pos"]:
        yield row["query"], document, 1
    for document in row["neg"]:
        yield row["query"], document, 0


def _of_scored(row: Row) -> Iterator[tuple[str, str, float]]:
    yield row["sentence_a"], row["sentence_b"], row["score"] / 5


def _of_entailment(row: Row) -> Iterator[tuple[str, str, float]]:
    if row["label"] != "neutral":
        yield row["sentence_a"], row["sentence_b"], int(row["label"] == "entailment")


# -- where rows stay rows --------------------------------------------------------------------------------------------


def _new(*names: str) -> Callable[[Row], bool]:
    """Tells of each row whether it is the first with these values."""
    seen = set()

    def is_new(row: Row) -> bool:
        values = tuple(row[name] for name in names)
        if values in seen:
            return False
        seen.add(values)
        return True

    return is_new


def _first_pairs(dataset: Dataset) -> Dataset:
    return dataset.select_columns(["anchor", "positive"]).filter(_new("anchor", "positive"))


def _relevant(anchor: str, document: str, is_relevant: Callable[[Row], bool]) -> ByHand:
    """Pairs out of labeled ones: each once."""

    def convert(dataset: Dataset) -> Dataset:
        pairs = dataset.filter(is_relevant).select_columns([anchor, document])
        return pairs.filter(_new(anchor, document)).rename_columns({anchor: "anchor", document: "positive"})

    return convert


def _scored_as_labeled(dataset: Dataset) -> Dataset:
    labeled = _each(
        dataset,
        lambda row: {
            "anchor": row["sentence_a"],
            "document": row["sentence_b"],
            "label": int(row["score"] / 5 >= 0.5),
        },
    )
    return labeled.filter(_new("anchor", "document"))


def _graded_as_scored(dataset: Dataset) -> Dataset:
    highest = max(dataset["grade"])
    return _each(
        dataset,
        lambda row: {
            "sentence_a": row["query"],
            "sentence_b": row["document"],
            "score": row["grade"] / highest,
        },
    )


def _classes_as_scores(dataset: Dataset) -> Dataset:
    scores = {"entailment": 1.0, "neutral": 0.5, "contradiction": 0.0}
    return dataset.map(lambda row: {"score": scores[row["label"]]}, remove_columns=["label"])


def _named(old: dict[str, str]) -> ByHand:
    """Columns under other names; the rest is left out."""

    def convert(dataset: Dataset) -> Dataset:
        return dataset.select_columns(list(old)).rename_columns(old)

    return convert


def _judged_relevant(dataset: Dataset) -> Dataset:
    relevant = dataset.filter(lambda row: row["grade"] > 0)
    return _named({"query": "anchor", "document": "positive"})(relevant)


def _negatives(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith("negative")]


def _unscored(dataset: Dataset) -> Dataset:
    texts = [name for name in dataset.column_names if name not in ("score", "scores")]
    negatives = _negatives(texts)
    positives = set(zip(dataset["query"], dataset["positive"], strict=True))
    clean = dataset.filter(lambda row: all((row["query"], row[name]) not in positives for name in negatives))
    return clean.select_columns(texts).rename_columns({"query": "anchor"})


def _one_each(dataset: Dataset) -> Dataset:
    negatives = _negatives(dataset.column_names)
    positives = set(zip(dataset["anchor"], dataset["positive"], strict=True))

    def split(batch: Batch) -> Iterator[Row]:
        for place, (anchor, positive) in enumerate(zip(batch["anchor"], batch["positive"], strict=True)):
            for name in negatives:
                if (anchor, batch[name][place]) not in positives:
                    yield {"anchor": anchor, "positive": positive, "negative": batch[name][place]}

    return _several(dataset, split)


def _margin(dataset: Dataset) -> Dataset:
    return dataset.map(lambda row: {"score": row["scores"][0] - row["scores"][1]}, remove_columns=["scores"])


def _margins(dataset: Dataset) -> Dataset:
    return dataset.map(lambda row: {"scores": [row["scores"][0] - score for score in row["scores"][1:]]})


def _scored_lists(dataset: Dataset) -> Dataset:
    names = ["positive", *_negatives(dataset.column_names)]
    return _each(
        dataset,
        lambda row: {"query": row["query"], "documents": [row[name] for name in names], "labels": row["scores"]},
    )


def _list_as_scored(dataset: Dataset) -> Dataset:
    highest = max(max(labels) for labels in dataset["labels"])

    def apply(batch: Batch) -> Iterator[Row]:
        for query, documents, labels in zip(batch["query"], batch["documents"], batch["labels"], strict=True):
            for document, label in zip(documents, labels, strict=True):
                yield {"sentence_a": query, "sentence_b": document, "score": label / highest}

    return _several(dataset, apply)


def _tuples_as_scored(dataset: Dataset) -> Dataset:
    names = ["positive", *_negatives(dataset.column_names)]

    def apply(batch: Batch) -> Iterator[Row]:
        for query, scores, *documents in zip(*(batch[name] for name in ["query", "scores", *names]), strict=True):
            for document, score in zip(documents, scores, strict=True):
                yield {"sentence_a": query, "sentence_b": document, "score": score}

    return _several(dataset, apply).filter(_new("sentence_a", "sentence_b"))


def _scored_one_each(dataset: Dataset) -> Dataset:
    """Each negative in a row of its own: of margins with its own, of scores with the positive's and its own."""
    names = _negatives(dataset.column_names)

    def apply(batch: Batch) -> Iterator[Row]:
        columns = [batch[name] for name in ["query", "positive", "scores", *names]]
        for query, positive, scores, *negatives in zip(*columns, strict=True):
            for place, negative in enumerate(negatives):
                row = {"query": query, "positive": positive, "negative": negative}
                if len(scores) == len(negatives):
                    yield {**row, "score": scores[place]}
                else:
                    yield {**row, "scores": [scores[0], scores[place + 1]]}

    made = _several(dataset, apply)
    label = "score" if "score" in made.column_names else "scores"
    return made.select_columns(["query", "positive", "negative", label])


def _scored_together(dataset: Dataset) -> Dataset:
    """The negatives of a query and its positive in rows of several."""
    margins = "score" in dataset.column_names
    found: dict[tuple[str, str], dict[str, float]] = {}
    own: dict[tuple[str, str], float] = {}
    for row in dataset:
        pair = row["query"], row["positive"]
        if not margins:
            own.setdefault(pair, row["scores"][0])
        found.setdefault(pair, {}).setdefault(row["negative"], row["score"] if margins else row["scores"][1])
    rows = []
    for (query, positive), negatives in found.items():
        texts = list(negatives)
        if len(texts) < NEGATIVES:
            continue
        for start in range(0, len(texts), NEGATIVES):
            chosen = [texts[place % len(texts)] for place in range(start, start + NEGATIVES)]
            scores = [negatives[text] for text in chosen]
            if not margins:
                scores.insert(0, own[query, positive])
            row = {"query": query, "positive": positive, **dict(zip(_names(NEGATIVES), chosen, strict=True))}
            rows.append({**row, "scores": scores})
    return Dataset.from_list(rows)


def _scored_groups(target: str) -> ByHand:
    width = 1 if target.startswith("triplet") else NEGATIVES
    names = ["negative"] if width == 1 else [f"negative_{place + 1}" for place in range(width)]

    def convert(dataset: Dataset) -> Dataset:
        def split(batch: Batch) -> Iterator[Row]:
            for query, good, bad, own, others in zip(*(batch[name] for name in columns), strict=True):
                for turn in range(max(len(good), -(-len(bad) // width))):
                    places = [(turn * width + place) % len(bad) for place in range(width)]
                    row = {"query": query, "positive": good[turn % len(good)]}
                    row |= {name: bad[place] for name, place in zip(names, places, strict=True)}
                    score, scores = own[turn % len(good)], [others[place] for place in places]
                    if target == "triplet-margin":
                        row["score"] = score - scores[0]
                    elif target == "n-tuple-margins":
                        row["scores"] = [score - other for other in scores]
                    else:
                        row["scores"] = [score, *scores]
                    yield row

        columns = ["query", "pos", "neg", "pos_scores", "neg_scores"]
        return _several(dataset, split)

    return convert


_DOCUMENTS = ("positive", *_names(NEGATIVES))

#: The columns with the texts of each format.
_TEXTS = {
    "single-class": ("text",),
    "text-embedding": ("text",),
    "pair": ("anchor", "positive"),
    "identical-pair": ("anchor",),
    "damaged-pair": ("original",),
    "pair-class": ("sentence_a", "sentence_b"),
    "pair-score": ("sentence_a", "sentence_b"),
    "labeled-pair": ("anchor", "document"),
    "graded-pair": ("query", "document"),
    "triplet": ("anchor", "positive", "negative"),
    "n-tuple": ("anchor", *_DOCUMENTS),
    "triplet-margin": ("query", "positive", "negative"),
    "triplet-scores": ("query", "positive", "negative"),
    "n-tuple-margins": ("query", *_DOCUMENTS),
    "n-tuple-scores": ("query", *_DOCUMENTS),
    "labeled-list": ("query", "documents"),
    "grouped": ("query", "pos", "neg"),
    "collection": ("query", "document"),
    "qa": ("question", "context"),
}

#: The conversions by source and target.
BY_HAND: dict[tuple[str, str], ByHand] = {
    ("single", "identical-pair"): _twice,
    ("single", "damaged-pair"): _damaged,
    **{
        ("single-class", target): _by_class(target)
        for target in ("pair", "triplet", "n-tuple", "labeled-pair", "labeled-list")
    },
    ("labeled-pair", "pair"): _relevant("anchor", "document", lambda row: row["label"] == 1),
    **{
        ("labeled-pair", target): _gather(_of_labeled, _MAKERS[target])
        for target in ("triplet", "n-tuple", "labeled-list")
    },
    ("graded-pair", "pair"): _relevant("query", "document", lambda row: row["grade"] > 0),
    ("graded-pair", "pair-score"): _graded_as_scored,
    **{
        ("graded-pair", target): _gather(_of_graded, _MAKERS[target])
        for target in ("triplet", "n-tuple", "labeled-list", "labeled-pair")
    },
    ("triplet", "pair"): _first_pairs,
    ("n-tuple", "pair"): _first_pairs,
    **{
        ("triplet", target): _gather(_of_tuple, _MAKERS[target])
        for target in ("n-tuple", "labeled-list", "labeled-pair")
    },
    **{("n-tuple", target): _gather(_of_tuple, _MAKERS[target]) for target in ("labeled-list", "labeled-pair")},
    ("n-tuple", "triplet"): _one_each,
    **{
        ("labeled-list", target): _spread(_of_list, _MAKERS[target])
        for target in ("pair", "triplet", "n-tuple", "labeled-pair")
    },
    **{("grouped", target): _spread(_of_group, make) for target, make in _MAKERS.items()},
    **{
        ("grouped", target): _scored_groups(target)
        for target in ("triplet-scores", "n-tuple-scores", "triplet-margin", "n-tuple-margins")
    },
    ("pair-score", "labeled-pair"): _scored_as_labeled,
    ("pair-score", "labeled-list"): _gather(_of_scored, _lists),
    **{("pair-score", target): _gather(_of_scored, make) for target, make in _scored_makers(0.5).items()},
    **{("graded-pair", target): _gather(_of_graded, make) for target, make in _scored_makers().items()},
    **{("labeled-list", target): _spread(_of_list, make) for target, make in _scored_makers().items()},
    ("labeled-list", "pair-score"): _list_as_scored,
    ("triplet-scores", "pair-score"): _tuples_as_scored,
    ("n-tuple-scores", "pair-score"): _tuples_as_scored,
    ("n-tuple-scores", "triplet-scores"): _scored_one_each,
    ("n-tuple-margins", "triplet-margin"): _scored_one_each,
    ("triplet-margin", "n-tuple-margins"): _scored_together,
    ("triplet-scores", "n-tuple-scores"): _scored_together,
    **{(source, "single"): _distinct(*names) for source, names in _TEXTS.items()},
    ("pair-score", "pair"): _relevant("sentence_a", "sentence_b", lambda row: row["score"] / 5 >= 0.5),
    ("pair-class", "pair"): _relevant("sentence_a", "sentence_b", lambda row: row["label"] == "entailment"),
    ("pair-class", "pair-score"): _classes_as_scores,
    **{("pair-class", target): _gather(_of_entailment, _MAKERS[target]) for target in ("triplet", "labeled-pair")},
    ("collection", "pair"): _judged_relevant,
    ("collection", "pair-score"): _graded_as_scored,
    ("qa", "pair"): _named({"question": "anchor", "context": "positive"}),
    ("triplet-scores", "triplet-margin"): _margin,
    ("n-tuple-scores", "n-tuple-margins"): _margins,
    ("triplet-scores", "labeled-list"): _scored_lists,
    ("n-tuple-scores", "labeled-list"): _scored_lists,
    **{
        (source, source.rsplit("-", 1)[0]): _unscored
        for source in ("triplet-scores", "n-tuple-scores", "triplet-margin", "n-tuple-margins")
    },
}
