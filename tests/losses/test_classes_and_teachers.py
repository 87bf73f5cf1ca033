"""Bi-encoder losses of classes, scored pairs and teachers, and regularizers."""

import warnings

import pytest
import torch
from sentence_transformers import util
from sentence_transformers.sentence_transformer import losses as theirs
from torch.autograd import gradcheck

from losses import functional as F
from losses import sentence_transformer as ours
from tests.losses.oracle import CLASSES, FLOATS, ROWS, assert_same_step, tokenize

RANDOM = torch.Generator().manual_seed(3)
TEACHER = torch.randn(ROWS, 32, generator=RANDOM)
SMALL_TEACHER = torch.randn(ROWS, 5, generator=RANDOM)
EACH = torch.randn(ROWS, 2, 32, generator=RANDOM)
SCORES = [3 * torch.randn(ROWS, size, generator=RANDOM) for size in range(5)]
MARGIN = 2 * torch.randn(ROWS, generator=RANDOM)
METRIC = "distance_metric"

CASES = [
    *[(name, kwargs, 1, labels)
      for name in ("BatchHardTripletLoss", "BatchSemiHardTripletLoss", "BatchHardSoftMarginTripletLoss")
      for kwargs in ({}, {METRIC: "cosine_distance"})
      for labels in (CLASSES, CLASSES[:, None], torch.tensor([0, 0, 0, 1, 1, 2]))],
    ("BatchHardTripletLoss", {"margin": 0.1, METRIC: "cosine_distance"}, 1, CLASSES),
    ("BatchHardTripletLoss", {METRIC: "eucledian_distance"}, 1, CLASSES),
    ("BatchSemiHardTripletLoss", {"margin": 0.1}, 1, CLASSES),
    ("BatchSemiHardTripletLoss", {}, 1, torch.zeros(ROWS, dtype=torch.long)),
    ("BatchHardTripletLoss", {}, 1, torch.arange(ROWS)),
    ("AnglELoss", {}, 2, FLOATS),
    ("AnglELoss", {"scale": 3.0}, 2, FLOATS[:, None]),
    ("AnglELoss", {}, 3, None),
    ("AnglELoss", {"scale": 5.0}, 4, FLOATS),
    ("MSELoss", {}, 1, TEACHER),
    ("MSELoss", {}, 3, TEACHER),
    ("MSELoss", {}, 2, EACH),
    ("MSELoss", {"projection_dim": 5}, 2, SMALL_TEACHER),
    *[("EmbedDistillLoss", {METRIC: metric}, 2, TEACHER) for metric in ("mse", "l2", "cosine")],
    ("EmbedDistillLoss", {"projection_dim": 5}, 1, SMALL_TEACHER),
    ("EmbedDistillLoss", {}, 2, EACH),
    ("MarginMSELoss", {}, 3, MARGIN),
    ("MarginMSELoss", {}, 3, MARGIN[:, None]),
    ("MarginMSELoss", {}, 3, SCORES[2]),
    ("MarginMSELoss", {}, 5, SCORES[3]),
    ("MarginMSELoss", {"similarity_fct": "pairwise_cos_sim"}, 5, SCORES[4]),
    ("DistillKLDivLoss", {}, 3, SCORES[2]),
    ("DistillKLDivLoss", {"temperature": 2.0, "similarity_fct": "pairwise_cos_sim"}, 4, SCORES[3]),
    ("DistillKLDivLoss", {"temperature": 2.0, "student_temperature": 0.5}, 5, SCORES[4]),
    ("DistillKLDivLoss", {"teacher_temperature": 4.0}, 5, SCORES[4]),
    *[("GlobalOrthogonalRegularizationLoss", kwargs, columns, None)
      for columns in (1, 2)
      for kwargs in (
          {},
          {"aggregation": "sum", "mean_weight": 0.5},
          {"mean_weight": None, "second_moment_weight": 2.0, "similarity_fct": "dot_score"},
          {"second_moment_weight": 0, "similarity_fct": "cos_sim"},
      )],
    *[("MegaBatchMarginLoss", {"use_mini_batched_version": cached, **kwargs}, 2, None)
      for cached in (False, True)
      for kwargs in ({}, {"mini_batch_size": 4}, {"positive_margin": 0.95, "negative_margin": 0.1})],
    ("MegaBatchMarginLoss", {"mini_batch_num_tokens": 16}, 2, None),
]  # fmt: skip


def resolved(kwargs, losses, functions):
    kwargs = dict(kwargs)
    if str(kwargs.get(METRIC)).endswith("_distance"):
        kwargs[METRIC] = getattr(losses.BatchHardTripletLossDistanceFunction, kwargs[METRIC])
    if "similarity_fct" in kwargs:
        kwargs["similarity_fct"] = getattr(functions, kwargs["similarity_fct"])
    return kwargs


def make_both(name, kwargs, make):
    made = []
    for losses, functions in ((ours, F), (theirs, util)):
        torch.manual_seed(0)
        made.append(getattr(losses, name)(make(), **resolved(kwargs, losses, functions)))
    return made


@pytest.mark.filterwarnings("ignore:.*such batches train nothing")
@pytest.mark.parametrize(("name", "kwargs", "columns", "labels"), CASES)
@pytest.mark.parametrize("dropout", [True, False])
def test_same_step(name, kwargs, columns, labels, dropout, sentence_transformer, texts):
    own, peer = make_both(name, kwargs, sentence_transformer)
    if not dropout:
        for module in (*own.modules(), *peer.modules()):
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
    assert_same_step(own, peer, tokenize(sentence_transformer(), texts, columns), labels)
    assert own.get_config_dict() == peer.get_config_dict()
    assert "".join(peer.citation.split())[:40] == "".join(own.citation.split())[:40]


def test_a_partial_similarity_is_described(sentence_transformer):
    """sentence-transformers fails on it."""
    import functools

    similarity = functools.partial(F.cos_sim)
    loss = ours.GlobalOrthogonalRegularizationLoss(sentence_transformer(), similarity_fct=similarity)
    assert loss.get_config_dict()["similarity_fct"] == "cos_sim"


def test_orthogonal_regularization_is_the_same_with_many_rows():
    points = torch.randn(40, 8, dtype=torch.float64, generator=RANDOM)
    for similarity in (F.cos_sim, F.dot_score):
        quick = F.global_orthogonal_regularization(points, similarity=similarity)
        slow = F.global_orthogonal_regularization(points, similarity=lambda a, b, own=similarity: own(a, b))
        torch.testing.assert_close(quick, slow)


def test_projections_are_saved_and_read(sentence_transformer, tmp_path):
    loss = ours.EmbedDistillLoss(sentence_transformer(), projection_dim=5)
    loss.save_projection(tmp_path / "projection.safetensors")
    other = ours.EmbedDistillLoss(sentence_transformer())
    other.load_projection(tmp_path / "projection.safetensors")
    assert other.projection_dim == 5
    torch.testing.assert_close(other.projection.weight, loss.projection.weight)
    with pytest.raises(ValueError, match="no projection"):
        ours.EmbedDistillLoss(sentence_transformer()).save_projection(tmp_path / "none")
    wrong = ours.EmbedDistillLoss(sentence_transformer(), projection_dim=7)
    with pytest.raises(ValueError, match="from 32 to 5"):
        wrong.load_projection(tmp_path / "projection.safetensors")


DEGENERATE = [torch.zeros(4, dtype=torch.long), torch.arange(4), torch.zeros(1, dtype=torch.long)]


@pytest.mark.parametrize("labels", DEGENERATE)
@pytest.mark.parametrize(
    "loss",
    [F.batch_hard_triplet_loss, F.batch_hard_soft_margin_triplet_loss, F.batch_semi_hard_triplet_loss],
    ids=lambda loss: loss.__name__,
)
def test_no_triplet_gives_no_nan(loss, labels):
    points = torch.randn(len(labels), 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    value = loss(F.mutual_euclidean_distance(points), labels)
    value.backward()
    assert value.isfinite()
    assert points.grad.isfinite().all()


@pytest.mark.parametrize("labels", DEGENERATE)
def test_supervised_contrast_without_positives(labels):
    points = torch.randn(len(labels), 3).requires_grad_()
    value = F.supervised_contrastive_loss(points, labels)
    value.backward()
    assert value.isfinite()
    assert points.grad.isfinite().all()
    if len(labels.unique()) == len(labels):
        assert value.item() == 0.0


def test_supervised_contrast_by_hand():
    """Two classes of two, all orthogonal but for the pairs, which are equal."""
    points = torch.eye(2, dtype=torch.float64).repeat_interleave(2, dim=0)
    labels = torch.tensor([0, 0, 1, 1])
    expected = torch.tensor(2.0).exp().add(2).log() - 2
    value = F.supervised_contrastive_loss(points, labels, temperature=0.5)
    assert value.item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("name", ["BatchHardTripletLoss", "BatchAllTripletLoss", "SupervisedContrastiveLoss"])
@pytest.mark.parametrize("labels", [torch.zeros(ROWS, dtype=torch.long), torch.arange(ROWS)])
def test_a_batch_without_a_triplet_is_said_once(name, labels, sentence_transformer, texts):
    loss = getattr(ours, name)(sentence_transformer())
    features = tokenize(sentence_transformer(), texts, 1)
    with pytest.warns(UserWarning, match=rf"{name} got a batch.*group_by_label.*--output-format triplet"):
        loss(features(), labels).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(features(), labels)


@pytest.mark.parametrize(
    ("name", "columns", "labels", "message"),
    [
        ("BatchHardTripletLoss", 2, CLASSES, "1 .text.*--output-format single-class"),
        ("BatchSemiHardTripletLoss", 1, None, "no labels"),
        ("SupervisedContrastiveLoss", 1, FLOATS[:4], "labels of shape"),
        ("AnglELoss", 2, None, "no labels.*--output-format pair-score"),
        ("AnglELoss", 3, FLOATS * 5, "scores from 0 to 1"),
        ("MSELoss", 1, None, "no labels.*--output-format text-embedding"),
        ("MSELoss", 1, SMALL_TEACHER, "projection_dim"),
        ("MSELoss", 3, EACH, "labels of shape"),
        ("EmbedDistillLoss", 1, TEACHER * float("nan"), "NaN"),
        ("MarginMSELoss", 2, MARGIN, "--output-format n-tuple-margins"),
        ("MarginMSELoss", 4, MARGIN, "2 margin"),
        ("MarginMSELoss", 3, None, "no labels.*--output-format triplet-margin"),
        ("MarginMSELoss", 3, MARGIN * float("nan"), "NaN"),
        ("DistillKLDivLoss", 2, SCORES[1], "--output-format n-tuple-scores"),
        ("DistillKLDivLoss", 3, SCORES[3], "2 teacher scores"),
        ("DistillKLDivLoss", 3, SCORES[2] * float("nan"), "NaN"),
        ("DistillKLDivLoss", 3, None, "no labels"),
        ("MegaBatchMarginLoss", 3, None, "2 .anchor, positive.*--output-format pair"),
    ],
)
def test_wrong_input_is_met_at_the_door(name, columns, labels, message, sentence_transformer, texts):
    loss = getattr(ours, name)(sentence_transformer())
    with pytest.raises(ValueError, match=rf"(?s){name} got .*{message}"):
        loss(tokenize(sentence_transformer(), texts, columns)(), labels)


def test_a_teacher_that_is_too_sure_is_pointed_out(sentence_transformer, texts):
    loss = ours.DistillKLDivLoss(sentence_transformer())
    with pytest.warns(UserWarning, match="teacher_temperature above"):
        loss(tokenize(sentence_transformer(), texts, 3)(), torch.tensor([[900.0, 0.0]] * ROWS))


def test_a_document_left_out_of_distillation():
    scores = torch.randn(2, 3, dtype=torch.float64, generator=RANDOM).requires_grad_()
    teacher = torch.tensor([[1.0, 2.0, -torch.inf], [0.0, 1.0, 2.0]], dtype=torch.float64)
    value = F.distill_kl_div_loss(scores, teacher)
    value.backward()
    assert value.isfinite()
    assert scores.grad.isfinite().all()
    where = torch.tensor([[True, True, False], [True, True, True]])
    masked = F.distill_kl_div_loss(scores.detach(), teacher.nan_to_num(neginf=7.0), where=where, reduction="none")
    alone = F.distill_kl_div_loss(scores.detach()[:1, :2], teacher[:1, :2], reduction="none")
    torch.testing.assert_close(masked[:1], alone)


def test_margins_left_out():
    positive, negative, margins = torch.zeros(2), torch.zeros(2, 2), torch.tensor([[1.0, 5.0], [3.0, 1.0]])
    where = torch.tensor([[True, False], [True, True]])
    assert F.margin_mse_loss(positive, negative, margins, where=where).item() == pytest.approx(11 / 3)
    assert F.margin_mse_loss(positive, negative, margins, where=~where | where, reduction="sum").item() == 36.0


@pytest.mark.parametrize("labels", [torch.tensor([0, 1, 0, 1, 2]), torch.tensor([0, 0, 1, 2, 2])])
def test_gradients(labels):
    points = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    for loss in (F.batch_hard_triplet_loss, F.batch_hard_soft_margin_triplet_loss, F.batch_semi_hard_triplet_loss):
        assert gradcheck(lambda x, own=loss: own(F.mutual_euclidean_distance(x), labels), points)
    assert gradcheck(lambda x: F.supervised_contrastive_loss(x, labels), points)
    assert gradcheck(lambda x: F.global_orthogonal_regularization(x), points)
    assert gradcheck(lambda x: F.mega_batch_margin_loss(x, x.flip(0)), points)
    other = torch.randn(5, 3, dtype=torch.float64)
    for distance in ("mse", "l2", "cosine"):
        assert gradcheck(lambda x, own=distance: F.embed_distill_loss(x, other, distance=own), points)
    assert gradcheck(lambda x: F.distill_kl_div_loss(x, other, temperature=2.0), points)
    assert gradcheck(lambda x: F.margin_mse_loss(x[:, 0], x[:, 1:], other[:, 1:]), points)
    assert gradcheck(lambda x: F.cosent_loss(F.pairwise_angle_sim(x, other), labels, scale=2.0), points)
