"""Wrong input is met at the door, with a message that says what to do."""

import re
import warnings

import pytest
import torch
from torch import nn

from losses import cross_encoder as cross
from losses import sentence_transformer as dense
from losses import sparse_encoder as sparse

ROWS = 4


def embed(features):
    return {"sentence_embedding": features["x"]}


def columns(*rows):
    generator = torch.Generator().manual_seed(0)
    return [{"x": torch.randn(n, 5, generator=generator, requires_grad=True)} for n in rows]


class Pairs(nn.Module):
    """A cross-encoder that looks at the lengths of the texts."""

    device = torch.device("cpu")

    def __init__(self, num_labels=1):
        super().__init__()
        self.num_labels = num_labels
        self.linear = nn.Linear(2, num_labels)

    def preprocess(self, inputs, *, prompt, task):
        return {"x": torch.tensor([[len(a), len(b)] for a, b in inputs], dtype=torch.float)}

    def forward(self, features):
        return {"scores": self.linear(features["x"])}


def says(loss, *parts):
    """The message names the loss and holds the parts, in order."""
    return ".*".join([re.escape(loss), *map(re.escape, parts)])


NAN = torch.tensor([0.1, float("nan"), 0.2, 0.3])
TEXTS = ["a", "bb", "ccc", "dddd"]

DENSE = [
    ("MultipleNegativesRankingLoss", {}, (4,), None, ["1 text column", "2 or more", "--output-format pair"]),
    ("MultipleNegativesRankingLoss", {}, (4, 3), None, ["4, 3 rows"]),
    ("TripletLoss", {}, (4, 4), None, ["2 text column", "anchor, positive, negative", "--output-format triplet"]),
    ("TripletLoss", {}, (4, 4, 4, 4), None, ["4 text column", "3"]),
    ("CoSENTLoss", {}, (4, 4, 4), torch.rand(4), ["3 text column", "--output-format pair-score"]),
    ("CoSENTLoss", {}, (4, 4), None, ["no labels", "--output-format pair-score"]),
    ("CoSENTLoss", {}, (4, 4), torch.rand(3), ["(3,) for 4 rows"]),
    ("CoSENTLoss", {}, (4, 4), torch.rand(4, 2), ["(4, 2) for 4 rows"]),
    ("CoSENTLoss", {}, (4, 4), [torch.rand(2)] * 4, ["a list of labels"]),
    ("CoSENTLoss", {}, (4, 4), NAN, ["NaN"]),
    ("CoSENTLoss", {"similarity_fct": lambda a, b: a @ b.T}, (4, 4), torch.rand(4), ["(4, 4)", "pairwise"]),
    ("CosineSimilarityLoss", {}, (4, 4), NAN, ["NaN"]),
    ("CosineSimilarityLoss", {}, (4, 4), torch.tensor([0, 5.0, 2, 3]), ["0 to 5", "CoSENTLoss"]),
    ("ContrastiveLoss", {}, (4, 4), torch.tensor([0, 1, 2, 1]), ["0 to 2", "--output-format labeled-pair"]),
    ("ContrastiveLoss", {}, (4, 4), torch.tensor([-1, 1, 1, 1]), ["-1 to 1", "--output-format labeled-pair"]),
    ("ContrastiveLoss", {}, (4, 4), NAN, ["NaN"]),
    ("ContrastiveLoss", {}, (4,), torch.ones(4), ["1 text column"]),
    ("OnlineContrastiveLoss", {}, (4, 4), torch.tensor([0, 1, 0.5, 1]), ["between 0 and 1", "labeled-pair"]),
    ("OnlineContrastiveLoss", {}, (4, 4), torch.tensor([0, 3, 1, 1]), ["0 to 3"]),
    ("BatchAllTripletLoss", {}, (4, 4), torch.ones(4), ["2 text column", "--output-format single-class"]),
    ("BatchAllTripletLoss", {}, (4,), None, ["no labels", "--output-format single-class"]),
    ("SoftmaxLoss", {}, (4, 4), torch.tensor([0, 1, 2, 3]), ["0 to 3", "0 to 2", "--output-format pair-class"]),
    ("SoftmaxLoss", {}, (4, 4), torch.tensor([-1, 1, 2, 0]), ["-1 to 2"]),
    ("SoftmaxLoss", {}, (4, 4), torch.tensor([0.0, 1, 2, 1]), ["float32", "integer"]),
    ("SoftmaxLoss", {}, (4, 4), torch.ones(4, 2), ["(4, 2) for 4 rows"]),
    ("SoftmaxLoss", {}, (4, 4), torch.full((4, 3), 2.0), ["2 to 2", "probabilities"]),
    ("SoftmaxLoss", {}, (4, 4, 4), torch.ones(4), ["3 text column"]),
]


@pytest.mark.parametrize(("name", "kwargs", "rows", "labels", "parts"), DENSE)
def test_sentence_transformer_losses(name, kwargs, rows, labels, parts):
    if name == "SoftmaxLoss":
        kwargs = {"embedding_dimension": 5, "num_labels": 3}
    loss = getattr(dense, name)(embed, **kwargs)
    with pytest.raises(ValueError, match=says(name, *parts)):
        loss(columns(*rows), labels)


CROSS = [
    ("BinaryCrossEntropyLoss", [TEXTS], torch.ones(4), ["1 text column", "--output-format labeled-pair"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 3, torch.ones(4), ["3 text column"]),
    ("BinaryCrossEntropyLoss", [TEXTS, TEXTS[:3]], torch.ones(4), ["4, 3 rows"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 2, None, ["no labels"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 2, torch.ones(3), ["(3,) for 4 rows"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 2, torch.tensor([0, 4.5, 1, 2]), ["0 to 4.5", "0 (negative) to 1"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 2, NAN, ["NaN"]),
    ("BinaryCrossEntropyLoss", [TEXTS, [TEXTS] * 4], [torch.ones(4)] * 4, ["a list of documents", "labeled-pair"]),
    ("BinaryCrossEntropyLoss", [TEXTS] * 2, [torch.ones(2)] * 4, ["a list of labels", "labeled-pair"]),
    ("CrossEntropyLoss", [TEXTS] * 2, torch.tensor([0, 1, 2, 3]), ["0 to 3", "0 to 2", "--output-format pair-class"]),
    ("CrossEntropyLoss", [TEXTS] * 2, torch.rand(4), ["float32", "integer"]),
    ("CrossEntropyLoss", [TEXTS] * 2, None, ["no labels"]),
    ("MultipleNegativesRankingLoss", [TEXTS], None, ["1 text column", "2 or more"]),
    ("MultipleNegativesRankingLoss", [TEXTS, [TEXTS] * 4], None, ["a list of documents", "--output-format pair"]),
    ("LambdaLoss", [TEXTS] * 2, torch.ones(4), ["a single document", "--output-format labeled-list"]),
    ("LambdaLoss", [TEXTS, [["a"]] * 4], torch.ones(4), ["a single label", "--output-format labeled-list"]),
    ("LambdaLoss", [TEXTS, [["a"]] * 4], None, ["no labels"]),
    ("LambdaLoss", [TEXTS] * 3, None, ["3 text column"]),
    ("LambdaLoss", [TEXTS, [["a", "b"]] * 4], [torch.ones(3)] * 4, ["2, 2, 2, 2 documents", "3, 3, 3, 3 labels"]),
    ("LambdaLoss", [TEXTS, [["a"]] * 4], [torch.ones(1)] * 3, ["4 lists of documents and 3 of labels"]),
    ("LambdaLoss", [TEXTS, [["a"]] * 4], list(NAN[:, None]), ["NaN"]),
    ("LambdaLoss", [TEXTS, [[]] * 4], [torch.ones(0)] * 4, ["no documents at all"]),
]


@pytest.mark.parametrize(("name", "inputs", "labels", "parts"), CROSS)
def test_cross_encoder_losses(name, inputs, labels, parts):
    loss = getattr(cross, name)(Pairs(3 if name == "CrossEntropyLoss" else 1))
    with pytest.raises(ValueError, match=says(name, *parts)):
        loss(inputs, labels)


@pytest.mark.parametrize("name", ["BinaryCrossEntropyLoss", "MultipleNegativesRankingLoss", "LambdaLoss"])
def test_a_model_with_too_many_output_labels(name):
    with pytest.raises(ValueError, match=says(name, "3 output labels", "num_labels=1")):
        getattr(cross, name)(Pairs(3))


def test_a_model_with_too_few_output_labels():
    with pytest.raises(ValueError, match=says("CrossEntropyLoss", "1 output label", "BinaryCrossEntropyLoss")):
        cross.CrossEntropyLoss(Pairs(1))


@pytest.mark.parametrize(
    "name", ["BinaryCrossEntropyLoss", "CrossEntropyLoss", "MultipleNegativesRankingLoss", "LambdaLoss"]
)
def test_a_model_that_is_no_cross_encoder(name):
    with pytest.raises(ValueError, match=says(name, "Linear", "CrossEncoder")):
        getattr(cross, name)(nn.Linear(1, 1))


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"scale": 0}, "scale must be positive"),
        ({"directions": ()}, "query_to_doc"),
        ({"directions": ("doc_to_query",)}, "query_to_doc"),
        ({"directions": ("query_to_doc", "sideways")}, "'sideways'"),
        ({"partition_mode": "apart"}, "'apart'"),
        ({"partition_mode": "per_direction", "directions": ("query_to_doc", "doc_to_doc")}, "'joint'"),
        ({"hardness_mode": "very"}, "in_batch_negatives, hard_negatives, all_negatives"),
        ({"hardness_strength": -1.0}, "-1"),
    ],
)
@pytest.mark.parametrize(
    "cls", [dense.MultipleNegativesRankingLoss, sparse.SparseMultipleNegativesRankingLoss], ids=["dense", "sparse"]
)
def test_options_of_multiple_negatives(cls, kwargs, message):
    with pytest.raises(ValueError, match=message):
        cls(embed, **kwargs)


def test_other_options():
    with pytest.raises(ValueError, match="concatenation"):
        dense.SoftmaxLoss(embed, 5, 3, concatenation_sent_rep=False, concatenation_sent_difference=False)
    with pytest.raises(ValueError, match="num_negatives"):
        cross.MultipleNegativesRankingLoss(Pairs(), num_negatives=-1)
    with pytest.raises(ValueError, match="k must be"):
        cross.LambdaLoss(Pairs(), k=0)
    with pytest.raises(ValueError, match="reduction_log"):
        cross.LambdaLoss(Pairs(), reduction_log="decimal")
    with pytest.raises(ValueError, match="compute_loss_from_embeddings"):
        sparse.SpladeLoss(embed, nn.MSELoss(), 0.1)
    with pytest.raises(ValueError, match="SpladeLoss"):
        sparse.SparseMultipleNegativesRankingLoss(embed)(columns(4, 4))
    with pytest.raises(ValueError, match="SpladeLoss"):
        sparse.FlopsLoss(embed)(columns(4, 4))


# What trains in sentence-transformers trains here


def test_soft_labels_weight_the_contrastive_loss():
    loss = dense.ContrastiveLoss(embed)
    with pytest.warns(UserWarning, match="CoSENTLoss"):
        loss(columns(4, 4), torch.tensor([0.0, 0.5, 1.0, 0.2]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(columns(4, 4), torch.tensor([0.0, 0.5, 1.0, 0.2]))


def test_scores_of_any_scale_meet_a_transformation():
    scale = nn.Linear(1, 1)
    loss = dense.CosineSimilarityLoss(embed, cos_score_transformation=lambda x: scale(x[:, None])[:, 0])
    assert loss(columns(4, 4), torch.tensor([0, 5.0, 2, 3])).isfinite()
    assert dense.CoSENTLoss(embed)(columns(4, 4), torch.tensor([0, 5.0, 2, 3])).isfinite()


@pytest.mark.parametrize("dtype", [torch.int32, torch.int8, torch.bool])
def test_class_ids_of_any_integer_type(dtype):
    labels = torch.tensor([0, 1, 1, 0], dtype=dtype)
    assert dense.SoftmaxLoss(embed, 5, 2)(columns(4, 4), labels).isfinite()
    assert cross.CrossEntropyLoss(Pairs(2))([TEXTS, TEXTS], labels).isfinite()


def test_softmax_loss_with_a_criterion_of_ones_own():
    loss = dense.SoftmaxLoss(embed, 5, 1, loss_fct=lambda logits, labels: (logits[:, 0] - labels).square().mean())
    assert loss(columns(4, 4), torch.rand(4)).isfinite()


@pytest.mark.parametrize("name", ["MultipleNegativesRankingLoss", "TripletLoss"])
def test_labels_that_nobody_looks_at(name):
    loss = getattr(dense, name)(embed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(columns(4, 4, 4), None)
    with pytest.warns(UserWarning, match=f"{name}.*ignores.*--output-format triplet"):
        loss(columns(4, 4, 4), torch.tensor([0, 1, 0, 1]))


def test_labels_that_are_all_the_same_are_nothing_to_warn_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dense.MultipleNegativesRankingLoss(embed)(columns(4, 4), torch.ones(4))


def test_online_contrastive_loss_averages_on_request():
    a = torch.eye(4)
    b = torch.stack([a[0], a[0], a[2], a[0]])  # distances 0, 1, 0, 1
    loss = dense.OnlineContrastiveLoss(embed, margin=2.0)
    features, labels = [{"x": a}, {"x": b}], torch.tensor([0, 1, 0, 1])
    assert loss(features, labels).item() == pytest.approx(2 * 2.0**2 + 2 * 1.0)
    assert loss(features, labels, size_average=True).item() == pytest.approx(10 / 4)


def test_cross_encoder_with_hard_negatives_only():
    loss = cross.MultipleNegativesRankingLoss(Pairs(), num_negatives=0)
    assert loss([TEXTS, TEXTS, TEXTS[::-1]]).isfinite()


def test_weight_of_the_positives_in_the_configuration():
    config = cross.BinaryCrossEntropyLoss(Pairs(), pos_weight=torch.tensor([2.0])).get_config_dict()
    assert config == {"activation_fn": "torch.nn.modules.linear.Identity", "pos_weight": 2.0}


# Degenerate batches


def backward(loss, model):
    assert loss.isfinite()
    loss.backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("scheme", [name for name in cross.__all__ if name.endswith("Scheme") and "Base" not in name])
@pytest.mark.parametrize(
    "labels",
    [[[1, 1], [0]], [[1], [0]], [[0, 0, 0], [0, 0]], [[1, 0, 3, 2], [2]], [[1, 0], []], [[-1, -2], [0.5, 0.25]]],
)
def test_lambda_loss_with_lists_of_all_kinds(labels, scheme):
    model = Pairs()
    loss = cross.LambdaLoss(model, weighting_scheme=getattr(cross, scheme)())
    documents = [["x" * (j + 1) for j, _ in enumerate(row)] for row in labels]
    backward(loss([["q", "qq"], documents], [torch.tensor(row) for row in labels]), model)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_lambda_loss_takes_plain_lists_as_labels():
    model = Pairs()
    loss = cross.LambdaLoss(model)
    plain = loss([["q", "qq"], [["a", "bb"], ["cc"]]], [[1, 0], [1]])
    torch.testing.assert_close(plain, loss([["q", "qq"], [["a", "bb"], ["cc"]]], [torch.tensor([1, 0]), torch.ones(1)]))


@pytest.mark.parametrize("loss", [cross.BinaryCrossEntropyLoss, cross.CrossEntropyLoss])
def test_no_activation(loss):
    model = Pairs(1 if loss is cross.BinaryCrossEntropyLoss else 3)
    backward(loss(model, activation_fn=None)([TEXTS, TEXTS], torch.tensor([0, 1, 1, 0])), model)


def test_a_batch_of_one():
    model = Pairs()
    backward(cross.MultipleNegativesRankingLoss(model)([["a"], ["b"]]), model)
    for name, count, labels in (
        ("MultipleNegativesRankingLoss", 2, None),
        ("CoSENTLoss", 2, torch.ones(1)),
        ("OnlineContrastiveLoss", 2, torch.ones(1)),
        ("BatchAllTripletLoss", 1, torch.ones(1)),
    ):
        features = columns(*[1] * count)
        loss = getattr(dense, name)(embed)(features, labels)
        loss.backward()
        assert loss.item() == 0
        assert all(column["x"].grad.isfinite().all() for column in features)
