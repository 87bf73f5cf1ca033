"""Each rule speaks where its facts are there, and is silent where they are not."""

from dataclasses import replace
from typing import Any

import pytest

from advisor.arguments import Plain
from advisor.catalogue import FAMILIES, LOSSES
from advisor.models import ModelFacts
from advisor.profiles import ColumnProfile
from advisor.report import Recommendation
from advisor.rules import RULES, SIZINGS, TASKS, Facts, recommend

MINILM = ModelFacts(
    "all-MiniLM-L6-v2", "sentence-transformer", "bert", 384, 6, 1536, 30522, 22_713_728, 384, 256, normalizes=True
)
BASE = ModelFacts("bert-base-uncased", None, "bert", 768, 12, 3072, 30522, 109_000_000, 768, 512, masked_head=True)
LARGE = ModelFacts("some/large", None, "bert", 1024, 24, 4096, 250_000, 560_000_000, 1024, 512)


def facts(format: str = "pair", rows: int = 50_000, **more: Any) -> Facts:
    return Facts("data.csv", format, rows, **more)


def label(minimum: float, maximum: float, distinct: int, **more: Any) -> ColumnProfile:
    return ColumnProfile("label", "double", "number", 1000, 0, distinct, minimum, maximum, **{"whole": False, **more})


def of(given: Facts, loss: str, family: str = "sentence-transformer") -> Recommendation:
    return next(each for each in recommend(given)[family] if each.loss == loss)  # type: ignore[index]


def best(given: Facts, family: str = "sentence-transformer") -> str:
    return recommend(given)[family][0].loss  # type: ignore[index]


def said(each: Recommendation) -> str:
    return "\n".join([*each.reasons, *each.warnings, *each.suggestions])


def test_every_rule_has_something_to_say_for_itself() -> None:
    assert len(RULES) > 30
    assert all((each.__doc__ or "").strip() for each in (*RULES, *SIZINGS))
    assert len({each.__name__ for each in RULES}) == len(RULES)


MNRL = "MultipleNegativesRankingLoss"
CASES = [
    # (facts that make a rule speak, facts that do not, loss, family, what it says)
    ({"repeated_anchors": 0.4}, {}, MNRL, "sentence-transformer", "40% of the rows repeat an anchor"),
    ({"repeated_positives": 0.4}, {"repeated_positives": 0.01}, MNRL, "sentence-transformer", "repeat a positive"),
    ({"repeated_anchors": 0.5}, {}, "GISTEmbedLoss", "sentence-transformer", "this loss is made for that"),
    ({"repeated_positives": 0.999}, {"repeated_positives": 0.2}, MNRL, "sentence-transformer", "different positives"),
    ({"rows": 100}, {}, MNRL, "sentence-transformer", "100 rows fill few batches"),
    ({"rows": 50}, {"rows": 500}, MNRL, "sentence-transformer", "start from a model that was trained"),
    ({"rows": 2_000_000}, {}, MNRL, "sentence-transformer", "try the settings on 100,000 rows"),
    ({"close_pairs": 0.5}, {"close_pairs": 0.01}, MNRL, "sentence-transformer", "differ in case"),
    ({"words": 300.0}, {}, "CachedMultipleNegativesRankingLoss", "sentence-transformer", "unless it is split"),
    ({"text_words": (5.0, 60.0)}, {"text_words": (9.0, 10.0)}, MNRL, "multi-vector", "token by token"),
    (
        {"text_words": (5.0, 60.0)},
        {"text_words": (9.0, 10.0)},
        "SparseMultipleNegativesRankingLoss",
        "sparse",
        "words of",
    ),
    (
        {"text_words": (9.0, 10.0)},
        {"text_words": (5.0, 60.0)},
        "SparseMultipleNegativesRankingLoss",
        "sparse",
        "one price",
    ),
    (
        {"text_words": (9.0, 10.0)},
        {"text_words": (9.0, 10.0), "questions": 0.9},
        "MultipleNegativesSymmetricRankingLoss",
        "sentence-transformer",
        "either may search",
    ),
    ({"model": MINILM}, {}, MNRL, "sentence-transformer", "MatryoshkaLoss(model, loss, matryoshka_dims=[384, 192"),
    ({"model": replace(MINILM, dimension=128)}, {"model": MINILM}, MNRL, "sentence-transformer", "GB of memory"),
    (
        {"model": MINILM, "text_tokens": (20, 400)},
        {"model": MINILM, "text_tokens": (20, 90)},
        MNRL,
        "sentence-transformer",
        "cut off",
    ),
    ({"model": MINILM}, {"model": BASE}, MNRL, "cross-encoder", "the model is a sentence transformer"),
    ({"model": replace(BASE, custom_code=True)}, {"model": BASE}, MNRL, "sentence-transformer", "trust_remote_code"),
    ({"model": replace(BASE, decoder=True)}, {"model": BASE}, MNRL, "sentence-transformer", "from left to right"),
    ({"task": "retrieval"}, {}, MNRL, "cross-encoder", "it reranks what another model finds"),
    ({"task": "clustering"}, {"task": "retrieval"}, "SparseMultipleNegativesRankingLoss", "sparse", "dense embeddings"),
    ({"task": "classification"}, {"task": "retrieval"}, MNRL, "sentence-transformer", "does not teach classification"),
    ({"format": "triplet"}, {}, "TripletLoss", "sentence-transformer", "GlobalOrthogonalRegularizationLoss"),
    (
        {"format": "single", "words": 3.0},
        {"format": "single", "words": 30.0},
        "DenoisingAutoEncoderLoss",
        "sentence-transformer",
        "nothing to go by",
    ),
    (
        {"format": "damaged-pair", "text_words": (9.0, 10.0)},
        {"format": "damaged-pair", "text_words": (4.0, 10.0)},
        "DenoisingAutoEncoderLoss",
        "sentence-transformer",
        "keep 90% of the words",
    ),
    (
        {"format": "single-class", "classes": 500, "rows": 2000, "smallest_class": 1},
        {"format": "single-class", "classes": 5, "rows": 2000, "smallest_class": 90},
        "BatchHardSoftMarginTripletLoss",
        "sentence-transformer",
        "about 4 texts a class",
    ),
    (
        {"format": "single-class", "classes": 500, "rows": 9000, "smallest_class": 3},
        {"format": "single-class", "classes": 5, "rows": 9000, "smallest_class": 90},
        "BatchAllTripletLoss",
        "sentence-transformer",
        "at most 32 of the 500 classes",
    ),
    (
        {"format": "pair-class", "classes": 40},
        {"format": "pair-class", "classes": 3},
        "CrossEntropyLoss",
        "cross-encoder",
        "40 classes of pairs are many",
    ),
    (
        {"format": "labeled-pair", "positives": 0.1},
        {"format": "labeled-pair", "positives": 0.5},
        "BinaryCrossEntropyLoss",
        "cross-encoder",
        "each counts 9 times",
    ),
    (
        {"format": "labeled-pair", "positives": 0.995},
        {"format": "labeled-pair", "positives": 0.5},
        "OnlineContrastiveLoss",
        "sentence-transformer",
        "hardly anything to tell apart",
    ),
    (
        {"format": "labeled-pair", "repeated_anchors": 0.8},
        {"format": "labeled-pair"},
        "BinaryCrossEntropyLoss",
        "cross-encoder",
        "as lists they suit LambdaLoss",
    ),
    (
        {"format": "pair-score", "label": label(0, 5, 60)},
        {"format": "pair-score", "label": label(0, 1, 60)},
        "CosineSimilarityLoss",
        "sentence-transformer",
        "scale them with advisor convert",
    ),
    (
        {"format": "pair-score", "label": label(-11, 10, 900)},
        {"format": "pair-score", "label": label(0, 1, 900)},
        "MSELoss",
        "cross-encoder",
        "logits of another reranker",
    ),
    (
        {"format": "pair-score", "label": label(0, 1, 900), "quantiles": (0.7, 0.8, 0.9)},
        {"format": "pair-score", "label": label(0, 1, 900), "quantiles": (0.1, 0.5, 0.9)},
        "CosineSimilarityLoss",
        "sentence-transformer",
        "push all texts together",
    ),
    (
        {"format": "pair-score", "label": label(0, 1, 5)},
        {"format": "pair-score", "label": label(0, 1, 500)},
        "CoSENTLoss",
        "sentence-transformer",
        "5 levels of scores",
    ),
    (
        {"format": "pair-score", "label": label(0, 1, 900), "extremes": 0.95},
        {"format": "pair-score", "label": label(0, 1, 900), "extremes": 0.3},
        "BinaryCrossEntropyLoss",
        "cross-encoder",
        "like yes and no",
    ),
    (
        {"format": "pair-score", "rows": 5_000, "label": label(0, 1, 900)},
        {"format": "pair-score", "rows": 20_000, "label": label(0, 1, 900)},
        "CoSENTLoss",
        "sentence-transformer",
        "learns from all pairs of a batch",
    ),
    (
        {"format": "labeled-list", "rows": 110, "label": label(0, 3, 4, whole=True), "list_length": 8.0},
        {"format": "labeled-list", "rows": 9_000, "label": label(0, 3, 4, whole=True), "list_length": 8.0},
        "LambdaLoss",
        "cross-encoder",
        "110 lists are few",
    ),
    (
        {"format": "labeled-list", "rows": 110, "label": label(0, 3, 4, whole=True), "list_length": 8.0},
        {"format": "labeled-list", "rows": 9_000, "label": label(0, 3, 4, whole=True), "list_length": 8.0},
        "LambdaLoss",
        "cross-encoder",
        "--output-format pair-score",
    ),
    (
        {"format": "labeled-list", "label": label(0, 3, 4, whole=True), "graded": True, "list_length": 8.0},
        {"format": "labeled-list", "label": label(0, 1, 2, whole=True), "list_length": 8.0},
        "LambdaLoss",
        "cross-encoder",
        "the labels are grades",
    ),
    (
        {"format": "labeled-list", "label": label(0, 1, 2, whole=True), "list_length": 8.0},
        {"format": "labeled-list", "label": label(0, 7, 8, whole=True), "graded": True, "list_length": 8.0},
        "ListMLELoss",
        "cross-encoder",
        "leave most documents tied",
    ),
    (
        {"format": "labeled-list", "label": label(-9, 12, 900), "graded": True, "list_length": 8.0},
        {"format": "labeled-list", "label": label(0, 3, 4, whole=True), "graded": True, "list_length": 8.0},
        "LambdaLoss",
        "cross-encoder",
        "are no grades",
    ),
    (
        {"format": "labeled-list", "flat_lists": 0.3, "list_length": 8.0},
        {"format": "labeled-list", "list_length": 8.0},
        "LambdaLoss",
        "cross-encoder",
        "in 30% of the lists all labels are equal",
    ),
    (
        {"format": "labeled-list", "one_positive": 1.0, "list_length": 8.0},
        {"format": "labeled-list", "one_positive": 0.2, "list_length": 8.0},
        "ListNetLoss",
        "cross-encoder",
        "one relevant document",
    ),
    (
        {"format": "triplet-margin", "label": label(-3, 19, 900)},
        {"format": "triplet-margin", "label": label(-0.3, 0.9, 900)},
        "MarginMSELoss",
        "sentence-transformer",
        "margins up to 19",
    ),
    (
        {"format": "n-tuple-scores", "label": label(0.1, 0.9, 900)},
        {"format": "n-tuple-scores", "label": label(-3, 19, 900)},
        "DistillKLDivLoss",
        "sentence-transformer",
        "a temperature of 0.05",
    ),
    (
        {"format": "n-tuple-scores", "label": label(-3, 19, 900), "turned": 0.3},
        {"format": "n-tuple-scores", "label": label(-3, 19, 900)},
        "MarginMSELoss",
        "cross-encoder",
        "follows the teacher",
    ),
    (
        {"format": "text-embedding", "label": label(-1, 1, 900, mean_length=768.0), "model": MINILM},
        {"format": "text-embedding", "label": label(-1, 1, 900, mean_length=384.0), "model": MINILM},
        "MSELoss",
        "sentence-transformer",
        "have 768 numbers and the model's 384",
    ),
]


@pytest.mark.parametrize(("there", "absent", "loss", "family", "says"), CASES, ids=lambda each: str(each)[:40])
def test_a_rule_speaks_where_it_should_and_only_there(
    there: dict, absent: dict, loss: str, family: str, says: str
) -> None:
    if family == "multi-vector":
        family, loss = "multi-vector-encoder", "MultiVectorMultipleNegativesRankingLoss"
    family = "sparse-encoder" if family == "sparse" else family
    assert says in said(of(facts(**there), loss, family))
    if says != "GB of memory":  # is said of every model
        there_not = facts(**absent)
        if any(each.loss == loss for each in recommend(there_not)[family]):  # type: ignore[index]
            assert says not in said(of(there_not, loss, family))


def test_settings_that_the_defaults_get_wrong() -> None:
    triplet = of(facts("triplet"), "TripletLoss").to_dict()["arguments"]
    assert triplet == {"distance_metric": "TripletDistanceMetric.COSINE", "triplet_margin": 0.2}
    assert of(facts(), "SigmoidContrastiveLoss").to_dict()["arguments"] == {"bias": -5.0}
    few, many = (facts("pair-score", rows, label=label(0, 1, 900)) for rows in (5_000, 20_000))
    for loss in ("CoSENTLoss", "AnglELoss"):
        assert of(few, loss).to_dict()["arguments"] == {"scale": 5.0}
        assert of(many, loss).to_dict()["arguments"] == {}
    lists = facts("labeled-list", 110, label=label(0, 3, 4, whole=True), list_length=8.0)
    sizes = [
        of(replace(lists, rows=rows), "LambdaLoss", "cross-encoder").trainer["per_device_train_batch_size"]
        for rows in (20, 110, 9_000)
    ]
    assert sizes == [1, 2, 8]


def test_orders_that_the_data_changes() -> None:
    pair = facts(text_words=(9.0, 10.0))
    assert best(pair) == MNRL
    assert best(replace(pair, task="similarity")) == "MultipleNegativesSymmetricRankingLoss"
    assert best(replace(pair, task="retrieval")) == MNRL
    scores = facts("pair-score", label=label(0, 1, 900))
    assert best(scores) == "CoSENTLoss"
    assert best(replace(scores, task="distillation")) == "CosineSimilarityLoss"
    assert best(scores, "cross-encoder") == "BinaryCrossEntropyLoss"
    assert best(replace(scores, label=label(-11, 10, 900)), "cross-encoder") == "MSELoss"
    assert best(replace(scores, task="distillation"), "cross-encoder") == "MSELoss"
    classes = facts("single-class", classes=20, smallest_class=90, rows=9000)
    assert best(classes) == "BatchAllTripletLoss"
    assert best(replace(classes, classes=3000)) == "BatchHardSoftMarginTripletLoss"
    assert best(replace(classes, task="classification")) == "SupervisedContrastiveLoss"
    lists = facts("labeled-list", label=label(0, 3, 4, whole=True), graded=True, list_length=8.0)
    assert best(lists, "cross-encoder") == "LambdaLoss"
    assert best(replace(lists, label=label(-9, 12, 900)), "cross-encoder") != "LambdaLoss"
    margins = facts("n-tuple-scores", label=label(-3, 19, 900))
    assert best(replace(margins, model=MINILM)) == "DistillKLDivLoss"
    teacher = facts("text-embedding", label=label(-1, 1, 900, mean_length=768.0), model=MINILM)
    assert best(teacher) == "EmbedDistillLoss"
    assert of(teacher, "EmbedDistillLoss").arguments["projection_dim"] == Plain(768)


def test_memory_decides_between_batches_and_their_cached_variant() -> None:
    small = facts(model=MINILM, text_tokens=(20, 60))
    assert best(small) == MNRL
    assert of(small, MNRL).trainer["per_device_train_batch_size"] == 64
    large = facts(model=LARGE, text_tokens=(20, 500))
    assert best(large) == "CachedMultipleNegativesRankingLoss"
    cached = of(large, "CachedMultipleNegativesRankingLoss")
    assert cached.trainer["per_device_train_batch_size"] == 512
    mini = cached.arguments["mini_batch_size"]
    assert isinstance(mini, Plain)
    assert mini.value < 32
    plain = of(large, MNRL)
    assert plain.trainer["per_device_train_batch_size"] < 64
    assert "more than 16" in said(plain)
    assert best(replace(large, memory=80.0)) == MNRL
    assert "weights and their optimizer alone" in said(of(replace(large, memory=4.0), MNRL))


def test_cached_losses_and_checkpointing_do_not_go_together() -> None:
    for (family, name), loss in LOSSES.items():
        for format_name in loss.formats:
            warned = "gradient_checkpointing off" in said(of(facts(format_name), name, family))
            assert warned == ("Cached" in name or "MegaBatch" in name), name


def test_rerankers_of_anything_but_binary_cross_entropy_end_in_identity() -> None:
    for (family, name), loss in LOSSES.items():
        if family == "cross-encoder":
            made = of(facts(next(iter(loss.formats)), classes=3), name, family).model
            wanted = loss.outputs == "one" and name != "BinaryCrossEntropyLoss"
            assert (made.get("activation_fn") == "torch.nn.Identity()") == wanted, name
            assert made["num_labels"] == (1 if loss.outputs == "one" else 3)


def test_sparse_models_get_the_wrapper_that_they_need() -> None:
    loss = "SparseMultipleNegativesRankingLoss"
    assert of(facts(), loss, "sparse-encoder").entry.wrapper == "SpladeLoss"
    assert of(facts(model=BASE), loss, "sparse-encoder").entry.wrapper == "SpladeLoss"
    on_dense = of(facts(model=MINILM), loss, "sparse-encoder")
    assert on_dense.entry.wrapper == "CSRLoss"
    assert on_dense.entry.wrapper_arguments == {}
    assert on_dense.to_dict()["wrapper"] == {"loss": "CSRLoss", "arguments": {}}
    assert (
        of(facts(model=replace(MINILM, sparse="csr", family="sparse-encoder")), loss, "sparse-encoder").entry.wrapper
        == "CSRLoss"
    )
    alike = of(facts(text_words=(9.0, 10.0)), loss, "sparse-encoder").entry.wrapper_arguments
    assert alike == {"document_regularizer_weight": Plain(5e-5), "use_document_regularizer_only": Plain(True)}


@pytest.mark.parametrize(
    ("model", "task", "wanted"),
    [
        (replace(MINILM, prompts={"query": "q: ", "document": "d: "}), None, {"anchor": "q: ", "positive": "d: "}),
        (replace(MINILM, name="intfloat/e5-base-v2"), None, {"anchor": "query: ", "positive": "passage: "}),
        (
            replace(MINILM, name="/models/bge-small-en-v1.5/"),
            None,
            {"anchor": "Represent this sentence for searching relevant passages: "},
        ),
        (
            replace(MINILM, name="nomic-ai/nomic-embed-text-v1.5"),
            "clustering",
            dict.fromkeys(("anchor", "positive"), "clustering: "),
        ),
        (MINILM, None, {}),
        (replace(MINILM, name="BAAI/bge-m3"), None, {}),
    ],
)
def test_prompts(model: ModelFacts, task: Any, wanted: dict) -> None:
    given = facts(model=model, task=task, text_words=(5.0, 60.0))
    assert of(given, MNRL).prompts == wanted
    assert recommend(given)["cross-encoder"][0].prompts == {}


def test_prompts_name_every_column_of_an_n_tuple() -> None:
    model = replace(MINILM, name="intfloat/e5-base-v2")
    given = facts("n-tuple", model=model, text_words=(5.0, 60.0, 60.0, 60.0))
    assert of(given, MNRL).prompts == {
        "anchor": "query: ",
        **dict.fromkeys(("positive", "negative_1", "negative_2"), "passage: "),
    }


def test_a_family_that_is_asked_for_is_the_only_one() -> None:
    found = recommend(facts(family="cross-encoder"))
    assert found["cross-encoder"]
    assert not any(found[family] for family in FAMILIES if family != "cross-encoder")


@pytest.mark.parametrize("task", [None, *TASKS])
def test_whatever_the_task_every_loss_is_ranked_with_an_evaluator_and_a_metric(task: Any) -> None:
    for format_name in {name for loss in LOSSES.values() for name in loss.formats}:
        for family, found in recommend(facts(format_name, task=task, classes=3, text_words=(5.0, 6.0))).items():
            assert len(found) == sum(own == family and format_name in loss.formats for (own, _), loss in LOSSES.items())
            for each in found:
                assert each.evaluator, (family, format_name)
                assert each.metric
                assert each.to_dict()["metric"] == each.metric


def test_evaluators_can_be_imported() -> None:
    from importlib import import_module

    from advisor.catalogue.evaluators import evaluator_for

    for family in FAMILIES:
        for task in TASKS:
            for format_name in ("pair", "triplet", "single-class", "pair-score", "labeled-pair"):
                found = evaluator_for(family, format_name, task)
                if found is not None:
                    assert hasattr(import_module(found.module), found.name)


def test_metrics_are_what_the_evaluators_call_them(tiny_models: dict[str, str]) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import evaluation

    from advisor.catalogue.evaluators import evaluator_for
    from advisor.evaluation import ClusterEvaluator

    model = SentenceTransformer(tiny_models["sentence-transformer"], device="cpu")
    texts, others = ["the order", "a refund"], ["my order", "the machine"]
    made = {
        ("pair", None): ({"a": texts[0]}, {"1": others[0], "2": others[1]}, {"a": {"1"}}),
        ("triplet", "similarity"): (texts, others, others[::-1]),
        ("pair-score", None): (texts, others, [1.0, 0.0]),
        ("labeled-pair", None): (texts, others, [1, 0]),
    }
    for (format_name, task), arguments in made.items():
        wanted = evaluator_for("sentence-transformer", format_name, task)
        assert wanted is not None
        evaluator = getattr(evaluation, wanted.name)(*arguments)
        assert wanted.metric in evaluator(model)
        assert evaluator.primary_metric == wanted.metric
    clusters = ClusterEvaluator(texts + others, [0, 1, 0, 1])(model)
    assert 0 <= clusters["v_measure"] <= 1
