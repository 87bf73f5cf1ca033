"""Cross-encoder losses of lists, held against sentence-transformers, and what they say about lists of all kinds."""

import warnings

import pytest
import torch
from sentence_transformers.cross_encoder import losses as theirs
from torch import nn

from losses import cross_encoder as ours
from tests.losses.oracle import assert_same_step

# graded and continuous, with ties, of one document and of many; for each list in falling and in another order
LISTS = [[3, 2, 1, 0, 0], [1, 0], [2.5, 2.5, 0.5], [1], [4, 3, 3, 1, 0, 0, -1]]
MIXED = [[0, 2, 1, 0, 3], [0, 1], [0.5, 2.5, 2.5], [1], [3, 0, 4, -1, 3, 1, 0]]
EVEN = [[0.3, 0.9, 0.1], [2.0, 1.0, 0.0], [0.0, 1.0, 1.0]]

SCHEMES = ["NoWeightingScheme", "NDCGLoss1Scheme", "NDCGLoss2Scheme", "LambdaRankScheme", "NDCGLoss2PPScheme"]


def reciprocal(mask):
    return (1.0 / mask.cumsum(dim=1)).masked_fill(~mask, 0)


CASES = [
    ("ListMLELoss", {}, LISTS),
    ("ListMLELoss", {}, MIXED),
    ("ListMLELoss", {"respect_input_order": False}, MIXED),
    ("ListMLELoss", {"respect_input_order": False}, EVEN),
    ("ListMLELoss", {"activation_fn": None}, EVEN),
    ("PListMLELoss", {}, LISTS),
    ("PListMLELoss", {}, EVEN),
    ("PListMLELoss", {"respect_input_order": False}, MIXED),
    ("PListMLELoss", {"lambda_weight": None}, LISTS),
    ("PListMLELoss", {"lambda_weight": reciprocal, "activation_fn": nn.Tanh()}, MIXED),
    ("ListNetLoss", {}, MIXED),
    ("ListNetLoss", {}, EVEN),
    ("ListNetLoss", {"activation_fn": nn.Sigmoid()}, MIXED),
    ("RankNetLoss", {}, MIXED),
    ("RankNetLoss", {"k": 2}, MIXED),
    ("RankNetLoss", {"k": 1, "sigma": 2.0, "reduction_log": "natural"}, MIXED),
    ("RankNetLoss", {"eps": 0.5, "activation_fn": None}, EVEN),
    ("ADRMSELoss", {}, MIXED),
    ("ADRMSELoss", {"alpha": 3.0}, EVEN),
    ("ADRMSELoss", {"activation_fn": nn.Tanh()}, MIXED),
    *[
        ("LambdaLoss", {"weighting_scheme": scheme, "k": k}, labels)
        for scheme in SCHEMES
        for k, labels in ((None, EVEN), (1, MIXED), (3, MIXED), (50, MIXED), (2, EVEN))
    ],
    ("LambdaLoss", {"sigma": 0.5, "k": 2}, MIXED),
]


def make(losses, name, kwargs, model):
    kwargs = dict(kwargs)
    if "weighting_scheme" in kwargs:
        kwargs["weighting_scheme"] = getattr(losses, kwargs["weighting_scheme"])()
    if callable(kwargs.get("lambda_weight")):
        kwargs["lambda_weight"] = losses.PListMLELambdaWeight(kwargs["lambda_weight"])
    return getattr(losses, name)(model, **kwargs)


def batch(labels, texts):
    iterator = iter(texts[len(labels) :])
    documents = [[next(iterator) for _ in row] for row in labels]
    return [texts[: len(labels)], documents], [torch.tensor(row) for row in labels]


def equal_configs(own, peer):
    mine, their = own.get_config_dict(), peer.get_config_dict()
    for name in ("weighting_scheme", "lambda_weight"):  # classes of two libraries
        if mine.get(name) is not None:
            mine[name], their[name] = (config[name].split(".")[-1] for config in (mine, their))
    return mine == their


#: How many pairs go through the model at once: of every loss all ways, and with all other options one.
CASES += [
    (name, {"mini_batch_size": size}, MIXED)
    for name in ("ListMLELoss", "PListMLELoss", "ListNetLoss", "RankNetLoss", "ADRMSELoss", "LambdaLoss")
    for size in (4, -1, 100)
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("name", "kwargs", "labels"), CASES)
def test_same_step(name, kwargs, labels, cross_encoder, texts):
    own, peer = make(ours, name, kwargs, cross_encoder()), make(theirs, name, kwargs, cross_encoder())
    inputs, labels = batch(labels, texts)
    assert_same_step(own, peer, lambda: inputs, labels)
    assert_same_step(own, peer, lambda: inputs, labels, prompt="what is ")
    assert equal_configs(own, peer)
    assert "".join(own.citation.split())[:40] == "".join(peer.citation.split())[:40]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["ListMLELoss", "PListMLELoss", "ListNetLoss", "RankNetLoss", "ADRMSELoss"])
def test_same_values_without_dropout(name, cross_encoder, texts):
    inputs, labels = batch(MIXED, texts)
    with torch.no_grad():
        values = [getattr(losses, name)(cross_encoder()).eval()(inputs, labels) for losses in (ours, theirs)]
    torch.testing.assert_close(*values)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_ties_are_sorted_as_there(cross_encoder, texts):
    """A list long enough for a sort that is not stable to move equal labels."""
    labels = [[i % 2 for i in range(60)], [0] * 30, [i % 3 for i in range(45)]]
    inputs, labels = batch(labels, texts)
    kwargs = {"respect_input_order": False}
    own, peer = ours.ListMLELoss(cross_encoder(), **kwargs), theirs.ListMLELoss(cross_encoder(), **kwargs)
    assert_same_step(own, peer, lambda: inputs, labels)


@pytest.mark.parametrize("long", [3, 200])
def test_position_weights_are_theirs(long):
    lengths = [1, 2, 3, 126, 127, 128, 129, 200]
    mask = torch.arange(max(long, 200)) < torch.tensor(lengths)[:, None]
    weights, expected = ours.PListMLELambdaWeight()(mask), theirs.PListMLELambdaWeight()(mask)
    torch.testing.assert_close(weights, expected)
    assert weights.sum(dim=1).isfinite().all()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_relatives_are_relatives(cross_encoder):
    assert issubclass(ours.ListMLELoss, ours.PListMLELoss)
    assert isinstance(ours.RankNetLoss(cross_encoder()), ours.LambdaLoss)


# Weighting schemes of one's own


def makes_harmonic(base):
    class Harmonic(base):
        """Depends on everything that a scheme is given."""

        def forward(self, gain, discount, true_sorted):
            return (1 / discount[:, :, None]) * (1 + gain[:, None, :]) + true_sorted[:, :, None].abs().clamp(max=2)

    return Harmonic()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("k", [None, 2])
@pytest.mark.parametrize("labels", [MIXED, EVEN])
def test_a_scheme_of_ones_own(labels, k, cross_encoder, texts):
    their_base = theirs.NoWeightingScheme.__mro__[1]
    inputs, labels = batch(labels, texts)
    for base in (ours.BaseWeightingScheme, their_base):
        own = ours.LambdaLoss(cross_encoder(), makes_harmonic(base), k=k)
        peer = theirs.LambdaLoss(cross_encoder(), makes_harmonic(their_base), k=k)
        assert_same_step(own, peer, lambda: inputs, labels)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_scheme_made_from_ours_is_asked(cross_encoder, texts):
    """Whoever overrides ``forward`` of a known scheme gets what it says, not what the known one would have."""

    class Doubled(ours.NDCGLoss2PPScheme):
        def forward(self, gain, discount, true_sorted):
            return 2 * super().forward(gain, discount, true_sorted)

    class Steep(ours.NDCGLoss1Scheme):
        def forward(self, gain, discount, true_sorted):
            return super().forward(gain, discount, true_sorted) * 3

    inputs, labels = batch(MIXED, texts)
    with torch.no_grad():
        for scheme, plain, factor in (
            (Doubled(mu=4.0), ours.NDCGLoss2PPScheme(mu=4.0), 2),
            (Steep(), ours.NDCGLoss1Scheme(), 3),
        ):
            values = [ours.LambdaLoss(cross_encoder(), each).eval()(inputs, labels) for each in (scheme, plain)]
            torch.testing.assert_close(values[0], factor * values[1])


@pytest.mark.parametrize("name", SCHEMES)
def test_schemes_called_alone_are_theirs(name):
    generator = torch.Generator().manual_seed(0)
    gain = torch.rand(2, 6, generator=generator)
    discount = torch.arange(2, 8).float().log2()[None]
    scheme, peer = getattr(ours, name)(), getattr(theirs, name)()
    torch.testing.assert_close(scheme(gain, discount, gain), peer(gain, discount, gain))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_scheme_with_parameters_learns(cross_encoder, texts):
    class Learned(ours.BaseWeightingScheme):
        def __init__(self):
            super().__init__()
            self.power = nn.Parameter(torch.tensor(1.0))

        def forward(self, gain, discount, true_sorted):
            return (gain[:, :, None] + 0.1) ** self.power

    loss = ours.LambdaLoss(cross_encoder(), Learned())
    loss(*batch(MIXED, texts)).backward()
    assert loss.weighting_scheme.power.grad.abs() > 0


# Lists of all kinds


class Pairs(nn.Module):
    """A cross-encoder that looks at the lengths of the texts."""

    device = torch.device("cpu")
    num_labels = 1

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def preprocess(self, inputs, *, prompt, task):
        return {"x": torch.tensor([[len(a), len(b)] for a, b in inputs], dtype=self.linear.weight.dtype)}

    def forward(self, features):
        return {"scores": self.linear(features["x"])}


NAMES = ["ADRMSELoss", "ApproxNDCGLoss", "LambdaLoss", "ListMLELoss", "ListNetLoss", "PListMLELoss", "RankNetLoss"]
LAMBDAS = ["LambdaLoss", "RankNetLoss", "ApproxNDCGLoss"]


def lists(labels):
    return [["q" * (i + 1) for i in range(len(labels))], [["x" * (j + 1) for j in range(len(row))] for row in labels]]


def warned(loss, labels):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss(lists(labels), [torch.tensor(row) for row in labels])
    return [str(each.message) for each in caught]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("labels", [[[1]], [[1], [0]], [[1], []], [[], [2.0]]])
def test_lists_of_one_and_empty_ones_are_a_zero_that_keeps_the_graph(name, labels):
    model = Pairs()
    value = getattr(ours, name)(model)(lists(labels), [torch.tensor(row) for row in labels])
    value.backward()
    assert value.item() == 0
    assert model.linear.weight.grad.abs().sum() == 0


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "labels", [[[1, 0, 2], []], [[], [0, 1]], [[1, 1, 1]], [[0, 0], [1, 0, 0]], [[1e30, -1e30]], [[-5, -6, -7]]]
)
def test_nothing_is_ever_nan(name, labels):
    model = Pairs()
    value = getattr(ours, name)(model)(lists(labels), [torch.tensor(row, dtype=torch.float) for row in labels])
    value.backward()
    assert value.isfinite()
    assert model.linear.weight.grad.isfinite().all()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_list_changes_no_other_list(name):
    model = Pairs()
    loss = getattr(ours, name)(model)
    labels = [[2, 1, 0], [1, 0]]
    alone = loss(lists(labels), [torch.tensor(row) for row in labels])
    inputs = lists(labels)
    inputs = [[*inputs[0], "qqq"], [*inputs[1], []]]
    together = loss(inputs, [torch.tensor(row) for row in [*labels, []]])
    share = 2 / 3 if name in ("ListMLELoss", "PListMLELoss", "ListNetLoss") else 1  # these are means over lists
    torch.testing.assert_close(together, alone * share)


@pytest.mark.parametrize("name", LAMBDAS)
def test_equal_labels_are_told_once(name):
    loss = getattr(ours, name)(Pairs())
    assert warned(loss, [[2, 1, 0], [1, 0]]) == []
    (message,) = warned(loss, [[1, 1, 1], [1, 0], [3]])
    assert message.startswith(f"{name} got 2 of 3 lists in which no two labels differ: they train nothing")
    assert "advisor convert DATA --output-format labeled-list -o OUT" in message
    for _ in range(8):
        assert warned(loss, [[1, 1, 1], [1, 0]]) == []


@pytest.mark.parametrize("name", ["ListNetLoss", "ADRMSELoss"])
def test_equal_labels_teach_equal_scores(name):
    loss = getattr(ours, name)(Pairs())
    assert warned(loss, [[1, 1, 1], [1, 0]]) == []
    (message,) = warned(loss, [[1], [1, 0]])
    assert "1 of 2 lists of fewer than two documents" in message


@pytest.mark.parametrize("name", ["ListMLELoss", "PListMLELoss"])
def test_an_order_that_contradicts_the_labels_is_told(name):
    loss = getattr(ours, name)(Pairs())
    assert warned(loss, [[2, 1, 1], [1, 0]]) == []
    (message,) = warned(loss, [[2, 1, 1], [0, 1]])
    assert message.startswith(f"{name} got 1 of 2 lists in which a better document stands behind a worse one")
    assert "respect_input_order=False" in message
    by_label = getattr(ours, name)(Pairs(), respect_input_order=False)
    assert warned(by_label, [[0, 1], [0, 1]]) == []
    (message,) = warned(by_label, [[1, 1], [0, 1]])
    assert "1 of 2 lists whose labels are all equal: an order is trained that means nothing" in message


@pytest.mark.parametrize("rate", [2, 3, 7, 11])
def test_a_fault_is_found_though_few_batches_are_looked_at(rate):
    loss = ours.LambdaLoss(Pairs())
    generator = torch.Generator().manual_seed(rate)
    found = 0
    for i in range(1, 1001):
        faulty = i > 20 and int(torch.randint(rate, (1,), generator=generator)) == 0
        found += len(warned(loss, [[1, 1], [0, 1]] if faulty else [[1, 0], [0, 1]]))
    assert found == 1


WRONG = [
    ([["q"], ["a"]], [torch.ones(1)], ["a single document for each query", "--output-format labeled-list"]),
    ([["q"]], [torch.ones(1)], ["1 text column"]),
    ([["q"], [["a"]], [["b"]]], [torch.ones(1)], ["3 text column"]),
    ([["q"], [["a", None]]], [torch.ones(2)], ["a text that is None"]),
    ([[None], [["a", "b"]]], [torch.ones(2)], ["a text that is None"]),
    ([["q"], [None]], [torch.ones(2)], ["None instead of a list of documents"]),
    ([[["q"]], [["a"]]], [torch.ones(1)], ["a list of texts in the column of queries"]),
    ([["q"], [["a"]]], None, ["no labels"]),
    ([["q"], [["a"]]], torch.tensor(1.0), ["labels that are no numbers"]),
    ([["q"], [["a"]]], [["yes"]], ["labels that are no numbers"]),
    ([["q"], [["a"]]], [None], ["labels that are no numbers"]),
    ([["q"], [["a"]]], torch.ones(1), ["a single label for each query"]),
    ([["q"], [["a", "b"]]], [torch.ones(3)], ["2 documents and 3 labels"]),
    ([["q"], [["a", "b"]]], [torch.tensor([1.0, torch.nan])], ["NaN"]),
    ([["q"], [["a", "b"]]], [torch.tensor([1.0, -torch.inf])], ["NaN or infinite"]),
    ([["q", "r"], [["a", "b"]]], [torch.ones(2)], ["2 queries, 1 lists"]),
    ([["q"], [[]]], [torch.ones(0)], ["no documents at all"]),
]


@pytest.mark.parametrize("name", NAMES)
def test_wrong_input(name):
    """Never a TypeError: the trainer answers that by calling the loss again without its prompts."""
    loss = getattr(ours, name)(Pairs())
    for inputs, labels, parts in WRONG:
        with pytest.raises(ValueError, match=f"{name} got") as caught:
            loss(inputs, labels)
        for part in parts:
            assert part in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_models_of_the_wrong_kind(name):
    model = Pairs()
    model.num_labels = 2
    with pytest.raises(ValueError, match=f"{name} got a model with 2 output labels"):
        getattr(ours, name)(model)
    with pytest.raises(ValueError, match=f"{name} got a model of type Linear"):
        getattr(ours, name)(nn.Linear(1, 1))


def test_wrong_options():
    with pytest.raises(ValueError, match="alpha must be positive"):
        ours.ADRMSELoss(Pairs(), alpha=0)
    with pytest.raises(ValueError, match="temperature must be positive"):
        ours.ApproxNDCGLoss(Pairs(), temperature=-1.0)
    with pytest.raises(ValueError, match="k must be"):
        ours.RankNetLoss(Pairs(), k=0)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_labels_of_all_kinds(name):
    """Plain lists, integers, booleans, a matrix, in any precision."""
    model = Pairs()
    loss = getattr(ours, name)(model)
    inputs = lists([[1, 0], [1, 0]])
    expected = loss(inputs, [torch.tensor([1.0, 0.0])] * 2)
    for labels in ([[1, 0]] * 2, torch.tensor([[1, 0]] * 2), [torch.tensor([True, False])] * 2, [[1.0, 0.0]] * 2):
        torch.testing.assert_close(loss(inputs, labels), expected)
    model.double()
    assert loss(inputs, [torch.tensor([1, 0])] * 2).dtype == torch.float64
    model.bfloat16()
    assert loss(inputs, [torch.tensor([1, 0])] * 2).dtype == torch.float32


# ApproxNDCGLoss


def test_approx_ndcg_loss_learns_to_rank():
    torch.manual_seed(0)
    features, weights = torch.randn(8, 12, 4), torch.tensor([1.0, -2.0, 0.5, 0.0])
    labels = ((features @ weights) > 1).float()
    scorer = nn.Linear(4, 1, bias=False)
    loss = ours.ApproxNDCGLoss(Pairs(), temperature=0.5)
    optimizer = torch.optim.Adam(scorer.parameters(), lr=0.1)
    first = None
    for _ in range(60):
        value = loss.compute_loss_from_scores(scorer(features)[..., 0], labels)
        first = value.item() if first is None else first
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    assert value.item() < 0.1 < first
    direction = scorer.weight.detach()[0] / scorer.weight.detach().norm()
    assert direction @ weights / weights.norm() > 0.95


def test_approx_ndcg_loss_configuration():
    loss = ours.ApproxNDCGLoss(Pairs(), temperature=0.3, activation_fn=None, mini_batch_size=4)
    activation = "torch.nn.modules.linear.Identity"
    assert loss.get_config_dict() == {"temperature": 0.3, "activation_fn": activation, "mini_batch_size": 4}
    assert "10.1007/s10791-009-9124-x" in loss.citation
