"""The sparse family: inside SpladeLoss and CSRLoss, cached and not."""

import copy

import pytest
import torch
from sentence_transformers import SparseEncoder
from sentence_transformers.sentence_transformer import losses as dense_theirs
from sentence_transformers.sentence_transformer.modules import Pooling
from sentence_transformers.sparse_encoder import losses as theirs
from sentence_transformers.sparse_encoder.modules import SparseAutoEncoder

from losses import functional as F
from losses import sentence_transformer as dense_ours
from losses import sparse_encoder as ours
from tests.losses.oracle import FLOATS, ROWS, assert_same_step, gradients, tokenize

RANDOM = torch.Generator().manual_seed(4)
MARGINS = torch.randn(ROWS, 2, generator=RANDOM)
SCORES = torch.randn(ROWS, 3, generator=RANDOM)
WEIGHTS = {"document_regularizer_weight": 0.3, "query_regularizer_weight": 0.2}

INNER = [
    ("SparseMultipleNegativesRankingLoss", {}, 3, None),
    ("SparseTripletLoss", {"triplet_margin": 2.0}, 3, None),
    ("SparseCosineSimilarityLoss", {}, 2, FLOATS),
    ("SparseCoSENTLoss", {}, 2, FLOATS),
    ("SparseAnglELoss", {}, 2, FLOATS),
    ("SparseMarginMSELoss", {}, 4, MARGINS),
    ("SparseDistillKLDivLoss", {}, 4, SCORES),
]


@pytest.fixture(scope="module")
def autoencoder(tmp_path_factory, _folder):
    """A maker of equal tiny sparse autoencoders on a dense model, in which some dimensions are dead."""
    from sentence_transformers.sentence_transformer.modules import Transformer
    from transformers import BertModel

    from tests.losses.conftest import _config, _save

    torch.manual_seed(5)
    folder = _folder / "below-autoencoder"
    path = str(folder) if folder.exists() else _save(folder, BertModel(_config()))
    top = SparseAutoEncoder(input_dim=32, hidden_dim=64, k=8, k_aux=16, dead_threshold=2)
    model = SparseEncoder(modules=[Transformer(path), Pooling(32), top], device="cpu")

    def make():
        twin = copy.deepcopy(model)
        # its mask of dead dimensions is a closure over the original, so give each copy an autoencoder of its own
        fresh = SparseAutoEncoder(input_dim=32, hidden_dim=64, k=8, k_aux=16, dead_threshold=2)
        fresh.load_state_dict(top.state_dict())
        twin[2] = fresh
        return twin

    return make


@pytest.mark.parametrize(("name", "kwargs", "columns", "labels"), INNER)
@pytest.mark.parametrize("outer", ["SpladeLoss", "CachedSpladeLoss"])
def test_same_step_inside_splade(outer, name, kwargs, columns, labels, sparse_encoder, texts):
    model, peer = sparse_encoder(), sparse_encoder()
    extra = {"mini_batch_size": 4} if outer.startswith("Cached") else {}
    own = getattr(ours, outer)(model, getattr(ours, name)(model, **kwargs), **WEIGHTS, **extra)
    their = getattr(theirs, outer)(peer, getattr(theirs, name)(peer, **kwargs), **WEIGHTS, **extra)
    features = tokenize(sparse_encoder(), texts, columns)
    if outer == "SpladeLoss":
        assert_same_step(own, their, features, labels)
    else:
        _assert_same_sum(own, their, features, labels)
    assert isinstance(own, getattr(theirs, outer))
    assert isinstance(own, theirs.SpladeLoss)
    mine, other = own.get_config_dict(), their.get_config_dict()
    assert {**mine, "loss": None} == {**other, "loss": None}
    assert mine["loss"].get_config_dict() == other["loss"].get_config_dict()


def _assert_same_sum(own, their, features, labels):
    """The parts agree too, but theirs puts the whole gradient, and what rounding leaves, into the first."""
    results = []
    for loss in (own, their):
        loss.train()
        torch.manual_seed(7)
        parts = loss(features(), labels)
        sum(parts.values()).backward()
        results.append((parts, gradients(loss)))
    (mine, my_gradients), (others, their_gradients) = results
    assert list(mine) == list(others)
    for part in mine:
        torch.testing.assert_close(mine[part], others[part], rtol=1e-5, atol=1e-6)
    for part in my_gradients:
        torch.testing.assert_close(my_gradients[part], their_gradients[part], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("name", "kwargs", "columns", "labels"), INNER)
def test_same_step_inside_csr(name, kwargs, columns, labels, autoencoder, texts):
    model, peer = autoencoder(), autoencoder()
    own = ours.CSRLoss(model, getattr(ours, name)(model, **kwargs), beta=0.3, gamma=0.7)
    their = theirs.CSRLoss(peer, getattr(theirs, name)(peer, **kwargs), beta=0.3, gamma=0.7)
    features = tokenize(model, texts, columns)
    assert_same_step(own, their, features, labels)
    assert own.get_config_dict() == their.get_config_dict()


def test_csr_revives_dead_dimensions_as_theirs_does(autoencoder, texts):
    """Several steps, after which dimensions that were never active count as dead."""
    model, peer = autoencoder(), autoencoder()
    own, their = ours.CSRLoss(model), theirs.CSRLoss(peer)
    features = tokenize(model, texts, 2)
    for _ in range(4):
        for loss in (own, their):
            loss.zero_grad()
        assert_same_step(own, their, features, None)
    assert own(features(), None)["reconstruction_loss_aux"] > 0


@pytest.mark.parametrize("name", ["SparseCachedMultipleNegativesRankingLoss", "SparseCachedGISTEmbedLoss"])
def test_csr_around_a_cached_loss(name, autoencoder, texts):
    model, peer = autoencoder().eval(), autoencoder().eval()
    guides = [autoencoder().eval()] if "GIST" in name else []
    plain = getattr(ours, name.replace("Cached", ""))
    own = ours.CSRLoss(model, getattr(ours, name)(model, *guides, mini_batch_size=4)).eval()
    other = ours.CSRLoss(peer, plain(peer, *guides)).eval()
    features = tokenize(model, texts, 3)
    _assert_same_parts(own, other, features)


def without_dropout(loss):
    for module in loss.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return loss


def _assert_same_parts(own, other, features):
    mine, others = own(features(), None), other(features(), None)
    assert list(mine) == list(others)
    for part in mine:
        torch.testing.assert_close(mine[part], others[part], rtol=1e-5, atol=1e-6)
    for parts in (mine, others):
        sum(parts.values()).backward()
    torch.testing.assert_close(gradients(own), gradients(other), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["SparseCachedMultipleNegativesRankingLoss", "SparseCachedGISTEmbedLoss"])
def test_splade_around_a_cached_loss_is_the_cached_splade(name, sparse_encoder, texts):
    model, peer = sparse_encoder(), sparse_encoder()
    guides = [sparse_encoder().eval()] if "GIST" in name else []
    plain = getattr(ours, name.replace("Cached", ""))
    own = without_dropout(ours.SpladeLoss(model, getattr(ours, name)(model, *guides, mini_batch_size=4), **WEIGHTS))
    other = without_dropout(ours.SpladeLoss(peer, plain(peer, *guides), **WEIGHTS))
    _assert_same_parts(own, other, tokenize(model, texts, 3))


@pytest.mark.parametrize(
    ("name", "dense", "kwargs"),
    [
        ("SparseCachedMultipleNegativesRankingLoss", "CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4}),
        ("SparseGISTEmbedLoss", "GISTEmbedLoss", {}),
        ("SparseGISTEmbedLoss", "GISTEmbedLoss", {"margin": 0.5, "contrast_anchors": False}),
        ("SparseCachedGISTEmbedLoss", "CachedGISTEmbedLoss", {"mini_batch_size": 4, "margin_strategy": "relative"}),
    ],
)
def test_losses_that_exist_nowhere_else_are_the_dense_ones_with_the_dot_product(
    name, dense, kwargs, sparse_encoder, texts
):
    guide = sparse_encoder()
    with torch.no_grad():
        for parameter in guide.parameters():
            parameter += 0.02 * torch.randn(parameter.shape, generator=RANDOM)
    guides = [guide] if "GIST" in name else []
    own = getattr(ours, name)(sparse_encoder(), *guides, **kwargs)
    if guides:
        their = getattr(dense_theirs, dense)(sparse_encoder(), copy.deepcopy(guide), temperature=1.0, **kwargs)
        their.sim_matrix = F.dot_score
    else:
        their = getattr(dense_theirs, dense)(sparse_encoder(), scale=1.0, similarity_fct=F.dot_score, **kwargs)
    assert_same_step(own, their, tokenize(sparse_encoder(), texts, 3), None)


@pytest.mark.parametrize("labels", [torch.randn(ROWS, 38, generator=RANDOM).relu()])
def test_sparse_mse(labels, sparse_encoder, texts):
    labels = torch.nn.functional.pad(labels, (0, 5))
    own, their = ours.SparseMSELoss(sparse_encoder()), theirs.SparseMSELoss(sparse_encoder())
    assert_same_step(own, their, tokenize(sparse_encoder(), texts, 1), labels)


def test_angle_takes_triplets_without_labels(sparse_encoder, texts):
    """sentence-transformers refuses them in the sparse loss, and takes them in the dense one."""
    model = sparse_encoder()
    own = ours.SpladeLoss(model, ours.SparseAnglELoss(model), **WEIGHTS)
    parts = own(tokenize(model, texts, 3)(), None)
    assert parts["base_loss"].isfinite()
    embeddings = [model(column)["sentence_embedding"].detach() for column in tokenize(model, texts, 3)()]
    value = ours.SparseAnglELoss(model).compute_loss_from_embeddings(embeddings)
    torch.testing.assert_close(value, dense_ours.AnglELoss(model).compute_loss_from_embeddings(embeddings))


def test_no_loss_touches_the_similarity_of_the_model(sparse_encoder):
    """Three losses of sentence-transformers set it to the cosine."""
    model = sparse_encoder()
    before = model.similarity_fn_name
    for name in ("SparseCoSENTLoss", "SparseAnglELoss", "SparseCosineSimilarityLoss"):
        getattr(ours, name)(model)
    assert model.similarity_fn_name == before


@pytest.mark.parametrize("name", [name for name, *_ in INNER])
def test_inner_losses_refuse_to_be_used_alone(name, sparse_encoder):
    with pytest.raises(ValueError, match=rf"{name} does not keep embeddings sparse.*SpladeLoss"):
        getattr(ours, name)(sparse_encoder())([], None)


def test_csr_wants_a_sparse_autoencoder(sparse_encoder, texts):
    model = sparse_encoder()
    with pytest.raises(ValueError, match="sparse autoencoder on top"):
        ours.CSRLoss(model)(tokenize(model, texts, 2)(), None)
    with pytest.raises(ValueError, match="CSRReconstructionLoss is a part of CSRLoss"):
        ours.CSRReconstructionLoss(model)([], None)
    with pytest.raises(ValueError, match="compute_loss_from_embeddings"):
        ours.CSRLoss(model, torch.nn.Linear(1, 1))


def test_reconstruction_of_rows_that_are_all_the_same():
    x = torch.ones(3, 4, requires_grad=True)
    values = F.csr_reconstruction_loss(x, x * 0.5, x * 0.5, x.detach() * 0.5, x * 0.1)
    sum(values).backward()
    assert all(value.isfinite() for value in values)
    assert x.grad.isfinite().all()
