"""Loss and gradients equal those of sentence-transformers: same model, batch and seed, with dropout."""

import functools

import pytest
import torch
from sentence_transformers import util
from sentence_transformers.cross_encoder import losses as their_cross
from sentence_transformers.sentence_transformer import losses as their_dense
from sentence_transformers.sparse_encoder import losses as their_sparse
from torch import nn

from losses import cross_encoder as our_cross
from losses import functional
from losses import sentence_transformer as our_dense
from losses import sparse_encoder as our_sparse
from tests.losses.oracle import BINARY, CLASSES, FLOATS, PROBABILITIES, ROWS, assert_same_step, tokenize

ALL_DIRECTIONS = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")


MNRL = "MultipleNegativesRankingLoss"
SOFTMAX = {"embedding_dimension": 32, "num_labels": 3}
DENSE = [
    *[(MNRL, {}, columns, None) for columns in (2, 3, 5)],
    (MNRL, {"scale": 1.0, "similarity_fct": "dot_score"}, 3, None),
    (MNRL, {"scale": 0.5, "similarity_fct": "euclidean_sim"}, 3, None),
    (MNRL, {"scale": 0.1, "similarity_fct": "manhattan_sim"}, 2, None),
    (MNRL, {"gather_across_devices": True}, 3, None),
    *[
        (MNRL, {"directions": directions}, columns, None)
        for columns in (2, 4)
        for directions in (
            ("query_to_doc", "query_to_query"),
            ("query_to_doc", "doc_to_query"),
            ("query_to_doc", "doc_to_doc"),
            ALL_DIRECTIONS,
        )
    ],
    *[
        (MNRL, {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction"}, columns, None)
        for columns in (2, 3)
    ],
    *[
        (MNRL, {"hardness_mode": mode, "hardness_strength": 9.0, "directions": directions}, columns, None)
        for mode in ("in_batch_negatives", "hard_negatives", "all_negatives")
        for columns, directions in ((2, ("query_to_doc",)), (4, ALL_DIRECTIONS))
    ],
    ("CoSENTLoss", {}, 2, FLOATS),
    ("CoSENTLoss", {"scale": 5.0}, 2, BINARY),
    ("CoSENTLoss", {}, 2, BINARY.bool()),
    ("CoSENTLoss", {}, 2, FLOATS[:, None]),
    ("CoSENTLoss", {"scale": 1.0, "similarity_fct": "pairwise_euclidean_sim"}, 2, FLOATS),
    ("CoSENTLoss", {}, 2, torch.full((ROWS,), 0.5)),
    ("CosineSimilarityLoss", {}, 2, FLOATS),
    ("CosineSimilarityLoss", {"loss_fct": nn.L1Loss(), "cos_score_transformation": nn.ReLU()}, 2, FLOATS * 5),
    ("ContrastiveLoss", {}, 2, BINARY),
    ("ContrastiveLoss", {"distance_metric": "EUCLIDEAN", "margin": 6.0, "size_average": False}, 2, BINARY),
    ("ContrastiveLoss", {"distance_metric": "MANHATTAN", "margin": 30.0}, 2, BINARY),
    pytest.param("ContrastiveLoss", {}, 2, FLOATS, marks=pytest.mark.filterwarnings("ignore::UserWarning")),
    ("OnlineContrastiveLoss", {"margin": 0.9}, 2, BINARY),
    ("OnlineContrastiveLoss", {"distance_metric": "EUCLIDEAN", "margin": 9.0}, 2, BINARY.float()),
    ("OnlineContrastiveLoss", {"distance_metric": "MANHATTAN", "margin": 40.0}, 2, BINARY),
    ("OnlineContrastiveLoss", {"margin": 0.9}, 2, torch.ones(ROWS)),
    ("OnlineContrastiveLoss", {"margin": 0.9}, 2, torch.zeros(ROWS, dtype=torch.long)),
    ("TripletLoss", {}, 3, None),
    ("TripletLoss", {"distance_metric": "COSINE", "triplet_margin": 0.3}, 3, None),
    ("TripletLoss", {"distance_metric": "MANHATTAN", "triplet_margin": 2}, 3, None),
    ("BatchAllTripletLoss", {}, 1, CLASSES),
    ("BatchAllTripletLoss", {"margin": 0.1}, 1, CLASSES),
    ("BatchAllTripletLoss", {"distance_metric": "cosine_distance", "margin": 0.2}, 1, CLASSES[:, None]),
    ("BatchAllTripletLoss", {}, 1, torch.zeros(ROWS, dtype=torch.long)),
    ("BatchAllTripletLoss", {}, 1, torch.arange(ROWS)),
    ("SoftmaxLoss", SOFTMAX, 2, CLASSES),
    ("SoftmaxLoss", SOFTMAX, 2, PROBABILITIES),
    ("SoftmaxLoss", {**SOFTMAX, "concatenation_sent_multiplication": True}, 2, CLASSES),
    ("SoftmaxLoss", {**SOFTMAX, "concatenation_sent_rep": False}, 2, CLASSES),
    (
        "SoftmaxLoss",
        {"embedding_dimension": 32, "num_labels": 4, "loss_fct": nn.CrossEntropyLoss(label_smoothing=0.1)},
        2,
        CLASSES[:, None],
    ),
]  # fmt: skip

METRICS = {
    "ContrastiveLoss": "SiameseDistanceMetric",
    "OnlineContrastiveLoss": "SiameseDistanceMetric",
    "TripletLoss": "TripletDistanceMetric",
    "BatchAllTripletLoss": "BatchHardTripletLossDistanceFunction",
}


def resolve(name, kwargs, losses, similarities):
    kwargs = dict(kwargs)
    if "similarity_fct" in kwargs:
        kwargs["similarity_fct"] = getattr(similarities, kwargs["similarity_fct"])
    if "distance_metric" in kwargs:
        kwargs["distance_metric"] = getattr(getattr(losses, METRICS[name]), kwargs["distance_metric"])
    return kwargs


def make_both(name, kwargs, make_model, ours, theirs):
    torch.manual_seed(0)
    our_loss = getattr(ours, name)(make_model(), **resolve(name, kwargs, ours, functional))
    torch.manual_seed(0)
    their_loss = getattr(theirs, name)(make_model(), **resolve(name, kwargs, theirs, util))
    return our_loss, their_loss


@pytest.mark.parametrize(("name", "kwargs", "columns", "labels"), DENSE)
def test_sentence_transformer_losses(name, kwargs, columns, labels, sentence_transformer, texts):
    ours, theirs = make_both(name, kwargs, sentence_transformer, our_dense, their_dense)
    assert_same_step(ours, theirs, tokenize(sentence_transformer(), texts, columns), labels)
    assert ours.get_config_dict() == theirs.get_config_dict()
    if hasattr(theirs, "citation"):
        assert "".join(theirs.citation.split())[:40] == "".join(ours.citation.split())[:40]


def test_softmax_loss_without_labels(sentence_transformer, texts):
    ours, theirs = make_both("SoftmaxLoss", SOFTMAX, sentence_transformer, our_dense, their_dense)
    features = tokenize(sentence_transformer(), texts, 2)
    (u, v), logits = ours.eval()(features(), None)
    (their_u, their_v), their_logits = theirs.eval()(features(), None)
    torch.testing.assert_close((u, v, logits), (their_u, their_v, their_logits))


def test_softmax_loss_takes_the_old_name_of_the_dimension(sentence_transformer):
    with pytest.warns(FutureWarning, match="embedding_dimension"):
        loss = our_dense.SoftmaxLoss(sentence_transformer(), sentence_embedding_dimension=32, num_labels=3)
    assert loss.classifier.in_features == 96


def test_columns_that_do_not_merge(sentence_transformer, texts):
    ours, theirs = make_both(MNRL, {}, sentence_transformer, our_dense, their_dense)

    def features():
        made = tokenize(sentence_transformer(), texts, 4)()
        made[2]["prompt_length"] = 3
        return made

    assert_same_step(ours, theirs, features, None)


def test_their_functions_and_wrappers_take_our_losses(sentence_transformer, texts):
    features = tokenize(sentence_transformer(), texts, 3)
    model, their_model = sentence_transformer(), sentence_transformer()
    ours = our_dense.MultipleNegativesRankingLoss(model, similarity_fct=util.cos_sim)
    theirs = their_dense.MultipleNegativesRankingLoss(their_model)
    assert_same_step(
        their_dense.MatryoshkaLoss(model, ours, [32, 16, 8]),
        their_dense.MatryoshkaLoss(their_model, theirs, [32, 16, 8]),
        features,
        None,
    )


# Cross-encoders

SCHEMES = ["NoWeightingScheme", "NDCGLoss1Scheme", "NDCGLoss2Scheme", "LambdaRankScheme", "NDCGLoss2PPScheme"]
RAGGED = [torch.tensor(row) for row in ([1, 0, 2, 0, 0], [0.5, 0.1], [3], [1, 1, 1], [0, 0], [-1, 2, 0, 1])]


@pytest.mark.parametrize(
    ("name", "kwargs", "num_labels", "labels"),
    [
        ("BinaryCrossEntropyLoss", {}, 1, BINARY),
        ("BinaryCrossEntropyLoss", {}, 1, FLOATS),
        ("BinaryCrossEntropyLoss", {}, 1, BINARY[:, None]),
        ("BinaryCrossEntropyLoss", {"pos_weight": torch.tensor(4.0), "reduction": "sum"}, 1, BINARY),
        ("BinaryCrossEntropyLoss", {"activation_fn": nn.Tanh(), "weight": FLOATS}, 1, BINARY),
        ("CrossEntropyLoss", {}, 3, CLASSES),
        ("CrossEntropyLoss", {}, 3, PROBABILITIES),
        ("CrossEntropyLoss", {"activation_fn": nn.Tanh()}, 3, CLASSES[:, None]),
        ("CrossEntropyLoss", {"label_smoothing": 0.1, "weight": torch.tensor([1.0, 2.0, 0.5])}, 3, CLASSES),
        ("CrossEntropyLoss", {"label_smoothing": 0.1, "weight": torch.tensor([1.0, 2.0, 0.5])}, 3, PROBABILITIES),
        ("CrossEntropyLoss", {}, 3, CLASSES.masked_fill(CLASSES == 2, -100)),
        ("CrossEntropyLoss", {"ignore_index": 1, "reduction": "sum"}, 3, CLASSES),
    ],
)
def test_cross_encoder_losses_of_pairs(name, kwargs, num_labels, labels, cross_encoder, texts):
    ours = getattr(our_cross, name)(cross_encoder(num_labels), **kwargs)
    theirs = getattr(their_cross, name)(cross_encoder(num_labels), **kwargs)
    assert_same_step(ours, theirs, lambda: [texts[:ROWS], texts[ROWS : 2 * ROWS]], labels)
    assert_same_step(ours, theirs, lambda: [texts[:ROWS], texts[ROWS : 2 * ROWS]], labels, prompt="what is ")
    if hasattr(theirs, "get_config_dict"):
        assert ours.get_config_dict() == theirs.get_config_dict()


@pytest.mark.parametrize("columns", [2, 3, 5])
@pytest.mark.parametrize("num_negatives", [1, 4, 100, None])
def test_cross_encoder_multiple_negatives(columns, num_negatives, cross_encoder, texts):
    ours = our_cross.MultipleNegativesRankingLoss(cross_encoder(), num_negatives=num_negatives)
    theirs = their_cross.MultipleNegativesRankingLoss(cross_encoder(), num_negatives=num_negatives)
    inputs = [texts[i * ROWS : (i + 1) * ROWS] for i in range(columns)]
    assert_same_step(ours, theirs, lambda: inputs, None)
    assert ours.get_config_dict() == theirs.get_config_dict()


@pytest.mark.parametrize("kwargs", [{"activation_fn": None}, {"scale": None}, {"activation_fn": nn.Tanh(), "scale": 2}])
def test_cross_encoder_multiple_negatives_options(kwargs, cross_encoder, texts):
    ours = our_cross.MultipleNegativesRankingLoss(cross_encoder(), **kwargs)
    theirs = their_cross.MultipleNegativesRankingLoss(cross_encoder(), **kwargs)
    assert_same_step(ours, theirs, lambda: [texts[:ROWS], texts[ROWS : 2 * ROWS]], None)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("mini_batch_size", [None, 4, -1])
@pytest.mark.parametrize("k", [None, 2])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_lambda_loss(scheme, k, mini_batch_size, cross_encoder, texts):
    options = {"k": k, "mini_batch_size": mini_batch_size}
    ours = our_cross.LambdaLoss(cross_encoder(), weighting_scheme=getattr(our_cross, scheme)(), **options)
    theirs = their_cross.LambdaLoss(cross_encoder(), weighting_scheme=getattr(their_cross, scheme)(), **options)
    iterator = iter(texts[ROWS:])
    documents = [[next(iterator) for _ in row] for row in RAGGED]
    assert_same_step(ours, theirs, lambda: [texts[:ROWS], documents], RAGGED)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"weighting_scheme": None},
        {"sigma": 3.0, "reduction_log": "natural", "eps": 0.5},
        {"activation_fn": nn.Tanh()},
        {"activation_fn": None},
    ],
)
def test_lambda_loss_options(kwargs, cross_encoder, texts):
    ours, theirs = our_cross.LambdaLoss(cross_encoder(), **kwargs), their_cross.LambdaLoss(cross_encoder(), **kwargs)
    labels = [torch.tensor([1, 0]), torch.tensor([0, 0, 1])]
    assert_same_step(ours, theirs, lambda: [texts[:2], [texts[2:4], texts[4:7]]], labels)
    config, their_config = ours.get_config_dict(), theirs.get_config_dict()
    assert config.pop("weighting_scheme").split(".")[-1] == their_config.pop("weighting_scheme").split(".")[-1]
    assert config == their_config


def test_lambda_loss_with_equal_scores(cross_encoder, texts):
    ours, theirs = our_cross.LambdaLoss(cross_encoder()), their_cross.LambdaLoss(cross_encoder())
    labels = [torch.tensor([i % 3 for i in range(n)]) for n in (5, 20)]
    documents = [[texts[1]] * 5, [texts[2]] * 20]
    values = [loss.eval()([texts[:2], documents], labels) for loss in (ours, theirs)]
    torch.testing.assert_close(*values)


def test_lambda_loss_takes_their_schemes(cross_encoder, texts):
    ours = our_cross.LambdaLoss(cross_encoder(), weighting_scheme=their_cross.NDCGLoss1Scheme())
    theirs = their_cross.LambdaLoss(cross_encoder(), weighting_scheme=their_cross.NDCGLoss1Scheme())
    labels = [torch.tensor([1, 0]), torch.tensor([0, 0, 1])]
    assert_same_step(ours, theirs, lambda: [texts[:2], [texts[2:4], texts[4:7]]], labels)


# Sparse encoders

SPLADE = {"document_regularizer_weight": 0.3, "query_regularizer_weight": 0.5}


@pytest.mark.parametrize("columns", [2, 3, 4])
@pytest.mark.parametrize(
    "kwargs",
    [
        SPLADE,
        {"document_regularizer_weight": 0.3},
        {"document_regularizer_weight": 0.3, "use_document_regularizer_only": True},
        {**SPLADE, "document_regularizer_threshold": 15, "query_regularizer_threshold": 10},
    ],
)
def test_splade_loss(kwargs, columns, sparse_encoder, texts):
    model, their_model = sparse_encoder(), sparse_encoder()
    ours = our_sparse.SpladeLoss(model, our_sparse.SparseMultipleNegativesRankingLoss(model), **kwargs)
    theirs = their_sparse.SpladeLoss(
        their_model, their_sparse.SparseMultipleNegativesRankingLoss(their_model), **kwargs
    )
    assert_same_step(ours, theirs, tokenize(model, texts, columns), None)
    config, their_config = ours.get_config_dict(), theirs.get_config_dict()
    assert config.pop("loss").get_config_dict() == their_config.pop("loss").get_config_dict()
    assert config == their_config
    assert "".join(ours.citation.split())[:40] == "".join(theirs.citation.split())[:40]


def test_splade_loss_with_other_parts(sparse_encoder, texts):
    """Regularisers of one's own, a main loss of theirs, and labels."""

    class Lasso(nn.Module):
        def compute_loss_from_embeddings(self, embeddings):
            return embeddings.abs().sum(dim=1).mean()

    kwargs = {**SPLADE, "document_regularizer": Lasso(), "query_regularizer": Lasso()}
    model, their_model = sparse_encoder(), sparse_encoder()
    ours = our_sparse.SpladeLoss(model, their_sparse.SparseCoSENTLoss(model), **kwargs)
    theirs = their_sparse.SpladeLoss(their_model, their_sparse.SparseCoSENTLoss(their_model), **kwargs)
    assert_same_step(ours, theirs, tokenize(model, texts, 2), FLOATS)
    assert ours.get_config_dict()["document_regularizer"] == "Lasso"


@pytest.mark.parametrize("mode", ["in_batch_negatives", "hard_negatives", "all_negatives"])
def test_sparse_multiple_negatives_options(mode, sparse_encoder, texts):
    options = {"hardness_mode": mode, "hardness_strength": 0.1, "directions": ALL_DIRECTIONS, "scale": 0.1}
    model, their_model = sparse_encoder(), sparse_encoder()
    inner = our_sparse.SparseMultipleNegativesRankingLoss(model, **options)
    their_inner = their_sparse.SparseMultipleNegativesRankingLoss(their_model, **options)
    ours, theirs = (
        our_sparse.SpladeLoss(model, inner, 0.1, 0.1),
        their_sparse.SpladeLoss(their_model, their_inner, 0.1, 0.1),
    )
    assert_same_step(ours, theirs, tokenize(model, texts, 3), None)
    assert inner.get_config_dict() == their_inner.get_config_dict()


def test_a_float64_model_trains_in_float64(sentence_transformer, texts):
    model = sentence_transformer().double()
    features = tokenize(model, texts, 2)
    for name, labels in (("CoSENTLoss", FLOATS), ("CosineSimilarityLoss", FLOATS), ("ContrastiveLoss", BINARY)):
        value = getattr(our_dense, name)(model)(features(), labels)
        assert value.dtype == torch.float64
        value.backward()


@pytest.mark.parametrize("name", ["CoSENTLoss", MNRL])
def test_configuration_of_a_partial(name, sentence_transformer):
    metric = functools.partial(functional.pairwise_cos_sim)
    loss = getattr(our_dense, name)(sentence_transformer(), similarity_fct=metric)
    assert loss.get_config_dict()["similarity_fct"] == "pairwise_cos_sim"
    bound = functools.partial(torch.pow, exponent=2)
    assert our_dense.CoSENTLoss(None, similarity_fct=bound).get_config_dict()["similarity_fct"] == "pow(exponent=2)"
    assert our_dense.ContrastiveLoss(None, distance_metric=bound).get_config_dict()["distance_metric"].startswith("pow")
