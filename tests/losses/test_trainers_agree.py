"""Each loss in the real trainers, beside sentence-transformers' own: the same losses step by step, the same weights."""

import gc
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sentence_transformers
import torch
from datasets import Dataset
from sentence_transformers import SparseEncoder
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from sentence_transformers.sparse_encoder.modules import SparseAutoEncoder

ROWS, BATCH, STEPS = 36, 6, 6

FAMILIES = {
    "sentence_transformer": "SentenceTransformer",
    "cross_encoder": "CrossEncoder",
    "sparse_encoder": "SparseEncoder",
    "multi_vector_encoder": "MultiVectorEncoder",
}


def plain(losses, name, model, **options):
    return getattr(losses, name)(model, **options)


def around(inner="MultipleNegativesRankingLoss"):
    """Makes a loss that takes another one second."""
    return lambda losses, name, model, **options: getattr(losses, name)(model, getattr(losses, inner)(model), **options)


def csr(losses, name, model, **options):
    return getattr(losses, name)(model, losses.SparseMultipleNegativesRankingLoss(model), **options)


def weighted(losses, name, model, *, scheme, **options):
    return getattr(losses, name)(model, getattr(losses, scheme)(), **options)


@dataclass(frozen=True)
class Case:
    """A loss, the data it takes, its options, and how it is made."""

    family: str
    name: str
    data: str
    options: dict[str, Any] | None = None
    make: Callable[..., torch.nn.Module] = plain
    #: Further losses that run within this one, and never alone.
    within: tuple[str, ...] = ()
    #: Which model of the family, or how many labels a cross-encoder has.
    model: Any = None

    def __str__(self) -> str:
        return "-".join([self.family, self.name, *self.within[:1], self.data, *(self.options or {})])


def of(family, *cases):
    return [Case(family, *case[:2], **(case[2] if len(case) > 2 else {})) for case in cases]


DIMENSIONS = {"options": {"matryoshka_dims": [32, 16, 8]}, "make": around()}
SPLADE = {"document_regularizer_weight": 0.3, "query_regularizer_weight": 0.6}
DOCUMENTS = {"document_regularizer_weight": 0.3, "use_document_regularizer_only": True}
THREE = {"model": 3}


def splade(inner="SparseMultipleNegativesRankingLoss", **options):
    """What a case of a loss within another, which keeps embeddings sparse, has."""
    return {"options": options or SPLADE, "make": around(inner), "within": (inner, "FlopsLoss")}


CASES = [
    *of(
        "sentence_transformer",
        ("AdaptiveLayerLoss", "pair", {"make": around()}),
        ("AnglELoss", "pair-score"),
        ("BatchAllTripletLoss", "single-class"),
        ("BatchHardSoftMarginTripletLoss", "single-class"),
        ("BatchHardTripletLoss", "single-class"),
        ("BatchSemiHardTripletLoss", "single-class"),
        ("CachedGISTEmbedLoss", "triplet", {"options": {"guide": True, "mini_batch_size": 4}}),
        ("CachedMultipleNegativesRankingLoss", "n-tuple", {"options": {"mini_batch_size": 4}}),
        ("CachedMultipleNegativesSymmetricRankingLoss", "pair", {"options": {"mini_batch_size": 4}}),
        ("CoSENTLoss", "pair-score"),
        ("ContrastiveLoss", "labeled-pair"),
        ("ContrastiveTensionLoss", "labeled-pair"),
        ("ContrastiveTensionLossInBatchNegatives", "identical-pair"),
        ("CosineSimilarityLoss", "pair-score"),
        ("DenoisingAutoEncoderLoss", "damaged-pair"),
        ("DistillKLDivLoss", "n-tuple-scores"),
        ("EmbedDistillLoss", "text-embedding"),
        ("GISTEmbedLoss", "triplet", {"options": {"guide": True}}),
        ("GlobalOrthogonalRegularizationLoss", "pair"),
        ("MSELoss", "text-embedding"),
        ("MarginMSELoss", "n-tuple-margins"),
        ("Matryoshka2dLoss", "pair", DIMENSIONS),
        ("MatryoshkaLoss", "triplet", DIMENSIONS),
        ("MegaBatchMarginLoss", "pair", {"options": {"mini_batch_size": 4}}),
        ("MultipleNegativesRankingLoss", "n-tuple"),
        ("MultipleNegativesSymmetricRankingLoss", "pair"),
        ("OnlineContrastiveLoss", "labeled-pair"),
        ("SoftmaxLoss", "pair-class", {"options": {"embedding_dimension": 32, "num_labels": 3}}),
        ("TripletLoss", "triplet"),
    ),
    *of(
        "cross_encoder",
        ("ADRMSELoss", "labeled-list"),
        ("BinaryCrossEntropyLoss", "labeled-pair"),
        ("CachedMultipleNegativesRankingLoss", "triplet", {"options": {"mini_batch_size": 4}}),
        ("CrossEntropyLoss", "pair-class", THREE),
        ("LambdaLoss", "labeled-list"),
        ("LambdaLoss", "labeled-list", {"make": weighted, "options": {"scheme": "NDCGLoss1Scheme", "k": 2}}),
        ("ListMLELoss", "labeled-list"),
        ("ListNetLoss", "labeled-list"),
        ("MSELoss", "pair-score"),
        ("MarginMSELoss", "triplet-margin"),
        ("MultipleNegativesRankingLoss", "n-tuple"),
        ("PListMLELoss", "labeled-list"),
        ("RankNetLoss", "labeled-list", {"options": {"mini_batch_size": 5}}),
    ),
    *of(
        "sparse_encoder",
        ("CSRLoss", "triplet", {"make": csr, "within": ("CSRReconstructionLoss",), "model": "autoencoder"}),
        ("CachedSpladeLoss", "triplet", splade(**SPLADE, mini_batch_size=4)),
        ("SparseMSELoss", "text-embedding"),
        ("SpladeLoss", "n-tuple", splade()),
        ("SpladeLoss", "triplet", splade(**DOCUMENTS)),
        ("SpladeLoss", "pair-score", splade("SparseAnglELoss")),
        ("SpladeLoss", "pair-score", splade("SparseCoSENTLoss")),
        ("SpladeLoss", "pair-score", splade("SparseCosineSimilarityLoss")),
        ("SpladeLoss", "n-tuple-scores", splade("SparseDistillKLDivLoss")),
        ("SpladeLoss", "triplet-margin", splade("SparseMarginMSELoss")),
        ("SpladeLoss", "triplet", splade("SparseTripletLoss")),
    ),
    *of(
        "multi_vector_encoder",
        ("CachedMultiVectorMultipleNegativesRankingLoss", "triplet", {"options": {"mini_batch_size": 4}}),
        ("MultiVectorDistillKLDivLoss", "n-tuple-scores"),
        ("MultiVectorMarginMSELoss", "triplet-margin"),
        ("MultiVectorMultipleNegativesRankingLoss", "n-tuple"),
    ),
]


def packages(family):
    return importlib.import_module(f"losses.{family}"), importlib.import_module(
        f"sentence_transformers.{family}.losses"
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_the_table_has_every_loss(family):
    ours, theirs = packages(family)
    expected = {
        name
        for name in ours.__all__
        if hasattr(theirs, name) and issubclass(getattr(ours, name), torch.nn.Module)
        if "labels" in inspect.signature(getattr(ours, name).forward).parameters
    }
    assert expected == {name for case in CASES if case.family == family for name in (case.name, *case.within)}


@pytest.fixture(scope="module", autouse=True)
def _little_garbage():
    """Each run of a trainer collects garbage, which takes far longer than its steps with every library loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def rows(texts):
    """Data of each format, the label columns of which have nothing to do with the texts."""
    random = torch.Generator().manual_seed(5)

    def numbers(*shape):
        return torch.rand(*shape, generator=random).mul(4).sub(1).tolist()

    def columns(*names):
        return {name: texts[index * ROWS : (index + 1) * ROWS] for index, name in enumerate(names)}

    def make(data, dimension):
        pair, tuple_ = columns("query", "positive"), columns("query", "positive", "negative_1", "negative_2")
        triplet = columns("query", "positive", "negative")
        damaged = [" ".join(text.split()[::2]) for text in pair["query"]]
        lengths = [2 + index % 3 for index in range(ROWS)]
        lists = [texts[100 + 4 * index : 100 + 4 * index + length] for index, length in enumerate(lengths)]
        return {
            "single-class": lambda: {"text": pair["query"], "label": [index % 3 for index in range(ROWS)]},
            "pair": lambda: pair,
            "identical-pair": lambda: {"text": pair["query"], "same": pair["query"]},
            "damaged-pair": lambda: {"damaged": damaged, "original": pair["query"]},
            "pair-class": lambda: {**pair, "label": [index % 3 for index in range(ROWS)]},
            "labeled-pair": lambda: {**pair, "label": [int(index % 3 == 0) for index in range(ROWS)]},
            "pair-score": lambda: {**pair, "score": [(index * 7 % 12) / 11 for index in range(ROWS)]},
            "triplet": lambda: triplet,
            "n-tuple": lambda: tuple_,
            "triplet-margin": lambda: {**triplet, "score": numbers(ROWS)},
            "n-tuple-margins": lambda: {**tuple_, "scores": numbers(ROWS, 2)},
            "n-tuple-scores": lambda: {**tuple_, "scores": numbers(ROWS, 3)},
            "labeled-list": lambda: {
                "query": pair["query"],
                "documents": lists,
                "labels": [[(index + each) % 3 for each in range(length)] for index, length in enumerate(lengths)],
            },
            "text-embedding": lambda: {"text": pair["query"], "label": numbers(ROWS, dimension)},
        }[data]()

    return lambda data, dimension: Dataset.from_dict(make(data, dimension))


@pytest.fixture
def models(sentence_transformer, cross_encoder, sparse_encoder, multi_vector_encoder, _folder):
    def autoencoder():
        torch.manual_seed(6)
        modules = [
            Transformer(str(_folder / "bert")),
            Pooling(32),
            SparseAutoEncoder(input_dim=32, hidden_dim=64, k=8, k_aux=16),
        ]
        return SparseEncoder(modules=modules, device="cpu")

    makers = {
        "sentence_transformer": sentence_transformer,
        "cross_encoder": cross_encoder,
        "sparse_encoder": sparse_encoder,
        "multi_vector_encoder": multi_vector_encoder,
    }

    def make(family, kind):
        if kind == "autoencoder":
            return autoencoder()
        return makers[family]() if kind is None else makers[family](kind)

    return make


def train(case, losses, model, guide, data, folder):
    """The losses of each step as they were, those that were logged, and the weights in the end."""
    options = dict(case.options or {})
    if options.get("guide"):
        options["guide"] = guide
    torch.manual_seed(8)
    loss = case.make(losses, case.name, model, **options)
    kind = FAMILIES[case.family]
    arguments = getattr(sentence_transformers, f"{kind}TrainingArguments")(
        output_dir=str(folder),
        per_device_train_batch_size=BATCH,
        max_steps=STEPS,
        learning_rate=0.02,
        # whose steps are in proportion to the gradients, so that rounding stays small
        optim="sgd",
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        seed=11,
        batch_sampler=BatchSamplers.GROUP_BY_LABEL if case.data == "single-class" else BatchSamplers.BATCH_SAMPLER,
    )
    trainer = getattr(sentence_transformers, f"{kind}Trainer")(
        model=model, args=arguments, train_dataset=data, loss=loss
    )
    steps = []
    loss.register_forward_hook(lambda module, inputs, value: steps.append(parts(value)))
    trainer.train()
    logged = [
        {key: value for key, value in entry.items() if "loss" in key or "weight" in key}
        for entry in trainer.state.log_history
        if "loss" in entry
    ]
    return steps, logged, {name: value.detach().clone() for name, value in model.state_dict().items()}


def parts(value):
    value = value if isinstance(value, dict) else {"loss": value}
    return {name: part.item() for name, part in value.items()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_training(case, models, rows, tmp_path):
    start = models(case.family, case.model)
    data = rows(case.data, len(start.tokenizer) if case.family == "sparse_encoder" else 32)
    guide = models("sentence_transformer", None)
    (steps, logged, weights), (their_steps, their_logged, their_weights) = (
        train(case, losses, models(case.family, case.model), guide, data, tmp_path) for losses in packages(case.family)
    )
    assert len(steps) == STEPS
    for step, their_step in zip(steps, their_steps, strict=True):
        assert step == pytest.approx(their_step, rel=1e-5, abs=1e-6)
        assert torch.tensor(list(step.values())).isfinite().all()
    assert len({tuple(step.values()) for step in steps}) == STEPS
    assert len(logged) == STEPS
    for entry, their_entry in zip(logged, their_logged, strict=True):
        assert entry == pytest.approx(their_entry, rel=1e-5, abs=2e-4)
    assert weights.keys() == their_weights.keys()
    for name, value in their_weights.items():
        torch.testing.assert_close(weights[name], value, rtol=1e-4, atol=1e-5)
    assert any(not torch.equal(weights[name], value) for name, value in start.state_dict().items())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["SpladeLoss", "CachedSpladeLoss"])
def test_regularizers_set_in_as_scheduled(name, models, rows, tmp_path):
    case = Case("sparse_encoder", name, "pair", **splade())
    _, logged, _ = train(case, packages(case.family)[0], models(case.family, None), None, rows("pair", 43), tmp_path)
    document = [entry["document_regularizer_loss"] for entry in logged]
    assert document[0] == 0.0
    assert 0 < document[1] < document[2]
