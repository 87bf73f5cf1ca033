"""The mathematics of listwise losses: against loops, in blocks, with masks, in every precision."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import functional as F
from losses.functional import groups
from losses.functional.adr_mse import mean_ranks
from losses.functional.groups import group_lists
from losses.functional.smooth_ranks import smooth_ranks


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def close(actual, expected):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=actual.dtype), rtol=1e-9, atol=1e-9)


def random(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


# each loss of one list, in loops


def list_mle(scores, labels):
    order = sorted(range(len(scores)), key=lambda i: -labels[i])
    chosen = [scores[i] for i in order]
    return sum(math.log(sum(map(math.exp, chosen[i:]))) - chosen[i] for i in range(len(chosen)))


def plist_mle(scores, labels):
    order = sorted(range(len(scores)), key=lambda i: -labels[i])
    chosen, n = [scores[i] for i in order], len(scores)
    weights = [2 ** (n - i) - 1 for i in range(1, n + 1)]
    terms = [math.log(sum(map(math.exp, chosen[i:]))) - chosen[i] for i in range(n)]
    return sum(w * t for w, t in zip(weights, terms, strict=True)) / (sum(weights) + 1e-10)


def list_net(scores, labels):
    shares, own = sum(map(math.exp, labels)), sum(map(math.exp, scores))
    return -sum(math.exp(y) / shares * math.log(math.exp(s) / own) for s, y in zip(scores, labels, strict=True))


def soft_ranks(scores, steepness):
    return [1 + sum(sigmoid(steepness * (t - s)) for j, t in enumerate(scores) if j != i) for i, s in enumerate(scores)]


def adr_mse(scores, labels, alpha=1.0):
    """A term for each document."""
    terms = []
    for rank, label in zip(soft_ranks(scores, alpha), labels, strict=True):
        higher, equal = sum(y > label for y in labels), sum(y == label for y in labels)
        wanted = higher + (equal + 1) / 2
        terms.append((rank - wanted) ** 2 / math.log2(1 + wanted))
    return terms


def approx_ndcg(scores, labels, temperature=0.1):
    gains = [2 ** max(y, 0) - 1 for y in labels]
    if not gains or max(gains) == min(gains):
        return None
    ideal = sum(g / math.log2(2 + i) for i, g in enumerate(sorted(gains, reverse=True)))
    ranks = soft_ranks(scores, 1 / temperature)
    return 1 - sum(g / math.log2(1 + r) for g, r in zip(gains, ranks, strict=True)) / ideal


def rank_net(scores, labels, k=None, sigma=1.0):
    """The sum and the number of the terms."""
    top = sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
    pairs = [
        (i, j)
        for i, j in itertools.product(range(len(scores)), repeat=2)
        if labels[i] > labels[j] and (i in top or j in top)
    ]
    return -sum(math.log2(sigmoid(sigma * (scores[i] - scores[j]))) for i, j in pairs), len(pairs)


SCORES = [[0.3, 1.2, -0.5, 0.8], [2.0, 0.1, 0.4, 0.0], [-1.0, 0.7, 0.2, 0.9]]
LABELS = [[2, 0, 1, 0.5], [0, 3, -1, 1], [4, 3, 2, 1]]


@pytest.mark.parametrize(
    ("function", "by_hand"),
    [(F.list_mle_loss, list_mle), (F.plist_mle_loss, plist_mle), (F.list_net_loss, list_net)],
)
def test_likelihoods_and_shares(function, by_hand):
    expected = [by_hand(s, y) for s, y in zip(SCORES, LABELS, strict=True)]
    scores, labels = tensor(*SCORES), tensor(*LABELS)
    close(function(scores, labels, reduction="none"), expected)
    close(function(scores, labels), sum(expected) / 3)
    close(function(scores, labels, reduction="sum"), sum(expected))


def test_numbers_worked_out_on_paper():
    # picked in the order given with probabilities 1/2, 2/3 and 1
    scores = tensor([3.0, 2.0, 1.0]).log()
    close(F.list_mle_loss(scores), math.log(2) + math.log(1.5))
    # places weigh 3, 1 and 0
    close(F.plist_mle_loss(scores, eps=0.0), (3 * math.log(2) + math.log(1.5)) / 4)
    # the other way round: 1/6, 2/5
    close(F.list_mle_loss(scores, torch.tensor([[0, 1, 2]])), math.log(6) + math.log(2.5))
    # labels ask for shares of 1/6, 1/3, 1/2
    shares = tensor([1.0, 2.0, 3.0]).log()
    close(F.list_net_loss(scores, shares), -(math.log(1 / 2) / 6 + math.log(1 / 3) / 3 + math.log(1 / 6) / 2))
    # one bit for the pair that is undecided, log2(3) for the one that stands 1 to 2 the wrong way round
    close(F.rank_net_loss(tensor([0.0, 0.0]), tensor([1, 0]), reduction="sum"), 1.0)
    close(F.rank_net_loss(tensor([0.0, math.log(2)]), tensor([1, 0]), reduction="sum"), math.log2(3))


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_documents_in_the_right_order_need_no_labels(order):
    scores = random(1, 3)
    labels = torch.tensor([[5, 4, 3]])
    shuffled = [scores[:, list(order)], labels[:, list(order)]]
    for function in (F.list_mle_loss, F.plist_mle_loss):
        close(function(*shuffled), function(scores))


@pytest.mark.parametrize("alpha", [1.0, 3.5])
def test_ranks_of_labels(alpha):
    labels = [[2, 0, 0, 1], [0, 3, -1, 1], [1, 1, 1, 1]]
    expected = [adr_mse(s, y, alpha) for s, y in zip(SCORES, labels, strict=True)]
    scores = tensor(*SCORES)
    close(F.adr_mse_loss(scores, torch.tensor(labels), alpha=alpha, reduction="none"), expected)
    close(F.adr_mse_loss(scores, torch.tensor(labels), alpha=alpha), sum(map(sum, expected)) / 12)
    close(mean_ranks(torch.tensor(labels)), [[1, 3.5, 3.5, 2], [3, 1, 4, 2], [2.5] * 4])


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_ndcg_of_smooth_ranks(temperature):
    labels = [[2, 0, 0, 1], [0, 3, -1, 1], [1, 1, 1, 1]]
    expected = [approx_ndcg(s, y, temperature) for s, y in zip(SCORES, labels, strict=True)]
    assert expected[2] is None
    values = F.approx_ndcg_loss(tensor(*SCORES), torch.tensor(labels), temperature=temperature, reduction="none")
    close(values, [*expected[:2], 0.0])
    close(F.approx_ndcg_loss(tensor(*SCORES), torch.tensor(labels), temperature=temperature), sum(expected[:2]) / 2)


@pytest.mark.parametrize("seed", range(5))
def test_a_low_temperature_is_ndcg_itself(seed):
    scores, labels = random(1, 8, seed=seed), torch.tensor([[3, 0, 2, 0, 1, 1, 0, 0]])
    order = scores[0].argsort(descending=True)
    dcg = [
        sum((2 ** int(y) - 1) / math.log2(2 + i) for i, y in enumerate(each))
        for each in (labels[0][order], labels[0].sort(descending=True).values)
    ]
    close(F.approx_ndcg_loss(scores, labels, temperature=1e-6), 1 - dcg[0] / dcg[1])


@pytest.mark.parametrize("k", [None, 1, 2, 3, 9])
@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_pairs(k, sigma):
    labels = [[2, 0, 1, 0], [0, 3, -1, -2], [1, 1, 1, 1]]
    totals, counts = zip(*(rank_net(s, y, k, sigma) for s, y in zip(SCORES, labels, strict=True)), strict=True)
    arguments, options = (tensor(*SCORES), torch.tensor(labels)), {"k": k, "sigma": sigma}
    close(F.rank_net_loss(*arguments, **options, reduction="none"), totals)
    close(F.rank_net_loss(*arguments, **options), sum(totals) / sum(counts))
    natural = F.rank_net_loss(*arguments, **options, reduction="sum", reduction_log="natural")
    close(natural, sum(totals) * math.log(2))


# in blocks, as for long lists


def rank_net_loss(scores, labels, **options):
    return F.rank_net_loss(scores, labels, **options)


def own_weights(gain, discount, labels):
    """Not known to the library, although the same as NDCG-Loss2++."""
    return F.ndcg_loss2pp_weights(gain, discount, labels)


def every(scores, labels, **options):
    return F.lambda_loss(scores, labels, weights=F.ndcg_loss1_weights, every_pair=True, **options)


def mostly_swaps(scores, labels, **options):
    return F.lambda_loss(scores, labels, weights=F.NDCGWeights(gap=0.5, swap=3.0), sigma=1.7, **options)


BLOCKWISE = {
    "adr_mse": F.adr_mse_loss,
    "approx_ndcg": lambda scores, labels, **options: F.approx_ndcg_loss(scores, labels, temperature=1.0, **options),
    "lambda": F.lambda_loss,
    "lambda, every pair": every,
    "lambda, every pair, k": lambda *args, **options: every(*args, k=2, **options),
    "lambda, k": lambda *args, **options: F.lambda_loss(*args, k=2, **options),
    "lambda, rank only": lambda *args, **options: F.lambda_loss(*args, weights=F.lambda_rank_weights, **options),
    "lambda, gap only, k": lambda *args, **options: F.lambda_loss(*args, weights=F.ndcg_loss2_weights, k=4, **options),
    "lambda, other weights": mostly_swaps,
    "lambda, other weights, k": lambda *args, **options: mostly_swaps(*args, k=3, **options),
    "rank_net": rank_net_loss,
    "rank_net, k": lambda *args, **options: rank_net_loss(*args, k=3, **options),
}
OTHERS = {
    "list_mle": F.list_mle_loss,
    "list_mle, in order": lambda scores, labels, **options: F.list_mle_loss(scores, **options),
    "plist_mle": F.plist_mle_loss,
    "plist_mle, in order": lambda scores, labels, **options: F.plist_mle_loss(scores, **options),
    "list_net": F.list_net_loss,
    "lambda, weights of one's own": lambda *args, **options: F.lambda_loss(*args, weights=own_weights, **options),
}
ALL = {**BLOCKWISE, **OTHERS}


def ragged(lengths, width, seed=0, grades=4):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(len(lengths), width, generator=generator, dtype=torch.float64).requires_grad_()
    labels = torch.randint(-1, grades, scores.shape, generator=generator).double()
    return scores, labels, torch.arange(width) < torch.tensor(lengths)[:, None]


@pytest.mark.parametrize("budget", [1, 10, 60, 400])
@pytest.mark.parametrize("lengths", [[17] * 3, [3, 17, 1, 0, 9, 2, 12], [1, 2, 17, 2]])
@pytest.mark.parametrize("name", BLOCKWISE)
def test_blocks_give_the_same(name, lengths, budget, monkeypatch):
    scores, labels, where = ragged(lengths, 17)
    outcomes = []
    for entries in (groups.ON_CPU, budget):
        monkeypatch.setattr(groups, "ON_CPU", entries)
        for reduction in ("mean", "sum"):
            value = BLOCKWISE[name](scores, labels, where=where, reduction=reduction)
            outcomes.append((value, torch.autograd.grad(value, scores)[0]))
    for (value, gradient), (expected, expected_gradient) in zip(outcomes[2:], outcomes[:2], strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(gradient, expected_gradient, rtol=1e-10, atol=1e-12)
        assert gradient.any()
        assert not gradient[~where].any()


@pytest.mark.parametrize("name", BLOCKWISE)
def test_gradients_of_blocks(name, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", 12)
    scores, labels, where = ragged([6, 2, 5], 6, seed=1)
    assert gradcheck(lambda x: BLOCKWISE[name](x, labels, where=where, reduction="none"), scores)


@pytest.mark.parametrize("name", BLOCKWISE)
def test_no_gradient_wanted(name, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", 12)
    scores, labels, where = ragged([6, 2, 5], 6, seed=1)
    expected = BLOCKWISE[name](scores, labels, where=where)
    torch.testing.assert_close(BLOCKWISE[name](scores.detach(), labels, where=where), expected.detach())
    with torch.no_grad():
        torch.testing.assert_close(BLOCKWISE[name](scores, labels, where=where), expected.detach())


@pytest.mark.parametrize("k", [None, 1, 3, 20])
@pytest.mark.parametrize("every_pair", [True, False])
@pytest.mark.parametrize(
    "weights", [F.no_weights, F.ndcg_loss1_weights, F.ndcg_loss2_weights, F.lambda_rank_weights, F.ndcg_loss2pp_weights]
)
def test_known_weights_are_those_of_the_matrix(weights, every_pair, k):
    """The fast way and the general one."""
    scores, labels, where = ragged([9, 1, 0, 5, 12], 12, seed=2)
    options = {"where": where, "every_pair": every_pair, "k": k}
    outcomes = []
    for each in (weights, lambda *args: weights(*args)):
        for reduction in ("mean", "sum", "none"):
            value = F.lambda_loss(scores, labels, weights=each, reduction=reduction, **options)
            outcomes.append((value, torch.autograd.grad(value.sum(), scores)[0]))
    for (value, gradient), (expected, expected_gradient) in zip(outcomes[:3], outcomes[3:], strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(gradient, expected_gradient, rtol=1e-10, atol=1e-12)


def test_lists_of_one_length_are_a_block_each(monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", 100)
    made = group_lists(torch.tensor([3, 0, 9, 20, 3, 3]), torch.tensor([10, 5, 10, 20, 10, 10]))
    seen = []
    for group in made:
        indices = torch.arange(6)[group.lists].tolist()
        seen += indices
        assert len(indices) * group.step * group.columns <= 100 or len(indices) == 1
        assert group.rows >= max([3, 0, 9, 20, 3, 3][i] for i in indices)
        assert group.columns >= max([10, 5, 10, 20, 10, 10][i] for i in indices)
    assert sorted(set(seen) | {1}) == list(range(6))
    assert len(seen) == len(set(seen))
    assert group_lists(torch.tensor([0, 0]), torch.tensor([3, 2])) == []
    assert group_lists(torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12),
    st.sampled_from([1, 30, 500, 4000]),
)
def test_every_list_is_in_one_group(shapes, budget):
    whole, groups.ON_CPU = groups.ON_CPU, budget
    try:
        rows, columns = (
            torch.tensor(each, dtype=torch.long) for each in ([s[0] for s in shapes], [s[1] for s in shapes])
        )
        made = group_lists(rows, columns)
    finally:
        groups.ON_CPU = whole
    seen = [i for group in made for i in torch.arange(len(shapes))[group.lists].tolist()]
    assert len(seen) == len(set(seen))
    assert {i for i, (height, width) in enumerate(shapes) if height and width} <= set(seen)
    for group in made:
        inside = torch.arange(len(shapes))[group.lists].tolist()
        assert all(shapes[i][0] <= group.rows and shapes[i][1] <= group.columns for i in inside)
        assert len(inside) == 1 or len(inside) * group.rows * group.columns <= budget


# masks


@pytest.mark.parametrize("budget", [30, 1 << 17])
@pytest.mark.parametrize("name", ALL)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=4), st.integers(0, 99))
def test_masking_is_dropping(name, budget, lengths, seed):
    scores, labels, where = ragged(lengths, max(lengths) + 2, seed=seed)
    whole, groups.ON_CPU = groups.ON_CPU, budget
    try:
        junk = torch.where(where, labels, torch.nan)
        noisy = torch.where(where, scores, torch.nan)
        together = ALL[name](noisy, junk, where=where, reduction="none")
        alone = [
            ALL[name](scores[i : i + 1, :length], labels[i : i + 1, :length], reduction="none")[0]
            for i, length in enumerate(lengths)
        ]
        if together.ndim == 2:  # a term for each document
            together, alone = together.sum(dim=1), [each.sum() for each in alone]
        torch.testing.assert_close(together, torch.stack(alone), rtol=1e-9, atol=1e-12)
        gradient, expected = (torch.autograd.grad(each.sum(), scores)[0] for each in (together, torch.stack(alone)))
    finally:
        groups.ON_CPU = whole
    torch.testing.assert_close(gradient, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("budget", [30, 1 << 17])
@pytest.mark.parametrize("name", ALL)
def test_what_is_missing_may_stand_anywhere(name, budget, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", budget)
    scores, labels, _ = ragged([5, 5], 5, seed=3)
    labels = labels.sort(dim=1, descending=True).values + torch.tensor([0.4, 0.3, 0.2, 0.1, 0])
    spread, spread_labels = torch.full((2, 9), torch.nan, dtype=torch.float64), torch.full((2, 9), torch.nan)
    where = torch.tensor([[True, False, True, True, False, False, True, True, False], [False] * 4 + [True] * 5])
    spread = spread.masked_scatter(where, scores)
    spread_labels = spread_labels.double().masked_scatter(where, labels)
    value, expected = ALL[name](spread, spread_labels, where=where), ALL[name](scores, labels)
    torch.testing.assert_close(value, expected)
    gradients = [torch.autograd.grad(each, scores)[0] for each in (value, expected)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("budget", [30, 1 << 17])
@pytest.mark.parametrize("name", [name for name in ALL if "in order" not in name])
@given(st.permutations(range(8)))
def test_the_order_of_documents_does_not_matter(name, budget, order):
    scores = random(2, 8)
    labels = tensor([0, 1, 2, 7, 3, 4, 6, -1], [5, 0, 1, 3, 2, -1, -2, 4])
    whole, groups.ON_CPU = groups.ON_CPU, budget
    try:
        torch.testing.assert_close(ALL[name](scores[:, list(order)], labels[:, list(order)]), ALL[name](scores, labels))
    finally:
        groups.ON_CPU = whole


@pytest.mark.parametrize("shift", [-3.0, 100.0])
@pytest.mark.parametrize("name", ALL)
def test_only_differences_of_scores_count(name, shift):
    scores, labels, where = ragged([6, 3], 6, seed=4)
    torch.testing.assert_close(ALL[name](scores + shift, labels, where=where), ALL[name](scores, labels, where=where))


# precision


@pytest.mark.parametrize("budget", [30, 1 << 17])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_autocast(name, dtype, budget, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", budget)
    scores, labels, where = ragged([6, 3, 5], 6, seed=5)
    low = (scores.detach() * 4).to(dtype).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = ALL[name](low, labels.float(), where=where)
        value.backward()  # as in a loop that forgets to leave the block
    exact = low.detach().double().requires_grad_()
    expected = ALL[name](exact, labels, where=where)
    expected.backward()
    assert value.dtype == torch.float32
    assert low.grad.dtype == dtype
    torch.testing.assert_close(value, expected.float(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(low.grad, exact.grad.to(dtype), rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("name", ["adr_mse", "lambda", "rank_net, k", "plist_mle", "list_net"])
def test_compiled(name, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", 30)
    scores, labels, where = ragged([6, 3, 5], 6, seed=6)
    torch.compiler.reset()
    value = torch.compile(ALL[name], backend="eager")(scores, labels, where=where)
    expected = ALL[name](scores, labels, where=where)
    torch.testing.assert_close(value, expected)
    torch.testing.assert_close(*(torch.autograd.grad(each, scores)[0] for each in (value, expected)))


EXTREME_LABELS = [[0, 0, 0], [1, 1, 1], [1e4, 0, 5e3], [-3, -3, -2], [1e-30, 0, 0], [1e30, 0, -1e30]]
EXTREME_SCORES = [[0, 0, 0], [1e4, -1e4, 0], [1e20, -1e20, 1e30], [3e38, -3e38, 0]]


@pytest.mark.parametrize("budget", [4, 1 << 17])
@pytest.mark.parametrize("name", ALL)
def test_finite_input_gives_finite_gradients(name, budget, monkeypatch):
    monkeypatch.setattr(groups, "ON_CPU", budget)
    for labels, high_and_low in itertools.product(EXTREME_LABELS, EXTREME_SCORES):
        # a softmax needs differences that are numbers
        first = [score / 4 for score in high_and_low] if "list" in name else high_and_low
        scores = torch.tensor([first, [0.0, 0.0, 0.0]], requires_grad=True)
        value = ALL[name](scores, torch.tensor([labels, labels]).float())
        assert not value.isnan()
        (gradient,) = torch.autograd.grad(value, scores)
        assert gradient.isfinite().all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("shape", "there"), [((1, 1), True), ((2, 3), False), ((2, 0), True), ((0, 3), True), ((0, 0), True)]
)
def test_nothing_to_learn_is_a_zero_that_keeps_the_graph(name, shape, there):
    scores = torch.ones(shape, requires_grad=True)
    for where in (torch.full(shape, there), *([None] if there else [])):
        value = ALL[name](scores, torch.ones(shape), where=where)
        (gradient,) = torch.autograd.grad(value, scores)
        assert value.item() == (1 if "every" in name and shape == (1, 1) else 0)  # a document is its own pair there
        assert not gradient.any()


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith(("adr", "list", "plist"))])
def test_equal_labels_are_a_zero_where_they_teach_nothing(name):
    scores = random(2, 4)
    value = ALL[name](scores, torch.full((2, 4), 0.0 if "every" in name else 2.0))
    assert value.item() == 0
    assert not torch.autograd.grad(value, scores)[0].any()


def test_equal_labels_ask_for_equal_scores():
    for function in (F.list_net_loss, F.adr_mse_loss):
        scores = random(1, 4)
        labels = torch.ones(1, 4)
        assert function(torch.zeros(1, 4), labels) < function(scores, labels)
        (gradient,) = torch.autograd.grad(function(scores, labels), scores)
        assert (scores.argmax(), scores.argmin()) == (gradient.argmax(), gradient.argmin())


@pytest.mark.parametrize("length", [127, 128, 300])
def test_weights_of_long_lists(length):
    where = torch.arange(320) < torch.tensor([[length], [5]])
    weights = F.position_weights(where)
    assert weights.sum(dim=1).isfinite().all()
    exact = torch.tensor([2.0 ** (10 - i) - 2.0 ** (10 - length) for i in range(1, 9)], dtype=torch.float64)
    torch.testing.assert_close((weights[0, :8].double() / weights[0, 0].double()), exact / exact[0])
    assert weights[1, :6].tolist() == [15.0, 7.0, 3.0, 1.0, 0.0, 0.0]
    scores = torch.randn(2, 320, requires_grad=True)
    value = F.plist_mle_loss(scores, where=where)
    (gradient,) = torch.autograd.grad(value, scores)
    assert gradient.isfinite().all()
    assert gradient[0, 0] < 0


def test_smooth_ranks_of_those_that_need_one(monkeypatch):
    scores = random(2, 6)
    where = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    whole = smooth_ranks(scores, where, 2.0)
    monkeypatch.setattr(groups, "ON_CPU", 4)
    some = smooth_ranks(scores, where, 2.0, torch.tensor([2, 3]))
    close(some[0, :2], whole[0, :2])
    close(some[1, :3], whole[1, :3])
    needed = torch.tensor([[True] * 2 + [False] * 4, [True] * 3 + [False] * 3])
    assert gradcheck(lambda x: smooth_ranks(x, where, 2.0, torch.tensor([2, 3]))[needed], scores)


def test_regression_of_scores():
    scores, labels = tensor([1.0, 2.0, 4.0]), torch.tensor([[1, 0, 1]])
    close(F.score_mse_loss(scores, labels), 13 / 3)
    close(F.score_mse_loss(scores, labels, reduction="none"), [[0.0, 4.0, 9.0]])
    where = torch.tensor([[True, True, False]])
    noisy = scores.masked_fill(~where, torch.nan).requires_grad_()
    value = F.score_mse_loss(noisy, labels, where=where)
    close(value, 2.0)
    (gradient,) = torch.autograd.grad(value, noisy)
    close(gradient, [[0.0, 2.0, 0.0]])
    assert F.score_mse_loss(scores.bfloat16(), labels).dtype == torch.float32
    empty = torch.zeros(0, requires_grad=True)
    F.score_mse_loss(empty, torch.zeros(0)).backward()


ONES = torch.ones(2, 3)
WRONG = {
    f"{name}, {what}": (function, arguments, options)
    for name, function in ALL.items()
    for what, arguments, options in (
        ("labels of another shape", (ONES, torch.ones(2, 2)), {}),
        ("vectors", (torch.ones(3), torch.ones(3)), {}),
        ("a mask of another shape", (ONES, ONES), {"where": torch.ones(3)}),
        ("an unknown reduction", (ONES, ONES), {"reduction": "average"}),
    )
    if not ("in order" in name and "labels" in what)
} | {
    "weights": (F.plist_mle_loss, (ONES,), {"weights": lambda where: torch.ones(3)}),
    "alpha": (F.adr_mse_loss, (ONES, ONES), {"alpha": 0.0}),
    "no alpha": (F.adr_mse_loss, (ONES, ONES), {"alpha": float("nan")}),
    "temperature": (F.approx_ndcg_loss, (ONES, ONES), {"temperature": 0.0}),
    "k": (F.rank_net_loss, (ONES, ONES), {"k": 0}),
    "logarithm": (F.rank_net_loss, (ONES, ONES), {"reduction_log": "decimal"}),
    "scores": (F.score_mse_loss, (ONES, torch.ones(2, 2)), {}),
}


@pytest.mark.parametrize(("function", "arguments", "options"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_a_value_error(function, arguments, options):
    with pytest.raises(ValueError, match=r"must|only|may"):
        function(*arguments, **options)
