"""How a model is evaluated: for each family, format and task the evaluator and the metric that chooses the best model.

Metrics are named as the evaluators name them; the trainers want `eval_` before the name.
"""

from dataclasses import dataclass

from advisor.catalogue.entry import Family

_DENSE = "sentence_transformers.sentence_transformer.evaluation"
_CROSS = "sentence_transformers.cross_encoder.evaluation"
_SPARSE = "sentence_transformers.sparse_encoder.evaluation"
_MULTI_VECTOR = "sentence_transformers.multi_vector_encoder.evaluation"
_OWN = "advisor.evaluation"


@dataclass(frozen=True)
class Evaluator:
    """An evaluator and its chief metric.

    Attributes:
        module: where the class is imported from.
        name: the class's name.
        metric: the metric that the best model is chosen by.
    """

    module: str
    name: str
    metric: str


#: Where the evaluators of a family of encoders are, what their names begin with, and the similarity they use.
_ENCODERS: dict[Family, tuple[str, str, str]] = {
    "sentence-transformer": (_DENSE, "", "cosine"),
    "sparse-encoder": (_SPARSE, "Sparse", "dot"),
    "multi-vector-encoder": (_MULTI_VECTOR, "MultiVector", "maxsim"),
}

_RANKED = ("pair", "triplet", "n-tuple", "triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")
_WITH_NEGATIVES = _RANKED[1:]
_UNLABELED = ("single", "identical-pair", "damaged-pair")


def evaluator_for(
    family: Family, format_name: str, task: str | None = None, similarity: str | None = None
) -> Evaluator | None:
    """The evaluator of a model of a family on data of a format; None where there is none.

    Args:
        family: the model's family.
        format_name: the data's format.
        task: what the model is for, where that is known.
        similarity: the model's own similarity, where that is known.
    """
    if family == "cross-encoder":
        return _of_cross_encoder(format_name)
    module, prefix, usual = _ENCODERS[family]
    compared = similarity if similarity and family == "sentence-transformer" else usual
    if task == "reranking" and format_name in _WITH_NEGATIVES:
        return Evaluator(module, f"{prefix}RerankingEvaluator", "ndcg@10")
    if task == "similarity" and format_name in _WITH_NEGATIVES:
        return Evaluator(module, f"{prefix}TripletEvaluator", f"{compared}_accuracy")
    if task == "clustering" and format_name == "single-class" and family == "sentence-transformer":
        return Evaluator(_OWN, "ClusterEvaluator", "v_measure")
    if format_name in _RANKED or (format_name in _UNLABELED and family == "sentence-transformer"):
        return Evaluator(module, f"{prefix}InformationRetrievalEvaluator", f"{compared}_ndcg@10")
    if format_name == "text-embedding":
        return Evaluator(_OWN, "TeacherEmbeddingEvaluator", "teacher_spearman")
    if family == "multi-vector-encoder":
        return None
    if format_name == "pair-score":
        return Evaluator(module, f"{prefix}EmbeddingSimilarityEvaluator", f"spearman_{compared}")
    if format_name == "labeled-pair":
        return Evaluator(module, f"{prefix}BinaryClassificationEvaluator", f"{compared}_ap")
    if format_name == "single-class":
        return Evaluator(_OWN, "NeighborAccuracyEvaluator", "neighbor_accuracy")
    if format_name == "pair-class":
        return Evaluator(_OWN, "PairClassEvaluator", "pair_class_accuracy")
    return None


def _of_cross_encoder(format_name: str) -> Evaluator | None:
    if format_name in _RANKED or format_name == "labeled-list":
        return Evaluator(_CROSS, "CrossEncoderRerankingEvaluator", "ndcg@10")
    if format_name == "pair-score":
        return Evaluator(_CROSS, "CrossEncoderCorrelationEvaluator", "spearman")
    if format_name in ("labeled-pair", "pair-class"):
        metric = "average_precision" if format_name == "labeled-pair" else "f1_macro"
        return Evaluator(_CROSS, "CrossEncoderClassificationEvaluator", metric)
    return None
