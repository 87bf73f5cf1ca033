"""Losses around other losses: fewer dimensions, fewer layers, and both, of any loss, cached or not."""

import contextlib
import copy
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer, SparseEncoder, util
from sentence_transformers.sentence_transformer import losses as theirs
from sentence_transformers.sentence_transformer.modules import Dense, Dropout, Pooling, StaticEmbedding
from sentence_transformers.sparse_encoder.modules import SparseAutoEncoder
from torch import nn
from torch.autograd import gradcheck

from losses import functional as F
from losses import sentence_transformer as ours
from losses import sparse_encoder as sparse
from losses.functional import blocks, matryoshka
from losses.wrapping import replaced, weighted_sum
from tests.losses.oracle import BINARY, CLASSES, FLOATS, ROWS, assert_same_step, gradients, tokenize

DIMS = [32, 8, 16]
ALL_DIRECTIONS = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")


@pytest.fixture
def features(sentence_transformer, texts):
    return lambda columns: tokenize(sentence_transformer(), texts, columns)


class Seeded(nn.Module):
    """A loss that starts from the same state of Python's random numbers each time, and notes the next one."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, *args):
        random.seed(5)
        value = self.loss(*args)
        self.next = random.random()
        return value

    @property
    def citation(self):
        return self.loss.citation


def assert_same(own, peer, inputs, labels=None):
    own, peer = Seeded(own), Seeded(peer)
    assert_same_step(own, peer, inputs, labels)
    assert own.next == peer.next, "another number of draws"
    own.eval()
    assert own.loss.get_config_dict() == peer.loss.get_config_dict()
    assert own.citation.split() == peer.citation.split()


def pair_of(make, name, inner, arguments=(), inner_kwargs=None, **kwargs):
    """Our wrapper around our loss, and theirs around theirs."""
    built = []
    for library in (ours, theirs):
        model = make()
        known = dict(inner_kwargs or {})
        if library is theirs and "similarity_fct" in known:
            known["similarity_fct"] = getattr(util, known["similarity_fct"].__name__)
        if inner in ("GISTEmbedLoss", "CachedGISTEmbedLoss"):
            known["guide"] = noisy(make)
        built.append(getattr(library, name)(model, getattr(library, inner)(model, **known), *arguments, **kwargs))
    return built


def noisy(make):
    guide = make().eval()
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in guide.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    guide.train = lambda mode=True: guide  # theirs asks it anew for each length and layer
    return guide


INNER = [
    ("MultipleNegativesRankingLoss", {}, 2, None),
    ("MultipleNegativesRankingLoss", {}, 4, None),
    ("MultipleNegativesRankingLoss", {"directions": ALL_DIRECTIONS}, 3, None),
    (
        "MultipleNegativesRankingLoss",
        {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction", "scale": 5.0},
        2,
        None,
    ),
    ("MultipleNegativesRankingLoss", {"hardness_mode": "all_negatives", "hardness_strength": 4.0}, 3, None),
    ("MultipleNegativesRankingLoss", {"similarity_fct": F.dot_score, "scale": 3.0}, 2, None),
    ("MultipleNegativesRankingLoss", {"similarity_fct": F.euclidean_sim, "scale": 3.0}, 3, None),
    ("CoSENTLoss", {}, 2, FLOATS),
    ("TripletLoss", {}, 3, None),
    ("ContrastiveLoss", {}, 2, BINARY),
    ("BatchAllTripletLoss", {}, 1, CLASSES),
    ("GISTEmbedLoss", {"temperature": 0.1}, 3, None),
]
IDS = [f"{name}-{columns}-{number}" for number, (name, _, columns, _) in enumerate(INNER)]


@pytest.mark.parametrize(("inner", "inner_kwargs", "columns", "labels"), INNER, ids=IDS)
def test_matryoshka(inner, inner_kwargs, columns, labels, sentence_transformer, features):
    own, peer = pair_of(sentence_transformer, "MatryoshkaLoss", inner, [DIMS], inner_kwargs)
    assert_same(own, peer, features(columns), labels)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"matryoshka_weights": [1.0, 0.25, 3]},
        {"n_dims_per_step": 1},
        {"n_dims_per_step": 2, "matryoshka_weights": [1, 2, 0.5]},
        {"n_dims_per_step": 7},
    ],
)
@pytest.mark.parametrize(
    ("inner", "inner_kwargs"),
    [
        ("MultipleNegativesRankingLoss", {}),
        ("TripletLoss", {}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4}),
    ],
)
def test_options_of_matryoshka(inner, inner_kwargs, kwargs, sentence_transformer, features):
    if inner == "CachedMultipleNegativesRankingLoss":
        kwargs = {**kwargs, "matryoshka_weights": [1, 1, 1]}
    own, peer = pair_of(sentence_transformer, "MatryoshkaLoss", inner, [DIMS], inner_kwargs, **kwargs)
    assert_same(own, peer, features(3), None)
    assert own.matryoshka_dims == peer.matryoshka_dims == (32, 16, 8)


@pytest.mark.parametrize(
    ("inner", "inner_kwargs"),
    [
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4}),
        ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 4, "directions": ALL_DIRECTIONS}),
        ("CachedMultipleNegativesSymmetricRankingLoss", {"mini_batch_size": 2}),
        ("CachedGISTEmbedLoss", {"mini_batch_size": 4, "temperature": 0.1}),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_matryoshka_of_cached_losses(inner, inner_kwargs, sentence_transformer, features):
    weights = [1, 0.5, 2]
    own, peer = pair_of(sentence_transformer, "MatryoshkaLoss", inner, [DIMS, weights], inner_kwargs)
    assert_same(own, peer, features(3), None)
    assert own.uses_gradient_cache
    assert peer.uses_gradient_cache


def test_matryoshka_of_mega_batches(sentence_transformer, features):
    for mini in (True, False):
        kwargs = {"use_mini_batched_version": mini, "mini_batch_size": 4}
        own, peer = pair_of(sentence_transformer, "MatryoshkaLoss", "MegaBatchMarginLoss", [DIMS], kwargs)
        assert_same(own, peer, features(2), None)
        assert own.uses_gradient_cache == mini


@pytest.mark.parametrize("shape", [(ROWS, 32), (ROWS, 2, 32)])
def test_labels_that_are_embeddings_are_cut_too(shape, sentence_transformer, features):
    labels = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    own, peer = pair_of(sentence_transformer, "MatryoshkaLoss", "MSELoss", [DIMS])
    assert_same(own, peer, features(2), labels)


def test_without_dropout(sentence_transformer, features):
    own, peer = pair_of(lambda: sentence_transformer().eval(), "MatryoshkaLoss", "MultipleNegativesRankingLoss", [DIMS])
    values = []
    for loss in (own, peer):
        value = loss.eval()(features(3)(), None)
        value.backward()
        values.append((value.detach(), gradients(loss)))
    torch.testing.assert_close(values[0], values[1], rtol=1e-4, atol=1e-6)


# of losses that are not ours


class Plain(nn.Module):
    """A loss as users write them: nothing but forward, and three calls of the model."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sentence_features, labels):
        a, b = (self.model(column)["sentence_embedding"] for column in sentence_features)
        return (1 - torch.cosine_similarity(a, b)).mean() + a.abs().sum(dim=1).mean()


FOREIGN = [
    ("MatryoshkaLoss", [DIMS], {}),
    ("MatryoshkaLoss", [DIMS], {"n_dims_per_step": 2}),
    ("AdaptiveLayerLoss", [], {"n_layers_per_step": -1}),
    ("Matryoshka2dLoss", [DIMS], {"n_layers_per_step": 2}),
]


@pytest.mark.parametrize(("name", "arguments", "kwargs"), FOREIGN)
@pytest.mark.parametrize("inner", [Plain, theirs.CosineSimilarityLoss, theirs.MultipleNegativesRankingLoss])
def test_foreign_losses(inner, name, arguments, kwargs, sentence_transformer, features):
    model, peer_model = sentence_transformer(), sentence_transformer()
    own = getattr(ours, name)(model, inner(model), *arguments, **kwargs)
    peer = getattr(theirs, name)(peer_model, inner(peer_model), *arguments, **kwargs)
    columns = 3 if inner is theirs.MultipleNegativesRankingLoss else 2
    assert_same(own, peer, features(columns), FLOATS)
    assert "forward" not in vars(model)
    assert "forward" not in vars(model[0])


@pytest.mark.parametrize("inner", ["CachedMultipleNegativesRankingLoss", "CachedGISTEmbedLoss"])
def test_foreign_cached_losses(inner, sentence_transformer, features):
    built = []
    for library in (ours, theirs):
        model = sentence_transformer()
        guide = {"guide": noisy(sentence_transformer), "temperature": 0.1} if "GIST" in inner else {}
        foreign = getattr(theirs, inner)(model, mini_batch_size=4, **guide)
        built.append(library.MatryoshkaLoss(model, foreign, DIMS, [1, 0.5, 2], n_dims_per_step=2))
    assert_same(*built, features(3))
    assert "calculate_loss" not in vars(built[0].loss)
    values = []
    for loss in built:
        random.seed(3)
        with torch.no_grad():
            values.append(loss.eval()(features(3)(), None))
    torch.testing.assert_close(*values)


def test_wrapped_losses_are_left_as_they_were(sentence_transformer, features):
    """There a cached loss goes on to compute Matryoshka on its own, and a second wrapper fails."""
    for library, inner in (
        (ours, "CachedMultipleNegativesRankingLoss"),
        (theirs, "CachedMultipleNegativesRankingLoss"),
        (theirs, "MultipleNegativesRankingLoss"),
    ):
        model = sentence_transformer().eval()
        alone = getattr(library, inner)(model)
        before = alone(features(2)(), None).item()
        first, second = ours.MatryoshkaLoss(model, alone, DIMS), ours.MatryoshkaLoss(model, alone, [32, 4])
        assert first(features(2)(), None).item() > before
        second(features(2)(), None).backward()
        assert alone(features(2)(), None).item() == before


def test_a_model_is_left_as_it_was_after_an_error(sentence_transformer, features):
    class Fails(Plain):
        def forward(self, sentence_features, labels):
            super().forward(sentence_features, labels)
            raise RuntimeError("here")

    model = sentence_transformer()
    before = set(vars(model)), set(vars(model[0]))
    for loss in (ours.MatryoshkaLoss(model, Fails(model), DIMS), ours.AdaptiveLayerLoss(model, Fails(model))):
        with pytest.raises(RuntimeError, match="here"):
            loss(features(2)(), None)
    assert (set(vars(model)), set(vars(model[0]))) == before
    assert not model[0].auto_model.config.output_hidden_states


def test_losses_that_differ_from_call_to_call(sentence_transformer, features):
    """Matryoshka embeds what was not there the first time; layers are not to be had."""

    class Greedy(Plain):
        calls = 0

        def forward(self, sentence_features, labels):
            self.calls += 1
            return sum(
                self.model(dict(column))["sentence_embedding"].sum() for column in sentence_features[: self.calls]
            )

    model = sentence_transformer()
    assert ours.MatryoshkaLoss(model, Greedy(model), DIMS)(features(3)(), None).isfinite()
    with pytest.raises(RuntimeError, match="more often"):
        ours.AdaptiveLayerLoss(model, Greedy(model))(features(3)(), None)


# layers


LAYERS = [
    {},
    {"n_layers_per_step": -1},
    {"n_layers_per_step": 2, "layer_weighting": "log"},
    {"n_layers_per_step": 1, "layer_weighting": "linear", "last_layer_weight": 0.5, "prior_layers_weight": 2.0},
    {"n_layers_per_step": -1, "kl_temperature": 0.0},
    {"n_layers_per_step": -1, "kl_temperature": 1.5, "kl_div_weight": 3.0, "layer_weighting": lambda n: 0.1 + n},
]


@pytest.fixture
def deep(sentence_transformer):
    """A maker of equal models of three layers, with modules after the pooling that draw and learn."""

    def make():
        from transformers import BertModel

        model = sentence_transformer()
        config = copy.deepcopy(model[0].auto_model.config)
        config.num_hidden_layers = 3
        torch.manual_seed(9)
        model[0].auto_model = BertModel(config)
        return SentenceTransformer(modules=[model[0], Pooling(32), Dropout(0.2), Dense(32, 32)], device="cpu")

    return make


@pytest.mark.parametrize("number", range(len(LAYERS)))
@pytest.mark.parametrize(
    ("inner", "columns", "labels"),
    [("MultipleNegativesRankingLoss", 4, None), ("CoSENTLoss", 2, FLOATS), ("GISTEmbedLoss", 3, None)],
)
def test_layers(inner, columns, labels, number, deep, features):
    kwargs = LAYERS[number]
    own, peer = pair_of(deep, "AdaptiveLayerLoss", inner, (), **kwargs)
    assert_same(own, peer, features(columns), labels)


@pytest.mark.parametrize("kwargs", [{}, {"n_dims_per_step": -1}, {"n_layers_per_step": 2, "n_dims_per_step": 2}])
@pytest.mark.parametrize("inner", ["MultipleNegativesRankingLoss", "TripletLoss"])
def test_both(inner, kwargs, deep, features):
    own, peer = pair_of(deep, "Matryoshka2dLoss", inner, [DIMS, [1, 2, 3]], **kwargs)
    assert_same(own, peer, features(3), None)


def test_layers_of_teachers(deep, features):
    labels = torch.randn(ROWS, 32, generator=torch.Generator().manual_seed(1))
    own, peer = pair_of(deep, "Matryoshka2dLoss", "MSELoss", [DIMS], n_dims_per_step=-1)
    assert_same(own, peer, features(2), labels)


@pytest.mark.parametrize("wrapper", ["AdaptiveLayerLoss", "Matryoshka2dLoss"])
@pytest.mark.parametrize("inner", ["MultipleNegativesRankingLoss", "GISTEmbedLoss"])
def test_layers_of_cached_losses(wrapper, inner, deep, features):
    """What sentence-transformers cannot do: the same as without a cache, where nothing is drawn."""
    arguments = [DIMS] if wrapper == "Matryoshka2dLoss" else []
    kwargs = {"n_layers_per_step": -1, "layer_weighting": "log"} | ({"n_dims_per_step": -1} if arguments else {})
    outcomes = []
    for prefix, options in (("", {}), ("Cached", {"mini_batch_size": 4})):
        model = deep()
        guide = {"guide": noisy(deep), "temperature": 0.1} if "GIST" in inner else {}
        wrapped = getattr(ours, prefix + inner)(model, **guide, **options)
        loss = getattr(ours, wrapper)(model, wrapped, *arguments, **kwargs).eval()
        value = loss(features(3)(), None)
        value.backward()
        found = {name: each for name, each in gradients(loss).items() if "guide" not in name}
        outcomes.append((value.detach(), found))
        assert loss.uses_gradient_cache == (prefix == "Cached")
    torch.testing.assert_close(outcomes[0], outcomes[1], rtol=1e-3, atol=1e-5)


def test_layers_of_cached_losses_with_dropout(deep, features):
    """The second pass sees the same layers and the same dropout as the first."""
    model = deep()
    loss = ours.AdaptiveLayerLoss(model, ours.CachedMultipleNegativesRankingLoss(model, mini_batch_size=64)).train()
    seen = []

    def watched(embeddings, labels, **given):
        for each in embeddings:
            each.register_hook(seen.append)
            seen.append(each.detach().clone())
        return loss.compute_loss_from_embeddings(embeddings, labels, **given)

    random.seed(1)
    torch.manual_seed(1)
    loss.run(features(2)(), None, compute=watched).backward()
    once = gradients(loss)
    loss.zero_grad()
    uncached = ours.AdaptiveLayerLoss(model, ours.MultipleNegativesRankingLoss(model)).train()
    random.seed(1)
    torch.manual_seed(1)
    uncached.run(features(2)(), None, compute=uncached.compute_loss_from_embeddings).backward()
    torch.testing.assert_close(once, gradients(uncached), rtol=1e-3, atol=1e-5)
    assert [each.shape for each in seen[:2]] == [(ROWS, 2, 32)] * 2


def test_wrappers_nest_in_any_order(deep, features):
    """Dimensions around layers is the same as layers around dimensions, but for what the distillation looks at."""
    model = deep().eval()
    inner = ours.MultipleNegativesRankingLoss(model)
    options = {"n_layers_per_step": -1, "kl_temperature": 0.0}
    one = ours.AdaptiveLayerLoss(model, ours.MatryoshkaLoss(model, inner, DIMS), **options)
    other = ours.MatryoshkaLoss(model, ours.AdaptiveLayerLoss(model, inner, **options), DIMS)
    values = []
    for loss in (one.eval(), other.eval()):
        loss.zero_grad()
        value = loss(features(3)(), None)
        value.backward()
        values.append((value.detach(), {name: each.clone() for name, each in gradients(loss).items()}))
    torch.testing.assert_close(*values, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("inner", ["SparseMultipleNegativesRankingLoss", "SparseCachedMultipleNegativesRankingLoss"])
def test_parts_of_a_loss_are_kept_apart(inner, sparse_encoder, texts):
    model = sparse_encoder().eval()
    columns = tokenize(model, texts, 3)
    width = model.get_embedding_dimension()
    wrapped = getattr(sparse, inner)(model)
    one = sparse.SpladeLoss(model, ours.MatryoshkaLoss(model, wrapped, [width, 8]), 0.1, 0.2).eval()
    with torch.no_grad():
        parts = one(columns(), None)
        embeddings = [model(column)["sentence_embedding"] for column in columns()]
        cut = [[F.truncate(each, dim) for each in embeddings] for dim in (width, 8)]
    assert list(parts) == ["base_loss", "document_regularizer_loss", "query_regularizer_loss"]
    torch.testing.assert_close(parts["base_loss"], sum(map(wrapped.compute_loss_from_embeddings, cut)))
    sum(one.train()(columns(), None).values()).backward()
    assert gradients(one)


def without_dropout(model):
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model


@pytest.mark.parametrize("outer", ["SpladeLoss", "CachedSpladeLoss", "CSRLoss"])
def test_dimensions_around_sparse_losses(outer, sparse_encoder, sentence_transformer, texts):
    """Cached outside, cached inside and not at all: the same."""
    if outer == "CSRLoss":
        dense = sentence_transformer()
        torch.manual_seed(2)
        model = SparseEncoder(modules=[dense[0], dense[1], SparseAutoEncoder(32, 48, k=4, k_aux=8)], device="cpu")
    else:
        model = sparse_encoder()
    model = without_dropout(model).train()
    columns = tokenize(model, texts, 3)
    cached = sparse.SparseCachedMultipleNegativesRankingLoss(model, mini_batch_size=4)
    options = {"gamma": 0.5} if outer == "CSRLoss" else {"document_regularizer_weight": 0.1}
    outcomes = []
    plain = sparse.SparseMultipleNegativesRankingLoss(model)
    for name, inner in ((outer.removeprefix("Cached"), plain), (outer, cached)):
        model.zero_grad()
        loss = ours.MatryoshkaLoss(model, getattr(sparse, name)(model, inner, **options), [32, 8], [1, 0.5])
        assert loss.uses_gradient_cache == (inner is cached)
        parts = loss(columns(), None)
        sum(parts.values()).backward()
        found = {name: each.clone() for name, each in gradients(loss).items()}
        outcomes.append(({name: part.detach() for name, part in parts.items()}, found))
    torch.testing.assert_close(outcomes[0], outcomes[1], rtol=1e-3, atol=1e-5)


def test_dictionaries_of_parts(deep, features):
    model = deep().eval()
    columns = features(2)
    regularizer = ours.GlobalOrthogonalRegularizationLoss(model)
    alone = regularizer(columns(), None)
    value = ours.MatryoshkaLoss(model, regularizer, [32, 16], [1, 3])(columns(), None)
    assert value.keys() == alone.keys()
    layers = ours.AdaptiveLayerLoss(model, regularizer, n_layers_per_step=-1).eval()(columns(), None)
    assert list(layers) == [*alone, "kl_div_loss"]
    peer = theirs.AdaptiveLayerLoss(model, _Summed(model), n_layers_per_step=-1).eval()(columns(), None)
    torch.testing.assert_close(sum(layers.values()), peer)


class _Summed(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.inner = theirs.GlobalOrthogonalRegularizationLoss(model)

    def forward(self, *args):
        return sum(self.inner(*args).values())


@pytest.mark.parametrize("columns", [3, 4])
def test_our_losses_within_their_layers(columns, deep, features):
    """Their wrapper leaves the states of layers in the features of each column, so columns must stay apart."""
    built = []
    for library in (ours, theirs):
        model = deep()
        inner = library.MultipleNegativesRankingLoss(model)
        built.append(theirs.AdaptiveLayerLoss(model, inner, n_layers_per_step=-1))
    assert_same(*built, features(columns))


def test_our_losses_within_their_dimensions(sentence_transformer, features):
    built = []
    for library in (ours, theirs):
        model = sentence_transformer()
        built.append(theirs.MatryoshkaLoss(model, library.MultipleNegativesRankingLoss(model), DIMS))
    assert_same(*built, features(4))


def test_hidden_states_are_not_kept_in_the_features(deep, features):
    model = deep()
    columns = features(2)()
    ours.AdaptiveLayerLoss(model, ours.MultipleNegativesRankingLoss(model))(columns, None)
    assert all("all_layer_embeddings" not in column for column in columns)
    model[0].auto_model.config.output_hidden_states = True
    ours.AdaptiveLayerLoss(model, ours.MultipleNegativesRankingLoss(model))(columns, None)
    assert model[0].auto_model.config.output_hidden_states


def test_losses_can_be_copied(deep, features):
    model = deep()
    loss = ours.Matryoshka2dLoss(model, ours.CachedMultipleNegativesRankingLoss(model), DIMS)
    loss(features(2)(), None).backward()
    twin = copy.deepcopy(loss)
    assert twin.loss.loss.model is twin.model
    assert twin.model is not model


# wrong input


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda m, i: ours.MatryoshkaLoss(m, i, []), "at least one"),
        (lambda m, i: ours.MatryoshkaLoss(m, i, [32, 0]), "positive"),
        (lambda m, i: ours.MatryoshkaLoss(m, i, [64, 32]), "32 dimensions"),
        (lambda m, i: ours.MatryoshkaLoss(m, i, [32, 16], [1]), "2 matryoshka_dims, not 1"),
        (lambda m, i: ours.AdaptiveLayerLoss(m, i, layer_weighting="cubic"), "'cubic'"),
        (lambda m, i: ours.AdaptiveLayerLoss(nn.Linear(1, 1), i), "AdaptiveLayerLoss got .*Linear.*Transformer"),
        (
            lambda m, i: ours.AdaptiveLayerLoss(m, theirs.CachedMultipleNegativesRankingLoss(m)),
            "losses.sentence_transformer.CachedMultipleNegativesRankingLoss",
        ),
        (
            lambda m, i: ours.Matryoshka2dLoss(m, theirs.CachedMultipleNegativesRankingLoss(m), [32]),
            "another library",
        ),
    ],
)
def test_wrong_options(make, message, sentence_transformer):
    model = sentence_transformer()
    with pytest.raises(ValueError, match=message):
        make(model, ours.MultipleNegativesRankingLoss(model))


def test_static_embeddings_have_no_layers_but_dimensions(sentence_transformer, texts):
    tokenizer = sentence_transformer().tokenizer.backend_tokenizer
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu")
    inner = ours.MultipleNegativesRankingLoss(model)
    with pytest.raises(ValueError, match="AdaptiveLayerLoss got a model that starts with StaticEmbedding"):
        ours.AdaptiveLayerLoss(model, inner)
    peer = copy.deepcopy(model)
    own = ours.MatryoshkaLoss(model, inner, [16, 4])
    their = theirs.MatryoshkaLoss(peer, theirs.MultipleNegativesRankingLoss(peer), [16, 4])
    assert_same(own, their, tokenize(model, texts, 3))


def test_a_dimension_that_is_left_out_is_pointed_out(sentence_transformer, caplog):
    model = sentence_transformer()
    ours.MatryoshkaLoss(model, ours.MultipleNegativesRankingLoss(model), [16])
    assert "add 32 to matryoshka_dims" in caplog.text


def test_embeddings_of_another_width(sentence_transformer):
    loss = ours.MatryoshkaLoss(lambda features: features, ours.CoSENTLoss(sentence_transformer()), [8, 4])
    with pytest.raises(ValueError, match="MatryoshkaLoss got embeddings of 6 dimensions, but wants 8"):
        loss.compute_loss_from_embeddings([torch.ones(2, 6)] * 2, torch.ones(2))
    layers = ours.AdaptiveLayerLoss(sentence_transformer(), loss.loss)
    with pytest.raises(ValueError, match=r"AdaptiveLayerLoss got embeddings of shape \(2, 6\)"):
        layers.compute_loss_from_embeddings([torch.ones(2, 6)] * 2, torch.ones(2), layers=[0])


def test_a_wrapped_wrapper_needs_a_loss_of_embeddings(sentence_transformer, features):
    model = sentence_transformer()
    loss = ours.MatryoshkaLoss(model, Plain(model), DIMS)
    with pytest.raises(ValueError, match="MatryoshkaLoss got Plain as the loss to wrap"):
        sparse.SpladeLoss(model, loss, 0.1, 0.1)(features(2)(), None)


# mathematics


X, Y = (torch.randn(5, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in (1, 2))


@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=4),
    st.sampled_from([F.cos_sim, F.dot_score, F.euclidean_sim, util.cos_sim]),
    st.sampled_from(["mean", "sum", "none"]),
    st.booleans(),
)
def test_nested_lengths_are_the_sum_of_single_ones(lengths, similarity, reduction, split):
    weights = [0.5 + place for place in range(len(lengths))]
    queries, positives, negatives = (each.clone().requires_grad_() for each in (X, Y, X.flip(0) + Y))
    options = {"similarity": similarity, "scale": 3.0, "directions": ALL_DIRECTIONS, "reduction": reduction}
    with replaced(blocks, WHOLE=0, BLOCK=30) if split else contextlib.nullcontext():
        nested = F.multiple_negatives_ranking_loss(
            queries, [positives, negatives], dimensions=lengths, weights=weights, **options
        )
    expected = sum(
        weight
        * F.multiple_negatives_ranking_loss(
            F.truncate(queries, n), [F.truncate(positives, n), F.truncate(negatives, n)], **options
        )
        for n, weight in zip(lengths, weights, strict=True)
    )
    torch.testing.assert_close(nested, expected)
    inputs = (queries, positives, negatives)
    torch.testing.assert_close(
        torch.autograd.grad(nested.sum(), inputs), torch.autograd.grad(expected.sum(), inputs), rtol=1e-6, atol=1e-8
    )


def test_gradients_of_nested_cosines():
    assert gradcheck(lambda x, y: tuple(F.nested_cos_sim(x, y, [8, 3, 3, 1], scale=2.0)), (X.requires_grad_(), Y))
    assert gradcheck(lambda x, y: tuple(F.nested_cos_sim(x, y, [8, 3])), (X.detach(), Y.clone().requires_grad_()))


def test_nested_cosines_by_hand():
    a, b = torch.tensor([[3.0, 4.0, 0.0]]), torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    short, long = F.nested_cos_sim(a, b, [1, 3])
    torch.testing.assert_close(short, torch.tensor([[1.0, 0.0]]))
    torch.testing.assert_close(long, torch.tensor([[0.6, 0.8 / 2**0.5]]))


def test_embeddings_of_zeros_give_zeros():
    x = torch.zeros(3, 4, requires_grad=True)
    total = sum(each.sum() for each in F.nested_cos_sim(x, x, [4, 2]))
    total.backward()
    assert total.item() == 0
    assert x.grad.isfinite().all()
    assert F.truncate(x, 2).abs().sum() == 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype):
    x, y = (torch.randn(40, 8, generator=torch.Generator().manual_seed(n)) * 100 for n in (1, 2))
    expected = F.nested_cos_sim(x, y, [8, 2])
    for own, whole in zip(F.nested_cos_sim(x.to(dtype), y.to(dtype), [8, 2]), expected, strict=True):
        assert own.dtype == torch.float32
        torch.testing.assert_close(own, whole, rtol=0, atol=0.02)
    with torch.autocast("cpu", dtype):
        value = F.multiple_negatives_ranking_loss(x, [y], dimensions=[8, 2])
    torch.testing.assert_close(
        value.float(), F.multiple_negatives_ranking_loss(x, [y], dimensions=[8, 2]), rtol=0.02, atol=0.1
    )


def test_compiles():
    x = X.detach().float()
    compiled = torch.compile(lambda a, b: F.multiple_negatives_ranking_loss(a, [b], dimensions=[8, 4]), backend="eager")
    torch.testing.assert_close(
        compiled(x, x.flip(0)), F.multiple_negatives_ranking_loss(x, [x.flip(0)], dimensions=[8, 4])
    )


def test_lengths_share_their_multiplications(monkeypatch):
    """No more products of dimensions than the longest takes alone."""
    widths = []

    class Counting(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if func._schema.name in ("aten::mm", "aten::addmm_"):
                widths.append(args[-1].shape[0])
            return func(*args, **(kwargs or {}))

    x = X.detach().requires_grad_()
    with Counting():
        F.nested_cos_sim(x, x, [8, 4, 2])
    assert sum(widths) == 8
    assert matryoshka.becomes_cosine(F.dot_score)
    assert not matryoshka.becomes_cosine(lambda a, b: a @ b.T)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.truncate(X, 9), "from 1 to 8"),
        (lambda: F.truncate(X, 0), "from 1 to 8"),
        (lambda: F.nested_cos_sim(X, X, []), "at least one"),
        (lambda: F.nested_cos_sim(X, X[:, :4], [2]), "8 and 4"),
        (lambda: F.multiple_negatives_ranking_loss(X, [Y], dimensions=[2], weights=[1, 2]), "weights"),
        (lambda: F.self_distillation_loss(X, Y, temperature=0.0), "temperature"),
        (lambda: F.self_distillation_loss(X, Y[:, :2]), "same shape"),
    ],
)
def test_wrong_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_self_distillation():
    x = X.detach().clone().requires_grad_()
    final = Y.detach().clone().requires_grad_()
    assert F.self_distillation_loss(x, x).item() == pytest.approx(0.0, abs=1e-12)
    assert gradcheck(lambda a: F.self_distillation_loss(a, Y.detach()), (x,))
    terms = F.self_distillation_loss(x, final, temperature=0.7, reduction="none")
    assert (terms > 0).all()
    terms.sum().backward()
    assert final.grad is None
    expected = torch.nn.functional.kl_div((x / 0.7).log_softmax(-1), (final / 0.7).softmax(-1), reduction="batchmean")
    torch.testing.assert_close(terms.mean(), expected)
    extreme = F.self_distillation_loss(torch.tensor([[1e4, 0.0]]), torch.tensor([[0.0, 1e4]]))
    assert extreme.isfinite()


def test_sums_of_values():
    one, two = torch.tensor(1.0), torch.tensor(2.0)
    assert weighted_sum([(2.0, one), (0.5, two)]).item() == 3.0
    assert weighted_sum([(2.0, {"a": one}), (3.0, {"a": one, "b": two})]) == {"a": 5.0, "b": 6.0}
    with pytest.raises(ValueError, match="no values"):
        weighted_sum([])


def test_dimensions_that_a_subclass_computes_otherwise(sentence_transformer, features):
    class Doubled(ours.MultipleNegativesRankingLoss):
        def compute_loss_from_embeddings(self, embeddings, labels=None):
            return 2 * super().compute_loss_from_embeddings(embeddings, labels)

    model = sentence_transformer().eval()
    single = ours.MatryoshkaLoss(model, ours.MultipleNegativesRankingLoss(model), DIMS)(features(2)(), None)
    double = ours.MatryoshkaLoss(model, Doubled(model), DIMS)(features(2)(), None)
    torch.testing.assert_close(double, 2 * single)
