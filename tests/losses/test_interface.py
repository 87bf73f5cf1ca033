"""What is imported, what is exported, and how it is called: as in sentence-transformers."""

import ast
import copy
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from sentence_transformers.cross_encoder import losses as their_cross
from sentence_transformers.multi_vector_encoder import losses as their_late
from sentence_transformers.sentence_transformer import losses as their_dense
from sentence_transformers.sparse_encoder import losses as their_sparse
from torch import nn

import losses
import losses.cross_encoder
import losses.functional
import losses.multi_vector_encoder
import losses.sentence_transformer
import losses.sparse_encoder

PACKAGES = [
    (losses.sentence_transformer, their_dense),
    (losses.cross_encoder, their_cross),
    (losses.sparse_encoder, their_sparse),
    (losses.multi_vector_encoder, their_late),
]
CLASSES = [
    pytest.param(getattr(ours, name), getattr(theirs, name), id=f"{ours.__name__.split('.')[-1]}.{name}")
    for ours, theirs in PACKAGES
    for name in ours.__all__
    if hasattr(theirs, name)
]

#: What sentence-transformers does not export.
OWN = {
    "losses.sentence_transformer": {
        "DebiasedMultipleNegativesRankingLoss",
        "SigmoidContrastiveLoss",
        "SupervisedContrastiveLoss",
    },
    "losses.cross_encoder": {"ApproxNDCGLoss", "BaseWeightingScheme"},
    "losses.sparse_encoder": {
        "SparseCachedGISTEmbedLoss",
        "SparseCachedMultipleNegativesRankingLoss",
        "SparseGISTEmbedLoss",
    },
}


@pytest.mark.parametrize(("ours", "theirs"), PACKAGES, ids=lambda module: module.__name__)
def test_every_loss_of_theirs_is_here(ours, theirs):
    here, there = set(ours.__all__), {name for name in vars(theirs) if name[0].isupper() and name.endswith("Loss")}
    assert there <= here
    assert here - set(vars(theirs)) == OWN.get(ours.__name__, set())


def describe(default):
    """A default to compare: values as they are, functions and modules by name."""
    if isinstance(default, nn.Module):
        return type(default).__name__
    return default.__name__ if callable(default) and default is not inspect.Parameter.empty else default


@pytest.mark.parametrize(("ours", "theirs"), CLASSES)
def test_constructors_take_the_same_arguments(ours, theirs):
    # that of the method: a deprecated class of theirs takes anything, to say that it is
    parameters, their_parameters = (inspect.signature(cls.__init__).parameters.values() for cls in (ours, theirs))
    if not issubclass(ours, nn.Module):
        names = [name for name in vars(theirs) if not name.startswith("_")]
        assert [name for name in vars(ours) if not name.startswith("_")] == names
        return
    assert [(p.name, p.kind) for p in parameters] == [(p.name, p.kind) for p in their_parameters]
    for parameter, their_parameter in zip(parameters, their_parameters, strict=True):
        if parameter.name != "distance_metric":  # theirs are lambdas
            assert describe(parameter.default) == describe(their_parameter.default)


@pytest.mark.parametrize(("ours", "theirs"), CLASSES)
def test_methods_are_there(ours, theirs):
    for name in ("compute_loss_from_embeddings", "get_config_dict", "citation", "temperature"):
        if hasattr(theirs, name):
            assert hasattr(ours, name), name
    if not issubclass(ours, nn.Module) or theirs.forward is nn.Module.forward:
        return
    parameters = list(inspect.signature(ours.forward).parameters)
    wanted = list(inspect.signature(theirs.forward).parameters)
    assert parameters[: len(wanted)] == wanted


@pytest.mark.parametrize(("ours", "theirs"), CLASSES)
def test_classes_are_documented(ours, theirs):
    doc = inspect.getdoc(ours)
    assert doc
    if hasattr(ours, "get_config_dict"):
        assert "Args:" in doc
        assert "Example:" in doc
        assert ":func:`losses.functional." in doc


def test_one_file_a_loss():
    for package, _ in PACKAGES:
        folder = Path(package.__file__).parent
        for path in folder.glob("*_loss.py"):
            module = ast.parse(path.read_text())
            assert any(
                isinstance(node, ast.ClassDef) and node.name.lower().endswith(path.stem.replace("_", ""))
                for node in module.body
            ) or path.stem.startswith("batch_hard")


def test_losses_are_light():
    code = (
        "import sys, losses, losses.functional, losses.sentence_transformer, losses.cross_encoder, "
        "losses.sparse_encoder, losses.multi_vector_encoder\n"
        "heavy = {'transformers', 'sentence_transformers', 'datasets', 'faiss', 'sklearn', 'scipy', 'pandas', "
        "'pyarrow', 'advisor', 'converters', 'tokenizers', 'accelerate'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


#: What a function may import where it needs it.
WHERE_NEEDED = {"safetensors", "tqdm", "transformers"}


FAMILIES = ("sentence_transformer", "cross_encoder", "sparse_encoder", "multi_vector_encoder")


def test_layers():
    root = Path(losses.__file__).parent
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text())
        inside = {name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for name in imported(node)}
        names = set(imported(tree))
        known = {"torch", "losses"} | sys.stdlib_module_names
        assert {name.split(".")[0] for name in names - inside} <= known, path
        assert {name.split(".")[0] for name in inside} <= known | WHERE_NEEDED, path
        if path.parent.name == "functional":
            assert all(name.startswith("losses.functional") for name in names if name.startswith("losses")), path
        if path.parent == root and path.name != "__init__.py":
            families = tuple(f"losses.{name}" for name in FAMILIES)
            assert not any(name.startswith(families) for name in names), path


# Being recognised by sentence-transformers


@pytest.fixture
def splade(sparse_encoder):
    model = sparse_encoder()
    inner = losses.sparse_encoder.SparseMultipleNegativesRankingLoss(model)
    return losses.sparse_encoder.SpladeLoss(model, inner, 0.1, 0.2)


def test_splade_loss_is_an_instance_of_both(splade):
    assert isinstance(splade, losses.sparse_encoder.SpladeLoss)
    assert isinstance(splade, their_sparse.SpladeLoss)
    assert type(splade).__name__ == "SpladeLoss"
    assert type(splade).__module__ == "losses.sparse_encoder.splade_loss"
    assert type(splade).forward is losses.sparse_encoder.SpladeLoss.forward


def test_splade_loss_is_copied_and_pickled(splade):
    splade.document_regularizer_weight = 0.7
    for twin in (copy.deepcopy(splade), pickle.loads(pickle.dumps(splade))):
        assert type(twin) is type(splade)
        assert twin.document_regularizer_weight == 0.7
        assert twin.model is twin.loss.model
        assert twin.model is not splade.model


def test_subclasses_of_splade_loss_are_recognised(sparse_encoder):
    class Logged(losses.sparse_encoder.SpladeLoss):
        def forward(self, sentence_features, labels=None):
            return super().forward(sentence_features, labels)

    model = sparse_encoder()
    loss = Logged(model, losses.sparse_encoder.SparseMultipleNegativesRankingLoss(model), 0.1, 0.2)
    assert isinstance(loss, Logged)
    assert isinstance(loss, their_sparse.SpladeLoss)
    features = [model.preprocess(["a cat", "the old river"]), model.preprocess(["the dog", "a bird"])]
    assert set(loss(features)) == {"base_loss", "document_regularizer_loss", "query_regularizer_loss"}


def test_splade_loss_without_sentence_transformers():
    code = """
import torch, sys
from losses.sparse_encoder import SpladeLoss, SparseMultipleNegativesRankingLoss
model = lambda features: {"sentence_embedding": features["x"]}
loss = SpladeLoss(model, SparseMultipleNegativesRankingLoss(model), 0.5, 0.5)
parts = loss([{"x": torch.eye(2)}, {"x": torch.eye(2)}])
assert type(loss) is SpladeLoss and "sentence_transformers" not in sys.modules
print(sorted(parts), parts["query_regularizer_loss"].item())
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip().endswith("'query_regularizer_loss'] 0.25")


def test_duck_typed_models():
    """A model is whatever embeds features."""
    linear = nn.Linear(3, 2)
    loss = losses.sentence_transformer.CoSENTLoss(lambda features: {"sentence_embedding": linear(features["x"])})
    features = [{"x": torch.randn(4, 3)}, {"x": torch.randn(4, 3)}]
    loss(features, torch.arange(4)).backward()
    assert linear.weight.grad.any()
