"""Cached, symmetric, guided, debiased and sigmoid losses of in-batch negatives."""

import copy
import functools
import math

import pytest
import torch
from sentence_transformers import util
from sentence_transformers.sentence_transformer import losses as theirs
from torch.autograd import gradcheck

from losses import functional as F
from losses import sentence_transformer as ours
from losses.functional import blocks
from losses.gradient_cache import cached, mini_batches, take_rows
from tests.losses.oracle import ROWS, assert_same_step, gradients, tokenize

ALL_DIRECTIONS = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")
SYMMETRIC = {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction"}


@pytest.fixture
def features(sentence_transformer, texts):
    return lambda columns: tokenize(sentence_transformer(), texts, columns)


def both(name, make, **kwargs):
    swapped = {"similarity_fct": getattr(util, kwargs["similarity_fct"].__name__)} if "similarity_fct" in kwargs else {}
    return getattr(ours, name)(make(), **kwargs), getattr(theirs, name)(make(), **{**kwargs, **swapped})


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("columns", [2, 3, 5])
@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 64}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_num_tokens": 20}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 2, "scale": 1.0, "similarity_fct": F.dot_score}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 2, "directions": ALL_DIRECTIONS}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 2, **SYMMETRIC}),
        (
            "CachedMultipleNegativesRankingLoss",
            {"mini_batch_size": 2, "hardness_mode": "all_negatives", "hardness_strength": 9.0},
        ),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4, "gather_across_devices": True}),
        ("CachedMultipleNegativesSymmetricRankingLoss", {"mini_batch_size": 4}),
        ("MultipleNegativesSymmetricRankingLoss", {}),
        ("MultipleNegativesSymmetricRankingLoss", {"scale": 5.0, "similarity_fct": F.euclidean_sim}),
    ],
)
def test_same_step(name, kwargs, columns, sentence_transformer, features):
    own, peer = both(name, sentence_transformer, **kwargs)
    assert_same_step(own, peer, features(columns), None)
    assert own.get_config_dict() == peer.get_config_dict()
    assert "".join(peer.citation.split())[:40] == "".join(own.citation.split())[:40]


GUIDED = [
    {},
    {"margin": 0.1},
    {"margin": 0.2, "margin_strategy": "relative", "temperature": 0.1},
    {"contrast_anchors": False},
    {"contrast_positives": False, "contrast_anchors": False, "temperature": 0.1},
    {"gather_across_devices": True},
]


@pytest.mark.parametrize("kwargs", GUIDED)
@pytest.mark.parametrize(("name", "columns"), [("GISTEmbedLoss", 2), ("GISTEmbedLoss", 3), ("CachedGISTEmbedLoss", 5)])
def test_guided_losses_take_the_same_step(name, columns, kwargs, sentence_transformer, features):
    guide = other_guide(sentence_transformer)
    if name.startswith("Cached"):
        kwargs = {**kwargs, "mini_batch_size": 4}
    own = getattr(ours, name)(sentence_transformer(), copy.deepcopy(guide), **kwargs)
    peer = getattr(theirs, name)(sentence_transformer(), copy.deepcopy(guide), **kwargs)
    assert_same_step(own, peer, features(columns), None)
    mine, their = own.get_config_dict(), peer.get_config_dict()
    assert mine.keys() == their.keys()
    assert all(mine[key] == their[key] for key in mine if key != "guide")


def other_guide(make):
    """The model with noise on its weights."""
    guide = make()
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in guide.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    return guide


@pytest.mark.parametrize("name", ["GISTEmbedLoss", "CachedGISTEmbedLoss"])
def test_a_guide_with_another_vocabulary_reads_the_texts_again(name, sentence_transformer, features, tmp_path):
    """Two tokenizers of one type whose vocabularies differ."""
    from transformers import BertTokenizerFast

    guide = other_guide(sentence_transformer)
    vocabulary = sorted(guide.tokenizer.get_vocab(), key=guide.tokenizer.get_vocab().get)
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary[:5] + vocabulary[5:][::-1]))
    guide[0].processor = BertTokenizerFast(str(tmp_path / "vocab.txt"))
    own = getattr(ours, name)(sentence_transformer(), copy.deepcopy(guide))
    peer = getattr(theirs, name)(sentence_transformer(), copy.deepcopy(guide))
    assert own.must_retokenize
    assert_same_step(own, peer, features(3), None)


def test_guides_are_not_trained(sentence_transformer, features):
    loss = ours.GISTEmbedLoss(sentence_transformer(), other_guide(sentence_transformer))
    loss(features(2)(), None).backward()
    assert all(parameter.grad is None for parameter in loss.guide.parameters())


# the gradient cache


@pytest.mark.parametrize(
    "name", ["MultipleNegativesRankingLoss", "MultipleNegativesSymmetricRankingLoss", "GISTEmbedLoss"]
)
def test_cached_equals_uncached_without_dropout(name, sentence_transformer, features):
    extra = {"guide": other_guide(sentence_transformer), "temperature": 0.1} if "GIST" in name else {}
    plain = getattr(ours, name)(sentence_transformer(), **extra).eval()
    small = getattr(ours, f"Cached{name}")(sentence_transformer(), **extra, mini_batch_size=2).eval()
    for loss in (plain, small):
        (loss(features(3)(), None) * 3.0).backward()
    torch.testing.assert_close(
        {k: v for k, v in gradients(small).items() if "guide" not in k},
        {k: v for k, v in gradients(plain).items() if "guide" not in k},
        rtol=1e-4,
        atol=1e-5,
    )


def test_gradients_accumulate_and_scale_with_what_comes_from_above(sentence_transformer, features):
    loss = ours.CachedMultipleNegativesRankingLoss(sentence_transformer(), mini_batch_size=2).eval()
    loss(features(2)(), None).backward()
    once = {name: gradient.clone() for name, gradient in gradients(loss).items()}
    (2 * loss(features(2)(), None)).backward()
    torch.testing.assert_close(gradients(loss), {name: 3 * each for name, each in once.items()}, rtol=1e-4, atol=1e-6)


def test_no_gradient_no_second_pass(sentence_transformer, features):
    loss = ours.CachedMultipleNegativesRankingLoss(sentence_transformer(), mini_batch_size=2).eval()
    with torch.no_grad():
        value = loss(features(2)(), None)
    assert not value.requires_grad
    plain = ours.MultipleNegativesRankingLoss(sentence_transformer()).eval()
    torch.testing.assert_close(value, plain(features(2)(), None).detach())


def test_random_numbers_go_on_as_if_there_were_no_second_pass(sentence_transformer, features):
    loss = ours.CachedMultipleNegativesRankingLoss(sentence_transformer(), mini_batch_size=2).train()
    torch.manual_seed(3)
    value = loss(features(2)(), None)
    before = torch.get_rng_state()
    value.backward()
    assert torch.equal(before, torch.get_rng_state())


def test_precision_of_autocast_is_kept_in_the_second_pass():
    weight = torch.nn.Parameter(torch.randn(4, 4))
    seen = []

    def piece():
        made = torch.eye(4) @ weight
        seen.append(made.dtype)
        return made

    with torch.autocast("cpu", torch.bfloat16):
        value = cached([[piece]], lambda columns: columns[0].sum())
    value.backward()
    assert seen == [torch.bfloat16, torch.bfloat16]
    torch.testing.assert_close(weight.grad, torch.ones(4, 4))


def test_parameters_of_the_loss_itself_are_trained_too():
    weight, bias = torch.nn.Parameter(torch.tensor([2.0])), torch.nn.Parameter(torch.tensor(3.0))
    value = cached([[lambda: weight * 2]], lambda columns: {"a": (columns[0] * bias).sum(), "b": bias * 2})
    assert {name: part.item() for name, part in value.items()} == {"a": 12.0, "b": 6.0}
    assert bias.grad is None
    (sum(value.values()) * 0.5).backward()
    assert weight.grad.item() == 3.0
    assert bias.grad.item() == 3.0


def test_a_column_that_the_loss_does_not_use_is_left_alone():
    used, unused = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    cached([[lambda: used * 1], [lambda: unused * 1]], lambda columns: columns[0].sum()).backward()
    assert used.grad.tolist() == [1.0, 1.0]
    assert unused.grad is None


def test_mini_batches_are_packed_by_tokens():
    mask = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 0]])
    column = {"input_ids": mask.clone(), "attention_mask": mask, "prompt_length": 2}
    assert mini_batches(column, 32, 5) == [(0, 2), (2, 4)]
    assert mini_batches(column, 32, 3) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert mini_batches(column, 3) == [(0, 3), (3, 4)]
    assert take_rows(column, 0, 2)["input_ids"].shape == (2, 3)
    assert take_rows(column, 0, 2)["prompt_length"] == 2


def test_rows_of_a_flat_batch():
    ends = torch.tensor([0, 2, 5, 6])
    column = {
        "input_ids": torch.arange(6)[None],
        "cu_seq_lens_q": ends,
        "max_length_q": 3,
        "seq_idx": torch.tensor([[0, 0, 1, 1, 1, 2]]),
    }
    assert mini_batches(column, 2) == [(0, 2), (2, 3)]
    taken = take_rows(column, 1, 3)
    assert taken["input_ids"].tolist() == [[2, 3, 4, 5]]
    assert taken["cu_seq_lens_q"].tolist() == [0, 3, 4]
    assert taken["max_length_q"] == 3
    assert taken["seq_idx"].tolist() == [[0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"input_ids": torch.ones(5), "offsets": torch.tensor([0, 2])}, "without Cached"),
        ({"input_ids": torch.ones(2, 3), "pixel_values": torch.ones(7, 3)}, "pixel_values"),
    ],
)
def test_features_that_have_no_rows(column, message):
    with pytest.raises(ValueError, match=message):
        take_rows(column, 0, 1)


@pytest.mark.parametrize("kwargs", [{"mini_batch_size": 0}, {"mini_batch_num_tokens": 0}])
def test_mini_batches_of_nothing(kwargs, sentence_transformer):
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        ours.CachedMultipleNegativesRankingLoss(sentence_transformer(), **kwargs)


def test_the_matryoshka_wrapper_of_sentence_transformers_sees_our_cache(sentence_transformer, features):
    model, peer = sentence_transformer(), sentence_transformer()
    own = theirs.MatryoshkaLoss(model, ours.CachedMultipleNegativesRankingLoss(model, mini_batch_size=4), [32, 16])
    their = theirs.MatryoshkaLoss(peer, theirs.CachedMultipleNegativesRankingLoss(peer, mini_batch_size=4), [32, 16])
    assert_same_step(own, their, features(3), None)


# mathematics


def embeddings(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def losses_by_rows():
    guide = [embeddings(6, 3, seed=seed) for seed in (7, 8, 9)]
    yield "mnrl", functools.partial(F.multiple_negatives_ranking_loss, scale=3.0)
    yield (
        "mnrl, all",
        functools.partial(
            F.multiple_negatives_ranking_loss,
            scale=3.0,
            directions=ALL_DIRECTIONS,
            hardness_mode="all_negatives",
            hardness_strength=2.0,
        ),
    )
    yield "symmetric", functools.partial(F.multiple_negatives_ranking_loss, scale=3.0, **SYMMETRIC)
    yield (
        "gist",
        lambda queries, documents, **kwargs: F.gist_embed_loss(
            queries, documents, guide[0], guide[1:], temperature=0.5, **kwargs
        ),
    )
    yield "debiased", functools.partial(F.debiased_multiple_negatives_ranking_loss, scale=3.0, tau_plus=0.05)
    yield "sigmoid", functools.partial(F.sigmoid_contrastive_loss, scale=3.0, bias=-1.0)


@pytest.mark.parametrize(("name", "loss"), losses_by_rows(), ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_blocks_change_nothing(name, loss, reduction, monkeypatch):
    inputs = [embeddings(6, 4, seed=seed).requires_grad_() for seed in (1, 2, 3)]
    whole = loss(inputs[0], inputs[1:], reduction=reduction)
    expected = torch.autograd.grad(whole.sum() * 1.5, inputs)
    monkeypatch.setattr(blocks, "WHOLE", 0)
    monkeypatch.setattr(blocks, "BLOCK", 40)
    split = loss(inputs[0], inputs[1:], reduction=reduction)
    torch.testing.assert_close(split, whole)
    torch.testing.assert_close(torch.autograd.grad(split.sum() * 1.5, inputs), expected)


@pytest.mark.parametrize(("name", "loss"), losses_by_rows(), ids=lambda value: value if isinstance(value, str) else "")
def test_gradients(name, loss):
    if "all" in name:
        pytest.skip("the penalty stops its gradient on purpose")
    inputs = [embeddings(6, 4, seed=seed).requires_grad_() for seed in (1, 2, 3)]
    assert gradcheck(lambda *given: loss(given[0], given[1:]), inputs)


def test_debiased_by_hand():
    x = torch.eye(3, dtype=torch.float64)
    # two negatives of similarity 0, tau 0.1: N g = (2 - 2 * 0.1 e) / 0.9
    expected = math.log(1 + (2 - 0.2 * math.e) / 0.9 / math.e)
    value = F.debiased_multiple_negatives_ranking_loss(x, [x], scale=1.0, tau_plus=0.1)
    assert value.item() == pytest.approx(expected)
    plain = F.multiple_negatives_ranking_loss(x, [x], scale=1.0)
    none = F.debiased_multiple_negatives_ranking_loss(x, [x], scale=1.0, tau_plus=0.0)
    torch.testing.assert_close(none, plain)


def test_debiased_is_finite_at_its_lower_bound():
    x = embeddings(5, 8).float().requires_grad_()
    value = F.debiased_multiple_negatives_ranking_loss(x, [x * 2], scale=100.0, tau_plus=0.9)
    value.backward()
    assert value.isfinite()
    assert x.grad.isfinite().all()


def test_one_row_has_nothing_to_compare_with():
    x = embeddings(1, 4).requires_grad_()
    for loss in (F.debiased_multiple_negatives_ranking_loss, F.multiple_negatives_ranking_loss):
        value = loss(x, [x])
        value.backward()
        assert value.item() == pytest.approx(0.0)


def test_sigmoid_contrastive_learns_its_temperature(sentence_transformer, features):
    loss = ours.SigmoidContrastiveLoss(sentence_transformer())
    loss(features(3)(), None).backward()
    assert loss.log_scale.grad.abs() > 0
    assert loss.bias.grad.abs() > 0
    frozen = ours.SigmoidContrastiveLoss(sentence_transformer(), learn=False)
    assert not frozen.bias.requires_grad


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda m: ours.DebiasedMultipleNegativesRankingLoss(m, tau_plus=1.0), "tau_plus"),
        (lambda m: ours.DebiasedMultipleNegativesRankingLoss(m, scale=0.0), "scale"),
        (lambda m: ours.SigmoidContrastiveLoss(m, scale=-1.0), "scale"),
        (lambda m: ours.GISTEmbedLoss(m, m, temperature=0.0), "temperature"),
        (lambda m: ours.GISTEmbedLoss(m, m, margin_strategy="big"), "margin_strategy"),
        (lambda m: ours.GISTEmbedLoss(m, object()), "tokenizer"),
    ],
)
def test_wrong_options(make, message, sentence_transformer):
    with pytest.raises(ValueError, match=message):
        make(sentence_transformer())


@pytest.mark.parametrize(
    "name", ["DebiasedMultipleNegativesRankingLoss", "SigmoidContrastiveLoss", "CachedMultipleNegativesRankingLoss"]
)
def test_one_column_is_too_few(name, sentence_transformer, features):
    loss = getattr(ours, name)(sentence_transformer())
    with pytest.raises(ValueError, match=rf"{name} got 1 text column.*--output-format pair"):
        loss(features(1)(), None)


def test_a_large_batch_never_makes_its_matrix(monkeypatch):
    monkeypatch.setattr(blocks, "WHOLE", 1 << 12)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 12)
    largest = 0

    def watched(a, b):
        nonlocal largest
        scores = F.cos_sim(a, b)
        largest = max(largest, scores.numel())
        return scores

    x = embeddings(500, 8).float().requires_grad_()
    F.multiple_negatives_ranking_loss(x, [x.detach(), x.detach()], similarity=watched).backward()
    assert 0 < largest <= 1 << 12
    assert ROWS == 6


# cross-encoders


@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("kwargs", [{}, {"num_negatives": 2, "mini_batch_size": 5}, {"num_negatives": None}])
def test_cached_cross_encoder_takes_the_same_step(columns, kwargs, cross_encoder, texts):
    from sentence_transformers.cross_encoder import losses as their_cross

    from losses import cross_encoder as our_cross

    name = "CachedMultipleNegativesRankingLoss"
    own = getattr(our_cross, name)(cross_encoder(), **kwargs)
    peer = getattr(their_cross, name)(cross_encoder(), **kwargs)

    def inputs():
        return [texts[ROWS * i : ROWS * (i + 1)] for i in range(columns)]

    assert_same_step(own, peer, inputs, None)
    assert_same_step(own, peer, inputs, None, prompt="what is ")
    assert own.get_config_dict() == peer.get_config_dict()
