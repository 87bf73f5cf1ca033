"""The mathematics: values computed by hand, gradients, properties, degenerate batches."""

import inspect
import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from losses import functional as F


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def close(actual, expected):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=actual.dtype), rtol=1e-9, atol=1e-9)


def random(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


A, B = tensor([3.0, 4.0], [1.0, 0.0]), tensor([4.0, 3.0], [0.0, 2.0])
SIGMOID = lambda x: 1 / (1 + math.exp(-x))  # noqa: E731


# Similarities and distances


def test_similarities_by_hand():
    close(F.cos_sim(A, B), [[0.96, 0.8], [0.8, 0.0]])
    close(F.dot_score(A, B), [[24.0, 8.0], [4.0, 0.0]])
    close(F.euclidean_sim(A, B), [[-math.sqrt(2), -math.sqrt(13)], [-math.sqrt(18), -math.sqrt(5)]])
    close(F.manhattan_sim(A, B), [[-2.0, -5.0], [-6.0, -3.0]])
    for matrix, pairwise in (
        (F.cos_sim, F.pairwise_cos_sim),
        (F.dot_score, F.pairwise_dot_score),
        (F.euclidean_sim, F.pairwise_euclidean_sim),
        (F.manhattan_sim, F.pairwise_manhattan_sim),
    ):
        close(pairwise(A, B), matrix(A, B).diagonal())


def test_distances_by_hand():
    close(F.paired_cosine_distance(A, B), [0.04, 1.0])
    torch.testing.assert_close(F.paired_euclidean_distance(A, B), tensor(math.sqrt(2), math.sqrt(5)), rtol=0, atol=1e-5)
    torch.testing.assert_close(F.paired_manhattan_distance(A, B), tensor(2.0, 3.0), rtol=0, atol=1e-5)
    close(F.mutual_cosine_distance(A), [[0.0, 0.4], [0.4, 0.0]])
    close(F.mutual_euclidean_distance(A, squared=True), [[0.0, 20.0], [20.0, 0.0]])
    close(F.mutual_euclidean_distance(A), [[0.0, math.sqrt(20)], [math.sqrt(20), 0.0]])


@pytest.mark.parametrize(
    "function",
    [F.cos_sim, F.dot_score, F.manhattan_sim, F.euclidean_sim, F.pairwise_cos_sim, F.pairwise_euclidean_sim],
)
def test_equal_and_zero_vectors_have_finite_gradients(function):
    vectors = torch.zeros(3, 4, requires_grad=True)
    function(vectors, vectors.detach()).sum().backward()
    assert vectors.grad.isfinite().all()


@pytest.mark.parametrize("squared", [True, False])
def test_mutual_distance_of_equal_vectors_has_finite_gradients(squared):
    vectors = torch.ones(3, 4, requires_grad=True)
    F.mutual_euclidean_distance(vectors, squared=squared).sum().backward()
    assert vectors.grad.isfinite().all()


def test_half_precision_is_compared_in_single():
    half = torch.randn(3, 4).bfloat16()
    for function in (F.cos_sim, F.dot_score, F.pairwise_cos_sim, F.pairwise_manhattan_sim):
        assert function(half, half).dtype == torch.float32


# CoSENT


def test_cosent_by_hand():
    similarities, labels = tensor(0.9, 0.1, 0.5), tensor(0, 5, 2)
    # label order: 0 < 2 < 5, so the terms are (0.9 - 0.5), (0.9 - 0.1), (0.5 - 0.1)
    expected = math.log(1 + math.exp(2 * 0.4) + math.exp(2 * 0.8) + math.exp(2 * 0.4))
    close(F.cosent_loss(similarities, labels, scale=2.0), expected)


def test_cosent_ties_say_nothing():
    expected = math.log(1 + math.exp(20 * (0.9 - 0.2)) + math.exp(20 * (0.3 - 0.2)))
    close(F.cosent_loss(tensor(0.9, 0.2, 0.3), torch.tensor([False, True, False])), expected)
    close(F.cosent_loss(tensor(0.9, 0.2, 0.3), tensor(1, 1, 1)), 0.0)


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 3)), min_size=1, max_size=12), st.randoms())
def test_cosent_is_the_sum_over_all_pairs_in_any_order(rows, random):
    expected = math.log1p(sum(math.exp(5 * (s - t)) for (s, y), (t, z) in itertools.product(rows, rows) if y < z))
    random.shuffle(rows)
    similarities, labels = (tensor(*column) for column in zip(*rows, strict=True))
    close(F.cosent_loss(similarities, labels, scale=5.0), expected)


# Regression and contrastive losses


def test_cosine_similarity_by_hand():
    close(F.cosine_similarity_loss(A, B, tensor(1.0, 0.5)), (0.04**2 + 0.5**2) / 2)
    close(
        F.cosine_similarity_loss(
            A, B, tensor(4.0, 1.0), transformation=lambda x: 5 * x, criterion=torch.nn.functional.l1_loss
        ),
        (0.8 + 1.0) / 2,
    )


def test_contrastive_by_hand():
    distances, labels = tensor(0.3, 0.2, 0.9, 0.4), torch.tensor([1, 0, 0, 1])
    terms = [0.5 * 0.09, 0.5 * 0.3**2, 0.0, 0.5 * 0.16]
    close(F.contrastive_loss(distances, labels, reduction="none"), terms)
    close(F.contrastive_loss(distances, labels), sum(terms) / 4)
    close(F.contrastive_loss(distances, labels, margin=1.0, reduction="sum"), 0.5 * (0.09 + 0.64 + 0.01 + 0.16))
    close(F.contrastive_loss(tensor(0.4), tensor(0.7)), 0.5 * (0.7 * 0.16 + 0.3 * 0.01))


def test_online_contrastive_by_hand():
    distances, labels = tensor(0.3, 0.2, 0.9, 0.1), torch.tensor([1, 0, 0, 1])
    # the nearest negative is at 0.2, the furthest positive at 0.3: one hard pair of each kind
    close(F.online_contrastive_loss(distances, labels), 0.09 + 0.3**2)
    close(F.online_contrastive_loss(distances, labels, reduction="mean"), (0.09 + 0.09) / 2)
    close(F.online_contrastive_loss(distances, labels, reduction="none"), [0.09, 0.09, 0.0, 0.0])


def test_online_contrastive_with_one_kind_only():
    close(F.online_contrastive_loss(tensor(0.1, 0.2, 0.6), tensor(1, 1, 1)), 0.36)  # further than the mean
    close(F.online_contrastive_loss(tensor(0.1, 0.2, 0.6), tensor(0, 0, 0)), 0.16 + 0.09)  # nearer than the mean
    close(F.online_contrastive_loss(tensor(0.1, 0.2), tensor(7, 7)), 0.0)


# Triplets


def test_triplet_by_hand():
    positives, negatives = tensor(1.0, 3.0, 0.0), tensor(2.0, 1.0, 9.0)
    close(F.triplet_loss(positives, negatives, margin=1.5, reduction="none"), [0.5, 3.5, 0.0])
    close(F.triplet_loss(positives, negatives, margin=1.5), 4 / 3)


def test_batch_all_triplet_by_hand():
    distances = tensor([0, 1, 4], [1, 0, 2], [4, 2, 0])
    labels = torch.tensor([7, 7, 9])
    # (0, 1, 2): 1 - 4 + 2 = -1 is easy, (1, 0, 2): 1 - 2 + 2 = 1 counts
    close(F.batch_all_triplet_loss(distances, labels, margin=2.0), 1.0)
    close(F.batch_all_triplet_loss(distances, labels, margin=4.0), (1 + 3) / 2)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.integers(0, 999), st.floats(0, 3))
def test_batch_all_triplet_is_the_mean_over_all_triplets(labels, seed, margin):
    points = random(len(labels), 3, seed=seed)
    distances = F.mutual_euclidean_distance(points)
    terms = [
        distances[a, p] - distances[a, n] + margin
        for a, p, n in itertools.permutations(range(len(labels)), 3)
        if labels[a] == labels[p] != labels[n]
    ]
    terms = [term for term in terms if term > 0]
    expected = torch.stack(terms).mean() if terms else 0.0 * distances.sum()
    actual = F.batch_all_triplet_loss(distances, torch.tensor(labels), margin=margin)
    torch.testing.assert_close(actual, expected, rtol=1e-9, atol=1e-9)
    if terms:
        gradients = [torch.autograd.grad(loss, points, retain_graph=True)[0] for loss in (actual, expected)]
        torch.testing.assert_close(*gradients, rtol=1e-9, atol=1e-9)


def test_batch_all_triplet_in_blocks(monkeypatch):
    distances = F.mutual_euclidean_distance(random(12, 3))
    labels = torch.arange(12) % 3
    whole = F.batch_all_triplet_loss(distances, labels)
    (gradient,) = torch.autograd.grad(whole, distances, retain_graph=True)
    monkeypatch.setattr("losses.functional.triplet._BLOCK", 40)
    blocks = F.batch_all_triplet_loss(distances, labels)
    torch.testing.assert_close(blocks, whole)
    torch.testing.assert_close(torch.autograd.grad(blocks, distances)[0], gradient)


# Cross-entropies


def test_binary_cross_entropy_by_hand():
    logits, labels = tensor(2.0, -1.0), tensor(1.0, 0.3)
    terms = [-math.log(SIGMOID(2)), -0.3 * math.log(SIGMOID(-1)) - 0.7 * math.log(1 - SIGMOID(-1))]
    close(F.binary_cross_entropy_loss(logits, labels), sum(terms) / 2)
    close(F.binary_cross_entropy_loss(logits, labels, reduction="none"), terms)
    weighted = [5 * terms[0], -5 * 0.3 * math.log(SIGMOID(-1)) - 0.7 * math.log(1 - SIGMOID(-1))]
    close(F.binary_cross_entropy_loss(logits, labels, pos_weight=tensor(5.0)[0], reduction="none"), weighted)


def test_cross_entropy_by_hand():
    logits, labels = tensor([0.0, math.log(3)], [1.0, 1.0], [0.0, 0.0]), torch.tensor([1, 0, -100])
    terms = [-math.log(0.75), math.log(2)]
    close(F.cross_entropy_loss(logits, labels), sum(terms) / 2)
    close(F.cross_entropy_loss(logits, labels, reduction="sum"), sum(terms))
    close(F.cross_entropy_loss(logits, labels, weight=tensor(1, 3)), (3 * terms[0] + terms[1]) / 4)
    close(F.cross_entropy_loss(logits[:1], tensor([0.5, 0.5])), -0.5 * math.log(0.25) - 0.5 * math.log(0.75))


def test_cross_entropy_without_a_label_that_counts():
    logits = random(2, 3)
    loss = F.cross_entropy_loss(logits, torch.tensor([-100, -100]))
    close(loss, 0.0)
    loss.backward()
    assert not logits.grad.any()


def test_softmax_ranking_by_hand():
    scores = tensor([math.log(2), 0.0, 0.0], [0.0, 0.0, math.log(6)])
    close(F.softmax_ranking_loss(scores, reduction="none"), [math.log(2), math.log(8)])
    where = torch.tensor([[True, True, True], [True, True, False]])
    close(F.softmax_ranking_loss(scores, where=where), (math.log(2) + math.log(2)) / 2)


def test_softmax_of_pairs_by_hand():
    u, v = tensor([1.0, -2.0]), tensor([3.0, 1.0])
    close(F.pair_features(u, v, product=True), [[1, -2, 3, 1, 2, 3, 3, -2]])
    classifier = torch.nn.Linear(2, 2, bias=False, dtype=torch.float64)
    with torch.no_grad():
        classifier.weight.copy_(tensor([1.0, 0.0], [0.0, 1.0]))
    loss = F.softmax_loss(u, v, torch.tensor([0]), classifier, embeddings=False)  # logits are |u - v| = (2, 3)
    close(loss, math.log(1 + math.e))


# Multiple negatives


def info_nce(queries, documents, scale, directions=("query_to_doc",), partition="joint", strength=0.0, mode=None):
    """The formula in loops."""
    rows, columns = len(queries), len(documents)
    dot = lambda x, y: float((x * y).sum())  # noqa: E731
    losses = []
    for i in range(rows):
        positive = documents[0][i]
        sums = {}
        for direction in directions:
            terms = []
            if direction == "query_to_doc":
                for c, j in itertools.product(range(columns), range(rows)):
                    similarity = dot(queries[i], documents[c][j])
                    hard = {
                        "in_batch_negatives": j != i,
                        "hard_negatives": j == i and c > 0,
                        "all_negatives": not (j == i and c == 0),
                        None: False,
                    }[mode]
                    terms.append(scale * similarity + strength * similarity * hard)
            elif direction == "query_to_query":
                terms = [scale * dot(queries[i], queries[j]) for j in range(rows) if j != i]
            elif direction == "doc_to_query":
                terms = [scale * dot(queries[j], positive) for j in range(rows)]
            else:
                terms = [
                    scale * dot(documents[c][j], positive)
                    for c, j in itertools.product(range(columns), range(rows))
                    if j != i
                ]
            sums[direction] = sum(map(math.exp, terms))
        partitions = [sum(sums.values())] if partition == "joint" else sums.values()
        log_z = sum(map(math.log, partitions)) / len(partitions)
        losses.append(log_z - scale * dot(queries[i], positive))
    return losses


ALL = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize(
    ("directions", "partition"),
    [(directions, "joint") for n in range(4) for directions in itertools.combinations(ALL[1:], n)]
    + [(("doc_to_query",), "per_direction"), ((), "per_direction")],
)
@pytest.mark.parametrize("mode", [None, "in_batch_negatives", "hard_negatives", "all_negatives"])
def test_multiple_negatives_by_hand(columns, directions, partition, mode):
    directions = ("query_to_doc", *directions)
    queries, *documents = [random(3, 4, seed=seed).detach() for seed in range(columns + 1)]
    options = {"directions": directions, "partition_mode": partition, "hardness_mode": mode, "hardness_strength": 0.7}
    actual = F.multiple_negatives_ranking_loss(
        queries, documents, scale=0.5, similarity=F.dot_score, reduction="none", **options
    )
    close(actual, info_nce(queries, documents, 0.5, directions, partition, 0.7, mode))


def test_multiple_negatives_of_some_rows():
    queries, *documents = [random(5, 4, seed=seed) for seed in range(3)]
    options = {"directions": ALL, "reduction": "none", "hardness_mode": "all_negatives", "hardness_strength": 2.0}
    whole = F.multiple_negatives_ranking_loss(queries, documents, **options)
    parts = [
        F.multiple_negatives_ranking_loss(queries, documents, rows=slice(*bounds), **options)
        for bounds in ((0, 2), (2, 5))
    ]
    torch.testing.assert_close(torch.cat(parts), whole)


@given(st.permutations(range(5)))
def test_multiple_negatives_does_not_depend_on_the_order_of_rows(order):
    columns = [random(5, 3, seed=seed) for seed in range(3)]
    shuffled = [column[list(order)] for column in columns]
    losses = [F.multiple_negatives_ranking_loss(q, d, directions=ALL) for q, *d in (columns, shuffled)]
    torch.testing.assert_close(*losses)


# LambdaLoss


def lambda_by_hand(scores, labels, k=None, mu=10.0, sigma=1.0):
    """NDCG-Loss2++ of one list, in loops: the sum and the number of its pairs."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    scores, labels = [scores[i] for i in order], [labels[i] for i in order]
    k = k or len(scores)
    discount = lambda rank: math.log2(1 + rank)  # noqa: E731
    ideal = sum((2 ** max(y, 0) - 1) / discount(r) for r, y in enumerate(sorted(labels, reverse=True)[:k], start=1))
    gains = [(2 ** max(y, 0) - 1) / max(ideal, 1e-10) for y in labels]
    total, count = 0.0, 0
    for i, j in itertools.product(range(len(scores)), repeat=2):
        if labels[i] <= labels[j] or min(i, j) >= k:
            continue
        gap = abs(i - j)
        weight = mu * abs(1 / discount(gap) - 1 / discount(gap + 1)) * abs(gains[i] - gains[j])
        weight += abs(1 / discount(i + 1) - 1 / discount(j + 1)) * abs(gains[i] - gains[j])
        total -= weight * math.log2(SIGMOID(sigma * (scores[i] - scores[j])))
        count += 1
    return total, count


@pytest.mark.parametrize("k", [None, 1, 2, 9])
def test_lambda_loss_by_hand(k):
    scores, labels = [[0.3, 1.2, -0.5, 0.8], [2.0, 0.1, 0.4, 0.0]], [[2, 0, 1, 0], [0, 3, -1, 1]]
    totals, counts = zip(*(lambda_by_hand(s, y, k) for s, y in zip(scores, labels, strict=True)), strict=True)
    arguments = torch.tensor(scores, dtype=torch.float64), torch.tensor(labels)
    close(F.lambda_loss(*arguments, k=k, reduction="none"), totals)
    close(F.lambda_loss(*arguments, k=k), sum(totals) / sum(counts))


def test_weights_by_hand():
    gain, discount = tensor([0.5, 0.25, 0.0]), torch.arange(2, 5, dtype=torch.float64).log2()[None]
    d = [1.0, 1 / math.log2(3), 0.5]
    close(F.no_weights(gain, discount, gain), 1.0)
    close(F.ndcg_loss1_weights(gain, discount, gain), [[[0.5], [0.25 * d[1]], [0.0]]])
    near, far = (d[0] - d[1]) * 0.25, (d[1] - d[2]) * 0.5
    close(F.ndcg_loss2_weights(gain, discount, gain), [[[0, near, far], [near, 0, near], [far, near, 0]]])
    first, second, third = (d[0] - d[1]) * 0.25, (d[0] - d[2]) * 0.5, (d[1] - d[2]) * 0.25
    close(F.lambda_rank_weights(gain, discount, gain), [[[0, first, second], [first, 0, third], [second, third, 0]]])


def test_lambda_loss_over_every_pair_by_hand():
    # one list in order, labels 1 and 0: gains 1 and 0, so only the pairs of the first document weigh anything
    loss = F.lambda_loss(
        tensor([1.0, 0.0]), tensor([1, 0]), weights=F.ndcg_loss1_weights, every_pair=True, reduction="sum"
    )
    close(loss, -math.log2(SIGMOID(1.0)) - math.log2(SIGMOID(0.0)))


WEIGHTS = [F.no_weights, F.ndcg_loss1_weights, F.ndcg_loss2_weights, F.lambda_rank_weights, F.ndcg_loss2pp_weights]


@pytest.mark.parametrize("every_pair", [True, False])
@pytest.mark.parametrize("weights", WEIGHTS)
@given(
    st.lists(st.lists(st.integers(-1, 3), min_size=1, max_size=5), min_size=1, max_size=3),
    st.integers(0, 99),
    st.sampled_from([None, 1, 3]),
)
def test_masking_is_dropping(weights, every_pair, labels, seed, k):
    width = max(map(len, labels)) + 2
    scores = random(len(labels), width, seed=seed)
    padded = torch.full(scores.shape, 99.0, dtype=torch.float64)
    where = torch.zeros(scores.shape, dtype=torch.bool)
    alone = []
    for row, values in enumerate(labels):
        padded[row, : len(values)] = tensor(*values)
        where[row, : len(values)] = True
        kept = scores[row : row + 1, : len(values)]
        options = {"weights": weights, "every_pair": every_pair, "k": k, "reduction": "none"}
        alone.append(F.lambda_loss(kept, tensor(values), **options))
    together = F.lambda_loss(scores, padded, where=where, **options)
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-9, atol=1e-12)
    (gradient,) = torch.autograd.grad(together.sum(), scores)
    assert gradient.isfinite().all()
    assert not gradient[~where].any()


@given(st.permutations(range(6)))
def test_lambda_loss_does_not_depend_on_the_order_of_documents(order):
    scores, labels = random(1, 6), tensor([0, 1, 2, 0, 3, 1])
    shuffled = F.lambda_loss(scores[:, list(order)], labels[:, list(order)])
    torch.testing.assert_close(shuffled, F.lambda_loss(scores, labels))


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1], [1e4, 0, 5e3], [-3, -3, -2], [1e-30, 0, 0]])
def test_lambda_loss_with_extreme_labels(labels):
    scores = torch.tensor([[1e20, -1e20, 3e38]], requires_grad=True)
    for weights in WEIGHTS:
        loss = F.lambda_loss(scores, torch.tensor([labels]).float(), weights=weights)
        assert loss.isfinite()
        (gradient,) = torch.autograd.grad(loss, scores)
        assert gradient.isfinite().all()


# FLOPS


def test_flops_by_hand():
    embeddings = tensor([1.0, 0.0, 2.0], [3.0, 0.0, 0.0])
    close(F.flops_loss(embeddings), 2.0**2 + 1.0**2)
    close(F.flops_loss(embeddings, threshold=1), 0.5**2 + 1.0**2)


# What holds for all of them

X, Y, D = random(4, 3, seed=1), random(4, 3, seed=2), random(4, seed=3)
LABELS = torch.tensor([0, 1, 1, 0])
DIFFERENTIABLE = {
    "cosent_loss": lambda x, y, d: F.cosent_loss(d, torch.tensor([0.1, 0.5, 0.5, 0.2]), scale=2.0),
    "cosine_similarity_loss": lambda x, y, d: F.cosine_similarity_loss(x, y, LABELS),
    "contrastive_loss": lambda x, y, d: F.contrastive_loss(d.exp(), LABELS, margin=3.0),
    "online_contrastive_loss": lambda x, y, d: F.online_contrastive_loss(d.exp(), LABELS, margin=3.0),
    "triplet_loss": lambda x, y, d: F.triplet_loss(d, -d, margin=0.5),
    "batch_all_triplet_loss": lambda x, y, d: F.batch_all_triplet_loss(F.mutual_euclidean_distance(x), LABELS),
    "binary_cross_entropy_loss": lambda x, y, d: F.binary_cross_entropy_loss(d, LABELS, pos_weight=torch.tensor(2.0)),
    "cross_entropy_loss": lambda x, y, d: F.cross_entropy_loss(x, LABELS, label_smoothing=0.1),
    "softmax_ranking_loss": lambda x, y, d: F.softmax_ranking_loss(x),
    "softmax_loss": lambda x, y, d: F.softmax_loss(x, y, LABELS, torch.nn.Identity(), product=True),
    "multiple_negatives_ranking_loss": lambda x, y, d: F.multiple_negatives_ranking_loss(
        x, [y, x * d[:, None]], directions=ALL
    ),
    "lambda_loss": lambda x, y, d: F.lambda_loss(x, torch.tensor([[0, 1, 2]]).expand(4, 3)),
    "flops_loss": lambda x, y, d: F.flops_loss(x, threshold=1),
    "contrastive_tension_loss": lambda x, y, d: F.contrastive_tension_loss(d, LABELS),
    "self_distillation_loss": lambda x, y, d: F.self_distillation_loss(x, torch.linspace(-1, 1, 12).view(4, 3).to(x)),
    "symmetric_cross_entropy_loss": lambda x, y, d: F.symmetric_cross_entropy_loss(x @ y.T),
}


@pytest.mark.parametrize("name", sorted(DIFFERENTIABLE))
def test_gradients(name):
    assert gradcheck(DIFFERENTIABLE[name], (X, Y, D))


@pytest.mark.parametrize("name", sorted(DIFFERENTIABLE))
def test_float32_stays_float32(name):
    loss = DIFFERENTIABLE[name](X.float(), Y.float(), D.float())
    assert loss.dtype == torch.float32


DEGENERATE = {
    "cosent_loss, one row": lambda x: F.cosent_loss(x[:, 0], torch.ones(1)),
    "contrastive_loss, no rows": lambda x: F.contrastive_loss(x[:0, 0], torch.ones(0)),
    "online_contrastive_loss, no rows": lambda x: F.online_contrastive_loss(x[:0, 0], torch.ones(0)),
    "online_contrastive_loss, one row": lambda x: F.online_contrastive_loss(x[:, 0], torch.ones(1)),
    "triplet_loss, no rows": lambda x: F.triplet_loss(x[:0, 0], x[:0, 1]),
    "batch_all_triplet_loss, one row": lambda x: F.batch_all_triplet_loss(x @ x.T, torch.ones(1)),
    "batch_all_triplet_loss, no rows": lambda x: F.batch_all_triplet_loss(x[:0] @ x[:0].T, torch.ones(0)),
    "cross_entropy_loss, no rows": lambda x: F.cross_entropy_loss(x[:0], torch.ones(0, dtype=torch.long)),
    "binary_cross_entropy_loss, no rows": lambda x: F.binary_cross_entropy_loss(x[:0, 0], torch.ones(0)),
    "softmax_ranking_loss, one candidate": lambda x: F.softmax_ranking_loss(x[:, :1]),
    "multiple_negatives_ranking_loss, one pair": lambda x: F.multiple_negatives_ranking_loss(x, [x]),
    "lambda_loss, one document": lambda x: F.lambda_loss(x[:, :1], torch.ones(1, 1)),
    "lambda_loss, equal labels": lambda x: F.lambda_loss(x, torch.ones(1, 3)),
    "lambda_loss, nothing there": lambda x: F.lambda_loss(x, torch.ones(1, 3), where=torch.zeros(1, 3).bool()),
    "flops_loss, no rows": lambda x: F.flops_loss(x[:0]),
    "flops_loss, nothing dense enough": lambda x: F.flops_loss(x, threshold=9),
}


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_nothing_to_learn_is_a_zero_that_keeps_the_graph(name):
    x = torch.ones(1, 3, requires_grad=True)
    loss = DEGENERATE[name](x)
    assert loss.item() == 0
    assert loss.requires_grad
    loss.backward()
    assert x.grad.isfinite().all()


WRONG = [
    lambda: F.cosent_loss(torch.ones(3), torch.ones(2)),
    lambda: F.cosent_loss(torch.ones(3, 1), torch.ones(3)),
    lambda: F.cosine_similarity_loss(torch.ones(3, 2), torch.ones(2, 2), torch.ones(3)),
    lambda: F.contrastive_loss(torch.ones(3), torch.ones(3), reduction="average"),
    lambda: F.online_contrastive_loss(torch.ones(3), torch.ones(3, 1)),
    lambda: F.triplet_loss(torch.ones(3), torch.ones(4)),
    lambda: F.batch_all_triplet_loss(torch.ones(3, 2), torch.ones(3)),
    lambda: F.binary_cross_entropy_loss(torch.ones(3, 1), torch.ones(3)),
    lambda: F.cross_entropy_loss(torch.ones(3, 2), torch.ones(3)),
    lambda: F.cross_entropy_loss(torch.ones(3, 2), torch.ones(2, dtype=torch.long)),
    lambda: F.softmax_ranking_loss(torch.ones(3, 0)),
    lambda: F.pair_features(torch.ones(1, 2), torch.ones(1, 2), embeddings=False, difference=False),
    lambda: F.multiple_negatives_ranking_loss(torch.ones(3, 2), []),
    lambda: F.multiple_negatives_ranking_loss(torch.ones(3, 2), [torch.ones(2, 2)]),
    lambda: F.multiple_negatives_ranking_loss(torch.ones(3, 2), [torch.ones(3, 2)], directions=("doc_to_query",)),
    lambda: F.multiple_negatives_ranking_loss(torch.ones(3, 2), [torch.ones(3, 2)], scale=0),
    lambda: F.lambda_loss(torch.ones(3, 2), torch.ones(3, 3)),
    lambda: F.lambda_loss(torch.ones(3, 2), torch.ones(3, 2), k=0),
    lambda: F.lambda_loss(torch.ones(3, 2), torch.ones(3, 2), reduction_log="decimal"),
    lambda: F.flops_loss(torch.ones(3)),
]


@pytest.mark.parametrize("call", WRONG, ids=[str(i) for i in range(len(WRONG))])
def test_wrong_input_is_a_value_error(call):
    with pytest.raises(ValueError, match=r"must|only|may"):
        call()


def test_every_function_is_documented():
    for name in F.__all__:
        assert inspect.getdoc(getattr(F, name)), name
