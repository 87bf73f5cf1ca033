"""Cross-encoder losses of pairs with scores, classes and margins, held against sentence-transformers."""

import warnings

import pytest
import torch
from sentence_transformers.cross_encoder import losses as theirs
from torch import nn

from losses import cross_encoder as ours
from tests.losses.oracle import ROWS, assert_same_step, gradients, step

RANDOM = torch.Generator().manual_seed(5)
SCORES = 4 * torch.randn(ROWS, generator=RANDOM)
MARGINS = [3 * torch.randn(ROWS, size, generator=RANDOM) for size in range(5)]


def columns(texts, count):
    return [texts[i * ROWS : (i + 1) * ROWS] for i in range(count)]


CASES = [
    ("MSELoss", {}, 2, SCORES),
    ("MSELoss", {}, 2, SCORES[:, None]),
    ("MSELoss", {}, 2, SCORES.long()),
    ("MSELoss", {}, 2, SCORES > 0),
    ("MSELoss", {"activation_fn": nn.Sigmoid()}, 2, SCORES.sigmoid()),
    ("MSELoss", {"reduction": "sum"}, 2, SCORES),
    ("MarginMSELoss", {}, 3, SCORES),
    ("MarginMSELoss", {}, 3, MARGINS[1]),
    ("MarginMSELoss", {}, 3, MARGINS[2]),
    ("MarginMSELoss", {}, 4, MARGINS[2]),
    ("MarginMSELoss", {}, 4, MARGINS[3]),
    ("MarginMSELoss", {}, 5, list(MARGINS[3])),
    ("MarginMSELoss", {}, 5, list(MARGINS[4])),
    ("MarginMSELoss", {"activation_fn": nn.Sigmoid()}, 4, MARGINS[3].sigmoid()),
    ("MarginMSELoss", {"reduction": "sum"}, 4, MARGINS[2]),
]


@pytest.mark.parametrize(("name", "kwargs", "count", "labels"), CASES)
def test_same_step(name, kwargs, count, labels, cross_encoder, texts):
    own, peer = getattr(ours, name)(cross_encoder(), **kwargs), getattr(theirs, name)(cross_encoder(), **kwargs)
    assert_same_step(own, peer, lambda: columns(texts, count), labels)
    assert_same_step(own, peer, lambda: columns(texts, count), labels, prompt="what is ")
    assert own.get_config_dict() == peer.get_config_dict()
    if hasattr(peer, "citation"):
        assert "".join(own.citation.split())[:40] == "".join(peer.citation.split())[:40]


@pytest.mark.parametrize(("name", "count", "labels"), [("MSELoss", 2, SCORES), ("MarginMSELoss", 4, MARGINS[2])])
def test_terms(name, count, labels, cross_encoder, texts):
    options = {"reduction": "none"}
    own, peer = getattr(ours, name)(cross_encoder(), **options), getattr(theirs, name)(cross_encoder(), **options)
    with torch.no_grad():
        values = [loss.eval()(columns(texts, count), labels) for loss in (own, peer)]
    torch.testing.assert_close(*values)
    assert values[0].shape == labels.shape


@pytest.mark.parametrize(
    ("name", "count", "num_labels", "labels"),
    [
        ("MSELoss", 2, 1, SCORES),
        ("MarginMSELoss", 3, 1, SCORES),
        ("BinaryCrossEntropyLoss", 2, 1, SCORES.sigmoid()),
        ("CrossEntropyLoss", 2, 3, torch.tensor([0, 2, 1, 1, 0, 2])),
    ],
)
def test_no_activation_is_the_identity(name, count, num_labels, labels, cross_encoder, texts):
    """There the first step fails."""
    outcomes = []
    for activation in ({"activation_fn": None}, {}):
        loss = getattr(ours, name)(cross_encoder(num_labels), **activation)
        outcomes.append((step(loss, columns(texts, count), labels)[1], gradients(loss), loss.get_config_dict()))
    assert torch.equal(outcomes[0][0], outcomes[1][0])
    assert outcomes[0][2] == outcomes[1][2]
    for parameter, gradient in outcomes[0][1].items():
        assert torch.equal(gradient, outcomes[1][1][parameter])


# Wrong input


class Pairs(nn.Module):
    """A cross-encoder that looks at the lengths of the texts."""

    device = torch.device("cpu")

    def __init__(self, num_labels=1):
        super().__init__()
        self.num_labels = num_labels
        self.linear = nn.Linear(2, num_labels)

    def preprocess(self, inputs, *, prompt, task):
        x = [[len(a), len(b)] for a, b in inputs]
        return {"x": torch.tensor(x, dtype=self.linear.weight.dtype).reshape(-1, 2)}

    def forward(self, features):
        return {"scores": self.linear(features["x"])}


TEXTS = ["a", "bb", "ccc", "dddd"]
NAN = torch.tensor([0.1, torch.nan, 0.2, 0.3])
INFINITE = torch.tensor([0.1, torch.inf, 0.2, 0.3])
ZEROS = torch.zeros(4)
CLASSES = torch.tensor([0, 1, 2, 1])

WRONG = [
    ("MSELoss", 1, ZEROS, ["1 text column", "--output-format pair-score"]),
    ("MSELoss", 3, ZEROS, ["3 text column"]),
    ("MSELoss", 2, None, ["no labels", "--output-format pair-score"]),
    ("MSELoss", 2, torch.zeros(3), ["(3,) for 4 rows"]),
    ("MSELoss", 2, torch.zeros(4, 2), ["(4, 2) for 4 rows"]),
    ("MSELoss", 2, [torch.zeros(2)] * 4, ["a list of labels", "--output-format pair-score"]),
    ("MSELoss", 2, NAN, ["NaN or infinite"]),
    ("MSELoss", 2, INFINITE, ["NaN or infinite"]),
    ("MarginMSELoss", 2, ZEROS, ["2 text column", "query, positive, negative", "--output-format triplet-margin"]),
    ("MarginMSELoss", 3, None, ["no labels", "1 margin(s)", "--output-format triplet-margin"]),
    ("MarginMSELoss", 4, ZEROS, ["(4,) for 4 rows", "2 margin(s)", "--output-format n-tuple-margins"]),
    ("MarginMSELoss", 4, torch.zeros(4, 4), ["(4, 4) for 4 rows", "3 scores"]),
    ("MarginMSELoss", 4, [torch.zeros(2)] * 3 + [torch.zeros(3)], ["lists of labels of different lengths"]),
    ("MarginMSELoss", 4, ["a", "b", "c", "d"], ["labels that are no numbers"]),
    ("MarginMSELoss", 4, [None] * 4, ["labels that are no numbers"]),
    ("MarginMSELoss", 3, NAN, ["NaN or infinite"]),
    ("BinaryCrossEntropyLoss", 2, ZEROS + 1.5, ["1.5 to 1.5", "--output-format labeled-pair"]),
    ("BinaryCrossEntropyLoss", 2, ZEROS - 1, ["-1 to -1", "0 (negative) to 1"]),
    ("BinaryCrossEntropyLoss", 2, CLASSES, ["0 to 2", "--output-format labeled-pair"]),
    ("BinaryCrossEntropyLoss", 2, INFINITE, ["NaN or infinite"]),
    ("CrossEntropyLoss", 2, CLASSES + 1, ["1 to 3", "0 to 2", "--output-format pair-class"]),
    ("CrossEntropyLoss", 2, CLASSES - 1, ["-1 to 1"]),
    ("CrossEntropyLoss", 2, CLASSES.float(), ["float32", "an integer"]),
    ("CrossEntropyLoss", 2, torch.ones(4, 2, dtype=torch.long), ["(4, 2) for 4 rows"]),
    ("CrossEntropyLoss", 2, [CLASSES[:2]] * 4, ["a list of labels", "--output-format pair-class"]),
    ("CrossEntropyLoss", 2, torch.full((4, 3), torch.nan), ["NaN or infinite"]),
    ("CrossEntropyLoss", 1, CLASSES, ["1 text column", "--output-format pair-class"]),
]


def outputs(name):
    return 3 if name == "CrossEntropyLoss" else 1


@pytest.mark.parametrize(("name", "count", "labels", "parts"), WRONG)
def test_wrong_labels_and_columns(name, count, labels, parts):
    """Never a TypeError: the trainer answers that by calling the loss again without its prompts."""
    with pytest.raises(ValueError, match=f"{name} got") as caught:
        getattr(ours, name)(Pairs(outputs(name)))([TEXTS] * count, labels)
    for part in parts:
        assert part in str(caught.value)


RIGHT = [
    ("MSELoss", 2, SCORES[:4]),
    ("MarginMSELoss", 3, SCORES[:4]),
    ("BinaryCrossEntropyLoss", 2, torch.tensor([0, 1, 1, 0])),
    ("CrossEntropyLoss", 2, CLASSES),
]


@pytest.mark.parametrize(("name", "count", "labels"), RIGHT)
def test_wrong_texts_and_models(name, count, labels):
    loss = getattr(ours, name)(Pairs(outputs(name)))
    for column, message in (
        (TEXTS[:3], "columns of 4,.* 3 rows"),
        ([TEXTS] * 4, "a list of documents for each row"),
        (["a", None, "c", "d"], "a text that is None"),
    ):
        with pytest.raises(ValueError, match=f"{name} got .*{message}"):
            loss([TEXTS] * (count - 1) + [column], labels)
    with pytest.raises(ValueError, match=f"{name} got a model"):
        getattr(ours, name)(Pairs(1 if name == "CrossEntropyLoss" else 2))
    with pytest.raises(ValueError, match=f"{name} got a model of type Linear"):
        getattr(ours, name)(nn.Linear(2, 1))


@pytest.mark.parametrize(("name", "count", "labels"), RIGHT)
def test_right_ones_pass_without_a_word(name, count, labels):
    model = Pairs(outputs(name))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = getattr(ours, name)(model)([TEXTS] * count, labels)
    value.backward()
    assert value.isfinite()
    assert model.linear.weight.grad.isfinite().all()


@pytest.mark.parametrize(("name", "count", "labels"), RIGHT)
def test_an_empty_batch_is_a_zero_that_keeps_the_graph(name, count, labels):
    model = Pairs(outputs(name))
    value = getattr(ours, name)(model)([[]] * count, labels[:0])
    value.backward()
    assert value.item() == 0
    assert not model.linear.weight.grad.any()


@pytest.mark.parametrize(("name", "count", "labels"), RIGHT)
def test_precision(name, count, labels):
    model = Pairs(outputs(name)).double()
    assert getattr(ours, name)(model)([TEXTS] * count, labels).dtype == torch.float64
    model.bfloat16()
    assert getattr(ours, name)(model)([TEXTS] * count, labels).dtype == torch.float32


def test_margins_of_whole_numbers():
    loss = ours.MarginMSELoss(Pairs())
    whole = torch.tensor([[5, 1, 0], [2, 3, 0], [1, 1, 1], [0, 4, 2]])
    expected = loss([TEXTS] * 4, whole.float())
    for labels in (whole, whole.to(torch.uint8), whole.tolist()):
        torch.testing.assert_close(loss([TEXTS] * 4, labels), expected)


def test_all_rows_ignored():
    """Not NaN, as there."""
    model = Pairs(3)
    value = ours.CrossEntropyLoss(model)([TEXTS, TEXTS], torch.full((4,), -100))
    value.backward()
    assert value.item() == 0
    assert not model.linear.weight.grad.any()
