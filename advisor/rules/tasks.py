"""Rules on what the model is for: which data serves a task, and which losses."""

from collections.abc import Iterator, Mapping

from advisor.catalogue import Family, Loss
from advisor.rules.engine import Advice, rule
from advisor.rules.facts import Facts, Task

_TEACHERS = ("text-embedding", "triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")
_RANKED = ("pair", "triplet", "n-tuple")
_UNLABELED = ("single", "identical-pair", "damaged-pair")

#: The formats that teach a task.
SERVES: Mapping[Task, tuple[str, ...]] = {
    "retrieval": (*_RANKED, *_TEACHERS, *_UNLABELED, "labeled-pair", "labeled-list"),
    "similarity": (*_RANKED, *_TEACHERS, *_UNLABELED, "pair-score", "labeled-pair", "pair-class"),
    "classification": ("single-class", "pair-class", "labeled-pair"),
    "clustering": (*_RANKED, *_UNLABELED, "single-class", "pair-score", "text-embedding", "labeled-pair"),
    "reranking": (*_RANKED, *_TEACHERS[1:], "labeled-list", "labeled-pair", "pair-score"),
    "distillation": (*_TEACHERS, "pair-score", "labeled-list"),
}

#: What a task needs that the data does not have.
_NEEDS: Mapping[Task, str] = {
    "retrieval": "pairs of a query and a document",
    "similarity": "pairs of texts, best with a score",
    "classification": "texts or pairs with a class",
    "clustering": "texts with a class, or pairs that belong together",
    "reranking": "queries with several documents and their labels",
    "distillation": "a teacher's scores, margins or embeddings",
}

#: What models of a family cannot do, whatever they learn from.
_BEYOND: Mapping[tuple[Task, Family], str] = {
    (
        "retrieval",
        "cross-encoder",
    ): "a cross-encoder reads query and document together: it reranks what another model finds",
    ("clustering", "cross-encoder"): "a cross-encoder has no embeddings to cluster",
    ("clustering", "sparse-encoder"): "clustering wants dense embeddings: a sentence transformer does better",
    ("clustering", "multi-vector-encoder"): "clustering wants one vector for a text: take a sentence transformer",
    (
        "classification",
        "sparse-encoder",
    ): "a classifier on top wants dense embeddings: a sentence transformer does better",
    ("classification", "multi-vector-encoder"): "a classifier wants one vector for a text: take a sentence transformer",
}


@rule
def data_that_cannot_serve(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Data of one kind does not teach every task, and not every family can do each."""
    if facts.task is None:
        return
    if facts.format not in SERVES[facts.task]:
        yield Advice(warning=f"{facts.format} data does not teach {facts.task}, which needs {_NEEDS[facts.task]}")
    beyond = _BEYOND.get((facts.task, loss.family))
    if beyond is not None:
        yield Advice(warning=beyond)


@rule
def similarity_has_no_direction(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Similarity is the same from either side; retrieval and reranking go from the query to the document."""
    if "Symmetric" not in loss.name:
        return
    if facts.task in ("similarity", "clustering"):
        yield Advice(weight=0.25, reason=f"{facts.task} has no direction, and the loss trains both")
    elif facts.task in ("retrieval", "reranking"):
        yield Advice(weight=-0.15, reason=f"{facts.task} goes from query to document: the way back is work for nothing")


@rule
def values_or_order(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Distillation copies values; a ranking needs their order only."""
    if facts.format == "pair-score" and facts.task == "distillation":
        if loss.family == "cross-encoder" and loss.name == "MSELoss":
            yield Advice(weight=0.3, reason="distillation copies the teacher's scores, whatever their scale")
        elif "CosineSimilarity" in loss.name:
            yield Advice(weight=0.35, reason="distillation copies the teacher's values, not only their order")
    if facts.format in _TEACHERS and facts.task == "distillation" and "KLDiv" in loss.name:
        yield Advice(reason="it copies the teacher's whole opinion of a query, not one margin at a time")


@rule
def classes_for_a_classifier(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """What a classifier or a clustering wants are classes that lie apart, each in one piece."""
    if facts.format != "single-class":
        return
    if facts.task == "classification" and loss.name == "SupervisedContrastiveLoss":
        yield Advice(
            weight=0.15, reason="it pulls each class together and apart from all others, as a classifier wants it"
        )
    elif facts.task == "clustering" and loss.name == "SupervisedContrastiveLoss":
        yield Advice(
            weight=0.12, reason="clusters are classes that lie together and apart from all others, as it wants"
        )
    elif facts.task in ("retrieval", "similarity", "reranking"):
        yield Advice(reason="texts of one class count as similar: make sure that your task sees them so")


@rule
def a_ranking_of_given_documents(facts: Facts, loss: Loss) -> Iterator[Advice]:
    """Reranking sees hard documents only: those that another model has found."""
    if facts.task == "reranking" and facts.format in ("triplet", "n-tuple") and loss.batch_sampler == "no_duplicates":
        yield Advice(
            reason="a reranker sees what another model has found: the hard negatives count more than the batch"
        )
    if facts.task == "reranking" and facts.format == "pair" and loss.family != "cross-encoder":
        yield Advice(warning="pairs have no hard negatives, which is all that a reranker sees: mine them first")
