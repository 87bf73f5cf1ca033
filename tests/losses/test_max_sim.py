"""MaxSim: values by hand, against sentence-transformers, gradients, masks, lists, blocks, precision."""

import functools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import util
from sentence_transformers.multi_vector_encoder import scoring
from torch.autograd import gradcheck

from losses import functional as F
from losses.functional import max_sim

ALL = [(F.maxsim, util.maxsim), (F.mean_maxsim, util.mean_maxsim)]
PAIRS = [(F.maxsim_pairwise, util.maxsim_pairwise), (F.mean_maxsim_pairwise, util.mean_maxsim_pairwise)]
SCORES = [
    "colbert_scores",
    "colbert_kd_scores",
    "colbert_scores_pairwise",
    "mean_colbert_scores",
    "mean_colbert_kd_scores",
    "mean_colbert_scores_pairwise",
]


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def some(*shape, seed=0):
    """A mask with a true in each row."""
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) > 0.4
    mask[..., 0] = True
    return mask


def by_hand(query, document, weights=None):
    """Of one query and one document, (s, d) and (t, d)."""
    weights = [1.0] * len(query) if weights is None else weights
    return sum(
        weight * max(float(token @ other) for other in document) for token, weight in zip(query, weights, strict=True)
    )


def test_by_hand():
    query = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    documents = torch.tensor([[[3.0, 1.0], [0.0, 4.0]], [[-1.0, -1.0], [-2.0, -0.5]]])
    # 3 + 8, and -1 - 1: the largest of what is negative
    assert F.maxsim(query, documents).tolist() == [[11.0, -2.0]]
    assert F.mean_maxsim(query, documents).tolist() == [[5.5, -1.0]]
    assert F.maxsim_pairwise(query.expand(2, -1, -1), documents).tolist() == [11.0, -2.0]
    # without the second query token, and without the first document token
    mask, real = torch.tensor([[True, False]]), torch.tensor([[False, True], [True, True]])
    assert F.maxsim(query, documents, mask, real).tolist() == [[0.0, -1.0]]
    assert F.maxsim(query, documents, torch.tensor([[0.5, 0.25]])).tolist() == [[3.5, -0.75]]


def test_gradient_by_hand():
    query = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]], requires_grad=True)
    document = torch.tensor([[[3.0, 1.0], [0.0, 4.0], [1.0, 1.0]]], requires_grad=True)
    (2 * F.maxsim(query, document)).sum().backward()
    assert query.grad.tolist() == [[[6.0, 2.0], [0.0, 8.0]]]
    assert document.grad.tolist() == [[[2.0, 0.0], [0.0, 4.0], [0.0, 0.0]]]


@pytest.mark.parametrize("chunk_elements", [None, 1, 60, 700])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("name", SCORES)
def test_values_and_gradients_of_sentence_transformers(name, masked, chunk_elements):
    queries, documents = random(7, 5, 8, dtype=torch.float32), random(7, 3, 9, 8, seed=1, dtype=torch.float32)
    mask, real = some(7, 5), some(7, 3, 9)
    real[2, 1] = False
    if "pairwise" in name:
        documents, real = documents[:, 1], real[:, 1]
    masks = {"queries_mask": mask, "documents_mask": real} if masked else {}
    results = []
    for function in (getattr(F, name), getattr(scoring, name)):
        inputs = [queries.clone().requires_grad_(), documents.clone().requires_grad_()]
        scores = function(*inputs, **masks, chunk_elements=chunk_elements)
        gradient = random(*scores.shape, seed=3, dtype=torch.float32)
        results.append([scores, *torch.autograd.grad(scores, inputs, gradient)])
    torch.testing.assert_close(results[0], results[1], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("ours", "theirs"), ALL + PAIRS)
def test_lists_are_padded(ours, theirs):
    queries = [random(length, 4, seed=length, dtype=torch.float32) for length in (3, 1, 6)]
    documents = [random(length, 4, seed=10 + length, dtype=torch.float32) for length in (2, 7, 4)]
    torch.testing.assert_close(ours(queries, documents), theirs(queries, documents))
    one_by_one = torch.tensor([[by_hand(query, document) for document in documents] for query in queries])
    if "mean" in ours.__name__:
        one_by_one = one_by_one / torch.tensor([[3.0], [1.0], [6.0]])
    if "pairwise" in ours.__name__:
        one_by_one = one_by_one.diagonal()
    torch.testing.assert_close(ours(queries, documents), one_by_one)
    leaves = [query.clone().requires_grad_() for query in queries]
    ours(leaves, documents).sum().backward()
    assert all(leaf.grad.any() for leaf in leaves)


def test_rows_of_zeros_are_padding_without_a_mask():
    queries, documents = random(2, 3, 4), -random(2, 3, 4).abs()
    padded = [torch.nn.functional.pad(each, (0, 0, 0, 2)) for each in (queries, documents)]
    torch.testing.assert_close(F.maxsim(*padded), F.maxsim(queries, documents))
    torch.testing.assert_close(F.mean_maxsim(*padded), F.mean_maxsim(queries, documents))


@given(
    st.integers(1, 4), st.integers(1, 5), st.integers(1, 4), st.integers(1, 6), st.integers(1, 300), st.integers(0, 99)
)
def test_any_shape_mask_and_block(n, s, m, t, chunk_elements, seed):
    queries, documents = random(n, s, 3, seed=seed), random(m, t, 3, seed=seed + 1)
    weights, real = random(n, s, seed=seed), some(m, t, seed=seed)
    expected = [
        [by_hand(query, document[here], weight) for document, here in zip(documents, real, strict=True)]
        for query, weight in zip(queries, weights, strict=True)
    ]
    scores = F.maxsim(queries, documents, weights, real, chunk_elements)
    torch.testing.assert_close(scores, torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("chunk_elements", [None, 1, 30])
def test_gradients(chunk_elements):
    """Of queries, documents and weights; with more tokens than a byte can count, too."""
    queries, weights = random(3, 2, 3).requires_grad_(), random(3, 2, seed=5).requires_grad_()
    for tokens in (4, 300):
        documents = random(3, tokens, 3, seed=2).requires_grad_()
        real = some(3, tokens)
        real[1] = False  # an empty document
        for function in (F.maxsim, F.mean_maxsim, F.maxsim_pairwise):
            each = functools.partial(function, b_mask=real, chunk_elements=chunk_elements)
            fast = tokens > 100
            assert gradcheck(
                lambda a, b, w, each=each: each(a, b, w).clamp(min=-100), (queries, documents, weights), fast_mode=fast
            )
    grouped = random(3, 2, 4, 3, seed=4).requires_grad_()
    for function in (F.colbert_scores, F.colbert_kd_scores):
        assert gradcheck(
            lambda a, b, function=function: function(a, b, chunk_elements=chunk_elements), (queries, grouped)
        )


def test_an_empty_document_is_below_every_other():
    queries, documents = random(2, 3, 4).requires_grad_(), random(2, 3, 4, seed=1).requires_grad_()
    real = torch.tensor([[True, True, False], [False, False, False]])
    scores = F.maxsim(queries, documents, b_mask=real)
    assert scores[:, 1].tolist() == [-1e9, -1e9]
    scores.softmax(dim=1)[:, 0].sum().backward()
    assert queries.grad.isfinite().all()
    assert not documents.grad[1].any()
    without_tokens = F.maxsim(queries, documents[:, :0])
    assert without_tokens.tolist() == [[-1e9, -1e9], [-1e9, -1e9]]


def test_nothing_to_score_keeps_the_graph():
    queries, documents = random(2, 3, 4).requires_grad_(), random(0, 3, 4).requires_grad_()
    scores = F.maxsim(queries, documents)
    assert scores.shape == (2, 0)
    scores.sum().backward()
    assert not queries.grad.any()
    assert F.maxsim(queries[:0], random(3, 3, 4)).shape == (0, 3)
    assert F.maxsim_pairwise(queries[:0], queries[:0]).shape == (0,)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_summed_in_single(dtype):
    queries, documents = random(4, 32, 8, dtype=dtype), random(5, 16, 8, seed=1, dtype=dtype)
    scores = F.maxsim(queries, documents)
    assert scores.dtype == torch.float32
    torch.testing.assert_close(scores, util.maxsim(queries, documents), rtol=1e-5, atol=1e-5)
    exact = F.maxsim(queries.double(), documents.double()).float()
    torch.testing.assert_close(scores, exact, rtol=2e-2, atol=0.1)
    with torch.autocast("cpu", dtype):
        inputs = [queries.float().requires_grad_(), documents.float().requires_grad_()]
        mixed = F.maxsim(*inputs)
        torch.testing.assert_close(mixed, scores)
    mixed.sum().backward()
    assert all(each.grad.dtype == torch.float32 and each.grad.isfinite().all() for each in inputs)


def test_compiled():
    torch.compiler.reset()
    queries, documents, real = random(3, 2, 4), random(5, 6, 4, seed=1), some(5, 6)
    real[2] = False
    compiled = torch.compile(F.maxsim, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(queries, documents, None, real), F.maxsim(queries, documents, None, real))


def test_without_gradients_the_places_are_not_looked_for(monkeypatch):
    queries, documents = random(3, 2, 4), random(5, 6, 4, seed=1)
    expected = F.maxsim(queries.clone().requires_grad_(), documents).detach()
    monkeypatch.setattr(torch.Tensor, "max", None)
    torch.testing.assert_close(F.maxsim(queries, documents), expected)


def test_similarities_of_all_tokens_are_never_there_at_once(monkeypatch):
    monkeypatch.setattr(max_sim, "BLOCK", 1 << 12)
    largest = 0
    multiply = torch.baddbmm

    def watched(*arguments):
        nonlocal largest
        made = multiply(*arguments)
        largest = max(largest, made.numel())
        return made

    monkeypatch.setattr(torch, "baddbmm", watched)
    queries, documents = random(20, 8, 4).requires_grad_(), random(40, 16, 4, seed=1).requires_grad_()
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda each: kept.append(each) or each, lambda each: each):
        scores = F.maxsim(queries, documents)
    assert 0 < largest <= 1 << 12 < scores.numel() * 8 * 16
    # the place of the nearest token, and that is a byte
    assert max((each.numel(), each.dtype) for each in kept) == (20 * 8 * 40, torch.uint8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.maxsim(torch.ones(2, 3), torch.ones(2, 3, 4)), "a must have 3"),
        (lambda: F.maxsim(torch.ones(2, 3, 5), torch.ones(2, 3, 4)), "5 dimensions"),
        (lambda: F.maxsim(torch.ones(2, 3, 4), torch.ones(2, 3, 4), torch.ones(2, 2)), "mask of a"),
        (lambda: F.maxsim(torch.ones(2, 3, 4), torch.ones(2, 3, 4), None, torch.ones(1, 3)), "mask of b"),
        (lambda: F.maxsim_pairwise(torch.ones(2, 3, 4), torch.ones(3, 3, 4)), "3 for 2"),
        (lambda: F.colbert_kd_scores(torch.ones(2, 3, 4), torch.ones(3, 1, 3, 4)), "3 for 2"),
        (lambda: F.colbert_scores(torch.ones(2, 3, 4), torch.ones(2, 3, 4)), "must have 4"),
        (lambda: F.maxsim([], torch.ones(2, 3, 4)), "at least one text"),
        (lambda: F.maxsim([torch.ones(3)], torch.ones(2, 3, 4)), r"a\[0\] must have 2"),
        (lambda: F.maxsim(torch.ones(2, 3, 4), torch.ones(2, 3, 4), chunk_elements=0), "chunk_elements"),
    ],
)
def test_wrong_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
