"""What every function of losses.functional promises: a docstring that tells all and is right, gradients, precision."""

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest
import torch
from torch.autograd import gradcheck

from losses import functional as F

MODULES = [importlib.import_module(f"{F.__name__}.{module.name}") for module in pkgutil.iter_modules(F.__path__)]
FUNCTIONS = {name: getattr(F, name) for name in F.__all__ if inspect.isfunction(getattr(F, name))}

#: What has no paper: it is older than papers on it.
TEXTBOOK = {"binary_cross_entropy_loss", "cross_entropy_loss"}

#: What is a constant to the model, so that no gradient flows through it.
CONSTANTS = {"ndcg_loss1_weights", "no_weights", "position_weights"}


# docstrings


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_examples_in_docstrings(module):
    results = doctest.testmod(module, extraglobs={"torch": torch})
    assert not results.failed
    public = [each for each in FUNCTIONS.values() if each.__module__ == module.__name__]
    assert results.attempted >= len(public)


@pytest.mark.parametrize(("name", "function"), FUNCTIONS.items(), ids=FUNCTIONS)
def test_docstrings_tell_all(name, function):
    doc = inspect.getdoc(function) or ""
    assert re.match(r"\S.*[.?]\n\n", doc), "a first line"
    assert ".. math::\n" in doc
    described = re.findall(
        r"^    (\w+): ", re.split("\nReturns:", doc.partition("\nArgs:\n")[2])[0], flags=re.MULTILINE
    )
    assert described == list(inspect.signature(function).parameters)
    assert "\nReturns:\n" in doc
    assert ">>> " in doc.partition("\nExample:\n")[2]
    if ("loss" in name or "regularization" in name) and name not in TEXTBOOK | CONSTANTS:
        assert re.search(r"\(?(19|20)\d\d", doc), "a year"
        assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.\d+/|https?://", doc), "where to find the paper"


# gradients, the compiler, precision


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def uniform(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + 0.05


CLASSES = torch.tensor([0, 1, 1, 0, 2, 2])
BINARY = torch.tensor([1, 0, 1, 0, 0, 1])
GOLD = torch.tensor([0.1, 0.9, 0.4, 0.4, 0.7, 0.0])
GRADES = torch.tensor([[2, 0, 1, 0], [0, 1, 0, 3], [1, 1, 0, 0]])
THERE = torch.tensor([[True] * 4, [True] * 4, [True, True, True, False]])
REAL = torch.tensor([[True, True, False], [True, True, True], [False, True, True], [True, False, False]])


def matrices(count, rows=6, width=4):
    return [normal(rows, width, seed=seed) for seed in range(count)]


def lists(function, **options):
    return lambda scores: function(scores, GRADES, where=THERE, **options), [normal(3, 4)]


def in_batch(function, **options):
    return lambda queries, *documents: function(queries, documents, **options), matrices(3)


def squared(function):
    """Distances of embeddings as they come out of a model."""
    return lambda embeddings: function(F.mutual_euclidean_distance(embeddings), CLASSES), [normal(6, 4)]


def tokens(function, grouped=False):
    texts = normal(4, 2, 3, 4, seed=1) if grouped else normal(4, 3, 4, seed=1)
    real = torch.stack([REAL, REAL.flip(0)], dim=1) if grouped else REAL
    return lambda queries, documents: function(queries, documents, REAL, real), [normal(4, 3, 4), texts]


#: For each function how to call it, and with what: the tensors that have gradients.
CALLS = {
    "adr_mse_loss": lists(F.adr_mse_loss),
    "approx_ndcg_loss": lists(F.approx_ndcg_loss),
    "batch_all_triplet_loss": squared(F.batch_all_triplet_loss),
    "batch_hard_soft_margin_triplet_loss": squared(F.batch_hard_soft_margin_triplet_loss),
    "batch_hard_triplet_loss": squared(F.batch_hard_triplet_loss),
    "batch_semi_hard_triplet_loss": squared(F.batch_semi_hard_triplet_loss),
    "binary_cross_entropy_loss": (lambda logits: F.binary_cross_entropy_loss(logits, BINARY), [normal(6)]),
    "colbert_kd_scores": tokens(F.colbert_kd_scores, grouped=True),
    "colbert_scores": tokens(F.colbert_scores, grouped=True),
    "colbert_scores_pairwise": tokens(F.colbert_scores_pairwise),
    "contrastive_loss": (lambda distances: F.contrastive_loss(distances, BINARY), [uniform(6)]),
    "contrastive_tension_loss": (lambda scores: F.contrastive_tension_loss(scores, BINARY), [normal(6)]),
    "cos_sim": (F.cos_sim, matrices(2)),
    "cosent_loss": (lambda similarities: F.cosent_loss(similarities, GOLD), [normal(6)]),
    "cosine_similarity_loss": (lambda a, b: F.cosine_similarity_loss(a, b, GOLD), matrices(2)),
    "cross_entropy_loss": (lambda logits: F.cross_entropy_loss(logits, CLASSES), [normal(6, 3)]),
    "csr_reconstruction_loss": (
        # what is reconstructed without the bias is a constant
        lambda x, at_k, at_4k, from_dead: F.csr_reconstruction_loss(
            x, at_k, at_4k, normal(6, 4, seed=9).to(x), from_dead
        ),
        matrices(4),
    ),
    "debiased_multiple_negatives_ranking_loss": in_batch(F.debiased_multiple_negatives_ranking_loss, scale=3.0),
    "distill_kl_div_loss": (lambda scores: F.distill_kl_div_loss(scores, normal(3, 4, seed=1)), [normal(3, 4)]),
    "dot_score": (F.dot_score, matrices(2)),
    "embed_distill_loss": (lambda x: F.embed_distill_loss(x, normal(6, 4, seed=1).to(x)), [normal(6, 4)]),
    "euclidean_sim": (F.euclidean_sim, matrices(2)),
    "flops_loss": (lambda embeddings: F.flops_loss(embeddings.relu()), [normal(6, 4)]),
    "gist_embed_loss": (
        lambda anchors, *documents: F.gist_embed_loss(
            anchors, documents, normal(6, 3, seed=5), matrices(2, width=3), temperature=0.5
        ),
        matrices(3),
    ),
    "global_orthogonal_regularization": (F.global_orthogonal_regularization, [normal(6, 4)]),
    "lambda_loss": lists(F.lambda_loss),
    "list_mle_loss": lists(F.list_mle_loss),
    "list_net_loss": lists(F.list_net_loss),
    "manhattan_sim": (F.manhattan_sim, matrices(2)),
    "margin_mse_loss": (
        lambda positive, negative: F.margin_mse_loss(positive, negative, normal(6, 2, seed=3)),
        [normal(6), normal(6, 2, seed=1)],
    ),
    "maxsim": tokens(F.maxsim),
    "maxsim_pairwise": tokens(F.maxsim_pairwise),
    "mean_colbert_kd_scores": tokens(F.mean_colbert_kd_scores, grouped=True),
    "mean_colbert_scores": tokens(F.mean_colbert_scores, grouped=True),
    "mean_colbert_scores_pairwise": tokens(F.mean_colbert_scores_pairwise),
    "mean_maxsim": tokens(F.mean_maxsim),
    "mean_maxsim_pairwise": tokens(F.mean_maxsim_pairwise),
    "mega_batch_margin_loss": (F.mega_batch_margin_loss, matrices(2)),
    "multiple_negatives_ranking_loss": in_batch(
        F.multiple_negatives_ranking_loss,
        scale=3.0,
        directions=("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"),
    ),
    "mutual_cosine_distance": (F.mutual_cosine_distance, [normal(6, 4)]),
    "mutual_euclidean_distance": (F.mutual_euclidean_distance, [normal(6, 4)]),
    "nested_cos_sim": (lambda a, b: tuple(F.nested_cos_sim(a, b, [4, 2])), matrices(2)),
    "online_contrastive_loss": (lambda distances: F.online_contrastive_loss(distances, BINARY), [uniform(6)]),
    "pair_features": (lambda a, b: F.pair_features(a, b, product=True), matrices(2)),
    "paired_cosine_distance": (F.paired_cosine_distance, matrices(2)),
    "paired_euclidean_distance": (F.paired_euclidean_distance, matrices(2)),
    "paired_manhattan_distance": (F.paired_manhattan_distance, matrices(2)),
    "pairwise_angle_sim": (F.pairwise_angle_sim, matrices(2)),
    "pairwise_cos_sim": (F.pairwise_cos_sim, matrices(2)),
    "pairwise_dot_score": (F.pairwise_dot_score, matrices(2)),
    "pairwise_euclidean_sim": (F.pairwise_euclidean_sim, matrices(2)),
    "pairwise_manhattan_sim": (F.pairwise_manhattan_sim, matrices(2)),
    "plist_mle_loss": lists(F.plist_mle_loss),
    "rank_net_loss": lists(F.rank_net_loss),
    "score_mse_loss": (lambda scores: F.score_mse_loss(scores, GOLD), [normal(6)]),
    "self_distillation_loss": (lambda x: F.self_distillation_loss(x, normal(6, 4, seed=1).to(x)), [normal(6, 4)]),
    "sigmoid_contrastive_loss": in_batch(F.sigmoid_contrastive_loss),
    "softmax_loss": (
        lambda a, b, weight: F.softmax_loss(a, b, CLASSES, lambda features: features @ weight),
        [*matrices(2), normal(12, 3, seed=7)],
    ),
    "softmax_ranking_loss": (lambda scores: F.softmax_ranking_loss(scores, where=THERE), [normal(3, 4)]),
    "supervised_contrastive_loss": (lambda x: F.supervised_contrastive_loss(x, CLASSES), [normal(6, 4)]),
    "symmetric_cross_entropy_loss": (F.symmetric_cross_entropy_loss, [normal(6, 6)]),
    "triplet_loss": (lambda near, far: F.triplet_loss(near, far), [uniform(6), uniform(6, seed=1)]),
    "truncate": (lambda embeddings: F.truncate(embeddings, 2), [normal(6, 4)]),
}

each_function = pytest.mark.parametrize("name", CALLS)


def test_the_table_has_every_function():
    assert set(CALLS) == FUNCTIONS.keys() - CONSTANTS


def outcome(call, inputs):
    """The values, and the gradients of their sum."""
    leaves = [each.detach().clone().requires_grad_() for each in inputs]
    made = call(*leaves)
    values = list(made) if isinstance(made, tuple) else [made]
    total = torch.stack([each.sum() for each in values]).sum()
    return values, torch.autograd.grad(total, leaves, allow_unused=True)


@each_function
def test_gradients_are_right(name):
    call, inputs = CALLS[name]
    assert gradcheck(call, [each.clone().requires_grad_() for each in inputs])


@each_function
def test_every_input_has_a_gradient_in_its_own_precision(name):
    call, inputs = CALLS[name]
    for dtype in (torch.float64, torch.float32):
        values, gradients = outcome(call, [each.to(dtype) for each in inputs])
        assert all(value.dtype == dtype for value in values)
        assert all(each is not None and each.any() for each in gradients)


@each_function
def test_compiled_it_is_the_same(name):
    torch.compiler.reset()
    call, inputs = CALLS[name]
    compiled = outcome(torch.compile(call, backend="eager"), inputs)
    torch.testing.assert_close(compiled, outcome(call, inputs))


@each_function
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_is_finite(name, dtype):
    """Where a model is in half precision, or autocast chooses it, and values are large."""
    call, inputs = CALLS[name]
    exact, _ = outcome(call, [20 * each for each in inputs])
    for given in (torch.float32, dtype):
        large = [(20 * each).to(given) for each in inputs]
        with torch.autocast("cpu", dtype):
            values, gradients = outcome(call, large)
        for value, close in zip(values, exact, strict=True):
            assert value.isfinite().all()
            torch.testing.assert_close(value.double(), close, rtol=0.05, atol=0.05 * float(close.abs().max()) + 0.05)
        assert all(each.isfinite().all() for each in gradients)
