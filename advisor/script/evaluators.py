"""The part of a script that makes the evaluator: the one that the recommendation names, for the data at hand."""

from advisor.script.choices import Choices
from advisor.script.data import Names
from advisor.script.pieces import clean, function

#: Where an evaluator searches, it has so many queries and documents at most: an evaluation is to take minutes.
_LIMITS = "QUERIES, DOCUMENTS = 1_000, 20_000"
_LIMITED = f"# An evaluation has so many queries and documents at most.\n{_LIMITS}\n"

#: Where to read on how good the similarity of a model is: the trainers' metrics begin with its name.
_OF_SIMILARITY = {
    "InformationRetrievalEvaluator": "{}_ndcg@10",
    "TripletEvaluator": "{}_accuracy",
    "EmbeddingSimilarityEvaluator": "spearman_{}",
    "BinaryClassificationEvaluator": "{}_ap",
}


def evaluating(choices: Choices) -> tuple[str, str, Names]:
    """The function `make_evaluator` with its constants, the name of the metric as code, and what is imported."""
    from advisor.catalogue.evaluators import evaluator_for

    facts = choices.report.facts
    task, similarity = (facts.task, choices.facts.similarity if choices.facts else None) if facts else (None, None)
    wanted = evaluator_for(choices.family, choices.format, task, similarity)
    assert wanted is not None, (choices.family, choices.format)
    query = "query" if "query" in _columns(choices.format) else "anchor"
    kind = wanted.name.removeprefix("Sparse").removeprefix("MultiVector").removeprefix("CrossEncoder")
    about, body, limited = _body(kind, choices, query)
    given = ["train: Dataset", "held_out: Dataset"]
    code = function("make_evaluator", given, wanted.name, about, body.replace("EVALUATOR", wanted.name))
    similar = _OF_SIMILARITY.get(kind) if choices.family != "cross-encoder" else None
    metric = f'f"{similar.format("{model.similarity_fn_name}")}"' if similar else f'"{wanted.metric}"'
    names: Names = {wanted.module: {wanted.name}}
    if "Random(" in body:
        names["random"] = {"Random"}
    return (f"{_LIMITED}\n\n{code}" if limited else code), metric, names


def _columns(format: str) -> tuple[str, ...]:
    from converters.formats import FORMATS

    searched = ("triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")
    return ("query",) if format in searched else FORMATS[format].columns


def _body(kind: str, choices: Choices, query: str) -> tuple[str, str, bool]:
    """What the evaluator measures, the code that makes it, and whether it needs the limits."""
    format, cross = choices.format, choices.family == "cross-encoder"
    if kind == "InformationRetrievalEvaluator":
        return _recovery(format) if format in _WHOLE else _retrieval(format, query)
    if kind == "RerankingEvaluator":
        if format == "labeled-list":
            return _RANKED_LISTS
        return _drawn() if format == "pair" else _reranking(query)
    if kind == "TripletEvaluator":
        negative = "negative" if format.startswith("triplet") else "negative_1"
        return (
            f"Every held-out {query} has to be closer to its positive than to its negative.",
            _pairs(query, "positive", negative, cross=False),
            False,
        )
    if kind in ("EmbeddingSimilarityEvaluator", "CorrelationEvaluator"):
        about = "The order of the held-out pairs has to be that of their scores."
        return about, _pairs("sentence_a", "sentence_b", "score", cross), False
    if kind in ("BinaryClassificationEvaluator", "ClassificationEvaluator"):
        if format == "labeled-pair":
            about = "Held-out pairs that belong together have to score higher than others."
            return about, _pairs("anchor", "document", "label", cross), False
        return "Every held-out pair has to get its class.", _pairs("sentence_a", "sentence_b", "label", cross), False
    return _OWN[kind]


#: The column with the whole texts, of formats without labels.
_WHOLE = {"single": "text", "identical-pair": "anchor", "damaged-pair": "original"}


def _pairs(first: str, second: str, label: str, cross: bool) -> str:
    """An evaluator of three columns."""
    if cross:
        return f"""
        pairs = list(zip(held_out["{first}"], held_out["{second}"], strict=True))
        return EVALUATOR(pairs, held_out["{label}"])
        """
    # An argument on each line, as a formatter leaves it.
    return f"""
        return EVALUATOR(
            held_out["{first}"],
            held_out["{second}"],
            held_out["{label}"],
        )
        """


def _retrieval(format: str, query: str) -> tuple[str, str, bool]:
    start = f"""
        held_out = held_out.select(range(min(len(held_out), QUERIES)))
        relevant: dict[str, set[str]] = {{}}
        for {query}, positive in zip(held_out["{query}"], held_out["positive"], strict=True):
            relevant.setdefault({query}, set()).add(positive)
        documents = [*held_out["positive"], *train["positive"][:DOCUMENTS]]
    """
    negatives = """
        for name in held_out.column_names:
            if name.startswith("negative"):
                documents = [*held_out[name], *documents]
    """
    # The positives come first: whatever is left out, they are there.
    end = """
        documents = list(dict.fromkeys([*held_out["positive"], *documents]))
        return EVALUATOR(
            queries={text: text for text in relevant},
            corpus={text: text for text in documents[:DOCUMENTS]},
            relevant_docs=relevant,
        )
    """
    plain = end.replace('[*held_out["positive"], *documents]', "documents")
    parts = [start, plain] if format == "pair" else [start, negatives, end]
    about = f"Every held-out {query} has to find its positives among other documents of the data."
    return about, "\n".join(map(clean, parts)), True


def _recovery(format: str) -> tuple[str, str, bool]:
    column = _WHOLE[format]
    body = f"""
        wanted = list(dict.fromkeys(held_out["{column}"]))[:QUERIES]
        texts = list(dict.fromkeys([*wanted, *train["{column}"][:DOCUMENTS]]))[:DOCUMENTS]
        return EVALUATOR(
            queries={{text: " ".join(text.split()[::2]) for text in wanted}},
            corpus={{text: text for text in texts}},
            relevant_docs={{text: {{text}} for text in wanted}},
        )
    """
    return "Every second word of a held-out text has to find the whole text among others.", body, True


def _reranking(query: str) -> tuple[str, str, bool]:
    body = f"""
        samples: dict[str, dict] = {{}}
        for row in held_out.select(range(min(len(held_out), QUERIES))):
            empty = {{"query": row["{query}"], "positive": [], "negative": []}}
            sample = samples.setdefault(row["{query}"], empty)
            for name, text in row.items():
                kind = name.split("_")[0]
                if kind in ("positive", "negative") and text not in sample[kind]:
                    sample[kind].append(text)
        return EVALUATOR(list(samples.values()))
    """
    return f"Every held-out {query} has to rank its positives above its negatives.", body, True


def _drawn() -> tuple[str, str, bool]:
    body = """
        held_out = held_out.select(range(min(len(held_out), QUERIES)))
        positives: dict[str, list[str]] = {}
        for anchor, positive in zip(held_out["anchor"], held_out["positive"], strict=True):
            positives.setdefault(anchor, []).append(positive)
        documents = [*held_out["positive"], *train["positive"][:DOCUMENTS]]
        documents = list(dict.fromkeys(documents))
        draw = Random(0)
        samples = []
        for anchor, own in positives.items():
            drawn = draw.sample(documents, min(30, len(documents)))
            negative = [text for text in drawn if text not in own]
            samples.append({"query": anchor, "positive": own, "negative": negative})
        return EVALUATOR(samples)
    """
    return "Every held-out anchor has to rank its positives above documents drawn from the data.", body, True


_RANKED_LISTS = (
    "Every held-out query has to rank its relevant documents above the others.",
    """
        samples = []
        for row in held_out.select(range(min(len(held_out), QUERIES))):
            labeled = list(zip(row["documents"], row["labels"], strict=True))
            samples.append(
                {
                    "query": row["query"],
                    "positive": [text for text, label in labeled if label > 0],
                    "negative": [text for text, label in labeled if label <= 0],
                }
            )
        return EVALUATOR(samples)
    """,
    True,
)

_OWN = {
    "TeacherEmbeddingEvaluator": (
        "The model has to find those held-out texts similar that the teacher does.",
        'return EVALUATOR(held_out["text"], held_out["label"])',
        False,
    ),
    "ClusterEvaluator": (
        "Clusters of the held-out texts have to be their classes.",
        'return EVALUATOR(held_out["text"], held_out["label"])',
        False,
    ),
    "NeighborAccuracyEvaluator": (
        "The nearest texts of the training part have to tell the class of a held-out text.",
        """
        known = train.select(range(min(len(train), DOCUMENTS)))
        return EVALUATOR(
            known["text"], known["label"], held_out["text"], held_out["label"]
        )
        """,
        True,
    ),
    "PairClassEvaluator": (
        "A classifier on the embeddings of both texts has to tell the class of a held-out pair.",
        """
        known = train.select(range(min(len(train), DOCUMENTS)))
        return EVALUATOR(
            (known["sentence_a"], known["sentence_b"]),
            known["label"],
            (held_out["sentence_a"], held_out["sentence_b"]),
            held_out["label"],
        )
        """,
        True,
    ),
}
