"""The losses of late interaction against those of sentence-transformers."""

import functools
import re

import pytest
import torch
from sentence_transformers.multi_vector_encoder import losses as theirs
from sentence_transformers.multi_vector_encoder import scoring
from torch import nn

from losses import functional as F
from losses import multi_vector_encoder as ours
from losses.functional import max_sim
from losses.tokens import Tokens, concatenate_texts, stack_columns
from tests.losses.oracle import ROWS, assert_same_step, gradients

IN_BATCH = ["MultiVectorMultipleNegativesRankingLoss", "CachedMultiVectorMultipleNegativesRankingLoss"]


@pytest.fixture
def features(multi_vector_encoder, texts):
    """Tokenized columns of a model, the first as queries; with the tasks written in them as a collator does."""

    def make(columns, kind="plain", stamped=True):
        model = multi_vector_encoder(kind)

        def made():
            each = []
            for i in range(columns):
                task = "document" if i else "query"
                column = model.preprocess(texts[i * ROWS : (i + 1) * ROWS], task=task)
                each.append({**column, "task": task} if stamped else column)
            return each

        return made

    return make


def title(citation):
    return re.search(r'title ?= ?["{]+(.*?)["}]+,', citation)[1]


def same_step(name, make, columns, labels, options, their_options=None):
    own = getattr(ours, name)(make(), **options)
    peer = getattr(theirs, name)(make(), **(options if their_options is None else their_options))
    assert_same_step(own, peer, columns, labels)
    assert own.get_config_dict() == peer.get_config_dict()
    assert title(own.citation) == title(peer.citation)
    without_dropout = [loss.eval()(columns(), labels).item() for loss in (own, peer)]
    assert without_dropout[0] == pytest.approx(without_dropout[1], rel=1e-5)


@pytest.mark.parametrize("columns", [2, 3, 4])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        (IN_BATCH[0], {}),
        (IN_BATCH[0], {"scale": 0.3}),
        (IN_BATCH[0], {"mini_batch_size": 4}),
        (IN_BATCH[0], {"mini_batch_size": 4, "score_mini_batch_size": 4}),
        (IN_BATCH[0], {"gather_across_devices": True}),
        (IN_BATCH[1], {}),
        (IN_BATCH[1], {"mini_batch_size": 4}),
        (IN_BATCH[1], {"mini_batch_size": 4, "score_mini_batch_size": 5, "scale": 0.3}),
        (IN_BATCH[1], {"mini_batch_num_tokens": 25}),
        (IN_BATCH[1], {"mini_batch_size": 2, "gather_across_devices": True}),
    ],
)
def test_in_batch_negatives(name, options, columns, multi_vector_encoder, features):
    same_step(name, multi_vector_encoder, features(columns), None, options)


@pytest.mark.parametrize("options", [{}, {"score_mini_batch_size": 4}])
@pytest.mark.parametrize(
    "similarity",
    [
        scoring.XTRScores(top_k=20),
        functools.partial(scoring.xtr_scores, top_k=10),
        scoring.mean_colbert_scores,
        functools.partial(F.colbert_scores, chunk_elements=100),
    ],
)
@pytest.mark.parametrize("name", IN_BATCH)
def test_in_batch_negatives_with_other_scores(name, similarity, options, multi_vector_encoder, features):
    same_step(name, multi_vector_encoder, features(3), None, {"similarity_fct": similarity, **options})


def test_means_of_ours_and_theirs(multi_vector_encoder, features):
    options = {"scale": 8.0, "score_mini_batch_size": 2}
    same_step(
        IN_BATCH[0],
        multi_vector_encoder,
        features(3),
        None,
        {"similarity_fct": F.mean_colbert_scores, **options},
        {"similarity_fct": scoring.mean_colbert_scores, **options},
    )


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("name", IN_BATCH)
def test_expanded_queries(name, stamped, multi_vector_encoder, features):
    make = functools.partial(multi_vector_encoder, "expanding")
    columns = features(3, "expanding", stamped)
    same_step(name, make, columns, None, {"mini_batch_size": 2})
    # the expansion counts: twelve tokens a query, whatever its length
    outputs = make()(columns()[0], task="query")
    assert outputs["attention_mask"].sum(dim=1).tolist() == [12] * ROWS


@pytest.mark.parametrize("name", IN_BATCH)
def test_tasks_in_the_features_come_first(name, multi_vector_encoder, features):
    def turned():
        return [{**column, "task": task} for column, task in zip(features(2)(), ("document", "query"), strict=True)]

    same_step(name, multi_vector_encoder, turned, None, {})
    loss = getattr(ours, name)(multi_vector_encoder()).eval()
    assert loss(turned()).item() != pytest.approx(loss(features(2)()).item())


def test_features_stay_as_they_are(multi_vector_encoder, features):
    columns = features(3)()
    before = [{key: getattr(value, "clone", lambda value=value: value)() for key, value in c.items()} for c in columns]
    for name in IN_BATCH:
        getattr(ours, name)(multi_vector_encoder())(columns).backward()
    assert [column.keys() for column in columns] == [column.keys() for column in before]
    for column, old in zip(columns, before, strict=True):
        assert torch.equal(column["attention_mask"], old["attention_mask"])


MARGINS = torch.linspace(-1, 3, ROWS)


@pytest.mark.parametrize("options", [{}, {"mini_batch_size": 4}])
@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        (3, MARGINS),
        (3, MARGINS[:, None]),
        (3, torch.stack([MARGINS, MARGINS.cos()], dim=1)),
        (4, torch.stack([MARGINS, MARGINS.cos()], dim=1)),
        (4, torch.stack([MARGINS, MARGINS.cos(), -MARGINS], dim=1).double()),
    ],
)
def test_margins(columns, labels, options, multi_vector_encoder, features):
    same_step("MultiVectorMarginMSELoss", multi_vector_encoder, features(columns), labels, options)


TEACHER = torch.stack([MARGINS, MARGINS.cos(), -MARGINS], dim=1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"mini_batch_size": 4},
        {"temperature": 0.5},
        {"temperature": 2.0, "student_temperature": 0.7},
        {"student_temperature": 3.0, "teacher_temperature": 0.4},
    ],
)
@pytest.mark.parametrize("columns", [3, 4])
def test_distillation(columns, options, multi_vector_encoder, features):
    labels = TEACHER[:, : columns - 1]
    same_step("MultiVectorDistillKLDivLoss", multi_vector_encoder, features(columns), labels, options)


@pytest.mark.parametrize(
    ("name", "similarity"),
    [
        ("MultiVectorMarginMSELoss", functools.partial(scoring.xtr_scores_pairwise, top_k=9)),
        ("MultiVectorMarginMSELoss", scoring.mean_colbert_scores_pairwise),
        ("MultiVectorDistillKLDivLoss", scoring.XTRKDScores(top_k=9)),
        ("MultiVectorDistillKLDivLoss", scoring.mean_colbert_kd_scores),
    ],
)
def test_teachers_with_other_scores(name, similarity, multi_vector_encoder, features):
    labels = TEACHER[:, :2] if name == "MultiVectorMarginMSELoss" else TEACHER
    same_step(name, multi_vector_encoder, features(4), labels, {"similarity_fct": similarity})


def test_a_document_that_the_teacher_leaves_out(multi_vector_encoder, features):
    """Minus infinity makes the loss of sentence-transformers NaN."""
    labels = TEACHER.clone()
    labels[:, 2] = -torch.inf
    loss = ours.MultiVectorDistillKLDivLoss(multi_vector_encoder()).eval()
    value = loss(features(4)(), labels)
    value.backward()
    torch.testing.assert_close(value, value)
    assert value.isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients(loss).values())
    peer = theirs.MultiVectorDistillKLDivLoss(multi_vector_encoder()).eval()
    assert peer(features(4)(), labels).isnan()


# the cache


def test_cached_equals_uncached_without_dropout(multi_vector_encoder, features):
    losses = [getattr(ours, name)(multi_vector_encoder(), mini_batch_size=2).eval() for name in IN_BATCH]
    for loss in losses:
        (3 * loss(features(3)())).backward()
    torch.testing.assert_close(*map(gradients, losses), rtol=1e-4, atol=1e-5)


def test_no_gradient_no_second_pass(multi_vector_encoder, features):
    plain, cached = (getattr(ours, name)(multi_vector_encoder(), mini_batch_size=2).eval() for name in IN_BATCH)
    with torch.no_grad():
        value = cached(features(3)())
    assert not value.requires_grad
    torch.testing.assert_close(value, plain(features(3)()).detach())


def test_the_model_keeps_its_precision_in_the_cache(multi_vector_encoder, features):
    seen = []

    def watched(queries, documents, **masks):
        seen.extend((queries.dtype, documents.dtype))
        return F.colbert_scores(queries, documents, **masks)

    model = multi_vector_encoder().bfloat16()
    loss = ours.CachedMultiVectorMultipleNegativesRankingLoss(model, similarity_fct=watched, mini_batch_size=2)
    loss(features(2)()).backward()
    assert set(seen) == {torch.bfloat16}
    assert all(gradient.isfinite().all() for gradient in gradients(loss).values())


def test_progress_is_shown(multi_vector_encoder, features, capfd):
    loss = ours.CachedMultiVectorMultipleNegativesRankingLoss(
        multi_vector_encoder(), mini_batch_size=3, show_progress_bar=True
    )
    loss(features(2)()).backward()
    assert "/8" in capfd.readouterr().err  # two mini-batches a column, twice


class LearnedScores(nn.Module):
    """Scores with a parameter of their own."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))
        self.calls = 0

    def forward(self, queries, documents, **masks):
        self.calls += 1
        return F.colbert_scores(queries, documents, **masks) * self.weight


@pytest.mark.parametrize("name", IN_BATCH)
def test_scores_that_are_trained(name, multi_vector_encoder, features):
    found = []
    for size in (None, 4):
        scores = LearnedScores()
        options = {"score_mini_batch_size": size} if size else {}
        loss = getattr(ours, name)(multi_vector_encoder(), similarity_fct=scores, **options).eval()
        (2 * loss(features(3)())).backward()
        found.append(scores.weight.grad.item())
        assert scores.calls == (2 if size else 1)
    assert found[0] != 0
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_the_default_scores_come_whole_and_block_by_block(multi_vector_encoder, features, monkeypatch):
    monkeypatch.setattr(max_sim, "BLOCK", 50)
    same_step(IN_BATCH[0], multi_vector_encoder, features(3), None, {"score_mini_batch_size": 2})


# tokens


def test_texts_are_put_together():
    short = Tokens(torch.ones(2, 1, 3), torch.ones(2, 1, dtype=torch.bool))
    long = Tokens(torch.ones(2, 4, 3), torch.ones(2, 4, dtype=torch.bool))
    rows, columns = concatenate_texts([short, long]), stack_columns([short, long])
    assert rows.embeddings.shape == (4, 4, 3)
    assert rows.mask.sum(dim=1).tolist() == [1, 1, 4, 4]
    assert columns.embeddings.shape == (2, 2, 4, 3)
    assert columns.mask.sum(dim=2).tolist() == [[1, 4], [1, 4]]


# wrong input


@pytest.mark.parametrize(
    ("name", "columns", "labels", "message"),
    [
        (IN_BATCH[0], 1, None, r"got 1 text column.*--output-format pair"),
        (IN_BATCH[1], 1, None, r"got 1 text column.*--output-format pair"),
        ("MultiVectorMarginMSELoss", 2, MARGINS, r"got 2 text column.*--output-format n-tuple-margins"),
        ("MultiVectorMarginMSELoss", 3, None, "got no labels.*--output-format triplet-margin"),
        ("MultiVectorMarginMSELoss", 4, MARGINS, r"labels of shape \(6,\)"),
        ("MultiVectorMarginMSELoss", 3, MARGINS / 0, "finite"),
        ("MultiVectorDistillKLDivLoss", 2, TEACHER[:, :1], r"got 2 text column.*--output-format n-tuple-scores"),
        ("MultiVectorDistillKLDivLoss", 3, None, "got no labels"),
        ("MultiVectorDistillKLDivLoss", 3, TEACHER, r"shape \(6, 3\) for 6 rows of 2 documents"),
        ("MultiVectorDistillKLDivLoss", 4, TEACHER * torch.nan, "NaN"),
    ],
)
def test_wrong_input(name, columns, labels, message, multi_vector_encoder, features):
    loss = getattr(ours, name)(multi_vector_encoder())
    with pytest.raises(ValueError, match=rf"(?s){name}.*{message}"):
        loss(features(columns)(), labels)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (IN_BATCH[0], {"scale": 0.0}, "scale"),
        (IN_BATCH[0], {"mini_batch_size": 0}, "mini_batch_size"),
        (IN_BATCH[0], {"score_mini_batch_size": 0}, "score_mini_batch_size"),
        (IN_BATCH[1], {"mini_batch_num_tokens": 0}, "mini_batch_num_tokens"),
        (IN_BATCH[1], {"mini_batch_size": -1}, "mini_batch_size"),
        ("MultiVectorDistillKLDivLoss", {"teacher_temperature": 0.0}, "teacher_temperature"),
        ("MultiVectorDistillKLDivLoss", {"temperature": float("inf")}, "temperature"),
    ],
)
def test_wrong_options(name, options, message, multi_vector_encoder):
    with pytest.raises(ValueError, match=message):
        getattr(ours, name)(multi_vector_encoder(), **options)


def test_labels_that_would_be_ignored(multi_vector_encoder, features):
    loss = ours.MultiVectorMultipleNegativesRankingLoss(multi_vector_encoder())
    with pytest.warns(UserWarning, match="takes no labels"):
        loss(features(2)(), torch.arange(ROWS) % 2)
